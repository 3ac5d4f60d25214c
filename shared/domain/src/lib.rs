//! The rules: who moved, how sure we are, what to do about it.
//!
//! Nothing here reads a clock, a file, the environment or chance; the same input gives the same bytes. The outside
//! world appears only as traits in [`ports`].

#![forbid(unsafe_code)]

mod ids;
mod money;
mod personal;
mod share;

pub mod days;
pub mod address;
pub mod crm;
pub mod snapshot;
pub mod observation;
pub mod finding;
pub mod judge;
pub mod case;
pub mod context;
pub mod coverage;
pub mod successors;
pub mod plan;
pub mod playbook;
pub mod proposals;
pub mod config;
pub mod notice;
pub mod recipients;
pub mod severity;
pub mod compose;
pub mod audit;
pub mod feedback;
pub mod messages;
pub mod ports;
pub mod records;
pub mod progress;
pub mod pending;
pub mod asking;
pub mod handler;
pub mod answering;
pub mod follow_up;
pub mod scan;
pub mod calibration;
pub mod marks;
pub mod accuracy;

pub use ids::{AccountId, CaseId, ContactId, DeliveryId, IdError, MessageId, ObservationId, ScanId, UserId};
pub use money::{Money, MoneyError};
pub use personal::Personal;
pub use share::{Interval, Share};
