//! What a function says that cannot start, or cannot do its work, because something it needs is not there.

use serde_json::{Value, json};

use crate::app::morning;
use crate::deployment::Deployment;
use crate::ending::Ending;
use crate::equality::scan_world;
use crate::function::Failure;
use crate::stories;

#[test]
fn a_function_without_its_table_does_not_start_and_says_which_one_is_missing_and_what_to_do() {
    let Some(stack) = Deployment::with("no-table", &[("BATON_TABLE", "cases-of-nobody")]) else { return };
    for function in stack.functions() {
        let outcome = function.invoke(&json!({ "Records": [] }));
        let said =
            "the table cases-of-nobody does not exist: deploy the stack of this function again, or correct BATON_TABLE";
        assert!(cannot_start(&outcome, said), "{}: {outcome:?}", function.name);
        assert!(logged(&stack, &function.name, said), "{}: {:#?}", function.name, function.log());
    }
}

#[test]
fn a_function_whose_variables_are_missing_names_all_of_them() {
    let nothing = [("BATON_TABLE", ""), ("BATON_BUS", ""), ("BATON_QUEUES", "changes"), ("BATON_CRM", "s3://x")];
    let Some(stack) = Deployment::with("no-variables", &nothing) else { return };
    for function in stack.functions() {
        let outcome = function.invoke(&json!({ "Records": [] }));
        for name in ["BATON_TABLE is not set", "BATON_BUS is not set", "BATON_QUEUES is no JSON object", "BATON_CRM is"]
        {
            assert!(cannot_start(&outcome, name), "{}: {name} in {outcome:?}", function.name);
        }
    }
}

#[test]
fn a_queue_that_is_missing_is_named_with_what_to_do_and_what_was_for_it_waits_in_the_outbox() {
    let queues = r#"{"enriched":"http://127.0.0.1:1/123456789012/enriched-of-nobody"}"#;
    let Some(stack) = Deployment::with("no-queue", &[("BATON_QUEUES", queues)]) else { return };
    let outcome = stack.tick("scan-1", morning("2026-11-02"), "full", false);
    assert!(format!("{outcome:?}").contains("there is no export below s3://"), "{outcome:?}");
    stack.upload_export("2026-11-02", &crate::equality::sample("2026-11-02"));
    let outcome = stack.tick("scan-1", morning("2026-11-02"), "full", false);
    let said = "the queue scan-pages has no address here: add it to BATON_QUEUES";
    assert!(format!("{outcome:?}").contains(said) || logged(&stack, "scanner", said), "{outcome:?}");
    assert!(stack.table.items().iter().any(|item| item.partition() == "OUTBOX"));
}

#[test]
fn a_queue_and_a_bus_that_are_missing_are_named_at_the_start_and_the_function_does_what_it_can() {
    let queues = r#"{"planned":"http://127.0.0.1:1/123456789012/planned-of-nobody"}"#;
    let Some(stack) = Deployment::with("no-bus", &[("BATON_QUEUES", queues), ("BATON_BUS", "bus-of-nobody")]) else {
        return;
    };
    let planning = stack.function("planning");
    assert_eq!(planning.invoke(&json!({ "Records": [] })), Ok(json!({ "batchItemFailures": [] })));
    for said in [
        "the queue planned does not exist: deploy the stack of this function again, or correct BATON_QUEUES",
        "the event bus bus-of-nobody does not exist: deploy the stack of this function again, or correct BATON_BUS",
    ] {
        assert!(logged(&stack, "planning", said), "{said}: {:#?}", planning.log());
    }
}

#[test]
fn without_its_secret_notify_names_it_from_the_start_and_mails_go_out_all_the_same() {
    let arn = "arn:aws:secretsmanager:us-east-1:123456789012:secret:of-nobody";
    let Some(stack) = Deployment::with("no-secret", &[("BATON_SECRET", arn)]) else { return };
    for (day, world) in stories::departure() {
        scan_world(&stack, day, &world);
    }
    let said = "the secret of-nobody does not exist or has no value yet: put one there with";
    assert!(logged(&stack, "notify", said), "{:#?}", stack.function("notify").log());
    assert_eq!((stack.mails().len(), stack.slack.posts().len()), (1, 0));
    let dead = stack.dead_letters["deliveries"].drain();
    let reason = dead.iter().filter_map(|message| message.attribute("reason")).collect::<String>();
    assert!(dead.len() == 1 && reason.contains(said), "{dead:?}");
    let slack = |delivery: &Value| delivery["channel"] == "slack" && delivery["progress"] == "due";
    assert_eq!(Ending::of_stack(&stack).of_kind("DELIVERY#").filter(slack).count(), 1, "and it can be sent later");
}

#[test]
fn without_its_bucket_a_function_names_it_and_what_to_do() {
    let Some(stack) = Deployment::with("no-bucket", &[("BATON_CRM", "export:s3://bucket-of-nobody/exports")]) else {
        return;
    };
    let outcome = stack.tick("scan-1", morning("2026-11-02"), "full", false);
    let said =
        "the bucket bucket-of-nobody does not exist: deploy the stack of this function again, or correct BATON_CRM";
    assert!(format!("{outcome:?}").contains(said), "{outcome:?}");
    stack.queues["changes"].send(r#"{"schema":1,"id":"m-1","kind":"enrich","account":"001A","case":"C-1"}"#);
    stack.settle();
    let dead = stack.dead_letters["changes"].drain();
    let reason = dead.iter().filter_map(|message| message.attribute("reason")).collect::<String>();
    assert!(dead.len() == 1 && reason.starts_with("given up after 5 tries: ") && reason.contains(said), "{dead:?}");
}

fn cannot_start(outcome: &Result<Value, Failure>, said: &str) -> bool {
    let Err(Failure::CannotStart(error)) = outcome else { return false };
    error["errorMessage"].as_str().is_some_and(|why| why.contains(said))
}

fn logged(stack: &Deployment, function: &str, said: &str) -> bool {
    stack.function(function).log().iter().any(|line| line.contains(said))
}
