//! Settings, limits and rights: what Baton does about them, and what it tells a person to do.

use std::sync::Arc;

use crm::{HubSpotCrm, HubSpotSettings, LiveCrm};
use domain::config::Config;
use domain::ports::{Clock, ContactQuery, Crm, CrmError, FixedClock};
use https::{Https, Reach};
use jiff::Timestamp;

use crate::portal::{BEGINNING, Portal, TOKEN};
use crate::{account, hubspot, hubspot_with, ids, pages, people, settings, since};

#[test]
fn everything_that_is_wrong_with_the_settings_is_told_at_once() {
    let read = |token: Option<&str>, api: Option<&str>| {
        let variable = |name: &str| if name == "HUBSPOT_TOKEN" { token } else { api }.map(str::to_owned);
        HubSpotSettings::read(variable, &Reach::public()).err().unwrap_or_default()
    };
    assert_eq!(read(Some(TOKEN), None), [""; 0]);
    assert_eq!(read(Some(TOKEN), Some("https://api-eu1.hubapi.com/")), [""; 0]);
    let both = read(Some(" "), Some("http://api.hubapi.com"));
    assert!(both.len() == 2 && both[0].contains("Service keys") && both[1].starts_with("HUBSPOT_API: "), "{both:?}");
    let blocked = read(Some("pat\nx"), Some("https://169.254.169.254"));
    assert!(blocked.len() == 2 && !blocked[0].contains("pat"), "{blocked:?}");
}

#[tokio::test]
async fn at_its_own_pace_nothing_is_refused_where_five_searches_a_second_are_allowed() {
    let portal = Portal::start();
    people(&portal, 1_100);
    portal.open().counts = true;
    let reach = Reach::with_private(&format!("127.0.0.1:{}", portal.port)).unwrap();
    let settings = settings(&portal, &reach, TOKEN);
    let clock: Arc<dyn Clock> = Arc::new(FixedClock(BEGINNING.parse().unwrap()));
    let crm = HubSpotCrm::new(settings, Arc::new(Https::new(reach).unwrap()), &Config::shipped(), clock);
    assert_eq!(ids(&pages(&crm, since(BEGINNING)).await).len(), 1_100);
    assert_eq!(crm.requests(), 13);
    // The same without any pace is refused.
    let error = hubspot(&portal);
    let mut refused = false;
    for _ in 0..6 {
        refused |= matches!(error.contacts(&since(BEGINNING)).await, Err(CrmError::RateLimited { .. }));
    }
    assert!(refused, "the portal counts");
}

