//! `baton redrive`: what was given up gets another try. Why it was given up is told first.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use baton::adapters::{Database, SqliteQueue};
use domain::messages::QueueName;

use super::dead_letters::{self, Letter, messages, queue};
use super::{Failure, on_aws};
use crate::terminal::say;
use crate::{Ended, Format, Whose};

pub(super) async fn run(whose: &Whose, only: Option<&str>, format: Format) -> Result<Ended, Failure> {
    let only = only.map(queue).transpose()?;
    match &whose.stack {
        Some(stack) => {
            let letters = on_aws::dead_letters(stack, only).await?;
            tell(&letters, format);
            // None were seen: there is nothing that somebody has been told of.
            let moved = if letters.is_empty() { BTreeMap::new() } else { on_aws::redrive(stack, only).await? };
            done(&moved, "back in the queues; whoever sleeps wakes within a quarter of an hour", format);
        }
        None => {
            let moved = in_state(&whose.dir, only, format)?;
            done(&moved, "tried again with the next scan", format);
        }
    }
    Ok(Ended::Done)
}

/// A state has one list of dead letters, which is tried again as a whole.
fn in_state(dir: &Path, only: Option<QueueName>, format: Format) -> Result<BTreeMap<&'static str, usize>, Failure> {
    let letters = dead_letters::of_state(dir)?;
    if let Some(only) = only {
        let others = letters.iter().filter(|letter| letter.queue != only.as_str()).count();
        if others > 0 {
            return Err(Failure::new(format!(
                "{} of other queues were given up too, and a state tries all of them again together: leave {} out",
                messages(others),
                only.as_str()
            )));
        }
    }
    tell(&letters, format);
    SqliteQueue::new(Arc::new(Database::open(dir)?)).redrive()?;
    let mut moved = BTreeMap::new();
    for name in QueueName::ALL.map(QueueName::as_str) {
        moved.insert(name, letters.iter().filter(|letter| letter.queue == name).count());
    }
    Ok(moved)
}

/// How many there are for each reason, the commonest first.
fn tell(letters: &[Letter], format: Format) {
    if format == Format::Json {
        return;
    }
    let mut counts: BTreeMap<(&str, &str), usize> = BTreeMap::new();
    letters.iter().for_each(|letter| *counts.entry((&letter.queue, &letter.reason)).or_default() += 1);
    let mut counts: Vec<_> = counts.into_iter().collect();
    counts.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
    for ((queue, reason), count) in counts {
        say(&format!("{count} of {queue}: {}", channels::words::plain(reason, 300)));
    }
}

fn done(moved: &BTreeMap<&str, usize>, how: &str, format: Format) {
    if format == Format::Json {
        say(&serde_json::json!({ "redriven": moved }).to_string());
        return;
    }
    match moved.values().sum() {
        0 => say("No message was given up."),
        total => say(&format!("{}: {how}", messages(total))),
    }
}
