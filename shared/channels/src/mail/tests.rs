//! What a mail is made of, and that nothing from outside gets further than its text.

use mailparse::{MailAddr, MailHeaderMap};

use super::*;
use crate::example::{HOSTILE, filled_with, northwind};

#[test]
fn the_same_delivery_and_date_give_the_same_bytes() {
    assert_eq!(sent(&northwind()), sent(&northwind()));
}

#[test]
fn the_headers_are_complete_and_derived() {
    let mut delivery = northwind();
    delivery.thread = Some("<d-first@baton.example>".to_owned());
    let mail = sent(&delivery);
    for header in [
        "From: \"Baton\" <baton@baton.example>",
        "To: \"Robin Vale\" <robin.vale@baton.example>",
        "Subject: Dana Fox has left Northwind Traders: renewal in 47 days, no champion\r\n left",
        "Date: Sun, 22 Nov 2026 08:00:00 +0000",
        &format!("Message-ID: <{}@baton.example>", delivery.id),
        "In-Reply-To: <d-first@baton.example>",
        "References: <d-first@baton.example>",
        "Reply-To: <desk@baton.example>",
        "Auto-Submitted: auto-generated",
        "List-Unsubscribe: <mailto:admin@baton.example?subject=Unsubscribe%20C-7Q2M>",
        "X-Baton-Case: C-7Q2M",
        "MIME-Version: 1.0",
    ] {
        assert!(
            format!("\r\n{}\r\n", head(&mail)).contains(&format!("\r\n{header}\r\n")),
            "{header} in {}",
            head(&mail)
        );
    }
}

#[test]
fn an_answer_names_the_first_mail_of_its_thread_and_the_last() {
    let mut delivery = northwind();
    delivery.thread = Some("<0107-1@eu-central-1.amazonses.com>".to_owned());
    let earlier = ["<0107-1@eu-central-1.amazonses.com>", "<0107-2@eu-central-1.amazonses.com>"].map(str::to_owned);
    let mime = answer(&delivery, &earlier, &sender(), now()).unwrap().mime;
    let mail = mailparse::parse_mail(&mime).unwrap();
    let ids = |name: &str| mailparse::msgidparse(&mail.headers.get_first_value(name).unwrap()).unwrap().to_vec();
    assert_eq!(ids("In-Reply-To"), ["0107-2@eu-central-1.amazonses.com"]);
    assert_eq!(ids("References"), ["0107-1@eu-central-1.amazonses.com", "0107-2@eu-central-1.amazonses.com"]);
}

#[test]
fn a_mail_is_plain_ascii_in_whole_lines_that_every_server_takes() {
    for delivery in [northwind(), filled_with("Åsa 水無瀬\u{2028}\n.\n\0")] {
        let mail = sent(&delivery);
        assert!(mail.is_ascii() && mail.ends_with("\r\n"), "{mail}");
        assert!(mail.split("\r\n").all(|line| line.len() <= 998 && !line.contains(['\r', '\n', '\0'])), "{mail}");
    }
}

#[test]
fn whatever_a_name_or_subject_holds_there_is_one_recipient_and_no_further_header() {
    let names = |mail: &str| {
        let lines = head(mail).split("\r\n").filter(|line| !line.starts_with([' ', '\t']));
        lines.filter_map(|line| line.split_once(':')).map(|(name, _)| name.to_owned()).collect::<Vec<_>>()
    };
    let expected = names(&sent(&filled_with("x")));
    assert_eq!(expected.iter().filter(|name| *name == "To").count(), 1);
    for hostile in
        HOSTILE.into_iter().map(str::to_owned).chain(["x ".repeat(5_000), "é".repeat(5_000), "x".repeat(5_000)])
    {
        let mut delivery = filled_with(&hostile);
        delivery.thread = Some(format!("<a@b>\r\nBcc: {hostile}"));
        let from = Sender { name: hostile.clone(), ..sender() };
        let mail = String::from_utf8(message(&delivery, &from, now()).unwrap().mime).unwrap();
        assert_eq!(names(&mail), expected, "{}", head(&mail));
        assert!(mail.split("\r\n").all(|line| line.len() <= 998 && !line.contains(['\r', '\n', '\0'])), "{hostile:?}");
    }
}

