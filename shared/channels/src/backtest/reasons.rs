//! Why changes were held or left silent, in groups that many changes share.

use std::collections::BTreeMap;

use domain::finding::Verdict;

use super::{Backtest, Found, Outcome};

/// A reason with the changes it was given for.
pub(super) struct Group<'a> {
    /// The reason, in words.
    pub reason: String,
    /// The changes, those worth looking at first.
    pub changes: Vec<&'a Found>,
}

/// Changes that wait for a person's look, the likeliest first.
pub(super) fn held(backtest: &Backtest) -> Vec<Group<'_>> {
    grouped(backtest, |found| match &found.outcome {
        Outcome::Held(_) => Some((held_because(found), -found.finding.confidence)),
        Outcome::Alert | Outcome::Silenced(_) => None,
    })
}

/// Changes that nobody is told of, the least certain first.
pub(super) fn silenced(backtest: &Backtest) -> Vec<Group<'_>> {
    grouped(backtest, |found| match &found.outcome {
        Outcome::Silenced(reason) => Some((reason.clone(), found.finding.confidence)),
        Outcome::Alert | Outcome::Held(_) => None,
    })
}

/// The largest group first. In each the changes by `order`, and one of every account before a second of any.
fn grouped<'a>(backtest: &'a Backtest, reason: impl Fn(&'a Found) -> Option<(String, f64)>) -> Vec<Group<'a>> {
    let mut groups: BTreeMap<String, Vec<(f64, &Found)>> = BTreeMap::new();
    for found in &backtest.findings {
        if let Some((reason, order)) = reason(found) {
            groups.entry(reason).or_default().push((order, found));
        }
    }
    let mut groups: Vec<Group<'a>> = groups
        .into_iter()
        .map(|(reason, mut changes)| {
            changes.sort_by(|a, b| a.0.total_cmp(&b.0));
            let mut seen = BTreeMap::new();
            let mut changes: Vec<(usize, &Found)> = changes
                .into_iter()
                .map(|(_, found)| {
                    let nth = seen.entry(&found.account_name).or_insert(0_usize);
                    *nth += 1;
                    (*nth, found)
                })
                .collect();
            changes.sort_by_key(|(nth, _)| *nth);
            Group { reason, changes: changes.into_iter().map(|(_, found)| found).collect() }
        })
        .collect();
    groups.sort_by_key(|group| std::cmp::Reverse(group.changes.len()));
    groups
}

/// What kept a change from being clear enough: the weightiest fact decides.
fn held_because(found: &Found) -> String {
    if found.finding.verdict != Verdict::Unclear {
        return format!("{}, but less surely than the threshold asks for", found.finding.verdict);
    }
    match found.finding.evidence.first().map_or("", |fact| fact.source.as_str()) {
        "Account.Name" => "the company reads differently, and nothing says whether it is another one",
        "colleagues" => "the account differs, and the people in it do not say whether it is another company",
        "Contact.EmailBounced" => "mail bounced, and nothing else says that the person has left",
        "Contact.Email" => "the address changed, and nothing else says what it means",
        "Contact.Title" => "the title changed, and it does not say to which level",
        "Contact.Name" => "the name changed, and it may be another person",
        "Contact.Active" => "the record was switched off, and nothing says why",
        "Contact" => "the record is gone, and nothing says why",
        _ => "real, but not clear enough to tell anybody",
    }
    .to_owned()
}

#[cfg(test)]
mod tests {
    use super::super::example;
    use super::*;

    #[test]
    fn reasons_come_by_number_and_their_changes_by_doubt_with_every_account_once_first() {
        let mut backtest = example::played(3);
        let quiet = |contact: &str, account: &str, reason: &str, confidence: f64| {
            let mut found = example::found(contact, 1, Verdict::Cosmetic, Outcome::Silenced(reason.to_owned()));
            account.clone_into(&mut found.account_name);
            found.finding.confidence = confidence;
            found
        };
        backtest.findings = vec![
            quiet("1", "Acme", "spelling", 0.99),
            quiet("2", "Acme", "renamed", 0.9),
            quiet("3", "Acme", "renamed", 0.8),
            quiet("4", "Acme", "renamed", 0.7),
            quiet("5", "Zeta", "renamed", 0.95),
        ];
        let groups = silenced(&backtest);
        let told: Vec<(&str, Vec<&str>)> = groups
            .iter()
            .map(|group| (group.reason.as_str(), group.changes.iter().map(|found| found.contact.as_str()).collect()))
            .collect();
        assert_eq!(told, [("renamed", vec!["4", "5", "3", "2"]), ("spelling", vec!["1"])]);
    }

    #[test]
    fn what_is_held_says_what_it_lacks() {
        let mut backtest = example::played(3);
        let mut bounced = example::found("1", 1, Verdict::Unclear, Outcome::Held(String::new()));
        "Contact.EmailBounced".clone_into(&mut bounced.finding.evidence[0].source);
        backtest.findings = vec![bounced, example::found("2", 1, Verdict::Arrived, Outcome::Held(String::new()))];
        let reasons: Vec<String> = held(&backtest).into_iter().map(|group| group.reason).collect();
        assert_eq!(
            reasons,
            [
                "arrived, but less surely than the threshold asks for",
                "mail bounced, and nothing else says that the person has left"
            ]
        );
    }
}
