//! Whether two rows of given names can be one person's: first names, middle names, initials.

use super::likeness::{self, Likeness};
use super::nicknames::may_be_one;
use super::reading::{PersonName, Word, joined};

/// How the given names of two people agree.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Given {
    Agree(Likeness),
    MiddleApart,
    /// The first name of one is a middle name of the other.
    Shifted,
    Apart,
}

pub(super) fn given(left: &PersonName, right: &PersonName, l: &[Word], r: &[Word]) -> Given {
    if joined(l) == joined(r) {
        let is_initial = [l, r].iter().any(|given| given.first().is_some_and(|first| first.is_initial));
        return Given::Agree(if is_initial { Likeness::Initial } else { Likeness::Spelling });
    }
    let plain = given_in_order(l, r);
    if matches!(plain, Given::Agree(_)) {
        return plain;
    }
    let apart = plain == Given::Apart;
    let agrees = |l: &[Word], r: &[Word]| matches!(given_in_order(l, r), Given::Agree(_));
    let goes_by_middle_name =
        by_middle_name(l).is_some_and(|l| agrees(l, r)) || by_middle_name(r).is_some_and(|r| agrees(l, r));
    if apart && goes_by_middle_name {
        return Given::Agree(Likeness::Initial);
    }
    if is_called(left, r) || is_called(right, l) {
        return Given::Agree(Likeness::Nickname);
    }
    if apart && (is_middle_of(l, r) || is_middle_of(r, l)) { Given::Shifted } else { plain }
}

fn given_in_order(l: &[Word], r: &[Word]) -> Given {
    let (Some((l_first, l_middle)), Some((r_first, r_middle))) = (l.split_first(), r.split_first()) else {
        return Given::Apart;
    };
    if let Some(middle) = after_run_in(l_first, r)
        .map(|r_rest| (l_middle, r_rest))
        .or_else(|| after_run_in(r_first, l).map(|l_rest| (l_rest, r_middle)))
    {
        return if middle_agrees(middle.0, middle.1) { Given::Agree(Likeness::Spelling) } else { Given::MiddleApart };
    }
    match likeness::given(l_first, r_first) {
        Likeness::None => Given::Apart,
        _ if !middle_agrees(l_middle, r_middle) => Given::MiddleApart,
        Likeness::Nickname if contradicts(l_first, l_middle, r_middle) || contradicts(r_first, r_middle, l_middle) => {
            Given::Apart
        }
        likeness => Given::Agree(likeness),
    }
}

/// The words of a given name behind the first two, if those run together are the one: “Xiaolin” and “Xiao-Lin”.
fn after_run_in<'a>(one: &Word, given: &'a [Word]) -> Option<&'a [Word]> {
    let [first, second, rest @ ..] = given else {
        return None;
    };
    let is_run_in = one.text.strip_prefix(first.text.as_str()) == Some(second.text.as_str());
    (is_run_in && !first.is_initial && !second.is_initial).then_some(rest)
}

/// Whether the shorter row of middle names and initials can be found in the longer one, in its order.
pub(super) fn middle_agrees(l: &[Word], r: &[Word]) -> bool {
    let (short, long) = if l.len() < r.len() { (l, r) } else { (r, l) };
    let mut long = long.iter();
    let agrees = |a: &Word, b: &Word| likeness::surname(a, b).min(likeness::given(a, b)) < Likeness::Typo;
    short.iter().all(|word| long.any(|other| agrees(word, other)))
}

/// “Xiao-Ming” is no short form of “Xiaolin”: a second word that the long form lacks would have to continue it.
fn contradicts(first: &Word, middle: &[Word], other_middle: &[Word]) -> bool {
    let full = middle.first().filter(|word| !word.is_initial);
    full.is_some_and(|word| first.text.len() <= 5 && word.text.len() <= 5 && other_middle.is_empty())
}

/// “H. Manuel” goes by Manuel.
fn by_middle_name(given: &[Word]) -> Option<&[Word]> {
    let (first, rest) = given.split_first()?;
    let second = rest.first()?;
    (first.is_initial && !second.is_initial).then_some(rest)
}

fn is_middle_of(short: &[Word], long: &[Word]) -> bool {
    let first = short.first().filter(|first| !first.is_initial);
    first.is_some_and(|first| long.iter().skip(1).any(|word| word.text == first.text))
}

fn is_called(name: &PersonName, given: &[Word]) -> bool {
    match (&name.called, given.first()) {
        (Some(called), Some(first)) => *called == first.text || may_be_one(called, &first.text),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::super::reading::read;
    use super::*;

    #[test]
    fn given_names_agree_as_people_shorten_them() {
        let check = |a: &str, b: &str, expected: Given| {
            let (l, r) = (read(a), read(b));
            assert_eq!(given(&l, &r, &l.words, &r.words), expected, "{a} / {b}");
        };
        check("John Quincy", "John Q.", Given::Agree(Likeness::Equal));
        check("Xiao-Lin", "Xiaolin", Given::Agree(Likeness::Spelling));
        check("H. Manuel", "Manuel", Given::Agree(Likeness::Initial));
        check("John Quincy", "John Henry", Given::MiddleApart);
        check("John Quincy", "Quincy", Given::Shifted);
        check("John", "Jane", Given::Apart);
    }
}
