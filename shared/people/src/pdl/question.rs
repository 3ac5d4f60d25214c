//! What is sent: one request for each person who can be found, numbered, so that its answer is known again.

use domain::ports::{Answer, Question};
use serde::Serialize;

/// What a record must name, or else it is no news and is not paid for.
const REQUIRED: &str = "job_company_name";
/// The fields that are asked for; the record holds hundreds more about a person, which are nobody's business here.
const FIELDS: &str = "full_name,job_title,job_company_name,job_start_date,job_last_verified,job_last_changed";

#[derive(Serialize)]
struct Bulk<'a> {
    requests: Vec<Request<'a>>,
}

#[derive(Serialize)]
struct Request<'a> {
    metadata: Metadata,
    params: Params<'a>,
}

/// What the answer to a request repeats.
#[derive(Serialize)]
struct Metadata {
    at: usize,
}

#[derive(Serialize)]
struct Params<'a> {
    #[serde(skip_serializing_if = "str::is_empty")]
    email: &'a str,
    #[serde(skip_serializing_if = "str::is_empty")]
    name: &'a str,
    #[serde(skip_serializing_if = "str::is_empty")]
    company: &'a str,
    min_likelihood: u8,
    required: &'static str,
    data_include: &'static str,
    /// Says by which of them the person was found.
    include_if_matched: bool,
}

/// The body of a request about all who can be found; nothing where nobody can.
pub(super) fn body(questions: &[Question], min_likelihood: u8) -> Option<Vec<u8>> {
    let findable = questions.iter().enumerate().filter(|(_, question)| is_findable(question));
    let requests: Vec<Request<'_>> = findable.map(|(at, question)| request(at, question, min_likelihood)).collect();
    // Texts and numbers cannot fail to serialise into memory.
    if requests.is_empty() { None } else { serde_json::to_vec(&Bulk { requests }).ok() }
}

fn request(at: usize, question: &Question, min_likelihood: u8) -> Request<'_> {
    Request {
        metadata: Metadata { at },
        params: Params {
            email: question.email.reveal().trim(),
            name: question.name.reveal().trim(),
            company: question.company.trim(),
            min_likelihood,
            required: REQUIRED,
            data_include: FIELDS,
            include_if_matched: true,
        },
    }
}

/// A mail address is enough, or a name with a company.
pub(super) fn is_findable(question: &Question) -> bool {
    !question.email.is_blank() || (!question.name.is_blank() && !question.company.trim().is_empty())
}

/// The answer about somebody who cannot be found and so was not asked about.
pub(super) fn not_findable() -> Answer {
    Answer::Rubbish("there is neither a mail address nor a name with a company to find a person by".to_owned())
}
