//! A missing table, queue or permission names itself and what to do, at start and later.

use std::sync::Arc;

use aws::QueueUrls;
use contracts::HandClock;
use domain::ports::{FixedClock, Key, Store, StoreError};
use jiff::Timestamp;
use serde_json::json;

use crate::emulator::{clients, dynamodb_local, moto_server, settings};
use crate::script::{Reply, Script};

#[tokio::test(flavor = "multi_thread")]
async fn a_missing_table_names_itself_and_what_to_do() {
    let Some(emulator) = dynamodb_local().await else { return };
    let store = clients(&emulator.endpoint).store("missing", Arc::new(HandClock::default()));
    let wanted = "the table missing does not exist: deploy the stack of this function again, or correct BATON_TABLE";
    assert_eq!(store.warm().await.unwrap_err().to_string(), wanted);
    let error = store.get(&Key::new("a", "b")).await.unwrap_err();
    assert!(matches!(&error, StoreError::Unusable(text) if text == wanted), "{error:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_missing_queue_names_itself_and_what_to_do() {
    let Some(emulator) = moto_server().await else { return };
    let urls = |name: &str| {
        let url = format!("{}/123456789012/{name}", emulator.endpoint);
        QueueUrls::parse(&json!({ "planned": url }).to_string()).unwrap()
    };
    let clients = clients(&emulator.endpoint);
    let missing = clients.queue(urls("none"), QueueUrls::default()).warm().await.unwrap_err();
    assert_eq!(
        missing.to_string(),
        "the queue planned does not exist: deploy the stack of this function again, or correct BATON_QUEUES"
    );
    let missing = clients.queue(QueueUrls::default(), urls("none")).warm().await.unwrap_err();
    assert!(missing.to_string().contains("queue planned-dead-letters"), "{missing}");
    assert!(missing.to_string().contains("BATON_DEAD_LETTERS"), "{missing}");
}

#[tokio::test]
async fn a_missing_permission_names_itself_and_what_to_do() {
    let script = Script::start(|_, _| Reply::Error("com.amazon.coral.service#AccessDeniedException")).await;
    let clients = clients(&script.endpoint);
    let clock = || Arc::new(FixedClock(Timestamp::from_second(1_790_000_000).unwrap()));
    let url = format!("{}/1/changes", script.endpoint);
    let urls = QueueUrls::parse(&json!({ "changes": url }).to_string()).unwrap();
    let (store, queue) = (clients.store("baton", clock()), clients.queue(urls, QueueUrls::default()));
    let (bus, secrets, mailer) = (clients.bus("cases"), clients.secrets("slack", clock()), clients.mailer(None));
    for (told, action, on) in [
        (store.warm().await, "dynamodb:GetItem", "table baton"),
        (queue.warm().await, "sqs:GetQueueAttributes", "queue changes"),
        (bus.warm().await, "events:DescribeEventBus", "event bus cases"),
        (secrets.warm().await, "secretsmanager:GetSecretValue", "secret slack"),
        (mailer.warm().await, "ses:GetAccount", "SES account"),
    ] {
        let told = told.unwrap_err().to_string();
        assert!(told.starts_with(&format!("{action} on the {on} is not allowed: add this permission")), "{told}");
    }
}

#[tokio::test]
async fn a_service_that_does_not_answer_is_told_as_something_that_passes() {
    let script = Script::start(|_, _| Reply::Silence).await;
    let mut settings = settings(&script.endpoint);
    settings.attempt = std::time::Duration::from_millis(20);
    let store = aws::Clients::new(settings).unwrap().store("baton", Arc::new(HandClock::default()));
    let error = store.warm().await.unwrap_err();
    assert_eq!(error.to_string(), "dynamodb:GetItem on the table baton: no answer in time");
    assert!(matches!(error, aws::Failure::Unavailable(_)));
    assert_eq!(script.requests().len(), 4);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_configuration_is_checked_kept_and_found_again() {
    let Some(emulator) = dynamodb_local().await else { return };
    crate::dynamodb::table(&emulator.endpoint, "config").await;
    let store = clients(&emulator.endpoint).store("config", Arc::new(HandClock::default()));
    let now = Timestamp::from_second(1_790_000_000).unwrap();
    let shipped = aws::load(&store).await.unwrap();
    assert_eq!(shipped.version, domain::config::Config::shipped().version);
    let fault = aws::push(&store, "[alert]\nthreshold = 1.5\n", now).await.unwrap_err();
    assert!(fault.to_string().contains("line 2: alert.threshold"), "{fault}");
    assert_eq!(aws::load(&store).await.unwrap().version, shipped.version, "nothing was pushed");
    let first = aws::push(&store, "[alert]\nthreshold = 0.9\n", now).await.unwrap();
    aws::push(&store, "[alert]\nthreshold = 0.8\n", now).await.unwrap();
    assert_eq!(aws::load(&store).await.unwrap().threshold, 0.8);
    let kept = store.get(&Key::new("CONFIG", format!("VERSION#{}", first.version))).await.unwrap().unwrap();
    let kept: aws::ConfigRecord = serde_json::from_slice(&kept.body).unwrap();
    assert_eq!(kept, first);
}

#[tokio::test]
async fn a_server_without_a_certificate_that_counts_is_not_talked_to() {
    let script = Script::start(|_, _| Reply::Answer(200, json!({}))).await;
    let endpoint = script.endpoint.replace("http://", "https://");
    let error = clients(&endpoint).store("baton", Arc::new(HandClock::default())).warm().await.unwrap_err();
    assert!(matches!(error, aws::Failure::Unavailable(_)), "{error:?}");
    assert!(script.requests().is_empty());
}

#[tokio::test]
async fn a_bundle_of_certificates_that_holds_none_is_told_before_the_first_call() {
    let dir = tempfile::tempdir().unwrap();
    let bundle = dir.path().join("bundle.pem");
    let made = || {
        let named = |name: &str| match name {
            "AWS_CA_BUNDLE" => Some(bundle.display().to_string()),
            name => Some(name.to_owned()),
        };
        aws::Clients::new(aws::Settings::from_variables(named).unwrap()).map(|_| ()).unwrap_err().to_string()
    };
    assert!(made().contains("cannot be read"), "{}", made());
    std::fs::write(&bundle, "no certificate").unwrap();
    assert!(made().contains("holds no certificate"), "{}", made());
}
