//! So many real changes in Odoo, so many cases and notes; spelling makes none, and nothing is logged twice.

use std::collections::BTreeMap;

use domain::case::{Case, State};
use domain::finding::Verdict;
use envelope::Pass;
use serde_json::{Value, json};

use crate::app::App;
use crate::office::{Office, in_odoo};

/// Every company is active: the demo data has no tag for customers.
const CONFIG: &str = "[accounts]\nactive = \"\"\n";

/// Edits after which somebody has to be told, by the person's name, with the verdict.
async fn real_edits(office: &Office) -> BTreeMap<&'static str, &'static str> {
    let edit = async |name: &str, values: Value| office.edit("res.partner", office.partner(name).await, values).await;
    edit("Julie Richards", json!({ "function": "Chief Financial Officer" })).await;
    let azure = office.partner("Azure Interior").await;
    edit("Edwin Hansen", json!({ "parent_id": azure })).await;
    edit("Travis Mendoza", json!({ "function": "Former Knowledge Manager", "active": false })).await;
    let name = json!({ "name": "Priya Nair", "email": "priya.nair@example.com", "phone": "(444)-020-1711" });
    edit("Soham Palmer", name).await;
    let addict = office.partner("Deco Addict").await;
    let values = json!({
        "name": "Greta Lindqvist", "function": "Vice President of Operations", "parent_id": addict,
        "email": "greta.lindqvist@example.com"
    });
    office.create("res.partner", values).await;
    BTreeMap::from([
        ("Julie Richards", "promoted"),
        ("Edwin Hansen", "moved"),
        ("Travis Mendoza", "departed"),
        ("Soham Palmer", "replaced"),
        ("Greta Lindqvist", "arrived"),
    ])
}

/// Edits of which nobody wants to hear. Returns of how many people.
async fn spelling_edits(office: &Office) -> usize {
    let edits = [
        ("Toni Rhodes", json!({ "name": "RHODES, Toni" })),
        ("Gordon Owens", json!({ "function": "Sr. Consultant" })),
        ("Kim Snyder", json!({ "phone": "+1 215 379 4865" })),
        ("Billy Fox", json!({ "function": "production supervisor " })),
        ("Lorraine Douglas", json!({ "email": "Lorraine.Douglas35@Example.com" })),
        ("Lumber Inc", json!({ "name": "Lumber, Inc." })),
    ];
    // The last is of a company, and so of the person before it once more.
    let people = edits.len() - 1;
    for (name, values) in edits {
        office.edit("res.partner", office.partner(name).await, values).await;
    }
    people
}

#[test]
fn real_edits_give_a_case_and_a_note_each_and_spelling_edits_none() {
    in_odoo(async |office| {
        let seller = prepare(&office).await;
        let mut app = App::new(CONFIG);
        let baseline = app.scan(&office, Pass::Full).await;
        assert!(baseline.record.first_seen >= 25 && baseline.record.alerted == 0, "{:?}", baseline.record);
        assert!(app.cases().await.is_empty());

        let before = office.latest_message().await;
        let real = real_edits(&office).await;
        let spelled = spelling_edits(&office).await;
        let edwin = office.partner("Edwin Hansen").await;
        let delta = app.scan(&office, Pass::Delta).await;
        let cases = app.cases().await;
        check_cases(&cases, &real);
        let silenced = app.silenced().await;
        assert!(silenced.len() == spelled && silenced.iter().all(|silent| silent.finding.verdict == Verdict::Cosmetic));

        let notes = office.notes(before).await;
        assert_eq!(notes.len(), real.len(), "{notes:#?}");
        for case in &cases {
            check_log(&office, case, &notes, edwin, seller).await;
        }
        let touched = delta.record.touched.unwrap();
        assert!(delta.requests <= touched.div_ceil(2_000) + 3, "{} requests for {touched} people", delta.requests);

        // Nothing has changed since, whichever way it is looked at; our own notes are no changes either.
        for pass in [Pass::Delta, Pass::Full, Pass::Delta] {
            let again = app.scan(&office, pass).await;
            assert_eq!((again.record.alerted, again.record.changed), (0, 0), "{:?}", again.record);
        }
        assert_eq!(office.notes(before).await.len(), real.len());
        assert_eq!(app.cases().await.len(), real.len());
    });
}

