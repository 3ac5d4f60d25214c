//! What a notice shows of what has become of its case, and word of a case that somebody else has taken over.

use jiff::civil::Date;

use super::{alert, bare, footer, headline, links};
use crate::Personal;
use crate::answering;
use crate::case::{Case, State};
use crate::config::{Calendar, Config};
use crate::days::day;
use crate::notice::{Answer, Notice, Purpose, Recipient};
use crate::proposals;

/// So many answers are shown, the latest first; the audit chain has all.
const MOST_ANSWERS: usize = 3;

/// The notice as it reads now: what was said since, what can still be answered, what became of the proposals. Everything else
/// stays as its reader first read it.
pub fn refreshed(notice: &Notice, case: &Case, config: &Config) -> Notice {
    if !tells_standing(notice) {
        return notice.clone();
    }
    Notice {
        standing: standing(case, &config.calendar),
        answers: answers(case, notice.purpose),
        proposals: if asks(notice.purpose) { proposals::shown(case, &config.calendar) } else { Vec::new() },
        revision: case.revision(),
        ..notice.clone()
    }
}

/// Whether a notice shows where its case stands, so that it changes with it. What was taken back stays so.
pub fn tells_standing(notice: &Notice) -> bool {
    // Word that a case was handed on shows no revision of it, and asks for nothing.
    notice.purpose.tells_of_a_case() || (notice.purpose == Purpose::Continued && notice.revision > 0)
}

/// What can be answered to a case as it stands; nothing once it has come to its end.
pub fn answers(case: &Case, purpose: Purpose) -> Vec<Answer> {
    if !asks(purpose) || case.state.is_final() {
        return Vec::new();
    }
    let seen = if case.state == State::Acknowledged { None } else { Some(Answer::GotIt) };
    let rest: &[Answer] = match purpose {
        Purpose::Continued if seen.is_some() => &[Answer::NotAChange],
        Purpose::Continued => &[Answer::Done, Answer::NotAChange],
        _ => &[Answer::Done, Answer::NotAChange, Answer::Later, Answer::HandTo],
    };
    seen.into_iter().chain(rest.iter().copied()).collect()
}

/// Whether its reader is asked for anything.
fn asks(purpose: Purpose) -> bool {
    match purpose {
        Purpose::Alert
        | Purpose::Continued
        | Purpose::Reminder
        | Purpose::Escalation
        | Purpose::Woken
        | Purpose::Step
        | Purpose::HandedOver => true,
        Purpose::Gained | Purpose::Cleared | Purpose::Digest | Purpose::Brake => false,
    }
}

/// Everything that has become of a case since somebody was told, in words, the earliest first.
pub fn story(case: &Case, calendar: &Calendar) -> Vec<String> {
    let mut story: Vec<String> = case.answers.iter().map(|answered| answering::told(answered, calendar)).collect();
    if let Some((State::Cleared, at)) = case.history.last() {
        story.push(format!("Taken back on {}: {}", day(calendar.day(*at)), case.because));
    }
    story
}

/// What has become of it, the latest first, in one line.
pub fn standing(case: &Case, calendar: &Calendar) -> Option<Personal> {
    let story = story(case, calendar);
    let latest: Vec<&str> = story.iter().rev().take(MOST_ANSWERS).map(String::as_str).collect();
    (!latest.is_empty()).then(|| Personal::new(latest.join(" · ")))
}

/// The alert once more, for whoever has taken the case over.
pub fn handed_over(case: &Case, recipient: Recipient, config: &Config, today: Date) -> Notice {
    let by = answering::handed_over(case).map(|(_, answered)| answered.by.reveal().to_owned());
    let remark = match by {
        Some(by) => format!("{by} handed this to you. Whatever becomes of it is told to you from now on."),
        None => "This was handed to you.".to_owned(),
    };
    let notice = alert(case, recipient, config, today);
    Notice {
        purpose: Purpose::HandedOver,
        subject: Personal::new(format!("Handed to you: {}", notice.subject.reveal())),
        remarks: vec![Personal::new(remark)],
        ..notice
    }
}

