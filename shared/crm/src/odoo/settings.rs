//! Where an Odoo is and who asks it, as the environment says.

use https::{Reach, Url};

/// Where an Odoo is and who asks it. It prints nothing of itself, because one part is a password.
pub struct OdooSettings {
    /// The address that takes JSON-RPC.
    pub(super) endpoint: Url,
    pub(super) database: String,
    pub(super) login: String,
    pub(super) password: String,
}

impl OdooSettings {
    /// Reads `ODOO_URL`, `ODOO_DATABASE`, `ODOO_LOGIN` and `ODOO_PASSWORD`, which takes an API key too. Everything that is
    /// missing or wrong is told at once.
    pub fn read(variable: impl Fn(&str) -> Option<String>, reach: &Reach) -> Result<Self, Vec<String>> {
        let mut problems = Vec::new();
        let mut required = |name: &str, what: &str| {
            let value = variable(name).map(|value| value.trim().to_owned()).filter(|value| !value.is_empty());
            if value.is_none() {
                problems.push(format!("{name} is not set: {what}"));
            }
            value
        };
        let url = required("ODOO_URL", "the address of your Odoo, such as https://example.odoo.com");
        let database = required("ODOO_DATABASE", "the name of its database, as the log-in page of Odoo shows it");
        let login = required("ODOO_LOGIN", "the login of the user who reads and writes for Baton");
        let password = required("ODOO_PASSWORD", "that user's API key (Preferences, Account Security) or password");
        let endpoint = url.and_then(|text| match reach.address(&text) {
            Ok(url) => Some(endpoint(url)),
            Err(error) => {
                problems.push(format!("ODOO_URL: {error}"));
                None
            }
        });
        match (endpoint, database, login, password) {
            (Some(endpoint), Some(database), Some(login), Some(password)) => {
                Ok(Self { endpoint, database, login, password })
            }
            _ => Err(problems),
        }
    }
}

/// The service behind the address, which may lie in a folder of its host.
fn endpoint(mut url: Url) -> Url {
    let path = format!("{}/jsonrpc", url.path().trim_end_matches('/'));
    url.set_path(&path);
    url
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(pairs: &[(&str, &str)]) -> Result<OdooSettings, Vec<String>> {
        let variable = |name: &str| pairs.iter().find(|(key, _)| *key == name).map(|(_, value)| (*value).to_owned());
        OdooSettings::read(variable, &Reach::public())
    }

    #[test]
    fn everything_that_is_missing_or_wrong_is_told_at_once_with_its_remedy() {
        let problems = read(&[("ODOO_URL", "http://example.odoo.com"), ("ODOO_LOGIN", " ")]).err().unwrap();
        assert_eq!(problems.len(), 4, "{problems:#?}");
        for (name, remedy) in [
            ("ODOO_URL", "has to begin with https://"),
            ("ODOO_DATABASE", "log-in page"),
            ("ODOO_LOGIN", "the user"),
            ("ODOO_PASSWORD", "API key"),
        ] {
            assert!(problems.iter().any(|p| p.starts_with(name) && p.contains(remedy)), "{name}: {problems:#?}");
        }
    }

    #[test]
    fn an_odoo_in_a_folder_of_its_host_is_asked_there() {
        let rest = [("ODOO_DATABASE", "crm"), ("ODOO_LOGIN", "baton"), ("ODOO_PASSWORD", "secret")];
        for (url, endpoint) in [
            ("https://example.odoo.com", "https://example.odoo.com/jsonrpc"),
            ("https://example.com/odoo/", "https://example.com/odoo/jsonrpc"),
        ] {
            let pairs: Vec<_> = [("ODOO_URL", url)].into_iter().chain(rest).collect();
            assert_eq!(read(&pairs).ok().unwrap().endpoint.as_str(), endpoint);
        }
    }

    #[test]
    fn an_address_of_this_network_is_refused_unless_it_was_named() {
        let problems = read(&[("ODOO_URL", "https://127.0.0.1:8069")]).err().unwrap();
        assert!(problems.iter().any(|p| p.contains("BATON_PRIVATE_HOSTS (127.0.0.1:8069)")), "{problems:#?}");
    }
}
