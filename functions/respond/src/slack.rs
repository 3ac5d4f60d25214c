//! Slack's interactions: a button of a message was clicked, or a dialog was sent. Who did it is sure, because Slack signs it;
//! so this is where updates of the CRM are confirmed.

use std::time::Instant;

use channels::slack::dialog::{self, Filled};
use channels::slack::{ButtonValue, CONFIRM_UPDATE, REJECT_UPDATE, answer_of};
use domain::MessageId;
use domain::answering::{By, Given, Reply, Said, give};
use domain::compose;
use domain::handler::{HandlerError, told};
use domain::messages::CaseRef;
use domain::notice::{Answer, Channel, Recipient};
use domain::ports::{MessengerError, Posted};
use domain::recipients;
use domain::records;
use serde_json::Value;

use crate::form::Fields;
use crate::http::{Request, Response};
use crate::{Counted, Deps, Verifier, dialogs, shown, strict};

/// What was made out of an interaction.
enum Read {
    /// An answer to what a button or a dialog carries, and what is used up by it.
    Answer(ButtonValue, Reply, MessageId),
    /// A button that asks for more.
    Ask(ButtonValue, Answer),
    /// A dialog that cannot be taken, and why.
    Wrong(Answer, String),
    /// Nothing for us.
    Foreign,
}

/// What is said where a dialog should ask for more and Slack does not open it.
const TOO_LATE: &str = "Slack did not open the dialog in time, and nothing was changed. Press the button again.";

