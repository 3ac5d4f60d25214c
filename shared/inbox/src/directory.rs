//! A directory of mails, one `.eml` file each, as a port: what arrives later stands behind what was there, whatever date a
//! file brings along.

use std::collections::VecDeque;
use std::fs::{self, File};
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};
use std::time::{SystemTime, UNIX_EPOCH};

use async_trait::async_trait;
use domain::ports::{Inbox, InboxError, Mail, MailPage};

use crate::MOST_BYTES;

/// Mails of one page; none is longer than two mebibytes.
const PAGE: usize = 20;
/// Clocks of file systems are coarse, and writing takes time: what has stood for so long is behind nothing new.
const SETTLED_NS: u128 = 2_000_000_000;

/// The mails of a directory, in the order in which they came into it.
#[derive(Debug)]
pub struct DirectoryInbox {
    name: String,
    dir: PathBuf,
    /// What a listing has left for the next page, and the place that page begins from.
    rest: Mutex<(String, VecDeque<Arrived>)>,
}

/// A file, and when it came.
#[derive(Debug)]
struct Arrived {
    /// Sorts like the time of its arrival; of files of one moment like their names.
    place: String,
    /// When its content or its name last changed, in nanoseconds; a copied file keeps its older date of change, not this.
    changed: u128,
    path: PathBuf,
}

impl DirectoryInbox {
    /// The mails of a directory. `name` is what its place is recorded under.
    pub fn new(name: &str, dir: &Path) -> Self {
        Self { name: name.to_owned(), dir: dir.to_owned(), rest: Mutex::default() }
    }

    fn page(&self, after: &str) -> Result<MailPage, InboxError> {
        let mut waiting = self.waiting(after)?;
        let settled = now().saturating_sub(SETTLED_NS);
        let mut page = MailPage { mails: Vec::new(), through: after.to_owned(), more: false };
        let mut reached = after.to_owned();
        while page.mails.len() < PAGE {
            let Some(file) = waiting.pop_front() else { break };
            page.mails.extend(self.read(&file.path)?);
            // Behind what has just been written something may still come to stand before it.
            if file.changed <= settled {
                page.through.clone_from(&file.place);
            }
            reached = file.place;
        }
        page.more = !waiting.is_empty();
        if page.more {
            page.through.clone_from(&reached);
        }
        *self.rest.lock().unwrap_or_else(PoisonError::into_inner) = (page.through.clone(), waiting);
        Ok(page)
    }

    /// What stands behind a place: what the last listing has left, or a new one.
    fn waiting(&self, after: &str) -> Result<VecDeque<Arrived>, InboxError> {
        let rest = std::mem::take(&mut *self.rest.lock().unwrap_or_else(PoisonError::into_inner));
        if rest.0 == after && !rest.1.is_empty() {
            return Ok(rest.1);
        }
        let mut found = self.list()?;
        found.retain(|file| file.place.as_str() > after);
        found.sort_by(|a, b| a.place.cmp(&b.place));
        Ok(found.into())
    }

    fn list(&self) -> Result<Vec<Arrived>, InboxError> {
        let dir = self.dir.display();
        let entries = fs::read_dir(&self.dir).map_err(|e| match e.kind() {
            io::ErrorKind::NotFound => InboxError::Unusable(format!("there is no directory {dir}; make it, or name another")),
            _ => InboxError::Unusable(format!("the directory {dir} cannot be read: {e}; let Baton read it")),
        })?;
        let mut found = Vec::new();
        for entry in entries {
            let path = entry.map_err(|e| InboxError::Unavailable(Box::new(e)))?.path();
            if !is_mail(&path) {
                continue;
            }
            match fs::metadata(&path) {
                Ok(about) if about.is_file() => {
                    let changed = changed(&about);
                    let name = path.file_name().unwrap_or_default().to_string_lossy();
                    found.push(Arrived { place: format!("{changed:024}#{name}"), changed, path });
                }
                Ok(_) => {}
                Err(e) if e.kind() == io::ErrorKind::NotFound => {}
                Err(e) => return Err(unreadable(&path, &e)),
            }
        }
        Ok(found)
    }

    /// A mail; none where the file has gone in the meantime.
    fn read(&self, path: &Path) -> Result<Option<Mail>, InboxError> {
        let mut bytes = Vec::new();
        let most = u64::try_from(MOST_BYTES).unwrap_or(u64::MAX);
        match File::open(path).and_then(|file| file.take(most).read_to_end(&mut bytes)) {
            Ok(_) => Ok(Some(Mail { name: path.display().to_string(), bytes })),
            Err(e) if e.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(e) => Err(unreadable(path, &e)),
        }
    }
}

#[async_trait]
impl Inbox for DirectoryInbox {
    fn name(&self) -> &str {
        &self.name
    }

    async fn mails(&self, after: &str) -> Result<MailPage, InboxError> {
        self.page(after)
    }
}

fn unreadable(path: &Path, error: &io::Error) -> InboxError {
    let path = path.display();
    InboxError::Unusable(format!("the mail {path} cannot be read: {error}; let Baton read it, or take it out of the directory"))
}

/// Programs write a mail under a name of their own and rename it when it is whole.
fn is_mail(path: &Path) -> bool {
    let hidden = path.file_name().is_some_and(|name| name.to_string_lossy().starts_with('.'));
    !hidden && path.extension().is_some_and(|ending| ending.eq_ignore_ascii_case("eml"))
}

#[cfg(unix)]
fn changed(about: &fs::Metadata) -> u128 {
    use std::os::unix::fs::MetadataExt;
    let seconds = u128::try_from(about.ctime()).unwrap_or(0);
    seconds * 1_000_000_000 + u128::try_from(about.ctime_nsec()).unwrap_or(0)
}

#[cfg(not(unix))]
fn changed(about: &fs::Metadata) -> u128 {
    let times = [about.created(), about.modified()].into_iter().flatten();
    times.max().map_or(0, since_epoch)
}

fn now() -> u128 {
    since_epoch(SystemTime::now())
}

fn since_epoch(time: SystemTime) -> u128 {
    time.duration_since(UNIX_EPOCH).map_or(0, |since| since.as_nanos())
}
