//! Every answer to a case in every state, and what an answer asks for next.

use jiff::SignedDuration;
use jiff::civil::date;

use super::*;
use crate::config::Config;
use crate::marks::tests::case as passed_through;
use crate::plan::{Assignee, Plan, Step};
use crate::ports::UpdatedRecord;

use State::{Acknowledged, Cleared, Closed, Detected, Dismissed, Enriched, Held, Notified, Planned};

const STATES: [State; 9] = [Detected, Enriched, Planned, Notified, Acknowledged, Closed, Held, Dismissed, Cleared];

/// 3 November 2026.
fn now() -> Timestamp {
    "2026-11-03T09:00:00Z".parse().unwrap()
}

/// A case with a plan of one step and one open proposal.
fn case(state: State) -> Case {
    let mut case = passed_through("Dana Fox", &[state]);
    let step = |what: &str| Step {
        what: Personal::new(what),
        why: String::new(),
        who: Assignee::Owner,
        due: date(2026, 11, 4),
    };
    let steps = vec![step("Call Lee Park"), step("Ask Priya Nair")];
    case.plan = Some(Plan { goal: String::new(), playbook: String::new(), because: vec![], candidates: vec![], steps });
    case.proposals = vec![Proposal {
        record: UpdatedRecord::Contact(case.subject.contact.clone()),
        field: "Title".to_owned(),
        before: Personal::new("VP Operations"),
        after: Personal::new("COO"),
        why: Personal::new("jobs"),
        state: ProposalState::Open,
    }];
    case
}

fn noah() -> Recipient {
    let (name, email) = (Personal::new("Noah Berg"), Personal::new("noah@us.example"));
    Recipient { user: None, name, email, because: String::new(), zone: None }
}

fn replies() -> [Reply; 9] {
    [
        Reply::GotIt,
        Reply::Done(Personal::new("spoke to Lee Park")),
        Reply::NotAChange(Personal::new("married")),
        Reply::Later(date(2026, 11, 10)),
        Reply::HandTo(noah()),
        Reply::Confirm,
        Reply::StepDone(0),
        Reply::ConfirmUpdate(0),
        Reply::RejectUpdate(0),
    ]
}

fn answer(case: Case, reply: &Reply) -> Result<Taken, Refused> {
    take(case, reply, &Personal::new("Maya Lind"), "Slack", &Config::shipped().calendar, now())
}

#[test]
fn every_answer_leads_to_one_state_or_is_refused_with_the_reason() {
    use Refused::{Early, NotHeld, Over};
    for state in STATES {
        let over = matches!(state, Closed | Dismissed | Cleared);
        let expected: [Result<State, Refused>; 9] = match state {
            Closed => std::array::from_fn(|i| if i >= 7 { Ok(Closed) } else { Err(Over(Closed)) }),
            _ if over => std::array::from_fn(|_| Err(Over(state))),
            Held => {
                let held = || Err(Refused::Held);
                [held(), held(), Ok(Dismissed), held(), held(), Ok(Detected), held(), held(), held()]
            }
            Detected | Enriched => {
                let early = || Err(Early(state));
                [early(), early(), Ok(Dismissed), early(), early(), Err(NotHeld(state)), early(), early(), early()]
            }
            Planned => {
                let early = || Err(Early(Planned));
                [
                    Ok(Acknowledged),
                    early(),
                    Ok(Dismissed),
                    early(),
                    early(),
                    Err(NotHeld(Planned)),
                    early(),
                    early(),
                    early(),
                ]
            }
            _ => [
                Ok(Acknowledged),
                Ok(Closed),
                Ok(Dismissed),
                Ok(Acknowledged),
                Ok(Notified),
                Err(NotHeld(state)),
                Ok(Acknowledged),
                Ok(state),
                Ok(state),
            ],
        };
        for (reply, expected) in replies().iter().zip(expected) {
            let came = answer(case(state), reply).map(|taken| taken.case.state);
            assert_eq!(came, expected, "{reply:?} to a case that is {state}");
        }
    }
}

