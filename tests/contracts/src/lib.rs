//! What each port promises, as functions that every implementation must pass.

#![forbid(unsafe_code)]
#![expect(clippy::unwrap_used, reason = "whoever breaks a promise here fails the test that asked")]

mod clock;
mod store;
mod large;
mod queue;
mod bus;
mod inbox;
mod mailer;
mod messenger;
mod people;

pub use bus::{Events, bus_contract};
pub use clock::HandClock;
pub use inbox::{Put, inbox_contract};
pub use large::{SIZES, a_body_of_any_size_is_kept_whole, a_run_of_megabytes_is_read_to_its_end, bytes};
pub use mailer::{Mails, a_mail_arrives_as_it_is, a_mail_that_is_sent_again_arrives_once};
pub use messenger::{Count, messenger_contract};
pub use people::{KNOWN, Known, people_contract};
pub use queue::{Queues, queue_contract, stale_receipts_do_nothing};
pub use store::{Pending, is_written, of_many_writers_one_wins, store_contract};
