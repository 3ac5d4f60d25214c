//! What a mail says itself, in sentences: without the mail it answers, without signature and footer.

use crate::patterns::Pattern;
use crate::wording;
use crate::words::{Sentence, words};

/// What a mail says stands at its beginning.
const MOST_CHARACTERS: usize = 20_000;
/// A line that the writer's program has broken is at least so long.
const WRAPPED: usize = 55;
/// A greeting at the end has no more words.
const GREETING: usize = 6;

/// The sentences of a mail up to each greeting; a second language often stands below the first one's greeting.
pub(crate) fn sections(text: &str) -> Vec<Vec<Sentence>> {
    let mut sections = vec![Vec::new()];
    let mut seen = false;
    for line in own_lines(text) {
        let is_greeting = seen && is_greeting(line);
        seen |= !line.trim().is_empty();
        if is_greeting {
            sections.push(Vec::new());
        } else if let Some(last) = sections.last_mut() {
            last.push(line);
        }
    }
    sections.iter().map(|lines| sentences(lines)).collect()
}

/// The lines before the mail that is answered, the signature and the footer.
fn own_lines(text: &str) -> Vec<&str> {
    let end = text.char_indices().nth(MOST_CHARACTERS).map_or(text.len(), |(at, _)| at);
    let lines: Vec<&str> = text[..end].lines().map(str::trim_end).collect();
    let cut = (0..lines.len()).find(|at| ends_own_text(&lines[*at..])).unwrap_or(lines.len());
    lines[..cut].iter().copied().filter(|line| !line.trim_start().starts_with('>')).collect()
}

fn ends_own_text(lines: &[&str]) -> bool {
    let Some(line) = lines.first().map(|line| line.trim()) else { return true };
    line == "--" || is_separator(line) || is_attribution(lines) || is_head_of_answered(lines) || is_footer(line)
}

/// `-----Original Message-----`, in any language: dashes, words, dashes.
fn is_separator(line: &str) -> bool {
    let dashes = |text: &str| text.starts_with("--") || text.starts_with("__");
    let inner = line.trim_matches(['-', '_', ' ']);
    if !dashes(line) || inner.is_empty() || inner.len() == line.len() {
        return false;
    }
    let words = words(inner);
    wording::all().any(|language| language.original.iter().any(|p| p.end_from(&words, 0).is_some()))
}

/// `On 2 November Dana wrote:`, on one line or two.
fn is_attribution(lines: &[&str]) -> bool {
    let one = lines.first().copied().unwrap_or_default();
    let two = format!("{one} {}", lines.get(1).copied().unwrap_or_default());
    let ends = |text: &str| text.trim_end().ends_with(':') && text.len() < 300;
    let candidates = [one, two.as_str()];
    candidates.into_iter().filter(|text| ends(text)).any(|text| {
        let words = words(text);
        let has_date_or_address = text.contains('@') || text.bytes().filter(u8::is_ascii_digit).count() >= 3;
        has_date_or_address && wording::all().any(|language| language.wrote.iter().any(|p| p.find(&words).is_some()))
    })
}

/// `From: … Sent: … To: …`, as Outlook begins the mail that is answered.
fn is_head_of_answered(lines: &[&str]) -> bool {
    let named = |line: &str, of: fn(&wording::Language) -> &[Pattern]| {
        line.trim_start_matches(['*', ' ']).split_once(':').is_some_and(|(name, _)| {
            let words = words(name);
            let is_name = |p: &Pattern| p.end_from(&words, 0) == Some(words.len());
            !words.is_empty() && words.len() <= 2 && wording::all().any(|language| of(language).iter().any(is_name))
        })
    };
    let Some((first, rest)) = lines.split_first() else { return false };
    named(first, |l| &l.from_field) && rest.iter().take(4).any(|line| named(line, |l| &l.other_fields))
}

fn is_footer(line: &str) -> bool {
    let words = words(line);
    wording::all().any(|language| language.footers.iter().any(|p| p.end_from(&words, 0).is_some()))
}

/// A line that is nothing but a greeting, perhaps with the name behind it.
fn is_greeting(line: &str) -> bool {
    let words = words(line);
    if words.is_empty() || words.len() > GREETING || line.contains('@') || line.trim_end().ends_with(['.', ':', '?']) {
        return false;
    }
    wording::all().any(|language| language.greetings.iter().any(|p| p.end_from(&words, 0).is_some()))
}

fn sentences(lines: &[&str]) -> Vec<Sentence> {
    let mut sentences = Vec::new();
    let mut paragraph = String::new();
    for (at, line) in lines.iter().enumerate() {
        paragraph.push_str(line.trim());
        let next = lines.get(at + 1).map_or("", |next| next.trim());
        if !line.trim().is_empty() && goes_on(line, next) && !is_salutation(&paragraph) {
            paragraph.push(' ');
            continue;
        }
        for sentence in split(&paragraph) {
            sentences.push(Sentence::new(sentence));
        }
        paragraph.clear();
    }
    sentences
}

