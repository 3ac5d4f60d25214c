//! DESIGN's example as a notice, for the tests of every channel.

use domain::finding::Bearing;
use domain::notice::{
    AccountLine, Answer, Channel, Delivery, Notice, NoticeEvidence, NoticeProposal, NoticeStep, Progress, Purpose,
    Recipient, Section,
};
use domain::{CaseId, DeliveryId, Personal};
use jiff::civil::{Date, date};

/// Dana Fox has left Northwind Traders.
pub(crate) fn northwind() -> Delivery {
    delivery(Notice {
        purpose: Purpose::Alert,
        recipient: Recipient {
            user: None,
            name: Personal::new("Robin Vale"),
            email: Personal::new("robin.vale@baton.example"),
            because: "you own the account".to_owned(),
            zone: None,
        },
        subject: Personal::new("Dana Fox has left Northwind Traders: renewal in 47 days, no champion left"),
        headline: Personal::new("Dana Fox, VP Operations and your champion, has left Northwind Traders."),
        sure: Some(96),
        evidence: vec![
            evidence(
                Bearing::For,
                Some(date(2026, 11, 14)),
                "auto-reply: \"As of 7 November I am no longer with Northwind. Please contact Lee Park (lee.park@northwind.example).\"",
            ),
            evidence(Bearing::For, Some(date(2026, 11, 12)), "mail bounced: 550 5.1.1 user unknown"),
            evidence(Bearing::Silent, None, "title and company in the CRM unchanged since March"),
        ],
        account: Some(AccountLine {
            name: "Northwind Traders".to_owned(),
            facts: [
                "active",
                "health 62 (71 a month ago)",
                "$184,000",
                "renewal 8 Jan 2027, in 47 days",
                "1 open opportunity $40,000",
                "2 open cases, one high",
            ]
            .map(str::to_owned)
            .to_vec(),
        }),
        people: vec![
            ("champion".to_owned(), Personal::new("nobody")),
            ("decision maker".to_owned(), Personal::new("Priya Nair, CFO (last contact 34 days ago)")),
            ("technical lead".to_owned(), Personal::new("Tom Weiss")),
        ],
        warning: Some("The account now hangs on one person.".to_owned()),
        goal: Some("A new champion before the renewal".to_owned()),
        steps: vec![
            step(
                "Call Lee Park, named by Dana as her successor",
                "Dana's auto-reply names her",
                "you",
                date(2026, 11, 23),
            ),
            step(
                "Ask Priya Nair for 20 minutes about the renewal",
                "she decides, and the renewal is in 47 days",
                "you",
                date(2026, 11, 25),
            ),
            step(
                "Bring the high case to an answer before that call",
                "nobody renews over an open wound",
                "support",
                date(2026, 11, 24),
            ),
            step("Executive introduction if 1 and 2 have not happened", "", "your manager", date(2026, 11, 30)),
        ],
        remarks: Vec::new(),
        sections: Vec::new(),
        answers: vec![Answer::GotIt, Answer::Done, Answer::NotAChange, Answer::Later, Answer::HandTo],
        links: vec![
            ("everything we looked at".to_owned(), "https://baton.example/report.html#C-7Q2M".to_owned()),
            ("the account in Salesforce".to_owned(), "https://northwind.my.salesforce.com/001A".to_owned()),
        ],
        footer: "You get this because you own the account. Case C-7Q2M · rules 2026.11".to_owned(),
        case: CaseId::parse("C-7Q2M").ok(),
        standing: None,
        proposals: Vec::new(),
        revision: 0,
    })
}

/// The same notice with this text from outside in every place that can hold one.
pub(crate) fn filled_with(text: &str) -> Delivery {
    let mut delivery = northwind();
    let notice = &mut delivery.notice;
    let personal = || Personal::new(text);
    notice.recipient.name = personal();
    notice.subject = personal();
    notice.headline = personal();
    notice.evidence.iter_mut().for_each(|evidence| evidence.text = personal());
    notice.account = Some(AccountLine { name: text.to_owned(), facts: vec![text.to_owned()] });
    notice.people = vec![(text.to_owned(), personal())];
    notice.warning = Some(text.to_owned());
    notice.goal = Some(text.to_owned());
    notice
        .steps
        .iter_mut()
        .for_each(|step| (step.what, step.why, step.who) = (personal(), text.to_owned(), text.to_owned()));
    notice.remarks = vec![personal()];
    notice.sections = vec![Section { title: "Open cases".to_owned(), lines: vec![personal()] }];
    notice.links = vec![(text.to_owned(), text.to_owned())];
    notice.footer = text.to_owned();
    notice.standing = Some(personal());
    let open = NoticeProposal { number: 0, what: personal(), why: personal(), decided: None };
    let decided = NoticeProposal { number: 1, decided: Some(personal()), ..open.clone() };
    notice.proposals = vec![open, decided];
    delivery
}

/// Text that has done harm somewhere (RELIABILITY.md, rows 21, 26, 27 and 29).
pub(crate) const HOSTILE: [&str; 16] = [
    "<!channel> <!here> <@U123>",
    "<https://evil.example|Pay now>",
    "*bold* _italic_ ~strike~ `code` ```block``` :tada: @here #general",
    "&lt;b&gt; &amp;amp; &#60;",
    "first\n> quoted\n*second*",
    "<script>alert(1)</script><img src=x onerror=alert(1)>",
    "\"><svg/onload=alert(1)> ' onclick='x",
    "</style></title></textarea><!--",
    "javascript:alert(1)",
    "data:text/html,<script>alert(1)</script>",
    "x\r\nBcc: evil@evil.example\r\n\r\nbody",
    "=?utf-8?q?=0D=0ABcc:_evil@evil.example?=",
    "nul\u{0} line\u{2028}para\u{2029} bidi\u{202e}gnp.exe zero\u{200b}width\u{feff}",
    "BEGIN:VEVENT\\nEND:VCALENDAR;X,Y:Z",
    "https://evil.example/<x>|y",
    "--=_baton\r\nContent-Type: text/html",
];

fn delivery(notice: Notice) -> Delivery {
    let id = DeliveryId::of(&["C-7Q2M", "alert", "robin"]);
    Delivery { id, channel: Channel::Slack, notice, progress: Progress::Due, thread: None }
}

fn evidence(bearing: Bearing, day: Option<Date>, text: &str) -> NoticeEvidence {
    NoticeEvidence { bearing, day, text: Personal::new(text) }
}

fn step(what: &str, why: &str, who: &str, due: Date) -> NoticeStep {
    NoticeStep { number: 0, what: Personal::new(what), why: why.to_owned(), who: who.to_owned(), due }
}
