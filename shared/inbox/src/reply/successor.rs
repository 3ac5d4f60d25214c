//! Whom a text names instead: the first person, or the first address, that it says to turn to.

use std::ops::Range;

use domain::Personal;
use domain::observation::Named;

use super::names::{self, Candidate};
use crate::addresses;
use crate::mime::Head;
use crate::wording;
use crate::words::{ADDRESS, Sentence, fold};

/// A name and its address stand no further apart than this many words.
const NEAR: usize = 3;
/// Behind the sentence that says to turn to somebody, so many lines are looked through.
const LINES: usize = 5;

/// Who is named instead; never the sender, never one of us.
pub(super) fn find(sentences: &[Sentence], head: &Head) -> Option<Named> {
    let reader = Reader { sentences, head };
    let asks: Vec<usize> = (0..sentences.len()).filter(|at| asks_to_turn(&sentences[*at]).is_some()).collect();
    asks.iter()
        .find_map(|at| reader.with_address(*at, LINES))
        .or_else(|| asks.iter().find_map(|at| reader.with_name(*at)))
        .or_else(|| (0..sentences.len()).find_map(|at| reader.with_address(at, 0)))
}

/// Where a sentence says whom to turn to, behind the wording.
fn asks_to_turn(sentence: &Sentence) -> Option<usize> {
    let contact =
        wording::all().flat_map(|l| &l.contact).filter_map(|p| p.find(&sentence.words)).map(|found| found.end).min();
    let takes_over = || wording::all().flat_map(|l| &l.takes_over).find_map(|p| p.find(&sentence.words)).map(|_| 0);
    contact.or_else(takes_over)
}

struct Reader<'a> {
    sentences: &'a [Sentence],
    head: &'a Head,
}

impl Reader<'_> {
    /// The first address from a sentence on, with the name that stands nearest to it.
    fn with_address(&self, from: usize, lines: usize) -> Option<Named> {
        let last = (from + lines).min(self.sentences.len() - 1);
        let (at, word, email) = (from..=last).find_map(|at| self.address(at))?;
        let name = self.name_beside(at, word, &email).or_else(|| self.name_above(from, at, &email));
        // Somebody is named first, and the address is for something else.
        if let Some(first) = self.with_name(from).filter(|_| name.is_none() && at == from) {
            return Some(first);
        }
        Some(Named { name: Personal::new(name.unwrap_or_default()), email: Personal::new(email) })
    }

    fn address(&self, at: usize) -> Option<(usize, usize, String)> {
        let sentence = &self.sentences[at];
        let found = (0..).zip(&sentence.words).filter(|(_, word)| word.fold == ADDRESS);
        let mut found = found.map(|(index, word)| (at, index, sentence.written(word).to_lowercase()));
        found.find(|(_, _, email)| self.is_somebody_else(email))
    }

    fn is_somebody_else(&self, email: &str) -> bool {
        let domain = addresses::domain(email);
        let is_sender = *email == self.head.from.address;
        let sender_domain = addresses::domain(&self.head.from.address);
        let ours = |to: &crate::mime::Mailbox| {
            to.address == email || (addresses::domain(&to.address) == domain && domain != sender_domain)
        };
        !is_sender && !names::is_own_address(email, &self.head.from) && !self.head.to.iter().any(ours)
    }

    /// The name nearest to an address in its sentence: one that the address spells, else one that stands before it.
    fn name_beside(&self, at: usize, word: usize, email: &str) -> Option<String> {
        let sentence = &self.sentences[at];
        let candidates = self.people(sentence);
        let distance = |name: &Candidate| {
            if name.words.end <= word { word - name.words.end } else { name.words.start.saturating_sub(word + 1) }
        };
        let spelled = candidates.iter().filter(|name| resembles(sentence, &name.words, email));
        let spelled = spelled.min_by_key(|name| distance(name));
        let is_free = |name: &&Candidate| {
            let between = name.words.end..word;
            sentence.words[between].iter().all(|between| between.fold != ADDRESS)
        };
        let before = || {
            let near = candidates.iter().filter(|name| name.words.end <= word && distance(name) <= NEAR);
            near.filter(|name| name.words.len() >= 2 || name.titled).rfind(is_free)
        };
        let name = spelled.or_else(before)?;
        Some(as_spelled(sentence, &name.words, email))
    }

    /// The name in the lines above an address that stands by itself.
    fn name_above(&self, from: usize, at: usize, email: &str) -> Option<String> {
        (from..at).rev().find_map(|line| {
            let sentence = &self.sentences[line];
            let candidates = self.people(sentence);
            let spelled = candidates.iter().find(|name| resembles(sentence, &name.words, email));
            let whole = || candidates.iter().find(|name| name.words.len() >= 2 || name.titled);
            spelled.or_else(whole).map(|name| as_spelled(sentence, &name.words, email))
        })
    }

    /// A name behind the wording that says to turn to somebody, or in the lines below where the sentence ends there.
    fn with_name(&self, at: usize) -> Option<Named> {
        let sentence = &self.sentences[at];
        let behind = asks_to_turn(sentence)?;
        let is_whole = |name: &&Candidate| name.words.len() >= 2 || name.titled;
        let address = sentence.words.iter().position(|word| word.fold == ADDRESS).unwrap_or(usize::MAX);
        let mut here = self.people(sentence);
        here.retain(|name| name.words.end > behind && name.words.start < address);
        let found = here.iter().find(is_whole).map(|name| names::written(sentence, &name.words));
        let below = || {
            let next = self.sentences.get(at + 1).filter(|_| sentence.text.ends_with(':'))?;
            self.people(next).iter().find(is_whole).map(|name| names::written(next, &name.words))
        };
        let name = found.or_else(below)?;
        Some(Named { name: Personal::new(name), email: Personal::default() })
    }

    fn people(&self, sentence: &Sentence) -> Vec<Candidate> {
        let mut people = names::candidates(sentence, &self.head.from);
        people.retain(|name| !names::is_sender(sentence, &name.words, &self.head.from));
        people
    }
}

