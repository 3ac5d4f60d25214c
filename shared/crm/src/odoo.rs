//! Odoo 14 and later as a CRM, over JSON-RPC: people and companies are partners, notes go to the chatter, steps become activities.

mod settings;
mod contacts;
mod companies;
mod accounts;
mod people;
mod chatter;
mod html;
mod update;
mod examine;
mod mapping;
mod row;
mod aside;
mod rpc;
mod trouble;

use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::{Arc, Mutex, PoisonError};

use async_trait::async_trait;
use domain::config::Config;
use domain::crm::{AccountRecord, Contract};
use domain::ports::{
    Clock, ContactPage, ContactQuery, Crm, CrmError, FieldUpdate, LogEntry, LogState, SetAside, Updated,
};
use domain::recipients::Responsible;
use domain::{AccountId, ContactId};
use https::Https;
use serde_json::{Value, json};

use crate::{Checked, LiveCrm};
use aside::Aside;
use mapping::Mapping;
use row::Row;
use rpc::Rpc;
pub use settings::OdooSettings;
use trouble::Trouble;

/// People, companies and addresses.
const PARTNER: &str = "res.partner";
/// Records that one request brings. Odoo has no limit of its own; this many are read within seconds and take 2 MB.
const PAGE: usize = 5_000;
/// The longest name, title or address, in bytes, as in an export.
const LONGEST: usize = 2_000;
/// Models of apps that may be missing.
const OPTIONAL: [&str; 4] = ["crm.lead", "crm.team", "helpdesk.ticket", "hr.employee.public"];

/// An Odoo over JSON-RPC.
pub struct OdooCrm {
    rpc: Rpc,
    fields: domain::config::Fields,
    /// What the tags of active companies begin with.
    active: String,
    clock: Arc<dyn Clock + Send + Sync>,
    aside: Aside,
    /// What there is of the configured fields, once it was looked at.
    mapping: Mutex<Option<Arc<Mapping>>>,
    /// Names of tags by their numbers.
    tags: Mutex<Arc<HashMap<i64, String>>>,
    /// Which partner the companies belong to that this pass has met.
    parents: Mutex<HashMap<i64, Option<i64>>>,
    /// Which of the optional models there are.
    models: Mutex<Option<Arc<HashSet<String>>>>,
    /// Three letters of the company's own currency.
    currency: Mutex<Option<String>>,
}

impl OdooCrm {
    /// An Odoo as the settings name it, read as the configuration says.
    pub fn new(
        settings: OdooSettings,
        https: Arc<Https>,
        config: &Config,
        clock: Arc<dyn Clock + Send + Sync>,
    ) -> Self {
        Self {
            rpc: Rpc::new(settings, https),
            fields: config.fields.clone(),
            active: config.accounts.active.clone(),
            clock,
            aside: Aside::default(),
            mapping: Mutex::default(),
            tags: Mutex::default(),
            parents: Mutex::default(),
            models: Mutex::default(),
            currency: Mutex::default(),
        }
    }

    /// Which fields of partners are read. Asked once.
    async fn mapping(&self) -> Result<Arc<Mapping>, CrmError> {
        if let Some(known) = kept(&self.mapping) {
            return Ok(known);
        }
        let found = Mapping::of(&self.partner_fields().await?, &self.fields);
        let mapping = Arc::new(found.map_err(|problems| CrmError::Unusable(problems.join("; ")))?);
        Ok(keep(&self.mapping, mapping))
    }

    /// Every field of partners with its type.
    async fn partner_fields(&self) -> Result<BTreeMap<String, mapping::Field>, Trouble> {
        self.rpc.call(PARTNER, "fields_get", json!([]), json!({ "attributes": ["type"] })).await
    }

    /// The names of tags, read again where one of those that are asked for is not known.
    async fn tags(&self, wanted: impl IntoIterator<Item = i64>) -> Result<Arc<HashMap<i64, String>>, CrmError> {
        let known = Arc::clone(&self.tags.lock().unwrap_or_else(PoisonError::into_inner));
        if wanted.into_iter().all(|tag| known.contains_key(&tag)) {
            return Ok(known);
        }
        let rows = self.all("res.partner.category", json!([]), &["name"]).await?;
        let tags = rows.iter().map(|row| Ok((row.id()?, row.text("name")))).collect::<Result<_, CrmError>>()?;
        let tags = Arc::new(tags);
        *self.tags.lock().unwrap_or_else(PoisonError::into_inner) = Arc::clone(&tags);
        Ok(tags)
    }

    /// What was learned of tags and companies may be another by the next pass.
    fn begin_pass(&self) {
        *self.tags.lock().unwrap_or_else(PoisonError::into_inner) = Arc::default();
        self.parents.lock().unwrap_or_else(PoisonError::into_inner).clear();
    }

