//! What a scan concludes from one contact seen again: a case, a reversal, or silence with its reason.

use std::collections::BTreeMap;

use crate::case::{Case, Kind, State, Subject};
use crate::config::Config;
use crate::crm::Seen;
use crate::finding::{Finding, Verdict};
use crate::judge::{self, Absence, Around, Colleagues};
use crate::snapshot::{Latest, Snapshot, Standing};
use crate::{AccountId, CaseId, ContactId, Personal, ScanId};
use jiff::Timestamp;

/// One contact that is not as it was when last seen.
#[derive(Clone, Debug, PartialEq)]
pub struct Sight {
    /// The contact.
    pub contact: ContactId,
    /// What was known, with the version it was read at; `None` where the contact was never seen.
    pub before: Option<(Snapshot, u64)>,
    /// What is there now; `None` where the record is gone.
    pub after: Option<Seen>,
}

impl Sight {
    /// The person's name as last seen.
    pub fn name(&self) -> Personal {
        let before = self.before.as_ref().map(|(snapshot, _)| &snapshot.seen);
        before.or(self.after.as_ref()).map(|seen| seen.name.clone()).unwrap_or_default()
    }
}

/// What the judgement knows beside the contact.
#[derive(Clone, Debug, Default)]
pub struct Surroundings {
    /// Mail domains in the account before.
    pub domains_before: BTreeMap<String, u32>,
    /// Mail domains in the account now, of those who were there before.
    pub domains_after: BTreeMap<String, u32>,
    /// New mail domains of those who come from the one account to the other at the same time.
    pub domains_along: BTreeMap<String, u32>,
    /// Another record of the same person is there: same address, or same name, in the same account.
    pub twin: bool,
    /// Other people of the account were seen before, so a new one is new to the account and not only to us.
    pub account_known: bool,
    /// The latest case about the contact is still open.
    pub latest_open: bool,
}

/// The scan a conclusion belongs to.
#[derive(Clone, Debug)]
pub struct Scan<'a> {
    /// Its identity.
    pub id: &'a ScanId,
    /// The CRM system.
    pub system: &'a str,
    /// When it runs.
    pub at: Timestamp,
    /// Nobody is told.
    pub shadow: bool,
    /// The configuration in force.
    pub config: &'a Config,
}

/// What follows from a sight. Every one but `Baseline` has the snapshot that is written along with it.
#[derive(Clone, Debug, PartialEq)]
pub enum Conclusion {
    /// Nothing to judge: the first sight of a contact, or one that is not watched.
    Baseline(Snapshot),
    /// A change nobody is told of, and why.
    Silenced {
        /// The account it is recorded under.
        account: AccountId,
        /// That account's name.
        account_name: String,
        /// The judgement.
        finding: Finding,
        /// Why nobody is told.
        reason: String,
        /// The new snapshot.
        snapshot: Snapshot,
    },
    /// Something has happened.
    Found {
        /// The case, `detected` or `held`.
        case: Box<Case>,
        /// The new snapshot.
        snapshot: Snapshot,
    },
    /// The latest case was taken back.
    Reverted {
        /// That case.
        latest: Latest,
        /// Why, in words.
        because: String,
        /// The new snapshot.
        snapshot: Snapshot,
    },
}

/// Concludes. Pure: the same sight in the same surroundings gives the same conclusion.
pub fn conclude(sight: &Sight, around: &Surroundings, scan: &Scan<'_>) -> Conclusion {
    match (&sight.before, &sight.after) {
        (None, Some(after)) => first_seen(sight, after, around, scan),
        (Some((before, _)), Some(after)) => seen_again(sight, before, after, around, scan),
        (Some((before, _)), None) => disappeared(sight, before, around, scan),
        (None, None) => Conclusion::Baseline(Snapshot::first(Seen::default())),
    }
}