#[test]
fn a_header_is_one_line_of_cleaned_text_whatever_was_to_stand_in_it() {
    let long = "x".repeat(1_000);
    for (hostile, shown) in [
        ("Dana\rBcc: evil@evil.example", "Dana Bcc: evil@evil.example"),
        ("Dana\nBcc: evil@evil.example", "Dana Bcc: evil@evil.example"),
        ("Dana\r\nBcc: evil@evil.example", "Dana Bcc: evil@evil.example"),
        ("Dana\r\n\r\n<b>body</b>", "Dana <b>body</b>"),
        ("Dana\n Fox\n\tSr", "Dana Fox Sr"),
        ("Da\0na", "Dana"),
        ("Dana\u{2028}Fox\u{2029}Sr\u{85}.\u{b}\u{c}", "Dana Fox Sr ."),
        ("=?utf-8?q?=0D=0ABcc:_evil@evil.example?=", "= ?utf-8?q?=0D=0ABcc:_evil@evil.example?="),
        ("=?utf-8?b?DQpCY2M6IGV2aWw=?=", "= ?utf-8?b?DQpCY2M6IGV2aWw= ?="),
        ("\" <evil@evil.example>, \"", "\" <evil@evil.example>, \""),
        ("Åsa 水無瀬", "Åsa 水無瀬"),
        (&long, "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"),
    ] {
        let mut delivery = northwind();
        delivery.notice.subject = Personal::new(hostile);
        delivery.notice.recipient.name = Personal::new(hostile);
        let from = Sender { name: hostile.to_owned(), ..sender() };
        let mime = message(&delivery, &from, now()).unwrap().mime;
        let mail = mailparse::parse_mail(&mime).unwrap();
        let all = |name: &str| mail.headers.get_all_values(name);
        assert_eq!((all("To").len(), all("Cc").len(), all("Bcc").len()), (1, 0, 0), "{hostile:?}");
        assert!(all("Subject")[0].starts_with(shown), "{hostile:?} became {:?}", all("Subject"));
        assert!(all("Subject")[0].chars().count() <= 200, "{hostile:?}");
        for (header, address) in [("To", "robin.vale@baton.example"), ("From", "baton@baton.example")] {
            let read = mailparse::addrparse_header(mail.headers.get_first_header(header).unwrap()).unwrap();
            let [MailAddr::Single(one)] = read.as_slice() else { panic!("{hostile:?} made {read:?} of {header}") };
            assert_eq!(one.addr, address, "{hostile:?}");
        }
    }
}

#[test]
fn a_mail_goes_to_exactly_the_mailbox_of_its_recipient_or_to_nobody() {
    let to = |address: &str| {
        let mut delivery = northwind();
        delivery.notice.recipient.email = Personal::new(address);
        let mail = message(&delivery, &sender(), now()).ok()?;
        let parsed = mailparse::parse_mail(&mail.mime).unwrap();
        let to = mailparse::addrparse(&parsed.headers.get_all_values("To").join(", ")).unwrap();
        let [MailAddr::Single(one)] = to.as_slice() else { panic!("{address:?} became {to:?}") };
        assert_eq!(one.addr, mail.to.reveal(), "the envelope goes where the header says");
        Some(one.addr.clone())
    };
    for address in ["dana+crm@northwind.example", "o'neil@x.example", "a@xn--bcher-kva.example", "csm@localhost"] {
        assert_eq!(to(address).as_deref(), Some(address));
    }
    for none in [
        "a@x.com,b@y.com",
        "a@x.com;b@y.com",
        "a@x.com b@y.com",
        "a@x.com\nBcc:",
        "a@x.com\r\nBcc: b@y.com",
        "\"<b@y>\"@x",
        "<b@y.com>",
        "Dana <b@y.com>",
        "dаna@x.com",
        "dana@nоrthwind.example",
        "dana@bücher.example",
        "dana＠x.com",
        "dana@x.com\u{202e}",
        "dana",
        "",
    ] {
        assert_eq!(to(none), None, "{none:?}");
    }
}

#[test]
fn what_looks_like_an_encoded_word_is_not_decoded_by_mail_programs() {
    let mail = sent(&filled_with("=?utf-8?q?=0D=0ABcc:_evil@evil.example?="));
    assert!(head(&mail).contains("\r\nSubject: = ?utf-8?q?") && !head(&mail).contains("=?"), "{}", head(&mail));
}

