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
        let postposed = words.get(at + 1).is_some_and(|next| next.text == "senior" && next.opens_part);
        grades.senior |= postposed;
        grades
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
    )
}

pub(super) fn ends_part(words: &[Word], at: usize) -> bool {
    words.get(at + 1).is_none_or(|next| next.opens_part)
}
