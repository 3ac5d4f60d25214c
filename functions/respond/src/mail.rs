//! The page behind a link in a mail. Looking changes nothing, whoever looks and however often; only the button of a page that was
//! shown here acts, and only once.
//!
//! Whoever has a link may answer with it: a mail that was forwarded cannot be told from one that was not. So a link is good for
//! what does no harm and is seen by everybody, and never for an update of the CRM.

use std::time::Instant;

use domain::Personal;
use domain::answering::{self, By, Given, Refused, Reply, Said, give};
use domain::case::{Answered, Case};
use domain::handler::HandlerError;
use domain::messages::{CaseRef, DeliveryRef};
use domain::notice::{Answer, Delivery, Recipient};
use domain::recipients;
use domain::records::{self, Loaded, account_partition};
use links::{Action, Link, Signer};

use crate::form::Fields;
use crate::http::{Request, Response};
use crate::page::{Message, Page};
use crate::{Counted, Deps, Verifier, guesses, shown};

/// A link that is good, and what it is about as it stands now.
struct Opened<'a> {
    signer: &'a Signer,
    token: &'a str,
    link: Link,
    delivery: Delivery,
    case: Case,
}

/// Shows on GET and HEAD, acts on POST.
pub(crate) async fn handle(request: &Request, began: Instant, deps: &Deps<'_>) -> Response {
    let fields =
        if request.method == "POST" { Fields::parse(&request.body) } else { Fields::parse(request.query.as_bytes()) };
    let response = match open(&fields, request, deps).await {
        Ok(Ok(opened)) if request.method == "POST" => act(&opened, &fields, request, began, deps).await,
        Ok(Ok(opened)) => Ok(show(&opened, deps)),
        Ok(Err(refused)) => Ok(refused),
        Err(error) => Err(error),
    };
    let response = response.unwrap_or_else(|error| {
        tracing::error!(%error, "an answer from a mail could not be taken");
        (deps.counted)(Counted::Failed);
        say(503, &Message::TryAgain)
    });
    if request.method == "HEAD" { Response { body: String::new(), ..response } } else { response }
}

/// Reads the link, and what it is about; else says why not.
async fn open<'a>(
    fields: &'a Fields,
    request: &Request,
    deps: &Deps<'a>,
) -> Result<Result<Opened<'a>, Response>, HandlerError> {
    let signer = match deps.links {
        Verifier::With(signer) if !deps.config.notify.answer_url.is_empty() => signer,
        Verifier::Missing if !deps.config.notify.answer_url.is_empty() => {
            (deps.counted)(Counted::Failed);
            return Ok(Err(say(503, &Message::TryAgain)));
        }
        Verifier::With(_) | Verifier::Missing | Verifier::NotTaken => return Ok(Err(say(404, &Message::NotHere))),
    };
    let now = deps.clock.now();
    let token = fields.get("l").unwrap_or_default();
    let link = match signer.read(token, now) {
        Ok(link) => link,
        Err(links::Refused::Expired) => return Ok(Err(refuse(410, &Message::Expired, deps))),
        // Whoever brings no link has not guessed, and whoever brings a good one is served whatever others do.
        Err(links::Refused::Forged) if token.is_empty() => return Ok(Err(refuse(403, &Message::NotWhole, deps))),
        Err(links::Refused::Forged) if deps.guesses.are_too_many(&request.source, now) => {
            (deps.counted)(Counted::Limited);
            return Ok(Err(say(429, &Message::TooMany).retried_after(600)));
        }
        Err(links::Refused::Forged) => {
            deps.guesses.count(&request.source, now);
            return Ok(Err(refuse(403, &Message::NotWhole, deps)));
        }
    };
    let about = about(&link);
    let at = DeliveryRef { partition: account_partition(&about.account), delivery: link.delivery.clone() };
    let (case, delivery) =
        (records::case(deps.outbox.store, &about).await?, records::delivery(deps.outbox.store, &at).await?);
    let (Some(Loaded { value: case, .. }), Some(Loaded { value: delivery, .. })) = (case, delivery) else {
        return Ok(Err(refuse(410, &Message::Gone, deps)));
    };
    let is_of = delivery.notice.case.as_ref() == Some(&link.case) && link.is_for(&delivery.notice.recipient.email);
    if !is_of {
        return Ok(Err(refuse(403, &Message::NotWhole, deps)));
    }
    Ok(Ok(Opened { signer, token, link, delivery, case }))
}

