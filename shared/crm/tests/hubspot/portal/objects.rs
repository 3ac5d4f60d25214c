//! Records one at a time: made, changed, merged, archived, listed.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::{State, refused, reply};
use crate::server::{Reply, Request};

/// A record.
#[derive(Clone, Debug, Default)]
pub(crate) struct Object {
    pub properties: BTreeMap<String, String>,
    pub archived: bool,
    /// What a search sees of it.
    pub indexed: Option<BTreeMap<String, String>>,
    /// It answers to these ids too.
    pub merged: Vec<u64>,
}

/// The properties that every account has, and two of its own.
pub(super) fn properties() -> BTreeMap<&'static str, Vec<(&'static str, &'static str)>> {
    let of = |names: &[&'static str]| names.iter().map(|name| (*name, *name)).collect::<Vec<_>>();
    let mut contacts = of(&[
        "firstname",
        "lastname",
        "jobtitle",
        "email",
        "phone",
        "mobilephone",
        "associatedcompanyid",
        "hs_buying_role",
        "hs_email_hard_bounce_reason_enum",
        "lastmodifieddate",
        "createdate",
        "hs_object_id",
        "hs_updated_by_user_id",
        "hs_merged_object_ids",
        "notes_last_contacted",
        "hs_last_sales_activity_timestamp",
    ]);
    contacts.extend([("left_company", "No longer there"), ("key_contact", "Key contact")]);
    let mut companies =
        of(&["name", "type", "lifecyclestage", "hubspot_owner_id", "hs_parent_company_id", "hs_object_id"]);
    companies.extend([("contract_end", "Renewal date"), ("arr", "ARR"), ("health", "Health"), ("csm", "CSM")]);
    let deals = of(&["dealname", "dealstage", "amount", "deal_currency_code", "closedate", "createdate"]);
    let tickets = of(&["subject", "hs_pipeline_stage", "hs_ticket_priority"]);
    let notes = of(&["hs_note_body", "hs_timestamp", "hubspot_owner_id", "hs_createdate"]);
    let tasks = of(&[
        "hs_task_subject",
        "hs_task_body",
        "hs_task_status",
        "hs_task_priority",
        "hs_task_type",
        "hs_timestamp",
        "hubspot_owner_id",
        "hs_createdate",
    ]);
    [
        ("contacts", contacts),
        ("companies", companies),
        ("deals", deals),
        ("tickets", tickets),
        ("notes", notes),
        ("tasks", tasks),
    ]
    .into()
}

impl State {
    /// Makes a record, as people do in HubSpot's interface. Returns its id.
    pub(crate) fn make(&mut self, object: &'static str, properties: &[(&str, &str)]) -> u64 {
        let id = self.next_id;
        self.next_id += 1;
        let own = BTreeMap::from([("hs_object_id".to_owned(), id.to_string())]);
        self.objects.get_mut(object).unwrap().insert(id, Object { properties: own, ..Object::default() });
        let created = self.now.to_string();
        self.change(object, id, &[("createdate", &created), ("hs_createdate", &created)]);
        self.change(object, id, properties);
        id
    }

