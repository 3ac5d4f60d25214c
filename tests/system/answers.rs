//! What people say to a case, from the command line to the files that leave: what was posted and logged shows it, whoever takes
//! it over is told, and what is no longer what its reader saw is reviewed again.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use async_trait::async_trait;
use baton::adapters::{Database, DatabaseError, FileMessenger};
use baton::plant::{Plant, Works};
use domain::MessageId;
use domain::Personal;
use domain::answering::{self, By, Given, Refused, Reply, Said};
use domain::case::State;
use domain::messages::CaseRef;
use domain::ports::{Messenger, MessengerError, SlackMessage};
use futures_executor::block_on;
use jiff::Timestamp;
use serde_json::Value;

use crate::app::{TestApp, morning};
use crate::binary::{baton, succeed};
use crate::world::World;

const NOON: &str = "2026-10-08T12:00:00Z";
const OURS: &str = "[notify]\nhand_over_domains = [\"us.example\"]\n";

/// Dana has left Maya's Northwind, and Maya was told on 8 October.
fn told() -> TestApp {
    let mut world = World::default();
    world.account("Northwind Traders", "Maya");
    world.user("Morgan");
    world.manages("Morgan", "Maya");
    world.person("Dana Fox", "VP Operations", "Northwind Traders").role("Champion");
    world.person("Lee Park", "Operations Manager", "Northwind Traders");
    let mut app = TestApp::configured(world, OURS);
    app.scan("2026-09-01");
    app.world.person_mut("Dana Fox").left = true;
    app.scan("2026-10-08");
    std::fs::write(app.state().join("baton.toml"), OURS).unwrap();
    app
}

/// Runs `baton answer` at noon of the day of the alert.
fn answer(app: &TestApp, words: &[&str]) -> std::process::Command {
    let mut command = baton();
    command.args(["answer", app.case().id.as_str()]).args(words).args(["--now", NOON, "--config"]);
    command.arg(app.state().join("baton.toml")).arg("--state").arg(app.state());
    command
}

fn say(app: &TestApp, words: &[&str]) -> String {
    succeed(&mut answer(app, words))
}

/// Runs it to a refusal, and returns what was said.
#[track_caller]
fn refused(app: &TestApp, words: &[&str]) -> String {
    let output = answer(app, words).output().unwrap();
    assert_eq!(output.status.code(), Some(1), "{words:?}: {output:?}");
    String::from_utf8(output.stderr).unwrap()
}

/// The Slack message to somebody whose text begins like this, with its buttons.
#[track_caller]
fn message(app: &TestApp, to: &str, begins: &str) -> (String, Vec<String>) {
    let files = app.files();
    let calls = files.iter().filter(|(name, _)| name.starts_with("slack/") && name.ends_with(".json"));
    let calls: Vec<Value> = calls.map(|(_, json)| serde_json::from_slice(json).unwrap()).collect();
    let is_it = |call: &&Value| call["channel"] == to && call["text"].as_str().unwrap().starts_with(begins);
    let call = calls.iter().find(is_it).unwrap_or_else(|| panic!("nothing to {to} begins {begins:?}: {calls:#?}"));
    let blocks = call["blocks"].as_array().unwrap();
    let actions = blocks.iter().filter(|block| block["type"] == "actions");
    let elements = actions.flat_map(|block| block["elements"].as_array().unwrap());
    let buttons = elements.map(|button| button["action_id"].as_str().unwrap().to_owned()).collect();
    (call["blocks"].to_string(), buttons)
}

fn subjects(app: &TestApp) -> Vec<String> {
    app.log_rows().into_iter().filter(|row| row.status == "Completed").map(|row| row.subject).collect()
}

#[test]
fn whoever_has_got_it_is_shown_in_slack_and_in_the_crm_and_what_is_left_can_be_answered() {
    let app = told();
    let mails = app.mails();
    let (before, buttons) = message(&app, "maya@us.example", "Dana Fox has left");
    assert!(!before.contains("Acknowledged"));
    assert_eq!(buttons, ["got_it", "done", "not_a_change", "later", "hand_to"]);

    assert_eq!(say(&app, &["got-it", "--by", "Maya"]).trim(), format!("{} is acknowledged", app.case().id));

    let (after, buttons) = message(&app, "maya@us.example", "Dana Fox has left");
    assert!(after.contains("Acknowledged by Maya on 8 Oct") && after.contains("Call Lee Park"), "{after}");
    assert_eq!(buttons, ["done", "not_a_change", "later", "hand_to"]);
    assert!(subjects(&app).contains(&"Baton: Acknowledged by Maya on 8 Oct".to_owned()), "{:?}", subjects(&app));
    assert_eq!(app.mails(), mails, "a mail cannot be changed, and another one says nothing new");
    let shown = app.audit().into_iter().filter(|entry| entry.action == "shown");
    let mut places: Vec<String> = shown.map(|entry| entry.grounds.reveal().to_owned()).collect();
    places.sort();
    let told = ["the CRM log", "the Slack message to Maya"].map(|place| format!("what has become of it, in {place}"));
    assert_eq!(places, told);
}

