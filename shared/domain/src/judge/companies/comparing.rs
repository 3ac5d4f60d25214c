//! Decides whether two names that were read mean one company, by what they share and by what is left over.

use super::alignment::{Alignment, Likeness, Short, align};
use super::damaged::lost_letters;
use super::last_resorts::{blend, capitals, in_other_script, may_be_one};
use super::legal_forms::is_form;
use super::nobody::no_company_folded;
use super::parts::{part_of, two_of_one_acronym};
use super::reading::{Name, Word, read};
use super::vocabulary::Kind;
use super::weight::{Rest, Weight, different_business, rest, weight, weight_of};
use super::{CompanyJudgement, NoCompany, Sameness};

pub(super) fn compare(before: &str, after: &str) -> CompanyJudgement {
    let (left, right) = (read(before), read(after));
    if let Some(judgement) = without_company(&left, &right) {
        return judgement;
    }
    if left.folded == right.folded {
        return same(0.99, "differs at most in case, accents or spacing");
    }
    if lost_letters(before, after) {
        return same(0.92, "one name has lost its accents in an import");
    }
    if let Some(judgement) = two_of_one_acronym(&left, &right) {
        return judgement;
    }
    let judgement = names(&left, &right);
    let is_same = judgement.sameness == Sameness::Same;
    if is_same && judgement.confidence > 0.8 {
        return judgement;
    }
    let part = part_of(&left, &right);
    if is_same {
        return part.filter(|part| part.confidence > judgement.confidence).unwrap_or(judgement);
    }
    part.or_else(|| in_other_script(&left, &right))
        .or_else(|| capitals(before, &right).or_else(|| capitals(after, &left)))
        .or_else(|| blend(&left, &right).or_else(|| blend(&right, &left)))
        .unwrap_or(judgement)
}

/// Names alone, without looking into brackets and lists.
pub(super) fn names(left: &Name, right: &Name) -> CompanyJudgement {
    let done = align(&left.words, &right.words);
    if done.left_used > 0 {
        return aligned(left, right, &left.words, &right.words, done);
    }
    let (l, r) = (without_lead(&left.words), without_lead(&right.words));
    let done = align(l, r);
    if done.left_used > 0 && weight_of(l, r, done) >= Weight::Distinctive {
        return less_sure(aligned(left, right, l, r, done), 0.08);
    }
    other_order(&left.words, &right.words)
        .or_else(|| ending(&left.words, &right.words))
        .or_else(|| may_be_one(left, right))
        .unwrap_or_else(|| different(0.9, "the names have nothing in common"))
}

fn without_company(left: &Name, right: &Name) -> Option<CompanyJudgement> {
    if left.folded.is_empty() || right.folded.is_empty() {
        return Some(unclear(0.2, "one side is blank"));
    }
    match (no_company_folded(&left.folded), no_company_folded(&right.folded)) {
        (None, None) => None,
        (Some(l), Some(r)) if l == r => Some(same(0.9, "neither names a company and both say the same")),
        (Some(NoCompany::Placeholder | NoCompany::OnLeave), _)
        | (_, Some(NoCompany::Placeholder | NoCompany::OnLeave)) => {
            Some(unclear(0.3, "one side is a placeholder, not a company"))
        }
        _ => Some(different(0.9, "one side names no company")),
    }
}

fn aligned(left: &Name, right: &Name, l: &[Word], r: &[Word], done: Alignment) -> CompanyJudgement {
    let (l_rest, r_rest) = (l.get(done.left_used..).unwrap_or_default(), r.get(done.right_used..).unwrap_or_default());
    let judgement = match (rest(l_rest), rest(r_rest)) {
        (Rest::Nothing, Rest::Nothing) if is_chance(l, r, done) => {
            unclear(0.5, "two letters may stand for many pairs of ordinary words")
        }
        (Rest::Nothing, Rest::Nothing) => whole(left, right, done.weakest),
        _ if weight_of(l, r, done) >= Weight::Distinctive && different_business(l_rest, r_rest) => {
            different(0.8, &format!("one name, two lines of business ({})", said(l_rest, r_rest)))
        }
        (l_left, r_left) => {
            tails(weight_of(l, r, done), l_left.min(r_left), l_left.max(r_left), done.weakest, &said(l_rest, r_rest))
        }
    };
    let judgement = if left.romanised || right.romanised { less_sure(judgement, 0.1) } else { judgement };
    // Words behind the acronym that agree too leave less to chance.
    let alone = done.left_used.min(done.right_used) < 2;
    less_sure(judgement, if alone { doubt(done.weakest) } else { doubt(done.weakest).min(0.12) })
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
            same(0.97, &format!("“{}” is the acronym of “{}”", short.shown, long.shown))
        }
    }
}

