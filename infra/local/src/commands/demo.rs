//! `baton demo`: the shipped story, three exports of one CRM and the mails that came back in between.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use baton::plant::Plant;
use baton::review;
use crm::ExportCrm;
use domain::case::State;
use domain::config::Config;
use domain::ports::{Crm, FixedClock};
use envelope::Pass;
use jiff::Timestamp;

use super::scan::{set_aside, through};
use super::{Failure, cases};
use crate::Ended;
use crate::terminal::{faint, heading, say};

macro_rules! export {
    ($date:literal) => {
        (
            $date,
            [
                ("Account.csv", include_str!(concat!("../../../../events/crm/", $date, "/Account.csv"))),
                ("Case.csv", include_str!(concat!("../../../../events/crm/", $date, "/Case.csv"))),
                ("Contact.csv", include_str!(concat!("../../../../events/crm/", $date, "/Contact.csv"))),
                ("Opportunity.csv", include_str!(concat!("../../../../events/crm/", $date, "/Opportunity.csv"))),
                (
                    "OpportunityContactRole.csv",
                    include_str!(concat!("../../../../events/crm/", $date, "/OpportunityContactRole.csv")),
                ),
                ("User.csv", include_str!(concat!("../../../../events/crm/", $date, "/User.csv"))),
            ],
        )
    };
}

const EXPORTS: [(&str, [(&str, &str); 6]); 3] = [export!("2026-09-07"), export!("2026-10-05"), export!("2026-11-02")];

macro_rules! mails {
    ($($name:literal),+ $(,)?) => { [$(($name, include_str!(concat!("../../../../events/crm/mail/", $name)))),+] };
}

/// Mails that came back between the second export and the third.
const MAILS: [(&str, &str); 4] =
    mails!["dana-fox-has-left.eml", "haladaj-nie-pracuje.eml", "mailbox-full.eml", "vogelsang-elternzeit.eml"];

pub(super) async fn run(out: &Path, open: bool) -> Result<Ended, Failure> {
    let failed = |what: &Path, e: std::io::Error| Failure::new(format!("{} cannot be written: {e}", what.display()));
    clear(out)?;
    std::fs::create_dir_all(out).map_err(|e| failed(out, e))?;
    let out = out.canonicalize().map_err(|e| failed(out, e))?;
    let report_file = out.join("report.html");

    let mut aside = Vec::new();
    let mut last: Option<Plant> = None;
    let mail = out.join("mail");
    std::fs::create_dir_all(&mail).map_err(|e| failed(&mail, e))?;
    for (date, files) in EXPORTS {
        if date == "2026-11-02" {
            for (name, content) in MAILS {
                std::fs::write(mail.join(name), content).map_err(|e| failed(&mail, e))?;
            }
        }
        let dir = out.join("exports").join(date);
        std::fs::create_dir_all(&dir).map_err(|e| failed(&dir, e))?;
        for (name, content) in files {
            std::fs::write(dir.join(name), content).map_err(|e| failed(&dir, e))?;
        }
        let at: Timestamp = format!("{date}T07:00:00Z").parse().map_err(|e| Failure::new(format!("{date}: {e}")))?;
        drop(last.take());
        let plant = plant(&out, &report_file, at)?.hearing(Some(super::inbox(&mail)?), None);
        let crm = ExportCrm::open(&dir, &plant.config, at, &out.join("outbox/crm"))?;
        let (scan, _) = through(&plant, &crm, false, Pass::Full, &mut || {}).await?;
        say(&format!(
            "{}  {} contacts, {} first seen, {} changed: {} alerted, {} held, {} silenced",
            heading(date),
            scan.contacts,
            scan.first_seen,
            scan.changed,
            scan.alerted,
            scan.held,
            scan.silenced
        ));
        aside.extend(crm.set_aside());
        last = Some(plant);
    }
    let Some(plant) = last else { return Ok(Ended::Done) };
    let report = review::report(&plant.store, "Baton demo", plant.clock.now(), aside.clone()).await?;
    std::fs::write(&report_file, channels::report::render(&report)).map_err(|e| failed(&report_file, e))?;

    let found = review::cases(&plant.store).await?;
    say("");
    say(&cases::table_of(&found, plant.config.calendar.day(plant.clock.now())).to_string());
    set_aside(&aside);
    let quiet = review::silenced(&plant.store).await?.len();
    let told = found.iter().filter(|case| case.state == State::Notified).count();
    let held = found.iter().filter(|case| case.state == State::Held).count();
    say(&format!(
        "{told} cases told, {held} held for review, {quiet} changes recognised as spelling and left in silence."
    ));
    say("");
    say(&format!("report          {}", report_file.display()));
    say(&format!("mails           {}", out.join("outbox/mail").display()));
    say(&format!("Slack messages  {}", out.join("outbox/slack").display()));
    say(&format!("CRM log         {}", out.join("outbox/crm/Task.csv").display()));
    let state = out.join("state");
    say(&faint(&format!("go on: baton show C-… --state {0} · baton audit ACCOUNT --state {0}", state.display())));
    if open {
        show(&report_file)?;
    }
    Ok(if aside.is_empty() { Ended::Done } else { Ended::Look })
}

fn plant(out: &Path, report: &Path, at: Timestamp) -> Result<Plant, Failure> {
    let mut config = Config::shipped();
    config.notify.report_url = format!("file://{}", report.display());
    Ok(Plant::open(&out.join("state"), &out.join("outbox"), config, Arc::new(FixedClock(at)))?)
}

/// Removes what an earlier demo has left; a directory that is not one is left alone.
fn clear(out: &Path) -> Result<(), Failure> {
    let ours = ["exports", "mail", "outbox", "state", "report.html"];
    let Ok(entries) = std::fs::read_dir(out) else { return Ok(()) };
    let names: Vec<PathBuf> = entries.filter_map(Result::ok).map(|entry| entry.path()).collect();
    let foreign = names.iter().find(|path| path.file_name().is_none_or(|n| !ours.iter().any(|o| n == *o)));
    if let Some(foreign) = foreign {
        let text = format!(
            "{} holds {}, which no demo has made; name another directory with --out",
            out.display(),
            foreign.display()
        );
        return Err(Failure::new(text));
    }
    for path in names {
        let removed = if path.is_dir() { std::fs::remove_dir_all(&path) } else { std::fs::remove_file(&path) };
        removed.map_err(|e| Failure::new(format!("{} cannot be removed: {e}", path.display())))?;
    }
    Ok(())
}

fn show(report: &Path) -> Result<(), Failure> {
    let program = if cfg!(target_os = "macos") { "open" } else { "xdg-open" };
    let started = std::process::Command::new(program).arg(report).spawn();
    started.map(drop).map_err(|e| Failure::new(format!("{program} cannot open the report: {e}; open it yourself")))
}
