//! The configuration as a person writes it, before it is checked.

use jiff::civil::{Time, Weekday};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use toml::Spanned;

use super::companies;
use super::playbooks::{self, RawPlaybook};
use super::{Accounts, Brake, Calendar, Config, ConfigError, Fields, FollowingUp, Notify, People, Quiet, Watch};
use crate::Personal;
use crate::address::mailbox;
use crate::crm::Role;
use crate::feedback::MailLimits;
use crate::finding::Verdict;
use crate::judge::companies::KnownCompanies;
use crate::judge::titles::Level;
use crate::notice::Channel;

#[derive(Deserialize)]
#[serde(default, deny_unknown_fields)]
#[derive(Default)]
pub(super) struct Raw {
    accounts: RawAccounts,
    watch: RawWatch,
    alert: RawAlert,
    brake: RawBrake,
    calendar: RawCalendar,
    follow_up: RawFollowUp,
    notify: RawNotify,
    mail: RawMail,
    fields: RawFields,
    companies: RawCompanies,
    people: RawPeople,
    playbook: Vec<RawPlaybook>,
}

macro_rules! table {
    ($name:ident { $($key:ident: $type:ty = $default:expr),+ $(,)? }) => {
        #[derive(Deserialize)]
        #[serde(default, deny_unknown_fields)]
        struct $name { $($key: $type),+ }
        impl Default for $name {
            fn default() -> Self {
                Self { $($key: $default.into()),+ }
            }
        }
    };
}

struct At<T>(Spanned<T>);

impl<T: DeserializeOwned> At<T> {
    fn get(&self) -> &T {
        self.0.get_ref()
    }

    fn start(&self) -> usize {
        self.0.span().start
    }
}

impl<'de, T: DeserializeOwned> Deserialize<'de> for At<T> {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Spanned::deserialize(deserializer).map(At)
    }
}

/// A default: it stands nowhere in the file.
fn unset<T>(value: T) -> At<T> {
    At(Spanned::new(0..0, value))
}

table!(RawAccounts { active: String = "Customer" });
table!(RawWatch {
    titled: bool = true,
    roles: At<Vec<String>> = unset(Vec::new()),
    min_level: At<String> = unset(String::new()),
    arrival_level: At<String> = unset("vice president".to_owned()),
});
table!(RawAlert { threshold: At<f64> = unset(crate::judge::THRESHOLD) });
table!(RawBrake { share: At<f64> = unset(0.05), at_least: At<i64> = unset(25) });
table!(RawCalendar {
    time_zone: At<String> = unset("UTC".to_owned()),
    holidays: At<Vec<String>> = unset(Vec::new()),
    quiet_from: At<String> = unset(String::new()),
    quiet_until: At<String> = unset(String::new()),
});
table!(RawFollowUp {
    remind_after_days: At<i64> = unset(2),
    escalate_after_days: At<i64> = unset(4),
    digest_day: At<String> = unset("monday".to_owned()),
    digest_hour: At<i64> = unset(9),
});
table!(RawNotify {
    default_recipient: At<String> = unset("csm@localhost".to_owned()),
    administrator: At<String> = unset("admin@localhost".to_owned()),
    sender_name: String = "Baton",
    sender_address: At<String> = unset("baton@localhost".to_owned()),
    reply_to: At<String> = unset(String::new()),
    unsubscribe: At<String> = unset(String::new()),
    channels: At<Vec<String>> = unset(vec!["slack".to_owned(), "mail".to_owned()]),
    hand_over_domains: At<Vec<String>> = unset(Vec::new()),
    crm_log: bool = true,
    digest_only: At<Vec<String>> = unset(Vec::new()),
    report_url: At<String> = unset(String::new()),
    answer_url: At<String> = unset(String::new()),
    account_url: At<String> = unset(String::new()),
});
table!(RawMail {
    most_bounced: At<f64> = unset(0.04),
    most_complaints: At<f64> = unset(0.0008),
    days: At<i64> = unset(7),
    at_least: At<i64> = unset(50),
});
table!(RawFields {
    renewal: String = "Renewal_Date__c",
    value: String = "Annual_Contract_Value__c",
    health: String = "Health__c",
    health_before: String = "Health_Last_Month__c",
    status: String = "Status__c",
    csm: String = "CSM__c",
    left: String = "No_Longer_At_Company__c",
    watch: String = "",
});
table!(RawCompanies {
    same: At<Vec<Vec<String>>> = unset(Vec::new()),
    file: At<String> = unset(String::new()),
    csv: At<String> = unset(String::new()),
});
table!(RawPeople {
    freshness_days: At<i64> = unset(30),
    most_per_scan: At<i64> = unset(100),
    min_likelihood: At<i64> = unset(60),
});