async fn waits(crm: &HubSpotCrm) -> i64 {
    match crm.contacts(&since(BEGINNING)).await {
        Err(CrmError::RateLimited { retry_after, .. }) => retry_after.as_secs(),
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn a_limit_of_the_moment_is_waited_for_shortly_and_that_of_the_day_until_the_accounts_midnight() {
    let portal = Portal::start();
    let body = |policy: &str| format!(r#"{{"status":"error","errorType":"RATE_LIMIT","policyName":"{policy}"}}"#);
    let crm = hubspot_with(&portal, "[calendar]\ntime_zone = \"America/New_York\"\n");
    portal.open().fails("search", 0, 429, &[], &body("TEN_SECONDLY_ROLLING"));
    assert_eq!(waits(&crm).await, 10);
    portal.open().fails("search", 0, 429, &[("Retry-After", "42")], &body("SECONDLY"));
    assert_eq!(waits(&crm).await, 42);
    // It is seven o'clock in the morning in London: two at night in New York, eight in Berlin, where the account says it is.
    portal.open().fails("search", 0, 429, &[], &body("DAILY"));
    assert_eq!(waits(&crm).await, 22 * 3600);
    let company = portal.open().make("companies", &[("name", "Northwind")]);
    crm.accounts(&[account(company)]).await.unwrap();
    portal.open().fails("search", 0, 429, &[], &body("DAILY"));
    assert_eq!(waits(&crm).await, 16 * 3600);
}

#[tokio::test]
async fn the_last_tenth_of_a_days_requests_is_left_to_others_and_to_what_has_to_be_written() {
    let portal = Portal::start();
    people(&portal, 1);
    portal.open().left_today = 60_000;
    let crm = hubspot(&portal);
    pages(&crm, since(BEGINNING)).await;
    let asked = crm.requests();
    assert_eq!(waits(&crm).await, 17 * 3600);
    assert_eq!(crm.requests(), asked, "nothing is asked to find that out");
}

#[tokio::test]
async fn a_token_that_expired_and_a_scope_that_is_missing_say_what_to_do() {
    let portal = Portal::start();
    people(&portal, 1);
    let expired = r#"{"status":"error","message":"The OAuth token used to make this call expired","category":"EXPIRED_AUTHENTICATION"}"#;
    portal.open().fails("search", 0, 401, &[], expired);
    let error = hubspot(&portal).contacts(&since(BEGINNING)).await.unwrap_err();
    assert!(
        matches!(&error, CrmError::Unusable(text) if text.contains("HUBSPOT_TOKEN (EXPIRED_AUTHENTICATION)")),
        "{error}"
    );
    portal.open().scopes.remove("crm.objects.companies.read");
    let error = hubspot(&portal).contacts(&since(BEGINNING)).await.unwrap_err();
    assert!(
        matches!(&error, CrmError::Unusable(text) if text.contains("the scope crm.objects.companies.read (")),
        "{error}"
    );
}

#[tokio::test]
async fn answers_that_are_none_are_tried_again_later_and_never_taken_for_an_empty_crm() {
    for (status, body) in [
        (200, "<html>Welcome</html>"),
        (200, ""),
        (200, "{}"),
        (200, "[]"),
        (200, r#"{"results":[]}"#),
        (200, r#"{"total":1,"results":[]}"#),
        (200, r#"{"total":1,"results":[{}]}"#),
        (503, "<html>"),
    ] {
        let portal = Portal::start();
        people(&portal, 1);
        portal.open().fails("contacts/search", 0, status, &[], body);
        let error = hubspot(&portal).contacts(&since(BEGINNING)).await.unwrap_err();
        assert!(matches!(error, CrmError::Unavailable(_)), "{status} {body:?}: {error:?}");
    }
}

#[tokio::test]
async fn contacts_out_of_order_end_the_pass_instead_of_losing_somebody() {
    let portal = Portal::start();
    let unordered = r#"{"total":2,"results":[{"id":"12","properties":{}},{"id":"9","properties":{}}]}"#;
    portal.open().fails("contacts/search", 0, 200, &[], unordered);
    assert!(matches!(hubspot(&portal).contacts(&since(BEGINNING)).await, Err(CrmError::Restart(_))));
}

#[tokio::test]
async fn an_examination_names_every_scope_and_property_that_is_missing_and_changes_nothing() {
    let portal = Portal::start();
    let config = "[fields]\nrenewal = \"contract_end\"\nvalue = \"acv\"\nleft = \"gone\"\n";
    let problems = |checked: Vec<crm::Checked>| -> Vec<String> {
        checked.into_iter().filter_map(|c| Some(format!("{}: {}", c.what, c.problem?))).collect()
    };
    assert_eq!(problems(hubspot(&portal).examine().await), [""; 0]);
    portal.open().scopes.remove("tickets");
    let told = problems(hubspot_with(&portal, config).examine().await);
    assert_eq!(told.len(), 4, "{told:#?}");
    assert!(told[0].starts_with("scope tickets: it is missing: a case shows open tickets"), "{told:#?}");
    assert!(told[1].starts_with("object tickets: ") && told[1].contains("the scope tickets ("), "{told:#?}");
    assert!(told[2].starts_with("property gone of contacts (fields.left): "), "{told:#?}");
    assert!(told[3].contains("fields.value: HubSpot has no property \"acv\" of companies"), "{told:#?}");
    let asked = portal.take_requests("");
    assert!(asked.iter().all(|r| r.method == "GET" || r.path.ends_with("access-token-info")));
}

#[tokio::test]
async fn a_wrong_token_is_told_by_every_check_and_not_shown() {
    let portal = Portal::start();
    let reach = Reach::with_private(&format!("127.0.0.1:{}", portal.port)).unwrap();
    let settings = settings(&portal, &reach, "pat-wrong");
    let clock: Arc<dyn Clock> = Arc::new(FixedClock(Timestamp::UNIX_EPOCH));
    let crm = HubSpotCrm::new(settings, Arc::new(Https::new(reach).unwrap()), &Config::shipped(), clock);
    let checked = crm.examine().await;
    // Of whose token it is HubSpot tells nothing.
    assert!(
        checked
            .iter()
            .skip(1)
            .all(|c| c.problem.as_deref().is_some_and(|p| p.contains("HUBSPOT_TOKEN") && !p.contains("pat-"))),
        "{checked:#?}"
    );
    assert!(crm.contacts(&ContactQuery::default()).await.is_err());
}
