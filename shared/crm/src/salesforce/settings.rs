//! Where Salesforce is and how Baton signs in, from the environment or a file; whatever is missing or wrong is told at once.

use std::fmt;

use https::{PrivateKey, Reach, Url};

/// Where Salesforce signs people in who have no address of their own.
const LOGIN: &str = "https://login.salesforce.com";
/// The address at which an org signs its own people in.
const OWN: &str = "your own address, such as https://example.my.salesforce.com (Setup, My Domain)";
/// The version of the API whose fields and answers this crate was written for.
const VERSION: &str = "64.0";
/// Percent of the requests of a day after which Baton leaves the rest to others.
const SHARE: u8 = 80;
/// Hosts of Salesforce end in one of these. What an answer names as the place of the data must too.
const SUFFIXES: [&str; 5] =
    [".salesforce.com", ".force.com", ".cloudforce.com", ".salesforce.mil", ".sfcrmproducts.cn"];

/// How to reach an org of Salesforce, and as whom. It prints without its secrets.
#[derive(Clone)]
pub struct SalesforceSettings {
    /// Where a token is asked for.
    pub(super) login: Url,
    /// The consumer key of the connected app.
    pub(super) client: String,
    /// What proves that it is Baton.
    pub(super) proof: Proof,
    /// Such as `64.0`.
    pub(super) version: String,
    /// Percent.
    pub(super) share: u8,
    pub(super) reach: Reach,
}

/// What proves that it is Baton.
#[derive(Clone)]
pub(super) enum Proof {
    /// The consumer secret: the OAuth flow of client credentials.
    Secret(String),
    /// A key that signs for a user: the OAuth flow of a JWT bearer.
    Key {
        /// The user's name at Salesforce.
        user: String,
        /// The key to the certificate of the connected app.
        key: PrivateKey,
    },
}

impl SalesforceSettings {
    /// Reads the variables `SALESFORCE_…`. Fails with everything that is missing or wrong, each with its remedy.
    pub fn read(variable: impl Fn(&str) -> Option<String>, reach: &Reach) -> Result<Self, Vec<String>> {
        let mut wrong = Vec::new();
        let text = |name: &str| variable(name).map(|text| text.trim().to_owned()).filter(|text| !text.is_empty());
        let key = (text("SALESFORCE_USERNAME"), text("SALESFORCE_PRIVATE_KEY"));
        let login = login(text("SALESFORCE_LOGIN_URL"), key.1.is_some(), reach).map_err(|e| wrong.push(e)).ok();
        let client = text("SALESFORCE_CLIENT_ID");
        if client.is_none() {
            wrong.push("SALESFORCE_CLIENT_ID is not set: give the consumer key of the connected app".to_owned());
        }
        let proof = proof(text("SALESFORCE_CLIENT_SECRET"), key).map_err(|e| wrong.push(e)).ok();
        let version = version(text("SALESFORCE_API_VERSION")).map_err(|e| wrong.push(e)).ok();
        let share = share(text("SALESFORCE_DAILY_SHARE")).map_err(|e| wrong.push(e)).ok();
        match (login, client, proof, version, share) {
            (Some(login), Some(client), Some(proof), Some(version), Some(share)) if wrong.is_empty() => {
                Ok(Self { login, client, proof, version, share, reach: reach.clone() })
            }
            _ => Err(wrong),
        }
    }

    /// Whether an address belongs to Salesforce, or to a host of this network that a person has named.
    pub(super) fn admits(&self, url: &Url) -> bool {
        admits(url, &self.reach)
    }

    /// For whom an assertion is made out: the two servers that sign in, whatever the org's own address is.
    pub(super) fn audience(&self) -> String {
        match self.login.host_str() {
            Some(host) if host.contains(".sandbox.") && host.ends_with(".salesforce.com") => {
                "https://test.salesforce.com".to_owned()
            }
            Some("test.salesforce.com") => "https://test.salesforce.com".to_owned(),
            Some(host) if host.ends_with(".salesforce.com") => LOGIN.to_owned(),
            _ => self.login.origin().ascii_serialization(),
        }
    }
}

impl fmt::Debug for SalesforceSettings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SalesforceSettings")
            .field("login", &self.login.as_str())
            .field("version", &self.version)
            .field("share", &self.share)
            .finish_non_exhaustive()
    }
}

fn admits(url: &Url, reach: &Reach) -> bool {
    let host = url.host_str().unwrap_or_default().to_lowercase();
    let salesforce = url.scheme() == "https" && SUFFIXES.iter().any(|suffix| host.ends_with(suffix));
    salesforce || reach.is_named(url)
}

/// Where a token is asked for: at the org's own address, or where everybody signs in, if a key signs for a user.
fn login(text: Option<String>, with_key: bool, reach: &Reach) -> Result<Url, String> {
    let Some(text) = text.or_else(|| with_key.then(|| LOGIN.to_owned())) else {
        return Err(format!("SALESFORCE_LOGIN_URL is not set: give {OWN}"));
    };
    let url = reach.address(&text).map_err(|e| format!("SALESFORCE_LOGIN_URL: {e}"))?;
    let host = url.host_str().unwrap_or_default();
    match host {
        "login.salesforce.com" | "test.salesforce.com" if !with_key => {
            Err(format!("SALESFORCE_LOGIN_URL has to be {OWN}: a client secret is taken nowhere else"))
        }
        _ if admits(&url, reach) => Ok(url),
        _ => Err(format!("SALESFORCE_LOGIN_URL: {host} is no address of Salesforce; use {OWN}")),
    }
}

