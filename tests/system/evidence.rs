//! Evidence from beside the CRM, and evidence that comes later: one event stays one case over its whole life.

use domain::case::State;
use domain::finding::Verdict;
use jiff::civil::date;

use crate::app::{TestApp, is_about};
use crate::slack_vendor::expect_valid;
use crate::world::World;

/// Maya's Northwind with a champion and two colleagues, and Noah's Fabrikam; seen once.
fn seen_once() -> TestApp {
    let mut world = World::default();
    world.account("Northwind Traders", "Maya").renews("2026-12-01");
    world.account("Fabrikam", "Noah");
    world.person("Dana Fox", "VP Operations", "Northwind Traders").role("Champion");
    world.person("Priya Nair", "Chief Financial Officer", "Northwind Traders").role("Decision Maker");
    world.person("Lee Park", "Operations Manager", "Northwind Traders");
    world.person("Ines Duarte", "Head of Logistics", "Fabrikam").role("Champion");
    world.person("Ola Berg", "Warehouse Manager", "Fabrikam");
    let app = TestApp::new(world);
    app.scan("2026-09-01");
    app
}

/// A reply that nobody wrote by hand, from Dana's mailbox.
fn reply(id: &str, text: &str) -> String {
    format!(
        "From: Dana Fox <dana.fox@northwind.example>\nTo: maya@us.example\nSubject: Automatic reply: Agenda\n\
         Date: Wed, 30 Sep 2026 09:00:00 +0000\nMessage-ID: <{id}@northwind.example>\nAuto-Submitted: auto-replied\n\
         Content-Type: text/plain; charset=utf-8\n\n{text}\n"
    )
}

const LEFT: &str =
    "I am no longer with Northwind Traders. Please contact Lee Park (lee.park@northwind.example) instead.";

fn bounce(address: &str, status: &str, said: &str) -> String {
    format!(
        "From: Mail Delivery System <mailer-daemon@mx.example>\nTo: maya@us.example\nSubject: Undelivered Mail\n\
         Date: Wed, 30 Sep 2026 09:00:00 +0000\nMessage-ID: <{status}-{address}>\nAuto-Submitted: auto-replied\n\
         Content-Type: multipart/report; report-type=delivery-status; boundary=\"b\"\n\n\
         --b\nContent-Type: text/plain\n\nIt could not be delivered.\n\n\
         --b\nContent-Type: message/delivery-status\n\nReporting-MTA: dns; mx.example\n\n\
         Final-Recipient: rfc822; {address}\nAction: failed\nStatus: {status}\nDiagnostic-Code: smtp; 550 {status} {said}\n\n\
         --b--\n"
    )
}

#[test]
fn a_reply_that_says_so_makes_a_departure_with_the_named_successor_first() {
    let app = seen_once();
    app.receive("reply.eml", &reply("1", LEFT));
    let scanned = app.scan("2026-10-01");
    assert_eq!((scanned.record.heard.mails, scanned.record.heard.facts), (1, 1));
    let case = app.case();
    assert_eq!((case.finding.verdict, case.state), (Verdict::Departed, State::Notified));
    let fact = case.finding.evidence.iter().find(|fact| fact.source == "mail").unwrap();
    assert!(fact.observed.unwrap() < fact.recorded.unwrap(), "when the mail was written is not when we read it");
    let candidates = case.context.unwrap().candidates;
    assert_eq!(candidates[0].name.reveal(), "Lee Park");
    assert_eq!(candidates[0].reasons[0], "was named in the person's stead");
    assert!(case.plan.unwrap().steps.iter().any(|step| step.what.reveal().contains("Lee Park")));
}

#[test]
fn a_mail_is_judged_once_however_often_it_is_read() {
    let app = seen_once();
    app.receive("reply.eml", &reply("1", LEFT));
    app.scan("2026-10-01");
    app.receive("reply-again.eml", &reply("1", LEFT));
    let again = app.scan("2026-10-02");
    assert_eq!((again.record.alerted, again.record.held, again.record.silenced), (0, 0, 0));
    assert_eq!((app.case().continued, app.mails().len()), (0, 1));
}

