//! Reads a company name into words that know what they are worth, without its legal form.

use super::super::text::fold;
use super::places::is_pair;
use super::scripts::romanised;
use super::vocabulary::{Kind, canonical, kind, mistyped, run_on};
use super::{form_table, legal_forms};
use crate::judge::mend::mend;

#[derive(Clone, Debug, PartialEq)]
pub(super) struct Word {
    /// Folded, in its standard spelling (`technologies` → `technology`, `4` → `four`).
    pub(super) text: String,
    pub(super) kind: Kind,
}

#[derive(Clone, Debug)]
pub(super) struct Name {
    /// As it was typed, for people to read.
    pub(super) shown: String,
    pub(super) folded: String,
    pub(super) words: Vec<Word>,
    pub(super) legal_form: Option<String>,
    /// Put into Latin letters from another script.
    pub(super) romanised: bool,
}

pub(super) fn read(raw: &str) -> Name {
    let raw = &*mend(raw);
    let folded = fold(raw);
    let latin = romanised(raw).map(|latin| fold(&latin));
    let mut words = split(latin.as_deref().unwrap_or(&folded));
    let legal_form = legal_forms::strip(&mut words);
    Name { romanised: latin.is_some(), shown: raw.trim().to_owned(), folded, words, legal_form }
}

impl Name {
    /// All words run together, the key under which spellings of one name meet.
    pub(super) fn joined(&self) -> String {
        joined(&self.words)
    }

    /// The key without places and general words at the end, if a word of its own is left.
    pub(super) fn core(&self) -> Option<String> {
        let is_tail = |word: &&Word| matches!(word.kind, Kind::Place | Kind::Generic | Kind::Link);
        let tail = self.words.iter().rev().take_while(is_tail).count();
        let core = self.words.get(..self.words.len() - tail)?;
        core.iter().any(|word| word.kind == Kind::Own).then(|| joined(core))
    }
}

pub(super) fn joined(words: &[Word]) -> String {
    words.iter().map(|word| word.text.as_str()).collect()
}

/// Words of a folded text. “And” in all its forms is dropped, and “the” in front.
pub(super) fn split(folded: &str) -> Vec<Word> {
    let mut words: Vec<Word> = Vec::with_capacity(6);
    let mut initials_open = false;
    let mut before = None;
    let mut tokens = tokens(folded).skip_while(|(token, _)| ADDRESS.contains(token)).peekable();
    while let Some((token, separator)) = tokens.next() {
        let is_initial = token.chars().nth(1).is_none() && token.chars().all(char::is_alphabetic);
        let is_first = words.is_empty();
        let mut opens = is_initial;
        match words.last_mut() {
            Some(last) if is_initial && initials_open => grow(last, token),
            Some(last) if before == Some('&') && last.text.len().max(token.len()) < 4 => grow(last, token),
            Some(_) if AND.contains(&token) && tokens.peek().is_some() => opens = initials_open,
            _ if token == "the" && is_first => {}
            _ => {
                let is_top_level = !is_first && before == Some('.') && TOP_LEVEL.contains(&token);
                push(&mut words, token, is_top_level);
            }
        }
        initials_open = opens;
        before = separator;
    }
    mark_places(&mut words);
    words
}

/// Initials in a row are one word: “J. P.”, “U.S.”.
fn grow(last: &mut Word, token: &str) {
    last.text.push_str(token);
    last.kind = if kind(&last.text) == Kind::Place { Kind::Place } else { Kind::Own };
}

/// “United States” and “Hong Kong” are places, though “united” alone is none.
fn mark_places(words: &mut [Word]) {
    for at in 1..words.len() {
        if let [first, second] = &mut words[at - 1..=at]
            && is_pair(&first.text, &second.text)
        {
            (first.kind, second.kind) = (Kind::Place, Kind::Place);
        }
    }
}

fn push(words: &mut Vec<Word>, token: &str, is_top_level: bool) {
    if let Some((first, second)) = leading_digit(token).or_else(|| run_on(token)) {
        push(words, first, false);
        return push(words, second, false);
    }
    let known = canonical(token).unwrap_or(token);
    let is_known = kind(known) != Kind::Own || form_table::holds(known);
    let slip = if is_known { None } else { mistyped(known) };
    let text = slip.map_or(known, |right| canonical(right).unwrap_or(right));
    let kind = if is_top_level { Kind::Legal } else { kind(text) };
    words.push(Word { text: text.to_owned(), kind });
}

/// “4loops” is “four loops”; “3m” and “21st” stay what they are.
fn leading_digit(token: &str) -> Option<(&str, &str)> {
    let (number, rest) = token.split_at_checked(1)?;
    let splits =
        number.starts_with(|c: char| matches!(c, '1'..='9')) && rest.len() > 2 && rest.chars().all(char::is_alphabetic);
    splits.then_some((number, rest))
}

/// Runs of letters and digits, each with the character behind it when nothing else stands in between. An apostrophe
/// belongs to its word and is left out.
fn tokens(folded: &str) -> impl Iterator<Item = (&str, Option<char>)> {
    let is_inside = |c: char| c.is_alphanumeric();
    let mut rest = folded;
    std::iter::from_fn(move || {
        rest = rest.trim_start_matches(|c| !is_inside(c));
        if rest.is_empty() {
            return None;
        }
        let end = rest.find(|c| !is_inside(c)).unwrap_or(rest.len());
        let (token, behind) = rest.split_at_checked(end)?;
        let mut following = behind.chars();
        let separator = following.next();
        let touches = following.next().is_some_and(is_inside);
        let possessive = behind.strip_prefix("'s").filter(|after| !after.starts_with(is_inside));
        rest = possessive.unwrap_or(behind);
        Some((token, separator.filter(|_| touches)))
    })
}

/// “And” between two words, in all languages whose word for it is no initial or preposition of weight.
const AND: &[&str] = &["and", "und", "et", "y", "e", "i", "og", "och", "en", "ve", "kai", "ja", "ir", "plus"];

/// How a web address begins.
const ADDRESS: [&str; 3] = ["www", "http", "https"];

const TOP_LEVEL: &[&str] = &[
    "com", "net", "org", "io", "ai", "co", "de", "cz", "fr", "it", "nl", "uk", "eu", "us", "ru", "cn", "jp", "in",
    "br", "pl", "se", "no", "dk", "fi", "ch", "at", "be", "es", "pt", "info", "biz", "dev", "app", "tech", "cloud",
    "me", "tv", "sk", "hu", "ro", "kr", "ca", "au", "xyz", "ly", "gg", "sh", "so",
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_read_into_standard_words() {
        let check = |raw: &str, expected: &[&str]| {
            let name = read(raw);
            let words: Vec<_> = name.words.iter().map(|word| word.text.as_str()).collect();
            assert_eq!(words, expected, "{raw}");
        };
        check("The 4Winds Technologies, Inc.", &["four", "winds", "technology"]);
        check("J. P. Zyxw & Co.", &["jp", "zyxw"]);
        check("Zyxwv.io", &["zyxwv"]);
        check("A & B", &["ab"]);
        check("AB&C", &["abc"]);
        check("Wendy's", &["wendy"]);
        check("ZyxwvSolutions", &["zyxwv", "solution"]);
        check("www.zyx-wv.de", &["zyx", "wv"]);
        check("Zyx y Asociados", &["zyx", "associate"]);
        check("ZyxwvÃ© S.A.", &["zyxwve"]);
        check("—", &[]);
    }
}