/// Reads the text; a mistake of form is the only one that can be named, because nothing after it can be read.
pub(super) fn parse(text: &str) -> Result<Raw, ConfigError> {
    toml::from_str(text).map_err(|error| {
        let start = error.span().map_or(0, |span| span.start);
        ConfigError {
            line: line_of(text, start),
            key: key_at(text, start),
            problem: error.message().replace('\n', " "),
            remedy: "write it as the shipped default shows it (`baton config default` prints that)".to_owned(),
        }
    })
}

/// Checks every value; all mistakes at once. `list` is the text of the file that lists companies.
pub(super) fn check(raw: Raw, text: &str, list: Option<&str>) -> Result<Config, Vec<ConfigError>> {
    let mut mistakes = Mistakes { text, found: Vec::new() };
    let config = Config {
        version: Config::version_of(text),
        accounts: Accounts { active: raw.accounts.active },
        watch: watch(&raw.watch, &mut mistakes),
        threshold: share(&raw.alert.threshold, "alert.threshold", &mut mistakes),
        brake: Brake {
            share: share(&raw.brake.share, "brake.share", &mut mistakes),
            at_least: at_least(&raw.brake.at_least, &mut mistakes),
        },
        calendar: calendar(&raw.calendar, &mut mistakes),
        follow_up: follow_up(&raw.follow_up, &mut mistakes),
        notify: notify(&raw.notify, &mut mistakes),
        mail: mail(&raw.mail, &mut mistakes),
        fields: fields(raw.fields),
        companies: companies(&raw.companies, list, &mut mistakes),
        people: people(&raw.people, &mut mistakes),
        playbooks: playbooks::check(raw.playbook, &mut mistakes),
    };
    if config.follow_up.digest_day.is_none() && !config.notify.digest_only.is_empty() {
        let problem = "nobody would ever be told of these, since follow_up.digest_day is blank".to_owned();
        mistakes.add(
            raw.notify.digest_only.start(),
            "notify.digest_only",
            problem,
            "name a day for the digest, or list nothing",
        );
    }
    if mistakes.found.is_empty() {
        return Ok(config);
    }
    mistakes.found.sort_by_key(|m| m.line);
    Err(mistakes.found)
}

/// Collects what is wrong.
pub(super) struct Mistakes<'a> {
    text: &'a str,
    found: Vec<ConfigError>,
}

impl Mistakes<'_> {
    /// Notes a mistake at a byte of the text.
    pub(super) fn add(&mut self, at: usize, key: &str, problem: String, remedy: &str) {
        let line = line_of(self.text, at);
        self.found.push(ConfigError { line, key: key.to_owned(), problem, remedy: remedy.to_owned() });
    }
}

fn watch(raw: &RawWatch, mistakes: &mut Mistakes<'_>) -> Watch {
    let mut roles = Vec::new();
    for role in raw.roles.get() {
        match Role::parse(role) {
            Some(known) if known != Role::Other => roles.push(known),
            _ => mistakes.add(
                raw.roles.start(),
                "watch.roles",
                format!("{role:?} is no role"),
                "use champion, decision maker, economic buyer, technical lead, executive sponsor, influencer or user",
            ),
        }
    }
    Watch {
        titled: raw.titled,
        roles,
        min_level: level(raw.min_level.get(), raw.min_level.start(), "watch.min_level", mistakes),
        arrival_level: level(raw.arrival_level.get(), raw.arrival_level.start(), "watch.arrival_level", mistakes),
    }
}

