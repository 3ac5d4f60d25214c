//! Answers in a Slack that keeps what it is told: each is seen there with the function's answer, while the queues stand still.

use std::net::TcpListener;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use async_trait::async_trait;
use channels::slack::{ButtonValue, FixedToken, SlackMessenger};
use domain::Personal;
use domain::answering::{self, By, Given, Reply, Said};
use domain::case::{ProposalState, State};
use domain::config::Config;
use domain::messages::CaseRef;
use domain::ports::{Messenger, MessengerError, SlackMessage};
use jiff::Timestamp;
use links::Action;
use respond::Counted;
use serde_json::{Value, json};

use super::stand::{CONFIG, DAY, Site, links};
use crate::app::{TestApp, request};
use crate::slack_api::https_to;
use crate::slack_stand_in::Slack;
use crate::world::World;

/// A mail of Dana's says that she has left, which the CRM does not know; Maya was told of it in Slack, and by mail.
fn told_in(slack: &Slack) -> TestApp {
    let mut world = World::default();
    world.account("Northwind Traders", "Maya");
    world.person("Dana Fox", "VP Operations", "Northwind Traders").role("Champion");
    world.person("Lee Park", "Operations Manager", "Northwind Traders");
    let app = TestApp::configured(world, CONFIG);
    app.scan("2026-09-01");
    app.receive(
        "reply.eml",
        "From: Dana Fox <dana.fox@northwind.example>\nTo: maya@us.example\nSubject: Automatic reply: Agenda\n\
         Date: Wed, 30 Sep 2026 09:00:00 +0000\nMessage-ID: <1@northwind.example>\nAuto-Submitted: auto-replied\n\
         Content-Type: text/plain; charset=utf-8\n\nI am no longer with Northwind Traders.\n",
    );
    let (plant, crm) = (app.plant(DAY).sending(None, Some(Box::new(slack.messenger()))), app.export(DAY));
    slack.wait(async {
        plant.scan(&crm, request(DAY, false), &|_| {}).await.unwrap();
        plant.pump(&crm).await.unwrap();
    });
    assert_eq!((app.case().state, slack.messages().len()), (State::Notified, 1));
    app
}

fn site(app: &TestApp, slack: &Slack) -> Site {
    Site::of(app).with(slack.messenger())
}

/// What Slack sends when somebody presses a button of the message as it stands.
fn pressed(slack: &Slack, user: &str, action: &str) -> Value {
    pressed_ago(slack, 0, user, action)
}

/// The same, and it took so many seconds to arrive.
fn pressed_ago(slack: &Slack, ago: u64, user: &str, action: &str) -> Value {
    let state = slack.control("state", &json!({}));
    let channel = state["conversations"]["U0MAYA"].clone();
    let ts = slack.messages()[0]["ts"].clone();
    slack.control("press", &json!({"user": user, "channel": channel, "ts": ts, "action": action, "ago": ago}))
}

/// The dialog that was opened last, filled in and sent.
fn submitted(slack: &Slack, user: &str, field: &str, value: Value) -> Value {
    let mut view = slack.control("state", &json!({}))["views"].as_array().unwrap().last().unwrap().clone();
    view["id"] = "V1".into();
    view["state"] = json!({"values": {field: {field: value}}});
    json!({"type": "view_submission", "user": {"id": user}, "view": view})
}

/// Everything that stands in Maya's message.
fn message(slack: &Slack) -> String {
    slack.messages()[0].to_string()
}

/// Lets what follows be done, and sees that it changes nothing more in Slack.
fn see_through(app: &TestApp, site: Site, slack: &Slack) {
    drop(site);
    let before = slack.messages()[0]["blocks"].clone();
    catch_up(app, slack);
    assert_eq!(slack.messages()[0]["blocks"], before);
}

fn catch_up(app: &TestApp, slack: &Slack) {
    let (plant, crm) = (app.plant(DAY).sending(None, Some(Box::new(slack.messenger()))), app.export(DAY));
    slack.wait(plant.pump(&crm)).unwrap();
}

fn about(app: &TestApp) -> CaseRef {
    let case = app.case();
    CaseRef { account: case.account, case: case.id }
}

/// Robin answers elsewhere.
async fn robin_says(reply: Reply, about: &CaseRef, config: &Config, site: &Site) {
    let said = Said { reply, by: By::named("Robin"), channel: "a test", seen: None, claim: None };
    let given = answering::give(&site.plant.outbox(), about, &said, config, site.now()).await.unwrap();
    assert!(matches!(given, Given::Taken { .. }), "{given:?}");
}

/// While the first change is under way, Robin closes the case.
struct Overtaken<'a> {
    slack: SlackMessenger,
    site: &'a Site,
    about: CaseRef,
    config: &'a Config,
    is_over: AtomicBool,
}

