//! Whether everything is there that a scan and the log need, found out without changing anything.

use domain::ports::CrmError;
use serde_json::{Value, json};

use super::HubSpot;
use super::fields::{configured, find, properties};
use super::refusal::{KEYS, array, text};
use crate::Checked;

/// What is done with each scope, in the words of HubSpot's list of them.
const SCOPES: [(&str, &str); 7] = [
    ("crm.objects.contacts.read", "a scan reads contacts"),
    ("crm.objects.companies.read", "a scan reads companies"),
    ("crm.objects.owners.read", "the owner is told"),
    ("crm.objects.deals.read", "a case shows open deals"),
    ("tickets", "a case shows open tickets"),
    ("crm.objects.contacts.write", "notes, tasks and confirmed updates are written"),
    ("crm.objects.companies.write", "confirmed updates are written"),
];

impl HubSpot {
    /// The token and its scopes, each object that is read, each property that is mapped.
    pub(super) async fn examine(&self) -> Vec<Checked> {
        let mut checked = self.scopes().await;
        for object in ["contacts", "companies", "deals", "tickets", "notes", "tasks"] {
            let read = self.api.get(&format!("crm/v3/objects/{object}"), &[("limit", "1")]).await;
            checked.push(done(format!("object {object}"), read.map(drop).map_err(CrmError::from)));
        }
        for (what, path) in
            [("owners", "owners"), ("stages of deals", "pipelines/deals"), ("stages of tickets", "pipelines/tickets")]
        {
            let read = self.api.get(&format!("crm/v3/{path}"), &[]).await;
            checked.push(done(what.to_owned(), read.map(drop).map_err(CrmError::from)));
        }
        let account = self.currency().await.and_then(|currency| match currency.as_str() {
            "" => {
                Err(CrmError::Unusable("the account has no currency; set one (Settings, Account, Currency)".to_owned()))
            }
            _ => Ok(()),
        });
        checked.push(done("account and currency".to_owned(), account));
        checked.extend(self.mapped_properties().await);
        checked
    }

    /// HubSpot tells the scopes of a private app's token; of any other it tells nothing, and each object answers for itself.
    async fn scopes(&self) -> Vec<Checked> {
        let body = json!({ "tokenKey": self.api.token() });
        let told = match self.api.read("oauth/v2/private-apps/get/access-token-info", &body).await {
            Ok(told) => told,
            Err(_) => {
                let what =
                    "scopes: HubSpot does not tell those of this token; whether it may write shows with the first note";
                return vec![Checked { what: what.to_owned(), problem: None }];
            }
        };
        let granted: Vec<&str> = array(&told, "scopes").iter().filter_map(Value::as_str).collect();
        let scope = |(scope, why): &(&str, &str)| Checked {
            what: format!("scope {scope}"),
            problem: (!granted.contains(scope))
                .then(|| format!("it is missing: {why}; give it to HUBSPOT_TOKEN ({KEYS})")),
        };
        let token = Checked { what: format!("token of the account {}", number(&told, "hubId")), problem: None };
        std::iter::once(token).chain(SCOPES.iter().map(scope)).collect()
    }

    async fn mapped_properties(&self) -> Vec<Checked> {
        let mut checked = Vec::new();
        for object in ["contacts", "companies"] {
            let fields: Vec<_> = configured(&self.config).into_iter().filter(|field| field.object == object).collect();
            if fields.is_empty() {
                continue;
            }
            let known = properties(&self.api, object).await;
            for field in fields {
                let problem = match &known {
                    Ok(known) => find(known, &field).err(),
                    Err(error) => Some(in_full(error)),
                };
                checked.push(Checked {
                    what: format!("property {} of {object} ({})", field.configured, field.key),
                    problem,
                });
            }
        }
        checked
    }
}

fn done(what: String, read: Result<(), CrmError>) -> Checked {
    Checked { what, problem: read.err().map(|error| in_full(&error)) }
}

/// An error and what is behind it.
fn in_full(error: &CrmError) -> String {
    match error {
        CrmError::Unavailable(source) => format!("{error}: {source}"),
        CrmError::RateLimited { .. } | CrmError::Restart(_) | CrmError::TooMany(_) | CrmError::Unusable(_) => {
            error.to_string()
        }
    }
}

fn number(told: &Value, key: &str) -> String {
    told[key].as_u64().map_or_else(|| text(told, key).to_owned(), |number| number.to_string())
}
