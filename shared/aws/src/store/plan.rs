//! What a commit asks of DynamoDB: one operation for each item, piece and claim.

use domain::MessageId;
use domain::ports::{Commit, Committed, Expect, Item, Key, StoreError, Write};
use domain::records::CLAIM_DAYS;

use super::attributes::{Attributes, Stored, number, of_item, of_key, size};
use super::condition::{Condition, holds};

/// DynamoDB takes no more operations in one transaction.
const MOST_OPERATIONS: usize = 100;
/// DynamoDB takes no more bytes in one transaction.
const MOST_BYTES: usize = 4 * 1024 * 1024;

/// A commit on its way: what is still to be asked, under which version.
#[derive(Debug)]
pub(super) struct Plan {
    /// The version that all items of this commit get, which nobody else uses.
    pub(super) version: u64,
    claim: Option<MessageId>,
    steps: Vec<Step>,
    now: i64,
}

/// The one write to an item that a commit has.
#[derive(Debug)]
struct Step {
    key: Key,
    /// What is written; nothing if the item is removed.
    item: Option<Item>,
    expect: Expect,
    /// The item in pieces that stands there, if one was found.
    replaces: Option<Stored>,
}

/// One operation of a transaction.
#[derive(Clone, Debug)]
pub(super) enum Operation {
    /// Writes these attributes.
    Put(Attributes, Condition),
    /// Removes what has this key.
    Delete(Attributes, Condition),
}

/// Whose operation it was.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Owner {
    /// The claim's.
    Claim,
    /// The head of an item.
    Head(usize),
    /// A piece of an item.
    Piece,
}

/// What a failed condition means.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Meaning {
    /// It failed because this very commit had been written: its answer was lost.
    Ours,
    /// The message was claimed before.
    Claimed,
    /// Something else stands there than was expected.
    Conflict(String),
    /// What stands there is as expected but in pieces, or no longer is: to be asked again in other words.
    Reworded,
}

impl Plan {
    /// The plan of a commit under this version at this second. Two writes to one item become one: DynamoDB takes no two.
    pub(super) fn new(commit: Commit, version: u64, now: i64) -> Result<Self, StoreError> {
        let mut steps: Vec<Step> = Vec::with_capacity(commit.writes.len());
        for write in commit.writes {
            let (key, item, expect) = match write {
                Write::Put(item, expect) => (item.key.clone(), Some(item), expect),
                Write::Delete(key) => (key, None, Expect::Anything),
            };
            match steps.iter_mut().find(|step| step.key == key) {
                None => steps.push(Step { key, item, expect, replaces: None }),
                Some(earlier) if expect == Expect::Anything => earlier.item = item,
                Some(_) => return Err(StoreError::Conflict(key.sort)),
            }
        }
        Ok(Self { version, claim: commit.claim, steps, now })
    }

    /// The operations, each with whose it is.
    pub(super) fn operations(&self) -> Result<Vec<(Owner, Operation)>, StoreError> {
        let mut operations = Vec::with_capacity(self.steps.len() + 1);
        operations.extend(self.claim.iter().map(|claim| (Owner::Claim, self.claiming(claim))));
        for (number, step) in self.steps.iter().enumerate() {
            step.operations(number, self.version, self.now, &mut operations);
        }
        let bytes: usize = operations.iter().map(|(_, operation)| operation.bytes()).sum();
        if operations.len() > MOST_OPERATIONS || bytes > MOST_BYTES {
            return Err(StoreError::Refused(format!(
                "a commit of {} items and {bytes} bytes is too large: DynamoDB takes {MOST_OPERATIONS} items and \
                 {MOST_BYTES} bytes; this is a fault of Baton, please report it",
                operations.len()
            )));
        }
        Ok(operations)
    }

    /// Its end, if all went well.
    pub(super) fn written(&self) -> Committed {
        Committed::Written { version: self.version }
    }

    /// What it means that the condition of this operation failed, given what stood there.
    pub(super) fn meaning(&mut self, owner: Owner, found: Option<Stored>) -> Meaning {
        if found.as_ref().is_some_and(|found| found.version == self.version) {
            return Meaning::Ours;
        }
        let step = match owner {
            Owner::Claim => return Meaning::Claimed,
            Owner::Piece => return Meaning::Reworded,
            Owner::Head(number) => self.steps.get_mut(number),
        };
        let Some(step) = step else { return Meaning::Reworded };
        if holds(step.expect, found.as_ref(), self.now) {
            step.replaces = found.filter(|found| found.pieces > 0);
            Meaning::Reworded
        } else {
            Meaning::Conflict(step.key.sort.clone())
        }
    }

    fn claiming(&self, message: &MessageId) -> Operation {
        let mut item = of_key(&Key::new(format!("MESSAGE#{message}"), "ONCE"));
        item.insert("v".to_owned(), number(self.version));
        item.insert("x".to_owned(), number(self.now + CLAIM_DAYS * 24 * 60 * 60));
        Operation::Put(item, Condition::of(Expect::Absent, self.now))
    }
}

impl Step {
    fn operations(&self, number: usize, version: u64, now: i64, operations: &mut Vec<(Owner, Operation)>) {
        let condition = self
            .replaces
            .as_ref()
            .map_or_else(|| Condition::of(self.expect, now), |old| Condition::unchanged(old.version));
        match &self.item {
            None => operations.push((Owner::Head(number), Operation::Delete(of_key(&self.key), condition))),
            Some(item) => {
                let (head, pieces) = of_item(item.clone(), version);
                operations.push((Owner::Head(number), Operation::Put(head, condition)));
                operations
                    .extend(pieces.into_iter().map(|piece| (Owner::Piece, Operation::Put(piece, Condition::none()))));
            }
        }
        let old = self.replaces.iter().flat_map(Stored::piece_keys);
        operations.extend(old.map(|key| (Owner::Piece, Operation::Delete(of_key(&key), Condition::none()))));
    }
}

impl Operation {
    fn bytes(&self) -> usize {
        match self {
            Self::Put(attributes, _) | Self::Delete(attributes, _) => size(attributes),
        }
    }
}