/// I8: only allowed steps, one revision more, one entry in the chain, and nothing leads out of an end.
#[test]
fn an_answer_takes_one_allowed_step_and_makes_one_revision_and_one_entry() {
    for state in STATES {
        for reply in replies() {
            let before = case(state);
            let Ok(Taken { case: after, note, messages }) = answer(before.clone(), &reply) else { continue };
            assert!(after.state == state || state.may_become(after.state), "{reply:?}: {state} to {}", after.state);
            assert!(!state.is_final() || after.state == state, "{reply:?} to {state}");
            assert_eq!(after.revision(), before.revision() + 1, "{reply:?} to {state}");
            let steps = usize::from(after.state != state);
            assert_eq!(after.history.len(), before.history.len() + steps, "{reply:?} to {state}");
            assert_eq!((note.actor.as_str(), note.case.as_ref()), ("Maya Lind", Some(&before.id)));
            assert!(note.grounds.ends_with(", through Slack"), "{}", note.grounds);
            let named = matches!(reply, Reply::HandTo(_)) || note.action == after.state.to_string();
            assert!(after.state == state || named, "{reply:?}: {}", note.action);
            let confirmed = reply == Reply::Confirm;
            assert_eq!(messages.iter().any(|m| matches!(m.body, Body::Refresh(_))), !confirmed, "{reply:?}");
        }
    }
}

#[test]
fn only_a_confirmed_update_asks_for_a_write() {
    for state in STATES {
        for reply in replies() {
            let Ok(Taken { messages, case, .. }) = answer(case(state), &reply) else { continue };
            let asked = messages.iter().any(|message| matches!(message.body, Body::Update { .. }));
            assert_eq!(asked, matches!(reply, Reply::ConfirmUpdate(_)), "{reply:?}");
            let confirmed = matches!(case.proposals[0].state, ProposalState::Confirmed { .. });
            assert_eq!(asked, confirmed, "{reply:?}");
        }
    }
}

#[test]
fn a_proposal_is_decided_once() {
    let decide = |case: Case, reply| answer(case, &reply).map(|taken| taken.case);
    let confirmed = decide(case(Notified), Reply::ConfirmUpdate(0)).unwrap();
    assert_eq!(decide(confirmed.clone(), Reply::ConfirmUpdate(0)), Err(Refused::NoProposal));
    assert_eq!(decide(confirmed, Reply::RejectUpdate(0)), Err(Refused::NoProposal));
    let rejected = decide(case(Notified), Reply::RejectUpdate(0)).unwrap();
    assert_eq!(decide(rejected, Reply::ConfirmUpdate(0)), Err(Refused::NoProposal));
    assert_eq!(decide(case(Notified), Reply::ConfirmUpdate(1)), Err(Refused::NoProposal));
    assert_eq!(decide(case(Notified), Reply::ConfirmUpdate(u32::MAX)), Err(Refused::NoProposal));
}

#[test]
fn the_chain_names_exactly_what_was_confirmed() {
    let note = answer(case(Notified), &Reply::ConfirmUpdate(0)).unwrap().note;
    assert_eq!(note.action, "update confirmed");
    assert_eq!(
        note.grounds,
        "update confirmed: Title of Dana Fox in the CRM: “COO” instead of “VP Operations”, through Slack"
    );
}

#[test]
fn a_step_is_done_once_and_must_be_there() {
    let done = answer(case(Notified), &Reply::StepDone(1)).unwrap();
    assert_eq!(done.case.done_steps.iter().copied().collect::<Vec<_>>(), [1]);
    assert_eq!(done.note.grounds, "step 2 is done: Ask Priya Nair, through Slack");
    assert_eq!(answer(done.case, &Reply::StepDone(1)).unwrap_err(), Refused::StepIsDone(2));
    assert_eq!(answer(case(Notified), &Reply::StepDone(2)).unwrap_err(), Refused::NoStep(3));
    assert_eq!(answer(case(Notified), &Reply::StepDone(u32::MAX)).unwrap_err(), Refused::NoStep(u32::MAX));
}

