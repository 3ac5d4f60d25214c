//! What SES says of mails, as EventBridge puts it into a queue: an event that is no message of ours, and becomes one.
//! <https://docs.aws.amazon.com/ses/latest/dg/event-publishing-retrieving-sns-contents.html> tells what an event holds.

use std::collections::HashMap;

use domain::MessageId;
use domain::feedback::{self, AddressHash, Fate, MailEvent};
use domain::messages::{Body, Message, MessageError};
use jiff::Timestamp;
use serde::Deserialize;

/// The message that an event of SES is; nothing where the body is no event of SES.
pub(crate) fn message(body: &str) -> Option<Result<Message, MessageError>> {
    #[derive(Deserialize)]
    struct Head {
        source: String,
    }
    let Head { source } = serde_json::from_str(body).ok()?;
    (source == "aws.ses").then(|| Ok(serde_json::from_str::<SesEvent>(body)?.into_message()))
}

#[derive(Deserialize)]
struct SesEvent {
    time: Timestamp,
    region: String,
    detail: Detail,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Detail {
    event_type: String,
    mail: Mail,
    #[serde(default)]
    bounce: Bounce,
    #[serde(default)]
    complaint: Complaint,
    #[serde(default)]
    reject: Reject,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Mail {
    message_id: String,
    #[serde(default)]
    tags: HashMap<String, Vec<String>>,
}

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct Bounce {
    bounce_type: String,
    bounce_sub_type: String,
    bounced_recipients: Vec<Recipient>,
}

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct Complaint {
    complained_recipients: Vec<Recipient>,
    complaint_feedback_type: Option<String>,
    complaint_sub_type: Option<String>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Reject {
    reason: String,
}

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct Recipient {
    email_address: String,
    status: Option<String>,
}

impl SesEvent {
    fn into_message(self) -> Message {
        let Detail { event_type, mail, bounce, complaint, reject } = self.detail;
        let (fate, to) = match event_type.as_str() {
            "Send" => (Fate::Sent, Vec::new()),
            "Delivery" => (Fate::Delivered, Vec::new()),
            "Bounce" => (bounced(&bounce), bounce.bounced_recipients),
            "Complaint" => (complained(&complaint), complaint.complained_recipients),
            "Reject" => (Fate::Rejected { why: words(&[&reject.reason]) }, Vec::new()),
            "Rendering Failure" | "RenderingFailure" => (Fate::Rejected { why: "rendering".to_owned() }, Vec::new()),
            other => (Fate::Other { what: words(&[other]) }, Vec::new()),
        };
        let addresses = to.iter().map(|recipient| recipient.email_address.as_str()).filter(|text| text.contains('@'));
        let recipients: Vec<_> = addresses.map(AddressHash::of).collect();
        // What happened has one identity, however often and in how many events it is told.
        let mut parts = vec!["ses", &mail.message_id, &event_type];
        parts.extend(recipients.iter().map(AddressHash::as_str));
        let id = MessageId::of(&parts);
        let tag = |name: &str| mail.tags.get(name).and_then(|values| values.first()).map_or("", String::as_str);
        let event = MailEvent {
            reference: feedback::reference(&mail.message_id, &self.region),
            at: self.time,
            fate,
            delivery: feedback::delivery_of(tag("delivery"), tag("partition")),
            recipients,
        };
        Message::new(id, Body::Feedback(event))
    }
}

/// `Undetermined` is a bounce that SES itself cannot read; only what it is sure of suppresses an address.
fn bounced(bounce: &Bounce) -> Fate {
    let status = bounce.bounced_recipients.iter().find_map(|recipient| recipient.status.as_deref());
    let why = words(&[&bounce.bounce_sub_type, status.unwrap_or_default()]);
    Fate::Bounced { for_good: bounce.bounce_type == "Permanent", why }
}

fn complained(complaint: &Complaint) -> Fate {
    let said = [&complaint.complaint_feedback_type, &complaint.complaint_sub_type];
    Fate::Complained { why: words(&said.map(|word| word.as_deref().unwrap_or_default())) }
}

/// SES's own short words; a rule that shortens an event leaves those empty that it does not have. The longer ones (`diagnosticCode`) come from a stranger's server and name addresses.
fn words(words: &[&str]) -> String {
    let clean =
        |word: &&str| word.chars().filter(|c| c.is_ascii_alphanumeric() || " .-".contains(*c)).take(40).collect();
    let known: Vec<String> = words.iter().map(clean).filter(|word: &String| !word.is_empty()).collect();
    if known.is_empty() { "no reason given".to_owned() } else { known.join(", ") }
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::messages::QueueName;
    use serde_json::{Value, json};

    fn event(kind: &str, detail: Value) -> String {
        let mut event = json!({
            "version": "0", "id": "b7c1e2f4-1d2a-4b6f-8b5e-0a1c9d8e7f60", "detail-type": kind, "source": "aws.ses",
            "account": "123456789012", "time": "2026-11-02T07:03:11Z", "region": "eu-central-1", "resources": [],
            "detail": { "mail": {
                "timestamp": "2026-11-02T07:03:09.456Z", "source": "baton@us.example", "sendingAccountId": "123456789012",
                "messageId": "0107019a4b3c-000000", "destination": ["maya@us.example"], "headersTruncated": false,
                "headers": [{ "name": "To", "value": "maya@us.example" }],
                "tags": { "ses:configuration-set": ["baton"], "delivery": ["d-1"], "partition": ["ACCOUNT_23001A"] },
            } },
        });
        let known = event["detail"].as_object_mut().unwrap();
        known.extend(detail.as_object().unwrap().clone());
        event.to_string()
    }

    fn read(body: &str) -> (MessageId, MailEvent) {
        let message = message(body).unwrap().unwrap();
        assert_eq!(message.queue(), QueueName::Feedback);
        assert_eq!(Message::parse(&message.to_json()).unwrap(), message);
        match message.body {
            Body::Feedback(event) => (message.id, event),
            other => panic!("{other:?}"),
        }
    }

    fn bounce(kind: &str, to: &str) -> String {
        event(
            "Email Bounced",
            json!({ "eventType": "Bounce", "bounce": {
                "bounceType": kind, "bounceSubType": "General", "timestamp": "2026-11-02T07:03:11.000Z",
                "bouncedRecipients": [{ "emailAddress": to, "action": "failed", "status": "5.1.1",
                    "diagnosticCode": "smtp; 550 5.1.1 <maya@us.example>: user unknown" }],
                "feedbackId": "0107-1", "reportingMTA": "dsn; b224-13.smtp-out.eu-central-1.amazonses.com",
            } }),
        )
    }

    #[test]
    fn a_bounce_names_its_delivery_and_no_address() {
        let (_, event) = read(&bounce("Permanent", "Maya <Maya@us.example>"));
        assert_eq!(event.fate, Fate::Bounced { for_good: true, why: "General, 5.1.1".to_owned() });
        assert_eq!(event.recipients, [AddressHash::of("maya@us.example")]);
        assert_eq!(event.reference, "<0107019a4b3c-000000@eu-central-1.amazonses.com>");
        assert_eq!(event.at.to_string(), "2026-11-02T07:03:11Z");
        let at = event.delivery.clone().unwrap();
        assert_eq!((at.partition.as_str(), at.delivery.as_str()), ("ACCOUNT#001A", "d-1"));
        assert!(!format!("{event:?}").to_lowercase().contains("maya"), "{event:?}");
        for soft in ["Transient", "Undetermined"] {
            assert!(matches!(read(&bounce(soft, "x@y.example")).1.fate, Fate::Bounced { for_good: false, .. }));
        }
    }

    #[test]
    fn what_is_told_twice_has_one_identity_and_every_event_of_a_mail_its_own() {
        let other_id = |text: &str| text.replace("b7c1e2f4", "00000000");
        let (sent, bounced) =
            (event("Email Sent", json!({ "eventType": "Send", "send": {} })), bounce("Permanent", "x@y"));
        assert_eq!(read(&sent).0, read(&other_id(&sent)).0);
        assert_ne!(read(&sent).0, read(&bounced).0);
    }

    #[test]
    fn every_kind_of_event_is_known_and_a_new_one_is_named() {
        let complaint = json!({ "eventType": "Complaint", "complaint": {
            "complainedRecipients": [{ "emailAddress": "maya@us.example" }], "complaintFeedbackType": "abuse",
            "complaintSubType": null, "feedbackId": "0107-2" } });
        let reject = json!({ "eventType": "Reject", "reject": { "reason": "Bad content" } });
        for (kind, detail, fate) in [
            ("Email Sent", json!({ "eventType": "Send" }), Fate::Sent),
            ("Email Delivered", json!({ "eventType": "Delivery", "delivery": {} }), Fate::Delivered),
            ("Email Complaint Received", complaint, Fate::Complained { why: "abuse".to_owned() }),
            ("Email Rejected", reject, Fate::Rejected { why: "Bad content".to_owned() }),
            (
                "Email Delivery Delayed",
                json!({ "eventType": "DeliveryDelay" }),
                Fate::Other { what: "DeliveryDelay".into() },
            ),
            ("Email Folded", json!({ "eventType": "Fold\r\nx" }), Fate::Other { what: "Foldx".into() }),
        ] {
            assert_eq!(read(&event(kind, detail)).1.fate, fate, "{kind}");
        }
    }

    #[test]
    fn an_event_without_tags_counts_and_names_no_delivery() {
        let body = bounce("Permanent", "x@y.example").replace("\"delivery\":[\"d-1\"],", "");
        assert_eq!(read(&body).1.delivery, None);
    }

    /// As the template's rule puts it into the queue: of an event only what is read here, and nothing where it has nothing.
    #[test]
    fn an_event_that_the_rule_has_shortened_says_the_same() {
        let template = include_str!("../../../infra/template.yaml");
        let form = template.split("InputTemplate: >-").nth(1).unwrap();
        let lines = form.lines().skip(1).take_while(|line| line.trim_start().starts_with(['{', '"']));
        let form = lines.map(str::trim).collect::<Vec<_>>().join(" ");
        let paths = template.split("- Id: feedback").nth(1).unwrap().split("InputTemplate").next().unwrap();
        let paths: Vec<_> = paths.lines().filter_map(|line| line.trim().split_once(": $.")).collect();
        assert_eq!(paths.len(), 13, "{paths:?}");
        let shortened = |event: &str| {
            let event: Value = serde_json::from_str(event).unwrap();
            paths.iter().fold(form.clone(), |form, (name, path)| {
                let pointer = format!("/{}", path.replace(['.', '['], "/").replace(']', ""));
                form.replace(&format!("<{name}>"), event.pointer(&pointer).and_then(Value::as_str).unwrap_or_default())
            })
        };
        let sent = event("Email Sent", json!({ "eventType": "Send", "send": {} }));
        for whole in [sent, bounce("Permanent", "maya@us.example"), bounce("Transient", "maya@us.example")] {
            let short = shortened(&whole);
            assert!(!short.contains('<') && !short.contains("headers"), "{short}");
            assert_eq!(read(&short), read(&whole), "{short}");
        }
    }

    #[test]
    fn what_is_no_event_of_ses_is_left_alone_and_a_broken_one_says_where() {
        for body in ["", "null", "[]", "{}", "not json", r#"{"source":"aws.ec2","detail":{}}"#, r#"{"source":1}"#] {
            assert!(message(body).is_none(), "{body}");
        }
        for body in [
            r#"{"source":"aws.ses"}"#.to_owned(),
            event("Email Bounced", json!({ "eventType": 5 })),
            event(
                "Email Bounced",
                json!({ "eventType": "Bounce", "bounce": { "bouncedRecipients": "maya@us.example" } }),
            ),
        ] {
            let error = message(&body).unwrap().unwrap_err().to_string();
            assert!(error.contains("line") && !error.contains("maya"), "{error}");
        }
    }
}