fn first_seen(sight: &Sight, after: &Seen, around: &Surroundings, scan: &Scan<'_>) -> Conclusion {
    let watch = &scan.config.watch;
    let snapshot = Snapshot::first(after.clone());
    if !after.active || !around.account_known || !watch.covers(after) || !watch.is_key(after) {
        return Conclusion::Baseline(snapshot);
    }
    let finding = judge::arrival(after, false);
    if around.twin {
        return silence(after, finding, "a second record of a person the account already has", snapshot);
    }
    found(sight, after, after, finding, snapshot.standing, scan)
}

fn seen_again(sight: &Sight, before: &Snapshot, after: &Seen, around: &Surroundings, scan: &Scan<'_>) -> Conclusion {
    let mut standing = before.standing.clone();
    standing.deleted = false;
    let watch = &scan.config.watch;
    let watched = watch.covers(&before.seen) || watch.covers(after);
    if !watched || !(before.seen.active || after.active) {
        return Conclusion::Baseline(Snapshot { standing, seen: after.clone() });
    }
    if let Some(latest) = before.standing.latest.clone().filter(|latest| may_revert(latest, around, scan))
        && let Some(because) = reversal(&latest, after, around, scan)
    {
        standing.gone = false;
        standing.latest = None;
        return Conclusion::Reverted { latest, because, snapshot: Snapshot { standing, seen: after.clone() } };
    }
    if !before.seen.active {
        return came_from_elsewhere(sight, &before.seen, after, standing, scan);
    }
    let finding = compare(&before.seen, after, None, around, scan);
    if before.standing.gone && !matches!(finding.verdict, Verdict::Moved | Verdict::Replaced) {
        return gone_before(sight, &before.seen, after, finding, standing, scan);
    }
    settle(sight, &before.seen, after, finding, standing, scan)
}

fn disappeared(sight: &Sight, before: &Snapshot, around: &Surroundings, scan: &Scan<'_>) -> Conclusion {
    let absence = if around.twin { Absence::Merged } else { Absence::Deleted };
    let mut standing = before.standing.clone();
    standing.deleted = true;
    let seen = before.seen.clone();
    if !seen.active || !scan.config.watch.covers(&seen) {
        return Conclusion::Baseline(Snapshot { standing, seen });
    }
    let finding = compare(&seen, &seen, Some(absence), around, scan);
    if before.standing.gone {
        let reason = "the person is known to have left; now the record was deleted too";
        return silence(&seen, finding, reason, Snapshot { standing, seen: seen.clone() });
    }
    settle(sight, &seen, &seen, finding, standing, scan)
}

/// Somebody from an account that is not watched is now in one that is. Where the account itself has become one of
/// ours, its people are a baseline.
fn came_from_elsewhere(sight: &Sight, before: &Seen, after: &Seen, standing: Standing, scan: &Scan<'_>) -> Conclusion {
    if before.account != after.account && scan.config.watch.is_key(after) {
        return found(sight, after, after, judge::arrival(after, false), standing, scan);
    }
    Conclusion::Baseline(Snapshot { standing, seen: after.clone() })
}

/// The person was known to have left: more of the same is silence, and when no sign of it is left the person is back.
fn gone_before(
    sight: &Sight,
    before: &Seen,
    after: &Seen,
    finding: Finding,
    standing: Standing,
    scan: &Scan<'_>,
) -> Conclusion {
    if finding.verdict == Verdict::Arrived || !judge::shows_absence(after) {
        return found(sight, after, after, judge::arrival(after, true), standing, scan);
    }
    silence(before, finding, "the person is known to have left", Snapshot { standing, seen: after.clone() })
}

fn settle(
    sight: &Sight,
    before: &Seen,
    after: &Seen,
    finding: Finding,
    standing: Standing,
    scan: &Scan<'_>,
) -> Conclusion {
    if finding.verdict == Verdict::Cosmetic {
        let reason = judge::kind_of_silence(&finding);
        return silence(before, finding, reason, Snapshot { standing, seen: after.clone() });
    }
    found(sight, before, after, finding, standing, scan)
}

