//! Posting, changing and finding again on a Slack that keeps what it is told: `tests/slack/stand_in.py`, against which Slack's own
//! client passes too.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use channels::slack::dialog::Filled;
use channels::slack::{ButtonValue, FixedToken, SlackMessenger, dialog};
use domain::notice::{Delivery, Progress};
use domain::ports::{Messenger, MessengerError, SlackMessage};
use domain::{DeliveryId, Personal};
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};

use crate::fixtures::root;
use crate::slack_api::https_to;

/// The stand-in, until it is dropped.
pub(crate) struct Slack {
    process: Child,
    address: String,
    runtime: tokio::runtime::Runtime,
}

impl Slack {
    pub(crate) fn start() -> Self {
        let mut python = Command::new("python3");
        python.arg("-B").arg(root().join("tests/slack/stand_in.py")).stdin(Stdio::piped()).stdout(Stdio::piped());
        let mut process = python.spawn().expect("python3");
        let mut address = String::new();
        BufReader::new(process.stdout.take().unwrap()).read_line(&mut address).unwrap();
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        Self { process, address: address.trim().to_owned(), runtime }
    }

    pub(crate) fn messenger(&self) -> SlackMessenger {
        self.messenger_with("xoxb-test")
    }

    fn messenger_with(&self, token: &str) -> SlackMessenger {
        let token = Box::new(FixedToken::parse(token).unwrap());
        let api = format!("{}/api", self.address);
        SlackMessenger::new(&api, https_to(&self.address), token).unwrap().paced(Duration::ZERO)
    }

    pub(crate) fn wait<T>(&self, call: impl Future<Output = T>) -> T {
        self.runtime.block_on(call)
    }

    fn post(&self, messenger: &SlackMessenger, message: &SlackMessage) -> Result<String, MessengerError> {
        self.wait(messenger.post(message))
    }

    fn find(&self, message: &SlackMessage) -> Result<Option<String>, MessengerError> {
        // Another process looks for it, who knows nothing.
        self.wait(self.messenger().find(message, Timestamp::now()))
    }

    /// Tells the stand-in something, or asks it.
    pub(crate) fn control(&self, what: &str, given: &Value) -> Value {
        let host = self.address.strip_prefix("http://").unwrap();
        let body = given.to_string();
        let mut stream = TcpStream::connect(host).unwrap();
        let head = format!("POST /control/{what} HTTP/1.1\r\nhost: {host}\r\nconnection: close\r\n");
        stream.write_all(format!("{head}content-length: {}\r\n\r\n{body}", body.len()).as_bytes()).unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        serde_json::from_str(answer.split_once("\r\n\r\n").unwrap().1).unwrap()
    }

    pub(crate) fn next(&self, method: &str, then: &Value) {
        let mut fault = then.clone();
        fault["method"] = method.into();
        self.control("next", &fault);
    }

    /// All messages, conversation by conversation.
    pub(crate) fn messages(&self) -> Vec<Value> {
        let state = self.control("state", &json!({}));
        state["messages"].as_object().unwrap().values().flat_map(|list| list.as_array().unwrap().clone()).collect()
    }

    pub(crate) fn calls(&self, method: &str) -> usize {
        let state = self.control("state", &json!({}));
        state["calls"].as_array().unwrap().iter().filter(|call| call["method"] == method).count()
    }
}

impl Drop for Slack {
    fn drop(&mut self) {
        drop(self.process.kill());
        drop(self.process.wait());
    }
}

/// A message as the channel renders it.
fn message(delivery: &str, thread: Option<&str>) -> SlackMessage {
    let notice = json!({
        "purpose": "alert",
        "recipient": {"user": "u", "name": "Maya", "email": "maya@us.example", "because": "you own the account"},
        "subject": "Dana Fox has left <Northwind> & Traders", "headline": "Dana Fox has left.", "sure": 96,
        "evidence": [], "account": null, "people": [], "warning": null, "goal": null, "steps": [], "remarks": [],
        "answers": ["got_it", "done", "not_a_change", "later", "hand_to"], "links": [], "footer": "x", "case": "C-1",
    });
    let delivery = Delivery {
        id: DeliveryId::parse(delivery).unwrap(),
        channel: domain::notice::Channel::Slack,
        notice: serde_json::from_value(notice).unwrap(),
        progress: Progress::Due,
        thread: thread.map(str::to_owned),
    };
    channels::slack::message(&delivery, ButtonValue::parse("C-1|001A|2").as_ref())
}

