//! A channel that takes nothing any more, such as a Slack whose token was revoked: the administrator hears of it once a day, on the
//! channels that work. What was to leave is given up with the reason, so that it can be sent when it was put right.

use domain::MessageId;
use domain::audit::Note;
use domain::compose;
use domain::handler::{HandlerError, again_and_again};
use domain::notice::Channel;
use domain::ports::Expect;
use domain::records::{self, CHANNELS, Change};

use crate::Deps;
use crate::decide::{due, send_request};
use crate::record::MOST_RECORDS;

/// Says so, unless that was done today, and returns why the delivery is given up.
pub(crate) async fn give_up(channel: Channel, why: String, deps: &Deps<'_>) -> HandlerError {
    match again_and_again(MOST_RECORDS, async || tell(channel, &why, deps).await).await {
        Ok(()) => HandlerError::Poison(why),
        // Nobody would hear of it.
        Err(error) => HandlerError::Retry(format!("{why}; and nobody can be told of it: {error}")),
    }
}

async fn tell(channel: Channel, why: &str, deps: &Deps<'_>) -> Result<(), HandlerError> {
    let now = deps.clock.now();
    let (named, day) = (channel.to_string(), deps.config.calendar.day(now).to_string());
    let others: Vec<Channel> = deps.config.notify.channels.iter().copied().filter(|other| *other != channel).collect();
    let trail = records::trail(deps.outbox.store, CHANNELS).await?;
    let mut change = Change::new(Some(MessageId::of(&["broken", &named, &day])), trail, now);
    let note = |action: String, grounds: &str| Note {
        actor: "notify".to_owned(),
        action,
        case: None,
        grounds: grounds.to_owned(),
    };
    change.note(note(format!("{named} broken"), why));
    for other in others {
        let delivery =
            due(other, compose::channel_broken(channel, why, deps.config), CHANNELS, &format!("{named} {day}"));
        change.note(note(format!("{other} due"), "to the administrator"));
        change.delivery(CHANNELS, &delivery, Expect::Absent).send(send_request(CHANNELS, &delivery));
    }
    deps.outbox.commit_in_batch(change).await?;
    Ok(())
}