#[test]
fn a_case_that_is_done_asks_for_nothing_any_more_and_says_what_was_done() {
    let app = told();
    say(&app, &["got-it", "--by", "Maya"]);
    say(&app, &["step-done", "1", "--by", "Maya"]);
    say(&app, &["done", "--because", "spoke to Lee Park", "--by", "Maya"]);
    assert_eq!(app.case().state, State::Closed);
    let (text, buttons) = message(&app, "maya@us.example", "Dana Fox has left");
    assert!(text.contains("Done by Maya on 8 Oct: spoke to Lee Park · Step 1 done by Maya on 8 Oct"), "{text}");
    assert!(buttons.is_empty(), "{buttons:?}");
    let rows = subjects(&app);
    let place =
        |begins: &str| rows.iter().position(|row| row.starts_with(begins)).unwrap_or_else(|| panic!("{rows:#?}"));
    let order = ["Baton: Acknowledged by Maya", "Baton: Step 1 done by Maya", "Baton: Done by Maya"].map(place);
    assert!(order.is_sorted(), "{rows:#?}");

    let shown = succeed(baton().args(["show", app.case().id.as_str(), "--state"]).arg(app.state()));
    assert!(shown.contains("Maya: done: spoke to Lee Park") && shown.contains("✓ 1"), "{shown}");
    let over = refused(&app, &["got-it", "--by", "Morgan"]);
    assert!(over.contains("the case is closed by now"), "{over}");
    assert!(refused(&app, &["step-done", "2"]).contains("closed by now"));
}

#[test]
fn what_was_no_change_says_why_and_counts_as_wrong() {
    let app = told();
    assert!(refused(&app, &["not-a-change"]).contains("say why it is no change: --because TEXT"));
    say(&app, &["got-it", "--by", "Maya"]);
    say(&app, &["not-a-change", "--because", "she only married", "--by", "Maya"]);
    let (text, buttons) = message(&app, "maya@us.example", "Dana Fox has left");
    assert!(text.contains("Not a change, says Maya on 8 Oct: she only married") && buttons.is_empty(), "{text}");
    let found = succeed(baton().args(["accuracy", "--format", "json", "--state"]).arg(app.state()));
    let found: Value = serde_json::from_str(&found).unwrap();
    assert_eq!((&found["alerts"]["hits"], &found["alerts"]["of"]), (&0.into(), &1.into()));
    assert!(found["wrong"][0]["because"].as_str().unwrap().contains("she only married"));
}

#[test]
fn what_is_put_off_rests_until_the_day_and_says_so() {
    let app = told();
    assert!(refused(&app, &["later"]).contains("--until DATE"));
    assert!(refused(&app, &["later", "--until", "2026-10-08"]).contains("from tomorrow on"));
    say(&app, &["later", "--until", "2026-10-20", "--by", "Maya"]);
    let case = app.case();
    assert_eq!((case.state, case.snoozed.unwrap().to_string().as_str()), (State::Acknowledged, "2026-10-20"));
    let (text, buttons) = message(&app, "maya@us.example", "Dana Fox has left");
    assert!(text.contains("Put off by Maya on 8 Oct: again on 20 Oct 2026"), "{text}");
    assert_eq!(buttons.first().map(String::as_str), Some("done"));
}