/// What a look gets: the question, or why there is none any more and how the case stands now.
fn show(opened: &Opened<'_>, deps: &Deps<'_>) -> Response {
    (deps.counted)(Counted::Shown);
    let (status, message) = standing(opened, &opened.case).unwrap_or((200, Message::None));
    page(opened, &opened.case, status, &message, deps)
}

/// Why this link can answer nothing any more.
fn standing(opened: &Opened<'_>, case: &Case) -> Option<(u16, Message)> {
    if opened.link.revision == case.revision() {
        return None;
    }
    Some(used(opened, case).map_or((409, Message::Changed), |answered| (410, Message::Used(answered.clone()))))
}

/// What the reader has answered since the link was written, where it is what this link answers.
fn used<'a>(opened: &Opened<'_>, case: &'a Case) -> Option<&'a Answered> {
    let answer = match opened.link.action {
        Action::Open => return None,
        Action::GotIt => Answer::GotIt,
        Action::Done => Answer::Done,
        Action::NotAChange => Answer::NotAChange,
        Action::Later => Answer::Later,
        Action::HandTo => Answer::HandTo,
    };
    let before = opened.link.revision.saturating_sub(case.continued) as usize;
    let reader = &opened.delivery.notice.recipient.name;
    case.answers.iter().skip(before).find(|answered| answered.by == *reader && answering::says(answered, answer))
}

async fn act(
    opened: &Opened<'_>,
    fields: &Fields,
    request: &Request,
    began: Instant,
    deps: &Deps<'_>,
) -> Result<Response, HandlerError> {
    let (store, now, case) = (deps.outbox.store, deps.clock.now(), &opened.link.case);
    if guesses::forged_too_often(store, case, now).await? {
        (deps.counted)(Counted::Limited);
        return Ok(say(429, &Message::TooMany).retried_after(600));
    }
    let seal = opened.signer.check_seal(opened.token, fields.get("seal").unwrap_or_default(), now);
    if seal == Err(links::FormError::Forged)
        || !request.is_form()
        || !is_from_here(request, &deps.config.notify.answer_url)
    {
        guesses::count_forged(store, case, now).await?;
        return Ok(refuse(403, &Message::Foreign, deps));
    }
    if seal == Err(links::FormError::Old) {
        return Ok(refused(opened, &opened.case, 403, &Message::Old, deps));
    }
    if let Some((status, message)) = standing(opened, &opened.case) {
        return Ok(refused(opened, &opened.case, status, &message, deps));
    }
    let recipient = &opened.delivery.notice.recipient;
    let reply = match reply(opened.link.action, fields) {
        Ok(reply) => reply,
        Err(why) => return Ok(refused(opened, &opened.case, 422, &Message::Wrong(why), deps)),
    };
    let about = about(&opened.link);
    // The link is bound to this reader.
    let by = By { name: recipient.name.clone(), address: Some(recipient.email.clone()) };
    let (seen, claim) = (Some(opened.link.revision), Some(opened.link.nonce()));
    let said = Said { reply, by, channel: "the page behind a mail", seen, claim };
    Ok(match give(&deps.outbox, &about, &said, deps.config, now).await? {
        Given::Taken { case, late } => {
            if let Some(error) = late {
                tracing::warn!(%error, "what follows from an answer waits in the outbox");
            }
            shown::show(&about, None, began, deps).await;
            (deps.counted)(Counted::Answered);
            page(opened, &case, 200, &Message::Taken(case.answers.last().cloned()), deps)
        }
        Given::Again(_) | Given::Used(_) => {
            (deps.counted)(Counted::Repeated);
            // Whoever was faster has changed the case.
            let case = records::case(store, &about).await?.map_or_else(|| opened.case.clone(), |case| case.value);
            let (status, message) = standing(opened, &case).unwrap_or((409, Message::Changed));
            page(opened, &case, status, &message, deps)
        }
        Given::Gone => refuse(410, &Message::Gone, deps),
        Given::Changed(case) => refused(opened, &case, 409, &Message::Changed, deps),
        Given::Refused(case, why @ (Refused::NoReason | Refused::Day(_) | Refused::NotTheirs(_))) => {
            refused(opened, &case, 422, &Message::Wrong(why.to_string()), deps)
        }
        Given::Refused(case, why) => refused(opened, &case, 409, &Message::Cannot(why.to_string()), deps),
    })
}

