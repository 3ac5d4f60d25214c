//! Names with the surname first, as in Chinese, Hungarian and many lists.

use super::given::middle_agrees;
use super::likeness::{self, Likeness};
use super::reading::{Word, joined};

/// Whether the first name, surname first, is the second one, surname last.
pub(super) fn is_turned(turned: &[Word], plain: &[Word]) -> bool {
    let (Some((family, given)), Some((last, first))) = (turned.split_first(), plain.split_last()) else {
        return false;
    };
    let (Some(given_first), Some(first_first)) = (given.first(), first.first()) else {
        return false;
    };
    if family.text != last.text || family.is_initial {
        return false;
    }
    let short_initial = given.len() == 1 || first.len() == 1;
    joined(given) == joined(first)
        || (short_initial && likeness::given(given_first, first_first) == Likeness::Initial)
        || (given_first.text == first_first.text
            && middle_agrees(given.get(1..).unwrap_or_default(), first.get(1..).unwrap_or_default()))
}

#[cfg(test)]
mod tests {
    use super::super::reading::read;
    use super::*;

    #[test]
    fn a_name_is_recognised_with_its_surname_first() {
        let check = |a: &str, b: &str, expected: bool| {
            assert_eq!(is_turned(&read(a).words, &read(b).words), expected, "{a} / {b}");
        };
        check("Wang Xiaoming", "Xiao-Ming Wang", true);
        check("Doe J", "John Doe", true);
        check("Doe Jane", "John Doe", false);
        check("Doe", "John Doe", false);
    }
}
