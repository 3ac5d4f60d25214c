//! Limits, sessions that end, places that expire, and answers that are none.

use crm::LiveCrm;
use domain::config::Config;
use domain::ports::{ContactQuery, Crm, CrmError};
use jiff::SignedDuration;
use serde_json::json;

use crate::stand::{NOW, Stand, at, pass};

#[tokio::test]
async fn it_stops_at_its_share_of_the_day_and_goes_on_when_there_is_room_again() {
    let (stand, _, people) = Stand::with_people(3);
    stand.set("limit", json!(100));
    stand.set("used", json!(79));
    let crm = stand.crm();
    let error = pass(&crm, None, None).await.unwrap_err();
    let CrmError::RateLimited { retry_after, reason } = &error else { panic!("{error}") };
    assert!(*retry_after == SignedDuration::from_mins(30) && reason.contains("80 of the org's 100"), "{error}");
    let asked = crm.requests();
    assert!(matches!(pass(&crm, None, None).await, Err(CrmError::RateLimited { .. })));
    assert_eq!(crm.requests(), asked, "nothing is asked while it waits");
    stand.set("used", json!(10));
    let later = stand.crm_of(&stand.variables(), &Config::shipped(), "2026-11-02T08:00:00Z");
    assert_eq!(pass(&later, None, None).await.unwrap().contacts.len(), people.len());
    let mut greedy = stand.variables();
    greedy.push(("SALESFORCE_DAILY_SHARE".to_owned(), "5".to_owned()));
    assert!(matches!(
        pass(&stand.crm_of(&greedy, &Config::shipped(), NOW), None, None).await,
        Err(CrmError::RateLimited { .. })
    ));
}

#[tokio::test]
async fn a_used_up_day_is_no_failure_and_is_waited_for() {
    let (stand, _, _) = Stand::with_people(3);
    stand.set("limit", json!(0));
    let error = stand.crm().contacts(&ContactQuery::default()).await.unwrap_err();
    assert!(
        matches!(&error, CrmError::RateLimited { retry_after, .. } if *retry_after >= SignedDuration::from_mins(30)),
        "{error}"
    );
}

#[tokio::test]
async fn a_session_that_ended_is_opened_anew_once_and_no_more() {
    let (stand, _, people) = Stand::with_people(3);
    let crm = stand.crm();
    pass(&crm, None, None).await.unwrap();
    stand.control("sign_out", json!({}));
    assert_eq!(pass(&crm, None, None).await.unwrap().contacts.len(), people.len());
    assert_eq!(stand.requests("oauth2/token"), 2);
    let body = r#"[{"errorCode":"INVALID_SESSION_ID","message":"Session expired or invalid"}]"#;
    stand.fault("/services/data", 401, body, json!({}), 100);
    let error = pass(&crm, None, None).await.unwrap_err();
    assert!(matches!(&error, CrmError::Unusable(why) if why.contains("INVALID_SESSION_ID")), "{error}");
    assert_eq!(stand.requests("oauth2/token"), 3);
}

