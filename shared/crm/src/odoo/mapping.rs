//! Which fields of partners there are in this Odoo, of those that its apps may bring and those that the configuration names.

use std::collections::BTreeMap;

use domain::config::{Config, Fields};
use serde::Deserialize;

/// What Odoo says of one field.
#[derive(Clone, Debug, Deserialize)]
pub(super) struct Field {
    /// Its type: `char`, `many2one`, `monetary`.
    #[serde(rename = "type")]
    pub kind: String,
}

/// Fields that are there. A blank name is none.
#[derive(Debug, Default)]
pub(super) struct Mapping {
    /// On the company.
    pub renewal: String,
    pub value: String,
    pub health: String,
    pub health_before: String,
    pub status: String,
    pub csm: String,
    /// On the person.
    pub left: String,
    pub watch: String,
    /// What the invoicing app counts: above nothing for a customer.
    pub customer_rank: bool,
    /// A second telephone number, which Odoo 19 has no more.
    pub mobile: bool,
    /// How often mail to the address came back, which the mail app counts.
    pub bounces: bool,
    /// The address in small letters, which the mail app keeps.
    pub plain_email: bool,
    /// The currency that the invoicing app gives a partner.
    pub currency: bool,
}

impl Mapping {
    /// What there is, or everything that is configured and missing, with its remedy.
    pub(super) fn of(there: &BTreeMap<String, Field>, fields: &Fields) -> Result<Self, Vec<String>> {
        let shipped = Config::shipped().fields;
        let mut missing = Vec::new();
        let mut mapped = |key: &str, name: &str, shipped: &str| {
            let name = name.trim();
            if name.is_empty() || there.contains_key(name) {
                return name.to_owned();
            }
            // The shipped names are those of another CRM: that they are missing says nothing.
            if name != shipped {
                missing.push(format!(
                    "partners of this Odoo have no field {name}, which [fields] {key} names: write the field's technical name \
                     (Settings, Technical, Fields), or \"\" where there is none"
                ));
            }
            String::new()
        };
        let mapping = Self {
            renewal: mapped("renewal", &fields.renewal, &shipped.renewal),
            value: mapped("value", &fields.value, &shipped.value),
            health: mapped("health", &fields.health, &shipped.health),
            health_before: mapped("health_before", &fields.health_before, &shipped.health_before),
            status: mapped("status", &fields.status, &shipped.status),
            csm: mapped("csm", &fields.csm, &shipped.csm),
            left: mapped("left", &fields.left, &shipped.left),
            watch: mapped("watch", &fields.watch, &shipped.watch),
            customer_rank: there.contains_key("customer_rank"),
            mobile: there.contains_key("mobile"),
            bounces: there.contains_key("message_bounce"),
            plain_email: there.contains_key("email_normalized"),
            currency: there.contains_key("currency_id"),
        };
        if missing.is_empty() { Ok(mapping) } else { Err(missing) }
    }

    /// What is read of a person.
    pub(super) fn of_people(&self) -> Vec<&str> {
        let mut fields = vec![
            "name",
            "function",
            "email",
            "phone",
            "parent_id",
            "commercial_partner_id",
            "category_id",
            "active",
            "write_date",
            "write_uid",
        ];
        fields.extend(self.mobile.then_some("mobile"));
        fields.extend(self.bounces.then_some("message_bounce"));
        fields.extend([self.left.as_str(), self.watch.as_str()].into_iter().filter(|name| !name.is_empty()));
        fields
    }

    /// What a scan reads of a company.
    pub(super) fn of_companies(&self) -> Vec<&str> {
        let mut fields = vec!["name", "active", "category_id", "user_id", "parent_id"];
        fields.extend(self.customer_rank.then_some("customer_rank"));
        fields.extend(Some(self.csm.as_str()).filter(|name| !name.is_empty()));
        fields
    }

    /// What a case reads of a company.
    pub(super) fn of_accounts(&self) -> Vec<&str> {
        let mut fields = self.of_companies();
        let own = [&self.renewal, &self.value, &self.health, &self.health_before, &self.status];
        fields.extend(own.into_iter().map(String::as_str).filter(|name| !name.is_empty()));
        fields.extend(self.currency.then_some("currency_id"));
        fields
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn there(names: &[&str]) -> BTreeMap<String, Field> {
        names.iter().map(|name| ((*name).to_owned(), Field { kind: "char".to_owned() })).collect()
    }

    #[test]
    fn names_that_were_shipped_for_another_crm_are_not_asked_for() {
        let mapping = Mapping::of(&there(&["name"]), &Config::shipped().fields).unwrap();
        assert_eq!((mapping.renewal.as_str(), mapping.left.as_str()), ("", ""));
        assert!(!mapping.of_accounts().contains(&"Renewal_Date__c"));
    }

    #[test]
    fn every_field_that_is_configured_and_missing_is_named_with_its_remedy() {
        let config = "[fields]\nrenewal = \"x_renewal\"\nleft = \"x_left\"\nhealth = \"x_health\"\n";
        let missing = Mapping::of(&there(&["x_health"]), &Config::parse(config).unwrap().fields).unwrap_err();
        assert_eq!(missing.len(), 2, "{missing:#?}");
        assert!(missing[0].contains("x_renewal") && missing[0].contains("[fields] renewal"), "{missing:#?}");
        assert!(missing[1].contains("x_left") && missing[1].contains("technical name"), "{missing:#?}");
    }
}
