//! Reads a raw title once: words in one language and one spelling, grade, status.

use std::borrow::Cow;

use super::super::text;
use super::languages::{Languages, compounds, endings};
use super::lexicon::{Entry, Phrase, look_up};
use super::rank;
use super::roles;
use super::spelling;
use super::status::{self, Status};
use super::tokens::{Token, tokens};

/// A title as read.
pub(super) struct Reading {
    pub words: Vec<Word>,
    /// `II`, `3`, `Level 2`.
    pub grade: Option<u8>,
    pub status: Status,
}

/// One word of a title, opened, in the singular.
#[derive(Clone)]
pub(super) struct Word {
    pub text: Cow<'static, str>,
    pub entry: Option<&'static Entry>,
    pub opens_part: bool,
    pub of_another: bool,
    /// True if the written word ended in an `s` that was taken off.
    pub was_plural: bool,
    /// The abbreviation, variant or foreign word it was opened from, or nothing.
    pub opened_from: &'static str,
    /// The languages beside English it was written in.
    pub languages: Languages,
}

impl Word {
    /// True for a noun such as engineer. A word we do not know is judged by its ending where it `closes` a part.
    pub(super) fn is_doer(&self, closes: bool) -> bool {
        match self.entry {
            Some(entry) => entry.is_doer,
            None => closes && roles::is_doer(&self.text),
        }
    }

    /// True for a word of the tables that is no mere short form.
    pub(super) fn is_known(&self) -> bool {
        self.entry.is_some_and(|entry| entry.is_word)
    }
}

/// Salesforce keeps 128 characters of a title, HubSpot a text without limit. Pairing grows with the square of the words,
/// and nobody's title has more than this.
const MOST_WORDS: usize = 40;

/// Reads a raw title.
pub(super) fn read(raw: &str) -> Reading {
    let folded = text::fold(raw);
    let mut tokens = tokens(&folded);
    tokens.truncate(MOST_WORDS);
    let status = status::take(&mut tokens);
    let grade = take_grade(&mut tokens);
    let mut words = Vec::with_capacity(tokens.len() + 4);
    open_tokens(&tokens, &mut words);
    tell_chefs(&mut words);
    let mut words = phrases_opened(words);
    drop_repetitions(&mut words);
    Reading { words, grade, status }
}

/// Takes a trailing or numbered grade out of the tokens: roman two to five, or one digit.
fn take_grade(tokens: &mut Vec<Token<'_>>) -> Option<u8> {
    let at = (0..tokens.len()).rev().find(|at| tokens.get(*at).is_some_and(|token| grade_of(&token.text).is_some()))?;
    let grade = tokens.get(at).and_then(|token| grade_of(&token.text));
    if tokens.len() < 2 {
        return None;
    }
    let before = at.wrapping_sub(1);
    let is_school_year = tokens.get(before).is_some_and(|before| before.text == "k");
    if is_school_year {
        return None;
    }
    tokens.remove(at);
    let is_label = tokens.len() > 1
        && tokens
            .get(before)
            .is_some_and(|before| matches!(&*before.text, "level" | "grade" | "class" | "lvl" | "tier" | "band"));
    if is_label {
        tokens.remove(before);
    }
    grade
}

fn grade_of(text: &str) -> Option<u8> {
    match text {
        "i" => Some(1),
        "ii" => Some(2),
        "iii" => Some(3),
        "iv" => Some(4),
        "v" => Some(5),
        _ if text.len() == 1 => text.parse().ok(),
        _ => text
            .strip_prefix("lvl")
            .or_else(|| text.strip_prefix("ic"))
            .or_else(|| text.strip_prefix('l'))
            .filter(|n| n.len() == 1)
            .and_then(|n| n.parse().ok()),
    }
}

fn open_tokens(tokens: &[Token<'_>], words: &mut Vec<Word>) {
    let mut at = 0;
    while let Some(token) = tokens.get(at) {
        let rest = tokens.get(at + 1..).unwrap_or_default();
        at += 1 + open_token(token, rest, words);
    }
}

/// Adds the words the token stands for, and says how many further tokens they cover.
fn open_token(token: &Token<'_>, rest: &[Token<'_>], words: &mut Vec<Word>) -> usize {
    let mut opens_part = token.opens_part;
    let was_plural = token.text.ends_with('s');
    let mut add = |text: Cow<'static, str>, entry: Option<&'static Entry>, opened_from, languages| {
        let of_another = token.of_another;
        words.push(Word { text, entry, opens_part, of_another, was_plural, opened_from, languages });
        opens_part = false;
    };
    let (key, entry) = match found(&token.text) {
        Found::Word(key, entry) => (key, entry),
        Found::Compound(compound) => {
            for (text, entry) in compound.words {
                add(Cow::Borrowed(text), Some(entry), "", compound.languages);
            }
            return 0;
        }
        Found::Nothing => {
            add(Cow::Owned(spelling::plain(&token.text).into_owned()), None, "", Languages::default());
            return 0;
        }
    };
    if let Some(phrase) = entry.phrases.iter().find(|phrase| is_followed_by(phrase, rest)) {
        for text in &phrase.opened {
            add_known(text, "", entry.languages, &mut add);
        }
        return phrase.rest.len();
    }
    match &entry.opened {
        Some(opened) => {
            for text in opened {
                add_known(text, key, entry.languages, &mut add);
            }
        }
        None => add(Cow::Borrowed(key), Some(entry), "", entry.languages),
    }
    0
}

