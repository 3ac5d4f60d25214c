//! Repairs names that a wrong import has spoiled: entities, percent signs, UTF-8 read as Latin-1, letters of two scripts.

use std::borrow::Cow;

/// The name as it was meant, where that is beyond doubt.
pub(super) fn clean(raw: &str) -> Cow<'_, str> {
    if raw.is_ascii() && !raw.contains(['&', '%']) {
        return Cow::Borrowed(raw);
    }
    let mut name = Cow::Borrowed(raw);
    if name.contains('%')
        && let Some(decoded) = percent_decoded(&name)
    {
        name = Cow::Owned(decoded);
    }
    if name.contains('&') {
        name = Cow::Owned(without_entities(&name));
    }
    if let Some(repaired) = utf8_read_as_latin(&name) {
        name = Cow::Owned(repaired);
    }
    if mixes_scripts(&name) {
        name = Cow::Owned(name.chars().map(latin_twin).collect());
    }
    name
}

fn percent_decoded(text: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((first, behind)) = rest.split_first() {
        let code = behind.get(..2).and_then(|two| std::str::from_utf8(two).ok());
        match (*first, code.and_then(|two| u8::from_str_radix(two, 16).ok())) {
            (b'%', Some(byte)) => {
                bytes.push(byte);
                rest = behind.get(2..).unwrap_or_default();
            }
            (byte, _) => {
                bytes.push(byte);
                rest = behind;
            }
        }
    }
    String::from_utf8(bytes).ok()
}

/// `&uuml;` and the like are a letter and a word for its accent; the accent is folded away later anyhow.
fn without_entities(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, behind)) = rest.split_once('&') {
        plain.push_str(before);
        let entity = behind.split_once(';').filter(|(name, _)| name.len() < LONGEST_ENTITY);
        match entity.and_then(|(name, after)| entity_letter(name).map(|letter| (letter, after))) {
            Some((letter, after)) => {
                plain.push_str(&letter);
                rest = after;
            }
            None => {
                plain.push('&');
                rest = behind;
            }
        }
    }
    plain + rest
}

const LONGEST_ENTITY: usize = 9;

fn entity_letter(name: &str) -> Option<String> {
    if let Some(number) = name.strip_prefix('#') {
        let code = match number.strip_prefix(['x', 'X']) {
            Some(hex) => u32::from_str_radix(hex, 16).ok()?,
            None => number.parse().ok()?,
        };
        return char::from_u32(code).map(String::from);
    }
    match name {
        "amp" => return Some("&".to_owned()),
        "apos" | "rsquo" | "lsquo" => return Some("'".to_owned()),
        "quot" | "ldquo" | "rdquo" => return Some("\"".to_owned()),
        "nbsp" => return Some(" ".to_owned()),
        "szlig" => return Some("ss".to_owned()),
        _ => {}
    }
    let accents = ["uml", "acute", "grave", "circ", "tilde", "cedil", "ring", "slash", "caron", "lig", "ogon", "strok"];
    let letter = accents.iter().find_map(|accent| name.strip_suffix(accent))?;
    (matches!(letter.len(), 1 | 2) && letter.bytes().all(|b| b.is_ascii_alphabetic())).then(|| letter.to_owned())
}

/// “Ã¼” is what the two bytes of “ü” look like one by one.
fn utf8_read_as_latin(text: &str) -> Option<String> {
    if !text.contains(['Ã', 'Å', 'Ä', 'Ð', 'Ñ', 'Â', 'Î', 'Ï']) {
        return None;
    }
    let bytes: Option<Vec<u8>> = text.chars().map(byte_of).collect();
    let repaired = String::from_utf8(bytes?).ok()?;
    (repaired != text).then_some(repaired)
}

/// The byte that Windows-1252 shows as this character.
fn byte_of(c: char) -> Option<u8> {
    const HIGH: [char; 32] = [
        '€', '\u{81}', '‚', 'ƒ', '„', '…', '†', '‡', 'ˆ', '‰', 'Š', '‹', 'Œ', '\u{8d}', 'Ž', '\u{8f}', '\u{90}', '‘',
        '’', '“', '”', '•', '–', '—', '˜', '™', 'š', '›', 'œ', '\u{9d}', 'ž', 'Ÿ',
    ];
    u8::try_from(u32::from(c)).ok().or_else(|| {
        let place = HIGH.iter().position(|high| *high == c)?;
        u8::try_from(0x80 + place).ok()
    })
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
        check("S&oslash;ren &#268;ern&yacute;", "Soren \u{10c}erny");
        check("J%C3%BCrgen%20Wei%C3%9F", "Jürgen Weiß");
        check("JosÃ© NÃºÃ±ez", "José Núñez");
        check("Сlаrа Roe", "Clara Roe");
        check("Олег Тягнибок", "Олег Тягнибок");
        check("João Ängström", "João Ängström");
        check("Tom & Co", "Tom & Co");
        check("100% Ann", "100% Ann");
    }
}
