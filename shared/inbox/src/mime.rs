//! The MIME side of a mail: its head, and the text of those parts that a person or a mail server would read. Whatever is
//! broken is read as far as it goes; depth, parts and bytes are bounded.

mod codec;
mod fields;
mod head;
mod html;

pub(crate) use fields::{Field, blocks};
pub(crate) use head::{Head, Mailbox};

use mail_parser::{ContentType, MimeHeaders};

/// Parts in parts in parts: no mail program nests deeper.
const DEEPEST: usize = 10;
/// A delivery report has three parts; what has more than so many is an attack.
const MOST_PARTS: usize = 100;
/// Of one part's text: what a mail says stands at its beginning.
const MOST_TEXT: usize = 256 * 1024;

/// A mail, taken apart.
pub(crate) struct Mail {
    /// What stands above its text.
    pub head: Head,
    /// Its readable parts, in order.
    pub parts: Vec<Part>,
}

/// One readable part.
pub(crate) struct Part {
    /// What it is.
    pub kind: Kind,
    /// Its text; of HTML what a reader would see.
    pub text: String,
    /// It hangs on the mail and is not its text.
    pub attached: bool,
}

/// What a part is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// Plain text.
    Plain,
    /// HTML, turned into text.
    Html,
    /// A report of mail servers (RFC 3464): blocks of fields.
    DeliveryStatus,
    /// That a mail was shown or deleted (RFC 8098).
    Disposition,
    /// The mail that a report is about, or its head alone.
    Original,
}

impl Mail {
    /// Takes a mail apart; `None` where nothing in it is a head.
    pub(crate) fn read(bytes: &[u8]) -> Option<Self> {
        let bytes = codec::lines(bytes);
        let bytes = without_envelope(&bytes);
        let head = Head::read(bytes)?;
        let mut parts = Vec::new();
        walk(bytes, DEEPEST, &mut parts);
        Some(Self { head, parts })
    }

    /// A text that has lost its head.
    pub(crate) fn headless(bytes: &[u8]) -> Self {
        let text = codec::text(&bytes[..bytes.len().min(MOST_TEXT)], None);
        Self { head: Head::default(), parts: vec![Part { kind: Kind::Plain, text, attached: false }] }
    }

    /// The text that the mail itself says: the first part that is one, plain text before HTML.
    pub(crate) fn text(&self) -> &str {
        let first = |kind| self.parts.iter().find(|p| p.kind == kind && !p.attached && !p.text.trim().is_empty());
        first(Kind::Plain).or_else(|| first(Kind::Html)).map_or("", |part| &part.text)
    }

    /// The first part of a kind.
    pub(crate) fn part(&self, kind: Kind) -> Option<&str> {
        self.parts.iter().find(|part| part.kind == kind).map(|part| part.text.as_str())
    }
}

/// A mail saved from a mailbox file begins with a line `From …` that is no field, and editors put a mark or empty lines
/// before everything.
fn without_envelope(bytes: &[u8]) -> &[u8] {
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes).trim_ascii_start();
    match bytes.strip_prefix(b"From ").or_else(|| bytes.strip_prefix(b">From ")) {
        Some(rest) => rest.iter().position(|b| *b == b'\n').map_or(rest, |end| &rest[end + 1..]),
        None => bytes,
    }
}

fn walk(entity: &[u8], depth: usize, parts: &mut Vec<Part>) {
    let (head, body) = fields::split(entity);
    let parsed = mail_parser::MessageParser::default().parse_headers(head);
    let content_type = parsed.as_ref().and_then(|m| m.parts.first()).and_then(|part| part.content_type());
    let kind = kind(content_type);
    if let (Shape::Many, Some(boundary)) = (&kind, content_type.and_then(|c| c.attribute("boundary"))) {
        let found = pieces(body, boundary.as_bytes());
        // A boundary that never comes: the text stands there all the same.
        if !found.is_empty() && depth > 0 {
            found.into_iter().for_each(|piece| walk(piece, depth - 1, parts));
            return;
        }
    }
    let Some(kind) = kind.single() else { return };
    if parts.len() == MOST_PARTS {
        return;
    }
    let fields = fields::fields(&String::from_utf8_lossy(head));
    let coding = fields.iter().find(|f| f.name == "content-transfer-encoding").map_or("", |f| f.value.as_str());
    let attached = fields
        .iter()
        .any(|f| f.name == "content-disposition" && f.value.to_ascii_lowercase().starts_with("attachment"));
    let bytes = codec::transferred(&body[..body.len().min(MOST_TEXT)], coding);
    let text = codec::text(&bytes, content_type.and_then(|c| c.attribute("charset")));
    let text = if kind == Kind::Html { html::to_text(&text) } else { text };
    let kind = if kind == Kind::Plain && is_report(&text) { Kind::DeliveryStatus } else { kind };
    parts.push(Part { kind, text, attached });
}

/// Whether a text is the report of a mail server that some gateway has labelled as plain text: it begins with a field of one,
/// and names a recipient and what became of it.
fn is_report(text: &str) -> bool {
    let first = text.trim_start().split(':').next().unwrap_or_default().to_lowercase();
    let begins = ["reporting-mta", "original-envelope-id", "final-recipient", "original-recipient", "arrival-date"];
    let has = |name: &str, blocks: &[Vec<Field>]| blocks.iter().flatten().any(|field| field.name == name);
    begins.contains(&first.as_str()) && {
        let blocks = blocks(text);
        has("final-recipient", &blocks) && (has("action", &blocks) || has("status", &blocks))
    }
}

