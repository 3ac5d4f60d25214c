//! Are the queues and their dead letters as the template makes them, and is anything given up?

use std::collections::BTreeMap;

use aws::{Clients, QueueSeen, StackOutputs};
use domain::messages::QueueName;
use domain::ports::MOST_RECEIVES;
use jiff::Timestamp;

use super::ago::ago;
use crate::commands::finding::Finding;

/// A function may take so long, in seconds; the template sets it.
const TIMEOUT_S: u32 = 60;
/// Dead letters are kept for so long, in seconds: 14 days, the most that SQS allows.
const KEPT_S: u32 = 14 * 86_400;

/// How long Lambda gathers messages of a queue before it calls the function, in seconds; the template sets it.
fn window_s(queue: QueueName) -> u32 {
    match queue {
        QueueName::Changes | QueueName::Feedback => 20,
        QueueName::Enriched | QueueName::Planned => 5,
        QueueName::ScanPages | QueueName::Deliveries => 0,
    }
}

pub(super) async fn check(clients: &Clients, stack: &str, outputs: &StackOutputs, found: &mut Vec<Finding>) {
    let (urls, dead) = match (outputs.urls("Queues"), outputs.urls("DeadLetters")) {
        (Ok(urls), Ok(dead)) => (urls, dead),
        (Err(failure), _) | (_, Err(failure)) => return found.push(Finding::failed("queues", &failure)),
    };
    for queue in QueueName::ALL {
        let letters = look(clients, &format!("{}-dead-letters", queue.as_str()), &dead, queue.as_str(), found).await;
        if let Some(seen) = look(clients, queue.as_str(), &urls, queue.as_str(), found).await {
            found.extend(judge(queue, &seen, letters.as_ref()));
        }
        if let Some(letters) = letters {
            let since = if letters.messages == 0 { None } else { since(clients, outputs, queue).await };
            found.push(judge_letters(queue.as_str(), stack, &letters, since));
        }
    }
    if let Some(letters) = look(clients, "schedules-dead-letters", &dead, "schedules", found).await {
        found.push(judge_letters("schedules", stack, &letters, None));
    }
}

/// The queue, or a finding that says why it cannot be seen.
async fn look(
    clients: &Clients,
    name: &str,
    urls: &BTreeMap<String, String>,
    key: &str,
    found: &mut Vec<Finding>,
) -> Option<QueueSeen> {
    let about = format!("queue {name}");
    let Some(url) = urls.get(key) else {
        found.push(Finding::fail(&about, "the stack's outputs have no address of it", "deploy the stack again"));
        return None;
    };
    match clients.look().queue(name, url).await {
        Ok(seen) => Some(seen),
        Err(failure) => {
            found.push(Finding::failed(&about, &failure));
            None
        }
    }
}

fn judge(queue: QueueName, seen: &QueueSeen, letters: Option<&QueueSeen>) -> Vec<Finding> {
    let about = format!("queue {}", queue.as_str());
    let again = "deploy the stack again";
    let mut found = Vec::new();
    let least = 6 * TIMEOUT_S + window_s(queue);
    if seen.visibility_s < least {
        let says = format!(
            "its visibility timeout is {} s, below {least} s: a message is handled twice while it is being handled",
            seen.visibility_s
        );
        found.push(Finding::fail(&about, says, again));
    }
    match (&seen.dead_letters, letters) {
        (None, _) => found.push(Finding::fail(&about, "it has no dead letters", again)),
        (Some((arn, _)), Some(letters)) if *arn != letters.arn => {
            found.push(Finding::fail(&about, format!("its dead letters go to {arn}, not to {}", letters.arn), again));
        }
        (Some((_, receives)), _) if *receives < MOST_RECEIVES => {
            let says = format!(
                "it gives a message up after {receives} receives, before its function does after {MOST_RECEIVES}"
            );
            found.push(Finding::warn(&about, says, again));
        }
        (Some(_), _) => {}
    }
    if found.is_empty() {
        found.push(Finding::ok(&about, format!("messages in it: {}", seen.messages)));
    }
    found
}

fn judge_letters(queue: &str, stack: &str, seen: &QueueSeen, since: Option<Timestamp>) -> Finding {
    let about = format!("queue {queue}-dead-letters");
    if seen.messages > 0 {
        let since = since.map(|at| format!(", the oldest from {}", ago(at, Timestamp::now()))).unwrap_or_default();
        let remedy = match queue {
            "schedules" => "see schedules-dead-letters in the runbook, infra/README.md".to_owned(),
            _ => format!(
                "see why with baton dead-letters --stack {stack}, mend it, then baton redrive {queue} --stack {stack}"
            ),
        };
        return Finding::warn(&about, format!("given up: {}{since}", seen.messages), remedy);
    }
    if seen.retention_s < KEPT_S {
        let says = format!("days for which it keeps messages: {}, not 14", seen.retention_s / 86_400);
        return Finding::warn(&about, says, "deploy the stack again");
    }
    Finding::ok(&about, "empty")
}

/// When the oldest of them came; nothing where they may not be read.
async fn since(clients: &Clients, outputs: &StackOutputs, queue: QueueName) -> Option<Timestamp> {
    let dead = outputs.queue_urls("DeadLetters", Some(queue)).ok()?;
    let letters = clients.queue(aws::QueueUrls::default(), dead).dead_letters().await.ok()?;
    letters.iter().filter_map(|letter| letter.since).min()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::commands::finding::Grade;

    #[test]
    fn a_queue_must_hide_messages_for_long_enough_and_know_its_dead_letters() {
        let letters = QueueSeen {
            arn: "arn:dead".into(),
            visibility_s: 30,
            retention_s: KEPT_S,
            dead_letters: None,
            messages: 0,
        };
        let good = QueueSeen {
            arn: "arn:changes".into(),
            visibility_s: 380,
            retention_s: 345_600,
            dead_letters: Some(("arn:dead".into(), 5)),
            messages: 2,
        };
        let check = |seen: QueueSeen, grade: Grade, words: &str| {
            let found = judge(QueueName::Changes, &seen, Some(&letters));
            assert!(found.iter().any(|f| f.grade == grade && f.says.contains(words)), "{words}: {found:?}");
        };
        check(good.clone(), Grade::Ok, "messages in it: 2");
        check(QueueSeen { visibility_s: 379, ..good.clone() }, Grade::Fail, "below 380 s");
        check(QueueSeen { dead_letters: None, ..good.clone() }, Grade::Fail, "no dead letters");
        check(QueueSeen { dead_letters: Some(("arn:x".into(), 5)), ..good.clone() }, Grade::Fail, "arn:x");
        check(QueueSeen { dead_letters: Some(("arn:dead".into(), 3)), ..good }, Grade::Warn, "after 3 receives");
        let short = judge_letters("changes", "baton", &QueueSeen { retention_s: 86_400, ..letters }, None);
        assert_eq!((short.grade, short.says.as_str()), (Grade::Warn, "days for which it keeps messages: 1, not 14"));
    }
}
