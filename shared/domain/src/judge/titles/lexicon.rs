//! All tables joined into one look-up, built on first use.

use std::collections::HashMap;
use std::sync::LazyLock;

use super::abbreviations;
use super::departments::{self, Department};
use super::languages::{self, Languages, compounds};
use super::rank;
use super::readings;
use super::roles;
use super::spelling;
use super::variants;
use super::vocabulary;

/// What the tables know about one word.
#[derive(Default)]
pub(super) struct Entry {
    /// The words it always stands for.
    pub opened: Option<Vec<&'static str>>,
    /// The words it may stand for, one list a reading.
    pub readings: Vec<Vec<&'static str>>,
    /// Words that must follow, and what the whole then stands for; longest first.
    pub phrases: Vec<Phrase>,
    pub department: Option<Department>,
    /// The department when this word follows.
    pub paired_departments: Vec<(&'static str, Department)>,
    pub is_doer: bool,
    /// False for a word that is only a short form: it may still stand for something else.
    pub is_word: bool,
    /// The languages beside English it is a word of.
    pub languages: Languages,
}

impl Entry {
    /// True for a word that is written in one with others.
    pub(super) fn forms_compounds(&self) -> bool {
        self.languages.form_compounds()
    }
}

/// The rest of a phrase after its first word, and the words for the whole.
pub(super) struct Phrase {
    pub rest: Vec<&'static str>,
    pub opened: Vec<&'static str>,
}

/// The entry of a folded word or of its singular, and the word as the tables write it.
pub(super) fn look_up(word: &str) -> Option<(&'static str, &'static Entry)> {
    exactly(word).or_else(|| exactly(&spelling::plain(word)))
}

/// The entry of a folded word that stands in the tables just so.
pub(super) fn exactly(word: &str) -> Option<(&'static str, &'static Entry)> {
    LEXICON.get_key_value(word).map(|(word, entry)| (*word, entry))
}

static LEXICON: LazyLock<HashMap<&'static str, Entry>> = LazyLock::new(build);

fn build() -> HashMap<&'static str, Entry> {
    let mut lexicon = HashMap::with_capacity(4096);
    for (short, long) in always_opened() {
        let opened = know_all(&mut lexicon, long);
        entry(&mut lexicon, short).opened.get_or_insert(opened);
    }
    for (_, meaning) in compounds::ONLY_FIRST.iter().chain(compounds::ONLY_SECOND) {
        know_all(&mut lexicon, meaning);
    }
    for (short, readings) in readings::WORDS {
        let readings = readings.split('|').map(|long| know_all(&mut lexicon, long)).collect();
        entry(&mut lexicon, short).readings = readings;
    }
    for (phrase, long) in abbreviations::PHRASES.iter().chain(languages::PHRASES) {
        add_phrase(&mut lexicon, phrase, long);
    }
    for (department, list) in departments::WORDS {
        for name in list.split(',').map(str::trim) {
            add_department(&mut lexicon, *department, name);
        }
    }
    for word in roles::WORDS.iter().flat_map(|list| list.split(',')).map(str::trim) {
        let entry = entry(&mut lexicon, word);
        entry.is_doer = true;
        entry.is_word |= word.len() > 4;
    }
    for word in vocabulary::WORDS.iter().flat_map(|list| list.split(',')).map(str::trim) {
        entry(&mut lexicon, singular(word)).is_word = true;
    }
    for word in rank::WORDS {
        entry(&mut lexicon, word).is_word = true;
    }
    for (language, table) in languages::TABLES {
        for (meaning, words) in table {
            for word in words.split(',').map(str::trim) {
                add_foreign(&mut lexicon, language, word, meaning);
            }
        }
    }
    for entry in lexicon.values_mut() {
        entry.phrases.sort_by_key(|phrase| std::cmp::Reverse(phrase.rest.len()));
    }
    lexicon
}

