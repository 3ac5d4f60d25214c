//! Our own people: who owns what. HubSpot knows no managers, and no time zones of users.

use std::collections::BTreeMap;

use domain::crm::User;
use domain::ports::CrmError;
use domain::{Personal, UserId};
use serde_json::Value;

use super::api::Api;
use super::objects::as_text;
use super::refusal::{listed, text};

/// All owners of an account, by id.
#[derive(Debug, Default)]
pub(super) struct Owners(BTreeMap<String, Owner>);

#[derive(Debug)]
struct Owner {
    user: User,
    /// By which the records say who has changed them.
    user_id: String,
}

impl Owners {
    /// Reads those who are there, and with `departed` those who were switched off too.
    pub(super) async fn read(api: &Api, departed: bool) -> Result<Self, CrmError> {
        let mut owners = Self::default();
        for archived in ["true", "false"] {
            if archived == "false" || departed {
                owners.take(api, archived).await?;
            }
        }
        Ok(owners)
    }

    async fn take(&mut self, api: &Api, archived: &str) -> Result<(), CrmError> {
        let mut after = String::new();
        loop {
            let mut query = vec![("limit", "500"), ("archived", archived)];
            if !after.is_empty() {
                query.push(("after", &after));
            }
            let answer = api.get("crm/v3/owners", &query).await?;
            self.0.extend(listed(&answer)?.iter().filter_map(owner));
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
