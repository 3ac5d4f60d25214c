//! The CRMs that Baton reads, one file each.

mod export;

pub use export::{ExportCrm, task_file};
