//! Writes what a scan concluded. Findings are committed account by account: snapshots, cases, audit entries and messages
//! together; the messages wait for the end of the scan, because only then is it known whether the brake must hold them.
//! Silent changes are committed many at a time: what nobody is told of needs no chain of its own.

use std::collections::BTreeMap;

use domain::audit::Note;
use domain::case::{Case, State};
use domain::handler::HandlerError;
use domain::messages::{Body, CaseRef, Message};
use domain::ports::{Commit, Expect, Write};
use domain::progress::waiting_partition;
use domain::records::{
    self, Change, Ruling, ScanRecord, Silenced, Trail, account_partition, scan_partition, snapshot_item,
};
use domain::scan::{Conclusion, Sight};
use domain::snapshot::{Latest, Snapshot};
use domain::{AccountId, MessageId, ScanId};
use futures_util::{StreamExt, TryStreamExt, stream};

use crate::Deps;
use crate::judge::Missing;

/// A store takes at most 100 writes in one commit; one finding makes up to eight.
const WRITES: usize = 85;
/// Accounts whose findings are written in one commit where they have room in it.
const ACCOUNTS: usize = 16;
/// Silent changes that are written in one commit: a write each, and four for all.
const SILENT: usize = 90;
/// Snapshots from which nothing follows that are written in one commit.
const BASELINES: usize = 90;
/// Commits that are made at the same time.
const AT_ONCE: usize = 8;

/// Waits at the end of a scan unless the brake holds it.
pub(crate) const ALERT: &str = "ALERT#";
/// Waits at the end of a scan; a person has said that it is right.
pub(crate) const CONFIRMED: &str = "CONFIRMED#";

/// Whether time was up before everything was written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Left {
    Nothing,
    Some,
}

/// What was concluded and not yet written.
pub(crate) struct Filing<'a> {
    record: &'a mut ScanRecord,
    /// A person has said that contacts that are missing were really deleted.
    confirmed: bool,
    accounts: BTreeMap<AccountId, Vec<(Sight, Conclusion)>>,
    silent: Vec<(Sight, Silenced, Snapshot)>,
    /// An account's people who are first seen are written together. If a crash came between them, the rest would look
    /// like newcomers to an account we know. Those who would be news come first, with `true`.
    baselines: BTreeMap<Option<AccountId>, Vec<(bool, Sight, Snapshot)>>,
}

impl<'a> Filing<'a> {
    pub(crate) fn new(record: &'a mut ScanRecord, missing: &Missing) -> Self {
        let confirmed = matches!(missing, Missing::Believed { ruling: Some(Ruling::Released), .. });
        Self { record, confirmed, accounts: BTreeMap::new(), silent: Vec::new(), baselines: BTreeMap::new() }
    }

    /// Marks a contact as deleted without judging it.
    pub(crate) fn forget(&mut self, sight: Sight) {
        if let Some((mut snapshot, version)) = sight.before.clone() {
            snapshot.standing.deleted = true;
            let sight = Sight { before: Some((snapshot.clone(), version)), ..sight };
            self.baselines.entry(snapshot.seen.account.clone()).or_default().push((false, sight, snapshot));
        }
    }

    /// Takes one conclusion.
    pub(crate) fn take(&mut self, sight: Sight, conclusion: Conclusion) {
        let account = match conclusion {
            Conclusion::Baseline(snapshot) => {
                let account = snapshot.seen.account.clone();
                return self.baselines.entry(account).or_default().push((sight.before.is_none(), sight, snapshot));
            }
            Conclusion::Silenced { account, account_name, finding, reason, snapshot } => {
                let (at, contact, name) = (self.record.at, sight.contact.clone(), sight.name());
                let silenced = Silenced { at, account, account_name, contact, name, finding, reason };
                return self.silent.push((sight, silenced, snapshot));
            }
            Conclusion::Found { ref case, .. } => case.account.clone(),
            Conclusion::Reverted { ref latest, .. } => latest.account.clone(),
        };
        self.accounts.entry(account).or_default().push((sight, conclusion));
    }

    /// Writes everything for which there is time.
    pub(crate) async fn write(mut self, deps: &Deps<'_>) -> Result<Left, HandlerError> {
        self.write_baselines(deps).await?;
        if self.write_silent(deps).await? == Left::Some {
            return Ok(Left::Some);
        }
        let (scan, at, system) = (self.record.scan.clone(), self.record.at, self.record.system.clone());
        let file = File { scan: &scan, at, system: &system, confirmed: self.confirmed, deps };
        let accounts: Vec<Findings> = std::mem::take(&mut self.accounts).into_iter().collect();
        let written = stream::iter(accounts).chunks(ACCOUNTS).map(|some| file.accounts(some));
        let written: Vec<(Left, u64)> = written.buffer_unordered(AT_ONCE).try_collect().await?;
        self.record.held += written.iter().map(|(_, held)| held).sum::<u64>();
        let is_left = written.iter().any(|(left, _)| *left == Left::Some);
        Ok(if is_left { Left::Some } else { Left::Nothing })
    }

    /// Snapshots from which nothing follows need no audit entry and no other write beside them.
    async fn write_baselines(&mut self, deps: &Deps<'_>) -> Result<(), HandlerError> {
        for mut people in std::mem::take(&mut self.baselines).into_values() {
            people.sort_by_key(|(new, _, snapshot)| !(*new && deps.config.watch.is_key(&snapshot.seen)));
            for people in people.chunks(BASELINES) {
                let write = |(_, sight, snapshot): &(bool, Sight, Snapshot)| {
                    Write::Put(snapshot_item(&self.record.system, &sight.contact, snapshot), expected(sight))
                };
                let writes = people.iter().map(write).collect();
                deps.outbox.store.commit(Commit { claim: None, writes }).await?;
            }
        }
        Ok(())
    }