#[test]
fn nothing_is_put_off_into_the_past_or_for_years() {
    let later = |day| answer(case(Notified), &Reply::Later(day)).map(|taken| taken.case.snoozed);
    assert_eq!(later(date(2026, 11, 4)), Ok(Some(date(2026, 11, 4))));
    assert_eq!(later(date(2027, 11, 4)), Ok(Some(date(2027, 11, 4))));
    for day in [date(2026, 11, 3), date(2020, 1, 1), date(2027, 11, 5), jiff::civil::Date::MAX, jiff::civil::Date::MIN]
    {
        assert_eq!(later(day), Err(Refused::Day(day)));
    }
}

#[test]
fn whoever_takes_it_on_or_over_is_not_waited_for_any_more() {
    let put_off = answer(case(Notified), &Reply::Later(date(2026, 11, 10))).unwrap().case;
    assert_eq!(answer(put_off.clone(), &Reply::GotIt).unwrap().case.snoozed, None);
    let mut reminded = put_off;
    reminded.followed.reminded = Some(now() - SignedDuration::from_hours(1));
    reminded.followed.steps.insert(0);
    let handed = answer(reminded, &Reply::HandTo(noah())).unwrap().case;
    assert_eq!((handed.assigned.as_ref(), handed.snoozed), (Some(&noah()), None));
    assert_eq!((handed.followed.reminded, handed.followed.steps.len()), (None, 1));
    assert_eq!(handed_over(&handed).map(|(place, _)| place), Some(1));
}

#[test]
fn a_reason_is_needed_for_no_change_and_long_ones_are_cut() {
    assert_eq!(answer(case(Notified), &Reply::NotAChange(Personal::new(" "))).unwrap_err(), Refused::NoReason);
    let long = Reply::NotAChange(Personal::new("ä".repeat(5_000)));
    let because = answer(case(Notified), &long).unwrap().case.because;
    assert_eq!(because.chars().filter(|c| *c == 'ä').count(), MOST_CHARACTERS);
    assert_eq!(answer(case(Notified), &Reply::Done(Personal::default())).unwrap().case.because, "done");
}

#[test]
fn two_answers_never_ask_under_one_id() {
    let first = answer(case(Notified), &Reply::HandTo(noah())).unwrap();
    let second = answer(first.case.clone(), &Reply::HandTo(noah())).unwrap();
    let mut ids: Vec<_> = first.messages.iter().chain(&second.messages).map(|m| m.id.as_str().to_owned()).collect();
    ids.sort();
    ids.dedup();
    assert_eq!(ids.len(), 4);
}

#[test]
fn others_read_what_was_said_in_one_sentence() {
    let said = |reply: &Reply| {
        let state = if *reply == Reply::Confirm { Held } else { Notified };
        let case = answer(case(state), reply).unwrap().case;
        told(case.answers.last().unwrap(), &Config::shipped().calendar)
    };
    let expected = [
        "Acknowledged by Maya Lind on 3 Nov",
        "Done by Maya Lind on 3 Nov: spoke to Lee Park",
        "Not a change, says Maya Lind on 3 Nov: married",
        "Put off by Maya Lind on 3 Nov: again on 10 Nov 2026",
        "Handed to Noah Berg by Maya Lind on 3 Nov",
        "Confirmed by Maya Lind on 3 Nov",
        "Step 1 done by Maya Lind on 3 Nov: Call Lee Park",
        "Update of the CRM confirmed by Maya Lind on 3 Nov: Title of Dana Fox in the CRM: “COO” instead of “VP Operations”",
        "Update of the CRM rejected by Maya Lind on 3 Nov: Title of Dana Fox in the CRM: “COO” instead of “VP Operations”",
    ];
    for (reply, expected) in replies().iter().zip(expected) {
        assert_eq!(said(reply), expected);
    }
}
