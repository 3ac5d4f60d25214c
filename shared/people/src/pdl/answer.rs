//! What came back: the answers in the order of their questions, or why there are none. Nothing of a person's data, and
//! nothing that was sent, goes into a reason.

use domain::Personal;
use domain::observation::Job;
use domain::ports::{Answer, PeopleError, Question};
use jiff::fmt::rfc2822;
use jiff::{SignedDuration, Timestamp};
use serde::Deserialize;
use serde_json::Value;
use serde_json::value::RawValue;

use super::http::Answered;
use super::question::{is_findable, not_findable};
use crate::dates;

/// Their limits are by the minute, and a window that is named by no header ends within one.
const WINDOW: SignedDuration = SignedDuration::from_secs(60);

/// Reads an answer.
pub(super) fn read(answered: &Answered, questions: &[Question]) -> Result<Vec<Answer>, PeopleError> {
    let status = answered.status;
    let says = || named_error(&answered.body).map(|name| format!(" ({name})")).unwrap_or_default();
    match status {
        200 => list(&answered.body, questions),
        // So it answers a single question about somebody it does not know.
        404 if named_error(&answered.body).as_deref() == Some("not_found") => {
            Ok(questions.iter().map(|_| Answer::Nobody).collect())
        }
        401 | 403 => Err(PeopleError::Unusable(format!(
            "People Data Labs refuses the key with status {status}{}; check PDL_API_KEY in its dashboard",
            says()
        ))),
        402 => Err(PeopleError::QuotaSpent(
            "the credits at People Data Labs are used up; buy more, or wait for the next month".to_owned(),
        )),
        429 => Err(PeopleError::RateLimited { retry_after: wait(answered) }),
        // What stands in front of the provider has lost an answer that was perhaps on its way.
        502 | 504 => Err(PeopleError::Unknown(format!("a gateway answers {status}").into())),
        500..=599 => Err(PeopleError::Unavailable(format!("People Data Labs answers {status}{}", says()).into())),
        _ => Err(PeopleError::Unusable(format!(
            "People Data Labs answers {status}{} to a bulk enrichment; check the address, and look for a newer version of Baton",
            says()
        ))),
    }
}

/// One entry of the list; fields that the customer's contract does not include may be of any type.
#[derive(Deserialize)]
struct Entry {
    #[serde(default)]
    metadata: Value,
    status: u16,
    #[serde(default)]
    likelihood: Value,
    #[serde(default)]
    matched: Value,
    #[serde(default)]
    data: Option<Record>,
    #[serde(default)]
    error: Value,
}

#[derive(Deserialize)]
struct Record {
    #[serde(default)]
    full_name: Value,
    #[serde(default)]
    job_title: Value,
    #[serde(default)]
    job_company_name: Value,
    #[serde(default)]
    job_start_date: Value,
    #[serde(default)]
    job_last_verified: Value,
    #[serde(default)]
    job_last_changed: Value,
}

fn list(body: &[u8], questions: &[Question]) -> Result<Vec<Answer>, PeopleError> {
    let entries: Vec<&RawValue> = serde_json::from_slice(body).map_err(|e| {
        // Without the error's own words, which quote what was there.
        let what = format!("the answer is no list of records (line {}, column {})", e.line(), e.column());
        PeopleError::Unknown(what.into())
    })?;
    let mut answers: Vec<Option<Answer>> = questions.iter().map(|_| None).collect();
    let asked: Vec<usize> = (0..questions.len()).filter(|at| is_findable(&questions[*at])).collect();
    let in_order = entries.len() == asked.len();
    for (place, entry) in entries.iter().enumerate() {
        let entry = serde_json::from_str::<Entry>(entry.get());
        let number = entry.as_ref().ok().and_then(|entry| entry.metadata["at"].as_u64());
        // The place in the list says whose it is only where the number does not, and where nothing is missing.
        let number = number.and_then(|at| usize::try_from(at).ok());
        let at = number.or_else(|| asked.get(place).copied().filter(|_| in_order));
        if let Some(answer) = at.and_then(|at| answers.get_mut(at)) {
            let read = entry.map_or_else(|_| rubbish("the entry is no record"), |entry| entry.answer());
            *answer = Some(match answer {
                None => read,
                Some(_) => rubbish("there are several entries for one question"),
            });
        }
    }
    let missing = |(answer, question): (Option<Answer>, &Question)| match answer {
        Some(answer) => answer,
        None if is_findable(question) => rubbish("there is no entry for the question"),
        None => not_findable(),
    };
    Ok(answers.into_iter().zip(questions).map(missing).collect())
}

