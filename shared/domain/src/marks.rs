//! What people say of a case afterwards: it was right, or it was wrong, and why.
//!
//! A mark stands in a record of its own and holds what was judged, so that it counts on when its case is gone.

use std::fmt;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::case::{Case, State};
use crate::finding::Verdict;
use crate::ports::{Index, Key, Store, StoreError};
use crate::records::{self, Loaded};
use crate::{AccountId, CaseId, Personal};

/// One person's word on one case.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Mark {
    /// The case.
    pub case: CaseId,
    /// The account it is, or was, filed under.
    pub account: AccountId,
    /// What was judged.
    pub judged: Judged,
    /// What the person says of it.
    pub says: Says,
    /// Why.
    pub because: Personal,
    /// Who says so; nothing where it follows from an answer, of which the account's audit chain knows who gave it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub by: Option<Personal>,
    /// When it was said.
    pub at: Timestamp,
}

/// The judgement that is marked.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Judged {
    /// What had happened.
    pub verdict: Verdict,
    /// How likely that was, 0 to 1.
    pub confidence: f64,
    /// It was told, or would have been but for shadow or the brake; otherwise it was held for review.
    pub alert: bool,
    /// Version of the rules.
    pub rules: String,
    /// Version of the configuration.
    pub config: String,
}

/// What a person says of a judgement.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Says {
    /// What it says has happened.
    Right,
    /// It has not.
    Wrong,
}

impl fmt::Display for Says {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Right => "right",
            Self::Wrong => "wrong",
        })
    }
}

impl Mark {
    /// A person's mark of a case.
    pub fn new(case: &Case, says: Says, because: &str, by: &str, now: Timestamp) -> Self {
        Self { by: Some(Personal::new(by)), ..Self::given(case, says, because, now) }
    }

    /// What the answer to a case says of it: `not-a-change` that it was wrong, `done` and `confirm` that it was right.
    /// What becomes of all that the brake has held together is a word on the scan and not on each case of it.
    pub fn of_answer(case: &Case) -> Option<Self> {
        let steps = case.history.windows(2).rev();
        let (says, at) = steps.filter_map(|step| answered(step[0].0, step[1].0, case).zip(Some(step[1].1))).next()?;
        Some(Self::given(case, says, &case.because, at))
    }

    fn given(case: &Case, says: Says, because: &str, at: Timestamp) -> Self {
        let (case_id, account, because) = (case.id.clone(), case.account.clone(), Personal::new(because));
        Self { case: case_id, account, judged: Judged::of(case), says, because, by: None, at }
    }
}

/// What a step from one state to the next says, if a person has made it about this case alone.
fn answered(from: State, to: State, case: &Case) -> Option<Says> {
    let by_brake = from == State::Held && case.brake.is_some();
    match to {
        State::Closed => Some(Says::Right),
        State::Dismissed => (!by_brake).then_some(Says::Wrong),
        State::Detected => (from == State::Held && !by_brake && !case.raised).then_some(Says::Right),
        State::Enriched | State::Planned | State::Notified | State::Acknowledged | State::Held | State::Cleared => None,
    }
}

impl Judged {
    /// What was judged of a case. A case that was not sure enough began as held, and may have been raised since; the brake
    /// holds what was detected.
    pub fn of(case: &Case) -> Self {
        Self {
            verdict: case.finding.verdict,
            confidence: case.finding.confidence,
            alert: case.raised || case.history.first().is_some_and(|(state, _)| *state != State::Held),
            rules: case.finding.rules.clone(),
            config: case.config.clone(),
        }
    }
}

/// The partition of all marks.
const MARKS: &str = "MARKS";

/// Where the mark of a case stands.
pub fn key(case: &CaseId) -> Key {
    Key::new(MARKS, case.as_str())
}

/// Reads the mark of a case.
pub async fn of(store: &dyn Store, case: &CaseId) -> Result<Option<Loaded<Mark>>, StoreError> {
    records::read(store, &key(case)).await
}

