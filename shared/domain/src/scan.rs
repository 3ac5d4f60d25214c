//! What a scan concludes from one contact seen again: a case, a reversal, or silence with its reason.

mod story;

use std::collections::BTreeMap;

use crate::case::{Case, Kind, State, Subject};
use crate::config::Config;
use crate::crm::Seen;
use crate::finding::{Finding, Question, Verdict};
use crate::judge::{self, Absence, Around, Colleagues};
use crate::observation::Observation;
use crate::pending::Pending;
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
    /// The account's owner was the last to change the record.
    pub by_owner: bool,
    /// What others have told of the person and nobody has judged yet.
    pub told: Vec<Pending>,
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
    /// How many go from the account now to the account before at the same time.
    pub back: u32,
    /// Both accounts belong to one group of companies.
    pub kin: bool,
    /// The latest case about the contact, while it is open.
    pub latest: Option<Case>,
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
    /// The story of the latest case has gone on: there is more evidence, or evidence against it.
    Continued {
        /// That case, with what is known now.
        case: Box<Case>,
        /// What has changed about it, in words.
        because: String,
        /// Whoever was told of it is told of this too.
        worth_telling: bool,
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
    let told = unknown(sight, &before.standing);
    if told.is_empty() && before.seen == *after && !before.standing.deleted {
        // What was told is known already, and nothing else has changed.
        return Conclusion::Baseline(Snapshot { standing, seen: after.clone() });
    }
    standing.remember(&told);
    let watch = &scan.config.watch;
    let watched = watch.covers(&before.seen) || watch.covers(after);
    if !watched || !(before.seen.active || after.active) {
        return Conclusion::Baseline(Snapshot { standing, seen: after.clone() });
    }
    if let Some(conclusion) = story::goes_on(sight, &told, &before.seen, after, &standing, around, scan) {
        return conclusion;
    }
    if !before.seen.active {
        return came_from_elsewhere(sight, &before.seen, after, standing, scan);
    }
    let heard = Heard { known: &before.standing.told, told: &told, by_owner: sight.by_owner };
    let finding = compare(&before.seen, after, None, &heard, around, scan);
    let elsewhere = matches!(finding.verdict, Verdict::Moved | Verdict::Replaced);
    if before.standing.gone && (!elsewhere || finding.about == Question::Presence) {
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
    let heard = Heard { known: &before.standing.told, told: &[], by_owner: false };
    let finding = compare(&seen, &seen, Some(absence), &heard, around, scan);
    if let Some(conclusion) = story::ends(&finding, &seen, &standing, around, scan) {
        return conclusion;
    }
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
    // Only where a sign that was there has been taken away: what others told is no part of the record.
    let is_shown_again = judge::shows_absence(before) && !judge::shows_absence(after);
    let told_gone = standing.told.iter().any(Observation::says_gone);
    if finding.verdict == Verdict::Arrived || (is_shown_again && !told_gone) {
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
        if sight.after.as_ref() == Some(before) {
            return Conclusion::Baseline(Snapshot { standing, seen: after.clone() });
        }
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
    story::stamp(&mut finding, None, scan.at);
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
    let because =
        if told { finding.sentence.reveal().to_owned() } else { held_because(&finding, scan.config.threshold) };
    let state = if told { State::Detected } else { State::Held };
    // What was told of an earlier story says nothing about the next, and of somebody else, or of another job, nothing at all.
    if finding.verdict == Verdict::Replaced || finding.about == Question::Company {
        standing.told.clear();
    } else if standing.latest.is_some() {
        standing.told.retain(|known| sight.told.iter().any(|told| told.observation.id == known.id));
    }
    standing.occurrences += 1;
    standing.gone = told && story::is_gone(&finding);
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
    let gained_by = story::gained_by(&finding, before, after);
    let case = Case {
        id: case,
        kind: Kind::Contact,
        gained_by,
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
        threshold: scan.config.threshold,
        raised: false,
        continued: 0,
        context: None,
        plan: None,
        assigned: None,
        snoozed: None,
        answers: Vec::new(),
        done_steps: std::collections::BTreeSet::new(),
        followed: crate::case::Followed::default(),
        proposals: Vec::new(),
    };
    Conclusion::Found { case: Box::new(case), snapshot: Snapshot { standing, seen: after.clone() } }
}

/// Why nobody is told of a finding.
fn held_because(finding: &Finding, threshold: f64) -> String {
    if !finding.settles.is_empty() {
        finding.settles.clone()
    } else if finding.verdict == Verdict::Unclear {
        "not clear enough to tell anybody; wants a human look".to_owned()
    } else {
        format!("{} % sure; {:.0} % are needed to tell somebody", finding.percent(), threshold * 100.0)
    }
}

/// What was told and is not remembered yet.
fn unknown(sight: &Sight, standing: &Standing) -> Vec<Observation> {
    let told = sight.told.iter().map(|pending| &pending.observation);
    told.filter(|told| standing.told.iter().all(|known| known.id != told.id)).cloned().collect()
}

/// What a judgement has heard from others than the CRM.
struct Heard<'a> {
    known: &'a [Observation],
    told: &'a [Observation],
    by_owner: bool,
}

fn compare(
    before: &Seen,
    after: &Seen,
    absence: Option<Absence>,
    heard: &Heard<'_>,
    around: &Surroundings,
    scan: &Scan<'_>,
) -> Finding {
    let colleagues = Colleagues {
        before: around.domains_before.clone(),
        after: around.domains_after.clone(),
        along: around.domains_along.clone(),
        back: around.back,
        kin: around.kin,
    };
    let around = Around {
        known: Some(&scan.config.companies),
        colleagues: (before.account != after.account).then_some(&colleagues),
        absence,
        known_before: heard.known,
        told: heard.told,
        by_owner: heard.by_owner,
        threshold: scan.config.threshold,
    };
    judge::contact(before, after, &around)
}