/// What the tables know of a written word.
enum Found {
    Word(&'static str, &'static Entry),
    Compound(compounds::Compound),
    Nothing,
}

/// Looks a word up as it stands, as a compound, and in other forms of a foreign word.
fn found(word: &str) -> Found {
    if let Some((key, entry)) = look_up(word) {
        return Found::Word(key, entry);
    }
    if let Some(compound) = compounds::opened(word) {
        return Found::Compound(compound);
    }
    for form in endings::forms(word) {
        match look_up(&form) {
            Some((key, entry)) if !entry.languages.is_none() => return Found::Word(key, entry),
            _ => {}
        }
        if let Some(compound) = compounds::opened(&form) {
            return Found::Compound(compound);
        }
    }
    Found::Nothing
}

fn add_known(
    text: &'static str,
    opened_from: &'static str,
    languages: Languages,
    add: &mut impl FnMut(Cow<'static, str>, Option<&'static Entry>, &'static str, Languages),
) {
    let found = look_up(text);
    let entry = found.map(|(_, entry)| entry);
    add(Cow::Borrowed(found.map_or(text, |(key, _)| key)), entry, opened_from, languages);
}

fn is_followed_by(phrase: &Phrase, rest: &[Token<'_>]) -> bool {
    phrase.rest.len() <= rest.len()
        && phrase.rest.iter().zip(rest).all(|(word, token)| *word == spelling::plain(&token.text))
}

/// A chef cooks, unless a department stands beside: the Nordic and German "HR-chef" heads it.
fn tell_chefs(words: &mut [Word]) {
    for at in 0..words.len() {
        let names_department = |word: &Word| {
            let is_opened = !word.opened_from.is_empty() && !rank::is_rank_word(&word.text);
            is_opened || !word.languages.is_none() || word.entry.is_some_and(|entry| entry.department.is_some())
        };
        let beside = at.checked_sub(1).and_then(|at| words.get(at)).is_some_and(names_department)
            || words.get(at + 1).is_some_and(names_department);
        if let Some(word) = words.get_mut(at)
            && word.text == "chef"
            && beside
            && let Some((key, entry)) = look_up("boss")
        {
            word.text = Cow::Borrowed(key);
            word.entry = Some(entry);
        }
    }
}

/// Opens the phrases that only show once each word has been opened: "chairman of the board".
fn phrases_opened(words: Vec<Word>) -> Vec<Word> {
    let starts_phrase = |at: usize| {
        let word: &Word = words.get(at)?;
        let rest = words.get(at + 1..).unwrap_or_default();
        word.entry?.phrases.iter().find(|phrase| {
            phrase.rest.len() <= rest.len()
                && phrase.rest.iter().zip(rest).all(|(expected, word)| *expected == word.text)
        })
    };
    if (0..words.len()).all(|at| starts_phrase(at).is_none()) {
        return words;
    }
    let mut opened = Vec::with_capacity(words.len());
    let mut at = 0;
    while let Some(word) = words.get(at) {
        let Some(phrase) = starts_phrase(at) else {
            opened.push(word.clone());
            at += 1;
            continue;
        };
        for (nth, text) in phrase.opened.iter().enumerate() {
            opened.push(Word {
                text: Cow::Borrowed(text),
                entry: look_up(text).map(|(_, entry)| entry),
                opens_part: word.opens_part && nth == 0,
                of_another: word.of_another,
                was_plural: false,
                opened_from: word.opened_from,
                languages: word.languages,
            });
        }
        at += 1 + phrase.rest.len();
    }
    opened
}

/// "Chief Executive Officer (CEO)" names each word twice. The second office of a "COO & CFO" stays whole, and so does the
/// job of another.
fn drop_repetitions(words: &mut Vec<Word>) {
    let mut at = 1;
    while at < words.len() {
        let stays = is_of_second_office(words, at);
        let repeats = match (words.get(..at), words.get(at)) {
            (Some(before), Some(word)) if !stays => {
                before.iter().any(|earlier| earlier.text == word.text && earlier.of_another == word.of_another)
            }
            _ => false,
        };
        if repeats {
            words.remove(at);
        } else {
            at += 1;
        }
    }
}

/// True in a part that names a chief officer the words before it do not name.
fn is_of_second_office(words: &[Word], at: usize) -> bool {
    let Some(start) = (1..=at).rev().find(|start| words.get(*start).is_some_and(|word| word.opens_part)) else {
        return false;
    };
    let end = words.iter().skip(at + 1).position(|word| word.opens_part).map_or(words.len(), |more| at + 1 + more);
    let (before, part) = (words.get(..start).unwrap_or_default(), words.get(start..end).unwrap_or_default());
    part.iter().any(|word| word.text == "chief")
        && part.iter().any(|word| !before.iter().any(|earlier| earlier.text == word.text))
}
