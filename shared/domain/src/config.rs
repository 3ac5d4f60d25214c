//! The configuration in force: one TOML file, checked as a whole, every mistake named with its line and remedy.

mod calendar;
mod companies;
mod playbooks;
mod raw;

use jiff::SignedDuration;
use jiff::civil::Weekday;
use sha2::{Digest, Sha256};

use crate::Personal;
use crate::crm::{Role, Seen};
use crate::finding::Verdict;
use crate::judge::companies::KnownCompanies;
use crate::judge::titles::{Level, Title};
use crate::notice::Channel;
use crate::playbook::Playbook;

pub use calendar::{Calendar, Quiet};

/// The shipped configuration: every key with its default and a word on what it does, and the shipped playbooks.
pub const DEFAULT: &str = include_str!("config/default.toml");

/// The configuration in force.
#[derive(Clone, Debug)]
pub struct Config {
    /// First characters of its text's hash; every case records which one judged it.
    pub version: String,
    /// Which accounts are active.
    pub accounts: Accounts,
    /// Whose changes are judged.
    pub watch: Watch,
    /// The confidence from which on a person is told.
    pub threshold: f64,
    /// When a scan is stopped.
    pub brake: Brake,
    /// Working days and quiet hours.
    pub calendar: Calendar,
    /// What is done so that somebody acts.
    pub follow_up: FollowingUp,
    /// Who is told, and how.
    pub notify: Notify,
    /// Custom columns of the CRM.
    pub fields: Fields,
    /// Companies a person has told us are one.
    pub companies: KnownCompanies,
    /// How those are asked who know where people work.
    pub people: People,
    /// What to do when, the first that fits.
    pub playbooks: Vec<Playbook>,
}

/// Which accounts are active.
#[derive(Clone, Debug)]
pub struct Accounts {
    /// What `Type` begins with, compared without case. Blank: every account.
    pub active: String,
}

/// Whose changes are judged.
#[derive(Clone, Debug)]
pub struct Watch {
    /// Only people with a job title.
    pub titled: bool,
    /// Only people in one of these roles; empty: everybody.
    pub roles: Vec<Role>,
    /// Only people of this level or above.
    pub min_level: Option<Level>,
    /// A new record is a new key contact from this level on.
    pub arrival_level: Option<Level>,
}

impl Watch {
    /// Whether a change of this person is judged.
    pub fn covers(&self, seen: &Seen) -> bool {
        let level = |least: Level| Title::parse(&seen.title).level().is_some_and(|level| level >= least);
        !seen.unwatched
            && (!self.titled || !seen.title.trim().is_empty())
            && (self.roles.is_empty() || self.roles.iter().any(|role| seen.roles.contains(role)))
            && self.min_level.is_none_or(level)
    }

    /// Whether a person who is new is a key contact: by level, or by a role in an opportunity.
    pub fn is_key(&self, seen: &Seen) -> bool {
        self.is_key_at(&seen.roles, || Title::parse(&seen.title).level())
    }

    /// The same for whoever knows the level already.
    pub fn is_key_at(&self, roles: &[Role], level: impl Fn() -> Option<Level>) -> bool {
        self.arrival_level.is_some_and(|least| level().is_some_and(|level| level >= least))
            || roles.iter().any(|role| Role::KEY.contains(role))
    }
}

/// When a scan is stopped because it would alert too much.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Brake {
    /// Share of the watched contacts, 0 to 1.
    pub share: f64,
    /// Never below so many alerts.
    pub at_least: usize,
}

impl Brake {
    /// The number of alerts from which on a scan of so many contacts is implausible.
    pub fn limit(&self, contacts: u64) -> usize {
        let share = (contacts as f64 * self.share).ceil() as usize;
        share.max(self.at_least)
    }
}

/// What is done so that somebody acts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FollowingUp {
    /// Whoever was told is told once more after so many working days without an answer; 0: never.
    pub remind_after_days: u32,
    /// The manager is told after so many; 0: never.
    pub escalate_after_days: u32,
    /// The day of the week on which everybody gets a digest; nothing: nobody does.
    pub digest_day: Option<Weekday>,
    /// The hour of that day from which on it is sent, 0 to 23.
    pub digest_hour: i8,
}

