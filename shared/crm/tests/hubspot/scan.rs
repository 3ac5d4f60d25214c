//! Contacts: what a scan reads, how often it asks, and what becomes of a pass on its way.

use std::collections::BTreeSet;

use crm::{HubSpotCrm, LiveCrm};
use domain::crm::Role;
use domain::ports::{AskedFor, ContactQuery, Crm, CrmError};
use domain::{AccountId, ContactId, Personal};
use jiff::SignedDuration;

use crate::portal::{BEGINNING, Portal};
use crate::{account, contact, hubspot, hubspot_with, ids, one, owner, pages, people, since};

#[tokio::test]
async fn changed_contacts_cost_a_request_for_each_hundred_and_three_more_at_most() {
    for count in [0_usize, 1, 100, 1_000, 10_001] {
        let portal = Portal::start();
        people(&portal, count);
        let crm = hubspot(&portal);
        let found = pages(&crm, since(BEGINNING)).await;
        assert_eq!(ids(&found).len(), count);
        assert!(found.iter().flat_map(|page| &page.contacts).all(|c| c.seen.company.starts_with("Company ")));
        let most = count.div_ceil(100) + 3;
        assert!(crm.requests() as usize <= most, "{count} contacts: {} requests, at most {most}", crm.requests());
    }
}

/// The accounts at the top of these, asked for level by level as a scan does of those that somebody left or came to.
async fn tops(crm: &HubSpotCrm, accounts: BTreeSet<AccountId>) -> BTreeSet<AccountId> {
    let mut tops = accounts;
    for _ in 0..6 {
        let parents = crm.parents(&tops.iter().cloned().collect::<Vec<_>>()).await.unwrap();
        tops = tops.into_iter().map(|top| parents.get(&top).cloned().unwrap_or(top)).collect();
    }
    tops
}

#[tokio::test]
async fn people_who_moved_cost_a_request_more_for_each_hundred_companies_they_left_and_each_level_of_their_groups() {
    for (count, moved, left_unread) in
        [(1_000, 100, false), (1_000, 1_000, false), (1_000, 100, true), (1_000, 1_000, true)]
    {
        let portal = Portal::start();
        people(&portal, count);
        let homes = {
            let mut state = portal.open();
            let holding = state.make("companies", &[("name", "Holding")]).to_string();
            let group = [("name", "Group"), ("hs_parent_company_id", holding.as_str())];
            let group = state.make("companies", &group).to_string();
            let own: Vec<u64> = state.objects["companies"].keys().copied().take(count).collect();
            for company in &own {
                state.change("companies", *company, &[("hs_parent_company_id", &group)]);
            }
            // Whoever moved left the company of somebody else who was changed, or one of which the pass reads nobody.
            let daughter = [("name", "Daughter"), ("hs_parent_company_id", group.as_str())];
            let unread = |_| state.make("companies", &daughter);
            if left_unread { (0..moved).map(unread).collect() } else { own }
        };
        let crm = hubspot(&portal);
        let found = pages(&crm, since(BEGINNING)).await;
        let now = found.iter().flat_map(|page| &page.contacts).filter_map(|c| c.seen.account.clone()).take(moved);
        let around = now.chain(homes.into_iter().take(moved).map(account)).collect();
        assert_eq!(tops(&crm, around).await.len(), 1);
        // The group, and what it belongs to.
        let levels = 2;
        let most = count.div_ceil(100) + 3 + levels + if left_unread { moved.div_ceil(100) } else { 0 };
        assert!(crm.requests() as usize <= most, "{count}, {moved}: {} requests, at most {most}", crm.requests());
    }
}

#[tokio::test]
async fn a_parent_that_was_read_is_asked_for_again_by_the_next_pass() {
    let portal = Portal::start();
    people(&portal, 1);
    let company = *portal.open().objects["companies"].keys().next().unwrap();
    let crm = hubspot(&portal);
    pages(&crm, since(BEGINNING)).await;
    portal.take_requests("");
    assert!(crm.parents(&[account(company)]).await.unwrap().is_empty() && portal.take_requests("").is_empty());
    let group = portal.open().make("companies", &[("name", "Group")]);
    portal.open().change("companies", company, &[("hs_parent_company_id", &group.to_string())]);
    pages(&crm, since(BEGINNING)).await;
    assert_eq!(crm.parents(&[account(company)]).await.unwrap()[&account(company)], account(group));
}

