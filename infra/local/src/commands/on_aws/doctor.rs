//! `baton doctor --aws`: what is missing in a deployment, and how to mend it. It changes nothing.

mod ago;
mod table;
mod queues;
mod secret;
mod mail;
mod crm;
mod exports;
mod scans;

use std::sync::Arc;

use aws::{Clients, DynamoStore, StackOutputs, SystemClock};
use domain::config::Config;
use domain::notice::Channel;
use jiff::Timestamp;

use super::super::{Deployed, Failure, Variables};
use super::config;
use crate::commands::finding::{Finding, tell};
use crate::{Ended, Format};

/// The name of the stack in the shipped `samconfig.toml`.
const STACK: &str = "baton";

/// Of the variables only those count that the functions read too: `BATON_PRIVATE_HOSTS` and `BATON_SLACK_API`. Credentials are
/// those of the deployment.
pub(in super::super) async fn doctor(
    deployed: Option<Deployed<'_>>,
    variables: &Variables,
    format: Format,
) -> Result<Ended, Failure> {
    tell(&examine(deployed.unwrap_or(Deployed::Stack(STACK)), variables).await?, format)
}

async fn examine(deployed: Deployed<'_>, variables: &Variables) -> Result<Vec<Finding>, Failure> {
    let clients = Clients::from_profile(|name| std::env::var(name).ok()).await?;
    let who = format!("credentials for {}", clients.look().region());
    if let Err(failure) = clients.look().credentials().await {
        return Ok(vec![Finding::failed(&who, &failure)]);
    }
    let mut found = vec![Finding::ok(&who, "found")];
    match deployed {
        Deployed::Table(name) => {
            table_and_what_it_holds(&clients, name, None, &format!("--table {name}"), &mut found).await;
            let rest = "queues, mail, secret and exports were not looked at";
            found.push(Finding::ok("stack", format!("none named; {rest} (--stack NAME)")));
        }
        Deployed::Stack(name) => match clients.look().stack(name).await {
            Ok(outputs) => {
                found.push(Finding::ok(&format!("stack {name}"), "there"));
                stack(&clients, name, &outputs, variables, &mut found).await;
            }
            Err(failure) => {
                let remedy = "deploy it: cd infra, then sam build && sam deploy --guided";
                found
                    .push(Finding { remedy: remedy.to_owned(), ..Finding::failed(&format!("stack {name}"), &failure) });
                mail::account(&clients, &mut found).await;
            }
        },
    }
    Ok(found)
}

async fn stack(clients: &Clients, name: &str, outputs: &StackOutputs, variables: &Variables, found: &mut Vec<Finding>) {
    let config = match outputs.get("TableName") {
        Ok(table) => table_and_what_it_holds(clients, table, Some(outputs), &format!("--stack {name}"), found).await,
        Err(failure) => {
            found.push(Finding::failed("table", &failure));
            None
        }
    };
    queues::check(clients, name, outputs, found).await;
    match outputs.get("BusName") {
        Ok(bus) => found.push(match clients.bus(bus).warm().await {
            Ok(()) => Finding::ok(&format!("event bus {bus}"), "there"),
            Err(failure) => Finding::failed(&format!("event bus {bus}"), &failure),
        }),
        Err(failure) => found.push(Finding::failed("event bus", &failure)),
    }
    let uses = |channel: Channel| config.as_ref().is_none_or(|config| config.notify.channels.contains(&channel));
    let answered = config.as_ref().is_some_and(|config| !config.notify.answer_url.is_empty());
    match outputs.get("SecretArn") {
        Ok(arn) => {
            let secrets = clients.secrets(arn, Arc::new(SystemClock));
            secret::slack(&secrets, arn, uses(Channel::Slack), variables, found).await;
            let answers = "answers from Slack";
            found.push(secret::value(&secrets, "slack_signing_secret", answers, uses(Channel::Slack)).await);
            found.push(secret::value(&secrets, "link_key", "answers from mails", answered).await);
        }
        Err(failure) => found.push(Finding::failed("secret", &failure)),
    }
    mail::check(clients, outputs, uses(Channel::Mail), found).await;
    match outputs.get("CrmAccess") {
        Ok("live") => crm::check(clients, outputs, config.as_ref(), variables, found).await,
        Ok(_) => exports::check(clients, outputs, found).await,
        Err(failure) => found.push(Finding::failed("CRM", &failure)),
    }
}

/// Returns the configuration in force, if it can be used.
async fn table_and_what_it_holds(
    clients: &Clients,
    table: &str,
    outputs: Option<&StackOutputs>,
    named: &str,
    found: &mut Vec<Finding>,
) -> Option<Config> {
    if !table::check(clients, table, found).await {
        return None;
    }
    let store = clients.store(table, Arc::new(SystemClock));
    let now = Timestamp::now();
    let (finding, config) = in_force(&store, outputs, named).await;
    found.push(finding);
    scans::check(&store, now, found).await;
    config
}

/// `named` is how the deployment was named on the command line.
async fn in_force(store: &DynamoStore, outputs: Option<&StackOutputs>, named: &str) -> (Finding, Option<Config>) {
    let about = "configuration";
    let push = format!("baton config push FILE {named}");
    let pushed = match aws::pushed(store).await {
        Ok(pushed) => pushed,
        Err(error) => return (Finding::failed(about, &error), None),
    };
    let says = config::told(pushed.as_ref());
    let config = match pushed.as_ref().map_or_else(|| Ok(Config::shipped()), |record| Config::parse(&record.text)) {
        Ok(config) => config,
        Err(mistakes) => {
            let mistakes: Vec<String> = mistakes.iter().map(ToString::to_string).collect();
            let says = format!("{says}: {}", mistakes.join("; "));
            return (Finding::fail(about, says, format!("push one without mistakes: {push}")), None);
        }
    };
    let finding = match outputs.and_then(|outputs| config::wrong_sender(&config, outputs)) {
        Some(wrong) => {
            Finding::fail(about, format!("{says}: {wrong}"), format!("push it with the right address: {push}"))
        }
        None if pushed.is_none() => {
            Finding::warn(about, says, format!("push your own (baton config default prints one to begin with): {push}"))
        }
        None => Finding::ok(about, says),
    };
    (finding, Some(config))
}
