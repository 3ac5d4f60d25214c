//! A case over its whole life: what is seen later takes it back, adds to it, raises it, or lowers it; or it is another story.

use jiff::Timestamp;

use super::{Conclusion, Heard, Scan, Sight, Surroundings, compare};
use crate::AccountId;
use crate::case::Case;
use crate::crm::Seen;
use crate::finding::{Evidence, Finding, Question, Verdict};
use crate::judge::companies::Sameness;
use crate::observation::Observation;
use crate::snapshot::{Latest, Snapshot, Standing};

/// A change that is taken back later than this was a change: the person has come back.
const REVERTS_WITHIN_HOURS: i64 = 60 * 24;

/// A confidence that differs by less than this is the same.
const SAME: f64 = 0.02;

/// What is seen now as part of the story of the latest case: laid beside what was before that case, it takes the case back,
/// or adds to it. Nothing where it is another story.
pub(super) fn goes_on(
    sight: &Sight,
    told: &[Observation],
    before: &Seen,
    after: &Seen,
    standing: &Standing,
    around: &Surroundings,
    scan: &Scan<'_>,
) -> Option<Conclusion> {
    let (latest, case) = (standing.latest.as_ref()?, around.latest.as_ref()?);
    let base = latest.before.as_ref()?;
    if is_known_move(case, before, after, scan) {
        let heard = Heard { known: &standing.told, told: &[], by_owner: sight.by_owner };
        let now = compare(before, after, None, &heard, around, scan);
        return continued(case, now, told, (base, after), standing, scan);
    }
    // What colleagues say is known of the accounts of this sight, and not of those of an earlier one.
    if base.account != after.account {
        return None;
    }
    let heard = Heard { known: &[], told: &standing.told, by_owner: sight.by_owner };
    let now = compare(base, after, None, &heard, around, scan);
    let in_time = scan.at.duration_since(latest.at).as_hours() <= REVERTS_WITHIN_HOURS;
    if now.verdict == Verdict::Cosmetic {
        return in_time.then(|| reverted(latest, after, standing));
    }
    let doubted = now.verdict == Verdict::Unclear && case.finding.verdict != Verdict::Unclear;
    if !is_same_story(&case.finding, &now) || (doubted && told.is_empty() && !in_time) {
        return None;
    }
    continued(case, now, told, (base, after), standing, scan)
}

/// A record that was deleted ends the story of a case that was in doubt about whether the person is there.
pub(super) fn ends(
    now: &Finding,
    seen: &Seen,
    standing: &Standing,
    around: &Surroundings,
    scan: &Scan<'_>,
) -> Option<Conclusion> {
    let case = around.latest.as_ref().filter(|case| is_same_story(&case.finding, now))?;
    continued(case, now.clone(), &[], (seen, seen), standing, scan)
}

/// Whether somebody is judged to be no longer where the CRM has the person.
pub(super) fn is_gone(finding: &Finding) -> bool {
    match finding.verdict {
        Verdict::Departed => true,
        Verdict::Moved => finding.about == Question::Presence,
        Verdict::Promoted
        | Verdict::Demoted
        | Verdict::Reassigned
        | Verdict::Replaced
        | Verdict::Arrived
        | Verdict::Away
        | Verdict::Cosmetic
        | Verdict::Unclear => false,
    }
}

/// The account of ours that a move has brought somebody to.
pub(super) fn gained_by(finding: &Finding, before: &Seen, after: &Seen) -> Option<AccountId> {
    let moved = finding.verdict == Verdict::Moved && after.active && after.account != before.account;
    after.account.clone().filter(|_| moved)
}

/// Gives facts without times of their own the time of the scan; one that an earlier finding had keeps its times.
pub(super) fn stamp(finding: &mut Finding, earlier: Option<&Finding>, at: Timestamp) {
    for fact in &mut finding.evidence {
        let mut known = earlier.iter().flat_map(|earlier| &earlier.evidence);
        let known = known.find(|known| known.source == fact.source && known.text == fact.text);
        let (observed, recorded) = known.map_or((None, None), |known| (known.observed, known.recorded));
        fact.observed.get_or_insert(observed.unwrap_or(at));
        fact.recorded.get_or_insert(recorded.unwrap_or(at));
    }
}