/// “GM” is General Mills, General Motors and more; “GM Foods” is General Mills Foods.
fn is_chance(l: &[Word], r: &[Word], done: Alignment) -> bool {
    let alone = done.left_used.min(done.right_used) < 2;
    alone && done.weakest == Likeness::Acronym(Short::Two) && weight_of(l, r, done) < Weight::Distinctive
}

/// How sure a shared beginning makes us, given what each side has left.
fn tails(shared: Weight, less: Rest, more: Rest, weakest: Likeness, said: &str) -> CompanyJudgement {
    use Rest::{Business, Generic, Nothing, Other, Place};
    let short_acronym = weakest == Likeness::Acronym(Short::Two);
    match (shared, less, more) {
        (Weight::Nothing, Nothing, _) => unclear(0.5, "what the names share is too general to tell"),
        (Weight::Nothing, _, _) => different(0.85, "the names share only a general word or a place"),
        (Weight::Ordinary, Nothing, Place) => same(0.75, &format!("differs only in a place ({said})")),
        (Weight::Ordinary, Place, Place) => same(0.7, &format!("differs only in a place ({said})")),
        (Weight::Ordinary, Nothing, _) => unclear(0.5, "one name is an ordinary word that begins the other"),
        (Weight::Ordinary, _, Business | Other) => {
            different(0.8, &format!("the names share a common word and go on differently ({said})"))
        }
        (Weight::Ordinary, _, _) => unclear(0.5, "the names share only a common word"),
        (Weight::Phrase, _, Business | Other) if less != Nothing => {
            different(0.6, &format!("the names go on differently ({said})"))
        }
        (Weight::Phrase, _, Business | Other) => unclear(0.5, "one name begins the other, with ordinary words"),
        (_, _, Generic | Business | Other) if short_acronym => unclear(0.5, "the shared acronym is short"),
        (_, Nothing, Place) => same(0.9, &format!("differs only in a place ({said})")),
        (_, _, Place) => same(0.85, &format!("differs only in a place ({said})")),
        (_, Nothing, Generic) => same(0.88, &format!("differs only in a general word ({said})")),
        (_, _, Generic) => same(0.75, &format!("differs only in general words ({said})")),
        (_, Nothing, Business) => {
            unclear(0.5, &format!("one name adds a line of business or a body of its own ({said})"))
        }
        (_, Nothing, Other) if weakest == Likeness::Typo => unclear(0.5, "one name begins the other but for a letter"),
        (Weight::Strong, Nothing, Other) => same(0.7, &format!("one name begins the other, which adds “{said}”")),
        (_, Nothing, Other) => unclear(0.5, &format!("a short name begins the other, which adds “{said}”")),
        (_, _, Business | Other) => unclear(0.5, &format!("the names begin alike and go on differently ({said})")),
        (_, _, Nothing) => same(0.9, "the names agree"),
    }
}

/// The words without places, “group” and what may be a legal form in front.
fn without_lead(words: &[Word]) -> &[Word] {
    let leads = |word: &&Word| matches!(word.kind, Kind::Place | Kind::Generic | Kind::Link) || is_form(word);
    let lead = words.iter().take_while(leads).count();
    words.get(lead..).filter(|rest| !rest.is_empty()).unwrap_or(words)
}

/// “Universidad Zyx” and “Zyx University”; but Washington University is not the University of Washington.
fn other_order(left: &[Word], right: &[Word]) -> Option<CompanyJudgement> {
    let counted = |words: &[Word]| words.iter().filter(|word| word.kind != Kind::Link).count();
    let held =
        |words: &[Word], others: &[Word]| words.iter().all(|word| word.kind == Kind::Link || others.contains(word));
    if counted(left) != counted(right) || !held(left, right) || !held(right, left) {
        return None;
    }
    Some(match weight(left) {
        Weight::Distinctive | Weight::Strong => same(0.85, "differs only in the order of words"),
        Weight::Nothing | Weight::Ordinary | Weight::Phrase => {
            unclear(0.5, "the same general words stand in another order")
        }
    })
}

/// One name as the end of the other: “Office of the CTO, Acme”.
fn ending(left: &[Word], right: &[Word]) -> Option<CompanyJudgement> {
    let (short, long) = if left.len() < right.len() { (left, right) } else { (right, left) };
    let tail = long.get(long.len() - short.len()..)?;
    if short.len() == long.len() || tail != short || weight(short) != Weight::Strong {
        return None;
    }
    let is_long = short.len() > 1 || short.iter().any(|word| word.text.chars().count() >= LONG_NAME);
    Some(if is_long { same(0.6, "one name ends the other") } else { unclear(0.5, "one name ends the other") })
}

/// So long a single word is rarely a family name or half of another company's name.
const LONG_NAME: usize = 8;

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
        Likeness::Acronym(Short::Two) => 0.3,
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
