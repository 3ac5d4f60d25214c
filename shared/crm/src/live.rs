//! CRMs that are asked over the network: which one, with which credentials, and what they have in common beside the port.

use std::fmt;
use std::sync::Arc;

use async_trait::async_trait;
use domain::config::Config;
use domain::ports::{Clock, Crm};
use https::Https;

use crate::hubspot::{HubSpotCrm, HubSpotSettings};
use crate::odoo::{OdooCrm, OdooSettings};
use crate::salesforce::{SalesforceCrm, SalesforceSettings};

/// One thing that was looked at in a CRM, with read-only requests.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Checked {
    /// What was looked at: `field Contact.No_Longer_At_Company__c`.
    pub what: String,
    /// What is wrong with it and exactly what to do; nothing where all is well.
    pub problem: Option<String>,
}

/// A CRM that is asked over the network.
#[async_trait]
pub trait LiveCrm: Crm {
    /// Looks, without changing anything, whether everything is there that a scan and the log need: the account, its rights, the
    /// objects and fields.
    async fn examine(&self) -> Vec<Checked>;

    /// How many requests it was asked so far; those that its limits count and those that they do not.
    fn requests(&self) -> u64;

    /// The CRM as what reads and writes it needs.
    fn as_crm(&self) -> &dyn Crm;
}

/// Which CRM is asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum System {
    /// Salesforce.
    Salesforce,
    /// HubSpot.
    HubSpot,
    /// Odoo.
    Odoo,
}

/// How long the process lives that asks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stay {
    /// Until everything is done: a first load may go by a job that takes its time.
    ToTheEnd,
    /// For one invocation, after which another one goes on where it was.
    AMinute,
}

/// Credentials that are missing or wrong, all of them, each with what to do.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{}", .0.join("; "))]
pub struct BadCredentials(pub Vec<String>);

impl System {
    /// Every one.
    pub const ALL: [Self; 3] = [Self::Salesforce, Self::HubSpot, Self::Odoo];

    /// Reads the name that a command or a template uses.
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|system| system.as_str() == text)
    }

    /// Its name, as ids of records carry it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Salesforce => "salesforce",
            Self::HubSpot => "hubspot",
            Self::Odoo => "odoo",
        }
    }

    /// The variables that it reads. Whoever has set one of them means this CRM.
    pub fn variables(self) -> &'static [&'static str] {
        match self {
            Self::Salesforce => &[
                "SALESFORCE_LOGIN_URL",
                "SALESFORCE_CLIENT_ID",
                "SALESFORCE_CLIENT_SECRET",
                "SALESFORCE_USERNAME",
                "SALESFORCE_PRIVATE_KEY",
                "SALESFORCE_API_VERSION",
                "SALESFORCE_DAILY_SHARE",
            ],
            Self::HubSpot => &["HUBSPOT_TOKEN", "HUBSPOT_API"],
            Self::Odoo => &["ODOO_URL", "ODOO_DATABASE", "ODOO_LOGIN", "ODOO_PASSWORD"],
        }
    }

    /// The CRM with the credentials that `variable` looks up, such as `HUBSPOT_TOKEN`. Nothing is asked yet. `clock` is the time as it
    /// really is: signatures are good for minutes.
    pub fn connect(
        self,
        stay: Stay,
        variable: impl Fn(&str) -> Option<String>,
        https: Arc<Https>,
        config: &Config,
        clock: Arc<dyn Clock>,
    ) -> Result<Arc<dyn LiveCrm>, BadCredentials> {
        let reach = https.reach();
        Ok(match self {
            Self::Salesforce => {
                let settings = SalesforceSettings::read(variable, reach).map_err(BadCredentials)?;
                let salesforce = SalesforceCrm::new(settings, https, config, clock);
                Arc::new(match stay {
                    Stay::ToTheEnd => salesforce,
                    Stay::AMinute => salesforce.page_by_page(),
                })
            }
            Self::HubSpot => {
                let settings = HubSpotSettings::read(variable, reach).map_err(BadCredentials)?;
                Arc::new(HubSpotCrm::new(settings, https, config, clock))
            }
            Self::Odoo => {
                let settings = OdooSettings::read(variable, reach).map_err(BadCredentials)?;
                Arc::new(OdooCrm::new(settings, https, config, clock))
            }
        })
    }
}

impl fmt::Display for System {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

#[cfg(test)]
mod tests {
    use std::cell::RefCell;
    use std::collections::BTreeSet;

    use https::Reach;

    use super::*;

    #[test]
    fn each_crm_reads_the_variables_that_are_named_as_its_own() {
        for system in System::ALL {
            let asked = RefCell::new(BTreeSet::new());
            let variable = |name: &str| {
                asked.borrow_mut().insert(name.to_owned());
                None
            };
            match system {
                System::Salesforce => drop(SalesforceSettings::read(variable, &Reach::public())),
                System::HubSpot => drop(HubSpotSettings::read(variable, &Reach::public())),
                System::Odoo => drop(OdooSettings::read(variable, &Reach::public())),
            }
            let named: BTreeSet<String> = system.variables().iter().map(|name| (*name).to_owned()).collect();
            assert_eq!(*asked.borrow(), named, "{system}");
        }
    }
}
