//! What went wrong, so that a person sees why: what changed, what was said of it, and what was expected.

use std::collections::BTreeMap;
use std::fmt;

use domain::finding::Verdict;
use serde::Serialize;
use serde_json::Value;
use serde_json::value::RawValue;

use super::scored::Scored;

/// One mistake.
#[derive(Serialize)]
pub(super) struct Mistake<'a> {
    pub(super) kind: Kind,
    pub(super) id: &'a str,
    pub(super) place: &'a str,
    pub(super) changed: Vec<Changed>,
    pub(super) said: Verdict,
    pub(super) confidence: f64,
    pub(super) expect: &'a [Verdict],
    pub(super) because: &'a str,
}

/// How a judgement can be wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Kind {
    /// A person would be told of nothing.
    FalseAlert,
    /// A person would not be told.
    Missed,
    /// Rightly told or rightly silent, and still another verdict.
    WrongVerdict,
}

impl Kind {
    pub(super) const ALL: [Self; 3] = [Self::FalseAlert, Self::Missed, Self::WrongVerdict];

    fn of(scored: &Scored) -> Option<Self> {
        match (scored.alerted, scored.pair.alert) {
            (true, false) => Some(Self::FalseAlert),
            (false, true) => Some(Self::Missed),
            (true, true) | (false, false) => (!scored.is_right()).then_some(Self::WrongVerdict),
        }
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::FalseAlert => "false alert",
            Self::Missed => "missed",
            Self::WrongVerdict => "wrong verdict",
        })
    }
}

/// A field that is not the same on both sides.
#[derive(Serialize)]
pub(super) struct Changed {
    pub(super) field: String,
    pub(super) before: Value,
    pub(super) after: Value,
}

/// The first `most` mistakes of each kind, in the order of the files.
pub(super) fn first(scored: &[Scored], most: usize) -> Vec<Mistake<'_>> {
    let of = |kind| scored.iter().filter(move |s| Kind::of(s) == Some(kind)).take(most).map(move |s| mistake(kind, s));
    Kind::ALL.into_iter().flat_map(of).collect()
}

fn mistake(kind: Kind, scored: &Scored) -> Mistake<'_> {
    let pair = &scored.pair;
    Mistake {
        kind,
        id: &pair.id,
        place: &pair.place,
        changed: changed(&pair.before, &pair.after),
        said: scored.verdict,
        confidence: scored.confidence,
        expect: &pair.expect,
        because: &pair.because,
    }
}

fn changed(before: &RawValue, after: &RawValue) -> Vec<Changed> {
    let (before, mut after) = (fields(before), fields(after));
    let mut changed = Vec::new();
    for (field, before) in before {
        let after = after.remove(&field).unwrap_or_default();
        if before != after {
            changed.push(Changed { field, before, after });
        }
    }
    let added = after.into_iter().filter(|(_, after)| !after.is_null());
    changed.extend(added.map(|(field, after)| Changed { field, before: Value::Null, after }));
    changed
}

/// A side is known to be an object: it was judged.
fn fields(side: &RawValue) -> BTreeMap<String, Value> {
    serde_json::from_str(side.get()).unwrap_or_default()
}