fn silence(seen: &Seen, finding: Finding, reason: &str, snapshot: Snapshot) -> Conclusion {
    let Some(account) = seen.account.clone().or_else(|| snapshot.seen.account.clone()) else {
        return Conclusion::Baseline(snapshot);
    };
    let account_name = seen.company.clone();
    Conclusion::Silenced { account, account_name, finding, reason: reason.to_owned(), snapshot }
}

fn found(
    sight: &Sight,
    before: &Seen,
    after: &Seen,
    mut finding: Finding,
    mut standing: Standing,
    scan: &Scan<'_>,
) -> Conclusion {
    let home = if before.account.is_some() { before } else { after };
    let Some(account) = home.account.clone() else {
        return Conclusion::Baseline(Snapshot { standing, seen: after.clone() });
    };
    for evidence in &mut finding.evidence {
        evidence.observed.get_or_insert(scan.at);
        evidence.recorded.get_or_insert(scan.at);
    }
    let occurrence = standing.occurrences;
    let case = CaseId::of(&[
        scan.system,
        sight.contact.as_str(),
        &finding.verdict.to_string(),
        finding.from.reveal(),
        finding.to.reveal(),
        &occurrence.to_string(),
    ]);
    let told = finding.alerts(scan.config.threshold);
    let because = if told {
        finding.sentence.reveal().to_owned()
    } else if finding.verdict == Verdict::Unclear {
        "not clear enough to tell anybody; wants a human look".to_owned()
    } else {
        format!("{} % sure; {:.0} % are needed to tell somebody", finding.percent(), scan.config.threshold * 100.0)
    };
    let state = if told { State::Detected } else { State::Held };
    standing.occurrences += 1;
    standing.gone = finding.verdict == Verdict::Departed && told;
    // Nobody goes back to before an arrival: whoever leaves again is a loss of its own.
    let reverts_to = (finding.verdict != Verdict::Arrived).then(|| before.clone());
    standing.latest = Some(Latest { case: case.clone(), account: account.clone(), at: scan.at, before: reverts_to });
    let subject = Subject {
        contact: sight.contact.clone(),
        name: before.name.clone(),
        title: before.title.clone(),
        email: before.email.clone(),
        roles: before.roles.clone(),
    };
    let moved = finding.verdict == Verdict::Moved && after.active && after.account != before.account;
    let case = Case {
        id: case,
        kind: Kind::Contact,
        gained_by: after.account.clone().filter(|_| moved),
        account,
        account_name: home.company.clone(),
        subject,
        occurrence,
        finding,
        state,
        because,
        history: vec![(state, scan.at)],
        scan: scan.id.clone(),
        brake: None,
        shadow: scan.shadow,
        config: scan.config.version.clone(),
        context: None,
        plan: None,
    };
    Conclusion::Found { case: Box::new(case), snapshot: Snapshot { standing, seen: after.clone() } }
}

/// A change that is taken back later than this was a change: the person has come back.
const REVERTS_WITHIN_HOURS: i64 = 60 * 24;

fn may_revert(latest: &Latest, around: &Surroundings, scan: &Scan<'_>) -> bool {
    around.latest_open && scan.at.duration_since(latest.at).as_hours() <= REVERTS_WITHIN_HOURS
}

/// Why what is seen now takes the latest case back: it differs from what was before that case in spelling at most.
fn reversal(latest: &Latest, after: &Seen, around: &Surroundings, scan: &Scan<'_>) -> Option<String> {
    let before = latest.before.as_ref()?;
    let again = compare(before, after, None, around, scan);
    (again.verdict == Verdict::Cosmetic && before.account == after.account)
        .then(|| "the record is as it was before the change".to_owned())
}

fn compare(before: &Seen, after: &Seen, absence: Option<Absence>, around: &Surroundings, scan: &Scan<'_>) -> Finding {
    let colleagues = Colleagues {
        before: around.domains_before.clone(),
        after: around.domains_after.clone(),
        along: around.domains_along.clone(),
    };
    let around = Around {
        known: Some(&scan.config.companies),
        colleagues: (before.account != after.account).then_some(&colleagues),
        absence,
        threshold: scan.config.threshold,
    };
    judge::contact(before, after, &around)
}
