//! Nothing personal reaches a log: people with unmistakable names go through every path there is, at the chattiest level.

use rusqlite::Connection;

use crate::fixtures::{NOVEMBER, OCTOBER, Ran, SEPTEMBER, Site};

/// Parts of names, addresses, titles and companies that stand in no text of ours.
const CANARIES: [&str; 12] = [
    "qanarita",
    "qvogelsang",
    "qoberkanar",
    "qbouncing",
    "qaccountia",
    "qownerina",
    "qmanagero",
    "qdealium",
    "qticketum",
    "qbrokenella",
    "qpoisonia",
    "qsuccessora",
];

const ACCOUNTS: &str =
    "Id,Name,Type,OwnerId\n001A,Qaccountia Works,Customer,005A\n001B,Other Qaccountia,Customer,005B\n";
const USERS: &str = "Id,Name,Email,IsActive,ManagerId\n\
    005A,Qownerina Vale,qownerina@ours.example,true,005B\n005B,Qmanagero Boss,\"qmanagero@x.example,y@x.example\",true,\n";
const HEADER: &str =
    "Id,AccountId,Name,Title,Department,Email,EmailBouncedDate,No_Longer_At_Company__c,LastActivityDate\n";

fn expect_silence(ran: &Ran) {
    let logged = ran.err.to_lowercase();
    for canary in CANARIES {
        let leak = logged.lines().find(|line| line.contains(canary));
        assert_eq!(leak, None, "{canary} is logged");
    }
}

fn site() -> Site {
    let site = Site::bare();
    site.write("Account.csv", ACCOUNTS);
    site.write("User.csv", USERS);
    site.write("Opportunity.csv", "Id,AccountId,Name,StageName,Amount\n006A,001A,Qdealium,Open,100\n");
    site.write("OpportunityContactRole.csv", "OpportunityId,ContactId,Role\n006A,003A,Champion\n");
    site.write("Case.csv", "AccountId,CaseNumber,Subject,Priority\n001A,42,Qticketum is broken,High\n");
    site.write(
        "Contact.csv",
        format!(
            "{HEADER}003A,001A,Qanarita Qvogelsang,Head of Qoberkanar,Sales,qanarita@qaccountia.example,,false,\n\
             003B,001A,Qsuccessora Vale,VP Qoberkanar,Sales,qsuccessora@qaccountia.example,,false,\n\
             003C,001B,Qbouncing Vale,CFO,Finance,qbouncing@qaccountia.example,,false,\n\
             003D,001B,Qbrokenella Vale,CTO,IT,qbrokenella@qaccountia.example,,false,\n"
        ),
    );
    site
}

fn scan(site: &Site, now: &str) -> Ran {
    site.baton_logging(
        "trace",
        &["--format", "json", "scan", "--crm", "export:export", "--state", "state", "--now", now],
    )
}

/// People leave, bounce, change their names, and rows break with a name in every column that is checked.
fn october(site: &Site) {
    site.write(
        "Contact.csv",
        format!(
            "{HEADER}003A,001A,Qanarita Qvogelsang,Head of Qoberkanar,Sales,qanarita@qaccountia.example,,true,\n\
             003B,001A,Qsuccessora Fox,Chief Qoberkanar Officer,Sales,qsuccessora@elsewhere.example,,false,Qbrokenella\n\
             003C,001B,Qbouncing Vale,CFO,Finance,qbouncing@qaccountia.example,2026-09-30,false,\n\
             003D,001B,Qbrokenella Vale,CTO,IT,qbrokenella@qaccountia.example,qbrokenella@qaccountia.example,false,\n\
             003E,Qbrokenella Inc.,Qbrokenella Vale,CTO,IT,qbrokenella@qaccountia.example,,false,\n\
             003F,001Qbrokenella,Qbrokenella Vale,CTO,IT,qbrokenella@qaccountia.example,,false,\n\
             003G,001A,Qbrokenella\n\
             Qbrokenella Vale,001A,,CTO,IT,qbrokenella@qaccountia.example,,false,\n\
             003H,001A,Qbrokenella {},CTO,IT,qbrokenella@qaccountia.example,,false,\n",
            "x".repeat(3_000)
        ),
    );
}

