//! What others than the CRM have told and no scan has judged yet, found by the contact it is about.

use std::collections::HashMap;

use domain::crm::Contact;
use domain::handler::HandlerError;
use domain::pending::{self, About, Pending};
use domain::ports::AskedFor;
use domain::progress::Running;
use domain::{ContactId, Personal};

use crate::Deps;

/// Of one contact at once; what is more is judged with the next scan.
const MOST: usize = 8;

/// What waits to be judged.
#[derive(Default)]
pub(crate) struct Told {
    by_contact: HashMap<ContactId, Vec<Pending>>,
    by_address: HashMap<String, Vec<Pending>>,
    about: AskedFor,
}

impl Told {
    /// Reads what waits. Beside a baseline nothing can be judged yet, so it goes on waiting.
    pub(crate) async fn read(running: &Running, deps: &Deps<'_>) -> Result<Self, HandlerError> {
        let mut told = Self::default();
        if running.baseline {
            return Ok(told);
        }
        for pending in pending::all(deps.outbox.store, &running.record.system).await? {
            told.take(pending.value);
        }
        Ok(told)
    }

    fn take(&mut self, pending: Pending) {
        match &pending.about {
            About::Contact(contact) => {
                self.about.ids.insert(contact.clone());
                self.by_contact.entry(contact.clone()).or_default().push(pending);
            }
            About::Address(address) => {
                let address = address.reveal().trim().to_lowercase();
                self.about.addresses.insert(Personal::new(address.clone()));
                self.by_address.entry(address).or_default().push(pending);
            }
        }
    }

    /// Whether nothing waits.
    pub(crate) fn is_empty(&self) -> bool {
        self.by_contact.is_empty() && self.by_address.is_empty()
    }

    /// Whom it is about.
    pub(crate) fn about(&self) -> &AskedFor {
        &self.about
    }

    /// What is about this contact.
    pub(crate) fn of(&self, contact: &Contact) -> Vec<Pending> {
        if self.is_empty() {
            return Vec::new();
        }
        let address = contact.seen.email.reveal().trim().to_lowercase();
        let by_address = self.by_address.get(&address).filter(|_| !address.is_empty());
        let found = self.by_contact.get(&contact.id).into_iter().chain(by_address).flatten();
        found.take(MOST).cloned().collect()
    }
}
