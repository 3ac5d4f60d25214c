//! Lays the words of two titles side by side and finds which of them say the same.

mod links;

use std::borrow::Cow;

use super::rank;
use super::reading::Word;
use super::resemblance;
use links::{Link, Side};

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
///
/// An acronym may have been opened to the wrong words. If something is left over, the pairing is tried again with
/// acronyms as written, and stands if that leaves nothing.
pub(super) fn align(before: &[Word], after: &[Word]) -> Alignment {
    let alignment = align_once(before, after);
    if alignment.is_complete() {
        return alignment;
    }
    let closed = align_closed(before, after, &alignment.left_before)
        .or_else(|| align_closed(after, before, &alignment.left_after));
    closed.unwrap_or(alignment)
}

impl Alignment {
    fn is_complete(&self) -> bool {
        self.left_before.is_empty() && self.left_after.is_empty()
    }
}

/// Pairs again after closing the acronyms that left words of `opened` over; only a complete pairing counts.
fn align_closed(opened: &[Word], others: &[Word], left: &[usize]) -> Option<Alignment> {
    let is_left = |from: &str| left.iter().filter_map(|at| opened.get(*at)).any(|word| word.opened_from == from);
    let is_closable =
        |word: &Word| (1..=5).contains(&word.opened_from.len()) && !word.of_another && !rank::is_rank_word(&word.text);
    if !left.iter().filter_map(|at| opened.get(*at)).any(is_closable) {
        return None;
    }
    let mut closed: Vec<Word> = Vec::with_capacity(opened.len());
    for word in opened {
        let from = word.opened_from;
        let repeats = closed.last().is_some_and(|last| !from.is_empty() && last.text == from);
        match !from.is_empty() && is_left(from) {
            true if repeats => {}
            true => closed.push(Word { text: Cow::Borrowed(from), entry: None, ..word.clone() }),
            false => closed.push(word.clone()),
        }
    }
    Some(align_once(&closed, others)).filter(Alignment::is_complete)
}

fn align_once(before: &[Word], after: &[Word]) -> Alignment {
    let mut pairing = Pairing::of_equals(before, after);
    if !pairing.is_settled() {
        pairing.link_both_ways(links::link_joined, Fit::Joined);
        pairing.link_both_ways(links::link_chiefs, Fit::Reading);
        pairing.link_both_ways(links::link_readings, Fit::Reading);
        pairing.link_both_ways(links::link_initials, Fit::Initials);
        pairing.link_both_ways(links::link_beginnings, Fit::Shortened);
        pairing.link_both_ways(links::link_loose_initials, Fit::LooseInitials);
        pairing.link_both_ways(links::link_skeletons, Fit::Shortened);
        pairing.link_both_ways(links::link_typos, Fit::Typo);
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
        let texts = |words: &'a [Word], left: &[usize]| -> Vec<&'a Word> {
            left.iter().filter_map(|at| words.get(*at)).collect()
        };
        let before = texts(self.before, &self.left_before);
        let after = texts(self.after, &self.left_after);
        Alignment {
            fit: self.fit,
            paired: self.paired,
            may_be_short_form: resemblance::may_be_short_for(&before, &after)
                || resemblance::may_be_short_for(&after, &before),
            shares_stem: resemblance::share_stem(&before, &after),
            left_before: self.left_before,
            left_after: self.left_after,
        }
    }
}
