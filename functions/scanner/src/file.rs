//! Writes what a scan concluded. The findings of a few accounts are committed together: snapshots, cases, audit entries and
//! messages; the messages wait for the end of the scan, because only then is it known whether the brake must hold them.
//! Silent changes are committed many at a time: what nobody is told of needs no chain of its own.

use std::collections::BTreeMap;

use domain::audit::Note;
use domain::case::{Case, State};
use domain::handler::HandlerError;
use domain::messages::{Body, CaseRef, Message};
use domain::ports::{Commit, Expect, Write};
use domain::progress::{Tally, waiting_partition};
use domain::records::{
    self, Change, Ruling, ScanRecord, Silenced, Trail, account_partition, scan_partition, snapshot_item,
};
use domain::scan::{Conclusion, Sight};
use domain::snapshot::{Latest, Snapshot};
use domain::{AccountId, ContactId, MessageId};
use futures_util::{StreamExt, TryStreamExt, stream};

use crate::Deps;
use crate::judge::Missing;

/// A store takes at most 100 writes in one commit; one finding makes up to nine, the tally of all one.
const WRITES: usize = 84;
/// Accounts whose findings are written in one commit where they have room in it.
const ACCOUNTS: usize = 16;
/// Silent changes that are written in one commit: a write each, and five for all.
const SILENT: usize = 90;
/// Snapshots from which nothing follows that are written in one commit, with what was told of a contact struck off.
const BASELINES: usize = 85;
/// Commits that are made at the same time.
const AT_ONCE: usize = 8;

/// Waits at the end of a scan unless the brake holds it.
pub(crate) const ALERT: &str = "ALERT#";
/// Waits at the end of a scan, and is dropped where the brake holds it: word of what was learned about an open case.
pub(crate) const LEARNED: &str = "LEARNED#";
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
    record: &'a ScanRecord,
    /// A person has said that contacts that are missing were really deleted.
    confirmed: bool,
    accounts: BTreeMap<AccountId, Vec<(Sight, Conclusion)>>,
    silent: Vec<(Sight, Silenced, Snapshot)>,
    /// An account's people who are first seen are written together. If a crash came between them, the rest would look
    /// like newcomers to an account we know. Those who would be news come first, with `true`.
    baselines: BTreeMap<Option<AccountId>, Vec<(bool, Sight, Snapshot)>>,
}

impl<'a> Filing<'a> {
    pub(crate) fn new(record: &'a ScanRecord, missing: &Missing) -> Self {
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
            Conclusion::Found { ref case, .. } | Conclusion::Continued { ref case, .. } => case.account.clone(),
            Conclusion::Reverted { ref latest, .. } => latest.account.clone(),
        };
        self.accounts.entry(account).or_default().push((sight, conclusion));
    }

    /// Writes everything for which there is time.
    pub(crate) async fn write(mut self, deps: &Deps<'_>) -> Result<Left, HandlerError> {
        if self.write_baselines(deps).await? == Left::Some || self.write_silent(deps).await? == Left::Some {
            return Ok(Left::Some);
        }
        let file = File { record: self.record, confirmed: self.confirmed, deps };
        let accounts: Vec<Findings> = self.accounts.into_iter().collect();
        let written = stream::iter(accounts).chunks(ACCOUNTS).map(|some| file.accounts(some));
        let written: Vec<Left> = written.buffer_unordered(AT_ONCE).try_collect().await?;
        Ok(if written.contains(&Left::Some) { Left::Some } else { Left::Nothing })
    }

    /// Snapshots from which nothing follows need no audit entry and no other write beside them.
    async fn write_baselines(&mut self, deps: &Deps<'_>) -> Result<Left, HandlerError> {
        let mut writes = Vec::new();
        for mut people in std::mem::take(&mut self.baselines).into_values() {
            people.sort_by_key(|(new, _, snapshot)| !(*new && deps.config.watch.is_key(&snapshot.seen)));
            // An account that does not fit in beside others begins a commit of its own.
            if writes.len() + people.len() > BASELINES && !commit_all(&mut writes, deps).await? {
                return Ok(Left::Some);
            }
            for (_, sight, snapshot) in &people {
                writes.push(Write::Put(snapshot_item(&self.record.system, &sight.contact, snapshot), expected(sight)));
                writes.extend(judged(&self.record.system, sight));
                if writes.len() >= BASELINES && !commit_all(&mut writes, deps).await? {
                    return Ok(Left::Some);
                }
            }
        }
        Ok(if commit_all(&mut writes, deps).await? { Left::Nothing } else { Left::Some })
    }

    async fn write_silent(&mut self, deps: &Deps<'_>) -> Result<Left, HandlerError> {
        let ScanRecord { scan, system, .. } = self.record;
        let silent = std::mem::take(&mut self.silent);
        for silent in in_commits(&silent) {
            if !(deps.has_time)() {
                return Ok(Left::Some);
            }
            let now = deps.clock.now();
            let mut change = Change::new(None, records::trail(deps.outbox.store, &scan_partition(system)).await?, now);
            for (sight, _, snapshot) in silent {
                change.snapshot(system, &sight.contact, snapshot, expected(sight));
                for write in judged(system, sight) {
                    change.write(write);
                }
            }
            let silenced: Vec<Silenced> = silent.iter().map(|(_, one, _)| one.clone()).collect();
            let tally = Tally { silenced: silenced.len() as u64, ..Tally::default() };
            if let Some(first) = silenced.first() {
                change.write(tally.write(scan, &first.contact, now));
            }
            let line = |one: &Silenced| format!("contact {} of account {}: {}", one.contact, one.account, one.reason);
            let lines: Vec<String> = silenced.iter().map(line).collect();
            change.silenced(scan, &silenced).note(note("silenced", None, lines.join("; ")));
            deps.outbox.commit(change, now).await?;
        }
        Ok(Left::Nothing)
    }
}

