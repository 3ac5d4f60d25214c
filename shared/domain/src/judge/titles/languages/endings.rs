//! Other forms of a foreign word: feminine, plural, genitive, and umlauts written as two letters.

use std::borrow::Cow;

/// The forms the word may be listed under, the likeliest first. They are guesses: each is to be looked up.
pub(in super::super) fn forms(word: &str) -> impl Iterator<Item = Cow<'_, str>> {
    let plain = ["ae", "oe", "ue", "aa"].iter().any(|pair| word.contains(pair)).then(|| without_pairs(word));
    let feminine_plain = plain.as_deref().and_then(|plain| plain.strip_suffix("in").map(str::to_owned));
    let others = ENDINGS.iter().filter_map(|(ending, other)| {
        let stem = word.strip_suffix(ending).filter(|stem| stem.len() >= SHORTEST_STEM)?;
        Some(if other.is_empty() { Cow::Borrowed(stem) } else { Cow::Owned(format!("{stem}{other}")) })
    });
    plain.into_iter().chain(feminine_plain).map(Cow::Owned).chain(others)
}

const SHORTEST_STEM: usize = 4;

/// `geschaeftsfuehrer` is `geschäftsführer`, `oekonomi` is `økonomi`, `raadgiver` is `rådgiver`.
fn without_pairs(word: &str) -> String {
    word.replace("ae", "a").replace("oe", "o").replace("ue", "u").replace("aa", "a")
}

/// Ending → ending of the listed form, by language: German, Dutch, the Romance languages, Nordic, Polish, Finnish.
const ENDINGS: &[(&str, &str)] = &[
    ("innen", ""),
    ("in", ""),
    ("ster", "er"),
    ("trice", "teur"),
    ("trice", "tore"),
    ("euse", "eur"),
    ("eure", "eur"),
    ("iere", "ier"),
    ("ienne", "ien"),
    ("ives", "if"),
    ("ive", "if"),
    ("ora", "or"),
    ("oras", "or"),
    ("ores", "or"),
    ("as", "o"),
    ("os", "o"),
    ("a", "o"),
    ("es", ""),
    ("s", ""),
    ("e", ""),
    ("er", ""),
    ("es", "er"),
    ("i", "e"),
    ("i", "o"),
    ("en", ""),
    ("et", ""),
    ("ene", ""),
    ("ne", ""),
    ("ka", ""),
    ("czka", "k"),
    ("a", ""),
    ("owi", ""),
    ("em", ""),
    ("u", ""),
    ("y", "a"),
    ("ego", "y"),
    ("n", ""),
    ("t", ""),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_form_leads_to_the_listed_word() {
        for (form, listed) in [
            ("leiterin", "leiter"),
            ("geschaeftsfuehrer", "geschaftsfuhrer"),
            ("verkoopster", "verkooper"),
            ("redactrice", "redacteur"),
            ("vorstands", "vorstand"),
            ("ingenieros", "ingeniero"),
            ("dyrektora", "dyrektor"),
        ] {
            assert!(forms(form).any(|found| found == listed), "{form}");
        }
    }
}
