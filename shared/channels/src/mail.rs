//! One notice as a mail: text and HTML that say the same, and the reader's first step as a calendar entry. Nothing but
//! a checked address and cleaned text reaches a header, and the same notice and date give the same bytes.

mod calendar;
mod html;
mod text;
mod thread;
mod unsubscribe;

use domain::address::{AddressError, Mailbox, mailbox};
use domain::notice::Delivery;
use domain::ports::OutgoingMail;
use domain::{DeliveryId, MessageId, Personal};
use jiff::Timestamp;
use mail_builder::MessageBuilder;
use mail_builder::headers::address::Address;
use mail_builder::headers::content_type::ContentType;
use mail_builder::headers::message_id::MessageId as MessageIds;
use mail_builder::headers::raw::Raw;
use mail_builder::mime::MimePart;

use crate::sheet::Sheet;
use crate::words;

pub use html::{STYLE, html_body, page};
pub use text::text_body;

/// Who the mail is from, and who hears what its reader says to it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sender {
    /// The display name.
    pub name: String,
    /// The address.
    pub address: Mailbox,
    /// Where answers go, if not to the sender's address.
    pub reply_to: Option<Mailbox>,
    /// Where a reader asks for no more mails: `https://…` or `mailto:…`, with `{case}` for the case. Where it is neither, there
    /// is no such header.
    pub unsubscribe: String,
}

/// Why no mail can be made.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum MailError {
    /// The notice's recipient has no address that one mail can go to.
    #[error("the recipient's address is refused: {0}")]
    Recipient(#[from] AddressError),
}

/// The whole MIME message for the delivery's one recipient, dated `date`. The partition that holds the delivery is for its
/// sender to fill in.
pub fn message(delivery: &Delivery, from: &Sender, date: Timestamp) -> Result<OutgoingMail, MailError> {
    answer(delivery, &[], from, date)
}

/// The same, which answers mails that went to the same reader: their Message-IDs, oldest first. The one whose thread the
/// delivery joins is the first, whether it stands among them or not.
pub fn answer(
    delivery: &Delivery,
    earlier: &[String],
    from: &Sender,
    date: Timestamp,
) -> Result<OutgoingMail, MailError> {
    let to = mailbox(delivery.notice.recipient.email.reveal())?;
    let sheet = Sheet::of(&delivery.notice);
    let id = message_id(&delivery.id, from);

    let mut mail = MessageBuilder::new()
        .from(address(&from.name, &from.address))
        .to(address(delivery.notice.recipient.name.reveal(), &to))
        .subject(header_text(&sheet.subject))
        .date(date.as_second())
        .message_id(id.as_str());
    if let Some(reply_to) = &from.reply_to {
        mail = mail.reply_to(Address::new_address(None::<&str>, reply_to.as_str()));
    }
    let chain = thread::chain(delivery.thread.as_deref(), earlier);
    if let Some(last) = chain.last() {
        mail = mail
            .header("In-Reply-To", MessageIds::new(*last))
            .header("References", MessageIds::new_list(chain.iter().copied()));
    }
    // Keeps out-of-office replies and mail loops from answering us.
    mail =
        mail.header("Auto-Submitted", Raw::new("auto-generated")).header("X-Auto-Response-Suppress", Raw::new("All"));
    for (name, value) in unsubscribe::headers(&from.unsubscribe, delivery.notice.case.as_ref()) {
        mail = mail.header(name, Raw::new(value));
    }
    if let Some(case) = &delivery.notice.case {
        mail = mail.header("X-Baton-Case", Raw::new(case.as_str()));
    }

    let mut mime = Vec::new();
    mail.body(body(delivery, &sheet, &id, date)).serialize(&mut mime);
    let (delivery, to) = (delivery.id.clone(), Personal::new(to.as_str()));
    Ok(OutgoingMail { delivery, partition: String::new(), to, mime })
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

#[cfg(test)]
mod tests;
