//! What the org has, against what the configuration names.

use std::path::PathBuf;

use crm::LiveCrm;
use domain::config::Config;
use domain::ports::{Crm, CrmError};
use serde_json::json;

use crate::stand::{NOW, Stand, account, pass};

fn config(fields: &str) -> Config {
    Config::parse(&format!("[fields]\n{fields}")).unwrap()
}

#[tokio::test]
async fn a_configured_field_that_is_not_there_is_told_with_object_field_and_remedy() {
    let (stand, _, _) = Stand::with_people(1);
    let config = config("renewal = \"Renews__c\"\nwatch = \"Key_Contact__c\"\nhealth = \"health__C\"");
    let crm = stand.crm_of(&stand.variables(), &config, NOW);
    let error = pass(&crm, None, None).await.unwrap_err();
    let CrmError::Unusable(why) = &error else { panic!("{error}") };
    assert_eq!(why.lines().count(), 2, "{why}");
    for part in ["Account.Renews__c", "fields.renewal", "Contact.Key_Contact__c", "give the user Read"] {
        assert!(why.contains(part), "{part}: {why}");
    }
    // Once it is there, nothing has to be started anew.
    stand.control("field", json!({ "object": "Account", "name": "Renews__c", "kind": "date" }));
    stand.control("field", json!({ "object": "Contact", "name": "Key_Contact__c", "kind": "boolean" }));
    assert!(pass(&crm, None, None).await.unwrap().contacts[0].seen.unwatched);
}

#[tokio::test]
async fn a_shipped_field_that_the_org_does_not_have_is_not_asked_for() {
    let (stand, northwind, _) = Stand::with_people(1);
    for (object, names) in [
        ("Account", &["Renewal_Date__c", "Annual_Contract_Value__c", "Health__c", "Status__c", "CSM__c", "Type"][..]),
        ("Contact", &["No_Longer_At_Company__c", "IsEmailBounced", "EmailBouncedDate", "Department"][..]),
        ("User", &["ManagerId"][..]),
    ] {
        names.iter().for_each(|name| drop(stand.control("no_field", json!({ "object": object, "name": name }))));
    }
    let crm = stand.crm();
    assert!(pass(&crm, None, None).await.unwrap().contacts[0].seen.active);
    let record = crm.accounts(&[account(&northwind)]).await.unwrap().remove(0);
    assert_eq!((record.renewal, record.value, record.health, record.status.as_str()), (None, None, None, ""));
}

#[tokio::test]
async fn objects_that_the_user_has_no_right_to_are_done_without_and_told_of() {
    let (stand, northwind, _) = Stand::with_people(2);
    stand
        .set("deleted_objects", json!(["Opportunity", "OpportunityContactRole", "Case", "User", "Task", "TaskStatus"]));
    let crm = stand.crm();
    assert_eq!(pass(&crm, None, None).await.unwrap().contacts.len(), 2);
    let since = stand.records("Contact")[0]["SystemModstamp"].as_str().unwrap().replace("+0000", "Z").parse().ok();
    assert_eq!(pass(&crm, since, None).await.unwrap().contacts.len(), 2);
    assert_eq!(crm.accounts(&[account(&northwind)]).await.unwrap()[0].people.len(), 2);
    let problems: Vec<String> = crm.examine().await.into_iter().filter_map(|checked| checked.problem).collect();
    assert_eq!(problems.len(), 5, "{problems:#?}");
    stand.set("deleted_objects", json!(["Account"]));
    let error = pass(&stand.crm(), None, None).await.unwrap_err();
    assert!(matches!(&error, CrmError::Unusable(why) if why.contains("no object Account")), "{error}");
}

#[tokio::test]
async fn an_examination_says_what_is_well_and_changes_nothing() {
    let (stand, _, _) = Stand::with_people(1);
    let crm = stand.crm();
    let checked = crm.examine().await;
    assert!(checked.len() > 15 && checked.iter().all(|checked| checked.problem.is_none()), "{checked:#?}");
    assert!(checked.iter().any(|checked| checked.what.contains("of the org's 100000 requests")), "{checked:#?}");
    assert_eq!((stand.requests("PATCH"), stand.requests("DELETE"), crm.requests()), (0, 0, 3));
    stand.set("secret", json!("another"));
    let checked = stand.crm().examine().await;
    assert!(
        checked.len() == 1 && checked[0].problem.as_ref().unwrap().contains("SALESFORCE_CLIENT_SECRET"),
        "{checked:#?}"
    );
}

#[tokio::test]
async fn an_examination_says_how_a_field_becomes_one_by_which_salesforce_refuses_a_second_note() {
    for (external, unique) in [(false, false), (true, false), (false, true), (true, true)] {
        let stand = Stand::start();
        let field =
            json!({ "object": "Task", "name": "Baton_Id__c", "length": 64, "externalId": external, "unique": unique });
        stand.control("field", field);
        let checked = stand.crm().examine().await;
        let field = checked.iter().find(|checked| checked.what.contains("Task.Baton_Id__c")).unwrap();
        let remedy = field.problem.as_deref().unwrap_or_default();
        assert_eq!(remedy.contains("tick External ID and Unique"), !(external && unique), "{field:?}");
    }
}

/// The stand-in answers no field that is not in its schema, so that every field these tests have asked for is one of jsforce's
/// standard schema, or a custom one.
#[tokio::test]
async fn every_standard_field_of_the_stand_in_is_one_of_jsforces_standard_schema() {
    let Some(schema) = standard_schema() else { return };
    let stand = Stand::start();
    let crm = stand.crm();
    crm.examine().await;
    for object in ["Contact", "Account", "User", "Opportunity", "OpportunityContactRole", "Case", "Task", "TaskStatus"]
    {
        let from = schema.find(&format!("type Fields${object} = {{")).unwrap_or_else(|| panic!("{object}"));
        let fields = schema[from..].split("};").next().unwrap();
        let fields: Vec<&str> =
            fields.lines().filter_map(|line| line.trim().split_once(':')).map(|(name, _)| name).collect();
        for record in stand.control("fields", json!({ "object": object })).as_array().unwrap() {
            let name = record.as_str().unwrap();
            assert!(name.ends_with("__c") || fields.contains(&name), "{object}.{name}");
        }
    }
}

/// Where npm has put jsforce, if anywhere: `tests/run` has it put beside the build cache.
fn standard_schema() -> Option<String> {
    let path = std::env::var_os("NODE_PATH").map(PathBuf::from)?.join("jsforce/src/types/standard-schema.ts");
    std::fs::read_to_string(path).ok()
}
