//! What the judgement of one contact needs to know of others: its colleagues' addresses, and records of the same person.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use domain::case::Case;
use domain::crm::Seen;
use domain::handler::HandlerError;
use domain::judge::{self, Colleagues, text};
use domain::ports::{Consistency, Crm, Index, Key, Query, Store, StoreError};
use domain::progress::Sighted;
use domain::records::{self, case_key, people_of};
use domain::scan::{Sight, Surroundings};
use domain::snapshot::{Latest, Snapshot};
use domain::{AccountId, CaseId, ContactId};
use futures_util::{StreamExt, TryStreamExt, stream};

use crate::Deps;

/// So many colleagues are enough to know an account's mail domains and to find a second record of a person.
const COLLEAGUES: usize = 500;

/// Accounts that are read at the same time.
const AT_ONCE: usize = 8;

/// The accounts around a set of changed contacts.
pub(crate) struct Neighbourhood {
    known: HashMap<AccountId, Vec<Person>>,
    /// Latest cases that are not at their end.
    open: HashMap<CaseId, Case>,
    /// The account at the top of the group that an account belongs to, of accounts between which somebody went.
    groups: HashMap<AccountId, AccountId>,
    incoming: HashMap<AccountId, Vec<Incoming>>,
    disappeared: HashSet<ContactId>,
}

/// Somebody who is in an account now, with the account before and whether the address has changed company too.
struct Incoming {
    person: Person,
    from: Option<AccountId>,
    new_address: bool,
}

struct Person {
    contact: ContactId,
    name: String,
    email: String,
    /// Known to have left; a record of somebody who is not there is no second record of anybody.
    gone: bool,
}

impl Person {
    fn new(contact: &ContactId, seen: &Seen) -> Self {
        let email = seen.email.reveal().trim().to_lowercase();
        Self { contact: contact.clone(), name: text::fold(seen.name.reveal()), email, gone: seen.left }
    }

    /// The same address, or the same name where not two addresses say that these are two people.
    fn is_twin_of(&self, other: &Self) -> bool {
        let same = |a: &str, b: &str| !a.is_empty() && a == b;
        let told_apart = !self.email.is_empty() && !other.email.is_empty() && self.email != other.email;
        let alike = same(&self.email, &other.email) || (same(&self.name, &other.name) && !told_apart);
        self.contact != other.contact && !self.gone && alike
    }
}

impl Neighbourhood {
    /// The neighbourhood of these contacts, of which some have disappeared; those who come to an account count as its people
    /// already.
    pub(crate) fn of(sighted: &[Sighted], disappeared: HashSet<ContactId>) -> Self {
        let mut incoming: HashMap<AccountId, Vec<Incoming>> = HashMap::new();
        for Sighted { contact, before, after, .. } in sighted {
            if let Some(account) = &after.account {
                incoming.entry(account.clone()).or_default().push(Incoming {
                    person: Person::new(contact, after),
                    from: before.as_ref().and_then(|seen| seen.account.clone()),
                    new_address: before.as_ref().is_some_and(|seen| judge::address_moved(seen, after)),
                });
            }
        }
        Self { known: HashMap::new(), open: HashMap::new(), groups: HashMap::new(), incoming, disappeared }
    }

    /// Reads what the judgement of these sights needs to know.
    pub(crate) async fn read(&mut self, sights: &[Sight], deps: &Deps<'_>) -> Result<(), HandlerError> {
        let store = deps.outbox.store;
        let accounts: BTreeSet<&AccountId> = sights.iter().flat_map(accounts_around).collect();
        let people = stream::iter(accounts)
            .map(async |account| Ok::<_, StoreError>((account.clone(), people(account, store).await?)));
        self.known = people.buffer_unordered(AT_ONCE).try_collect().await?;
        self.groups = groups(sights, deps.crm).await?;

        let latest = sights.iter().filter_map(latest);
        let keys: Vec<Key> = latest.map(|latest| case_key(&latest.account, &latest.case)).collect();
        for case in records::cases(store, &keys).await?.into_iter().filter(|case| !case.value.state.is_final()) {
            self.open.insert(case.value.id.clone(), case.value);
        }
        Ok(())
    }

