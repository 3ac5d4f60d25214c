//! Is the person at another company, or does the same company have another name?

use std::collections::BTreeMap;

use super::companies::{self, KnownCompanies, NoCompany, Sameness};
use super::odds::{Weighed, log_odds};
use super::{Facts, emails, text, told};
use crate::crm::Seen;
use crate::finding::Verdict;
use crate::observation::Fact;

/// Mail domains of the people of two accounts: duplicate records of one company share them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Colleagues {
    /// How many people of the account before have an address at which company's domain.
    pub before: BTreeMap<String, u32>,
    /// The same for the people who were in the account now before this change.
    pub after: BTreeMap<String, u32>,
    /// The new domains of those who come from the one account to the other together with the person.
    pub along: BTreeMap<String, u32>,
    /// How many go the other way at the same time, from the account now to the account before.
    pub back: u32,
    /// Both accounts belong to one group of companies, as their parents say.
    pub kin: bool,
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

    /// How many people both accounts have whose addresses are at a company.
    fn people(&self) -> u32 {
        self.before.values().chain(self.after.values()).sum()
    }

    /// The leading domain of the account before.
    fn leading(&self) -> Option<&str> {
        self.before.iter().max_by_key(|(_, n)| **n).map(|(domain, _)| domain.as_str())
    }

    /// A domain that several people of the account now have and hardly anybody in the account before.
    fn own_domain(&self) -> Option<&str> {
        let (people_before, people_after): (u32, u32) = (self.before.values().sum(), self.after.values().sum());
        self.after
            .iter()
            .filter(|(_, n)| **n >= 2 && **n * 5 >= people_after)
            .find(|(domain, _)| share_of(domain, &self.before) * 50 <= people_before)
            .map(|(domain, _)| domain.as_str())
    }
}

/// How many people have an address of the organisation behind a domain.
fn share_of(domain: &str, people: &BTreeMap<String, u32>) -> u32 {
    people.iter().filter(|(d, _)| emails::same_organisation(domain, d)).map(|(_, n)| n).sum()
}

/// Weighs `moved`, and `departed` where the company's place says that the person has stopped.
pub(super) fn weigh(facts: &Facts<'_>) -> Weighed {
    let (before, after) = (facts.before, facts.after);
    let account_changed = before.account.is_some() && after.account.is_some() && before.account != after.account;
    if !account_changed && before.company == after.company {
        return address_alone(facts);
    }
    if before.account.is_some() && after.account.is_none() {
        let mut unclear = Weighed::prior(Verdict::Unclear, 0.0);
        unclear.add("Contact.AccountId", "the contact no longer belongs to any account", 0.4);
        return unclear;
    }
    if before.company.trim().is_empty() || after.company.trim().is_empty() {
        return emptied(facts);
    }
    if let Some(weighed) = no_company(before, after) {
        return weighed;
    }
    let mut moved = Weighed::prior(Verdict::Moved, 0.0);
    let mut own_domain = false;
    let renamed = before.account.is_some() && before.account == after.account;
    if renamed {
        let text = format!("the account itself was renamed from “{}” to “{}”", before.company, after.company);
        moved.add("Account", text, -4.0);
    } else {
        weigh_names(facts, &mut moved);
        if companies::no_company(&before.company).is_none() && companies::no_company(&after.company).is_none() {
            own_domain = weigh_colleagues(facts, &mut moved);
        }
    }
    weigh_addresses(facts, renamed || own_domain, &mut moved);
    weigh_phone(facts, &mut moved);
    weigh_providers(facts, &mut moved);
    if facts.around.by_owner && !renamed {
        moved.add("Contact.LastModifiedBy", "the account's owner made the change", OWNER_EDITED);
    }
    moved
}

/// Whoever emptied the company may have known that the person is gone, or merely have tidied up.
fn emptied(facts: &Facts<'_>) -> Weighed {
    let named = |seen: &Seen| !seen.company.trim().is_empty() && companies::no_company(&seen.company).is_none();
    if !named(facts.before) || !facts.after.company.trim().is_empty() {
        return Weighed::nothing(Verdict::Moved);
    }
    let mut unclear = Weighed::prior(Verdict::Unclear, 0.0);
    unclear.add("Account.Name", format!("the company was “{}” and is blank now", facts.before.company.trim()), 0.2);
    unclear
}

/// Whoever knows the person has said so; an integration or an import may only have tidied up.
const OWNER_EDITED: f64 = 0.8;

/// A telephone number goes with the job and seldom with the person.
fn weigh_phone(facts: &Facts<'_>, moved: &mut Weighed) {
    match phones(facts.before, facts.after) {
        Some(true) => moved.add("Contact.Phone", "the telephone number has stayed the same", -0.6),
        Some(false) => moved.add("Contact.Phone", "the telephone number is another one too", 0.8),
        None => {}
    }
}

/// Whether two sights have the same telephone number; nothing where one of them has none.
pub(super) fn phones(before: &Seen, after: &Seen) -> Option<bool> {
    let (before, after) = (text::digits(before.phone.reveal()), text::digits(after.phone.reveal()));
    (before.len() >= SHORTEST_NUMBER && after.len() >= SHORTEST_NUMBER).then(|| {
        // With or without country code: the last digits are the subscriber's.
        let tail = |number: &str| number[number.len().saturating_sub(8)..].to_owned();
        tail(&before) == tail(&after)
    })
}