#[test]
fn a_message_is_posted_changed_and_answered_in_its_thread() {
    let (slack, first) = (Slack::start(), message("d-1", None));
    let messenger = slack.messenger();
    let root = slack.post(&messenger, &first).unwrap();
    let reply = slack.post(&messenger, &message("d-2", Some(&root))).unwrap();
    let (channel, ts) = root.split_once('/').unwrap();
    assert!(reply.starts_with(&format!("{channel}/")));

    let mut changed = first.clone();
    changed.payload["text"] = "Robin Vale has it".into();
    slack.wait(messenger.update(&changed, &root)).unwrap();
    slack.wait(messenger.update(&changed, &root)).unwrap();
    let kept = slack.messages();
    assert_eq!((kept.len(), kept[0]["text"].as_str()), (2, Some("Robin Vale has it")));
    assert_eq!((kept[0]["ts"].as_str(), kept[1]["thread_ts"].as_str()), (Some(ts), Some(ts)));
    assert_eq!(kept[0]["metadata"]["event_payload"]["delivery"], "d-1");

    let gone = slack.wait(messenger.update(&changed, &format!("{channel}/1.1"))).unwrap_err();
    assert!(matches!(&gone, MessengerError::Refused(why) if why.contains("no longer there")), "{gone}");
    slack.wait(messenger.update(&changed, "d-1")).unwrap();
    slack.next("chat.update", &json!({"then": "lost"}));
    let lost = slack.wait(messenger.update(&changed, &root)).unwrap_err();
    assert!(matches!(lost, MessengerError::Unavailable(_)), "changing it again does no harm: {lost}");
}

#[test]
fn the_pace_that_slack_asks_for_is_never_too_fast_for_it() {
    let slack = Slack::start();
    slack.control("set", &json!({"paced": true}));
    let messenger = slack.messenger().paced(Duration::from_secs(1));
    for n in 0..3 {
        slack.post(&messenger, &message(&format!("d-{n}"), None)).unwrap();
    }
    assert_eq!((slack.messages().len(), slack.calls("chat.postMessage")), (3, 3));
    assert_eq!(slack.calls("users.lookupByEmail"), 1);
}

#[test]
fn a_message_whose_answer_is_lost_is_found_by_its_metadata_wherever_it_stands() {
    let slack = Slack::start();
    let messenger = slack.messenger();
    let root = slack.post(&messenger, &message("d-1", None)).unwrap();
    for (delivery, thread) in [("d-2", None), ("d-3", Some(root.as_str()))] {
        let lost = message(delivery, thread);
        slack.next("chat.postMessage", &json!({"then": "lost"}));
        assert!(matches!(slack.post(&messenger, &lost), Err(MessengerError::Unknown(_))));
        let found = slack.find(&lost).unwrap().expect("it is there");
        let at = slack.messages().into_iter().find(|m| m["metadata"]["event_payload"]["delivery"] == delivery).unwrap();
        assert_eq!(found.split_once('/').unwrap().1, at["ts"].as_str().unwrap());
    }
    // Found again on the second, third … page too.
    slack.control("set", &json!({"page": 1}));
    assert_eq!(slack.find(&message("d-1", None)).unwrap(), Some(root));
}

