//! The table of legal forms that `legal_forms.py` writes from ISO 20275; its lines are found when the first company is read.

use std::sync::LazyLock;

/// Sorted lines; a form that stands behind a name is written from its last word to its first.
const TABLE: &str = include_str!("legal_forms.txt");

static LINES: LazyLock<Vec<&'static str>> = LazyLock::new(|| TABLE.lines().collect());

/// No form has more words.
const LONGEST: usize = 8;

/// How many of the words that end a name are one form, the longest there is; the name's last word comes first.
pub(super) fn at_end<'a>(from_the_end: impl Iterator<Item = &'a str>) -> Option<usize> {
    longest(String::with_capacity(48), from_the_end)
}

/// How many of the words that begin a name are one form.
pub(super) fn in_front<'a>(words: impl Iterator<Item = &'a str>) -> Option<usize> {
    longest(String::from("^"), words)
}

/// Whether one word alone is a form.
pub(super) fn holds(word: &str) -> bool {
    look_up(word) == Found::Form
}

#[derive(PartialEq)]
enum Found {
    Form,
    Beginning,
    Nothing,
}

fn longest<'a>(mut key: String, words: impl Iterator<Item = &'a str>) -> Option<usize> {
    let mut found = None;
    for (index, word) in words.take(LONGEST).enumerate() {
        if index > 0 {
            key.push(' ');
        }
        key.push_str(word);
        match look_up(&key) {
            Found::Form => found = Some(index + 1),
            Found::Beginning => {}
            Found::Nothing => break,
        }
    }
    found
}

/// A space sorts before every letter, so what continues a key follows it at once.
fn look_up(key: &str) -> Found {
    let line = first_from(key);
    match line.strip_prefix(key) {
        Some("") => Found::Form,
        Some(more) if more.starts_with(' ') => Found::Beginning,
        _ => Found::Nothing,
    }
}

/// The first line that is not before the key.
fn first_from(key: &str) -> &'static str {
    LINES.get(LINES.partition_point(|line| *line < key)).copied().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::super::reading::split;
    use super::*;

    #[test]
    fn every_form_is_found_and_is_written_as_the_reader_reads_it() {
        let mut last = "";
        for line in TABLE.lines() {
            assert!(line > last, "{line} stands behind {last}");
            assert!(look_up(line) == Found::Form, "{line}");
            let front = line.strip_prefix('^');
            let mut form: Vec<&str> = front.unwrap_or(line).split(' ').collect();
            if front.is_none() {
                form.reverse();
            }
            let form = form.join(" ");
            let read = split(&form).iter().map(|word| word.text.clone()).collect::<Vec<_>>().join(" ");
            assert_eq!(read, form, "run legal_forms.py again");
            last = line;
        }
    }

    #[test]
    fn the_longest_form_wins_and_a_beginning_is_none() {
        assert_eq!(at_end(["cv", "de", "sa", "zyxwv"].into_iter()), Some(3));
        assert_eq!(at_end(["zyxwv"].into_iter()), None);
        assert_eq!(in_front(["uab", "zyxwv"].into_iter()), Some(1));
        assert!(!holds(""));
    }
}
