//! Tells whoever has taken a case over, and says in the threads of those who had it before who has it now.

use domain::case::Case;
use domain::compose;
use domain::handler::{HandlerError, Outcome};
use domain::messages::CaseRef;
use domain::notice::{Channel, Delivery, Purpose, Recipient};
use domain::ports::Index;
use domain::records::{self, Change, Loaded, account_partition};
use domain::{MessageId, answering};

use crate::Deps;
use crate::decide::{due, each_once, first_words, queue};
use domain::recipients::is_same_address;

/// The alert for the one who has it now, on every channel, and word to the others.
pub(crate) async fn hand_over(id: MessageId, about: CaseRef, deps: &Deps<'_>) -> Result<Outcome, HandlerError> {
    let partition = account_partition(&about.account);
    let mut all = records::all::<Delivery>(deps.outbox.store, Index::Table, &partition, "DELIVERY#").await?;
    all.retain(|Loaded { value, .. }| value.notice.case.as_ref() == Some(&about.case));
    let Some((case, trail)) = records::case_and_trail(deps.outbox.store, &about).await? else {
        return Ok(Outcome::Skipped("the case was erased after the request".to_owned()));
    };
    if case.value.state.is_final() {
        return Ok(Outcome::Skipped(format!("the case is {} by now", case.value.state)));
    }
    let (Some(to), Some((place, _))) = (&case.value.assigned, answering::handed_over(&case.value)) else {
        return Ok(Outcome::Skipped("nobody has taken the case over".to_owned()));
    };
    // A case may come back to somebody: each time is told.
    let of = format!("{}#handed {place}", about.case);
    let mut deliveries = to_the_new(&case.value, to, &partition, &of, deps);
    deliveries.extend(to_the_others(&case.value, to, &all, &partition, &of, deps));
    deliveries.retain(|delivery| all.iter().all(|known| known.value.id != delivery.id));
    let change = Change::new(Some(id), trail, deps.clock.now());
    queue(change, &partition, Some(&case.value), each_once(deliveries), deps).await
}

fn to_the_new(case: &Case, to: &Recipient, partition: &str, of: &str, deps: &Deps<'_>) -> Vec<Delivery> {
    let today = deps.config.calendar.day(deps.clock.now());
    let notice = compose::handed_over(case, to.clone(), deps.config, today);
    let channels = deps.config.notify.channels.iter();
    channels.map(|channel| due(*channel, notice.clone(), partition, of)).collect()
}

/// The message that asks for an answer is changed in its place; a thread and a mail need word of their own. The one who has
/// handed it over knows, and needs no mail.
fn to_the_others<'a>(
    case: &'a Case,
    to: &'a Recipient,
    all: &'a [Loaded<Delivery>],
    partition: &'a str,
    of: &'a str,
    deps: &'a Deps<'_>,
) -> impl Iterator<Item = Delivery> + 'a {
    let by = answering::handed_over(case).map(|(_, answered)| &answered.by);
    first_words(all).into_iter().filter_map(move |(told, thread)| {
        let reader = &told.notice.recipient;
        let gains = told.notice.purpose == Purpose::Gained;
        let knows = told.channel == Channel::Mail && by == Some(&reader.name);
        if gains || knows || told.channel == Channel::Crm || is_same_address(&reader.email, &to.email) {
            return None;
        }
        let notice = compose::handed_on(case, reader.clone(), deps.config);
        Some(Delivery { thread, ..due(told.channel, notice, partition, of) })
    })
}
