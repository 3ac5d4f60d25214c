//! The CRMs that Baton reads, one file each. Live ones are asked over HTTPS (feature `live`).

mod set_aside;
mod sorted;
mod export;
#[cfg(feature = "live")]
mod hubspot;
#[cfg(feature = "live")]
mod live;
#[cfg(feature = "live")]
mod odoo;
#[cfg(feature = "live")]
mod salesforce;

#[cfg(feature = "live")]
use export::lasting_bounce;
pub use export::{CrmFiles, ExportCrm, state_file, task_file, update_file};
#[cfg(feature = "live")]
pub use hubspot::{HubSpotCrm, HubSpotSettings, Pace};
#[cfg(feature = "live")]
pub use live::{BadCredentials, Checked, LiveCrm, Stay, System};
#[cfg(feature = "live")]
pub use odoo::{OdooCrm, OdooSettings};
#[cfg(feature = "live")]
pub use salesforce::{SalesforceCrm, SalesforceSettings};
