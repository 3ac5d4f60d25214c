//! The end of a scan: what is to be told goes out, or the brake holds all of it; then the scan is recorded.

use domain::MessageId;
use domain::case::State;
use domain::handler::{HandlerError, Outcome};
use domain::messages::{Body, CaseRef, Message};
use domain::ports::{Consistency, Expect, Index, Key, Query, Row};
use domain::progress::{Phase, Running, Tally, chunk_key, part_key, running_key, tally_partition, waiting_partition};
use domain::records::{self, Absence, Change, Loaded, Outgoing, Ruling, ScanRecord, absence_key, scan_partition};

use crate::file::{ALERT, note};
use crate::judge::{Missing, advance, hand_on};
use crate::{Deps, finished};

/// Rows of what waits that are read at once.
const ROWS: usize = 500;

/// Closes a scan, or leaves the rest to a message where time is up.
pub(crate) async fn close(
    id: &MessageId,
    running: Loaded<Running>,
    missing: &Missing,
    deps: &Deps<'_>,
) -> Result<Outcome, HandlerError> {
    let running = decide(running, missing, deps).await?;
    let record = &running.value.record;
    let waiting = waiting_partition(&record.scan);
    if record.brake.is_some() {
        while let Some(row) = first(&waiting, deps).await? {
            if !(deps.has_time)() {
                hand_on(running.value, running.version, |by| Phase::Closing { by }, deps).await?;
                return Ok(Outcome::Done);
            }
            for about in abouts(&row)? {
                hold(&about, record, deps).await?;
            }
            deps.outbox.store.save(Vec::new(), vec![Key::new(&*row.partition, row.sort)]).await?;
        }
    } else if !deps.outbox.release(&waiting, "\u{10ffff}", deps.has_time, deps.clock.now()).await?.all {
        hand_on(running.value, running.version, |by| Phase::Closing { by }, deps).await?;
        return Ok(Outcome::Done);
    }
    finish(id, &running.value, missing, deps).await
}

/// Counts what is to be told, and says whether so much is plausible. Recorded before anything leaves: whoever goes on
/// after a crash sees only the rest.
async fn decide(running: Loaded<Running>, missing: &Missing, deps: &Deps<'_>) -> Result<Loaded<Running>, HandlerError> {
    let Loaded { value: mut running, version } = running;
    if running.decided {
        return Ok(Loaded { value: running, version });
    }
    let limit = deps.config.brake.limit(finished(deps).await?.last().map_or(0, |previous| previous.contacts)) as u64;
    let (alerts, confirmed) = count(&waiting_partition(&running.record.scan), deps).await?;
    let record = &mut running.record;
    record.brake = match missing {
        Missing::Doubted(missing) => Some(format!("{missing} of {} contacts are missing", record.contacts)),
        Missing::Unknown | Missing::Believed { .. } if alerts > limit => {
            let contacts = record.contacts;
            Some(format!(
                "{alerts} of {contacts} contacts would be alerted on, and more than {limit} are not plausible"
            ))
        }
        Missing::Unknown | Missing::Believed { .. } => None,
    };
    let tallies = records::all::<Tally>(deps.outbox.store, Index::Table, &tally_partition(&record.scan), "").await?;
    record.held = tallies.iter().map(|tally| tally.value.held).sum();
    record.silenced = tallies.iter().map(|tally| tally.value.silenced).sum();
    match record.brake {
        Some(_) => record.held += alerts + confirmed,
        None => record.alerted = alerts + confirmed,
    }
    if let Missing::Believed { ids, .. } = missing {
        record.changed += ids.len() as u64;
    }
    running.decided = true;
    advance(running, version, deps).await
}

/// How many findings wait, those apart that a person has confirmed.
async fn count(waiting: &str, deps: &Deps<'_>) -> Result<(u64, u64), HandlerError> {
    let (mut alerts, mut confirmed) = (0, 0);
    let mut after: Option<String> = None;
    loop {
        let rows = rows(waiting, after.as_deref(), ROWS, deps).await?;
        for row in &rows {
            let of = if row.sort.starts_with(ALERT) { &mut alerts } else { &mut confirmed };
            *of += abouts(row)?.len() as u64;
        }
        match rows.last() {
            Some(last) if rows.len() == ROWS => after = Some(last.sort.clone()),
            _ => return Ok((alerts, confirmed)),
        }
    }
}

async fn first(waiting: &str, deps: &Deps<'_>) -> Result<Option<Row>, HandlerError> {
    Ok(rows(waiting, None, 1, deps).await?.pop())
}

async fn rows(partition: &str, after: Option<&str>, limit: usize, deps: &Deps<'_>) -> Result<Vec<Row>, HandlerError> {
    let (index, consistency) = (Index::Table, Consistency::Strong);
    let query = Query { index, consistency, partition, after, through: None, limit };
    Ok(deps.outbox.store.query(&query).await?)
}

