//! What a story has come to, on AWS or embedded: everything that is recorded and everything that has left, in lines that can
//! be compared. Left out is only what each side must call by names of its own:
//!
//! - what a channel calls a message: Slack's `ts` and SES's Message-ID, with which a delivery, its audit entry, the thread of
//!   a later message and the hashes over all of this differ;
//! - the reader of a Slack message, who is an address in a file and an id in Slack;
//! - the version of an item, and when it expires.
//!
//! State changes are published at least once; how often, and in which order, is left out too.

use std::collections::BTreeSet;

use domain::audit::{self, Entry, Head};
use serde_json::{Value, json};

use crate::app::TestApp;
use crate::deployment::Deployment;
use crate::slack;

/// Everything, as it was found.
#[derive(Clone, Debug)]
pub(crate) struct Ending {
    pub records: Vec<Record>,
    /// As sent.
    pub mails: Vec<String>,
    /// As posted.
    pub posts: Vec<Value>,
    /// The rows written for the CRM.
    pub notes: Vec<Vec<String>>,
    pub events: BTreeSet<String>,
}

/// One item of the table.
#[derive(Clone, Debug)]
pub(crate) struct Record {
    pub partition: String,
    pub sort: String,
    pub body: Vec<u8>,
}

impl Ending {
    pub(crate) fn of_stack(stack: &Deployment) -> Self {
        let record = |item: crate::aws::table::Item| Record {
            partition: item.partition().to_owned(),
            sort: item.sort().to_owned(),
            body: item.body(),
        };
        let notes = stack.bucket.keys("crm-log/");
        Self {
            records: stack.table.items().into_iter().map(record).collect(),
            mails: stack.mails(),
            posts: stack.slack.posts().into_iter().map(|post| post.call).collect(),
            notes: notes.iter().flat_map(|key| rows(&stack.bucket.get(key))).collect(),
            events: stack.bus.published().iter().map(|event| event["detail"].to_string()).collect(),
        }
    }

    pub(crate) fn of_app(app: &TestApp) -> Self {
        let sqlite = app.sqlite();
        let mut statement = sqlite.prepare("SELECT partition, sort, body FROM item").unwrap();
        let record =
            |row: &rusqlite::Row<'_>| Ok(Record { partition: row.get(0)?, sort: row.get(1)?, body: row.get(2)? });
        let files = app.files();
        let of = |dir: &str, ending: &str| {
            let here = files.iter().filter(|(path, _)| path.starts_with(dir) && path.ends_with(ending));
            here.map(|(_, file)| file.clone()).collect::<Vec<_>>()
        };
        let post = |file: &Vec<u8>| {
            let mut post: Value = serde_json::from_slice(file).unwrap();
            post["channel"] = slack::id_of(post["channel"].as_str().unwrap()).into();
            post
        };
        Self {
            records: statement.query_map([], record).unwrap().map(Result::unwrap).collect(),
            mails: of("mail/", ".eml").into_iter().map(|file| String::from_utf8(file).unwrap()).collect(),
            posts: of("slack/", ".json").iter().map(post).collect(),
            notes: of("crm/", ".csv").iter().flat_map(|file| rows(file)).collect(),
            events: app.events().iter().map(|event| json!(event).to_string()).collect(),
        }
    }

    /// One line for everything there is, in an order of their own. How far an inbox was read, each tells in its own words.
    pub(crate) fn lines(&self) -> Vec<String> {
        let records =
            self.records.iter().filter(|record| !record.sort.starts_with("INBOX#") && &*record.partition != "STEWARD");
        let mut lines: Vec<String> = records.map(Record::line).collect();
        lines.extend(self.mails.iter().map(|mail| format!("mail {}", comparable_mail(mail))));
        lines.extend(self.posts.iter().map(|post| format!("Slack {}", comparable_post(post))));
        lines.extend(self.notes.iter().map(|row| format!("note {row:?}")));
        lines.extend(self.events.iter().map(|event| format!("event {event}")));
        lines.sort();
        lines
    }

