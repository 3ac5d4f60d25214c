//! Reads the level of responsibility out of the words of a title.

use super::ladder::Level;
use super::reading::Word;

/// The level the words speak of, or nothing if none of them says.
///
/// The highest rank named for the person decides, so "VP and General Manager" is a vice president. Words after "to" are another's rank.
pub(super) fn level(words: &[Word]) -> Option<Level> {
    let own = words.iter().position(|word| word.of_another).unwrap_or(words.len());
    let words = words.get(..own).unwrap_or(words);
    if is_somebodys_assistant(words) {
        return Some(Level::Assistant);
    }
    (0..words.len()).filter_map(|at| level_at(words, at)).max()
}

/// Rank words and the words that grade them; all others say what the job is about.
pub(super) const WORDS: &[&str] = &[
    "president", "director", "manager", "supervisor", "foreman", "superintendent", "head", "chief", "officer", "chair", "owner",
    "founder", "partner", "principal", "lead", "coordinator", "intern", "trainee", "apprentice", "assistant", "aide", "helper",
    "executive", "board", "trustee", "governor", "senior", "junior", "associate", "deputy", "vice", "managing", "general", "staff",
    "leiter", "jefe", "chefe", "responsable", "kierownik", "verantwortlich", "gerant", "directeurgeneral", "geschaftsfuhrer",
    "vorstand", "member", "internship",
];

/// True for rank words, their grades and the doers whose only message is the level.
pub(super) fn is_rank_word(word: &str) -> bool {
    WORDS.contains(&word)
}

/// "CEO assistant" and "medical assistant", but not "director, medical assistant".
fn is_somebodys_assistant(words: &[Word]) -> bool {
    let end = words.iter().skip(1).position(|word| word.opens_part).map_or(words.len(), |at| at + 1);
    let part = words.get(..end).unwrap_or(words);
    let Some((last, before)) = part.split_last() else { return false };
    let leads_with_rank = before.len() > 1
        && before.first().is_some_and(|first| matches!(&*first.text, "director" | "manager" | "supervisor" | "coordinator" | "vice" | "head" | "chief"));
    matches!(&*last.text, "assistant" | "aide") && !before.is_empty() && !leads_with_rank
}

fn level_at(words: &[Word], at: usize) -> Option<Level> {
    let word = words.get(at)?;
    let next = words.get(at + 1).map_or("", |next| &next.text);
    let grades = Grades::before(words, at);
    match &*word.text {
        "president" => Some(president(&grades)),
        "director" => Some(director(&grades)),
        "geschaftsfuhrer" | "directeurgeneral" | "gerant" => Some(Level::ManagingDirector),
        "manager" | "pm" | "csm" | "kierownik" => Some(manager(&grades)),
        "supervisor" | "foreman" => Some(if grades.lower { Level::Lead } else { Level::Supervisor }),
        "superintendent" => Some(if grades.lower { Level::DeputyHead } else { Level::Head }),
        "head" | "leiter" | "jefe" | "chefe" | "responsable" | "verantwortlich" => head(words, at, &grades),
        "chief" => Some(chief(words, at, &grades)),
        "cpo" | "cdo" | "cao" | "cso" | "cco" | "clo" | "cxo" | "cko" | "vorstand" => Some(Level::Chief),
        "chair" => Some(if grades.vice || grades.lower { Level::ViceChair } else { Level::Chair }),
        "founder" => Some(Level::Owner),
        "owner" => Some(owner(words, at)),
        "partner" => partner(words, at),
        "principal" => principal(words, at, &grades),
        "lead" if !matches!(next, "generation" | "gen" | "qualification") => Some(Level::Lead),
        "coordinator" => Some(coordinator(&grades)),
        "intern" | "internship" | "trainee" | "apprentice" => Some(Level::Intern),
        "aide" | "helper" => Some(Level::Assistant),
        "assistant" if !grades_a_noun(words, at) => Some(Level::Assistant),
        "associate" if at > 0 && ends_part(words, at) => Some(doer(&grades)),
        "executive" if at > 0 && ends_part(words, at) => Some(doer(&grades)),
        "member" if at > 0 && words.get(at - 1).is_some_and(|word| word.text == "board") => Some(Level::BoardMember),
        "trustee" | "governor" => Some(Level::BoardMember),
        "professor" => Some(professor(words, at, &grades)),
        _ if word.is_doer(ends_part(words, at)) => Some(doer(&grades)),
        _ => None,
    }
}

