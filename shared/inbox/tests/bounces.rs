//! Bounces as mail servers write them, in reports for programs and in words for people.

#![cfg(test)]

use domain::observation::Tidings;
use inbox::Reading;

/// What a bounce says: an address and what it comes to, in the order in which it names them.
fn about(reading: &Reading) -> Vec<(String, Tidings)> {
    reading.about.iter().map(|said| (said.address.reveal().to_owned(), said.statement.what)).collect()
}

/// A bounce in words alone, from this server.
fn plain(from: &str, subject: &str, text: &str) -> Reading {
    let head = format!(
        "Return-Path: <>\nFrom: {from}\nTo: us@ours.example\nSubject: {subject}\nDate: Mon, 2 Nov 2026 09:00:00 +0000\n"
    );
    inbox::read(format!("{head}Content-Type: text/plain; charset=utf-8\n\n{text}\n").as_bytes())
}

/// A delivery report with one recipient.
fn report(fields: &str) -> Reading {
    let mail = format!(
        "From: MAILER-DAEMON@mx.example\nTo: us@ours.example\nSubject: Undelivered Mail Returned to Sender\n\
         Content-Type: multipart/report; report-type=delivery-status; boundary=b\n\n--b\nContent-Type: text/plain\n\n\
         Your mail could not be delivered.\n\n--b\nContent-Type: message/delivery-status\n\nReporting-MTA: dns; mx.example\n\n\
         Final-Recipient: rfc822; dana@acme.example\n{fields}\n\n--b\nContent-Type: message/rfc822\n\nTo: dana@acme.example\nSubject: x\n\nx\n--b--\n"
    );
    inbox::read(mail.as_bytes())
}

#[track_caller]
fn one(reading: &Reading, what: Tidings) {
    assert_eq!(
        about(reading),
        [("dana@acme.example".to_owned(), what)],
        "{:?}",
        reading.about.iter().map(|s| s.quote.reveal()).collect::<Vec<_>>()
    );
}

#[test]
fn reports_are_read_by_code_and_words() {
    let failed = |diagnostic: &str, status: &str| {
        report(&format!("Action: failed\nStatus: {status}\nDiagnostic-Code: smtp; {diagnostic}"))
    };
    for (diagnostic, status, what) in [
        ("550 5.1.1 <dana@acme.example>: Recipient address rejected: User unknown", "5.1.1", Tidings::UnknownUser),
        (
            "550-5.1.1 The email account that you tried to reach does not exist. Please try double-checking",
            "5.1.1",
            Tidings::UnknownUser,
        ),
        ("550 5.2.1 The email account that you tried to reach is disabled", "5.2.1", Tidings::Disabled),
        ("452 4.2.2 The email account that you tried to reach is over quota", "4.2.2", Tidings::Full),
        ("550 5.4.1 Recipient address rejected: Access denied. AS(201806281)", "5.4.1", Tidings::UnknownUser),
        (
            "550 5.1.10 RESOLVER.ADR.RecipientNotFound; Recipient dana@acme.example not found by SMTP address lookup",
            "5.1.10",
            Tidings::UnknownUser,
        ),
        ("550 5.5.0 Requested action not taken: mailbox unavailable", "5.5.0", Tidings::UnknownUser),
        (
            "554 5.7.1 Service unavailable; Client host [192.0.2.1] blocked using zen.spamhaus.org",
            "5.7.1",
            Tidings::Blocked,
        ),
        ("550 5.7.26 This mail is unauthenticated, which poses a security risk", "5.7.26", Tidings::Blocked),
        ("550 5.7.1 Our system has detected that this message is likely unsolicited mail", "5.7.1", Tidings::Blocked),
        (
            "550 5.7.129 RESOLVER.RST.RestrictedToRecipientsPermission; not authorized to send to the recipient",
            "5.7.129",
            Tidings::Blocked,
        ),
        ("552 5.3.4 Message size exceeds fixed limit", "5.3.4", Tidings::OtherBounce),
        ("550 5.4.310 DNS domain acme.example does not exist", "5.4.310", Tidings::OtherBounce),
        ("550 Administrative prohibition", "5.0.0", Tidings::Blocked),
        (
            "554 delivery error: dd This user doesn't have a yahoo.com account (dana@acme.example) [0]",
            "5.0.0",
            Tidings::UnknownUser,
        ),
        (
            "554 30 Sorry, your message to dana@acme.example cannot be delivered. This mailbox is disabled (554.30).",
            "5.0.0",
            Tidings::Disabled,
        ),
        ("550 #5.1.0 Address rejected.", "5.1.0", Tidings::UnknownUser),
        ("550 Mailbox is inactive", "5.0.0", Tidings::Disabled),
        ("550 5.2.1 This mailbox has been blocked due to inactivity", "5.2.1", Tidings::Disabled),
        ("550 permanent failure for one or more recipients (dana@acme.example:blocked)", "5.0.0", Tidings::Blocked),
        ("551 5.1.6 User has moved to dana@other.example", "5.1.6", Tidings::Moved),
        ("451 4.7.1 Greylisting in action, please come back later", "4.7.1", Tidings::Temporary),
    ] {
        one(&failed(diagnostic, status), what);
    }
}