/// RELIABILITY, row 24: what an answer holds that is none of theirs.
#[tokio::test]
async fn an_answer_that_is_no_answer_is_told_by_its_status_and_nothing_panics() {
    let (stand, _, people) = Stand::with_people(3);
    let crm = stand.crm();
    pass(&crm, None, None).await.unwrap();
    let bodies =
        ["<html><body>Maintenance</body></html>", "[]", r#"{"errorCode":"SERVER_UNAVAILABLE"}"#, "", "null", "[[]]"];
    for body in bodies {
        stand.fault("/query", 500, body, json!({}), 1);
        let error = pass(&crm, None, None).await.unwrap_err();
        assert!(matches!(error, CrmError::Unavailable(_)), "500 {body}: {error}");
        stand.fault("/query", 400, body, json!({}), 1);
        let error = pass(&crm, None, None).await.unwrap_err();
        assert!(matches!(error, CrmError::Unusable(_) | CrmError::Unavailable(_)), "400 {body}: {error}");
        // A good status does not make it an answer.
        stand.fault("/query", 200, body, json!({}), 1);
        let error = pass(&crm, None, None).await.unwrap_err();
        assert!(matches!(error, CrmError::Unavailable(_)), "200 {body}: {error}");
    }
    for (status, body) in [(200, "<html>"), (200, "{}"), (500, "<html>"), (503, ""), (302, ""), (400, "[]")] {
        stand.fault("oauth2/token", status, body, json!({}), 1);
        assert!(stand.crm().contacts(&ContactQuery::default()).await.is_err(), "{status} {body}");
    }
    assert_eq!(pass(&crm, None, None).await.unwrap().contacts.len(), people.len());
}

/// RELIABILITY, row 24: out of service for a while.
#[tokio::test]
async fn a_service_that_says_when_it_is_back_is_left_alone_until_then() {
    let (stand, _, _) = Stand::with_people(1);
    let crm = stand.crm();
    stand.fault("/services/data", 503, "<html>", json!({ "Retry-After": "120" }), 1);
    let error = crm.contacts(&ContactQuery::default()).await.unwrap_err();
    assert!(matches!(&error, CrmError::RateLimited { retry_after, .. } if retry_after.as_secs() == 120), "{error}");
    let body = r#"[{"errorCode":"REQUEST_LIMIT_EXCEEDED","message":"ConcurrentRequests (Concurrent API Requests) Limit exceeded."}]"#;
    stand.fault("/services/data", 403, body, json!({}), 1);
    let error = crm.contacts(&ContactQuery::default()).await.unwrap_err();
    assert!(matches!(&error, CrmError::RateLimited { retry_after, .. } if retry_after.as_secs() == 30), "{error}");
}

/// RELIABILITY, row 24: a place in an answer that has expired.
#[tokio::test]
async fn a_place_that_expired_begins_the_pass_again_and_leaves_nothing_out() {
    let (stand, northwind, people) = Stand::with_people(3);
    let deal = stand.load("Opportunity", json!([{ "AccountId": northwind, "Name": "x" }])).remove(0);
    let role = |role: &str| json!({ "OpportunityId": deal, "ContactId": people[1], "Role": role });
    stand.load("OpportunityContactRole", json!(["User", "Influencer", "Champion"].map(role)));
    stand.set("nested", json!(1));
    let crm = stand.crm();
    assert_eq!(pass(&crm, None, None).await.unwrap().contacts[1].seen.roles.len(), 3);
    for (status, body) in [(400, r#"[{"errorCode":"INVALID_QUERY_LOCATOR"}]"#), (404, "<html>")] {
        stand.fault("/query/01g", status, body, json!({}), 1);
        for since in [None, Some(at(NOW))] {
            stand.fault("/query/01g", status, body, json!({}), 1);
            assert!(matches!(pass(&crm, since, None).await, Err(CrmError::Restart(_))), "{status}");
            assert_eq!(pass(&crm, since, None).await.unwrap().contacts.len(), 3);
        }
    }
}

#[tokio::test]
async fn an_org_that_gives_contacts_in_another_order_is_gathered_and_sorted() {
    let (stand, _, people) = Stand::with_people(3);
    let row = |id: &str| json!({ "Id": id, "Name": "x", "SystemModstamp": "2026-11-02T07:00:00.000+0000" });
    let body = json!({ "totalSize": 3, "done": true, "records": [row(&people[2]), row(&people[0]), row(&people[1])] })
        .to_string();
    let crm = stand.crm();
    stand.fault("/query\\?q=SELECT Id, AccountId", 200, &body, json!({}), 2);
    assert!(matches!(pass(&crm, None, None).await, Err(CrmError::Restart(_))));
    assert_eq!(pass(&crm, None, None).await.unwrap().ids(), people);
}

#[tokio::test]
async fn what_is_changed_while_a_pass_goes_on_is_looked_at_again_by_the_next() {
    let (stand, _, people) = Stand::with_people(3);
    stand.set("now", json!(at("2026-11-02T09:00:00Z").as_second()));
    stand.change("Contact", &people[2], json!({ "Title": "CFO" }));
    // The pass began two hours before that change, so that what came before it may not have been seen.
    assert_eq!(pass(&stand.crm(), None, None).await.unwrap().newest, Some(at(NOW)));
}
