//! Least privilege: what the template allows each function is what it needs, no more and no less. That nothing is missing is
//! held against every run of every test here, when its deployment is dropped; that nothing is in excess, against a run in
//! which everything happens that a function has a permission for.
//!
//! `BATON_TEMPLATE_PYTHON` names a Python that can read the template; without it this is skipped.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::process::Command;
use std::sync::OnceLock;

use jiff::SignedDuration;
use serde_json::{Value, json};

use crate::answers;
use crate::app::morning;
use crate::aws::table::Item;
use crate::calls::{Permission, Site};
use crate::deployment::Deployment;
use crate::disturbed;
use crate::ending::take;
use crate::equality::{scan, scan_world};
use crate::faults::{Fault, Plan};
use crate::mapping::Unruly;
use crate::services::named;
use crate::stories;
use crate::world::World;

/// What is not there has this at the end of its name, so that no policy is expected to allow it.
const OF_NOBODY: [&str; 2] = ["of-nobody", "OfNobody"];

/// What no run over exports needs: the credentials of a live CRM; and a queue to which nothing of ours is sent, and whose length the
/// steward asks.
const NEEDED_ELSEWHERE: [(&str, &str); 4] = [
    ("scanner", "secretsmanager:GetSecretValue Secret"),
    ("enrichment", "secretsmanager:GetSecretValue Secret"),
    ("steward", "secretsmanager:GetSecretValue Secret"),
    ("steward", "sqs:SendMessage Feedback"),
];

/// A permission in the template's own words: `sqs:SendMessage ScanPages`.
type Grants = BTreeMap<String, BTreeSet<String>>;

/// What each function may do, as its role says.
struct Granted {
    /// What only its own calls need: neither what Lambda does with its role, nor what only a key of one's own needs.
    own: Grants,
    /// Everything.
    all: Grants,
}

#[test]
fn each_function_needs_every_permission_that_the_template_gives_it() {
    let Some(granted) = granted() else { return };
    let Some(stacks) = everything_is_needed().zip(disturbed::in_doubt()) else { return };
    let mut excess = granted.own.clone();
    for (function, granted) in &mut excess {
        let needed = &needed(&stacks.0, function) | &needed(&stacks.1, function);
        granted.retain(|permission| !needed.contains(permission));
    }
    for (function, permission) in NEEDED_ELSEWHERE {
        assert!(excess.get_mut(function).is_some_and(|granted| granted.remove(permission)), "{function}: {permission}");
    }
    excess.retain(|_, granted| !granted.is_empty());
    assert!(excess.is_empty(), "the template allows what nobody needs: {excess:#?}");
}

/// Whatever a function of this deployment has needed is allowed.
#[track_caller]
pub(crate) fn check(stack: &Deployment) {
    let Some(granted) = granted() else { return };
    for function in stack.functions() {
        let mut missing = &needed(stack, &function.name) - &granted.all[&function.name];
        missing.retain(|permission| !OF_NOBODY.iter().any(|end| permission.ends_with(end)));
        assert!(missing.is_empty(), "the template does not allow {}: {missing:#?}", function.name);
    }
}

