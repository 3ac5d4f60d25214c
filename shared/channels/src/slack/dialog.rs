//! The dialogs behind the buttons, as `views.open` takes them, and what was filled in. Each asks for one thing, and keeps which
//! case it is about.

use domain::Personal;
use domain::notice::Answer;
use jiff::civil::Date;
use serde_json::{Value, json};

use super::blocks::plain_text;
use super::{ButtonValue, action_id, answer_of};
use crate::words;

/// The longest text that can be written into a dialog, in characters; as much of an answer is kept.
const MOST_CHARACTERS: u32 = 1_000;

/// What was filled in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Filled {
    /// Why there was no change.
    NotAChange(Personal),
    /// What was done; may be blank.
    Done(Personal),
    /// The day to ask again.
    Later(Date),
    /// Slack's id of the person who takes it over.
    HandTo(String),
}

/// Asks why there was no change. `subject` is what the case is about, such as its notice's subject.
pub fn reason(about: &ButtonValue, subject: &str) -> Value {
    let hint = "What you write is kept with the case and tells us how often we are wrong.";
    let field = text_field("reason", "Why is it not a change?", hint, false);
    modal(Answer::NotAChange, "Not a change", "Dismiss", about, subject, field)
}

/// Asks what was done, which may be left blank.
pub fn done(about: &ButtonValue, subject: &str) -> Value {
    let field = text_field("note", "What was done?", "It is logged in the CRM. You may leave it blank.", true);
    modal(Answer::Done, "Done", "Close the case", about, subject, field)
}

/// Asks for the day on which to ask again.
pub fn later(about: &ButtonValue, subject: &str, suggested: Date) -> Value {
    let element = json!({"type": "datepicker", "action_id": "day", "initial_date": suggested.to_string()});
    modal(Answer::Later, "Later", "Ask me then", about, subject, field("day", "When shall we ask again?", element))
}

/// Asks who takes it over.
pub fn hand_to(about: &ButtonValue, subject: &str) -> Value {
    let element = json!({"type": "users_select", "action_id": "person"});
    modal(Answer::HandTo, "Hand to", "Hand over", about, subject, field("person", "Who takes it over?", element))
}

/// Reads the `view` of a submission: which case, and what was filled in. Nothing where it is no dialog of ours.
pub fn read(view: &Value) -> Option<(ButtonValue, Filled)> {
    let about = ButtonValue::parse(view["private_metadata"].as_str()?)?;
    let answer = answer_of(view["callback_id"].as_str()?)?;
    let field = field_of(answer)?;
    let value = &view["state"]["values"][field][field];
    let text = || match &value["value"] {
        // A field that was left blank.
        Value::Null => Some(Personal::default()),
        text => text.as_str().map(Personal::new),
    };
    let filled = match answer {
        Answer::NotAChange => Filled::NotAChange(text()?),
        Answer::Done => Filled::Done(text()?),
        Answer::Later => Filled::Later(value["selected_date"].as_str()?.parse().ok()?),
        Answer::HandTo => Filled::HandTo(value["selected_user"].as_str()?.to_owned()),
        Answer::GotIt => return None,
    };
    Some((about, filled))
}

/// The answer to a submission that cannot be taken: the dialog stays open and says why at its field. Nothing where the answer
/// has no dialog.
pub fn refusal(answer: Answer, why: &str) -> Option<Value> {
    let why = words::plain(why, 300);
    Some(json!({"response_action": "errors", "errors": {field_of(answer)?: why}}))
}

/// The one field of an answer's dialog: its `block_id` and its `action_id`.
fn field_of(answer: Answer) -> Option<&'static str> {
    match answer {
        Answer::GotIt => None,
        Answer::Done => Some("note"),
        Answer::NotAChange => Some("reason"),
        Answer::Later => Some("day"),
        Answer::HandTo => Some("person"),
    }
}

