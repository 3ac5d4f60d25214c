//! Names that an import has damaged: UTF-8 read as Latin-1 (“NestlÃ©”), and accents lost to question marks (“Nestl?”).

use std::borrow::Cow;

/// The name as it was before its bytes were read in the wrong encoding; the text itself where nothing shows that.
pub(super) fn repaired(raw: &str) -> Cow<'_, str> {
    if raw.is_ascii() || !raw.contains(LEAD_BYTES) {
        return raw.into();
    }
    let bytes: Option<Vec<u8>> = raw.chars().map(as_byte).collect();
    match bytes.map(String::from_utf8) {
        Some(Ok(text)) => text.into(),
        _ => raw.into(),
    }
}

/// Whether the one text is the other with question marks for its letters beyond ASCII.
pub(super) fn lost_letters(left: &str, right: &str) -> bool {
    fits(left, right) || fits(right, left)
}

/// How the first byte of a two- or three-byte letter looks when it is read alone.
const LEAD_BYTES: [char; 12] = ['Ã', 'Â', 'Ä', 'Å', 'Ð', 'Ñ', 'â', 'ã', 'å', 'ç', 'é', 'ì'];

/// The byte that Windows-1252 shows as this letter.
fn as_byte(c: char) -> Option<u8> {
    let shown = "€\u{81}‚ƒ„…†‡ˆ‰Š‹Œ\u{8d}Ž\u{8f}\u{90}‘’“”•–—˜™š›œ\u{9d}žŸ";
    match u8::try_from(c) {
        Ok(byte) => Some(byte),
        Err(_) => shown.chars().position(|known| known == c).and_then(|at| u8::try_from(at + 0x80).ok()),
    }
}

/// One letter may have become one mark or, byte by byte, two.
fn fits(damaged: &str, whole: &str) -> bool {
    if !damaged.contains(MARKS) || whole.is_ascii() {
        return false;
    }
    let mut marks = damaged.trim().chars().peekable();
    let mut any = false;
    for c in whole.trim().chars() {
        match marks.next() {
            Some(mark) if MARKS.contains(&mark) && !c.is_ascii() => {
                any = true;
                marks.next_if(|next| MARKS.contains(next));
            }
            Some(same) if same.to_lowercase().eq(c.to_lowercase()) => {}
            _ => return false,
        }
    }
    any && marks.next().is_none()
}

const MARKS: [char; 2] = ['?', '\u{fffd}'];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn wrong_encodings_are_undone_and_right_ones_are_left_alone() {
        for (raw, expected) in [
            ("NestlÃ©", "Nestlé"),
            ("MÃ¼nchener RÃ¼ck", "Münchener Rück"),
            ("CrÃ©dit Agricoleâ„¢", "Crédit Agricole™"),
            ("São Paulo Âmbar", "São Paulo Âmbar"),
            ("Ängelholm", "Ängelholm"),
            ("Acme", "Acme"),
        ] {
            assert_eq!(repaired(raw), expected);
        }
    }

    #[test]
    fn a_question_mark_stands_for_a_letter_beyond_ascii_only() {
        assert!(lost_letters("Soci?t? G?n?rale", "Société Générale"));
        assert!(lost_letters("Caf?? Zyx", "Café Zyx"));
        assert!(!lost_letters("Who?", "Whom"));
        assert!(!lost_letters("Acme", "Acmé"));
    }
}
