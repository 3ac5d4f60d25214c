//! `baton read mail`: what people and programs are shown of a mail.

use crate::binary::{baton, succeed};
use crate::fixtures::root;

const LEAVE: &str = "tests/mail/reply-de-leave-elternzeit.eml";

#[test]
fn a_mail_is_shown_with_what_it_says_and_why() {
    let shown = succeed(baton().current_dir(root()).args(["read", "mail", LEAVE, "tests/mail/mdn-read-receipt.eml"]));
    for part in [
        "reply-de-leave-elternzeit.eml: on-leave",
        "about     anja.roth@kontor-lang.example",
        "from      2026-09-01",
        "until     2027-08-31",
        "instead   Nils Bohlen <nils.bohlen@kontor-lang.example>",
        "quote     ",
        "because   its field Auto-Submitted marks an automatic reply; its wording is that of a long leave (German)",
        "mdn-read-receipt.eml: an ordinary mail",
    ] {
        assert!(shown.contains(part), "{part:?} is missing:\n{shown}");
    }
}

#[test]
fn a_directory_of_mails_becomes_one_line_each_for_machines() {
    let lines = succeed(baton().current_dir(root()).args(["read", "mail", "tests/mail", "--format", "json"]));
    let lines: Vec<serde_json::Value> = lines.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert!(lines.len() > 200, "{} lines", lines.len());
    let leave = lines.iter().find(|line| line["file"] == LEAVE).unwrap();
    assert_eq!(leave["about"][0]["what"], "on-leave");
    assert_eq!(leave["about"][0]["until"], "2027-08-31");
    assert_eq!(leave["about"][0]["instead"]["email"], "nils.bohlen@kontor-lang.example");
    assert!(lines.iter().all(|line| line["because"].as_str().is_some_and(|because| !because.is_empty())));
}

#[test]
fn what_is_missing_or_no_mail_is_said_plainly() {
    let dir = tempfile::tempdir().unwrap();
    let complaint = |path: &std::path::Path| {
        let output = baton().args(["read", "mail"]).arg(path).output().unwrap();
        assert_eq!(output.status.code(), Some(1));
        String::from_utf8(output.stderr).unwrap()
    };
    let missing = complaint(&dir.path().join("none.eml"));
    assert!(missing.contains("none.eml cannot be read"), "{missing}");
    let empty = complaint(dir.path());
    assert!(empty.contains("holds no mail"), "{empty}");
    let junk = dir.path().join("junk.eml");
    std::fs::write(&junk, b"\x89PNG\r\n\x00\xff").unwrap();
    let shown = succeed(baton().args(["read", "mail"]).arg(&junk));
    assert!(shown.contains("it is no mail: it begins with no field"), "{shown}");
}
