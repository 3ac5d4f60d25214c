//! Whether two company names mean one company. Knows spelling, legal forms and places; knows no renames and mergers
//! except those it is told.

mod comparing;

mod damaged;
mod form_table;
mod legal_forms;
mod places;
mod reading;
mod scripts;
mod sectors;
mod vocabulary;

mod alignment;
mod last_resorts;
mod parts;
mod weight;

mod domains;
mod nobody;

use std::collections::HashMap;

pub use domains::domain_fits;
pub use nobody::no_company;

use reading::read;

/// Whether two names mean one company.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sameness {
    /// One company, subsidiaries included.
    Same,
    /// Two companies.
    Different,
    /// The names alone cannot tell.
    Unclear,
}

/// What two company names told, and how surely.
#[derive(Clone, Debug, PartialEq)]
pub struct CompanyJudgement {
    /// The answer.
    pub sameness: Sameness,
    /// From 0 to 1, that `sameness` is right. Never 1.
    pub confidence: f64,
    /// One plain English clause, without a full stop.
    pub reason: String,
}

/// What an entry in a company field says when it names no company.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NoCompany {
    /// No longer works.
    Retired,
    /// Works for themselves: freelance, self-employed.
    Independent,
    /// Studies.
    Student,
    /// Looks for work.
    Unemployed,
    /// On leave, from which people return: sabbatical, parental leave.
    OnLeave,
    /// Says nothing: “n/a”, “-”, “test”.
    Placeholder,
}

/// Companies a person has told us are one: aliases and renames, compared after normalisation.
#[derive(Clone, Debug, Default)]
pub struct KnownCompanies {
    groups: Vec<Vec<String>>,
    group_of: HashMap<String, usize>,
}

impl KnownCompanies {
    /// Each group holds the names of one company. A name in two groups belongs to the first.
    pub fn new<'a>(groups: impl IntoIterator<Item = Vec<&'a str>>) -> Self {
        let groups: Vec<Vec<String>> =
            groups.into_iter().map(|names| names.into_iter().map(str::to_owned).collect()).collect();
        let mut group_of = HashMap::new();
        for (index, names) in groups.iter().enumerate() {
            for key in names.iter().map(|name| read(name).joined()).filter(|key| !key.is_empty()) {
                group_of.entry(key).or_insert(index);
            }
        }
        Self { groups, group_of }
    }

    /// Whether a contact's company is still the one it was.
    pub fn compare(&self, before: &str, after: &str) -> CompanyJudgement {
        if self.groups.is_empty() {
            return comparing::compare(before, after);
        }
        match (self.group(before), self.group(after)) {
            (Some(left), Some(right)) if left == right => one_group(before, after),
            (Some(_), Some(_)) => two_groups(),
            (Some(group), None) => self.against_group(group, before, after),
            (None, Some(group)) => self.against_group(group, after, before),
            (None, None) => comparing::compare(before, after),
        }
    }

    /// By its name, or by its name without the places and general words behind it (“Acme India”).
    fn group(&self, name: &str) -> Option<usize> {
        let name = read(name);
        let listed = |key: &str| self.group_of.get(key).copied();
        listed(&name.joined()).or_else(|| listed(&name.core()?))
    }

    /// The other name may be a spelling of any name in the group.
    fn against_group(&self, group: usize, known: &str, other: &str) -> CompanyJudgement {
        let plain = comparing::compare(known, other);
        let names = self.groups.get(group).map(Vec::as_slice).unwrap_or_default();
        names
            .iter()
            .map(|name| comparing::compare(name, other))
            .filter(|judgement| judgement.sameness == Sameness::Same)
            .max_by(|a, b| a.confidence.total_cmp(&b.confidence))
            .filter(|best| plain.sameness != Sameness::Same || best.confidence > plain.confidence)
            .unwrap_or(plain)
    }
}

fn one_group(before: &str, after: &str) -> CompanyJudgement {
    let plain = comparing::compare(before, after);
    if plain.sameness == Sameness::Same && plain.confidence > 0.95 {
        return plain;
    }
    CompanyJudgement {
        sameness: Sameness::Same,
        confidence: 0.95,
        reason: "both are listed as names of one company".to_owned(),
    }
}

fn two_groups() -> CompanyJudgement {
    CompanyJudgement {
        sameness: Sameness::Different,
        confidence: 0.95,
        reason: "they are listed as different companies".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spellings_of_one_company_are_the_same() {
        for (before, after) in [
            ("Acme Corp.", "ACME Corporation"),
            ("Société Générale S.A.", "Societe Generale"),
            ("Red Hat, Inc.", "RedHat"),
            ("IBM", "International Business Machines"),
            ("Cisco Systems India", "Cisco Systems"),
            ("Rackspace Hosting", "Rackspace"),
            ("Procter & Gamble", "Procter and Gamble"),
            ("JD.COM", "JD"),
            ("Газпром", "Gazprom"),
            ("Massachusetts Institute of Technology (MIT)", "MIT"),
            ("Procter & Gamble", "P&G"),
            ("The Boeing Company", "Boeing"),
            ("4 Winds Ltd", "Four Winds"),
            ("Hewlett-Packard", "Hewlet Packard"),
        ] {
            check(before, after, Sameness::Same);
        }
    }

    #[test]
    fn companies_that_share_a_word_are_not_the_same() {
        for (before, after) in [
            ("Delta Air Lines", "Delta Faucet"),
            ("American Airlines", "American Express"),
            ("First National Bank", "First Republic Bank"),
            ("General Electric", "General Motors"),
            ("United Airlines", "United Health"),
            ("Bank of America", "Bank of China"),
            ("University of Oxford", "University of London"),
            ("Meta", "Metabase"),
            ("Acme", "Zyxwv"),
        ] {
            check(before, after, Sameness::Different);
        }
    }

    #[test]
    fn what_cannot_be_known_is_unclear() {
        for (before, after) in [
            ("Northwind Traders", "Northwind Energy"),
            ("Zy Rivers", "Zyxwvut Yards"),
            ("GM", "General Mills"),
            ("Acme", ""),
            (" ", "Acme"),
            ("灵雀云", "Zyxwv"),
            ("n/a", "Acme"),
        ] {
            check(before, after, Sameness::Unclear);
        }
        assert_ne!(KnownCompanies::default().compare("HP", "HPE").sameness, Sameness::Same);
    }

    #[test]
    fn what_a_person_told_us_is_believed() {
        let known = KnownCompanies::new([vec!["Facebook", "Meta Platforms"], vec!["Instagram"]]);
        let compare = |before, after| known.compare(before, after).sameness;
        assert_eq!(compare("Facebook, Inc.", "META PLATFORMS"), Sameness::Same);
        assert_eq!(compare("Facebook", "Instagram"), Sameness::Different);
        assert_eq!(compare("Facebook India", "Meta Platforms Ireland"), Sameness::Same);
        assert_eq!(compare("Meta Platforms", "Facebook Ireland"), Sameness::Same);
        assert_eq!(compare("Facebook", "Zyxwv"), Sameness::Different);
    }

    fn check(before: &str, after: &str, expected: Sameness) {
        for (a, b) in [(before, after), (after, before)] {
            let judgement = KnownCompanies::default().compare(a, b);
            assert_eq!(judgement.sameness, expected, "{a} / {b}: {judgement:?}");
            assert!(judgement.confidence > 0.0 && judgement.confidence < 1.0);
        }
    }
}