/// The words before a rank noun that raise or lower it.
#[derive(Default)]
struct Grades {
    senior: bool,
    /// Assistant, associate, deputy, junior.
    lower: bool,
    vice: bool,
    executive: bool,
    managing: bool,
    general: bool,
    lead: bool,
    principal: bool,
    staff: bool,
    chief: bool,
}

impl Grades {
    /// A grade stands directly before its noun or first in its part: "Senior Product Manager", "Product Senior Manager".
    fn before(words: &[Word], at: usize) -> Self {
        let mut grades = Self::default();
        let mut adjacent = true;
        for back in (0..at).rev() {
            let Some(word) = words.get(back) else { break };
            if words.get(back + 1).is_some_and(|next| next.opens_part) {
                break;
            }
            let counts = adjacent || word.opens_part;
            adjacent = counts && grades.note(words, back) && adjacent;
        }
        let postposed = words.get(at + 1).is_some_and(|next| next.text == "senior" && next.opens_part);
        grades.senior |= postposed;
        grades
    }

    /// Notes the grade; false if the word is none.
    fn note(&mut self, words: &[Word], at: usize) -> bool {
        let next = words.get(at + 1).map_or("", |next| &next.text);
        let flag = match words.get(at).map_or("", |word| &*word.text) {
            "senior" if !matches!(next, "living" | "care" | "service" | "citizen" | "center" | "housing" | "community" | "health") => &mut self.senior,
            "assistant" if is_occupation(words, at) => return false,
            "assistant" | "associate" | "deputy" | "junior" => &mut self.lower,
            "vice" => &mut self.vice,
            "executive" => &mut self.executive,
            "managing" => &mut self.managing,
            "general" => &mut self.general,
            "lead" | "head" => &mut self.lead,
            "principal" => &mut self.principal,
            "staff" => &mut self.staff,
            "chief" => &mut self.chief,
            _ => return false,
        };
        *flag = true;
        true
    }
}

/// A medical assistant is a trade, not the deputy of the word behind it.
fn is_occupation(words: &[Word], assistant: usize) -> bool {
    assistant > 0
        && words.get(assistant - 1).is_some_and(|word| {
            matches!(
                &*word.text,
                "medical" | "dental" | "teaching" | "teacher" | "nursing" | "nurse" | "physician" | "research" | "legal" | "admin"
                    | "executive" | "personal" | "therapy" | "therapist" | "care" | "laboratory" | "office" | "surgical"
            )
        })
}

/// True if the assistant here is the lower grade of a noun later in its part, as in "Assistant Sales Manager".
fn grades_a_noun(words: &[Word], at: usize) -> bool {
    let part = words.get(at + 1..).unwrap_or_default().iter().take_while(|word| !word.opens_part);
    !is_occupation(words, at) && part.enumerate().any(|(offset, word)| word.is_doer(ends_part(words, at + 1 + offset)) || is_rank_noun(&word.text))
}

fn is_rank_noun(word: &str) -> bool {
    matches!(word, "president" | "director" | "manager" | "supervisor" | "superintendent" | "head" | "chief" | "principal" | "chair" | "coordinator" | "lead")
}

fn ends_part(words: &[Word], at: usize) -> bool {
    words.get(at + 1).is_none_or(|next| next.opens_part)
}

fn president(grades: &Grades) -> Level {
    match grades {
        Grades { vice: true, executive: true, .. } => Level::ExecutiveVicePresident,
        Grades { vice: true, senior: true, .. } => Level::SeniorVicePresident,
        Grades { vice: true, lower: true, .. } => Level::AssistantVicePresident,
        Grades { vice: true, .. } => Level::VicePresident,
        Grades { lower: true, .. } => Level::DeputyChief,
        _ => Level::ChiefExecutive,
    }
}

fn director(grades: &Grades) -> Level {
    match grades {
        Grades { managing: true, lower: true, .. } => Level::DeputyChief,
        Grades { managing: true, .. } | Grades { general: true, .. } => Level::ManagingDirector,
        Grades { lower: true, .. } | Grades { vice: true, .. } => Level::AssociateDirector,
        Grades { executive: true, .. } => Level::ExecutiveDirector,
        Grades { senior: true, .. } => Level::SeniorDirector,
        _ => Level::Director,
    }
}

