//! Sentences as folded words that know where they stand: what wordings, dates and names are looked for in.

use std::ops::Range;

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

use crate::addresses;

/// The word that stands for a mail address.
pub(crate) const ADDRESS: &str = "@";
/// The word that stands for an address of the web.
const LINK: &str = "://";
/// Nothing that anybody writes has more words in a sentence.
const MOST_WORDS: usize = 150;

/// One word of a text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Word {
    /// In lower case and without accents.
    pub fold: String,
    /// Where it begins, in bytes.
    pub start: usize,
    /// Where it ends.
    pub end: usize,
    /// It begins with a capital letter.
    pub capital: bool,
}

/// A sentence, or a line that is one.
#[derive(Clone, Debug)]
pub(crate) struct Sentence {
    /// As it was written, on one line.
    pub text: String,
    /// Its words.
    pub words: Vec<Word>,
}

impl Sentence {
    /// A sentence of a text without line breaks.
    pub(crate) fn new(text: &str) -> Self {
        let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
        Self { words: words(&text), text }
    }

    /// What stands between two words.
    pub(crate) fn between(&self, left: usize, right: usize) -> &str {
        let (Some(left), Some(right)) = (self.words.get(left), self.words.get(right)) else { return "" };
        self.text.get(left.end..right.start).unwrap_or_default()
    }

    /// A word as it was written.
    pub(crate) fn written(&self, word: &Word) -> &str {
        self.text.get(word.start..word.end).unwrap_or_default()
    }

    /// Where a range of words stands in the text.
    pub(crate) fn bytes(&self, range: &Range<usize>) -> Range<usize> {
        let start = self.words.get(range.start).map_or(0, |word| word.start);
        let end = range.end.checked_sub(1).and_then(|last| self.words.get(last)).map_or(start, |word| word.end);
        start..end
    }
}

/// The words of a text: runs of letters and digits. An address is one word, whatever is in it.
pub(crate) fn words(text: &str) -> Vec<Word> {
    let mut words = Vec::new();
    let mut opaque = addresses::find(text).into_iter().map(|range| (range, ADDRESS)).peekable();
    let mut at = 0;
    while at < text.len() && words.len() < MOST_WORDS {
        let next = opaque.next_if(|(range, _)| range.start <= at).or_else(|| link(text, at).map(|range| (range, LINK)));
        if let Some((range, stands_for)) = next {
            at = at.max(range.end);
            words.push(Word { fold: stands_for.to_owned(), start: range.start, end: range.end, capital: false });
            continue;
        }
        let limit = opaque.peek().map_or(text.len(), |(range, _)| range.start);
        let rest = &text[at..limit];
        let length = rest.find(|c: char| !belongs(c)).unwrap_or(rest.len());
        if length == 0 {
            at += rest.chars().next().map_or(1, char::len_utf8);
            continue;
        }
        let raw = &rest[..length];
        words.push(Word { fold: fold(raw), start: at, end: at + length, capital: raw.starts_with(char::is_uppercase) });
        at += length;
    }
    words
}

/// Lower case, without accents and without what NFKD leaves whole.
pub(crate) fn fold(raw: &str) -> String {
    let mut folded = String::with_capacity(raw.len());
    for c in raw.nfkd().filter(|c| !is_combining_mark(*c)) {
        match c {
            'ß' | 'ẞ' => folded.push_str("ss"),
            'æ' | 'Æ' => folded.push_str("ae"),
            'œ' | 'Œ' => folded.push_str("oe"),
            'ø' | 'Ø' => folded.push('o'),
            'ł' | 'Ł' => folded.push('l'),
            'đ' | 'Đ' | 'ð' => folded.push('d'),
            _ => folded.extend(c.to_lowercase().filter(|c| !is_combining_mark(*c))),
        }
    }
    folded
}

fn belongs(c: char) -> bool {
    c.is_alphanumeric() || is_combining_mark(c)
}

fn link(text: &str, at: usize) -> Option<Range<usize>> {
    let rest = &text[at..];
    let is_link = ["http://", "https://", "www."].iter().any(|scheme| {
        rest.as_bytes().get(..scheme.len()).is_some_and(|begin| begin.eq_ignore_ascii_case(scheme.as_bytes()))
    });
    is_link.then(|| at..at + rest.find(char::is_whitespace).unwrap_or(rest.len()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn folds(text: &str) -> Vec<String> {
        words(text).into_iter().map(|word| word.fold).collect()
    }

    #[test]
    fn words_are_folded_and_addresses_are_whole() {
        assert_eq!(folds("Ich bin’s: Jörg, n'est-ce pas?"), ["ich", "bin", "s", "jorg", "n", "est", "ce", "pas"]);
        assert_eq!(folds("an lee.park@acme.example (Lee), https://a.b/c?left=1 ok"), ["an", "@", "lee", "://", "ok"]);
        assert_eq!(folds("Łódź Straße søndag"), ["lodz", "strasse", "sondag"]);
    }

    #[test]
    fn words_know_where_they_stand() {
        let sentence = Sentence::new("Über  allen\nGipfeln");
        assert_eq!(sentence.text, "Über allen Gipfeln");
        assert_eq!(sentence.bytes(&(1..3)), 6..19);
        assert_eq!(sentence.words.iter().filter(|w| w.capital).count(), 2);
    }
}
