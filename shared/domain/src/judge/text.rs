//! Folding of text from outside, so that two spellings of one thing become equal. Folding twice changes nothing.

use std::borrow::Cow;

use super::mend::{is_suspicious, mend};
use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

/// Damage of encodings mended, lower case, without accents, controls, zero-width and direction marks; full-width forms and
/// ligatures opened, white space runs become one space, no space at either end. Scripts are kept.
pub fn fold(raw: &str) -> String {
    if raw.is_ascii() && !is_suspicious(raw) {
        return fold_ascii(raw);
    }
    let folded = fold_letters(&mend(raw));
    // Folding can complete an escape that an accent had broken; each time round the text is shorter.
    match mend(&folded) {
        Cow::Borrowed(_) => folded,
        Cow::Owned(mended) => fold(&mended),
    }
}

fn fold_letters(raw: &str) -> String {
    if raw.is_ascii() {
        return fold_ascii(raw);
    }
    let mut folded = String::with_capacity(raw.len());
    for c in raw.nfkd().filter(|c| !is_combining_mark(*c)) {
        if c.is_whitespace() {
            push_space(&mut folded);
        } else if !is_invisible(c) {
            push_plain(&mut folded, c);
        }
    }
    folded.truncate(folded.trim_end().len());
    folded
}

/// The runs of letters and digits of a folded text; everything else separates.
pub fn words(folded: &str) -> impl Iterator<Item = &str> {
    folded.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty())
}

/// The decimal digits of a text in any script's figures, as ASCII.
pub fn digits(raw: &str) -> String {
    raw.nfkd().filter_map(|c| c.to_digit(10)).filter_map(|digit| char::from_digit(digit, 10)).collect()
}

fn fold_ascii(raw: &str) -> String {
    let mut folded = String::with_capacity(raw.len());
    for b in raw.bytes() {
        match b {
            b' ' | b'\t'..=b'\r' => push_space(&mut folded),
            0..=31 | 127 => {}
            _ => folded.push(b.to_ascii_lowercase() as char),
        }
    }
    folded.truncate(folded.trim_end().len());
    folded
}

fn push_space(folded: &mut String) {
    if !folded.is_empty() && !folded.ends_with(' ') {
        folded.push(' ');
    }
}

/// Letters that NFKD leaves whole although people write them both ways.
fn push_plain(folded: &mut String, c: char) {
    match c {
        'ß' | 'ẞ' => folded.push_str("ss"),
        'æ' | 'Æ' => folded.push_str("ae"),
        'œ' | 'Œ' => folded.push_str("oe"),
        'ø' | 'Ø' => folded.push('o'),
        'đ' | 'Đ' | 'ð' | 'Ð' => folded.push('d'),
        'þ' | 'Þ' => folded.push_str("th"),
        'ł' | 'Ł' => folded.push('l'),
        'ı' => folded.push('i'),
        '‐'..='―' | '−' => folded.push('-'),
        '‘' | '’' | 'ʼ' | '`' | '´' => folded.push('\''),
        '“' | '”' | '„' => folded.push('"'),
        _ => folded.extend(c.to_lowercase().filter(|c| !is_combining_mark(*c))),
    }
}

fn is_invisible(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spellings_of_one_text_fold_to_the_same() {
        for (raw, folded) in [
            ("  Señor\tGarcía ", "senor garcia"),
            ("ＡＣＭＥ", "acme"),
            ("Strauß", "strauss"),
            ("a\u{200b}b\u{202e}c", "abc"),
            ("O’Brien – Łódź", "o'brien - lodz"),
            ("灵雀云", "灵雀云"),
        ] {
            assert_eq!(fold(raw), folded);
            assert_eq!(fold(folded), folded);
        }
    }
}
