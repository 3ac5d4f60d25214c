//! What the judgement of one contact needs to know of others: its colleagues' addresses, and records of the same person.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::Arc;

use domain::crm::Seen;
use domain::judge::{self, Colleagues, text};
use domain::messages::CaseRef;
use domain::ports::{Index, Query, Store, StoreError};
use domain::records::{self, people_of};
use domain::scan::{Sight, Surroundings};
use domain::snapshot::Snapshot;
use domain::{AccountId, ContactId};

/// So many colleagues are enough to know an account's mail domains and to find a second record of a person.
const COLLEAGUES: usize = 500;

/// The accounts around a set of changed contacts, read when needed and once each.
pub(crate) struct Neighbourhood {
    known: HashMap<AccountId, Arc<Vec<Person>>>,
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
    /// The neighbourhood of these sights; those who come to an account count as its people already.
    pub(crate) fn of(sights: &[Sight]) -> Self {
        let mut incoming: HashMap<AccountId, Vec<Incoming>> = HashMap::new();
        for sight in sights {
            if let Some(after) = &sight.after
                && let Some(account) = &after.account
            {
                let before = sight.before.as_ref().map(|(snapshot, _)| &snapshot.seen);
                incoming.entry(account.clone()).or_default().push(Incoming {
                    person: Person::new(&sight.contact, after),
                    from: before.and_then(|seen| seen.account.clone()),
                    new_address: before.is_some_and(|seen| judge::address_moved(seen, after)),
                });
            }
        }
        let disappeared = sights.iter().filter(|sight| sight.after.is_none()).map(|sight| sight.contact.clone());
        Self { known: HashMap::new(), incoming, disappeared: disappeared.collect() }
    }

    /// What surrounds one of the sights.
    pub(crate) async fn surroundings(&mut self, sight: &Sight, store: &dyn Store) -> Result<Surroundings, StoreError> {
        let before = sight.before.as_ref().map(|(snapshot, _)| &snapshot.seen);
        let home = before.and_then(|seen| seen.account.clone());
        let now = sight.after.as_ref().and_then(|seen| seen.account.clone());
        let mut around = Surroundings { latest_open: latest_open(sight, store).await?, ..Surroundings::default() };
        if sight.after.is_none() || sight.before.is_none() {
            let seen = sight.after.as_ref().or(before);
            if let (Some(account), Some(seen)) = (now.as_ref().or(home.as_ref()), seen) {
                let people = self.people(account, store).await?;
                let own = Person::new(&sight.contact, seen);
                let incoming = self.incoming.get(account).map(Vec::as_slice).unwrap_or_default();
                around.account_known = !people.is_empty();
                let incoming = incoming.iter().map(|incoming| &incoming.person);
                let there = |person: &&Person| !self.disappeared.contains(&person.contact);
                around.twin = people.iter().chain(incoming).filter(there).any(|person| person.is_twin_of(&own));
            }
        } else if home != now {
            around.domains_before = self.domains(home.as_ref(), store).await?;
            around.domains_after = self.domains(now.as_ref(), store).await?;
            around.domains_along = self.along(&sight.contact, home.as_ref(), now.as_ref());
        }
        Ok(around)
    }

    async fn domains(
        &mut self,
        account: Option<&AccountId>,
        store: &dyn Store,
    ) -> Result<BTreeMap<String, u32>, StoreError> {
        let Some(account) = account else { return Ok(BTreeMap::new()) };
        let people = self.people(account, store).await?;
        Ok(Colleagues::count(people.iter().map(|person| person.email.as_str())))
    }

    fn along(&self, contact: &ContactId, from: Option<&AccountId>, to: Option<&AccountId>) -> BTreeMap<String, u32> {
        let incoming = to.and_then(|to| self.incoming.get(to)).map(Vec::as_slice).unwrap_or_default();
        let others =
            incoming.iter().filter(|i| i.new_address && i.person.contact != *contact && i.from.as_ref() == from);
        Colleagues::count(others.map(|incoming| incoming.person.email.as_str()))
    }

    async fn people(&mut self, account: &AccountId, store: &dyn Store) -> Result<Arc<Vec<Person>>, StoreError> {
        if let Some(people) = self.known.get(account) {
            return Ok(Arc::clone(people));
        }
        let partition = people_of(account);
        let query =
            Query { index: Index::Secondary, partition: &partition, after: None, through: None, limit: COLLEAGUES };
        let mut people = Vec::new();
        for row in store.query(&query).await? {
            if let (Ok(contact), Ok(snapshot)) = (ContactId::parse(&row.sort), Snapshot::decode(&row.body)) {
                let person = Person::new(&contact, &snapshot.seen);
                people.push(Person { gone: person.gone || snapshot.standing.gone, ..person });
            }
        }
        let people = Arc::new(people);
        self.known.insert(account.clone(), Arc::clone(&people));
        Ok(people)
    }
}

async fn latest_open(sight: &Sight, store: &dyn Store) -> Result<bool, StoreError> {
    let Some(latest) = sight.before.as_ref().and_then(|(snapshot, _)| snapshot.standing.latest.as_ref()) else {
        return Ok(false);
    };
    let at = CaseRef { account: latest.account.clone(), case: latest.case.clone() };
    Ok(records::case(store, &at).await?.is_some_and(|case| !case.value.state.is_final()))
}
