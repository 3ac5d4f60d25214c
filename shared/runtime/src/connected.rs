//! The CRM of a deployment: exports in S3, or one that is asked over the network with the credentials of the secret.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use async_trait::async_trait;
use aws::{MailsInS3, Secrets};
use crm::{LiveCrm, Stay, System};
use domain::config::Config;
use domain::crm::{AccountRecord, Contract};
use domain::ports::{
    Clock, ContactPage, ContactQuery, Crm, CrmError, FieldUpdate, LogEntry, LogState, PeopleError, SetAside, Updated,
};
use domain::recipients::Responsible;
use domain::{AccountId, ContactId};
use https::Https;
use jiff::{SignedDuration, Timestamp};
use people::JobsCsv;

use crate::{ExportsCrm, Function};

/// So long a connection is used before the credentials are read again: a rotated one is soon in use.
const FRESH: SignedDuration = SignedDuration::from_mins(5);

/// A connection this young was opened with the credentials as they are.
const NEW: SignedDuration = SignedDuration::from_secs(30);

/// The CRM of a deployment.
pub struct ConnectedCrm {
    exports: ExportsCrm,
    live: Option<Live>,
}

/// A CRM that is asked over the network.
struct Live {
    system: System,
    https: Arc<Https>,
    secrets: Secrets,
    connection: Connection,
}

/// What a CRM is asked through.
#[derive(Default)]
struct Connection(Mutex<Option<Open>>);

struct Open {
    crm: Arc<dyn LiveCrm>,
    config: String,
    since: Timestamp,
    /// The credentials may have been rotated since: the next invocation opens it anew.
    doubted: bool,
}

impl ConnectedCrm {
    /// The CRM that the template names.
    pub fn of(function: &Function) -> Result<Self, CrmError> {
        let live = function.environment.live.map(|system| {
            let secret = function.environment.secret.clone().unwrap_or_default();
            let secrets = function.clients.secrets(&secret, function.clock.clone());
            Live { system, https: function.https.clone(), secrets, connection: Connection::default() }
        });
        Ok(Self { exports: ExportsCrm::of(function)?, live })
    }

    /// Makes ready to read: brings the newest export, or connects.
    pub async fn open(&self, config: &Config, clock: &Arc<impl Clock + 'static>) -> Result<(), CrmError> {
        match &self.live {
            Some(live) => live.open(config, Arc::clone(clock) as Arc<dyn Clock>).await,
            None => self.exports.open(config, &**clock).await,
        }
    }

    /// Makes ready to write only, for which no export is needed.
    pub async fn open_to_write(&self, config: &Config, clock: &Arc<impl Clock + 'static>) -> Result<(), CrmError> {
        match &self.live {
            Some(live) => live.open(config, Arc::clone(clock) as Arc<dyn Clock>).await,
            None => Ok(()),
        }
    }

    /// The mails that came back, below the exports.
    pub fn mails(&self, function: &Function) -> Result<MailsInS3, CrmError> {
        self.exports.mails(function)
    }

    /// The list of observed jobs that lies beside the open export, if there is one.
    pub fn jobs(&self) -> Result<Option<JobsCsv>, PeopleError> {
        self.exports.jobs()
    }

    /// How many requests a CRM over the network was asked since its connection was opened.
    pub fn requests(&self) -> Option<u64> {
        self.live.as_ref().and_then(|live| live.crm().ok()).map(|crm| crm.requests())
    }

    /// What a live CRM refuses for good may be refused for credentials that were rotated since: the next invocation connects anew and
    /// tries again, unless the connection has just been made. Whatever else this one has to ask goes through it still.
    fn judged<T>(&self, answered: Result<T, CrmError>) -> Result<T, CrmError> {
        match (answered, &self.live) {
            (Err(CrmError::Unusable(why)), Some(live)) if live.doubt() => Err(CrmError::Unavailable(why.into())),
            (answered, _) => answered,
        }
    }

    fn crm(&self) -> Result<Arc<dyn Crm + '_>, CrmError> {
        Ok(match &self.live {
            Some(live) => live.crm()?,
            None => self.exports.crm()?,
        })
    }
}

impl Live {
    async fn open(&self, config: &Config, clock: Arc<dyn Clock>) -> Result<(), CrmError> {
        let now = clock.now();
        if self.connection.is_good(&config.version, now) {
            return Ok(());
        }
        let variable = self.secrets.variables().await.map_err(|e| CrmError::Unavailable(Box::new(e)))?;
        let crm = self.system.connect(Stay::AMinute, variable, Arc::clone(&self.https), config, clock);
        let crm =
            crm.map_err(|e| CrmError::Unusable(format!("the secret's values do not open {}: {e}", self.system)))?;
        self.connection.put(Open { crm, config: config.version.clone(), since: now, doubted: false });
        Ok(())
    }

    /// Whether the next invocation connects anew, with credentials as they are by then.
    fn doubt(&self) -> bool {
        let doubted = self.connection.doubt(Timestamp::now());
        if doubted {
            self.secrets.forget();
        }
        doubted
    }

    fn crm(&self) -> Result<Arc<dyn LiveCrm>, CrmError> {
        let closed = || CrmError::Unavailable(format!("{} is not connected", self.system).into());
        self.connection.crm().ok_or_else(closed)
    }
}

