//! What the deployment's secret holds for Slack and for answers. No value of it is ever shown.

use aws::Secrets;
use channels::slack::FixedToken;

use crate::commands::finding::Finding;
use crate::commands::{Variables, connections};

/// Whether there is a Slack token, and whether Slack lets it do what Baton needs.
pub(super) async fn slack(
    secrets: &Secrets,
    arn: &str,
    is_needed: bool,
    variables: &Variables,
    found: &mut Vec<Finding>,
) {
    let about = "Slack token";
    let remedy = format!(
        "write {{\"slack_bot_token\":\"xoxb-…\"}} to slack.json, then aws secretsmanager put-secret-value --secret-id {arn} \
         --secret-string file://slack.json"
    );
    let token = match secrets.get("slack_bot_token").await {
        Ok(token) => token,
        // A secret that nothing was ever put into is not there, as Secrets Manager has it.
        Err(failure) if is_needed => {
            let says = format!("it was never put in, or cannot be read: {failure}");
            return found.push(Finding::fail(about, says, remedy));
        }
        Err(_) => return found.push(Finding::ok(about, "none, and the configuration does not use Slack")),
    };
    match FixedToken::parse(token.reveal()) {
        Err(_) => found.push(Finding::warn(about, "there, but it is no bot token: those begin with xoxb-", remedy)),
        Ok(token) => {
            found.push(Finding::ok(about, "there"));
            match connections::slack(token, variables) {
                Ok(slack) => found.extend(Finding::of_slack(&slack).await),
                Err(failure) => found.push(Finding::failed("Slack", &failure)),
            }
        }
    }
}

/// Whether there is a value without which nobody can answer.
pub(super) async fn value(secrets: &Secrets, key: &str, about: &str, is_needed: bool) -> Finding {
    match secrets.get(key).await {
        Ok(_) => Finding::ok(about, format!("the secret holds {key}")),
        Err(_) if !is_needed => Finding::ok(about, "not used by the configuration"),
        Err(failure) => Finding::warn(about, failure.to_string(), "infra/README.md says where it comes from"),
    }
}
