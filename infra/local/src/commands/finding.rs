//! Lines of the doctor's: how something is, and what to do.

use std::error::Error;
use std::fmt;

use channels::slack::SlackMessenger;
use crm::{Checked, LiveCrm};
use domain::handler::told;
use serde::Serialize;

use super::Failure;
use crate::terminal::say;
use crate::{Ended, Format};

/// What was found of one thing.
#[derive(Debug, Serialize)]
pub(crate) struct Finding {
    pub(crate) grade: Grade,
    pub(crate) about: String,
    pub(crate) says: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    pub(crate) remedy: String,
}

/// How well it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Grade {
    /// As it should be.
    Ok,
    /// It works, and somebody should look.
    Warn,
    /// Something does not work.
    Fail,
}

impl Finding {
    pub(crate) fn ok(about: &str, says: impl Into<String>) -> Self {
        Self { grade: Grade::Ok, about: about.to_owned(), says: says.into(), remedy: String::new() }
    }

    pub(crate) fn warn(about: &str, says: impl Into<String>, remedy: impl Into<String>) -> Self {
        Self { grade: Grade::Warn, about: about.to_owned(), says: says.into(), remedy: remedy.into() }
    }

    pub(crate) fn fail(about: &str, says: impl Into<String>, remedy: impl Into<String>) -> Self {
        Self { grade: Grade::Fail, ..Self::warn(about, says, remedy) }
    }

    /// It could not be looked at; the error says what to do.
    pub(crate) fn failed(about: &str, error: &dyn Error) -> Self {
        Self::fail(about, told(error), "")
    }

    /// A CRM over the network, one line for each thing that was looked at.
    pub(crate) async fn of_crm(system: &str, crm: &dyn LiveCrm) -> Vec<Self> {
        let checked = crm.examine().await.into_iter();
        checked.map(|Checked { what, problem }| Self::judged(&format!("{system}: {what}"), problem)).collect()
    }

    /// Slack, one line for each thing that was looked at.
    pub(crate) async fn of_slack(slack: &SlackMessenger) -> Vec<Self> {
        slack.examine().await.into_iter().map(|(what, problem)| Self::judged(&what, problem)).collect()
    }

    fn judged(about: &str, problem: Option<String>) -> Self {
        match problem {
            None => Self::ok(about, "as it should be"),
            Some(problem) => Self::fail(about, problem, ""),
        }
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let grade = match self.grade {
            Grade::Ok => "ok  ",
            Grade::Warn => "warn",
            Grade::Fail => "FAIL",
        };
        write!(f, "{grade}  {}: {}", self.about, self.says)?;
        if self.remedy.is_empty() { Ok(()) } else { write!(f, "\n      → {}", self.remedy) }
    }
}

/// Prints what was found. Something that does not work is a failure.
pub(crate) fn tell(found: &[Finding], format: Format) -> Result<Ended, Failure> {
    for finding in found {
        say(&match format {
            Format::Json => serde_json::to_string(finding).unwrap_or_default(),
            Format::Table => finding.to_string(),
        });
    }
    let count = |grade: Grade| found.iter().filter(|finding| finding.grade == grade).count();
    match (count(Grade::Fail), count(Grade::Warn)) {
        (0, 0) => Ok(Ended::Done),
        (0, _) => Ok(Ended::Look),
        (failed, _) => Err(Failure::new(format!("{failed} of {} checks failed", found.len()))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_remedy_stands_on_a_line_of_its_own() {
        assert_eq!(Finding::ok("table t", "there").to_string(), "ok    table t: there");
        assert_eq!(Finding::fail("bus", "gone", "make it").to_string(), "FAIL  bus: gone\n      → make it");
    }
}
