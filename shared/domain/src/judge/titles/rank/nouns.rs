//! The level of each rank noun, given the grades before it and the words around it.

use super::super::departments::Department;
use super::super::ladder::Level;
use super::super::reading::Word;
use super::grades::{Grades, ends_part, is_rank_noun};

pub(super) fn president(grades: &Grades) -> Level {
    match grades {
        Grades { vice: true, executive: true, .. } => Level::ExecutiveVicePresident,
        Grades { vice: true, senior: true, .. } => Level::SeniorVicePresident,
        Grades { vice: true, lower: true, .. } => Level::AssistantVicePresident,
        Grades { vice: true, .. } => Level::VicePresident,
        Grades { lower: true, .. } => Level::DeputyChief,
        _ => Level::ChiefExecutive,
    }
}

pub(super) fn director(grades: &Grades) -> Level {
    match grades {
        Grades { managing: true, lower: true, .. } => Level::DeputyChief,
        Grades { general: true, .. } if grades.deputises() => Level::DeputyChief,
        Grades { managing: true, .. } | Grades { general: true, .. } => Level::ManagingDirector,
        Grades { lower: true, .. } | Grades { vice: true, .. } => Level::AssociateDirector,
        Grades { executive: true, .. } => Level::ExecutiveDirector,
        Grades { senior: true, .. } => Level::SeniorDirector,
        _ => Level::Director,
    }
}

pub(super) fn manager(grades: &Grades) -> Level {
    match grades {
        Grades { general: true, lower: true, .. } => Level::SeniorManager,
        Grades { general: true, .. } => Level::GeneralManager,
        Grades { lower: true, .. } | Grades { vice: true, .. } => Level::AssistantManager,
        Grades { senior: true, .. } | Grades { executive: true, .. } | Grades { principal: true, .. } => {
            Level::SeniorManager
        }
        _ => Level::Manager,
    }
}

pub(super) fn managing_director(grades: &Grades) -> Level {
    if grades.deputises() { Level::DeputyChief } else { Level::ManagingDirector }
}

/// The French and Italian responsible, the Spanish `jefe`, the Nordic `chef`: below a director of the same language. The
/// head of a whole office or department stands above those of its experts.
pub(super) fn boss(words: &[Word], at: usize, grades: &Grades) -> Level {
    let leads_unit = |at: Option<usize>| {
        at.and_then(|at| words.get(at)).is_some_and(|word| matches!(&*word.text, "office" | "department" | "division"))
    };
    match () {
        () if grades.deputises() => Level::AssistantManager,
        () if leads_unit(at.checked_sub(1)) || leads_unit(Some(at + 1)) => Level::DepartmentHead,
        () => Level::Manager,
    }
}

/// "Head of Sales" leads a department, a "head nurse" leads other nurses, a "head office" is a place.
pub(super) fn head(words: &[Word], at: usize, grades: &Grades) -> Option<Level> {
    let next = words.get(at + 1).filter(|next| !next.opens_part);
    let before = at.checked_sub(1).and_then(|at| words.get(at)).map_or("", |word| &word.text);
    let unit = if before.is_empty() { next.map_or("", |next| &next.text) } else { before };
    match next {
        Some(next) if next.text == "office" => None,
        Some(next) if next.text == "teacher" => Some(if grades.deputises() { Level::DeputyHead } else { Level::Head }),
        Some(next) if next.is_doer(false) => Some(Level::Lead),
        _ if grades.deputises() => Some(Level::DeputyHead),
        _ if unit == "group" && words.get(at).is_some_and(|word| word.text == "leiter") => Some(Level::Lead),
        _ if unit == "department" => Some(Level::DepartmentHead),
        _ => Some(Level::Head),
    }
}

/// A chief officer sits on the board's side of the table; a chief engineer, a chief of staff and a fire chief do not.
pub(super) fn chief(words: &[Word], at: usize, grades: &Grades) -> Level {
    let rest = words.get(at + 1..).unwrap_or_default();
    let next = rest.first().map_or("", |next| &next.text);
    let is_officer = rest.iter().any(|word| word.text == "officer");
    match next {
        "executive" if is_officer && !grades.lower => Level::ChiefExecutive,
        _ if is_officer && (grades.lower || grades.vice) => Level::DeputyChief,
        _ if is_officer => Level::Chief,
        "" | "staff" => Level::Head,
        _ if rest.iter().enumerate().any(|(offset, word)| word.is_doer(ends_part(words, at + 1 + offset))) => {
            Level::ChiefSpecialist
        }
        _ => Level::Chief,
    }
}

