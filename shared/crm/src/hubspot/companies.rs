//! What a judgement needs of the companies that contacts belong to, read by as many ids at once as a search takes.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::{Mutex, MutexGuard, PoisonError};

use domain::AccountId;
use domain::ports::CrmError;
use serde_json::json;

use super::api::Api;
use super::fields::{COMPANY, PARENT};
use super::objects::{LONGEST_SEARCH, Order, PAGE, Record, search_body};

/// Companies whose parents are kept: some 10 MB.
const MOST_PARENTS: usize = 300_000;

/// What a judgement needs of a company.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Brief {
    /// Its name.
    pub name: String,
    /// Whether its people are watched.
    pub active: bool,
    /// The owner's id; blank for nobody.
    pub owner: String,
}

impl Brief {
    /// What a record says; `prefix` is what the type or the lifecycle stage of active ones begins with, in small letters.
    pub(super) fn of(record: &Record, prefix: &str) -> Self {
        let begins = |property| record.text(property).to_lowercase().starts_with(prefix);
        Self {
            name: record.raw("name").to_owned(),
            active: prefix.is_empty() || begins("type") || begins("lifecyclestage"),
            owner: record.text("hubspot_owner_id").to_owned(),
        }
    }
}

/// Companies that were read, by id; nothing for those that are not there.
#[derive(Debug, Default)]
pub(super) struct Companies(BTreeMap<String, Option<Brief>>);

impl Companies {
    /// One that was read.
    pub(super) fn get(&self, id: &str) -> Option<&Brief> {
        self.0.get(id)?.as_ref()
    }

    /// Reads those that were not read yet, and notes in `parents` which companies they belong to. The index of searches lags behind,
    /// so what it does not have is read by id.
    pub(super) async fn read(
        &mut self,
        api: &Api,
        ids: &BTreeSet<&str>,
        prefix: &str,
        parents: &Parents,
    ) -> Result<(), CrmError> {
        let unread: Vec<&str> = ids.iter().copied().filter(|id| !self.0.contains_key(*id)).collect();
        let mut missing: BTreeSet<&str> = unread.iter().copied().collect();
        for some in searches(&unread) {
            let values = [json!({ "propertyName": "hs_object_id", "operator": "IN", "values": some })];
            let found = api.found("companies", &values, &COMPANY, Order::Any).await?.records;
            for record in &found {
                missing.remove(record.id.as_str());
            }
            self.take(&found, prefix, parents);
        }
        let missing: Vec<&str> = missing.into_iter().collect();
        self.take(&api.batch("companies", &missing, None, &COMPANY).await?, prefix, parents);
        for id in missing {
            self.0.entry(id.to_owned()).or_insert(None);
        }
        Ok(())
    }

    fn take(&mut self, records: &[Record], prefix: &str, parents: &Parents) {
        self.0.extend(records.iter().map(|record| (record.id.clone(), Some(Brief::of(record, prefix)))));
        parents.keep(records.iter().filter_map(parent));
    }
}

/// A company's own id and that of the company it belongs to, if any.
pub(super) fn parent(record: &Record) -> Option<(AccountId, Option<AccountId>)> {
    Some((AccountId::parse(&record.id).ok()?, AccountId::parse(record.text(PARENT)).ok()))
}

/// To which companies those belong that were read since the pass began, by their numbers; 0 for none.
#[derive(Default)]
pub(super) struct Parents(Mutex<HashMap<u64, u64>>);

impl Parents {
    /// What was read may be another by the next pass.
    pub(super) fn forget(&self) {
        self.open().clear();
    }

    /// The parents of those that were read.
    pub(super) fn known(&self, accounts: &[AccountId]) -> BTreeMap<AccountId, Option<AccountId>> {
        let known = self.open();
        let of = |account: &AccountId| {
            let parent = *known.get(&account.as_str().parse().ok()?)?;
            Some((account.clone(), AccountId::parse(&parent.to_string()).ok().filter(|_| parent > 0)))
        };
        accounts.iter().filter_map(of).collect()
    }

    /// Keeps what was read, as long as there is room.
    pub(super) fn keep(&self, parents: impl Iterator<Item = (AccountId, Option<AccountId>)>) {
        let mut known = self.open();
        for (account, parent) in parents {
            let Ok(account) = account.as_str().parse() else { continue };
            let parent = parent.map_or(Ok(0), |parent| parent.as_str().parse());
            if known.len() < MOST_PARENTS
                && let Ok(parent) = parent
            {
                known.insert(account, parent);
            }
        }
    }

    fn open(&self) -> MutexGuard<'_, HashMap<u64, u64>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The ids in runs that fit into one search each: its page holds 200 records, its body 3,000 characters.
fn searches<'a>(ids: &[&'a str]) -> Vec<Vec<&'a str>> {
    let frame = json!({ "propertyName": "hs_object_id", "operator": "IN", "values": [] });
    let frame = search_body(&[frame], &COMPANY, Order::Any).len();
    let mut runs: Vec<Vec<&str>> = Vec::new();
    let mut left = 0;
    for id in ids {
        // Two quotation marks and a comma.
        let length = id.len() + 3;
        match runs.last_mut() {
            Some(run) if run.len() < PAGE && length <= left => run.push(id),
            _ => {
                left = LONGEST_SEARCH - frame;
                runs.push(vec![id]);
            }
        }
        left = left.saturating_sub(length);
    }
    runs
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_hundred_ids_of_eleven_digits_fit_into_one_search_and_no_body_is_too_long() {
        for (digits, least) in [(1, 200), (11, 200), (12, 180)] {
            let ids: Vec<String> = (0..1_000).map(|n| format!("{n:0>digits$}")).collect();
            let ids: Vec<&str> = ids.iter().map(String::as_str).collect();
            let runs = searches(&ids);
            assert_eq!(runs.concat(), ids);
            assert!(runs[0].len() >= least, "{digits} digits: {}", runs[0].len());
            for run in runs {
                let filter = json!({ "propertyName": "hs_object_id", "operator": "IN", "values": run });
                assert!(search_body(&[filter], &COMPANY, Order::Any).len() <= LONGEST_SEARCH);
            }
        }
    }

    #[test]
    fn without_companies_nothing_is_searched() {
        assert!(searches(&[]).is_empty());
    }
}