impl Entry {
    fn answer(&self) -> Answer {
        let says = || self.error["type"].as_str().filter(|word| is_word(word)).map(|word| format!(" ({word})"));
        match (self.status, &self.data) {
            (200, Some(record)) => record.answer(self.percent(), self.found_by_address()),
            (200, None) => rubbish("the entry has no record"),
            (404, _) => Answer::Nobody,
            (402, _) => Answer::Unasked("the credits at People Data Labs are used up".to_owned()),
            (429, _) => Answer::Unasked("People Data Labs asks to wait".to_owned()),
            (500..=599, _) => Answer::Unasked(format!("People Data Labs answers {}", self.status)),
            (status, _) => {
                rubbish(&format!("the question was refused with status {status}{}", says().unwrap_or_default()))
            }
        }
    }

    /// Their likelihood goes from 1 to 10. One that is not given is none.
    fn percent(&self) -> u8 {
        let steps = self.likelihood.as_f64().filter(|steps| (1.0..=10.0).contains(steps)).unwrap_or(0.0);
        // At most 100 by the line above.
        (steps * 10.0) as u8
    }

    fn found_by_address(&self) -> bool {
        self.matched.as_array().is_some_and(|by| by.iter().any(|by| by.as_str() == Some("email")))
    }
}

impl Record {
    /// A field that is null is one of which nothing is known. So a record without a company tells of no departure.
    fn answer(&self, likelihood: u8, identified: bool) -> Answer {
        let Some(company) = text(&self.job_company_name) else {
            return rubbish("the record names no company");
        };
        let looked = [&self.job_last_verified, &self.job_last_changed].into_iter().filter_map(text);
        let Some(observed) = looked.filter_map(dates::moment).next() else {
            return rubbish("the record does not say when it was last looked at");
        };
        Answer::Found {
            job: Job {
                name: Personal::new(text(&self.full_name).unwrap_or_default()),
                title: text(&self.job_title).unwrap_or_default().to_owned(),
                company: company.to_owned(),
                likelihood,
                identified,
            },
            since: text(&self.job_start_date).and_then(dates::day),
            observed,
        }
    }
}

/// A text that is none is not there: `true` says of a field that the contract does not include it.
fn text(value: &Value) -> Option<&str> {
    value.as_str().map(str::trim).filter(|text| !text.is_empty())
}

fn rubbish(why: &str) -> Answer {
    Answer::Rubbish(why.to_owned())
}

/// The name of an error, such as `rate_limit_error`; its message may repeat what was sent.
fn named_error(body: &[u8]) -> Option<String> {
    let body: Value = serde_json::from_slice(body).ok()?;
    body["error"]["type"].as_str().filter(|word| is_word(word)).map(str::to_owned)
}

fn is_word(text: &str) -> bool {
    (1..=60).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_lowercase() || b == b'_')
}

/// How long the provider asks to wait: so many seconds, or until a time, which is reckoned by its own clock.
fn wait(answered: &Answered) -> SignedDuration {
    let after = answered.retry_after.as_deref().unwrap_or_default().trim();
    let seconds = after.parse::<u32>().ok().map(|seconds| SignedDuration::from_secs(i64::from(seconds)));
    let until = || {
        let date = |text: &str| rfc2822::parse(text).ok().map(|zoned| zoned.timestamp());
        let now: Timestamp = date(answered.date.as_deref()?)?;
        Some(date(after)?.duration_since(now).max(SignedDuration::ZERO))
    };
    seconds.or_else(until).unwrap_or(WINDOW)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answered(status: u16, retry_after: Option<&str>, body: &str) -> Answered {
        let date = Some("Mon, 02 Nov 2026 07:00:00 GMT".to_owned());
        Answered { status, retry_after: retry_after.map(str::to_owned), date, body: body.as_bytes().to_vec() }
    }

    #[test]
    fn a_wait_is_read_in_seconds_or_as_a_time_and_is_a_minute_where_nobody_says() {
        for (after, seconds) in [
            (Some("2"), 2),
            (Some(" 0 "), 0),
            (Some("Mon, 02 Nov 2026 07:00:45 GMT"), 45),
            (Some("Mon, 02 Nov 2026 06:00:00 GMT"), 0),
            (Some("soon"), 60),
            (Some("-3"), 60),
            (None, 60),
        ] {
            assert_eq!(wait(&answered(429, after, "")).as_secs(), seconds, "{after:?}");
        }
    }

    #[test]
    fn a_reason_repeats_nothing_that_was_sent() {
        for body in [
            r#"{"status":400,"error":{"type":"dana@northwind.example","message":"bad email dana@northwind.example"}}"#,
            r#"{"status":400,"error":{"type":"invalid_request_error","message":"bad email dana@northwind.example"}}"#,
            "dana@northwind.example",
        ] {
            let error = read(&answered(400, None, body), &[]).unwrap_err().to_string();
            assert!(!error.contains("dana"), "{error}");
        }
    }
}
