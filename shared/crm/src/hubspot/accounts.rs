//! What HubSpot knows of some companies: themselves, their people, open deals and tickets, and who of us is responsible.

use std::collections::BTreeMap;

use domain::AccountId;
use domain::crm::{AccountPerson, AccountRecord, Contract};
use domain::ports::CrmError;
use domain::recipients::Responsible;

use super::HubSpot;
use super::companies::{Brief, parent};
use super::fields::{Mapped, PARENT};
use super::objects::Record;
use super::person::{company, id, seen};
use super::values::{amount, day, percentage};

/// Where the last talk with a person is noted, the surest first.
const LAST_CONTACT: [&str; 2] = ["notes_last_contacted", "hs_last_sales_activity_timestamp"];

/// Accounts by the id of their company.
pub(super) type ById = BTreeMap<String, AccountRecord>;

impl HubSpot {
    /// The companies that are there, with all that a case may need.
    pub(super) async fn accounts(&self, accounts: &[AccountId]) -> Result<Vec<AccountRecord>, CrmError> {
        let mapped = Mapped::read(&self.api, &self.config, "companies").await?;
        let records = self.companies(accounts, &mapped.of_company()).await?;
        if records.is_empty() {
            return Ok(Vec::new());
        }
        let currency = self.currency().await?;
        let mut found: ById = BTreeMap::new();
        for record in &records {
            found.extend(self.account(record, &mapped, &currency).map(|account| (record.id.clone(), account)));
        }
        let owned: Vec<&str> = records.iter().map(|record| mapped.owner(record)).collect();
        let owners = self.owners.of(&self.api, &owned).await?;
        for record in &records {
            if let Some(account) = found.get_mut(&record.id) {
                account.owner = owners.get(mapped.owner(record)).cloned();
            }
        }
        self.people(&records, &mut found).await?;
        self.opportunities(&currency, &mut found).await?;
        self.tickets(&mut found).await?;
        Ok(accounts.iter().filter_map(|account| found.remove(account.as_str())).collect())
    }

    /// When the contracts of the companies that are there renew, and what they are worth.
    pub(super) async fn contracts(&self, accounts: &[AccountId]) -> Result<Vec<Contract>, CrmError> {
        let mapped = Mapped::read(&self.api, &self.config, "companies").await?;
        let properties: Vec<&str> =
            [&mapped.renewal, &mapped.value].into_iter().flatten().map(String::as_str).collect();
        let records = self.companies(accounts, &properties).await?;
        let currency = if mapped.value.is_some() { self.currency().await? } else { String::new() };
        let contract = |record: &Record| self.account(record, &mapped, &currency).map(Contract::from);
        Ok(records.iter().filter_map(contract).collect())
    }

    /// Who is responsible for the companies that are there.
    pub(super) async fn responsible(
        &self,
        accounts: &[AccountId],
    ) -> Result<BTreeMap<AccountId, Responsible>, CrmError> {
        let mapped = Mapped::read(&self.api, &self.config, "companies").await?;
        let properties: Vec<&str> = ["hubspot_owner_id"].into_iter().chain(mapped.csm.as_deref()).collect();
        let records = self.companies(accounts, &properties).await?;
        let owned: Vec<&str> = records.iter().map(|record| mapped.owner(record)).collect();
        let owners = self.owners.of(&self.api, &owned).await?;
        let found: BTreeMap<&str, &Record> = records.iter().map(|record| (record.id.as_str(), record)).collect();
        let of = |account: &AccountId| {
            let owner = owners.get(mapped.owner(found.get(account.as_str())?)).cloned();
            Some((account.clone(), Responsible { owner, manager: None }))
        };
        Ok(accounts.iter().filter_map(of).collect())
    }

