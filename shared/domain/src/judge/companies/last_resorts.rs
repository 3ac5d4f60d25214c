//! Last resorts when two names share no words: how they sound in another script, and capitals that spell an acronym.

use super::reading::{Name, Word};
use super::vocabulary::Kind;
use super::{CompanyJudgement, Sameness};

/// What a transliteration cannot show stays open.
pub(super) fn in_other_script(left: &Name, right: &Name) -> Option<CompanyJudgement> {
    if left.romanised == right.romanised {
        return None;
    }
    let (l, r) = (sound(&left.words), sound(&right.words));
    Some(if l.len() >= 4 && l == r {
        judgement(Sameness::Same, 0.65, "one name is the transliteration of the other")
    } else {
        judgement(Sameness::Unclear, 0.5, "the names are in different scripts")
    })
}

/// Capitals within words count for an acronym: “ABCD” is the “Aaa BbbCcc Ddd”.
pub(super) fn capitals(long: &str, short: &Name) -> Option<CompanyJudgement> {
    let [only] = short.words.as_slice() else {
        return None;
    };
    let is_short = matches!(only.text.len(), 3..=6) && only.kind == Kind::Own;
    let spelled = is_short && long.len() > 2 * only.text.len() && {
        let mut capitals = long.chars().filter(|c| c.is_uppercase()).flat_map(char::to_lowercase);
        only.text.chars().all(|c| capitals.next() == Some(c)) && capitals.next().is_none()
    };
    spelled.then(|| judgement(Sameness::Same, 0.72, &format!("“{}” is spelled by the capitals of “{long}”", only.text)))
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
    fn capitals_within_words_spell_an_acronym() {
        assert!(capitals("Zyx WvuTsr University", &read("ZWTU")).is_some());
        assert!(capitals("Zyx Wvu University", &read("ZWTU")).is_none());
    }
}