    async fn write_silent(&mut self, deps: &Deps<'_>) -> Result<Left, HandlerError> {
        for silent in std::mem::take(&mut self.silent).chunks(SILENT) {
            if !(deps.has_time)() {
                return Ok(Left::Some);
            }
            let trail = records::trail(deps.outbox.store, &scan_partition(&self.record.system)).await?;
            let mut change = Change::new(None, trail, deps.clock.now());
            for (sight, _, snapshot) in silent {
                change.snapshot(&self.record.system, &sight.contact, snapshot, expected(sight));
            }
            let silenced: Vec<Silenced> = silent.iter().map(|(_, one, _)| one.clone()).collect();
            let lines = silenced
                .iter()
                .map(|one| format!("contact {} of account {}: {}", one.contact, one.account, one.reason));
            let note = note("silenced", None, lines.collect::<Vec<_>>().join("; "));
            change.silenced(&self.record.scan, &silenced).note(note);
            deps.outbox.commit(change, deps.clock.now()).await?;
            self.record.silenced += silent.len() as u64;
        }
        Ok(Left::Nothing)
    }
}

/// What was found in one account.
type Findings = (AccountId, Vec<(Sight, Conclusion)>);

/// Files what was found in one account after the other.
struct File<'a> {
    scan: &'a ScanId,
    at: jiff::Timestamp,
    system: &'a str,
    confirmed: bool,
    deps: &'a Deps<'a>,
}

impl File<'_> {
    /// Returns how many findings wait for a review; nothing where there was no time.
    /// Says as well how many findings wait for a review.
    async fn accounts(&self, accounts: Vec<Findings>) -> Result<(Left, u64), HandlerError> {
        let mut held = 0;
        let mut left = Left::Nothing;
        let mut change = Change::untold(None, self.deps.clock.now());
        for (account, conclusions) in accounts {
            if !(self.deps.has_time)() {
                left = Left::Some;
                break;
            }
            change.turn_to(self.trail(&account).await?);
            for (sight, conclusion) in conclusions {
                if change.len() > WRITES {
                    self.deps.outbox.commit(change, self.deps.clock.now()).await?;
                    change = Change::new(None, self.trail(&account).await?, self.deps.clock.now());
                }
                held += self.conclude(&mut change, &sight, conclusion).await?;
            }
        }
        if !change.is_empty() {
            self.deps.outbox.commit(change, self.deps.clock.now()).await?;
        }
        Ok((left, held))
    }

    /// Gathers one conclusion. Returns how many findings of it wait for a review.
    async fn conclude(&self, change: &mut Change, sight: &Sight, conclusion: Conclusion) -> Result<u64, HandlerError> {
        let mut held = 0;
        let snapshot = match conclusion {
            Conclusion::Baseline(snapshot) | Conclusion::Silenced { snapshot, .. } => snapshot,
            Conclusion::Found { case, snapshot } => {
                held += u64::from(case.state == State::Held);
                self.file(change, sight, &case);
                snapshot
            }
            Conclusion::Reverted { latest, because, snapshot } => {
                self.clear(change, &latest, &because).await?;
                snapshot
            }
        };
        change.snapshot(self.system, &sight.contact, &snapshot, expected(sight));
        Ok(held)
    }

    async fn trail(&self, account: &AccountId) -> Result<Trail, HandlerError> {
        Ok(records::trail(self.deps.outbox.store, &account_partition(account)).await?)
    }

    /// Files a new case. One that is to be told waits for the end of the scan.
    fn file(&self, change: &mut Change, sight: &Sight, case: &Case) {
        let held = case.state == State::Held;
        let grounds = format!(
            "{} ({} % sure, rules {}) {}",
            case.finding.sentence.reveal(),
            case.finding.percent(),
            case.finding.rules,
            if held { &case.because } else { "" }
        );
        if held {
            change.case(case, Expect::Absent);
        } else {
            let about = CaseRef { account: case.account.clone(), case: case.id.clone() };
            let message = Message::new(MessageId::of(&["enrich", case.id.as_str()]), Body::Enrich(about));
            let kind = if sight.after.is_none() && self.confirmed { CONFIRMED } else { ALERT };
            change.case_waiting(case, message, &waiting_partition(self.scan), kind);
        }
        change.note(note(if held { "held" } else { "detected" }, Some(case), grounds.trim_end().to_owned()));
    }

    /// Clears the case that was taken back. Whoever was told of it is told of this too.
    async fn clear(&self, change: &mut Change, latest: &Latest, because: &str) -> Result<(), HandlerError> {
        let about = CaseRef { account: latest.account.clone(), case: latest.case.clone() };
        let Some(case) = records::case(self.deps.outbox.store, &about).await? else { return Ok(()) };
        let told = matches!(case.value.state, State::Notified | State::Acknowledged);
        let cleared = case.value.become_state(State::Cleared, because, self.at)?;
        change.case(&cleared, Expect::Version(case.version));
        change.note(note("cleared", Some(&cleared), because.to_owned()));
        if told {
            let id = MessageId::of(&["cleared", cleared.id.as_str()]);
            change.send(Message::new(id, Body::NotifyCleared(about)));
        }
        Ok(())
    }
}

fn expected(sight: &Sight) -> Expect {
    match &sight.before {
        Some((_, version)) => Expect::Version(*version),
        None => Expect::Absent,
    }
}

pub(crate) fn note(action: &str, case: Option<&Case>, grounds: String) -> Note {
    Note { actor: "scanner".to_owned(), action: action.to_owned(), case: case.map(|case| case.id.clone()), grounds }
}
