//! Gathers what the page needs of each export: who would have been told, when a record was changed, what the truth's contacts
//! looked like.

use std::collections::{BTreeMap, BTreeSet};

use channels::backtest::{Backtest, Export, Found, Outcome, Person, Sighting, Truth};
use crm::ExportCrm;
use domain::case::{Case, State};
use domain::config::Config;
use domain::crm::{AccountRecord, Contact};
use domain::notice::Recipient;
use domain::ports::{ContactQuery, Crm};
use domain::recipients::{is_same_address, responsible};
use domain::records::Silenced;
use domain::{AccountId, CaseId, ContactId, Personal};
use jiff::Timestamp;

use super::Failure;
use super::dated::Dated;
use super::play::Scanned;
use super::truth::Changes;

/// A backtest on its way.
pub(super) struct Gather<'a> {
    config: &'a Config,
    backtest: Backtest,
    /// Where each case stands among the findings.
    places: BTreeMap<CaseId, usize>,
    /// The export before: accounts that are gone from the next one were somebody's there.
    before: Option<ExportCrm>,
}

/// Accounts as this export knows them, or as the one before did: then the second is true.
type Accounts = BTreeMap<AccountId, (AccountRecord, bool)>;

impl<'a> Gather<'a> {
    /// Nothing yet.
    pub(super) fn new(label: &str, config: &'a Config, made: Timestamp, truth: Option<&Changes>) -> Self {
        let backtest = Backtest {
            made,
            config: label.to_owned(),
            threshold: config.threshold,
            exports: Vec::new(),
            findings: Vec::new(),
            set_aside: Vec::new(),
            truth: truth.map(|truth| Truth { changes: truth.changes.clone(), outside: truth.outside }),
        };
        Self { config, backtest, places: BTreeMap::new(), before: None }
    }

    /// Takes what a scan has found.
    pub(super) async fn export(&mut self, place: usize, export: &Dated, seen: Scanned) -> Result<(), Failure> {
        let Scanned { reader, record, cases, silenced } = seen;
        let Dated { name, at, dated, .. } = export;
        let (name, at, dated) = (name.clone(), *at, *dated);
        self.backtest.set_aside.extend(reader.set_aside().into_iter().map(|mut row| {
            row.file = format!("{name}/{}", row.file);
            row
        }));
        let (contacts, changed) = (record.contacts, record.changed);
        self.backtest.exports.push(Export { name, at, dated, contacts, changed });

        let accounts = accounts(&reader, self.before.as_ref(), &cases, &silenced).await?;
        let alerts = cases.iter().filter(|case| case.finding.alerts(self.config.threshold));
        let touched = reader.changed(&alerts.map(|case| case.subject.contact.clone()).collect())?;
        for case in cases {
            self.places.insert(case.id.clone(), self.backtest.findings.len());
            let found = self.case(place, case, &accounts, &touched);
            self.backtest.findings.push(found);
        }
        for quiet in silenced {
            let found = self.quiet(place, quiet, &accounts);
            self.backtest.findings.push(found);
        }
        self.sight(place, &reader).await?;
        self.before = Some(reader);
        Ok(())
    }

    /// The backtest, once it is known how each case has ended.
    pub(super) fn done(mut self, cases: &[Case]) -> Backtest {
        for case in cases.iter().filter(|case| case.state == State::Cleared) {
            let back = case.history.last().map(|(_, at)| *at);
            let export = self.backtest.exports.iter().position(|export| Some(export.at) == back);
            if let Some(place) = self.places.get(&case.id) {
                self.backtest.findings[*place].taken_back = export;
            }
        }
        self.backtest
    }

    fn case(&self, export: usize, case: Case, accounts: &Accounts, touched: &BTreeMap<ContactId, Timestamp>) -> Found {
        let alert = case.finding.alerts(self.config.threshold);
        let touched = touched.get(&case.subject.contact).copied().filter(|_| alert);
        let told = self.told(&case, alert, accounts);
        let outcome = if alert { Outcome::Alert } else { Outcome::Held(case.because) };
        let owned_before = accounts.get(&case.account).is_some_and(|(_, before)| *before);
        Found {
            export,
            contact: case.subject.contact,
            name: case.subject.name,
            account: case.account,
            account_name: case.account_name,
            told,
            owned_before,
            finding: case.finding,
            outcome,
            touched,
            taken_back: None,
        }
    }