    /// Changes a record.
    pub(crate) fn change(&mut self, object: &str, id: u64, properties: &[(&str, &str)]) {
        let (now, lags) = (self.now, self.lags);
        let record = self.objects.get_mut(object).unwrap().get_mut(&id).unwrap();
        record.properties.extend(properties.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())));
        for stamp in ["lastmodifieddate", "hs_lastmodifieddate"] {
            record.properties.insert(stamp.to_owned(), now.to_string());
        }
        if !lags {
            record.indexed = Some(record.properties.clone());
        }
    }

    /// The index of searches has caught up.
    pub(crate) fn settle(&mut self) {
        self.lags = false;
        for record in self.objects.values_mut().flat_map(BTreeMap::values_mut) {
            record.indexed = Some(record.properties.clone());
        }
    }

    /// Moves a record to the bin.
    pub(crate) fn archive(&mut self, object: &str, id: u64) {
        self.objects.get_mut(object).unwrap().get_mut(&id).unwrap().archived = true;
    }

    /// Merges one contact into another one, whose id is kept.
    pub(crate) fn merge(&mut self, winner: u64, loser: u64) {
        self.archive("contacts", loser);
        self.objects.get_mut("contacts").unwrap().get_mut(&winner).unwrap().merged.push(loser);
        self.change("contacts", winner, &[("hs_merged_object_ids", &loser.to_string())]);
    }

    /// Associates two records.
    pub(crate) fn associate(&mut self, from: &str, id: u64, to: &str, other: u64) {
        self.associations.insert((from.to_owned(), id, to.to_owned(), other));
        self.associations.insert((to.to_owned(), other, from.to_owned(), id));
    }

    /// A record by an id it answers to.
    pub(super) fn record(&self, object: &str, id: &str) -> Option<(u64, &Object)> {
        let id: u64 = id.parse().ok()?;
        let records = self.objects.get(object)?;
        let answers = |record: &Object| !record.archived && record.merged.contains(&id);
        let merged = || records.iter().find(|(_, record)| answers(record)).map(|(id, record)| (*id, record));
        records.get(&id).map(|record| (id, record)).filter(|(_, record)| !record.archived).or_else(merged)
    }

    /// A record as it is given: of the properties that exist those that were asked for.
    pub(super) fn shown(&self, object: &str, id: u64, record: &Object, asked: &[String]) -> Value {
        let always = ["hs_object_id", "createdate", "lastmodifieddate"].map(str::to_owned);
        let exists = |name: &str| self.properties[object].iter().any(|(known, _)| *known == name);
        let names = asked.iter().chain(&always).filter(|name| exists(name) || record.properties.contains_key(*name));
        let properties: serde_json::Map<String, Value> =
            names.map(|name| (name.clone(), record.properties.get(name).map_or(Value::Null, |v| json!(v)))).collect();
        json!({ "id": id.to_string(), "properties": properties, "createdAt": record.properties["createdate"],
            "updatedAt": record.properties["lastmodifieddate"], "archived": record.archived })
    }

    pub(super) fn create(&mut self, object: &str, body: &Value) -> Reply {
        match self.forbids(object, true) {
            Some(refused) => refused,
            None => match self.create_one(object, body) {
                Ok(record) => reply(201, &record),
                Err(refused) => refused,
            },
        }
    }

    pub(super) fn create_one(&mut self, object: &str, body: &Value) -> Result<Value, Reply> {
        let Some((object, _)) = self.objects.get_key_value(object) else { return Err(not_found()) };
        let object: &'static str = object;
        let properties = texts(&body["properties"]);
        self.check(object, &properties)?;
        let email = properties.get("email");
        let taken = self.objects[object].iter().find(|(_, known)| {
            object == "contacts" && !known.archived && email.is_some() && known.properties.get("email") == email
        });
        if let Some((id, _)) = taken {
            let message = format!("Contact already exists. Existing ID: {id}");
            return Err(refused(409, "CONFLICT", &message, json!([])));
        }
        let associations = body["associations"].as_array().cloned().unwrap_or_default();
        let mut others = Vec::new();
        for association in &associations {
            others.push(self.other_end(object, association)?);
        }
        let properties: Vec<(&str, &str)> =
            properties.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        let id = self.make(object, &properties);
        for (to, other) in others {
            self.associate(object, id, to, other);
        }
        let asked: Vec<String> = properties.iter().map(|(name, _)| (*name).to_owned()).collect();
        Ok(self.shown(object, id, &self.objects[object][&id], &asked))
    }

    /// The record that an association leads to, by the numbers that HubSpot has given to the kinds of them.
    fn other_end(&self, object: &str, association: &Value) -> Result<(&'static str, u64), Reply> {
        let kind = association["types"][0]["associationTypeId"].as_u64();
        let to = match (object, kind) {
            ("notes", Some(202)) | ("tasks", Some(204)) => "contacts",
            ("notes", Some(190)) | ("tasks", Some(192)) => "companies",
            _ => return Err(refused(400, "VALIDATION_ERROR", "invalid association type", json!([]))),
        };
        let id = association["to"]["id"].as_str().unwrap_or_default();
        let there = self.record(to, id).filter(|(own, _)| own.to_string() == id);
        there
            .map(|(id, _)| (to, id))
            .ok_or_else(|| refused(400, "VALIDATION_ERROR", "some associations are not valid", json!([])))
    }

    /// Properties that do not exist cannot be written, and no value that is too long.
    fn check(&self, object: &str, properties: &BTreeMap<String, String>) -> Result<(), Reply> {
        if properties.values().any(|value| value.chars().count() > 65_536) {
            return Err(refused(400, "VALIDATION_ERROR", "Property values were not valid", json!([])));
        }
        let unknown = properties.keys().find(|name| !self.properties[object].iter().any(|(known, _)| known == name));
        match unknown {
            None => Ok(()),
            Some(name) => {
                let errors = json!([{ "message": format!("Property \"{name}\" does not exist"), "code": "PROPERTY_DOESNT_EXIST",
                    "context": { "propertyName": [name] } }]);
                Err(refused(400, "VALIDATION_ERROR", "Property values were not valid", errors))
            }
        }
    }

    pub(super) fn patch(&mut self, object: &str, id: &str, body: &Value) -> Reply {
        if let Some(refused) = self.forbids(object, true) {
            return refused;
        }
        match self.patch_one(object, id, body) {
            Ok(record) => reply(200, &record),
            Err(refused) => refused,
        }
    }

    pub(super) fn patch_one(&mut self, object: &str, id: &str, body: &Value) -> Result<Value, Reply> {
        let properties = texts(&body["properties"]);
        let Some((id, _)) = self.record(object, id) else { return Err(not_found()) };
        self.check(object, &properties)?;
        let changes: Vec<(&str, &str)> =
            properties.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        self.change(object, id, &changes);
        Ok(self.shown(object, id, &self.objects[object][&id], &properties.keys().cloned().collect::<Vec<_>>()))
    }

    pub(super) fn one(&self, object: &str, id: &str, request: &Request) -> Reply {
        let asked = request.list("properties");
        match self.record(object, id) {
            Some((id, record)) => reply(200, &self.shown(object, id, record, &asked)),
            None => not_found(),
        }
    }

    pub(super) fn list(&self, object: &str, request: &Request) -> Reply {
        if let Some(refused) = self.forbids(object, false) {
            return refused;
        }
        let limit: usize = request.parameter("limit").and_then(|limit| limit.parse().ok()).unwrap_or(10);
        let after: u64 = request.parameter("after").and_then(|after| after.parse().ok()).unwrap_or(0);
        let asked = request.list("properties");
        let rest: Vec<_> = self.objects[object].iter().filter(|(id, r)| **id >= after && !r.archived).collect();
        let page: Vec<Value> =
            rest.iter().take(limit).map(|(id, record)| self.shown(object, **id, record, &asked)).collect();
        let mut body = json!({ "results": page });
        if let Some((id, _)) = rest.get(limit) {
            body["paging"] = json!({ "next": { "after": id.to_string() } });
        }
        reply(200, &body)
    }
}

fn not_found() -> Reply {
    refused(404, "OBJECT_NOT_FOUND", "Object not found.", json!([]))
}

pub(super) fn texts(value: &Value) -> BTreeMap<String, String> {
    let properties = value.as_object().into_iter().flatten();
    properties.map(|(name, value)| (name.clone(), value.as_str().unwrap_or_default().to_owned())).collect()
}
