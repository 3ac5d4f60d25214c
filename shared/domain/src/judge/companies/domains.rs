//! Whether a mail domain looks like a company's own.

use super::super::emails::{is_free_mail, registrable};
use super::super::text::fold;
use super::alignment::{Likeness, align};
use super::reading::{Name, Word, joined, read};
use super::vocabulary::Kind;

/// True if the registered label of the domain is the company's name, its first distinctive words or its acronym.
/// False says little: many companies mail from a domain that cannot be guessed.
pub fn domain_fits(domain: &str, company: &str) -> bool {
    let registrable = registrable(domain);
    let (Some((label, _)), false) = (registrable.split_once('.'), is_free_mail(domain)) else {
        return false;
    };
    let label: String = fold(label).chars().filter(|c| *c != '-').collect();
    let name = read(company);
    if label.len() < 2 || name.words.is_empty() {
        return false;
    }
    is_beginning(&label, &name)
        || is_acronym(&label, &name.words)
        || is_last_word(&label, &name.words)
        || label_adds(&label, &name)
}

/// “redhat” for Red Hat Czech, “hpinc” for HP Inc.
fn is_beginning(label: &str, name: &Name) -> bool {
    let mut rest = label;
    for (index, word) in name.words.iter().enumerate() {
        let Some(shorter) = without_prefix(rest, word) else {
            return name.legal_form.as_ref().is_some_and(|form| *rest == form.replace(' ', "")) && index > 0;
        };
        rest = shorter;
        if rest.is_empty() {
            let (used, left) = name.words.split_at(index + 1);
            return is_telling(used)
                || left
                    .iter()
                    .all(|word| matches!(word.kind, Kind::Place | Kind::Generic | Kind::Offshoot | Kind::Link));
        }
    }
    name.legal_form.as_ref().is_some_and(|form| *rest == form.replace(' ', ""))
}

/// The label may carry the long or the plural form of a word in its standard spelling.
fn without_prefix<'a>(label: &'a str, word: &Word) -> Option<&'a str> {
    let rest = label.strip_prefix(word.text.as_str())?;
    Some(if rest == "s" { "" } else { rest })
}

fn is_acronym(label: &str, words: &[Word]) -> bool {
    let letters = [Word { text: label.to_owned(), kind: Kind::Own }];
    let done = align(&letters, words);
    done.left_used == 1 && matches!(done.weakest, Likeness::Acronym(_)) && done.right_used * 2 > words.len()
}

/// “telekom” for Deutsche Telekom.
fn is_last_word(label: &str, words: &[Word]) -> bool {
    words.last().is_some_and(|last| {
        words.len() < 3 && label.len() > 4 && last.text == label && matches!(last.kind, Kind::Own | Kind::Sector)
    })
}

/// “acmegroup” for Acme: the label goes on with a general word or a place.
fn label_adds(label: &str, name: &Name) -> bool {
    let distinctive: Vec<Word> =
        name.words.iter().take_while(|word| !matches!(word.kind, Kind::Generic | Kind::Offshoot)).cloned().collect();
    let core = joined(&distinctive);
    core.len() > 2
        && is_telling(&distinctive)
        && label.strip_prefix(core.as_str()).is_some_and(|added| {
            let added = super::vocabulary::canonical(added).unwrap_or(added);
            matches!(super::vocabulary::kind(added), Kind::Generic | Kind::Offshoot | Kind::Place)
                || matches!(added, "inc" | "corp" | "ltd" | "gmbh" | "co")
        })
}

fn is_telling(words: &[Word]) -> bool {
    let own = words.iter().any(|word| word.kind == Kind::Own);
    own || words.iter().filter(|word| matches!(word.kind, Kind::Common | Kind::Sector)).count() > 1
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_company_is_recognised_in_its_domain() {
        let check = |domain, company, fits| {
            assert_eq!(domain_fits(domain, company), fits, "{domain} {company}");
        };
        check("hp.com", "HP Inc.", true);
        check("redhat.com", "Red Hat Czech, s.r.o.", true);
        check("us.ibm.com", "International Business Machines", true);
        check("zyxwv-group.de", "Zyxwv AG", true);
        check("zyxwvtechnologies.com", "Zyxwv Technologies", true);
        check("delta.com", "Delta Faucet", false);
        check("gmail.com", "Gmail Tools", false);
        check("acme.com", "Zyxwv", false);
        check("", "Zyxwv", false);
        check("acme.com", "", false);
    }
}
