//! A queue seen from outside: how long it keeps and hides messages, where it puts those that fail, how many there are.

use std::collections::HashMap;

use aws_sdk_sqs::types::QueueAttributeName;
use serde::Deserialize;

use super::Look;
use crate::Failure;
use crate::failure::Call;

/// A queue's settings, and what is in it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct QueueSeen {
    /// Its ARN.
    pub arn: String,
    /// How long a message is hidden that somebody has received, in seconds.
    pub visibility_s: u32,
    /// How long a message is kept, in seconds.
    pub retention_s: u32,
    /// The ARN of its dead letters, and after how many receives a message goes there.
    pub dead_letters: Option<(String, u32)>,
    /// About how many messages are in it, visible or not.
    pub messages: u64,
}

/// The attribute `RedrivePolicy`. The console writes the number as text.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Redrive {
    dead_letter_target_arn: String,
    max_receive_count: serde_json::Value,
}

impl Look<'_> {
    /// The queue at this address; `name` is what it is called.
    pub async fn queue(&self, name: &str, url: &str) -> Result<QueueSeen, Failure> {
        let client = aws_sdk_sqs::Client::new(&self.0.at("SQS"));
        let on = format!("queue {name}");
        let about = Call { action: "sqs:GetQueueAttributes", on: &on, set_in: "the stack's outputs" };
        let call = client.get_queue_attributes().queue_url(url).attribute_names(QueueAttributeName::All);
        let found = call.send().await.map_err(|e| about.failed(&e))?.attributes.unwrap_or_default();
        use QueueAttributeName as Name;
        let counts = [
            Name::ApproximateNumberOfMessages,
            Name::ApproximateNumberOfMessagesNotVisible,
            Name::ApproximateNumberOfMessagesDelayed,
        ];
        Ok(QueueSeen {
            arn: found.get(&Name::QueueArn).cloned().unwrap_or_default(),
            visibility_s: number(&found, &Name::VisibilityTimeout),
            retention_s: number(&found, &Name::MessageRetentionPeriod),
            dead_letters: found.get(&Name::RedrivePolicy).and_then(|policy| dead_letters(policy)),
            messages: counts.iter().map(|name| u64::from(number(&found, name))).sum(),
        })
    }
}

fn number(found: &HashMap<QueueAttributeName, String>, name: &QueueAttributeName) -> u32 {
    found.get(name).and_then(|digits| digits.parse().ok()).unwrap_or_default()
}

fn dead_letters(policy: &str) -> Option<(String, u32)> {
    let Redrive { dead_letter_target_arn, max_receive_count } = serde_json::from_str(policy).ok()?;
    let count = max_receive_count.as_str().map_or_else(|| max_receive_count.to_string(), str::to_owned);
    Some((dead_letter_target_arn, count.parse().ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_redrive_policy_is_read_with_its_number_as_number_and_as_text() {
        for count in ["5", "\"5\""] {
            let policy = format!(r#"{{"deadLetterTargetArn":"arn:x","maxReceiveCount":{count}}}"#);
            assert_eq!(dead_letters(&policy), Some(("arn:x".to_owned(), 5)), "{policy}");
        }
        assert_eq!(dead_letters("{}"), None);
    }
}
