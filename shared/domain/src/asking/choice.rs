//! Of whom it matters most to know where they work: key people first, then what is at stake and how soon.

use std::collections::{BTreeSet, HashMap};

use jiff::civil::Date;

use super::LeftOut;
use crate::config::Watch;
use crate::crm::{Contract, Role};
use crate::judge::titles::{Level, Title};
use crate::snapshot::Snapshot;
use crate::{AccountId, ContactId, Money};

/// Somebody who could be asked about, with as much as decides when.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Candidate {
    contact: ContactId,
    account: Option<AccountId>,
    /// A role or level that makes a key contact.
    key: bool,
    /// The weightiest role, as a place in [`Role::KEY`]; behind all of them for any other.
    role: usize,
    level: Option<Level>,
}

impl Candidate {
    /// What decides of a contact that may be asked about.
    pub fn of(contact: &ContactId, snapshot: &Snapshot, watch: &Watch) -> Self {
        let seen = &snapshot.seen;
        let level = Title::parse(&seen.title).level();
        let place = |role: &Role| Role::KEY.iter().position(|key| key == role);
        Self {
            contact: contact.clone(),
            account: seen.account.clone(),
            key: watch.is_key_at(&seen.roles, || level),
            role: seen.roles.iter().filter_map(place).min().unwrap_or(Role::KEY.len()),
            level,
        }
    }
}

/// Who is asked about, in this order.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Choice {
    /// The first is asked about first.
    pub contacts: Vec<ContactId>,
    /// Who is not.
    pub left_out: LeftOut,
}

/// Those who could be asked about. Once there are as many key people as may be asked, nobody else is remembered: a CRM may
/// hold a million.
#[derive(Debug)]
pub struct Candidates {
    most: usize,
    key: Vec<Candidate>,
    others: Vec<Candidate>,
    /// Those who are not remembered.
    passed_over: u64,
}

impl Candidates {
    /// Nobody yet; at most so many are asked about.
    pub fn up_to(most: usize) -> Self {
        Self { most, key: Vec::new(), others: Vec::new(), passed_over: 0 }
    }

    /// Takes one more.
    pub fn add(&mut self, candidate: Candidate) {
        match (candidate.key, self.key.len() >= self.most) {
            (true, _) => self.key.push(candidate),
            (false, false) => self.others.push(candidate),
            (false, true) => self.passed_over += 1,
        }
        if self.key.len() >= self.most {
            self.passed_over += std::mem::take(&mut self.others).len() as u64;
        }
    }

    /// Their accounts.
    pub fn accounts(&self) -> Vec<AccountId> {
        let all = self.key.iter().chain(&self.others);
        let accounts: BTreeSet<&AccountId> = all.filter_map(|candidate| candidate.account.as_ref()).collect();
        accounts.into_iter().cloned().collect()
    }

    /// Key people before others, each by the [`score`] of the account; where that is the same, by role, by level, and at
    /// last by id.
    pub fn choose(self, contracts: &[Contract], today: Date) -> Choice {
        let contracts: HashMap<&AccountId, &Contract> = contracts.iter().map(|c| (&c.account, c)).collect();
        let all = self.key.into_iter().chain(self.others);
        let of = |candidate: &Candidate| {
            let contract = candidate.account.as_ref().and_then(|account| contracts.get(account));
            score(contract.copied(), today)
        };
        let mut ranked: Vec<(u64, Candidate)> = all.map(|candidate| (of(&candidate), candidate)).collect();
        ranked.sort_by(|(a_score, a), (b_score, b)| {
            let weight = (b.key, *b_score).cmp(&(a.key, *a_score));
            weight.then(a.role.cmp(&b.role)).then(b.level.cmp(&a.level)).then_with(|| a.contact.cmp(&b.contact))
        });
        let over = ranked.len().saturating_sub(self.most) as u64;
        ranked.truncate(self.most);
        Choice {
            contacts: ranked.into_iter().map(|(_, candidate)| candidate.contact).collect(),
            left_out: LeftOut { over_ceiling: over + self.passed_over, ..LeftOut::default() },
        }
    }
}

/// Whole units of money a year of a contract whose value nobody has entered.
const UNKNOWN_VALUE: i64 = 10_000;
/// Months until a renewal of which nobody has entered the day: a year, as most contracts run.
const UNKNOWN_MONTHS: u64 = 13;
/// So long a renewal may be overdue; one that was longer ago is a day that nobody keeps up.
const OVERDUE_DAYS: i32 = 365;

