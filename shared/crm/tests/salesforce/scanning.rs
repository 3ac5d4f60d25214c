//! What a scan sees, and what it costs.

use std::collections::BTreeSet;

use crm::LiveCrm;
use domain::Personal;
use domain::config::Config;
use domain::crm::Role;
use domain::ports::{AskedFor, Crm, CrmError};
use serde_json::json;

use crate::stand::{NOW, Stand, account, at, contact, pass, pass_within};

#[tokio::test]
async fn a_full_pass_gives_every_contact_once_with_its_account_and_roles() {
    let (stand, northwind, people) = Stand::with_people(4_100);
    let deal =
        stand.load("Opportunity", json!([{ "AccountId": northwind, "Name": "x", "StageName": "New" }])).remove(0);
    stand.load(
        "OpportunityContactRole",
        json!([{ "OpportunityId": deal, "ContactId": people[7], "Role": "Executive Sponsor" }]),
    );
    stand.set("page", json!(700));
    let crm = stand.crm();
    let pass = pass(&crm, None, None).await.unwrap();
    assert_eq!(pass.contacts.len(), 4_100);
    assert_eq!(pass.newest, Some(at(NOW)));
    let seen = &pass.contacts[7].seen;
    assert_eq!(
        (seen.company.as_str(), seen.active, &seen.roles[..]),
        ("Northwind", true, &[Role::ExecutiveSponsor][..])
    );
    assert!(pass.contacts[8].seen.roles.is_empty() && crm.set_aside().is_empty());
}

#[tokio::test]
async fn n_changed_contacts_cost_at_most_a_request_for_each_200_and_three() {
    let (stand, northwind, people) = Stand::with_people(10_000);
    stand.change("Account", &northwind, json!({ "SystemModstamp": null }));
    for count in [0, 1, 200, 2_000, 10_000] {
        stand.set("now", json!(at("2026-11-02T09:00:00Z").as_second() + 20_000 * count));
        let since = at(stand.control("state", json!({}))["now"].as_str().unwrap().replace("+0000", "Z").as_str());
        stand.control(
            "touch",
            json!({ "ids": people[..usize::try_from(count).unwrap()], "title": format!("CFO {count}") }),
        );
        let since = since + jiff::SignedDuration::from_secs(1);
        let crm = stand.crm_of(&stand.variables(), &Config::shipped(), "2026-12-31T00:00:00Z");
        let changed = pass(&crm, Some(since), None).await.unwrap();
        assert_eq!(changed.contacts.len(), usize::try_from(count).unwrap());
        // A scan asks for the parents of those that moved, level by level.
        let mut accounts: Vec<_> = changed.contacts.iter().filter_map(|c| c.seen.account.clone()).collect();
        accounts.dedup();
        crm.parents(&accounts).await.unwrap();
        let most = u64::try_from(count).unwrap().div_ceil(200) + 3;
        assert!(
            crm.requests() <= most,
            "{count} changed contacts cost {} requests, and {most} are the most",
            crm.requests()
        );
        println!("{count} changed contacts: {} requests, {most} at most", crm.requests());
    }
}

#[tokio::test]
async fn more_changes_than_an_invocation_can_gather_are_said_to_be_too_many_and_a_process_that_stays_reads_them() {
    let (stand, _, people) = Stand::with_people(33_000);
    let since = at("2026-10-01T00:00:00Z");
    let (crm, stays) = (stand.crm().page_by_page(), stand.crm());
    let refused = pass(&crm, Some(since), None).await;
    assert!(matches!(&refused, Err(CrmError::TooMany(why)) if why.contains("30000")), "{:?}", refused.err());
    assert!(crm.requests() <= 20, "it was found out with {} requests", crm.requests());
    assert_eq!(pass(&stays, Some(since), None).await.unwrap().contacts.len(), people.len());
}

#[tokio::test]
async fn rows_of_one_second_are_given_once_however_pages_cut_them() {
    let (stand, _, people) = Stand::with_people(4_500);
    let crm = stand.crm();
    let changed = pass(&crm, Some(at(NOW)), None).await.unwrap();
    assert_eq!(changed.ids(), people.iter().map(String::as_str).collect::<Vec<_>>());
    assert_eq!(changed.pages, 2);
}

#[tokio::test]
async fn a_delta_sees_what_was_deleted_merged_and_restored() {
    let (stand, _, people) = Stand::with_people(6);
    stand.control("delete", json!({ "object": "Contact", "id": people[1] }));
    stand.control("merge", json!({ "object": "Contact", "loser": people[2], "winner": people[3] }));
    stand.control("delete", json!({ "object": "Contact", "id": people[4] }));
    stand.control("undelete", json!({ "object": "Contact", "id": people[4] }));
    let crm = stand.crm();
    let since = at(NOW) + jiff::SignedDuration::from_secs(1);
    let changed = pass(&crm, Some(since), None).await.unwrap();
    assert_eq!(changed.gone, [contact(&people[1]), contact(&people[2])]);
    assert_eq!(changed.ids(), [&people[3], &people[4]]);
    let full = pass(&crm, None, None).await.unwrap();
    assert_eq!((full.contacts.len(), full.gone.len()), (4, 0));
}