#[test]
fn a_bounce_alone_is_held_and_says_what_would_settle_it_and_a_reply_sends_the_same_case_on_its_way() {
    let app = seen_once();
    app.receive("bounce.eml", &bounce("dana.fox@northwind.example", "5.1.1", "user unknown"));
    app.scan("2026-10-01");
    let held = app.case();
    assert_eq!((held.state, held.finding.verdict), (State::Held, Verdict::Unclear));
    assert!(held.because.contains("would settle it"), "{}", held.because);
    assert!(app.mails().is_empty());

    app.receive("reply.eml", &reply("2", LEFT));
    let raised = app.scan("2026-10-08");
    assert_eq!(raised.record.alerted, 1);
    let case = app.case();
    assert_eq!((&case.id, case.state, case.finding.verdict), (&held.id, State::Notified, Verdict::Departed));
    assert_eq!(app.mails().len(), 1);
    let learned = app.audit().into_iter().find(|entry| entry.action == "detected").unwrap();
    assert!(learned.grounds.reveal().contains("no longer with Northwind"), "{}", learned.grounds.reveal());
}

#[test]
fn a_full_mailbox_and_a_mail_about_a_stranger_say_nothing() {
    let app = seen_once();
    app.receive("full.eml", &bounce("dana.fox@northwind.example", "5.2.2", "mailbox full"));
    app.receive("stranger.eml", &bounce("somebody@elsewhere.example", "5.1.1", "user unknown"));
    let scanned = app.scan("2026-10-01");
    assert_eq!((scanned.record.heard.mails, scanned.record.changed), (2, 0));
    assert!(app.cases().is_empty() && app.silenced().is_empty());
}

#[test]
fn a_leave_is_told_as_a_gap_with_its_end_and_nobody_counts_as_gone() {
    let app = seen_once();
    let text = "I am on parental leave until 31 March 2027. Lee Park (lee.park@northwind.example) stands in for me.";
    app.receive("leave.eml", &reply("1", text));
    app.scan("2026-10-01");
    let case = app.case();
    assert_eq!((case.finding.verdict, case.finding.until), (Verdict::Away, Some(date(2027, 3, 31))));
    let context = case.context.unwrap();
    assert!(context.coverage_after.empty.is_empty(), "the champion is away and not gone");
    assert_eq!(context.candidates[0].name.reveal(), "Lee Park");
    assert!(app.mails()[0].subject.contains("is away until 31 Mar 2027"), "{}", app.mails()[0].subject);
}

#[test]
fn a_successor_who_is_named_later_is_told_in_the_same_thread() {
    let mut app = seen_once();
    app.world.person_mut("Dana Fox").left = true;
    app.scan("2026-10-01");
    app.receive("reply.eml", &reply("1", LEFT));
    app.scan("2026-10-08");
    let case = app.case();
    assert_eq!((case.state, case.continued), (State::Notified, 1));
    let mails = app.mails();
    assert_eq!(mails.len(), 2);
    let answer = mails.iter().find(|mail| mail.in_reply_to.is_some()).unwrap();
    let first = mails.iter().find(|mail| mail.in_reply_to.is_none()).unwrap();
    assert_eq!(answer.in_reply_to.as_ref(), Some(&first.message_id));
    assert!(answer.subject.contains("More about Dana Fox"), "{}", answer.subject);
    expect_valid(&[&app.outbox().join("slack")], 2);
}

#[test]
fn a_contradiction_lowers_the_confidence_and_takes_nothing_back() {
    let mut app = seen_once();
    app.receive("reply.eml", &reply("1", LEFT));
    app.scan("2026-10-01");
    let before = app.case();
    app.world.person_mut("Dana Fox").email = "d.fox@northwind.example".to_owned();
    app.scan("2026-10-08");
    let after = app.case();
    assert_eq!((&after.id, after.state, after.finding.verdict), (&before.id, State::Notified, Verdict::Departed));
    assert_eq!(after.continued, 1);
    assert!(after.finding.confidence < before.finding.confidence - 0.1, "{:#?}", after.finding);
}

