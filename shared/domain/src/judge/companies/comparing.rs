//! Decides whether two names that were read mean one company, by what they share and by what is left over.

use super::alignment::{Alignment, Likeness, Short, align};
use super::legal_forms::is_form;
use super::nobody::no_company_folded;
use super::reading::{Name, Word, read};
use super::vocabulary::Kind;
use super::{CompanyJudgement, Sameness};

pub fn compare(before: &str, after: &str) -> CompanyJudgement {
    let (left, right) = (read(before), read(after));
    if let Some(judgement) = without_company(&left, &right) {
        return judgement;
    }
    if left.folded == right.folded {
        return same(0.99, "differs at most in case, accents or spacing");
    }
    let judgement = names(&left, &right);
    if judgement.sameness == Sameness::Same {
        return judgement;
    }
    part_of(before, after).or_else(|| in_other_script(&left, &right)).unwrap_or(judgement)
}

/// Names alone, without looking into brackets and lists.
pub fn names(left: &Name, right: &Name) -> CompanyJudgement {
    let done = align(&left.words, &right.words);
    if done.left_used > 0 {
        return aligned(left, right, &left.words, &right.words, done);
    }
    let (l, r) = (without_lead(&left.words), without_lead(&right.words));
    let done = align(l, r);
    if done.left_used > 0 && weight_of(l, r, done) >= Weight::Distinctive {
        return less_sure(aligned(left, right, l, r, done), 0.08);
    }
    ending(&left.words, &right.words).unwrap_or_else(|| different(0.9, "the names have nothing in common"))
}

fn without_company(left: &Name, right: &Name) -> Option<CompanyJudgement> {
    if left.folded.is_empty() || right.folded.is_empty() {
        return Some(unclear(0.2, "one side is blank"));
    }
    match (no_company_folded(&left.folded), no_company_folded(&right.folded)) {
        (None, None) => None,
        (Some(l), Some(r)) if l == r => Some(same(0.9, "neither names a company and both say the same")),
        (Some(super::NoCompany::Placeholder), _) | (_, Some(super::NoCompany::Placeholder)) => {
            Some(unclear(0.3, "one side is a placeholder, not a company"))
        }
        _ => Some(different(0.9, "one side names no company")),
    }
}

fn aligned(left: &Name, right: &Name, l: &[Word], r: &[Word], done: Alignment) -> CompanyJudgement {
    let (l_rest, r_rest) = (l.get(done.left_used..).unwrap_or_default(), r.get(done.right_used..).unwrap_or_default());
    let judgement = match (rest(l_rest), rest(r_rest)) {
        (Rest::Nothing, Rest::Nothing) => whole(left, right, done.weakest),
        (l_left, r_left) => tails(weight_of(l, r, done), l_left.min(r_left), l_left.max(r_left), done.weakest, &said(l_rest, r_rest)),
    };
    let judgement = if left.romanised || right.romanised { less_sure(judgement, 0.1) } else { judgement };
    less_sure(judgement, doubt(done.weakest))
}

fn whole(left: &Name, right: &Name, weakest: Likeness) -> CompanyJudgement {
    match weakest {
        Likeness::Equal => match (&left.legal_form, &right.legal_form) {
            (None, None) => same(0.96, "differs only in punctuation or an abbreviation"),
            (l, r) => {
                let form = |form: &Option<String>| form.clone().unwrap_or_else(|| "none".to_owned());
                same(0.96, &format!("differs only in its legal form ({} / {})", form(l), form(r)))
            }
        },
        Likeness::Spacing => same(0.95, "differs only in spacing or a plural"),
        Likeness::Typo => same(0.95, "differs only in a likely typing error"),
        Likeness::Acronym(_) => {
            let (short, long) = if left.folded.len() < right.folded.len() { (left, right) } else { (right, left) };
            same(0.97, &format!("“{}” is the acronym of “{}”", short.folded, long.folded))
        }
    }
}