/// Row 22, where it concerns handing over: who has the case is told, and the audit says who gave it to whom.
#[test]
fn whoever_takes_a_case_over_is_told_and_hears_what_becomes_of_it() {
    let mut app = told();
    let stranger = refused(&app, &["hand-to", "--to", "noah@elsewhere.example"]);
    assert!(
        stranger.contains("nobody here is known under that address") && stranger.contains("us.example"),
        "{stranger}"
    );
    assert!(refused(&app, &["hand-to", "--to", "dana.fox@northwind.example"]).contains("about that person"));
    assert!(refused(&app, &["hand-to", "--to", "maya@us.example"]).contains("has the case already"));
    say(&app, &["hand-to", "--to", "noah@us.example", "--name", "Noah Berg", "--by", "Morgan"]);

    let mails = app.mails();
    let to_noah: Vec<_> = mails.iter().filter(|mail| mail.to == "noah@us.example").collect();
    assert_eq!(to_noah.len(), 1, "{mails:#?}");
    assert!(
        to_noah[0].subject.starts_with("Handed to you: Dana Fox has left Northwind Traders"),
        "{}",
        to_noah[0].subject
    );
    let (text, buttons) = message(&app, "noah@us.example", "Handed to you: Dana Fox");
    assert!(text.contains("Morgan handed this to you") && text.contains("Call Lee Park"), "{text}");
    assert_eq!(buttons, ["got_it", "done", "not_a_change", "later", "hand_to"]);

    // Whoever had it before sees it in the message, in its thread, and, since somebody else did it, by mail.
    let (old, _) = message(&app, "maya@us.example", "Dana Fox has left");
    assert!(old.contains("Handed to Noah Berg by Morgan on 8 Oct"), "{old}");
    let (word, buttons) = message(&app, "maya@us.example", "Handed on: Dana Fox");
    assert!(word.contains("Noah Berg was told") && buttons.is_empty(), "{word} {buttons:?}");
    let thread = app.slack().into_iter().find(|post| post.text.starts_with("Handed on")).unwrap().thread_ts;
    assert!(app.slack().iter().any(|post| Some(&post.ts) == thread.as_ref() && post.to == "maya@us.example"));
    assert!(mails.iter().any(|mail| mail.to == "maya@us.example" && mail.subject.starts_with("Handed on")));
    let entry = app.audit().into_iter().find(|entry| entry.action == "reassigned").unwrap();
    assert_eq!(entry.actor.reveal(), "Morgan");
    assert_eq!(entry.grounds.reveal(), "handed to Noah Berg, through the command line");

    // It is taken back: both hear of it, each once and where they were told.
    app.world.person_mut("Dana Fox").left = false;
    app.scan("2026-10-15");
    assert_eq!(app.case().state, State::Cleared);
    for person in ["maya@us.example", "noah@us.example"] {
        let back = app.mails().into_iter().filter(|mail| mail.to == person && mail.subject.starts_with("Taken back"));
        assert_eq!(back.count(), 1, "{person}");
    }
    for (person, begins) in [("maya@us.example", "Dana Fox has left"), ("noah@us.example", "Handed to you")] {
        let (text, buttons) = message(&app, person, begins);
        assert!(text.contains("Taken back on 15 Oct") && buttons.is_empty(), "{text} {buttons:?}");
    }
}

#[test]
fn a_case_that_comes_back_to_somebody_is_told_again() {
    let app = told();
    say(&app, &["hand-to", "--to", "noah@us.example", "--by", "Maya"]);
    say(&app, &["hand-to", "--to", "maya@us.example", "--by", "Noah"]);
    say(&app, &["hand-to", "--to", "noah@us.example", "--by", "Maya"]);
    let count = |person: &str| {
        app.mails().iter().filter(|mail| mail.to == person && mail.subject.starts_with("Handed to you")).count()
    };
    assert_eq!((count("noah@us.example"), count("maya@us.example")), (2, 1));
    assert_eq!(app.case().assigned.unwrap().email.reveal(), "noah@us.example");
}

#[test]
fn the_same_said_twice_is_one_answer() {
    let app = told();
    say(&app, &["got-it", "--by", "Maya"]);
    let files = app.files();
    let again = say(&app, &["got-it", "--by", "Maya"]);
    assert!(again.contains("the same was said on 2026-10-08 12:00"), "{again}");
    assert_eq!((app.case().answers.len(), app.files() == files), (1, true));
}

#[test]
fn nothing_is_said_to_a_case_that_was_taken_back() {
    let mut app = told();
    app.world.person_mut("Dana Fox").left = false;
    app.scan("2026-10-15");
    for words in [&["got-it"][..], &["done"], &["not-a-change", "--because", "x"], &["step-done", "1"]] {
        assert!(refused(&app, words).contains("the case is cleared by now"), "{words:?}");
    }
    let (text, buttons) = message(&app, "maya@us.example", "Dana Fox has left");
    assert!(text.contains("Taken back on 15 Oct") && buttons.is_empty(), "{buttons:?}");
}

