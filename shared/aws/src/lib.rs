//! The ports on AWS: DynamoDB, SQS, Lambda's event source mappings, EventBridge, SES, Secrets Manager, S3.
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
mod mappings;
mod bus;
mod mailer;
mod secrets;
mod exports;
mod mails;
mod s3;
mod config;
mod metrics;
mod clock;
#[cfg(feature = "profile")]
mod look;

pub use bus::EventBridgeBus;
pub use clients::Clients;
pub use clock::SystemClock;
pub use config::{ConfigFault, ConfigRecord, load, push, pushed};
pub use dead_letters::DeadLetter;
pub use exports::{ExportSeen, Exports, Place, PlaceError};
pub use failure::Failure;
#[cfg(feature = "profile")]
pub use look::{AccountSeen, Look, QueueSeen, StackOutputs, TableSeen};
pub use mailer::SesMailer;
pub use mails::MailsInS3;
pub use mappings::{LambdaIntake, MappingIds};
pub use metrics::{Metric, Metrics};
pub use queue::{QueueUrls, SqsQueue};
pub use secrets::{Secret, Secrets};
pub use settings::{Settings, SettingsError};
pub use store::DynamoStore;
