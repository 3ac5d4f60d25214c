//! Deals that are neither won nor lost, tickets that are not closed, and the account's own currency and day.

use std::collections::{BTreeMap, BTreeSet};

use domain::crm::{Opportunity, Ticket};
use domain::ports::CrmError;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use serde_json::Value;

use super::HubSpot;
use super::accounts::ById;
use super::objects::Record;
use super::refusal::{array, listed, text};
use super::values::{amount, day};

const DEAL: [&str; 6] = ["dealname", "dealstage", "amount", "deal_currency_code", "closedate", "createdate"];
const TICKET: [&str; 3] = ["subject", "hs_pipeline_stage", "hs_ticket_priority"];

/// The stages of all pipelines of an object, by id.
struct Stages(BTreeMap<String, Stage>);

struct Stage {
    label: String,
    is_closed: bool,
}

impl HubSpot {
    /// The currency of amounts that name none, and where the account's day begins.
    pub(super) async fn currency(&self) -> Result<String, CrmError> {
        let details = self.api.get("account-info/v3/details", &[]).await?;
        if let Ok(zone) = TimeZone::get(text(&details, "timeZone")) {
            self.api.keeps_days_in(zone);
        }
        Ok(text(&details, "companyCurrency").trim().to_owned())
    }

    /// The deals that are still open.
    pub(super) async fn opportunities(&self, currency: &str, found: &mut ById) -> Result<(), CrmError> {
        let (of, deals) = self.associated_records("deals", &DEAL, found).await?;
        if deals.is_empty() {
            return Ok(());
        }
        let stages = self.stages("deals").await?;
        for (company, ids) in of {
            let Some(account) = found.get_mut(&company) else { continue };
            let open = ids.iter().filter_map(|id| deals.get(id)).filter(|deal| !stages.ends(deal.text("dealstage")));
            account.opportunities = open.map(|deal| self.opportunity(deal, &stages, currency)).collect();
            account.opportunities.sort_by(|a, b| a.close.cmp(&b.close).then_with(|| a.name.cmp(&b.name)));
        }
        Ok(())
    }

    fn opportunity(&self, deal: &Record, stages: &Stages, currency: &str) -> Opportunity {
        let own = Some(deal.text("deal_currency_code")).filter(|own| !own.is_empty()).unwrap_or(currency);
        let value = |property, read| self.asides.value("deals", deal, property, read);
        Opportunity {
            name: deal.text("dealname").to_owned(),
            stage: stages.label(deal.text("dealstage")).to_owned(),
            amount: self.asides.value("deals", deal, "amount", amount(deal.text("amount"), own)),
            close: value("closedate", self.close(deal)),
        }
    }

    /// The day on which a deal should close. One before it was made says nothing.
    fn close(&self, deal: &Record) -> Result<Option<Date>, String> {
        let zone = &self.config.calendar.zone;
        let close = day(deal.text("closedate"), zone)?;
        let made = day(deal.text("createdate"), zone).unwrap_or_default();
        match (close, made) {
            (Some(close), Some(made)) if close < made => Err(format!("it closes on {close} and was made on {made}")),
            (close, _) => Ok(close),
        }
    }

    /// The tickets that are not closed, urgent ones first.
    pub(super) async fn tickets(&self, found: &mut ById) -> Result<(), CrmError> {
        let (of, tickets) = self.associated_records("tickets", &TICKET, found).await?;
        if tickets.is_empty() {
            return Ok(());
        }
        let stages = self.stages("tickets").await?;
        for (company, ids) in of {
            let Some(account) = found.get_mut(&company) else { continue };
            let open = ids.iter().filter_map(|id| tickets.get(id));
            let open = open.filter(|ticket| !stages.ends(ticket.text("hs_pipeline_stage")));
            account.tickets = open
                .map(|ticket| Ticket {
                    number: ticket.id.clone(),
                    subject: ticket.text("subject").to_owned(),
                    priority: ticket.text("hs_ticket_priority").to_lowercase(),
                })
                .collect();
            account.tickets.sort_by_key(|ticket| !ticket.is_urgent());
        }
        Ok(())
    }

    /// The records of an object that are associated with these companies: which belong to which, and what they say.
    async fn associated_records(
        &self,
        object: &str,
        properties: &[&str],
        found: &ById,
    ) -> Result<(BTreeMap<String, Vec<String>>, BTreeMap<String, Record>), CrmError> {
        let companies: Vec<&str> = found.keys().map(String::as_str).collect();
        let of = self.api.associated("companies", object, &companies).await?;
        let ids: BTreeSet<&str> = of.values().flatten().map(String::as_str).collect();
        let ids: Vec<&str> = ids.into_iter().collect();
        let records = self.api.batch(object, &ids, None, properties).await?;
        Ok((of, records.into_iter().map(|record| (record.id.clone(), record)).collect()))
    }

    async fn stages(&self, object: &str) -> Result<Stages, CrmError> {
        let answer = self.api.get(&format!("crm/v3/pipelines/{object}"), &[]).await?;
        let stages = listed(&answer)?.iter().flat_map(|pipeline| array(pipeline, "stages"));
        Ok(Stages(stages.map(|stage| (text(stage, "id").to_owned(), Stage::of(stage))).collect()))
    }
}

impl Stage {
    fn of(stage: &Value) -> Self {
        let metadata = &stage["metadata"];
        let is_closed = text(metadata, "isClosed").eq_ignore_ascii_case("true")
            || metadata["isClosed"] == Value::Bool(true)
            || text(metadata, "ticketState").eq_ignore_ascii_case("closed");
        Self { label: text(stage, "label").to_owned(), is_closed }
    }
}

impl Stages {
    /// Whether nothing comes after this stage. The stages that every account begins with are known by their names.
    fn ends(&self, id: &str) -> bool {
        self.0.get(id).map_or_else(|| ["closedwon", "closedlost"].contains(&id), |stage| stage.is_closed)
    }

    /// What people call it.
    fn label<'a>(&'a self, id: &'a str) -> &'a str {
        self.0.get(id).map(|stage| stage.label.as_str()).filter(|label| !label.is_empty()).unwrap_or(id)
    }
}
