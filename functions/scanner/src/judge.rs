//! Judges what the parts of a scan have seen, all of it together: colleagues who change at once are judged at once, and
//! contacts that are missing are believed or not by how many they are. Goes on where an earlier invocation ended: whatever
//! is committed already shows in its snapshot.

use std::collections::{BTreeSet, HashMap, HashSet};

use domain::handler::{HandlerError, Outcome};
use domain::messages::{Body, Message};
use domain::ports::{Commit, Committed, Consistency, Expect, Key, Row, StoreError};
use domain::progress::{self, Part, Phase, Running, Sighted, chunk_key};
use domain::records::{self, Absence, Change, Loaded, Ruling, absence_key, snapshot_key};
use domain::scan::{Scan, Sight, conclude};
use domain::snapshot::Snapshot;
use domain::{ContactId, MessageId};

use crate::file::{Filing, Left};
use crate::surroundings::Neighbourhood;
use crate::{Deps, close, look};

/// Changed contacts that are judged together.
const TOGETHER: usize = 20_000;

/// Judges, if every part is through, and closes the scan.
pub(crate) async fn judge(id: MessageId, running: Loaded<Running>, deps: &Deps<'_>) -> Result<Outcome, HandlerError> {
    let parts = progress::parts(deps.outbox.store, &running.value).await?;
    let parts: Vec<Part> = parts.into_iter().map(|part| part.value).collect();
    let unfinished = parts.iter().filter(|part| !part.done).count();
    if unfinished > 0 {
        return Ok(Outcome::Skipped(format!("{unfinished} parts are not through yet")));
    }
    let running = match &running.value.phase {
        Phase::Looking => {
            let phase = Phase::Judging { by: id.clone(), next: (0, 0) };
            advance(
                Running { phase, record: counted(&running.value, &parts, deps).await?, ..running.value.clone() },
                running.version,
                deps,
            )
            .await?
        }
        Phase::Judging { by, .. } | Phase::Closing { by } if *by != id => {
            return Ok(Outcome::Skipped("another message goes on with it".to_owned()));
        }
        Phase::Judging { .. } | Phase::Closing { .. } => running,
    };
    let missing = missing(&parts, deps).await?;
    let running = match running.value.phase {
        Phase::Judging { next, .. } => match judge_from(&id, next, running, &parts, &missing, deps).await? {
            Some(running) => running,
            None => return Ok(Outcome::Done),
        },
        Phase::Looking | Phase::Closing { .. } => running,
    };
    close::close(&id, running, &missing, deps).await
}

/// What the parts have counted.
async fn counted(running: &Running, parts: &[Part], deps: &Deps<'_>) -> Result<records::ScanRecord, HandlerError> {
    let sum = |of: fn(&Part) -> u64| parts.iter().map(of).sum::<u64>();
    let (given, first_seen) = (sum(|part| part.contacts), sum(|part| part.first_seen));
    // A live CRM goes on changing while it is looked at, behind the look too.
    let newest = parts.iter().filter_map(|part| part.newest).max().map(|newest| newest.min(running.record.at));
    let mut record = running.record.clone();
    record.first_seen = first_seen;
    record.changed = sum(|part| part.changed);
    record.watermark = record.watermark.max(newest);
    (record.contacts, record.touched) = match running.since {
        None => (given, None),
        Some(_) => {
            let known = crate::finished(deps).await?.last().map_or(0, |previous| previous.contacts);
            (known + first_seen, Some(given))
        }
    };
    Ok(record)
}

/// Records how far the scan is; from then on only `by` goes on with it.
pub(crate) async fn advance(running: Running, version: u64, deps: &Deps<'_>) -> Result<Loaded<Running>, HandlerError> {
    let now = deps.clock.now();
    let running = Running { moved: now, ..running };
    let commit = Commit { claim: None, writes: vec![running.write(Expect::Version(version))] };
    match deps.outbox.store.commit(commit).await? {
        Committed::Written { version } => Ok(Loaded { value: running, version }),
        Committed::Already => Err(HandlerError::Retry("the scan came to its end in between".to_owned())),
    }
}

/// Leaves the rest to a message.
pub(crate) async fn hand_on(
    running: Running,
    version: u64,
    phase: impl FnOnce(MessageId) -> Phase,
    deps: &Deps<'_>,
) -> Result<(), HandlerError> {
    let now = deps.clock.now();
    let at = running.part(0);
    let id = MessageId::of(&["judge", at.scan.as_str(), "from", &version.to_string()]);
    let running = Running { moved: now, phase: phase(id.clone()), ..running };
    let mut change = Change::untold(None, now);
    change.write(running.write(Expect::Version(version))).send(Message::new(id, Body::Judge(at)));
    deps.outbox.commit(change, now).await?;
    Ok(())
}

/// What a scan makes of the contacts that are missing.
pub(crate) enum Missing {
    /// Nothing can be said, and whatever stands about it stays.
    Unknown,
    /// So many that it is not believed.
    Doubted(u64),
    /// As many as is plausible, or as a person has confirmed.
    Believed { ids: Vec<ContactId>, ruling: Option<Ruling> },
}

async fn missing(parts: &[Part], deps: &Deps<'_>) -> Result<Missing, HandlerError> {
    let count: u64 = parts.iter().map(|part| part.missing_count).sum();
    // A part that was broken off may have been told of one twice.
    let ids: BTreeSet<ContactId> = parts.iter().flat_map(|part| part.missing.iter().cloned()).collect();
    let ids: Vec<ContactId> = ids.into_iter().collect();
    if count > look::believable(deps).await? as u64 {
        return Ok(Missing::Doubted(count));
    }
    if parts.iter().any(|part| part.blind) {
        return Ok(Missing::Unknown);
    }
    let absence = records::read::<Absence>(deps.outbox.store, &absence_key(deps.crm.system())).await?;
    Ok(Missing::Believed { ids, ruling: absence.and_then(|absence| absence.value.ruling).map(|(ruling, _)| ruling) })
}

