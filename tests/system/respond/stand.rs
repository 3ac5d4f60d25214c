//! A case that somebody was told of, its mail with links, and the function that takes answers, all over one state.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::sync::Mutex;

use async_trait::async_trait;
use baton::plant::Plant;
use channels::slack::{SlackMessenger, SlackPerson};
use data_encoding::HEXLOWER;
use domain::Personal;
use domain::ports::{Messenger, MessengerError};
use hmac::{Hmac, KeyInit, Mac};
use jiff::{SignedDuration, Timestamp};
use links::{Action, Keys, Signer};
use mailparse::parse_mail;
use respond::dialogs::Dialogs;
use respond::http::{Request, Response};
use respond::{Counted, Deps, Guesses, Verifier};
use scraper::{Html, Selector};
use serde_json::Value;
use signatures::Secrets;
use signatures::slack::SigningSecret;

use crate::app::{TestApp, morning, signer};
use crate::world::World;

pub(super) const URL: &str = "https://answers.us.example";
pub(super) const CONFIG: &str =
    "[notify]\nanswer_url = \"https://answers.us.example\"\nhand_over_domains = [\"us.example\"]\n";
pub(super) use crate::app::LINK_KEY as KEY;
pub(super) const RETIRED: &str = "YWJjZGVmZ2hpamFiY2RlZmdoaWphYmNkZWZnaGlqYWI=";
const SLACK_SECRET: &str = "8f742231b10e8888abcd99yyyzzz85a5";
pub(super) const DAY: &str = "2026-10-01";

pub(super) fn signer_with(key: &str) -> Signer {
    Signer::new(Keys::parse(key, None).unwrap(), "local")
}

/// Dana Fox has left, and Maya was told.
pub(super) fn told() -> TestApp {
    told_of("Dana Fox")
}

pub(super) fn told_of(name: &str) -> TestApp {
    let mut world = World::default();
    world.account("Northwind Traders", "Maya").renews("2026-12-01");
    world.person(name, "VP Operations", "Northwind Traders").role("Champion");
    world.person("Priya Nair", "Chief Financial Officer", "Northwind Traders").role("Decision Maker");
    let mut app = TestApp::configured(world, CONFIG);
    app.scan("2026-09-01");
    app.world.person_mut(name).left = true;
    app.scan(DAY);
    app
}

/// The function that takes answers, at one time.
pub(super) struct Site {
    pub plant: Plant,
    pub signer: Signer,
    pub dialogs: Slack,
    pub guesses: Guesses,
    key: Key,
    /// Slack over the network, instead of `dialogs`.
    live: Option<(SlackMessenger, tokio::runtime::Runtime)>,
    now: Timestamp,
}

/// How it is with what answers are verified with.
#[derive(Clone, Copy)]
pub(super) enum Key {
    There,
    Missing,
    NotTaken,
}

impl Key {
    fn of<T>(self, value: &T) -> Verifier<'_, T> {
        match self {
            Self::There => Verifier::With(value),
            Self::Missing => Verifier::Missing,
            Self::NotTaken => Verifier::NotTaken,
        }
    }
}

/// Slack as far as an answer needs it: it knows two people and remembers what it was asked to open.
#[derive(Default)]
pub(super) struct Slack {
    pub opened: Mutex<Vec<Value>>,
}

#[async_trait]
impl Dialogs for Slack {
    async fn open(&self, trigger: &str, view: &Value) -> Result<(), MessengerError> {
        if trigger.is_empty() {
            return Err(MessengerError::Refused("invalid_trigger_id".to_owned()));
        }
        self.opened.lock().unwrap().push(view.clone());
        Ok(())
    }

    async fn whisper(&self, response_url: &str, _: &str) -> Result<(), MessengerError> {
        Err(MessengerError::Refused(format!("{response_url} is none of Slack's")))
    }

    async fn person(&self, user: &str) -> Result<Option<SlackPerson>, MessengerError> {
        let (name, email) = match user {
            "U1" => ("Maya", "maya@us.example"),
            "U2" => ("Noah", "noah@us.example"),
            "U3" => ("Guest", ""),
            "U4" => return Err(MessengerError::Unavailable("a timeout".into())),
            _ => return Ok(None),
        };
        let email = Some(Personal::new(email)).filter(|email| !email.is_blank());
        Ok(Some(SlackPerson { name: Personal::new(name), email, zone: Some("Europe/Stockholm".to_owned()) }))
    }
}

impl Site {
    /// An hour after the mail was written.
    pub(super) fn of(app: &TestApp) -> Self {
        Self::after(app, 1)
    }

    pub(super) fn after(app: &TestApp, hours: i64) -> Self {
        let now = morning(DAY) + SignedDuration::from_hours(hours);
        let clock = std::sync::Arc::new(domain::ports::FixedClock(now));
        Self {
            plant: app.plant(DAY).at(clock),
            signer: signer(),
            dialogs: Slack::default(),
            guesses: Guesses::default(),
            key: Key::There,
            live: None,
            now,
        }
    }

    /// The same, and this is Slack.
    pub(super) fn with(self, slack: SlackMessenger) -> Self {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        Self { live: Some((slack, runtime)), ..self }
    }

    /// The same, and so it is with what answers are verified with.
    pub(super) fn verifying_with(self, key: Key) -> Self {
        Self { key, ..self }
    }

    /// Sends a request, and says what was counted.
    pub(super) fn counted(&self, request: &Request) -> (Response, Vec<Counted>) {
        self.shown_by(request, self.live.as_ref().map(|(slack, _)| slack as &dyn Messenger))
    }

