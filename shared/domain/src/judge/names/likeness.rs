//! How well two single words of two names agree.

use strsim::osa_distance;

use super::nicknames::may_be_one;
use super::reading::Word;
use super::titles::is_particle;

/// From the surest to the least sure.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Likeness {
    Equal,
    /// Umlauts written out, particles run into the name.
    Spelling,
    Nickname,
    Initial,
    Typo,
    None,
}

/// Equal initials are no more than initials that agree.
pub(super) fn given(a: &Word, b: &Word) -> Likeness {
    if a.is_initial || b.is_initial {
        return initial(a, b);
    }
    if a.text == b.text {
        return Likeness::Equal;
    }
    if unumlauted(&a.text) == unumlauted(&b.text) {
        return Likeness::Spelling;
    }
    if may_be_one(&a.text, &b.text) || is_short_form(&a.text, &b.text) || sound(&a.text) == sound(&b.text) {
        return Likeness::Nickname;
    }
    if ends_alike(&a.text, &b.text) && is_slip(&a.text, &b.text, GIVEN_SLIP) { Likeness::Typo } else { Likeness::None }
}

pub(super) fn surname(a: &Word, b: &Word) -> Likeness {
    if a.text == b.text {
        return Likeness::Equal;
    }
    if a.is_initial || b.is_initial {
        return initial(a, b);
    }
    let (l, r) = (a.text.as_str(), b.text.as_str());
    if unumlauted(l) == unumlauted(r)
        || without_particle(l, r)
        || without_particle(r, l)
        || is_feminine(l, r)
        || is_feminine(r, l)
    {
        return Likeness::Spelling;
    }
    if is_slip(l, r, SURNAME_SLIP) || (l.len().min(r.len()) >= SOUNDING && sound(l) == sound(r)) {
        return Likeness::Typo;
    }
    Likeness::None
}

/// From how many letters on one wrong letter is a slip of the pen. Shorter given names with one letter changed are
/// usually other names; surnames vary more.
const GIVEN_SLIP: usize = 8;
const SURNAME_SLIP: usize = 7;
/// From how many letters on a surname that sounds the same is spelled another way.
const SOUNDING: usize = 5;
/// Two neighbours swapped hardly ever make another name.
const SWAP_SLIP: usize = 5;

fn initial(a: &Word, b: &Word) -> Likeness {
    if a.text.chars().next() == b.text.chars().next() { Likeness::Initial } else { Likeness::None }
}

/// “mueller” and “muller”, “bjoern” and “bjorn”: people write umlauts both ways.
fn unumlauted(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    for c in text.chars() {
        let opened = matches!((plain.chars().next_back(), c), (Some('a' | 'o' | 'u'), 'e') | (Some('a'), 'a'));
        if !opened {
            plain.push(c);
        }
    }
    plain
}

/// How a name sounds, so that “Kristofer” meets “Christopher” and transliterations of one name meet, whatever scheme they
/// follow: “Shcherbakov”, “Scherbakow”; “Yury”, “Jurij”; “Rashid”, “Rasheed”.
fn sound(text: &str) -> String {
    let mut heard = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        let (sound, length) = match SOUNDS.iter().find(|(spelled, _)| rest.starts_with(spelled)) {
            Some((spelled, sound)) => (*sound, spelled.len()),
            None => (rest.get(..first.len_utf8()).unwrap_or_default(), first.len_utf8()),
        };
        rest = rest.get(length..).unwrap_or_default();
        if !heard.ends_with(sound) {
            heard.push_str(sound);
        }
    }
    heard
}

/// Spellings of one sound, the longest first.
const SOUNDS: &[(&str, &str)] = &[
    ("schtsch", "sh"),
    ("shch", "sh"),
    ("stch", "sh"),
    ("tsch", "ch"),
    ("chr", "kr"),
    ("sch", "sh"),
    ("tch", "ch"),
    ("ph", "f"),
    ("kh", "k"),
    ("th", "t"),
    ("rh", "r"),
    ("ck", "k"),
    ("ch", "ch"),
    ("sh", "sh"),
    ("ts", "s"),
    ("tz", "s"),
    ("ee", "i"),
    ("oo", "u"),
    ("ou", "u"),
    ("yo", "io"),
    ("iy", "i"),
    ("ij", "i"),
    ("yj", "i"),
    ("ii", "i"),
    ("c", "k"),
    ("q", "k"),
    ("y", "i"),
    ("j", "i"),
    ("z", "s"),
    ("w", "v"),
];

/// “Nováková” beside Novák, “Kowalska” beside Kowalski: one family in Slavic languages.
fn is_feminine(woman: &str, man: &str) -> bool {
    let stem_of = |suffix: &str| woman.strip_suffix(suffix).filter(|stem| stem.len() > 2);
    stem_of("ova").is_some_and(|stem| stem == man || man.strip_suffix("a") == Some(stem))
        || stem_of("a").is_some_and(|stem| stem == man && ["ov", "ev", "in"].iter().any(|end| man.ends_with(end)))
        || stem_of("ka").is_some_and(|stem| man.strip_suffix("ki").or(man.strip_suffix("ky")) == Some(stem))
}

/// Whether two surnames are the man's and the woman's form of one.
pub(super) fn is_feminine_pair(a: &str, b: &str) -> bool {
    a != b && (is_feminine(a, b) || is_feminine(b, a))
}

fn ends_alike(a: &str, b: &str) -> bool {
    a.chars().next_back() == b.chars().next_back()
}

/// “Bart” for Bartholomew. Carl and Carla are two people.
fn is_short_form(a: &str, b: &str) -> bool {
    let (short, long) = if a.len() < b.len() { (a, b) } else { (b, a) };
    short.chars().count() >= 4 && long.strip_prefix(short).is_some_and(|ending| !FEMALE_ENDINGS.contains(&ending))
}

const FEMALE_ENDINGS: &[&str] = &[
    "a", "e", "ia", "ie", "ina", "ine", "ette", "etta", "elle", "ella", "ita", "na", "ne", "le", "la", "lyn", "lynn",
    "ova", "y", "i",
];

fn without_particle(long: &str, short: &str) -> bool {
    long.strip_suffix(short).is_some_and(|front| front.len() > 1 && is_particle(front))
}

fn is_slip(a: &str, b: &str, long_enough: usize) -> bool {
    let length = a.len().min(b.len());
    if length < SWAP_SLIP || a.len().abs_diff(b.len()) > 1 || osa_distance(a, b) > 1 {
        return false;
    }
    length >= long_enough || (a.len() == b.len() && is_swap(a, b))
}

/// One slip is known; it is a swap if two places differ.
fn is_swap(a: &str, b: &str) -> bool {
    a.chars().zip(b.chars()).filter(|(a, b)| a != b).count() == 2
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_agree_as_people_vary_them() {
        let word = |text: &str| Word { text: text.to_owned(), is_initial: text.len() == 1 };
        let check = |a, b, expected| assert_eq!(given(&word(a), &word(b)), expected, "{a} {b}");
        check("anna", "anna", Likeness::Equal);
        check("juergen", "jurgen", Likeness::Spelling);
        check("bart", "bartholomew", Likeness::Nickname);
        check("carl", "carla", Likeness::None);
        check("j", "john", Likeness::Initial);
        check("micheal", "michael", Likeness::Nickname);
        check("jon", "ron", Likeness::None);
        check("", "ron", Likeness::None);
    }
}
