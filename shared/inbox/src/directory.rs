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
/// Clocks of file systems are coarse, and writing takes time. What has stood for so long has nothing new before it; what is
/// younger is given once more the next time.
const SETTLED_NS: u128 = 2_000_000_000;
/// In a place between two pages, what parts how far the page went from how far everything is settled; no name holds it.
const BETWEEN: char = '/';

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

    /// The page behind a place, as it is at a time.
    fn page(&self, after: &str, now: u128) -> Result<MailPage, InboxError> {
        let (begin, settled) = after.split_once(BETWEEN).unwrap_or((after, after));
        let mut waiting = self.waiting(after, begin)?;
        let long_ago = now.saturating_sub(SETTLED_NS);
        let (mut reached, mut settled) = (begin.to_owned(), settled.to_owned());
        let mut mails = Vec::new();
        while mails.len() < PAGE {
            let Some(file) = waiting.pop_front() else { break };
            mails.extend(self.read(&file.path)?);
            if file.changed <= long_ago {
                settled.clone_from(&file.place);
            }
            reached = file.place;
        }
        let more = !waiting.is_empty();
        let through = match more {
            true if reached != settled => format!("{reached}{BETWEEN}{settled}"),
            _ => settled,
        };
        *self.rest.lock().unwrap_or_else(PoisonError::into_inner) = (through.clone(), waiting);
        Ok(MailPage { mails, through, more })
    }

    /// What stands behind a place: what the last listing has left, or a new one.
    fn waiting(&self, after: &str, begin: &str) -> Result<VecDeque<Arrived>, InboxError> {
        let rest = std::mem::take(&mut *self.rest.lock().unwrap_or_else(PoisonError::into_inner));
        if rest.0 == after && !rest.1.is_empty() {
            return Ok(rest.1);
        }
        let mut found = self.list()?;
        found.retain(|file| file.place.as_str() > begin);
        found.sort_by(|a, b| a.place.cmp(&b.place));
        Ok(found.into())
    }

    fn list(&self) -> Result<Vec<Arrived>, InboxError> {
        let dir = self.dir.display();
        let entries = fs::read_dir(&self.dir).map_err(|e| match e.kind() {
            io::ErrorKind::NotFound => {
                InboxError::Unusable(format!("there is no directory {dir}; make it, or name another"))
            }
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
        self.page(after, now())
    }
}

fn unreadable(path: &Path, error: &io::Error) -> InboxError {
    let path = path.display();
    InboxError::Unusable(format!(
        "the mail {path} cannot be read: {error}; let Baton read it, or take it out of the directory"
    ))
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

#[cfg(test)]
mod tests {
    use std::fs::FileTimes;
    use std::time::Duration;

    use futures_executor::block_on;

    use super::*;

    fn names(inbox: &DirectoryInbox, after: &str) -> (Vec<String>, String) {
        let (mut names, mut place) = (Vec::new(), after.to_owned());
        loop {
            let page = block_on(inbox.mails(&place)).unwrap();
            names.extend(page.mails.iter().map(|mail| mail.name.rsplit('/').next().unwrap().to_owned()));
            place = page.through;
            if !page.more {
                return (names, place);
            }
        }
    }

    #[test]
    fn every_mail_is_given_in_pages_and_other_files_are_not() {
        let dir = tempfile::tempdir().unwrap();
        (0..70).for_each(|n| fs::write(dir.path().join(format!("{n:02}.eml")), "x").unwrap());
        for other in ["notes.txt", ".hidden.eml", "upper.EML"] {
            fs::write(dir.path().join(other), "x").unwrap();
        }
        fs::create_dir(dir.path().join("folder.eml")).unwrap();
        let (mut found, _) = names(&DirectoryInbox::new("mail", dir.path()), "");
        found.sort();
        found.dedup();
        assert_eq!(found.len(), 71);
    }

    #[test]
    fn a_mail_that_brings_an_old_date_along_stands_behind_what_was_there() {
        let dir = tempfile::tempdir().unwrap();
        let inbox = DirectoryInbox::new("mail", dir.path());
        fs::write(dir.path().join("z.eml"), "x").unwrap();
        let place = names(&inbox, "").1;
        let old = File::create(dir.path().join("a.eml")).unwrap();
        old.set_times(FileTimes::new().set_modified(SystemTime::now() - Duration::from_hours(24 * 900))).unwrap();
        assert!(names(&inbox, &place).0.contains(&"a.eml".to_owned()));
    }

    #[test]
    fn what_has_just_been_written_is_given_again_and_what_has_settled_is_not() {
        let dir = tempfile::tempdir().unwrap();
        let inbox = DirectoryInbox::new("mail", dir.path());
        fs::write(dir.path().join("a.eml"), "x").unwrap();
        let written = changed(&fs::metadata(dir.path().join("a.eml")).unwrap());
        let young = inbox.page("", written + 1).unwrap();
        assert_eq!((young.mails.len(), young.through.as_str(), young.more), (1, "", false));
        let settled = inbox.page("", written + SETTLED_NS).unwrap();
        assert_eq!((settled.mails.len(), settled.more), (1, false));
        let behind = inbox.page(&settled.through, written + SETTLED_NS).unwrap();
        assert_eq!((behind.mails.len(), &behind.through), (0, &settled.through));
    }

    #[test]
    fn of_a_huge_mail_only_the_beginning_is_read() {
        let dir = tempfile::tempdir().unwrap();
        fs::write(dir.path().join("a.eml"), vec![b'x'; MOST_BYTES + 5]).unwrap();
        let page = block_on(DirectoryInbox::new("mail", dir.path()).mails("")).unwrap();
        assert_eq!(page.mails[0].bytes.len(), MOST_BYTES);
    }

    #[cfg(unix)]
    #[test]
    fn a_mail_that_cannot_be_read_is_named() {
        let dir = tempfile::tempdir().unwrap();
        // A link in a circle can be read by nobody, not even by root.
        std::os::unix::fs::symlink("loop.eml", dir.path().join("loop.eml")).unwrap();
        let error = block_on(DirectoryInbox::new("mail", dir.path()).mails("")).unwrap_err().to_string();
        assert!(error.contains("loop.eml") && error.contains("take it out"), "{error}");
    }
}
