//! Which objects and fields the org has for this user, told by `describe`; only those are asked for.

use std::collections::HashMap;

use domain::config::{Config, Fields};
use domain::ports::CrmError;
use serde::Deserialize;
use serde_json::value::RawValue;

use super::api::{Api, unintelligible};
use super::fault::Fault;

/// The objects that Baton reads, those without which it cannot work first.
const OBJECTS: [&str; 7] = ["Contact", "Account", "User", "Opportunity", "OpportunityContactRole", "Case", "Task"];
/// Those without which nothing can be judged.
const NEEDED: [(&str, &[&str]); 2] =
    [("Contact", &["Id", "AccountId", "Name", "SystemModstamp"]), ("Account", &["Id", "Name"])];
/// By which a task of Baton's is found again, where the org has it.
pub(super) const OWN_ID: &str = "Baton_Id__c";

/// What the org has for this user.
#[derive(Clone, Debug)]
pub(super) struct Schema {
    objects: HashMap<String, HashMap<String, Field>>,
    /// Configured names as the org writes them; blank where there is none.
    pub(super) fields: Fields,
    /// How the org calls tasks that are done, and those that are not.
    pub(super) statuses: Statuses,
}

/// A field as `describe` tells of it.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(super) struct Field {
    /// As the org writes it.
    pub(super) name: String,
    /// `string`, `boolean`, `currency`, `reference` …
    #[serde(rename = "type")]
    pub(super) kind: String,
    /// Whether records can be found by it, and written by it.
    pub(super) external_id: bool,
    /// Whether no two records may hold the same value.
    pub(super) unique: bool,
    /// Whether a query may filter on it.
    pub(super) filterable: bool,
    /// Whether this user may write it.
    pub(super) updateable: bool,
    /// Whether this user may write it with a new record.
    pub(super) createable: bool,
    /// Characters it holds at most; 0 where that is not told.
    pub(super) length: usize,
}

impl Field {
    /// Whether Salesforce itself refuses a second record with the same value: an external id alone only leads to a record.
    pub(super) fn refuses_a_second(&self) -> bool {
        self.external_id && self.unique
    }
}

/// How the org calls tasks that are done, and those that are not.
#[derive(Clone, Debug)]
pub(super) struct Statuses {
    pub(super) done: String,
    pub(super) open: String,
}

impl Default for Statuses {
    fn default() -> Self {
        Self { done: "Completed".to_owned(), open: "Not Started".to_owned() }
    }
}

#[derive(Deserialize)]
struct Described {
    fields: Vec<Field>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Status {
    api_name: String,
    is_closed: bool,
    is_default: bool,
}

impl Schema {
    /// Asks for all objects in one request, and holds the configuration against them.
    pub(super) async fn read(api: &Api, config: &Config) -> Result<Self, CrmError> {
        let (schema, wrong) = Self::look(api, &config.fields).await.map_err(|fault| fault.about("what the org has"))?;
        if wrong.is_empty() { Ok(schema) } else { Err(CrmError::Unusable(wrong.join("\n"))) }
    }

    /// The same, with whatever is missing told one by one.
    pub(super) async fn look(api: &Api, configured: &Fields) -> Result<(Self, Vec<String>), Fault> {
        let mut paths: Vec<String> =
            OBJECTS.iter().map(|name| api.path(&format!("sobjects/{name}/describe"))).collect();
        let statuses = super::soql::escaped("SELECT ApiName, IsClosed, IsDefault FROM TaskStatus ORDER BY SortOrder");
        paths.push(api.path(&format!("query?{statuses}")));
        let mut parts = api.together(&paths).await?;
        let statuses = parts.pop().and_then(Result::ok).map(|part| read_statuses(&part)).unwrap_or_default();
        let mut schema = Self { objects: HashMap::new(), fields: configured.clone(), statuses };
        for (name, part) in OBJECTS.into_iter().zip(parts) {
            // An object that the user has no right to is not there for it.
            let Ok(part) = part else { continue };
            let described: Described = serde_json::from_str(part.get()).map_err(|_| unintelligible())?;
            let fields = described.fields.into_iter().map(|field| (field.name.clone(), field));
            schema.objects.insert(name.to_owned(), fields.collect());
        }
        let mut wrong = schema.needed();
        schema.map(configured, &mut wrong);
        Ok((schema, wrong))
    }

