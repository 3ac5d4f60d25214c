//! Signing in, and where the data are said to be.

use domain::config::Config;
use domain::ports::{Crm, CrmError};
use serde_json::json;

use crate::stand::{NOW, Stand, pass};

const KEY: &str = include_str!("key-for-tests.pem");

#[tokio::test]
async fn a_signed_assertion_opens_a_session_and_another_key_or_user_does_not() {
    let (stand, _, _) = Stand::with_people(2);
    stand.set("key", json!(KEY));
    let by_key = |user: &str| {
        let mut variables = stand.variables();
        variables.retain(|(name, _)| name != "SALESFORCE_CLIENT_SECRET");
        variables.push(("SALESFORCE_USERNAME".to_owned(), user.to_owned()));
        variables.push(("SALESFORCE_PRIVATE_KEY".to_owned(), KEY.replace('\n', "\\n")));
        variables
    };
    let crm = stand.crm_of(&by_key("baton@example.com"), &Config::shipped(), NOW);
    assert_eq!(pass(&crm, None, None).await.unwrap().contacts.len(), 2);
    let crm = stand.crm_of(&by_key("somebody@example.com"), &Config::shipped(), NOW);
    let error = pass(&crm, None, None).await.unwrap_err();
    assert!(
        matches!(&error, CrmError::Unusable(why) if why.contains("approved") && why.contains("SALESFORCE_USERNAME")),
        "{error}"
    );
    let crm = stand.crm_of(&by_key("baton@example.com"), &Config::shipped(), "2026-11-02T06:00:00Z");
    let error = pass(&crm, None, None).await.unwrap_err();
    assert!(matches!(&error, CrmError::Unusable(why) if why.contains("expired") && why.contains("clock")), "{error}");
}

#[tokio::test]
async fn a_wrong_secret_is_told_and_never_repeated() {
    let stand = Stand::start();
    stand.set("secret", json!("another"));
    let error = stand.crm().contacts(&Default::default()).await.unwrap_err();
    assert!(matches!(&error, CrmError::Unusable(why) if why.contains("SALESFORCE_CLIENT_SECRET")), "{error}");
    assert!(!error.to_string().contains("another") && stand.requests("oauth2/token") == 1);
}

/// RELIABILITY, row 33.
#[tokio::test]
async fn an_answer_that_names_another_place_for_the_data_is_refused_and_nothing_is_sent_there() {
    let (stand, elsewhere) = (Stand::start(), Stand::start());
    for place in [
        format!("http://127.0.0.1:{}", elsewhere.port),
        "https://salesforce.com.evil.example".to_owned(),
        "https://evil.example/.salesforce.com".to_owned(),
        "https://x.salesforce.com@evil.example".to_owned(),
        "http://acme.my.salesforce.com".to_owned(),
        "https://169.254.169.254".to_owned(),
        "file:///etc/passwd".to_owned(),
        "salesforce".to_owned(),
        " ".to_owned(),
    ] {
        stand.set("instance", json!(place));
        let error = stand.crm().contacts(&Default::default()).await.unwrap_err();
        assert!(matches!(&error, CrmError::Unusable(why) if why.contains("nothing was sent")), "{place}: {error}");
    }
    assert_eq!((stand.requests("/services/data"), elsewhere.requests("")), (0, 0));
}

#[tokio::test]
async fn a_part_of_an_answer_that_lies_elsewhere_is_not_fetched() {
    let (stand, _, people) = Stand::with_people(1);
    let elsewhere = Stand::start();
    let body = json!({ "totalSize": 1, "done": true, "records": [{
        "Id": people[0], "Name": "x", "SystemModstamp": NOW, "OpportunityContactRoles": {
            "records": [], "done": false, "nextRecordsUrl": format!("http://127.0.0.1:{}/services/data/v64.0/query/01g", elsewhere.port),
        },
    }] });
    stand.fault("GET .*/query\\?q=SELECT Id, AccountId", 200, &body.to_string(), json!({}), 1);
    let error = pass(&stand.crm(), None, None).await.unwrap_err();
    assert!(matches!(&error, CrmError::Unusable(why) if why.contains("elsewhere")), "{error}");
    assert_eq!(elsewhere.requests(""), 0);
}
