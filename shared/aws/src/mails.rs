//! Mails that came back, where a receipt rule of SES puts them: an object each, below `mail/` of the exports' prefix.

use std::fmt;

use async_trait::async_trait;
use domain::ports::{Inbox, InboxError, Mail, MailPage};
use jiff::{SignedDuration, Timestamp};

use crate::Failure;
use crate::exports;
use crate::failure::Call;
use crate::s3::S3;

/// Mails that are given at once.
const PAGE: usize = 50;

/// What a mail is stands at its beginning; the rest is attachments.
const MOST_BYTES: usize = 2 << 20;

/// S3 dates an object by the beginning of its upload, so one may appear behind another that is dated later.
const OVERLAP: SignedDuration = SignedDuration::from_mins(15);

/// Mails in a bucket.
pub struct MailsInS3 {
    s3: S3,
    prefix: String,
    on: String,
}

impl MailsInS3 {
    pub(crate) fn new(s3: S3, exports: &exports::Place) -> Self {
        Self { s3, prefix: format!("{}mail/", exports.prefix), on: format!("bucket {}", exports.bucket) }
    }

    /// The time and the key of every mail behind a place, the earliest first.
    async fn behind(&self, after: &Place) -> Result<Vec<(Timestamp, String)>, InboxError> {
        let (mut found, mut token) = (Vec::new(), None);
        loop {
            let answer = self.s3.list(&self.prefix, None, token).await;
            let answer = answer.map_err(|e| self.call("s3:ListBucket").failed(&e))?;
            let dated = answer.contents.into_iter().filter_map(|object| {
                let put: Timestamp = object.last_modified.and_then(|at| at.parse().ok())?;
                Some((put, object.key))
            });
            found.extend(dated.filter(|(put, key)| !key.ends_with('/') && after.is_before(*put, key)));
            token = answer.next_continuation_token;
            if token.is_none() {
                break;
            }
        }
        found.sort();
        Ok(found)
    }

    async fn read(&self, key: &str) -> Result<Vec<u8>, InboxError> {
        let content = self.s3.read(key, None).await;
        let mut body = content.map_err(|e| self.call("s3:GetObject").failed(&e))?;
        let mut bytes = Vec::new();
        while let Some(more) = body.try_next().await.map_err(|e| InboxError::Unavailable(Box::new(e)))? {
            bytes.extend_from_slice(&more);
            if bytes.len() >= MOST_BYTES {
                bytes.truncate(MOST_BYTES);
                break;
            }
        }
        Ok(bytes)
    }

    fn call<'a>(&'a self, action: &'a str) -> Call<'a> {
        Call { action, on: &self.on, set_in: "BATON_CRM" }
    }
}

/// How far the mails were read.
struct Place {
    /// Whatever was put there before was read by an earlier run.
    floor: Option<Timestamp>,
    /// The time and the key of the last one of a run that is not at its end.
    last: Option<(Timestamp, String)>,
}

impl Place {
    /// Reads `FLOOR` or `FLOOR|TIME|KEY`; a floor may be blank.
    fn parse(text: &str) -> Self {
        let mut parts = text.splitn(3, '|');
        let floor = parts.next().and_then(|floor| floor.parse().ok());
        let last = parts.next().and_then(|put| put.parse().ok()).zip(parts.next().map(str::to_owned));
        Self { floor, last }
    }

    fn is_before(&self, put: Timestamp, key: &str) -> bool {
        match &self.last {
            Some((last, name)) => (put, key) > (*last, name.as_str()),
            None => self.floor.is_none_or(|floor| put >= floor),
        }
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(floor) = self.floor {
            write!(f, "{floor}")?;
        }
        match &self.last {
            Some((put, key)) => write!(f, "|{put}|{key}"),
            None => Ok(()),
        }
    }
}

#[async_trait]
impl Inbox for MailsInS3 {
    fn name(&self) -> &str {
        "s3"
    }

    async fn mails(&self, after: &str) -> Result<MailPage, InboxError> {
        let Place { floor, .. } = Place::parse(after);
        let behind = self.behind(&Place::parse(after)).await?;
        let more = behind.len() > PAGE;
        let mut mails = Vec::new();
        for (_, key) in behind.iter().take(PAGE) {
            mails.push(Mail { name: key.clone(), bytes: self.read(key).await? });
        }
        let through = match behind.get(..PAGE.min(behind.len())).and_then(<[_]>::last) {
            None => Place { floor, last: None },
            Some(last) if more => Place { floor, last: Some(last.clone()) },
            Some(last) if last.0 < Timestamp::now() - OVERLAP => Place { floor, last: Some(last.clone()) },
            // Whatever came in the last minutes is given again next time, for what may still appear among it.
            Some((put, _)) => Place { floor: floor.max(Some(*put - OVERLAP)), last: None },
        };
        Ok(MailPage { mails, through: through.to_string(), more })
    }
}

impl From<Failure> for InboxError {
    fn from(failure: Failure) -> Self {
        match failure {
            Failure::Unusable(text) => Self::Unusable(text),
            other => Self::Unavailable(Box::new(other)),
        }
    }
}
