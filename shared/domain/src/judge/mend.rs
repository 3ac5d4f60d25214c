//! Undoes what programs do to text on its way into a CRM: UTF-8 read as Windows-1252, HTML entities and tags, percent
//! escapes. What is mended is never mended further by a second time.

use std::borrow::Cow;

/// The text as it was meant. Text that was never damaged is given back as it is, at the cost of one look at its bytes.
pub(in crate::judge) fn mend(raw: &str) -> Cow<'_, str> {
    if !is_suspicious(raw) {
        return Cow::Borrowed(raw);
    }
    let mut text = Cow::Borrowed(raw);
    // Each step shortens the text, so this ends.
    while let Some(better) = step(&text) {
        text = Cow::Owned(better);
    }
    text
}

/// Whether a text may be damaged. Most are not, and one look at the bytes says so.
pub(super) fn is_suspicious(text: &str) -> bool {
    text.bytes().any(|b| matches!(b, b'&' | b'<' | b'%' | 0xC3 | 0xC2 | 0xE2))
}

fn step(text: &str) -> Option<String> {
    reread(text).or_else(|| without_entities(text)).or_else(|| without_tags(text)).or_else(|| without_escapes(text))
}

/// UTF-8 that was read as Windows-1252: `MÃ¼ller`. Taken back only where all of it becomes UTF-8 again.
fn reread(text: &str) -> Option<String> {
    if !text.contains(LEAD_BYTES) {
        return None;
    }
    let bytes: Option<Vec<u8>> = text.chars().map(windows_1252).collect();
    let better = String::from_utf8(bytes?).ok()?;
    (better.len() < text.len()).then_some(better)
}

/// How the first byte of a letter of two or three bytes looks when it is read alone.
const LEAD_BYTES: [char; 14] = ['Ã', 'Â', 'Ä', 'Å', 'Î', 'Ï', 'Ð', 'Ñ', 'â', 'ã', 'å', 'ç', 'é', 'ì'];

fn windows_1252(c: char) -> Option<u8> {
    match u32::from(c) {
        code @ (0..=0x7F | 0xA0..=0xFF) => u8::try_from(code).ok(),
        _ => HIGH.iter().position(|high| *high == c).and_then(|at| u8::try_from(at + 0x80).ok()),
    }
}

/// Windows-1252 from 0x80 to 0x9F; what it leaves undefined stands for itself.
const HIGH: [char; 32] = [
    '€', '\u{81}', '‚', 'ƒ', '„', '…', '†', '‡', 'ˆ', '‰', 'Š', '‹', 'Œ', '\u{8d}', 'Ž', '\u{8f}', '\u{90}', '‘', '’',
    '“', '”', '•', '–', '—', '˜', '™', 'š', '›', 'œ', '\u{9d}', 'ž', 'Ÿ',
];

fn without_entities(text: &str) -> Option<String> {
    let (before, rest) = text.split_once('&')?;
    let (mut out, mut rest, mut found) = (before.to_owned(), rest, false);
    loop {
        let entity = rest.split_once(';').and_then(|(name, after)| Some((entity(name)?, after)));
        rest = match entity {
            Some((c, after)) => {
                found = true;
                out.push(c);
                after
            }
            None => {
                out.push('&');
                rest
            }
        };
        match rest.split_once('&') {
            Some((plain, more)) => {
                out.push_str(plain);
                rest = more;
            }
            None => {
                out.push_str(rest);
                return found.then_some(out);
            }
        }
    }
}

fn entity(name: &str) -> Option<char> {
    if let Some(number) = name.strip_prefix('#') {
        let hex = number.strip_prefix(['x', 'X']);
        let code = hex.map_or_else(|| number.parse().ok(), |hex| u32::from_str_radix(hex, 16).ok());
        return code.and_then(char::from_u32).filter(|c| !c.is_control());
    }
    let named = |(known, c): &(&str, char)| (*known == name).then_some(*c);
    if let Some(c) = ENTITIES.iter().find_map(named) {
        return Some(c);
    }
    accented(name)
}

