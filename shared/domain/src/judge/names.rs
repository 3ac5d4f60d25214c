//! Whether two names are one person's, as far as names can tell.

mod nobody;
mod notes;

mod cleaning;
mod reading;
mod titles;

mod given;
mod likeness;
mod nicknames;
mod turning;

pub(super) use nobody::no_person;
pub(super) use notes::{Note, names_two, note};

use given::{Given, given};
use likeness::Likeness;
use nicknames::is_given_name;
use reading::{PersonName, Word, joined, read, read_romanised};
use turning::is_turned;

/// Whether two names mean one person.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Person {
    /// One person.
    Same,
    /// Two people.
    Different,
    /// The names alone cannot tell.
    Unclear,
}

/// From this confidence on two names have nothing in common, or contradict each other in as many words.
pub const CLEARLY: f64 = 0.8;

/// What two names of people told, and how surely.
#[derive(Clone, Debug, PartialEq)]
pub struct NameJudgement {
    /// The answer.
    pub person: Person,
    /// From 0 to 1, that `person` is right. Never 1.
    pub confidence: f64,
    /// One plain English clause, without a full stop.
    pub reason: String,
}

/// Whether a record's name still means the person it did. The same first name with another surname is `Unclear`:
/// people marry, and only the caller knows whether the address stayed. `Different` below [`CLEARLY`] wants a second sign.
pub fn compare(before: &str, after: &str) -> NameJudgement {
    let (left, right) = (read(before), read(after));
    if left.words.is_empty() || right.words.is_empty() {
        return unclear(0.2, "one side has no name");
    }
    if is_latin(&left) != is_latin(&right) && (left.words.len() == 1 || right.words.len() == 1) {
        return one_word_in_two_scripts(&read_romanised(before), &read_romanised(after));
    }
    if is_latin(&left) != is_latin(&right) {
        return in_two_scripts(&read_romanised(before), &read_romanised(after));
    }
    let judgement = people(&left, &right);
    if judgement.person == Person::Same {
        return judgement;
    }
    if lost_letters(before, after) || lost_letters(after, before) {
        return same(0.85, "letters with accents were lost on one side");
    }
    if is_latin(&left) {
        return judgement;
    }
    if is_turned_around(before, after) {
        return same(0.9, "the same name with the surname at the other end");
    }
    in_variant_letters(before, after).unwrap_or(judgement)
}

/// Chinese, Japanese and Korean names are written without a space, the surname of one or two characters first; programs
/// that put the given name first turn them around. Of two characters nobody can tell which is which.
fn is_turned_around(before: &str, after: &str) -> bool {
    let (before, after): (Vec<char>, Vec<char>) = (before.trim().chars().collect(), after.trim().chars().collect());
    let short = (3..=4).contains(&before.len()) && before.len() == after.len();
    let whole = before.iter().all(|c| *c > '\u{2fff}');
    short
        && whole
        && (1..=2).any(|surname| {
            let turned = |one: &[char], other: &[char]| {
                surname < one.len() && one[surname..].iter().chain(&one[..surname]).eq(other)
            };
            turned(&before, &after) || turned(&after, &before)
        })
}

/// “Mller” is what a careless import leaves of “Müller”, and “M?ller” of another.
fn lost_letters(spoiled: &str, whole: &str) -> bool {
    let accented = |c: &char| !c.is_ascii() && *c < '\u{250}' && c.is_alphabetic();
    let kept = || whole.chars().filter(|c| !accented(c));
    let marked = || whole.chars().map(|c| if accented(&c) { '?' } else { c });
    let lost = whole.chars().filter(accented).count();
    let spoiled_chars = || spoiled.chars().map(|c| if c == '\u{fffd}' { '?' } else { c });
    lost > 0 && lost * 3 < whole.chars().count() && (spoiled_chars().eq(kept()) || spoiled_chars().eq(marked()))
}

/// Whether an entry is one full name, a comma and another one: “Ann Lee, Bob Ray”. Two surnames before two given names
/// (“García Márquez, Gabriel José”) look alike, so both parts have to begin with a given name and end with none.
pub(super) fn lists_two(raw: &str) -> bool {
    raw.split_once(',').is_some_and(|(one, other)| {
        let is_full = |part: &str| {
            let words = read(part).words;
            words.len() == 2
                && words.first().is_some_and(|first| is_given_name(&first.text))
                && words.last().is_some_and(|last| !is_given_name(&last.text) && !last.is_initial)
        };
        is_full(one) && is_full(other)
    })
}