#[test]
fn a_message_that_was_not_taken_is_certainly_not_there() {
    let slack = Slack::start();
    let messenger = slack.messenger();
    let root = slack.post(&messenger, &message("d-1", None)).unwrap();
    for (delivery, thread) in [("d-2", None), ("d-3", Some(root.as_str())), ("d-4", Some("D00000001/1.1"))] {
        let lost = message(delivery, thread);
        slack.next("chat.postMessage", &json!({"then": "gone"}));
        assert!(matches!(slack.post(&messenger, &lost), Err(MessengerError::Unknown(_))));
        assert_eq!(slack.find(&lost).unwrap(), None);
    }
    let early = Timestamp::now() + SignedDuration::from_mins(11);
    let later = slack.wait(messenger.find(&message("d-1", None), early)).unwrap();
    assert_eq!(later, None, "what was posted long before is not looked at");
}

#[test]
fn where_nobody_can_tell_it_is_not_said_that_the_message_is_not_there() {
    let slack = Slack::start();
    let messenger = slack.messenger();
    let posted = message("d-1", None);
    slack.post(&messenger, &posted).unwrap();
    let cannot_tell = |why: &str| {
        let error = slack.find(&posted).unwrap_err();
        let said = domain::handler::told(&error);
        assert!(
            said.contains(why) && matches!(error, MessengerError::Unknown(_) | MessengerError::Unusable(_)),
            "{said}"
        );
    };
    slack.control("set", &json!({"metadata_hidden": true}));
    cannot_tell("of an app there names no delivery");
    slack.control("set", &json!({"metadata_hidden": false, "scopes": ["chat:write", "users:read.email", "im:write"]}));
    cannot_tell("add im:history");
    slack.control("set", &json!({"scopes": ["chat:write", "users:read.email", "im:history"]}));
    cannot_tell("add im:write");
    slack.control("set", &json!({"scopes": ["chat:write", "users:read.email", "im:history", "im:write"]}));
    slack.next(
        "conversations.history",
        &json!({"then": "status", "status": 200, "body": "{\"ok\":true,\"messages\":[],\"has_more\":true}"}),
    );
    cannot_tell("does not say how to read on");
    // A moment's trouble is for the queue.
    slack.next("conversations.history", &json!({"then": "status", "status": 502, "body": "<html>"}));
    assert!(matches!(slack.find(&posted), Err(MessengerError::Unavailable(_))));
    slack.next("conversations.history", &json!({"then": "limit", "retry_after": 30}));
    assert!(matches!(slack.find(&posted), Err(MessengerError::Wait { after }) if after.as_secs() == 30));
    slack.control("set", &json!({"page": 1}));
    (0..25).for_each(|n| drop(slack.post(&messenger, &message(&format!("d-x{n}"), None)).unwrap()));
    cannot_tell("too many messages");
}

#[test]
fn a_button_opens_its_dialog_and_says_which_case_it_is_about() {
    let slack = Slack::start();
    let messenger = slack.messenger();
    let reference = slack.post(&messenger, &message("d-1", None)).unwrap();
    let (channel, ts) = reference.split_once('/').unwrap();
    let press = |ago: u64| {
        let pressed = json!({"user": "U0MAYA", "channel": channel, "ts": ts, "action": "not_a_change", "ago": ago});
        slack.control("press", &pressed)
    };
    let pressed = press(0);
    let about = ButtonValue::parse(pressed["actions"][0]["value"].as_str().unwrap()).unwrap();
    assert_eq!(about.to_string(), "C-1|001A|2");
    let view = dialog::reason(&about, "Dana Fox has left");
    slack.wait(messenger.open_dialog(pressed["trigger_id"].as_str().unwrap(), &view)).unwrap();
    let mut opened = slack.control("state", &json!({}))["views"][0].clone();
    opened["state"] = json!({"values": {"reason": {"reason": {"value": "she is back"}}}});
    assert_eq!(dialog::read(&opened), Some((about, Filled::NotAChange(Personal::new("she is back")))));

    let late = press(4);
    for trigger in [&late, &pressed] {
        let error = slack.wait(messenger.open_dialog(trigger["trigger_id"].as_str().unwrap(), &view)).unwrap_err();
        assert!(matches!(&error, MessengerError::Refused(why) if why.contains("press it again")), "{error}");
    }
}

