//! The page behind a link in a mail. Looking changes nothing, whoever looks and however often; only the button of a page that was
//! shown here acts, and only once.
//!
//! Whoever has a link may answer with it: a mail that was forwarded cannot be told from one that was not. So a link is good for
//! what does no harm and is seen by everybody, and never for an update of the CRM.

use domain::Personal;
use domain::address::mailbox;
use domain::answering::{self, Refused};
use domain::case::{Answered, Case};
use domain::config::Config;
use domain::handler::HandlerError;
use domain::messages::{CaseRef, DeliveryRef};
use domain::notice::{Delivery, Recipient};
use domain::records::{self, Loaded, account_partition};
use links::{Action, Link, Signer};

use crate::form::Fields;
use crate::give::{Answer, Given, Reply, give, used};
use crate::http::{Request, Response};
use crate::page::{Message, Page};
use crate::{Counted, Deps, guesses};

/// A link that is good, and what it is about as it stands now.
struct Opened<'a> {
    signer: &'a Signer,
    token: &'a str,
    link: Link,
    delivery: Delivery,
    case: Case,
    used: Option<Answered>,
}

/// Shows on GET and HEAD, acts on POST.
pub(crate) async fn handle(request: &Request, deps: &Deps<'_>) -> Response {
    let fields =
        if request.method == "POST" { Fields::parse(&request.body) } else { Fields::parse(request.query.as_bytes()) };
    let response = match open(&fields, request, deps).await {
        Ok(Ok(opened)) if request.method == "POST" => act(&opened, &fields, request, deps).await,
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
    let Some(signer) = deps.links.filter(|_| !deps.config.notify.answer_url.is_empty()) else {
        return Ok(Err(say(404, &Message::NotHere)));
    };
    let now = deps.clock.now();
    if deps.guesses.are_too_many(&request.source, now) {
        (deps.counted)(Counted::Limited);
        return Ok(Err(say(429, &Message::TooMany).retried_after(600)));
    }
    let token = fields.get("l").unwrap_or_default();
    let link = match signer.read(token, now) {
        Ok(link) => link,
        Err(links::Refused::Expired) => return Ok(Err(refuse(410, &Message::Expired, deps))),
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
    let used = used(&deps.outbox, &link.nonce()).await?;
    Ok(Ok(Opened { signer, token, link, delivery, case, used }))
}

/// What a look gets: the question, or why there is none any more and how the case stands now.
fn show(opened: &Opened<'_>, deps: &Deps<'_>) -> Response {
    (deps.counted)(Counted::Shown);
    let (status, message) = standing(opened).unwrap_or((200, Message::None));
    page(opened, &opened.case, status, &message, deps)
}

/// Why this link can answer nothing any more.
fn standing(opened: &Opened<'_>) -> Option<(u16, Message)> {
    if let Some(used) = &opened.used {
        return Some((410, Message::Used(used.clone())));
    }
    if opened.link.revision != opened.case.revision() {
        return Some((409, Message::Changed));
    }
    None
}

async fn act(
    opened: &Opened<'_>,
    fields: &Fields,
    request: &Request,
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
    if let Some((status, message)) = standing(opened) {
        return Ok(refused(opened, &opened.case, status, &message, deps));
    }
    let recipient = &opened.delivery.notice.recipient;
    let reply = match reply(opened.link.action, fields, recipient, deps.config) {
        Ok(reply) => reply,
        Err(why) => return Ok(refused(opened, &opened.case, 422, &Message::Wrong(why), deps)),
    };
    let (about, claim) = (about(&opened.link), opened.link.nonce());
    let shown = Some(opened.link.revision);
    let answer = Answer { about: &about, reply: &reply, by: &recipient.name, channel: "mail", claim: &claim, shown };
    Ok(match give(&answer, &deps.outbox, &deps.config.calendar, now).await? {
        Given::Taken(case) => {
            (deps.counted)(Counted::Answered);
            page(opened, &case, 200, &Message::Taken(case.answers.last().cloned()), deps)
        }
        Given::Already => {
            (deps.counted)(Counted::Repeated);
            let used = used(&deps.outbox, &claim).await?;
            let case = records::case(store, &about).await?.map_or_else(|| opened.case.clone(), |case| case.value);
            page(opened, &case, 410, &used.map_or(Message::Changed, Message::Used), deps)
        }
        Given::Gone => refuse(410, &Message::Gone, deps),
        Given::Changed(case) => refused(opened, &case, 409, &Message::Changed, deps),
        Given::Refused(case, why @ (Refused::NoReason | Refused::Day(_))) => {
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
fn reply(action: Action, fields: &Fields, reader: &Recipient, config: &Config) -> Result<Reply, String> {
    Ok(match action {
        Action::Open => return Err("choose an answer".to_owned()),
        Action::GotIt => Reply::GotIt,
        Action::Done => Reply::Done(Personal::new(fields.text("note"))),
        Action::NotAChange => Reply::NotAChange(Personal::new(fields.text("reason"))),
        Action::Later => Reply::Later(fields.text("day").parse().map_err(|_| "choose a day".to_owned())?),
        Action::HandTo => Reply::HandTo(taker(fields, reader, config)?),
    })
}

/// Whoever takes the case over is one of us: their address is in the reader's own domain or in the default recipient's, so that no
/// link sends an account's facts out of the house.
fn taker(fields: &Fields, reader: &Recipient, config: &Config) -> Result<Recipient, String> {
    let address = mailbox(fields.text("email")).map_err(|_| "write one mail address".to_owned())?;
    let domain = |address: &str| address.rsplit('@').next().unwrap_or_default().to_lowercase();
    let ours = [&reader.email, &config.notify.default_recipient].map(|known| domain(known.reveal().trim()));
    if !ours.contains(&domain(address.as_str())) {
        return Err(format!("a case stays in the house: write an address of {}", ours[0]));
    }
    let name = channels::words::plain(fields.text("name"), 100);
    if name.is_empty() {
        return Err("write the name of whoever takes it".to_owned());
    }
    Ok(Recipient {
        user: None,
        name: Personal::new(name),
        email: Personal::new(address.as_str()),
        because: format!("{} handed it to you", reader.name.reveal()),
        zone: None,
    })
}

/// The answers that can be given to a case now, each with a link of its own that ends when this one does.
fn choices(opened: &Opened<'_>, case: &Case, deps: &Deps<'_>) -> Vec<(Action, String)> {
    let now = deps.clock.now();
    let today = deps.config.calendar.day(now);
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
        !seen_already && answering::take(case.clone(), &sample, &nobody, "", &deps.config.calendar, now).is_ok()
    };
    let link = |action: Action| (action, opened.signer.sign(&opened.link.to(action, case.revision())));
    Action::ANSWERS.into_iter().filter(can).map(link).collect()
}

fn page(opened: &Opened<'_>, case: &Case, status: u16, message: &Message, deps: &Deps<'_>) -> Response {
    let now = deps.clock.now();
    let asks = message.asks_again() && opened.link.action != Action::Open;
    let tomorrow = deps.config.calendar.day(now).tomorrow().ok();
    Page {
        delivery: &opened.delivery,
        case,
        message,
        zone: &deps.config.calendar.zone,
        asked: asks.then(|| (opened.link.action, opened.token, opened.signer.seal(opened.token, now))),
        choices: choices(opened, case, deps),
        tomorrow,
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