    /// The records of this kind, by the beginning of their sort keys.
    pub(crate) fn of_kind(&self, sort: &str) -> impl Iterator<Item = Value> {
        self.records.iter().filter(move |record| record.sort.starts_with(sort)).map(Record::json)
    }

    /// How many changes it was recorded of that nobody is told of them.
    pub(crate) fn silenced(&self) -> usize {
        let items = self.records.iter().filter(|record| record.partition == "SILENCED");
        items.map(|item| item.json().as_array().unwrap().len()).sum()
    }

    /// Every audit chain is whole, and ends where its head says.
    #[track_caller]
    pub(crate) fn check_chains(&self) {
        let heads = self.records.iter().filter(|record| record.sort == "AUDIT-HEAD");
        for record in heads {
            let head: Head = serde_json::from_value(record.json()).unwrap();
            let chain = self.records.iter().filter(|r| r.partition == record.partition && r.sort.starts_with("AUDIT#"));
            let mut entries: Vec<Entry> = chain.map(|r| serde_json::from_value(r.json()).unwrap()).collect();
            entries.sort_by_key(|entry| entry.seq);
            assert_eq!(audit::verify(&entries, &head), Ok(entries.len() as u64), "{}", record.partition);
        }
    }
}

impl Record {
    #[track_caller]
    pub(crate) fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or_else(|e| panic!("{} {}: {e}", self.partition, self.sort))
    }

    fn line(&self) -> String {
        let Self { partition, sort, body } = self;
        let Ok(mut json) = serde_json::from_slice::<Value>(body) else {
            return format!("{partition} {sort} {}", String::from_utf8_lossy(body));
        };
        if sort.starts_with("AUDIT") {
            take(&mut json, &["previous", "hash"]);
            let is_sent = json["action"].as_str().is_some_and(|action| action.ends_with(" sent"));
            if let Some((grounds, _)) =
                json["grounds"].as_str().filter(|_| is_sent).and_then(|g| g.rsplit_once(", as "))
            {
                json["grounds"] = grounds.to_owned().into();
            }
        }
        if sort.starts_with("DELIVERY#") {
            take(&mut json["progress"]["sent"], &["reference"]);
            json["thread"] = json["thread"].is_string().into();
        }
        format!("{partition} {sort} {json}")
    }
}

/// Takes keys out of an object, if it is one.
pub(crate) fn take(json: &mut Value, keys: &[&str]) {
    if let Some(object) = json.as_object_mut() {
        keys.iter().for_each(|key| drop(object.remove(*key)));
    }
}

/// What was lost and what came in surplus, if anything.
pub(crate) fn difference(found: &[String], expected: &[String]) -> Option<String> {
    let mut surplus = found.to_vec();
    let mut lost = Vec::new();
    for line in expected {
        match surplus.iter().position(|other| other == line) {
            Some(at) => drop(surplus.remove(at)),
            None => lost.push(line),
        }
    }
    (!lost.is_empty() || !surplus.is_empty()).then(|| format!("lost: {lost:#?}\nsurplus: {surplus:#?}"))
}

/// Without the mails it answers.
pub(crate) fn comparable_mail(mail: &str) -> String {
    let mail = mail.replace("\r\n", "\n");
    let (head, body) = mail.split_once("\n\n").unwrap();
    let head = head.replace("\n\t", " ").replace("\n ", " ");
    let kept = head.lines().filter(|line| !line.starts_with("In-Reply-To:") && !line.starts_with("References:"));
    format!("{}\n\n{body}", kept.collect::<Vec<_>>().join("\n"))
}

fn comparable_post(post: &Value) -> Value {
    let mut post = post.clone();
    take(&mut post, &["thread_ts"]);
    post
}

/// The rows of a CSV file without its header.
fn rows(file: &[u8]) -> Vec<Vec<String>> {
    let mut reader = csv::Reader::from_reader(file);
    reader.records().map(|row| row.unwrap().iter().map(str::to_owned).collect()).collect()
}
