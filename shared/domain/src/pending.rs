//! What others than the CRM have told and no scan has judged yet. Whoever learns something writes it here; the next scan
//! lays it beside the contact it is about, and strikes it off in the commit that judges it. What is about nobody in the
//! CRM expires.

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::observation::Observation;
use crate::ports::{Expect, Index, Item, Key, Store, StoreError, Write};
use crate::records::{self, Loaded};
use crate::{ContactId, Personal};

/// So long it may take until the person of a mail stands in the CRM, or a full pass comes by.
const KEPT: SignedDuration = SignedDuration::from_hours(24 * 60);

/// Who is meant.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum About {
    /// This contact.
    Contact(ContactId),
    /// Whoever has this mail address, in any case of letters.
    Address(Personal),
}

/// One fact that waits to be judged.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Pending {
    /// Who is meant.
    pub about: About,
    /// What was told.
    pub observation: Observation,
}

impl Pending {
    /// Where it stands. An address is hashed, because keys reach logs.
    pub fn key(&self, system: &str) -> Key {
        let who = match &self.about {
            About::Contact(contact) => format!("CONTACT#{contact}"),
            About::Address(address) => {
                let folded = address.reveal().trim().to_lowercase();
                let mut hash = data_encoding::HEXLOWER.encode(&Sha256::digest(folded.as_bytes()));
                hash.truncate(24);
                format!("ADDRESS#{hash}")
            }
        };
        Key::new(partition(system), format!("{who}#{}", self.observation.id))
    }

    /// The write of it. The same fact told twice overwrites itself.
    pub fn write(&self, system: &str, now: Timestamp) -> Write {
        let item = Item { key: self.key(system), index: None, body: records::encode(self), expires: Some(now + KEPT) };
        Write::Put(item, Expect::Anything)
    }
}

/// Everything that waits to be judged beside the contacts of this system.
pub async fn all(store: &dyn Store, system: &str) -> Result<Vec<Loaded<Pending>>, StoreError> {
    records::all(store, Index::Table, &partition(system), "").await
}

fn partition(system: &str) -> String {
    format!("OBSERVED#{system}")
}
