//! Entries in a company field that name no company: retired, self-employed, “n/a”.

use std::collections::HashMap;
use std::sync::LazyLock;

use super::super::text::{fold, words};
use super::NoCompany;

/// What an entry says instead of a company; None if it may be one.
pub fn no_company(raw: &str) -> Option<NoCompany> {
    if raw.len() > LONGEST { None } else { no_company_folded(&fold(raw)) }
}

/// The same for an entry that was folded already.
pub(super) fn no_company_folded(folded: &str) -> Option<NoCompany> {
    if folded.len() > LONGEST {
        return None;
    }
    let spaced = words(folded).collect::<Vec<_>>().join(" ");
    if spaced.is_empty() {
        return (!folded.is_empty()).then_some(NoCompany::Placeholder);
    }
    MEANINGS.get(spaced.as_str()).copied()
}

static MEANINGS: LazyLock<HashMap<&'static str, NoCompany>> = LazyLock::new(|| ENTRIES.iter().copied().collect());

/// Longer texts are none of the entries.
const LONGEST: usize = 40;

/// Whole entries, folded, punctuation as one space. Words that are also company names (“Freelancer”) are left out.
const ENTRIES: &[(&str, NoCompany)] = &[
    ("retired", NoCompany::Retired),
    ("retiree", NoCompany::Retired),
    ("semi retired", NoCompany::Retired),
    ("i am retired", NoCompany::Retired),
    ("in retirement", NoCompany::Retired),
    ("happily retired", NoCompany::Retired),
    ("pensioner", NoCompany::Retired),
    ("rentner", NoCompany::Retired),
    ("im ruhestand", NoCompany::Retired),
    ("pensionist", NoCompany::Retired),
    ("retraite", NoCompany::Retired),
    ("retraitee", NoCompany::Retired),
    ("jubilado", NoCompany::Retired),
    ("jubilada", NoCompany::Retired),
    ("aposentado", NoCompany::Retired),
    ("pensionato", NoCompany::Retired),
    ("independent", NoCompany::Independent),
    ("independent consultant", NoCompany::Independent),
    ("independent contractor", NoCompany::Independent),
    ("independent professional", NoCompany::Independent),
    ("individual", NoCompany::Independent),
    ("self", NoCompany::Independent),
    ("self employed", NoCompany::Independent),
    ("selfemployed", NoCompany::Independent),
    ("self employment", NoCompany::Independent),
    ("freelance", NoCompany::Independent),
    ("freelancer", NoCompany::Independent),
    ("freelancing", NoCompany::Independent),
    ("freelance consultant", NoCompany::Independent),
    ("sole trader", NoCompany::Independent),
    ("sole proprietor", NoCompany::Independent),
    ("contractor", NoCompany::Independent),
    ("consultant", NoCompany::Independent),
    ("private", NoCompany::Independent),
    ("private person", NoCompany::Independent),
    ("personal", NoCompany::Independent),
    ("hobbyist", NoCompany::Independent),
    ("selbstandig", NoCompany::Independent),
    ("selbststandig", NoCompany::Independent),
    ("freiberufler", NoCompany::Independent),
    ("freiberuflich", NoCompany::Independent),
    ("independant", NoCompany::Independent),
    ("autonomo", NoCompany::Independent),
    ("independiente", NoCompany::Independent),
    ("libero professionista", NoCompany::Independent),
    ("zzp", NoCompany::Independent),
    ("zzper", NoCompany::Independent),
    ("osvc", NoCompany::Independent),
    ("student", NoCompany::Student),
    ("studying", NoCompany::Student),
    ("phd student", NoCompany::Student),
    ("graduate student", NoCompany::Student),
    ("university student", NoCompany::Student),
    ("etudiant", NoCompany::Student),
    ("estudiante", NoCompany::Student),
    ("estudante", NoCompany::Student),
    ("unemployed", NoCompany::Unemployed),
    ("not employed", NoCompany::Unemployed),
    ("not working", NoCompany::Unemployed),
    ("between jobs", NoCompany::Unemployed),
    ("in between jobs", NoCompany::Unemployed),
    ("job seeker", NoCompany::Unemployed),
    ("looking for work", NoCompany::Unemployed),
    ("open to work", NoCompany::Unemployed),
    ("open to opportunities", NoCompany::Unemployed),
    ("seeking opportunities", NoCompany::Unemployed),
    ("seeking new opportunities", NoCompany::Unemployed),
    ("looking for new opportunities", NoCompany::Unemployed),
    ("career break", NoCompany::Unemployed),
    ("sabbatical", NoCompany::Unemployed),
    ("on sabbatical", NoCompany::Unemployed),
    ("arbeitslos", NoCompany::Unemployed),
    ("arbeitssuchend", NoCompany::Unemployed),
    ("sans emploi", NoCompany::Unemployed),
    ("desempleado", NoCompany::Unemployed),
    ("n a", NoCompany::Placeholder),
    ("na", NoCompany::Placeholder),
    ("n k", NoCompany::Placeholder),
    ("nil", NoCompany::Placeholder),
    ("nan", NoCompany::Placeholder),
    ("null", NoCompany::Placeholder),
    ("none", NoCompany::Placeholder),
    ("no", NoCompany::Placeholder),
    ("no company", NoCompany::Placeholder),
    ("no affiliation", NoCompany::Placeholder),
    ("unaffiliated", NoCompany::Placeholder),
    ("not applicable", NoCompany::Placeholder),
    ("not available", NoCompany::Placeholder),
    ("not provided", NoCompany::Placeholder),
    ("not specified", NoCompany::Placeholder),
    ("unspecified", NoCompany::Placeholder),
    ("undefined", NoCompany::Placeholder),
    ("undisclosed", NoCompany::Placeholder),
    ("confidential", NoCompany::Placeholder),
    ("unknown", NoCompany::Placeholder),
    ("unknown company", NoCompany::Placeholder),
    ("unbekannt", NoCompany::Placeholder),
    ("inconnu", NoCompany::Placeholder),
    ("desconocido", NoCompany::Placeholder),
    ("keine", NoCompany::Placeholder),
    ("ninguna", NoCompany::Placeholder),
    ("tbd", NoCompany::Placeholder),
    ("tba", NoCompany::Placeholder),
    ("tbc", NoCompany::Placeholder),
    ("test", NoCompany::Placeholder),
    ("test company", NoCompany::Placeholder),
    ("test account", NoCompany::Placeholder),
    ("testing", NoCompany::Placeholder),
    ("company", NoCompany::Placeholder),
    ("company name", NoCompany::Placeholder),
    ("my company", NoCompany::Placeholder),
    ("account", NoCompany::Placeholder),
    ("other", NoCompany::Placeholder),
    ("others", NoCompany::Placeholder),
    ("misc", NoCompany::Placeholder),
    ("various", NoCompany::Placeholder),
    ("dummy", NoCompany::Placeholder),
    ("sample", NoCompany::Placeholder),
    ("example", NoCompany::Placeholder),
    ("asdf", NoCompany::Placeholder),
    ("qwerty", NoCompany::Placeholder),
    ("x", NoCompany::Placeholder),
    ("xx", NoCompany::Placeholder),
    ("xxx", NoCompany::Placeholder),
    ("xxxx", NoCompany::Placeholder),
    ("abc", NoCompany::Placeholder),
    ("0", NoCompany::Placeholder),
    ("former employee", NoCompany::Placeholder),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn entries_that_are_no_company_say_what_they_are() {
        let check = |raw, expected| assert_eq!(no_company(raw), expected, "{raw}");
        check("Retired", Some(NoCompany::Retired));
        check(" Self-Employed ", Some(NoCompany::Independent));
        check("Freelance", Some(NoCompany::Independent));
        check("student", Some(NoCompany::Student));
        check("N/A", Some(NoCompany::Placeholder));
        check("-", Some(NoCompany::Placeholder));
        check("", None);
        check("Independent Bank", None);
        check("Test Systems Ltd", None);
    }
}
