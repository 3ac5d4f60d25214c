//! Slack's interactions: a button of a message was clicked, or a dialog was sent. Who did it is sure, because Slack signs it;
//! so this is where updates of the CRM are confirmed.

use domain::handler::HandlerError;
use domain::messages::CaseRef;
use domain::notice::Recipient;
use domain::{AccountId, CaseId, MessageId, Personal};
use jiff::civil::Date;
use serde_json::{Value, json};

use crate::form::Fields;
use crate::give::{Answer, Given, Reply, give};
use crate::http::{Request, Response};
use crate::{Counted, Deps, dialogs, find, strict};

/// What was made out of an interaction.
enum Read {
    /// An answer, and what is used up by it.
    Answer(About, Reply, MessageId),
    /// A button that asks for more, and what its dialog is to keep.
    Ask(String, String),
    /// A dialog that cannot be taken: its field, and why.
    Wrong(&'static str, String),
    /// Nothing for us.
    Foreign,
}

/// What a button carries: `CASE` or `CASE|ACCOUNT|REVISION`, and for one of several things in it `#` and which, from 0.
struct About {
    case: CaseId,
    account: Option<AccountId>,
    /// The revision that the message showed.
    shown: Option<u32>,
    nth: Option<u32>,
}

impl About {
    fn parse(text: &str) -> Option<Self> {
        let (text, nth) = match text.split_once('#') {
            Some((text, nth)) => (text, Some(nth.parse().ok()?)),
            None => (text, None),
        };
        let parts: Vec<&str> = text.split('|').collect();
        let (case, account, shown) = match parts[..] {
            [case] => (case, None, None),
            [case, account, shown] => (case, Some(AccountId::parse(account).ok()?), Some(shown.parse().ok()?)),
            _ => return None,
        };
        Some(Self { case: CaseId::parse(case).ok()?, account, shown, nth })
    }