#[async_trait]
impl Messenger for Overtaken<'_> {
    fn repeats_safely(&self) -> bool {
        self.slack.repeats_safely()
    }

    async fn post(&self, message: &SlackMessage) -> Result<String, MessengerError> {
        self.slack.post(message).await
    }

    async fn update(&self, message: &SlackMessage, reference: &str) -> Result<(), MessengerError> {
        if !self.is_over.swap(true, Ordering::Relaxed) {
            robin_says(Reply::Done(Personal::default()), &self.about, self.config, self.site).await;
        }
        self.slack.update(message, reference).await
    }

    async fn find(&self, message: &SlackMessage, around: Timestamp) -> Result<Option<String>, MessengerError> {
        self.slack.find(message, around).await
    }
}

#[test]
fn a_click_is_seen_in_its_message_with_the_functions_answer() {
    let slack = Slack::start();
    let app = told_in(&slack);
    let site = site(&app, &slack);
    let began = Instant::now();
    let (response, counted) = site.counted(&site.slack(&pressed(&slack, "U0MAYA", "got_it").to_string()));
    assert!(began.elapsed() < Duration::from_secs(3), "{:?}", began.elapsed());
    assert_eq!((response.status, response.body.as_str(), counted), (200, "", vec![Counted::Answered]));
    assert_eq!(slack.calls("chat.update"), 1);
    let shown = message(&slack);
    assert!(shown.contains("Acknowledged by Maya Lindqvist on 1 Oct") && !shown.contains("got_it"), "{shown}");
    assert!(shown.contains(&ButtonValue::of(&app.case()).to_string()), "its buttons answer what it shows: {shown}");
    see_through(&app, site, &slack);
}

#[test]
fn an_update_of_the_crm_is_decided_by_the_buttons_below_it_and_by_nobody_else() {
    for (action, decided) in
        [("confirm_update", "confirmed by Maya Lindqvist"), ("reject_update", "rejected by Maya Lindqvist")]
    {
        let slack = Slack::start();
        let app = told_in(&slack);
        let site = site(&app, &slack);
        let (_, counted) = site.counted(&site.slack(&pressed(&slack, "U0ROBIN", action).to_string()));
        assert_eq!((counted, app.case().proposals[0].state.clone()), (vec![Counted::Refused], ProposalState::Open));
        let said = slack.control("state", &json!({}))["views"][0].to_string();
        assert!(said.contains("approved by those who have to do with the case"), "{said}");

        let (_, counted) = site.counted(&site.slack(&pressed(&slack, "U0MAYA", action).to_string()));
        assert_eq!(counted, [Counted::Answered]);
        let state = app.case().proposals[0].state.clone();
        match state {
            ProposalState::Confirmed { by, .. } if action == "confirm_update" => {
                assert_eq!(by.reveal(), "Maya Lindqvist");
            }
            ProposalState::Rejected { by, .. } if action == "reject_update" => {
                assert_eq!(by.reveal(), "Maya Lindqvist");
            }
            other => panic!("{other:?}"),
        }
        let shown = message(&slack);
        assert!(shown.contains(decided) && !shown.contains(action), "{shown}");
        drop(site);
        catch_up(&app, &slack);
    }
}

#[test]
fn what_a_dialog_brings_is_seen_in_the_message_it_was_opened_from() {
    let slack = Slack::start();
    let app = told_in(&slack);
    let site = site(&app, &slack);
    let (_, counted) = site.counted(&site.slack(&pressed(&slack, "U0MAYA", "not_a_change").to_string()));
    assert_eq!((counted, slack.calls("chat.update")), (vec![Counted::Asked], 0));
    let sent = submitted(&slack, "U0MAYA", "reason", json!({"value": "she is on leave"}));
    let (response, counted) = site.counted(&site.slack(&sent.to_string()));
    assert_eq!((response.body.as_str(), counted), ("", vec![Counted::Answered]));
    let shown = message(&slack);
    assert!(shown.contains("Not a change, says Maya Lindqvist on 1 Oct: she is on leave"), "{shown}");
    assert_eq!((app.case().state, shown.contains("hand_to")), (State::Dismissed, false));
    see_through(&app, site, &slack);
}

#[test]
fn whoever_clicks_on_what_has_changed_is_told_so_and_sees_what_stands_now() {
    let slack = Slack::start();
    let app = told_in(&slack);
    let site = site(&app, &slack);
    let stale = site.slack(&pressed(&slack, "U0MAYA", "got_it").to_string());
    slack.wait(robin_says(Reply::GotIt, &about(&app), app.config(), &site));

    assert_eq!(site.counted(&stale).1, [Counted::Refused]);
    let said = slack.control("state", &json!({}))["views"][0].to_string();
    assert!(said.contains("Changed: review again"), "{said}");
    assert!(message(&slack).contains("Acknowledged by Robin"), "{}", message(&slack));
    let again = site.slack(&pressed(&slack, "U0MAYA", "done").to_string());
    assert_eq!(site.counted(&again).1, [Counted::Asked]);
    let sent = submitted(&slack, "U0MAYA", "note", json!({"value": null})).to_string();
    assert_eq!(site.counted(&site.slack(&sent)).1, [Counted::Answered]);
    assert_eq!(app.case().state, State::Closed);
    see_through(&app, site, &slack);
}

