//! In which currency an amount is: the record says so where the org has several, and the org itself where it has one.

use domain::ports::CrmError;
use serde_json::Value;

use super::accounts::names_currencies;
use super::fault::Fault;
use super::{Org, Ready};

/// Currencies of amounts.
pub(super) struct Currencies {
    /// Whether these objects name the currency of each record.
    account: bool,
    opportunity: bool,
    /// The org's one currency, where it has one and tells it.
    single: Option<String>,
}

impl Currencies {
    /// As this org has them.
    pub(super) async fn of(org: &Org, ready: &Ready) -> Result<Self, CrmError> {
        let names = |object: &str| ready.schema.has(object, "CurrencyIsoCode");
        let (account, opportunity) = (names("Account"), names("Opportunity"));
        let single = if names_currencies(&ready.schema) { None } else { org.currency().await? };
        Ok(Self { account, opportunity, single })
    }

    /// The currency of a record's amounts, where it is known.
    pub(super) fn of_row<'a>(&'a self, row: &'a Value, object: &str) -> Option<&'a str> {
        if if object == "Account" { self.account } else { self.opportunity } {
            return row.get("CurrencyIsoCode").and_then(Value::as_str);
        }
        self.single.as_deref()
    }
}

/// Asks for the one currency of an org: only the older API tells it. An org that does not answer leaves amounts unknown.
pub(super) async fn single(org: &Org) -> Result<Option<String>, CrmError> {
    let envelope = |token: &str| {
        format!(
            "<?xml version=\"1.0\" encoding=\"utf-8\"?><soapenv:Envelope \
             xmlns:soapenv=\"http://schemas.xmlsoap.org/soap/envelope/\" xmlns:urn=\"urn:partner.soap.sforce.com\"><soapenv:Header>\
             <urn:SessionHeader><urn:sessionId>{}</urn:sessionId></urn:SessionHeader></soapenv:Header><soapenv:Body>\
             <urn:getUserInfo/></soapenv:Body></soapenv:Envelope>",
            token.replace('&', "&amp;").replace('<', "&lt;")
        )
    };
    match org.api.with_token(&org.api.soap_path(), envelope).await {
        Ok(answer) => Ok(between(&String::from_utf8_lossy(&answer.body), "orgDefaultCurrencyIsoCode")),
        Err(fault @ (Fault::Wait { .. } | Fault::Unusable(_))) => Err(fault.about("the org's currency")),
        Err(_) => Ok(None),
    }
}

/// The text of an element that holds nothing but text.
fn between(xml: &str, name: &str) -> Option<String> {
    let rest = &xml[xml.find(&format!("<{name}>"))? + name.len() + 2..];
    let text = rest[..rest.find('<')?].trim();
    (text.len() == 3 && text.bytes().all(|b| b.is_ascii_uppercase())).then(|| text.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_orgs_currency_is_found_in_the_answer_or_is_unknown() {
        let xml = "<result><orgDefaultCurrencyIsoCode>EUR</orgDefaultCurrencyIsoCode><x/></result>";
        assert_eq!(between(xml, "orgDefaultCurrencyIsoCode").as_deref(), Some("EUR"));
        for xml in ["", "<orgDefaultCurrencyIsoCode>", "<orgDefaultCurrencyIsoCode>€</orgDefaultCurrencyIsoCode>"] {
            assert_eq!(between(xml, "orgDefaultCurrencyIsoCode"), None, "{xml}");
        }
    }
}
