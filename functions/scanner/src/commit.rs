//! Writes what a scan concluded, one commit an account: snapshots, cases, audit and messages together.
//! What would be told is kept until the end of the pass, because only then is it known whether the brake must hold it.

use std::collections::BTreeMap;

use domain::audit::Note;
use domain::case::{Case, State};
use domain::handler::{HandlerError, Outcome};
use domain::messages::{Body, CaseRef, Message};
use domain::ports::{Commit, Expect, Index, Write};
use domain::records::{
    self, Absence, Braked, CASES, Change, Loaded, Ruling, ScanRecord, Silenced, absence_key, account_partition,
    brake_key, brake_write, scan_partition,
};
use domain::scan::{Conclusion, Scan, Sight};
use domain::snapshot::{Latest, Snapshot};
use domain::{AccountId, ContactId, MessageId};

use crate::Deps;

/// A store takes at most 100 writes in one commit; one finding makes up to eight.
const WRITES: usize = 85;

/// Snapshots from which nothing follows that are written in one commit.
const BASELINES: usize = 90;

/// Accounts whose messages are handed over together.
const ACCOUNTS: usize = 50;

/// What was concluded and not yet written.
pub(crate) struct Settled<'a> {
    scan: &'a Scan<'a>,
    /// What the scan found so far.
    pub record: ScanRecord,
    quiet: BTreeMap<AccountId, Vec<(Sight, Conclusion)>>,
    loud: BTreeMap<AccountId, Vec<(Sight, Conclusion)>>,
    loud_count: usize,
    limit: usize,
    /// An account's people who are first seen are written together. If a crash came between them, the rest would look
    /// like newcomers to an account we know. Those who would be news come first, with `true`.
    baselines: BTreeMap<Option<AccountId>, Vec<(bool, Write)>>,
    /// An earlier run was ended while it held findings, and this one goes on with it.
    taken_up: bool,
    /// What stands about missing contacts, as it was read.
    absence: Option<Loaded<Absence>>,
    missing: Missing,
    forgotten: u64,
}

/// What this pass makes of the contacts that are missing.
enum Missing {
    /// Nothing can be said, and whatever stands about it stays.
    Unknown,
    /// So many that it is not believed.
    Doubted(u64),
    /// As many as is plausible, or as a person has confirmed.
    Believed,
}

impl<'a> Settled<'a> {
    /// Nothing yet; `limit` alerts are plausible, and `absence` is what earlier scans have left open.
    pub(crate) fn new(scan: &'a Scan<'a>, limit: usize, absence: Option<Loaded<Absence>>) -> Self {
        let record = ScanRecord {
            scan: scan.id.clone(),
            system: scan.system.to_owned(),
            at: scan.at,
            contacts: 0,
            first_seen: 0,
            changed: 0,
            alerted: 0,
            held: 0,
            silenced: 0,
            brake: None,
            shadow: scan.shadow,
        };
        Self {
            scan,
            record,
            quiet: BTreeMap::new(),
            loud: BTreeMap::new(),
            loud_count: 0,
            limit,
            baselines: BTreeMap::new(),
            taken_up: false,
            absence,
            missing: Missing::Unknown,
            forgotten: 0,
        }
    }

    /// Goes on with a scan that was being stopped when it was ended.
    pub(crate) fn take_up(&mut self, braked: &Braked) {
        self.brake(&braked.saw);
        self.taken_up = true;
    }

    /// Stops the scan because so many contacts are missing.
    pub(crate) fn doubt_absence(&mut self, missing: usize) {
        self.brake(&format!("{missing} of {} contacts are missing", self.record.contacts));
        self.missing = Missing::Doubted(missing as u64);
    }

    /// Takes whatever is missing as deleted.
    pub(crate) fn believe_absence(&mut self) {
        self.missing = Missing::Believed;
    }

    /// Marks a contact as deleted without judging it.
    pub(crate) fn forget(&mut self, sight: Sight) {
        if let Some((mut snapshot, version)) = sight.before {
            snapshot.standing.deleted = true;
            self.forgotten += 1;
            self.add_baseline(&sight.contact, &snapshot, Expect::Version(version));
        }
    }

    /// Stops the scan: from now on everything is held.
    fn brake(&mut self, saw: &str) {
        self.record.brake.get_or_insert_with(|| saw.to_owned());
    }