    /// The company that each of these belongs to, of those that belong to one. Those that the pass has read are not asked for.
    pub(super) async fn parents(&self, accounts: &[AccountId]) -> Result<BTreeMap<AccountId, AccountId>, CrmError> {
        let mut parents = self.parents.known(accounts);
        let unknown: Vec<AccountId> = accounts.iter().filter(|id| !parents.contains_key(id)).cloned().collect();
        let read = self.companies(&unknown, &[PARENT]).await?;
        let not_there = unknown.into_iter().map(|account| (account, None));
        let read: BTreeMap<_, _> = not_there.chain(read.iter().filter_map(parent)).collect();
        self.parents.keep(read.clone().into_iter());
        parents.extend(read);
        Ok(parents.into_iter().filter_map(|(account, parent)| Some((account, parent?))).collect())
    }

    async fn companies(&self, accounts: &[AccountId], properties: &[&str]) -> Result<Vec<Record>, CrmError> {
        let ids: Vec<&str> = accounts.iter().map(AccountId::as_str).collect();
        let mut records = self.api.batch("companies", &ids, None, properties).await?;
        records.sort_by(|a, b| a.id.cmp(&b.id));
        records.dedup_by(|a, b| a.id == b.id);
        Ok(records)
    }

    /// What the company's own record says.
    fn account(&self, record: &Record, mapped: &Mapped, currency: &str) -> Option<AccountRecord> {
        let of =
            |property: &Option<String>| property.as_deref().map(|name| (name.to_owned(), record.text(name).to_owned()));
        let number = |property: &Option<String>| {
            let (name, text) = of(property)?;
            self.asides.value("companies", record, &name, percentage(&text))
        };
        let renewal = of(&mapped.renewal).and_then(|(name, text)| {
            self.asides.value("companies", record, &name, day(&text, &self.config.calendar.zone))
        });
        let value = of(&mapped.value)
            .and_then(|(name, text)| self.asides.value("companies", record, &name, amount(&text, currency)));
        Some(AccountRecord {
            id: AccountId::parse(&record.id).ok()?,
            name: record.text("name").to_owned(),
            status: of(&mapped.status).map(|(_, text)| text).unwrap_or_default(),
            health: number(&mapped.health),
            health_before: number(&mapped.health_before),
            renewal,
            value,
            owner: None,
            manager: None,
            people: Vec::new(),
            opportunities: Vec::new(),
            tickets: Vec::new(),
            source: "HubSpot".to_owned(),
            as_of: self.api.now(),
        })
    }

    /// Those whose first company it is: HubSpot lists consultants and former people with other companies as well.
    async fn people(&self, records: &[Record], found: &mut ById) -> Result<(), CrmError> {
        let mapped = Mapped::read(&self.api, &self.config, "contacts").await?;
        let ids: Vec<&str> = records.iter().map(|record| record.id.as_str()).collect();
        let associated = self.api.associated("companies", "contacts", &ids).await?;
        let mut contacts: Vec<&str> = associated.values().flatten().map(String::as_str).collect();
        contacts.sort_unstable();
        contacts.dedup();
        let properties: Vec<&str> = mapped.of_contact().into_iter().chain(LAST_CONTACT).collect();
        let briefs: BTreeMap<&str, Brief> =
            records.iter().map(|record| (record.id.as_str(), Brief::of(record, &self.active))).collect();
        for record in self.api.batch("contacts", &contacts, None, &properties).await? {
            let Some((account, brief)) = company(&record).and_then(|id| Some((found.get_mut(id)?, briefs.get(id)?)))
            else {
                continue;
            };
            match id(&record).and_then(|id| Ok((id, seen(&record, Some(brief), &mapped)?))) {
                Ok((contact, seen)) => {
                    let last_contact = LAST_CONTACT.iter().find_map(|property| {
                        let read = day(record.text(property), &self.config.calendar.zone);
                        self.asides.value("contacts", &record, property, read)
                    });
                    account.people.push(AccountPerson { contact, seen, last_contact });
                }
                Err((property, reason)) => self.asides.add("contacts", &record, property, reason),
            }
        }
        found.values_mut().for_each(|account| account.people.sort_by(|a, b| a.contact.cmp(&b.contact)));
        Ok(())
    }
}
