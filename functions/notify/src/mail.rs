//! What has to be known of all mail before one more leaves, and what a mail answers.

use domain::address;
use domain::feedback::{self, AddressHash, Standing, Suppression};
use domain::handler::HandlerError;
use domain::messages::DeliveryRef;
use domain::notice::{Channel, Delivery, Progress, Purpose};
use domain::ports::{Index, StoreError};
use domain::records;

use crate::Deps;
use domain::recipients::is_same_address;

/// Why the reader of a mail is written to no more, if so. An error where no mail may leave at all for the time being.
pub(crate) async fn may_leave(delivery: &Delivery, deps: &Deps<'_>) -> Result<Option<String>, HandlerError> {
    if delivery.channel != Channel::Mail {
        return Ok(None);
    }
    if let Some(suppression) = suppression(delivery, deps).await? {
        return Ok(Some(suppression.reason));
    }
    // The word that mail has stopped is the one mail that leaves where there is no other channel.
    let standing = records::read::<Standing>(deps.outbox.store, &feedback::standing_key()).await?;
    let stops = standing.and_then(|known| known.value.stops(&deps.config.mail, deps.clock.now()));
    match stops {
        Some(why) if delivery.notice.purpose != Purpose::Brake => {
            Err(HandlerError::Retry(format!("mail has stopped: {why}; correct the addresses, or the limits in [mail]")))
        }
        Some(_) | None => Ok(None),
    }
}

/// The word that an address is written to no more. What is no address at all, whoever writes the mail finds.
async fn suppression(delivery: &Delivery, deps: &Deps<'_>) -> Result<Option<Suppression>, StoreError> {
    let Ok(mailbox) = address::mailbox(delivery.notice.recipient.email.reveal()) else { return Ok(None) };
    let key = feedback::suppression_key(&AddressHash::of(mailbox.as_str()));
    Ok(records::read(deps.outbox.store, &key).await?.map(|known| known.value))
}

/// The mails of the same case that the same reader has, by their Message-IDs, the oldest first.
pub(crate) async fn earlier(
    at: &DeliveryRef,
    delivery: &Delivery,
    deps: &Deps<'_>,
) -> Result<Vec<String>, HandlerError> {
    if delivery.channel != Channel::Mail || delivery.thread.is_none() {
        return Ok(Vec::new());
    }
    let all = records::all::<Delivery>(deps.outbox.store, Index::Table, &at.partition, "DELIVERY#").await?;
    let mut sent: Vec<_> = all
        .into_iter()
        .map(|other| other.value)
        .filter(|other| other.channel == Channel::Mail && other.notice.case == delivery.notice.case)
        .filter(|other| is_same_address(&other.notice.recipient.email, &delivery.notice.recipient.email))
        .filter_map(|other| match other.progress {
            Progress::Sent { at, reference } => Some((at, reference)),
            Progress::Due | Progress::Sending { .. } | Progress::Unknown { .. } | Progress::Withheld { .. } => None,
        })
        .collect();
    sent.sort();
    Ok(sent.into_iter().map(|(_, reference)| reference).collect())
}
