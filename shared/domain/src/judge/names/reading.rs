//! Reads what was typed as a person's name into its words, in the order given name … surname.

use deunicode::deunicode;

use super::super::text::{fold, words};
use super::cleaning::clean;
use super::notes::{are_pronouns, is_other_surname_mark, is_pronoun, without_notes};
use super::titles::{
    Sex, generation, is_courtesy_ending, is_degree, is_degree_after_comma, is_field_of_degree, is_honorific,
    is_particle, sex_of_address,
};

#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct PersonName {
    /// Given names, then surnames; particles apart.
    pub(super) words: Vec<Word>,
    pub(super) particles: Vec<String>,
    /// Everything run together, particles in their places.
    pub(super) joined: String,
    /// 1 for senior, 2 for junior.
    pub(super) generation: Option<u8>,
    /// A pet name given in quotes or brackets.
    pub(super) called: Option<String>,
    /// A birth name or a married one that is said to be the person's too.
    pub(super) other_surname: Option<String>,
    /// What the form of address says.
    pub(super) sex: Option<Sex>,
}

#[derive(Clone, Debug, PartialEq)]
pub(super) struct Word {
    pub(super) text: String,
    pub(super) is_initial: bool,
}

pub(super) fn read(raw: &str) -> PersonName {
    let mut name = PersonName::default();
    let raw = clean(raw);
    let plain = take_called(without_notes(&raw), &mut name);
    let plain = take_other_surname(&plain, &mut name);
    let mut parts = plain.split([',', ';', '，']).map(str::trim).filter(|part| !part.is_empty());
    let Some(first) = parts.next() else {
        return name;
    };
    let mut words = split(first);
    let mut given = Vec::new();
    for part in parts {
        let mut behind = split(part);
        if words.len() + given.len() > 1 {
            behind.retain(|word| !is_behind_comma(word, &mut name));
        }
        given.append(&mut behind);
    }
    if !given.is_empty() {
        given.append(&mut words);
        words = given;
    }
    strip_titles(&mut words, &mut name);
    take_particles(words, &mut name);
    name
}

/// The same, in Latin letters whatever the script.
pub(super) fn read_romanised(raw: &str) -> PersonName {
    read(&deunicode(raw))
}

pub(super) fn joined(words: &[Word]) -> String {
    words.iter().map(|word| word.text.as_str()).collect()
}

/// Takes out “"Bob"” and “(Bob)”.
fn take_called(raw: &str, name: &mut PersonName) -> String {
    let mut plain = raw.to_owned();
    for (open, close) in [('(', ')'), ('"', '"'), ('“', '”'), ('[', ']'), ('（', '）')] {
        let Some((before, rest)) = plain.split_once(open) else {
            continue;
        };
        let Some((inside, after)) = rest.split_once(close) else {
            continue;
        };
        let outside = format!("{before} {after}");
        if outside.chars().any(char::is_alphabetic) {
            read_aside(inside, name);
            plain = outside;
        }
    }
    plain
}

/// A pet name, a birth name (“née Fox”), or something that is no name of the person.
fn read_aside(inside: &str, name: &mut PersonName) {
    let folded = fold(inside);
    let mut inner = words(&folded);
    match (inner.next(), inner.last()) {
        (Some(mark), Some(surname)) if is_other_surname_mark(mark) => name.other_surname = Some(surname.to_owned()),
        (Some(pronoun), _) if is_pronoun(pronoun) => {}
        (Some(called), None) if called.chars().count() > 1 => name.called = Some(called.to_owned()),
        _ => {}
    }
}

/// Takes off what stands behind “née”, “geb.” or “formerly” without brackets.
fn take_other_surname(plain: &str, name: &mut PersonName) -> String {
    let chunks: Vec<&str> = plain.split_whitespace().collect();
    let is_mark = |chunk: &&str| {
        let folded = fold(chunk);
        let word = folded.trim_matches(|c: char| !c.is_alphanumeric());
        word.len() > 1 && is_other_surname_mark(word) && chunk.chars().all(|c| !c.is_uppercase())
    };
    let Some(at) = chunks.iter().skip(2).position(is_mark).map(|at| at + 2) else {
        return plain.to_owned();
    };
    if let Some(surname) = chunks.get(at + 1..).and_then(<[&str]>::last) {
        name.other_surname = Some(letters_of(surname));
    }
    chunks.get(..at).unwrap_or_default().join(" ")
}

/// Words at white space, dots and hyphens; apostrophes are left out. “HM” between names is two initials, and a degree
/// with dots one word unless it opens the name (“M.D. Doe”).
fn split(part: &str) -> Vec<Word> {
    let has_lower = part.chars().any(char::is_lowercase);
    let mut words = Vec::with_capacity(4);
    let mut chunks = part.split_whitespace().peekable();
    while let Some(chunk) = chunks.next() {
        if are_pronouns(chunk) {
            continue;
        }
        let is_last = chunks.peek().is_none();
        if !words.is_empty() && is_dotted_degree(chunk) && (is_last || is_degree(&letters_of(chunk))) {
            words.push(Word { text: letters_of(chunk), is_initial: false });
            continue;
        }
        if is_elision(chunk) {
            push(&mut words, chunk, has_lower);
            continue;
        }
        for token in chunk.split(|c| matches!(c, '.' | '-' | '‐'..='―' | '_' | '/' | '·' | '・')) {
            push(&mut words, token, has_lower);
        }
    }
    words
}

