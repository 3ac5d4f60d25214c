//! The bus, the secret, the exports and the mail on moto's server.

use std::sync::Arc;
use std::time::Duration;

use aws::Place;
use aws_sdk_eventbridge::types::Target;
use contracts::HandClock;
use domain::ports::{Clock, CrmError, Mailer, MailerError, OutgoingMail, StateChanged};
use domain::{DeliveryId, Personal};

use crate::emulator::{clients, moto_server, raw};

#[tokio::test(flavor = "multi_thread")]
async fn the_bus_keeps_the_contract_on_moto() {
    let Some(emulator) = moto_server().await else { return };
    let queues = aws_sdk_sqs::Client::new(&raw(&emulator.endpoint));
    let url = queues.create_queue().queue_name("bus-target").send().await.unwrap().queue_url.unwrap();
    let events = aws_sdk_eventbridge::Client::new(&raw(&emulator.endpoint));
    events.create_event_bus().name("baton").send().await.unwrap();
    let pattern = r#"{"source":["baton"],"detail-type":["Case State Changed"]}"#;
    events.put_rule().event_bus_name("baton").name("all").event_pattern(pattern).send().await.unwrap();
    let target = Target::builder().id("queue").arn("arn:aws:sqs:eu-central-1:123456789012:bus-target").build().unwrap();
    events.put_targets().event_bus_name("baton").rule("all").targets(target).send().await.unwrap();

    let bus = clients(&emulator.endpoint).bus("baton");
    bus.warm().await.unwrap();
    let (queues, url) = (&queues, url.as_str());
    contracts::bus_contract(&bus, &|| Box::pin(arrived(queues, url))).await;

    let error = clients(&emulator.endpoint).bus("none").warm().await.unwrap_err().to_string();
    assert_eq!(
        error,
        "the event bus none does not exist: deploy the stack of this function again, or correct BATON_BUS"
    );
}

/// What the bus has brought to a queue, by its time.
async fn arrived(queues: &aws_sdk_sqs::Client, url: &str) -> Vec<StateChanged> {
    let mut found: Vec<StateChanged> = Vec::new();
    loop {
        let answer = queues.receive_message().queue_url(url).max_number_of_messages(10).send().await.unwrap();
        let messages = answer.messages.unwrap_or_default();
        if messages.is_empty() {
            break;
        }
        for message in messages {
            let event: serde_json::Value = serde_json::from_str(&message.body.unwrap()).unwrap();
            assert_eq!((&event["source"], &event["detail-type"]), (&"baton".into(), &"Case State Changed".into()));
            found.push(serde_json::from_value(event["detail"].clone()).unwrap());
        }
    }
    found.sort_by_key(|event| event.at);
    found
}