    /// Whether the org has an object for this user.
    pub(super) fn has_object(&self, object: &str) -> bool {
        self.objects.contains_key(object)
    }

    /// Whether the org has a field for this user.
    pub(super) fn has(&self, object: &str, field: &str) -> bool {
        self.field(object, field).is_some()
    }

    /// A field, by its exact name.
    pub(super) fn field(&self, object: &str, field: &str) -> Option<&Field> {
        self.objects.get(object)?.get(field)
    }

    /// The name of a field as the org writes it, whatever the case in which it is asked for.
    pub(super) fn named(&self, object: &str, field: &str) -> Option<&str> {
        let fields = self.objects.get(object)?;
        fields
            .get_key_value(field)
            .map(|(name, _)| name.as_str())
            .or_else(|| fields.keys().find(|name| name.eq_ignore_ascii_case(field)).map(String::as_str))
    }

    /// Those of these fields that the org has, as a query lists them.
    pub(super) fn select<'a>(&self, object: &str, fields: impl IntoIterator<Item = &'a str>) -> Vec<&'a str> {
        let mut there: Vec<&str> = fields.into_iter().filter(|field| self.has(object, field)).collect();
        let mut seen = std::collections::HashSet::new();
        there.retain(|field| seen.insert(*field));
        there
    }

    fn needed(&self) -> Vec<String> {
        let mut wrong = Vec::new();
        for (object, fields) in NEEDED {
            if !self.has_object(object) {
                wrong.push(format!(
                    "Salesforce shows Baton's user no object {object}: give the user Read on it (Setup, Permission Sets)"
                ));
                continue;
            }
            for field in fields.iter().filter(|field| !self.has(object, field)) {
                wrong.push(format!(
                    "Salesforce shows Baton's user no field {object}.{field}: give the user Read on it (Setup, Permission Sets, Object \
                     Settings, {object})"
                ));
            }
        }
        wrong
    }

    /// Finds the configured fields. Of those that are shipped nobody has said that the org has them.
    fn map(&mut self, configured: &Fields, wrong: &mut Vec<String>) {
        let shipped = Config::shipped().fields;
        let mut find = |object: &str, key: &str, name: &str, shipped: &str| {
            if name.is_empty() {
                return String::new();
            }
            let there = self.named(object, name).map(str::to_owned);
            if there.is_none() && name != shipped && self.has_object(object) {
                wrong.push(format!(
                    "Salesforce has no field {object}.{name}, which fields.{key} of the configuration names, or Baton's user may not \
                     read it: correct the name, or give the user Read on the field, or set fields.{key} = \"\""
                ));
            }
            there.unwrap_or_default()
        };
        let fields = Fields {
            renewal: find("Account", "renewal", &configured.renewal, &shipped.renewal),
            value: find("Account", "value", &configured.value, &shipped.value),
            health: find("Account", "health", &configured.health, &shipped.health),
            health_before: find("Account", "health_before", &configured.health_before, &shipped.health_before),
            status: find("Account", "status", &configured.status, &shipped.status),
            csm: find("Account", "csm", &configured.csm, &shipped.csm),
            left: find("Contact", "left", &configured.left, &shipped.left),
            watch: find("Contact", "watch", &configured.watch, &shipped.watch),
        };
        self.fields = fields;
    }
}

/// The names that the org uses, as its administrator may have changed them.
fn read_statuses(part: &RawValue) -> Statuses {
    #[derive(Deserialize)]
    struct Rows {
        records: Vec<Status>,
    }
    let shipped = Statuses::default();
    let Ok(Rows { records }) = serde_json::from_str(part.get()) else { return shipped };
    let pick = |closed: bool, usual: &str| {
        let of_kind = || records.iter().filter(|status| status.is_closed == closed);
        let named = of_kind().find(|status| status.api_name == usual);
        let any = named.or_else(|| of_kind().find(|status| status.is_default)).or_else(|| of_kind().next());
        any.map_or_else(|| usual.to_owned(), |status| status.api_name.clone())
    };
    Statuses { done: pick(true, &shipped.done), open: pick(false, &shipped.open) }
}
