//! Small CRM exports written byte by byte, and runs of the real program over them.

use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;
use tempfile::TempDir;

/// The times of a first and later scans.
pub(crate) const SEPTEMBER: &str = "2026-09-07T07:00:00Z";
pub(crate) const OCTOBER: &str = "2026-10-05T07:00:00Z";
pub(crate) const NOVEMBER: &str = "2026-11-02T07:00:00Z";

pub(crate) const ACCOUNTS: &str = "\
Id,Name,Type,OwnerId,Renewal_Date__c,Annual_Contract_Value__c,CurrencyIsoCode
001A,Northwind Traders,Customer - Direct,005A,2027-01-08,184000,USD
001B,Björkhaga Skog AB,Customer - Direct,005A,2027-03-01,90000,EUR
";

pub(crate) const USERS: &str = "Id,Name,Email,IsActive,ManagerId\n005A,Robin Vale,robin.vale@ours.example,true,\n";

pub(crate) const HEADER: &str =
    "Id,AccountId,FirstName,LastName,Title,Email,EmailBouncedDate,No_Longer_At_Company__c,LastActivityDate";

/// The five people of the small export, one row each.
pub(crate) const PEOPLE: [&str; 5] = [
    "003A,001A,Dana,Fox,VP Operations,dana.fox@northwind.example,,false,2026-08-01",
    "003B,001A,Lee,Park,Head of IT,lee.park@northwind.example,,false,2026-08-02",
    "003C,001A,Priya,Nair,CFO,priya.nair@northwind.example,,false,2026-08-03",
    "003D,001B,Åsa,Öberg,Director of Sales,asa.oberg@bjorkhaga.example,,false,2026-08-04",
    "003E,001B,Tom,Weiss,IT Manager,tom.weiss@bjorkhaga.example,,false,2026-08-05",
];

/// Rows under the header.
pub(crate) fn contacts(rows: &[&str]) -> String {
    format!("{HEADER}\n{}\n", rows.join("\n"))
}

/// The five people, one row written otherwise.
pub(crate) fn people_but(id: &str, row: &str) -> Vec<String> {
    PEOPLE.iter().map(|person| if person.starts_with(id) { row.to_owned() } else { (*person).to_owned() }).collect()
}

/// The row of a person who has left.
pub(crate) fn left(id: &str) -> String {
    let row = PEOPLE.iter().find(|row| row.starts_with(id)).expect("one of the five");
    row.replace(",false,", ",true,")
}

/// An export on disk and the state that Baton keeps of it.
pub(crate) struct Site {
    dir: TempDir,
}

impl Site {
    /// The small export, not yet scanned.
    pub(crate) fn new() -> Self {
        let site = Self::bare();
        site.write("Account.csv", ACCOUNTS);
        site.write("User.csv", USERS);
        site.write("Contact.csv", contacts(&PEOPLE));
        site
    }

    /// An export without files.
    pub(crate) fn bare() -> Self {
        let dir = tempfile::tempdir().expect("a temporary directory");
        std::fs::create_dir(dir.path().join("export")).expect("a directory");
        Self { dir }
    }

    /// Writes a file of the export.
    pub(crate) fn write(&self, file: &str, content: impl AsRef<[u8]>) {
        std::fs::write(self.dir.path().join("export").join(file), content).expect("a written file");
    }

    /// Removes a file of the export.
    pub(crate) fn remove(&self, file: &str) {
        std::fs::remove_file(self.dir.path().join("export").join(file)).expect("a removed file");
    }

    /// A path beside the export.
    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.dir.path().join(name)
    }

    /// Scans at this time.
    pub(crate) fn scan(&self, now: &str) -> Ran {
        self.scan_with(now, &[])
    }

    /// Scans at this time with further options.
    pub(crate) fn scan_with(&self, now: &str, options: &[&str]) -> Ran {
        let mut words = vec!["--format", "json", "scan", "--crm", "export:export", "--state", "state", "--now", now];
        words.extend(options);
        self.baton(&words)
    }

    /// Runs the program with these words, the site being its working directory.
    pub(crate) fn baton(&self, words: &[&str]) -> Ran {
        self.baton_logging("warn", words)
    }

    /// Runs the program, logging at this level.
    pub(crate) fn baton_logging(&self, level: &str, words: &[&str]) -> Ran {
        let ran = Command::new(program())
            .args(words)
            .current_dir(self.dir.path())
            .env("BATON_LOG", level)
            .env("NO_COLOR", "1")
            .stdin(std::process::Stdio::null())
            .output()
            .expect("the program starts");
        Ran {
            code: ran.status.code(),
            out: String::from_utf8(ran.stdout).expect("UTF-8 on standard output"),
            err: String::from_utf8(ran.stderr).expect("UTF-8 on standard error"),
        }
    }

    /// Every case there is.
    pub(crate) fn cases(&self) -> Vec<Value> {
        let ran = self.baton(&["--format", "json", "cases", "--state", "state"]);
        assert_eq!(ran.code, Some(0), "{}", ran.err);
        ran.out.lines().map(|line| serde_json::from_str(line).expect("a case as JSON")).collect()
    }

    /// The contacts that cases are about, in order.
    pub(crate) fn concerned(&self) -> Vec<String> {
        let contact = |case: &Value| case["subject"]["contact"].as_str().expect("a contact").to_owned();
        let mut contacts: Vec<String> = self.cases().iter().map(contact).collect();
        contacts.sort();
        contacts
    }
}

/// How a run of the program ended.
#[derive(Debug)]
pub(crate) struct Ran {
    pub(crate) code: Option<i32>,
    pub(crate) out: String,
    pub(crate) err: String,
}

impl Ran {
    /// What a scan printed, as JSON.
    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.out).unwrap_or_else(|e| panic!("{e} in {self:?}"))
    }

    /// One number of what a scan found.
    pub(crate) fn number(&self, field: &str) -> u64 {
        self.json()["scan"][field].as_u64().unwrap_or_else(|| panic!("{field} in {self:?}"))
    }

    /// The rows set aside: file, row, column, reason.
    pub(crate) fn set_aside(&self) -> Vec<(String, u64, String, String)> {
        let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        let rows = self.json()["set_aside"].as_array().cloned().unwrap_or_default();
        let row = |row: &Value| {
            let line = row["row"].as_u64().expect("a row number");
            (text(&row["file"]), line, text(&row["column"]), text(&row["reason"]))
        };
        rows.iter().map(row).collect()
    }
}

/// The repository this test was built from.
pub(crate) fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("the crate lies in the repository")
}

/// The program, which lies beside the directory of the tests.
pub(crate) fn program() -> PathBuf {
    let test = std::env::current_exe().expect("the path of this test");
    let program = test.parent().and_then(Path::parent).expect("target/debug").join("baton");
    assert!(program.is_file(), "there is no program at {}; build it with `cargo build --locked`", program.display());
    program
}