    /// What surrounds one of the sights that were read.
    pub(crate) fn surroundings(&self, sight: &Sight) -> Surroundings {
        let before = sight.before.as_ref().map(|(snapshot, _)| &snapshot.seen);
        let (home, now) = homes(sight);
        let latest = latest(sight).and_then(|latest| self.open.get(&latest.case)).cloned();
        let mut around = Surroundings { latest, ..Surroundings::default() };
        if sight.after.is_none() || sight.before.is_none() {
            let seen = sight.after.as_ref().or(before);
            if let (Some(account), Some(seen)) = (now.or(home), seen) {
                let people = self.people(account);
                let own = Person::new(&sight.contact, seen);
                let incoming = self.incoming.get(account).map(Vec::as_slice).unwrap_or_default();
                around.account_known = !people.is_empty();
                let incoming = incoming.iter().map(|incoming| &incoming.person);
                let there = |person: &&Person| !self.disappeared.contains(&person.contact);
                around.twin = people.iter().chain(incoming).filter(there).any(|person| person.is_twin_of(&own));
            }
        } else if home != now {
            around.domains_before = self.domains(home);
            around.domains_after = self.domains(now);
            around.domains_along = self.along(&sight.contact, home, now);
            around.back = self.back(home, now);
            let group = |account: Option<&AccountId>| account.and_then(|account| self.groups.get(account));
            around.kin = group(home).is_some() && group(home) == group(now);
        }
        around
    }

    fn people(&self, account: &AccountId) -> &[Person] {
        self.known.get(account).map(Vec::as_slice).unwrap_or_default()
    }

    fn domains(&self, account: Option<&AccountId>) -> BTreeMap<String, u32> {
        let people = account.map(|account| self.people(account)).unwrap_or_default();
        Colleagues::count(people.iter().map(|person| person.email.as_str()))
    }

    /// How many go from the account now to the one before.
    fn back(&self, from: Option<&AccountId>, to: Option<&AccountId>) -> u32 {
        let incoming = from.and_then(|from| self.incoming.get(from)).map(Vec::as_slice).unwrap_or_default();
        let back = incoming.iter().filter(|incoming| to.is_some() && incoming.from.as_ref() == to).count();
        u32::try_from(back).unwrap_or(u32::MAX)
    }

    fn along(&self, contact: &ContactId, from: Option<&AccountId>, to: Option<&AccountId>) -> BTreeMap<String, u32> {
        let incoming = to.and_then(|to| self.incoming.get(to)).map(Vec::as_slice).unwrap_or_default();
        let others =
            incoming.iter().filter(|i| i.new_address && i.person.contact != *contact && i.from.as_ref() == from);
        Colleagues::count(others.map(|incoming| incoming.person.email.as_str()))
    }
}

/// The account before, and the one now.
fn homes(sight: &Sight) -> (Option<&AccountId>, Option<&AccountId>) {
    let home = sight.before.as_ref().and_then(|(snapshot, _)| snapshot.seen.account.as_ref());
    (home, sight.after.as_ref().and_then(|seen| seen.account.as_ref()))
}

/// The accounts whose people the judgement of a sight asks for.
fn accounts_around(sight: &Sight) -> Vec<&AccountId> {
    match homes(sight) {
        (home, now) if sight.after.is_none() || sight.before.is_none() => now.or(home).into_iter().collect(),
        (home, now) if home != now => home.into_iter().chain(now).collect(),
        _ => Vec::new(),
    }
}

fn latest(sight: &Sight) -> Option<&Latest> {
    sight.before.as_ref().and_then(|(snapshot, _)| snapshot.standing.latest.as_ref())
}

/// A chain of parents that is longer than this, or a ring, is no hierarchy.
const DEEPEST: usize = 6;

/// The top of the group for each account that somebody left or came to.
async fn groups(sights: &[Sight], crm: &dyn Crm) -> Result<HashMap<AccountId, AccountId>, HandlerError> {
    let moved = sights.iter().filter(|sight| sight.after.is_some() && sight.before.is_some()).map(homes);
    let changed = moved.filter(|(home, now)| home != now);
    let accounts: BTreeSet<AccountId> = changed.flat_map(|(home, now)| home.into_iter().chain(now)).cloned().collect();
    let mut tops: HashMap<AccountId, AccountId> =
        accounts.into_iter().map(|account| (account.clone(), account)).collect();
    for _ in 0..DEEPEST {
        let wanted: BTreeSet<AccountId> = tops.values().cloned().collect();
        let parents = crm.parents(&wanted.into_iter().collect::<Vec<_>>()).await?;
        if parents.is_empty() {
            break;
        }
        for top in tops.values_mut() {
            if let Some(parent) = parents.get(top) {
                *top = parent.clone();
            }
        }
    }
    Ok(tops)
}

async fn people(account: &AccountId, store: &dyn Store) -> Result<Vec<Person>, StoreError> {
    let partition = people_of(account);
    let query = Query {
        index: Index::Secondary,
        consistency: Consistency::Eventual,
        partition: &partition,
        after: None,
        through: None,
        limit: COLLEAGUES,
    };
    let mut people = Vec::new();
    for row in store.query(&query).await? {
        if let (Ok(contact), Ok(snapshot)) = (ContactId::of_order_key(&row.sort), Snapshot::decode(&row.body)) {
            let person = Person::new(&contact, &snapshot.seen);
            people.push(Person { gone: person.gone || snapshot.standing.gone, ..person });
        }
    }
    Ok(people)
}
