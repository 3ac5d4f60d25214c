//! Who a Slack user is: for whoever has pressed a button, or was chosen to take a case over.

use std::sync::PoisonError;
use std::time::{Duration, Instant};

use domain::Personal;
use domain::ports::MessengerError;
use serde_json::Value;

use super::answer::{self, Failed};
use super::messenger::SlackMessenger;

/// How long it is known: people leave, and change their addresses seldom.
const FRESH: Duration = Duration::from_secs(15 * 60);
/// So many are known at once; of more it is asked again.
const MOST: usize = 1_000;

/// A person of the workspace.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SlackPerson {
    /// The name.
    pub name: Personal,
    /// The mail address, where Slack says it.
    pub email: Option<Personal>,
    /// The time zone, an IANA name.
    pub zone: Option<String>,
}

impl SlackMessenger {
    /// The person with this id of Slack's, such as `U024BE7LH`; nobody where it is an app, or somebody who has left or is a guest
    /// of another workspace.
    pub async fn person(&self, user: &str) -> Result<Option<SlackPerson>, MessengerError> {
        if !answer::is_word(user) {
            return Ok(None);
        }
        if let Some((known, at)) = self.people.lock().unwrap_or_else(PoisonError::into_inner).get(user)
            && at.elapsed() < FRESH
        {
            return Ok(known.clone());
        }
        let person = match self.api.read("users.info", &[("user", user)]).await {
            Ok(said) => person(&said["user"]),
            Err(Failed::Refused { code, .. }) if matches!(&*code, "user_not_found" | "user_not_visible") => None,
            Err(failed) => return Err(self.api.error_of_reading(failed)),
        };
        let mut people = self.people.lock().unwrap_or_else(PoisonError::into_inner);
        if people.len() >= MOST {
            people.clear();
        }
        people.insert(user.to_owned(), (person.clone(), Instant::now()));
        Ok(person)
    }
}

fn person(user: &Value) -> Option<SlackPerson> {
    if ["deleted", "is_bot", "is_stranger"].iter().any(|flag| user[*flag] == true) {
        return None;
    }
    let profile = &user["profile"];
    let text = |value: &Value| value.as_str().map(str::trim).filter(|text| !text.is_empty()).map(str::to_owned);
    let name = [&profile["real_name"], &user["real_name"], &user["name"]].into_iter().find_map(text)?;
    Some(SlackPerson {
        name: Personal::new(name),
        email: text(&profile["email"]).map(Personal::new),
        zone: text(&user["tz"]),
    })
}
