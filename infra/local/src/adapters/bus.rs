//! `Bus` on a file: one JSON line for each state change.

use std::fs::OpenOptions;
use std::io::Write;
use std::path::PathBuf;

use async_trait::async_trait;
use domain::ports::{Bus, BusError, StateChanged};

/// Appends events to a file.
pub struct FileBus {
    path: PathBuf,
}

impl FileBus {
    /// Appends to `events.jsonl` under `outbox`.
    pub fn new(outbox: &std::path::Path) -> Self {
        Self { path: outbox.join("events.jsonl") }
    }
}

#[async_trait]
impl Bus for FileBus {
    async fn publish(&self, events: &[StateChanged]) -> Result<(), BusError> {
        let mut lines = String::new();
        for event in events {
            lines.push_str(&serde_json::to_string(event).map_err(|e| BusError::Unavailable(Box::new(e)))?);
            lines.push('\n');
        }
        let write = || -> std::io::Result<()> {
            if let Some(dir) = self.path.parent() {
                std::fs::create_dir_all(dir)?;
            }
            OpenOptions::new().create(true).append(true).open(&self.path)?.write_all(lines.as_bytes())
        };
        write().map_err(|e| BusError::Unavailable(Box::new(e)))
    }
}
