//! The intake of the queues: woken and put to sleep on moto, and what moto never does from a server that does as it is told.

use std::collections::BTreeMap;

use aws::{LambdaIntake, MappingIds, QueueUrls};
use aws_sdk_lambda::primitives::Blob;
use aws_sdk_lambda::types::{FunctionCode, Runtime};
use domain::messages::QueueName;
use domain::ports::{Intake, IntakeError, IntakeState};
use serde_json::json;
use tokio::io::{AsyncReadExt, AsyncWriteExt};

use crate::emulator::{clients, moto_server, raw};
use crate::script::{Reply, Script};

/// Every queue with the same text.
fn all(text: &str) -> String {
    json!(QueueName::ALL.map(|queue| (queue.as_str(), text)).into_iter().collect::<BTreeMap<_, _>>()).to_string()
}

fn intake(endpoint: &str, ids: &str, urls: &str) -> LambdaIntake {
    clients(endpoint).intake(MappingIds::parse(ids).unwrap(), QueueUrls::parse(urls).unwrap())
}

/// A role, without which moto makes no function. One request is no reason for one more client of AWS.
async fn create_role(endpoint: &str) {
    let address = endpoint.trim_start_matches("http://");
    let body = "Action=CreateRole&Version=2010-05-08&RoleName=intake&AssumeRolePolicyDocument=%7B%7D";
    let request = format!(
        "POST / HTTP/1.1\r\nhost: iam.amazonaws.com\r\nconnection: close\r\ncontent-length: {}\r\n\
         content-type: application/x-www-form-urlencoded\r\nauthorization: AWS4-HMAC-SHA256 \
         Credential=testing/20260101/us-east-1/iam/aws4_request, SignedHeaders=host, Signature=0\r\n\r\n{body}",
        body.len()
    );
    let mut stream = tokio::net::TcpStream::connect(address).await.unwrap();
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.unwrap();
    assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_mapping_is_put_to_sleep_and_woken_alone_and_every_message_counts() {
    let Some(emulator) = moto_server().await else { return };
    let endpoint = emulator.endpoint.as_str();
    create_role(endpoint).await;
    let (lambda, sqs) = (aws_sdk_lambda::Client::new(&raw(endpoint)), aws_sdk_sqs::Client::new(&raw(endpoint)));
    let code = FunctionCode::builder().zip_file(Blob::new("x")).build();
    let function = lambda.create_function().function_name("intake").runtime(Runtime::Providedal2023).code(code);
    function.role("arn:aws:iam::123456789012:role/intake").handler("bootstrap").send().await.unwrap();
    let (mut ids, mut urls) = (BTreeMap::new(), BTreeMap::new());
    for queue in QueueName::ALL {
        let name = format!("intake-{}", queue.as_str());
        let made = sqs.create_queue().queue_name(&name).send().await.unwrap();
        urls.insert(queue.as_str(), made.queue_url.unwrap());
        let mapping = lambda.create_event_source_mapping().function_name("intake");
        let mapping = mapping.event_source_arn(format!("arn:aws:sqs:eu-central-1:123456789012:{name}"));
        ids.insert(queue.as_str(), mapping.send().await.unwrap().uuid.unwrap());
    }
    let intake = intake(endpoint, &json!(ids).to_string(), &json!(urls).to_string());
    let asleep = async || {
        let mut asleep = Vec::new();
        for queue in QueueName::ALL {
            match intake.state(queue).await.unwrap() {
                IntakeState::Awake => {}
                IntakeState::Asleep => asleep.push(queue),
                IntakeState::Changing => panic!("moto changes a mapping at once"),
            }
        }
        asleep
    };

    assert_eq!(asleep().await, []);
    intake.put_to_sleep(QueueName::Changes).await.unwrap();
    intake.put_to_sleep(QueueName::Planned).await.unwrap();
    intake.put_to_sleep(QueueName::Planned).await.unwrap();
    assert_eq!(asleep().await, [QueueName::Changes, QueueName::Planned]);
    intake.wake(QueueName::Planned).await.unwrap();
    assert_eq!(asleep().await, [QueueName::Changes]);

    let url = &urls["changes"];
    assert_eq!(intake.waiting(QueueName::Changes).await.unwrap(), 0);
    for (body, delay) in [("visible", 0), ("handed out", 0), ("later", 900)] {
        sqs.send_message().queue_url(url).message_body(body).delay_seconds(delay).send().await.unwrap();
    }
    let received = sqs.receive_message().queue_url(url).max_number_of_messages(1).send().await.unwrap();
    assert_eq!(received.messages().len(), 1);
    assert_eq!(intake.waiting(QueueName::Changes).await.unwrap(), 3);
    assert_eq!(intake.waiting(QueueName::Planned).await.unwrap(), 0);

    let missing = clients(endpoint).intake(MappingIds::parse(&all("id")).unwrap(), QueueUrls::default());
    let nowhere = missing.waiting(QueueName::Planned).await.unwrap_err().to_string();
    assert_eq!(nowhere, "the queue planned has no address here: add it to BATON_QUEUES");
}

#[tokio::test]
async fn a_mapping_on_its_way_is_neither_awake_nor_asleep() {
    for (said, state) in [
        ("Enabled", IntakeState::Awake),
        ("Disabled", IntakeState::Asleep),
        ("Creating", IntakeState::Changing),
        ("Enabling", IntakeState::Changing),
        ("Disabling", IntakeState::Changing),
        ("Updating", IntakeState::Changing),
        ("Deleting", IntakeState::Changing),
    ] {
        let script = Script::start(move |_, _| Reply::Answer(200, json!({ "UUID": "id", "State": said }))).await;
        assert_eq!(
            intake(&script.endpoint, &all("id"), "{}").state(QueueName::Changes).await.unwrap(),
            state,
            "{said}"
        );
    }
}

#[tokio::test]
async fn what_lambda_says_when_it_cannot_change_a_mapping_tells_what_to_do() {
    let wake = async |said: &'static str| {
        let script = Script::start(move |_, _| Reply::Error(said)).await;
        let failed = intake(&script.endpoint, &all("id"), "{}").wake(QueueName::Changes).await.unwrap_err();
        (failed, script.requests())
    };
    for said in ["ResourceInUseException", "ResourceConflictException"] {
        let (failed, requests) = wake(said).await;
        assert!(matches!(failed, IntakeError::Changing), "{said}: {failed:?}");
        let asked: Vec<_> = requests.iter().map(|request| (request.target.as_str(), &request.body)).collect();
        assert_eq!(asked, [("/2015-03-31/event-source-mappings/id", &json!({ "Enabled": true }))], "{said}");
    }
    let (denied, _) = wake("AccessDeniedException").await;
    let wanted =
        "lambda:UpdateEventSourceMapping on the event source mapping of changes is not allowed: add this permission";
    assert!(matches!(&denied, IntakeError::Unusable(text) if text.starts_with(wanted)), "{denied:?}");
    let (missing, _) = wake("ResourceNotFoundException").await;
    let wanted = "the event source mapping of changes does not exist: deploy the stack of this function again, or correct \
                  BATON_MAPPINGS";
    assert!(matches!(&missing, IntakeError::Unusable(text) if text == wanted), "{missing:?}");
    let (throttled, requests) = wake("TooManyRequestsException").await;
    assert!(matches!(throttled, IntakeError::Unavailable(_)), "{throttled:?}");
    assert_eq!(requests.len(), 4, "it is tried again");
}

#[tokio::test]
async fn an_answer_without_a_count_does_not_count_as_empty() {
    let count = json!({ "Attributes": { "ApproximateNumberOfMessages": "0" } });
    let script = Script::start(move |_, _| Reply::Answer(200, count.clone())).await;
    let urls = json!({ "changes": format!("{}/1/changes", script.endpoint) }).to_string();
    let failed = intake(&script.endpoint, &all("id"), &urls).waiting(QueueName::Changes).await.unwrap_err();
    assert!(matches!(failed, IntakeError::Unavailable(_)), "{failed:?}");
}
