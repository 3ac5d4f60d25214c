//! Wordings as they stand in the tables, and whether a sentence has them.
//!
//! A wording is a row of words. `a|b` is either word, `stem*` any word that begins so and `*stem` any that
//! ends so, `?word` may be missing, `…` stands for
//! up to five words that do not matter, and `^` for a word with a capital. A letter with an umlaut or a ring matches
//! its plain letter and the way it is written where there is no such key: `ü` is `u` and `ue`, `å` is `a` and `aa`.

use std::ops::Range;

use crate::words::{Word, fold};

/// Words that a gap may stand for.
const GAP: usize = 5;

/// A wording, ready to be looked for.
#[derive(Clone, Debug)]
pub(crate) struct Pattern(Vec<Token>);

#[derive(Clone, Debug)]
enum Token {
    Gap,
    Word { forms: Vec<Form>, optional: bool },
}

#[derive(Clone, Debug)]
enum Form {
    Capital,
    Whole(String),
    Begins(String),
    Ends(String),
}

impl Pattern {
    /// Reads a wording of a table.
    pub(crate) fn new(wording: &str) -> Self {
        Self(wording.split(' ').filter(|token| !token.is_empty()).map(Token::new).collect())
    }

    /// Where the wording stands first.
    pub(crate) fn find(&self, words: &[Word]) -> Option<Range<usize>> {
        (0..words.len()).find_map(|at| ends(&self.0, words, at).map(|end| at..end))
    }

    /// Whether the wording ends right before a word, and where it begins then.
    pub(crate) fn begin_before(&self, words: &[Word], end: usize) -> Option<usize> {
        let reach = self.0.len() + GAP;
        (end.saturating_sub(reach)..end).rev().find(|at| ends(&self.0, &words[..end], *at) == Some(end))
    }

    /// Where the wording ends if it stands right here.
    pub(crate) fn end_from(&self, words: &[Word], at: usize) -> Option<usize> {
        ends(&self.0, words, at)
    }
}

fn ends(tokens: &[Token], words: &[Word], at: usize) -> Option<usize> {
    let Some((first, rest)) = tokens.split_first() else { return Some(at) };
    let here = words.get(at);
    match first {
        Token::Gap => (0..=GAP).find_map(|skipped| ends(rest, words, at + skipped)),
        Token::Word { forms, optional } => {
            let is_here = here.is_some_and(|word| forms.iter().any(|form| form.is(word)));
            let found = if is_here { ends(rest, words, at + 1) } else { None };
            found.or_else(|| if *optional { ends(rest, words, at) } else { None })
        }
    }
}

impl Token {
    fn new(token: &str) -> Self {
        match token {
            "…" => Self::Gap,
            _ => {
                let bare = token.strip_prefix('?');
                let forms = bare.unwrap_or(token).split('|').flat_map(Form::all).collect();
                Self::Word { forms, optional: bare.is_some() }
            }
        }
    }
}

impl Form {
    fn all(word: &str) -> Vec<Self> {
        if word == "^" {
            return vec![Self::Capital];
        }
        let form = match (word.starts_with('*'), word.ends_with('*')) {
            (true, _) => Self::Ends,
            (false, true) => Self::Begins,
            (false, false) => Self::Whole,
        };
        let word = word.trim_matches('*');
        let mut texts = vec![fold(word)];
        if word.contains(['ä', 'ö', 'ü', 'å', 'ø']) {
            let spelled = [("ä", "ae"), ("ö", "oe"), ("ü", "ue"), ("å", "aa"), ("ø", "oe")];
            texts
                .push(fold(&spelled.iter().fold(word.to_owned(), |word, (letter, plain)| word.replace(letter, plain))));
        }
        texts.into_iter().map(form).collect()
    }

    fn is(&self, word: &Word) -> bool {
        match self {
            Self::Capital => word.capital,
            Self::Whole(text) => word.fold == *text,
            Self::Begins(text) => word.fold.starts_with(text),
            Self::Ends(text) => word.fold.ends_with(text),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::words::words;

    fn has(wording: &str, text: &str) -> bool {
        Pattern::new(wording).find(&words(text)).is_some()
    }

    #[test]
    fn each_sign_of_a_wording_means_what_it_says() {
        assert!(has("no longer works|work", "He no longer works here"));
        assert!(!has("no longer works|work", "no longer worked"));
        assert!(has("arbeit*", "Arbeitstag") && !has("arbeit*", "Mitarbeit"));
        assert!(has("*urlaub", "Sommerurlaub") && !has("*urlaub", "Urlaubszeit"));
        assert!(has("at ?the desk", "at desk") && has("at ?the desk", "at the desk"));
        assert!(has("left ^", "has left Acme") && !has("left ^", "has left acme") && has("left ^|us", "left us"));
        assert!(has("nicht … tätig", "nicht mehr bei uns im Hause tätig"));
        assert!(!has("nicht … tätig", "nicht a b c d e f tätig"));
        assert!(has("vacation", "VACATION!"));
    }

    #[test]
    fn letters_that_a_keyboard_lacks_are_written_otherwise() {
        for text in ["für", "fur", "fuer"] {
            assert!(has("für", text), "{text}");
        }
        assert!(has("på", "paa") && has("på", "pa") && has("ønsker", "oensker") && has("ændret", "aendret"));
    }

    #[test]
    fn a_wording_is_found_right_before_and_right_here() {
        let words = words("from now on until the end of May");
        assert_eq!(Pattern::new("until ?the").begin_before(&words, 5), Some(3));
        assert_eq!(Pattern::new("until").begin_before(&words, 5), None);
        assert_eq!(Pattern::new("end of").end_from(&words, 5), Some(7));
    }
}
