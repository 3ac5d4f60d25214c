//! Lays the words of two titles side by side and finds which of them say the same.

use super::initials;
use super::reading::Word;
use super::resemblance;

/// How two titles fit together.
pub(super) struct Alignment {
    /// The weakest link that was needed to pair the words.
    pub fit: Fit,
    /// The words of each side that found no partner, by position.
    pub left_before: Vec<usize>,
    pub left_after: Vec<usize>,
    /// The last short or mistyped form that was paired, and what with.
    pub paired: Option<(String, String)>,
    /// One side's rest may be a short form of the other's, but we cannot tell.
    pub may_be_short_form: bool,
    /// Words of one stem are left, as in "account" and "accounting".
    pub shares_stem: bool,
}

/// The kinds of links, from the surest to the weakest.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Fit {
    Equal,
    Joined,
    Reading,
    Initials,
    Shortened,
    Typo,
    LooseInitials,
}

/// Pairs the words of two titles, surest links first.
pub(super) fn align(before: &[Word], after: &[Word]) -> Alignment {
    let mut pairing = Pairing::of_equals(before, after);
    if !pairing.is_settled() {
        pairing.link_both_ways(link_joined, Fit::Joined);
        pairing.link_both_ways(link_readings, Fit::Reading);
        pairing.link_both_ways(link_initials, Fit::Initials);
        pairing.link_both_ways(link_shortened, Fit::Shortened);
        pairing.link_both_ways(link_typos, Fit::Typo);
        pairing.link_both_ways(link_loose_initials, Fit::LooseInitials);
    }
    pairing.finished()
}

/// The words not yet paired, by position.
struct Pairing<'a> {
    before: &'a [Word],
    after: &'a [Word],
    left_before: Vec<usize>,
    left_after: Vec<usize>,
    fit: Fit,
    paired: Option<(String, String)>,
}

/// Tries to pair words of the `short` side with words of the `long` one, and gives back the last it did pair.
type Link = fn(short: &mut Side<'_>, long: &mut Side<'_>) -> Option<(String, String)>;

/// One side of the pairing.
struct Side<'a> {
    words: &'a [Word],
    left: &'a mut Vec<usize>,
}

impl Side<'_> {
    fn word(&self, nth_left: usize) -> Option<&Word> {
        self.words.get(*self.left.get(nth_left)?)
    }
}

impl<'a> Pairing<'a> {
    fn of_equals(before: &'a [Word], after: &'a [Word]) -> Self {
        let unpaired = |words: &[Word], others: &[Word]| {
            let is_unpaired = |(_, word): &(usize, &Word)| !others.iter().any(|other| other.text == word.text);
            words.iter().enumerate().filter(is_unpaired).map(|(at, _)| at).collect()
        };
        Self {
            before,
            after,
            left_before: unpaired(before, after),
            left_after: unpaired(after, before),
            fit: Fit::Equal,
            paired: None,
        }
    }

    fn is_settled(&self) -> bool {
        self.left_before.is_empty() || self.left_after.is_empty()
    }

    fn link_both_ways(&mut self, link: Link, fit: Fit) {
        for backwards in [false, true] {
            let mut before = Side { words: self.before, left: &mut self.left_before };
            let mut after = Side { words: self.after, left: &mut self.left_after };
            let linked = if backwards { link(&mut after, &mut before) } else { link(&mut before, &mut after) };
            if linked.is_some() {
                self.fit = self.fit.max(fit);
                self.paired = linked;
            }
        }
    }

    fn finished(self) -> Alignment {
        let texts = |words: &'a [Word], left: &[usize]| -> Vec<&'a Word> { left.iter().filter_map(|at| words.get(*at)).collect() };
        let before = texts(self.before, &self.left_before);
        let after = texts(self.after, &self.left_after);
        Alignment {
            fit: self.fit,
            paired: self.paired,
            may_be_short_form: resemblance::may_be_short_for(&before, &after) || resemblance::may_be_short_for(&after, &before),
            shares_stem: resemblance::share_stem(&before, &after),
            left_before: self.left_before,
            left_after: self.left_after,
        }
    }
}