/// What a content type means for the reader.
enum Shape {
    Many,
    One(Kind),
    Nothing,
}

impl Shape {
    fn single(&self) -> Option<Kind> {
        match self {
            Self::One(kind) => Some(*kind),
            Self::Many => Some(Kind::Plain),
            Self::Nothing => None,
        }
    }
}

fn kind(content_type: Option<&ContentType<'_>>) -> Shape {
    let Some(content_type) = content_type else { return Shape::One(Kind::Plain) };
    let main = content_type.ctype().to_ascii_lowercase();
    let sub = content_type.subtype().unwrap_or_default().to_ascii_lowercase();
    match (main.as_str(), sub.as_str()) {
        ("multipart", _) => Shape::Many,
        ("text", "html") => Shape::One(Kind::Html),
        ("text", "rfc822-headers") | ("message", "rfc822" | "global" | "global-headers") => Shape::One(Kind::Original),
        ("message", "delivery-status" | "global-delivery-status") => Shape::One(Kind::DeliveryStatus),
        ("message", "disposition-notification" | "global-disposition-notification") => Shape::One(Kind::Disposition),
        ("text", "calendar" | "css" | "csv" | "x-vcard" | "vcard") => Shape::Nothing,
        ("text", _) => Shape::One(Kind::Plain),
        _ => Shape::Nothing,
    }
}

/// What stands between the lines of a boundary. The last piece may go on to the end, because mails are cut off.
fn pieces<'a>(body: &'a [u8], boundary: &[u8]) -> Vec<&'a [u8]> {
    let mut pieces = Vec::new();
    let mut begin = None;
    let mut at = 0;
    for line in body.split_inclusive(|b| *b == b'\n') {
        let delimiter = line.strip_prefix(b"--").and_then(|rest| rest.strip_prefix(boundary)).map(<[u8]>::trim_ascii);
        if let Some(rest) = delimiter.filter(|rest| rest.is_empty() || *rest == b"--") {
            pieces.extend(begin.map(|begin: usize| &body[begin..at]));
            begin = rest.is_empty().then_some(at + line.len());
            if pieces.len() == MOST_PARTS || begin.is_none() {
                return pieces;
            }
        }
        at += line.len();
    }
    pieces.extend(begin.map(|begin| &body[begin..]));
    pieces
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(mail: &str) -> Vec<String> {
        let mail = Mail::read(mail.as_bytes()).unwrap();
        mail.parts.into_iter().map(|part| part.text.trim().to_owned()).collect()
    }

    #[test]
    fn a_part_whose_end_is_missing_is_read_to_the_end_of_the_mail() {
        let mail = "From: a@b.example\nContent-Type: multipart/mixed; boundary=\"x y\"\n\npreamble\n--x y\n\none\n--x y  \n\ntwo";
        assert_eq!(texts(mail), ["one", "two"]);
    }

    #[test]
    fn a_boundary_that_begins_like_another_is_not_taken_for_it() {
        let mail = "Content-Type: multipart/mixed; boundary=a\n\n--a\nContent-Type: multipart/alternative; boundary=a1\n\n\
                    --a1\n\ninner\n--a1--\n--a\n\nouter\n--a--\n";
        assert_eq!(texts(mail), ["inner", "outer"]);
    }

    #[test]
    fn a_multipart_without_its_boundary_is_text() {
        assert_eq!(texts("Content-Type: multipart/mixed\n\nplain words"), ["plain words"]);
        assert_eq!(texts("Content-Type: multipart/mixed; boundary=q\n\nplain words"), ["plain words"]);
    }

    #[test]
    fn parts_in_parts_without_end_are_given_up() {
        let nested = "Content-Type: multipart/mixed; boundary=b\n\n--b\n".repeat(20_000);
        let mail = Mail::read(nested.as_bytes()).unwrap();
        assert!(mail.parts.len() <= MOST_PARTS);
    }

    #[test]
    fn lines_may_end_in_any_way_and_characters_be_wide() {
        let mail = Mail::read(b"Subject: hi\r\rtext\r").unwrap();
        assert_eq!((mail.head.subject.as_str(), mail.text().trim()), ("hi", "text"));
        let wide: Vec<u8> = "\u{feff}Subject: hi\n\ntext".encode_utf16().flat_map(u16::to_le_bytes).collect();
        assert_eq!(Mail::read(&wide).unwrap().text(), "text");
    }

    #[test]
    fn a_line_of_a_mailbox_file_and_a_byte_order_mark_are_no_head() {
        let mail = Mail::read(b"\xef\xbb\xbfFrom MAILER-DAEMON Mon Nov  2 2026\nSubject: hi\n\ntext").unwrap();
        assert_eq!((mail.head.subject.as_str(), mail.text()), ("hi", "text"));
        assert!(Mail::read(b"").is_none());
        assert!(Mail::read(b"no field anywhere\nnor here\n").is_none());
    }
}