#[test]
fn a_report_that_tells_of_no_failure_is_an_ordinary_mail() {
    for fields in
        ["Action: delivered\nStatus: 2.1.5", "Action: relayed\nStatus: 2.0.0", "Action: expanded\nStatus: 2.0.0"]
    {
        assert_eq!(about(&report(fields)), [], "{fields}");
    }
    one(&report("Action: delayed\nStatus: 4.1.1"), Tidings::Temporary);
}

#[test]
fn an_administrator_s_words_in_a_refusal_tell_of_a_departure() {
    let fields = "Action: failed\nStatus: 5.7.1\nDiagnostic-Code: smtp; 550 5.7.1 TRANSPORT.RULES.RejectMessage; Dana Fox is no longer \
                  with Acme. Please contact Lee Park (lee.park@acme.example).";
    let reading = report(fields);
    one(&reading, Tidings::Left);
    let named = reading.about[0].statement.instead.clone().unwrap();
    assert_eq!((named.name.reveal(), named.email.reveal()), ("Lee Park", "lee.park@acme.example"));
    assert_eq!(reading.about[0].statement.code.as_deref(), Some("5.7.1"));
}

#[test]
fn whom_we_wrote_to_comes_before_where_it_was_forwarded() {
    let reading = report("Original-Recipient: rfc822;info@acme.example\nAction: failed\nStatus: 5.1.1");
    assert_eq!(about(&reading), [("info@acme.example".to_owned(), Tidings::UnknownUser)]);
}