/// Verifies, decides, commits; Slack waits for three seconds.
pub(crate) async fn handle(request: &Request, began: Instant, deps: &Deps<'_>) -> Response {
    let secrets = match deps.slack {
        Verifier::With(secrets) => secrets,
        Verifier::Missing if deps.config.notify.channels.contains(&Channel::Slack) => {
            (deps.counted)(Counted::Failed);
            return Response::text(503, "the answer could not be taken: there is no signing secret; try again later");
        }
        Verifier::Missing | Verifier::NotTaken => {
            return Response::text(404, "nothing of Slack's is taken here: there is no signing secret");
        }
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
    match take(&payload, began, deps).await {
        Ok(response) => response,
        Err(error) => {
            tracing::error!(%error, "an answer from Slack could not be taken");
            (deps.counted)(Counted::Failed);
            Response::text(503, "the answer could not be taken; try again")
        }
    }
}

async fn take(payload: &Value, began: Instant, deps: &Deps<'_>) -> Result<Response, HandlerError> {
    let read = match text(payload, "/type") {
        Some("block_actions") => clicked(payload),
        Some("view_submission") => sent(payload, deps).await,
        _ => Read::Foreign,
    };
    match read {
        Read::Answer(about, reply, claim) => answer(payload, &about, reply, claim, began, deps).await,
        Read::Ask(about, answer) => ask(payload, &about, answer, deps).await,
        Read::Wrong(answer, why) => {
            (deps.counted)(Counted::Refused);
            Ok(wrong(answer, &why))
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
    let parts = ["/team/id", "/user/id", "/container/message_ts", "/actions/0/action_ts"];
    if let Some((about, place)) = ButtonValue::parse_part(value) {
        let reply = match action {
            CONFIRM_UPDATE => Reply::ConfirmUpdate(place),
            REJECT_UPDATE => Reply::RejectUpdate(place),
            _ => return Read::Foreign,
        };
        return Read::Answer(about, reply, claim(payload, &parts, &format!("{action} {place}")));
    }
    let Some(about) = ButtonValue::parse(value) else { return Read::Foreign };
    match answer_of(action) {
        Some(Answer::GotIt) => Read::Answer(about, Reply::GotIt, claim(payload, &parts, action)),
        Some(answer) => Read::Ask(about, answer),
        None => Read::Foreign,
    }
}

/// A dialog. One that was opened once is one answer, however often it is sent.
async fn sent(payload: &Value, deps: &Deps<'_>) -> Read {
    let view = &payload["view"];
    let Some(action) = text(view, "/callback_id") else { return Read::Foreign };
    let Some((about, filled)) = dialog::read(view) else {
        let is_ours = text(view, "/private_metadata").is_some_and(|about| ButtonValue::parse(about).is_some());
        return match answer_of(action).filter(|_| is_ours) {
            Some(answer) => Read::Wrong(answer, "fill this in".to_owned()),
            None => Read::Foreign,
        };
    };
    let reply = match filled {
        Filled::Done(note) => Reply::Done(note),
        Filled::NotAChange(why) => Reply::NotAChange(why),
        Filled::Later(day) => Reply::Later(day),
        Filled::HandTo(user) => match taker(&user, deps).await {
            Ok(to) => Reply::HandTo(to),
            Err(why) => return Read::Wrong(Answer::HandTo, why),
        },
    };
    Read::Answer(about, reply, claim(payload, &["/team/id", "/user/id", "/view/id"], action))
}

fn claim(payload: &Value, paths: &[&str], action: &str) -> MessageId {
    let parts = paths.iter().map(|path| text(payload, path).unwrap_or_default());
    MessageId::of(&["slack", action].into_iter().chain(parts).collect::<Vec<_>>())
}

/// Who takes the case over.
async fn taker(user: &str, deps: &Deps<'_>) -> Result<Recipient, String> {
    let person = deps.dialogs.person(user).await.map_err(|error| {
        tracing::warn!(error = told(&error), "whoever is to take a case over cannot be looked up");
        "Slack does not say who that is; try again".to_owned()
    })?;
    let person = person.ok_or("choose a person who works here")?;
    let email = person.email.ok_or("Slack does not tell their mail address, so Baton cannot write to them")?;
    Ok(Recipient { user: None, name: person.name, email, because: String::new(), zone: person.zone })
}

async fn answer(
    payload: &Value,
    about: &ButtonValue,
    reply: Reply,
    claim: MessageId,
    began: Instant,
    deps: &Deps<'_>,
) -> Result<Response, HandlerError> {
    let by = who(payload, deps).await;
    if by.address.is_none() && matches!(reply, Reply::ConfirmUpdate(_) | Reply::RejectUpdate(_)) {
        let why = "Slack does not tell Baton your mail address, by which it knows who may decide this; try again";
        return Ok(refuse(payload, &reply, why, deps).await);
    }
    let case = case_of(about);
    let said = Said { reply, by, channel: "Slack", seen: Some(about.revision), claim: Some(claim) };
    let given = give(&deps.outbox, &case, &said, deps.config, deps.clock.now()).await?;
    if let Given::Taken { late: Some(error), .. } = &given {
        tracing::warn!(%error, "what follows from an answer waits in the outbox");
    }
    let refused = match &given {
        Given::Taken { .. } | Given::Again(_) | Given::Used(_) => None,
        Given::Gone => Some("this case is no longer there".to_owned()),
        Given::Changed(_) => {
            Some("changed: review again. The case has moved on since this message was written".to_owned())
        }
        Given::Refused(_, refused) => Some(refused.to_string()),
    };
    // A dialog first, because what opens it is good for three seconds.
    let response = match refused {
        None => Response::empty(),
        Some(why) => refuse(payload, &said.reply, &why, deps).await,
    };
    if !matches!(given, Given::Gone) {
        shown::show(&case, message_of(payload).as_ref(), began, deps).await;
    }
    match given {
        Given::Taken { .. } => (deps.counted)(Counted::Answered),
        Given::Again(_) | Given::Used(_) => (deps.counted)(Counted::Repeated),
        Given::Changed(_) | Given::Refused(..) | Given::Gone => {}
    }
    Ok(response)
}

fn case_of(about: &ButtonValue) -> CaseRef {
    CaseRef { account: about.account.clone(), case: about.case.clone() }
}

/// The message whose button was clicked; a dialog does not say from which it came.
fn message_of(payload: &Value) -> Option<Posted> {
    let (channel, ts) = (text(payload, "/container/channel_id")?, text(payload, "/container/message_ts")?);
    Some(Posted { channel: channel.to_owned(), ts: ts.to_owned() })
}

/// Whoever did it: the name that Slack knows, else what the interaction says, which is signed as well.
async fn who(payload: &Value, deps: &Deps<'_>) -> By {
    let user = text(payload, "/user/id").unwrap_or_default();
    match deps.dialogs.person(user).await {
        Ok(Some(person)) => By { name: person.name, address: person.email },
        Ok(None) => named(payload, user),
        Err(error) => {
            tracing::warn!(error = told(&error), "whoever has answered cannot be looked up");
            named(payload, user)
        }
    }
}

fn named(payload: &Value, user: &str) -> By {
    let name = text(payload, "/user/name").or_else(|| text(payload, "/user/username"));
    By::named(format!("{} (Slack user {user})", name.unwrap_or("somebody")))
}

/// Asks for more, of a case that is still there.
async fn ask(payload: &Value, about: &ButtonValue, answer: Answer, deps: &Deps<'_>) -> Result<Response, HandlerError> {
    let Some(case) = records::case(deps.outbox.store, &case_of(about)).await? else {
        (deps.counted)(Counted::Refused);
        return Ok(say(payload, "This case is no longer there.", deps).await);
    };
    let today = recipients::calendar(&case.value, deps.config).day(deps.clock.now());
    let subject = compose::subject(&case.value, today);
    (deps.counted)(Counted::Asked);
    Ok(match dialogs::asking(answer, about, &subject, today.tomorrow().unwrap_or(today)) {
        Some(view) => open(payload, &view, TOO_LATE, deps).await,
        None => Response::empty(),
    })
}

/// Says why not: beside its field in a dialog, else in a dialog of its own.
async fn refuse(payload: &Value, reply: &Reply, why: &str, deps: &Deps<'_>) -> Response {
    (deps.counted)(Counted::Refused);
    match reply {
        Reply::Done(_) => wrong(Answer::Done, why),
        Reply::NotAChange(_) => wrong(Answer::NotAChange, why),
        Reply::Later(_) => wrong(Answer::Later, why),
        Reply::HandTo(_) => wrong(Answer::HandTo, why),
        Reply::GotIt | Reply::Confirm | Reply::StepDone(_) | Reply::ConfirmUpdate(_) | Reply::RejectUpdate(_) => {
            say(payload, &sentence(why), deps).await
        }
    }
}

/// Opens a dialog. Where Slack no longer opens one for this click, `otherwise` is said beside the message.
async fn open(payload: &Value, view: &Value, otherwise: &str, deps: &Deps<'_>) -> Response {
    let trigger = text(payload, "/trigger_id").unwrap_or_default();
    let mut opened = deps.dialogs.open(trigger, view).await;
    if let (Err(MessengerError::Refused(why)), Some(url)) = (&opened, text(payload, "/response_url")) {
        tracing::info!(%why, "a dialog was not opened, and what it says is said beside the message");
        opened = deps.dialogs.whisper(url, otherwise).await;
    }
    if let Err(error) = opened {
        tracing::error!(error = told(&error), "a dialog could not be opened");
        (deps.counted)(Counted::Failed);
    }
    Response::empty()
}

/// Says something in a dialog.
async fn say(payload: &Value, words: &str, deps: &Deps<'_>) -> Response {
    open(payload, &dialogs::saying(words), words, deps).await
}

fn wrong(answer: Answer, why: &str) -> Response {
    dialog::refusal(answer, &sentence(why)).map_or_else(Response::empty, |refusal| Response::json(&refusal))
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