/// A level by its name; blank is none.
pub(super) fn level(text: &str, at: usize, key: &str, mistakes: &mut Mistakes<'_>) -> Option<Level> {
    if text.trim().is_empty() {
        return None;
    }
    let level = crate::judge::titles::Title::parse(text).level();
    if level.is_none() {
        let remedy = "use a title such as manager, director, vice president or chief officer";
        mistakes.add(at, key, format!("{text:?} is no level"), remedy);
    }
    level
}

fn share(raw: &At<f64>, key: &str, mistakes: &mut Mistakes<'_>) -> f64 {
    let value = *raw.get();
    if !(value > 0.0 && value <= 1.0) {
        mistakes.add(raw.start(), key, format!("{value} is not above 0 and at most 1"), "write a share such as 0.75");
    }
    value
}

fn at_least(raw: &At<i64>, mistakes: &mut Mistakes<'_>) -> usize {
    usize::try_from(*raw.get()).unwrap_or_else(|_| {
        let problem = format!("{} is below 0", raw.get());
        mistakes.add(raw.start(), "brake.at_least", problem, "write a number of alerts such as 25");
        0
    })
}

fn calendar(raw: &RawCalendar, mistakes: &mut Mistakes<'_>) -> Calendar {
    let zone = jiff::tz::TimeZone::get(raw.time_zone.get()).unwrap_or_else(|_| {
        let problem = format!("{:?} is no time zone", raw.time_zone.get());
        mistakes.add(raw.time_zone.start(), "calendar.time_zone", problem, "write a name such as Europe/Berlin");
        jiff::tz::TimeZone::UTC
    });
    let mut holidays = std::collections::BTreeSet::new();
    for day in raw.holidays.get() {
        match day.parse() {
            Ok(day) => drop(holidays.insert(day)),
            Err(_) => mistakes.add(
                raw.holidays.start(),
                "calendar.holidays",
                format!("{day:?} is no date"),
                "write dates as 2026-12-25",
            ),
        }
    }
    Calendar { zone, holidays, quiet: quiet(raw, mistakes) }
}

fn quiet(raw: &RawCalendar, mistakes: &mut Mistakes<'_>) -> Option<Quiet> {
    let (from, until) = (&raw.quiet_from, &raw.quiet_until);
    let (at, key, problem) = match (from.get().is_empty(), until.get().is_empty()) {
        (true, true) => return None,
        (false, true) => (from, "calendar.quiet_from", "there is no quiet_until"),
        (true, false) => (until, "calendar.quiet_until", "there is no quiet_from"),
        (false, false) => {
            let from_time = time_of_day(from, "calendar.quiet_from", mistakes);
            let until = time_of_day(until, "calendar.quiet_until", mistakes);
            match (from_time, until) {
                (Some(at), Some(until)) if at != until => return Some(Quiet { from: at, until }),
                (Some(_), Some(_)) => {
                    (from, "calendar.quiet_from", "they would hold all day, and nobody be told anything")
                }
                _ => return None,
            }
        }
    };
    mistakes.add(at.start(), key, problem.to_owned(), "write both, such as 18:00 and 08:00, or leave both out");
    None
}

/// `18:00`
fn time_of_day(raw: &At<String>, key: &str, mistakes: &mut Mistakes<'_>) -> Option<Time> {
    let number = |digits: &str| digits.parse::<i8>().ok().filter(|_| digits.len() == 2);
    let parts = raw.get().split_once(':');
    let time = parts.and_then(|(hour, minute)| Time::new(number(hour)?, number(minute)?, 0, 0).ok());
    if time.is_none() {
        let problem = format!("{:?} is no time of day", raw.get());
        mistakes.add(raw.start(), key, problem, "write hours from 00 to 23 and minutes, such as 18:00");
    }
    time
}

