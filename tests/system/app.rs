//! `TestApp`: Baton over temporary directories, driven by scans of a made-up CRM. When it is dropped it checks what must
//! hold at the end of every story: nothing is left over, every audit chain is whole, every state of a case is explained.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use baton::adapters::{Database, DatabaseError, DeadLetter, SqliteQueue, SqliteStore};
use baton::plant::{Plant, Pumped};
use baton::review;
use crm::ExportCrm;
use domain::answering::{self, Reply};
use domain::audit::{self, Entry};
use domain::case::{Case, State};
use domain::config::Config;
use domain::messages::CaseRef;
use domain::notice::{Delivery, Progress};
use domain::ports::{Crm, Expect, FixedClock, Inbox, Index, People, SetAside, StateChanged};
use domain::records::{self, Change, ScanRecord, Silenced};
use domain::{ContactId, ScanId};
use envelope::{Pass, ScanRequested};
use futures_executor::block_on;
use inbox::DirectoryInbox;
use jiff::Timestamp;
use links::{Keys, Signer};
use people::JobsCsv;
use rusqlite::Connection;
use steward::Report;

use crate::world::World;

/// Baton and the CRM it looks at.
pub(crate) struct TestApp {
    dir: tempfile::TempDir,
    config: Config,
    /// The CRM as it is now; the next scan sees it.
    pub world: World,
    dead_letters_are_expected: bool,
}

/// What one scan and all that followed from it came to.
pub(crate) struct Scanned {
    pub record: ScanRecord,
    pub pumped: Pumped,
    pub set_aside: Vec<SetAside>,
}

/// One mail in the outbox.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Mail {
    pub to: String,
    pub subject: String,
    pub message_id: String,
    pub in_reply_to: Option<String>,
    pub case: Option<String>,
}

/// One Slack message in the outbox.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Slack {
    pub ts: String,
    pub to: String,
    pub text: String,
    pub thread_ts: Option<String>,
}

/// One row of `Task.csv`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct LogRow {
    pub id: String,
    pub account: String,
    pub contact: String,
    pub subject: String,
    pub status: String,
}

impl TestApp {
    /// Baton with its shipped configuration.
    pub(crate) fn new(world: World) -> Self {
        Self::over(world, Config::shipped())
    }

    /// Baton with a configuration.
    pub(crate) fn configured(world: World, config: &str) -> Self {
        Self::over(world, Config::parse(config).unwrap_or_else(|mistakes| panic!("{mistakes:#?}")))
    }

    fn over(world: World, config: Config) -> Self {
        Self { dir: fast_dir(), config, world, dead_letters_are_expected: false }
    }

    /// The same state and outbox a second time; what happens to one does not happen to the other.
    pub(crate) fn copy(&self) -> Self {
        let dir = fast_dir();
        copy_dir(self.dir.path(), dir.path());
        let dead_letters_are_expected = self.dead_letters_are_expected;
        Self { dir, config: self.config.clone(), world: self.world.clone(), dead_letters_are_expected }
    }

    /// Scans the CRM at seven in the morning of a day, and sees everything through that follows.
    pub(crate) fn scan(&self, day: &str) -> Scanned {
        self.run(day, false)
    }

    /// The same in shadow: nobody is told.
    pub(crate) fn scan_shadow(&self, day: &str) -> Scanned {
        self.run(day, true)
    }

    fn run(&self, day: &str, shadow: bool) -> Scanned {
        let (plant, crm, request) = (self.plant(day), self.export(day), request(day, shadow));
        block_on(async {
            plant.pump(&crm).await.unwrap();
            let record = plant.scan(&crm, request, &|_| {}).await.unwrap();
            let pumped = plant.pump(&crm).await.unwrap();
            Scanned { record, pumped, set_aside: crm.set_aside() }
        })
    }

    /// A mail comes back.
    pub(crate) fn receive(&self, name: &str, mail: &str) {
        let dir = self.dir.path().join("mail");
        std::fs::create_dir_all(&dir).unwrap();
        std::fs::write(dir.join(name), mail.replace('\n', "\r\n")).unwrap();
    }

    /// A list of observed jobs lies beside the exports.
    pub(crate) fn write_jobs(&self, rows: &str) {
        std::fs::write(self.dir.path().join("jobs.csv"), rows).unwrap();
    }