/// “D-Angelo” is written for D’Angelo; its D is no initial.
fn is_elision(chunk: &str) -> bool {
    chunk.split_once('-').is_some_and(|(front, name)| {
        front.len() == 1 && name.chars().count() > 3 && name.chars().all(char::is_alphabetic)
    })
}

fn is_dotted_degree(chunk: &str) -> bool {
    let text = letters_of(chunk);
    chunk.contains('.') && text.len() > 1 && (generation(&text).is_some() || is_degree_after_comma(&text))
}

fn push(words: &mut Vec<Word>, token: &str, has_lower: bool) {
    let text = letters_of(token);
    let letters = text.chars().count();
    if letters == 0 {
        return;
    }
    if has_lower && is_run_of_initials(token, letters) && !is_title(&text) {
        words.extend(text.chars().map(|c| Word { text: c.to_string(), is_initial: true }));
    } else {
        words.push(Word { is_initial: letters == 1 && text.is_ascii(), text });
    }
}

fn letters_of(token: &str) -> String {
    let mut text = fold(token);
    text.retain(char::is_alphanumeric);
    text
}

fn is_run_of_initials(token: &str, letters: usize) -> bool {
    matches!(letters, 2..=3) && token.len() == letters && token.chars().all(|c| c.is_ascii_uppercase())
}

fn is_title(text: &str) -> bool {
    generation(text).is_some() || is_degree_after_comma(text) || is_honorific(text) || is_particle(text)
}

fn is_behind_comma(word: &Word, name: &mut PersonName) -> bool {
    if let Some(generation) = generation(&word.text) {
        name.generation = Some(generation);
        return true;
    }
    is_degree_after_comma(&word.text)
}

fn strip_titles(words: &mut Vec<Word>, name: &mut PersonName) {
    let mut titled = false;
    while words.len() > 1
        && let Some(first) = words.first()
        && (is_honorific(&first.text) || (titled && is_field_of_degree(&first.text)))
    {
        titled = true;
        name.sex = name.sex.or(sex_of_address(&first.text));
        words.remove(0);
    }
    if let Some(last) = words.last_mut() {
        let length = last.text.chars().count();
        let ending = last.text.chars().next_back().filter(|c| length > 1 && is_courtesy_ending(*c));
        if let Some(ending) = ending {
            last.text.truncate(last.text.len() - ending.len_utf8());
        }
    }
    while words.len() > 2
        && let Some(last) = words.last()
    {
        match generation(&last.text) {
            Some(generation) => name.generation = Some(generation),
            None if is_degree(&last.text) || is_copy_number(&last.text) => {}
            None => break,
        }
        words.pop();
    }
}

/// “Dana Fox 2” is a second record of Dana Fox.
fn is_copy_number(text: &str) -> bool {
    text.len() <= 2 && text.bytes().all(|b| b.is_ascii_digit())
}

/// A particle is neither the first nor the last word.
fn take_particles(words: Vec<Word>, name: &mut PersonName) {
    let last = words.len().saturating_sub(1);
    for (index, word) in words.into_iter().enumerate() {
        name.joined.push_str(&word.text);
        if index > 0 && index < last && !word.is_initial && is_particle(&word.text) {
            name.particles.push(if word.text == "el" { "al".to_owned() } else { word.text });
        } else {
            name.words.push(word);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_read_in_one_order_without_titles() {
        let check = |raw: &str, expected: &str| {
            let name = read(raw);
            let words: Vec<_> = name.words.iter().map(|word| word.text.as_str()).collect();
            assert_eq!(words.join(" "), expected, "{raw}");
        };
        check("Doe, John", "john doe");
        check("Doe, J.D.", "j d doe");
        check("John Doe, M.D.", "john doe");
        check("Dr. John Doe, PhD", "john doe");
        check("Ludwig van Beethoven", "ludwig beethoven");
        check("JP O’Neil", "j p oneil");
        check("John Doe Jr.", "john doe");
        check("Robert (Bob) Doe", "robert doe");
        check("D-Angelo Doe", "dangelo doe");
        check("J-P Doe", "j p doe");
        check("42", "42");
        check("Anna Lee geb. Ray", "anna lee");
        check("Anna Lee (she/her)", "anna lee");
        check("M&uuml;ller, Anke", "anke muller");
        check("mgr inż. Jan Kos", "jan kos");
        check("田中 花子様", "田中 花子");
        check(", ,", "");
    }
}
