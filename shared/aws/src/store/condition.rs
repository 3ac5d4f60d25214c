//! What must stand in an item's place, as DynamoDB checks it.

use aws_sdk_dynamodb::types::AttributeValue;
use domain::ports::Expect;

use super::attributes::{Stored, number};

/// A condition and its values.
#[derive(Clone, Debug, Default)]
pub(super) struct Condition {
    pub(super) text: &'static str,
    pub(super) values: Vec<(&'static str, AttributeValue)>,
}

impl Condition {
    /// The condition for `expect`. It fails too where a body in pieces stands, whatever is expected: whoever replaces it must
    /// remove the pieces in the same transaction, and learns of them by the failure.
    pub(super) fn of(expect: Expect, now: i64) -> Self {
        let now = || (":now", number(now));
        match expect {
            Expect::Anything => Self { text: "attribute_not_exists(n)", values: Vec::new() },
            Expect::Absent => Self {
                text: "attribute_not_exists(pk) OR (x <= :now AND attribute_not_exists(n))",
                values: vec![now()],
            },
            Expect::Version(version) => Self {
                text: "v = :v AND (attribute_not_exists(x) OR x > :now) AND attribute_not_exists(n)",
                values: vec![(":v", number(version)), now()],
            },
        }
    }

    /// The condition that just this write still stands there.
    pub(super) fn unchanged(version: u64) -> Self {
        Self { text: "v = :v", values: vec![(":v", number(version))] }
    }

    /// No condition.
    pub(super) fn none() -> Self {
        Self::default()
    }
}

/// Whether what was found is what is expected.
pub(super) fn holds(expect: Expect, found: Option<&Stored>, now: i64) -> bool {
    let found = found.filter(|found| found.lives(now));
    match expect {
        Expect::Anything => true,
        Expect::Absent => found.is_none(),
        Expect::Version(version) => found.is_some_and(|found| found.version == version),
    }
}
