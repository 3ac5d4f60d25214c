//! CRM exports in S3: the newest dated folder, brought to the disk; and notes for the CRM, put beside them.

use std::path::{Path, PathBuf};

use domain::ports::CrmError;
use jiff::Timestamp;
use tokio::io::AsyncWriteExt;

use crate::Failure;
use crate::failure::Call;
use crate::s3::S3;

/// Below this the notes stand.
const NOTES: &str = "crm-log/";

/// Where exports are.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    /// The bucket.
    pub bucket: String,
    /// What stands before the dated folders, with a slash at its end unless it is empty.
    pub prefix: String,
}

/// The text names no place.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0} is no place in S3: write s3://BUCKET/PREFIX")]
pub struct PlaceError(pub String);

impl Place {
    /// Reads `s3://BUCKET/PREFIX`.
    pub fn parse(text: &str) -> Result<Self, PlaceError> {
        let rest = text.strip_prefix("s3://").ok_or_else(|| PlaceError(text.to_owned()))?;
        let (bucket, prefix) = rest.split_once('/').unwrap_or((rest, ""));
        let prefix = prefix.trim_matches('/');
        if bucket.is_empty() {
            return Err(PlaceError(text.to_owned()));
        }
        let prefix = if prefix.is_empty() { String::new() } else { format!("{prefix}/") };
        Ok(Self { bucket: bucket.to_owned(), prefix })
    }
}

/// The exports of a CRM.
pub struct Exports {
    s3: S3,
    place: Place,
    on: String,
}

/// What there is of the newest export.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ExportSeen {
    /// Its folder, as `exports/2026-11-22/`.
    pub folder: String,
    /// Its CSV files, each with its size in bytes.
    pub files: Vec<(String, u64)>,
    /// When the last of them was put there.
    pub newest: Option<Timestamp>,
}

/// An object of an export.
struct Object {
    key: String,
    /// Another one with each content.
    tag: String,
    bytes: u64,
    put: Option<Timestamp>,
}

impl Exports {
    pub(crate) fn new(s3: S3, place: Place) -> Self {
        let on = format!("bucket {}", place.bucket);
        Self { s3, place, on }
    }

    /// Brings the CSV files of the newest folder (`PREFIX/2026-11-22…/`) into a directory of the same name below `dir` and
    /// returns it. What is there already, of the same content, is not brought again.
    pub async fn fetch(&self, dir: &Path) -> Result<PathBuf, CrmError> {
        let folder = self.newest().await?;
        let name = folder.strip_prefix(&self.place.prefix).unwrap_or(&folder).trim_matches('/');
        let target = dir.join(name);
        tokio::fs::create_dir_all(&target).await.map_err(|e| disk(&target, &e))?;
        let objects = self.objects(&folder).await?;
        if objects.is_empty() {
            return Err(CrmError::Unusable(format!(
                "the export s3://{}/{folder} holds no CSV file: export Contact.csv and Account.csv into it",
                self.place.bucket
            )));
        }
        for object in &objects {
            self.bring(object, &folder, &target).await?;
        }
        Ok(target)
    }

    /// What there is of the export that `fetch` would bring.
    pub async fn newest_export(&self) -> Result<ExportSeen, CrmError> {
        let folder = self.newest().await?;
        let objects = self.objects(&folder).await?;
        let newest = objects.iter().filter_map(|object| object.put).max();
        let name = |key: &str| key.strip_prefix(&folder).unwrap_or(key).to_owned();
        let files = objects.iter().map(|object| (name(&object.key), object.bytes)).collect();
        Ok(ExportSeen { folder, files, newest })
    }

    /// Puts a note for the CRM under `crm-log/NAME`; the same name is the same note.
    pub async fn put_note(&self, name: &str, body: Vec<u8>) -> Result<(), CrmError> {
        let written = self.s3.write(&format!("{NOTES}{name}"), body).await;
        Ok(written.map_err(|e| self.call("s3:PutObject").failed(&e))?)
    }

    fn call<'a>(&'a self, action: &'a str) -> Call<'a> {
        Call { action, on: &self.on, set_in: "BATON_CRM" }
    }

    /// The folder whose name, a date, is the last one.
    async fn newest(&self) -> Result<String, CrmError> {
        let mut newest = None;
        let mut token = None;
        loop {
            let answer = self.s3.list(&self.place.prefix, Some("/"), token).await;
            let answer = answer.map_err(|e| self.call("s3:ListBucket").failed(&e))?;
            let folders = answer.common_prefixes.into_iter().map(|folder| folder.prefix);
            newest = folders.filter(|folder| is_dated(folder, &self.place.prefix)).chain(newest).max();
            token = answer.next_continuation_token;
            if token.is_none() {
                break;
            }
        }
        newest.ok_or_else(|| {
            CrmError::Unusable(format!(
                "there is no export below s3://{}/{}: put the CSV files into a folder named by the day, as 2026-11-22/, or \
                 correct BATON_CRM",
                self.place.bucket, self.place.prefix
            ))
        })
    }

