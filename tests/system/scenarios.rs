//! Plays the scripts in `scenarios/`: what happens in a CRM on a day, and who must be told what.
//!
//! A script has days (`on 2026-09-01`) with indented sentences about the CRM, as [`happen`] reads them. At the end of a
//! day Baton scans; the `expect` lines that follow name everything that must be new then, and nothing else may be:
//! `expect departed Dana Fox, told to Maya` · `expect held unclear Dana Fox` · `expect cleared Dana Fox, told to Maya` ·
//! `expect brake, told to the administrator` · `expect nothing`.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use domain::case::State;

use crate::app::{Mail, TestApp};
use crate::world::World;

/// A script under way.
struct Stage<'a> {
    file: &'a str,
    app: TestApp,
    today: Option<&'a str>,
    scanned: bool,
    /// What the last scan has brought and no line has expected yet.
    news: BTreeSet<String>,
    states: BTreeMap<String, State>,
    mails: Vec<Mail>,
}

/// Plays a script. What goes wrong is named with its file and line.
fn play(file: &str, script: &str) -> Result<(), String> {
    let mut stage = Stage {
        file,
        app: TestApp::new(World::default()),
        today: None,
        scanned: true,
        news: BTreeSet::new(),
        states: BTreeMap::new(),
        mails: Vec::new(),
    };
    let mut last = 0;
    for (number, line) in script.lines().enumerate().map(|(i, line)| (i + 1, line)) {
        last = number;
        let step = if line.trim().is_empty() || line.starts_with('#') {
            Ok(())
        } else if let Some(day) = line.strip_prefix("on ") {
            stage.begin(day.trim())
        } else if let Some(expected) = line.strip_prefix("expect ") {
            stage.expect(expected.trim())
        } else if line.starts_with(' ') && !stage.scanned {
            happen(line.trim(), &mut stage.app.world)
        } else {
            Err("a line is `on DAY`, `expect …`, or an indented sentence below `on DAY`".to_owned())
        };
        step.map_err(|problem| stage.at(number, &problem))?;
    }
    stage.nothing_is_unexpected().map_err(|problem| stage.at(last, &problem))
}

impl<'a> Stage<'a> {
    fn at(&self, line: usize, problem: &str) -> String {
        format!("{}:{line}: {problem}", self.file)
    }

    fn begin(&mut self, day: &'a str) -> Result<(), String> {
        if !self.scanned {
            return Err("the day before has no `expect`; write `expect nothing` if nothing is to happen".to_owned());
        }
        self.nothing_is_unexpected()?;
        (self.today, self.scanned) = (Some(day), false);
        Ok(())
    }

    fn nothing_is_unexpected(&self) -> Result<(), String> {
        let news: Vec<&str> = self.news.iter().map(String::as_str).collect();
        if news.is_empty() { Ok(()) } else { Err(format!("nobody expected: {}", news.join("; "))) }
    }

    fn expect(&mut self, expected: &str) -> Result<(), String> {
        if !self.scanned {
            self.scan();
        }
        if expected == "nothing" {
            return self.nothing_is_unexpected();
        }
        if self.news.remove(expected) {
            return Ok(());
        }
        let news: Vec<&str> = self.news.iter().map(String::as_str).collect();
        Err(format!(
            "expected: {expected}; there is: {}",
            if news.is_empty() { "nothing".into() } else { news.join("; ") }
        ))
    }

    fn scan(&mut self) {
        let record = self.app.scan(self.today.unwrap_or_default()).record;
        self.scanned = true;
        let mails: Vec<Mail> = self.app.mails().into_iter().filter(|mail| !self.mails.contains(mail)).collect();
        let told = |case: Option<&str>| {
            let to: Vec<String> = mails.iter().filter(|m| m.case.as_deref() == case).map(|m| person(&m.to)).collect();
            if to.is_empty() { String::new() } else { format!(", told to {}", to.join(" and ")) }
        };
        for case in self.app.cases() {
            let (id, name) = (case.id.to_string(), case.subject.name.reveal());
            let verdict = case.finding.verdict;
            if self.states.insert(id.clone(), case.state) == Some(case.state) {
                continue;
            }
            let told = told(Some(&id));
            match case.state {
                State::Notified => self.news.insert(format!("{verdict} {name}{told}")),
                State::Held => self.news.insert(format!("held {verdict} {name}{told}")),
                other => self.news.insert(format!("{other} {name}{told}")),
            };
        }
        if record.brake.is_some() {
            self.news.insert(format!("brake{}", told(None)));
        }
        self.mails.extend(mails);
    }
}