/// Whether a line was broken within a sentence.
fn goes_on(line: &str, next: &str) -> bool {
    let Some(first) = next.chars().next() else { return false };
    let is_item = matches!(first, '-' | '*' | '•' | '–' | '·');
    let ended = line.ends_with(['.', '!', '?', ':', ';']);
    let is_address = next.split(' ').next().is_some_and(|word| word.contains('@'));
    let first = if is_address { '@' } else { first };
    !is_item && (first.is_lowercase() || (!ended && line.trim().chars().count() >= WRAPPED))
}

/// `Dear Ms Fox,` is no part of the sentence below it.
fn is_salutation(line: &str) -> bool {
    line.ends_with(',') && line.split_whitespace().count() <= GREETING
}

/// Cuts a paragraph after what ends a sentence: not after an ordinal, an initial or an abbreviation.
fn split(paragraph: &str) -> Vec<&str> {
    let mut sentences = Vec::new();
    let mut begin = 0;
    for (at, mark) in paragraph.char_indices().filter(|(_, c)| matches!(c, '.' | '!' | '?' | '…')) {
        let after = at + mark.len_utf8();
        let rest = &paragraph[after..];
        let next = rest.trim_start().chars().next();
        let is_end = rest.starts_with(char::is_whitespace)
            && next.is_some_and(|c| !c.is_lowercase())
            && (mark != '.' || !is_abbreviated(&paragraph[begin..at], next));
        if is_end {
            sentences.push(paragraph[begin..after].trim());
            begin = after;
        }
    }
    sentences.push(paragraph[begin..].trim());
    sentences.retain(|sentence| !sentence.is_empty());
    sentences
}

fn is_abbreviated(before: &str, next: Option<char>) -> bool {
    let last = before.rsplit(|c: char| !c.is_alphanumeric()).next().unwrap_or_default();
    let is_ordinal = last.len() <= 2 && !last.is_empty() && last.bytes().all(|b| b.is_ascii_digit());
    let is_initial = last.chars().count() == 1 && last.chars().all(char::is_alphabetic);
    let titles =
        ["dr", "mr", "mrs", "ms", "prof", "st", "hr", "fr", "sr", "sra", "srta", "dra", "dott", "ing", "mag", "dipl"];
    let abbreviations =
        ["bzw", "ca", "inkl", "incl", "tel", "ggf", "evtl", "nr", "no", "resp", "etc", "jan", "feb", "mar"];
    let months =
        ["apr", "jun", "jul", "aug", "sep", "sept", "oct", "okt", "nov", "dec", "dez", "mme", "mlle", "pr", "kl"];
    let folded = crate::words::fold(last);
    let is_known = [&titles[..], &abbreviations, &months].iter().any(|list| list.contains(&folded.as_str()));
    // `am 3. Januar`, `bis 14.08. bin ich`: but a year or a time ends a sentence.
    is_known || is_initial || (is_ordinal && next.is_some_and(char::is_alphanumeric))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(text: &str) -> Vec<Vec<String>> {
        let texts = |section: Vec<Sentence>| section.into_iter().map(|sentence| sentence.text).collect();
        sections(text).into_iter().map(texts).collect()
    }

    #[test]
    fn wrapped_lines_are_one_sentence_and_short_lines_are_several() {
        let wrapped =
            "I am on parental leave from now on and will be back in the\noffice on Monday. Thanks for waiting";
        assert_eq!(texts(wrapped)[0].len(), 2);
        assert_eq!(texts("I have left\nPlease write to:\nLee Park\nlee@acme.example")[0].len(), 4);
    }

    #[test]
    fn an_ordinal_an_initial_and_an_abbreviation_end_no_sentence() {
        for text in
            ["Ich bin bis 31. Dezember weg", "Write to J. R. Hall", "bis 14.08. Ihr Büro", "Fragen Sie Dr. Klein"]
        {
            assert_eq!(texts(text)[0].len(), 1, "{text}");
        }
        assert_eq!(texts("I left on 3 May 2026. Write to Lee.")[0].len(), 2);
    }

    #[test]
    fn the_mail_that_is_answered_is_not_read() {
        for tail in [
            "-----Original Message-----\nI have left",
            "-------- Ursprüngliche Nachricht --------\nI have left",
            "On Mon, 2 Nov 2026 at 09:00, Us <us@ours.example> wrote:\nI have left",
            "Am 02.11.2026 um 09:00 schrieb Us:\n> I have left",
            "Le lun. 2 nov. 2026 à 09:00, Us <us@ours.example>\na écrit :\nI have left",
            "From: Us\nSent: Monday\nTo: You\n\nI have left",
            "Von: Us\nGesendet: Montag\nAn: You\n\nI have left",
            "> I have left",
            "--\nI have left",
        ] {
            assert_eq!(texts(&format!("Away today.\n\n{tail}"))[0], ["Away today."], "{tail}");
        }
    }

    #[test]
    fn what_stands_below_a_greeting_is_a_section_of_its_own() {
        let sections = texts("Ich bin weg.\n\nViele Grüße\nJörg\n\nI am away.\n\nKind regards,\nJörg");
        assert_eq!(sections, [vec!["Ich bin weg."], vec!["Jörg", "I am away."], vec!["Jörg"]]);
    }
}
