//! Transfer encodings and character sets, read leniently: what is broken costs the characters it covers, never the text.

use std::borrow::Cow;

use data_encoding::BASE64_NOPAD;
use encoding_rs::{Encoding, UTF_8, UTF_16BE, UTF_16LE, WINDOWS_1252};

/// A mail in lines that end with a line feed, whatever a program has saved it as: with carriage returns alone, or in UTF-16.
pub(super) fn lines(bytes: &[u8]) -> Cow<'_, [u8]> {
    let wide = Encoding::for_bom(bytes).filter(|(encoding, _)| *encoding == UTF_16LE || *encoding == UTF_16BE);
    let bytes: Cow<'_, [u8]> = match wide {
        Some((encoding, _)) => Cow::Owned(encoding.decode(bytes).0.into_owned().into_bytes()),
        None => Cow::Borrowed(bytes),
    };
    if bytes.contains(&b'\n') || !bytes.contains(&b'\r') {
        return bytes;
    }
    Cow::Owned(bytes.iter().map(|b| if *b == b'\r' { b'\n' } else { *b }).collect())
}

/// The bytes behind a transfer encoding.
pub(super) fn transferred(body: &[u8], coding: &str) -> Vec<u8> {
    match coding.split([';', ' ']).next().unwrap_or_default().to_ascii_lowercase().as_str() {
        "base64" => base64(body),
        "quoted-printable" => quoted_printable(body),
        _ => body.to_vec(),
    }
}

/// The characters of a text, none of them a zero. Where the set is not named or does not fit: UTF-8 if it can be, else Windows-1252.
pub(super) fn text(bytes: &[u8], charset: Option<&str>) -> String {
    decoded(bytes, charset).replace('\0', "")
}

fn decoded(bytes: &[u8], charset: Option<&str>) -> String {
    let named = charset.and_then(|label| Encoding::for_label(label.trim().as_bytes()));
    match named {
        Some(encoding) if encoding != UTF_8 && encoding != WINDOWS_1252 => encoding.decode(bytes).0.into_owned(),
        _ => match std::str::from_utf8(bytes) {
            Ok(text) => text.trim_start_matches('\u{feff}').to_owned(),
            // Cut off within a character.
            Err(e) if e.error_len().is_none() => String::from_utf8_lossy(&bytes[..e.valid_up_to()]).into_owned(),
            Err(_) => WINDOWS_1252.decode_without_bom_handling(bytes).0.into_owned(),
        },
    }
}

/// Characters that do not belong are left out, and so is what is too short for a byte at the end.
fn base64(body: &[u8]) -> Vec<u8> {
    let belongs = |b: &u8| b.is_ascii_alphanumeric() || matches!(b, b'+' | b'/');
    let mut clean: Vec<u8> = body.iter().copied().take_while(|b| *b != b'=').filter(belongs).collect();
    if clean.len() % 4 == 1 {
        clean.pop();
    }
    BASE64_NOPAD.decode(&clean).unwrap_or_else(|e| {
        clean.truncate(e.position / 4 * 4);
        BASE64_NOPAD.decode(&clean).unwrap_or_default()
    })
}

/// An `=` that begins no code stands for itself.
fn quoted_printable(body: &[u8]) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(body.len());
    for line in body.split_inclusive(|b| *b == b'\n') {
        let text = line.trim_ascii_end();
        let (text, goes_on) = text.strip_suffix(b"=").map_or((text, false), |text| (text, true));
        let mut rest = text;
        while let [first, tail @ ..] = rest {
            let code = tail.get(..2).filter(|_| *first == b'=').and_then(hexadecimal);
            bytes.push(code.unwrap_or(*first));
            rest = if code.is_some() { &tail[2..] } else { tail };
        }
        if !goes_on && line.ends_with(b"\n") {
            bytes.push(b'\n');
        }
    }
    bytes
}

fn hexadecimal(digits: &[u8]) -> Option<u8> {
    let digit = |b: u8| char::from(b).to_digit(16);
    let [high, low] = digits else { return None };
    u8::try_from(digit(*high)? * 16 + digit(*low)?).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn broken_transfer_encodings_give_what_can_be_read() {
        let read =
            |body: &str, coding: &str| String::from_utf8_lossy(&transferred(body.as_bytes(), coding)).into_owned();
        assert_eq!(read("aGVs\r\nbG8", "BASE64"), "hello");
        assert_eq!(read("aGVsbG8gd29ybGQ=\nnoise", "base64"), "hello world");
        assert_eq!(read("aGVsb", "base64"), "hel");
        assert_eq!(read("caf=C3=A9 = 5=\r\n0 =zz\r\nend", "quoted-printable"), "café = 50 =zz\nend");
        assert_eq!(read("as it is", "x-unknown"), "as it is");
    }

    #[test]
    fn a_character_set_that_does_not_fit_is_not_believed() {
        assert_eq!(text("größer".as_bytes(), Some("us-ascii")), "größer");
        assert_eq!(text(b"gr\xf6\xdfer", Some("utf-8")), "größer");
        assert_eq!(text(b"gr\xf6\xdfer", None), "größer");
        assert_eq!(text(b"\xb3\xf3d\xbc", Some("ISO-8859-2")), "łódź");
        assert_eq!(text(&"größ".as_bytes()[..5], Some("utf-8")), "grö");
    }
}