#[test]
fn an_address_that_is_not_one_mailbox_makes_no_mail() {
    let mut delivery = northwind();
    delivery.notice.recipient.email = Personal::new("a@x.example,b@y.example");
    let error = message(&delivery, &sender(), now()).unwrap_err();
    assert_eq!(error.to_string(), "the recipient's address is refused: an address has exactly one @");
}

#[test]
fn text_and_html_say_the_same_facts() {
    for delivery in [northwind(), filled_with("R&D <b>\"x\"</b> 'y' — 99 %")] {
        let sheet = Sheet::of(&delivery.notice);
        let text = one_line(&text::of(&sheet));
        let html = one_line(&shown(&html::page_of(&sheet).into_string()));
        for fact in facts(&sheet) {
            assert!(text.contains(&one_line(&fact)), "{fact} in {text}");
            assert!(html.contains(&one_line(&fact)), "{fact} in {html}");
        }
    }
}

#[test]
fn text_from_outside_adds_no_element_attribute_or_link() {
    let skeleton = |delivery: &Delivery| {
        let html = page(&delivery.notice).into_string();
        html.split('<').skip(1).map(|tag| tag.split('>').next().unwrap_or_default().to_owned()).collect::<Vec<_>>()
    };
    let expected = skeleton(&filled_with("x"));
    for hostile in HOSTILE.into_iter().filter(|text| words::link_target(text).is_none()) {
        assert_eq!(skeleton(&filled_with(hostile)), expected, "{hostile:?}");
    }
    assert!(!expected.iter().any(|tag| tag.contains("href") || tag.starts_with("script") || tag.starts_with("img")));
}

#[test]
fn no_part_can_be_ended_from_inside() {
    let mail = sent(&northwind());
    let boundary = mail.split("boundary=\"").nth(1).and_then(|rest| rest.split('"').next()).unwrap().to_owned();
    let forged = sent(&filled_with(&format!("--{boundary}\r\nContent-Type: text/html\r\n\r\nforged")));
    let honest = sent(&filled_with("x"));
    assert_eq!(forged.matches("\r\nContent-Type: ").count(), honest.matches("\r\nContent-Type: ").count());
    assert!(!forged.contains(&format!("\r\n--{boundary}\r\n")));
}

#[test]
fn the_readers_first_step_is_a_calendar_entry() {
    let delivery = northwind();
    let sheet = Sheet::of(&delivery.notice);
    let calendar = calendar::first_step(&sheet, &delivery.notice, "d-1@baton.example", now()).unwrap();
    let expected = "BEGIN:VCALENDAR|VERSION:2.0|PRODID:-//Baton//EN|METHOD:PUBLISH|BEGIN:VEVENT|\
        DESCRIPTION:Dana's auto-reply names her\\n\\nDana Fox\\, VP Operations and your champion\\, \
        has left Northwind Traders.\\n\\nYou get this because you own the account. Case C-7Q2M · rules 2026.11|\
        DTEND;VALUE=DATE:20261124|DTSTAMP:20261122T080000Z|DTSTART;VALUE=DATE:20261123|\
        SUMMARY:Call Lee Park\\, named by Dana as her successor|TRANSP:TRANSPARENT|UID:d-1@baton.example|\
        END:VEVENT|END:VCALENDAR|";
    assert!(calendar.split("\r\n").all(|line| line.len() <= 75), "{calendar}");
    let calendar = calendar.replace("\r\n ", "").replace("\r\n", "|");
    assert_eq!(calendar, expected, "{calendar}");
    assert!(sent(&delivery).contains("Content-Disposition: attachment; filename=\"baton-C-7Q2M.ics\""));
}

#[test]
fn a_calendar_entry_holds_text_and_no_further_property() {
    for hostile in HOSTILE {
        let mut delivery = filled_with(hostile);
        delivery.notice.steps[0].who = "you".to_owned();
        let sheet = Sheet::of(&delivery.notice);
        let calendar = calendar::first_step(&sheet, &delivery.notice, "d-1@baton.example", now()).unwrap();
        let names: Vec<_> = calendar
            .split("\r\n")
            .filter(|line| !line.starts_with(' '))
            .map(|line| line.split([':', ';']).next())
            .collect();
        let expected =
            ["BEGIN", "VERSION", "PRODID", "METHOD", "BEGIN", "DESCRIPTION", "DTEND", "DTSTAMP", "DTSTART", "SUMMARY"];
        assert_eq!(names[..10], expected.map(Some), "{calendar}");
        assert_eq!(names[10..], ["TRANSP", "UID", "END", "END", ""].map(Some), "{calendar}");
    }
}

