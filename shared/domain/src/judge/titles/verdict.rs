//! Decides what a change between two read titles means.

use super::alignment::{Alignment, Fit, align};
use super::ladder::Level;
use super::rank;
use super::reading::Word;
use super::reasons;
use super::scope;
use super::{Title, TitleChange, TitleJudgement};

/// The judgement on two titles, neither of them blank.
pub(super) fn judge(before: &Title, after: &Title) -> TitleJudgement {
    if after.is_former() && !before.is_former() {
        return judged(TitleChange::Former, 0.93, "the title now says that the person has left or retired");
    }
    if before.is_former() && !after.is_former() {
        return judged(TitleChange::Unclear, 0.5, "the title no longer says that the person has left");
    }
    if after.is_on_leave() && !before.is_on_leave() {
        return judged(TitleChange::Unclear, 0.5, "the title now says that the person is away for a time");
    }
    let mut alignment = align(before.words(), after.words());
    drop_fillers(before, after, &mut alignment);
    let alignment = alignment;
    if alignment.left_before.is_empty() && alignment.left_after.is_empty() {
        return same_words(before, after, &alignment);
    }
    if differ_by_founder(before, after, &alignment) {
        return judged(TitleChange::Same, 0.8, "only the mention of the founder differs");
    }
    match step(before, after, &alignment) {
        Step::Up(above, below) => stepped(TitleChange::Promoted, above, below, before, after, &alignment),
        Step::Down(above, below) => stepped(TitleChange::Demoted, above, below, before, after, &alignment),
        Step::Level => same_level(before, after, &alignment),
        Step::Untold(one, two) => {
            judged(TitleChange::Unclear, 0.5, format!("{one} and {two} cannot be ranked against each other"))
        }
        Step::Unknown => unknown_level(before, after, &alignment),
    }
}

/// "VP of the Customer Success Department" says no more than "VP, Customer Success".
fn drop_fillers(before: &Title, after: &Title, alignment: &mut Alignment) {
    let is_filler = |words: &[Word], left: &[usize]| {
        let [at] = left else { return false };
        let names_work = |word: &Word| word.entry.is_some_and(|entry| entry.department.is_some());
        words.get(*at).is_some_and(|word| word.text == "department") && words.iter().any(names_work)
    };
    if alignment.left_after.is_empty() && is_filler(before.words(), &alignment.left_before) {
        alignment.left_before.clear();
    } else if alignment.left_before.is_empty() && is_filler(after.words(), &alignment.left_after) {
        alignment.left_after.clear();
    }
}

/// A judgement from its parts.
pub(super) fn judged(change: TitleChange, confidence: f64, reason: impl Into<String>) -> TitleJudgement {
    TitleJudgement { change, confidence, reason: reason.into() }
}

/// How the level moved.
enum Step {
    Up(Level, Level),
    Down(Level, Level),
    Level,
    Untold(Level, Level),
    Unknown,
}

fn step(before: &Title, after: &Title, alignment: &Alignment) -> Step {
    match (before.level(), after.level()) {
        (Some(old), Some(new)) if old == new => Step::Level,
        (Some(old), Some(new))
            if is_loose_translation(before, after)
                || is_unlikely_fall(old, new)
                || is_grade_against_word(before, after) =>
        {
            Step::Untold(old, new)
        }
        (Some(old), Some(new)) if differ_by_grade(before, after, alignment) => {
            if new > old {
                Step::Up(new, old)
            } else {
                Step::Down(old, new)
            }
        }
        (Some(old), Some(new)) if new.is_clearly_above(old) => Step::Up(new, old),
        (Some(old), Some(new)) if old.is_clearly_above(new) => Step::Down(old, new),
        (Some(old), Some(new)) => Step::Untold(old, new),
        _ => Step::Unknown,
    }
}

/// No chief becomes an assistant: the record is wrong, or is now another person's.
fn is_unlikely_fall(old: Level, new: Level) -> bool {
    new <= Level::Assistant && old >= Level::DeputyChief
}

/// Translators put "director" for what is a manager at home, and the other way round.
fn is_loose_translation(before: &Title, after: &Title) -> bool {
    let is_foreign = |title: &Title| title.words().iter().any(|word| !word.languages.is_none());
    let is_between = |title: &Title| {
        matches!(
            title.level(),
            Some(Level::Manager | Level::SeniorManager | Level::DepartmentHead | Level::Head | Level::Director)
        )
    };
    is_foreign(before) != is_foreign(after) && is_between(before) && is_between(after)
}