#[test]
fn a_list_of_jobs_says_where_a_person_has_gone() {
    let app = seen_once();
    app.write_jobs(
        "email,company,title,started,last_updated\ndana.fox@northwind.example,Contoso,COO,2026-09-15,2026-09-28\n",
    );
    app.scan("2026-10-01");
    let case = app.case();
    assert_eq!((case.finding.verdict, case.finding.to.reveal()), (Verdict::Moved, "Contoso"));
    let fact = case.finding.evidence.iter().find(|fact| fact.happened.is_some()).unwrap();
    assert_eq!(
        fact.happened,
        Some(date(2026, 9, 15)),
        "the day of the change is the job's, not the day somebody looked"
    );
    let context = case.context.unwrap();
    assert!(!is_about(&app.case(), "003C000002"));
    assert!(context.stakeholders.iter().all(|person| person.name.reveal() != "Dana Fox"));
}

#[test]
fn people_who_change_places_between_two_records_of_one_company_alert_nobody() {
    let mut world = World::default();
    world.account("BoCloud", "Maya");
    world.account("Beyondcent", "Maya");
    for name in ["Wei Chen", "Li Na", "Jun Park"] {
        world.person(name, "Engineer", "BoCloud");
    }
    for name in ["Ada Lin", "Bo Sun", "Cy Tang"] {
        world.person(name, "Engineer", "Beyondcent");
    }
    let mut app = TestApp::new(world);
    app.scan("2026-09-01");
    let (one, other) = (app.world.account_mut("BoCloud").id.clone(), app.world.account_mut("Beyondcent").id.clone());
    app.world.person_mut("Wei Chen").account = other.clone();
    app.world.person_mut("Ada Lin").account = one;
    app.scan("2026-10-01");
    assert!(app.cases().iter().all(|case| case.state == State::Held), "{:#?}", app.cases());
    assert!(app.mails().is_empty());
}

#[test]
fn a_move_within_one_group_of_companies_is_not_told_as_a_loss() {
    let mut world = World::default();
    world.account("Umbrella Holding", "Maya");
    world.account("Kestrel Foods", "Maya");
    world.account("Osprey Logistics", "Maya");
    let top = world.account_mut("Umbrella Holding").id.clone();
    world.account_mut("Kestrel Foods").parent = top.clone();
    world.account_mut("Osprey Logistics").parent = top;
    world.person("Dana Fox", "VP Operations", "Kestrel Foods");
    let mut app = TestApp::new(world);
    app.scan("2026-09-01");
    app.world.person_mut("Dana Fox").account = app.world.clone().account_mut("Osprey Logistics").id.clone();
    app.scan("2026-10-01");
    assert!(app.mails().is_empty(), "{:#?}", app.cases());
}

#[test]
fn a_move_out_of_an_account_that_is_gone_with_it_is_told_to_the_default_recipient() {
    let mut app = seen_once();
    app.world.moves("Ola Berg", "Northwind Traders");
    app.world.moves("Ines Duarte", "Northwind Traders");
    app.world.remove_account("Fabrikam");
    app.scan("2026-10-01");
    let case = app.cases().into_iter().find(|case| is_about(case, "003C000004")).unwrap();
    assert_eq!((case.finding.verdict, case.state), (Verdict::Moved, State::Notified));
    assert!(
        app.mails().iter().any(|mail| mail.to == "csm@localhost" && mail.case.as_deref() == Some(case.id.as_str()))
    );
}

