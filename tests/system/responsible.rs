//! Who is told when records and owners change under a case: the winner of a merger, the owner of the day, whoever stands in; and
//! the audit chain says why.

use domain::case::State;

use crate::app::TestApp;
use crate::world::World;

const MAYA: &str = "maya@us.example";
const NOAH: &str = "noah@us.example";
const TOM: &str = "tom@us.example";

/// Maya's Northwind with three people, seen once. Tom is the manager of Maya and Noah.
fn seen_once() -> TestApp {
    let mut world = World::default();
    world.account("Northwind Traders", "Maya");
    world.account("Fabrikam", "Noah");
    world.user("Tom");
    world.manages("Tom", "Maya");
    world.manages("Tom", "Noah");
    world.person("Dana Fox", "VP Operations", "Northwind Traders").role("Champion");
    world.person("Priya Nair", "Chief Financial Officer", "Northwind Traders").role("Decision Maker");
    world.person("Ines Duarte", "Head of Logistics", "Fabrikam");
    let app = TestApp::new(world);
    app.scan("2026-09-01");
    app
}

/// Dana leaves; who is told of it, and what the chain gives as the reason.
#[track_caller]
fn check(app: &mut TestApp, told: &str, because: &str) {
    app.world.person_mut("Dana Fox").left = true;
    app.scan("2026-10-01");
    let recipients: Vec<String> = app.mails().into_iter().map(|mail| mail.to).collect();
    assert_eq!(recipients, [told]);
    assert_eq!(app.slack().into_iter().map(|post| post.to).collect::<Vec<_>>(), [told]);
    let due = app.audit().into_iter().filter(|entry| entry.action == "mail due");
    let grounds: Vec<String> = due.map(|entry| entry.grounds.reveal().to_owned()).collect();
    assert!(grounds.len() == 1 && grounds[0].contains(because), "{grounds:#?}");
}

#[test]
fn an_owner_without_a_mail_address_is_passed_over_for_the_manager_and_the_chain_says_so() {
    let mut app = seen_once();
    app.world.user_mut("Maya").email = String::new();
    check(&mut app, TOM, "you manage the account's owner, and the account's owner has no mail address");
}

#[test]
fn an_owner_who_is_switched_off_is_passed_over_for_the_manager_and_the_chain_says_so() {
    let mut app = seen_once();
    app.world.user_mut("Maya").active = false;
    check(&mut app, TOM, "you manage the account's owner, and the account's owner is no longer active");
}

#[test]
fn where_nobody_can_be_told_the_default_recipient_is_and_the_chain_says_why() {
    let mut app = seen_once();
    app.world.user_mut("Maya").email = String::new();
    app.world.user_mut("Tom").active = false;
    let because = "you are the default recipient: the account's owner has no mail address, and no manager can be told";
    check(&mut app, "csm@localhost", because);
}

#[test]
fn an_account_that_was_given_to_somebody_else_is_the_new_owners_concern() {
    let mut app = seen_once();
    let noah = app.world.user_mut("Noah").id().to_owned();
    app.world.account_mut("Northwind Traders").owner = noah;
    check(&mut app, NOAH, "because you own the account");
}

#[test]
fn a_change_of_the_record_that_was_kept_in_a_merger_is_told_once_and_one_of_the_other_never() {
    let mut app = seen_once();
    app.world.person("Dana Fox", "VP of Operations", "Northwind Traders");
    app.scan("2026-09-08");
    // The first is merged into the second.
    app.world.delete("Dana Fox");
    app.scan("2026-09-15");
    assert!(app.mails().is_empty());
    check(&mut app, MAYA, "because you own the account");
    let case = app.case();
    assert_eq!(case.subject.contact.as_str(), "003C000004", "the record that was kept");
}

#[test]
fn a_record_that_was_deleted_and_restored_tells_nobody_and_is_watched_again() {
    let mut app = seen_once();
    let before = app.world.clone();
    app.world.delete("Dana Fox");
    app.scan("2026-09-08");
    assert_eq!(app.case().state, State::Held);
    app.world = before;
    app.scan("2026-09-15");
    assert_eq!(app.case().state, State::Cleared, "{}", app.case().because);
    assert!(app.mails().is_empty() && app.slack().is_empty());
    app.world.person_mut("Dana Fox").left = true;
    app.scan("2026-10-01");
    assert_eq!(app.mails().into_iter().map(|mail| mail.to).collect::<Vec<_>>(), [MAYA]);
}