fn follow_up(raw: &RawFollowUp, mistakes: &mut Mistakes<'_>) -> FollowingUp {
    let days = "write a number of working days such as 2; 0 for never";
    let hour = "write an hour such as 9";
    let remind = within(&raw.remind_after_days, 0, 30, "follow_up.remind_after_days", days, mistakes);
    let escalate = within(&raw.escalate_after_days, 0, 30, "follow_up.escalate_after_days", days, mistakes);
    if escalate != 0 && escalate <= remind {
        let problem = format!("{escalate} is not after remind_after_days, which is {remind}");
        let remedy = "write a higher number, such as 4, or 0 for never";
        mistakes.add(raw.escalate_after_days.start(), "follow_up.escalate_after_days", problem, remedy);
    }
    FollowingUp {
        remind_after_days: remind,
        escalate_after_days: escalate,
        digest_day: digest_day(&raw.digest_day, mistakes),
        digest_hour: within(&raw.digest_hour, 0, 23, "follow_up.digest_hour", hour, mistakes),
    }
}

fn digest_day(raw: &At<String>, mistakes: &mut Mistakes<'_>) -> Option<Weekday> {
    Some(match raw.get().to_lowercase().as_str() {
        "monday" => Weekday::Monday,
        "tuesday" => Weekday::Tuesday,
        "wednesday" => Weekday::Wednesday,
        "thursday" => Weekday::Thursday,
        "friday" => Weekday::Friday,
        "saturday" => Weekday::Saturday,
        "sunday" => Weekday::Sunday,
        "" => return None,
        _ => {
            let problem = format!("{:?} is no day of the week", raw.get());
            let remedy = "write its English name such as \"monday\", or \"\" for no digest";
            mistakes.add(raw.start(), "follow_up.digest_day", problem, remedy);
            return None;
        }
    })
}

fn digest_only(raw: &At<Vec<String>>, mistakes: &mut Mistakes<'_>) -> Vec<Verdict> {
    let mut verdicts = Vec::new();
    for name in raw.get() {
        match Verdict::parse(name) {
            Some(verdict) => verdicts.push(verdict),
            None => mistakes.add(
                raw.start(),
                "notify.digest_only",
                format!("{name:?} is no verdict"),
                "use departed, moved, replaced, promoted, demoted, reassigned, arrived or away",
            ),
        }
    }
    verdicts
}

fn notify(raw: &RawNotify, mistakes: &mut Mistakes<'_>) -> Notify {
    let mut address = |raw: &At<String>, key: &str| {
        let text = raw.get().trim();
        if let Err(why) = mailbox(text) {
            let problem = format!("{text:?} is no mail address: {why}");
            mistakes.add(raw.start(), key, problem, "write one address, name@company.com");
        }
        text.to_owned()
    };
    let default_recipient = Personal::new(address(&raw.default_recipient, "notify.default_recipient"));
    let administrator = Personal::new(address(&raw.administrator, "notify.administrator"));
    let sender_address = address(&raw.sender_address, "notify.sender_address");
    let reply_to = match raw.reply_to.get().trim() {
        "" => String::new(),
        _ => address(&raw.reply_to, "notify.reply_to"),
    };
    let unsubscribe = raw.unsubscribe.get().trim().to_owned();
    if !unsubscribe.is_empty() && !is_unsubscribe(&unsubscribe) {
        let problem = format!("{unsubscribe:?} is no place to unsubscribe at");
        let remedy = "write https://… (it must take a POST), mailto:name@company.com, or nothing";
        mistakes.add(raw.unsubscribe.start(), "notify.unsubscribe", problem, remedy);
    }
    for (url, key) in [(&raw.report_url, "notify.report_url"), (&raw.account_url, "notify.account_url")] {
        let text = url.get();
        if !text.is_empty() && !["https://", "http://", "file://"].iter().any(|scheme| text.starts_with(scheme)) {
            mistakes.add(url.start(), key, format!("{text:?} is no web address"), "begin it with https://");
        }
    }
    let answers = raw.answer_url.get();
    if !answers.is_empty() && !is_answered_at(answers) {
        let problem = format!("{answers:?} is nowhere answers can be taken");
        mistakes.add(raw.answer_url.start(), "notify.answer_url", problem, ANSWERED_AT);
    }
    Notify {
        default_recipient,
        administrator,
        sender_name: raw.sender_name.clone(),
        sender_address,
        reply_to,
        unsubscribe,
        channels: channels(&raw.channels, mistakes),
        hand_over_domains: domains(&raw.hand_over_domains, mistakes),
        crm_log: raw.crm_log,
        digest_only: digest_only(&raw.digest_only, mistakes),
        report_url: raw.report_url.get().clone(),
        answer_url: answers.trim_end_matches('/').to_owned(),
        account_url: raw.account_url.get().clone(),
    }
}