    async fn objects(&self, folder: &str) -> Result<Vec<Object>, CrmError> {
        let mut objects = Vec::new();
        let mut token = None;
        loop {
            let answer = self.s3.list(folder, None, token).await;
            let answer = answer.map_err(|e| self.call("s3:ListBucket").failed(&e))?;
            objects.extend(answer.contents.into_iter().map(|object| Object {
                bytes: object.size.unwrap_or_default(),
                put: object.last_modified.and_then(|at| at.parse().ok()),
                tag: object.etag.unwrap_or_default(),
                key: object.key,
            }));
            token = answer.next_continuation_token;
            if token.is_none() {
                break;
            }
        }
        objects.retain(|object| {
            let name = object.key.strip_prefix(folder).unwrap_or_default();
            !name.contains('/') && Path::new(name).extension().is_some_and(|ending| ending.eq_ignore_ascii_case("csv"))
        });
        Ok(objects)
    }

    /// The file is written beside its place and moved there whole, then its tag: whatever ends in between is brought again.
    async fn bring(&self, object: &Object, folder: &str, target: &Path) -> Result<(), CrmError> {
        let name = object.key.strip_prefix(folder).unwrap_or(&object.key);
        let path = target.join(name);
        let tag = target.join(format!(".{name}.etag"));
        let there = tokio::fs::try_exists(&path).await.unwrap_or(false);
        if there && !object.tag.is_empty() && tokio::fs::read_to_string(&tag).await.is_ok_and(|tag| tag == object.tag) {
            return Ok(());
        }
        // The content that was listed, not one that has come since: the files of one export belong together.
        let tag_listed = Some(object.tag.as_str()).filter(|tag| !tag.is_empty());
        let content = self.s3.read(&object.key, tag_listed).await;
        let mut body = content.map_err(|e| self.call("s3:GetObject").failed(&e))?;
        let part = target.join(format!(".{name}.part"));
        let mut file = tokio::fs::File::create(&part).await.map_err(|e| disk(&part, &e))?;
        while let Some(bytes) = body.try_next().await.map_err(|e| CrmError::Unavailable(Box::new(e)))? {
            file.write_all(&bytes).await.map_err(|e| disk(&part, &e))?;
        }
        file.flush().await.map_err(|e| disk(&part, &e))?;
        tokio::fs::rename(&part, &path).await.map_err(|e| disk(&path, &e))?;
        tokio::fs::write(&tag, &object.tag).await.map_err(|e| disk(&tag, &e))
    }
}

/// Whether a folder is named by a day: `PREFIX2026-11-22…/`.
fn is_dated(folder: &str, prefix: &str) -> bool {
    let name = folder.strip_prefix(prefix).unwrap_or_default();
    let day = name.get(..10).unwrap_or_default();
    // A name is a directory's as well.
    let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.' | ':' | '+');
    day.parse::<jiff::civil::Date>().is_ok() && name.trim_end_matches('/').chars().all(plain)
}

fn disk(path: &Path, error: &std::io::Error) -> CrmError {
    let fault = format!("{} cannot be written: {error}; give the function more ephemeral storage", path.display());
    CrmError::from(Failure::Unusable(fault))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_has_a_bucket_and_perhaps_a_prefix() {
        let place = |bucket: &str, prefix: &str| Ok(Place { bucket: bucket.to_owned(), prefix: prefix.to_owned() });
        assert_eq!(Place::parse("s3://crm-exports/nightly/eu/"), place("crm-exports", "nightly/eu/"));
        assert_eq!(Place::parse("s3://crm-exports"), place("crm-exports", ""));
        for wrong in ["", "crm-exports/nightly", "s3://", "s3:///nightly", "https://crm-exports/nightly"] {
            assert!(Place::parse(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn only_a_folder_named_by_a_day_is_an_export() {
        for (folder, dated) in [
            ("nightly/2026-11-22/", true),
            ("nightly/2026-11-22T02:00:00/", true),
            ("nightly/2026-13-22/", false),
            ("nightly/latest/", false),
            ("nightly/crm-log/", false),
            ("nightly/2026-11-22\\..\\x/", false),
        ] {
            assert_eq!(is_dated(folder, "nightly/"), dated, "{folder}");
        }
    }
}
