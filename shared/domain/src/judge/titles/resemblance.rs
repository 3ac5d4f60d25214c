//! Words that look alike: shortened, mistyped, or of one stem.

use super::initials;
use super::reading::Word;

/// True if `short` is the beginning of `long`, or its skeleton of consonants, and no word of its own.
pub(super) fn is_shortened(short: &Word, long: &Word) -> bool {
    let (one, two) = (&*short.text, &*long.text);
    if short.is_known() || one.len() < 3 || two.len() < one.len() + 2 {
        return false;
    }
    two.starts_with(one) || is_skeleton(one, two)
}

/// `mgmt`, `tchr`: first letter, then letters of the word in order, mostly consonants, ending near its end.
fn is_skeleton(short: &str, long: &str) -> bool {
    let vowels = short.bytes().skip(1).filter(|b| b"aeiou".contains(b)).count();
    let ends_alike = short.bytes().last().is_some_and(|last| long.bytes().rev().take(3).any(|b| b == last));
    let mut rest = long.bytes();
    vowels <= 1
        && short.len() <= 6
        && ends_alike
        && short.bytes().next() == long.bytes().next()
        && short.bytes().all(|letter| rest.any(|b| b == letter))
}

/// True for a slip of the finger in a long word. Two words we know are never one mistyped.
pub(super) fn is_typing_error(one: &Word, two: &Word) -> bool {
    let shorter = one.text.len().min(two.text.len());
    let longer = one.text.len().max(two.text.len());
    // One of the two must be a word we know, else it is as likely two words of a trade we do not know.
    let one_is_known = one.is_known() != two.is_known();
    let slips = match shorter {
        0..=4 => return false,
        5..=8 => 1,
        _ => 2,
    };
    one_is_known && longer - shorter <= slips && strsim::osa_distance(&one.text, &two.text) <= slips
}

/// True if what is left of one side could be a short form of what is left of the other.
pub(super) fn may_be_short_for(short: &[&Word], long: &[&Word]) -> bool {
    let is_unknown_short = |word: &&&Word| !word.is_known() && initials::may_be_acronym(&word.text) && word.text.len() <= 6;
    !long.is_empty()
        && short.iter().filter(is_unknown_short).any(|word| {
            let shares_letters = long.iter().filter(|other| other.text.bytes().next().is_some_and(|b| word.text.as_bytes().contains(&b))).count();
            shares_letters * 2 >= long.len().max(2)
        })
}

/// True if a word left on one side has the stem of a word left on the other.
pub(super) fn share_stem(before: &[&Word], after: &[&Word]) -> bool {
    before.iter().any(|one| after.iter().any(|two| is_of_one_stem(one, two)))
}

/// `engineer` and `engineering`: five letters or more in common at the start, and little else.
fn is_of_one_stem(one: &Word, two: &Word) -> bool {
    let common = one.text.bytes().zip(two.text.bytes()).take_while(|(a, b)| a == b).count();
    let longer = one.text.len().max(two.text.len());
    common >= 5 && longer - common <= 5
}
