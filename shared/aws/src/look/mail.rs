//! SES seen from outside: may the account send, to whom, and from this address?

use aws_sdk_sesv2::operation::get_email_identity::GetEmailIdentityError;
use aws_sdk_sesv2::types::SendingOptions;

use super::Look;
use crate::Failure;
use crate::failure::Call;

/// What SES lets the account do in this region.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AccountSeen {
    /// It may write to anybody; else only to addresses that SES has verified.
    pub out_of_sandbox: bool,
    /// It may send at all.
    pub sending: bool,
}

impl Look<'_> {
    /// What SES lets the account do in this region.
    pub async fn mail_account(&self) -> Result<AccountSeen, Failure> {
        let about = Call { action: "ses:GetAccount", on: "SES account", set_in: "AWS_REGION" };
        let account = self.ses().get_account().send().await.map_err(|e| about.failed(&e))?;
        Ok(AccountSeen { out_of_sandbox: account.production_access_enabled(), sending: account.sending_enabled() })
    }

    /// Under which verified identity SES sends for this address: the address itself, its domain, or a domain above that one.
    pub async fn mail_identity(&self, address: &str) -> Result<Option<String>, Failure> {
        for identity in identities(address) {
            let on = format!("identity {identity}");
            let about = Call { action: "ses:GetEmailIdentity", on: &on, set_in: "notify.sender_address" };
            match self.ses().get_email_identity().email_identity(&identity).send().await {
                Ok(found) if found.verified_for_sending_status() => return Ok(Some(identity)),
                Ok(_) => {}
                Err(e) if e.as_service_error().is_some_and(GetEmailIdentityError::is_not_found_exception) => {}
                Err(e) => return Err(about.failed(&e)),
            }
        }
        Ok(None)
    }

    /// Whether the configuration set is there and lets mails out.
    pub async fn mail_configuration_set(&self, name: &str) -> Result<bool, Failure> {
        let on = format!("SES configuration set {name}");
        let about = Call { action: "ses:GetConfigurationSet", on: &on, set_in: "the stack's output ConfigurationSet" };
        let call = self.ses().get_configuration_set().configuration_set_name(name);
        let found = call.send().await.map_err(|e| about.failed(&e))?;
        // Where nothing is said, sending is on.
        Ok(found.sending_options().is_none_or(SendingOptions::sending_enabled))
    }

    fn ses(&self) -> aws_sdk_sesv2::Client {
        aws_sdk_sesv2::Client::new(&self.0.at("SESV2"))
    }
}

/// The address, then its domain, then each domain above it that has two labels.
fn identities(address: &str) -> Vec<String> {
    let mut found = vec![address.to_owned()];
    let mut domain = address.split_once('@').map(|(_, domain)| domain);
    while let Some(this) = domain.filter(|domain| domain.contains('.')) {
        found.push(this.to_owned());
        domain = this.split_once('.').map(|(_, above)| above);
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_domain_vouches_for_its_addresses_and_for_the_domains_below_it() {
        let found = ["baton@crm.us.example", "crm.us.example", "us.example"];
        assert_eq!(identities("baton@crm.us.example"), found);
        assert_eq!(identities("baton@localhost"), ["baton@localhost"]);
    }
}