/// Fewer digits are an extension.
const SHORTEST_NUMBER: usize = 6;

/// A provider that names the new company too is a second source; one that has the person still at the old one may not have
/// looked since.
fn weigh_providers(facts: &Facts<'_>, moved: &mut Weighed) {
    let none = KnownCompanies::default();
    let known = facts.around.known.unwrap_or(&none);
    for (observation, _) in facts.observations() {
        let Fact::Job(job) = &observation.fact else { continue };
        let at = |company: &str| known.compare(company, &job.company).sameness == Sameness::Same;
        let (at_new, at_old) = (at(&facts.after.company), at(&facts.before.company));
        if at_new != at_old {
            let weight = if at_new { 1.8 } else { -0.7 };
            moved.add_evidence(told::quoted(observation, "a provider's record", weight));
        }
    }
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

/// Duplicate records of one company share its domain; another company has one of its own. Addresses go stale in a
/// CRM, so an old domain among those who came says little, and a new one says much.
/// Returns whether the new account has a domain of its own.
fn weigh_colleagues(facts: &Facts<'_>, moved: &mut Weighed) -> bool {
    let Some(colleagues) = facts.around.colleagues else { return false };
    let elsewhere = address_moved(facts.before, facts.after);
    if colleagues.kin {
        moved.add("Account.ParentId", "both accounts belong to one group of companies", -2.5);
    }
    if colleagues.back > 0 && !elsewhere {
        // Of two large companies one or two may change places; of two records of one company a good part does.
        let many = colleagues.back * 25 >= colleagues.people();
        moved.add("colleagues", BOTH_WAYS, if many { -4.2 } else { -1.0 });
        if many {
            return false;
        }
    }
    let Some(leading) = colleagues.leading() else { return false };
    if let Some((domain, people)) = colleagues.along.iter().find(|(d, _)| !emails::same_organisation(leading, d)) {
        let weight = if *people >= 2 { 4.0 } else { 2.5 };
        moved.add("colleagues", format!("others who came along write from {domain} now"), weight);
        return true;
    }
    if let Some(domain) = colleagues.own_domain() {
        moved.add("colleagues", format!("the people of the new account have a domain of their own, {domain}"), 2.0);
        return true;
    }
    let people: u32 = colleagues.after.values().sum();
    let shared = share_of(leading, &colleagues.after);
    if people > 0 && shared * 2 >= people {
        let certain = if people >= 3 { -4.5 } else { -2.7 };
        // A person whose own address has changed company is not kept back by others whose addresses are stale.
        let weight = if elsewhere { certain * 0.4 } else { certain };
        let text = format!("the people of both accounts write from {leading}: two records of one company");
        moved.add("colleagues", text, weight);
    } else if people > 0 && shared * 10 <= people {
        let weight = if people >= 3 { 2.0 } else { 1.2 };
        moved.add("colleagues", format!("nobody in the new account writes from {leading}"), weight);
    }
    false
}

/// People do not change places between two companies at the same time; records of one company that were entered twice are
/// straightened out in both directions.
const BOTH_WAYS: &str =
    "others go from the one account to the other and back at the same time: two records of one company";

/// Whether the address went from one company's domain to another's.
pub fn address_moved(before: &Seen, after: &Seen) -> bool {
    let domains = [before, after].map(|seen| company_domain(seen.email.reveal()));
    matches!(domains, [Some(before), Some(after)] if !emails::same_organisation(&before, &after))
}

/// `apart`: it is known otherwise whether the companies are one, so that a name which fits proves nothing more.
fn weigh_addresses(facts: &Facts<'_>, apart: bool, moved: &mut Weighed) {
    let (Some(before), Some(after)) =
        (company_domain(facts.before.email.reveal()), company_domain(facts.after.email.reveal()))
    else {
        return;
    };
    if emails::same_organisation(&before, &after) {
        let fits_new = companies::domain_fits(&after, &facts.after.company)
            && companies::no_company(&facts.before.company).is_none()
            && companies::no_company(&facts.after.company).is_none();
        let (text, weight) = if fits_new && !apart {
            (format!("the address at {after} fits the new name too"), -2.5)
        } else {
            (format!("the address has stayed at {before}, as addresses in a CRM often do"), -0.5)
        };
        moved.add("Contact.Email", text, weight);
    } else {
        let each = |domain: &str, company: &str| companies::domain_fits(domain, company);
        let (old, new) = (&facts.before.company, &facts.after.company);
        let of_one = each(&before, new) && each(&after, old) && each(&before, old) && each(&after, new);
        let (text, weight) = match (apart, of_one) {
            (false, true) => (format!("{before} and {after} both fit either name"), 0.0),
            (true, _) => (format!("the address went from {before} to {after}"), 2.0),
            (false, false) => (format!("the address went from {before} to {after}"), 3.0),
        };
        moved.add("Contact.Email", text, weight);
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
        (_, Some(NoCompany::OnLeave)) => Some(weighed(Verdict::Unclear, 0.4)),
        (Some(NoCompany::Placeholder | NoCompany::OnLeave), None) => Some(Weighed::nothing(Verdict::Moved)),
        (_, Some(NoCompany::Independent | NoCompany::Student)) | (_, None) => None,
    }
}

/// The account is the same, but the address is at another company: real, and wants a human look.
fn address_alone(facts: &Facts<'_>) -> Weighed {
    let domains = (company_domain(facts.before.email.reveal()), company_domain(facts.after.email.reveal()));
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