#[test]
fn what_is_whispered_goes_to_slack_alone_and_without_the_token() {
    let slack = Slack::start();
    let messenger = slack.messenger();
    let reference = slack.post(&messenger, &message("d-1", None)).unwrap();
    let (channel, ts) = reference.split_once('/').unwrap();
    let pressed = json!({"user": "U0MAYA", "channel": channel, "ts": ts, "action": "got_it"});
    let url = slack.control("press", &pressed)["response_url"].as_str().unwrap().to_owned();
    slack.wait(messenger.whisper(&url, "<!channel> the case is closed by now")).unwrap();
    let whispered = slack.control("state", &json!({}))["whispers"][0].clone();
    assert_eq!(whispered["authorization"], Value::Null);
    assert_eq!(whispered["body"]["text"], "&lt;!channel&gt; the case is closed by now");
    assert_eq!(whispered["body"]["response_type"], "ephemeral");

    let port = slack.address.rsplit(':').next().unwrap();
    for foreign in [
        "https://hooks.slack.com.evil.example/actions/T0/1".to_owned(),
        "https://evil.example/hooks.slack.com".to_owned(),
        "https://hooks.slack.com@evil.example/actions".to_owned(),
        "https://user@hooks.slack.com/actions".to_owned(),
        "https://hooks.slack.com:8443/actions".to_owned(),
        "http://hooks.slack.com/actions".to_owned(),
        "https://169.254.169.254/latest".to_owned(),
        "https://[::ffff:127.0.0.1]/".to_owned(),
        format!("http://localhost:{port}/actions"),
        "http://127.0.0.1:9001/2018-06-01/runtime".to_owned(),
        "file:///etc/passwd".to_owned(),
        String::new(),
    ] {
        let error = slack.wait(messenger.whisper(&foreign, "x")).unwrap_err();
        assert!(
            matches!(&error, MessengerError::Refused(why) if why.contains("none of Slack's")),
            "{foreign}: {error}"
        );
    }
}

#[test]
fn a_user_is_a_person_with_an_address_and_is_asked_for_once() {
    let slack = Slack::start();
    let messenger = slack.messenger();
    for _ in 0..2 {
        let maya = slack.wait(messenger.person("U0MAYA")).unwrap().unwrap();
        assert_eq!(maya.name, Personal::new("Maya Lindqvist"));
        assert_eq!(
            (maya.email, maya.zone.as_deref()),
            (Some(Personal::new("maya@us.example")), Some("Europe/Stockholm"))
        );
    }
    assert_eq!(slack.calls("users.info"), 1);
    for nobody in ["U0GONE", "U0APP", "U0NOBODY", "../x", ""] {
        assert_eq!(slack.wait(messenger.person(nobody)).unwrap(), None, "{nobody}");
    }
    slack.control("set", &json!({"scopes": ["users:read"]}));
    let robin = slack.wait(messenger.person("U0ROBIN")).unwrap().unwrap();
    assert_eq!(robin.email, None);
}

#[test]
fn an_examination_says_of_each_scope_what_to_do() {
    let slack = Slack::start();
    let problems = |messenger: &SlackMessenger| -> Vec<String> {
        let looked_at = slack.wait(messenger.examine());
        looked_at.into_iter().filter_map(|(what, problem)| Some(format!("{what}: {}", problem?))).collect()
    };
    assert_eq!(slack.wait(slack.messenger().examine()).len(), 6);
    assert_eq!(problems(&slack.messenger()), [""; 0]);
    slack.control("set", &json!({"scopes": ["chat:write", "users:read", "im:write"]}));
    let lacking = problems(&slack.messenger());
    assert_eq!(lacking.len(), 2, "{lacking:?}");
    assert!(lacking[0].starts_with("Slack's scope users:read.email: ") && lacking[0].contains("install the app anew"));
    assert!(lacking[1].starts_with("Slack's scope im:history: "), "{lacking:?}");
    let refused = problems(&slack.messenger_with("xoxb-other"));
    assert!(refused.len() == 1 && refused[0].contains("install the app anew"), "{refused:?}");
    assert!(slack.messages().is_empty() && slack.calls("auth.test") == 4, "nothing was changed");
}
