//! A case that Maya in Berlin was told of, for the tests of what follows.

use jiff::Timestamp;
use jiff::civil::Date;
use serde_json::{Value, json};

use crate::case::Case;
use crate::context::{Context, Fact};

/// Told at a time; Maya's step is due on 10 November 2026, that of Tom in New York on the 12th.
pub(crate) fn told(at: &str) -> Case {
    let finding = json!({
        "verdict": "departed", "confidence": 0.97, "sentence": "Dana Fox has left Northwind Traders.", "from": "", "to": "",
        "evidence": [], "rules": "1",
    });
    let step = |what: &str, who: &str, due: &str| json!({ "what": what, "why": "why", "who": who, "due": due });
    let plan = json!({
        "goal": "g", "playbook": "p", "because": [], "candidates": [],
        "steps": [step("Call Lee Park", "owner", "2026-11-10"), step("Visit Northwind", "manager", "2026-11-12")],
    });
    serde_json::from_value(json!({
        "id": "C-1", "kind": "contact", "account": "001A", "account_name": "Northwind Traders",
        "subject": { "contact": "003A", "name": "Dana Fox", "title": "VP Operations", "email": "dana@northwind.example", "roles": [] },
        "occurrence": 0, "finding": finding, "gained_by": null, "state": "notified", "because": "Maya told",
        "history": [["detected", at], ["notified", at]], "scan": "scan-1", "shadow": false, "config": "v",
        "context": context(at), "plan": plan,
    }))
    .unwrap()
}

/// The same, with the contract's end.
pub(crate) fn renews(case: &mut Case, day: Date) {
    let context: &mut Context = case.context.as_mut().unwrap();
    context.renewal = Some(Fact { value: day, source: "CRM".to_owned(), as_of: Timestamp::UNIX_EPOCH });
}

fn context(at: &str) -> Value {
    let fact = |value: Value| json!({ "value": value, "source": "CRM", "as_of": at });
    let user = |id: &str, name: &str, zone: &str| {
        let email = format!("{}@us.example", name.to_lowercase());
        fact(json!({ "id": id, "name": name, "email": email, "active": true, "zone": zone }))
    };
    let coverage = json!({ "filled": [], "empty": [], "people": 2 });
    json!({
        "account": fact(json!("Northwind Traders")), "status": null, "health": null, "renewal": null, "value": null,
        "opportunities": [], "tickets": [], "stakeholders": [], "candidates": [], "gaining": null,
        "owner": user("005A", "Maya", "Europe/Berlin"), "manager": user("005B", "Tom", "America/New_York"),
        "coverage_before": coverage, "coverage_after": coverage,
    })
}
