//! Acronyms: whether letters are the initials of words in order.

use std::ops::Range;

/// The most letters beside initials that an acronym may take from its words, as in `SPED` for special education.
pub(super) const LOOSEST: u32 = 4;

/// True for a run of two to seven letters.
pub(super) fn may_be_acronym(word: &str) -> bool {
    (2..=7).contains(&word.len()) && word.bytes().all(|b| b.is_ascii_lowercase())
}

/// The run of at least two words that the letters stand for, if the cost of it is at most `loosest`.
pub(super) fn run(letters: &[u8], words: &[&str], loosest: u32) -> Option<Range<usize>> {
    let first = letters.first()?;
    let reordered = if loosest > 0 { in_any_order(letters, words) } else { None };
    reordered.or_else(|| in_order(letters, *first, words, loosest))
}

fn in_order(letters: &[u8], first: u8, words: &[&str], loosest: u32) -> Option<Range<usize>> {
    (0..words.len()).filter(|start| starts_with(words.get(*start), first)).find_map(|start| {
        let longest = words.len().min(start + letters.len());
        (start + 2..=longest)
            .rev()
            .find(|end| cost(letters, words.get(start..*end).unwrap_or_default()).is_some_and(|cost| cost <= loosest))
            .map(|end| start..end)
    })
}

/// Licences put the trade first: a certified operating room nurse is a `CNOR`.
fn in_any_order(letters: &[u8], words: &[&str]) -> Option<Range<usize>> {
    let sorted = |mut letters: Vec<u8>| {
        letters.sort_unstable();
        letters
    };
    let wanted = sorted(letters.to_vec());
    let initials: Vec<u8> = words.iter().filter_map(|word| word.bytes().next()).collect();
    let is_long_enough = letters.len() >= 3;
    let start =
        initials.windows(letters.len()).position(|window| is_long_enough && sorted(window.to_vec()) == wanted)?;
    Some(start..start + letters.len())
}

fn starts_with(word: Option<&&str>, letter: u8) -> bool {
    word.and_then(|word| word.bytes().next()) == Some(letter)
}

/// How many letters are no initials, or nothing if the letters do not fit. Each word gives its initial; it may give
/// the letters that follow it, or one later letter. Linking words left out of the title may have given theirs.
fn cost(letters: &[u8], words: &[&str]) -> Option<u32> {
    let Some((word, others)) = words.split_first() else {
        return letters.is_empty().then_some(0);
    };
    let word = word.as_bytes();
    let skipped = match letters.split_first() {
        Some((b'a' | b'o' | b'f' | b'i' | b't' | b'n', rest)) if !rest.is_empty() => {
            cost_after_first(rest, word, others).map(|cost| cost + 1)
        }
        _ => None,
    };
    match (cost_after_first(letters, word, others), skipped) {
        (Some(one), Some(two)) => Some(one.min(two)),
        (one, two) => one.or(two),
    }
}

fn cost_after_first(letters: &[u8], word: &[u8], others: &[&str]) -> Option<u32> {
    let prefix = letters.iter().zip(word).take(4).take_while(|(letter, own)| letter == own).count();
    if prefix == 0 {
        return None;
    }
    let by_prefix = (1..=prefix).filter_map(|taken| {
        let extra = u32::try_from(taken).ok()? - 1;
        Some(cost(letters.get(taken..)?, others)? + extra)
    });
    let later = match (letters.get(1), word.get(1..)) {
        (Some(second), Some(rest)) if rest.contains(second) => {
            cost(letters.get(2..).unwrap_or_default(), others).map(|cost| cost + 1)
        }
        _ => None,
    };
    by_prefix.chain(later).min()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(letters: &str, words: &str, loosest: u32, fits: bool) {
        let words: Vec<&str> = words.split(' ').collect();
        assert_eq!(run(letters.as_bytes(), &words, loosest).is_some(), fits, "{letters} {words:?}");
    }

    #[test]
    fn initials_in_order_fit() {
        check("ciso", "chief information security officer", 0, true);
        check("rn", "registered nurse", 0, true);
        check("rn", "nurse registered", 0, false);
    }

    #[test]
    fn an_acronym_may_take_a_few_more_letters_of_its_words() {
        check("dba", "database administrator", LOOSEST, true);
        check("sped", "special education", LOOSEST, true);
        check("cnor", "certified operating room nurse", LOOSEST, true);
        check("sales", "software engineer", LOOSEST, false);
    }
}