/// "cyber security" is written in one word, too.
fn link_joined(short: &mut Side<'_>, long: &mut Side<'_>) -> Option<(String, String)> {
    for one in 0..short.left.len() {
        for two in 1..long.left.len() {
            let (Some(whole), Some(first), Some(second)) = (short.word(one), long.word(two - 1), long.word(two)) else { continue };
            let joins = whole.text.len() == first.text.len() + second.text.len()
                && whole.text.starts_with(&*first.text)
                && whole.text.ends_with(&*second.text);
            if joins {
                let paired = (whole.text.to_string(), format!("{} {}", first.text, second.text));
                short.left.remove(one);
                long.left.drain(two - 1..=two);
                return Some(paired);
            }
        }
    }
    None
}

fn link_readings(short: &mut Side<'_>, long: &mut Side<'_>) -> Option<(String, String)> {
    let mut linked = None;
    let mut one = 0;
    while one < short.left.len() {
        let reading = short.word(one).and_then(|word| word.entry).and_then(|entry| {
            entry.readings.iter().find(|reading| reading.iter().all(|text| long.left.iter().any(|at| is_text(long.words, *at, text))))
        });
        match reading {
            Some(reading) => {
                linked = short.word(one).map(|word| (word.text.to_string(), reading.join(" ")));
                let words = long.words;
                long.left.retain(|at| !reading.iter().any(|text| is_text(words, *at, text)));
                short.left.remove(one);
            }
            None => one += 1,
        }
    }
    linked
}

fn is_text(words: &[Word], at: usize, text: &str) -> bool {
    words.get(at).is_some_and(|word| word.text == text)
}

fn link_initials(short: &mut Side<'_>, long: &mut Side<'_>) -> Option<(String, String)> {
    link_letters(short, long, 0)
}

fn link_loose_initials(short: &mut Side<'_>, long: &mut Side<'_>) -> Option<(String, String)> {
    link_letters(short, long, initials::LOOSEST)
}

/// Pairs an acronym with the run of left words whose initials it is, at the cost of at most `loose` other letters.
fn link_letters(short: &mut Side<'_>, long: &mut Side<'_>, loose: u32) -> Option<(String, String)> {
    let mut linked = None;
    let mut one = 0;
    while one < short.left.len() {
        let Some((letters, covered)) = acronym_at(short, one) else {
            one += 1;
            continue;
        };
        let long_texts = texts(long);
        match initials::run(letters.as_bytes(), &long_texts, loose) {
            Some(run) => {
                let covered_texts = long_texts.get(run.clone()).unwrap_or_default();
                linked = Some((letters.to_owned(), covered_texts.join(" ")));
                long.left.drain(run);
                short.left.drain(one..one + covered);
            }
            None => one += covered.max(1),
        }
    }
    linked
}

fn texts<'a>(side: &Side<'a>) -> Vec<&'a str> {
    let words = side.words;
    side.left.iter().filter_map(|at| words.get(*at)).map(|word| &*word.text).collect()
}

/// An unknown word of a few letters, or the acronym that the next left words were opened from, with their number.
fn acronym_at<'a>(side: &Side<'a>, nth_left: usize) -> Option<(&'a str, usize)> {
    let words = side.words;
    let word = words.get(*side.left.get(nth_left)?)?;
    if !word.opened_from.is_empty() {
        let from = word.opened_from;
        let opened = words.iter().filter(|word| word.opened_from == from).count();
        let covered = (nth_left..side.left.len()).take_while(|nth| side.word(*nth).is_some_and(|word| word.opened_from == from)).count();
        return (opened == covered).then_some((from, covered));
    }
    (!word.is_known() && initials::may_be_acronym(&word.text)).then_some((&*word.text, 1))
}

fn link_shortened(short: &mut Side<'_>, long: &mut Side<'_>) -> Option<(String, String)> {
    link_words(short, long, resemblance::is_shortened)
}

fn link_typos(short: &mut Side<'_>, long: &mut Side<'_>) -> Option<(String, String)> {
    link_words(short, long, resemblance::is_typing_error)
}

fn link_words(short: &mut Side<'_>, long: &mut Side<'_>, resembles: fn(&Word, &Word) -> bool) -> Option<(String, String)> {
    let mut linked = None;
    let mut one = 0;
    while one < short.left.len() {
        let partner = (0..long.left.len()).find(|two| match (short.word(one), long.word(*two)) {
            (Some(one), Some(two)) => resembles(one, two),
            _ => false,
        });
        match partner {
            Some(two) => {
                linked = match (short.word(one), long.word(two)) {
                    (Some(one), Some(two)) => Some((one.text.to_string(), two.text.to_string())),
                    _ => linked,
                };
                short.left.remove(one);
                long.left.remove(two);
            }
            None => one += 1,
        }
    }
    linked
}