/// How much it matters to know where the people of an account work: what the contract is worth a year, divided by the months
/// of 30 days until it renews, the one under way counting as one. An overdue renewal counts as one of today. So a contract
/// that renews now goes before one ten times its value that renews in a year, and behind one a hundred times its value.
///
/// Amounts in different currencies are not converted: rates are no fact of a CRM, and this only orders.
pub fn score(contract: Option<&Contract>, today: Date) -> u64 {
    let value = contract.and_then(|c| c.value.as_ref()).map_or(UNKNOWN_VALUE, Money::units);
    let days = contract.and_then(|c| c.renewal).map(|renewal| (renewal - today).get_days());
    let months = match days {
        Some(days) if days >= 0 => u64::from(days.unsigned_abs()) / 30 + 1,
        Some(days) if days >= -OVERDUE_DAYS => 1,
        Some(_) | None => UNKNOWN_MONTHS,
    };
    // In thousandths, so that small contracts keep their order too.
    u64::try_from(value).unwrap_or(0).saturating_mul(1_000) / months
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Personal;
    use crate::config::Config;
    use crate::crm::Seen;
    use jiff::civil::date;

    const TODAY: Date = date(2026, 11, 2);

    fn contract(account: &str, days: Option<i32>, value: Option<&str>) -> Contract {
        Contract {
            account: AccountId::parse(account).unwrap(),
            renewal: days.map(|days| TODAY.saturating_add(jiff::Span::new().days(days))),
            value: value.map(|value| Money::parse(value, "USD").unwrap()),
        }
    }

    fn snapshot(account: &str, title: &str, roles: &[Role]) -> Snapshot {
        Snapshot::first(Seen {
            account: AccountId::parse(account).ok(),
            company: account.to_owned(),
            active: true,
            name: Personal::new("Dana Fox"),
            title: title.to_owned(),
            roles: roles.to_vec(),
            ..Seen::default()
        })
    }

    fn chosen(most: usize, people: &[(&str, Snapshot)], contracts: &[Contract]) -> (Vec<String>, u64) {
        let watch = Config::shipped().watch;
        let mut candidates = Candidates::up_to(most);
        for (contact, snapshot) in people {
            candidates.add(Candidate::of(&ContactId::parse(contact).unwrap(), snapshot, &watch));
        }
        let choice = candidates.choose(contracts, TODAY);
        (choice.contacts.into_iter().map(String::from).collect(), choice.left_out.over_ceiling)
    }

    #[test]
    fn a_near_renewal_goes_before_ten_times_its_value_in_a_year_and_behind_a_hundred_times() {
        let [near, ten, hundred] =
            [(Some(3), "10000"), (Some(365), "100000"), (Some(365), "1000000")].map(|(d, v)| contract("a", d, Some(v)));
        let score = |contract| score(Some(contract), TODAY);
        assert!(score(&near) > score(&ten) && score(&near) < score(&hundred));
    }

    #[test]
    fn an_overdue_renewal_counts_as_one_of_today_until_it_is_one_that_nobody_keeps_up() {
        let at = |days| score(Some(&contract("a", Some(days), Some("1000"))), TODAY);
        assert_eq!((at(0), at(29), at(-1), at(-365)), (1_000_000, 1_000_000, 1_000_000, 1_000_000));
        assert_eq!(at(30), 500_000);
        assert_eq!(at(-366), at(365));
        assert_eq!(score(None, TODAY), score(Some(&contract("a", Some(365), Some("10000"))), TODAY));
    }

    #[test]
    fn odd_values_have_a_place_too() {
        for (value, expected) in [("0", 0), ("100000000000000", 100_000_000_000_000_000)] {
            assert_eq!(score(Some(&contract("a", Some(0), Some(value))), TODAY), expected, "{value}");
        }
        assert_eq!(score(Some(&contract("a", Some(i32::from(i16::MAX)), Some("1"))), TODAY), 0);
    }

    #[test]
    fn key_people_go_first_then_the_account_then_role_and_level() {
        let people = [
            ("c1", snapshot("rich", "Analyst", &[])),
            ("c2", snapshot("poor", "Analyst", &[Role::EconomicBuyer])),
            ("c3", snapshot("poor", "Analyst", &[Role::Champion])),
            ("c4", snapshot("rich", "Vice President Sales", &[])),
            ("c5", snapshot("rich", "Chief Executive Officer", &[])),
            ("c6", snapshot("rich", "Director of Sales", &[])),
            ("c7", snapshot("rich", "Director of Sales", &[])),
        ];
        let contracts = [contract("rich", Some(90), Some("500000")), contract("poor", Some(90), Some("5000"))];
        let (order, over) = chosen(7, &people, &contracts);
        assert_eq!(order, ["c5", "c4", "c3", "c2", "c6", "c7", "c1"]);
        assert_eq!(over, 0);
    }

    #[test]
    fn the_ceiling_cuts_the_end_of_the_list_and_counts_it_whatever_the_order_they_came_in() {
        let mut people: Vec<(&str, Snapshot)> = ["c1", "c2", "c3", "c4"]
            .map(|contact| (contact, snapshot("a", "Analyst", &[])))
            .into_iter()
            .chain(["k1", "k2", "k3"].map(|contact| (contact, snapshot("a", "Analyst", &[Role::Champion]))))
            .collect();
        for _ in 0..people.len() {
            people.rotate_left(1);
            assert_eq!(chosen(2, &people, &[]), (vec!["k1".to_owned(), "k2".to_owned()], 5));
            assert_eq!(chosen(0, &people, &[]), (vec![], 7));
            assert_eq!(chosen(4, &people, &[]).0, ["k1", "k2", "k3", "c1"]);
        }
    }
}
