//! What a button carries: which case it answers, which of several things in it, and how much of it its reader was shown.

use std::fmt;

use domain::case::Case;
use domain::notice::Answer;
use domain::{AccountId, CaseId};

/// The value of a button, and what a dialog keeps: `CASE|ACCOUNT|REVISION`. It names nobody.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ButtonValue {
    /// The account the case is filed under.
    pub account: AccountId,
    /// The case.
    pub case: CaseId,
    /// Its [`Case::revision`] when the message was written. Another one by now means that more is known than was shown.
    pub revision: u32,
}

impl ButtonValue {
    /// Names a case as it stands.
    pub fn of(case: &Case) -> Self {
        Self { account: case.account.clone(), case: case.id.clone(), revision: case.revision() }
    }

    /// Reads what came back from Slack; nothing where it is not of this form.
    pub fn parse(text: &str) -> Option<Self> {
        let mut parts = text.split('|');
        let (case, account, revision) = (parts.next()?, parts.next()?, parts.next()?);
        let digits = !revision.is_empty() && revision.bytes().all(|byte| byte.is_ascii_digit());
        let read = || {
            let (account, case) = (AccountId::parse(account).ok()?, CaseId::parse(case).ok()?);
            Some(Self { account, case, revision: revision.parse().ok()? })
        };
        // No other text than the one that was written means the same.
        read().filter(|value| digits && parts.next().is_none() && value.to_string() == text)
    }

    /// The value of a button for one of several things in the case, its place from 0: `CASE|ACCOUNT|REVISION#PLACE`.
    pub fn part(&self, place: u32) -> String {
        format!("{self}#{place}")
    }

    /// Reads what such a button has brought back; nothing where it is not of this form.
    pub fn parse_part(text: &str) -> Option<(Self, u32)> {
        let (about, digits) = text.rsplit_once('#')?;
        let place = digits.parse::<u32>().ok().filter(|place| place.to_string() == digits)?;
        Some((Self::parse(about)?, place))
    }
}

impl fmt::Display for ButtonValue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}|{}|{}", self.case, self.account, self.revision)
    }
}

/// The `action_id` of the button that confirms a proposed update of the CRM; its value is a [`ButtonValue::part`].
pub const CONFIRM_UPDATE: &str = "confirm_update";
/// The `action_id` of the button that rejects one.
pub const REJECT_UPDATE: &str = "reject_update";

/// The `action_id` of an answer's button, and the `callback_id` of its dialog.
pub fn action_id(answer: Answer) -> &'static str {
    match answer {
        Answer::GotIt => "got_it",
        Answer::Done => "done",
        Answer::NotAChange => "not_a_change",
        Answer::Later => "later",
        Answer::HandTo => "hand_to",
    }
}

/// The answer whose button has this `action_id`, if any has.
pub fn answer_of(action: &str) -> Option<Answer> {
    let all = [Answer::GotIt, Answer::Done, Answer::NotAChange, Answer::Later, Answer::HandTo];
    all.into_iter().find(|answer| action_id(*answer) == action)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_reads_back_as_it_was_written_and_nothing_else_does() {
        let (account, case) = (AccountId::parse("001:A@x").unwrap(), CaseId::parse("C-7Q2M").unwrap());
        let value = ButtonValue { account, case, revision: 3 };
        assert_eq!(value.to_string(), "C-7Q2M|001:A@x|3");
        assert_eq!(ButtonValue::parse("C-7Q2M|001:A@x|3"), Some(value));
        for other in [
            "",
            "C-7Q2M",
            "C-7Q2M|001",
            "C-7Q2M|001|",
            "C-7Q2M||1",
            "|001|1",
            "C-7Q2M|001|x",
            "C-7Q2M|001|-1",
            "C-7Q2M|001|+1",
            "C-7Q2M|001|01",
            "C-7Q2M|001|1|",
            "C-7Q2M|00 1|1",
            " C-7Q2M|001|1",
            "C-7Q2M|001|99999999999",
            "C-7Q2M|001|٣",
        ] {
            assert_eq!(ButtonValue::parse(other), None, "{other}");
        }
    }

    #[test]
    fn the_value_of_a_part_reads_back_and_is_no_value_of_the_whole() {
        let about = ButtonValue::parse("C-7Q2M|001:A@x|3").unwrap();
        assert_eq!(about.part(7), "C-7Q2M|001:A@x|3#7");
        assert_eq!(ButtonValue::parse_part("C-7Q2M|001:A@x|3#7"), Some((about, 7)));
        assert_eq!(ButtonValue::parse("C-7Q2M|001:A@x|3#7"), None);
        for other in ["", "#", "#1", "C-7Q2M#1", "C-7Q2M|001|3", "C-7Q2M|001|3#", "C-7Q2M|001|3#01", "C-7Q2M|001|3#-1"]
        {
            assert_eq!(ButtonValue::parse_part(other), None, "{other}");
        }
    }

    #[test]
    fn every_answer_is_known_by_its_action() {
        for answer in [Answer::GotIt, Answer::Done, Answer::NotAChange, Answer::Later, Answer::HandTo] {
            assert_eq!(answer_of(action_id(answer)), Some(answer));
        }
        assert_eq!(answer_of("Got_it"), None);
    }
}