#[test]
fn bounces_in_words_are_read() {
    let daemon = "Mail Delivery System <MAILER-DAEMON@mx.example>";
    let exchange = "System Administrator <postmaster@acme.example>";
    for (from, subject, text, what) in [
        (
            daemon,
            "failure notice",
            "Hi. This is the qmail-send program at mx.example.\nI'm afraid I wasn't able to deliver your message to the following addresses.\nThis is a permanent error; I've given up. Sorry it didn't work out.\n\n<dana@acme.example>:\nSorry, no mailbox here by that name. (#5.1.1)\n\n--- Below this line is a copy of the message.\n\nTo: dana@acme.example\n",
            Tidings::UnknownUser,
        ),
        (
            daemon,
            "Mail delivery failed: returning message to sender",
            "This message was created automatically by mail delivery software.\n\nThe following address(es) failed:\n\n  dana@acme.example\n    SMTP error from remote mail server after RCPT TO:<dana@acme.example>:\n    host mx.acme.example [192.0.2.1]: 550 5.2.2 Mailbox full\n\n------ This is a copy of the message, including all the headers. ------\n",
            Tidings::Full,
        ),
        (
            exchange,
            "Undeliverable: Renewal",
            "Your message did not reach some or all of the intended recipients.\n\n      Subject: Renewal\n      Sent: 11/2/2026 9:00 AM\n\nThe following recipient(s) could not be reached:\n\n      dana@acme.example on 11/2/2026 9:00 AM\n            The e-mail account does not exist at the organization this message was sent to.  Check the e-mail address, or contact the recipient directly to find out the correct address.\n            <mx.acme.example #5.1.1>\n",
            Tidings::UnknownUser,
        ),
        (
            daemon,
            "Returned mail: see transcript for details",
            "The original message was received at Mon, 2 Nov 2026 09:00:00 GMT\nfrom ours.example [192.0.2.9]\n\n   ----- The following addresses had permanent fatal errors -----\n<dana@acme.example>\n    (reason: 550 5.1.1 <dana@acme.example>... User unknown)\n\n   ----- Transcript of session follows -----\n... while talking to mx.acme.example.:\n>>> RCPT To:<dana@acme.example>\n<<< 550 5.1.1 <dana@acme.example>... User unknown\n",
            Tidings::UnknownUser,
        ),
        (
            "MAILER-DAEMON@yahoo.example",
            "Failure Notice",
            "Sorry, we were unable to deliver your message to the following address.\n\n<dana@acme.example>:\n554: delivery error: dd Sorry, your message cannot be delivered. This mailbox is disabled (554.30).\n\n--- Below this line is a copy of the message.\n",
            Tidings::Disabled,
        ),
        (
            "Mail Delivery Subsystem <mailer-daemon@googlemail.example>",
            "Delivery Status Notification (Failure)",
            "** Address not found **\n\nYour message wasn't delivered to dana@acme.example because the address couldn't be found, or is unable to receive mail.\n\nThe response from the remote server was:\n550 5.1.1 User unknown\n",
            Tidings::UnknownUser,
        ),
        (
            daemon,
            "DELIVERY FAILURE: User dana (dana@acme.example) not listed in Domino Directory",
            "Your message\n\n  Subject: Renewal\n\nwas not delivered to:\n\n  dana@acme.example\n\nbecause:\n\n  User dana (dana@acme.example) not listed in Domino Directory\n",
            Tidings::UnknownUser,
        ),
        (
            daemon,
            "Warning: message delayed 24 hours",
            "This message was created automatically by mail delivery software.\nA message that you sent has not yet been delivered to one or more of its recipients after more than 24 hours on the queue.\n\nThe address to which the message has not yet been delivered is:\n\n  dana@acme.example\n\nNo action is required on your part. Delivery attempts will continue for some time.\n",
            Tidings::Temporary,
        ),
        (
            daemon,
            "Mail delivery failed",
            "  dana@acme.example\n    host mx.acme.example: 550 Blocked by SpamAssassin, message looks like spam\n",
            Tidings::Blocked,
        ),
    ] {
        one(&plain(from, subject, text), what);
    }
}

#[test]
fn several_addresses_in_words_are_told_apart() {
    let text = "I wasn't able to deliver your message to the following addresses.\n\n<dana@acme.example>:\n550 user unknown\n\n\
                <lee@acme.example>:\n552 mailbox full\n";
    let found = about(&plain("MAILER-DAEMON@mx.example", "failure notice", text));
    assert_eq!(
        found,
        [("dana@acme.example".to_owned(), Tidings::UnknownUser), ("lee@acme.example".to_owned(), Tidings::Full)]
    );
}

#[test]
fn what_people_and_programs_write_about_bounces_is_none() {
    for (from, subject, text) in [
        (
            "Kim <kim@acme.example>",
            "Fwd: Undelivered Mail Returned to Sender",
            "Look, <dana@acme.example>: 550 user unknown",
        ),
        ("Kim <kim@acme.example>", "Delivery failed", "Your parcel could not be delivered to dana@acme.example"),
        ("Shop <noreply@shop.example>", "Your order", "We were able to deliver your parcel."),
    ] {
        assert_eq!(about(&plain(from, subject, text)), [], "{subject}");
    }
}
