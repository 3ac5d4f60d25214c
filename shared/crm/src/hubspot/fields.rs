//! Which properties are read. Those that every company names for itself are looked up first: HubSpot leaves out a property that does
//! not exist without a word, and a scan that reads nothing there would find that nobody has left.

use domain::config::{Config, Fields};
use domain::ports::CrmError;
use serde_json::Value;

use super::api::Api;
use super::objects::Record;
use super::refusal::{listed, text};

/// Of contacts: what HubSpot itself has.
pub(super) const CONTACT: [&str; 12] = [
    "firstname",
    "lastname",
    "jobtitle",
    "department",
    "email",
    "phone",
    "mobilephone",
    "associatedcompanyid",
    "hs_buying_role",
    "hs_email_hard_bounce_reason_enum",
    "lastmodifieddate",
    "hs_updated_by_user_id",
];
/// Of companies: what a judgement needs.
pub(super) const COMPANY: [&str; 5] = ["name", "type", "lifecyclestage", "hubspot_owner_id", PARENT];
/// The company that a company belongs to.
pub(super) const PARENT: &str = "hs_parent_company_id";

/// The property that holds what a company has named for itself; nothing where it is not mapped.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Mapped {
    /// On the company: the day the contract renews.
    pub renewal: Option<String>,
    /// On the company: contract value a year.
    pub value: Option<String>,
    /// On the company: health.
    pub health: Option<String>,
    /// On the company: health a month ago.
    pub health_before: Option<String>,
    /// On the company: status.
    pub status: Option<String>,
    /// On the company: the owner id of the CSM.
    pub csm: Option<String>,
    /// On the contact: no longer at the company.
    pub left: Option<String>,
    /// On the contact: to be watched.
    pub watch: Option<String>,
}

/// One field of the configuration that names a property.
pub(super) struct Field<'a> {
    /// Its key: `fields.renewal`.
    pub key: &'static str,
    /// `companies` or `contacts`.
    pub object: &'static str,
    /// What the configuration says: the property's name, or its label.
    pub configured: &'a str,
}

/// The fields that the configuration maps. The shipped names are Salesforce's; nobody who uses HubSpot has set them.
pub(super) fn configured(config: &Config) -> Vec<Field<'_>> {
    let (ours, shipped) = (named(&config.fields), Config::shipped().fields);
    let shipped = named(&shipped).map(|(_, _, name)| name.to_owned());
    let fields = ours.into_iter().zip(shipped);
    let mapped = fields.filter(|((_, _, name), shipped)| !name.trim().is_empty() && name != shipped);
    mapped.map(|((key, object, configured), _)| Field { key, object, configured: configured.trim() }).collect()
}

fn named(fields: &Fields) -> [(&'static str, &'static str, &str); 8] {
    [
        ("fields.renewal", "companies", &fields.renewal),
        ("fields.value", "companies", &fields.value),
        ("fields.health", "companies", &fields.health),
        ("fields.health_before", "companies", &fields.health_before),
        ("fields.status", "companies", &fields.status),
        ("fields.csm", "companies", &fields.csm),
        ("fields.left", "contacts", &fields.left),
        ("fields.watch", "contacts", &fields.watch),
    ]
}

impl Mapped {
    /// Looks the mapped properties of an object up; no request where nothing is mapped.
    pub(super) async fn read(api: &Api, config: &Config, object: &str) -> Result<Self, CrmError> {
        let mut mapped = Self::default();
        let fields: Vec<Field<'_>> = configured(config).into_iter().filter(|field| field.object == object).collect();
        if fields.is_empty() {
            return Ok(mapped);
        }
        let properties = properties(api, object).await?;
        for field in fields {
            let name = find(&properties, &field).map_err(CrmError::Unusable)?;
            *mapped.of(field.key) = Some(name);
        }
        Ok(mapped)
    }

    fn of(&mut self, key: &str) -> &mut Option<String> {
        match key {
            "fields.renewal" => &mut self.renewal,
            "fields.value" => &mut self.value,
            "fields.health" => &mut self.health,
            "fields.health_before" => &mut self.health_before,
            "fields.status" => &mut self.status,
            "fields.csm" => &mut self.csm,
            "fields.left" => &mut self.left,
            _ => &mut self.watch,
        }
    }

    /// The id of whoever is responsible for a company: the mapped CSM, else the owner; blank for nobody.
    pub(super) fn owner<'a>(&self, company: &'a Record) -> &'a str {
        let csm = self.csm.as_deref().map(|csm| company.text(csm)).filter(|csm| !csm.is_empty());
        csm.unwrap_or_else(|| company.text("hubspot_owner_id"))
    }

    /// All of a contact's properties.
    pub(super) fn of_contact(&self) -> Vec<&str> {
        CONTACT.into_iter().chain([&self.left, &self.watch].into_iter().flatten().map(String::as_str)).collect()
    }

    /// All of a company's properties.
    pub(super) fn of_company(&self) -> Vec<&str> {
        let mapped = [&self.renewal, &self.value, &self.health, &self.health_before, &self.status, &self.csm];
        COMPANY.into_iter().chain(mapped.into_iter().flatten().map(String::as_str)).collect()
    }
}

/// The properties that an object has: name and label.
pub(super) async fn properties(api: &Api, object: &str) -> Result<Vec<(String, String)>, CrmError> {
    let answer = api.get(&format!("crm/v3/properties/{object}"), &[("archived", "false")]).await?;
    let both = |property: &Value| (text(property, "name").to_owned(), text(property, "label").to_owned());
    Ok(listed(&answer)?.iter().map(both).collect())
}

/// The property that a field means, by its name or by its label, as an export has it; or what to do where there is none.
pub(super) fn find(properties: &[(String, String)], field: &Field<'_>) -> Result<String, String> {
    let Field { key, object, configured } = field;
    if properties.iter().any(|(name, _)| name == configured) {
        return Ok((*configured).to_owned());
    }
    let mut labelled = properties.iter().filter(|(_, label)| label.eq_ignore_ascii_case(configured));
    match (labelled.next(), labelled.next()) {
        (Some((name, _)), None) => Ok(name.clone()),
        (Some((one, _)), Some((other, _))) => Err(format!(
            "{key}: HubSpot has several properties of {object} that are called {configured:?}; write {one} or {other}"
        )),
        (None, _) => Err(format!(
            "{key}: HubSpot has no property {configured:?} of {object}; write its internal name (Settings, Properties), or \"\" if there is none"
        )),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_shipped_names_are_not_asked_for() {
        assert!(configured(&Config::shipped()).is_empty());
        let config =
            Config::parse("[fields]\nrenewal = \"contract_end\"\nleft = \"\"\nwatch = \"key_contact\"\n").unwrap();
        let keys: Vec<_> = configured(&config).iter().map(|field| (field.key, field.configured)).collect();
        assert_eq!(keys, [("fields.renewal", "contract_end"), ("fields.watch", "key_contact")]);
    }

    #[test]
    fn a_property_is_found_by_its_name_or_by_the_one_label_it_has() {
        let both = |name: &str, label: &str| (name.to_owned(), label.to_owned());
        let properties = [both("contract_end", "Renewal date"), both("a", "Health"), both("b", "health")];
        let found = |configured| find(&properties, &Field { key: "fields.renewal", object: "companies", configured });
        assert_eq!(
            (found("contract_end"), found("renewal Date")),
            (Ok("contract_end".into()), Ok("contract_end".into()))
        );
        assert!(found("Health").unwrap_err().contains("write a or b"));
        assert!(
            found("renews").unwrap_err().contains("fields.renewal: HubSpot has no property \"renews\" of companies")
        );
    }
}
