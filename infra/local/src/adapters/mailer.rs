//! `Mailer` on files: `mail/<delivery>.eml`, which any mail program opens.

use std::path::PathBuf;

use async_trait::async_trait;
use domain::ports::{Mailer, MailerError, OutgoingMail};

use super::files::write_whole;

/// Puts mails into a directory.
pub struct FileMailer {
    dir: PathBuf,
}

impl FileMailer {
    /// Puts mails into `mail/` under `outbox`.
    pub fn new(outbox: &std::path::Path) -> Self {
        Self { dir: outbox.join("mail") }
    }
}

#[async_trait]
impl Mailer for FileMailer {
    /// The file is named after the delivery.
    fn repeats_safely(&self) -> bool {
        true
    }

    async fn send(&self, mail: &OutgoingMail) -> Result<Option<String>, MailerError> {
        let path = self.dir.join(format!("{}.eml", mail.delivery));
        write_whole(&path, &mail.mime).map_err(|e| MailerError::Unavailable(Box::new(e)))?;
        Ok(None)
    }
}