/// A story in which everything happens; every queue has had a message that cannot be read, every function has died before it
/// could hand over its messages and has had a case that is larger than an item, a scan was stopped by the brake, and the
/// intake has slept.
fn everything_is_needed() -> Option<Deployment> {
    let stack = Deployment::with("needs", &[("BATON_IDLE_POLLING", "sleep")])?;
    let [(first, one), (second, two), (third, three)] = stories::everything();
    scan_world(&stack, first, &one);
    scan_world(&stack, second, &two);
    stack.queues.values().for_each(|queue| queue.send("{}"));
    stack.settle();
    with_deaths(&stack, third, &three);
    with_large_cases(&stack, "2026-10-09", three.clone());
    with_answers(&stack, "2026-10-09");
    let mut all_gone = three;
    all_gone.people_mut().for_each(|person| person.left = true);
    scan_world(&stack, "2026-10-10", &all_gone);
    stack.tick("scan-of-changes", morning("2026-10-10"), "delta", false).unwrap();
    stack.settle();
    with_a_stranded_request(&stack);
    for tick in 0..3 {
        stack.see_through(&format!("steward-idle-{tick}"), morning("2026-10-10"));
    }
    assert_eq!(stack.intakes.asleep(), stack.queues.len());
    stack.queues["changes"].send("{}");
    stack.steward("steward-wakes", morning("2026-10-10")).unwrap();
    assert_eq!(stack.intakes.asleep(), 0);
    // A Monday in working hours: digests are due, and whoever has not answered since Thursday is reminded.
    let monday = morning("2026-10-12") + SignedDuration::from_hours(3);
    stack.now_is(monday);
    stack.see_through("steward-follows-up", monday);
    // What is not to be done yet is put off.
    let later = json!({ "schema": 1, "id": "m-later", "kind": "enrich", "account": "001A", "case": "C-1", "not_before": "2030-01-01T00:00:00Z" });
    stack.queues["changes"].send(&later.to_string());
    let event = stack.mapping("changes").event(&stack.queues["changes"].receive(1));
    stack.function("enrichment").invoke(&event).unwrap();
    Some(stack)
}

/// People answer: one has seen a case, another hands one over.
fn with_answers(stack: &Deployment, day: &str) {
    let cases: Vec<Value> =
        stack.items("CASE#").iter().filter(|case| !case.body().is_empty()).map(Item::json).collect();
    let told: Vec<String> = cases.iter().filter(|case| case["state"] == "notified").map(answers::value).collect();
    let at = morning(day);
    assert!(told.len() >= 2, "{} were told of", told.len());
    stack.answer(&answers::click(&told[0], "got_it", at));
    stack.answer(&answers::dialog(
        &told[1],
        "hand_to",
        &json!({ "person": { "person": { "selected_user": "U2" } } }),
        at,
    ));
    stack.settle();
}

/// Every function dies before it hands over its messages, and the steward sends them.
fn with_deaths(stack: &Deployment, day: &str, world: &World) {
    let dir = tempfile::tempdir().unwrap();
    world.export(dir.path());
    stack.upload_export(day, dir.path());
    let senders = ["scanner", "enrichment", "planning", "notify"];
    stack.ledger.plan(senders.map(|f| Plan::First(Site::of(f, "sqs", "SendMessageBatch"), 1, Fault::KillBefore)));
    scan(stack, day);
    for tick in 0..6 {
        stack.see_through(&format!("steward-after-death-{tick}"), morning(day));
    }
}

/// Somebody leaves, and before each step the case grows beyond what DynamoDB takes in one item.
fn with_large_cases(stack: &Deployment, day: &str, mut world: World) {
    world.person_mut("Lee Park").left = true;
    let dir = tempfile::tempdir().unwrap();
    world.export(dir.path());
    stack.upload_export(day, dir.path());
    scan(stack, day);
    for queue in ["scan-pages", "changes", "enriched", "planned", "deliveries"] {
        grow(stack);
        while stack.mapping(queue).deliver(&mut Unruly::default()).is_some() {}
    }
    grow(stack);
    stack.settle();
}

/// Puts every case that is on its way into pieces, as the store does with what fits into no item; the body is longer by
/// spaces, which mean nothing.
fn grow(stack: &Deployment) {
    let states = ["detected", "enriched", "planned"].map(Value::from);
    let cases = stack.items("CASE#").into_iter().filter(|case| !case.body().is_empty());
    for case in cases.filter(|case| states.contains(&case.json()["state"])) {
        let body = [case.body(), vec![b' '; 500_000]].concat();
        let version: u64 = case.0["v"]["N"].as_str().unwrap().parse().unwrap();
        let partition = format!("PIECES#{}#{}", case.partition(), case.sort());
        let chunks: Vec<&[u8]> = body.chunks(250_000).collect();
        let piece = |(number, part): (usize, &&[u8])| {
            let (sort, part) = (format!("{version:020}#{number:03}"), data_encoding::BASE64.encode(part));
            Item(json!({ "pk": { "S": partition }, "sk": { "S": sort }, "b": { "B": part } }))
        };
        let mut head = case.clone();
        take(&mut head.0, &["b", "z"]);
        head.0["n"] = json!({ "N": chunks.len().to_string() });
        let items: Vec<Item> = chunks.iter().enumerate().map(piece).chain([head]).collect();
        items.iter().for_each(|item| stack.table.put(std::slice::from_ref(item)));
    }
}