/// Silent changes cut into commits: each makes a write, and strikes off what was told.
fn in_commits(mut silent: &[(Sight, Silenced, Snapshot)]) -> Vec<&[(Sight, Silenced, Snapshot)]> {
    let mut commits = Vec::new();
    while !silent.is_empty() {
        let mut writes = 0;
        let fits = |(sight, ..): &&(Sight, Silenced, Snapshot)| {
            writes += 1 + sight.told.len();
            writes <= SILENT
        };
        let (commit, rest) = silent.split_at(silent.iter().take_while(fits).count().max(1));
        commits.push(commit);
        silent = rest;
    }
    commits
}

/// Strikes off what was told of a contact and is judged now.
fn judged(system: &str, sight: &Sight) -> impl Iterator<Item = Write> {
    sight.told.iter().map(|pending| Write::Delete(pending.key(system)))
}

/// Commits what was gathered. Returns whether there was time for it.
async fn commit_all(writes: &mut Vec<Write>, deps: &Deps<'_>) -> Result<bool, HandlerError> {
    let writes = std::mem::take(writes);
    if writes.is_empty() {
        return Ok(true);
    }
    if !(deps.has_time)() {
        return Ok(false);
    }
    deps.outbox.store.commit(Commit { claim: None, writes }).await?;
    Ok(true)
}

/// What was found in one account.
type Findings = (AccountId, Vec<(Sight, Conclusion)>);

/// Files what was found in one account after the other.
struct File<'a> {
    record: &'a ScanRecord,
    confirmed: bool,
    deps: &'a Deps<'a>,
}

/// A commit in the making, and what it makes of changes.
struct Commitment {
    change: Change,
    tally: Tally,
    /// The first contact it is about.
    first: Option<ContactId>,
}

