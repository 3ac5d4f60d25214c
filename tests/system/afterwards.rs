//! What happens to people after they have left, and other second chapters, one sentence a test.

use domain::case::State;
use domain::finding::Verdict;

use crate::app::TestApp;
use crate::world::World;

const MAYA: &str = "maya@us.example";
const NOAH: &str = "noah@us.example";

/// Maya's Northwind and Noah's Fabrikam, seen once.
fn seen_once() -> TestApp {
    let mut world = World::default();
    world.account("Northwind Traders", "Maya");
    world.account("Fabrikam", "Noah");
    world.person("Dana Fox", "VP Operations", "Northwind Traders").role("Champion");
    world.person("Priya Nair", "Chief Financial Officer", "Northwind Traders").role("Decision Maker");
    world.person("Tom Weiss", "Operations Director", "Northwind Traders").role("Technical Lead");
    world.person("Ines Duarte", "Head of Logistics", "Fabrikam");
    let app = TestApp::new(world);
    app.scan("2026-09-01");
    app
}

fn verdicts(app: &TestApp) -> Vec<Verdict> {
    app.cases().iter().map(|case| case.finding.verdict).collect()
}

#[test]
fn a_person_who_left_and_turns_up_at_another_account_of_ours_is_news_for_both_owners() {
    let mut app = seen_once();
    app.world.person_mut("Dana Fox").left = true;
    app.scan("2026-10-01");
    let fabrikam = app.world.account_mut("Fabrikam").id.clone();
    let dana = app.world.person_mut("Dana Fox");
    (dana.left, dana.account, dana.email) = (false, fabrikam, "dana.fox@fabrikam.example".to_owned());
    app.scan("2026-10-08");

    assert_eq!(verdicts(&app), [Verdict::Departed, Verdict::Moved]);
    let told: Vec<_> = app.mails().into_iter().map(|mail| mail.to).collect();
    assert!(told.contains(&NOAH.to_owned()), "{told:?}");
    assert_eq!(told.iter().filter(|to| *to == MAYA).count(), 2);
}

#[test]
fn a_record_of_a_person_who_left_that_is_given_to_somebody_else_is_news() {
    let mut app = seen_once();
    app.world.person_mut("Dana Fox").left = true;
    app.scan("2026-10-01");
    let record = app.world.person_mut("Dana Fox");
    (record.left, record.name, record.email) =
        (false, "Omar Haddad".to_owned(), "omar.haddad@northwind-traders.example".to_owned());
    app.scan("2026-10-08");
    app.world.person_mut("Omar Haddad").left = true;
    app.scan("2026-10-15");

    assert_eq!(verdicts(&app), [Verdict::Departed, Verdict::Replaced, Verdict::Departed]);
}

#[test]
fn somebody_reported_as_gone_is_nobodys_successor_however_long_the_crm_lists_them() {
    let mut app = seen_once();
    app.world.person_mut("Tom Weiss").title = "Former Operations Director".to_owned();
    app.scan("2026-10-01");
    app.world.person_mut("Dana Fox").left = true;
    app.scan("2026-10-08");

    let cases = app.cases();
    let context = cases.iter().find(|c| c.subject.name.reveal() == "Dana Fox").unwrap().context.clone().unwrap();
    assert!(context.stakeholders.iter().all(|s| s.name.reveal() != "Tom Weiss"), "{context:?}");
    assert!(context.candidates.iter().all(|c| c.name.reveal() != "Tom Weiss"), "{context:?}");
}

#[test]
fn an_account_that_becomes_a_customer_is_a_baseline_and_no_crowd_of_arrivals() {
    let mut app = seen_once();
    app.world.account("Initech", "Noah").kind = "Prospect".to_owned();
    app.world.person("Bill Lumb", "Chief Executive Officer", "Initech");
    app.scan("2026-10-01");
    app.world.account_mut("Initech").kind = "Customer - Direct".to_owned();
    app.scan("2026-10-08");

    assert_eq!(verdicts(&app), []);
}

#[test]
fn a_contact_that_loses_its_account_is_held_for_a_look() {
    let mut app = seen_once();
    app.world.person_mut("Dana Fox").account = String::new();
    app.scan("2026-10-01");

    let case = app.case();
    assert_eq!((case.finding.verdict, case.state), (Verdict::Unclear, State::Held));
}

#[test]
fn another_name_under_an_address_that_nobody_edited_is_held_for_a_look() {
    let mut app = seen_once();
    app.world.person_mut("Dana Fox").name = "Mary Zyx".to_owned();
    app.scan("2026-10-01");

    let case = app.case();
    assert_eq!((case.finding.verdict, case.state), (Verdict::Unclear, State::Held));
}

#[test]
fn two_records_of_one_person_that_disappear_together_are_no_merger() {
    let mut app = seen_once();
    app.world.person("Priya Nair", "CFO", "Northwind Traders");
    app.scan("2026-10-01");
    app.world.delete("Priya Nair");
    app.world.delete("Priya Nair");
    app.scan("2026-10-08");

    assert_eq!(verdicts(&app), [Verdict::Unclear, Verdict::Unclear]);
}

#[test]
fn what_speaks_for_a_promotion_is_only_what_is_about_it() {
    let mut app = seen_once();
    let tom = app.world.person_mut("Tom Weiss");
    (tom.title, tom.name) = ("VP Operations".to_owned(), "Thomas Weiss".to_owned());
    app.scan("2026-10-01");

    let finding = app.case().finding;
    assert_eq!(finding.verdict, Verdict::Promoted);
    let weighed: Vec<_> = finding.evidence.iter().filter(|e| e.weight != 0.0).map(|e| e.source.as_str()).collect();
    assert_eq!(weighed, ["Contact.Title"]);
}
