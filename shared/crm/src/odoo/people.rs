//! Us: users of Odoo, and whom each of them reports to.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use domain::UserId;
use domain::crm::User;
use domain::ports::CrmError;
use domain::recipients::Responsible;
use serde_json::json;

use super::OdooCrm;
use super::row::Row;

/// Whom each of these users reports to, and everybody who is named, those who are switched off too.
pub(super) struct Users {
    users: HashMap<i64, User>,
    managers: BTreeMap<i64, i64>,
}

impl Users {
    /// Reads these users and their managers.
    pub(super) async fn read(odoo: &OdooCrm, wanted: &BTreeSet<i64>) -> Result<Self, CrmError> {
        if wanted.is_empty() {
            return Ok(Self { users: HashMap::new(), managers: BTreeMap::new() });
        }
        let models = odoo.models().await?;
        let mut fields = FIELDS.to_vec();
        fields.extend(models.contains("crm.team").then_some("sale_team_id"));
        let rows = odoo.all("res.users", json!([["id", "in", wanted]]), &fields).await?;
        let mut managers = BTreeMap::new();
        if models.contains("hr.employee.public") {
            managers = bosses(odoo, wanted).await?;
        }
        leaders(odoo, &rows, &mut managers).await?;
        let mut users = users(&rows);
        let others: BTreeSet<i64> = managers.values().copied().filter(|id| !users.contains_key(id)).collect();
        if !others.is_empty() {
            let rows = odoo.all("res.users", json!([["id", "in", others]]), &FIELDS).await?;
            users.extend(self::users(&rows));
        }
        Ok(Self { users, managers })
    }

    /// This user, if any, and whom the user reports to.
    pub(super) fn responsible(&self, owner: Option<i64>) -> Responsible {
        let manager = owner.and_then(|owner| self.managers.get(&owner)).copied();
        let get = |id: i64| self.users.get(&id).cloned();
        Responsible { owner: owner.and_then(get), manager: manager.and_then(get) }
    }
}

const FIELDS: [&str; 5] = ["name", "login", "email", "tz", "active"];

fn users(rows: &[Row]) -> HashMap<i64, User> {
    rows.iter().filter_map(|row| Some((row.id().ok()?, user(row)?))).collect()
}

/// A login is an address more often than not.
fn user(row: &Row) -> Option<User> {
    let address = |field: &str| Some(row.personal(field)).filter(|text| text.reveal().contains('@'));
    Some(User {
        id: UserId::parse(&row.id().ok()?.to_string()).ok()?,
        name: row.personal("name"),
        email: address("email").or_else(|| address("login")),
        active: row.flag("active"),
        zone: Some(row.text("tz")).filter(|zone| !zone.is_empty()),
    })
}

/// The leader of the sales team, for those of whom the employees' app says nothing.
async fn leaders(odoo: &OdooCrm, users: &[Row], managers: &mut BTreeMap<i64, i64>) -> Result<(), CrmError> {
    let team_of = |row: &Row| Some((row.id().ok()?, row.link("sale_team_id")?));
    let teams: BTreeMap<i64, i64> =
        users.iter().filter_map(team_of).filter(|(user, _)| !managers.contains_key(user)).collect();
    if teams.is_empty() {
        return Ok(());
    }
    let ids: BTreeSet<i64> = teams.values().copied().collect();
    let rows = odoo.optional("crm.team", json!([["id", "in", ids]]), &["user_id"]).await?;
    let leader_of: HashMap<i64, i64> =
        rows.iter().filter_map(|row| Some((row.id().ok()?, row.link("user_id")?))).collect();
    let led = teams.iter().filter_map(|(user, team)| Some((*user, *leader_of.get(team)?)));
    managers.extend(led.filter(|(user, leader)| user != leader));
    Ok(())
}

/// As the employees' app has it. What anybody may know of an employee is enough.
async fn bosses(odoo: &OdooCrm, of: &BTreeSet<i64>) -> Result<BTreeMap<i64, i64>, CrmError> {
    let model = "hr.employee.public";
    let employees = odoo.optional(model, json!([["user_id", "in", of]]), &["user_id", "parent_id"]).await?;
    let parents: BTreeSet<i64> = employees.iter().filter_map(|row| row.link("parent_id")).collect();
    if parents.is_empty() {
        return Ok(BTreeMap::new());
    }
    let parents = odoo.optional(model, json!([["id", "in", parents]]), &["user_id"]).await?;
    let user_of: HashMap<i64, i64> =
        parents.iter().filter_map(|row| Some((row.id().ok()?, row.link("user_id")?))).collect();
    let boss = |row: &Row| Some((row.link("user_id")?, *user_of.get(&row.link("parent_id")?)?));
    Ok(employees.iter().filter_map(boss).filter(|(user, boss)| user != boss).collect())
}
