//! What a status code and a server's words come to together.
//!
//! Codes: RFC 3463 with the registry of enhanced status codes (RFC 5248) and RFC 7505 (X.1.10). A code that names the mailbox
//! is believed unless the words say that the mail was refused for what it is; a code that names nothing gives way to any
//! words.

use domain::observation::Tidings;

use super::Failure;
use super::phrases::{PHRASES, REFUSED};

/// What a failed delivery says of the person.
pub(super) fn tidings(failure: &Failure) -> Tidings {
    let said = said(&failure.reason);
    let coded = failure.code.as_deref().and_then(of_code);
    let what = match (coded, said) {
        (_, Some(Tidings::Blocked)) => Tidings::Blocked,
        (_, Some(Tidings::UnknownUser)) if failure.code.as_deref().is_some_and(is_of_route) => Tidings::OtherBounce,
        // The words tell more: what is full or switched off is there, and what has moved was there.
        (Some(Tidings::UnknownUser), Some(finer @ (Tidings::Full | Tidings::Moved | Tidings::Disabled))) => finer,
        (Some(sure @ (Tidings::UnknownUser | Tidings::Disabled | Tidings::Full | Tidings::Moved)), _) => sure,
        // What could not be reached in days may be reached tomorrow.
        (Some(Tidings::Temporary), Some(Tidings::OtherBounce)) => Tidings::Temporary,
        (_, Some(said)) => said,
        (Some(coded), None) => coded,
        (None, None) => hinted(&failure.reason).unwrap_or_else(|| of_reply(&failure.reason)),
    };
    put_off(what, failure)
}

/// A delivery that is only put off says nothing yet, and one that was given up is no longer put off.
fn put_off(what: Tidings, failure: &Failure) -> Tidings {
    let is_transient = failure.code.as_deref().is_some_and(|code| code.starts_with('4'));
    match (what, failure.failed) {
        (Tidings::Full, _) => Tidings::Full,
        (_, false) => Tidings::Temporary,
        (Tidings::Temporary, true) if !is_transient => Tidings::OtherBounce,
        (what, true) => what,
    }
}

fn of_code(code: &str) -> Option<Tidings> {
    let mut parts = code.split('.');
    let class = parts.next()?;
    let (subject, detail) = (parts.next()?, parts.next()?);
    let what = match (subject, detail) {
        ("1", "1" | "4") => Tidings::UnknownUser,
        ("1", "6") => Tidings::Moved,
        ("2", "1") => Tidings::Disabled,
        ("2", "2") => Tidings::Full,
        // RFC 7293: the mailbox is somebody else's now.
        ("7", "17") => Tidings::UnknownUser,
        ("7", _) if class == "5" => Tidings::Blocked,
        ("1", "7" | "8") if class == "5" => Tidings::Blocked,
        // Exchange Online says 5.4.1 of whom its directory does not know.
        ("0" | "1" | "2" | "3" | "5", "0") | ("4", "1") if class == "5" => return None,
        _ if class == "4" => Tidings::Temporary,
        _ => Tidings::OtherBounce,
    };
    Some(what)
}

/// Whether a code is about the way to a server: what does not exist is its domain then.
fn is_of_route(code: &str) -> bool {
    code.starts_with("5.4.") && !matches!(code, "5.4.0" | "5.4.1") || code.ends_with(".1.2")
}

/// Whether a text gives a code, or says in words what is wrong with a mailbox.
pub(super) fn names_mailbox(text: &str) -> bool {
    let mailbox = [Tidings::UnknownUser, Tidings::Full, Tidings::Disabled, Tidings::Moved];
    code_in(text).is_some() || said(text).is_some_and(|said| mailbox.contains(&said))
}

/// What the words say, whatever the code.
fn said(reason: &str) -> Option<Tidings> {
    let text = plain(reason);
    PHRASES.iter().find(|(_, phrases)| phrases.iter().any(|phrase| stands_in(&text, phrase))).map(|(what, _)| *what)
}

fn hinted(reason: &str) -> Option<Tidings> {
    let text = plain(reason);
    REFUSED.iter().any(|phrase| stands_in(&text, phrase)).then_some(Tidings::UnknownUser)
}

fn plain(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ").to_lowercase()
}

/// Whether a phrase stands in a text and not within a word or an address.
fn stands_in(text: &str, phrase: &str) -> bool {
    let is_inside = |c: char| c.is_alphanumeric();
    text.match_indices(phrase).any(|(at, _)| {
        let before = text[..at].chars().next_back();
        let begins =
            phrase.starts_with(|c: char| !c.is_alphanumeric()) || !before.is_some_and(|c| is_inside(c) || c == '@');
        let rest = &text[at + phrase.len()..];
        // `greylisted`, `blacklisted`: endings belong to the word.
        let ends = !rest.starts_with(is_inside) || ["ed", "ing", "s"].iter().any(|ending| rest.starts_with(ending));
        begins && ends
    })
}

