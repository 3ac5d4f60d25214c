//! Whether Slack is set up as Baton needs it, with one call that changes nothing.

use domain::handler::told;
use https::header::HeaderName;

use super::answer;
use super::messenger::SlackMessenger;

/// Every scope the app needs, and what for.
pub const SCOPES: [(&str, &str); 5] = [
    ("chat:write", "to post messages and to change them"),
    ("users:read.email", "to find whom a message is for by the mail address"),
    ("users:read", "to know who has pressed a button"),
    ("im:write", "to look up a message of which nobody can tell whether it was posted"),
    ("im:history", "to look up a message of which nobody can tell whether it was posted"),
];

/// In which Slack lists the scopes of the token.
const HELD: HeaderName = HeaderName::from_static("x-oauth-scopes");

impl SlackMessenger {
    /// What was looked at, and of each what is wrong with it and what to do; nothing where all is well.
    pub async fn examine(&self) -> Vec<(String, Option<String>)> {
        let token = "Slack's bot token".to_owned();
        let answer = match self.api.ask("auth.test", &[]).await {
            Ok(answer) => answer,
            Err(failed) => return vec![(token, Some(told(&self.api.error_of_reading(failed))))],
        };
        let said = match answer::read(&answer) {
            Ok(said) => said,
            Err(failed) => return vec![(token, Some(told(&self.api.error_of_reading(failed))))],
        };
        let is_a_persons = !said["bot_id"].is_string();
        let problem = is_a_persons
            .then(|| "this is the token of a person: use the Bot User OAuth Token, which begins with xoxb-".to_owned());
        let mut looked_at = vec![(token, problem)];
        match answer.header(&HELD) {
            Some(held) => looked_at.extend(SCOPES.iter().map(|(scope, why)| scope_of(held, scope, why))),
            None => looked_at.push((
                "Slack's scopes".to_owned(),
                Some(format!("Slack does not say which the token has: see that it has {}", names())),
            )),
        }
        looked_at
    }
}

fn scope_of(held: &str, scope: &str, why: &str) -> (String, Option<String>) {
    let has = held.split(',').any(|held| held.trim() == scope);
    let problem = (!has)
        .then(|| format!("the app lacks it, {why}: add {scope} under OAuth & Permissions and install the app anew"));
    (format!("Slack's scope {scope}"), problem)
}

fn names() -> String {
    SCOPES.map(|(scope, _)| scope).join(", ")
}
