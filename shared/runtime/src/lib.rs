//! What the six functions share on Lambda: environment, ports, deadlines, failures per record. It decides nothing about
//! cases; each function's `main.rs` puts its handler on top.

#![forbid(unsafe_code)]

mod environment;
mod logs;
mod init_error;
mod function;
mod exports;
mod connected;
mod slack;
mod answers;
mod serve;
mod settle;

pub use answers::Answers;
pub use aws::{Metric, Metrics};
pub use connected::ConnectedCrm;
pub use environment::{Environment, MissingVariables};
use exports::ExportsCrm;
pub use function::{Function, StartError};
pub use serve::{Error, Rejected, serve};