impl File<'_> {
    /// Files what was found in a few accounts, in one commit as long as it has room.
    async fn accounts(&self, accounts: Vec<Findings>) -> Result<Left, HandlerError> {
        let mut left = Left::Nothing;
        let mut commitment = self.begin();
        for (account, conclusions) in accounts {
            if !(self.deps.has_time)() {
                left = Left::Some;
                break;
            }
            commitment.change.turn_to(self.trail(&account).await?);
            for (sight, conclusion) in conclusions {
                if commitment.change.len() + sight.told.len() > WRITES {
                    self.end(std::mem::replace(&mut commitment, self.begin())).await?;
                    commitment.change.turn_to(self.trail(&account).await?);
                }
                self.conclude(&mut commitment, &sight, conclusion).await?;
            }
        }
        self.end(commitment).await?;
        Ok(left)
    }

    fn begin(&self) -> Commitment {
        Commitment { change: Change::untold(None, self.deps.clock.now()), tally: Tally::default(), first: None }
    }

    async fn end(&self, Commitment { mut change, tally, first }: Commitment) -> Result<(), HandlerError> {
        let Some(first) = first else { return Ok(()) };
        let now = self.deps.clock.now();
        if tally != Tally::default() {
            change.write(tally.write(&self.record.scan, &first, now));
        }
        self.deps.outbox.commit(change, now).await?;
        Ok(())
    }

    async fn conclude(
        &self,
        Commitment { change, tally, first }: &mut Commitment,
        sight: &Sight,
        conclusion: Conclusion,
    ) -> Result<(), HandlerError> {
        let snapshot = match conclusion {
            Conclusion::Baseline(snapshot) | Conclusion::Silenced { snapshot, .. } => snapshot,
            Conclusion::Found { case, snapshot } => {
                tally.held += u64::from(case.state == State::Held);
                self.file(change, sight, &case);
                snapshot
            }
            Conclusion::Continued { case, because, worth_telling, snapshot } => {
                self.go_on(change, *case, &because, worth_telling).await?;
                snapshot
            }
            Conclusion::Reverted { latest, because, snapshot } => {
                self.clear(change, &latest, &because).await?;
                snapshot
            }
        };
        first.get_or_insert_with(|| sight.contact.clone());
        change.snapshot(&self.record.system, &sight.contact, &snapshot, expected(sight));
        for write in judged(&self.record.system, sight) {
            change.write(write);
        }
        Ok(())
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
            change.case_waiting(case, Expect::Absent, message, &waiting_partition(&self.record.scan), kind);
        }
        change.note(note(if held { "held" } else { "detected" }, Some(case), grounds.trim_end().to_owned()));
    }

    /// Writes what was learned about an open case. One that was held for being unsure goes on its way once it is sure enough;
    /// whoever was told hears of it where it matters.
    async fn go_on(
        &self,
        change: &mut Change,
        learned: Case,
        because: &str,
        worth_telling: bool,
    ) -> Result<(), HandlerError> {
        let about = CaseRef { account: learned.account.clone(), case: learned.id.clone() };
        let Some(stored) = records::case(self.deps.outbox.store, &about).await? else { return Ok(()) };
        let state = stored.value.state;
        let Case { finding, gained_by, continued, threshold, .. } = learned;
        let case = Case { finding, gained_by, continued, threshold, ..stored.value };
        let sure = case.finding.alerts(self.deps.config.threshold);
        if state == State::Held && case.brake.is_none() && sure {
            let mut raised = case.become_state(State::Detected, because, self.record.at)?;
            raised.raised = true;
            raised.scan = self.record.scan.clone();
            raised.shadow = self.record.shadow;
            let id = MessageId::of(&["enrich", raised.id.as_str(), "raised", &raised.continued.to_string()]);
            let (message, partition) = (Message::new(id, Body::Enrich(about)), waiting_partition(&self.record.scan));
            change.case_waiting(&raised, Expect::Version(stored.version), message, &partition, ALERT);
            change.note(note("detected", Some(&raised), because.to_owned()));
            return Ok(());
        }
        change.case(&case, Expect::Version(stored.version)).note(note("learned", Some(&case), because.to_owned()));
        if worth_telling && !self.record.shadow && matches!(state, State::Notified | State::Acknowledged) {
            let id = MessageId::of(&["continued", case.id.as_str(), &case.continued.to_string()]);
            let message = Message::new(id, Body::NotifyContinued(about));
            change.message_waiting(&case, message, &waiting_partition(&self.record.scan), LEARNED);
        }
        Ok(())
    }

    /// Clears the case that was taken back. Whoever was told of it is told of this too.
    async fn clear(&self, change: &mut Change, latest: &Latest, because: &str) -> Result<(), HandlerError> {
        let about = CaseRef { account: latest.account.clone(), case: latest.case.clone() };
        let Some(case) = records::case(self.deps.outbox.store, &about).await? else { return Ok(()) };
        // Somebody has answered while the scan judged.
        if case.value.state.is_final() {
            return Ok(());
        }
        let told = matches!(case.value.state, State::Notified | State::Acknowledged);
        let cleared = case.value.become_state(State::Cleared, because, self.record.at)?;
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
