//! Our own people as Salesforce knows them, each with the manager.

use std::collections::{BTreeSet, HashMap};

use domain::crm::User;
use domain::ports::CrmError;
use domain::{Personal, UserId};

use super::cells::Cells;
use super::soql;
use super::streams::{Order, Stream, drain};
use super::{Org, Ready};

const FIELDS: [&str; 6] = ["Id", "Name", "Email", "IsActive", "TimeZoneSidKey", "ManagerId"];
const MANAGER_FIELDS: [&str; 4] = ["Name", "Email", "IsActive", "TimeZoneSidKey"];

/// Users by their ids.
#[derive(Default)]
pub(super) struct Users {
    by_id: HashMap<UserId, (User, Option<User>)>,
}

impl Users {
    /// One of us.
    pub(super) fn get(&self, id: &UserId) -> Option<&User> {
        self.by_id.get(id).map(|(user, _)| user)
    }

    /// Whom one of us reports to.
    pub(super) fn manager_of(&self, id: &UserId) -> Option<&User> {
        self.by_id.get(id).and_then(|(_, manager)| manager.as_ref())
    }
}

/// Reads these users and their managers.
pub(super) async fn read(org: &Org, ready: &Ready, ids: impl Iterator<Item = String>) -> Result<Users, CrmError> {
    let ids: BTreeSet<String> = ids.collect();
    let ids: Vec<&str> = ids.iter().map(String::as_str).collect();
    let mut select: Vec<String> = ready.schema.select("User", FIELDS).into_iter().map(str::to_owned).collect();
    if ready.schema.has("User", "ManagerId") {
        let manager = ready.schema.select("User", MANAGER_FIELDS);
        select.extend(manager.into_iter().map(|field| format!("Manager.{field}")));
    }
    let select = select.join(", ");
    let mut users = Users::default();
    if !ready.schema.has_object("User") {
        return Ok(users);
    }
    let stream = |ids: &[&str]| {
        soql::ids_in("Id", ids.iter().copied()).map(|filter| Stream::new(&select, "User", filter, Order::Id))
    };
    let mut streams: Vec<Stream> = ids.chunks(soql::IDS).filter_map(stream).collect();
    drain(&org.api, "the users", &mut streams, |_, row| {
        if let Some(user) = user(&row, "Id", "") {
            users.by_id.insert(user.id.clone(), (user, self::user(&row, "ManagerId", "Manager.")));
        }
        Ok(())
    })
    .await?;
    Ok(users)
}

fn user(row: &dyn Cells, id: &str, prefix: &str) -> Option<User> {
    let of = |field: &str| row.trimmed(&format!("{prefix}{field}"));
    let (email, zone) = (Personal::new(of("Email")), of("TimeZoneSidKey"));
    Some(User {
        id: UserId::parse(&row.cell(id)).ok()?,
        name: Personal::new(of("Name")),
        email: (!email.is_blank()).then_some(email),
        // A user of whom it is not told works here.
        active: !of("IsActive").eq_ignore_ascii_case("false"),
        zone: (!zone.is_empty()).then_some(zone),
    })
}
