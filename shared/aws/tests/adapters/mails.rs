//! What becomes of a mail whose sending fails: nothing is sent twice, and what may have been sent is told apart.

use std::time::Duration;

use aws::{Clients, SesMailer};
use data_encoding::BASE64;
use domain::handler::told;
use domain::ports::{Mailer, MailerError, OutgoingMail};
use domain::{DeliveryId, Personal};
use serde_json::json;

use crate::emulator::settings;
use crate::script::{Reply, Request, Script};

fn mailer(endpoint: &str) -> SesMailer {
    let mut settings = settings(endpoint);
    settings.attempt = Duration::from_millis(200);
    Clients::new(settings).unwrap().mailer(Some("baton-mail"))
}

fn mail() -> OutgoingMail {
    OutgoingMail {
        delivery: DeliveryId::parse("d:1").unwrap(),
        partition: "ACCOUNT#001A_x".to_owned(),
        to: Personal::new("maya@us.example"),
        mime: b"To: maya@us.example\r\n\r\nx\r\n".to_vec(),
    }
}

fn raw(request: &Request) -> Vec<u8> {
    BASE64.decode(request.body["Content"]["Raw"]["Data"].as_str().unwrap().as_bytes()).unwrap()
}

#[tokio::test]
async fn a_mail_arrives_as_it_is_with_its_delivery_and_one_recipient() {
    let script = Script::start(|before, _| Reply::Answer(200, json!({ "MessageId": format!("0107-{before}") }))).await;
    let mailer = mailer(&script.endpoint);
    contracts::a_mail_arrives_as_it_is(&mailer, &|| Box::pin(async { script.requests().iter().map(raw).collect() }))
        .await;
    let id = mailer.send(&mail()).await.unwrap();
    assert_eq!(id.as_deref(), Some("<0107-2@eu-central-1.amazonses.com>"));
    let request = script.requests().pop().unwrap().body;
    assert_eq!(request["Destination"], json!({ "ToAddresses": ["maya@us.example"] }));
    let tags = json!([
        { "Name": "delivery", "Value": "d_3A1" },
        { "Name": "partition", "Value": "ACCOUNT_23001A_5Fx" },
    ]);
    assert_eq!(request["EmailTags"], tags);
    assert_eq!(request["ConfigurationSetName"], "baton-mail");
}

#[tokio::test]
async fn a_mail_that_may_have_been_sent_is_unknown_and_was_asked_for_once() {
    let lost: [fn() -> Reply; 5] = [
        || Reply::Silence,
        || Reply::Close,
        || Reply::Answer(500, json!({ "message": "for maya@us.example" })),
        || Reply::Answer(503, json!({})),
        || Reply::Answer(200, json!("no object")),
    ];
    for lost in lost {
        let script = Script::start(move |_, _| lost()).await;
        let error = mailer(&script.endpoint).send(&mail()).await.unwrap_err();
        assert!(matches!(error, MailerError::Unknown(_)), "{error:?}");
        assert!(!told(&error).contains("maya"), "{}", told(&error));
        assert_eq!(script.requests().len(), 1);
    }
}

#[tokio::test]
async fn a_mail_that_was_certainly_not_sent_may_be_tried_later() {
    for (status, name) in [
        (429, "TooManyRequestsException"),
        (400, "LimitExceededException"),
        (400, "Throttling"),
        (403, "ExpiredTokenException"),
    ] {
        let script = Script::start(move |_, _| Reply::Answer(status, json!({ "__type": name, "message": "no" }))).await;
        let error = mailer(&script.endpoint).send(&mail()).await.unwrap_err();
        assert!(matches!(error, MailerError::Unavailable(_)), "{name}: {error:?}");
        assert_eq!(script.requests().len(), 1, "{name}");
    }
    // Nobody listens there.
    let free = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap();
    for endpoint in [format!("http://{free}"), "http://mail.invalid".to_owned()] {
        let error = mailer(&endpoint).send(&mail()).await.unwrap_err();
        assert!(matches!(error, MailerError::Unavailable(_)), "{endpoint}: {error:?}");
    }
}

#[tokio::test]
async fn what_keeps_every_mail_from_being_sent_is_for_a_person_to_mend_and_refuses_none_of_them() {
    for (name, remedy) in [
        ("MessageRejected", "verify the sender's address"),
        ("MailFromDomainNotVerifiedException", "verify the MAIL FROM domain"),
        ("AccountSuspendedException", "reputation"),
        ("SendingPausedException", "reputation"),
        ("NotFoundException", "baton-mail"),
        ("AccessDeniedException", "ses:SendEmail"),
    ] {
        let answer = json!({ "__type": name, "message": "failed for maya@us.example today" });
        let script = Script::start(move |_, _| Reply::Answer(400, answer.clone())).await;
        match mailer(&script.endpoint).send(&mail()).await {
            Err(MailerError::Unusable(text)) => {
                assert!(text.contains(remedy) && text.contains(name), "{text}");
                assert!(!text.contains("maya"), "{text}");
            }
            other => panic!("{name}: {other:?}"),
        }
        assert_eq!(script.requests().len(), 1);
    }
}

#[tokio::test]
async fn a_mail_that_will_never_be_sent_is_refused_with_what_to_do() {
    let answer = json!({ "__type": "BadRequestException", "message": "failed for maya@us.example today" });
    let script = Script::start(move |_, _| Reply::Answer(400, answer.clone())).await;
    let error = mailer(&script.endpoint).send(&mail()).await.unwrap_err();
    assert!(matches!(&error, MailerError::Refused(text) if text.contains("report it")), "{error:?}");
}

#[tokio::test]
async fn no_mail_goes_to_what_is_not_one_address() {
    let script = Script::start(|_, _| Reply::Answer(200, json!({ "MessageId": "x" }))).await;
    for to in ["a@x.com,b@y.com", "a@x.com\nBcc: b@y.com", "\"<b@y>\"@x", ""] {
        let error = mailer(&script.endpoint).send(&OutgoingMail { to: Personal::new(to), ..mail() }).await.unwrap_err();
        assert!(matches!(&error, MailerError::Refused(text) if !text.contains("x.com")), "{error:?}");
    }
    assert!(script.requests().is_empty());
}
