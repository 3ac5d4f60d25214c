//! Items as DynamoDB has them: attributes by name, sizes, what is deflated, and the pieces of what is too large for one.

use std::collections::HashMap;
use std::sync::Arc;

use aws_sdk_dynamodb::primitives::Blob;
use aws_sdk_dynamodb::types::AttributeValue;
use domain::ports::{Item, Key, Row, StoreError};
use miniz_oxide::deflate::compress_to_vec;
use miniz_oxide::inflate::decompress_to_vec;

/// An item's attributes by name.
pub(super) type Attributes = HashMap<String, AttributeValue>;

/// DynamoDB takes no larger item: 400 KB, names and values together.
pub(super) const LARGEST_ITEM: usize = 400 * 1024;
/// What a piece holds of a body; its keys, of 3 KB at most, have room beside it.
const PIECE: usize = 256 * 1024;
/// What is larger is deflated: DynamoDB counts every KB begun.
const PLAIN: usize = 1024;
/// How hard it is tried, of 10: the usual middle between time and size.
const LEVEL: u8 = 6;
/// The most digits that a number here has, and so more bytes than it takes.
const NUMBER: usize = 21;

/// An item as it stands in the table.
#[derive(Clone, Debug)]
pub(super) struct Stored {
    pub(super) key: Key,
    pub(super) version: u64,
    pub(super) body: Vec<u8>,
    /// Whether the body is deflated.
    pub(super) packed: bool,
    pub(super) expires: Option<i64>,
    pub(super) index: Option<String>,
    /// How many pieces hold the body, if it is not here.
    pub(super) pieces: usize,
}

impl Stored {
    /// Reads an item's attributes; the index gives the keys alone.
    pub(super) fn parse(mut attributes: Attributes) -> Result<Self, StoreError> {
        let mut text = |name: &str| match attributes.remove(name) {
            Some(AttributeValue::S(text)) => Some(text),
            _ => None,
        };
        let key = Key::new(text("pk").unwrap_or_default(), text("sk").unwrap_or_default());
        let index = text("ix");
        let mut bytes = |name: &str| match attributes.remove(name) {
            Some(AttributeValue::B(bytes)) => Some(bytes.into_inner()),
            _ => None,
        };
        let (body, packed) = match bytes("z") {
            Some(body) => (body, true),
            None => (bytes("b").unwrap_or_default(), false),
        };
        let number = |name: &str| match attributes.get(name) {
            Some(AttributeValue::N(digits)) => digits.parse::<i64>().map(Some).map_err(|_| StoreError::Unreadable {
                key: format!("{} {}", key.partition, key.sort),
                reason: format!("its attribute {name} is no whole number"),
            }),
            _ => Ok(None),
        };
        let version = number("v")?.unwrap_or_default().unsigned_abs();
        let pieces = usize::try_from(number("n")?.unwrap_or_default()).unwrap_or_default();
        let expires = number("x")?;
        Ok(Self { key, version, body, packed, expires, index, pieces })
    }

    /// The item with its body as it was given.
    pub(super) fn unpacked(mut self) -> Result<Self, StoreError> {
        if self.packed {
            self.body = decompress_to_vec(&self.body).map_err(|e| StoreError::Unreadable {
                key: format!("{} {}", self.key.partition, self.key.sort),
                reason: format!("its attribute z cannot be inflated: {e}"),
            })?;
            self.packed = false;
        }
        Ok(self)
    }

    /// Whether it is there at this second: DynamoDB removes what has expired within days, not at once.
    pub(super) fn lives(&self, now: i64) -> bool {
        self.expires.is_none_or(|expires| expires > now)
    }

    /// The item for whoever asked; `partition` is shared by many.
    pub(super) fn into_row(self, partition: &Arc<str>) -> Row {
        let partition =
            if **partition == *self.key.partition { Arc::clone(partition) } else { self.key.partition.into() };
        Row { partition, sort: self.key.sort, version: self.version, body: self.body }
    }

    /// Where its pieces stand.
    pub(super) fn piece_keys(&self) -> Vec<Key> {
        piece_keys(&self.key, self.version, self.pieces)
    }
}

/// A key's attributes.
pub(super) fn of_key(key: &Key) -> Attributes {
    HashMap::from([
        ("pk".to_owned(), AttributeValue::S(key.partition.clone())),
        ("sk".to_owned(), AttributeValue::S(key.sort.clone())),
    ])
}

/// A number.
pub(super) fn number(value: impl ToString) -> AttributeValue {
    AttributeValue::N(value.to_string())
}

/// An item's attributes, and those of the pieces its body is in if it does not fit.
pub(super) fn of_item(mut item: Item, version: u64) -> (Attributes, Vec<Attributes>) {
    let mut name = "b";
    if size_of(&item) > PLAIN {
        item.body = compress_to_vec(&item.body, LEVEL);
        name = "z";
    }
    let fits = size_of(&item) <= LARGEST_ITEM;
    let mut head = of_key(&item.key);
    head.insert("v".to_owned(), number(version));
    if let Some(index) = item.index {
        head.insert("ix".to_owned(), AttributeValue::S(index));
    }
    let expires = item.expires.map(|at| number(at.as_second()));
    if let Some(expires) = &expires {
        head.insert("x".to_owned(), expires.clone());
    }
    if fits {
        head.insert(name.to_owned(), AttributeValue::B(Blob::new(item.body)));
        return (head, Vec::new());
    }
    let count = item.body.len().div_ceil(PIECE);
    head.insert("n".to_owned(), number(count));
    let keys = piece_keys(&item.key, version, count);
    let pieces = keys.iter().zip(item.body.chunks(PIECE)).map(|(key, part)| {
        let mut piece = of_key(key);
        piece.insert(name.to_owned(), AttributeValue::B(Blob::new(part)));
        if let Some(expires) = &expires {
            piece.insert("x".to_owned(), expires.clone());
        }
        piece
    });
    let pieces = pieces.collect();
    (head, pieces)
}

/// Bytes that DynamoDB counts for an item, or a few more.
pub(super) fn size_of(item: &Item) -> usize {
    let names = "pkskvbxix".len();
    let index = item.index.as_ref().map_or(0, String::len);
    names + item.key.partition.len() + item.key.sort.len() + item.body.len() + index + 2 * NUMBER
}

/// Bytes that DynamoDB counts for these attributes, or a few more.
pub(super) fn size(attributes: &Attributes) -> usize {
    let value = |value: &AttributeValue| match value {
        AttributeValue::S(text) => text.len(),
        AttributeValue::B(bytes) => bytes.as_ref().len(),
        _ => NUMBER,
    };
    attributes.iter().map(|(name, v)| name.len() + value(v)).sum()
}

/// The version stands in the key: a reader finds all pieces of one write, or misses one and reads again.
fn piece_keys(key: &Key, version: u64, count: usize) -> Vec<Key> {
    let partition = format!("PIECES#{}#{}", key.partition, key.sort);
    (0..count).map(|i| Key::new(partition.clone(), format!("{version:020}#{i:03}"))).collect()
}