const ANSWERED_AT: &str = "write the https:// address of the function respond; http:// is for this machine alone";

/// What goes through a link must be encrypted, unless it stays on one machine.
fn is_answered_at(address: &str) -> bool {
    let host = |rest: &str| !rest.starts_with('/') && !rest.is_empty();
    let here = |rest: &str| {
        ["127.0.0.1", "localhost", "[::1]"]
            .iter()
            .any(|host| rest.strip_prefix(host).is_some_and(|rest| rest.is_empty() || rest.starts_with([':', '/'])))
    };
    let plain = address.bytes().all(|b| b.is_ascii_alphanumeric() || b"-._~:/[]%".contains(&b));
    plain && (address.strip_prefix("https://").is_some_and(host) || address.strip_prefix("http://").is_some_and(here))
}

/// What stands between the brackets of a List-Unsubscribe header, and can end neither them nor the header.
fn is_unsubscribe(text: &str) -> bool {
    let is_plain = text.len() <= 500 && text.chars().all(|c| c.is_ascii_graphic() && !"<>,\"\\".contains(c));
    match text.split_once(':') {
        Some(("https", rest)) => is_plain && rest.starts_with("//") && rest.len() > 2,
        Some(("mailto", to)) => is_plain && mailbox(to.split('?').next().unwrap_or_default()).is_ok(),
        _ => false,
    }
}

fn mail(raw: &RawMail, mistakes: &mut Mistakes<'_>) -> MailLimits {
    let days = "write a number of days such as 7";
    let mails = "write a number of mails such as 50: of fewer, nothing is concluded";
    MailLimits {
        most_bounced: share(&raw.most_bounced, "mail.most_bounced", mistakes),
        most_complaints: share(&raw.most_complaints, "mail.most_complaints", mistakes),
        days: within(&raw.days, 1, 30, "mail.days", days, mistakes),
        at_least: within(&raw.at_least, 1, 1_000_000, "mail.at_least", mails, mistakes),
    }
}

fn channels(raw: &At<Vec<String>>, mistakes: &mut Mistakes<'_>) -> Vec<Channel> {
    let mut channels = Vec::new();
    for name in raw.get() {
        match name.as_str() {
            "slack" => channels.push(Channel::Slack),
            "mail" => channels.push(Channel::Mail),
            _ => mistakes.add(
                raw.start(),
                "notify.channels",
                format!("{name:?} is no channel"),
                "use \"slack\", \"mail\" or both",
            ),
        }
    }
    if raw.get().is_empty() {
        let problem = "there is no channel, so nobody would ever be told".to_owned();
        mistakes.add(
            raw.start(),
            "notify.channels",
            problem,
            "name \"slack\", \"mail\" or both; to be silent use --shadow",
        );
    }
    channels.sort();
    channels.dedup();
    channels
}