fn modal(answer: Answer, title: &str, submit: &str, about: &ButtonValue, subject: &str, field: Value) -> Value {
    let mut blocks = vec![field];
    let subject = words::plain(subject, 300);
    if !subject.is_empty() {
        blocks.insert(0, json!({"type": "section", "block_id": "about", "text": plain_text(&subject, 500)}));
    }
    json!({
        "type": "modal",
        "callback_id": action_id(answer),
        "private_metadata": about.to_string(),
        "title": plain_text(title, 24),
        "submit": plain_text(submit, 24),
        "close": plain_text("Cancel", 24),
        "blocks": blocks,
    })
}

fn field(block_id: &str, label: &str, element: Value) -> Value {
    json!({"type": "input", "block_id": block_id, "label": plain_text(label, 150), "element": element})
}

fn text_field(block_id: &str, label: &str, hint: &str, optional: bool) -> Value {
    let mut element = json!({
        "type": "plain_text_input",
        "action_id": block_id,
        "multiline": true,
        "max_length": MOST_CHARACTERS,
    });
    if !optional {
        element["min_length"] = json!(1);
    }
    let mut field = field(block_id, label, element);
    field["hint"] = plain_text(hint, 150);
    field["optional"] = json!(optional);
    field
}

#[cfg(test)]
mod tests {
    use super::*;

    fn about() -> ButtonValue {
        ButtonValue::parse("C-7Q2M|001A|2").unwrap()
    }

    fn submitted(mut view: Value, value: Value) -> Option<(ButtonValue, Filled)> {
        let last = view["blocks"].as_array().unwrap().last().unwrap().clone();
        let (block, action) = (last["block_id"].as_str().unwrap(), last["element"]["action_id"].as_str().unwrap());
        view["state"] = json!({"values": {block: {action: value}}});
        read(&view)
    }

    #[test]
    fn what_is_filled_in_comes_back_with_the_case() {
        let day = jiff::civil::date(2026, 12, 1);
        let expect = |view, value, filled| assert_eq!(submitted(view, value), Some((about(), filled)));
        expect(
            reason(&about(), "x"),
            json!({"value": "same person"}),
            Filled::NotAChange(Personal::new("same person")),
        );
        expect(done(&about(), "x"), json!({"value": null}), Filled::Done(Personal::default()));
        expect(done(&about(), "x"), json!({"value": "called"}), Filled::Done(Personal::new("called")));
        expect(later(&about(), "x", day), json!({"selected_date": "2026-12-01"}), Filled::Later(day));
        expect(hand_to(&about(), "x"), json!({"selected_user": "U0MAYA"}), Filled::HandTo("U0MAYA".to_owned()));
    }

    #[test]
    fn what_is_no_dialog_of_ours_or_was_tampered_with_is_nothing() {
        assert_eq!(
            submitted(later(&about(), "x", jiff::civil::date(2026, 12, 1)), json!({"selected_date": "soon"})),
            None
        );
        assert_eq!(submitted(hand_to(&about(), "x"), json!({"selected_user": null})), None);
        let mut view = reason(&about(), "x");
        view["private_metadata"] = json!("C-7Q2M|001A");
        assert_eq!(submitted(view, json!({"value": "x"})), None);
        let mut view = reason(&about(), "x");
        view["callback_id"] = json!("got_it");
        assert_eq!(submitted(view, json!({"value": "x"})), None);
        for view in [Value::Null, json!([]), json!({"private_metadata": 1})] {
            assert_eq!(read(&view), None);
        }
    }

    #[test]
    fn a_refusal_stands_at_the_field_that_the_dialog_has() {
        let refusal = refusal(Answer::Later, "a day\u{202e} gone by").unwrap();
        assert_eq!(refusal, json!({"response_action": "errors", "errors": {"day": "a day gone by"}}));
        assert_eq!(super::refusal(Answer::GotIt, "x"), None);
    }

    #[test]
    fn a_subject_from_outside_stays_inert_in_a_dialog() {
        let view = reason(&about(), "<!channel> R&D");
        assert_eq!(view["blocks"][0]["text"]["text"], "&lt;!channel&gt; R&amp;D");
        assert_eq!(done(&about(), "\u{200b}")["blocks"].as_array().map(Vec::len), Some(1));
    }
}
