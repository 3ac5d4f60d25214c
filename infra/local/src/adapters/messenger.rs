//! `Messenger` on files: `slack/<delivery>.json` as Slack would receive it, and beside it a page as its reader sees it.

use std::path::PathBuf;

use async_trait::async_trait;
use domain::ports::{Messenger, MessengerError, SlackMessage};
use jiff::Timestamp;

use super::files::write_whole;

/// Puts Slack messages into a directory.
pub struct FileMessenger {
    dir: PathBuf,
}

impl FileMessenger {
    /// Puts messages into `slack/` under `outbox`.
    pub fn new(outbox: &std::path::Path) -> Self {
        Self { dir: outbox.join("slack") }
    }
}

impl FileMessenger {
    fn path(&self, message: &SlackMessage, ending: &str) -> PathBuf {
        self.dir.join(format!("{}.{ending}", message.delivery))
    }

    fn write(&self, message: &SlackMessage) -> Result<(), MessengerError> {
        let mut call = message.payload.clone();
        if let Some(call) = call.as_object_mut() {
            call.insert("channel".to_owned(), message.to.reveal().into());
            if let Some(thread) = &message.thread {
                call.insert("thread_ts".to_owned(), thread.as_str().into());
            }
        }
        let failed = |e: std::io::Error| MessengerError::Unavailable(Box::new(e));
        let json = serde_json::to_vec_pretty(&call).map_err(|e| MessengerError::Unavailable(Box::new(e)))?;
        write_whole(&self.path(message, "html"), message.preview.as_bytes()).map_err(failed)?;
        write_whole(&self.path(message, "json"), &json).map_err(failed)
    }
}

#[async_trait]
impl Messenger for FileMessenger {
    /// The files are named after the delivery.
    fn repeats_safely(&self) -> bool {
        true
    }

    async fn post(&self, message: &SlackMessage) -> Result<String, MessengerError> {
        self.write(message)?;
        Ok(message.delivery.to_string())
    }

    async fn update(&self, message: &SlackMessage, _reference: &str) -> Result<(), MessengerError> {
        self.write(message)
    }

    async fn find(&self, message: &SlackMessage, _around: Timestamp) -> Result<Option<String>, MessengerError> {
        Ok(self.path(message, "json").exists().then(|| message.delivery.to_string()))
    }
}