pub(super) fn owner(words: &[Word], at: usize) -> Level {
    let owned = at
        .checked_sub(1)
        .and_then(|before| words.get(before))
        .filter(|_| words.get(at).is_some_and(|word| !word.opens_part));
    let is_task = owned.is_some_and(|word| {
        matches!(
            &*word.text,
            "product"
                | "process"
                | "system"
                | "data"
                | "service"
                | "application"
                | "asset"
                | "platform"
                | "solution"
                | "risk"
                | "control"
        )
    });
    if is_task { Level::Individual } else { Level::Owner }
}

/// A partner of the firm stands alone or first; a business partner advises, a partner manager looks after resellers.
pub(super) fn partner(words: &[Word], at: usize) -> Option<Level> {
    let before = at.checked_sub(1).and_then(|before| words.get(before)).map_or("", |word| &word.text);
    let follows_on = words.get(at + 1).is_some_and(|next| !next.opens_part);
    match before {
        _ if words.get(at.wrapping_sub(1)).is_some_and(|word| {
            word.entry.is_some_and(|entry| entry.department == Some(Department::HumanResources))
        }) =>
        {
            Some(Level::Individual)
        }
        "business" | "talent" | "resource" | "people" | "acquisition" | "finance" | "solution" | "success"
        | "delivery" => Some(Level::Individual),
        "channel" | "strategy" | "technology" | "alliance" | "global" => None,
        _ if follows_on && at > 0 => None,
        _ if follows_on
            && words.get(at + 1).is_some_and(|next| {
                is_rank_noun(&next.text)
                    || matches!(&*next.text, "marketing" | "sale" | "success" | "development" | "account")
            }) =>
        {
            None
        }
        _ => Some(Level::Partner),
    }
}

/// The principal of a school; "principal engineer" is a grade and is judged with the engineer.
pub(super) fn principal(words: &[Word], at: usize, grades: &Grades) -> Option<Level> {
    match () {
        () if !ends_part(words, at) => None,
        () if grades.lower || grades.vice => Some(Level::DeputyHead),
        () => Some(Level::Head),
    }
}

pub(super) fn coordinator(grades: &Grades) -> Level {
    match grades {
        Grades { lower: true, .. } => Level::Assistant,
        Grades { senior: true, .. } | Grades { lead: true, .. } => Level::Individual,
        _ => Level::Coordinator,
    }
}

/// A financial controller heads the accounts; an air traffic controller does not.
pub(super) fn controls_finance(words: &[Word], at: usize) -> bool {
    let before = at
        .checked_sub(1)
        .and_then(|before| words.get(before))
        .filter(|_| words.get(at).is_some_and(|word| !word.opens_part));
    before.is_none_or(|word| {
        matches!(
            &*word.text,
            "finance"
                | "corporate"
                | "group"
                | "division"
                | "regional"
                | "plant"
                | "global"
                | "senior"
                | "assistant"
                | "deputy"
                | "associate"
        )
    })
}

/// Assistant and associate professors are professors on the way up.
pub(super) fn professor(words: &[Word], at: usize, grades: &Grades) -> Level {
    let is_associate = words.get(..at).unwrap_or_default().iter().any(|word| word.text == "associate");
    match grades.lower {
        true if is_associate => Level::Senior,
        true => Level::Individual,
        false => Level::Lead,
    }
}

pub(super) fn doer(grades: &Grades) -> Level {
    match grades {
        Grades { lower: true, .. } | Grades { vice: true, .. } => Level::Junior,
        Grades { principal: true, .. } => Level::Principal,
        Grades { chief: true, .. } => Level::ChiefSpecialist,
        Grades { lead: true, .. } => Level::Lead,
        Grades { staff: true, senior: true, .. } => Level::Lead,
        Grades { staff: true, .. } => Level::Staff,
        Grades { senior: true, .. } => Level::Senior,
        _ => Level::Individual,
    }
}
