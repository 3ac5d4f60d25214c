//! Asks a second time: reminds whoever was told, tells a manager that nobody has answered, wakes what was put off, says that the
//! day of a step has come. Who is responsible is asked of the CRM anew: people leave between an alert and its reminder.

use std::collections::BTreeMap;

use domain::audit::Note;
use domain::case::{Case, State};
use domain::compose;
use domain::handler::{HandlerError, Outcome, told};
use domain::messages::{Body, CaseRef, FollowUp};
use domain::notice::{Channel, Delivery, Notice, Progress, Recipient};
use domain::plan::Assignee;
use domain::ports::Index;
use domain::recipients::{Responsible, default_recipient, is_same_address};
use domain::records::{self, Change, Loaded, account_partition};
use domain::{AccountId, MessageId};
use envelope::Record;
use jiff::civil::Date;

use crate::Deps;
use crate::decide::{due, queue};

/// Who is responsible for the accounts of a batch now.
pub(crate) type Known = BTreeMap<AccountId, Responsible>;

/// The cases of a batch that are followed up.
pub(crate) fn cases_of(records: &[Record]) -> impl Iterator<Item = &CaseRef> {
    records.iter().filter_map(|record| match record.message.as_ref().ok().map(|message| &message.body) {
        Some(Body::FollowUp { about, what }) if *what != FollowUp::HandOver => Some(about),
        _ => None,
    })
}

/// Asks the CRM, once for a batch, who is responsible for its accounts. Where it cannot say, what it said when a case was enriched
/// counts: a reminder must not wait for the CRM.
pub(crate) async fn responsible_now(records: &[Record], deps: &Deps<'_>) -> Known {
    let mut wanted: Vec<AccountId> = cases_of(records).map(|about| about.account.clone()).collect();
    if wanted.is_empty() {
        return Known::new();
    }
    wanted.sort();
    wanted.dedup();
    deps.crm.responsible(&wanted).await.unwrap_or_else(|error| {
        tracing::info!(error = told(&error), "the CRM cannot say who is responsible now");
        Known::new()
    })
}

/// Queues the notices that a follow-up asks for.
pub(crate) async fn follow(
    id: MessageId,
    about: CaseRef,
    what: FollowUp,
    known: &Known,
    deps: &Deps<'_>,
) -> Result<Outcome, HandlerError> {
    let Some((Loaded { value: case, .. }, trail)) = records::case_and_trail(deps.outbox.store, &about).await? else {
        return Ok(Outcome::Skipped("the case was erased after the request".to_owned()));
    };
    if let Some(reason) = outdated(&case, what) {
        return Ok(Outcome::Skipped(reason));
    }
    let partition = account_partition(&about.account);
    let responsible = known.get(&about.account).cloned().unwrap_or_else(|| Responsible::of(&case));
    let asks = Asks { reader: responsible.acts_on(&case, deps.config), case, what, responsible };
    let told = asks.told(&partition, deps).await?;
    let mut change = Change::new(Some(id.clone()), trail, deps.clock.now());
    let Some(recipient) = asks.recipient(deps) else {
        change.note(asks.nobody_above());
        return deps.outbox.commit_in_batch(change).await;
    };
    let today = deps.config.calendar.of_reader(recipient.zone.as_deref()).day(deps.clock.now());
    let delivery = |channel: &Channel| {
        let thread = thread(&told, *channel, &recipient);
        let notice = asks.notice(recipient.clone(), thread.is_some(), today, deps);
        Delivery { thread, ..due(*channel, notice, &partition, id.as_str()) }
    };
    let deliveries = deps.config.notify.channels.iter().map(delivery).collect();
    queue(change, &partition, Some(&asks.case), deliveries, deps).await
}

