//! `baton dead-letters`: messages that were given up, and why.

use std::path::Path;
use std::sync::Arc;

use baton::adapters::{Database, SqliteQueue};

use super::Failure;
use crate::terminal::{cell, say, table};
use crate::{Ended, Format};

pub(super) async fn run(state: &Path, redrive: bool, format: Format) -> Result<Ended, Failure> {
    if redrive {
        Database::read(state)?;
        let queue = SqliteQueue::new(Arc::new(Database::open(state)?));
        say(&format!("{} messages are tried again with the next scan", queue.redrive()?));
        return Ok(Ended::Done);
    }
    let letters = SqliteQueue::new(Arc::new(Database::read(state)?)).dead_letters()?;
    if format == Format::Json {
        for letter in &letters {
            let line = serde_json::json!({ "queue": letter.queue, "body": letter.body, "reason": letter.reason });
            say(&line.to_string());
        }
        return Ok(Ended::Done);
    }
    if letters.is_empty() {
        say("No message was given up.");
        return Ok(Ended::Done);
    }
    let mut rows = table(&["id", "queue", "reason", "message"]);
    for letter in &letters {
        rows.add_row([letter.id.to_string(), letter.queue.clone(), cell(&letter.reason), cell(&letter.body)]);
    }
    say(&rows.to_string());
    Ok(Ended::Look)
}
