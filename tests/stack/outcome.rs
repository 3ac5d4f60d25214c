//! What a story comes to for people, whatever happened on the way: the same cases, notices and reasons, at whatever hour; each
//! notice told once, or recorded as one of which nobody can tell.

use std::collections::BTreeMap;

use mailparse::{MailHeaderMap, ParsedMail};
use serde_json::Value;

use crate::ending::{Ending, Record, difference, take};

/// An ending, without the hours and without what is allowed to differ after a fault: which notice of a case was the first
/// to arrive, the order of a chain's entries, and notes of a scan that expire.
#[derive(Debug)]
pub(crate) struct Outcome {
    records: Vec<String>,
    /// What left, by delivery. More than one is one too many.
    told: BTreeMap<String, Vec<String>>,
    /// Deliveries of which nobody can tell whether they arrived.
    pub unknown: Vec<String>,
}

impl Outcome {
    pub(crate) fn of(ending: &Ending) -> Self {
        let mut records: Vec<String> = ending.records.iter().filter_map(comparable).collect();
        records.extend(ending.events.iter().map(|event| format!("event {}", without_hours(event))));
        records.extend(ending.notes.iter().map(|row| format!("note {row:?}")));
        let mut told = BTreeMap::<String, Vec<String>>::new();
        for mail in &ending.mails {
            let mail = mailparse::parse_mail(mail.as_bytes()).unwrap();
            told.entry(delivery_of(&mail)).or_default().push(words(&mail));
        }
        for post in &ending.posts {
            let delivery = post["metadata"]["event_payload"]["delivery"].as_str().unwrap().to_owned();
            let mut post = post.clone();
            take(&mut post, &["thread_ts"]);
            told.entry(delivery).or_default().push(post.to_string());
        }
        let in_doubt = |delivery: &Value| delivery["progress"].get("unknown").is_some();
        let unknown = ending.of_kind("DELIVERY#").filter(in_doubt).map(|d| d["id"].as_str().unwrap().to_owned());
        Self { records, told, unknown: unknown.collect() }
    }

    /// Nothing is lost and nothing is doubled.
    #[track_caller]
    pub(crate) fn check(&self, undisturbed: &Self, what: &str) {
        if let Some(difference) = difference(&self.records, &undisturbed.records) {
            panic!("{what}\n{difference}");
        }
        for (delivery, messages) in &self.told {
            assert_eq!(Some(messages), undisturbed.told.get(delivery), "{what}: {delivery}");
        }
        let never_left = undisturbed.told.keys().filter(|delivery| !self.told.contains_key(*delivery));
        for delivery in never_left {
            assert!(self.unknown.contains(delivery), "{what}: {delivery} never left, and no record says so");
        }
    }
}

fn comparable(record: &Record) -> Option<String> {
    let Record { partition, sort, body } = record;
    let expires = ["PART#", "SEEN#"].iter().any(|kind| sort.starts_with(kind))
        || ["MESSAGE#", "TALLY#"].iter().any(|kind| partition.starts_with(kind));
    // How far the steward has looked is of no concern to anybody.
    if expires || partition == "STEWARD" {
        return None;
    }
    let Ok(mut json) = serde_json::from_slice::<Value>(body) else {
        return Some(format!("{partition} {sort} {}", without_hours(&String::from_utf8_lossy(body))));
    };
    let mut sort = sort.clone();
    if sort.starts_with("AUDIT") {
        take(&mut json, &["seq", "previous", "hash"]);
        sort.truncate("AUDIT".len());
        told_or_in_doubt(&mut json);
    }
    if sort.starts_with("DELIVERY#") {
        let progress = &mut json["progress"];
        if progress.get("sent").or(progress.get("unknown")).is_some() {
            *progress = "told".into();
        }
        json["thread"] = json["thread"].is_string().into();
    }
    if sort.starts_with("CASE#") && json["state"] == "notified" {
        take(&mut json, &["because"]);
    }
    Some(without_hours(&format!("{partition} {sort} {json}")))
}

/// An audit entry says the same of a notice that was sent and of one that may have been.
fn told_or_in_doubt(entry: &mut Value) {
    let action = entry["action"].as_str().unwrap_or_default();
    let channel = action.strip_suffix(" sent").or_else(|| action.strip_suffix(" unknown"));
    if let Some(channel) = channel {
        entry["action"] = format!("{channel} told").into();
        take(entry, &["grounds"]);
    }
}

fn delivery_of(mail: &ParsedMail<'_>) -> String {
    let id = mail.headers.get_first_value("Message-ID").unwrap();
    let left = id.trim_start_matches('<').split('@').next().unwrap_or_default();
    left.replace("=3A", ":").replace("=40", "@").replace("=2E", ".")
}

/// Subject, reader and every part, without the second at which it was written.
fn words(mail: &ParsedMail<'_>) -> String {
    let head = ["To", "Subject"].map(|name| mail.headers.get_first_value(name).unwrap_or_default()).join("\n");
    let parts = mail.parts().map(|part| part.get_body().unwrap_or_default()).collect::<Vec<_>>().join("\n");
    let kept = parts.lines().filter(|line| !line.starts_with("DTSTAMP"));
    format!("{head}\n{}", kept.collect::<Vec<_>>().join("\n"))
}

/// `2026-10-08T07:06:20Z` → `2026-10-08`
fn without_hours(text: &str) -> String {
    let mut kept = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find('T') {
        let (before, after) = rest.split_at(at);
        kept.push_str(before);
        let end = after.find('Z').filter(|end| is_time(before, &after[1..*end]));
        rest = match end {
            Some(end) => &after[end + 1..],
            None => {
                kept.push('T');
                &after[1..]
            }
        };
    }
    kept + rest
}

fn is_time(before: &str, time: &str) -> bool {
    let is_day = before.len() >= 10
        && before.get(before.len() - 10..).is_some_and(|day| day.parse::<jiff::civil::Date>().is_ok());
    is_day && time.parse::<jiff::civil::Time>().is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hours_are_taken_out_and_nothing_else() {
        let text = "RUN#2026-10-08T07:00:00Z#scan-20261008T070000Z \"at\":\"2026-10-08T07:06:20.5Z\" The TZ 12T";
        assert_eq!(without_hours(text), "RUN#2026-10-08#scan-20261008T070000Z \"at\":\"2026-10-08\" The TZ 12T");
    }
}
