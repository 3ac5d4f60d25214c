//! `baton doctor`: whether the configuration is without mistakes, and whether every connection whose credentials are there works.
//! It only reads.

use std::sync::Arc;

use crm::{Checked, System};
use domain::config::Config;
use domain::ports::Clock;

use super::finding::{Finding, tell};
use super::{Failure, Variables, clock, connections, load};
use crate::{ConfigFile, Ended, Format};

/// By which one knows that a CRM is meant to be asked.
fn told_by(system: System) -> &'static str {
    match system {
        System::Salesforce => "SALESFORCE_CLIENT_ID",
        System::HubSpot => "HUBSPOT_TOKEN",
        System::Odoo => "ODOO_URL",
    }
}

pub(super) async fn run(
    crm: Option<&str>,
    config: &ConfigFile,
    variables: &Variables,
    format: Format,
) -> Result<Ended, Failure> {
    let mut found = Vec::new();
    match load(config) {
        Ok(config) => {
            found.push(Finding::ok("configuration", format!("without mistakes, version {}", config.version)));
            connections(crm, &config, variables, &mut found).await?;
        }
        Err(mistakes) => found.push(Finding::fail("configuration", mistakes.to_string(), "")),
    }
    tell(&found, format)
}

async fn connections(
    crm: Option<&str>,
    config: &Config,
    variables: &Variables,
    found: &mut Vec<Finding>,
) -> Result<(), Failure> {
    let clock: Arc<dyn Clock> = clock(None);
    let meant = |system: &System| variables.get(told_by(*system)).is_some();
    let named: Vec<&str> = match crm {
        Some(named) => vec![named],
        None => System::ALL.iter().filter(|system| meant(system)).map(|system| system.as_str()).collect(),
    };
    if named.is_empty() {
        let variables = System::ALL.map(told_by).join(", ");
        found.push(Finding::ok("CRM", format!("none is connected; exports need no connection ({variables})")));
    }
    for system in named {
        match connections::live(system, variables, config, &clock) {
            Ok(crm) => found.extend(crm.examine().await.into_iter().map(|checked| of(system, checked))),
            Err(failure) => found.push(Finding::failed(system, &failure)),
        }
    }
    Ok(())
}

fn of(system: &str, Checked { what, problem }: Checked) -> Finding {
    let about = format!("{system}: {what}");
    match problem {
        None => Finding::ok(&about, "as it should be"),
        Some(problem) => Finding::fail(&about, problem, ""),
    }
}
