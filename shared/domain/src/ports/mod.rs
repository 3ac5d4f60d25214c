//! The outside world as the functions see it. Each port but `Intake` has two real implementations and one contract test.

mod bus;
mod clock;
mod crm;
mod inbox;
mod intake;
mod mailer;
mod messenger;
mod people;
mod queue;
mod store;

pub use bus::{Bus, BusError, StateChanged};
pub use clock::{Clock, FixedClock};
pub use crm::{
    AskedFor, ContactPage, ContactQuery, Crm, CrmError, FieldUpdate, LogEntry, LogState, LogTask, SetAside, Updated,
    UpdatedRecord,
};
pub use inbox::{Inbox, InboxError, Mail, MailPage};
pub use intake::{Intake, IntakeError, IntakeState};
pub use mailer::{Mailer, MailerError, OutgoingMail};
pub use messenger::{Messenger, MessengerError, Posted, SlackMessage};
pub use people::{Answer, People, PeopleError, Question};
pub use queue::{GivenBack, LONGEST_HIDDEN, MOST_RECEIVES, Queue, QueueError, Received};
pub use store::{Commit, Committed, Consistency, Expect, Index, Item, Key, Query, Row, Store, StoreError, Write};
