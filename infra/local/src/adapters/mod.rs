//! The ports on one machine: SQLite for what must be atomic, plain files for what people open.

mod bus;
mod database;
mod files;
mod mailer;
mod messenger;
mod no_crm;
mod queue;
mod store;

pub use bus::FileBus;
pub use database::{Database, DatabaseError};
pub use mailer::FileMailer;
pub use messenger::FileMessenger;
pub use no_crm::NoCrm;
pub use queue::{DeadLetter, SqliteQueue};
pub use store::SqliteStore;