/// The tables of words that can be opened without seeing the other title. The earlier table wins.
fn always_opened() -> impl Iterator<Item = &'static (&'static str, &'static str)> {
    abbreviations::WORDS.iter().chain(variants::WORDS)
}

/// A foreign word, or a phrase of some. A word that English tables open otherwise keeps its English meaning.
fn add_foreign(
    lexicon: &mut HashMap<&'static str, Entry>,
    language: Languages,
    word: &'static str,
    meaning: &'static str,
) {
    if let Some((first, _)) = word.split_once(' ') {
        let first = entry(lexicon, singular(first));
        if !first.is_word {
            first.languages = first.languages.and(language);
        }
        return add_phrase(lexicon, word, meaning);
    }
    let opened = know_all(lexicon, meaning);
    let is_english = lexicon.get(singular(word)).is_some_and(|entry| entry.is_word);
    let entry = entry(lexicon, word);
    let means_another = entry.opened.as_ref().is_some_and(|known| *known != opened);
    if means_another || (is_english && entry.languages.is_none() && !languages::OURS.contains(&word)) {
        return;
    }
    entry.languages = entry.languages.and(language);
    // A word that stands for itself, such as `leiter`, needs no opening.
    if opened != [word] {
        entry.opened = Some(opened);
    }
}

fn entry<'a>(lexicon: &'a mut HashMap<&'static str, Entry>, word: &'static str) -> &'a mut Entry {
    lexicon.entry(word).or_default()
}

/// The words of a table's right-hand side, each noted as a real word unless it is itself a short form.
fn know_all(lexicon: &mut HashMap<&'static str, Entry>, words: &'static str) -> Vec<&'static str> {
    words
        .split(' ')
        .map(|word| {
            let word = settled(singular(word));
            let is_word = !readings::WORDS.iter().any(|(short, _)| *short == word);
            entry(lexicon, word).is_word |= is_word;
            word
        })
        .collect()
}

/// The word a variant is always written as: "financial" and "finance" are one word to us.
fn settled(word: &'static str) -> &'static str {
    let variant = abbreviations::WORDS.iter().chain(variants::WORDS).find(|(short, _)| *short == word);
    match variant {
        Some((_, long)) if !long.contains(' ') => long,
        _ => word,
    }
}

/// The singular as a slice of the table's own text where the singular is one.
fn singular(word: &'static str) -> &'static str {
    let length = spelling::plain(word).len();
    match word.get(..length) {
        Some(start) if start == spelling::plain(word) => start,
        _ => word,
    }
}

fn add_phrase(lexicon: &mut HashMap<&'static str, Entry>, phrase: &'static str, long: &'static str) {
    let mut words = phrase.split(' ');
    let Some(first) = words.next() else { return };
    let rest: Vec<&'static str> = words.map(singular).collect();
    let opened = know_all(lexicon, long);
    let is_key_in_plural = singular(first) != first && lexicon.contains_key(first);
    for key in [Some(singular(first)), is_key_in_plural.then_some(first)].into_iter().flatten() {
        entry(lexicon, key).phrases.push(Phrase { rest: rest.clone(), opened: opened.clone() });
    }
}

fn add_department(lexicon: &mut HashMap<&'static str, Entry>, department: Department, name: &'static str) {
    match name.split_once(' ') {
        Some((first, second)) => {
            entry(lexicon, singular(second)).is_word = true;
            let entry = entry(lexicon, singular(first));
            entry.is_word = true;
            entry.paired_departments.push((singular(second), department));
        }
        None => {
            let entry = entry(lexicon, singular(name));
            entry.department.get_or_insert(department);
            entry.is_word |= name.len() > 4;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_short_form_stands_twice_in_a_table() {
        let mut seen = std::collections::HashSet::new();
        for (short, _) in always_opened() {
            assert!(seen.insert(short), "{short} stands twice");
        }
    }

    #[test]
    fn words_are_found_in_the_plural() {
        assert!(look_up("engineers").is_some_and(|(word, entry)| word == "engineer" && entry.is_doer));
    }
}