    /// Takes one conclusion.
    pub(crate) fn take(&mut self, sight: Sight, conclusion: Conclusion) {
        let account = match &conclusion {
            Conclusion::Baseline(snapshot) => {
                return self.add_baseline(&sight.contact, snapshot, expected(&sight));
            }
            Conclusion::Silenced { account, .. } => account.clone(),
            Conclusion::Found { case, .. } => case.account.clone(),
            Conclusion::Reverted { latest, .. } => latest.account.clone(),
        };
        let told = matches!(&conclusion, Conclusion::Found { case, .. } if case.state == State::Detected);
        if told && !self.is_confirmed(&sight) {
            self.loud_count += 1;
            if self.loud_count > self.limit {
                let contacts = self.record.contacts;
                self.brake(&format!("more than {} of {contacts} contacts would be alerted on", self.limit));
            }
        }
        let group = if told { &mut self.loud } else { &mut self.quiet };
        group.entry(account).or_default().push((sight, conclusion));
    }

    /// Whether a person has said that contacts like this one were really deleted.
    fn is_confirmed(&self, sight: &Sight) -> bool {
        let ruling = self.absence.as_ref().and_then(|absence| absence.value.ruling);
        sight.after.is_none() && matches!(ruling, Some((Ruling::Released, _)))
    }

    fn add_baseline(&mut self, contact: &ContactId, snapshot: &Snapshot, expect: Expect) {
        let write = records::snapshot_write(self.scan.system, contact, snapshot, expect);
        let news = self.scan.config.watch.is_key(&snapshot.seen);
        self.baselines.entry(snapshot.seen.account.clone()).or_default().push((news, write));
    }

    /// Writes what nobody is told of, and, once the brake holds, everything.
    pub(crate) async fn flush(&mut self, deps: &Deps<'_>) -> Result<(), HandlerError> {
        self.write_baselines(deps).await?;
        let quiet = std::mem::take(&mut self.quiet);
        self.write(quiet, deps).await?;
        if let Some(saw) = self.record.brake.clone().filter(|_| !self.loud.is_empty()) {
            let writes = vec![brake_write(self.scan.system, &Braked { saw, scan: self.scan.id.clone() })];
            deps.outbox.store.commit(Commit { claim: None, writes }).await?;
            let loud = std::mem::take(&mut self.loud);
            self.write(loud, deps).await?;
        }
        Ok(())
    }

    /// Writes the rest, and what the scan found.
    pub(crate) async fn finish(mut self, deps: &Deps<'_>) -> Result<ScanRecord, HandlerError> {
        self.flush(deps).await?;
        let loud = std::mem::take(&mut self.loud);
        self.write(loud, deps).await?;
        if self.taken_up {
            self.record.held = self.held(deps).await?;
        }

        let record = &self.record;
        let chain = scan_partition(self.scan.system);
        let trail = records::trail(deps.outbox.store, &chain).await?;
        let claim = MessageId::of(&["scan", self.scan.id.as_str()]);
        let mut change = Change::new(Some(claim), trail, deps.clock.now());
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
        self.settle_absence(&mut change);
        if record.brake.is_some() {
            let body = Body::NotifyBrake { system: self.scan.system.to_owned(), scan: self.scan.id.clone() };
            change.send(Message::new(MessageId::of(&["brake", self.scan.id.as_str()]), body));
            change.remove(brake_key(self.scan.system));
        }
        if deps.outbox.commit(change, deps.clock.now()).await? == Outcome::AlreadyDone {
            let writes = vec![Write::Delete(brake_key(self.scan.system))];
            deps.outbox.store.commit(Commit { claim: None, writes }).await?;
        }
        Ok(self.record)
    }

    /// How many findings of this scan are held, by whichever run they were filed.
    async fn held(&self, deps: &Deps<'_>) -> Result<u64, HandlerError> {
        let cases = records::all::<Case>(deps.outbox.store, Index::Secondary, CASES, "").await?;
        let held = cases.iter().filter(|case| case.value.state == State::Held && case.value.scan == *self.scan.id);
        Ok(held.count() as u64)
    }

    /// What is doubted waits for a person; what is believed is over.
    fn settle_absence(&self, change: &mut Change) {
        let key = absence_key(self.scan.system);
        match self.missing {
            Missing::Unknown => {}
            Missing::Doubted(missing) => {
                let (mut absence, expect) = match &self.absence {
                    Some(loaded) => (loaded.value.clone(), Expect::Version(loaded.version)),
                    None => (Absence::default(), Expect::Absent),
                };
                absence.missing.insert(self.scan.id.clone(), missing);
                absence.ruling = None;
                change.put(key, &absence, expect);
            }
            Missing::Believed if self.absence.is_some() => {
                change.remove(key);
            }
            Missing::Believed => {}
        }
        if self.forgotten > 0 {
            let grounds = format!("{} missing contacts; a person said that nobody need be told", self.forgotten);
            change.note(note("marked as deleted", None, grounds));
        }
    }

