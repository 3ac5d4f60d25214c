//! One notice as a mail: text and HTML that say the same, and the reader's first step as a calendar entry. Nothing but
//! a checked address and cleaned text reaches a header, and the same notice and date give the same bytes.

mod address;
mod calendar;
mod html;
mod text;

use domain::notice::Delivery;
use domain::ports::OutgoingMail;
use domain::{DeliveryId, MessageId, Personal};
use jiff::Timestamp;
use mail_builder::MessageBuilder;
use mail_builder::headers::address::Address;
use mail_builder::headers::content_type::ContentType;
use mail_builder::headers::raw::Raw;
use mail_builder::mime::MimePart;

use crate::sheet::Sheet;
use crate::words;

pub use address::{AddressError, Mailbox, mailbox};
pub use html::{STYLE, html_body, page};
pub use text::text_body;

/// Who the mail is from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sender {
    /// The display name.
    pub name: String,
    /// The address.
    pub address: Mailbox,
}

/// Why no mail can be made.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum MailError {
    /// The notice's recipient has no address that one mail can go to.
    #[error("the recipient's address is refused: {0}")]
    Recipient(#[from] AddressError),
}

/// The whole MIME message for the delivery's one recipient, dated `date`.
pub fn message(delivery: &Delivery, from: &Sender, date: Timestamp) -> Result<OutgoingMail, MailError> {
    let to = mailbox(delivery.notice.recipient.email.reveal())?;
    let sheet = Sheet::of(&delivery.notice);
    let id = message_id(&delivery.id, from);

    let mut mail = MessageBuilder::new()
        .from(address(&from.name, &from.address))
        .to(address(delivery.notice.recipient.name.reveal(), &to))
        .subject(header_text(&sheet.subject))
        .date(date.as_second())
        .message_id(id.as_str());
    if let Some(thread) = delivery.thread.as_deref().and_then(bare_message_id) {
        mail = mail.in_reply_to(thread).references(thread);
    }
    // Keeps out-of-office replies and mail loops from answering us.
    mail =
        mail.header("Auto-Submitted", Raw::new("auto-generated")).header("X-Auto-Response-Suppress", Raw::new("All"));
    if let Some(case) = &delivery.notice.case {
        mail = mail.header("X-Baton-Case", Raw::new(case.as_str()));
    }

    let mut mime = Vec::new();
    mail.body(body(delivery, &sheet, &id, date)).serialize(&mut mime);
    Ok(OutgoingMail { delivery: delivery.id.clone(), to: Personal::new(to.as_str()), mime })
}

fn body<'a>(delivery: &Delivery, sheet: &Sheet, id: &str, date: Timestamp) -> MimePart<'a> {
    let text = text::of(sheet);
    let html = html::page_of(sheet).into_string();
    let calendar = calendar::first_step(sheet, &delivery.notice, id, date).unwrap_or_default();

    // No text can hold the hash of itself, so nothing in a notice can end its part.
    let hash = MessageId::of(&["boundary", &text, &html, &calendar]);
    let parts = vec![MimePart::new("text/plain", text), MimePart::new("text/html", html)];
    let alternative = multipart("alternative", &hash, parts);
    if calendar.is_empty() {
        return alternative;
    }
    multipart("mixed", &hash, vec![alternative, attachment(delivery, calendar)])
}

fn multipart<'a>(kind: &str, hash: &MessageId, parts: Vec<MimePart<'a>>) -> MimePart<'a> {
    let boundary = format!("baton-{kind}-{hash}");
    MimePart::new(ContentType::new(format!("multipart/{kind}")).attribute("boundary", boundary), parts)
}

fn attachment<'a>(delivery: &Delivery, calendar: String) -> MimePart<'a> {
    let case = delivery.notice.case.as_ref().map_or("notice", |case| case.as_str());
    let file = format!("baton-{}.ics", case.replace([':', '@'], "-"));
    let kind = ContentType::new("text/calendar").attribute("method", "PUBLISH").attribute("charset", "utf-8");
    MimePart::new(kind, calendar).attachment(file)
}

fn address<'a>(name: &str, mailbox: &'a Mailbox) -> Address<'a> {
    let name = Some(header_text(&words::plain(name, 60))).filter(|name| !name.is_empty());
    Address::new_address(name, mailbox.as_str())
}

/// Cleaned text that no mail program decodes a second time as an encoded word (`=?utf-8?q?=0D=0ABcc…?=`).
fn header_text(text: &str) -> String {
    text.replace("=?", "= ?")
}

/// The same delivery always has the same Message-ID, so that mail programs show a repetition once.
pub fn message_id(delivery: &DeliveryId, from: &Sender) -> String {
    // These may stand in an id of ours, but not in the left part of a Message-ID; `=` stands in no id.
    let left = delivery.as_str().replace(':', "=3A").replace('@', "=40").replace('.', "=2E");
    format!("{left}@{}", from.address.domain())
}

/// A Message-ID without its brackets, if it is one.
fn bare_message_id(thread: &str) -> Option<&str> {
    let thread = thread.trim();
    let id = thread.strip_prefix('<').and_then(|id| id.strip_suffix('>')).unwrap_or(thread);
    let is_one =
        id.len() <= 250 && id.contains('@') && id.chars().all(|c| c.is_ascii_graphic() && !"<>,;\"()".contains(c));
    is_one.then_some(id)
}

#[cfg(test)]
mod tests;