#[tokio::test(flavor = "multi_thread")]
async fn a_secret_is_kept_for_five_minutes_and_for_ten_where_it_cannot_be_read() {
    let Some(emulator) = moto_server().await else { return };
    let manager = aws_sdk_secretsmanager::Client::new(&raw(&emulator.endpoint));
    let create = |name: &str, value: &str| manager.create_secret().name(name).secret_string(value).send();
    create("slack", r#"{"slack_bot_token":"xoxb-1"}"#).await.unwrap();
    create("text", "xoxb-1").await.unwrap();
    let clock = Arc::new(HandClock::default());
    let secrets = |id: &str| clients(&emulator.endpoint).secrets(id, Arc::clone(&clock) as Arc<dyn Clock>);
    let slack = secrets("slack");
    slack.warm().await.unwrap();
    assert_eq!(slack.get("slack_bot_token").await.unwrap().reveal(), "xoxb-1");

    let rotated = r#"{"slack_bot_token":"xoxb-2"}"#;
    manager.put_secret_value().secret_id("slack").secret_string(rotated).send().await.unwrap();
    clock.pass(299);
    assert_eq!(slack.get("slack_bot_token").await.unwrap().reveal(), "xoxb-1");
    clock.pass(1);
    assert_eq!(slack.get("slack_bot_token").await.unwrap().reveal(), "xoxb-2");

    manager.delete_secret().secret_id("slack").send().await.unwrap();
    clock.pass(599);
    assert_eq!(slack.get("slack_bot_token").await.unwrap().reveal(), "xoxb-2");
    clock.pass(1);
    let deleted = slack.get("slack_bot_token").await.unwrap_err().to_string();
    assert!(deleted.contains("secret slack") && deleted.contains("BATON_SECRET"), "{deleted}");

    let missing =
        secrets("arn:aws:secretsmanager:eu-central-1:123456789012:secret:none-AbCdEf").warm().await.unwrap_err();
    assert!(missing.to_string().starts_with("the secret none-AbCdEf does not exist or has no value yet"), "{missing}");
    let text = secrets("text").get("slack_bot_token").await.unwrap_err().to_string();
    assert!(text.contains("holds no JSON object") && !text.contains("xoxb-1"), "{text}");
    create("other", r#"{"token":"x"}"#).await.unwrap();
    let key = secrets("other").get("slack_bot_token").await.unwrap_err().to_string();
    assert!(key.contains("holds no slack_bot_token"), "{key}");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_newest_export_is_brought_to_the_disk_and_only_what_is_new_again() {
    let Some(emulator) = moto_server().await else { return };
    let config = aws_sdk_s3::config::Builder::from(&raw(&emulator.endpoint)).force_path_style(true).build();
    let s3 = aws_sdk_s3::Client::from_conf(config);
    create_bucket(&s3, "exports").await;
    let put = |key: &str, body: &[u8]| s3.put_object().bucket("exports").key(key).body(body.to_vec().into()).send();
    for key in
        ["nightly/2026-11-20/Contact.csv", "nightly/readme.csv", "nightly/latest/Contact.csv", "2027-01-01/Contact.csv"]
    {
        put(key, b"old").await.unwrap();
    }
    let large = vec![b'x'; 3_000_000];
    put("nightly/2026-11-21T02:00/Contact.csv", &large).await.unwrap();
    put("nightly/2026-11-21T02:00/Account.CSV", b"Id\n").await.unwrap();
    put("nightly/2026-11-21T02:00/done.txt", b"").await.unwrap();
    put("nightly/2026-11-21T02:00/deeper/User.csv", b"").await.unwrap();

    let exports = clients(&emulator.endpoint).exports(Place::parse("s3://exports/nightly").unwrap()).unwrap();
    let dir = tempfile::tempdir().unwrap();
    let first = exports.fetch(dir.path()).await.unwrap();
    assert_eq!(first, dir.path().join("2026-11-21T02:00"));
    let names = |dir: &std::path::Path| {
        let entries = std::fs::read_dir(dir).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap());
        let mut names: Vec<String> = entries.filter(|name| !name.starts_with('.')).collect();
        names.sort();
        names
    };
    assert_eq!(names(&first), ["Account.CSV", "Contact.csv"]);
    assert!(std::fs::read(first.join("Contact.csv")).unwrap() == large);

    // What is not brought again keeps a mark that was made on it.
    std::fs::write(first.join("Contact.csv"), b"marked").unwrap();
    put("nightly/2026-11-21T02:00/Account.CSV", b"Id\n001\n").await.unwrap();
    exports.fetch(dir.path()).await.unwrap();
    assert_eq!(std::fs::read(first.join("Contact.csv")).unwrap(), b"marked");
    assert_eq!(std::fs::read(first.join("Account.CSV")).unwrap(), b"Id\n001\n");

    put("nightly/2026-11-22/Contact.csv", b"newest").await.unwrap();
    assert_eq!(exports.fetch(dir.path()).await.unwrap(), dir.path().join("2026-11-22"));

    exports.put_note("d-1.csv", b"note".to_vec()).await.unwrap();
    let note = s3.get_object().bucket("exports").key("crm-log/d-1.csv").send().await.unwrap();
    assert_eq!(note.body.collect().await.unwrap().to_vec(), b"note");

    for (place, told) in [
        ("s3://exports/weekly", "there is no export below s3://exports/weekly/"),
        ("s3://none/nightly", "the bucket none does not exist"),
    ] {
        let exports = clients(&emulator.endpoint).exports(Place::parse(place).unwrap()).unwrap();
        match exports.fetch(dir.path()).await {
            Err(CrmError::Unusable(text)) => assert!(text.starts_with(told), "{text}"),
            other => panic!("{other:?}"),
        }
    }
}

async fn create_bucket(s3: &aws_sdk_s3::Client, name: &str) {
    let place = aws_sdk_s3::types::BucketLocationConstraint::EuCentral1;
    let place = aws_sdk_s3::types::CreateBucketConfiguration::builder().location_constraint(place).build();
    s3.create_bucket().bucket(name).create_bucket_configuration(place).send().await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn mails_in_a_bucket_keep_the_contract_of_an_inbox() {
    let Some(emulator) = moto_server().await else { return };
    let config = aws_sdk_s3::config::Builder::from(&raw(&emulator.endpoint)).force_path_style(true).build();
    let s3 = &aws_sdk_s3::Client::from_conf(config);
    create_bucket(s3, "mails").await;
    // An export and a folder's own mark are no mails.
    for key in ["nightly/2026-11-22/Contact.csv", "nightly/mail/"] {
        s3.put_object().bucket("mails").key(key).body(b"Id".to_vec().into()).send().await.unwrap();
    }
    let put = |name: String, bytes: Vec<u8>| {
        let key = format!("nightly/mail/{name}");
        let put = s3.put_object().bucket("mails").key(key).body(bytes.into()).send();
        Box::pin(async move { drop(put.await.unwrap()) }) as std::pin::Pin<Box<dyn Future<Output = ()>>>
    };
    let inbox = clients(&emulator.endpoint).mails(&Place::parse("s3://mails/nightly").unwrap()).unwrap();
    contracts::inbox_contract(&inbox, &put).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_mail_is_sent_from_a_verified_address_and_refused_from_another() {
    let Some(emulator) = moto_server().await else { return };
    let ses = aws_sdk_sesv2::Client::new(&raw(&emulator.endpoint));
    ses.create_email_identity().email_identity("baton@us.example").send().await.unwrap();
    let mailer = clients(&emulator.endpoint).mailer(None);
    let mail = |from: &str| OutgoingMail {
        delivery: DeliveryId::of(&["one"]),
        partition: "ACCOUNT#001A".to_owned(),
        to: Personal::new("maya@us.example"),
        mime: format!("From: {from}\r\nTo: maya@us.example\r\nSubject: x\r\n\r\nx\r\n").into_bytes(),
    };
    let sent = tokio::time::timeout(Duration::from_secs(20), mailer.send(&mail("baton@us.example"))).await.unwrap();
    let id = sent.unwrap().unwrap();
    assert!(id.starts_with('<') && id.ends_with("@eu-central-1.amazonses.com>"), "{id}");
    let refused = mailer.send(&mail("other@us.example")).await.unwrap_err();
    assert!(matches!(&refused, MailerError::Unusable(text) if text.contains("verify")), "{refused:?}");
    assert!(!mailer.repeats_safely());
}