/// Traditional and simplified characters of one name have one transliteration; so have some other names.
fn in_variant_letters(before: &str, after: &str) -> Option<NameJudgement> {
    let (left, right) = (read_romanised(before), read_romanised(after));
    if !left.joined.is_empty() && left.joined == right.joined {
        return Some(same(0.7, "the names are written differently and sound the same"));
    }
    // A syllable of a Chinese name is no pet form of another, so only letters are looked at.
    let found = (is_alphabetic_script(before) && is_alphabetic_script(after)).then(|| people(&left, &right))?;
    (found.person == Person::Same).then_some(found)
}

fn is_alphabetic_script(name: &str) -> bool {
    name.chars().all(|c| c < '\u{530}')
}

fn in_two_scripts(left: &PersonName, right: &PersonName) -> NameJudgement {
    let judgement = people(left, right);
    match judgement.person {
        Person::Same => NameJudgement { confidence: judgement.confidence * 0.85, ..judgement },
        Person::Different | Person::Unclear => unclear(0.5, "the names are in different scripts"),
    }
}

/// A name written without a space says only as a whole who it is.
fn one_word_in_two_scripts(left: &PersonName, right: &PersonName) -> NameJudgement {
    let turned = turned_joined(&left.words) == right.joined || left.joined == turned_joined(&right.words);
    if turned || left.joined == right.joined {
        return same(0.7, "one name is the transliteration of the other");
    }
    unclear(0.5, "the names are in different scripts")
}

fn turned_joined(words: &[Word]) -> String {
    words.split_first().map(|(first, rest)| joined(rest) + &first.text).unwrap_or_default()
}

fn people(left: &PersonName, right: &PersonName) -> NameJudgement {
    if let (Some(l), Some(r)) = (left.generation, right.generation)
        && l != r
    {
        return different(0.85, "they are of different generations, such as Jr. and Sr.");
    }
    let (l, r) = (left.words.as_slice(), right.words.as_slice());
    if let (Some(one), Some(other)) = (left.sex, right.sex)
        && one != other
        && (l.len() == 1 || r.len() == 1)
    {
        return different(0.7, "one is addressed as a man and the other as a woman");
    }
    if l == r {
        return equal_words(left, right);
    }
    if left.joined == right.joined || joined(l) == joined(r) {
        return same(0.95, "the names differ only in spacing or hyphens");
    }
    let found = in_order(left, right, l, r);
    if found.person == Person::Same {
        return found;
    }
    let is_turned = is_turned(l, r) || is_turned(r, l);
    if is_turned && l.len() == 2 && l.iter().chain(r).all(|word| is_given_name(&word.text)) {
        return unclear(
            0.5,
            "given name and surname have changed places, or it is somebody else: each could be either",
        );
    }
    if is_turned { same(0.76, "the names agree with given name and surname the other way round") } else { found }
}

fn equal_words(left: &PersonName, right: &PersonName) -> NameJudgement {
    if left.generation != right.generation {
        return same(0.8, "only one of the names says which generation");
    }
    match (left.particles == right.particles, left.particles.is_empty() || right.particles.is_empty()) {
        (true, _) => same(0.99, "the names are equal but for case, accents, order or titles"),
        (false, true) => same(0.93, "only one of the names has a small word in the surname"),
        (false, false) => unclear(0.5, "the names differ in the small words of the surname"),
    }
}

/// Given name first, surname last, on both sides.
fn in_order(left: &PersonName, right: &PersonName, l: &[Word], r: &[Word]) -> NameJudgement {
    let (Some((l_last, l_given)), Some((r_last, r_given))) = (l.split_last(), r.split_last()) else {
        return unclear(0.2, "one side has no name");
    };
    if l_given.is_empty() || r_given.is_empty() {
        return single_word(l, r);
    }
    let family = family(left, right, l_last, r_last);
    let first = given(left, right, l_given, r_given);
    match (family, first) {
        (Likeness::None, Given::Agree(_)) if says_other_surname(left, r_last) || says_other_surname(right, l_last) => {
            same(0.93, "the name itself says that it is the same person under another surname")
        }
        (Likeness::None, Given::Apart) => nothing_agrees(left, right),
        (Likeness::None, Given::Agree(likeness)) => other_surname(l, r, likeness),
        (_, Given::Apart) if likeness::is_feminine_pair(&l_last.text, &r_last.text) => {
            different(0.85, "one is a man's name and the other a woman's, with another given name")
        }
        (Likeness::None, Given::MiddleApart | Given::Shifted) => unclear(0.5, "the surnames differ"),
        (_, Given::Apart) => different(0.7, "the surname is the same and the given name another"),
        (_, Given::Shifted) => unclear(0.5, "one side's given name may be the other's middle name"),
        (_, Given::MiddleApart) => different(0.7, "the middle names contradict each other"),
        (family, Given::Agree(first)) => agreeing(left, right, family, first),
    }
}