fn manager(grades: &Grades) -> Level {
    match grades {
        Grades { general: true, lower: true, .. } => Level::SeniorManager,
        Grades { general: true, .. } => Level::GeneralManager,
        Grades { lower: true, .. } | Grades { vice: true, .. } => Level::AssistantManager,
        Grades { senior: true, .. } | Grades { executive: true, .. } | Grades { principal: true, .. } => Level::SeniorManager,
        _ => Level::Manager,
    }
}

/// "Head of Sales" leads a department, a "head nurse" leads other nurses, a "head office" is a place.
fn head(words: &[Word], at: usize, grades: &Grades) -> Option<Level> {
    let next = words.get(at + 1).filter(|next| !next.opens_part);
    match next {
        Some(next) if next.text == "office" => None,
        Some(next) if next.is_doer(false) => Some(Level::Lead),
        _ if grades.lower => Some(Level::DeputyHead),
        _ => Some(Level::Head),
    }
}

/// A chief officer sits on the board's side of the table; a chief engineer, a chief of staff and a fire chief do not.
fn chief(words: &[Word], at: usize, grades: &Grades) -> Level {
    let rest = words.get(at + 1..).unwrap_or_default();
    let next = rest.first().map_or("", |next| &next.text);
    let is_officer = rest.iter().any(|word| word.text == "officer");
    match next {
        "executive" if is_officer && !grades.lower => Level::ChiefExecutive,
        _ if is_officer && (grades.lower || grades.vice) => Level::DeputyChief,
        _ if is_officer => Level::Chief,
        "" | "staff" => Level::Head,
        _ if rest.iter().enumerate().any(|(offset, word)| word.is_doer(ends_part(words, at + 1 + offset))) => Level::Principal,
        _ => Level::Chief,
    }
}

fn owner(words: &[Word], at: usize) -> Level {
    let owned = at.checked_sub(1).and_then(|before| words.get(before)).filter(|_| words.get(at).is_some_and(|word| !word.opens_part));
    let is_task = owned.is_some_and(|word| {
        matches!(&*word.text, "product" | "process" | "system" | "data" | "service" | "application" | "asset" | "platform" | "solution" | "risk" | "control")
    });
    if is_task { Level::Individual } else { Level::Owner }
}

/// A partner of the firm stands alone or first; a business partner advises, a partner manager looks after resellers.
fn partner(words: &[Word], at: usize) -> Option<Level> {
    let before = at.checked_sub(1).and_then(|before| words.get(before)).map_or("", |word| &word.text);
    let follows_on = words.get(at + 1).is_some_and(|next| !next.opens_part);
    match before {
        "business" | "talent" | "resource" | "people" | "acquisition" | "finance" | "solution" | "success" | "delivery" => Some(Level::Individual),
        "channel" | "strategy" | "technology" | "alliance" | "global" => None,
        _ if follows_on && at > 0 => None,
        _ if follows_on && words.get(at + 1).is_some_and(|next| is_rank_noun(&next.text) || matches!(&*next.text, "marketing" | "sale" | "success" | "development" | "account")) => None,
        _ => Some(Level::Partner),
    }
}

/// The principal of a school; "principal engineer" is a grade and is judged with the engineer.
fn principal(words: &[Word], at: usize, grades: &Grades) -> Option<Level> {
    match () {
        () if !ends_part(words, at) => None,
        () if grades.lower || grades.vice => Some(Level::DeputyHead),
        () => Some(Level::Head),
    }
}

fn coordinator(grades: &Grades) -> Level {
    match grades {
        Grades { lower: true, .. } => Level::Assistant,
        Grades { senior: true, .. } | Grades { lead: true, .. } => Level::Individual,
        _ => Level::Coordinator,
    }
}

/// Assistant and associate professors are professors on the way up.
fn professor(words: &[Word], at: usize, grades: &Grades) -> Level {
    let is_associate = words.get(..at).unwrap_or_default().iter().any(|word| word.text == "associate");
    match grades.lower {
        true if is_associate => Level::Senior,
        true => Level::Individual,
        false => Level::Lead,
    }
}

fn doer(grades: &Grades) -> Level {
    match grades {
        Grades { lower: true, .. } => Level::Junior,
        Grades { principal: true, .. } | Grades { chief: true, .. } => Level::Principal,
        Grades { lead: true, .. } => Level::Lead,
        Grades { staff: true, senior: true, .. } => Level::Lead,
        Grades { staff: true, .. } => Level::Staff,
        Grades { senior: true, .. } => Level::Senior,
        _ => Level::Individual,
    }
}