/// Why nothing need be asked any more.
fn outdated(case: &Case, what: FollowUp) -> Option<String> {
    let state = case.state;
    match what {
        FollowUp::Remind | FollowUp::Escalate => {
            (state != State::Notified).then(|| format!("the case is {state} by now: somebody has answered"))
        }
        FollowUp::Step(n) if case.done_steps.contains(&n) => Some("the step is done by now".to_owned()),
        FollowUp::Wake | FollowUp::Step(_) => state.is_final().then(|| format!("the case is {state} by now")),
        FollowUp::HandOver => Some("whoever takes a case over is told elsewhere".to_owned()),
    }
}

/// What is asked, about which case, and who has to do with it.
struct Asks {
    case: Case,
    what: FollowUp,
    responsible: Responsible,
    /// Whoever acts on the case now.
    reader: Recipient,
}

impl Asks {
    /// Every notice of this case so far.
    async fn told(&self, partition: &str, deps: &Deps<'_>) -> Result<Vec<Delivery>, HandlerError> {
        let all = records::all::<Delivery>(deps.outbox.store, Index::Table, partition, "DELIVERY#").await?;
        let of_case = |delivery: &Delivery| delivery.notice.case.as_ref() == Some(&self.case.id);
        Ok(all.into_iter().map(|delivery| delivery.value).filter(of_case).collect())
    }

    /// Who is asked. Nobody where the next one above would be the same person.
    fn recipient(&self, deps: &Deps<'_>) -> Option<Recipient> {
        let above = || self.responsible.stands_above(&self.reader, &self.case);
        match self.what {
            FollowUp::Escalate => above().or_else(|| self.in_a_managers_place(deps)),
            FollowUp::Step(_) if self.of_manager() == Some(true) => above(),
            FollowUp::Remind | FollowUp::Wake | FollowUp::Step(_) | FollowUp::HandOver => Some(self.reader.clone()),
        }
    }

    fn in_a_managers_place(&self, deps: &Deps<'_>) -> Option<Recipient> {
        let default = default_recipient(deps.config, "you are the default recipient, and no manager can be told");
        (!is_same_address(&default.email, &self.reader.email)).then_some(default)
    }

    /// Whether a step that is due is the manager's; nothing where the reader is the manager, or there is none.
    fn of_manager(&self) -> Option<bool> {
        self.responsible.stands_above(&self.reader, &self.case)?;
        let FollowUp::Step(n) = self.what else { return Some(false) };
        let step = self.case.plan.as_ref().and_then(|plan| plan.steps.get(n as usize));
        Some(step.is_some_and(|step| step.who == Assignee::Manager))
    }

    fn notice(&self, to: Recipient, knows: bool, today: Date, deps: &Deps<'_>) -> Notice {
        let (case, config) = (&self.case, deps.config);
        match self.what {
            FollowUp::Remind | FollowUp::HandOver => compose::reminder(case, to, knows, config, today),
            FollowUp::Escalate => compose::escalation(case, to, &self.reader, config, today),
            FollowUp::Wake => compose::woken(case, to, knows, config, today),
            FollowUp::Step(_) => compose::step_due(case, self.of_manager(), to, knows, config, today),
        }
    }

    fn nobody_above(&self) -> Note {
        Note {
            actor: "notify".to_owned(),
            action: "not escalated".to_owned(),
            case: Some(self.case.id.clone()),
            grounds: format!("there is nobody above {} who could be told", self.reader.name.reveal()),
        }
    }
}

/// The thread in which somebody was told first on a channel; nothing for whoever was not.
fn thread(told: &[Delivery], channel: Channel, to: &Recipient) -> Option<String> {
    let sent = told.iter().filter_map(|delivery| match &delivery.progress {
        Progress::Sent { at, reference }
            if delivery.channel == channel && is_same_address(&delivery.notice.recipient.email, &to.email) =>
        {
            Some((at, delivery.thread.as_ref().unwrap_or(reference)))
        }
        _ => None,
    });
    sent.min().map(|(_, reference)| reference.clone())
}
