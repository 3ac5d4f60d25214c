//! The CRMs that Baton reads, one file each. Live ones are asked over HTTPS (feature `live`).

mod export;
#[cfg(feature = "live")]
mod hubspot;
#[cfg(feature = "live")]
mod live;

pub use export::{CrmFiles, ExportCrm, state_file, task_file, update_file};
#[cfg(feature = "live")]
pub use hubspot::{HubSpotCrm, HubSpotSettings, Pace};
#[cfg(feature = "live")]
pub use live::{BadCredentials, Checked, LiveCrm, System};