fn says_other_surname(name: &PersonName, last: &Word) -> bool {
    name.other_surname.as_ref().is_some_and(|surname| *surname == last.text)
}

/// A word or all the letters in common are a sign of words that were moved about.
fn nothing_agrees(left: &PersonName, right: &PersonName) -> NameJudgement {
    let (l, r) = (left.words.as_slice(), right.words.as_slice());
    if letters(l) == letters(r) {
        return unclear(0.5, "the same letters stand in another order");
    }
    let in_common = |word: &Word| !word.is_initial && r.iter().any(|other| other.text == word.text);
    if l.iter().any(in_common) {
        return different(0.7, "they have one word in common, in another place");
    }
    different(0.93, "given name and surname are both different")
}

fn letters(words: &[Word]) -> Vec<char> {
    let mut letters: Vec<char> = words.iter().flat_map(|word| word.text.chars()).collect();
    letters.sort_unstable();
    letters
}

/// Particles may be run into the surname of one side: “Delacruz”.
fn family(left: &PersonName, right: &PersonName, l_last: &Word, r_last: &Word) -> Likeness {
    let run_in = |name: &PersonName, last: &Word, other: &Word| {
        !name.particles.is_empty() && other.text == name.particles.concat() + &last.text
    };
    let likeness = likeness::surname(l_last, r_last);
    if likeness == Likeness::None && (run_in(left, l_last, r_last) || run_in(right, r_last, l_last)) {
        return Likeness::Spelling;
    }
    likeness
}

fn agreeing(left: &PersonName, right: &PersonName, family: Likeness, first: Likeness) -> NameJudgement {
    let small_words_differ =
        !left.particles.is_empty() && !right.particles.is_empty() && left.particles != right.particles;
    match (family, first) {
        _ if small_words_differ => unclear(0.5, "the names differ in the small words of the surname"),
        (Likeness::Typo, Likeness::Initial | Likeness::Typo)
        | (Likeness::Initial, Likeness::Initial | Likeness::Typo) => {
            unclear(0.5, "too little of the names agrees for certain")
        }
        (Likeness::Typo, _) => same(0.78, "the surnames differ by a likely typing error"),
        (Likeness::Initial, _) => same(0.68, "the surname is shortened to its initial"),
        (_, Likeness::Equal | Likeness::Spelling) => {
            same(0.93, "given name and surname agree; only a middle name differs")
        }
        (_, Likeness::Nickname) => same(0.88, "the given names are forms of one name"),
        (_, Likeness::Initial) => same(0.82, "the given name is shortened to its initial"),
        (_, Likeness::Typo) => same(0.75, "the given names differ by a likely typing error"),
        (_, Likeness::None) => different(0.7, "the surname is the same and the given name another"),
    }
}

/// Double surnames and marriage.
fn other_surname(l: &[Word], r: &[Word], first: Likeness) -> NameJudgement {
    let (short, long) = if l.len() < r.len() { (l, r) } else { (r, l) };
    let keeps_surname = short.len() < long.len()
        && first <= Likeness::Nickname
        && short.last().is_some_and(|last| !last.is_initial && long.iter().skip(1).any(|word| word.text == last.text));
    if keeps_surname {
        return same(0.72, "one name has a second surname beside the other's");
    }
    match first {
        Likeness::Equal | Likeness::Spelling => unclear(
            0.5,
            "the given name is the same and the surname another, as after a wedding or with another person",
        ),
        Likeness::Initial => unclear(0.5, "the initial fits and the surname is another"),
        Likeness::Nickname | Likeness::Typo | Likeness::None => {
            different(0.6, "the surname is another and the given name only like the other")
        }
    }
}

