//! What the template tells a function about the deployment it is in.

use aws::{MappingIds, Place, QueueUrls};
use crm::System;
use https::Reach;

/// What the template tells a function about the deployment it is in. Nothing in it is secret.
#[derive(Clone, Debug)]
pub struct Environment {
    /// The table.
    pub table: String,
    /// The event bus.
    pub bus: String,
    /// The queues it sends to.
    pub queues: QueueUrls,
    /// The dead letters of the queues it reads.
    pub dead_letters: QueueUrls,
    /// The event source mappings, for the one function that wakes them and lets them sleep.
    pub mappings: Option<MappingIds>,
    /// Whether they may sleep while there is nothing to do.
    pub may_sleep: bool,
    /// The CRM system, for metrics: `salesforce`, `hubspot`, `odoo`.
    pub system: String,
    /// The CRM that is asked over the network, where it is not exports that are read.
    pub live: Option<System>,
    /// Where the exports of the CRM are.
    pub exports: Option<Place>,
    /// The configuration set under which SES sends.
    pub configuration_set: Option<String>,
    /// The secret that holds the Slack token.
    pub secret: Option<String>,
    /// Where Slack answers.
    pub slack_api: String,
    /// Which addresses may be reached.
    pub reach: Reach,
}

/// Variables that are missing or wrong, all of them.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{}; deploy the stack again, its template sets them", .0.join("; "))]
pub struct MissingVariables(pub Vec<String>);

impl Environment {
    /// Reads the variables; `variable` looks one up.
    pub fn read(variable: impl Fn(&str) -> Option<String>) -> Result<Self, MissingVariables> {
        let set = |name: &str| variable(name).filter(|value| !value.is_empty());
        let mut wrong = Vec::new();
        let mut need = |name: &str| {
            set(name).unwrap_or_else(|| {
                wrong.push(format!("{name} is not set"));
                String::new()
            })
        };
        let (table, bus) = (need("BATON_TABLE"), need("BATON_BUS"));
        let (queues, dead_letters) = (need("BATON_QUEUES"), set("BATON_DEAD_LETTERS"));
        let mut urls = |name: &str, json: &str| {
            QueueUrls::parse(json).unwrap_or_else(|why| {
                wrong.push(format!("{name} is no JSON object of queue names and URLs: {why}"));
                QueueUrls::default()
            })
        };
        let queues = if queues.is_empty() { QueueUrls::default() } else { urls("BATON_QUEUES", &queues) };
        let dead_letters = dead_letters.map(|json| urls("BATON_DEAD_LETTERS", &json)).unwrap_or_default();
        let exports = set("BATON_CRM").and_then(|source| match place(&source) {
            Ok(place) => Some(place),
            Err(why) => {
                wrong.push(why);
                None
            }
        });
        let mappings = set("BATON_MAPPINGS").and_then(|json| match MappingIds::parse(&json) {
            Ok(ids) => Some(ids),
            Err(why) => {
                wrong.push(format!("BATON_MAPPINGS: {why}"));
                None
            }
        });
        let may_sleep = match set("BATON_IDLE_POLLING").as_deref() {
            None | Some("sleep") => true,
            Some("always") => false,
            Some(other) => {
                wrong.push(format!("BATON_IDLE_POLLING is {other:?}; write sleep or always"));
                true
            }
        };
        let system = set("BATON_SYSTEM").unwrap_or_else(|| "salesforce".to_owned());
        let live = live(set("BATON_CRM_ACCESS").as_deref(), &system).unwrap_or_else(|why| {
            wrong.push(why);
            None
        });
        let reach = Reach::with_private(&set("BATON_PRIVATE_HOSTS").unwrap_or_default()).unwrap_or_else(|why| {
            wrong.push(format!("BATON_PRIVATE_HOSTS: {why}"));
            Reach::public()
        });
        if !wrong.is_empty() {
            return Err(MissingVariables(wrong));
        }
        Ok(Self {
            system,
            live,
            table,
            bus,
            queues,
            dead_letters,
            mappings,
            may_sleep,
            exports,
            configuration_set: set("BATON_CONFIGURATION_SET"),
            secret: set("BATON_SECRET"),
            slack_api: set("BATON_SLACK_API").unwrap_or_else(|| "https://slack.com/api".to_owned()),
            reach,
        })
    }
}

/// The CRM that is asked, if one is.
fn live(access: Option<&str>, system: &str) -> Result<Option<System>, String> {
    match access {
        None | Some("exports") if system == "odoo" => {
            Err("BATON_SYSTEM is odoo, of which there are no exports: deploy with CrmAccess=live".to_owned())
        }
        None | Some("exports") => Ok(None),
        Some("live") => System::parse(system)
            .map(Some)
            .ok_or_else(|| format!("BATON_SYSTEM is {system:?}; write salesforce, hubspot or odoo")),
        Some(other) => Err(format!("BATON_CRM_ACCESS is {other:?}; write exports or live")),
    }
}

fn place(source: &str) -> Result<Place, String> {
    let place = source
        .strip_prefix("export:")
        .ok_or_else(|| format!("BATON_CRM is {source:?}; a function reads exports: write export:s3://BUCKET/PREFIX"))?;
    Place::parse(place).map_err(|e| format!("BATON_CRM: {e}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn everything_that_is_missing_or_wrong_is_told_at_once() {
        let error = Environment::read(|_| None).unwrap_err().to_string();
        for name in ["BATON_TABLE", "BATON_BUS", "BATON_QUEUES"] {
            assert!(error.contains(name), "{error}");
        }
        let error = Environment::read(|name| Some(format!("{name}?"))).unwrap_err().to_string();
        for name in [
            "BATON_QUEUES",
            "BATON_DEAD_LETTERS",
            "BATON_CRM",
            "BATON_CRM_ACCESS",
            "BATON_MAPPINGS",
            "BATON_IDLE_POLLING",
            "BATON_PRIVATE_HOSTS",
        ] {
            assert!(error.contains(name), "{error}");
        }
    }

    #[test]
    fn a_function_knows_its_queues_and_where_the_exports_are() {
        let environment = Environment::read(|name| {
            Some(match name {
                "BATON_QUEUES" | "BATON_DEAD_LETTERS" => r#"{"changes":"https://sqs/changes"}"#.to_owned(),
                "BATON_CRM" => "export:s3://crm/nightly".to_owned(),
                "BATON_SECRET" | "BATON_MAPPINGS" => String::new(),
                "BATON_IDLE_POLLING" => "always".to_owned(),
                "BATON_CRM_ACCESS" => "live".to_owned(),
                "BATON_PRIVATE_HOSTS" => "127.0.0.1:8069".to_owned(),
                "BATON_SYSTEM" => "odoo".to_owned(),
                name => name.to_lowercase(),
            })
        })
        .unwrap();
        assert_eq!(environment.exports.unwrap().prefix, "nightly/");
        assert_eq!((environment.secret, environment.table.as_str()), (None, "baton_table"));
        assert_eq!((environment.mappings, environment.may_sleep), (None, false));
        assert_eq!(environment.live, Some(System::Odoo));
    }
}
