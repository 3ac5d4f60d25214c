//! Looks whether everything is there that a scan and the log need, by three requests that change nothing.

use domain::config::Config;

use super::api::{Api, Request};
use super::fault::Fault;
use super::schema::{OWN_ID, Schema};
use crate::live::Checked;

/// Objects that a case is the richer for, and what is unknown without each.
const OPTIONAL: [(&str, &str); 4] = [
    ("User", "owners and managers cannot be told anything"),
    ("Opportunity", "open opportunities and people's roles are unknown"),
    ("OpportunityContactRole", "people's roles are unknown, so that nobody is known as a champion"),
    ("Case", "open support cases are unknown"),
];
/// Fields that a judgement is the better for.
const FIELDS: [(&str, &str); 9] = [
    ("Contact", "Title"),
    ("Contact", "Department"),
    ("Contact", "Email"),
    ("Contact", "IsEmailBounced"),
    ("Contact", "LastActivityDate"),
    ("Account", "Type"),
    ("Account", "OwnerId"),
    ("User", "Email"),
    ("User", "ManagerId"),
];
/// Without these no note can be written.
const WRITTEN: [&str; 3] = ["Subject", "Description", "WhatId"];

/// Looks at everything and tells what is wrong with it.
pub(super) async fn examine(api: &Api, config: &Config) -> Vec<Checked> {
    let (schema, wrong) = match Schema::look(api, &config.fields).await {
        Ok(looked) => looked,
        Err(fault) => return vec![failed("signing in to Salesforce", fault)],
    };
    let mut checked = vec![well("signing in to Salesforce")];
    checked.push(match wrong.is_empty() {
        true => well("Salesforce objects and fields that a scan needs, and those that the configuration names"),
        false => bad("Salesforce objects and fields", &wrong.join("; ")),
    });
    checked.extend(OPTIONAL.iter().map(|(object, loss)| {
        let remedy =
            format!("Baton's user may not read {object}: {loss}; give the user Read on it (Setup, Permission Sets)");
        if schema.has_object(object) {
            well(&format!("object {object}"))
        } else {
            bad(&format!("object {object}"), &remedy)
        }
    }));
    let there = |object: &str| schema.has_object(object);
    checked.extend(FIELDS.iter().filter(|(object, _)| there(object)).map(|(object, field)| {
        let remedy = format!(
            "Baton's user may not read it: give Read on {object}.{field} (Setup, Permission Sets, Object Settings)"
        );
        let what = format!("field {object}.{field}");
        if schema.has(object, field) { well(&what) } else { bad(&what, &remedy) }
    }));
    checked.extend(log(&schema));
    checked.extend(bulk(api).await);
    checked.extend(budget(api));
    checked
}

fn log(schema: &Schema) -> Vec<Checked> {
    let may = |field: &&str| schema.field("Task", field).is_some_and(|field| field.createable);
    let missing: Vec<&str> = WRITTEN.into_iter().filter(|field| !may(field)).collect();
    let notes = match missing.is_empty() {
        true => well("notes and tasks may be written"),
        false => bad(
            "notes and tasks may be written",
            &format!(
                "Baton's user may not write Task.{}: give the permission Edit Tasks and Edit on the fields",
                missing.join(", Task.")
            ),
        ),
    };
    let by_field = format!("notes are found again by Task.{OWN_ID}");
    let found = match schema.field("Task", OWN_ID) {
        Some(field) if field.refuses_a_second() => well(&by_field),
        Some(_) => bad(
            &by_field,
            &format!(
                "Salesforce does not refuse a second note with the same {OWN_ID}: tick External ID and Unique (Do not allow duplicate \
                 values) on the field (Setup, Object Manager, Activity, Fields & Relationships, {OWN_ID}, Edit)"
            ),
        ),
        None => well(&format!(
            "notes are found again by the mark in their text; a text field {OWN_ID} on Activity, external id and unique, would let \
             Salesforce refuse a second one"
        )),
    };
    vec![notes, found]
}

async fn bulk(api: &Api) -> Option<Checked> {
    let what = "the Bulk API may be used for a first load";
    match api.send(&Request::get(api.path("jobs/query?jobType=V2Query"))).await {
        Ok(_) => Some(well(what)),
        Err(Fault::Refused { status, code, .. }) => {
            let remedy = format!(
                "it may not ({status} {code}), so that a first load takes a request for each 2,000 contacts; give the user API Enabled, \
                 and check that the org's edition has the Bulk API"
            );
            Some(bad(what, &remedy))
        }
        Err(fault) => Some(failed(what, fault)),
    }
}

fn budget(api: &Api) -> Option<Checked> {
    let (used, of) = api.usage()?;
    Some(well(&format!("{used} of the org's {of} requests of the last 24 hours are used")))
}

fn well(what: &str) -> Checked {
    Checked { what: what.to_owned(), problem: None }
}

fn bad(what: &str, problem: &str) -> Checked {
    Checked { what: what.to_owned(), problem: Some(problem.to_owned()) }
}

fn failed(what: &str, fault: Fault) -> Checked {
    bad(what, &fault.about("the check").to_string())
}