#[test]
fn a_doubt_is_told_in_the_thread_and_takes_nothing_back() {
    let mut app = TestApp::configured(seen_once().world.clone(), "[alert]\nthreshold = 0.8\n");
    app.scan("2026-09-01");
    app.receive("reply.eml", &reply("1", LEFT));
    app.scan("2026-10-01");
    app.world.person_mut("Dana Fox").email = "d.fox@northwind.example".to_owned();
    app.scan("2026-10-08");
    let case = app.case();
    assert_eq!((case.state, case.finding.verdict, case.continued), (State::Notified, Verdict::Departed, 1));
    assert!(case.finding.confidence < 0.8, "{}", case.finding.confidence);
    assert_eq!(app.mails().iter().filter(|mail| mail.in_reply_to.is_some()).count(), 1);
}

const JOBS: &str = "email,company,title,started,last_updated";

#[test]
fn a_move_that_a_provider_told_of_and_the_crm_shows_later_is_one_case() {
    let mut app = seen_once();
    app.write_jobs(&format!("{JOBS}\ndana.fox@northwind.example,Fabrikam Ltd,COO,2026-09-15,2026-09-28\n"));
    app.scan("2026-10-01");
    let told = app.case();
    assert_eq!((told.finding.verdict, told.gained_by.is_some()), (Verdict::Moved, false));
    app.world.moves("Dana Fox", "Fabrikam");
    app.scan("2026-10-08");
    let shown = app.case();
    assert_eq!((&shown.id, shown.continued), (&told.id, 1));
    assert!(shown.gained_by.is_some(), "now it is known which account of ours gains the person");
}

#[test]
fn of_a_provider_the_latest_word_counts() {
    let app = TestApp::configured(seen_once().world.clone(), "[people]\nfreshness_days = 1\n");
    app.scan("2026-09-01");
    app.write_jobs(&format!(
        "{JOBS}\ndana.fox@northwind.example,Northwind Traders,VP Operations,2020-01-01,2026-09-05\n"
    ));
    app.scan("2026-09-08");
    assert!(app.cases().is_empty());
    app.write_jobs(&format!("{JOBS}\ndana.fox@northwind.example,Contoso,COO,2026-09-15,2026-09-28\n"));
    app.scan("2026-10-01");
    assert_eq!((app.case().finding.verdict, app.case().state), (Verdict::Moved, State::Notified));
}

#[test]
fn the_same_bounce_over_and_over_teaches_nothing() {
    let app = seen_once();
    app.receive("reply.eml", &reply("1", LEFT));
    app.scan("2026-10-01");
    for (i, day) in ["2026-10-08", "2026-10-15", "2026-10-22"].into_iter().enumerate() {
        let bounce = bounce("dana.fox@northwind.example", "5.1.1", "user unknown");
        app.receive(&format!("bounce-{i}.eml"), &bounce.replace("Message-ID: <", &format!("Message-ID: <{i}-")));
        app.scan(day);
    }
    let case = app.case();
    assert!(case.continued <= 1, "{} times", case.continued);
    assert_eq!((case.finding.verdict, app.mails().len()), (Verdict::Departed, 1));
}

#[test]
fn somebody_whose_leaving_only_mail_has_told_of_is_not_back_because_a_title_is_respelled() {
    let mut app = seen_once();
    app.receive("reply.eml", &reply("1", LEFT));
    app.scan("2026-10-01");
    app.world.person_mut("Dana Fox").title = "Vice President, Operations".to_owned();
    app.scan("2026-10-08");
    app.world.person_mut("Dana Fox").title = "VP, Operations".to_owned();
    app.scan("2027-02-01");
    assert_eq!(app.case().finding.verdict, Verdict::Departed);
}

#[test]
fn in_shadow_nobody_hears_of_what_was_learned_either() {
    let mut app = seen_once();
    app.world.person_mut("Dana Fox").left = true;
    app.scan("2026-10-01");
    app.receive("reply.eml", &reply("1", LEFT));
    app.scan_shadow("2026-10-08");
    assert_eq!((app.case().continued, app.mails().len()), (1, 1));
}