fn about(link: &Link) -> CaseRef {
    CaseRef { account: link.account.clone(), case: link.case.clone() }
}

/// Whether the browser says that the form was on a page of ours. Our pages tell no referrer, and with them most browsers no origin
/// either; then they say that it is the same site.
fn is_from_here(request: &Request, answer_url: &str) -> bool {
    let ours = answer_url.splitn(4, '/').take(3).collect::<Vec<_>>().join("/");
    let origin = request.header("origin").filter(|origin| *origin != "null");
    match request.header("sec-fetch-site") {
        Some(site) => site == "same-origin" && origin.is_none_or(|origin| origin == ours),
        None => origin == Some(ours.as_str()),
    }
}

/// What the form says; else what is missing in it.
fn reply(action: Action, fields: &Fields) -> Result<Reply, String> {
    Ok(match action {
        Action::Open => return Err("choose an answer".to_owned()),
        Action::GotIt => Reply::GotIt,
        Action::Done => Reply::Done(Personal::new(fields.text("note"))),
        Action::NotAChange => Reply::NotAChange(Personal::new(fields.text("reason"))),
        Action::Later => Reply::Later(fields.text("day").parse().map_err(|_| "choose a day".to_owned())?),
        Action::HandTo => Reply::HandTo(taker(fields)?),
    })
}

/// Whoever takes the case over, as far as it was written down; whether it may be them is found out when the answer is given.
fn taker(fields: &Fields) -> Result<Recipient, String> {
    let name = channels::words::plain(fields.text("name"), 100);
    if name.is_empty() {
        return Err("write the name of whoever takes it".to_owned());
    }
    let (name, email) = (Personal::new(name), Personal::new(fields.text("email")));
    Ok(Recipient { user: None, name, email, because: String::new(), zone: None })
}

/// The answers that can be given to a case now, each with a link of its own that ends when this one does.
fn choices(opened: &Opened<'_>, case: &Case, deps: &Deps<'_>) -> Vec<(Action, String)> {
    let now = deps.clock.now();
    let calendar = recipients::calendar(case, deps.config);
    let today = calendar.day(now);
    let tomorrow = today.tomorrow().unwrap_or(today);
    let nobody = Personal::default();
    let can = |action: &Action| {
        let sample = match action {
            Action::Open => return false,
            Action::GotIt => Reply::GotIt,
            Action::Done => Reply::Done(Personal::default()),
            Action::NotAChange => Reply::NotAChange(Personal::new("?")),
            Action::Later => Reply::Later(tomorrow),
            Action::HandTo => Reply::HandTo(opened.delivery.notice.recipient.clone()),
        };
        let seen_already = *action == Action::GotIt && case.state == domain::case::State::Acknowledged;
        !seen_already && answering::take(case.clone(), &sample, &nobody, "", &calendar, now).is_ok()
    };
    let link = |action: Action| (action, opened.signer.sign(&opened.link.to(action, case.revision())));
    Action::ANSWERS.into_iter().filter(can).map(link).collect()
}

fn page(opened: &Opened<'_>, case: &Case, status: u16, message: &Message, deps: &Deps<'_>) -> Response {
    let now = deps.clock.now();
    let asks = message.asks_again() && opened.link.action != Action::Open;
    let calendar = recipients::calendar(case, deps.config);
    Page {
        delivery: &opened.delivery,
        case,
        message,
        zone: &calendar.zone,
        asked: asks.then(|| (opened.link.action, opened.token, opened.signer.seal(opened.token, now))),
        choices: choices(opened, case, deps),
        tomorrow: calendar.day(now).tomorrow().ok(),
    }
    .response(status)
}

fn refused(opened: &Opened<'_>, case: &Case, status: u16, message: &Message, deps: &Deps<'_>) -> Response {
    (deps.counted)(Counted::Refused);
    page(opened, case, status, message, deps)
}

fn refuse(status: u16, message: &Message, deps: &Deps<'_>) -> Response {
    (deps.counted)(Counted::Refused);
    say(status, message)
}

fn say(status: u16, message: &Message) -> Response {
    crate::page::alone(status, message)
}