    /// The case; where only its id is known, it is looked for.
    async fn find(&self, deps: &Deps<'_>) -> Result<Option<CaseRef>, HandlerError> {
        match &self.account {
            Some(account) => Ok(Some(CaseRef { account: account.clone(), case: self.case.clone() })),
            None => Ok(find::case(deps.outbox.store, &self.case).await?),
        }
    }
}

/// Verifies, decides, commits; Slack waits for three seconds.
pub(crate) async fn handle(request: &Request, deps: &Deps<'_>) -> Response {
    let Some(secrets) = deps.slack else {
        return Response::text(404, "nothing of Slack's is taken here: there is no signing secret");
    };
    let (time, signature) = (request.header("x-slack-request-timestamp"), request.header("x-slack-signature"));
    if let Err(refused) = signatures::slack::verify(secrets, time, signature, &request.body, deps.clock.now()) {
        tracing::warn!(%refused, "a request that is not Slack's");
        (deps.counted)(Counted::Unsigned);
        return Response::text(401, "this was not signed by Slack");
    }
    let fields = Fields::parse(&request.body);
    let Some(Ok(payload)) = fields.get("payload").map(strict::parse) else {
        (deps.counted)(Counted::Refused);
        return Response::text(400, "there is no payload that can be read");
    };
    match take(&payload, deps).await {
        Ok(response) => response,
        Err(error) => {
            tracing::error!(%error, "an answer from Slack could not be taken");
            (deps.counted)(Counted::Failed);
            Response::text(503, "the answer could not be taken; try again")
        }
    }
}

async fn take(payload: &Value, deps: &Deps<'_>) -> Result<Response, HandlerError> {
    let read = match text(payload, "/type") {
        Some("block_actions") => clicked(payload),
        Some("view_submission") => sent(payload, deps).await,
        _ => Read::Foreign,
    };
    match read {
        Read::Answer(about, reply, claim) => answer(payload, &about, &reply, &claim, deps).await,
        Read::Ask(about, action) => Ok(ask(payload, &about, &action, deps).await),
        Read::Wrong(field, why) => {
            (deps.counted)(Counted::Refused);
            Ok(wrong(field, &why))
        }
        Read::Foreign => {
            (deps.counted)(Counted::Ignored);
            Ok(Response::empty())
        }
    }
}

/// A button.
fn clicked(payload: &Value) -> Read {
    let (Some(action), Some(value)) = (text(payload, "/actions/0/action_id"), text(payload, "/actions/0/value")) else {
        return Read::Foreign;
    };
    let Some(about) = About::parse(value) else { return Read::Foreign };
    let reply = match (action, about.nth) {
        ("got_it", _) => Reply::GotIt,
        ("confirm", _) => Reply::Confirm,
        ("step_done", Some(step)) => Reply::StepDone(step),
        ("confirm_update", Some(n)) => Reply::ConfirmUpdate(n),
        ("reject_update", Some(n)) => Reply::RejectUpdate(n),
        ("done" | "not_a_change" | "later" | "hand_to", _) => return Read::Ask(value.to_owned(), action.to_owned()),
        _ => return Read::Foreign,
    };
    let parts = ["/team/id", "/user/id", "/container/message_ts", "/actions/0/action_ts"];
    Read::Answer(about, reply, claim(payload, &parts, action))
}

/// A dialog. One that was opened once is one answer, however often it is sent.
async fn sent(payload: &Value, deps: &Deps<'_>) -> Read {
    let about = text(payload, "/view/private_metadata").and_then(About::parse);
    let (Some(action), Some(about)) = (text(payload, "/view/callback_id"), about) else { return Read::Foreign };
    let said = |path: &str| Personal::new(text(payload, path).unwrap_or_default());
    let reply = match action {
        "done" => Reply::Done(said("/view/state/values/note/note/value")),
        "not_a_change" => Reply::NotAChange(said("/view/state/values/reason/reason/value")),
        "later" => match text(payload, "/view/state/values/day/day/selected_date").map(str::parse::<Date>) {
            Some(Ok(day)) => Reply::Later(day),
            Some(Err(_)) | None => return Read::Wrong("day", "choose a day".to_owned()),
        },
        "hand_to" => match taker(payload, deps).await {
            Ok(to) => Reply::HandTo(to),
            Err(why) => return Read::Wrong("person", why),
        },
        _ => return Read::Foreign,
    };
    Read::Answer(about, reply, claim(payload, &["/team/id", "/user/id", "/view/id"], action))
}

fn claim(payload: &Value, paths: &[&str], action: &str) -> MessageId {
    let parts = paths.iter().map(|path| text(payload, path).unwrap_or_default());
    MessageId::of(&["slack", action].into_iter().chain(parts).collect::<Vec<_>>())
}

/// Who takes the case over.
async fn taker(payload: &Value, deps: &Deps<'_>) -> Result<Recipient, String> {
    let user = text(payload, "/view/state/values/person/person/selected_user").ok_or("choose somebody")?;
    let person = deps.dialogs.person(user).await.map_err(|error| {
        tracing::warn!(%error, "whoever is to take a case over cannot be looked up");
        "Slack does not say who that is; try again".to_owned()
    })?;
    if person.email.is_blank() {
        return Err("Slack does not tell their mail address, so Baton cannot write to them".to_owned());
    }
    let because = format!("{} handed it to you", who(payload, deps).await.reveal());
    Ok(Recipient { user: None, name: person.name, email: person.email, because, zone: None })
}

async fn answer(
    payload: &Value,
    about: &About,
    reply: &Reply,
    claim: &MessageId,
    deps: &Deps<'_>,
) -> Result<Response, HandlerError> {
    let given = match about.find(deps).await? {
        Some(case) => {
            let by = who(payload, deps).await;
            let answer = Answer { about: &case, reply, by: &by, channel: "Slack", claim, shown: about.shown };
            give(&answer, &deps.outbox, &deps.config.calendar, deps.clock.now()).await?
        }
        None => Given::Gone,
    };
    let refused = match given {
        Given::Taken(_) => {
            (deps.counted)(Counted::Answered);
            return Ok(Response::empty());
        }
        Given::Already => {
            (deps.counted)(Counted::Repeated);
            return Ok(Response::empty());
        }
        Given::Gone => "this case is no longer there".to_owned(),
        Given::Changed(_) => "the case has changed since this message was written: look at it again".to_owned(),
        Given::Refused(_, refused) => refused.to_string(),
    };
    Ok(refuse(payload, reply, &refused, deps).await)
}

/// Whoever did it: the name that Slack knows, else what the interaction says, which is signed as well.
async fn who(payload: &Value, deps: &Deps<'_>) -> Personal {
    let user = text(payload, "/user/id").unwrap_or_default();
    match deps.dialogs.person(user).await {
        Ok(person) if !person.name.is_blank() => person.name,
        Ok(_) => named(payload, user),
        Err(error) => {
            tracing::warn!(%error, "whoever has answered cannot be looked up");
            named(payload, user)
        }
    }
}

fn named(payload: &Value, user: &str) -> Personal {
    let name = text(payload, "/user/name").or_else(|| text(payload, "/user/username"));
    Personal::new(format!("{} (Slack user {user})", name.unwrap_or("somebody")))
}

async fn ask(payload: &Value, about: &str, action: &str, deps: &Deps<'_>) -> Response {
    let today = deps.config.calendar.day(deps.clock.now());
    let view = dialogs::asking(action, about, today.tomorrow().unwrap_or(today));
    (deps.counted)(Counted::Asked);
    match view {
        Some(view) => open(payload, &view, deps).await,
        None => Response::empty(),
    }
}

/// Says why not: beside its field in a dialog, else in a dialog of its own.
async fn refuse(payload: &Value, reply: &Reply, why: &str, deps: &Deps<'_>) -> Response {
    (deps.counted)(Counted::Refused);
    let field = match reply {
        Reply::Done(_) => "note",
        Reply::NotAChange(_) => "reason",
        Reply::Later(_) => "day",
        Reply::HandTo(_) => "person",
        Reply::GotIt | Reply::Confirm | Reply::StepDone(_) | Reply::ConfirmUpdate(_) | Reply::RejectUpdate(_) => {
            return open(payload, &dialogs::saying(&sentence(why)), deps).await;
        }
    };
    wrong(field, why)
}

async fn open(payload: &Value, view: &Value, deps: &Deps<'_>) -> Response {
    let trigger = text(payload, "/trigger_id").unwrap_or_default();
    if let Err(error) = deps.dialogs.open(trigger, view).await {
        tracing::error!(%error, "a dialog could not be opened");
        (deps.counted)(Counted::Failed);
    }
    Response::empty()
}

fn wrong(field: &str, why: &str) -> Response {
    Response::json(&json!({"response_action": "errors", "errors": {field: sentence(why)}}))
}

fn sentence(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map(|first| first.to_uppercase().chain(letters).chain(['.']).collect()).unwrap_or_default()
}

fn text<'a>(payload: &'a Value, path: &str) -> Option<&'a str> {
    payload.pointer(path)?.as_str()
}

#[cfg(test)]
mod tests {
    use domain::answering::Refused;

    use super::*;

    #[test]
    fn a_refusal_is_a_sentence() {
        assert_eq!(sentence(&Refused::NoReason.to_string()), "Say why it is no change.");
    }
}