/// The command line has released a case and died before it could hand over the request to enrich it.
fn with_a_stranded_request(stack: &Deployment) {
    let request = r#"[{"message":{"schema":1,"id":"m-1","kind":"enrich","account":"001A","case":"C-1"}}]"#;
    stack.table.put(&[Item(json!({
        "pk": { "S": "OUTBOX" }, "sk": { "S": "2026-10-09T00:00:00Z#m-1" }, "v": { "N": "1" },
        "b": { "B": data_encoding::BASE64.encode(request.as_bytes()) },
    }))]);
}

/// What a function has needed, in the template's words.
fn needed(stack: &Deployment, function: &str) -> BTreeSet<String> {
    stack.needs(function).iter().map(in_the_templates_words).collect()
}

fn in_the_templates_words(need: &Permission) -> String {
    let Permission { action, resource } = need;
    let (service, _) = action.split_once(':').unwrap();
    let resource = match service {
        "dynamodb" => resource.replace("table/STACK", "Table"),
        "events" => resource.replace("event-bus/STACK", "Bus"),
        "sqs" => resource.trim_start_matches("STACK-").split('-').map(capitalised).collect(),
        "secretsmanager" => "Secret".to_owned(),
        "ses" if resource.starts_with("identity/") => "identity/MailIdentity".to_owned(),
        "ses" => resource.replace("/STACK", "/MailConfigurationSet"),
        "lambda" => mapping_of(resource),
        "s3" if resource.starts_with("STACK/exports/") => "Exports/ExportsPrefix/*".to_owned(),
        "s3" if resource.starts_with("STACK/crm-log/") => "Exports/crm-log/*".to_owned(),
        "s3" => resource.replace("STACK", "Exports"),
        _ => resource.clone(),
    };
    format!("{action} {resource}")
}

/// The mapping's logical id: SAM's name of the function's event.
fn mapping_of(id: &str) -> String {
    match id.trim_start_matches("intake-of-") {
        "scan-pages" => "ScannerScanPages",
        "changes" => "EnrichmentChanges",
        "enriched" => "PlanningEnriched",
        "planned" => "NotifyPlanned",
        "deliveries" => "NotifyDeliveries",
        "feedback" => "NotifyFeedback",
        other => panic!("there is no mapping of {other}"),
    }
    .to_owned()
}

fn granted() -> Option<&'static Granted> {
    static GRANTED: OnceLock<Option<Granted>> = OnceLock::new();
    let read = || {
        let python = named("BATON_TEMPLATE_PYTHON", "a Python with aws-sam-translator")?;
        let check = Path::new(env!("CARGO_MANIFEST_DIR")).join("template/check.py");
        let ran = Command::new(python).arg("-B").arg(check).arg("--policies").output().unwrap();
        assert!(ran.status.success(), "{}", String::from_utf8_lossy(&ran.stderr));
        let policies: BTreeMap<String, Vec<Value>> = serde_json::from_slice(&ran.stdout).unwrap();
        let that = |counts: fn(&Value) -> bool| -> Grants {
            let words_of = |grants: &[Value]| grants.iter().filter(|grant| counts(grant)).map(words).collect();
            policies.iter().map(|(function, grants)| (function.clone(), words_of(grants))).collect()
        };
        Some(Granted { own: that(is_own), all: that(|_| true) })
    };
    GRANTED.get_or_init(read).as_ref()
}

fn is_own(grant: &Value) -> bool {
    grant["by"] != "lambda" && grant["when"] != "HasKey"
}

fn words(grant: &Value) -> String {
    let text = |key: &str| grant[key].as_str().unwrap_or_default();
    format!("{} {}", text("action"), text("resource"))
}

fn capitalised(word: &str) -> String {
    word[..1].to_uppercase() + &word[1..]
}