/// In the thread of whoever had the case before: who has it now.
pub fn handed_on(case: &Case, recipient: Recipient, config: &Config) -> Notice {
    let footer = footer(&recipient, case, "its story: baton show");
    let name = case.assigned.as_ref().map_or("somebody else", |assigned| assigned.name.reveal());
    let by = answering::handed_over(case).map(|(_, answered)| answering::told(answered, &config.calendar));
    Notice {
        subject: Personal::new(format!("Handed on: {} at {}", case.subject.name.reveal(), case.account_name)),
        headline: Personal::new(headline(case)),
        remarks: vec![
            Personal::new(format!("{}.", by.unwrap_or_else(|| format!("Handed to {name}")))),
            Personal::new(format!("{name} was told. There is nothing left for you to do.")),
        ],
        links: links(case, &case.account, config),
        ..bare(Purpose::Continued, recipient, footer, Some(case.id.clone()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::case::Answered;
    use crate::marks::tests::case;
    use jiff::Timestamp;

    fn answered(state: State, words: &[&str]) -> Case {
        let mut case = case("Dana Fox", &[State::Detected, State::Notified, state]);
        let by = Personal::new("Maya Lind");
        let at = Timestamp::UNIX_EPOCH;
        let answer = |words: &&str| Answered { by: by.clone(), at, words: Personal::new(*words) };
        case.answers = words.iter().map(answer).collect();
        case
    }

    #[test]
    fn what_was_said_stands_at_the_top_the_latest_first() {
        let calendar = Config::shipped().calendar;
        let told = |state, words: &[&str]| standing(&answered(state, words), &calendar).map(|p| p.reveal().to_owned());
        assert_eq!(told(State::Notified, &[]), None);
        assert_eq!(told(State::Acknowledged, &["got it"]).unwrap(), "Acknowledged by Maya Lind on 1 Jan");
        assert_eq!(
            told(State::Closed, &["got it", "step 1 is done: Call Lee Park", "done: spoke to Lee: fine"]).unwrap(),
            "Done by Maya Lind on 1 Jan: spoke to Lee: fine · Step 1 done by Maya Lind on 1 Jan: Call Lee Park · \
             Acknowledged by Maya Lind on 1 Jan"
        );
        assert_eq!(told(State::Cleared, &[]).unwrap(), "Taken back on 3 Jan: as somebody has said");
        assert_eq!(
            told(State::Notified, &["handed to Noah Berg"]).unwrap(),
            "Handed to Noah Berg by Maya Lind on 1 Jan"
        );
        assert_eq!(told(State::Acknowledged, &["done"; 9]).unwrap().matches("Done by").count(), 3);
    }

    #[test]
    fn what_can_be_answered_follows_from_where_the_case_stands() {
        use Answer::{Done, GotIt, HandTo, Later, NotAChange};
        let check = |state, purpose, expected: &[Answer]| {
            assert_eq!(answers(&answered(state, &[]), purpose), expected, "{state} {purpose}");
        };
        check(State::Notified, Purpose::Alert, &[GotIt, Done, NotAChange, Later, HandTo]);
        check(State::Acknowledged, Purpose::Alert, &[Done, NotAChange, Later, HandTo]);
        check(State::Acknowledged, Purpose::HandedOver, &[Done, NotAChange, Later, HandTo]);
        check(State::Notified, Purpose::Continued, &[GotIt, NotAChange]);
        check(State::Acknowledged, Purpose::Continued, &[Done, NotAChange]);
        check(State::Notified, Purpose::Gained, &[]);
        for end in [State::Closed, State::Dismissed, State::Cleared] {
            check(end, Purpose::Alert, &[]);
            check(end, Purpose::Continued, &[]);
        }
    }
}
