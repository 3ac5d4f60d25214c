//! The doctor names what is missing and how to mend it, and is content with what is whole.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde_json::{Value, json};

use crate::ses::{self, Standing};
use crate::site::{QUEUES, Said, Site};
use crate::stand_in;

/// The scopes without which HubSpot is not as it should be.
const HUBSPOTS: [&str; 7] = [
    "crm.objects.contacts.read",
    "crm.objects.companies.read",
    "crm.objects.owners.read",
    "crm.objects.deals.read",
    "tickets",
    "crm.objects.contacts.write",
    "crm.objects.companies.write",
];

/// What the doctor says of each thing, with its grade.
fn findings(said: &Said) -> BTreeMap<String, (String, String)> {
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let lines = said.out.lines().map(|line| serde_json::from_str::<Value>(line).unwrap());
    lines
        .map(|f| (text(&f["about"]), (text(&f["grade"]), format!("{} → {}", text(&f["says"]), text(&f["remedy"])))))
        .collect()
}

#[test]
fn on_an_empty_account_the_missing_stack_is_named_and_how_to_deploy_it() {
    let Some(site) = Site::on_moto("empty") else { return };
    let said = site.baton(&["doctor", "--aws"]);
    assert_eq!(said.code, Some(1), "{said:?}");
    assert!(said.out.contains("FAIL  stack baton: there is no stack baton in us-east-1"), "{said:?}");
    assert!(said.out.contains("→ deploy it: cd infra, then sam build && sam deploy --guided"), "{said:?}");
}

#[test]
fn of_a_stack_whose_parts_are_gone_every_part_is_named() {
    let Some(mut site) = Site::on_moto("gone") else { return };
    site.ses = ses::start(Standing { out_of_sandbox: false, verified: false });
    site.make_stack();
    let said = site.baton(&["doctor", "--aws", "--stack", &site.name, "--format", "json"]);
    assert_eq!(said.code, Some(1), "{said:?}");
    let found = findings(&said);
    let name = &site.name;
    let queues = QUEUES.iter().flat_map(|q| [format!("queue {q}"), format!("queue {q}-dead-letters")]);
    let rest = [
        format!("table {name}"),
        format!("event bus {name}"),
        "queue schedules-dead-letters".to_owned(),
        "Slack token".to_owned(),
        "SES account".to_owned(),
        "sender baton@us.example".to_owned(),
        format!("exports in s3://{name}/exports/"),
    ];
    for about in queues.chain(rest) {
        let grade = found.get(&about).map(|(grade, _)| grade.as_str());
        assert_eq!(grade, Some("fail"), "{about}: {found:#?}");
    }
    assert!(found["Slack token"].1.contains("aws secretsmanager put-secret-value"), "{found:#?}");
    assert!(found["SES account"].1.contains("in the sandbox"), "{found:#?}");
    assert!(found["sender baton@us.example"].1.contains("create-email-identity --email-identity us.example"));
}

#[test]
fn a_whole_deployment_is_all_right_until_a_message_is_given_up() {
    let Some(site) = whole("whole") else { return };
    let with = |words: &[&str]| site.baton(&[&["doctor", "--aws", "--stack", &site.name], words].concat());
    let said = with(&["--format", "json"]);
    let found = findings(&said);
    let not_ok: Vec<_> = found.iter().filter(|(_, (grade, _))| grade != "ok").collect();
    assert!(said.code == Some(0) && not_ok.is_empty(), "{not_ok:#?}\n{said:?}");
    for about in [
        "last scan",
        "outbox",
        "configuration",
        "Slack token",
        "Slack's scope chat:write",
        "SES account",
        "export exports/2026-11-22/",
    ] {
        assert!(found.contains_key(about), "{about} was not looked at: {found:#?}");
    }

    site.bury("deliveries", "one", "Slack is down");
    let said = with(&[]);
    assert_eq!(said.code, Some(3), "{said:?}");
    assert!(said.out.contains("warn  queue deliveries-dead-letters: given up: 1, the oldest from 0 min ago"));
    assert!(said.out.contains(&format!("baton redrive deliveries --stack {}", site.name)), "{said:?}");
    assert_eq!(site.depth("deliveries-dead-letters"), 1);
}

