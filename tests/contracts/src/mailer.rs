//! What a `Mailer` promises.

use std::pin::Pin;

use domain::ports::{Mailer, OutgoingMail};
use domain::{DeliveryId, Personal};

/// Reads the mails that arrived so far, as they are.
pub type Mails<'a> = &'a dyn Fn() -> Pin<Box<dyn Future<Output = Vec<Vec<u8>>> + 'a>>;

/// A mail arrives byte for byte; `arrived` reads the mails as they are, of which there are none yet.
pub async fn a_mail_arrives_as_it_is(mailer: &dyn Mailer, arrived: Mails<'_>) {
    assert!(arrived().await.is_empty());
    for delivery in ["d-1", "d-2"] {
        mailer.send(&mail(delivery)).await.unwrap();
    }
    assert_eq!(arrived().await, [mail("d-1").mime, mail("d-2").mime]);
}

/// What a `Mailer` promises that says it repeats safely; after [`a_mail_arrives_as_it_is`].
pub async fn a_mail_that_is_sent_again_arrives_once(mailer: &dyn Mailer, arrived: Mails<'_>) {
    assert!(mailer.repeats_safely());
    for delivery in ["d-1", "d-1"] {
        mailer.send(&mail(delivery)).await.unwrap();
    }
    assert_eq!(arrived().await, [mail("d-1").mime, mail("d-2").mime]);
}

fn mail(delivery: &str) -> OutgoingMail {
    OutgoingMail {
        delivery: DeliveryId::parse(delivery).unwrap(),
        partition: "ACCOUNT#001A".to_owned(),
        to: Personal::new("maya@us.example"),
        mime: format!("To: maya@us.example\r\nSubject: {delivery}\r\n\r\n\u{e4}\0\r\n").into_bytes(),
    }
}
