//! Bounces without a report for programs: what qmail, Exim, old Exchange, Notes, Yahoo and others write for people.

use crate::addresses;
use crate::mime::{Head, Kind, Mail};

use super::{Failure, status};

/// What stands for the reason of one address is no longer than this.
const LONGEST: usize = 600;

/// A bounce that names more addresses is an attack.
const MOST_ADDRESSES: usize = 100;

/// The subjects of bounces, in lower case, wherever they stand. Sources: Postfix, Sendmail, qmail, Exim, Exchange in the
/// languages that Baton reads, Gmail, Yahoo, Notes, GroupWise, MDaemon.
const SUBJECTS: [&str; 40] = [
    "undeliver",
    "undelivered",
    "delivery status notification",
    "delivery failure",
    "delivery failed",
    "delivery has failed",
    "delivery notification",
    "delivery report",
    "delivery incomplete",
    "delivery problem",
    "delivery delayed",
    "mail delivery failed",
    "returned mail",
    "returned to sender",
    "failure notice",
    "failure notification",
    "non-delivery",
    "nondeliverable",
    "mail system error",
    "could not send message",
    "could not be delivered",
    "not delivered",
    "delayed",
    "verzögert",
    "rejected:",
    "mail failure",
    "message status",
    "unzustellbar",
    "nicht zugestellt",
    "zustellung fehlgeschlagen",
    "non remis",
    "non distribu",
    "no se puede entregar",
    "no entregado",
    "não entregue",
    "non recapitabile",
    "mancato recapito",
    "onbestelbaar",
    "kan ikke leveres",
    "niedostarczon",
];

/// What begins the copy of our own mail, in lower case.
const COPY: [&str; 14] = [
    "--- below this line is a copy",
    "------ this is a copy of",
    "--- original message",
    "----- original message",
    "-----original message",
    "--- message header follows",
    "----- message header follows",
    "----- transcript of session follows -----original",
    "------ this is a copy of your message",
    "original message follows",
    "original message headers",
    "message headers follow",
    "the original message was included",
    "----- unsent message follows",
];

/// Whether a mail server sent this mail because it could not deliver another.
pub(super) fn is_bounce(mail: &Mail) -> bool {
    let head = &mail.head;
    if head.has("x-failed-recipients") {
        return true;
    }
    let subject = head.subject.to_lowercase();
    let has_subject = SUBJECTS.iter().any(|known| subject.contains(known));
    let text = one_line(mail.text()).to_lowercase();
    let says_so = [
        "could not be delivered",
        "couldn't be delivered",
        "unable to deliver",
        "wasn't able to deliver",
        "permanent error",
    ];
    let says_so = says_so.iter().any(|phrase| text.contains(phrase));
    let gives_reason = || is_daemon(head) && status::names_mailbox(&text);
    if head.is_lost() { says_so } else { is_from_server(head) && (has_subject || says_so || gives_reason()) }
}

/// The address that mail servers write from, and people never do.
fn is_daemon(head: &Head) -> bool {
    ["mailer-daemon", "postmaster", "mail-daemon", "mdaemon", "maildaemon"]
        .contains(&addresses::local(&head.from.address))
}

fn is_from_server(head: &Head) -> bool {
    let address = head.from.address.as_str();
    let local = addresses::local(address);
    let name = head.from.name.to_lowercase();
    let locals = ["bounce", "bounces", "mail", "noreply", "no-reply"];
    let names = [
        "mail delivery",
        "mailer-daemon",
        "mail delivery subsystem",
        "system administrator",
        "mail administrator",
        "postmaster",
    ];
    let from_server = is_daemon(head)
        || locals.contains(&local)
        || local.starts_with("microsoftexchange")
        || names.iter().any(|known| name.contains(known));
    from_server
        || (head.value("return-path") == "<>" && (address.is_empty() || head.value("auto-submitted") == "auto-replied"))
}

