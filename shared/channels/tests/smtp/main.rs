//! Mail over SMTP: what arrives, and what a server's refusal at each step means.

#![cfg(test)]

mod server;

use std::time::Duration;

use channels::smtp::{Server, SmtpMailer};
use domain::address::mailbox;
use domain::handler::told;
use domain::ports::{Mailer, MailerError, OutgoingMail};
use domain::{DeliveryId, Personal};
use futures_executor::block_on;
use https::Reach;

use server::{At, Fault, Post};

fn mailer(login: &str, post: &Post) -> SmtpMailer {
    let reach = Reach::with_private(&format!("127.0.0.1:{}", post.port)).unwrap();
    let server = Server::parse(&format!("smtp://{login}127.0.0.1:{}?tls=none", post.port), &reach).unwrap();
    SmtpMailer::new(server, mailbox("baton@us.example").unwrap(), reach).with_patience(Duration::from_millis(300))
}

fn mail(to: &str) -> OutgoingMail {
    OutgoingMail {
        delivery: DeliveryId::of(&["one"]),
        partition: "ACCOUNT#001A".to_owned(),
        to: Personal::new(to),
        mime: b"From: baton@us.example\r\nTo: maya@us.example\r\nSubject: x\r\n\r\n.\r\n..a\r\n.end\r\n".to_vec(),
    }
}

/// How sending ends where the server fails at a step, and what arrives.
fn ends(at: At, fault: Fault) -> (Result<(), MailerError>, usize) {
    let post = Post::start(Some((at, fault)));
    let ended = block_on(mailer("", &post).send(&mail("maya@us.example"))).map(drop);
    if let Err(error) = &ended {
        assert!(!told(error).contains("maya"), "{}", told(error));
    }
    (ended, post.taken().len())
}

#[test]
fn a_mail_arrives_as_it_is_at_one_recipient() {
    let post = Post::start(None);
    let mailer = mailer("", &post);
    let arrived = || post.taken().into_iter().map(|mail| mail.content).collect();
    block_on(contracts::a_mail_arrives_as_it_is(&mailer, &|| Box::pin(async { arrived() })));
    block_on(mailer.send(&mail("maya@us.example"))).unwrap();
    let taken = post.taken().pop().unwrap();
    assert_eq!((taken.from.as_str(), taken.to.as_slice()), ("baton@us.example", &["maya@us.example".to_owned()][..]));
    assert_eq!(taken.content, mail("").mime, "dots at the beginning of lines among them");
    assert!(!mailer.repeats_safely());
}

#[test]
fn what_a_server_puts_off_may_be_sent_another_time() {
    for at in [At::Greeting, At::Ehlo, At::From, At::To, At::Data, At::Content] {
        let (ended, taken) = ends(at, Fault::Says("451 4.3.0 maya@us.example: try again later"));
        assert!(matches!(ended, Err(MailerError::Unavailable(_))), "{at:?}: {ended:?}");
        assert_eq!(taken, 0, "{at:?}");
    }
}

#[test]
fn what_is_wrong_with_the_recipient_or_the_mail_is_refused_for_good() {
    for (at, said) in [
        (At::To, "550 5.1.1 <maya@us.example>: user unknown"),
        (At::To, "553 5.1.3 bad destination"),
        (At::To, "552 5.2.2 mailbox full"),
        (At::Data, "554 5.6.0 no"),
        (At::Content, "552 5.3.4 too large"),
        (At::Content, "554 5.7.0 looks like spam"),
    ] {
        let (ended, taken) = ends(at, Fault::Says(said));
        assert!(matches!(ended, Err(MailerError::Refused(_))), "{said}: {ended:?}");
        assert_eq!(taken, 0, "{said}");
    }
}

#[test]
fn what_keeps_every_mail_from_being_sent_is_for_a_person_to_mend() {
    for (at, said, remedy) in [
        (At::Greeting, "554 5.3.2 no mail from you", "whether this machine may send"),
        (At::From, "550 5.7.1 not yours", "notify.sender_address"),
        (At::From, "530 5.7.0 authentication required", "notify.sender_address"),
        (At::To, "554 5.7.1 <maya@us.example>: relay access denied", "relay"),
        (At::To, "530 5.7.0 log in first", "relay"),
    ] {
        let (ended, taken) = ends(at, Fault::Says(said));
        assert!(matches!(&ended, Err(MailerError::Unusable(text)) if text.contains(remedy)), "{said}: {ended:?}");
        assert_eq!(taken, 0, "{said}");
    }
}

