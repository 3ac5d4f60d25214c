//! Last resorts when two names share no beginning: how they sound in another script, capitals and initials that spell an
//! acronym, and what leaves it open whether they are one company.

use strsim::osa_distance;

use super::reading::{Name, Word};
use super::vocabulary::{Kind, canonical, kind};
use super::{CompanyJudgement, Sameness};

/// What a transliteration cannot show stays open.
pub(super) fn in_other_script(left: &Name, right: &Name) -> Option<CompanyJudgement> {
    if left.romanised == right.romanised {
        return None;
    }
    let (l, r) = (sound(&left.words), sound(&right.words));
    let (l_bones, r_bones) = (bones(&l), bones(&r));
    Some(if l.len() >= 4 && l == r {
        judgement(Sameness::Same, 0.75, "one name is the transliteration of the other")
    } else if l_bones.len() >= 5 && l_bones == r_bones {
        judgement(Sameness::Same, 0.7, "the consonants of one name are those of the other")
    } else {
        judgement(Sameness::Unclear, 0.5, "the names are in different scripts")
    })
}

/// Capitals within words count for an acronym: “ABCD” is the “Aaa BbbCcc Ddd”, with or without places and general words.
pub(super) fn capitals(long: &str, short: &Name) -> Option<CompanyJudgement> {
    let [only] = short.words.as_slice() else {
        return None;
    };
    let is_short = matches!(only.text.len(), 3..=6) && only.kind == Kind::Own;
    if !is_short || long.len() <= 2 * only.text.len() {
        return None;
    }
    let spells = |text: &mut dyn Iterator<Item = char>| {
        let mut capitals = text.filter(|c| c.is_uppercase()).flat_map(char::to_lowercase);
        only.text.chars().all(|c| capitals.next() == Some(c)) && capitals.next().is_none()
    };
    let telling = || {
        let words = long.split(|c: char| !c.is_alphanumeric());
        words.filter(|word| matches!(kind_of(&word.to_lowercase()), Kind::Own | Kind::Common | Kind::Sector))
    };
    (spells(&mut long.chars()) || spells(&mut telling().flat_map(str::chars)))
        .then(|| judgement(Sameness::Same, 0.72, &format!("“{}” is spelled by the capitals of “{long}”", only.text)))
}

fn kind_of(word: &str) -> Kind {
    kind(canonical(word).unwrap_or(word))
}

/// Initials run together with the last word: “XYBank” for Xxx Yyy Bank, and for the syllables of one Chinese word.
pub(super) fn blend(short: &Name, long: &Name) -> Option<CompanyJudgement> {
    let [only] = short.words.as_slice() else {
        return None;
    };
    if only.text.len() >= 5 && long.words.len() > 1 && clipped(&only.text, &long.words) {
        // “Citibank” is not Citizens Bank: with its last word whole, a name may be one of its own.
        let whole = long.words.last().is_some_and(|last| only.text.ends_with(&last.text));
        let (sameness, confidence) = if whole { (Sameness::Unclear, 0.5) } else { (Sameness::Same, 0.75) };
        let reason = format!("“{}” is made of how the other's words begin", only.text);
        return Some(judgement(sameness, confidence, &reason));
    }
    let (last, before) = long.words.split_last()?;
    let initials = only.text.strip_suffix(last.text.as_str()).filter(|_| last.text.len() >= 3)?;
    let fits = matches!(initials.len(), 2..=4)
        && (before.iter().filter_map(|word| word.text.chars().next()).eq(initials.chars())
            || matches!(before, [word] if syllables_begin(&word.text, initials)));
    fits.then(|| judgement(Sameness::Same, 0.75, &format!("“{}” is made of initials and “{}”", only.text, last.text)))
}

/// “SocGen” for Société Générale: at least two letters of each word.
fn clipped(letters: &str, words: &[Word]) -> bool {
    let Some((word, rest)) = words.split_first() else { return letters.is_empty() };
    if word.kind == Kind::Link && clipped(letters, rest) {
        return true;
    }
    let shared = letters.bytes().zip(word.text.bytes()).take_while(|(l, w)| l == w).count();
    (2..=shared).rev().filter_map(|used| letters.get(used..)).any(|left| clipped(left, rest))
}

