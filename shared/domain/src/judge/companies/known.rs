//! Companies that a person has listed as one: aliases, renames and mergers, compared after normalisation.

use std::collections::HashMap;

use jiff::civil::Date;

use super::reading::read;
use super::{CompanyJudgement, Sameness, comparing};

/// One line of a person's list: another name of a company.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Listed {
    /// The name it goes by today.
    pub company: String,
    /// Its other, former or swallowed name.
    pub other: String,
    /// How the two belong together.
    pub relation: Relation,
    /// Since when, if that was given.
    pub since: Option<Date>,
    /// What the person wrote beside it; blank if nothing.
    pub note: String,
}

/// How two names belong together.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Relation {
    /// Two names at the same time.
    Same,
    /// The other name is the former one.
    Renamed,
    /// The other company became part of this one.
    Merged,
}

/// Companies a person has told us are one.
#[derive(Clone, Debug, Default)]
pub struct KnownCompanies {
    groups: Vec<Vec<String>>,
    group_of: HashMap<String, usize>,
    /// By the keys of the company and its other name.
    listed: HashMap<(String, String), Listed>,
}

impl KnownCompanies {
    /// Each group holds the names of one company. A name in two groups belongs to the first.
    pub fn new<'a>(groups: impl IntoIterator<Item = Vec<&'a str>>) -> Self {
        let mut known = Self::default();
        for names in groups {
            let index = known.groups.len();
            for key in names.iter().map(|name| key(name)).filter(|key| !key.is_empty()) {
                known.group_of.entry(key).or_insert(index);
            }
            known.groups.push(names.into_iter().map(str::to_owned).collect());
        }
        known
    }

    /// Adds the lines of a list. Lines that share a company, and lines that follow one another, are about one company.
    #[must_use]
    pub fn with(mut self, lines: impl IntoIterator<Item = Listed>) -> Self {
        for line in lines {
            let (company, other) = (key(&line.company), key(&line.other));
            if company.is_empty() || other.is_empty() {
                continue;
            }
            let group = self.group_for(&company, &line.company);
            let joins = self.group_for(&other, &line.other);
            self.unite(group, joins);
            self.listed.insert((company, other), line);
        }
        self
    }

    /// Whether a contact's company is still the one it was.
    pub fn compare(&self, before: &str, after: &str) -> CompanyJudgement {
        if self.groups.is_empty() {
            return comparing::compare(before, after);
        }
        match (self.group(before), self.group(after)) {
            (Some(left), Some(right)) if left == right => self.one_group(left, before, after),
            (Some(_), Some(_)) => two_groups(),
            (Some(group), None) => self.against_group(group, before, after),
            (None, Some(group)) => self.against_group(group, after, before),
            (None, None) => comparing::compare(before, after),
        }
    }

    /// The group of a name; a new one where it has none.
    fn group_for(&mut self, key: &str, name: &str) -> usize {
        let group = *self.group_of.entry(key.to_owned()).or_insert(self.groups.len());
        if group == self.groups.len() {
            self.groups.push(vec![name.to_owned()]);
        }
        group
    }

    /// The smaller group moves, so that a long list stays quick.
    fn unite(&mut self, a: usize, b: usize) {
        let size = |at: usize| self.groups.get(at).map_or(0, Vec::len);
        let (into, from) = if size(a) >= size(b) { (a, b) } else { (b, a) };
        if into == from {
            return;
        }
        let moved = self.groups.get_mut(from).map(std::mem::take).unwrap_or_default();
        for name in &moved {
            self.group_of.insert(key(name), into);
        }
        if let Some(group) = self.groups.get_mut(into) {
            group.extend(moved);
        }
    }

    /// By its name, or by its name without the places and general words behind it (“Acme India”).
    fn group(&self, name: &str) -> Option<usize> {
        let name = read(name);
        let listed = |key: &str| self.group_of.get(key).copied();
        listed(&name.joined()).or_else(|| listed(&name.core()?))
    }

    fn one_group(&self, group: usize, before: &str, after: &str) -> CompanyJudgement {
        let (left, right) = (key(before), key(after));
        let line = self.listed.get(&(left.clone(), right.clone())).or_else(|| self.listed.get(&(right, left)));
        let plain = comparing::compare(before, after);
        if line.is_none() && plain.sameness == Sameness::Same && plain.confidence > 0.95 {
            return plain;
        }
        let first = self.groups.get(group).and_then(|names| names.first()).map(String::as_str).unwrap_or_default();
        let reason = line.map_or_else(|| format!("a person has listed both as names of “{first}”"), Listed::told);
        CompanyJudgement { sameness: Sameness::Same, confidence: 0.97, reason }
    }

    /// The other name may be a spelling of any name in the group.
    fn against_group(&self, group: usize, known: &str, other: &str) -> CompanyJudgement {
        let plain = comparing::compare(known, other);
        let names = self.groups.get(group).map(Vec::as_slice).unwrap_or_default();
        names
            .iter()
            .map(|name| (name, comparing::compare(name, other)))
            .filter(|(_, judgement)| judgement.sameness == Sameness::Same)
            .max_by(|(_, a), (_, b)| a.confidence.total_cmp(&b.confidence))
            .filter(|(_, best)| plain.sameness != Sameness::Same || best.confidence > plain.confidence)
            .map(|(name, best)| CompanyJudgement {
                reason: format!(
                    "a person has listed “{known}” and “{name}” as one company, and “{other}” {}",
                    best.reason
                ),
                ..best
            })
            .unwrap_or(plain)
    }
}