    /// The mails that have come back, if any has.
    pub(crate) fn inbox(&self) -> Option<DirectoryInbox> {
        let dir = self.dir.path().join("mail");
        dir.exists().then(|| DirectoryInbox::new("directory", &dir))
    }

    fn jobs(&self) -> Option<Box<dyn People>> {
        let file = self.dir.path().join("jobs.csv");
        file.exists().then(|| Box::new(JobsCsv::open(&file).unwrap()) as Box<dyn People>)
    }

    /// Baton as it is on a day.
    pub(crate) fn plant(&self, day: &str) -> Plant {
        let clock = Arc::new(FixedClock(morning(day)));
        let inbox = self.inbox().map(|inbox| Box::new(inbox) as Box<dyn Inbox>);
        let plant = Plant::over(self.open(), &self.outbox(), self.config.clone(), clock);
        plant.hearing(inbox, self.jobs()).answered_by(Some(signer()))
    }

    /// One tick of the steward at a time, and all that follows from it.
    #[track_caller]
    pub(crate) fn tick(&self, at: &str) -> Report {
        self.ticks([timestamp(at)]).remove(0)
    }

    /// The same at several times.
    #[track_caller]
    pub(crate) fn ticks(&self, times: impl IntoIterator<Item = Timestamp>) -> Vec<Report> {
        let mut times = times.into_iter().peekable();
        let Some(first) = times.peek() else { return Vec::new() };
        let day = first.strftime("%Y-%m-%d").to_string();
        let (mut plant, crm) = (self.plant(&day), self.export(&day));
        let mut reports = Vec::new();
        for at in times {
            plant = plant.at(Arc::new(FixedClock(at)));
            let report = block_on(plant.steward(&steward::OfCrm(&crm)));
            assert_eq!(report.failed, None, "at {at}");
            block_on(plant.pump(&crm)).unwrap();
            reports.push(report);
        }
        reports
    }

    /// Somebody answers a case at a time, and all that follows from it.
    #[track_caller]
    pub(crate) fn answer(&self, case: &Case, reply: &Reply, at: &str) {
        let (at, crm) = (timestamp(at), self.export(&at[..10]));
        let plant = self.plant("2026-01-01").at(Arc::new(FixedClock(at)));
        let about = CaseRef { account: case.account.clone(), case: case.id.clone() };
        block_on(async {
            let (loaded, trail) = records::case_and_trail(&plant.store, &about).await.unwrap().unwrap();
            let by = domain::Personal::new("Maya");
            let taken = answering::take(loaded.value, reply, &by, "a test", &self.config.calendar, at).unwrap();
            let mut change = Change::new(None, trail, at);
            change.case(&taken.case, Expect::Version(loaded.version)).note(taken.note);
            for message in taken.messages {
                change.send(message);
            }
            plant.outbox().commit(change, at).await.unwrap();
            plant.pump(&crm).await.unwrap();
        });
    }

    /// The state for writing. A child that another test has just forked holds every lock of this process until it runs
    /// its own program, so being turned away once means nothing.
    pub(crate) fn open(&self) -> Database {
        for _ in 0..100_000 {
            match Database::open(&self.state()) {
                Err(DatabaseError::InUse(_)) => std::thread::yield_now(),
                opened => return opened.unwrap(),
            }
        }
        panic!("the state is still in use");
    }

    /// The CRM as it is now, exported on a day.
    pub(crate) fn export(&self, day: &str) -> ExportCrm {
        let dir = self.export_dir(day);
        self.world.export(&dir);
        ExportCrm::open(&dir, &self.config, morning(day), &self.outbox().join("crm")).unwrap()
    }

    pub(crate) fn export_dir(&self, day: &str) -> PathBuf {
        self.dir.path().join("exports").join(day)
    }

    pub(crate) fn state(&self) -> PathBuf {
        self.dir.path().join("state")
    }

    /// Where `baton` puts it when it is not told otherwise.
    pub(crate) fn outbox(&self) -> PathBuf {
        self.state().join("outbox")
    }

    pub(crate) fn config(&self) -> &Config {
        &self.config
    }