#[test]
fn a_notice_without_a_step_of_the_readers_has_no_attachment() {
    let mut delivery = northwind();
    delivery.notice.steps.clear();
    let mail = sent(&delivery);
    assert!(!mail.contains("text/calendar") && mail.contains("Content-Type: multipart/alternative"));
}

#[test]
fn the_command_names_only_answers_without_a_link() {
    let mut delivery = northwind();
    let command = |delivery: &Delivery| Sheet::of(&delivery.notice).command;
    let all = "baton answer C-7Q2M got-it | done | not-a-change --because … | later --until … | hand-to --to …";
    assert_eq!(command(&delivery).as_deref(), Some(all));
    delivery.notice.links.push(("Got it".to_owned(), "https://baton.example/a".to_owned()));
    assert_eq!(command(&delivery).as_deref(), Some(all.replace("got-it | ", "").as_str()));
    delivery.notice.answers.clear();
    assert_eq!(command(&delivery), None);
}

#[test]
fn an_id_that_is_no_message_id_is_written_as_one() {
    let id = DeliveryId::parse("a:b@c.d").unwrap();
    assert_eq!(message_id(&id, &sender()), "a=3Ab=40c=2Ed@baton.example");
}

fn facts(sheet: &Sheet) -> Vec<String> {
    let mut facts = vec![sheet.headline.clone(), sheet.footer.clone()];
    facts.extend(sheet.sure.clone());
    facts.extend(sheet.standing.clone());
    facts.extend(sheet.proposals.iter().flat_map(|line| [Some(line.what.clone()), line.decided.clone()]).flatten());
    facts.extend(sheet.evidence.iter().flat_map(|line| [line.bearing.to_string(), line.text.clone()]));
    facts.extend(sheet.evidence.iter().filter_map(|line| line.day.clone()));
    facts.extend(sheet.account.iter().map(|account| account.facts.join(" · ")));
    facts.extend(sheet.account.iter().map(|account| account.name.clone()));
    facts.extend(sheet.people.iter().map(|(label, text)| format!("{label}: {text}")));
    facts.extend(sheet.warning.iter().chain(&sheet.goal).chain(&sheet.remarks).cloned());
    facts.extend(
        sheet
            .steps
            .iter()
            .flat_map(|step| [step.what.clone(), step.why.clone(), format!("{} · {}", step.who, step.due)]),
    );
    facts.extend(sheet.command.iter().map(|command| format!("Answer: {command}")));
    facts.extend(sheet.links.iter().map(|link| link.label.clone()));
    facts
}

/// HTML as it is read: tags are breaks or nothing, entities are characters.
fn shown(html: &str) -> String {
    let body = html.split("</style>").nth(1).unwrap_or_default();
    let mut shown = String::new();
    for piece in body.split('<') {
        let (tag, text) = piece.split_once('>').unwrap_or(("", piece));
        let is_inline = ["b", "/b", "code", "/code", "a", "/a"].contains(&tag.split(' ').next().unwrap_or_default());
        shown.push_str(if is_inline || tag.starts_with("/td") { "" } else { " " });
        shown.push_str(if tag.starts_with("/td") { " " } else { "" });
        shown.push_str(text);
    }
    shown.replace("&lt;", "<").replace("&gt;", ">").replace("&quot;", "\"").replace("&amp;", "&")
}

fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn head(mail: &str) -> &str {
    mail.split("\r\n\r\n").next().unwrap_or_default()
}

fn sent(delivery: &Delivery) -> String {
    String::from_utf8(message(delivery, &sender(), now()).unwrap().mime).unwrap()
}

fn sender() -> Sender {
    Sender {
        name: "Baton".to_owned(),
        address: mailbox("baton@baton.example").unwrap(),
        reply_to: Some(mailbox("desk@baton.example").unwrap()),
        unsubscribe: "mailto:admin@baton.example".to_owned(),
    }
}

fn now() -> Timestamp {
    "2026-11-22T08:00:00Z".parse().unwrap()
}