/// "Manager II" may be the very grade another company calls "Senior Manager".
fn is_grade_against_word(before: &Title, after: &Title) -> bool {
    let says = |title: &Title| title.words().iter().any(|word| word.text == "senior");
    let counts = |title: &Title| title.grade().is_some_and(|grade| grade > 1);
    (counts(before) && !counts(after) && says(after) && !says(before))
        || (counts(after) && !counts(before) && says(before) && !says(after))
}

/// True if nothing differs but a word such as "deputy": its place is certain even where the rank noun's own is not.
fn differ_by_grade(before: &Title, after: &Title, alignment: &Alignment) -> bool {
    let one_sided = alignment.left_before.is_empty() || alignment.left_after.is_empty();
    let is_grade = |word: &Word| rank::is_grade(&word.text);
    one_sided
        && differing(before, after, alignment).any(is_grade)
        && differing(before, after, alignment).all(|word| is_grade(word) || !rank::is_rank_word(&word.text))
}

fn differ_by_founder(before: &Title, after: &Title, alignment: &Alignment) -> bool {
    differing(before, after, alignment).all(|word| word.text == "founder")
}

fn same_words(before: &Title, after: &Title, alignment: &Alignment) -> TitleJudgement {
    if let Some(graded) = another_grade(before, after) {
        return graded;
    }
    if before.is_interim() != after.is_interim() {
        return match after.is_interim() {
            false => judged(TitleChange::Promoted, 0.8, "the job was held in the interim and now for good"),
            true => judged(TitleChange::Unclear, 0.5, "the job is now held in the interim only"),
        };
    }
    let step = step(before, after, alignment);
    let is_reordered_rank = alignment.fit == Fit::Equal && matches!(step, Step::Up(..) | Step::Down(..));
    if is_reordered_rank && works_for_another(before) != works_for_another(after) {
        return match step {
            Step::Up(above, below) => stepped(TitleChange::Promoted, above, below, before, after, alignment),
            Step::Down(above, below) => stepped(TitleChange::Demoted, above, below, before, after, alignment),
            _ => judged(TitleChange::Unclear, 0.5, "only the person worked for is named differently"),
        };
    }
    if is_reordered_rank {
        return judged(TitleChange::Unclear, 0.5, "the same words, but their order may change the rank");
    }
    judged(TitleChange::Same, certainty(alignment.fit), reasons::sameness(before, after, alignment))
}

/// "Assistant to the Director" is no "Assistant Director".
fn works_for_another(title: &Title) -> bool {
    title.words().iter().any(|word| word.of_another)
}

/// "Analyst I" and "Analyst II". A first grade and no grade at all are one.
fn another_grade(before: &Title, after: &Title) -> Option<TitleJudgement> {
    let (old, new) = (before.grade().unwrap_or(1), after.grade().unwrap_or(1));
    let certainty = if before.grade().is_some() && after.grade().is_some() { 0.92 } else { 0.7 };
    match new.cmp(&old) {
        std::cmp::Ordering::Greater => {
            Some(judged(TitleChange::Promoted, certainty, format!("grade {new} is above grade {old}")))
        }
        std::cmp::Ordering::Less => {
            Some(judged(TitleChange::Demoted, certainty, format!("grade {new} is below grade {old}")))
        }
        std::cmp::Ordering::Equal => None,
    }
}

/// How sure two titles are one, given their weakest link.
fn certainty(fit: Fit) -> f64 {
    match fit {
        Fit::Equal => 0.98,
        Fit::Joined => 0.97,
        Fit::Reading => 0.95,
        Fit::Initials => 0.93,
        Fit::Shortened => 0.9,
        Fit::Typo => 0.87,
        Fit::LooseInitials => 0.82,
    }
}

fn stepped(
    change: TitleChange,
    above: Level,
    below: Level,
    before: &Title,
    after: &Title,
    alignment: &Alignment,
) -> TitleJudgement {
    let (old, new) = left_subjects(before, after, alignment);
    let confidence = match (old.is_empty(), new.is_empty()) {
        (true, true) => 0.96,
        (false, false) if alignment.may_be_short_form => 0.78,
        (false, false) => 0.8,
        _ => 0.88,
    };
    judged(change, confidence, format!("{above} is above {below}"))
}

