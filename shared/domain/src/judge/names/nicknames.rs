//! First names that one person goes by: short forms, pet names and spellings of one name, in many languages.

use std::collections::HashMap;
use std::sync::LazyLock;

/// Whether one person may be called both. Both folded.
pub(super) fn may_be_one(a: &str, b: &str) -> bool {
    match (LINES_OF.get(a), LINES_OF.get(b)) {
        (Some(a), Some(b)) => a.iter().any(|line| b.iter().any(|other| line.meets(*other))),
        _ => false,
    }
}

/// Whether a word is known as a first name. That it is not known says nothing.
pub(super) fn is_given_name(word: &str) -> bool {
    LINES_OF.contains_key(word)
}

/// A place in a table: which line, and whether the name heads it.
#[derive(Clone, Copy)]
struct Place {
    line: usize,
    heads: bool,
    grouped: bool,
}

impl Place {
    /// In a group all names are one person's; in a list only its head is joined with each.
    fn meets(self, other: Self) -> bool {
        self.line == other.line && (self.grouped || self.heads != other.heads)
    }
}

static LINES_OF: LazyLock<HashMap<&'static str, Vec<Place>>> = LazyLock::new(|| {
    let mut lines_of: HashMap<&str, Vec<Place>> = HashMap::new();
    let tables = GROUPS.lines().map(|line| (line, true)).chain(ENGLISH.lines().map(|line| (line, false)));
    for (line, (names, grouped)) in tables.enumerate().filter(|(_, (names, _))| !names.starts_with('#')) {
        for (index, name) in names.split_whitespace().enumerate() {
            lines_of.entry(name).or_default().push(Place { line, heads: index == 0, grouped });
        }
    }
    lines_of
});

/// One line a name. A short form of several names stands on several lines, so that it joins each of them without
/// joining them to each other (Alex: Alexander, Alexandra).
const GROUPS: &str = include_str!("nicknames/groups.txt");

/// One line a name, then what its bearers are called: the list of carltonnorthern/nicknames (Apache-2.0), made by
/// `nicknames/english.py`. It holds many old forms, so two of one line are not taken for one person.
const ENGLISH: &str = include_str!("nicknames/english.txt");

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_listed_as_they_are_folded() {
        let names = GROUPS.lines().chain(ENGLISH.lines()).filter(|line| !line.starts_with('#'));
        let odd = |name: &&str| name.bytes().any(|b| !b.is_ascii_lowercase());
        assert_eq!(names.flat_map(str::split_whitespace).find(odd), None);
    }

    #[test]
    fn short_forms_join_a_name_and_not_each_other() {
        let check = |a, b, expected| {
            assert_eq!((may_be_one(a, b), may_be_one(b, a)), (expected, expected), "{a} {b}");
        };
        check("bob", "robert", true);
        check("bob", "rob", true);
        check("kuba", "jakub", true);
        check("sasha", "aleksandra", true);
        check("alex", "alexandra", true);
        check("alexander", "alexandra", false);
        check("mohammed", "mehmet", false);
        check("ellen", "helen", false);
        check("john", "jane", false);
        check("zyx", "zyx", false);
    }
}