#[test]
fn whoever_clicks_for_a_dialog_that_slack_opens_no_more_is_told_beside_the_message() {
    let slack = Slack::start();
    let app = told_in(&slack);
    let site = site(&app, &slack);
    let late = pressed_ago(&slack, 4, "U0MAYA", "later");
    let (response, counted) = site.counted(&site.slack(&late.to_string()));
    assert_eq!((response.status, counted), (200, vec![Counted::Asked]));
    let state = slack.control("state", &json!({}));
    let whispered = state["whispers"][0]["body"]["text"].as_str().unwrap();
    assert!(whispered.ends_with("Press the button again."), "{whispered}");
    assert_eq!((state["views"].as_array().unwrap().len(), app.case().answers.len()), (0, 0));

    let mut foreign = late;
    foreign["response_url"] = "https://evil.example/respond".into();
    let (_, counted) = site.counted(&site.slack(&foreign.to_string()));
    assert_eq!(counted, [Counted::Asked, Counted::Failed], "an address that is none of Slack's is not followed");
    assert_eq!(slack.control("state", &json!({}))["whispers"].as_array().unwrap().len(), 1);
    see_through(&app, site, &slack);
}

#[test]
fn an_answer_counts_though_slack_cannot_show_it_and_the_refresh_does_so_later() {
    let slack = Slack::start();
    let app = told_in(&slack);
    let site = site(&app, &slack);
    slack.next("chat.update", &json!({"then": "status", "status": 503, "body": "<html>"}));
    let (response, counted) = site.counted(&site.slack(&pressed(&slack, "U0MAYA", "got_it").to_string()));
    assert_eq!((response.status, counted), (200, vec![Counted::Answered]));
    assert!(!message(&slack).contains("Acknowledged"), "{}", message(&slack));
    drop(site);
    catch_up(&app, &slack);
    assert!(message(&slack).contains("Acknowledged by Maya Lindqvist"), "{}", message(&slack));
}

#[test]
fn an_answer_through_a_mail_is_seen_in_slack_at_once() {
    let slack = Slack::start();
    let app = told_in(&slack);
    let site = site(&app, &slack);
    let links = links(&app);
    assert_eq!(site.press(&links[&Action::Done], &[("note", "spoke to Lee")]).status, 200);
    assert!(message(&slack).contains("Done by Maya on 1 Oct: spoke to Lee"), "{}", message(&slack));
    assert_eq!(app.case().answers[0].by, Personal::new("Maya"));
    see_through(&app, site, &slack);
}

#[test]
fn what_somebody_else_has_answered_meanwhile_is_not_shown_over() {
    let slack = Slack::start();
    let app = told_in(&slack);
    let site = site(&app, &slack);
    let click = site.slack(&pressed(&slack, "U0MAYA", "got_it").to_string());
    let (messenger, about, is_over) = (slack.messenger(), about(&app), AtomicBool::new(false));
    let overtaken = Overtaken { slack: messenger, site: &site, about, config: app.config(), is_over };
    assert_eq!(site.shown_by(&click, Some(&overtaken)).1, [Counted::Answered]);
    assert_eq!((app.case().state, slack.calls("chat.update")), (State::Closed, 2));
    assert!(message(&slack).contains("Done by Robin on 1 Oct"), "{}", message(&slack));
    see_through(&app, site, &slack);
}

#[test]
fn a_slack_that_says_nothing_keeps_nobody_waiting_for_longer_than_slack_waits() {
    let slack = Slack::start();
    let app = told_in(&slack);
    let silent = TcpListener::bind(("127.0.0.1", 0)).unwrap();
    let address = format!("http://{}", silent.local_addr().unwrap());
    let token = Box::new(FixedToken::parse("xoxb-test").unwrap());
    let messenger = SlackMessenger::new(&format!("{address}/api"), https_to(&address), token).unwrap();
    let site = Site::of(&app).with(messenger);
    let click = site.slack(&pressed(&slack, "U0MAYA", "got_it").to_string());
    let began = Instant::now();
    let (response, counted) = site.counted(&click);
    assert!(began.elapsed() < Duration::from_secs(3), "{:?}", began.elapsed());
    assert_eq!((response.status, counted), (200, vec![Counted::Answered]));
    assert_eq!(app.case().answers[0].by.reveal(), "somebody (Slack user U0MAYA)");
    drop(site);
    catch_up(&app, &slack);
    assert!(message(&slack).contains("Acknowledged by somebody"), "{}", message(&slack));
}
