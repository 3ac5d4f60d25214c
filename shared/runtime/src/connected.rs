//! The CRM of a deployment: exports in S3, or one that is asked over the network with the credentials of the secret.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

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
    open: Mutex<Option<Open>>,
}

#[derive(Clone)]
struct Open {
    crm: Arc<dyn LiveCrm>,
    config: String,
    since: Timestamp,
}

impl ConnectedCrm {
    /// The CRM that the template names.
    pub fn of(function: &Function) -> Result<Self, CrmError> {
        let live = function.environment.live.map(|system| {
            let secret = function.environment.secret.clone().unwrap_or_default();
            let secrets = function.clients.secrets(&secret, function.clock.clone());
            Live { system, https: function.https.clone(), secrets, open: Mutex::default() }
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

    /// What a live CRM refuses for good may be refused for credentials that were rotated since: the connection is made anew for the
    /// next try, unless it has just been made.
    fn judged<T>(&self, answered: Result<T, CrmError>) -> Result<T, CrmError> {
        match (answered, &self.live) {
            (Err(CrmError::Unusable(why)), Some(live)) if live.is_forgotten() => Err(CrmError::Unavailable(why.into())),
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
        let known = self.open.lock().unwrap_or_else(PoisonError::into_inner).clone();
        if known.is_some_and(|open| open.config == config.version && now.duration_since(open.since) < FRESH) {
            return Ok(());
        }
        let values = self.secrets.all().await.map_err(|e| CrmError::Unavailable(Box::new(e)))?;
        // The secret's keys are the names of the variables in small letters.
        let variable = |name: &str| values.get(&name.to_lowercase()).map(|value| value.reveal().to_owned());
        let crm = self.system.connect(Stay::AMinute, variable, Arc::clone(&self.https), config, clock);
        let crm =
            crm.map_err(|e| CrmError::Unusable(format!("the secret's values do not open {}: {e}", self.system)))?;
        let open = Open { crm, config: config.version.clone(), since: now };
        *self.open.lock().unwrap_or_else(PoisonError::into_inner) = Some(open);
        Ok(())
    }

    /// Forgets a connection that is not new. Returns whether it did.
    fn is_forgotten(&self) -> bool {
        let mut open = self.open.lock().unwrap_or_else(PoisonError::into_inner);
        let is_old = open.as_ref().is_some_and(|open| Timestamp::now().duration_since(open.since) > NEW);
        if is_old {
            *open = None;
            self.secrets.forget();
        }
        is_old
    }

    fn crm(&self) -> Result<Arc<dyn LiveCrm>, CrmError> {
        let open = self.open.lock().unwrap_or_else(PoisonError::into_inner);
        let closed = || CrmError::Unavailable(format!("{} is not connected", self.system).into());
        open.as_ref().map(|open| Arc::clone(&open.crm)).ok_or_else(closed)
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