#[test]
fn a_held_case_that_is_confirmed_with_a_crm_at_hand_goes_on_its_way_at_once() {
    let mut world = World::default();
    world.account("Northwind Traders", "Maya");
    world.person("Dana Fox", "VP Operations", "Northwind Traders");
    let mut app = TestApp::configured(world, OURS);
    app.scan("2026-09-01");
    app.world.person_mut("Dana Fox").bounced = "2026-10-02";
    app.scan("2026-10-08");
    assert_eq!(app.case().state, State::Held);
    std::fs::write(app.state().join("baton.toml"), OURS).unwrap();
    let source = format!("export:{}", app.export_dir("2026-10-08").display());
    say(&app, &["confirm", "--by", "Maya", "--crm", &source]);
    assert_eq!(app.case().state, State::Notified);
    let (text, _) = message(&app, "maya@us.example", "Dana Fox at Northwind");
    assert!(text.contains("Confirmed by Maya on 8 Oct"), "{text}");
}

fn give(app: &TestApp, plant: &Plant, said: &Said<'_>) -> Given {
    let case = app.case();
    let about = CaseRef { account: case.account, case: case.id };
    block_on(answering::give(&plant.outbox(), &about, said, app.config(), plant.clock.now())).unwrap()
}

fn said(reply: Reply, by: &str, seen: Option<u32>) -> Said<'static> {
    Said { reply, by: By::named(by), channel: "Slack", seen, claim: None }
}

/// Row 35: the record was changed since.
#[test]
fn an_answer_to_what_no_longer_stands_there_is_not_taken_and_what_stands_there_is_shown() {
    let app = told();
    let seen = app.case().revision();
    say(&app, &["step-done", "1", "--by", "Morgan"]);
    let plant = app.plant("2026-10-08");
    let came = give(&app, &plant, &said(Reply::NotAChange(Personal::new("still there")), "Maya", Some(seen)));
    let Given::Changed(case) = came else { panic!("{came:?}") };
    assert_eq!((case.state, case.answers.len()), (State::Acknowledged, 1));
    assert_eq!(app.case(), *case, "nothing was changed");
    block_on(plant.pump_notices(&app.export("2026-10-08"))).unwrap();
    let came =
        give(&app, &plant, &said(Reply::NotAChange(Personal::new("still there")), "Maya", Some(case.revision())));
    assert!(matches!(came, Given::Taken { late: None, .. }), "{came:?}");
    block_on(plant.pump_notices(&app.export("2026-10-08"))).unwrap();
    assert_eq!(app.case().state, State::Dismissed);
}

/// Row 35: used twice; one winner.
#[test]
fn what_may_be_used_once_answers_once() {
    let app = told();
    let plant = app.plant("2026-10-08");
    let claim = Some(MessageId::of(&["link"]));
    let once = |reply, by| Said { claim: claim.clone(), ..said(reply, by, None) };
    assert!(matches!(give(&app, &plant, &once(Reply::GotIt, "Maya")), Given::Taken { .. }));
    let again = give(&app, &plant, &once(Reply::Done(Personal::new("by somebody else")), "Eve"));
    assert!(matches!(&again, Given::Used(case) if case.state == State::Acknowledged), "{again:?}");
    assert_eq!(app.case().answers.len(), 1);
    block_on(plant.pump_notices(&app.export("2026-10-08"))).unwrap();
}

#[test]
fn of_two_who_answer_at_once_one_is_taken_and_the_other_reviews_again() {
    let app = told();
    let seen = Some(app.case().revision());
    let plant = app.plant("2026-10-08");
    let first = give(&app, &plant, &said(Reply::GotIt, "Maya", seen));
    let second = give(&app, &plant, &said(Reply::Done(Personal::default()), "Morgan", seen));
    assert!(matches!(first, Given::Taken { .. }) && matches!(second, Given::Changed(_)), "{first:?} {second:?}");
    let refused = give(&app, &plant, &said(Reply::Confirm, "Morgan", None));
    assert!(matches!(refused, Given::Refused(_, Refused::NotHeld(State::Acknowledged))), "{refused:?}");
    block_on(plant.pump_notices(&app.export("2026-10-08"))).unwrap();
}

/// A Slack whose next change fails, or takes so long that something else happens in between.
struct Slow<'a> {
    files: FileMessenger,
    calls: AtomicUsize,
    meanwhile: &'a (dyn Fn() -> Result<(), MessengerError> + Sync),
}

#[async_trait]
impl Messenger for Slow<'_> {
    fn repeats_safely(&self) -> bool {
        true
    }

    async fn post(&self, message: &SlackMessage) -> Result<String, MessengerError> {
        self.files.post(message).await
    }

    async fn update(&self, message: &SlackMessage, reference: &str) -> Result<(), MessengerError> {
        if self.calls.fetch_add(1, Ordering::SeqCst) == 0 {
            (self.meanwhile)()?;
        }
        self.files.update(message, reference).await
    }

    async fn find(&self, message: &SlackMessage, around: Timestamp) -> Result<Option<String>, MessengerError> {
        self.files.find(message, around).await
    }
}

