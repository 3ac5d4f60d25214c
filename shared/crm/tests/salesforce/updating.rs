//! One confirmed field: written if nobody has changed it since.

use domain::ports::{Crm, CrmError, FieldUpdate, Updated, UpdatedRecord};
use domain::{DeliveryId, Personal};
use serde_json::json;

use crate::stand::{Stand, account, contact};

fn update(record: UpdatedRecord, field: &str, before: &str, after: &str) -> FieldUpdate {
    FieldUpdate {
        id: DeliveryId::of(&[field, after]),
        record,
        field: field.to_owned(),
        before: Personal::new(before),
        after: Personal::new(after),
    }
}

#[tokio::test]
async fn a_field_is_written_once_and_only_over_what_it_held_when_a_person_was_asked() {
    let (stand, northwind, people) = Stand::with_people(1);
    let person = || UpdatedRecord::Contact(contact(&people[0]));
    let crm = stand.crm();
    let title = update(person(), "title", "VP", "CFO & \"x\" ' \\");
    assert_eq!(crm.update(&title).await.unwrap(), Updated::Written);
    assert_eq!(stand.records("Contact")[0]["Title"], json!("CFO & \"x\" ' \\"));
    assert_eq!(crm.update(&title).await.unwrap(), Updated::Written);
    assert_eq!(stand.requests("PATCH"), 1);
    let late = update(person(), "Title", "VP", "CEO");
    assert_eq!(crm.update(&late).await.unwrap(), Updated::Changed { now: Personal::new("CFO & \"x\" ' \\") });
    let left = update(person(), "No_Longer_At_Company__c", "", "true");
    assert_eq!(crm.update(&left).await.unwrap(), Updated::Written);
    assert_eq!(stand.records("Contact")[0]["No_Longer_At_Company__c"], json!(true));
    let value = update(UpdatedRecord::Account(account(&northwind)), "Annual_Contract_Value__c", "", "1200.5");
    assert_eq!(crm.update(&value).await.unwrap(), Updated::Written);
    assert_eq!(stand.records("Account")[0]["Annual_Contract_Value__c"], json!(1200.5));
    let nothing = update(UpdatedRecord::Account(account(&northwind)), "Annual_Contract_Value__c", "1200.50", " ");
    assert_eq!(crm.update(&nothing).await.unwrap(), Updated::Written);
    assert_eq!(stand.records("Account")[0]["Annual_Contract_Value__c"], json!(null));
}

#[tokio::test]
async fn whoever_changes_the_record_in_between_is_not_overwritten() {
    let (stand, _, people) = Stand::with_people(1);
    let crm = stand.crm();
    // The condition fails once: what the record holds is looked at again before anything is written.
    stand.fault("PATCH .*sobjects/Contact", 412, "", json!({}), 1);
    let title = update(UpdatedRecord::Contact(contact(&people[0])), "Title", "VP", "CFO");
    assert_eq!(crm.update(&title).await.unwrap(), Updated::Written);
    assert_eq!(stand.requests("GET /services/data/v64.0/sobjects/Contact/003"), 2);
    stand.set("locks", json!({ people[0].as_str(): 2 }));
    let title = update(UpdatedRecord::Contact(contact(&people[0])), "Title", "CFO", "CEO");
    assert_eq!(crm.update(&title).await.unwrap(), Updated::Written);
}

#[tokio::test]
async fn a_field_that_may_not_be_written_or_a_record_that_is_gone_is_told_plainly() {
    let (stand, _, people) = Stand::with_people(1);
    let crm = stand.crm();
    let person = UpdatedRecord::Contact(contact(&people[0]));
    for field in ["Nothing__c", "SystemModstamp", "Title FROM Contact", "../Account"] {
        let error = crm.update(&update(person.clone(), field, "", "x")).await.unwrap_err();
        assert!(matches!(&error, CrmError::Unusable(why) if why.contains("give the user Edit")), "{error}");
    }
    stand.control("delete", json!({ "object": "Contact", "id": people[0] }));
    let error = crm.update(&update(person, "Title", "VP", "CFO")).await.unwrap_err();
    assert!(matches!(&error, CrmError::Unusable(why) if why.contains("deleted or merged")), "{error}");
}
