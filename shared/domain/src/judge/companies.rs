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
mod known;
mod nobody;

pub use domains::domain_fits;
pub use known::{KnownCompanies, Listed, Relation};
pub use nobody::no_company;

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