fn domains(raw: &At<Vec<String>>, mistakes: &mut Mistakes<'_>) -> Vec<String> {
    let belongs = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-');
    for domain in raw.get().iter().filter(|domain| domain.is_empty() || !domain.chars().all(belongs)) {
        let problem = format!("{domain:?} is no domain");
        mistakes.add(raw.start(), "notify.hand_over_domains", problem, "write what stands after the @, company.com");
    }
    raw.get().iter().map(|domain| domain.to_ascii_lowercase()).collect()
}

fn fields(raw: RawFields) -> Fields {
    Fields {
        renewal: raw.renewal,
        value: raw.value,
        health: raw.health,
        health_before: raw.health_before,
        status: raw.status,
        csm: raw.csm,
        left: raw.left,
        watch: raw.watch,
    }
}

/// What is given inline, and the table that was read from the file it names.
fn companies(raw: &RawCompanies, list: Option<&str>, mistakes: &mut Mistakes<'_>) -> KnownCompanies {
    for group in raw.same.get().iter().filter(|group| group.len() < 2) {
        let problem = format!("the group {group:?} names fewer than two");
        mistakes.add(raw.same.start(), "companies.same", problem, "list at least two names of the company");
    }
    let known = KnownCompanies::new(raw.same.get().iter().map(|group| group.iter().map(String::as_str).collect()));
    let (file, csv) = (raw.file.get().trim(), raw.csv.get().trim());
    let (at, key, text) = match (file.is_empty(), csv.is_empty(), list) {
        (true, _, _) => (raw.csv.start(), "companies.csv", raw.csv.get().as_str()),
        (false, true, Some(list)) => (raw.file.start(), "companies.file", list),
        (false, false, _) => {
            let problem = "there is a file, and a table in csv too".to_owned();
            mistakes.add(raw.file.start(), "companies.file", problem, "keep one of the two");
            return known;
        }
        (false, true, None) => {
            let problem = format!("{file:?} was not read, since only this text was given");
            mistakes.add(raw.file.start(), "companies.file", problem, "write the table itself as csv = \"\"\"…\"\"\"");
            return known;
        }
    };
    known.with(companies::read(text, |problem, remedy| mistakes.add(at, key, problem, remedy)))
}

fn people(raw: &RawPeople, mistakes: &mut Mistakes<'_>) -> People {
    let days = "write a number of days such as 30; every answer is paid for again after it";
    let most = "write how many people one scan may ask about, such as 100; 0 asks about nobody";
    let percent = "write a percentage such as 60";
    People {
        freshness_days: within(&raw.freshness_days, 1, 365, "people.freshness_days", days, mistakes),
        most_per_scan: within(&raw.most_per_scan, 0, 100_000, "people.most_per_scan", most, mistakes),
        min_likelihood: within(&raw.min_likelihood, 0, 100, "people.min_likelihood", percent, mistakes),
    }
}

/// A whole number within bounds, both included.
fn within<T: TryFrom<i64> + Default>(
    raw: &At<i64>,
    least: i64,
    most: i64,
    key: &str,
    remedy: &str,
    mistakes: &mut Mistakes<'_>,
) -> T {
    let value = *raw.get();
    let kept = (least..=most).contains(&value).then(|| T::try_from(value).ok()).flatten();
    kept.unwrap_or_else(|| {
        mistakes.add(raw.start(), key, format!("{value} is not from {least} to {most}"), remedy);
        T::default()
    })
}

fn line_of(text: &str, at: usize) -> usize {
    text.as_bytes().iter().take(at).filter(|b| **b == b'\n').count() + 1
}

/// The key of the line in which a mistake of form stands.
fn key_at(text: &str, at: usize) -> String {
    let line = text.lines().nth(line_of(text, at) - 1).unwrap_or_default();
    line.split('=').next().unwrap_or_default().trim().to_owned()
}