#[test]
fn a_server_that_goes_away_before_the_content_has_not_taken_the_mail() {
    for at in [At::Greeting, At::Ehlo, At::From, At::To, At::Data] {
        for fault in [Fault::HangsUp, Fault::Silence] {
            let (ended, taken) = ends(at, fault);
            assert!(matches!(ended, Err(MailerError::Unavailable(_))), "{at:?} {fault:?}: {ended:?}");
            assert_eq!(taken, 0, "{at:?}");
        }
    }
}

#[test]
fn an_answer_that_is_lost_after_the_content_leaves_the_mail_in_doubt() {
    for fault in [Fault::HangsUp, Fault::Silence, Fault::Says("what?"), Fault::Says("999 odd")] {
        let post = Post::start(Some((At::Content, fault)));
        let ended = block_on(mailer("", &post).send(&mail("maya@us.example")));
        assert!(matches!(ended, Err(MailerError::Unknown(_))), "{fault:?}: {ended:?}");
    }
    let (_, taken) = ends(At::Content, Fault::HangsUp);
    assert_eq!(taken, 1, "it was taken all the same");
}

#[test]
fn whoever_has_a_login_uses_it_and_a_wrong_one_is_for_a_person_to_mend() {
    let post = Post::start(None);
    block_on(mailer("robot:s3cret@", &post).send(&mail("maya@us.example"))).unwrap();
    assert_eq!(post.taken().len(), 1);
    let error = block_on(mailer("robot:wrong@", &post).send(&mail("maya@us.example"))).unwrap_err();
    assert!(matches!(&error, MailerError::Unusable(text) if text.contains("user and password")), "{error:?}");
    assert!(!told(&error).contains("wrong@") && post.taken().len() == 1);
    let busy = Post::start(Some((At::Login, Fault::Says("454 4.7.0 later"))));
    let error = block_on(mailer("robot:s3cret@", &busy).send(&mail("maya@us.example"))).unwrap_err();
    assert!(matches!(&error, MailerError::Unavailable(_)), "{error:?}");
}

#[test]
fn a_server_without_tls_gets_neither_password_nor_mail() {
    let post = Post::start(None);
    let reach = Reach::with_private(&format!("127.0.0.1:{}", post.port)).unwrap();
    for scheme in ["smtp", "smtps"] {
        let server = Server::parse(&format!("{scheme}://robot:s3cret@127.0.0.1:{}", post.port), &reach).unwrap();
        let mailer = SmtpMailer::new(server, mailbox("baton@us.example").unwrap(), reach.clone());
        let error =
            block_on(mailer.with_patience(Duration::from_millis(300)).send(&mail("maya@us.example"))).unwrap_err();
        assert!(!told(&error).contains("s3cret"), "{error:?}");
        assert!(matches!(error, MailerError::Unusable(_) | MailerError::Unavailable(_)), "{scheme}: {error:?}");
    }
    assert_eq!(post.taken(), []);
}

#[test]
fn a_server_of_this_network_that_nobody_has_named_is_not_connected_to() {
    let post = Post::start(None);
    let server = Server::parse(&format!("smtp://127.0.0.1:{}", post.port), &Reach::public()).unwrap();
    let mailer = SmtpMailer::new(server, mailbox("baton@us.example").unwrap(), Reach::public());
    let error = block_on(mailer.send(&mail("maya@us.example"))).unwrap_err();
    assert!(matches!(&error, MailerError::Unusable(text) if text.contains("BATON_PRIVATE_HOSTS")), "{error:?}");
}

#[test]
fn nobody_who_listens_means_later() {
    let free = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    for address in [format!("127.0.0.1:{free}"), "mail.invalid:25".to_owned()] {
        let reach = Reach::with_private(&address).unwrap();
        let server = Server::parse(&format!("smtp://{address}?tls=none"), &reach).unwrap();
        let mailer = SmtpMailer::new(server, mailbox("baton@us.example").unwrap(), reach);
        let error = block_on(mailer.send(&mail("maya@us.example"))).unwrap_err();
        assert!(matches!(error, MailerError::Unavailable(_)), "{address}: {error:?}");
    }
}

#[test]
fn no_mail_goes_to_what_is_not_one_mailbox() {
    let post = Post::start(None);
    for to in [
        "a@x.com,b@y.com",
        "a@x.com\nBcc:",
        "a@x.com>\r\nRCPT TO:<b@y.com",
        "\"<b@y>\"@x",
        "dana@nоrthwind.example",
        "",
    ] {
        let error = block_on(mailer("", &post).send(&mail(to))).unwrap_err();
        assert!(matches!(&error, MailerError::Refused(text) if !text.contains("x.com")), "{to:?}: {error:?}");
    }
    block_on(mailer("", &post).send(&mail("maya+crm@us.example"))).unwrap();
    assert_eq!(post.taken().iter().map(|mail| mail.to.clone()).collect::<Vec<_>>(), [["maya+crm@us.example"]]);
}
