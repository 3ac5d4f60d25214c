//! One spelling for each word: singular, American.

use std::borrow::Cow;

/// The singular of an English word in American spelling. Applied twice it changes nothing.
pub(super) fn plain(word: &str) -> Cow<'_, str> {
    let singular = singular(word);
    match american(&singular) {
        Some(american) => Cow::Owned(american),
        None => singular,
    }
}

fn singular(word: &str) -> Cow<'_, str> {
    if word.len() < 4 || !word.ends_with('s') || ["ss", "us", "is"].iter().any(|ending| word.ends_with(ending)) {
        return Cow::Borrowed(word);
    }
    if let Some(stem) = word.strip_suffix("ies")
        && stem.len() > 2
    {
        return Cow::Owned(format!("{stem}y"));
    }
    let plural_es = ["sses", "ches", "shes", "xes", "zzes"];
    let cut = if plural_es.iter().any(|ending| word.ends_with(ending)) { 2 } else { 1 };
    Cow::Borrowed(word.get(..word.len() - cut).unwrap_or(word))
}

/// Regular differences between British and American spelling; single words are in the abbreviation table.
fn american(word: &str) -> Option<String> {
    const PAIRS: [(&str, &str); 9] = [
        ("isation", "ization"),
        ("paed", "ped"),
        ("haem", "hem"),
        ("anaes", "anes"),
        ("gynaec", "gynec"),
        ("archae", "arche"),
        ("oesoph", "esoph"),
        ("foet", "fet"),
        ("oedem", "edem"),
    ];
    let may_differ = word.len() >= 6 && (word.contains("isation") || word.contains("ae") || word.contains("oe"));
    if !may_differ {
        return None;
    }
    PAIRS
        .iter()
        .find(|(british, _)| word.contains(british))
        .map(|(british, american)| word.replacen(british, american, 1))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plurals_and_british_spellings_come_to_one_word() {
        for (word, expected) in [
            ("services", "service"),
            ("facilities", "facility"),
            ("coaches", "coach"),
            ("business", "business"),
            ("organisation", "organization"),
            ("paediatrics", "pediatric"),
            ("its", "its"),
        ] {
            assert_eq!(plain(word), expected);
            assert_eq!(plain(expected), expected);
        }
    }
}