    /// Which of the optional models there are.
    async fn models(&self) -> Result<Arc<HashSet<String>>, CrmError> {
        if let Some(known) = kept(&self.models) {
            return Ok(known);
        }
        let rows = self.optional("ir.model", json!([["model", "in", OPTIONAL]]), &["model"]).await?;
        Ok(keep(&self.models, Arc::new(rows.iter().map(|row| row.text("model")).collect())))
    }

    /// The currency of what no record names one for.
    async fn currency(&self) -> Result<String, CrmError> {
        if let Some(known) = kept(&self.currency) {
            return Ok(known);
        }
        let rows = self.rpc.read("res.company", json!([]), &["currency_id"], 1).await?;
        Ok(keep(&self.currency, rows.first().map(|row| row.text("currency_id")).unwrap_or_default()))
    }

    /// All records of a model that a domain names, archived ones too.
    async fn all(&self, model: &str, domain: Value, fields: &[&str]) -> Result<Vec<Row>, Trouble> {
        let mut all: Vec<Row> = Vec::new();
        loop {
            let last = all.last().map_or(Ok(0), Row::id)?;
            let mut domain = domain.clone();
            if let Some(terms) = domain.as_array_mut().filter(|_| last > 0) {
                terms.push(json!(["id", ">", last]));
            }
            let page = self.rpc.read(model, domain, fields, PAGE).await?;
            let through = page.len() < PAGE;
            all.extend(page);
            if through {
                return Ok(all);
            }
        }
    }

    /// The same of what a case can do without: where the user may not read it, that is told and nothing is given.
    async fn optional(&self, model: &str, domain: Value, fields: &[&str]) -> Result<Vec<Row>, CrmError> {
        match self.all(model, domain, fields).await {
            Err(Trouble::Forbidden(_)) => {
                let reason = format!("left out: give the user of ODOO_LOGIN the right to read {model}");
                self.aside.add(model, 0, None, reason);
                Ok(Vec::new())
            }
            read => Ok(read?),
        }
    }
}

fn kept<T: Clone>(place: &Mutex<Option<T>>) -> Option<T> {
    place.lock().unwrap_or_else(PoisonError::into_inner).clone()
}

fn keep<T: Clone>(place: &Mutex<Option<T>>, value: T) -> T {
    *place.lock().unwrap_or_else(PoisonError::into_inner) = Some(value.clone());
    value
}

/// The number of a record. Odoo counts its records, so another text is of another system.
fn number(id: &str) -> Result<i64, CrmError> {
    id.parse().map_err(|_| {
        CrmError::Unusable(format!("{id} is no id of Odoo's, whose ids are numbers; was it read from another CRM?"))
    })
}

fn numbers(accounts: &[AccountId]) -> Result<Vec<i64>, CrmError> {
    accounts.iter().map(|account| number(account.as_str())).collect()
}

#[async_trait]
impl Crm for OdooCrm {
    fn system(&self) -> &str {
        "odoo"
    }

    async fn contacts(&self, query: &ContactQuery<'_>) -> Result<ContactPage, CrmError> {
        if query.after.is_none() {
            self.begin_pass();
        }
        contacts::page(self, query).await
    }

    async fn cuts(&self, least: usize, most: usize) -> Result<Vec<ContactId>, CrmError> {
        contacts::cuts(self, least, most).await
    }

    fn tells_changes(&self) -> bool {
        true
    }

    async fn parents(&self, accounts: &[AccountId]) -> Result<BTreeMap<AccountId, AccountId>, CrmError> {
        companies::parents(self, accounts).await
    }

    async fn accounts(&self, accounts: &[AccountId]) -> Result<Vec<AccountRecord>, CrmError> {
        accounts::read(self, accounts).await
    }

    fn accounts_at_once(&self) -> usize {
        200
    }

    async fn contracts(&self, accounts: &[AccountId]) -> Result<Vec<Contract>, CrmError> {
        accounts::contracts(self, accounts).await
    }

    async fn responsible(&self, accounts: &[AccountId]) -> Result<BTreeMap<AccountId, Responsible>, CrmError> {
        accounts::responsible(self, accounts).await
    }

    async fn log(&self, entry: &LogEntry) -> Result<(), CrmError> {
        chatter::log(self, entry).await
    }

    async fn log_state(&self, state: &LogState) -> Result<(), CrmError> {
        chatter::log_state(self, state).await
    }

    async fn update(&self, update: &FieldUpdate) -> Result<Updated, CrmError> {
        update::write(self, update).await
    }

    fn set_aside(&self) -> Vec<SetAside> {
        self.aside.all()
    }

    /// Odoo never gives a record without its id.
    fn is_blind(&self) -> bool {
        false
    }
}

#[async_trait]
impl LiveCrm for OdooCrm {
    async fn examine(&self) -> Vec<Checked> {
        examine::all(self).await
    }

    fn requests(&self) -> u64 {
        self.rpc.asked()
    }

    fn as_crm(&self) -> &dyn Crm {
        self
    }
}
