//! `baton doctor`: whether the configuration is without mistakes, and whether every connection whose credentials are there works.
//! It only reads.

mod addresses;

use crm::System;
use domain::config::Config;

use super::finding::{Finding, tell};
use super::{Failure, Variables, connections, load};
use crate::{ConfigFile, Ended, Format};

/// What is said where no variable of a CRM is set.
const NO_CRM: &str = "none is connected; to connect one set SALESFORCE_CLIENT_ID, HUBSPOT_TOKEN or ODOO_URL, with the variables \
                      that belong to it (README)";

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
            if is_told_for_real(variables) {
                found.extend(addresses::check(&config));
            }
        }
        Err(mistakes) => found.push(Finding::fail("configuration", mistakes.to_string(), "")),
    }
    tell(&found, format)
}

/// Whether people are told, and not files written.
fn is_told_for_real(variables: &Variables) -> bool {
    ["SLACK_BOT_TOKEN", "SMTP_URL"].iter().any(|name| variables.get(name).is_some())
}

async fn crms(
    crm: Option<&str>,
    config: &Config,
    variables: &Variables,
    found: &mut Vec<Finding>,
) -> Result<(), Failure> {
    let meant = |system: &System| system.variables().iter().any(|name| variables.get(name).is_some());
    let named: Vec<&str> = match crm {
        Some(named) => vec![named],
        None => System::ALL.iter().filter(|system| meant(system)).map(|system| system.as_str()).collect(),
    };
    if named.is_empty() {
        found.push(Finding::ok("CRM", NO_CRM));
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::commands::finding::Grade;

    fn only(set: &str, name: &str) -> Option<String> {
        (name == set).then(|| "x".to_owned())
    }

    fn check(environment: fn(&str) -> Option<String>, grade: Grade, about: &str, says: &str) {
        let variables = Variables::read(environment, None).unwrap();
        let mut found = Vec::new();
        crate::commands::block_on(crms(None, &Config::shipped(), &variables, &mut found)).unwrap();
        let [finding] = &found[..] else { panic!("{found:?}") };
        assert!(finding.grade == grade && finding.about == about && finding.says.contains(says), "{finding:?}");
    }

    #[test]
    fn one_variable_of_a_crm_means_that_crm_and_what_is_missing_is_named() {
        check(|_| None, Grade::Ok, "CRM", "set SALESFORCE_CLIENT_ID, HUBSPOT_TOKEN or ODOO_URL");
        check(|name| only("ODOO_DATABASE", name), Grade::Fail, "odoo", "ODOO_URL is not set");
        check(|name| only("HUBSPOT_API", name), Grade::Fail, "hubspot", "HUBSPOT_TOKEN is missing");
        check(
            |name| only("SALESFORCE_CLIENT_SECRET", name),
            Grade::Fail,
            "salesforce",
            "SALESFORCE_CLIENT_ID is not set",
        );
    }
}
