//! Words that look alike: shortened, mistyped, or of one stem.

use super::reading::Word;

/// True if `short` is the beginning of `long` or the noun to its adjective.
pub(super) fn is_beginning(short: &Word, long: &Word) -> bool {
    let (one, two) = (&*short.text, &*long.text);
    if one.len() < 3 || two.len() < one.len() + 2 {
        return false;
    }
    if one.len() >= 5 && two.strip_suffix("al").is_some_and(|stem| stem == one) {
        return true;
    }
    // A longer beginning is rather a word of its own: "invest" and "investigator".
    !short.is_known() && one.len() <= 5 && two.starts_with(one)
}

/// True for `tchr`: first letter, then letters of the word in order, mostly consonants, ending near its end.
pub(super) fn is_skeleton(short: &Word, long: &Word) -> bool {
    if short.is_known() || short.text.len() < 3 || long.text.len() < short.text.len() + 2 {
        return false;
    }
    let (short, long) = (&*short.text, &*long.text);
    let vowels = short.bytes().skip(1).filter(|b| b"aeiou".contains(b)).count();
    let ends_alike = short.bytes().last().is_some_and(|last| long.bytes().rev().take(3).any(|b| b == last));
    let mut rest = long.bytes();
    vowels <= 1
        && short.len() <= 6
        && ends_alike
        && short.bytes().next() == long.bytes().next()
        && short.bytes().all(|letter| rest.any(|b| b == letter))
}

/// True for a slip of the finger. Two words we know are never one mistyped, nor are two we do not know: those are as
/// likely two words of a trade.
pub(super) fn is_typing_error(one: &Word, two: &Word) -> bool {
    let (shorter, longer) =
        if one.text.len() <= two.text.len() { (&*one.text, &*two.text) } else { (&*two.text, &*one.text) };
    let starts_alike = shorter.bytes().next() == longer.bytes().next();
    if one.is_known() == two.is_known() || !starts_alike || shorter.len() < 4 || longer.len() - shorter.len() > 2 {
        return false;
    }
    match shorter.len() {
        0..=7 => strsim::osa_distance(shorter, longer) == 1 && is_common_slip(shorter, longer),
        8..=10 => strsim::osa_distance(shorter, longer) == 1,
        _ => strsim::osa_distance(shorter, longer) <= 2,
    }
}

/// Two letters swapped, one doubled or halved, or a vowel missing: other slips make other words of short ones.
fn is_common_slip(shorter: &str, longer: &str) -> bool {
    let at = shorter.bytes().zip(longer.bytes()).take_while(|(a, b)| a == b).count();
    let letter = |text: &str, at: usize| text.as_bytes().get(at).copied();
    match longer.len() - shorter.len() {
        0 => letter(shorter, at) == letter(longer, at + 1) && letter(shorter, at + 1) == letter(longer, at),
        1 => letter(longer, at).is_some_and(|extra| {
            b"aeiou".contains(&extra) || at.checked_sub(1).and_then(|at| letter(longer, at)) == Some(extra)
        }),
        _ => false,
    }
}

/// True if what is left of one side could be a short form of what is left of the other.
pub(super) fn may_be_short_for(short: &[&Word], long: &[&Word]) -> bool {
    let is_unknown_short = |word: &&&Word| !word.is_known() && word.text.len() <= 6;
    !long.is_empty()
        && short.iter().filter(is_unknown_short).any(|word| {
            let shares_letters = long
                .iter()
                .filter(|other| other.text.bytes().next().is_some_and(|b| word.text.as_bytes().contains(&b)))
                .count();
            // Longer acronyms name each word; of the shortest, half a match makes us doubt.
            match word.text.len() {
                0..=4 => shares_letters * 2 >= long.len().max(2),
                _ => shares_letters >= long.len().max(2),
            }
        })
}

/// True if a word left on one side has the stem of a word left on the other.
pub(super) fn share_stem(before: &[&Word], after: &[&Word]) -> bool {
    before.iter().any(|one| after.iter().any(|two| is_of_one_stem(one, two)))
}

/// `engineer` and `engineering`: five letters or more in common at the start, and little else. Or one slip apart.
fn is_of_one_stem(one: &Word, two: &Word) -> bool {
    let one_is_known = one.is_known() != two.is_known();
    if one_is_known && one.text.len() >= 5 && strsim::osa_distance(&one.text, &two.text) <= 1 {
        return true;
    }
    let common = one.text.bytes().zip(two.text.bytes()).take_while(|(a, b)| a == b).count();
    let longer = one.text.len().max(two.text.len());
    common >= 5 && longer - common <= 5
}
