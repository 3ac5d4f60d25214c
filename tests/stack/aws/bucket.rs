//! A bucket, on moto.

use std::path::Path;

use super::signed;
use crate::http::Request;

/// A bucket of one deployment.
#[derive(Clone, Debug)]
pub(crate) struct Bucket {
    pub name: String,
    port: u16,
}

impl Bucket {
    pub(crate) fn create(port: u16, name: &str) -> Self {
        signed(port, "s3", Request::new("PUT", &format!("/{name}"), ""));
        Self { name: name.to_owned(), port }
    }

    pub(crate) fn put(&self, key: &str, content: impl Into<Vec<u8>>) {
        signed(self.port, "s3", Request::new("PUT", &format!("/{}/{key}", self.name), content));
    }

    pub(crate) fn get(&self, key: &str) -> Vec<u8> {
        signed(self.port, "s3", Request::new("GET", &format!("/{}/{key}", self.name), "")).body
    }

    /// The keys that begin so, in their order.
    pub(crate) fn keys(&self, prefix: &str) -> Vec<String> {
        let target = format!("/{}?list-type=2&prefix={prefix}", self.name);
        let listed = String::from_utf8(signed(self.port, "s3", Request::new("GET", &target, "")).body).unwrap();
        assert!(listed.contains("<IsTruncated>false</IsTruncated>"), "more than one page: {listed}");
        listed.split("<Key>").skip(1).map(|rest| rest.split("</Key>").next().unwrap().to_owned()).collect()
    }

    /// Puts the files of a directory below a prefix.
    pub(crate) fn put_dir(&self, prefix: &str, dir: &Path) {
        for entry in std::fs::read_dir(dir).unwrap().map(Result::unwrap) {
            let key = format!("{prefix}/{}", entry.file_name().to_string_lossy());
            self.put(&key, std::fs::read(entry.path()).unwrap());
        }
    }
}