/// The cases that wait in a row.
fn abouts(row: &Row) -> Result<Vec<CaseRef>, HandlerError> {
    let waiting: Vec<Outgoing> = serde_json::from_slice(&row.body)
        .map_err(|e| HandlerError::Poison(format!("what waits as {} cannot be read: {e}", row.sort)))?;
    let about = |out| match out {
        Outgoing::Message(Message { body: Body::Enrich(about), .. }) => Some(about),
        Outgoing::Message(_) | Outgoing::Event(_) => None,
    };
    Ok(waiting.into_iter().filter_map(about).collect())
}

/// Holds a finding instead of telling it.
async fn hold(about: &CaseRef, record: &ScanRecord, deps: &Deps<'_>) -> Result<(), HandlerError> {
    let Some((case, trail)) = records::case_and_trail(deps.outbox.store, about).await? else { return Ok(()) };
    if case.value.state != State::Detected {
        return Ok(());
    }
    let now = deps.clock.now();
    let saw = record.brake.as_deref().unwrap_or_default();
    let because = format!("held by the brake of scan {}: {saw}", record.scan);
    let mut held = case.value.become_state(State::Held, because, now)?;
    held.brake = Some(record.scan.clone());
    let mut change = Change::new(None, trail, now);
    change.case(&held, Expect::Version(case.version)).note(note("held", Some(&held), held.because.clone()));
    deps.outbox.commit(change, now).await?;
    Ok(())
}

async fn finish(
    id: &MessageId,
    running: &Running,
    missing: &Missing,
    deps: &Deps<'_>,
) -> Result<Outcome, HandlerError> {
    let record = &running.record;
    let now = deps.clock.now();
    let trail = records::trail(deps.outbox.store, &scan_partition(&record.system)).await?;
    let mut change = Change::new(Some(MessageId::of(&["scan", record.scan.as_str()])), trail, now);
    change.scan(record);
    change.note(note(
        if record.brake.is_some() { "stopped by the brake" } else { "scanned" },
        None,
        format!(
            "{} contacts, {} first seen, {} changed: {} alerted, {} held, {} silenced{}",
            record.contacts,
            record.first_seen,
            record.changed,
            record.alerted,
            record.held,
            record.silenced,
            record.brake.as_ref().map(|saw| format!("; {saw}")).unwrap_or_default()
        ),
    ));
    settle_absence(&mut change, record, missing, deps).await?;
    if record.brake.is_some() {
        let body = Body::NotifyBrake { system: record.system.clone(), scan: record.scan.clone() };
        change.send(Message::new(MessageId::of(&["brake", record.scan.as_str()]), body));
    }
    change.remove(running_key(&record.system));
    let outcome = deps.outbox.commit_in_batch(change).await?;
    if outcome == Outcome::Done {
        tracing::info!(scan.id = %record.scan, message.id = %id, contacts = record.contacts, "the scan came to its end");
        (deps.ended)(record);
    }
    deps.outbox.end_batch(now).await?;
    tidy(running, deps).await?;
    Ok(outcome)
}

/// What is doubted waits for a person; what is believed is over.
async fn settle_absence(
    change: &mut Change,
    record: &ScanRecord,
    missing: &Missing,
    deps: &Deps<'_>,
) -> Result<(), HandlerError> {
    let key = absence_key(&record.system);
    let stored = records::read::<Absence>(deps.outbox.store, &key).await?;
    match missing {
        Missing::Unknown => {}
        Missing::Doubted(count) => {
            let (mut absence, expect) = match stored {
                Some(loaded) => (loaded.value, Expect::Version(loaded.version)),
                None => (Absence::default(), Expect::Absent),
            };
            absence.missing.insert(record.scan.clone(), *count);
            absence.ruling = None;
            change.put(key, &absence, expect);
        }
        Missing::Believed { ids, ruling } => {
            if stored.is_some() {
                change.remove(key);
            }
            if *ruling == Some(Ruling::Discarded) && !ids.is_empty() {
                let grounds = format!("{} missing contacts; a person said that nobody need be told", ids.len());
                change.note(note("marked as deleted", None, grounds));
            }
        }
    }
    Ok(())
}

/// Removes what was noted on the way. What a crash leaves of it expires.
async fn tidy(running: &Running, deps: &Deps<'_>) -> Result<(), HandlerError> {
    let mut done = Vec::new();
    for part in domain::progress::parts(deps.outbox.store, running).await? {
        let at = running.part(part.value.number);
        done.extend((0..part.value.chunks).map(|chunk| chunk_key(&at, chunk)));
        done.push(part_key(&at.system, &at.scan, at.part));
    }
    let tallies = tally_partition(&running.record.scan);
    let mut after: Option<String> = None;
    loop {
        let rows = rows(&tallies, after.as_deref(), ROWS, deps).await?;
        done.extend(rows.iter().map(|row| Key::new(tallies.clone(), row.sort.as_str())));
        match rows.last() {
            Some(last) if rows.len() == ROWS => after = Some(last.sort.clone()),
            _ => break,
        }
    }
    Ok(deps.outbox.store.save(Vec::new(), done).await?)
}
