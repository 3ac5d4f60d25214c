//! Delivery reports as mail servers write them for programs (RFC 3464): a block of fields for each recipient.

use crate::addresses;
use crate::mime::{Field, Mail, blocks};

use super::Failure;
use super::{plain, status};

/// One mail goes to no more recipients at a time; a report that names more is an attack.
const MOST_BLOCKS: usize = 200;

/// The failures of a report. What was delivered, relayed or expanded is none.
pub(super) fn failures(report: &str, mail: &Mail) -> Vec<Failure> {
    let blocks = blocks(report);
    let names_one = |block: &&Vec<Field>| block.iter().any(|field| field.name == "final-recipient");
    let is_alone = blocks.iter().filter(names_one).count() == 1;
    let mut failures: Vec<Failure> = Vec::new();
    for block in blocks.iter().take(MOST_BLOCKS) {
        let Some(failure) = failure(block, mail, is_alone) else { continue };
        if !failures.iter().any(|known| known.address == failure.address) {
            failures.push(failure);
        }
    }
    failures
}

fn failure(block: &[Field], mail: &Mail, is_alone: bool) -> Option<Failure> {
    let value = |name: &str| block.iter().find(|field| field.name == name).map(|field| field.value.as_str());
    // Whom we wrote to comes before where a forwarding sent it.
    let recipient =
        value("original-recipient").and_then(address).or_else(|| value("final-recipient").and_then(address))?;
    let action = value("action").unwrap_or_default().to_lowercase();
    if ["delivered", "relayed", "expanded"].iter().any(|done| action.starts_with(done)) {
        return None;
    }
    let diagnostic = value("diagnostic-code").map(diagnostic).unwrap_or_default();
    let reason = reason(&diagnostic, &recipient, mail, is_alone);
    let field = value("status").and_then(status::code_in);
    let code = more_telling(field, status::code_in(&diagnostic));
    let is_transient = code.as_deref().is_some_and(|code| code.starts_with('4'));
    let failed = if action.is_empty() { !is_transient } else { !action.starts_with("delayed") };
    if code.as_deref().is_some_and(|code| code.starts_with('2')) && action.is_empty() {
        return None;
    }
    Some(Failure { address: recipient, code, reason, failed })
}

/// A server's own code says more than the `5.0.0` that a gateway makes of it.
fn more_telling(field: Option<String>, diagnostic: Option<String>) -> Option<String> {
    let is_general = |code: &String| code.ends_with(".0.0") || code.ends_with(".0");
    match (field, diagnostic) {
        (Some(field), Some(said)) if is_general(&field) && !is_general(&said) => Some(said),
        (field, said) => field.or(said),
    }
}

/// The address in `rfc822; dana@acme.example`, in lower case.
fn address(value: &str) -> Option<String> {
    let bare = value.split_once(';').map_or(value, |(_, address)| address);
    addresses::all(bare).next()
}

/// What stands in `smtp; 550 5.1.1 …`.
fn diagnostic(value: &str) -> String {
    let bare = match value.split_once(';') {
        Some((kind, text)) if kind.len() < 20 && !kind.trim().contains(' ') => text,
        _ => value,
    };
    bare.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// What the server says in the report; where that is nothing, what the text for people says about this address.
fn reason(diagnostic: &str, recipient: &str, mail: &Mail, is_alone: bool) -> String {
    if diagnostic.chars().filter(|c| c.is_alphabetic()).count() > 3 {
        return diagnostic.to_owned();
    }
    let text = mail.text();
    let near = plain::reason_for(text, recipient);
    near.or_else(|| is_alone.then(|| plain::one_line(text))).unwrap_or_else(|| diagnostic.to_owned())
}