#[tokio::test]
async fn a_delta_sees_whose_account_was_renamed_who_moved_and_whose_role_was_changed_or_taken_away() {
    let (stand, northwind, people) = Stand::with_people(3);
    let acme = stand.load("Account", json!([{ "Name": "Acme", "Type": "Prospect" }])).remove(0);
    let others = stand.control("many", json!({ "account": acme, "count": 3 }));
    let others = crate::stand::ids(&others);
    let deal = stand.load("Opportunity", json!([{ "AccountId": northwind, "Name": "x" }])).remove(0);
    let role = json!([{ "OpportunityId": deal, "ContactId": people[0], "Role": "Champion" }]);
    let role = stand.load("OpportunityContactRole", role).remove(0);
    let crm = stand.crm_of(&stand.variables(), &Config::shipped(), "2026-11-02T08:00:00Z");
    let next = || {
        at(stand.control("state", json!({}))["now"].as_str().unwrap().replace("+0000", "Z").as_str())
            + jiff::SignedDuration::from_secs(1)
    };

    let since = next();
    stand.change("Account", &acme, json!({ "Name": "Acme Corporation" }));
    let renamed = pass(&crm, Some(since), None).await.unwrap();
    assert_eq!(renamed.ids(), others);
    assert_eq!(renamed.contacts[0].seen.company, "Acme Corporation");

    let since = next();
    stand.change("Contact", &people[2], json!({ "AccountId": acme }));
    let moved = pass(&crm, Some(since), None).await.unwrap();
    assert_eq!(moved.ids(), [&people[2]]);
    assert_eq!((moved.contacts[0].seen.account.clone(), moved.contacts[0].seen.active), (Some(account(&acme)), false));
    assert_eq!(moved.newest, Some(since));

    let since = next();
    stand.control("delete", json!({ "object": "OpportunityContactRole", "id": role }));
    let without = pass(&crm, Some(since), None).await.unwrap();
    assert_eq!((without.ids(), without.contacts[0].seen.roles.len()), (vec![people[0].as_str()], 0));
}

#[tokio::test]
async fn who_is_asked_for_by_name_is_given_whenever_changed() {
    let (stand, _, people) = Stand::with_people(3);
    let addressed = json!([{ "LastName": "O'Neil", "Email": "o'neil\\\"@Acme.example" }]);
    let addressed = stand.load("Contact", addressed).remove(0);
    let also = AskedFor {
        ids: BTreeSet::from([contact(&people[1]), contact("no-id-of-salesforce")]),
        addresses: BTreeSet::from([Personal::new("o'neil\\\"@acme.example"), Personal::new("' OR Name != '")]),
    };
    let given = pass(&stand.crm(), Some(at("2026-11-03T00:00:00Z")), Some(&also)).await.unwrap();
    assert_eq!(given.ids(), [&people[1], &addressed]);
}

#[tokio::test]
async fn parts_of_a_pass_hold_every_contact_once() {
    let (stand, _, people) = Stand::with_people(3_000);
    let crm = stand.crm();
    let cuts = crm.cuts(500, 90).await.unwrap();
    assert_eq!(cuts.len(), 5);
    let mut given = Vec::new();
    let from = std::iter::once(None).chain(cuts.iter().cloned().map(Some));
    let to = cuts.iter().cloned().map(Some).chain(std::iter::once(None));
    for (after, through) in from.zip(to) {
        let part = pass_within(&crm, after, through, None, None).await.unwrap();
        assert!((400..=600).contains(&part.contacts.len()), "{}", part.contacts.len());
        given.extend(part.ids().into_iter().map(str::to_owned));
    }
    assert_eq!(given, people);
}

#[tokio::test]
async fn a_hierarchy_of_accounts_is_read_in_one_request() {
    let stand = Stand::start();
    let mut above = None::<String>;
    let chain: Vec<String> = (0..5)
        .map(|level| {
            let id = stand.load("Account", json!([{ "Name": level, "ParentId": above }])).remove(0);
            above = Some(id.clone());
            id
        })
        .collect();
    let crm = stand.crm();
    let mut below = chain[4].clone();
    for parent in chain[..4].iter().rev() {
        let parents = crm.parents(&[account(&below)]).await.unwrap();
        assert_eq!(parents.get(&account(&below)), Some(&account(parent)));
        below.clone_from(parent);
    }
    assert!(crm.parents(&[account(&below)]).await.unwrap().is_empty());
    assert_eq!(stand.requests("ParentId"), 1);
}