#[test]
fn names_addresses_titles_and_companies_reach_no_log() {
    let site = site();
    let ran = scan(&site, SEPTEMBER);
    assert_eq!(ran.code, Some(0), "{}", ran.err);
    expect_silence(&ran);

    october(&site);
    let ran = scan(&site, OCTOBER);
    assert_eq!(ran.code, Some(3), "{}", ran.err);
    assert!(ran.number("alerted") > 0 && ran.set_aside().len() >= 7, "{}", ran.out);
    assert!(ran.out.to_lowercase().contains("qbrokenella"), "the person who runs it is told which value is wrong");
    expect_silence(&ran);
}

#[test]
fn a_message_that_cannot_be_handled_is_logged_without_what_it_says() {
    let site = site();
    scan(&site, SEPTEMBER);
    let database = Connection::open(site.path("state/baton.sqlite")).expect("the state");
    let poison = [
        "Qpoisonia",
        "{\"schema\":1,\"id\":\"m-1\",\"kind\":\"qpoisonia\"}",
        "{\"schema\":\"qpoisonia\",\"id\":\"m-1\",\"kind\":\"enrich\"}",
        "{\"schema\":1,\"id\":\"m-1\",\"kind\":\"enrich\",\"account\":{\"qpoisonia\":1},\"case\":\"C-1\"}",
        "{\"schema\":1,\"id\":\"m-2\",\"kind\":\"enrich\",\"account\":\"Qpoisonia Vale\",\"case\":\"C-1\"}",
        "{\"schema\":2,\"id\":\"qpoisonia\",\"name\":\"Qpoisonia\"}",
    ];
    for queue in ["changes", "enriched", "planned", "deliveries"] {
        for body in poison {
            database
                .execute("INSERT INTO message (queue, body, visible) VALUES (?1, ?2, 0)", [queue, body])
                .expect("a message in the queue");
        }
    }
    drop(database);
    let ran = scan(&site, OCTOBER);
    assert_eq!((ran.code, ran.json()["given_up"].as_array().map(Vec::len)), (Some(3), Some(24)), "{ran:?}");
    assert!(ran.err.contains("a message was given up"), "{}", ran.err);
    expect_silence(&ran);
}

#[test]
fn commands_that_fail_log_no_name() {
    let site = site();
    scan(&site, SEPTEMBER);
    october(&site);
    scan(&site, OCTOBER);
    site.write("User.csv", "Id,Email\n005A,qownerina@ours.example\n");
    let failed = scan(&site, NOVEMBER);
    assert_eq!(failed.code, Some(1), "{}", failed.err);
    expect_silence(&failed);
    for words in [
        &["report", "--state", "state", "--out", "no/such/directory/report.html"][..],
        &["cases", "--state", "nowhere"],
        &["show", "C-NONE", "--state", "state"],
        &["scan", "--crm", "export:nowhere", "--state", "state"],
    ] {
        let ran = site.baton_logging("trace", words);
        assert_eq!(ran.code, Some(1), "{words:?}: {}", ran.err);
        expect_silence(&ran);
    }
    for words in [&["cases", "--state", "state"][..], &["report", "--state", "state", "--out", "report.html"]] {
        let ran = site.baton_logging("trace", words);
        assert_eq!(ran.code, Some(0), "{words:?}: {}", ran.err);
        expect_silence(&ran);
    }
}

#[test]
fn the_events_of_the_bus_name_no_person() {
    let site = site();
    scan(&site, SEPTEMBER);
    october(&site);
    scan(&site, OCTOBER);
    let events = std::fs::read_to_string(site.path("state/outbox/events.jsonl")).expect("the events").to_lowercase();
    assert!(events.lines().count() >= 4, "{events}");
    assert!(CANARIES.iter().all(|canary| !events.contains(canary)), "{events}");
}
