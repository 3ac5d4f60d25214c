//! Posting to Slack's Web API, against a small server that answers as Slack, its proxies and the network do.

use std::error::Error;
use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::mpsc::{Receiver, channel};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use async_trait::async_trait;
use channels::slack::{BotToken, ButtonValue, SlackMessenger};
use domain::handler::told;
use domain::notice::Channel;
use domain::ports::{Messenger, MessengerError, SlackMessage};
use domain::{DeliveryId, Personal};
use https::{BadAddress, Https, Reach};
use serde_json::{Value, json};

use crate::app::TestApp;
use crate::world::World;

const TOKEN: &str = "xoxb-1";
const ADDRESS: &str = "Maya+CSM@us.example";

/// What the server does with one connection.
#[derive(Clone)]
enum Then {
    Answers(String),
    Hangs,
    HangsUp,
}

/// A request as it came.
#[derive(Debug)]
struct Request {
    head: String,
    body: String,
    at: Instant,
}

/// A server that answers so many connections, and is gone then.
fn server(script: Vec<Then>) -> (String, Receiver<Request>) {
    let listener = TcpListener::bind(("127.0.0.1", 0)).unwrap();
    let address = format!("http://{}/api", listener.local_addr().unwrap());
    let (came, requests) = channel();
    std::thread::spawn(move || {
        let (mut listener, mut left) = (Some(listener), script.len());
        for then in script {
            let (mut stream, _) = listener.as_ref().unwrap().accept().unwrap();
            left -= 1;
            // Gone before the last answer, so that nobody finds it there after it.
            listener = listener.filter(|_| left > 0);
            let Some(request) = read(&mut stream) else { continue };
            // Whoever no longer listens has seen enough.
            let _ = came.send(request);
            match then {
                Then::Answers(answer) => drop(stream.write_all(answer.as_bytes())),
                Then::Hangs => while stream.read(&mut [0; 64]).is_ok_and(|n| n > 0) {},
                Then::HangsUp => {}
            }
        }
    });
    (address, requests)
}

fn read(stream: &mut TcpStream) -> Option<Request> {
    let (mut bytes, mut part) = (Vec::new(), [0; 4096]);
    loop {
        let text = String::from_utf8_lossy(&bytes).into_owned();
        if let Some((head, body)) = text.split_once("\r\n\r\n") {
            let head = head.to_lowercase();
            let length = head.lines().find_map(|line| line.strip_prefix("content-length: ")).unwrap().parse().unwrap();
            if body.len() >= length {
                return Some(Request { head, body: body.to_owned(), at: Instant::now() });
            }
        }
        match stream.read(&mut part) {
            Ok(n) if n > 0 => bytes.extend_from_slice(&part[..n]),
            _ => return None,
        }
    }
}

fn http(status: &str, headers: &str, body: &str) -> Then {
    Then::Answers(format!("HTTP/1.1 {status}\r\ncontent-length: {}\r\n{headers}\r\n{body}", body.len()))
}

fn says(body: &Value) -> Then {
    http("200 OK", "content-type: application/json\r\n", &body.to_string())
}

fn fails(code: &str) -> Then {
    says(&json!({"ok": false, "error": code}))
}

fn finds() -> Then {
    says(&json!({"ok": true, "user": {"id": "U0MAYA"}}))
}

fn posts(ts: &str) -> Then {
    says(&json!({"ok": true, "channel": "D1", "ts": ts, "message": {}}))
}