/// One sentence about what happens in the CRM.
fn happen(sentence: &str, world: &mut World) -> Result<(), String> {
    if sentence == "nothing changes" {
        return Ok(());
    }
    if let Some((old, new)) = sentence.strip_prefix("account ").and_then(|rest| rest.split_once(" is now called ")) {
        new.clone_into(&mut world.account_mut(old).name);
        return Ok(());
    }
    if let Some((name, owner)) = sentence.strip_prefix("account ").and_then(|rest| rest.split_once(" owner ")) {
        let (name, renewal) = name.split_once(" renews ").unwrap_or((name, ""));
        world.account(name, owner).renews(renewal);
        return Ok(());
    }
    if let Some((name, owner)) = sentence.strip_prefix("prospect ").and_then(|rest| rest.split_once(" owner ")) {
        world.account(name, owner).kind = "Prospect".to_owned();
        return Ok(());
    }
    if let Some(rest) = sentence.strip_prefix("person ") {
        let parts: Vec<&str> = rest.split(", ").collect();
        let (&[name, title, at], roles) =
            parts.split_first_chunk::<3>().ok_or("a person is NAME, TITLE, at ACCOUNT")?;
        let person = world.person(name, title, at.strip_prefix("at ").ok_or("the account follows `at `")?);
        person.roles = roles.iter().map(|role| (*role).to_owned()).collect();
        return Ok(());
    }
    if let Some(name) = sentence.strip_prefix("mail to ").and_then(|rest| rest.strip_suffix(" bounces")) {
        world.person_mut(name).bounced = "2026-01-01";
    } else if let Some(name) = sentence.strip_suffix(" is marked as having left") {
        world.person_mut(name).left = true;
    } else if let Some(name) = sentence.strip_suffix(" is no longer marked as having left") {
        world.person_mut(name).left = false;
    } else if let Some(name) = sentence.strip_suffix(" is deleted") {
        world.delete(name);
    } else if let Some(name) = sentence.strip_suffix(" leaves us") {
        world.user_mut(name).active = false;
    } else if let Some((name, title)) = sentence.split_once(" is now titled ") {
        title.clone_into(&mut world.person_mut(name).title);
    } else if let Some((name, to)) = sentence.split_once(" moves to ") {
        world.moves(name, to);
    } else if let Some((name, other)) = sentence.split_once(" is filed under ") {
        world.person_mut(name).account = world.account_mut(other).id.clone();
    } else if let Some((manager, of)) = sentence.split_once(" manages ") {
        world.user(manager);
        world.manages(manager, of);
    } else {
        return Err(format!("nobody has taught me what “{sentence}” means"));
    }
    Ok(())
}

/// `maya@us.example` is Maya.
fn person(address: &str) -> String {
    match address.split_once('@') {
        Some(("admin", "localhost")) => "the administrator".to_owned(),
        Some(("csm", "localhost")) => "the default recipient".to_owned(),
        _ => address[..1].to_uppercase() + address[1..].split('@').next().unwrap_or_default(),
    }
}

#[test]
fn every_scenario_comes_out_as_it_is_written() {
    let dir = Path::new(env!("CARGO_MANIFEST_DIR")).join("system/scenarios");
    let mut files: Vec<_> = std::fs::read_dir(&dir).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.sort();
    assert!(files.len() >= 7, "{files:#?}");
    let played = files.iter().map(|path| {
        let name = path.file_name().unwrap().to_string_lossy();
        play(&format!("tests/system/scenarios/{name}"), &std::fs::read_to_string(path).unwrap())
    });
    let failures: Vec<String> = played.filter_map(Result::err).collect();
    assert!(failures.is_empty(), "\n{}", failures.join("\n"));
}

#[test]
fn a_scenario_that_is_wrong_fails_with_its_file_and_line() {
    let begin =
        "on 2026-09-01\n  account Acme owner Maya\n  person Al Roe, CTO, at Acme\nexpect nothing\non 2026-10-01\n";
    for (end, problem) in [
        (
            "  Al Roe is marked as having left\nexpect nothing\n",
            "x.txt:7: nobody expected: departed Al Roe, told to Maya",
        ),
        (
            "  nothing changes\nexpect departed Al Roe, told to Maya\n",
            "x.txt:7: expected: departed Al Roe, told to Maya; there is: nothing",
        ),
        (
            "  Al Roe is marked as having left\nexpect departed Al Roe, told to Noah\n",
            "x.txt:7: expected: departed Al Roe, told to Noah; there is: departed Al Roe, told to Maya",
        ),
        ("  Al Roe sings\n", "x.txt:6: nobody has taught me what “Al Roe sings” means"),
        (
            "  nothing changes\non 2026-11-01\n",
            "x.txt:7: the day before has no `expect`; write `expect nothing` if nothing is to happen",
        ),
        ("nothing changes\n", "x.txt:6: a line is `on DAY`, `expect …`, or an indented sentence below `on DAY`"),
    ] {
        assert_eq!(play("x.txt", &format!("{begin}{end}")), Err(problem.to_owned()));
    }
}
