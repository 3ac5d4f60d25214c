//! Writes one property of one record, if it still holds what it held when the update was proposed.
//!
//! HubSpot has no condition on a write: somebody who edits the same property between the look and the write, a few hundred
//! milliseconds, is overwritten; the property's history in HubSpot shows both.

use domain::Personal;
use domain::ports::{CrmError, FieldUpdate, Updated, UpdatedRecord};
use domain::proposals::is_same_value;
use https::Method;
use serde_json::json;

use super::HubSpot;
use super::fields::{COMPANY, CONTACT, Field, configured, find, properties};

impl HubSpot {
    /// Writes the update; what stands there already was written before.
    pub(super) async fn update(&self, update: &FieldUpdate) -> Result<Updated, CrmError> {
        let (object, id) = match &update.record {
            UpdatedRecord::Contact(id) => ("contacts", id.as_str()),
            UpdatedRecord::Account(id) => ("companies", id.as_str()),
        };
        let field = self.property(object, &update.field).await?;
        let Some(record) = self.api.batch(object, &[id], None, &[&field]).await?.pop() else {
            return Err(CrmError::Unusable(format!("HubSpot's record {id} is gone; its {field} was not written")));
        };
        let now = record.text(&field);
        if is_same_value(now, update.after.reveal()) {
            return Ok(Updated::Written);
        }
        if !is_same_value(now, update.before.reveal()) {
            return Ok(Updated::Changed { now: Personal::new(now) });
        }
        let body = json!({ "properties": { &field: update.after.reveal() } });
        self.api.write(Method::PATCH, &format!("crm/v3/objects/{object}/{id}"), &body).await?;
        Ok(Updated::Written)
    }

    /// The internal name of a property that an update names: one that the configuration maps by its name or its label, as a scan
    /// finds it. A property that HubSpot itself has need not be looked up.
    async fn property(&self, object: &'static str, named: &str) -> Result<String, CrmError> {
        if CONTACT.contains(&named) || COMPANY.contains(&named) {
            return Ok(named.to_owned());
        }
        let is_meant = |field: &Field<'_>| field.object == object && field.configured == named;
        let key = configured(&self.config).into_iter().find(is_meant).map_or("fields", |field| field.key);
        let field = Field { key, object, configured: named };
        find(&properties(&self.api, object).await?, &field).map_err(CrmError::Unusable)
    }
}
