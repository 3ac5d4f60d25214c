//! Several names in one entry: “Acme (formerly Zyx)”, “Zyx - Acme”, “Acme, Zyx”.

use super::comparing::names;
use super::legal_forms::is_form;
use super::reading::{Name, read};
use super::vocabulary::Kind;
use super::{CompanyJudgement, Sameness};

/// Whether one of the names given together in one entry is the other entry's.
pub(super) fn part_of(left: &Name, right: &Name) -> Option<CompanyJudgement> {
    if !has_parts(left) && !has_parts(right) {
        return None;
    }
    let (left, right) = (parts(&left.folded), parts(&right.folded));
    let best = left
        .iter()
        .flat_map(|l| right.iter().map(move |r| (l, r)))
        .filter(|(l, r)| is_named(l) || is_named(r))
        .map(|(l, r)| names(l, r))
        .filter(|found| found.sameness == Sameness::Same && found.confidence > 0.8)
        .max_by(|a, b| a.confidence.total_cmp(&b.confidence))?;
    Some(CompanyJudgement {
        sameness: Sameness::Same,
        confidence: best.confidence * 0.85,
        reason: "one of the names given together is the other's".to_owned(),
    })
}

fn has_parts(name: &Name) -> bool {
    name.folded.contains(SEPARATORS)
        || name.folded.contains(" - ")
        || name.words.iter().any(|word| MARKERS.contains(&word.text.as_str()))
        || PHRASES.iter().any(|phrase| name.folded.contains(phrase))
}

/// An acronym explained in two ways is two companies: “LSE (London School of Economics)”, “LSE (London Stock Exchange)”.
pub(super) fn two_of_one_acronym(left: &Name, right: &Name) -> Option<CompanyJudgement> {
    if !left.folded.contains('(') || !right.folded.contains('(') {
        return None;
    }
    let (left, right) = (parts(&left.folded), parts(&right.folded));
    let [l, r] = [&left, &right].map(|parts| match parts.as_slice() {
        [a, b] if is_acronym(a) => Some((a, b)),
        [a, b] if is_acronym(b) => Some((b, a)),
        _ => None,
    });
    let ((l_short, l_long), (r_short, r_long)) = (l?, r?);
    let judgement = names(l_long, r_long);
    (l_short.words == r_short.words && judgement.sameness == Sameness::Different).then_some(judgement)
}

fn is_acronym(part: &Name) -> bool {
    matches!(part.words.as_slice(), [only] if only.kind == Kind::Own && matches!(only.text.len(), 2..=5))
}

/// The names in one entry: both of two, but of a longer list only the first, since in a list each stands for itself.
fn parts(folded: &str) -> Vec<Name> {
    let mut text = format!(" {folded} ");
    for marker in SLASHED.into_iter().chain(PHRASES).chain(MARKERS) {
        if text.contains(marker) {
            text = text.replace(&format!(" {marker} "), " - ").replace(&format!("({marker} "), "(");
        }
    }
    let mut parts: Vec<Name> =
        text.split(SEPARATORS).flat_map(|part| part.split(" - ")).map(read).filter(|part| !is_addition(part)).collect();
    if parts.len() > 2 {
        parts.truncate(1);
    }
    parts
}

/// Words between two names of one company, in the languages of the registers that print them.
const MARKERS: [&str; 30] = [
    "formerly",
    "previously",
    "dba",
    "aka",
    "fka",
    "nka",
    "vormals",
    "ehemals",
    "fruher",
    "firmierend",
    "anciennement",
    "autrefois",
    "gia",
    "antes",
    "anteriormente",
    "antigua",
    "antiga",
    "antigamente",
    "voorheen",
    "tidligere",
    "tidigare",
    "dawniej",
    "poprzednio",
    "predtym",
    "korabban",
    "ranee",
    "bivsi",
    "entinen",
    "eskiden",
    "endine",
];

/// The same with strokes; a stroke alone separates.
const SLASHED: [&str; 5] = ["d/b/a", "f/k/a", "a/k/a", "t/a", "c/o"];

/// The same in several words, and what stands between a person's part and the company.
const PHRASES: [&str; 30] = [
    "formerly known as",
    "previously known as",
    "also known as",
    "now known as",
    "better known as",
    "doing business as",
    "trading as",
    "operating as",
    "formerly called",
    "renamed to",
    "care of",
    "on behalf of",
    "intern at",
    "contractor at",
    "contractor for",
    "contractor to",
    "consultant at",
    "consultant to",
    "consultant for",
    "contracted to",
    "contracting for",
    "contracting at",
    "employed at",
    "employed by",
    "employee of",
    "employee at",
    "working at",
    "working for",
    "works at",
    "seconded to",
];

const SEPARATORS: [char; 11] = [',', '(', ')', '/', '|', ';', ':', '[', ']', '{', '}'];

/// A legal form or a place behind a comma is no name.
fn is_addition(part: &Name) -> bool {
    part.words.iter().all(|word| is_form(word) || matches!(word.kind, Kind::Place | Kind::Link))
        || part.words.len() == 1 && part.words.iter().all(|word| word.kind == Kind::Generic)
}

fn is_named(part: &Name) -> bool {
    part.words.iter().any(|word| word.kind == Kind::Own)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_name_of_two_is_enough_and_a_place_or_legal_form_is_none() {
        let check = |left, right, expected| {
            assert_eq!(part_of(&read(left), &read(right)).is_some(), expected, "{left} {right}");
        };
        check("Zyxwv (formerly Tsrqp)", "Tsrqp", true);
        check("Zyxwv dba Tsrqp", "Tsrqp", true);
        check("Zyxwv - Tsrqp", "Tsrqp Inc.", true);
        check("Zyxwv già Tsrqp", "Tsrqp", true);
        check("Zyxwv f/k/a Tsrqp", "Tsrqp", true);
        check("Contractor at Tsrqp", "Tsrqp", true);
        check("Zyxwv, Inc.", "Tsrqp, Inc.", false);
        check("Zyxwv (India)", "Tsrqp (India)", false);
        check("Acme, Zyxwv, Tsrqp", "Tsrqp", false);
    }
}
