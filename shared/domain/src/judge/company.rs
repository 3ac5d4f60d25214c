//! Is the person at another company, or does the same company have another name?

use std::collections::BTreeMap;

use super::companies::{self, KnownCompanies, NoCompany, Sameness};
use super::odds::{Weighed, log_odds};
use super::{Facts, emails};
use crate::crm::Seen;
use crate::finding::Verdict;

/// Mail domains of the people of two accounts: duplicate records of one company share them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Colleagues {
    /// How many people of the account before have an address at which company's domain.
    pub before: BTreeMap<String, u32>,
    /// The same for the account now, the person in question left out.
    pub after: BTreeMap<String, u32>,
}

impl Colleagues {
    /// Counts the company domains of these addresses; private mail services say nothing.
    pub fn count<'a>(addresses: impl IntoIterator<Item = &'a str>) -> BTreeMap<String, u32> {
        let mut domains = BTreeMap::new();
        for address in addresses {
            if let Some(domain) = company_domain(address) {
                *domains.entry(domain).or_insert(0) += 1;
            }
        }
        domains
    }

    /// Share of the account's people now whose domain is the leading one of the account before.
    fn overlap(&self) -> Option<(f64, u32, &str)> {
        let (leading, _) = self.before.iter().max_by_key(|(_, n)| **n)?;
        let people: u32 = self.after.values().sum();
        let shared: u32 =
            self.after.iter().filter(|(d, _)| emails::same_organisation(leading, d)).map(|(_, n)| n).sum();
        (people > 0).then(|| (f64::from(shared) / f64::from(people), people, leading.as_str()))
    }
}

/// Weighs `moved`, and `departed` where the company's place says that the person has stopped.
pub(super) fn weigh(facts: &Facts<'_>) -> Weighed {
    let (before, after) = (facts.before, facts.after);
    let account_changed = before.account.is_some() && after.account.is_some() && before.account != after.account;
    if !account_changed && before.company == after.company {
        return address_alone(facts);
    }
    if before.company.trim().is_empty() || after.company.trim().is_empty() {
        return Weighed::nothing(Verdict::Moved);
    }
    if let Some(weighed) = no_company(before, after) {
        return weighed;
    }
    let mut moved = Weighed::prior(Verdict::Moved, 0.0);
    let renamed = before.account.is_some() && before.account == after.account;
    if renamed {
        let text = format!("the account itself was renamed from “{}” to “{}”", before.company, after.company);
        moved.add("Account.Name", text, -4.0);
    } else {
        weigh_names(facts, &mut moved);
        weigh_colleagues(facts, &mut moved);
    }
    weigh_addresses(facts, renamed, &mut moved);
    moved
}

fn weigh_names(facts: &Facts<'_>, moved: &mut Weighed) {
    let (before, after) = (facts.before.company.as_str(), facts.after.company.as_str());
    let none = KnownCompanies::default();
    let names = facts.around.known.unwrap_or(&none).compare(before, after);
    let weight = match names.sameness {
        Sameness::Same => -log_odds(names.confidence),
        Sameness::Different => log_odds(names.confidence),
        Sameness::Unclear => 0.3,
    };
    moved.add("Account.Name", format!("“{before}” is now “{after}”: {}", names.reason), weight);
}

/// Fitted on the odd half-years of the sample histories: duplicates of one company share its domain.
fn weigh_colleagues(facts: &Facts<'_>, moved: &mut Weighed) {
    let Some((share, people, domain)) = facts.around.colleagues.and_then(Colleagues::overlap) else { return };
    let strength = if people >= 3 { 1.0 } else { 0.6 };
    if share >= 0.5 {
        let text = format!("the people of both accounts write from {domain}: two records of one company");
        moved.add("colleagues", text, -4.5 * strength);
    } else if share <= 0.1 {
        let text = format!("nobody in the new account writes from {domain}");
        moved.add("colleagues", text, 2.0 * strength);
    }
}

fn weigh_addresses(facts: &Facts<'_>, renamed: bool, moved: &mut Weighed) {
    let (Some(before), Some(after)) =
        (company_domain(facts.before.email.reveal()), company_domain(facts.after.email.reveal()))
    else {
        return;
    };
    if emails::same_organisation(&before, &after) {
        let fits_new = companies::domain_fits(&after, &facts.after.company);
        let (text, weight) = if fits_new && !renamed {
            (format!("the address at {after} fits the new name too"), -2.5)
        } else {
            (format!("the address has stayed at {before}, as addresses in a CRM often do"), -0.5)
        };
        moved.add("Contact.Email", text, weight);
    } else {
        let weight = if renamed { 2.0 } else { 3.0 };
        moved.add("Contact.Email", format!("the address went from {before} to {after}"), weight);
    }
}

/// The company field says that there is no company.
fn no_company(before: &Seen, after: &Seen) -> Option<Weighed> {
    let text = format!("the company is now given as “{}”", after.company.trim());
    let weighed = |verdict, weight| {
        let mut weighed = Weighed::prior(verdict, 0.0);
        weighed.add("Account.Name", text, weight);
        weighed
    };
    match (companies::no_company(&before.company), companies::no_company(&after.company)) {
        (Some(a), Some(b)) if a == b => Some(Weighed::nothing(Verdict::Moved)),
        (_, Some(NoCompany::Retired | NoCompany::Unemployed)) => Some(weighed(Verdict::Departed, 2.5)),
        (_, Some(NoCompany::Placeholder)) => Some(weighed(Verdict::Unclear, 0.0)),
        (Some(NoCompany::Placeholder), None) => Some(Weighed::nothing(Verdict::Moved)),
        (_, Some(NoCompany::Independent | NoCompany::Student)) | (_, None) => None,
    }
}

/// The account is the same, but the address is at another company: real, and wants a human look.
fn address_alone(facts: &Facts<'_>) -> Weighed {
    let domains =
        (company_domain(facts.before.email.reveal()), company_domain(facts.after.email.reveal()));
    let (Some(before), Some(after)) = domains else { return Weighed::nothing(Verdict::Unclear) };
    if emails::same_organisation(&before, &after) || companies::domain_fits(&after, &facts.after.company) {
        return Weighed::nothing(Verdict::Unclear);
    }
    let mut unclear = Weighed::prior(Verdict::Unclear, 0.0);
    let text = format!("the address went from {before} to {after}, while the account has stayed the same");
    unclear.add("Contact.Email", text, 0.4);
    unclear
}

fn company_domain(address: &str) -> Option<String> {
    let domain = emails::domain(address)?.to_lowercase();
    (!emails::is_free_mail(&domain)).then(|| emails::registrable(&domain).to_owned())
}