/// Whether a word in pinyin can be cut into syllables that begin with these letters.
fn syllables_begin(word: &str, initials: &str) -> bool {
    let Some(first) = initials.chars().next() else { return word.is_empty() };
    let Some(rest) = word.strip_prefix(first) else { return false };
    let rest = rest.strip_prefix('h').filter(|_| matches!(first, 'z' | 'c' | 's')).unwrap_or(rest);
    FINALS
        .iter()
        .filter_map(|sound| rest.strip_prefix(sound))
        .any(|rest| syllables_begin(rest, initials.get(1..).unwrap_or_default()))
}

/// What follows the first consonant of a syllable in pinyin.
const FINALS: &[&str] = &[
    "a", "ai", "an", "ang", "ao", "e", "ei", "en", "eng", "er", "i", "ia", "ian", "iang", "iao", "ie", "in", "ing",
    "iong", "iu", "o", "ong", "ou", "u", "ua", "uai", "uan", "uang", "ui", "un", "uo", "ue", "v", "ve",
];

/// What keeps two names that agree in nothing else from being surely different: one is the other's initials and a letter
/// more, the initials of its syllables, or a word of its own stands in both.
pub(super) fn may_be_one(left: &Name, right: &Name) -> Option<CompanyJudgement> {
    let unclear = |reason: &str| Some(judgement(Sameness::Unclear, 0.5, reason));
    if longer_by_a_letter(left, right) || longer_by_a_letter(right, left) {
        return unclear("one name is the other's initials and a letter more");
    }
    if syllables(left, right) || syllables(right, left) {
        return unclear("one name may be the initials of the other's syllables");
    }
    if let (Some(l), Some(r)) = (left.words.first(), right.words.first())
        && (near(&l.text, &r.text) || sounds_alike(&l.text, &r.text))
    {
        return unclear("the names begin with words that are a letter apart");
    }
    if abbreviates(left, right) || abbreviates(right, left) {
        return unclear("one name may abbreviate the other");
    }
    let held = |word: &Word| word.kind == Kind::Own && word.text.len() >= 3;
    let own = left.words.iter().find(|word| held(word) && right.words.contains(word))?;
    unclear(&format!("“{}” stands in both names", own.text))
}

/// So alike that a slip is possible, but too short or too different to be sure of one.
fn near(l: &str, r: &str) -> bool {
    let allowed = match l.len().max(r.len()) {
        0..5 => return false,
        5..8 => 1,
        _ => 2,
    };
    l.get(..1) == r.get(..1) && l.len().abs_diff(r.len()) <= allowed && osa_distance(l, r) <= allowed
}

/// “PwC” for PricewaterhouseCoopers: consonants alone are no word, and these stand in the other name in their order.
fn abbreviates(short: &Name, long: &Name) -> bool {
    let [only] = short.words.as_slice() else { return false };
    let is_word =
        |text: &str| text.contains(['a', 'e', 'i', 'o', 'u', 'y']) || !text.bytes().all(|b| b.is_ascii_alphabetic());
    if !matches!(only.text.len(), 3..=5) || is_word(&only.text) || only.kind != Kind::Own {
        return false;
    }
    let mut letters = long.words.iter().filter(|word| word.kind != Kind::Link).flat_map(|word| word.text.chars());
    let long_enough = long.words.iter().map(|word| word.text.len()).sum::<usize>() >= 2 * only.text.len() + 2;
    let begins = long.words.first().and_then(|word| word.text.chars().next()) == only.text.chars().next();
    begins && long_enough && only.text.chars().all(|c| letters.any(|letter| letter == c))
}

/// Family names that are spelled in several ways: Meier, Meyer, Maier.
fn sounds_alike(l: &str, r: &str) -> bool {
    let sound = |text: &str| text.replace('y', "i").replace("ai", "ei").replace("ck", "k").replace("ph", "f");
    l.len().min(r.len()) >= 5 && sound(l) == sound(r)
}

/// “HPE” beside HP or Hewlett Packard.
fn longer_by_a_letter(longer: &Name, other: &Name) -> bool {
    let telling = |word: &&Word| word.kind == Kind::Own;
    let Some(initials) = longer.words.iter().find(telling).filter(|word| matches!(word.text.len(), 3..=4)) else {
        return false;
    };
    let Some(shorter) = initials.text.get(..initials.text.len() - 1) else { return false };
    let from = other.words.iter().position(|word| word.kind == Kind::Own).unwrap_or(0);
    let words = other.words.get(from..).unwrap_or_default();
    let stands = words.first().is_some_and(|word| word.text == shorter);
    let spelled = || words.iter().take(shorter.len()).filter_map(|word| word.text.chars().next()).eq(shorter.chars());
    longer.folded.len() <= 2 * initials.text.len() && (stands || words.len() >= shorter.len() && spelled())
}