    /// Snapshots from which nothing follows need no audit entry and no other write beside them.
    async fn write_baselines(&mut self, deps: &Deps<'_>) -> Result<(), HandlerError> {
        for mut people in std::mem::take(&mut self.baselines).into_values() {
            people.sort_by_key(|(news, _)| !news);
            let mut writes = people.into_iter().map(|(_, write)| write).peekable();
            while writes.peek().is_some() {
                let writes = writes.by_ref().take(BASELINES).collect();
                deps.outbox.store.commit(Commit { claim: None, writes }).await?;
            }
        }
        Ok(())
    }

    async fn write(
        &mut self,
        accounts: BTreeMap<AccountId, Vec<(Sight, Conclusion)>>,
        deps: &Deps<'_>,
    ) -> Result<(), HandlerError> {
        let mut ready = Vec::new();
        for (account, conclusions) in accounts {
            let mut change = self.change(&account, deps).await?;
            for (sight, conclusion) in conclusions {
                if change.len() > WRITES {
                    deps.outbox.commit(change, deps.clock.now()).await?;
                    change = self.change(&account, deps).await?;
                }
                self.add(&mut change, &sight, conclusion, deps).await?;
            }
            ready.push(change);
            if ready.len() >= ACCOUNTS {
                deps.outbox.commit_all(std::mem::take(&mut ready), deps.clock.now()).await?;
            }
        }
        deps.outbox.commit_all(ready, deps.clock.now()).await
    }

    async fn change(&self, account: &AccountId, deps: &Deps<'_>) -> Result<Change, HandlerError> {
        let trail = records::trail(deps.outbox.store, &account_partition(account)).await?;
        Ok(Change::new(None, trail, deps.clock.now()))
    }

    async fn add(
        &mut self,
        change: &mut Change,
        sight: &Sight,
        conclusion: Conclusion,
        deps: &Deps<'_>,
    ) -> Result<(), HandlerError> {
        let snapshot = match conclusion {
            Conclusion::Baseline(snapshot) => snapshot,
            Conclusion::Silenced { account, account_name, finding, reason, snapshot } => {
                self.record.silenced += 1;
                change.note(note("silenced", None, format!("contact {}: {reason}", sight.contact)));
                change.silenced(&Silenced {
                    at: self.scan.at,
                    account,
                    account_name,
                    contact: sight.contact.clone(),
                    name: sight.name(),
                    finding,
                    reason,
                });
                snapshot
            }
            Conclusion::Found { case, snapshot } => {
                self.file(change, *case);
                snapshot
            }
            Conclusion::Reverted { latest, because, snapshot } => {
                self.clear(change, &latest, &because, deps).await?;
                snapshot
            }
        };
        change.snapshot(self.scan.system, &sight.contact, &snapshot, expected(sight));
        Ok(())
    }

    /// Files a new case; the brake holds it.
    fn file(&mut self, change: &mut Change, mut case: Case) {
        if let Some(saw) = self.record.brake.as_ref().filter(|_| case.state == State::Detected) {
            case.state = State::Held;
            case.brake = Some(self.scan.id.clone());
            case.because = format!("held by the brake of scan {}: {saw}", self.scan.id);
            case.history = vec![(State::Held, self.scan.at)];
        }
        let action = if case.state == State::Held { "held" } else { "detected" };
        let grounds = format!(
            "{} ({} % sure, rules {}) {}",
            case.finding.sentence.reveal(),
            case.finding.percent(),
            case.finding.rules,
            if case.state == State::Held { &case.because } else { "" }
        );
        change.case(&case, Expect::Absent).note(note(action, Some(&case), grounds.trim_end().to_owned()));
        if case.state == State::Held {
            self.record.held += 1;
            return;
        }
        self.record.alerted += 1;
        let about = CaseRef { account: case.account.clone(), case: case.id.clone() };
        change.send(Message::new(MessageId::of(&["enrich", case.id.as_str()]), Body::Enrich(about)));
    }

    /// Clears the case that was taken back. Whoever was told of it is told of this too.
    async fn clear(
        &self,
        change: &mut Change,
        latest: &Latest,
        because: &str,
        deps: &Deps<'_>,
    ) -> Result<(), HandlerError> {
        let about = CaseRef { account: latest.account.clone(), case: latest.case.clone() };
        let Some(case) = records::case(deps.outbox.store, &about).await? else { return Ok(()) };
        let told = matches!(case.value.state, State::Notified | State::Acknowledged);
        let cleared = case.value.become_state(State::Cleared, because, self.scan.at)?;
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

fn note(action: &str, case: Option<&Case>, grounds: String) -> Note {
    Note { actor: "scanner".to_owned(), action: action.to_owned(), case: case.map(|case| case.id.clone()), grounds }
}
