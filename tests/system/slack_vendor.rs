//! Slack's own Python package: its client against the stand-in, and its block parser over every message and dialog there is.

use std::path::Path;
use std::process::{Command, Output};

use channels::slack::{ButtonValue, dialog};
use serde_json::Value;

use crate::binary::{baton, succeed};
use crate::fixtures::root;

/// Runs one of the scripts beside the stand-in. Without the package it says so and returns nothing.
fn script(name: &str, arguments: &[&Path]) -> Option<Output> {
    let import = Command::new("python3").args(["-c", "import slack_sdk"]).output();
    if !import.is_ok_and(|done| done.status.success()) {
        // Past the capture of output, so that whoever runs the tests sees it.
        let why = b"skipped: Slack's Python package, because python3 cannot import slack_sdk\n";
        drop(std::io::Write::write_all(&mut std::io::stderr(), why));
        return None;
    }
    let mut python = Command::new("python3");
    Some(python.arg("-B").arg(root().join("tests/slack").join(name)).args(arguments).output().unwrap())
}

/// What Slack's own block parser says of the JSON files in these places: that it has read at least so many, and all are well.
#[track_caller]
pub(crate) fn expect_valid(places: &[&Path], at_least: usize) {
    let Some(done) = script("validate.py", places) else { return };
    let (out, err) = (String::from_utf8_lossy(&done.stdout), String::from_utf8_lossy(&done.stderr));
    let read: usize = out.split(' ').next().and_then(|count| count.parse().ok()).unwrap_or_default();
    assert!(done.status.success() && read >= at_least, "{out}{}", err.chars().take(4_000).collect::<String>());
}

#[test]
fn the_vendors_client_and_the_stand_in_agree() {
    let Some(done) = script("client.py", &[]) else { return };
    let (out, err) = (String::from_utf8_lossy(&done.stdout), String::from_utf8_lossy(&done.stderr));
    assert!(done.status.success() && out.contains("agree"), "{out}{err}");
}

#[test]
fn the_vendors_parser_takes_every_message_of_the_demo() {
    let dir = tempfile::tempdir().unwrap();
    let out = dir.path().join("demo");
    succeed(baton().args(["demo", "--out"]).arg(&out));
    expect_valid(&[&out.join("outbox/slack")], 6);
}

#[test]
fn the_vendors_parser_takes_every_dialog() {
    let about = ButtonValue::parse("C-7Q2M|0015g00000Lb3XvAAJ|3").unwrap();
    let day = jiff::civil::date(2026, 12, 1);
    let dir = tempfile::tempdir().unwrap();
    let long = "Dana & Fox ".repeat(400);
    for (n, subject) in ["Dana Fox has left", "", "<!channel> R&D", "👩\u{200d}👩\u{200d}👧", &long].iter().enumerate()
    {
        let views: [(&str, Value); 4] = [
            ("reason", dialog::reason(&about, subject)),
            ("done", dialog::done(&about, subject)),
            ("later", dialog::later(&about, subject, day)),
            ("hand_to", dialog::hand_to(&about, subject)),
        ];
        for (name, view) in views {
            std::fs::write(dir.path().join(format!("{name}-{n}.json")), view.to_string()).unwrap();
        }
    }
    expect_valid(&[dir.path()], 20);
}
