//! Reads the level of responsibility out of the words of a title.

mod grades;
mod nouns;

use super::ladder::Level;
use super::reading::Word;
use grades::{Grades, ends_part, grades_a_noun};

/// The level the words speak of, or nothing if none of them says.
///
/// The highest rank named for the person decides, so "VP and General Manager" is a vice president. Words after "to" are another's rank.
pub(super) fn level(words: &[Word]) -> Option<Level> {
    let own = words.iter().position(|word| word.of_another).unwrap_or(words.len());
    let words = words.get(..own).unwrap_or(words);
    if is_somebodys_assistant(words) {
        return Some(Level::Assistant);
    }
    if is_learner(words) {
        return Some(Level::Intern);
    }
    (0..words.len()).filter_map(|at| level_at(words, at)).max()
}

/// Rank words and the words that grade them; all others say what the job is about.
pub(super) const WORDS: &[&str] = &[
    "president",
    "director",
    "manager",
    "supervisor",
    "foreman",
    "superintendent",
    "head",
    "chief",
    "officer",
    "chair",
    "owner",
    "founder",
    "partner",
    "principal",
    "lead",
    "coordinator",
    "intern",
    "trainee",
    "apprentice",
    "assistant",
    "aide",
    "helper",
    "executive",
    "board",
    "trustee",
    "governor",
    "senior",
    "junior",
    "associate",
    "deputy",
    "vice",
    "managing",
    "general",
    "staff",
    "leiter",
    "responsable",
    "gerant",
    "geschaftsfuhrer",
    "vorstand",
    "boss",
    "pdg",
    "directorexecutive",
    "dirigente",
    "quadro",
    "superintendente",
    "dean",
    "provost",
    "rector",
    "suppleant",
    "member",
    "internship",
];

/// True for words that only raise or lower the rank noun beside them.
pub(super) fn is_grade(word: &str) -> bool {
    matches!(
        word,
        "assistant"
            | "associate"
            | "deputy"
            | "junior"
            | "senior"
            | "vice"
            | "executive"
            | "managing"
            | "lead"
            | "principal"
            | "staff"
    )
}

/// True for rank words, their grades and the doers whose only message is the level.
pub(super) fn is_rank_word(word: &str) -> bool {
    WORDS.contains(&word)
}

/// "CEO assistant" and "medical assistant", but not "director, medical assistant".
fn is_somebodys_assistant(words: &[Word]) -> bool {
    let end = words.iter().skip(1).position(|word| word.opens_part).map_or(words.len(), |at| at + 1);
    let part = words.get(..end).unwrap_or(words);
    let Some((last, before)) = part.split_last() else {
        return false;
    };
    let leads_with_rank = before.len() > 1
        && before.first().is_some_and(|first| {
            matches!(&*first.text, "director" | "manager" | "supervisor" | "coordinator" | "vice" | "head" | "chief")
        });
    let is_physician = before.last().is_some_and(|word| word.text == "physician");
    matches!(&*last.text, "assistant" | "aide") && !before.is_empty() && !leads_with_rank && !is_physician
}

/// "Accountant trainee" and "trainee accountant", but not "trainee program manager".
fn is_learner(words: &[Word]) -> bool {
    let end = words.iter().skip(1).position(|word| word.opens_part).map_or(words.len(), |at| at + 1);
    let part = words.get(..end).unwrap_or(words);
    let learns = |word: &Word| matches!(&*word.text, "intern" | "internship" | "trainee" | "apprentice");
    let ranks = part.iter().any(|word| grades::is_rank_noun(&word.text));
    !ranks && (part.last().is_some_and(learns) || part.first().is_some_and(learns))
}

fn level_at(words: &[Word], at: usize) -> Option<Level> {
    let word = words.get(at)?;
    let next = words.get(at + 1).map_or("", |next| &next.text);
    let grades = Grades::before(words, at);
    match &*word.text {
        "president" => Some(nouns::president(&grades)),
        "directeurtechnique" => Some(Level::Director),
        "director" => Some(nouns::director(&grades)),
        "geschaftsfuhrer" | "gerant" | "directorexecutive" => Some(nouns::managing_director(&grades)),
        "pdg" => Some(if grades.deputises() { Level::DeputyChief } else { Level::ChiefExecutive }),
        "dirigente" => Some(Level::Director),
        "quadro" => Some(Level::Manager),
        "superintendente" => Some(Level::GeneralManager),
        "dean" | "provost" | "rector" => Some(if grades.deputises() { Level::DeputyHead } else { Level::Head }),
        "boss" | "responsable" => Some(nouns::boss(words, at, &grades)),
        "manager" | "pm" | "csm" => Some(nouns::manager(&grades)),
        "supervisor" | "foreman" => Some(if grades.lower { Level::Lead } else { Level::Supervisor }),
        "superintendent" => Some(if grades.lower { Level::DeputyHead } else { Level::Head }),
        "head" | "leiter" => nouns::head(words, at, &grades),
        "chief" => Some(nouns::chief(words, at, &grades)),
        "cpo" | "cdo" | "cao" | "cso" | "cco" | "clo" | "cxo" | "cko" | "vorstand" => Some(Level::Chief),
        "chair" => Some(if grades.vice || grades.lower { Level::ViceChair } else { Level::Chair }),
        "founder" => Some(Level::Owner),
        "owner" => Some(nouns::owner(words, at)),
        "partner" => nouns::partner(words, at),
        "principal" => nouns::principal(words, at, &grades),
        "lead" if !matches!(next, "generation" | "gen" | "qualification") => Some(Level::Lead),
        "coordinator" => Some(nouns::coordinator(&grades)),
        "intern" | "internship" | "trainee" | "apprentice" => Some(Level::Intern),
        "aide" | "helper" => Some(Level::Assistant),
        "assistant" if at > 0 && words.get(at - 1).is_some_and(|word| word.text == "physician") => {
            Some(nouns::doer(&grades))
        }
        "assistant" if !grades_a_noun(words, at) => Some(Level::Assistant),
        "associate" if at > 0 && ends_part(words, at) => Some(nouns::doer(&grades)),
        "executive" if at > 0 && ends_part(words, at) => Some(nouns::doer(&grades)),
        "member" if at > 0 && words.get(at - 1).is_some_and(|word| word.text == "board") => {
            let is_deputy = at > 1 && words.get(at - 2).is_some_and(|word| word.text == "deputy");
            Some(if is_deputy { Level::DeputyBoardMember } else { Level::BoardMember })
        }
        "admin" | "tech" | "dev" if at > 0 && ends_part(words, at) => Some(nouns::doer(&grades)),
        "engineering" if at > 0 && ends_part(words, at) && word.opened_from == "eng" => Some(nouns::doer(&grades)),
        "trustee" | "governor" => Some(Level::BoardMember),
        "counsel" if grades.general => Some(if grades.lower { Level::DeputyHead } else { Level::Head }),
        "controller" | "comptroller" | "treasurer" if nouns::controls_finance(words, at) => {
            Some(if grades.lower { Level::DeputyHead } else { Level::Head })
        }
        "professor" => Some(nouns::professor(words, at, &grades)),
        _ if word.is_doer(ends_part(words, at)) => Some(nouns::doer(&grades)),
        _ => None,
    }
}
