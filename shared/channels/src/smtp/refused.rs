//! What it means that a mail server has refused a mail, by the step at which it did and the code it gave. (RFC 5321, RFC 3463)

use domain::address::without_addresses;
use domain::handler::told;
use domain::ports::MailerError;
use lettre::transport::smtp::Error;
use lettre::transport::smtp::response::{Code, Severity};

/// How far a mail had come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Step {
    /// Connecting, and the first words.
    Greeting,
    /// TLS.
    Encryption,
    /// User and password.
    Login,
    /// `MAIL FROM`.
    Sender,
    /// `RCPT TO`.
    Recipient,
    /// `DATA`, and the content if a code came after it.
    Content,
}

/// What a server or the way to it said, in words without addresses.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub(super) struct Said(String);

impl Said {
    pub(super) fn of(error: &dyn std::error::Error) -> Self {
        // Some servers answer with pages.
        Self(without_addresses(&told(error)).chars().filter(|c| !c.is_control()).take(300).collect())
    }
}

/// It may work another time.
pub(super) fn unavailable(error: &dyn std::error::Error) -> MailerError {
    MailerError::Unavailable(Box::new(Said::of(error)))
}

/// The mail was certainly not taken. What comes of it depends on who would have to do something.
pub(super) fn never_taken(step: Step, error: &Error) -> MailerError {
    let unusable =
        |remedy: &str| MailerError::Unusable(format!("the mail server refuses: {}; {remedy}", Said::of(error)));
    let refused = || MailerError::Refused(format!("the mail server refuses: {}", Said::of(error)));
    match (step, error.status()) {
        (_, Some(code)) if code.severity == Severity::TransientNegativeCompletion => unavailable(error),
        (Step::Greeting, Some(_)) => unusable("ask whoever runs it whether this machine may send"),
        (Step::Encryption, _) => {
            unusable("correct host, port and tls in SMTP_URL: the server must offer TLS under that name")
        }
        (Step::Login, Some(_)) => unusable("correct user and password in SMTP_URL"),
        (Step::Login, None) if error.is_client() => {
            unusable("the server offers no login by password: correct SMTP_URL")
        }
        (Step::Sender, Some(_)) => unusable("correct notify.sender_address, or let the server send for it"),
        (Step::Recipient, Some(code)) if is_about_us(code, error) => unusable("let the server relay for this sender"),
        (Step::Recipient | Step::Content, Some(_)) => refused(),
        (Step::Greeting | Step::Login | Step::Sender | Step::Recipient | Step::Content, None) => unavailable(error),
    }
}

/// Whether the recipient is refused for what we are: not logged in, or not allowed to relay.
fn is_about_us(code: Code, error: &Error) -> bool {
    let said = told(error).to_lowercase();
    let number = u16::from(code);
    matches!(number, 530 | 534 | 535 | 538) || said.contains("5.7.1 ") || said.contains("relay")
}
