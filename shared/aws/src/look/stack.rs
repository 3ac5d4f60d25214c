//! What a stack says of itself: its outputs, by which everything in it is found.

use std::collections::BTreeMap;

use aws_smithy_types::error::metadata::ProvideErrorMetadata;
use domain::messages::QueueName;

use super::Look;
use crate::failure::Call;
use crate::{Failure, QueueUrls};

/// The outputs of a stack by their names.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct StackOutputs {
    stack: String,
    outputs: BTreeMap<String, String>,
}

impl StackOutputs {
    /// The output of this name.
    pub fn get(&self, name: &str) -> Result<&str, Failure> {
        let stack = &self.stack;
        let missing = || {
            Failure::Unusable(format!(
                "the stack {stack} has no output {name}: deploy the template of this version, or name Baton's own stack"
            ))
        };
        self.outputs.get(name).map(String::as_str).ok_or_else(missing)
    }

    /// The addresses in an output, which is a JSON object of them by queue name. It may name queues besides Baton's five.
    pub fn urls(&self, name: &str) -> Result<BTreeMap<String, String>, Failure> {
        let unreadable = |e: serde_json::Error| {
            Failure::Unusable(format!("the output {name} of the stack {} cannot be read: {e}", self.stack))
        };
        serde_json::from_str(self.get(name)?).map_err(unreadable)
    }

    /// Those of Baton's queues for which the output has an address; of one queue alone, if one is named.
    pub fn queue_urls(&self, name: &str, only: Option<QueueName>) -> Result<QueueUrls, Failure> {
        let mut urls = self.urls(name)?;
        urls.retain(|found, _| {
            QueueName::ALL.iter().any(|queue| queue.as_str() == found && only.is_none_or(|only| only == *queue))
        });
        QueueUrls::parse(&serde_json::json!(urls).to_string()).map_err(Failure::Unusable)
    }
}

impl Look<'_> {
    /// The outputs of the stack of this name.
    pub async fn stack(&self, stack: &str) -> Result<StackOutputs, Failure> {
        let client = aws_sdk_cloudformation::Client::new(&self.0.at("CLOUDFORMATION"));
        let on = format!("stack {stack}");
        let about = Call { action: "cloudformation:DescribeStacks", on: &on, set_in: "--stack" };
        let missing = || {
            let region = self.region();
            Failure::Unusable(format!(
                "there is no stack {stack} in {region}: name it with --stack, or choose the region with AWS_REGION"
            ))
        };
        let answer = client.describe_stacks().stack_name(stack).send().await.map_err(|e| match e.code() {
            Some("ValidationError") => missing(),
            _ => about.failed(&e),
        })?;
        let found = answer.stacks.into_iter().flatten().next().ok_or_else(missing)?;
        let outputs = found.outputs.into_iter().flatten();
        let outputs = outputs.filter_map(|output| Some((output.output_key?, output.output_value?))).collect();
        Ok(StackOutputs { stack: stack.to_owned(), outputs })
    }
}