/// A secret that holds these tokens, one after the other.
struct Kept(Arc<Mutex<Vec<&'static str>>>);

#[async_trait]
impl BotToken for Kept {
    async fn token(&self, refused: Option<&str>) -> Result<String, Box<dyn Error + Send + Sync>> {
        let mut kept = self.0.lock().unwrap();
        if refused.is_some() && kept.len() > 1 {
            kept.remove(0);
        }
        Ok((*kept.first().ok_or("the secret is not there")?).to_owned())
    }
}

fn messenger(address: &str, tokens: &[&'static str]) -> SlackMessenger {
    let kept = Kept(Arc::new(Mutex::new(tokens.to_vec())));
    let messenger = SlackMessenger::new(address, https_to(address), Box::new(kept)).unwrap();
    messenger.patient_for(Duration::from_secs(60)).paced(Duration::ZERO)
}

/// Reaches that host of this machine, and else the public internet.
pub(crate) fn https_to(address: &str) -> Arc<Https> {
    let host = address.split("//").nth(1).and_then(|rest| rest.split('/').next()).unwrap();
    Arc::new(Https::new(Reach::with_private(host).unwrap()).unwrap())
}

/// Only who never gets an answer is waited for, and not for long.
fn patient_with(messenger: SlackMessenger, then: &Then) -> SlackMessenger {
    if matches!(then, Then::Hangs) { messenger.patient_for(Duration::from_secs(2)) } else { messenger }
}

fn message(thread: Option<&str>) -> SlackMessage {
    SlackMessage {
        delivery: DeliveryId::parse("d-1").unwrap(),
        to: Personal::new(ADDRESS),
        thread: thread.map(str::to_owned),
        payload: json!({"text": "Dana Fox has left", "blocks": []}),
        preview: String::new(),
    }
}

fn post(messenger: &SlackMessenger, message: &SlackMessage) -> Result<String, MessengerError> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(messenger.post(message))
}

/// What comes of a post of which Slack answers the last call so.
fn posted(last: Then) -> Result<String, MessengerError> {
    let (address, _requests) = server(vec![finds(), last.clone()]);
    post(&patient_with(messenger(&address, &[TOKEN]), &last), &message(None))
}

/// What comes of a post of which Slack answers the search for the reader so.
fn searched(first: Then) -> Result<String, MessengerError> {
    let (address, requests) = server(vec![first.clone(), posts("1.1")]);
    let outcome = post(&patient_with(messenger(&address, &[TOKEN]), &first), &message(None));
    assert!(outcome.is_ok() || requests.try_iter().count() == 1, "nothing is posted to nobody");
    outcome
}

#[track_caller]
fn expect_unavailable(outcome: Result<String, MessengerError>, why: &str) {
    expect(outcome, why, |error| matches!(error, MessengerError::Unavailable(_)));
}

#[track_caller]
fn expect_wait(outcome: Result<String, MessengerError>, seconds: i64) {
    let after = match outcome {
        Err(MessengerError::Wait { after }) => after,
        other => panic!("{other:?}"),
    };
    // Of what is left of a wait the last second may have begun.
    assert!((seconds - 1..=seconds).contains(&after.as_secs()), "{after:?} of {seconds} s");
}

#[track_caller]
fn expect_unknown(outcome: Result<String, MessengerError>, why: &str) {
    expect(outcome, why, |error| matches!(error, MessengerError::Unknown(_)));
}

#[track_caller]
fn expect_refused(outcome: Result<String, MessengerError>, why: &str) {
    expect(outcome, why, |error| matches!(error, MessengerError::Refused(_)));
}

#[track_caller]
fn expect_unusable(outcome: Result<String, MessengerError>, why: &str) {
    expect(outcome, why, |error| matches!(error, MessengerError::Unusable(_)));
}

#[track_caller]
fn expect(outcome: Result<String, MessengerError>, why: &str, is_meant: impl Fn(&MessengerError) -> bool) {
    let error = outcome.unwrap_err();
    let said = told(&error);
    assert!(is_meant(&error) && said.contains(why), "{error:?}: {said}");
    for secret in [TOKEN, "maya", "Maya", "Dana"] {
        assert!(!said.contains(secret), "{secret} in {said}");
    }
}

#[test]
fn a_message_is_posted_to_the_user_with_the_readers_address_who_is_looked_up_once() {
    let (address, requests) = server(vec![finds(), posts("1747843200.000100"), posts("1747843201.000200")]);
    let messenger = messenger(&address, &[TOKEN]);
    assert!(!messenger.repeats_safely());
    let first = post(&messenger, &message(None)).unwrap();
    assert_eq!(first, "D1/1747843200.000100");
    assert_eq!(post(&messenger, &message(Some(&first))).unwrap(), "D1/1747843201.000200");

    let requests: Vec<Request> = requests.try_iter().collect();
    let first_line = |request: &Request| request.head.lines().next().unwrap().to_owned();
    let lines: Vec<String> = requests.iter().map(first_line).collect();
    let call = "post /api/chat.postmessage http/1.1";
    assert_eq!(lines, ["post /api/users.lookupbyemail http/1.1", call, call]);
    assert_eq!(requests[0].body, "email=maya%2Bcsm%40us.example");
    for request in &requests {
        assert!(request.head.contains("\r\nauthorization: bearer xoxb-1"), "{}", request.head);
        assert!(request.head.contains("\r\nuser-agent: baton/"), "{}", request.head);
        assert_eq!(request.head.matches("\r\nhost: ").count(), 1);
    }
    assert!(requests[1].head.contains("\r\ncontent-type: application/json"));
    let body = |request: &Request| serde_json::from_str::<Value>(&request.body).unwrap();
    let expected = json!({"text": "Dana Fox has left", "blocks": [], "channel": "U0MAYA"});
    assert_eq!(body(&requests[1]), expected);
    let mut expected = expected;
    expected["thread_ts"] = json!("1747843200.000100");
    assert_eq!(body(&requests[2]), expected);
}

#[test]
fn what_the_channel_renders_is_what_slack_receives() {
    let mut world = World::default();
    world.account("Northwind Traders", "Maya");
    world.person("Dana Fox", "VP Operations", "Northwind Traders").role("Champion");
    let mut app = TestApp::new(world);
    app.scan("2026-09-01");
    app.world.person_mut("Dana Fox").left = true;
    app.scan("2026-10-01");
    let delivery = app.deliveries().into_iter().find(|delivery| delivery.channel == Channel::Slack).unwrap();

    let about = ButtonValue::of(&app.case());
    let rendered = channels::slack::message(&delivery, Some(&about));
    let (address, requests) = server(vec![finds(), posts("1.1")]);
    post(&messenger(&address, &[TOKEN]), &rendered).unwrap();
    let request = requests.try_iter().last().unwrap();
    let body: Value = serde_json::from_str(&request.body).unwrap();
    assert_eq!(body["metadata"]["event_type"], "baton_delivery");
    assert_eq!(body["metadata"]["event_payload"]["delivery"], delivery.id.as_str());
    assert_eq!((&body["unfurl_links"], &body["unfurl_media"]), (&json!(false), &json!(false)));
    assert!(body["text"].as_str().unwrap().contains("Dana Fox") && body["blocks"].as_array().unwrap().len() > 3);
    assert_eq!(body.get("thread_ts"), None);
}

#[test]
fn a_thread_that_was_begun_in_files_is_none_of_slacks() {
    let (address, requests) = server(vec![finds(), posts("1.1")]);
    post(&messenger(&address, &[TOKEN]), &message(Some("d-0"))).unwrap();
    assert!(!requests.try_iter().last().unwrap().body.contains("thread_ts"));
}

#[test]
fn a_message_that_may_have_been_received_is_in_doubt() {
    expect_unknown(posted(fails("fatal_error")), "Slack answered fatal_error");
    expect_unknown(posted(fails("internal_error")), "internal_error");
    expect_unknown(posted(fails("service_unavailable")), "service_unavailable");
    for status in ["500 Internal Server Error", "502 Bad Gateway", "503 Service Unavailable", "504 Gateway Timeout"] {
        expect_unknown(posted(http(status, "", "<html>upstream</html>")), &status[..3]);
    }
    expect_unknown(posted(http("503 Service Unavailable", "", "{\"ok\":false,\"error\":\"no_text\"}")), "503");
    for body in ["<html>a proxy</html>", "", "{}", "[]", "{\"ok\":\"true\"}", "{\"ok\":tr"] {
        expect_unknown(posted(http("200 OK", "", body)), "no answer of Slack's");
    }
    for body in [json!({"ok": true}), json!({"ok": true, "ts": 1.5}), json!({"ok": true, "ts": "<b>"})] {
        expect_unknown(posted(says(&body)), "not as what");
    }
    expect_unknown(posted(http("200 OK", "", &" ".repeat((1 << 20) + 1))), "the answer of 127.0.0.1 was lost");
    let short = "HTTP/1.1 200 OK\r\ncontent-length: 400\r\n\r\n{\"ok\":true".to_owned();
    expect_unknown(posted(Then::Answers(short)), "the answer of 127.0.0.1 was lost");
    expect_unknown(posted(Then::Answers("SMTP ready\r\n\r\n".to_owned())), "the answer of 127.0.0.1 was lost");
    expect_unknown(posted(Then::HangsUp), "the answer of 127.0.0.1 was lost");
    expect_unknown(posted(Then::Hangs), "127.0.0.1 did not answer within 2s");
}

#[test]
fn a_message_that_certainly_was_not_posted_may_be_tried_again() {
    expect_unavailable(posted(fails("request_timeout")), "request_timeout");
    for status in ["301 Moved Permanently", "307 Temporary Redirect", "403 Forbidden", "404 Not Found"] {
        let answer = http(status, "location: http://127.0.0.1:1/\r\n", "<html></html>");
        expect_unavailable(posted(answer), "not from Slack's API");
    }
    let (address, _) = server(vec![finds()]);
    expect_unavailable(post(&messenger(&address, &[TOKEN]), &message(None)), "no connection: 127.0.0.1");
    let (address, _requests) = server(vec![Then::HangsUp]);
    let secure = address.replace("http://", "https://");
    expect_unavailable(post(&messenger(&secure, &[TOKEN]), &message(None)), "no TLS: 127.0.0.1");
}

#[test]
fn a_message_that_is_refused_for_good_says_what_to_do() {
    for (code, remedy) in [
        ("channel_not_found", "messages tab"),
        ("is_archived", "messages tab"),
        ("msg_blocks_too_long", "please report it"),
        ("some_new_code", "Slack refuses the message (some_new_code)"),
        ("<b>Maya</b>", "Slack refuses the message (an error without a name)"),
    ] {
        expect_refused(posted(fails(code)), remedy);
    }
}

#[test]
fn what_keeps_every_message_from_being_posted_is_for_a_person_to_mend_and_refuses_none_of_them() {
    for (code, remedy) in [
        ("invalid_auth", "install the app anew"),
        ("token_revoked", "install the app anew"),
        ("account_inactive", "install the app anew"),
        ("missing_scope", "add chat:write and users:read.email"),
        ("messages_tab_disabled", "messages tab"),
        ("restricted_action", "administrator"),
    ] {
        expect_unusable(posted(fails(code)), remedy);
    }
    let lacking = json!({"ok": false, "error": "missing_scope", "needed": "chat:write.public", "provided": "x"});
    expect_unusable(posted(says(&lacking)), "add chat:write.public and install");
    expect_unusable(
        posted(http("403 Forbidden", "", "{\"ok\":false,\"error\":\"ekm_access_denied\"}")),
        "administrator",
    );
}

#[test]
fn a_reader_who_is_not_in_slack_is_told_of_and_every_doubt_about_the_search_is_none() {
    expect_refused(searched(fails("users_not_found")), "invite them, or correct the address (users_not_found)");
    let lacking = json!({"ok": false, "error": "missing_scope", "needed": "users:read.email"});
    expect_unusable(searched(says(&lacking)), "add users:read.email");
    for in_doubt in [
        fails("internal_error"),
        http("500 Internal Server Error", "", ""),
        http("200 OK", "", "<html>"),
        says(&json!({"ok": true})),
        says(&json!({"ok": true, "user": {"id": "<!channel>"}})),
        Then::HangsUp,
        Then::Hangs,
    ] {
        expect_unavailable(searched(in_doubt), "");
    }
}

#[test]
fn slack_is_left_alone_for_as_long_as_it_asks() {
    for (header, seconds) in
        [("30", 30), ("99999", 99_999), ("abc", 60), ("", 60), ("-1", 60), ("99999999999999999999", 60)]
    {
        let header = if header.is_empty() { String::new() } else { format!("retry-after: {header}\r\n") };
        for limited in [
            http("429 Too Many Requests", &header, "{\"ok\":false,\"error\":\"ratelimited\"}"),
            http("429 Too Many Requests", &header, "<html>"),
            http("200 OK", &header, "{\"ok\":false,\"error\":\"ratelimited\"}"),
        ] {
            let (address, requests) = server(vec![finds(), limited, posts("1.1")]);
            let messenger = messenger(&address, &[TOKEN]);
            expect_wait(post(&messenger, &message(None)), seconds);
            expect_wait(post(&messenger, &message(None)), seconds);
            assert_eq!(requests.try_iter().count(), 2, "the second time nobody was asked");
        }
    }
    let none = http("429 Too Many Requests", "retry-after: 0\r\n", "");
    let (address, _requests) = server(vec![finds(), none, finds(), posts("1.1")]);
    let messenger = messenger(&address, &[TOKEN]);
    // A queue must not give it back at once for ever.
    expect_wait(post(&messenger, &message(None)), 1);
    assert_eq!(post(&messenger, &message(None)).unwrap(), "D1/1.1");
    expect_wait(searched(http("429 Too Many Requests", "retry-after: 7\r\n", "")), 7);
}

#[test]
fn messages_in_one_channel_leave_a_moment_apart_and_those_of_others_are_not_held_up() {
    let apart = Duration::from_millis(300);
    let other = says(&json!({"ok": true, "user": {"id": "U0ROBIN"}}));
    let (address, requests) = server(vec![finds(), posts("1.1"), posts("1.2"), posts("1.3"), other, posts("1.4")]);
    let messenger = messenger(&address, &[TOKEN]).paced(apart);
    let began = Instant::now();
    for _ in 0..3 {
        post(&messenger, &message(None)).unwrap();
    }
    assert!(began.elapsed() >= 2 * apart);
    let other = SlackMessage { to: Personal::new("robin@us.example"), ..message(None) };
    let robin = Instant::now();
    post(&messenger, &other).unwrap();
    assert!(robin.elapsed() < apart, "{:?}", robin.elapsed());
    let posts: Vec<Request> = requests.try_iter().filter(|request| request.head.contains("postmessage")).collect();
    let gaps: Vec<Duration> = posts[..3].windows(2).map(|pair| pair[1].at - pair[0].at).collect();
    assert!(gaps.iter().all(|gap| *gap >= apart), "{gaps:?}");
}

#[test]
fn a_token_that_was_changed_meanwhile_is_read_anew_once() {
    for code in ["invalid_auth", "token_revoked", "token_expired", "account_inactive", "not_authed"] {
        let (address, requests) = server(vec![finds(), fails(code), posts("1.1")]);
        assert_eq!(post(&messenger(&address, &[TOKEN, "xoxb-2"]), &message(None)).unwrap(), "D1/1.1");
        let last = requests.try_iter().last().unwrap();
        assert!(last.head.contains("authorization: bearer xoxb-2"), "{}", last.head);
    }
    let (address, requests) = server(vec![fails("token_revoked"), fails("token_revoked"), posts("1.1")]);
    let outcome = post(&messenger(&address, &[TOKEN, "xoxb-2", "xoxb-3"]), &message(None));
    expect_unusable(outcome, "install the app anew");
    assert_eq!(requests.try_iter().count(), 2, "no more than once");
}

#[test]
fn without_a_token_nothing_is_asked_for() {
    let (address, requests) = server(vec![finds()]);
    let outcome = post(&messenger(&address, &[]), &message(None));
    expect_unavailable(outcome, "the Slack token cannot be had: the secret is not there");
    for none in ["", "xoxb 1", "xoxb-1\r\nX-Evil: 1", "xöxb"] {
        let outcome = post(&messenger(&address, &[none]), &message(None));
        expect_unavailable(outcome, "what is kept as the Slack token is none");
    }
    assert_eq!(requests.try_iter().count(), 0);
}

#[test]
fn the_address_of_the_api_is_one_that_nobody_can_listen_to() {
    let https = Arc::new(Https::new(Reach::with_private("127.0.0.1:9").unwrap()).unwrap());
    let check = |address: &str| SlackMessenger::new(address, https.clone(), Box::new(Kept(Arc::default()))).err();
    for good in [channels::slack::API, "https://slack.com/api/", "https://eu.example:8443/api", "http://127.0.0.1:9"] {
        assert_eq!(check(good), None, "{good}");
    }
    for plain in
        ["http://slack.com/api", "http://localhost/api", "http://127.0.0.1.evil.example/api", "ftp://slack.com"]
    {
        assert!(matches!(check(plain), Some(BadAddress::NotHttps(_))), "{plain}");
    }
    for blocked in ["https://localhost/api", "https://10.0.0.7/api", "https://169.254.169.254/api"] {
        assert!(matches!(check(blocked), Some(BadAddress::Blocked(_))), "{blocked}");
    }
    for none in ["", "slack.com/api", "https://", "https://a@slack.com/api", "http://127.0.0.1@evil.example/", "/api"] {
        assert!(matches!(check(none), Some(BadAddress::Form(_) | BadAddress::Extras(_))), "{none}");
    }
}