    /// The same, and what comes of it is shown by this messenger.
    pub(super) fn shown_by(&self, request: &Request, messenger: Option<&dyn Messenger>) -> (Response, Vec<Counted>) {
        let slack = Secrets::new(SigningSecret::parse(SLACK_SECRET).unwrap(), None);
        let seen = RefCell::new(Vec::new());
        let counted = |what| seen.borrow_mut().push(what);
        let deps = Deps {
            outbox: self.plant.outbox(),
            slack: self.key.of(&slack),
            dialogs: self.live.as_ref().map_or(&self.dialogs as &dyn Dialogs, |(slack, _)| slack),
            messenger,
            links: self.key.of(&self.signer),
            config: &self.plant.config,
            clock: &*self.plant.clock,
            guesses: &self.guesses,
            counted: &counted,
        };
        let answering = respond::handle(request, &deps);
        let response = match &self.live {
            Some((_, runtime)) => runtime.block_on(answering),
            None => futures_executor::block_on(answering),
        };
        let seen = seen.borrow().clone();
        (response, seen)
    }

    pub(super) fn send(&self, request: &Request) -> Response {
        self.counted(request).0
    }

    pub(super) fn get(&self, token: &str) -> Response {
        self.send(&look("GET", token))
    }

    /// Opens a link and presses the button of the form that is shown, having written these fields.
    pub(super) fn press(&self, token: &str, fields: &[(&str, &str)]) -> Response {
        self.send(&self.filled(token, fields))
    }

    /// The request that a browser makes of the form behind a link.
    pub(super) fn filled(&self, token: &str, fields: &[(&str, &str)]) -> Request {
        let page = self.get(token);
        let hidden = hidden(&page.body);
        post(hidden.iter().map(|(k, v)| (k.as_str(), v.as_str())).chain(fields.iter().copied()))
    }

    /// An interaction, signed by Slack now.
    pub(super) fn slack(&self, payload: &str) -> Request {
        let body = encoded([("payload", payload)].into_iter());
        self.signed(body.into_bytes(), self.now.as_second())
    }

    pub(super) fn signed(&self, body: Vec<u8>, at: i64) -> Request {
        let mut mac = Hmac::<sha2::Sha256>::new_from_slice(SLACK_SECRET.as_bytes()).unwrap();
        mac.update(format!("v0:{at}:").as_bytes());
        mac.update(&body);
        let signature = format!("v0={}", HEXLOWER.encode(&mac.finalize().into_bytes()));
        let headers = [
            ("Content-Type", "application/x-www-form-urlencoded".to_owned()),
            ("X-Slack-Request-Timestamp", at.to_string()),
            ("X-Slack-Signature", signature),
        ];
        let headers = headers.map(|(name, value)| (name.to_owned(), value)).into();
        Request { method: "POST".into(), path: "/slack".into(), headers, body, ..Request::default() }
    }

    pub(super) fn now(&self) -> Timestamp {
        self.now
    }
}

/// A request that only looks.
pub(super) fn look(method: &str, token: &str) -> Request {
    Request {
        method: method.into(),
        path: "/answer".into(),
        query: format!("l={token}"),
        source: "203.0.113.7".into(),
        ..Request::default()
    }
}

/// What a browser sends from a page of ours: no referrer and no origin, but that it is the same site.
pub(super) fn post<'a>(fields: impl Iterator<Item = (&'a str, &'a str)>) -> Request {
    let headers = [
        ("content-type", "application/x-www-form-urlencoded"),
        ("origin", "null"),
        ("sec-fetch-site", "same-origin"),
        ("sec-fetch-mode", "navigate"),
    ];
    Request {
        method: "POST".into(),
        path: "/answer".into(),
        headers: headers.map(|(name, value)| (name.to_owned(), value.to_owned())).into(),
        body: encoded(fields).into_bytes(),
        source: "203.0.113.7".into(),
        ..Request::default()
    }
}

fn encoded<'a>(fields: impl Iterator<Item = (&'a str, &'a str)>) -> String {
    url::form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish()
}

/// The hidden fields of the one form of a page.
pub(super) fn hidden(page: &str) -> BTreeMap<String, String> {
    let page = Html::parse_document(page);
    let inputs = Selector::parse("form input[type=hidden]").unwrap();
    let of = |input: scraper::ElementRef<'_>| {
        let attr = |name| input.value().attr(name).unwrap_or_default().to_owned();
        (attr("name"), attr("value"))
    };
    page.select(&inputs).map(of).collect()
}

/// The links of the mail that Maya got, as the mail itself shows them: five buttons in HTML, one page in the text.
pub(super) fn links(app: &TestApp) -> BTreeMap<Action, String> {
    let mails = app.files().into_iter().filter(|(path, _)| path.ends_with(".eml"));
    let mut found = BTreeMap::new();
    for (_, mime) in mails {
        let mail = parse_mail(&mime).unwrap();
        for part in mail.parts().filter(|part| part.ctype.mimetype.starts_with("text/")) {
            let text = part.get_body().unwrap();
            if part.ctype.mimetype == "text/html" {
                let page = Html::parse_document(&text);
                for a in page.select(&Selector::parse("a[href]").unwrap()) {
                    let label: String = a.text().collect();
                    let action = Action::ANSWERS.into_iter().find(|action| action.label() == label);
                    let token = a.value().attr("href").and_then(|href| href.strip_prefix(&format!("{URL}/answer?l=")));
                    found.extend(action.zip(token.map(str::to_owned)));
                }
            } else {
                // Too long for a line, it stands on one of its own.
                let links: Vec<_> =
                    text.lines().filter_map(|line| line.strip_prefix(&format!("{URL}/answer?l="))).collect();
                assert!(links.len() <= 1 && text.contains("Answer:") == (links.len() == 1), "{text}");
                found.extend(links.first().map(|token| (Action::Open, token.trim().to_owned())));
            }
        }
    }
    found
}
