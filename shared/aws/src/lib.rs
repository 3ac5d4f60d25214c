//! The ports on AWS: DynamoDB, SQS, EventBridge, SES, Secrets Manager, S3.
//!
//! Nothing outside this crate names the SDK. Nothing in it decides anything about cases.

#![forbid(unsafe_code)]

mod settings;
mod clients;
mod failure;
mod retry;
mod store;
mod queue;
mod dead_letters;
mod bus;
mod mailer;
mod secrets;
mod exports;
mod config;
mod metrics;
mod clock;

pub use bus::EventBridgeBus;
pub use clients::Clients;
pub use clock::SystemClock;
pub use config::{ConfigFault, ConfigRecord, load, push};
pub use dead_letters::DeadLetter;
pub use exports::{Exports, Place, PlaceError};
pub use failure::Failure;
pub use mailer::SesMailer;
pub use metrics::{Metric, Metrics};
pub use queue::{QueueUrls, SqsQueue};
pub use secrets::{Secret, Secrets};
pub use settings::{Settings, SettingsError};
pub use store::DynamoStore;