/// `eacute` is e with a combining acute; composed forms and combined ones fold to the same.
fn accented(name: &str) -> Option<char> {
    let mut chars = name.chars();
    let letter = chars.next().filter(char::is_ascii_alphabetic)?;
    let mark = match chars.as_str() {
        "grave" => '\u{300}',
        "acute" => '\u{301}',
        "circ" => '\u{302}',
        "tilde" => '\u{303}',
        "uml" => '\u{308}',
        "ring" => '\u{30a}',
        "caron" => '\u{30c}',
        "cedil" => '\u{327}',
        "ogon" => '\u{328}',
        _ => return None,
    };
    unicode_normalization::char::compose(letter, mark)
}

/// The entities of HTML that stand in names and titles, beside those for letters with marks.
const ENTITIES: [(&str, char); 26] = [
    ("amp", '&'),
    ("lt", '<'),
    ("gt", '>'),
    ("quot", '"'),
    ("apos", '\''),
    ("nbsp", ' '),
    ("ndash", '–'),
    ("mdash", '—'),
    ("lsquo", '‘'),
    ("rsquo", '’'),
    ("ldquo", '“'),
    ("rdquo", '”'),
    ("szlig", 'ß'),
    ("oslash", 'ø'),
    ("Oslash", 'Ø'),
    ("aelig", 'æ'),
    ("AElig", 'Æ'),
    ("oelig", 'œ'),
    ("OElig", 'Œ'),
    ("lstrok", 'ł'),
    ("Lstrok", 'Ł'),
    ("dstrok", 'đ'),
    ("Dstrok", 'Đ'),
    ("reg", '®'),
    ("trade", '™'),
    ("copy", '©'),
];

/// Tags of formatted text; any other angle brackets stay.
fn without_tags(text: &str) -> Option<String> {
    let (before, rest) = text.split_once('<')?;
    let (inside, after) = rest.split_once('>')?;
    let name = inside.trim_matches('/').split([' ', '/']).next().unwrap_or_default().to_ascii_lowercase();
    if TAGS.contains(&name.as_str()) {
        return Some(format!("{before} {after}").trim().to_owned());
    }
    let later = without_tags(rest)?;
    Some(format!("{before}<{later}"))
}

const TAGS: [&str; 12] = ["b", "i", "u", "p", "br", "em", "strong", "span", "div", "font", "small", "sup"];

/// Percent escapes, where all of the text becomes UTF-8: `J%C3%B6rg%20Pfister`.
fn without_escapes(text: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(text.len());
    let (mut rest, mut found) = (text.as_bytes(), false);
    while let Some((first, after)) = rest.split_first() {
        let hex =
            |at: usize| after.get(at).and_then(|b| char::from(*b).to_digit(16)).and_then(|d| u8::try_from(d).ok());
        match (*first, hex(0), hex(1)) {
            // Below a space stands nothing that is text.
            (b'%', Some(high), Some(low)) if high >= 2 => {
                bytes.push(high << 4 | low);
                rest = &after[2..];
                found = true;
            }
            _ => {
                bytes.push(*first);
                rest = after;
            }
        }
    }
    String::from_utf8(bytes).ok().filter(|_| found)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_programs_do_to_text_is_undone_once_and_for_all() {
        for (raw, meant) in [
            ("MÃ¼ller", "Müller"),
            ("JÃ©rÃ´me â€“ Paris", "Jérôme – Paris"),
            ("Andr&eacute; D&#39;Aubigny", "André D'Aubigny"),
            ("Food &amp;amp; Drink", "Food & Drink"),
            ("<b>Office Manager</b><br>", "Office Manager"),
            ("J%C3%B6rg%20Pfister", "Jörg Pfister"),
            ("CrÃ©dit Agricoleâ„¢", "Crédit Agricole™"),
            ("São Paulo Âmbar", "São Paulo Âmbar"),
            ("Müller & Söhne", "Müller & Söhne"),
            ("R&D; Sales", "R&D; Sales"),
            ("100% Sales <EMEA>", "100% Sales <EMEA>"),
            ("Â", "Â"),
            ("&#0;&#xD800;&bogus;", "&#0;&#xD800;&bogus;"),
        ] {
            assert_eq!(mend(raw), meant, "{raw}");
            assert_eq!(mend(meant), meant, "{meant}");
        }
    }
}