#[test]
fn of_a_live_crm_each_thing_is_looked_at_and_no_export_is_missed() {
    let Some(mut site) = Site::on_moto("live") else { return };
    let hubspot =
        stand_in::start(|_| (200, "", json!({ "hubId": 1, "scopes": HUBSPOTS, "companyCurrency": "EUR" }).to_string()));
    (site.crm, site.reached) = (["live", "hubspot"], vec![site.reached[0], hubspot]);
    make_whole(&site, &json!({ "hubspot_token": "pat-1", "hubspot_api": format!("http://127.0.0.1:{hubspot}") }));
    let said = site.baton(&["doctor", "--aws", "--stack", &site.name, "--format", "json"]);
    let found = findings(&said);
    let not_ok: Vec<_> = found.iter().filter(|(_, (grade, _))| grade != "ok").collect();
    assert!(said.code == Some(0) && not_ok.is_empty(), "{not_ok:#?}\n{said:?}");
    assert!(found.contains_key("hubspot: object contacts"), "{found:#?}");
    assert!(!found.keys().any(|about| about.contains("export")), "{found:#?}");
}

#[test]
fn a_live_crm_that_cannot_be_asked_is_named_with_the_reason() {
    let nobody = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let url = format!("http://127.0.0.1:{nobody}");
    let login = json!({ "odoo_url": url, "odoo_database": "crm", "odoo_login": "baton", "odoo_password": "pass-1" });
    for (name, values, about, says) in [
        ("deaf", login, "odoo: Odoo's version", "127.0.0.1"),
        ("keyless", json!({ "odoo_url": url }), "odoo", "ODOO_PASSWORD is not set"),
    ] {
        let Some(mut site) = Site::on_moto(name) else { return };
        (site.crm, site.reached) = (["live", "odoo"], vec![site.reached[0], nobody]);
        make_whole(&site, &values);
        let said = site.baton(&["doctor", "--aws", "--stack", &site.name, "--format", "json"]);
        let found = findings(&said);
        assert_eq!(said.code, Some(1), "{said:?}");
        assert!(found[about].0 == "fail" && found[about].1.contains(says), "{found:#?}");
        assert!(!found.keys().any(|about| about.contains("export")), "{found:#?}");
    }
}

#[test]
fn a_table_without_expiry_and_backups_is_told_how_to_get_them() {
    let Some(site) = Site::on_moto("bare") else { return };
    site.make_table();
    let said = site.baton(&["doctor", "--aws", "--table", &site.name, "--format", "json"]);
    assert_eq!(said.code, Some(1), "{said:?}");
    let found = findings(&said);
    let name = &site.name;
    let (grade, says) = &found[&format!("expiry of {name}")];
    assert!(grade == "fail" && says.contains("aws dynamodb update-time-to-live --table-name"), "{found:#?}");
    let (grade, says) = &found[&format!("backups of {name}")];
    assert!(grade == "fail" && says.contains("aws dynamodb update-continuous-backups"), "{found:#?}");
    assert_eq!(found["configuration"].0, "warn", "{found:#?}");
    assert!(found["last scan"].1.starts_with("there was none yet"), "{found:#?}");
}

#[test]
fn a_configuration_that_nobody_can_read_is_a_failure_with_its_mistakes() {
    use domain::ports::{Item, Key, Store};
    let Some(site) = whole("mistaken") else { return };
    let now = Timestamp::now();
    let text = "[alert]\nthreshold = 7\n";
    let body = serde_json::json!({ "version": "0", "at": now.to_string(), "text": text }).to_string().into_bytes();
    let item = Item { key: Key::new("CONFIG", "CURRENT"), index: None, body, expires: None };
    crate::site::wait(site.store(now).save(vec![item], Vec::new())).unwrap();
    let said = site.baton(&["doctor", "--aws", "--stack", &site.name, "--format", "json"]);
    let found = findings(&said);
    assert_eq!(said.code, Some(1), "{said:?}");
    assert!(found["configuration"].0 == "fail" && found["configuration"].1.contains("line 2: alert.threshold"));
}

fn whole(name: &str) -> Option<Site> {
    let site = Site::on_moto(name)?;
    site.make_export();
    make_whole(&site, &json!({}));
    Some(site)
}

/// All but an export, with these values in the secret beside Slack's token.
fn make_whole(site: &Site, values: &Value) {
    site.make_table();
    site.secure_table();
    site.make_queues();
    site.make_the_rest(values);
    site.make_stack();
    let file = site.file("baton.toml", "[notify]\nsender_address = \"baton@us.example\"\n");
    let pushed = site.baton(&["config", "push", &file, "--stack", &site.name]);
    assert_eq!(pushed.code, Some(0), "{pushed:?}");
    site.scan("2026-11-02", Timestamp::now());
}
