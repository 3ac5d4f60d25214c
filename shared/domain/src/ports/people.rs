//! Somebody who knows where people work: a list that a person keeps, or a provider that is paid for each answer.

use async_trait::async_trait;
use jiff::SignedDuration;
use jiff::Timestamp;
use jiff::civil::Date;

use crate::observation::Job;
use crate::{ContactId, Personal};

/// Whom to look up.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Question {
    /// The contact it is asked for.
    pub contact: ContactId,
    /// The name as the CRM has it.
    pub name: Personal,
    /// The mail address; blank where there is none.
    pub email: Personal,
    /// The company as the CRM has it.
    pub company: String,
}

/// What is known of one person.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Answer {
    /// A record that seems to be the person's.
    Found {
        /// Where the person works now.
        job: Job,
        /// The day the job began, where it is known; the first of a month of which no more is known.
        since: Option<Date>,
        /// When the provider last looked; an observation, and never the day of a change.
        observed: Timestamp,
    },
    /// Nobody is known by that name and address.
    Nobody,
    /// The answer was no record of a person. It says what was wrong with it.
    Rubbish(String),
    /// This question alone was not answered, and not paid for: the quota ran out in the middle, or the provider failed at
    /// it. It may be asked again. The text says why.
    Unasked(String),
}

/// What a caller can do about a failure. Nothing was answered; and nothing was paid, except perhaps where it is `Unknown`.
#[derive(Debug, thiserror::Error)]
pub enum PeopleError {
    /// Ask again after this time.
    #[error("the provider asks to wait {} s", retry_after.as_secs())]
    RateLimited {
        /// How long to wait.
        retry_after: SignedDuration,
    },
    /// The account's credits are used up.
    #[error("the provider's quota is used up: {0}")]
    QuotaSpent(String),
    /// Try later.
    #[error("the provider cannot be reached")]
    Unavailable(#[source] Box<dyn std::error::Error + Send + Sync>),
    /// The questions may have been answered and paid for, and the answers are lost.
    #[error("the answers were lost, and may have been paid for")]
    Unknown(#[source] Box<dyn std::error::Error + Send + Sync>),
    /// Nothing but a person can help: a wrong key, a broken file. The text says what is wrong, where, and what to do.
    #[error("{0}")]
    Unusable(String),
}

/// Somebody who knows where people work.
#[async_trait]
pub trait People: Send + Sync {
    /// The source that evidence names, such as `jobs.csv` or `peopledatalabs`.
    fn name(&self) -> &str;

    /// How many may be asked in one call.
    fn at_once(&self) -> usize;

    /// Whether every answer is paid for, so that the spend ceiling holds and nobody is asked twice within the freshness
    /// window.
    fn is_paid(&self) -> bool;

    /// Looks people up; one answer for each question, in the same order.
    async fn look_up(&self, questions: &[Question]) -> Result<Vec<Answer>, PeopleError>;
}