    /// All cases, in the order in which they were made.
    pub(crate) fn cases(&self) -> Vec<Case> {
        block_on(review::cases(&self.store())).unwrap()
    }

    /// The one case there is.
    #[track_caller]
    pub(crate) fn case(&self) -> Case {
        let mut cases = self.cases();
        assert_eq!(cases.len(), 1, "there is one case: {:#?}", cases.iter().map(sentence).collect::<Vec<_>>());
        cases.remove(0)
    }

    /// Every scan that came to its end, the oldest first.
    pub(crate) fn scans(&self) -> Vec<ScanRecord> {
        block_on(review::scans(&self.store())).unwrap()
    }

    /// Everything nobody was told of.
    pub(crate) fn silenced(&self) -> Vec<Silenced> {
        block_on(review::silenced(&self.store())).unwrap()
    }

    /// All mails, by recipient and subject.
    pub(crate) fn mails(&self) -> Vec<Mail> {
        let mut mails: Vec<Mail> = files(&self.outbox().join("mail"), "eml").values().map(|f| Mail::read(f)).collect();
        mails.sort_by(|a, b| (&a.to, &a.subject).cmp(&(&b.to, &b.subject)));
        mails
    }

    /// All Slack messages, by recipient and text.
    pub(crate) fn slack(&self) -> Vec<Slack> {
        let files = files(&self.outbox().join("slack"), "json");
        let mut posts: Vec<Slack> = files.iter().map(|(name, file)| Slack::read(name, file)).collect();
        posts.sort_by(|a, b| (&a.to, &a.text).cmp(&(&b.to, &b.text)));
        posts
    }

    /// What was written into the CRM.
    pub(crate) fn log_rows(&self) -> Vec<LogRow> {
        let path = self.outbox().join("crm/Task.csv");
        let Ok(mut reader) = csv::Reader::from_path(&path) else { return Vec::new() };
        let rows = reader.records().map(|row| LogRow::read(&row.unwrap()));
        rows.collect()
    }

    /// Every state change as published.
    pub(crate) fn events(&self) -> Vec<StateChanged> {
        let text = std::fs::read_to_string(self.outbox().join("events.jsonl")).unwrap_or_default();
        text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
    }

    /// Messages that were given up. Whoever asks expects some; else they are left over.
    pub(crate) fn dead_letters(&mut self) -> Vec<DeadLetter> {
        self.dead_letters_are_expected = true;
        SqliteQueue::new(Arc::new(self.database())).dead_letters().unwrap()
    }

    /// Every notice there is, of every case and scan.
    pub(crate) fn deliveries(&self) -> Vec<Delivery> {
        let store = self.store();
        let partitions = self.column("SELECT DISTINCT partition FROM item WHERE sort LIKE 'DELIVERY#%'");
        let of = |partition: &String| {
            block_on(records::all::<Delivery>(&store, Index::Table, partition, "DELIVERY#")).unwrap()
        };
        partitions.iter().flat_map(of).map(|delivery| delivery.value).collect()
    }

    /// Every audit entry, chain by chain.
    pub(crate) fn audit(&self) -> Vec<Entry> {
        let store = self.store();
        let chains = self.column("SELECT DISTINCT partition FROM item WHERE sort LIKE 'AUDIT%' ORDER BY 1");
        chains.iter().flat_map(|chain| block_on(records::audit(&store, chain)).unwrap().0).collect()
    }

    /// The state for reading.
    pub(crate) fn store(&self) -> SqliteStore {
        SqliteStore::new(Arc::new(self.database()), Arc::new(FixedClock(morning("2026-01-01"))))
    }

    /// The state's SQLite file, for those who look or tamper.
    pub(crate) fn sqlite(&self) -> Connection {
        Connection::open(self.state().join("baton.sqlite")).unwrap()
    }

    /// Every file that left, by its path in the outbox.
    pub(crate) fn files(&self) -> BTreeMap<String, Vec<u8>> {
        let mut found = BTreeMap::new();
        for (dir, ending) in [("mail", "eml"), ("slack", "json"), ("slack", "html"), ("crm", "csv")] {
            let here = files(&self.outbox().join(dir), ending);
            found.extend(here.into_iter().map(|(name, file)| (format!("{dir}/{name}.{ending}"), file)));
        }
        found
    }