/// Who is told, and how.
#[derive(Clone, Debug)]
pub struct Notify {
    /// Told where neither owner nor manager can be.
    pub default_recipient: Personal,
    /// Told when the brake has stopped a scan.
    pub administrator: Personal,
    /// The sender's name.
    pub sender_name: String,
    /// The sender's address.
    pub sender_address: String,
    /// The channels that are used.
    pub channels: Vec<Channel>,
    /// Whether cases are logged in the CRM.
    pub crm_log: bool,
    /// What is told in the weekly digest only, where it concerns no key role and no renewal that is near.
    pub digest_only: Vec<Verdict>,
    /// Where the report can be opened; blank: no link.
    pub report_url: String,
    /// Address of an account in the CRM, with `{account}` for its id; blank: no link.
    pub account_url: String,
}

/// Names of the CRM columns that every company names for itself. Blank: not mapped.
#[derive(Clone, Debug)]
pub struct Fields {
    /// On the account: the day the contract renews.
    pub renewal: String,
    /// On the account: contract value a year.
    pub value: String,
    /// On the account: health, 0 to 100.
    pub health: String,
    /// On the account: health a month ago.
    pub health_before: String,
    /// On the account: status.
    pub status: String,
    /// On the account: user id of the CSM, if not the owner.
    pub csm: String,
    /// On the contact: no longer at the company.
    pub left: String,
    /// On the contact: a flag that must be true for the contact to be watched.
    pub watch: String,
}

/// How those are asked who know where people work.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct People {
    /// A provider that is paid is not asked about a person again for so many days.
    pub freshness_days: u16,
    /// One scan asks a provider that is paid about at most so many people.
    pub most_per_scan: usize,
    /// A record is not believed to be the person's if its provider is less sure, in percent.
    pub min_likelihood: u8,
}

impl People {
    /// For so long nobody is asked about again.
    pub fn freshness(&self) -> SignedDuration {
        SignedDuration::from_hours(24 * i64::from(self.freshness_days))
    }
}

/// One mistake in a configuration.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("line {line}: {key}: {problem}; {remedy}")]
pub struct ConfigError {
    /// Line, from 1.
    pub line: usize,
    /// The key, with its table.
    pub key: String,
    /// What is wrong.
    pub problem: String,
    /// What to do.
    pub remedy: String,
}

impl Config {
    /// Reads a configuration. What it leaves out has the shipped default; a file without playbooks has the shipped ones.
    pub fn parse(text: &str) -> Result<Self, Vec<ConfigError>> {
        Self::parse_with(text, None)
    }

    /// Reads a configuration with the text of the table of companies that it names by `companies_file`.
    pub fn parse_with(text: &str, table: Option<&str>) -> Result<Self, Vec<ConfigError>> {
        let raw = raw::parse(text).map_err(|e| vec![e])?;
        let mut config = raw::check(raw, text, table)?;
        if let Some(table) = table {
            config.version = Self::version_of(&Self::inlined(text, table));
        }
        if config.playbooks.is_empty() {
            config.playbooks = Self::shipped().playbooks;
        }
        Ok(config)
    }

    /// The file, beside the configuration's own, that holds the table of companies, if the text names one.
    pub fn companies_file(text: &str) -> Option<String> {
        companies::file(text).map(toml::Spanned::into_inner)
    }

    /// The text with the table of companies in place of the file's name, for where there are no files.
    pub fn inlined(text: &str, table: &str) -> String {
        companies::inlined(text, table)
    }

    /// The shipped configuration.
    #[expect(clippy::expect_used, reason = "a constant that a test reads; it cannot fail where it was built")]
    pub fn shipped() -> Self {
        let raw = raw::parse(DEFAULT).expect("the shipped configuration is TOML");
        raw::check(raw, DEFAULT, None).expect("the shipped configuration is without mistakes")
    }

