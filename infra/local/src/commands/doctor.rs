//! `baton doctor`: whether the configuration is without mistakes, and whether every connection whose credentials are there works.
//! It only reads.

use crm::System;
use domain::config::Config;

use super::finding::{Finding, tell};
use super::{Failure, Variables, connections, load};
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
            crms(crm, &config, variables, &mut found).await?;
            slack(variables, &mut found).await;
            mail(&config, variables, &mut found);
            answers(&config, variables, &mut found);
        }
        Err(mistakes) => found.push(Finding::fail("configuration", mistakes.to_string(), "")),
    }
    tell(&found, format)
}

async fn crms(
    crm: Option<&str>,
    config: &Config,
    variables: &Variables,
    found: &mut Vec<Finding>,
) -> Result<(), Failure> {
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
        match connections::live(system, variables, config) {
            Ok(crm) => found.extend(Finding::of_crm(system, &*crm).await),
            Err(failure) => found.push(Finding::failed(system, &failure)),
        }
    }
    Ok(())
}

async fn slack(variables: &Variables, found: &mut Vec<Finding>) {
    match connections::messenger(variables) {
        Ok(Some(slack)) => found.extend(Finding::of_slack(&slack).await),
        Ok(None) => found.push(Finding::ok("Slack", "SLACK_BOT_TOKEN is not set: messages become files in the outbox")),
        Err(failure) => found.push(Finding::failed("Slack", &failure)),
    }
}

fn mail(config: &Config, variables: &Variables, found: &mut Vec<Finding>) {
    found.push(match connections::mailer(config, variables) {
        Ok(Some(server)) => match server.greet() {
            Ok(()) => Finding::ok("mail server", "it answers and takes the login"),
            Err(error) => Finding::failed("mail server", &error),
        },
        Ok(None) => Finding::ok("mail", "SMTP_URL is not set: mails become files in the outbox"),
        Err(failure) => Finding::failed("mail", &failure),
    });
}

fn answers(config: &Config, variables: &Variables, found: &mut Vec<Finding>) {
    found.push(match super::link_signer(config, variables) {
        Ok(Some(_)) => Finding::ok("answers from mails", format!("at {}", config.notify.answer_url)),
        Ok(None) => Finding::ok("answers from mails", "notify.answer_url is blank: mails have no buttons"),
        Err(failure) => Finding::failed("answers from mails", &failure),
    });
    found.push(match super::respond::slack_secrets(variables) {
        Ok(Some(_)) => Finding::ok("answers from Slack", "the signing secret is there"),
        Ok(None) => Finding::ok("answers from Slack", "SLACK_SIGNING_SECRET is not set: buttons are not answered"),
        Err(failure) => Finding::failed("answers from Slack", &failure),
    });
}
