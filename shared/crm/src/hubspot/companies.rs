//! What a judgement needs of the companies that contacts belong to, read by as many ids at once as a search takes.

use std::collections::{BTreeMap, BTreeSet};

use domain::ports::CrmError;
use serde_json::json;

use super::api::Api;
use super::fields::COMPANY;
use super::objects::{LONGEST_SEARCH, Order, PAGE, Record, search_body};

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

    /// Reads those that were not read yet. The index of searches lags behind, so what it does not have is read by id.
    pub(super) async fn read(&mut self, api: &Api, ids: &BTreeSet<&str>, prefix: &str) -> Result<(), CrmError> {
        let unread: Vec<&str> = ids.iter().copied().filter(|id| !self.0.contains_key(*id)).collect();
        let mut missing: BTreeSet<&str> = unread.iter().copied().collect();
        for some in searches(&unread) {
            let values = [json!({ "propertyName": "hs_object_id", "operator": "IN", "values": some })];
            for record in api.found("companies", &values, &COMPANY, Order::Any).await?.records {
                missing.remove(record.id.as_str());
                self.0.insert(record.id.clone(), Some(Brief::of(&record, prefix)));
            }
        }
        let missing: Vec<&str> = missing.into_iter().collect();
        for record in api.batch("companies", &missing, None, &COMPANY).await? {
            self.0.insert(record.id.clone(), Some(Brief::of(&record, prefix)));
        }
        for id in missing {
            self.0.entry(id.to_owned()).or_insert(None);
        }
        Ok(())
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
