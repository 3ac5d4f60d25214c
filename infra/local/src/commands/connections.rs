//! What a command is connected to: the CRM that a source names, and whoever sends what is told.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use crm::{ExportCrm, LiveCrm, System};
use domain::config::Config;
use domain::ports::{Clock, Crm};
use https::{Https, Reach};

use super::{Failure, Variables};

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
            None if System::parse(source).is_some() => Ok(Self::Live(live(source, variables, config, clock)?)),
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

/// A CRM over the network.
pub(crate) fn live(
    system: &str,
    variables: &Variables,
    config: &Config,
    clock: &Arc<dyn Clock>,
) -> Result<Arc<dyn LiveCrm>, Failure> {
    let unknown = || Failure::new(format!("{system:?} is no CRM that can be asked: salesforce, hubspot or odoo"));
    let named = System::parse(system).ok_or_else(unknown)?;
    let connected = named.connect(|name| variables.get(name), https(variables)?, config, Arc::clone(clock));
    connected.map_err(|e| Failure::new(format!("{system} cannot be asked: {e}")))
}

/// Requests to public addresses and to the hosts of this network that `BATON_PRIVATE_HOSTS` names.
pub(crate) fn https(variables: &Variables) -> Result<Arc<Https>, Failure> {
    let hosts = variables.get("BATON_PRIVATE_HOSTS").unwrap_or_default();
    let reach = Reach::with_private(&hosts).map_err(|e| Failure::new(format!("BATON_PRIVATE_HOSTS: {e}")))?;
    Ok(Arc::new(Https::new(reach).map_err(|e| Failure::new(e.to_string()))?))
}