fn same_level(before: &Title, after: &Title, alignment: &Alignment) -> TitleJudgement {
    let one_sided = alignment.left_before.is_empty() || alignment.left_after.is_empty();
    if one_sided && let Some(judgement) = second_office(before, after, alignment) {
        return judgement;
    }
    if one_sided && is_moved_by_a_word(before, after, alignment) {
        return judged(TitleChange::Reassigned, 0.8, reasons::other_department(before, after));
    }
    if one_sided {
        return judged(TitleChange::Unclear, 0.5, "one title says more than the other, at the same level");
    }
    if let Some(judgement) = scope::moved(before, after, alignment) {
        return judgement;
    }
    if differing(before, after, alignment).all(|word| rank::is_rank_word(&word.text)) {
        return judged(TitleChange::Unclear, 0.5, "only the rank is named differently");
    }
    if differing(before, after, alignment).all(|word| matches!(&*word.text, "developer" | "engineer" | "programmer")) {
        return judged(TitleChange::Unclear, 0.5, "two names for those who build software");
    }
    if before.department_differs(after) && !alignment.may_be_short_form {
        let confidence = if alignment.shares_stem { 0.8 } else { 0.9 };
        return judged(TitleChange::Reassigned, confidence, reasons::other_department(before, after));
    }
    let names_another = |words: &[Word], places: &[usize]| left(words, places).all(|word| word.of_another);
    if names_another(before.words(), &alignment.left_before) || names_another(after.words(), &alignment.left_after) {
        return judged(TitleChange::Unclear, 0.5, "only the person worked for is named differently");
    }
    if alignment.may_be_short_form {
        return judged(TitleChange::Unclear, 0.5, "one title may be a short form of the other");
    }
    if alignment.shares_stem {
        return judged(TitleChange::Unclear, 0.5, "the titles differ in forms of one word");
    }
    let confidence = if all_known(before, after, alignment) { 0.85 } else { 0.77 };
    judged(TitleChange::Reassigned, confidence, "the same level with another task")
}

/// "CFO" and "CFO & COO": another chief office beside the first, or one given up.
fn second_office(before: &Title, after: &Title, alignment: &Alignment) -> Option<TitleJudgement> {
    let offices = |title: &Title| title.words().iter().filter(|word| word.text == "chief" && !word.of_another).count();
    let (old, new) = (offices(before), offices(after));
    let names_office = differing(before, after, alignment)
        .any(|word| matches!(&*word.text, "operating" | "finance" | "executive" | "technology" | "information"));
    match new.cmp(&old) {
        _ if !names_office || before.level() == Some(Level::Owner) || after.level() == Some(Level::Owner) => None,
        std::cmp::Ordering::Greater => Some(judged(TitleChange::Promoted, 0.8, "a chief office beside the old one")),
        std::cmp::Ordering::Less => Some(judged(TitleChange::Demoted, 0.8, "one of the chief offices was given up")),
        std::cmp::Ordering::Equal => None,
    }
}

/// One word more can make it another function: a product manager and a product marketing manager.
fn is_moved_by_a_word(before: &Title, after: &Title, alignment: &Alignment) -> bool {
    let names_pair = |title: &Title, left: &[usize]| {
        left.iter().any(|at| {
            let words = title.words();
            let pair = at.checked_sub(1).and_then(|first| words.get(first)).and_then(|word| word.entry);
            let second = words.get(*at);
            pair.zip(second).is_some_and(|(first, second)| {
                first.paired_departments.iter().any(|(name, department)| {
                    *name == second.text && first.department.is_some() && first.department != Some(*department)
                })
            })
        })
    };
    !alignment.may_be_short_form
        && (names_pair(before, &alignment.left_before) || names_pair(after, &alignment.left_after))
}

fn unknown_level(before: &Title, after: &Title, alignment: &Alignment) -> TitleJudgement {
    let both_sides = !alignment.left_before.is_empty() && !alignment.left_after.is_empty();
    if both_sides && before.department_differs(after) && !alignment.may_be_short_form {
        return judged(TitleChange::Reassigned, 0.77, reasons::other_department(before, after));
    }
    judged(TitleChange::Unclear, 0.5, "one of the titles does not say how high it stands")
}

/// What is left of each side once ranks, grades and doers are set aside: the subject of the work.
fn left_subjects<'a>(before: &'a Title, after: &'a Title, alignment: &'a Alignment) -> (Vec<&'a Word>, Vec<&'a Word>) {
    let subjects = |words: &'a [Word], left_words: &'a [usize]| {
        left(words, left_words).filter(|word| !rank::is_rank_word(&word.text) && !word.is_doer(true)).collect()
    };
    (subjects(before.words(), &alignment.left_before), subjects(after.words(), &alignment.left_after))
}

fn all_known(before: &Title, after: &Title, alignment: &Alignment) -> bool {
    differing(before, after, alignment).all(Word::is_known)
}

fn differing<'a>(before: &'a Title, after: &'a Title, alignment: &'a Alignment) -> impl Iterator<Item = &'a Word> {
    left(before.words(), &alignment.left_before).chain(left(after.words(), &alignment.left_after))
}

fn left<'a>(words: &'a [Word], left: &'a [usize]) -> impl Iterator<Item = &'a Word> {
    left.iter().filter_map(|at| words.get(*at))
}