    fn quiet(&self, export: usize, quiet: Silenced, accounts: &Accounts) -> Found {
        Found {
            export,
            told: vec![person(&self.responsible(&quiet.account, &Personal::default(), accounts))],
            owned_before: accounts.get(&quiet.account).is_some_and(|(_, before)| *before),
            contact: quiet.contact,
            name: quiet.name,
            account: quiet.account,
            account_name: quiet.account_name,
            finding: quiet.finding,
            outcome: Outcome::Silenced(quiet.reason),
            touched: None,
            taken_back: None,
        }
    }

    /// The one responsible for the account and, of an alert, for the account that gains the person; nobody twice.
    fn told(&self, case: &Case, alert: bool, accounts: &Accounts) -> Vec<Person> {
        let first = self.responsible(&case.account, &case.subject.email, accounts);
        let mut told = vec![person(&first)];
        if let Some(gains) = case.gained_by.as_ref().filter(|account| alert && accounts.contains_key(account)) {
            let second = self.responsible(gains, &case.subject.email, accounts);
            if !is_same_address(&first.email, &second.email) {
                told.push(person(&second));
            }
        }
        told
    }

    fn responsible(&self, account: &AccountId, left: &Personal, accounts: &Accounts) -> Recipient {
        let account = accounts.get(account).map(|(account, _)| account);
        let (owner, manager) = (account.and_then(|a| a.owner.as_ref()), account.and_then(|a| a.manager.as_ref()));
        responsible(owner, manager, left, self.config)
    }

    /// Looks up what this export says of contacts who should have been found by it and were not.
    async fn sight(&mut self, place: usize, reader: &ExportCrm) -> Result<(), Failure> {
        let Some(truth) = &mut self.backtest.truth else { return Ok(()) };
        let found: BTreeSet<&ContactId> =
            self.backtest.findings.iter().filter(|found| found.export == place).map(|found| &found.contact).collect();
        let mut wanted: BTreeMap<ContactId, Sighting> = BTreeMap::new();
        for change in truth.changes.iter().filter(|change| change.due == place && !found.contains(&change.contact)) {
            wanted.insert(change.contact.clone(), Sighting::Absent);
        }
        look(reader, self.config, &mut wanted).await?;
        for change in truth.changes.iter_mut().filter(|change| change.due == place) {
            change.sighting = wanted.get(&change.contact).cloned();
        }
        Ok(())
    }
}

async fn accounts(
    reader: &ExportCrm,
    before: Option<&ExportCrm>,
    cases: &[Case],
    silenced: &[Silenced],
) -> Result<Accounts, Failure> {
    let of_cases = cases.iter().flat_map(|case| std::iter::once(&case.account).chain(&case.gained_by));
    let wanted: BTreeSet<&AccountId> = of_cases.chain(silenced.iter().map(|quiet| &quiet.account)).collect();
    let mut wanted: Vec<AccountId> = wanted.into_iter().cloned().collect();
    let mut found = Accounts::new();
    for (reader, is_before) in [(Some(reader), false), (before, true)] {
        let Some(reader) = reader.filter(|_| !wanted.is_empty()) else { continue };
        let read = reader.accounts(&wanted).await?;
        found.extend(read.into_iter().map(|account| (account.id.clone(), (account, is_before))));
        wanted.retain(|account| !found.contains_key(account));
    }
    Ok(found)
}

fn person(recipient: &Recipient) -> Person {
    let name = match &recipient.user {
        Some(_) => recipient.name.clone(),
        None => Personal::new(format!("default recipient, {}", recipient.email.reveal())),
    };
    Person { id: recipient.user.clone(), name }
}

/// One pass over the contacts for those that are wanted.
async fn look(reader: &ExportCrm, config: &Config, wanted: &mut BTreeMap<ContactId, Sighting>) -> Result<(), Failure> {
    let mut after: Option<ContactId> = None;
    while !wanted.is_empty() {
        let page = reader.contacts(&ContactQuery { after: after.as_ref(), ..ContactQuery::default() }).await?;
        for contact in &page.contacts {
            if let Some(sighting) = wanted.get_mut(&contact.id) {
                *sighting = seen(contact, config);
            }
        }
        match page.through {
            Some(through) => after = Some(through),
            None => return Ok(()),
        }
    }
    Ok(())
}

fn seen(contact: &Contact, config: &Config) -> Sighting {
    let Contact { seen, .. } = contact;
    let name = seen.name.clone();
    let why = if seen.account.is_none() {
        "it belongs to no account"
    } else if !seen.active {
        "its account is not one whose people are watched (accounts.active in the configuration)"
    } else if seen.title.trim().is_empty() && config.watch.titled {
        "it has no job title (watch.titled)"
    } else if !config.watch.covers(seen) {
        "the configuration’s part [watch] leaves it out"
    } else {
        return Sighting::Unchanged(name);
    };
    Sighting::Unwatched(name, why.to_owned())
}
