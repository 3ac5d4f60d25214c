//! May Baton send mail?

use aws::{Clients, StackOutputs};

use crate::commands::finding::Finding;

/// The account's standing with SES, which no stack decides.
pub(super) async fn account(clients: &Clients, found: &mut Vec<Finding>) {
    let about = "SES account";
    match clients.look().mail_account().await {
        Err(failure) => found.push(Finding::failed(about, &failure)),
        Ok(seen) => {
            if !seen.sending {
                let remedy = "see the account's reputation in the SES console: SES has paused it";
                found.push(Finding::fail(about, "it may not send", remedy));
            }
            found.push(if seen.out_of_sandbox {
                Finding::ok(about, "out of the sandbox")
            } else {
                let remedy = "ask for production access: aws sesv2 put-account-details --production-access-enabled \
                              --mail-type TRANSACTIONAL --website-url URL";
                Finding::fail(about, "in the sandbox: mail goes only to addresses that SES has verified", remedy)
            });
        }
    }
}

pub(super) async fn check(clients: &Clients, outputs: &StackOutputs, is_needed: bool, found: &mut Vec<Finding>) {
    if !is_needed {
        return found.push(Finding::ok("mail", "the configuration does not use it"));
    }
    account(clients, found).await;
    match outputs.get("MailFromAddress") {
        Err(failure) => found.push(Finding::failed("sender", &failure)),
        Ok(sender) => found.push(identity(clients, sender).await),
    }
    match outputs.get("ConfigurationSet") {
        Err(failure) => found.push(Finding::failed("SES configuration set", &failure)),
        Ok(set) => {
            let about = format!("SES configuration set {set}");
            found.push(match clients.look().mail_configuration_set(set).await {
                Ok(true) => Finding::ok(&about, "it lets mails out"),
                Ok(false) => {
                    let on =
                        "aws sesv2 put-configuration-set-sending-options --sending-enabled --configuration-set-name";
                    Finding::fail(&about, "sending is switched off", format!("{on} {set}"))
                }
                Err(failure) => Finding::failed(&about, &failure),
            });
        }
    }
}

async fn identity(clients: &Clients, sender: &str) -> Finding {
    let about = format!("sender {sender}");
    match clients.look().mail_identity(sender).await {
        Ok(Some(identity)) => Finding::ok(&about, format!("verified as {identity}")),
        Ok(None) => {
            let domain = sender.split_once('@').map_or(sender, |(_, domain)| domain);
            let remedy = format!(
                "aws sesv2 create-email-identity --email-identity {domain}, then put the records it answers into the DNS"
            );
            Finding::fail(&about, "SES has verified neither the address nor its domain", remedy)
        }
        Err(failure) => Finding::failed(&about, &failure),
    }
}