/// Whether the CRM now shows the move that a provider had told of.
fn is_known_move(case: &Case, before: &Seen, after: &Seen, scan: &Scan<'_>) -> bool {
    let finding = &case.finding;
    let told = finding.verdict == Verdict::Moved && finding.about == Question::Presence;
    let there = || scan.config.companies.compare(finding.to.reveal(), &after.company).sameness == Sameness::Same;
    told && before.account != after.account && there()
}

fn reverted(latest: &Latest, after: &Seen, standing: &Standing) -> Conclusion {
    let standing = Standing { gone: false, latest: None, told: Vec::new(), ..standing.clone() };
    let because = "the record is as it was before the change".to_owned();
    Conclusion::Reverted { latest: latest.clone(), because, snapshot: Snapshot { standing, seen: after.clone() } }
}

/// Whether a finding that lays everything since then together tells of the same event as an earlier one. Where the earlier
/// one was in doubt, whether somebody has gone and where to are one question.
fn is_same_story(earlier: &Finding, now: &Finding) -> bool {
    let whereabouts = |finding: &Finding| matches!(finding.about, Question::Company | Question::Presence);
    let doubted = earlier.verdict == Verdict::Unclear;
    let same_question = earlier.about == now.about || (doubted && whereabouts(earlier) && whereabouts(now));
    same_question
        && match (earlier.verdict, now.verdict) {
            (Verdict::Unclear, _) | (_, Verdict::Unclear) => true,
            (Verdict::Departed | Verdict::Away, _) => earlier.verdict == now.verdict,
            (one, other) => one == other && earlier.to == now.to,
        }
}

/// The case with what is known now. Its verdict stays what it was told as: doubt lowers the confidence and takes nothing
/// back. Nothing where nothing new is seen; where only the same was told again, that is remembered and no more.
fn continued(
    case: &Case,
    now: Finding,
    told: &[Observation],
    (base, after): (&Seen, &Seen),
    standing: &Standing,
    scan: &Scan<'_>,
) -> Option<Conclusion> {
    let earlier = &case.finding;
    let doubted = now.verdict == Verdict::Unclear && earlier.verdict != Verdict::Unclear;
    let as_sure = (earlier.confidence - now.confidence).abs() < SAME && (doubted || earlier.verdict == now.verdict);
    let mut finding = if doubted {
        let Finding { verdict, sentence, from, to, .. } = earlier.clone();
        Finding { verdict, sentence, from, to, ..now }
    } else {
        now
    };
    let names_somebody = finding.named.is_some() && finding.named != earlier.named;
    let gained_by = gained_by(&finding, base, after).or_else(|| case.gained_by.clone());
    if as_sure && !names_somebody && gained_by == case.gained_by {
        let again = Snapshot { standing: standing.clone(), seen: after.clone() };
        return (!told.is_empty()).then_some(Conclusion::Baseline(again));
    }
    stamp(&mut finding, Some(earlier), scan.at);
    let threshold = scan.config.threshold;
    let (was, is) = (earlier.alerts(threshold), finding.alerts(threshold));
    let because = format!(
        "{} % sure of {} before, {} % sure of {} now: {}",
        earlier.percent(),
        earlier.verdict,
        finding.percent(),
        finding.verdict,
        newest_fact(earlier, &finding)
    );
    let worth_telling = was != is || earlier.verdict != finding.verdict || names_somebody;
    let mut standing = standing.clone();
    standing.gone = base.account == after.account && is_gone(&finding) && (is || standing.gone);
    let case = Case { finding, gained_by, continued: case.continued + 1, threshold, ..case.clone() };
    let snapshot = Snapshot { standing, seen: after.clone() };
    Some(Conclusion::Continued { case: Box::new(case), because, worth_telling, snapshot })
}

/// The weightiest fact that was not there before.
fn newest_fact(earlier: &Finding, now: &Finding) -> String {
    let is_new = |fact: &&Evidence| earlier.evidence.iter().all(|known| known.text != fact.text);
    let weightiest = now.evidence.iter().filter(is_new).max_by(|a, b| a.weight.abs().total_cmp(&b.weight.abs()));
    weightiest.map_or_else(|| "the same facts weigh differently".to_owned(), |fact| fact.text.reveal().to_owned())
}