/// Reads every mark, the latest last.
pub async fn all(store: &dyn Store) -> Result<Vec<Mark>, StoreError> {
    let found = records::all::<Mark>(store, Index::Table, MARKS, "").await?;
    let mut marks: Vec<Mark> = found.into_iter().map(|mark| mark.value).collect();
    marks.sort_by(|a, b| a.at.cmp(&b.at).then_with(|| a.case.cmp(&b.case)));
    Ok(marks)
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use std::collections::BTreeSet;

    use crate::case::{Followed, Kind, Subject};
    use crate::finding::{Finding, Question};
    use crate::{ContactId, ScanId};

    /// A case that has passed through these states, one a day.
    pub(crate) fn case(name: &str, states: &[State]) -> Case {
        let day = |i: i64| Timestamp::UNIX_EPOCH + jiff::SignedDuration::from_hours(24 * i);
        Case {
            id: CaseId::of(&[name]),
            kind: Kind::Contact,
            account: AccountId::parse("001A").unwrap(),
            account_name: "Northwind Traders".to_owned(),
            subject: Subject {
                contact: ContactId::parse("003A").unwrap(),
                name: Personal::new(name),
                title: String::new(),
                email: Personal::default(),
                roles: Vec::new(),
            },
            occurrence: 0,
            finding: Finding {
                verdict: Verdict::Departed,
                confidence: 0.9,
                sentence: Personal::default(),
                from: Personal::default(),
                to: Personal::default(),
                about: Question::Presence,
                prior: 0.0,
                evidence: Vec::new(),
                settles: String::new(),
                named: None,
                until: None,
                rules: "2026.11".to_owned(),
            },
            gained_by: None,
            state: *states.last().unwrap(),
            because: "as somebody has said".to_owned(),
            history: (0..).zip(states).map(|(i, state)| (*state, day(i))).collect(),
            scan: ScanId::parse("s-1").unwrap(),
            brake: None,
            shadow: false,
            config: "c-1".to_owned(),
            threshold: 0.75,
            raised: false,
            continued: 0,
            context: None,
            plan: None,
            assigned: None,
            snoozed: None,
            answers: Vec::new(),
            done_steps: BTreeSet::new(),
            followed: Followed::default(),
            proposals: Vec::new(),
        }
    }

    #[track_caller]
    fn check(states: &[State], brake: bool, says: Option<Says>) {
        let mut case = case("Dana Fox", states);
        case.brake = brake.then(|| case.scan.clone());
        assert_eq!(Mark::of_answer(&case).map(|mark| mark.says), says, "{states:?}, brake {brake}");
    }

    #[test]
    fn an_answer_says_whether_the_case_was_right() {
        use State::{Acknowledged, Closed, Detected, Dismissed, Enriched, Held, Notified, Planned};
        let told = [Detected, Enriched, Planned, Notified];
        check(&told, false, None);
        check(&[&told[..], &[Acknowledged]].concat(), false, None);
        check(&[&told[..], &[Closed]].concat(), false, Some(Says::Right));
        check(&[&told[..], &[Acknowledged, Closed]].concat(), false, Some(Says::Right));
        check(&[&told[..], &[Dismissed]].concat(), false, Some(Says::Wrong));
        check(&[Held], false, None);
        check(&[Held, Dismissed], false, Some(Says::Wrong));
        check(&[Held, Detected, Enriched], false, Some(Says::Right));
    }

    #[test]
    fn the_later_answer_counts_and_a_reversal_is_none() {
        use State::{Cleared, Detected, Dismissed, Enriched, Held, Notified, Planned};
        check(&[Held, Detected, Enriched, Planned, Notified, Dismissed], false, Some(Says::Wrong));
        check(&[Held, Detected, Cleared], false, Some(Says::Right));
        check(&[Detected, Cleared], false, None);
    }

    #[test]
    fn what_the_brake_held_is_not_answered_case_by_case() {
        use State::{Closed, Detected, Dismissed, Enriched, Held, Notified, Planned};
        check(&[Detected, Held, Dismissed], true, None);
        check(&[Detected, Held, Detected, Enriched], true, None);
        check(&[Detected, Held, Detected, Enriched, Planned, Notified, Closed], true, Some(Says::Right));
    }

    #[test]
    fn a_case_that_the_brake_held_was_an_alert_and_one_held_for_a_look_was_not() {
        let alert = |states: &[State]| Judged::of(&case("Dana Fox", states)).alert;
        assert!(alert(&[State::Detected, State::Held]));
        assert!(!alert(&[State::Held]));
        assert!(!alert(&[State::Held, State::Detected, State::Enriched]));
    }

    #[test]
    fn a_mark_is_read_back_as_it_was_written() {
        let mark = Mark::new(
            &case("Dana Fox", &[State::Detected]),
            Says::Wrong,
            "still there",
            "Robin Vale",
            Timestamp::UNIX_EPOCH,
        );
        let read: Mark = serde_json::from_slice(&records::encode(&mark)).unwrap();
        assert_eq!(read, mark);
        assert!(!format!("{mark:?}").contains("still there"));
    }
}