fn proof(secret: Option<String>, key: (Option<String>, Option<String>)) -> Result<Proof, String> {
    match (secret, key) {
        (Some(secret), (_, None)) => Ok(Proof::Secret(secret)),
        (None, (Some(user), Some(pem))) => {
            let key = PrivateKey::read(&pem).map_err(|e| format!("SALESFORCE_PRIVATE_KEY: {e}"))?;
            Ok(Proof::Key { user, key })
        }
        (Some(_), (_, Some(_))) => {
            Err("SALESFORCE_CLIENT_SECRET and SALESFORCE_PRIVATE_KEY are both set: keep one of them".to_owned())
        }
        (None, (None, Some(_))) => {
            Err("SALESFORCE_USERNAME is not set: name the user for whom the private key signs".to_owned())
        }
        (None, (_, None)) => {
            Err("SALESFORCE_CLIENT_SECRET is not set: give the consumer secret of the connected app, or \
                                  SALESFORCE_USERNAME and SALESFORCE_PRIVATE_KEY instead"
                .to_owned())
        }
    }
}

fn version(text: Option<String>) -> Result<String, String> {
    let text = text.unwrap_or_else(|| VERSION.to_owned());
    let number = text.trim_start_matches('v');
    let (major, minor) = number.split_once('.').unwrap_or((number, "0"));
    match major.parse::<u16>() {
        Ok(version) if (50..=200).contains(&version) && minor == "0" => Ok(format!("{version}.0")),
        _ => Err(format!("SALESFORCE_API_VERSION: {text:?} is no version from 50.0 on; leave it out for {VERSION}")),
    }
}

fn share(text: Option<String>) -> Result<u8, String> {
    let Some(text) = text else { return Ok(SHARE) };
    let percent = text.trim_end_matches('%').trim().parse().ok().filter(|percent| (1..=100).contains(percent));
    percent.ok_or_else(|| {
        format!("SALESFORCE_DAILY_SHARE: {text:?} is no percentage from 1 to 100; leave it out for {SHARE}")
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(variables: &[(&str, &str)]) -> Result<SalesforceSettings, Vec<String>> {
        let find = |name: &str| variables.iter().find(|(n, _)| *n == name).map(|(_, value)| (*value).to_owned());
        SalesforceSettings::read(find, &Reach::public())
    }

    #[test]
    fn whatever_is_missing_or_wrong_is_told_at_once_with_its_remedy() {
        let wrong = read(&[
            ("SALESFORCE_LOGIN_URL", "http://login.salesforce.com"),
            ("SALESFORCE_API_VERSION", "newest"),
            ("SALESFORCE_DAILY_SHARE", "0"),
        ]);
        let wrong = wrong.unwrap_err();
        let names = ["LOGIN_URL", "CLIENT_ID", "CLIENT_SECRET", "API_VERSION", "DAILY_SHARE"];
        assert_eq!(wrong.len(), names.len(), "{wrong:#?}");
        for (line, name) in wrong.iter().zip(names) {
            assert!(line.starts_with(&format!("SALESFORCE_{name}")), "{line}");
        }
    }

    #[test]
    fn with_nothing_set_everything_that_is_needed_is_named_and_with_a_key_no_address() {
        let wrong = read(&[]).unwrap_err();
        let named: Vec<&str> =
            wrong.iter().filter_map(|line| line.split_once(" is not set")).map(|(name, _)| name).collect();
        assert_eq!(named, ["SALESFORCE_LOGIN_URL", "SALESFORCE_CLIENT_ID", "SALESFORCE_CLIENT_SECRET"], "{wrong:#?}");
        let wrong = read(&[("SALESFORCE_CLIENT_ID", "c"), ("SALESFORCE_PRIVATE_KEY", "k")]).unwrap_err();
        assert!(wrong.len() == 1 && wrong[0].starts_with("SALESFORCE_USERNAME"), "{wrong:#?}");
    }

    #[test]
    fn a_host_that_is_not_salesforces_is_refused_however_much_it_looks_like_it() {
        for host in ["salesforce.com.evil.example", "evilsalesforce.com", "force.com", "example.com"] {
            let login = format!("https://{host}");
            let wrong = read(&[
                ("SALESFORCE_LOGIN_URL", &login),
                ("SALESFORCE_CLIENT_ID", "c"),
                ("SALESFORCE_CLIENT_SECRET", "s"),
            ]);
            assert!(wrong.unwrap_err()[0].contains("no address of Salesforce"), "{host}");
        }
    }

    #[test]
    fn a_client_secret_needs_the_orgs_own_address_and_is_never_printed() {
        let secret = [("SALESFORCE_CLIENT_ID", "c"), ("SALESFORCE_CLIENT_SECRET", "hush-hush")];
        assert!(read(&secret).unwrap_err()[0].contains("My Domain"));
        let login = ("SALESFORCE_LOGIN_URL", "https://acme.my.salesforce.com");
        let settings = read(&[secret[0], secret[1], login]).unwrap();
        assert!(!format!("{settings:?}").contains("hush"), "{settings:?}");
        assert_eq!((settings.version.as_str(), settings.share), ("64.0", 80));
    }

    #[test]
    fn an_assertion_is_made_out_for_the_server_that_signs_in() {
        let audience = |login: &str| {
            let secret =
                [("SALESFORCE_CLIENT_ID", "c"), ("SALESFORCE_CLIENT_SECRET", "s"), ("SALESFORCE_LOGIN_URL", login)];
            read(&secret).unwrap().audience()
        };
        assert_eq!(audience("https://acme.my.salesforce.com"), "https://login.salesforce.com");
        assert_eq!(audience("https://acme--uat.sandbox.my.salesforce.com"), "https://test.salesforce.com");
    }
}
