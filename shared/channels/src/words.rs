//! How text from outside becomes text that can be shown, and how dates are written; every channel uses these.
//!
//! Nothing here knows HTML, Slack or mail: what comes out still has to be escaped for its channel.

use jiff::civil::Date;
use unicode_segmentation::UnicodeSegmentation;

use domain::address::mailbox;
use domain::days::{day, full_day};

/// In code points; the longest emoji sequences have some ten.
const LONGEST_GRAPHEME: usize = 16;

/// Text from outside on one line, at most `max` characters as people count them (graphemes), cut with an ellipsis.
///
/// Control characters, bidirectional overrides and invisible characters are gone; a joiner stays only inside scripts
/// and emoji that need it.
pub fn plain(text: &str, max: usize) -> String {
    let spaced = spaced(text, max.saturating_add(1).saturating_mul(LONGEST_GRAPHEME * 4));
    // More code points in one grapheme are an attack on the line height.
    let flat: String = spaced.graphemes(true).flat_map(|grapheme| grapheme.chars().take(LONGEST_GRAPHEME)).collect();
    cut(&flat, max)
}

/// At most `max` graphemes, the last of them an ellipsis where something was cut.
pub fn cut(text: &str, max: usize) -> String {
    if text.graphemes(true).nth(max).is_none() {
        return text.to_owned();
    }
    let kept: String = text.graphemes(true).take(max.saturating_sub(1)).collect();
    format!("{}…", kept.trim_end())
}

/// `Mon 23 Nov`
pub fn weekday(date: Date) -> String {
    date.strftime("%a %-d %b").to_string()
}

/// `14 Nov`, or `14 Nov 2025` where that is more than half a year from `anchor` and could be taken for this year's.
pub fn day_near(date: Date, anchor: Date) -> String {
    if is_near(date, anchor) { day(date) } else { full_day(date) }
}

/// `Mon 23 Nov`, or `Mon 23 Nov 2026` where that is more than half a year from `anchor`.
pub fn weekday_near(date: Date, anchor: Date) -> String {
    if is_near(date, anchor) { weekday(date) } else { date.strftime("%a %-d %b %Y").to_string() }
}

/// `96 % sure`, with a space that does not break.
pub fn sure(percent: u8) -> String {
    format!("{percent}\u{a0}% sure")
}

/// The address a link may point to, percent-encoded; nothing where it is no plain web, mail or file address.
///
/// Other schemes (`javascript:`, `data:`), a user before the host (`https://bank.example@evil.example`) and control
/// characters make no link; such an address is shown as text.
pub fn link_target(address: &str) -> Option<String> {
    let address = address.trim();
    let (scheme, rest) = address.split_once(':')?;
    let scheme = scheme.to_ascii_lowercase();
    let is_fine = match scheme.as_str() {
        "http" | "https" => has_plain_host(rest),
        "mailto" => mailbox(rest).is_ok(),
        "file" => rest.starts_with("///"),
        _ => false,
    };
    (is_fine && !rest.chars().any(|c| c.is_control() || is_invisible(c))).then(|| format!("{scheme}:{}", encoded(rest)))
}

/// White space of every kind as single spaces, nothing invisible between; it ends soon after `enough` bytes.
fn spaced(text: &str, enough: usize) -> String {
    let mut spaced = String::with_capacity(text.len().min(enough));
    let mut characters = text.chars().filter(|c| c.is_whitespace() || !is_unwanted(*c)).peekable();
    while let Some(c) = characters.next().filter(|_| spaced.len() < enough) {
        let joins = |c: char| !c.is_ascii() && !c.is_whitespace() && !is_joiner(c);
        if c.is_whitespace() {
            if !spaced.is_empty() && !spaced.ends_with(' ') {
                spaced.push(' ');
            }
        } else if !is_joiner(c) || (spaced.ends_with(joins) && characters.peek().is_some_and(|next| joins(*next))) {
            spaced.push(c);
        }
    }
    spaced.truncate(spaced.trim_end().len());
    spaced
}

/// Zero-width non-joiner and joiner: Persian, Indic scripts and emoji are misspelt without them.
fn is_joiner(c: char) -> bool {
    matches!(c, '\u{200c}' | '\u{200d}')
}

fn is_unwanted(c: char) -> bool {
    c.is_control() || (is_invisible(c) && !is_joiner(c))
}