fn single_word(l: &[Word], r: &[Word]) -> NameJudgement {
    let (short, long) = if l.len() < r.len() { (l, r) } else { (r, l) };
    let Some(only) = short.first() else {
        return unclear(0.2, "one side has no name");
    };
    if long.len() == 1 {
        let likeness = long.first().map_or(Likeness::None, |other| likeness::surname(only, other));
        return match likeness {
            Likeness::Equal | Likeness::Spelling => same(0.9, "the names agree"),
            Likeness::Initial | Likeness::Typo | Likeness::Nickname => unclear(0.5, "the single words are alike"),
            Likeness::None if share_a_character(l, r) => {
                different(0.7, "the names begin with the same character and go on differently")
            }
            Likeness::None => different(0.85, "the two names are different"),
        };
    }
    if long.iter().any(|word| likeness::given(word, only) <= Likeness::Nickname) {
        return unclear(0.5, "one side has only one word of the name");
    }
    different(0.85, "the names have no word in common")
}

/// Names of China, Japan and Korea are written as one word, the surname first.
fn share_a_character(l: &[Word], r: &[Word]) -> bool {
    let first = |words: &[Word]| words.first().and_then(|word| word.text.chars().next());
    first(l) == first(r) && first(l).is_some_and(|c| c >= '\u{2e80}')
}

fn is_latin(name: &PersonName) -> bool {
    name.words.iter().all(|word| word.text.chars().all(|c| c < '\u{250}'))
}

fn same(confidence: f64, reason: &str) -> NameJudgement {
    NameJudgement { person: Person::Same, confidence, reason: reason.to_owned() }
}

fn different(confidence: f64, reason: &str) -> NameJudgement {
    NameJudgement { person: Person::Different, confidence, reason: reason.to_owned() }
}

fn unclear(confidence: f64, reason: &str) -> NameJudgement {
    NameJudgement { person: Person::Unclear, confidence, reason: reason.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ways_of_writing_one_name_are_the_same_person() {
        for (before, after) in [
            ("Doe, John", "John Doe"),
            ("Dr. José García, PhD", "Jose Garcia"),
            ("Bob Smith", "Robert Smith"),
            ("J. Smith", "John Smith"),
            ("Ludwig van Beethoven", "Ludwig Beethoven"),
            ("Wang Xiaoming", "Xiao-Ming Wang"),
            ("Jürgen Müller", "Juergen Mueller"),
            ("Иван Петров", "Ivan Petrov"),
            ("Mary Smith-Jones", "Mary Smith"),
            ("Mary Smith", "Mary Smith Jones"),
            ("Richard Zyxwvutsr", "Richard Zyxwvtsr"),
            ("Robert \"Bob\" Smith", "Bob Smith"),
            ("山田 太郎", "山田太郎"),
        ] {
            check(before, after, Person::Same);
        }
    }

    #[test]
    fn different_people_are_told_apart() {
        for (before, after) in [
            ("John Doe", "Jane Doe"),
            ("John Doe Jr.", "John Doe Sr."),
            ("Carl Doe", "Carla Doe"),
            ("John Doe", "Mary Zyx"),
            ("John A. Doe", "John B. Doe"),
            ("Alexander Doe", "Alexandra Doe"),
        ] {
            check(before, after, Person::Different);
        }
    }

    #[test]
    fn what_a_name_cannot_tell_is_unclear() {
        for (before, after) in
            [("Mary Smith", "Mary Jones"), ("Mary Smith", ""), ("John", "John Doe"), ("王伟", "John Doe"), ("", "")]
        {
            check(before, after, Person::Unclear);
        }
    }

    #[test]
    fn anything_can_stand_in_a_name_field() {
        for odd in
            ["", "42", ".", ",", "()", "\"\"", "(", "- -", "Jr.", "Dr.", "\u{301}", "O'", "😀 😀", "van", "MBA, PhD"]
        {
            for other in ["", "John Doe", odd] {
                assert!(compare(odd, other).confidence < 1.0, "{odd} {other}");
            }
        }
    }

    fn check(before: &str, after: &str, expected: Person) {
        for (a, b) in [(before, after), (after, before)] {
            let judgement = compare(a, b);
            assert_eq!(judgement.person, expected, "{a} / {b}: {judgement:?}");
        }
    }
}