impl Listed {
    /// Who says so, and since when it is so.
    fn told(&self) -> String {
        let Self { company, other, note, .. } = self;
        let said = match self.relation {
            Relation::Same => format!("a person has listed “{other}” as another name of “{company}”"),
            Relation::Renamed => format!("a person has listed that “{other}” is called “{company}” now"),
            Relation::Merged => format!("a person has listed that “{other}” is part of “{company}” now"),
        };
        let since = self.since.map(|day| format!(", since {day}")).unwrap_or_default();
        let note = if note.is_empty() { String::new() } else { format!(" ({note})") };
        format!("{said}{since}{note}")
    }
}

/// Under which spellings of one name meet.
fn key(name: &str) -> String {
    read(name).joined()
}

fn two_groups() -> CompanyJudgement {
    CompanyJudgement {
        sameness: Sameness::Different,
        confidence: 0.95,
        reason: "a person has listed them as different companies".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(company: &str, other: &str, relation: Relation, since: Option<Date>) -> Listed {
        Listed { company: company.to_owned(), other: other.to_owned(), relation, since, note: String::new() }
    }

    #[test]
    fn a_listed_rename_says_who_says_so_and_since_when() {
        let since = Some(jiff::civil::date(2021, 10, 28));
        let known = KnownCompanies::default().with([line("Meta Platforms", "Facebook", Relation::Renamed, since)]);
        let judgement = known.compare("Facebook, Inc.", "META PLATFORMS");
        assert_eq!(judgement.sameness, Sameness::Same);
        assert_eq!(
            judgement.reason,
            "a person has listed that “Facebook” is called “Meta Platforms” now, since 2021-10-28"
        );
        let spelled = known.compare("Facebook", "Meta Platforms Inc. Ireland");
        assert!(spelled.reason.contains("a person has listed"), "{spelled:?}");
    }

    #[test]
    fn lines_that_follow_one_another_are_about_one_company() {
        let known = KnownCompanies::default().with([
            line("Tsrqp", "Zyxwv", Relation::Renamed, None),
            line("Mnopq", "Lkjih", Relation::Same, None),
            line("Lkjih", "Tsrqp", Relation::Merged, None),
            line("Other", "Another", Relation::Same, None),
        ]);
        assert_eq!(known.compare("Zyxwv", "Mnopq").sameness, Sameness::Same);
        assert_eq!(known.compare("Zyxwv", "Another").sameness, Sameness::Different);
    }
}