    /// Ends a story in which somebody has broken the state on purpose.
    pub(crate) fn abandon(self) {
        std::fs::remove_dir_all(self.state()).unwrap();
    }

    /// What must hold at the end of every story.
    #[track_caller]
    pub(crate) fn check(&self) {
        self.check_nothing_is_left_over();
        self.check_chains();
        let audit = self.audit();
        self.cases().iter().for_each(|case| check_story(case, &audit));
    }

    fn check_nothing_is_left_over(&self) {
        let messages = self.column("SELECT queue || ' ' || body FROM message WHERE dead IS NULL");
        assert!(messages.is_empty(), "left over in a queue: {messages:#?}");
        let outbox = self.column("SELECT sort FROM item WHERE partition = 'OUTBOX'");
        assert!(outbox.is_empty(), "left over in the outbox: {outbox:#?}");
        let dead = self.column("SELECT dead || ' ' || body FROM message WHERE dead IS NOT NULL");
        assert!(dead.is_empty() || self.dead_letters_are_expected, "nobody expected dead letters: {dead:#?}");
        let is_open = |delivery: &Delivery| matches!(delivery.progress, Progress::Due | Progress::Sending { .. });
        let due: Vec<_> = self.deliveries().into_iter().filter(is_open).collect();
        assert!(due.is_empty() || !dead.is_empty(), "due and never sent: {due:#?}");
    }

    fn check_chains(&self) {
        let store = self.store();
        for chain in self.column("SELECT DISTINCT partition FROM item WHERE sort LIKE 'AUDIT%'") {
            let (entries, head) = block_on(records::audit(&store, &chain)).unwrap();
            assert_eq!(audit::verify(&entries, &head), Ok(entries.len() as u64), "{chain}");
        }
    }

    fn database(&self) -> Database {
        Database::read(&self.state()).unwrap()
    }

    fn column(&self, sql: &str) -> Vec<String> {
        let connection = self.sqlite();
        let mut statement = connection.prepare(sql).unwrap();
        let rows = statement.query_map([], |row| row.get(0)).unwrap();
        rows.collect::<Result<_, _>>().unwrap()
    }
}

impl Drop for TestApp {
    fn drop(&mut self) {
        if !std::thread::panicking() && self.state().is_dir() {
            self.check();
        }
    }
}

impl Mail {
    fn read(mime: &[u8]) -> Self {
        let text = String::from_utf8_lossy(mime).replace("\r\n", "\n");
        let head = text.split("\n\n").next().unwrap_or_default().replace("\n\t", " ").replace("\n ", " ");
        let header = |name: &str| {
            let line = head.lines().find_map(|line| line.strip_prefix(&format!("{name}: ")));
            line.map(|value| value.trim().to_owned())
        };
        Self {
            to: header("To").unwrap().rsplit('<').next().unwrap().trim_end_matches('>').to_owned(),
            subject: decoded(&header("Subject").unwrap()),
            message_id: header("Message-ID").unwrap(),
            in_reply_to: header("In-Reply-To"),
            case: header("X-Baton-Case"),
        }
    }
}

impl Slack {
    fn read(ts: &str, json: &[u8]) -> Self {
        let call: serde_json::Value = serde_json::from_slice(json).unwrap();
        let text = |key: &str| call[key].as_str().map(str::to_owned);
        Self {
            ts: ts.to_owned(),
            to: text("channel").unwrap(),
            text: text("text").unwrap(),
            thread_ts: text("thread_ts"),
        }
    }
}

impl LogRow {
    fn read(row: &csv::StringRecord) -> Self {
        let cell = |at: usize| row[at].to_owned();
        Self { id: cell(0), account: cell(1), contact: cell(2), subject: cell(4), status: cell(7) }
    }
}

/// A time as it is written, such as `2026-11-05T09:00:00Z`.
#[track_caller]
pub(crate) fn timestamp(text: &str) -> Timestamp {
    text.parse().unwrap_or_else(|e| panic!("{text} is no time: {e}"))
}

/// The key that mails are signed with here.
pub(crate) const LINK_KEY: &str = "MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE=";

/// What mails are signed with here.
pub(crate) fn signer() -> Signer {
    Signer::new(Keys::parse(LINK_KEY, None).unwrap(), "local")
}

