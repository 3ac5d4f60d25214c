//! A Slack that keeps what it is told: people by address, one message for each accepted post.

use std::collections::{BTreeSet, VecDeque};
use std::sync::{Arc, Mutex};

use serde_json::{Value, json};

use crate::http::{Answer, Request, Server};

/// The token that it takes until it is rotated.
pub(crate) const TOKEN: &str = "xoxb-test-token";

/// Who is behind the ids of those who click, and whom a case can be handed to.
const PEOPLE: [(&str, &str, &str); 2] = [("U1", "Maya", "maya@us.example"), ("U2", "Noah", "noah@localhost")];

/// A workspace of one deployment, until it is dropped.
pub(crate) struct Slack {
    server: Server,
    state: Arc<State>,
}

/// One message that was accepted.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Post {
    pub ts: String,
    /// Everything that was posted.
    pub call: Value,
}

#[derive(Default)]
struct State {
    posts: Mutex<Vec<Post>>,
    strangers: Mutex<BTreeSet<String>>,
    answers: Mutex<VecDeque<Answer>>,
    token: Mutex<Option<String>>,
}

impl Slack {
    pub(crate) fn start() -> Self {
        let state = Arc::new(State::default());
        let own = Arc::clone(&state);
        Self { server: Server::start(move |request| Some(own.answer(&request))), state }
    }

    pub(crate) fn port(&self) -> u16 {
        self.server.port()
    }

    /// Nobody in the workspace has this address; everybody else is found.
    pub(crate) fn does_not_know(&self, address: &str) {
        self.state.strangers.lock().unwrap().insert(address.to_owned());
    }

    /// From now on it takes this token and no other.
    pub(crate) fn rotate(&self, token: &str) {
        *self.state.token.lock().unwrap() = Some(token.to_owned());
    }

    /// The next post is answered so, and not kept.
    pub(crate) fn answers_next(&self, answer: Answer) {
        self.state.answers.lock().unwrap().push_back(answer);
    }

    pub(crate) fn posts(&self) -> Vec<Post> {
        self.state.posts.lock().unwrap().clone()
    }
}

/// The id of the person with that address.
pub(crate) fn id_of(address: &str) -> String {
    let letters = address.chars().filter(char::is_ascii_alphanumeric);
    format!("U{}", letters.collect::<String>().to_uppercase())
}

impl State {
    fn answer(&self, request: &Request) -> Answer {
        let token = self.token.lock().unwrap().clone().unwrap_or_else(|| TOKEN.to_owned());
        if request.header("Authorization") != Some(&format!("Bearer {token}")) {
            return refusal("invalid_auth");
        }
        let method = request.path().rsplit('/').next().unwrap_or_default();
        match method {
            "users.lookupByEmail" => self.person(&parameters(request)),
            "users.info" => info(&parameters(request)),
            "views.open" => open(&parameters(request)),
            "chat.postMessage" => self.post(parameters(request)),
            "chat.update" => self.update(&parameters(request)),
            _ => refusal("unknown_method"),
        }
    }

    fn person(&self, asked: &Value) -> Answer {
        let address = asked["email"].as_str().unwrap_or_default();
        if address.is_empty() || self.strangers.lock().unwrap().contains(address) {
            return refusal("users_not_found");
        }
        Answer::json(200, &json!({ "ok": true, "user": { "id": id_of(address), "profile": { "email": address } } }))
    }

    fn post(&self, call: Value) -> Answer {
        if let Some(answer) = self.answers.lock().unwrap().pop_front() {
            return answer;
        }
        let Some(channel) = call["channel"].as_str().filter(|channel| !channel.is_empty()) else {
            return refusal("channel_not_found");
        };
        let mut posts = self.posts.lock().unwrap();
        let ts = format!("1795000000.{:06}", posts.len() + 1);
        let answer = Answer::json(200, &json!({ "ok": true, "channel": channel, "ts": &ts, "message": &call }));
        posts.push(Post { ts, call });
        answer
    }
}

impl State {
    /// What was posted keeps its place and its thread.
    fn update(&self, call: &Value) -> Answer {
        let mut posts = self.posts.lock().unwrap();
        // A Slack that begins empty counts its messages anew, so that only the delivery tells which one is meant.
        let of = |call: &Value| call["metadata"]["event_payload"]["delivery"].clone();
        let stands = |post: &&mut Post| call["ts"] == post.ts.as_str() && of(&post.call) == of(call);
        // What was posted before this Slack began is there all the same.
        let Some(post) = posts.iter_mut().find(stands) else {
            return Answer::json(
                200,
                &json!({ "ok": true, "channel": call["channel"], "ts": call["ts"], "text": call["text"] }),
            );
        };
        for part in ["text", "blocks", "metadata"] {
            post.call[part] = call[part].clone();
        }
        Answer::json(200, &json!({ "ok": true, "channel": call["channel"], "ts": &post.ts, "text": call["text"] }))
    }
}

fn info(asked: &Value) -> Answer {
    let Some((id, name, email)) = PEOPLE.into_iter().find(|(id, ..)| asked["user"] == *id) else {
        return refusal("user_not_found");
    };
    let profile = json!({ "real_name": name, "email": email });
    Answer::json(200, &json!({ "ok": true, "user": { "id": id, "tz": "Europe/Stockholm", "profile": profile } }))
}

fn open(call: &Value) -> Answer {
    let has_trigger = call["trigger_id"].as_str().is_some_and(|trigger| !trigger.is_empty());
    match has_trigger && call["view"]["type"] == "modal" {
        true => Answer::json(200, &json!({ "ok": true, "view": call["view"] })),
        false => refusal("invalid_trigger_id"),
    }
}

fn refusal(error: &str) -> Answer {
    Answer::json(200, &json!({ "ok": false, "error": error }))
}

/// Slack takes JSON, a form, and for what only reads a query.
fn parameters(request: &Request) -> Value {
    let kind = request.header("Content-Type").unwrap_or_default();
    if kind.starts_with("application/json") {
        return serde_json::from_slice(&request.body).unwrap_or(Value::Null);
    }
    let form = String::from_utf8_lossy(&request.body);
    let pairs = form.split('&').chain(request.query().split('&')).filter_map(|pair| pair.split_once('='));
    pairs.map(|(name, value)| (name.to_owned(), Value::from(decoded(value)))).collect()
}

fn decoded(text: &str) -> String {
    let mut bytes = Vec::new();
    let mut rest = text.bytes();
    while let Some(byte) = rest.next() {
        bytes.push(match byte {
            b'+' => b' ',
            b'%' => {
                let digits = [rest.next().unwrap_or_default(), rest.next().unwrap_or_default()];
                u8::from_str_radix(&String::from_utf8_lossy(&digits), 16).unwrap_or(b'?')
            }
            other => other,
        });
    }
    String::from_utf8_lossy(&bytes).into_owned()
}
