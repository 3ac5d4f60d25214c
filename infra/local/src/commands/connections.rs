//! What a command is connected to: the CRM that a source names, and whoever sends what is told.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use baton::plant::Plant;
use channels::slack::{self, FixedToken, SlackMessenger};
use channels::smtp::{Server, SmtpMailer};
use crm::{ExportCrm, LiveCrm, Stay, System};
use domain::address::mailbox;
use domain::config::Config;
use domain::ports::{Clock, Crm, Mailer, Messenger};
use https::{Https, Reach};
use jiff::Timestamp;
use links::Signer;

use super::{Failure, Variables};

/// Where credentials are looked for.
const PLACES: &str =
    "Each can stand in the environment, or as a line NAME=value in a file that --credentials FILE names";

/// A CRM that can be scanned.
pub(crate) enum Source {
    /// A directory of files.
    Export(Box<ExportCrm>),
    /// One that is asked over the network.
    Live(Arc<dyn LiveCrm>),
}

impl Source {
    /// The CRM that a source names: `export:DIR`, or a system whose credentials are among the variables.
    pub(crate) fn open(
        source: &str,
        variables: &Variables,
        config: &Config,
        clock: &Arc<dyn Clock>,
        outbox: &Path,
    ) -> Result<Self, Failure> {
        match source.split_once(':') {
            Some(("export", dir)) if !dir.is_empty() => {
                let dir = PathBuf::from(dir);
                let export = ExportCrm::open(&dir, config, clock.now(), &outbox.join("crm"))?;
                Ok(Self::Export(Box::new(export)))
            }
            None if System::parse(source).is_some() => Ok(Self::Live(live(source, variables, config)?)),
            _ => Err(Failure::new(format!(
                "{source:?} is no source that can be scanned; write --crm export:DIR, salesforce, hubspot or odoo"
            ))),
        }
    }

    /// As what reads it needs it.
    pub(crate) fn as_crm(&self) -> &dyn Crm {
        match self {
            Self::Export(export) => &**export,
            Self::Live(live) => &**live,
        }
    }

    /// How many requests it was asked, where it is asked over the network.
    pub(crate) fn requests(&self) -> Option<u64> {
        match self {
            Self::Export(_) => None,
            Self::Live(live) => Some(live.requests()),
        }
    }
}

/// Whoever sends what is told: Slack with `SLACK_BOT_TOKEN`, a mail server with `SMTP_URL`; else both are files in the outbox.
pub(crate) struct Sending {
    mailer: Option<Box<dyn Mailer>>,
    messenger: Option<Box<dyn Messenger>>,
    links: Option<Signer>,
}

impl Sending {
    /// Reads what is set; nothing is connected to yet.
    pub(crate) fn open(config: &Config, variables: &Variables) -> Result<Self, Failure> {
        let links = super::link_signer(config, variables)?;
        let messenger = messenger(variables)?.map(|slack| Box::new(slack) as Box<dyn Messenger>);
        let mailer = mailer(config, variables)?.map(|server| Box::new(server) as Box<dyn Mailer>);
        Ok(Self { mailer, messenger, links })
    }

    /// The plant that sends so.
    pub(crate) fn over(self, plant: Plant) -> Plant {
        plant.sending(self.mailer, self.messenger).answered_by(self.links)
    }
}

/// Slack, with the token of an app.
pub(crate) fn messenger(variables: &Variables) -> Result<Option<SlackMessenger>, Failure> {
    let Some(token) = variables.get("SLACK_BOT_TOKEN") else { return Ok(None) };
    let token = FixedToken::parse(&token).map_err(|e| Failure::new(format!("SLACK_BOT_TOKEN: {e}")))?;
    slack(token, variables).map(Some)
}

/// Slack with this token, where `BATON_SLACK_API` has it answer.
pub(crate) fn slack(token: FixedToken, variables: &Variables) -> Result<SlackMessenger, Failure> {
    let api = variables.get("BATON_SLACK_API").unwrap_or_else(|| slack::API.to_owned());
    let slack = SlackMessenger::new(&api, https(variables)?, Box::new(token));
    slack.map_err(|e| Failure::new(format!("BATON_SLACK_API: {e}")))
}

/// A mail server. One of the own network has to be named in `BATON_PRIVATE_HOSTS`.
pub(crate) fn mailer(config: &Config, variables: &Variables) -> Result<Option<SmtpMailer>, Failure> {
    let Some(url) = variables.get("SMTP_URL") else { return Ok(None) };
    let reach = reach(variables)?;
    let server = Server::parse(&url, &reach).map_err(|e| Failure::new(e.to_string()))?;
    let sender = mailbox(&config.notify.sender_address)
        .map_err(|e| Failure::new(format!("notify.sender_address cannot send mail: {e}")))?;
    Ok(Some(SmtpMailer::new(server, sender, reach)))
}

/// A CRM over the network.
pub(crate) fn live(system: &str, variables: &Variables, config: &Config) -> Result<Arc<dyn LiveCrm>, Failure> {
    let unknown = || Failure::new(format!("{system:?} is no CRM that can be asked: salesforce, hubspot or odoo"));
    let named = System::parse(system).ok_or_else(unknown)?;
    let variable = |name: &str| variables.get(name);
    let connected = named.connect(Stay::ToTheEnd, variable, https(variables)?, config, Arc::new(Wall));
    connected.map_err(|e| Failure::new(format!("{system} cannot be asked: {e}. {PLACES}")))
}

/// Requests to public addresses, and to the hosts of this network that `BATON_PRIVATE_HOSTS` names.
pub(crate) fn https(variables: &Variables) -> Result<Arc<Https>, Failure> {
    Ok(Arc::new(Https::new(reach(variables)?).map_err(|e| Failure::new(e.to_string()))?))
}

/// The time as it is while a command runs, whatever it was told to take for now.
struct Wall;

impl Clock for Wall {
    fn now(&self) -> Timestamp {
        Timestamp::now()
    }
}

/// Public addresses, and the hosts of this network that `BATON_PRIVATE_HOSTS` names.
fn reach(variables: &Variables) -> Result<Reach, Failure> {
    let hosts = variables.get("BATON_PRIVATE_HOSTS").unwrap_or_default();
    Reach::with_private(&hosts).map_err(|e| Failure::new(format!("BATON_PRIVATE_HOSTS: {e}")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_crm_without_credentials_is_told_with_every_variable_and_where_they_can_stand() {
        let variables = Variables::read(|_| None, None).unwrap();
        for (system, names) in [
            ("salesforce", &["SALESFORCE_LOGIN_URL", "SALESFORCE_CLIENT_ID", "SALESFORCE_CLIENT_SECRET"][..]),
            ("hubspot", &["HUBSPOT_TOKEN"][..]),
            ("odoo", &["ODOO_URL", "ODOO_DATABASE", "ODOO_LOGIN", "ODOO_PASSWORD"][..]),
        ] {
            let told = live(system, &variables, &Config::shipped()).err().unwrap().to_string();
            assert!(names.iter().all(|name| told.contains(name)), "{told}");
            assert!(told.contains("the environment") && told.contains("--credentials FILE"), "{told}");
        }
    }
}
