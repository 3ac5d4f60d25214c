//! `Intake` on Lambda: the event source mappings that poll the queues, enabled and disabled one by one.

use std::collections::BTreeMap;

use async_trait::async_trait;
use aws_sdk_sqs::types::QueueAttributeName;
use aws_smithy_runtime_api::client::orchestrator::HttpResponse;
use aws_smithy_runtime_api::client::result::SdkError;
use aws_smithy_types::error::metadata::ProvideErrorMetadata;
use domain::messages::QueueName;
use domain::ports::{Intake, IntakeError, IntakeState};

use crate::failure::Call;
use crate::{Failure, QueueUrls};

/// The ids of the event source mappings, by the queues they poll.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct MappingIds(BTreeMap<&'static str, String>);

impl MappingIds {
    /// Reads them from a JSON object: `{"changes":"a1b2…"}`. Every queue needs one: a queue without would never be emptied.
    pub fn parse(json: &str) -> Result<Self, String> {
        let mut found: BTreeMap<String, String> =
            serde_json::from_str(json).map_err(|e| format!("no JSON object of queue names and ids: {e}"))?;
        let mut ids = BTreeMap::new();
        for queue in QueueName::ALL.map(QueueName::as_str) {
            ids.insert(queue, found.remove(queue).ok_or_else(|| format!("no event source mapping for {queue}"))?);
        }
        match found.into_keys().next() {
            None => Ok(Self(ids)),
            Some(other) => Err(format!("{other} is no queue")),
        }
    }

    fn get(&self, queue: QueueName) -> Result<&str, Failure> {
        let missing = || Failure::Unusable(format!("no mapping for {}: add it to BATON_MAPPINGS", queue.as_str()));
        self.0.get(queue.as_str()).map(String::as_str).ok_or_else(missing)
    }
}

/// The event source mappings of the queues.
pub struct LambdaIntake {
    lambda: aws_sdk_lambda::Client,
    sqs: aws_sdk_sqs::Client,
    ids: MappingIds,
    urls: QueueUrls,
}

/// SQS's counts of messages; each message is in one of them.
const COUNTS: [QueueAttributeName; 3] = [
    QueueAttributeName::ApproximateNumberOfMessages,
    QueueAttributeName::ApproximateNumberOfMessagesNotVisible,
    QueueAttributeName::ApproximateNumberOfMessagesDelayed,
];

/// SQS answered without a count.
#[derive(Debug, thiserror::Error)]
#[error("SQS did not say how many messages {0} holds")]
struct Uncounted(&'static str);

impl LambdaIntake {
    pub(crate) fn new(
        lambda: aws_sdk_lambda::Client,
        sqs: aws_sdk_sqs::Client,
        ids: MappingIds,
        urls: QueueUrls,
    ) -> Self {
        Self { lambda, sqs, ids, urls }
    }

    async fn enable(&self, queue: QueueName, enabled: bool) -> Result<(), IntakeError> {
        let call = self.lambda.update_event_source_mapping().uuid(self.ids.get(queue)?).enabled(enabled);
        match call.send().await {
            Ok(_) => Ok(()),
            Err(error) => Err(failed("lambda:UpdateEventSourceMapping", queue, &error)),
        }
    }
}

#[async_trait]
impl Intake for LambdaIntake {
    async fn waiting(&self, queue: QueueName) -> Result<u64, IntakeError> {
        let name = queue.as_str();
        let missing = || IntakeError::Unusable(format!("the queue {name} has no address here: add it to BATON_QUEUES"));
        let url = self.urls.get(queue).ok_or_else(missing)?;
        let on = format!("queue {name}");
        let about = Call { action: "sqs:GetQueueAttributes", on: &on, set_in: "BATON_QUEUES" };
        let call = self.sqs.get_queue_attributes().queue_url(url).set_attribute_names(Some(COUNTS.into()));
        let answer = call.send().await.map_err(|e| about.failed(&e))?;
        let attributes = answer.attributes.unwrap_or_default();
        let count = |name: &QueueAttributeName| attributes.get(name).and_then(|count| count.parse::<u64>().ok());
        let counts: Option<Vec<u64>> = COUNTS.iter().map(count).collect();
        let counts = counts.ok_or_else(|| IntakeError::Unavailable(Box::new(Uncounted(name))))?;
        Ok(counts.into_iter().sum())
    }

    async fn state(&self, queue: QueueName) -> Result<IntakeState, IntakeError> {
        let call = self.lambda.get_event_source_mapping().uuid(self.ids.get(queue)?);
        let answer = call.send().await.map_err(|e| failed("lambda:GetEventSourceMapping", queue, &e))?;
        Ok(match answer.state() {
            Some("Enabled") => IntakeState::Awake,
            Some("Disabled") => IntakeState::Asleep,
            // Creating, Enabling, Disabling, Updating, Deleting: Lambda refuses changes until it has ended.
            _ => IntakeState::Changing,
        })
    }

    async fn wake(&self, queue: QueueName) -> Result<(), IntakeError> {
        self.enable(queue, true).await
    }

    async fn put_to_sleep(&self, queue: QueueName) -> Result<(), IntakeError> {
        self.enable(queue, false).await
    }
}

fn failed<E>(action: &str, queue: QueueName, error: &SdkError<E, HttpResponse>) -> IntakeError
where
    E: ProvideErrorMetadata + std::error::Error + 'static,
{
    if matches!(error.code(), Some("ResourceInUseException" | "ResourceConflictException")) {
        return IntakeError::Changing;
    }
    let on = format!("event source mapping of {}", queue.as_str());
    Call { action, on: &on, set_in: "BATON_MAPPINGS" }.failed(error).into()
}

impl From<Failure> for IntakeError {
    fn from(failure: Failure) -> Self {
        match failure {
            Failure::Unavailable(source) => Self::Unavailable(source),
            Failure::Unusable(text) => Self::Unusable(text),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_queue_has_its_mapping_and_nothing_else_has_one() {
        let parse = |json: serde_json::Value| MappingIds::parse(&json.to_string());
        let mut all: serde_json::Map<_, _> =
            QueueName::ALL.into_iter().map(|queue| (queue.as_str().to_owned(), "id".into())).collect();
        assert_eq!(parse(all.clone().into()).unwrap().get(QueueName::Planned).unwrap(), "id");
        all.insert("change".to_owned(), "id".into());
        assert_eq!(parse(all.clone().into()), Err("change is no queue".to_owned()));
        all.remove("deliveries");
        assert_eq!(parse(all.into()), Err("no event source mapping for deliveries".to_owned()));
        assert!(MappingIds::parse("[]").unwrap_err().starts_with("no JSON object"));
    }
}
