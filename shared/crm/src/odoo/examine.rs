//! Looks, without changing anything, whether an Odoo has what a scan and the log need.

use domain::ports::CrmError;
use serde_json::{Value, json};

use super::companies::CUSTOMER;
use super::mapping::Mapping;
use super::trouble::Trouble;
use super::{OdooCrm, PARTNER, contacts};
use crate::Checked;

/// The oldest version that Baton works with.
const OLDEST: u64 = 14;
/// Models without which nothing works, and what is done with them.
const NEEDED: [(&str, &str); 6] = [
    (PARTNER, "read"),
    ("res.partner.category", "read"),
    ("res.users", "read"),
    ("mail.message", "create"),
    ("mail.activity", "create"),
    ("mail.activity", "unlink"),
];

/// Everything that was looked at, in the order in which one thing needs the other.
pub(super) async fn all(odoo: &OdooCrm) -> Vec<Checked> {
    let mut checked = vec![Checked { what: "Odoo's version".to_owned(), problem: version(odoo).await.err() }];
    let user = odoo.rpc.user().await.map_err(told);
    let what = "ODOO_LOGIN in the database of ODOO_DATABASE".to_owned();
    checked.push(Checked { what, problem: user.as_ref().err().cloned() });
    let Ok(user) = user else { return checked };
    for (model, right) in NEEDED {
        checked
            .push(Checked { what: format!("right to {right} {model}"), problem: may(odoo, model, right).await.err() });
    }
    checked.extend(apps(odoo).await);
    checked.extend(fields(odoo).await);
    checked.push(Checked { what: "people of companies".to_owned(), problem: people(odoo).await.err() });
    checked.push(Checked { what: "active companies".to_owned(), problem: active(odoo).await.err() });
    checked.push(Checked {
        what: "address of the user of ODOO_LOGIN".to_owned(),
        problem: address(odoo, user).await.err(),
    });
    checked
}

async fn version(odoo: &OdooCrm) -> Result<(), String> {
    let version = odoo.rpc.version().await.map_err(told)?;
    let major = version.pointer("/server_version_info/0");
    // An edition between two versions is named like `saas~16`.
    let text = major.map(|major| major.as_str().map_or_else(|| major.to_string(), str::to_owned)).unwrap_or_default();
    let digits: String = text.chars().filter(char::is_ascii_digit).collect();
    match digits.parse::<u64>() {
        Ok(major) if major >= OLDEST => Ok(()),
        Ok(major) => Err(format!("it is Odoo {major}, and Baton works with Odoo {OLDEST} and later: upgrade it")),
        Err(_) => {
            Err("what answers at ODOO_URL does not say which version of Odoo it is: correct the address".to_owned())
        }
    }
}

async fn may(odoo: &OdooCrm, model: &str, right: &str) -> Result<(), String> {
    let asked = odoo.rpc.call::<bool>(model, "check_access_rights", json!([right, false]), json!({})).await;
    match asked {
        Ok(true) => Ok(()),
        Ok(false) => Err(told(Trouble::Forbidden(format!("`{right}` on {model}")))),
        Err(error) => Err(told(error)),
    }
}

/// What a case is poorer without.
async fn apps(odoo: &OdooCrm) -> Vec<Checked> {
    let models = match odoo.models().await {
        Ok(models) => models,
        Err(error) => return vec![Checked { what: "apps".to_owned(), problem: Some(told(error.into())) }],
    };
    let mut checked = Vec::new();
    for model in super::OPTIONAL.into_iter().filter(|model| models.contains(*model)) {
        checked.push(Checked { what: format!("right to read {model}"), problem: may(odoo, model, "read").await.err() });
    }
    checked
}

async fn fields(odoo: &OdooCrm) -> Vec<Checked> {
    let what = "fields that the configuration names".to_owned();
    let there = match odoo.partner_fields().await {
        Ok(there) => there,
        Err(error) => return vec![Checked { what, problem: Some(told(error)) }],
    };
    match Mapping::of(&there, &odoo.fields) {
        Ok(_) => vec![Checked { what, problem: None }],
        Err(missing) => {
            missing.into_iter().map(|problem| Checked { what: what.clone(), problem: Some(problem) }).collect()
        }
    }
}

async fn people(odoo: &OdooCrm) -> Result<(), String> {
    let mut domain = contacts::people();
    domain.push(json!(["commercial_partner_id.is_company", "=", true]));
    if count(odoo, json!(domain)).await? > 0 {
        return Ok(());
    }
    Err("the user of ODOO_LOGIN sees nobody who belongs to a company: link people to companies, or widen the user's access".to_owned())
}

async fn active(odoo: &OdooCrm) -> Result<(), String> {
    let wanted = odoo.active.trim();
    if wanted.is_empty() {
        return Ok(());
    }
    let counted = odoo.partner_fields().await.map_err(told)?.contains_key("customer_rank");
    if counted && CUSTOMER.to_lowercase().starts_with(&wanted.to_lowercase()) {
        return Ok(());
    }
    let domain = json!([["is_company", "=", true], ["category_id.name", "=ilike", format!("{wanted}%")]]);
    if count(odoo, domain).await? > 0 {
        return Ok(());
    }
    Err(format!(
        "no company has a tag that begins with {wanted:?}, so nobody is watched: give your customers such a tag, or write the tag \
         they have, or \"\" for all, into [accounts] active"
    ))
}

/// Odoo closes no activity for a user who has none.
async fn address(odoo: &OdooCrm, user: i64) -> Result<(), String> {
    let rows = odoo.rpc.read("res.users", json!([["id", "=", user]]), &["email"], 1).await.map_err(told)?;
    if rows.first().is_some_and(|row| !row.personal("email").is_blank()) {
        return Ok(());
    }
    Err("the user of ODOO_LOGIN has no mail address, without which Odoo closes no activity: give it one (Settings, Users)".to_owned())
}

async fn count(odoo: &OdooCrm, domain: Value) -> Result<u64, String> {
    odoo.rpc.call(PARTNER, "search_count", json!([domain]), json!({})).await.map_err(told)
}

fn told(trouble: Trouble) -> String {
    domain::handler::told(&CrmError::from(trouble))
}