/// How sure a shared beginning makes us, given what each side has left.
fn tails(shared: Weight, less: Rest, more: Rest, weakest: Likeness, said: &str) -> CompanyJudgement {
    use Rest::{Generic, Nothing, Other, Place};
    let short_acronym = weakest == Likeness::Acronym(Short::Two);
    match (shared, less, more) {
        (Weight::Nothing, Nothing, _) => unclear(0.5, "what the names share is too general to tell"),
        (Weight::Nothing, _, _) => different(0.85, "the names share only a general word or a place"),
        (Weight::Ordinary, Nothing, Place) => same(0.75, &format!("differs only in a place ({said})")),
        (Weight::Ordinary, Place, Place) => same(0.7, &format!("differs only in a place ({said})")),
        (Weight::Ordinary, Nothing, _) => unclear(0.5, "one name is an ordinary word that begins the other"),
        (Weight::Ordinary, _, Other) => different(0.8, &format!("the names share a common word and go on differently ({said})")),
        (Weight::Ordinary, _, _) => unclear(0.5, "the names share only a common word"),
        (Weight::Phrase, _, Other) if less != Nothing => different(0.6, &format!("the names go on differently ({said})")),
        (Weight::Phrase, _, Other) => unclear(0.5, "one name begins the other, with ordinary words"),
        (_, _, Generic) if short_acronym => unclear(0.5, "the shared acronym is short"),
        (_, Nothing, Place) => same(0.9, &format!("differs only in a place ({said})")),
        (_, _, Place) => same(0.85, &format!("differs only in a place ({said})")),
        (_, Nothing, Generic) => same(0.88, &format!("differs only in a general word ({said})")),
        (_, _, Generic) => same(0.75, &format!("differs only in general words ({said})")),
        (Weight::Strong, Nothing | Place, Other) => same(0.7, &format!("one name begins the other, which adds “{said}”")),
        (_, Nothing, Other) => unclear(0.5, &format!("a short name begins the other, which adds “{said}”")),
        (_, _, Other) => unclear(0.5, &format!("the names begin alike and go on differently ({said})")),
        (_, _, Nothing) => same(0.9, "the names agree"),
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Weight {
    /// Places, general words, lines of business.
    Nothing,
    /// One common word.
    Ordinary,
    /// Several common words, or one with a line of business.
    Phrase,
    /// A word of its own, but short.
    Distinctive,
    /// A long word of its own, or one with another word.
    Strong,
}

/// An acronym is a name of its own, however general the words behind it.
fn weight_of(l: &[Word], r: &[Word], done: Alignment) -> Weight {
    let weight = weight(shared(l, r, done));
    match done.weakest {
        Likeness::Acronym(Short::FourOrMore | Short::Three) => weight.max(Weight::Distinctive),
        _ => weight,
    }
}

fn weight(shared: &[Word]) -> Weight {
    let (mut own, mut longest, mut common, mut sector) = (0, 0, 0, 0);
    for word in shared {
        match word.kind {
            Kind::Own => {
                own += 1;
                longest = longest.max(word.text.chars().count());
            }
            Kind::Common => common += 1,
            Kind::Sector => sector += 1,
            Kind::Generic | Kind::Place | Kind::Link | Kind::Legal => {}
        }
    }
    match (own, common, sector) {
        (0, 0, _) => Weight::Nothing,
        (0, 1, 0) => Weight::Ordinary,
        (0, _, _) => Weight::Phrase,
        (1, 0, 0) if longest < 5 => Weight::Distinctive,
        _ => Weight::Strong,
    }
}

/// What follows the shared words, by the word in it that says most.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Rest {
    Nothing,
    Place,
    Generic,
    Other,
}

fn rest(words: &[Word]) -> Rest {
    words
        .iter()
        .map(|word| match word.kind {
            Kind::Link | Kind::Legal => Rest::Nothing,
            Kind::Place => Rest::Place,
            Kind::Generic => Rest::Generic,
            Kind::Own | Kind::Common | Kind::Sector => Rest::Other,
        })
        .max()
        .unwrap_or(Rest::Nothing)
}

/// The longer spelling of what agreed: behind an acronym stand the words.
fn shared<'a>(l: &'a [Word], r: &'a [Word], done: Alignment) -> &'a [Word] {
    if done.left_used >= done.right_used { l.get(..done.left_used) } else { r.get(..done.right_used) }.unwrap_or_default()
}

/// The words without places and “group” in front.
fn without_lead(words: &[Word]) -> &[Word] {
    let lead = words.iter().take_while(|word| matches!(word.kind, Kind::Place | Kind::Generic | Kind::Link)).count();
    words.get(lead..).filter(|rest| !rest.is_empty()).unwrap_or(words)
}

/// One name as the end of the other: “Office of the CTO, Acme”.
fn ending(left: &[Word], right: &[Word]) -> Option<CompanyJudgement> {
    let (short, long) = if left.len() < right.len() { (left, right) } else { (right, left) };
    let tail = long.get(long.len() - short.len()..)?;
    (short.len() < long.len() && tail == short && weight(short) == Weight::Strong)
        .then(|| unclear(0.5, "one name ends the other"))
}

/// Brackets, dashes and commas set names side by side: “Acme (formerly Zyx)”, “Zyx - Acme”.
fn part_of(before: &str, after: &str) -> Option<CompanyJudgement> {
    let (left, right) = (parts(before), parts(after));
    if left.len() < 2 && right.len() < 2 {
        return None;
    }
    let best = left
        .iter()
        .flat_map(|l| right.iter().map(move |r| (l, r)))
        .filter(|(l, r)| is_named(l) || is_named(r))
        .map(|(l, r)| names(l, r))
        .filter(|found| found.sameness == Sameness::Same && found.confidence > 0.8)
        .max_by(|a, b| a.confidence.total_cmp(&b.confidence))?;
    Some(same(best.confidence * 0.85, "one of the names given together is the other's"))
}

/// The names in one entry: both of two, but of a longer list only the first, since in a list each stands for itself.
fn parts(raw: &str) -> Vec<Name> {
    if !raw.contains(SEPARATORS) && !raw.contains(" - ") {
        return vec![read(raw)];
    }
    let mut parts: Vec<Name> = raw
        .split(SEPARATORS)
        .flat_map(|part| part.split(" - "))
        .map(read)
        .filter(|part| !is_addition(part))
        .collect();
    if parts.len() > 2 {
        parts.truncate(1);
    }
    parts
}

const SEPARATORS: [char; 13] = [',', '(', ')', '/', '|', ';', ':', '[', ']', '{', '}', '–', '—'];

/// A legal form or a place behind a comma is no name.
fn is_addition(part: &Name) -> bool {
    part.words.iter().all(|word| is_form(word) || matches!(word.kind, Kind::Place | Kind::Link))
        || part.words.len() == 1 && part.words.iter().all(|word| word.kind == Kind::Generic)
}

fn is_named(part: &Name) -> bool {
    part.words.iter().any(|word| word.kind == Kind::Own)
}

fn in_other_script(left: &Name, right: &Name) -> Option<CompanyJudgement> {
    (left.romanised != right.romanised).then(|| unclear(0.5, "the names are in different scripts"))
}

fn said(left: &[Word], right: &[Word]) -> String {
    match (left.is_empty(), right.is_empty()) {
        (_, true) => spaced(left),
        (true, _) => spaced(right),
        _ => format!("{} / {}", spaced(left), spaced(right)),
    }
}

fn spaced(words: &[Word]) -> String {
    words.iter().map(|word| word.text.as_str()).collect::<Vec<_>>().join(" ")
}

fn doubt(likeness: Likeness) -> f64 {
    match likeness {
        Likeness::Equal | Likeness::Spacing => 0.0,
        Likeness::Acronym(Short::FourOrMore) => 0.05,
        Likeness::Typo => 0.1,
        Likeness::Acronym(Short::Three) => 0.12,
        Likeness::Acronym(Short::Two) => 0.2,
    }
}

fn less_sure(judgement: CompanyJudgement, by: f64) -> CompanyJudgement {
    CompanyJudgement { confidence: (judgement.confidence - by).max(0.3), ..judgement }
}

fn same(confidence: f64, reason: &str) -> CompanyJudgement {
    judgement(Sameness::Same, confidence, reason)
}

fn different(confidence: f64, reason: &str) -> CompanyJudgement {
    judgement(Sameness::Different, confidence, reason)
}

fn unclear(confidence: f64, reason: &str) -> CompanyJudgement {
    judgement(Sameness::Unclear, confidence, reason)
}

fn judgement(sameness: Sameness, confidence: f64, reason: &str) -> CompanyJudgement {
    CompanyJudgement { sameness, confidence, reason: reason.to_owned() }
}