/// Seven in the morning of a day.
pub(crate) fn morning(day: &str) -> Timestamp {
    format!("{day}T07:00:00Z").parse().unwrap_or_else(|e| panic!("{day} is no day: {e}"))
}

/// The request that `baton scan` makes at that time.
pub(crate) fn request(day: &str, shadow: bool) -> ScanRequested {
    let at = morning(day);
    let scan = ScanId::parse(&format!("scan-{}", at.strftime("%Y%m%dT%H%M%SZ"))).unwrap();
    ScanRequested { scan, at, shadow, pass: Pass::Full }
}

/// What a case says, for messages and comparisons.
pub(crate) fn sentence(case: &Case) -> String {
    format!("{} {} {}", case.state, case.finding.verdict, case.finding.sentence.reveal())
}

/// Whether a case is about this contact.
pub(crate) fn is_about(case: &Case, contact: &str) -> bool {
    case.subject.contact == ContactId::parse(contact).unwrap()
}

/// Only allowed steps, none out of a final state, and for each one an entry that explains it.
fn check_story(case: &Case, audit: &[Entry]) {
    for pair in case.history.windows(2) {
        assert!(pair[0].0.may_become(pair[1].0), "{}: {} became {}", case.id, pair[0].0, pair[1].0);
    }
    assert_eq!(case.history.last().map(|(state, _)| *state), Some(case.state), "{}", case.id);
    for (state, at) in &case.history {
        let explains = |entry: &&Entry| {
            let told = [" sent", " unknown"].iter().any(|end| entry.action.ends_with(end));
            let sent = *state == State::Notified && told;
            // Whoever puts a case off or does a step of it has seen it.
            let seen = *state == State::Acknowledged && ["snoozed", "step done"].contains(&entry.action.as_str());
            // Whoever it is handed to, or has put it off, has yet to see it.
            let anew = *state == State::Notified
                && ["reassigned", "woken", "kept for the digest"].contains(&entry.action.as_str());
            let says = sent || seen || anew || entry.action == state.to_string();
            entry.case.as_ref() == Some(&case.id) && entry.at >= *at && says
        };
        assert!(audit.iter().any(|e| explains(&e)), "no audit entry says why {} became {state} at {at}", case.id);
    }
}

/// A header without the encoded words of RFC 2047, which long subjects have too.
fn decoded(header: &str) -> String {
    let Some(words) = header.strip_prefix("=?").and_then(|rest| rest.strip_suffix("?=")) else {
        return header.to_owned();
    };
    let texts = words.split("?= =?").map(|word| word.splitn(3, '?').nth(2).unwrap_or_default().replace('_', " "));
    let mut pieces = texts.collect::<String>().split('=').map(str::to_owned).collect::<Vec<_>>().into_iter();
    let mut bytes = pieces.next().unwrap_or_default().into_bytes();
    for piece in pieces {
        bytes.push(u8::from_str_radix(&piece[..2], 16).unwrap());
        bytes.extend(piece[2..].bytes());
    }
    String::from_utf8(bytes).unwrap()
}

/// The files of a directory by their name without its ending.
fn files(dir: &Path, ending: &str) -> BTreeMap<String, Vec<u8>> {
    let Ok(entries) = std::fs::read_dir(dir) else { return BTreeMap::new() };
    let paths = entries.map(|entry| entry.unwrap().path()).filter(|path| path.extension().is_some_and(|e| e == ending));
    paths
        .map(|path| (path.file_stem().unwrap().to_string_lossy().into_owned(), std::fs::read(&path).unwrap()))
        .collect()
}

/// A directory in memory where the system has such: no test here needs its files to outlive a power cut.
fn fast_dir() -> tempfile::TempDir {
    let memory = Path::new("/dev/shm");
    if memory.is_dir() { tempfile::tempdir_in(memory).unwrap() } else { tempfile::tempdir().unwrap() }
}

fn copy_dir(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).unwrap();
    for entry in std::fs::read_dir(from).unwrap().map(Result::unwrap) {
        let to = to.join(entry.file_name());
        if entry.path().is_dir() {
            copy_dir(&entry.path(), &to);
        } else {
            std::fs::copy(entry.path(), to).unwrap();
        }
    }
}
