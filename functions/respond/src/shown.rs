//! Shows an answer in the Slack messages of its case at once, while whoever gave it looks at them, whether the queues sleep or
//! not. The refresh that was queued with the answer does the same once more and keeps the records; it also does what fails here.

use std::time::{Duration, Instant};

use channels::slack;
use domain::compose;
use domain::handler::{HandlerError, told};
use domain::messages::CaseRef;
use domain::notice::{Channel, Delivery, Progress};
use domain::ports::{Index, Messenger, Posted};
use domain::records::{self, Loaded, account_partition};

use crate::Deps;

/// Slack waits for three seconds in all.
const ALL: Duration = Duration::from_millis(2_500);
/// For the messages, of that.
const LONGEST: Duration = Duration::from_millis(1_500);
/// How often a message is changed because its case has moved on meanwhile.
const MOST_TIMES: u32 = 3;

/// Changes what was posted of the case, the message that was `clicked` first. `began` is when the request came.
pub(crate) async fn show(about: &CaseRef, clicked: Option<&Posted>, began: Instant, deps: &Deps<'_>) {
    let Some(messenger) = deps.messenger else { return };
    let left = ALL.saturating_sub(began.elapsed()).min(LONGEST);
    match tokio::time::timeout(left, show_all(about, clicked, messenger, deps)).await {
        Ok(Ok(())) => {}
        Ok(Err(error)) => tracing::warn!(error = told(&error), "an answer is shown in Slack later"),
        Err(_) => tracing::warn!("an answer is shown in Slack later: it takes longer than Slack waits"),
    }
}

async fn show_all(
    about: &CaseRef,
    clicked: Option<&Posted>,
    messenger: &dyn Messenger,
    deps: &Deps<'_>,
) -> Result<(), HandlerError> {
    let partition = account_partition(&about.account);
    let all = records::all::<Delivery>(deps.outbox.store, Index::Table, &partition, "DELIVERY#").await?;
    let posted = |Loaded { value, .. }: Loaded<Delivery>| match &value.progress {
        Progress::Sent { reference, .. } if is_shown(&value, about) => Some((reference.clone(), value)),
        _ => None,
    };
    let mut posted: Vec<(String, Delivery)> = all.into_iter().filter_map(posted).collect();
    let clicked = clicked.map(Posted::reference);
    posted.sort_by_key(|(reference, _)| clicked.as_ref() != Some(reference));
    for (reference, delivery) in posted {
        change(&delivery, &reference, about, messenger, deps).await?;
    }
    Ok(())
}

fn is_shown(delivery: &Delivery, about: &CaseRef) -> bool {
    let notice = &delivery.notice;
    delivery.channel == Channel::Slack && notice.case.as_ref() == Some(&about.case) && compose::tells_standing(notice)
}

/// Changes one message, again where the case has moved on while it was changed: somebody else may have shown that before.
async fn change(
    delivery: &Delivery,
    reference: &str,
    about: &CaseRef,
    messenger: &dyn Messenger,
    deps: &Deps<'_>,
) -> Result<(), HandlerError> {
    let mut last = None;
    for _ in 0..MOST_TIMES {
        let Some(Loaded { value: case, .. }) = records::case(deps.outbox.store, about).await? else { return Ok(()) };
        let (fresh, message) = slack::refreshed(delivery, &case, deps.config);
        if last.as_ref() == Some(&fresh) {
            break;
        }
        if let Err(error) = messenger.update(&message, reference).await {
            tracing::warn!(error = told(&error), "an answer is shown in a Slack message later");
            break;
        }
        last = Some(fresh);
    }
    Ok(())
}