#[tokio::test]
async fn a_search_that_finds_more_than_ten_thousand_is_read_to_its_end_in_the_order_of_ids() {
    let portal = Portal::start();
    people(&portal, 10_001);
    let crm = hubspot(&portal);
    let found = pages(&crm, ContactQuery::default()).await;
    let ids: Vec<ContactId> = found.iter().flat_map(|page| &page.contacts).map(|c| c.id.clone()).collect();
    assert_eq!(ids.len(), 10_001);
    assert!(
        ids.is_sorted()
            && found.iter().rev().skip(1).all(|page| page.through.as_ref() == page.contacts.last().map(|c| &c.id))
    );
    let paged = portal.take_requests("search").iter().filter(|r| r.body.contains("\"after\"")).count();
    assert_eq!(paged, 0, "no search goes on behind its first page");
}

#[tokio::test]
async fn a_pass_whose_second_search_fails_goes_on_behind_the_first_in_this_process_and_in_another_one() {
    let portal = Portal::start();
    people(&portal, 450);
    portal.open().fails("contacts/search", 1, 502, &[], "<html>Bad gateway</html>");
    let crm = hubspot(&portal);
    let first = crm.contacts(&since(BEGINNING)).await.unwrap();
    assert_eq!((first.contacts.len(), first.through.as_ref()), (200, first.contacts.last().map(|c| &c.id)));

    portal.open().fails("contacts/search", 0, 500, &[], "{}");
    let query = ContactQuery { after: first.through.as_ref(), ..since(BEGINNING) };
    assert!(matches!(crm.contacts(&query).await, Err(CrmError::Unavailable(_))));
    let rest = pages(&crm, query).await;
    assert_eq!(ids(&rest).len(), 250);
    assert_eq!(ids(&pages(&hubspot(&portal), query).await), ids(&rest));
}

#[tokio::test]
async fn a_contact_that_changes_in_the_middle_of_a_pass_is_seen_by_it_or_by_the_next_one() {
    let portal = Portal::start();
    people(&portal, 2_100);
    let crm = hubspot(&portal);
    let first = crm.contacts(&since(BEGINNING)).await.unwrap();
    let last = *portal.open().objects["contacts"].keys().last().unwrap();
    let early: u64 = first.contacts[0].id.as_str().parse().unwrap();
    {
        let mut state = portal.open();
        state.wait(SignedDuration::from_hours(1));
        // Both move to the end of whatever is sorted by time.
        state.change("contacts", last, &[("jobtitle", "Chief Executive Officer")]);
        state.change("contacts", early, &[("jobtitle", "Chief Financial Officer")]);
    }
    let rest = pages(&crm, ContactQuery { after: first.through.as_ref(), ..since(BEGINNING) }).await;
    let all = ids(std::slice::from_ref(&first)).len() + ids(&rest).len();
    assert_eq!(all, 2_100, "nobody is given twice, and nobody is lost");
    assert_eq!(rest.last().unwrap().contacts.last().unwrap().seen.title, "Chief Executive Officer");
    let newest = rest.last().unwrap().newest.unwrap();
    let next = pages(&hubspot(&portal), ContactQuery { since: Some(newest), ..ContactQuery::default() }).await;
    assert!(ids(&next).contains(&early.to_string()), "what the pass has missed is newer than what it says it has seen");
}