/// The addresses that a bounce names, each with what is said of it.
pub(super) fn failures(mail: &Mail) -> Vec<Failure> {
    let text = before_copy(mail.text());
    let named: Vec<String> =
        mail.head.all("x-failed-recipients").flat_map(|value| addresses::all(value).collect::<Vec<_>>()).collect();
    let found = if named.is_empty() { named_in(text, mail) } else { named };
    let put_off = is_put_off(mail, text);
    let mut failures: Vec<Failure> = Vec::new();
    for address in found.into_iter().take(MOST_ADDRESSES) {
        if failures.iter().any(|known| known.address == address) {
            continue;
        }
        let reason = reason_for(text, &address).unwrap_or_else(|| one_line(text));
        failures.push(Failure { address, code: status::code_in(&reason), reason, failed: !put_off });
    }
    failures
}

/// Addresses that stand at the beginning of a line or in brackets; else any; else whom the mail was written to.
fn named_in(text: &str, mail: &Mail) -> Vec<String> {
    let is_other = |address: &String| {
        let local = addresses::local(address);
        !mail.head.to.iter().any(|to| to.address == *address)
            && *address != mail.head.from.address
            && !["postmaster", "mailer-daemon", "abuse", "helpdesk"].contains(&local)
    };
    let heads_line = |line: &str| {
        let bare = line.trim_start_matches([' ', '\t', '<', '-', '*', '"', '\'', '>']);
        addresses::find(bare).first().filter(|range| range.start == 0).map(|range| bare[range.clone()].to_lowercase())
    };
    let first: Vec<String> = text.lines().filter_map(heads_line).filter(is_other).collect();
    if !first.is_empty() {
        return first;
    }
    let any = addresses::all(text).find(is_other);
    let written_to = || {
        let original = mail.part(Kind::Original)?;
        let line = original.lines().find(|line| line.to_lowercase().starts_with("to:"))?;
        addresses::all(line).find(is_other)
    };
    any.or_else(written_to).into_iter().collect()
}

/// What a text says about an address: from the line in which it stands to the next address that heads a line.
pub(super) fn reason_for(text: &str, address: &str) -> Option<String> {
    let lines: Vec<&str> = before_copy(text).lines().collect();
    let is_named = |line: &&str| line.to_lowercase().contains(address);
    let begin = lines.iter().position(is_named)?;
    let heads = |line: &str| {
        let bare = line.trim_start_matches([' ', '\t', '<']);
        addresses::find(bare)
            .first()
            .is_some_and(|found| found.start == 0 && !bare[found.clone()].eq_ignore_ascii_case(address))
    };
    let behind = lines[begin + 1..].iter().take_while(|line| !heads(line));
    let mut said: Vec<&str> = std::iter::once(&lines[begin]).chain(behind).copied().collect();
    // An address by itself says nothing; the words stand below.
    if said.first().is_some_and(|line| line.trim_matches([' ', '<', '>', ':', '\t']).eq_ignore_ascii_case(address)) {
        said.remove(0);
    }
    let reason = one_line(&said.join("\n"));
    (!reason.is_empty()).then_some(reason)
}

/// A text on one line, and not endless.
pub(super) fn one_line(text: &str) -> String {
    let line = before_copy(text).split_whitespace().collect::<Vec<_>>().join(" ");
    line.chars().take(LONGEST).collect()
}

fn before_copy(text: &str) -> &str {
    let lower = text.to_ascii_lowercase();
    let end = COPY.iter().filter_map(|mark| lower.find(mark)).min().unwrap_or(text.len());
    &text[..end]
}

fn is_put_off(mail: &Mail, text: &str) -> bool {
    let subject = mail.head.subject.to_lowercase();
    let text = text.to_lowercase();
    let marks = [
        "delayed",
        "warning: ",
        "delivery incomplete",
        "still being retried",
        "no action is required",
        "verzögert",
        "retardé",
    ];
    let said = [
        "will continue to try",
        "you do not need to resend",
        "will keep trying",
        "delivery attempts will continue",
        "will be retried",
    ];
    marks.iter().any(|mark| subject.contains(mark)) || said.iter().any(|mark| text.contains(mark))
}
