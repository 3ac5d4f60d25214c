//! Mails that were broken on purpose or by accident: whatever comes, there is a reading, and it comes soon.

#![cfg(test)]

use std::fmt::Write;
use std::path::Path;
use std::time::{Duration, Instant};

/// A debug build on a busy machine; what is not bounded takes minutes.
const SOON: Duration = Duration::from_secs(20);

/// Deterministic chance (xorshift), so that a mail that fails once fails always.
struct Chance(u64);

impl Chance {
    fn below(&mut self, limit: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 % (limit.max(1) as u64)).unwrap()
    }
}

fn corpus() -> Vec<Vec<u8>> {
    let dir = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/mail");
    let mut files: Vec<_> = std::fs::read_dir(dir).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.retain(|file| file.extension().is_some_and(|ending| ending == "eml"));
    files.sort();
    assert!(files.len() > 200, "{} mails were found", files.len());
    files.iter().map(|file| std::fs::read(file).unwrap()).collect()
}

/// What must hold of every reading.
#[track_caller]
fn read(mail: &[u8]) {
    let reading = inbox::read(mail);
    assert!(!reading.because.is_empty());
    for said in &reading.about {
        assert!(said.quote.reveal().chars().count() <= 200);
        assert!(said.address.reveal().contains('@'));
        let named = said.statement.instead.as_ref();
        assert!(named.is_none_or(|named| !named.name.is_blank() || !named.email.is_blank()));
    }
}

#[test]
fn a_mail_that_is_cut_off_anywhere_is_read() {
    let mut chance = Chance(7);
    for mail in corpus() {
        (0..12).for_each(|_| read(&mail[..chance.below(mail.len())]));
    }
}

#[test]
fn a_mail_with_any_bytes_changed_is_read() {
    let mut chance = Chance(42);
    let corpus = corpus();
    for mail in &corpus {
        for _ in 0..12 {
            let mut mail = mail.clone();
            (0..=chance.below(24)).for_each(|_| change(&mut mail, &corpus, &mut chance));
            read(&mail);
        }
    }
}

fn change(mail: &mut Vec<u8>, corpus: &[Vec<u8>], chance: &mut Chance) {
    let at = chance.below(mail.len());
    let marks = b":;\"<>()@=?-\r\n ,.\0/";
    match chance.below(6) {
        0 => mail.truncate(at),
        1 => mail.insert(at, marks[chance.below(marks.len())]),
        2 => drop(mail.drain(at..(at + chance.below(80)).min(mail.len()))),
        3 => {
            let other = &corpus[chance.below(corpus.len())];
            let from = chance.below(other.len());
            let piece = other[from..(from + chance.below(400)).min(other.len())].to_vec();
            mail.splice(at..at, piece);
        }
        _ if at < mail.len() => mail[at] = u8::try_from(chance.below(256)).unwrap(),
        _ => {}
    }
}

#[test]
fn thirty_megabytes_of_anything_are_read_soon() {
    let heads = [
        "",
        "Subject: ",
        "From: a@b.example\nAuto-Submitted: auto-replied\n\n",
        "From: a@b.example\nAuto-Submitted: auto-replied\nContent-Type: text/html\n\n",
        "From: mailer-daemon@b.example\nSubject: failure notice\n\n",
        "Content-Type: multipart/report; boundary=b\n\n--b\nContent-Type: message/delivery-status\n\n",
        "Content-Type: multipart/mixed; boundary=b\n\n",
    ];
    let fillings = [
        "=?utf-8?q?a?= ",
        "a@b.example ",
        "<a@b.example>:\n550 no\n",
        "left until 3/4 ",
        "no longer ",
        "Aa Bb. ",
        "<b>&<!--",
        "Final-Recipient: rfc822; a@b.example\nStatus: 5.1.1\n\n",
        "--b\nContent-Type: multipart/mixed; boundary=b\n\n",
        "Content-Type: message/rfc822\n\n",
        "On 2026 wrote:\n",
        "(((",
        "\u{301}",
        "@",
        "\r",
        ".",
    ];
    for head in heads {
        for filling in fillings {
            // What is larger costs no more than its first part; one in full shows it.
            let size = if filling == "Aa Bb. " { 30 << 20 } else { 3 << 20 };
            let mail = head.to_owned() + &filling.repeat(size / filling.len());
            let began = Instant::now();
            read(mail.as_bytes());
            assert!(began.elapsed() < SOON, "{head:?} {filling:?} took {:?}", began.elapsed());
        }
    }
}

#[test]
fn thousands_of_recipients_are_read_soon() {
    let part = "Content-Type: multipart/report; boundary=b\n\n--b\nContent-Type: message/delivery-status\n\n";
    for head in [part, "From: mailer-daemon@b.example\nSubject: failure notice\n\n"] {
        let mut mail = head.to_owned();
        for n in 0..40_000 {
            writeln!(mail, "<a{n}@b.example>:\nFinal-Recipient: rfc822; a{n}@b.example\nStatus: 5.1.1\n").unwrap();
        }
        let began = Instant::now();
        read(mail.as_bytes());
        assert!(began.elapsed() < SOON, "{head:?} took {:?}", began.elapsed());
    }
}

#[test]
fn a_huge_mail_says_that_not_all_of_it_was_read() {
    let mut mail = "From: a@b.example\nAuto-Submitted: auto-replied\n\nI no longer work for Acme.\n\n".to_owned();
    (0..400_000).for_each(|line| {
        writeln!(mail, "line {line} of an endless attachment, and what stands there is nothing").unwrap();
    });
    assert!(mail.len() > 20 << 20);
    let reading = inbox::read(mail.as_bytes());
    assert!(reading.because.ends_with("only its first 2 MiB were read"), "{}", reading.because);
    assert_eq!(reading.about.len(), 1);
}

#[test]
fn what_is_no_mail_is_said_to_be_none() {
    for (bytes, because) in
        [(&b""[..], "it is empty"), (b" \r\n \n", "it is empty"), (b"\x00\xff\x89PNG\r\n", "it is no mail")]
    {
        let reading = inbox::read(bytes);
        assert!(reading.about.is_empty() && reading.because.starts_with(because), "{}", reading.because);
    }
}
