//! What the clients must know before they are made: region, credentials, endpoints, patience.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::time::Duration;

use aws_credential_types::Credentials;
use aws_credential_types::provider::SharedCredentialsProvider;

/// What the clients must know before they are made.
#[derive(Clone, Debug)]
pub struct Settings {
    /// Where everything is: `eu-central-1`.
    pub region: String,
    /// Who asks.
    pub(crate) credentials: SharedCredentialsProvider,
    /// Another address for all services, and for single ones by the name they have in `AWS_ENDPOINT_URL_<SERVICE>`.
    pub(crate) endpoints: BTreeMap<String, String>,
    /// Who may vouch for a server.
    pub(crate) trusted: Trusted,
    /// How long a connection may take to open. A server in the same region answers within 10 ms, or is not there.
    pub connect: Duration,
    /// How long one attempt may take. DynamoDB gives a batch of 16 MB in about 2 s.
    pub attempt: Duration,
}

/// Whose certificates are trusted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Trusted {
    /// Amazon's own.
    BuiltIn,
    /// Those that the operating system trusts.
    #[cfg_attr(not(feature = "profile"), expect(dead_code, reason = "only the command line goes through proxies"))]
    System,
    /// Those in this PEM file and no others.
    File(PathBuf),
}

/// The environment lacks something.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{}", .0.join("; "))]
pub struct SettingsError(pub Vec<String>);

/// Services that may have an endpoint of their own, as the SDKs of all languages name them in the environment.
const SERVICES: [&str; 7] = ["DYNAMODB", "SQS", "LAMBDA", "EVENTBRIDGE", "SESV2", "SECRETS_MANAGER", "S3"];

impl Settings {
    /// Reads them from variables as Lambda sets them; `variable` looks one up. Tells everything that is missing at once.
    /// Touches neither network nor files.
    pub fn from_variables(variable: impl Fn(&str) -> Option<String>) -> Result<Self, SettingsError> {
        let set = |name: &str| variable(name).filter(|value| !value.is_empty());
        let mut missing = Vec::new();
        let mut need = |name: &str, remedy: &str| {
            set(name).unwrap_or_else(|| {
                missing.push(format!("{name} is not set: {remedy}"));
                String::new()
            })
        };
        let region = set("AWS_REGION").or_else(|| set("AWS_DEFAULT_REGION"));
        let region = region.unwrap_or_else(|| need("AWS_REGION", "name the region, as eu-central-1"));
        let key = need("AWS_ACCESS_KEY_ID", "Lambda sets it; elsewhere use a profile");
        let secret = need("AWS_SECRET_ACCESS_KEY", "Lambda sets it; elsewhere use a profile");
        if !missing.is_empty() {
            return Err(SettingsError(missing));
        }
        let credentials = Credentials::new(key, secret, set("AWS_SESSION_TOKEN"), None, "environment");
        Ok(Self::new(region, SharedCredentialsProvider::new(credentials), set))
    }

    pub(crate) fn new(
        region: String,
        credentials: SharedCredentialsProvider,
        set: impl Fn(&str) -> Option<String>,
    ) -> Self {
        let own = SERVICES.map(|service| format!("AWS_ENDPOINT_URL_{service}"));
        let names = own.into_iter().chain(["AWS_ENDPOINT_URL".to_owned()]);
        Self {
            region,
            credentials,
            endpoints: names.filter_map(|name| set(&name).map(|url| (name, url))).collect(),
            trusted: set("AWS_CA_BUNDLE").map_or(Trusted::BuiltIn, |path| Trusted::File(path.into())),
            connect: Duration::from_secs(1),
            attempt: Duration::from_secs(5),
        }
    }

    pub(crate) fn endpoint(&self, service: &str) -> Option<&str> {
        let own = self.endpoints.get(&format!("AWS_ENDPOINT_URL_{service}"));
        own.or_else(|| self.endpoints.get("AWS_ENDPOINT_URL")).map(String::as_str)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn everything_that_is_missing_is_told_at_once() {
        let error = Settings::from_variables(|_| None).unwrap_err().to_string();
        for name in ["AWS_REGION", "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"] {
            assert!(error.contains(name), "{error}");
        }
    }

    #[test]
    fn a_service_may_have_an_endpoint_of_its_own() {
        let variables = |name: &str| {
            Some(match name {
                "AWS_ENDPOINT_URL" => "http://all".to_owned(),
                "AWS_ENDPOINT_URL_DYNAMODB" => "http://table".to_owned(),
                "AWS_CA_BUNDLE" | "AWS_ENDPOINT_URL_SQS" => String::new(),
                name => name.to_lowercase(),
            })
        };
        let settings = Settings::from_variables(variables).unwrap();
        assert_eq!(settings.endpoint("DYNAMODB"), Some("http://table"));
        assert_eq!(settings.endpoint("SQS"), Some("http://all"));
        assert_eq!(settings.trusted, Trusted::BuiltIn);
    }

    #[test]
    fn the_secret_key_is_never_printed() {
        let settings = Settings::from_variables(|name| Some(format!("value-of-{name}"))).unwrap();
        assert!(!format!("{settings:?}").contains("value-of-AWS_SECRET"), "{settings:?}");
    }
}