/// The plain reply code of SMTP (RFC 5321), where nothing else is said.
fn of_reply(reason: &str) -> Tidings {
    let replies = reason.split(|c: char| !c.is_ascii_digit()).filter(|code| code.len() == 3);
    for reply in replies {
        match reply {
            "450" | "451" | "421" | "452" => return Tidings::Temporary,
            "552" => return Tidings::Full,
            "551" => return Tidings::Moved,
            "550" | "553" | "554" => return Tidings::OtherBounce,
            _ => {}
        }
    }
    Tidings::OtherBounce
}

/// The enhanced status code that a text holds, the one that says most: `5.1.1` before `5.0.0`.
pub(super) fn code_in(text: &str) -> Option<String> {
    let codes = text.split(|c: char| !(c.is_ascii_digit() || c == '.')).filter(|word| is_code(word));
    let mut codes = codes.peekable();
    let first = codes.peek().map(|code| (*code).to_owned());
    codes.find(|code| !code.ends_with(".0.0")).map(str::to_owned).or(first)
}

/// `class.subject.detail` (RFC 3463): 2, 4 or 5, then two numbers of up to three digits.
pub(super) fn is_code(word: &str) -> bool {
    let parts: Vec<&str> = word.split('.').collect();
    let [class, subject, detail] = parts[..] else { return false };
    let is_number = |part: &str| (1..=3).contains(&part.len()) && part.bytes().all(|b| b.is_ascii_digit());
    matches!(class, "2" | "4" | "5") && is_number(subject) && is_number(detail) && subject.len() < 3
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(code: &str, reason: &str, what: Tidings) {
        let code = (!code.is_empty()).then(|| code.to_owned());
        let failure = Failure { address: String::new(), code, reason: reason.to_owned(), failed: true };
        assert_eq!(tidings(&failure), what, "{reason}");
    }

    #[test]
    fn a_code_that_names_the_mailbox_is_believed() {
        check("5.1.1", "", Tidings::UnknownUser);
        check("5.1.6", "", Tidings::Moved);
        check("5.2.1", "550 mailbox unavailable", Tidings::Disabled);
        check("5.2.2", "", Tidings::Full);
        check("5.4.4", "", Tidings::OtherBounce);
        check("5.7.26", "", Tidings::Blocked);
    }

    #[test]
    fn words_decide_where_the_code_says_nothing_or_hides_a_refusal() {
        check("5.0.0", "550 5.0.0 User unknown", Tidings::UnknownUser);
        check("5.7.1", "550 5.7.1 no such user here", Tidings::UnknownUser);
        check("5.1.1", "550 5.1.1 rejected for poor reputation", Tidings::Blocked);
        check("5.1.1", "550 5.1.1 account has been disabled", Tidings::Disabled);
        check("5.3.0", "554 delivery error: mailbox is full", Tidings::Full);
        check("", "550 blacklisted", Tidings::Blocked);
        check("", "said: 450 greylisted, please try again later", Tidings::OtherBounce);
        check("", "552 something", Tidings::Full);
        check("", "bounced", Tidings::OtherBounce);
    }

    #[test]
    fn what_is_put_off_says_nothing_yet() {
        let failure = |code: &str, reason: &str| Failure {
            address: String::new(),
            code: Some(code.to_owned()),
            reason: reason.to_owned(),
            failed: false,
        };
        assert_eq!(tidings(&failure("4.2.0", "greylisted")), Tidings::Temporary);
        assert_eq!(tidings(&failure("4.1.1", "user unknown")), Tidings::Temporary);
        assert_eq!(tidings(&failure("4.2.2", "over quota")), Tidings::Full);
    }

    #[test]
    fn a_phrase_within_a_word_or_an_address_is_none() {
        check("", "550 <spam@acme.example>", Tidings::Blocked);
        check("", "550 antispamx <no-spammers@acme.example>", Tidings::OtherBounce);
    }

    #[test]
    fn the_code_that_says_most_is_taken() {
        assert_eq!(code_in("status 5.0.0, said 550-5.1.1 no; 10.0.0.1").as_deref(), Some("5.1.1"));
        assert_eq!(code_in("5.0.0").as_deref(), Some("5.0.0"));
        assert_eq!(code_in("from 192.168.5.1.1 at 5.1, v1.2.3"), None);
    }
}
