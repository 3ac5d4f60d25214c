//! Ids that cut the contacts into runs of about the same length, without reading them: Salesforce counts ids up in base 62.

use std::cmp::Ordering;

use domain::ContactId;
use domain::ports::CrmError;
use serde::Deserialize;
use serde_json::value::RawValue;

use super::api::{Api, unintelligible};
use super::cells::Cells;
use super::fault::Fault;
use super::soql;
use super::streams::Rows;

const DIGITS: &[u8; 62] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
/// The characters of an id that count: after the three of its object.
const COUNTED: std::ops::Range<usize> = 3..15;
const WHAT: &str = "the first and the last contact";

/// Ids that cut the contacts into at most `most` runs of about `least` or more, ascending.
pub(super) async fn cuts(api: &Api, least: usize, most: usize) -> Result<Vec<ContactId>, CrmError> {
    let end = |order: &str| format!("SELECT Id FROM Contact ORDER BY Id {order} LIMIT 1");
    let queries = ["SELECT COUNT() FROM Contact".to_owned(), end("ASC"), end("DESC")];
    let paths = queries.map(|query| api.path(&format!("query?{}", soql::escaped(&query))));
    let parts = api.together(&paths).await.map_err(|fault| fault.about(WHAT))?;
    let [count, first, last] = read(parts).map_err(|fault| fault.about(WHAT))?;
    let runs = usize::try_from(count.total).unwrap_or(usize::MAX).checked_div(least).unwrap_or(0).min(most);
    let id = |answer: &Answer| answer.rows.records.first().map(|row| row.trimmed("Id")).filter(|id| soql::is_id(id));
    let (Some(first), Some(last)) = (id(&first), id(&last)) else { return Ok(Vec::new()) };
    Ok(between(&first, &last, runs).iter().filter_map(|id| ContactId::parse(id).ok()).collect())
}

#[derive(Deserialize)]
struct Answer {
    #[serde(rename = "totalSize")]
    total: u64,
    #[serde(flatten)]
    rows: Rows,
}

fn read(parts: Vec<Result<Box<RawValue>, Fault>>) -> Result<[Answer; 3], Fault> {
    let answer = |part: Result<Box<RawValue>, Fault>| serde_json::from_str(part?.get()).map_err(|_| unintelligible());
    let answers: Vec<Answer> = parts.into_iter().map(answer).collect::<Result<_, _>>()?;
    answers.try_into().map_err(|_| unintelligible())
}

/// The ids that cut what lies between two into so many runs. Ids of orgs that were joined have gaps, which make runs uneven and
/// leave nothing out.
fn between(first: &str, last: &str, runs: usize) -> Vec<String> {
    let (prefix, bounds) = (&first[..COUNTED.start], (number(first), number(last)));
    let (Some(from), Some(to)) = bounds else { return Vec::new() };
    if last[..COUNTED.start].cmp(prefix) != Ordering::Equal || to <= from {
        return Vec::new();
    }
    let (width, runs) = (to - from, runs as u128);
    let mut ids: Vec<String> =
        (1..runs).map(|run| with_check(&format!("{prefix}{}", text(from + width / runs * run)))).collect();
    ids.dedup();
    ids
}

fn number(id: &str) -> Option<u128> {
    let digit = |byte: &u8| DIGITS.iter().position(|digit| digit == byte).map(|at| at as u128);
    id.as_bytes().get(COUNTED)?.iter().try_fold(0, |number, byte| Some(number * 62 + digit(byte)?))
}

fn text(mut number: u128) -> String {
    let mut digits = [b'0'; 12];
    for digit in digits.iter_mut().rev() {
        *digit = DIGITS[(number % 62) as usize];
        number /= 62;
    }
    digits.map(char::from).iter().collect()
}

/// The 18 characters of an id of 15: three more say which of the others are capitals, five at a time.
fn with_check(id: &str) -> String {
    const CHECK: &[u8; 32] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ012345";
    let group = |group: &[u8]| {
        let bits =
            group.iter().enumerate().map(|(at, byte)| usize::from(byte.is_ascii_uppercase()) << at).sum::<usize>();
        char::from(CHECK[bits])
    };
    id.chars().chain(id.as_bytes().chunks(5).map(group)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_gets_the_check_that_salesforce_gives_it() {
        // From Salesforce's own description of the 18 characters.
        assert_eq!(with_check("00D000000000062"), "00D000000000062EAA");
        assert_eq!(with_check("003000000000AbC"), "003000000000AbCAAU");
    }

    #[test]
    fn cuts_lie_between_the_first_and_the_last_in_ascending_order() {
        let (first, last) = ("0030000000000AAAAA", "00300000000ZZZZAAA");
        let cuts = between(first, last, 9);
        assert_eq!(cuts.len(), 8);
        assert!(cuts.is_sorted() && cuts[0].as_str() > first && cuts[7].as_str() < last, "{cuts:?}");
        assert!(cuts.iter().all(|cut| soql::is_id(cut)));
        assert_eq!(between(first, first, 9), Vec::<String>::new());
        assert_eq!(between(first, last, 0).len() + between(first, last, 1).len(), 0);
    }
}
