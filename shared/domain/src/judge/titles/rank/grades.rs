//! The words that raise or lower a rank: senior, deputy, vice.

use super::super::reading::Word;

/// The words before a rank noun that raise or lower it.
#[derive(Default)]
pub(super) struct Grades {
    pub(super) senior: bool,
    /// Assistant, associate, deputy, junior.
    pub(super) lower: bool,
    pub(super) vice: bool,
    pub(super) executive: bool,
    pub(super) managing: bool,
    pub(super) general: bool,
    pub(super) lead: bool,
    pub(super) principal: bool,
    pub(super) staff: bool,
    pub(super) chief: bool,
}

impl Grades {
    /// A grade stands directly before its noun or first in its part: "Senior Product Manager", "Product Senior Manager".
    pub(super) fn before(words: &[Word], at: usize) -> Self {
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
        grades.note_after(words, at);
        grades
    }

    /// "Product Manager, Senior", "Directeur commercial adjoint", "Analista de Compras Júnior": a grade that closes the
    /// noun's part, or a part of its own behind.
    fn note_after(&mut self, words: &[Word], at: usize) {
        let rest = words.get(at + 1..).unwrap_or_default();
        let has_rank = |word: &Word| is_rank_noun(&word.text);
        let next_part = rest.iter().position(|word| word.opens_part).unwrap_or(rest.len());
        let own = rest.get(..next_part).unwrap_or_default();
        let comes_last = own.split_last().filter(|(_, before)| !before.iter().any(has_rank)).map(|(last, _)| last);
        let stands_alone =
            rest.get(next_part).filter(|_| rest.get(next_part + 1).is_none_or(|further| further.opens_part));
        for grade in [comes_last, own.first(), stands_alone].into_iter().flatten() {
            match &*grade.text {
                "senior" if own.first().is_none_or(|first| first.text != "senior" || own.len() == 1) => {
                    self.senior = true;
                }
                "junior" => self.lower = true,
                "deputy" if !own.iter().any(has_rank) => self.lower = true,
                _ => {}
            }
        }
    }

    /// True for the deputy of a rank.
    pub(super) fn deputises(&self) -> bool {
        self.lower || self.vice
    }

    /// Notes the grade; false if the word is none.
    fn note(&mut self, words: &[Word], at: usize) -> bool {
        let next = words.get(at + 1).map_or("", |next| &next.text);
        let flag = match words.get(at).map_or("", |word| &*word.text) {
            "senior"
                if !matches!(
                    next,
                    "living" | "care" | "service" | "citizen" | "center" | "housing" | "community" | "health"
                ) =>
            {
                &mut self.senior
            }
            "assistant" if is_occupation(words, at) => return false,
            "assistant" | "associate" | "deputy" | "junior" => &mut self.lower,
            "vice" => &mut self.vice,
            "executive" => &mut self.executive,
            "managing" => &mut self.managing,
            "general" => &mut self.general,
            "resident" if matches!(next, "physician" | "doctor" | "surgeon") => &mut self.lower,
            "attending" if matches!(next, "physician" | "doctor" | "surgeon") => &mut self.senior,
            "sous" => &mut self.lower,
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
                "medical"
                    | "dental"
                    | "teaching"
                    | "teacher"
                    | "nursing"
                    | "nurse"
                    | "physician"
                    | "research"
                    | "legal"
                    | "admin"
                    | "executive"
                    | "personal"
                    | "therapy"
                    | "therapist"
                    | "care"
                    | "laboratory"
                    | "office"
                    | "surgical"
            )
        })
}

/// True if the assistant here is the lower grade of a noun later in its part, as in "Assistant Sales Manager".
pub(super) fn grades_a_noun(words: &[Word], at: usize) -> bool {
    let part = words.get(at + 1..).unwrap_or_default().iter().take_while(|word| !word.opens_part);
    !is_occupation(words, at)
        && part
            .enumerate()
            .any(|(offset, word)| word.is_doer(ends_part(words, at + 1 + offset)) || is_rank_noun(&word.text))
}

pub(super) fn is_rank_noun(word: &str) -> bool {
    matches!(
        word,
        "president"
            | "director"
            | "manager"
            | "supervisor"
            | "superintendent"
            | "head"
            | "chief"
            | "principal"
            | "chair"
            | "coordinator"
            | "lead"
            | "boss"
            | "leiter"
            | "responsable"
            | "geschaftsfuhrer"
            | "pdg"
    )
}

pub(super) fn ends_part(words: &[Word], at: usize) -> bool {
    words.get(at + 1).is_none_or(|next| next.opens_part)
}