impl Connection {
    /// Whether an invocation that begins now may use it.
    fn is_good(&self, config: &str, now: Timestamp) -> bool {
        let is_good = |open: &Open| !open.doubted && open.config == config && now.duration_since(open.since) < FRESH;
        self.open().as_ref().is_some_and(is_good)
    }

    fn put(&self, open: Open) {
        *self.open() = Some(open);
    }

    fn crm(&self) -> Option<Arc<dyn LiveCrm>> {
        self.open().as_ref().map(|open| Arc::clone(&open.crm))
    }

    /// Doubts it, unless it is new. It serves the invocation that is under way to its end. Returns whether it is doubted.
    fn doubt(&self, now: Timestamp) -> bool {
        let mut open = self.open();
        let Some(open) = open.as_mut() else { return false };
        open.doubted |= now.duration_since(open.since) > NEW;
        open.doubted
    }

    fn open(&self) -> MutexGuard<'_, Option<Open>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[async_trait]
impl Crm for ConnectedCrm {
    fn system(&self) -> &str {
        match &self.live {
            Some(live) => live.system.as_str(),
            None => self.exports.system(),
        }
    }

    async fn contacts(&self, query: &ContactQuery<'_>) -> Result<ContactPage, CrmError> {
        self.judged(self.crm()?.contacts(query).await)
    }

    async fn cuts(&self, least: usize, most: usize) -> Result<Vec<ContactId>, CrmError> {
        self.judged(self.crm()?.cuts(least, most).await)
    }

    fn tells_changes(&self) -> bool {
        self.crm().is_ok_and(|crm| crm.tells_changes())
    }

    async fn parents(&self, accounts: &[AccountId]) -> Result<BTreeMap<AccountId, AccountId>, CrmError> {
        self.judged(self.crm()?.parents(accounts).await)
    }

    async fn accounts(&self, accounts: &[AccountId]) -> Result<Vec<AccountRecord>, CrmError> {
        self.judged(self.crm()?.accounts(accounts).await)
    }

    fn accounts_at_once(&self) -> usize {
        self.crm().map_or(usize::MAX, |crm| crm.accounts_at_once())
    }

    async fn contracts(&self, accounts: &[AccountId]) -> Result<Vec<Contract>, CrmError> {
        self.judged(self.crm()?.contracts(accounts).await)
    }

    async fn responsible(&self, accounts: &[AccountId]) -> Result<BTreeMap<AccountId, Responsible>, CrmError> {
        self.judged(self.crm()?.responsible(accounts).await)
    }

    async fn log(&self, entry: &LogEntry) -> Result<(), CrmError> {
        match &self.live {
            Some(live) => self.judged(live.crm()?.log(entry).await),
            None => self.exports.log(entry).await,
        }
    }

    async fn log_state(&self, state: &LogState) -> Result<(), CrmError> {
        match &self.live {
            Some(live) => self.judged(live.crm()?.log_state(state).await),
            None => self.exports.log_state(state).await,
        }
    }

    async fn update(&self, update: &FieldUpdate) -> Result<Updated, CrmError> {
        match &self.live {
            Some(live) => self.judged(live.crm()?.update(update).await),
            None => self.exports.update(update).await,
        }
    }

    fn set_aside(&self) -> Vec<SetAside> {
        self.crm().map(|crm| crm.set_aside()).unwrap_or_default()
    }

    fn is_blind(&self) -> bool {
        self.crm().is_ok_and(|crm| crm.is_blind())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::ports::FixedClock;
    use https::Reach;

    fn connection(since: Timestamp) -> Connection {
        let https = Arc::new(Https::new(Reach::public()).unwrap());
        let token = |name: &str| (name == "HUBSPOT_TOKEN").then(|| "pat-1".to_owned());
        let clock = Arc::new(FixedClock(since));
        let crm = System::HubSpot.connect(Stay::AMinute, token, https, &Config::shipped(), clock).unwrap();
        let connection = Connection::default();
        connection.put(Open { crm, config: "1".to_owned(), since, doubted: false });
        connection
    }

    #[test]
    fn a_connection_that_is_doubted_serves_its_invocation_to_the_end_and_the_next_one_not_at_all() {
        let since: Timestamp = "2026-11-02T07:00:00Z".parse().unwrap();
        let connection = connection(since);
        let later = since + SignedDuration::from_mins(1);
        assert!(connection.is_good("1", later) && !connection.is_good("2", later));
        assert!(!connection.doubt(since + NEW), "it was made with the credentials as they are");
        assert!(connection.is_good("1", later));
        for _ in 0..2 {
            assert!(connection.doubt(later) && connection.crm().is_some());
        }
        assert!(!connection.is_good("1", later));
    }

    #[test]
    fn a_connection_is_made_anew_after_a_while_and_nothing_is_doubted_before_there_is_one() {
        let since: Timestamp = "2026-11-02T07:00:00Z".parse().unwrap();
        assert!(!connection(since).is_good("1", since + FRESH));
        assert!(!Connection::default().doubt(since) && Connection::default().crm().is_none());
    }
}