#[test]
fn a_person_who_is_only_archived_is_held_for_review_and_one_who_is_deleted_is_missed_by_a_full_pass() {
    in_odoo(async |office| {
        let mut app = App::new(CONFIG);
        app.scan(&office, Pass::Full).await;
        let before = office.latest_message().await;
        let archived = office.partner("Oscar Morgan").await;
        office.edit("res.partner", archived, json!({ "active": false })).await;
        let deleted = office.partner("Tom Ruiz").await;
        office.call("res.partner", "unlink", json!([[deleted]]), json!({})).await;
        app.scan(&office, Pass::Delta).await;
        let cases = app.cases().await;
        let held: Vec<_> = cases.iter().map(|case| (case.subject.contact.to_string(), case.state)).collect();
        assert_eq!(held, [(archived.to_string(), State::Held)]);
        app.scan(&office, Pass::Full).await;
        let cases = app.cases().await;
        assert!(cases.iter().any(|case| case.subject.contact.as_str() == deleted.to_string()), "{cases:#?}");
        assert!(office.notes(before).await.is_empty(), "what is held is not logged");
    });
}

/// Gemini Furniture has a seller, and the seller's team a leader.
async fn prepare(office: &Office) -> i64 {
    let seller = office.find("res.users", json!([["login", "=", "demo"]])).await[0];
    let leader = office.find("res.users", json!([["login", "=", "admin"]])).await[0];
    let team = office.find("crm.team", json!([["member_ids", "in", [seller]]])).await[0];
    office.edit("crm.team", team, json!({ "user_id": leader })).await;
    office.edit("res.partner", office.partner("Gemini Furniture").await, json!({ "user_id": seller })).await;
    seller
}

fn check_cases(cases: &[Case], real: &BTreeMap<&str, &str>) {
    let verdicts: Vec<String> = cases.iter().map(|case| case.finding.verdict.to_string()).collect();
    let mut wanted: Vec<&str> = real.values().copied().collect();
    let mut found: Vec<&str> = verdicts.iter().map(String::as_str).collect();
    wanted.sort_unstable();
    found.sort_unstable();
    let told: Vec<_> = cases.iter().map(|case| format!("{} {}", case.state, case.finding.sentence.reveal())).collect();
    assert_eq!(found, wanted, "{told:#?}");
    assert!(cases.iter().all(|case| case.state == State::Notified), "{told:#?}");
}

/// The note says which case it is and stands where the account's people look; every step of the plan is an activity there.
async fn check_log(office: &Office, case: &Case, notes: &[Value], edwin: i64, seller: i64) {
    let is_its = |note: &&Value| note["body"].as_str().unwrap().contains(case.id.as_str());
    let note = notes.iter().find(is_its).unwrap_or_else(|| panic!("no note names {}", case.id));
    let moved = case.subject.contact.as_str() == edwin.to_string();
    let place = if moved { case.account.to_string() } else { case.subject.contact.to_string() };
    assert_eq!((note["model"].as_str(), note["res_id"].to_string()), (Some("res.partner"), place.clone()));
    assert_eq!(note["subtype_id"][1], "Note", "a note is for us and not sent to anybody");

    let plan = case.plan.as_ref().unwrap();
    let activities = office.activities(case.id.as_str()).await;
    let planned: BTreeMap<String, String> =
        plan.steps.iter().map(|step| (step.what.reveal().to_owned(), step.due.to_string())).collect();
    let text = |activity: &Value, field: &str| activity[field].as_str().unwrap().to_owned();
    let found = activities.iter().map(|a| (text(a, "summary"), text(a, "date_deadline"))).collect::<BTreeMap<_, _>>();
    assert_eq!(found, planned);
    for activity in &activities {
        assert_eq!(activity["res_id"].to_string(), place);
        if moved {
            let users = [seller, office.find("res.users", json!([["login", "=", "admin"]])).await[0]];
            assert!(users.map(Value::from).contains(&activity["user_id"][0]), "{activity:#}");
        }
    }
}
