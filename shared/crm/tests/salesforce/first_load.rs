//! A first load by the Bulk API, which must never hold more than a part of it.

use crm::LiveCrm;
use domain::crm::Role;
use domain::ports::{ContactQuery, Crm, CrmError};
use serde_json::json;

use crate::stand::{Stand, contact, pass, pass_within};

#[tokio::test]
async fn a_large_org_is_loaded_by_two_jobs_and_given_in_order() {
    let (stand, northwind, people) = Stand::with_people(50_000);
    let deal = stand.load("Opportunity", json!([{ "AccountId": northwind, "Name": "x" }])).remove(0);
    stand
        .load("OpportunityContactRole", json!([{ "OpportunityId": deal, "ContactId": people[9], "Role": "Champion" }]));
    let title = "line one\nline \"two\", 三";
    stand.change("Contact", &people[10], json!({ "Title": title }));
    let crm = stand.crm();
    let loaded = pass(&crm, None, None).await.unwrap();
    assert_eq!(loaded.ids(), people.iter().map(String::as_str).collect::<Vec<_>>());
    assert_eq!(loaded.contacts[9].seen.roles, [Role::Champion]);
    assert_eq!(loaded.contacts[10].seen.title, title);
    assert!(loaded.contacts[9].seen.active && loaded.contacts[9].seen.company == "Northwind");
    assert_eq!(stand.control("state", json!({}))["jobs"], json!([]), "jobs are deleted");
    assert!(crm.requests() <= 15, "{} requests", crm.requests());
    // A part of it, as a scan cuts it, by ids that lie between.
    let part = pass_within(&crm, Some(contact(&people[99])), Some(contact(&people[199])), None, None).await.unwrap();
    assert_eq!(part.ids(), people[100..200].iter().map(String::as_str).collect::<Vec<_>>());
}

#[tokio::test]
async fn results_that_are_gone_begin_the_pass_again_and_no_jobs_at_all_are_no_obstacle() {
    let stand = Stand::start();
    stand.set("generated", json!(60_000));
    stand.fault("results.*locator", 404, "", json!({}), 1);
    let crm = stand.crm();
    let query = ContactQuery::default();
    assert!(matches!(crm.contacts(&query).await, Err(CrmError::Restart(_))));
    let page = crm.contacts(&query).await.unwrap();
    assert_eq!((page.contacts.len(), page.contacts[0].seen.company.as_str()), (4_000, "Northwind Traders 0"));

    stand.set("generated", json!(0));
    let (stand, _, people) = Stand::with_people(50_000);
    stand.fault("POST .*jobs/query", 400, r#"[{"errorCode":"FEATURENOTENABLED","message":"x"}]"#, json!({}), 1);
    assert_eq!(pass(&stand.crm(), None, None).await.unwrap().contacts.len(), people.len());
    assert_eq!(stand.requests("jobs/query"), 1);
}

#[tokio::test]
async fn page_by_page_no_job_is_begun() {
    let (stand, _, people) = Stand::with_people(50_000);
    let crm = stand.crm().page_by_page();
    assert_eq!(pass(&crm, None, None).await.unwrap().contacts.len(), people.len());
    assert_eq!(stand.requests("jobs/query"), 0);
}

/// In which a process is told to measure, and how many contacts. A million is what is promised; it takes minutes without
/// optimisation, so that a test run has fewer.
const COUNT: &str = "BATON_FIRST_LOAD";
const FEWER: u64 = 150_000;
const MOST_MIB: u64 = 128;

#[test]
fn a_first_load_streams_in_bounded_memory() {
    let count = std::env::var(COUNT).ok().and_then(|count| count.parse().ok()).unwrap_or(FEWER);
    // In a process of its own, since other tests take memory too.
    let measured = std::process::Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "first_load::streams_and_tells_its_peak", "--nocapture"])
        .env(COUNT, count.to_string())
        .env("BATON_FIRST_LOAD_INSIDE", "1")
        .output()
        .unwrap();
    let told = String::from_utf8_lossy(&measured.stdout);
    assert!(measured.status.success(), "{told}{}", String::from_utf8_lossy(&measured.stderr));
    let peak =
        told.split("peak: ").nth(1).and_then(|rest| rest.split(' ').next()).and_then(|mib| mib.parse::<u64>().ok());
    println!("{}", told.lines().find(|line| line.contains("peak: ")).unwrap_or_default());
    assert!(peak.expect("a peak") < MOST_MIB, "{told}");
}

#[tokio::test]
async fn streams_and_tells_its_peak() {
    let inside = std::env::var("BATON_FIRST_LOAD_INSIDE").is_ok();
    let count = std::env::var(COUNT).ok().and_then(|count| count.parse().ok()).filter(|_| inside).unwrap_or(60_000);
    let stand = Stand::start();
    stand.set("generated", json!(count));
    let crm = stand.crm();
    let began = std::time::Instant::now();
    let (mut given, mut last, mut with_role) = (0_u64, None, 0_u64);
    loop {
        let page = crm.contacts(&ContactQuery { after: last.as_ref(), ..ContactQuery::default() }).await.unwrap();
        given += page.contacts.len() as u64;
        with_role += page.contacts.iter().filter(|contact| !contact.seen.roles.is_empty()).count() as u64;
        assert!(page.contacts.first().is_none_or(|first| last.as_ref().is_none_or(|last| first.id > *last)));
        last = page.through;
        if last.is_none() {
            break;
        }
    }
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let peak = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap();
    let peak: u64 = peak.trim().trim_end_matches("kB").trim().parse().unwrap();
    println!("{given} contacts in {:.1?}, {} requests, peak: {} MiB", began.elapsed(), crm.requests(), peak / 1024);
    assert_eq!((given, with_role), (count, count / 5));
}