/// “GDT” beside Guodiantong.
fn syllables(short: &Name, long: &Name) -> bool {
    let [only] = short.words.as_slice() else { return false };
    matches!(only.text.len(), 3..=4)
        && only.kind == Kind::Own
        && long.words.iter().any(|word| word.kind == Kind::Own && syllables_begin(&word.text, &only.text))
}

/// The telling words as they sound: transliterations of one name meet (“Iandeks”, “Yandex”).
fn sound(words: &[Word]) -> String {
    let mut heard = String::new();
    for c in
        words.iter().filter(|word| matches!(word.kind, Kind::Own | Kind::Common)).flat_map(|word| word.text.chars())
    {
        match c {
            'x' => heard.push_str("ks"),
            'y' | 'j' => heard.push('i'),
            'c' | 'q' => heard.push('k'),
            'w' => heard.push('v'),
            'h' if heard.ends_with(['k', 's', 'g']) => {}
            c if heard.ends_with(c) => {}
            c => heard.push(c),
        }
    }
    heard
}

fn judgement(sameness: Sameness, confidence: f64, reason: &str) -> CompanyJudgement {
    CompanyJudgement { sameness, confidence, reason: reason.to_owned() }
}

/// The consonants alone, since every transliteration spells vowels in its own way.
fn bones(sound: &str) -> String {
    let mut bones = String::new();
    for c in sound.chars().filter(|c| !matches!(c, 'a' | 'e' | 'i' | 'o' | 'u' | 'h' | '\'' | '"')) {
        if !bones.ends_with(c) {
            bones.push(c);
        }
    }
    bones
}

#[cfg(test)]
mod tests {
    use super::super::reading::read;
    use super::*;

    #[test]
    fn transliterations_meet_and_other_scripts_stay_open() {
        let check = |left, right, expected: Option<Sameness>| {
            let found = in_other_script(&read(left), &read(right)).map(|found| found.sameness);
            assert_eq!(found, expected, "{left} {right}");
        };
        check("Яндекс", "Yandex", Some(Sameness::Same));
        check("灵雀云", "Zyxwv", Some(Sameness::Unclear));
        check("Zyxwv", "Tsrqp", None);
    }

    #[test]
    fn a_blend_keeps_the_last_word() {
        assert!(blend(&read("ZWBank"), &read("Zyxw Wvut Bank")).is_some());
        assert!(blend(&read("HFBank"), &read("Hengfeng Bank")).is_some());
        assert!(blend(&read("HSBank"), &read("Hengfeng Bank")).is_none());
        assert!(blend(&read("ZyxTsr"), &read("Zyxwv Tsrqp")).is_some());
        assert!(blend(&read("Zyxwvu"), &read("Zyxwv Tsrqp")).is_none());
        let whole = blend(&read("ZyxiBank"), &read("Zyxizens Bank")).map(|found| found.sameness);
        assert_eq!(whole, Some(Sameness::Unclear));
    }

    #[test]
    fn what_may_be_one_company_is_not_surely_two() {
        let check = |left, right, expected| {
            assert_eq!(may_be_one(&read(left), &read(right)).is_some(), expected, "{left} {right}");
        };
        check("ZYX", "ZY Networking", true);
        check("ZYX", "Zzz-Yyy Singapore", true);
        check("ZhGuo", "Zyxwv", false);
        check("GDT", "Guodiantong Network", true);
        check("ZWC", "Zyxewabcde Coopers", true);
        check("Zuxwo", "Zuxxwo", true);
        check("Zuo", "Zuxo", false);
        check("Tsrqp Zyxwv", "Zyxwv - ABC", true);
        check("Tsrqp", "Zyxwv", false);
    }

    #[test]
    fn capitals_within_words_spell_an_acronym() {
        assert!(capitals("Zyx WvuTsr University", &read("ZWTU")).is_some());
        assert!(capitals("Zyx Wvu University", &read("ZWTU")).is_none());
    }
}
