//! The CRMs that Baton reads, one file each. Live ones are asked over HTTPS (feature `live`).

mod export;
#[cfg(feature = "live")]
mod live;
#[cfg(feature = "live")]
mod odoo;

pub use export::{ExportCrm, state_file, task_file, update_file};
#[cfg(feature = "live")]
pub use live::{Checked, LiveCrm};
#[cfg(feature = "live")]
pub use odoo::{OdooCrm, OdooSettings};
