//! Records of HubSpot and what is asked of them: batches by id, searches, and which are associated with which.

use std::collections::BTreeMap;

use domain::ports::CrmError;
use serde_json::{Value, json};

use super::api::Api;
use super::refusal::{Refused, array, listed, text};

/// Records that one batch holds.
const BATCH: usize = 100;
/// Records whose associations one request reads (associations v4).
const ASSOCIATED: usize = 1_000;
/// The most characters that the body of a search may have.
pub(super) const LONGEST_SEARCH: usize = 3_000;
/// The most records that a page of a search may have.
pub(super) const PAGE: usize = 200;

/// A record, with the properties that were asked for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Record {
    /// Its id.
    pub id: String,
    properties: BTreeMap<String, String>,
}

/// In which order a search gives what it finds. To say so takes characters, which are counted.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Order {
    /// In the order of the ids.
    ById,
    /// In any.
    Any,
}

/// A page of a search.
pub(super) struct Found {
    /// The records.
    pub records: Vec<Record>,
    /// How many there are with those on later pages.
    pub total: u64,
}

impl Record {
    fn read(value: &Value) -> Option<Self> {
        let id = as_text(&value["id"])?;
        let properties = value["properties"].as_object()?.iter();
        let properties = properties.filter_map(|(name, value)| Some((name.clone(), as_text(value)?))).collect();
        Some(Self { id, properties })
    }

    /// A property as it stands; blank where it is empty, was not asked for, or does not exist.
    pub(super) fn raw(&self, property: &str) -> &str {
        self.properties.get(property).map(String::as_str).unwrap_or_default()
    }

    /// The same without blanks around it.
    pub(super) fn text(&self, property: &str) -> &str {
        self.raw(property).trim()
    }

    /// The id as a number, for the order of records and for whoever looks for a row.
    pub(super) fn number(&self) -> u64 {
        self.id.parse().unwrap_or_default()
    }
}

impl Api {
    /// Reads records by their ids, or by another property whose values are unique; what is not there is left out.
    pub(super) async fn batch(
        &self,
        object: &str,
        ids: &[&str],
        by: Option<&str>,
        properties: &[&str],
    ) -> Result<Vec<Record>, CrmError> {
        let mut found = Vec::with_capacity(ids.len());
        for some in ids.chunks(BATCH) {
            let inputs: Vec<Value> = some.iter().map(|id| json!({ "id": id })).collect();
            let mut body = json!({ "inputs": inputs, "properties": properties, "propertiesWithHistory": [] });
            if let Some(property) = by {
                body["idProperty"] = property.into();
            }
            match self.read(&format!("crm/v3/objects/{object}/batch/read"), &body).await {
                Ok(answer) => found.extend(records(&whole(answer)?)?),
                // None of them is there.
                Err(Refused::NotThere) => {}
                Err(refused) => return Err(refused.into()),
            }
        }
        Ok(found)
    }

    /// The first page of the records that pass these filters.
    pub(super) async fn found(
        &self,
        object: &str,
        filters: &[Value],
        properties: &[&str],
        order: Order,
    ) -> Result<Found, CrmError> {
        let body = search_body(filters, properties, order);
        let answer = self.search(&format!("crm/v3/objects/{object}/search"), body).await?;
        let records = records(&answer)?;
        match answer["total"].as_u64() {
            Some(total) if total == 0 || !records.is_empty() => Ok(Found { records, total }),
            _ => Err(CrmError::Unavailable(
                format!("a page of HubSpot's {object} does not say what it leaves out").into(),
            )),
        }
    }

    /// The ids of the records that are associated with each of these, ascending; those with none are left out.
    pub(super) async fn associated(
        &self,
        from: &str,
        to: &str,
        ids: &[&str],
    ) -> Result<BTreeMap<String, Vec<String>>, CrmError> {
        let mut found: BTreeMap<String, Vec<String>> = BTreeMap::new();
        let mut inputs: Vec<Value> = ids.iter().map(|id| json!({ "id": id })).collect();
        while !inputs.is_empty() {
            let rest = inputs.split_off(inputs.len().min(ASSOCIATED));
            let path = format!("crm/v4/associations/{from}/{to}/batch/read");
            let answer = match self.read(&path, &json!({ "inputs": inputs })).await {
                Ok(answer) => whole(answer)?,
                Err(Refused::NotThere) => json!({ "results": [] }),
                Err(refused) => return Err(refused.into()),
            };
            inputs = rest;
            for result in listed(&answer)? {
                let Some(id) = as_text(&result["from"]["id"]) else { continue };
                let to = array(result, "to").iter().filter_map(|to| as_text(&to["toObjectId"]));
                found.entry(id.clone()).or_default().extend(to);
                if let Some(after) = as_text(&result["paging"]["next"]["after"]) {
                    inputs.push(json!({ "id": id, "after": after }));
                }
            }
        }
        for ids in found.values_mut() {
            ids.sort_by(|a, b| a.len().cmp(&b.len()).then_with(|| a.cmp(b)));
            ids.dedup();
        }
        Ok(found)
    }
}

/// One filter of a search.
pub(super) fn filter(property: &str, operator: &str, value: &str) -> Value {
    json!({ "propertyName": property, "operator": operator, "value": value })
}

/// The body of a search.
pub(super) fn search_body(filters: &[Value], properties: &[&str], order: Order) -> String {
    let mut body = json!({ "filterGroups": [{ "filters": filters }], "properties": properties, "limit": PAGE });
    if order == Order::ById {
        body["sorts"] = json!([{ "propertyName": "hs_object_id", "direction": "ASCENDING" }]);
    }
    body.to_string()
}

/// A batch of which some items failed for another reason than that they are not there is none: it is asked for again.
pub(super) fn whole(answer: Value) -> Result<Value, CrmError> {
    let failed = |error: &&Value| {
        let missing = ["OBJECT_NOT_FOUND", "NOT_FOUND", "NO_ASSOCIATIONS_FOUND"];
        let kinds = [text(error, "category"), text(error, "subCategory").rsplit('.').next().unwrap_or_default()];
        !kinds.iter().any(|kind| missing.contains(kind))
    };
    match array(&answer, "errors").iter().find(failed) {
        None => Ok(answer),
        Some(_) => Err(CrmError::Unavailable("HubSpot did a part of a batch only".into())),
    }
}

fn records(answer: &Value) -> Result<Vec<Record>, CrmError> {
    let without = || CrmError::Unavailable("an answer of HubSpot's holds a record without id".into());
    listed(answer)?.iter().map(|record| Record::read(record).ok_or_else(without)).collect()
}

/// A value as text: ids are numbers in some answers and texts in others.
pub(super) fn as_text(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        Value::Bool(yes) => Some(yes.to_string()),
        Value::Null | Value::Array(_) | Value::Object(_) => None,
    }
}