    fn version_of(text: &str) -> String {
        let mut hex = data_encoding::HEXLOWER.encode(&Sha256::digest(text.as_bytes()));
        hex.truncate(8);
        hex
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn problems(text: &str) -> Vec<String> {
        Config::parse(text).unwrap_err().iter().map(ToString::to_string).collect()
    }

    #[test]
    fn the_shipped_configuration_is_without_mistakes() {
        let config = Config::shipped();
        assert!(config.playbooks.len() >= 8);
        assert_eq!(config.threshold, crate::judge::THRESHOLD);
        assert_eq!(Config::parse("").unwrap().playbooks.len(), config.playbooks.len());
    }

    #[test]
    fn every_mistake_is_named_with_its_line_and_remedy() {
        let found = problems(
            "[alert]\nthreshold = 1.5\n[calendar]\ntime_zone = \"Mars/Phobos\"\n[watch]\nroles = [\"Boss of\"]\n[notify]\nchannels = []\n",
        );
        assert_eq!(found.len(), 4, "{found:#?}");
        assert!(found[0].starts_with("line 2: alert.threshold: 1.5 is"), "{found:#?}");
        assert!(found.iter().any(|f| f.contains("Mars/Phobos")), "{found:#?}");
    }

    #[test]
    fn an_unknown_key_names_itself_and_the_keys_there_are() {
        let found = problems("[alert]\ntreshold = 0.8\n");
        assert!(
            found[0].contains("line 2") && found[0].contains("treshold") && found[0].contains("threshold"),
            "{found:?}"
        );
    }

    #[test]
    fn how_many_are_asked_how_often_and_how_surely_is_held_within_bounds() {
        let found = problems("[people]\nfreshness_days = 0\nmost_per_scan = -1\nmin_likelihood = 101\n");
        assert_eq!(found.len(), 3, "{found:#?}");
        assert!(found[0].starts_with("line 2: people.freshness_days: 0 is not from 1 to 365; write"), "{found:#?}");
        assert!(found[2].contains("people.min_likelihood: 101 is not from 0 to 100"), "{found:#?}");
        let config = Config::parse("[people]\nmost_per_scan = 0\n").unwrap();
        assert_eq!(config.people, People { freshness_days: 30, most_per_scan: 0, min_likelihood: 60 });
    }

    #[test]
    fn quiet_hours_and_days_to_follow_up_are_held_within_bounds() {
        let found = problems(
            "[calendar]\nquiet_from = \"24:00\"\nquiet_until = \"8\"\n[follow_up]\nremind_after_days = -1\nescalate_after_days = 31\n\
             digest_day = \"someday\"\ndigest_hour = 24\n[notify]\ndigest_only = [\"vanished\"]\n",
        );
        let begins = |line: &str| found.iter().any(|f| f.starts_with(line));
        assert_eq!(found.len(), 7, "{found:#?}");
        assert!(begins("line 2: calendar.quiet_from: \"24:00\" is no time of day; write"), "{found:#?}");
        assert!(begins("line 3: calendar.quiet_until: \"8\" is no time of day"), "{found:#?}");
        assert!(begins("line 5: follow_up.remind_after_days: -1 is not from 0 to 30"), "{found:#?}");
        assert!(begins("line 7: follow_up.digest_day: \"someday\" is no day of the week"), "{found:#?}");
        assert!(begins("line 10: notify.digest_only: \"vanished\" is no verdict"), "{found:#?}");
    }

    #[test]
    fn quiet_hours_need_both_ends_and_some_hours_between_them() {
        for (text, problem) in [
            ("quiet_from = \"18:00\"", "calendar.quiet_from: there is no quiet_until"),
            ("quiet_until = \"08:00\"", "calendar.quiet_until: there is no quiet_from"),
            ("quiet_from = \"08:00\"\nquiet_until = \"08:00\"", "calendar.quiet_from: they would hold all day"),
        ] {
            let found = problems(&format!("[calendar]\n{text}\n"));
            assert!(found.len() == 1 && found[0].contains(problem), "{found:#?}");
        }
        let wraps = Config::parse("[calendar]\nquiet_from = \"18:30\"\nquiet_until = \"07:45\"\n").unwrap();
        let quiet = wraps.calendar.quiet.unwrap();
        assert_eq!((quiet.from.hour(), quiet.from.minute(), quiet.until.hour()), (18, 30, 7));
        assert_eq!(Config::shipped().calendar.quiet, None);
    }

    #[test]
    fn a_manager_is_not_told_before_whoever_was_told_is_reminded() {
        let found = problems("[follow_up]\nremind_after_days = 4\nescalate_after_days = 4\n");
        assert!(
            found.len() == 1 && found[0].starts_with("line 3: follow_up.escalate_after_days: 4 is not"),
            "{found:#?}"
        );
        let never = Config::parse("[follow_up]\nescalate_after_days = 0\ndigest_day = \"\"\n").unwrap().follow_up;
        assert_eq!((never.remind_after_days, never.escalate_after_days, never.digest_day), (2, 0, None));
    }
}