/// Row 12 of the invariants: an older state never overwrites a newer one.
#[test]
fn a_change_that_was_overtaken_is_made_again_from_what_stands_there_now() {
    let app = told();
    let (plant, crm) = (app.plant("2026-10-08"), app.export("2026-10-08"));
    give(&app, &plant, &said(Reply::GotIt, "Maya", None));
    // While the first change is on its way, the case is closed and that is shown.
    let somebody_else = || {
        give(&app, &plant, &said(Reply::Done(Personal::new("spoke to Lee")), "Maya", None));
        block_on(plant.pump_notices(&crm)).unwrap();
    };
    let meanwhile = || {
        std::thread::scope(|scope| scope.spawn(somebody_else).join().unwrap());
        Ok(())
    };
    let slow = Slow { files: FileMessenger::new(&app.outbox()), calls: AtomicUsize::new(0), meanwhile: &meanwhile };
    let pumped = block_on(Works { messenger: &slow, ..plant.works(&crm) }.pump()).unwrap();
    assert!(pumped.waiting.is_empty() && pumped.buried.is_empty(), "{pumped:?}");
    assert!(slow.calls.load(Ordering::SeqCst) > 1, "the overtaken one was made again");
    let (text, buttons) = message(&app, "maya@us.example", "Dana Fox has left");
    assert!(text.contains("Done by Maya on 8 Oct: spoke to Lee") && buttons.is_empty(), "{text}");
}

#[test]
fn a_slack_that_is_away_keeps_nothing_from_the_crm_and_is_asked_again() {
    let app = told();
    let (plant, crm) = (app.plant("2026-10-08"), app.export("2026-10-08"));
    give(&app, &plant, &said(Reply::GotIt, "Maya", None));
    let away = || Err(MessengerError::Unavailable("Slack asks to wait".into()));
    let slow = Slow { files: FileMessenger::new(&app.outbox()), calls: AtomicUsize::new(0), meanwhile: &away };
    let pumped = block_on(Works { messenger: &slow, ..plant.works(&crm) }.pump()).unwrap();
    assert_eq!(pumped.waiting.len(), 1, "{pumped:?}");
    assert!(subjects(&app).contains(&"Baton: Acknowledged by Maya on 8 Oct".to_owned()));
    assert!(!message(&app, "maya@us.example", "Dana Fox has left").0.contains("Acknowledged"));
    drop((plant, crm));
    app.scan("2026-10-09");
    assert!(message(&app, "maya@us.example", "Dana Fox has left").0.contains("Acknowledged by Maya on 8 Oct"));
    let rows = subjects(&app).into_iter().filter(|row| row.contains("Acknowledged"));
    assert_eq!(rows.count(), 1, "nothing is logged twice");
}

#[test]
fn a_case_in_the_report_says_who_said_what() {
    let app = told();
    say(&app, &["got-it", "--by", "Maya"]);
    let out = app.state().join("report.html");
    succeed(baton().args(["report", "--out"]).arg(&out).arg("--state").arg(app.state()));
    let page = std::fs::read_to_string(out).unwrap();
    assert!(page.contains("What people said") && page.contains("Acknowledged by Maya on 8 Oct"));
}

#[test]
fn an_answer_is_taken_while_a_run_holds_the_state_which_sees_it_through() {
    let app = told();
    let (scanning, crm) = (app.plant("2026-10-09"), app.export("2026-10-09"));
    assert!(matches!(Database::open(&app.state()), Err(DatabaseError::InUse(_))));
    let case = app.case();
    let about = CaseRef { account: case.account.clone(), case: case.id.clone() };
    let clock = Arc::new(domain::ports::FixedClock(morning("2026-10-09")));
    let beside = Plant::over(Database::beside(&app.state()).unwrap(), &app.outbox(), scanning.config.clone(), clock);
    let said = Said { reply: Reply::GotIt, by: By::named("Maya"), channel: "a test", seen: None, claim: None };
    let given = block_on(answering::give(&beside.outbox(), &about, &said, &beside.config, beside.clock.now())).unwrap();
    assert!(matches!(given, Given::Taken { late: None, .. }), "{given:?}");
    block_on(scanning.pump(&crm)).unwrap();
    drop((scanning, beside));
    assert_eq!(app.case().state, State::Acknowledged);
    assert!(subjects(&app).iter().any(|row| row.starts_with("Baton: Acknowledged by Maya")), "{:?}", subjects(&app));
}