/// Judges group by group. Returns nothing where time was up and a message goes on with the rest.
async fn judge_from(
    id: &MessageId,
    mut next: (u32, u32),
    mut running: Loaded<Running>,
    parts: &[Part],
    missing: &Missing,
    deps: &Deps<'_>,
) -> Result<Option<Loaded<Running>>, HandlerError> {
    loop {
        let (sighted, then) = group(next, &running.value, parts, deps).await?;
        let last = then.is_none();
        let gone = match missing {
            Missing::Believed { ids, .. } => ids.as_slice(),
            Missing::Unknown | Missing::Doubted(_) => &[],
        };
        let left = judge_group(sighted, gone, last, &running.value, missing, deps).await?;
        let Loaded { value, version } = running;
        match (left, then) {
            (Left::Nothing, None) => {
                let phase = Phase::Closing { by: id.clone() };
                return Ok(Some(advance(Running { phase, ..value }, version, deps).await?));
            }
            (Left::Nothing, Some(then)) if (deps.has_time)() => {
                let phase = Phase::Judging { by: id.clone(), next: then };
                running = advance(Running { phase, ..value }, version, deps).await?;
                next = then;
            }
            (left, then) => {
                let next = match left {
                    Left::Nothing => then.unwrap_or(next),
                    Left::Some => next,
                };
                hand_on(value, version, |by| Phase::Judging { by, next }, deps).await?;
                return Ok(None);
            }
        }
    }
}

/// What comes next, and where the group after it begins.
async fn group(
    (mut part, mut chunk): (u32, u32),
    running: &Running,
    parts: &[Part],
    deps: &Deps<'_>,
) -> Result<(Vec<Sighted>, Option<(u32, u32)>), HandlerError> {
    let mut sighted = Vec::new();
    while let Some(of) = parts.iter().find(|p| p.number == part) {
        if chunk >= of.chunks {
            (part, chunk) = (part + 1, 0);
            continue;
        }
        if sighted.len() >= TOGETHER {
            return Ok((sighted, Some((part, chunk))));
        }
        let key = chunk_key(&running.part(part), chunk);
        let row = deps.outbox.store.get(&key).await?;
        let unreadable = |reason: String| StoreError::Unreadable { key: key.sort.clone(), reason };
        let row = row.ok_or_else(|| unreadable("it is gone; ask for another scan".to_owned()))?;
        sighted.extend(Sighted::read_all(&row.body).map_err(unreadable)?);
        chunk += 1;
    }
    Ok((sighted, None))
}

async fn judge_group(
    sighted: Vec<Sighted>,
    gone: &[ContactId],
    last: bool,
    running: &Running,
    missing: &Missing,
    deps: &Deps<'_>,
) -> Result<Left, HandlerError> {
    let disappeared: HashSet<ContactId> = gone.iter().cloned().collect();
    let mut around = Neighbourhood::of(&sighted, disappeared);
    let ids: Vec<ContactId> = sighted.iter().map(|one| one.contact.clone()).collect();
    let known = snapshots(&ids, deps).await?;
    let mut sights = Vec::with_capacity(sighted.len());
    let mut scratch = Vec::new();
    let mut seen = HashSet::with_capacity(sighted.len());
    for Sighted { contact, after, beside, .. } in sighted {
        // Two who looked at one part at the same time may both have noted it.
        if !seen.insert(contact.clone()) {
            continue;
        }
        let row = known.get(&*contact.order_key());
        // What an earlier go has committed is done; what was told is struck off in the same commit.
        if beside.told.is_empty() && row.is_some_and(|row| Snapshot::shows(&row.body, &after, &mut scratch)) {
            continue;
        }
        let (before, after) = (row.map(before).transpose()?, Some(after));
        sights.push(Sight { before, contact, after, by_owner: beside.by_owner, told: beside.told });
    }
    let record = &running.record;
    let mut filing = Filing::new(record, missing);
    if last {
        let known = snapshots(gone, deps).await?;
        for contact in gone {
            let Some(before) = known.get(&*contact.order_key()).map(before).transpose()? else { continue };
            if before.0.standing.deleted {
                continue;
            }
            let (contact, before) = (contact.clone(), Some(before));
            let sight = Sight { contact, before, after: None, by_owner: false, told: Vec::new() };
            if matches!(missing, Missing::Believed { ruling: Some(Ruling::Discarded), .. }) {
                filing.forget(sight);
            } else {
                sights.push(sight);
            }
        }
    }
    let scan =
        Scan { id: &record.scan, system: &record.system, at: record.at, shadow: record.shadow, config: deps.config };
    around.read(&sights, deps).await?;
    for sight in sights {
        let conclusion = conclude(&sight, &around.surroundings(&sight), &scan);
        filing.take(sight, conclusion);
    }
    filing.write(deps).await
}

async fn snapshots(ids: &[ContactId], deps: &Deps<'_>) -> Result<HashMap<String, Row>, HandlerError> {
    let keys: Vec<Key> = ids.iter().map(|id| snapshot_key(deps.crm.system(), id)).collect();
    let rows = deps.outbox.store.get_all(&keys, Consistency::Strong).await?;
    Ok(rows.into_iter().map(|row| (row.sort.clone(), row)).collect())
}

fn before(row: &Row) -> Result<(Snapshot, u64), StoreError> {
    let snapshot = Snapshot::decode(&row.body).map_err(|e| StoreError::Unreadable {
        key: format!("{} {}", row.partition, row.sort),
        reason: e.to_string(),
    })?;
    Ok((snapshot, row.version))
}
