//! The records that a task refers to, as they are by now: merged, deleted, no longer with us.

use std::collections::{BTreeSet, HashMap, HashSet};

use domain::AccountId;
use domain::ports::CrmError;

use super::Org;
use super::accounts::winners;
use super::cells::Cells;
use super::soql;
use super::streams::{Order, Stream, drain};
use super::tasks::Draft;

const WHAT: &str = "what the tasks refer to";

/// What has become of accounts, contacts and users.
#[derive(Default)]
pub(super) struct References {
    /// Accounts that are there, and those that they became.
    accounts: HashMap<String, String>,
    /// Contacts likewise.
    contacts: HashMap<String, String>,
    /// Users who work with us.
    users: HashSet<String>,
}

impl References {
    /// Looks at all of them, in one request.
    pub(super) async fn read(org: &Org, drafts: &[Draft]) -> Result<Self, CrmError> {
        let contacts: BTreeSet<&str> = drafts.iter().map(|draft| draft.contact.as_str()).collect();
        let accounts: BTreeSet<&str> = drafts.iter().map(|draft| draft.account.as_str()).collect();
        let users: BTreeSet<&str> = drafts.iter().filter_map(|draft| Some(draft.owner.as_ref()?.as_str())).collect();
        let of = |select: &str, from: &'static str, ids: BTreeSet<&str>| {
            let filter = soql::ids_in("Id", ids.into_iter())?;
            let stream = Stream::new(select, from, filter, Order::Id);
            Some((from, if from == "User" { stream } else { stream.with_deleted() }))
        };
        let record = "Id, IsDeleted, MasterRecordId";
        let streams =
            [of(record, "Account", accounts), of(record, "Contact", contacts), of("Id, IsActive", "User", users)];
        let (kinds, mut streams): (Vec<&str>, Vec<Stream>) = streams.into_iter().flatten().unzip();
        let mut found = Self::default();
        drain(&org.api, WHAT, &mut streams, |at, row| {
            let (id, winner) = (row.trimmed("Id"), row.trimmed("MasterRecordId"));
            let now = if winner.is_empty() { id.clone() } else { winner };
            let there = !row.flag("IsDeleted") || now != id;
            match kinds.get(at) {
                Some(&"User") if row.flag("IsActive") => drop(found.users.insert(id)),
                Some(&"Account") if there => drop(found.accounts.insert(id, now)),
                Some(&"Contact") if there => drop(found.contacts.insert(id, now)),
                _ => {}
            }
            Ok(())
        })
        .await?;
        Ok(found)
    }

    /// The account under which tasks of this one are by now.
    pub(super) async fn of_account(org: &Org, account: &str) -> Result<String, CrmError> {
        let Ok(id) = AccountId::parse(account) else { return Ok(account.to_owned()) };
        let winners = winners(org, std::slice::from_ref(&id)).await?;
        Ok(winners.get(&id).map_or_else(|| account.to_owned(), AccountId::to_string))
    }

    /// Drafts that refer only to what is there. One without an account would be found by nobody.
    pub(super) fn correct(&self, drafts: &mut [Draft]) -> Result<(), CrmError> {
        for draft in drafts {
            let Some(account) = self.accounts.get(&draft.account) else {
                return Err(CrmError::Unusable(format!(
                    "the account {} was deleted in Salesforce, so that nothing can be logged under it",
                    draft.account
                )));
            };
            draft.account.clone_from(account);
            draft.contact = self.contacts.get(&draft.contact).cloned().unwrap_or_default();
            draft.owner = draft.owner.take().filter(|owner| self.users.contains(owner.as_str()));
        }
        Ok(())
    }
}
