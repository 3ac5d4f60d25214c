//! Text in a drawing does not wrap by itself: estimates its width and breaks it into lines that fit.

use unicode_segmentation::UnicodeSegmentation;

use crate::words::plain;

/// More characters than fit on any card.
const LONGEST: usize = 200;

/// The text in at most `lines` lines of `width` at a type size; what does not fit ends in an ellipsis.
pub(super) fn wrap(text: &str, size: f32, width: f32, lines: usize) -> Vec<String> {
    let mut done: Vec<String> = Vec::new();
    let mut line = String::new();
    for piece in pieces(text, size, width) {
        let fits = measure(line.trim_end(), size) + measure(piece.trim_end(), size) + blank(&line, size) <= width;
        if fits || line.trim().is_empty() {
            line.push_str(&piece);
            continue;
        }
        if done.len() + 1 == lines {
            done.push(shortened(line.trim_end(), size, width));
            return done;
        }
        done.push(line.trim_end().to_owned());
        line = piece.trim_start().to_owned();
    }
    if !line.trim().is_empty() {
        done.push(line.trim_end().to_owned());
    }
    done
}

/// Runs that must not be broken, in order; words wider than a line are broken into characters.
fn pieces(text: &str, size: f32, width: f32) -> Vec<String> {
    let clean = plain(text, LONGEST);
    let mut pieces = Vec::new();
    for word in clean.split_word_bounds() {
        if measure(word, size) > width {
            pieces.extend(word.graphemes(true).map(str::to_owned));
        } else {
            pieces.push(word.to_owned());
        }
    }
    pieces
}

fn blank(line: &str, size: f32) -> f32 {
    if line.ends_with(' ') { 0.3 * size } else { 0.0 }
}

fn shortened(line: &str, size: f32, width: f32) -> String {
    let mut graphemes: Vec<&str> = line.graphemes(true).collect();
    while measure(&graphemes.concat(), size) + 0.9 * size > width && graphemes.len() > 1 {
        graphemes.pop();
    }
    format!("{}…", graphemes.concat().trim_end())
}

/// An upper estimate over the usual sans-serif faces, in the unit of `size`.
fn measure(text: &str, size: f32) -> f32 {
    text.chars().map(|c| advance(c) * size).sum()
}

fn advance(c: char) -> f32 {
    match c {
        'i' | 'j' | 'l' | 'I' | '.' | ',' | '\'' | ' ' | ':' | ';' | '|' => 0.32,
        'f' | 'r' | 't' | '-' | '(' | ')' | '/' => 0.42,
        'm' | 'w' | 'M' | 'W' | '@' | '%' => 0.93,
        'A'..='Z' | '&' => 0.70,
        '\u{300}'..='\u{36f}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' => 0.0,
        '\u{1100}'..='\u{11ff}' | '\u{2e80}'..='\u{a4cf}' | '\u{ac00}'..='\u{d7af}' | '\u{f900}'..='\u{faff}' => 1.0,
        '\u{ff00}'..='\u{ff60}' | '\u{1f000}'..='\u{3ffff}' => 1.1,
        c if c.is_uppercase() => 0.72,
        _ => 0.59,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, lines: &[&str]) {
        assert_eq!(wrap(text, 10.0, 60.0, 2), lines, "{text}");
    }

    #[test]
    fn text_breaks_between_words_and_ends_in_an_ellipsis_where_it_does_not_fit() {
        check("Dana Fox", &["Dana Fox"]);
        check("Dana Alexandra Fox", &["Dana", "Alexandra…"]);
        check("", &[]);
        check("a\nb", &["a b"]);
    }

    #[test]
    fn words_longer_than_a_line_and_scripts_without_spaces_are_broken_between_characters() {
        check("欧阳慧敏欧阳慧敏欧阳慧敏欧阳", &["欧阳慧敏欧阳", "慧敏欧阳慧…"]);
        for line in wrap(&"Donaudampfschiff".repeat(20), 10.0, 60.0, 2) {
            assert!(measure(&line, 10.0) <= 60.0, "{line}");
        }
    }
}