/// The words of the part before the `@`.
fn spelling(email: &str) -> Vec<String> {
    let parts = addresses::local(email).split(|c: char| !c.is_alphanumeric());
    let parts = parts.map(|part| fold(part.trim_end_matches(|c: char| c.is_ascii_digit())));
    parts.filter(|part| !part.is_empty()).collect()
}

/// Whether an address is made of a name: of a word of it, or of its surname behind an initial.
fn resembles(sentence: &Sentence, words: &Range<usize>, email: &str) -> bool {
    let spelling = spelling(email);
    sentence.words[words.clone()].iter().any(|word| {
        let is_part = |part: &String| {
            part.len() >= 3
                && (*part == word.fold
                    || declined(part, &word.fold)
                    || (word.fold.len() >= 4 && part.contains(&word.fold)))
        };
        word.fold.len() >= 3 && spelling.iter().any(is_part)
    })
}

/// Finnish and Polish put endings to names: `Virtaseen` is Virtanen, `Anną` Anna.
fn declined(part: &str, word: &str) -> bool {
    let common = part.chars().zip(word.chars()).take_while(|(a, b)| a == b).count();
    common >= 3 && common + 3 >= part.chars().count() && word.chars().count() <= part.chars().count() + 4
}

/// A name without the endings that its sentence puts to it, where the address shows it without.
fn as_spelled(sentence: &Sentence, words: &Range<usize>, email: &str) -> String {
    let written = names::written(sentence, words);
    let spelling = spelling(email);
    let bare = |word: &str| {
        let folded = fold(word);
        let part = spelling.iter().find(|part| part.len() >= 3 && **part != folded && declined(part, &folded));
        match part {
            Some(part) if folded.starts_with(part.as_str()) => word.chars().take(part.chars().count()).collect(),
            Some(part) => part[..1].to_uppercase() + &part[1..],
            None if word.ends_with('ą') => format!("{}a", word.trim_end_matches('ą')),
            None => word.to_owned(),
        }
    };
    written.split(' ').map(bare).collect::<Vec<_>>().join(" ")
}
