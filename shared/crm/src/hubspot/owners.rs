//! Our own people: who owns what. HubSpot knows no managers, and no time zones of users.

use std::collections::BTreeMap;
use std::sync::Arc;

use domain::crm::User;
use domain::ports::CrmError;
use domain::{Personal, UserId};
use jiff::{SignedDuration, Timestamp};
use serde_json::Value;

use super::api::Api;
use super::objects::as_text;
use super::refusal::{listed, text};

/// So long owners that were read are known; whoever is switched off meanwhile is not told of until then.
const FRESH: SignedDuration = SignedDuration::from_mins(10);

/// All owners of an account, by id.
#[derive(Debug, Default)]
pub(super) struct Owners(BTreeMap<String, Owner>);

#[derive(Debug)]
struct Owner {
    user: User,
    /// By which the records say who has changed them.
    user_id: String,
}

/// Owners that were read a moment ago.
#[derive(Default)]
pub(super) struct KnownOwners(tokio::sync::Mutex<Option<(Timestamp, Arc<Owners>)>>);

impl KnownOwners {
    /// Owners, with each of these whom the account has or had. They are read anew where somebody is missing, and only then with
    /// those who were switched off; not at all where nobody is asked for.
    pub(super) async fn of(&self, api: &Api, wanted: &[&str]) -> Result<Arc<Owners>, CrmError> {
        if wanted.iter().all(|id| id.is_empty()) {
            return Ok(Arc::default());
        }
        let has_all = |owners: &Owners| wanted.iter().all(|id| id.is_empty() || owners.get(id).is_some());
        let now = api.now();
        let mut known = self.0.lock().await;
        if let Some((at, owners)) = known.as_ref()
            && now.duration_since(*at).abs() < FRESH
            && has_all(owners)
        {
            return Ok(Arc::clone(owners));
        }
        let mut owners = Owners::read(api).await?;
        if !has_all(&owners) {
            owners.take(api, "true").await?;
        }
        let owners = Arc::new(owners);
        *known = Some((now, Arc::clone(&owners)));
        Ok(owners)
    }
}

impl Owners {
    /// Reads those who are there.
    pub(super) async fn read(api: &Api) -> Result<Self, CrmError> {
        let mut owners = Self::default();
        owners.take(api, "false").await?;
        Ok(owners)
    }

    /// Reads more of them; who is known stays as known.
    async fn take(&mut self, api: &Api, archived: &str) -> Result<(), CrmError> {
        let mut after = String::new();
        loop {
            let mut query = vec![("limit", "500"), ("archived", archived)];
            if !after.is_empty() {
                query.push(("after", &after));
            }
            let answer = api.get("crm/v3/owners", &query).await?;
            for (id, owner) in listed(&answer)?.iter().filter_map(owner) {
                self.0.entry(id).or_insert(owner);
            }
            match as_text(&answer["paging"]["next"]["after"]) {
                Some(next) if next != after => after = next,
                _ => return Ok(()),
            }
        }
    }

    /// One of them.
    pub(super) fn get(&self, id: &str) -> Option<&User> {
        self.0.get(id).map(|owner| &owner.user)
    }

    /// Whether this owner is the user of that id.
    pub(super) fn is(&self, owner: &str, user: &str) -> bool {
        !user.is_empty() && self.0.get(owner).is_some_and(|owner| owner.user_id == user)
    }
}

fn owner(value: &Value) -> Option<(String, Owner)> {
    let id = as_text(&value["id"])?;
    let name = format!("{} {}", text(value, "firstName"), text(value, "lastName"));
    let email = text(value, "email").trim();
    let user = User {
        id: UserId::parse(&id).ok()?,
        // An owner who never signed in has an address only.
        name: Personal::new(if name.trim().is_empty() { email } else { name.trim() }),
        email: (!email.is_empty()).then(|| Personal::new(email)),
        active: value["archived"] != Value::Bool(true),
        zone: None,
    };
    let user_id = as_text(&value["userId"]).or_else(|| as_text(&value["userIdIncludingInactive"])).unwrap_or_default();
    Some((id, Owner { user, user_id }))
}