#[tokio::test]
async fn what_the_index_shows_late_is_found_by_the_next_scan() {
    let portal = Portal::start();
    people(&portal, 2);
    let crm = hubspot(&portal);
    let [late, soon] = pages(&crm, ContactQuery::default()).await[0].contacts.clone().try_into().unwrap();
    {
        let mut state = portal.open();
        state.wait(SignedDuration::from_hours(1));
        state.lags = true;
        state.change("contacts", late.id.as_str().parse().unwrap(), &[("jobtitle", "Late")]);
        state.lags = false;
        state.wait(SignedDuration::from_secs(90));
        state.change("contacts", soon.id.as_str().parse().unwrap(), &[("jobtitle", "Soon")]);
    }
    let crm = hubspot(&portal);
    let found = pages(&crm, since("2026-11-02T07:30:00Z")).await;
    assert_eq!(one(&found).seen.title, "Soon");
    let newest = found[0].newest;
    portal.open().settle();
    let found = pages(&hubspot(&portal), ContactQuery { since: newest, ..ContactQuery::default() }).await;
    let titles: Vec<&str> = found[0].contacts.iter().map(|c| c.seen.title.as_str()).collect();
    assert_eq!(titles, ["Late", "Soon"]);
}

#[tokio::test]
async fn a_contact_is_read_with_all_that_hubspot_knows_of_it() {
    let portal = Portal::start();
    let person = {
        let mut state = portal.open();
        state.owners.push(owner("71", "Maya", 9001, false));
        let company = state.make(
            "companies",
            &[("name", "Northwind Traders"), ("type", "Customer - direct"), ("hubspot_owner_id", "71")],
        );
        let company = company.to_string();
        state.make(
            "contacts",
            &[
                ("firstname", "Dana"),
                ("lastname", "Fox"),
                ("jobtitle", " VP Operations"),
                ("email", "dana@northwind.example"),
                ("mobilephone", "+49 30 1234567"),
                ("associatedcompanyid", &company),
                ("hs_buying_role", "CHAMPION;BUDGET_HOLDER"),
                ("hs_email_hard_bounce_reason_enum", "UNKNOWN_USER"),
                ("hs_updated_by_user_id", "9001"),
                ("left_company", "true"),
                ("key_contact", "false"),
            ],
        )
    };
    let crm = hubspot_with(&portal, "[fields]\nleft = \"No longer there\"\nwatch = \"key_contact\"\n");
    let found = pages(&crm, since(BEGINNING)).await;
    let contact = one(&found);
    let seen = &contact.seen;
    assert_eq!((contact.id.to_string(), contact.by_owner), (person.to_string(), true));
    assert_eq!(
        (seen.company.as_str(), seen.active, seen.title.as_str()),
        ("Northwind Traders", true, " VP Operations")
    );
    assert_eq!(
        (seen.name.reveal(), seen.email.reveal(), seen.phone.reveal()),
        ("Dana Fox", "dana@northwind.example", "+49 30 1234567")
    );
    assert_eq!((seen.bounced, seen.left, seen.unwatched), (true, true, true));
    assert_eq!(seen.roles, [Role::Champion, Role::EconomicBuyer]);
}

#[tokio::test]
async fn a_mapped_property_that_does_not_exist_stops_the_scan_with_what_to_do() {
    let portal = Portal::start();
    people(&portal, 1);
    let crm = hubspot_with(&portal, "[fields]\nleft = \"gone\"\n");
    let error = crm.contacts(&since(BEGINNING)).await.unwrap_err().to_string();
    assert!(error.contains("fields.left") && error.contains("\"gone\"") && error.contains("internal name"), "{error}");
}

#[tokio::test]
async fn archived_contacts_are_gone_and_merged_ones_are_neither_changed_nor_gone() {
    let portal = Portal::start();
    people(&portal, 4);
    let all: Vec<u64> = portal.open().objects["contacts"].keys().copied().collect();
    portal.open().archive("contacts", all[0]);
    portal.open().merge(all[1], all[3]);
    let found = pages(&hubspot(&portal), ContactQuery::default()).await;
    assert_eq!(ids(&found), [all[1].to_string(), all[2].to_string()]);
    assert_eq!(found[0].unreadable, [contact(all[3])]);
}