/// Characters that show nothing or turn the direction of what follows (Unicode's Cf, fillers and noncharacters).
fn is_invisible(c: char) -> bool {
    matches!(c,
        '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}' | '\u{180b}'..='\u{180f}'
        | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{2800}' | '\u{3164}'
        | '\u{fe00}'..='\u{fe0d}' | '\u{feff}' | '\u{ffa0}' | '\u{fff0}'..='\u{fffb}' | '\u{fffe}' | '\u{ffff}'
        | '\u{1bca0}'..='\u{1bca3}' | '\u{1d173}'..='\u{1d17a}' | '\u{e0000}'..='\u{e0fff}')
}

fn is_near(date: Date, anchor: Date) -> bool {
    anchor.duration_since(date).as_hours().abs() <= 183 * 24
}

fn has_plain_host(rest: &str) -> bool {
    let Some(rest) = rest.strip_prefix("//") else {
        return false;
    };
    let host = rest.split(['/', '?', '#']).next().unwrap_or_default();
    !host.is_empty() && host.chars().all(|c| c.is_alphanumeric() || "-.:[]".contains(c))
}

/// Percent-encodes what is no URL character, so that no address can end a link, an attribute or a line.
fn encoded(rest: &str) -> String {
    let mut encoded = String::with_capacity(rest.len());
    for byte in rest.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~:/?#[]@!$&()*+,;=%".contains(&byte) {
            encoded.push(char::from(byte));
        } else {
            encoded.push_str(&format!("%{byte:02X}"));
        }
    }
    encoded
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    #[test]
    fn what_cannot_be_seen_does_not_come_through() {
        let check = |text: &str, shown: &str| assert_eq!(plain(text, 100), shown, "{text:?}");
        check("Dana\r\nBcc: x@evil.example", "Dana Bcc: x@evil.example");
        check("Da\u{202e}na\u{0}\u{200b} \u{2028}\u{2029}Fox\u{feff}\u{7}\t", "Dana Fox");
        check("\u{e0041}\u{2066}x\u{2069}\u{ad}y", "xy");
        check("a\u{200d}b", "ab");
        check("\u{a0}\u{3000} ", "");
    }

    #[test]
    fn joiners_stay_where_a_script_or_an_emoji_needs_them() {
        assert_eq!(plain("👩\u{200d}👩\u{200d}👧 می\u{200c}خواهم", 100), "👩\u{200d}👩\u{200d}👧 می\u{200c}خواهم");
    }

    #[test]
    fn long_text_is_cut_between_what_people_see_as_characters() {
        assert_eq!(plain("👩\u{200d}👩\u{200d}👧👍🏽e\u{301}xyz", 4), "👩\u{200d}👩\u{200d}👧👍🏽e\u{301}…");
        assert_eq!(plain("four", 4), "four");
        assert_eq!(plain("one two", 5), "one…");
        assert!(plain(&format!("Z{}", "\u{301}".repeat(5_000)), 10).chars().count() <= 16);
    }

    #[test]
    fn dates_read_as_people_write_them() {
        assert_eq!(day(date(2026, 11, 14)), "14 Nov");
        assert_eq!(weekday(date(2026, 11, 23)), "Mon 23 Nov");
        assert_eq!(full_day(date(2027, 1, 8)), "8 Jan 2027");
        assert_eq!(sure(96), "96\u{a0}% sure");
    }

    #[test]
    fn a_day_that_could_be_taken_for_another_years_names_its_year() {
        assert_eq!(day_near(date(2026, 11, 14), date(2027, 1, 4)), "14 Nov");
        assert_eq!(day_near(date(2025, 11, 14), date(2026, 11, 30)), "14 Nov 2025");
        assert_eq!(weekday_near(date(2026, 11, 23), date(2026, 11, 30)), "Mon 23 Nov");
    }

    #[test]
    fn only_plain_addresses_become_links() {
        let check =
            |address: &str, target: Option<&str>| assert_eq!(link_target(address).as_deref(), target, "{address:?}");
        check("https://example.com/a?b=c&d#e", Some("https://example.com/a?b=c&d#e"));
        check("HTTPS://example.com/<x>|\"y' z", Some("https://example.com/%3Cx%3E%7C%22y%27%20z"));
        check("file:///srv/baton demo/report.html", Some("file:///srv/baton%20demo/report.html"));
        check("mailto:dana@northwind.example", Some("mailto:dana@northwind.example"));
        check("mailto:a@b.example?bcc=c@d.example", None);
        check("javascript:alert(1)", None);
        check(" data:text/html,x", None);
        check("java\nscript:alert(1)", None);
        check("https://bank.example@evil.example/", None);
        check("https://example.com/\u{202e}moc", None);
        check("https:example.com", None);
        check("C:\\report.html", None);
        check("report.html", None);
    }
}
