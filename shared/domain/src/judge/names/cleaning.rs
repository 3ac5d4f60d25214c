//! Repairs names that a wrong import has spoiled, and those in which letters of two scripts are mixed.

use std::borrow::Cow;

use crate::judge::mend::mend;

/// The name as it was meant, where that is beyond doubt.
pub(super) fn clean(raw: &str) -> Cow<'_, str> {
    let name = mend(raw);
    if !name.is_ascii() && mixes_scripts(&name) {
        return Cow::Owned(name.chars().map(latin_twin).collect());
    }
    name
}

/// A word with Latin letters and Cyrillic or Greek ones was meant to be Latin.
fn mixes_scripts(text: &str) -> bool {
    text.split_whitespace().any(|word| {
        let twins = word.chars().any(|c| latin_twin(c) != c);
        twins && word.chars().any(|c| c.is_ascii_alphabetic())
    })
}

fn latin_twin(c: char) -> char {
    match c {
        'а' | 'α' => 'a',
        'А' | 'Α' => 'A',
        'В' | 'Β' => 'B',
        'с' | 'ϲ' => 'c',
        'С' => 'C',
        'е' => 'e',
        'Е' | 'Ε' => 'E',
        'Н' | 'Η' => 'H',
        'і' | 'ι' => 'i',
        'І' | 'Ι' => 'I',
        'ј' => 'j',
        'Ј' => 'J',
        'К' | 'Κ' => 'K',
        'к' | 'κ' => 'k',
        'М' | 'Μ' => 'M',
        'Ν' => 'N',
        'о' | 'ο' => 'o',
        'О' | 'Ο' => 'O',
        'р' | 'ρ' => 'p',
        'Р' | 'Ρ' => 'P',
        'ѕ' => 's',
        'Ѕ' => 'S',
        'Т' | 'Τ' => 'T',
        'т' | 'τ' => 't',
        'у' => 'y',
        'У' | 'Υ' => 'Y',
        'υ' => 'u',
        'ν' => 'v',
        'х' | 'χ' => 'x',
        'Х' | 'Χ' => 'X',
        'Ζ' => 'Z',
        _ => c,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spoiled_names_are_repaired_and_others_left() {
        let check = |raw, expected| assert_eq!(clean(raw), expected);
        check("S&oslash;ren &#268;ern&yacute;", "Søren \u{10c}erný");
        check("J%C3%BCrgen%20Wei%C3%9F", "Jürgen Weiß");
        check("JosÃ© NÃºÃ±ez", "José Núñez");
        check("Сlаrа Roe", "Clara Roe");
        check("Олег Тягнибок", "Олег Тягнибок");
        check("João Ängström", "João Ängström");
        check("Tom & Co", "Tom & Co");
        check("100% Ann", "100% Ann");
    }
}