#[tokio::test]
async fn a_full_pass_goes_on_in_another_process_with_the_last_id_alone() {
    let portal = Portal::start();
    people(&portal, 1_250);
    let first = hubspot(&portal).contacts(&ContactQuery::default()).await.unwrap();
    assert!(first.newest.is_some());
    let rest =
        pages(&hubspot(&portal), ContactQuery { after: first.through.as_ref(), ..ContactQuery::default() }).await;
    assert_eq!((first.contacts.len(), ids(&rest).len()), (1_000, 250));
    assert_eq!(rest[0].newest, None, "only who has seen a pass begin can say from when on the next one has to look");
}

#[tokio::test]
async fn a_pass_stays_within_its_bounds() {
    let portal = Portal::start();
    people(&portal, 10);
    let all: Vec<u64> = portal.open().objects["contacts"].keys().copied().collect();
    let (after, through) = (contact(all[2]), contact(all[6]));
    let query = ContactQuery { after: Some(&after), through: Some(&through), ..ContactQuery::default() };
    assert_eq!(ids(&pages(&hubspot(&portal), query).await), all[3..=6].iter().map(u64::to_string).collect::<Vec<_>>());
}

#[tokio::test]
async fn who_is_asked_for_by_name_is_given_in_its_place_whenever_it_was_changed() {
    let portal = Portal::start();
    people(&portal, 1_300);
    let all: Vec<u64> = portal.open().objects["contacts"].keys().copied().collect();
    {
        let mut state = portal.open();
        state.wait(SignedDuration::from_hours(1));
        for id in &all[100..1_200] {
            state.change("contacts", *id, &[("jobtitle", "CFO")]);
        }
    }
    let also = AskedFor {
        ids: [contact(all[3]), contact(all[1_250]), contact(99), contact(all[150])].into(),
        addresses: [Personal::new("dana7@company7.example"), Personal::new("nobody@nowhere.example")].into(),
    };
    let query = ContactQuery { also: Some(&also), ..since("2026-11-02T07:45:00Z") };
    let found = pages(&hubspot(&portal), query).await;
    let expected = [all[3], all[7]].into_iter().chain(all[100..1_200].iter().copied()).chain([all[1_250]]);
    assert_eq!(ids(&found), expected.map(|id| id.to_string()).collect::<Vec<_>>());
}

#[tokio::test]
async fn a_company_that_the_index_does_not_show_yet_is_read_by_its_id() {
    let portal = Portal::start();
    {
        let mut state = portal.open();
        state.lags = true;
        let company = state.make("companies", &[("name", "Northwind Traders"), ("lifecyclestage", "customer")]);
        state.lags = false;
        state.make("contacts", &[("lastname", "Fox"), ("associatedcompanyid", &company.to_string())]);
    }
    assert_eq!(one(&pages(&hubspot(&portal), since(BEGINNING)).await).seen.company, "Northwind Traders");
}

#[tokio::test]
async fn a_contact_whose_company_is_not_there_is_set_aside_and_not_taken_for_one_without() {
    let portal = Portal::start();
    people(&portal, 2);
    let (company, person) = {
        let state = portal.open();
        (*state.objects["companies"].keys().next().unwrap(), *state.objects["contacts"].keys().next().unwrap())
    };
    portal.open().archive("companies", company);
    let crm = hubspot(&portal);
    let found = pages(&crm, since(BEGINNING)).await;
    assert_eq!((found[0].contacts.len(), found[0].unreadable.as_slice()), (1, [contact(person)].as_slice()));
    let aside = crm.set_aside();
    assert_eq!((aside.len(), aside[0].row, aside[0].column.as_deref()), (1, person, Some("associatedcompanyid")));
    assert!(!crm.is_blind());
}

#[tokio::test]
async fn a_state_of_another_crm_is_refused() {
    let portal = Portal::start();
    let after = ContactId::parse("003A").unwrap();
    let error = hubspot(&portal).contacts(&ContactQuery { after: Some(&after), ..since(BEGINNING) }).await.unwrap_err();
    assert!(error.to_string().contains("003A is no id of HubSpot's"), "{error}");
}
