//! `baton dead-letters`: messages that were given up, and why.

use std::path::Path;
use std::sync::Arc;

use baton::adapters::{Database, SqliteQueue};
use domain::messages::QueueName;
use jiff::Timestamp;

use super::{Failure, on_aws};
use crate::terminal::{cell, say, table};
use crate::{Ended, Format, Whose};

/// A message that was given up.
pub(super) struct Letter {
    pub id: String,
    pub queue: String,
    pub body: String,
    pub reason: String,
    /// When it was given up, where that is recorded.
    pub since: Option<Timestamp>,
}

pub(super) async fn run(whose: &Whose, format: Format) -> Result<Ended, Failure> {
    let letters = match &whose.stack {
        Some(stack) => on_aws::dead_letters(stack, None).await?,
        None => of_state(&whose.dir)?,
    };
    list(&letters, format);
    // Machines see whether there are any.
    Ok(if letters.is_empty() || format == Format::Json { Ended::Done } else { Ended::Look })
}

/// Those of a state.
pub(super) fn of_state(dir: &Path) -> Result<Vec<Letter>, Failure> {
    let letters = SqliteQueue::new(Arc::new(Database::read(dir)?)).dead_letters()?;
    let letter = |letter: baton::adapters::DeadLetter| Letter {
        id: letter.id.to_string(),
        queue: letter.queue,
        body: letter.body,
        reason: letter.reason,
        since: None,
    };
    Ok(letters.into_iter().map(letter).collect())
}

/// Prints them.
pub(super) fn list(letters: &[Letter], format: Format) {
    match format {
        Format::Json => letters.iter().for_each(|letter| say(&line(letter))),
        Format::Table if letters.is_empty() => say("No message was given up."),
        Format::Table => {
            let mut rows = table(&["id", "queue", "since", "reason", "message"]);
            for Letter { id, queue, body, reason, since } in letters {
                let since = since.map(|at| at.strftime("%Y-%m-%d %H:%M").to_string()).unwrap_or_default();
                rows.add_row([cell(id), queue.clone(), since, cell(reason), cell(body)]);
            }
            say(&rows.to_string());
        }
    }
}

fn line(letter: &Letter) -> String {
    let Letter { id: _, queue, body, reason, since } = letter;
    let mut line = serde_json::json!({ "queue": queue, "body": body, "reason": reason });
    if let Some(since) = since {
        line["since"] = since.to_string().into();
    }
    line.to_string()
}

/// So many messages, as one says it.
pub(super) fn messages(count: usize) -> String {
    format!("{count} message{}", if count == 1 { "" } else { "s" })
}

/// The queue of this name.
pub(super) fn queue(name: &str) -> Result<QueueName, Failure> {
    let found = QueueName::ALL.into_iter().find(|queue| queue.as_str() == name);
    let names = || QueueName::ALL.map(QueueName::as_str).join(", ");
    found.ok_or_else(|| Failure::new(format!("{name:?} is no queue; the queues are {}", names())))
}
