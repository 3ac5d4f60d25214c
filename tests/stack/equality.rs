//! The same exports at the same times come to the same end on AWS and embedded.

use std::path::{Path, PathBuf};

use baton::adapters::Database;
use baton::plant::Plant;
use domain::config::Config;
use domain::ports::{FixedClock, Inbox};
use futures_executor::block_on;
use inbox::DirectoryInbox;
use jiff::Timestamp;

use crate::app::{self, TestApp};
use crate::deployment::Deployment;
use crate::ending::{Ending, difference};
use crate::stories;
use crate::world::World;

/// The exports of the shipped sample.
pub(crate) const SAMPLE: [&str; 3] = ["2026-09-07", "2026-10-05", "2026-11-02"];

#[test]
fn a_story_in_which_everything_happens_comes_to_the_same_end_on_aws_and_embedded() {
    let Some(stack) = Deployment::new("everything") else { return };
    let mut embedded = TestApp::new(World::default());
    for (day, world) in stories::everything() {
        scan_world(&stack, day, &world);
        embedded.world = world;
        embedded.scan(day);
    }
    let found = Ending::of_stack(&stack);
    check(&stack, &found, &Ending::of_app(&embedded));
    assert!(found.mails.len() >= 3 && found.posts.len() >= 3 && found.notes.len() >= 3, "{found:#?}");
    assert!(found.silenced() > 0 && found.of_kind("DELIVERY#").any(|d| d["thread"].is_string()));
}

#[test]
fn the_shipped_sample_comes_to_the_same_end_on_aws_and_embedded() {
    let Some(stack) = Deployment::new("sample-equal") else { return };
    let embedded = TestApp::new(World::default());
    for day in SAMPLE {
        if day == SAMPLE[2] {
            stack.upload_mails(&sample("mail"));
        }
        // Nothing is followed up: the embedded one has no steward here.
        stack.upload_export(day, &sample(day));
        scan(&stack, day);
        stack.settle();
        scan_embedded(&embedded, day, &sample(day));
    }
    let found = Ending::of_stack(&stack);
    check(&stack, &found, &Ending::of_app(&embedded));
    assert_eq!(found.of_kind("RUN#").count(), SAMPLE.len());
    assert!(found.of_kind("CASE#").count() > 20 && found.silenced() > 100);
    let away =
        |case: &serde_json::Value| case["finding"]["verdict"] == "away" && case["finding"]["until"] == "2027-03-31";
    assert!(found.of_kind("CASE#").any(|case| away(&case)), "a mail tells of a leave");
}

#[track_caller]
fn check(stack: &Deployment, found: &Ending, expected: &Ending) {
    found.check_chains();
    if let Some(difference) = difference(&found.lines(), &expected.lines()) {
        panic!("on AWS, against embedded\n{difference}");
    }
    assert!(stack.dead_letters.values().all(|queue| queue.depth() == 0));
}

/// A scan on AWS at seven in the morning, and all that follows from it.
pub(crate) fn scan_export(stack: &Deployment, day: &str, export: &Path) {
    stack.upload_export(day, export);
    scan(stack, day);
    stack.see_through(&format!("steward-{day}"), app::morning(day));
}

pub(crate) fn scan_world(stack: &Deployment, day: &str, world: &World) {
    let dir = tempfile::tempdir().unwrap();
    world.export(dir.path());
    scan_export(stack, day, dir.path());
}

/// The tick alone.
pub(crate) fn scan(stack: &Deployment, day: &str) {
    let at: Timestamp = app::morning(day);
    stack.now_is(at);
    let scan = app::request(day, false).scan;
    let ended = stack.tick(scan.as_str(), at, "full", false);
    ended.unwrap_or_else(|failure| panic!("{failure:?}\n{:#?}", stack.function("scanner").log()));
}

fn scan_embedded(app: &TestApp, day: &str, export: &Path) {
    let clock = std::sync::Arc::new(FixedClock(app::morning(day)));
    let plant = Plant::over(Database::open(&app.state()).unwrap(), &app.outbox(), Config::shipped(), clock);
    let inbox =
        (day == SAMPLE[2]).then(|| Box::new(DirectoryInbox::new("directory", &sample("mail"))) as Box<dyn Inbox>);
    let plant = plant.hearing(inbox, None);
    let crm = crm::ExportCrm::open(export, &plant.config, app::morning(day), &app.outbox().join("crm")).unwrap();
    block_on(async {
        plant.scan(&crm, app::request(day, false), &|_| {}).await.unwrap();
        plant.pump(&crm).await.unwrap();
    });
}

/// The directory of the sample's export of a day, or of its mails.
pub(crate) fn sample(day: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../events/crm").join(day)
}
