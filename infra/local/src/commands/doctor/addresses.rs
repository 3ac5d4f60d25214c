//! Do the addresses of the configuration still name this machine, where people are told for real?

use domain::answering::hand_over_domains;
use domain::config::Config;

use crate::commands::finding::Finding;

/// The domain of the shipped addresses, at which nobody reads.
const NOBODYS: &str = "localhost";

/// A warning for each key that still has an address of nobody.
pub(super) fn check(config: &Config) -> Vec<Finding> {
    let notify = &config.notify;
    let mut found: Vec<Finding> = [
        ("notify.default_recipient", notify.default_recipient.reveal()),
        ("notify.administrator", notify.administrator.reveal()),
        ("notify.sender_address", notify.sender_address.as_str()),
    ]
    .into_iter()
    .filter(|(_, address)| address.ends_with(&format!("@{NOBODYS}")))
    .map(|(key, address)| {
        Finding::warn(key, format!("it is {address}, where nobody reads"), "write an address of yours")
    })
    .collect();
    if hand_over_domains(config).iter().all(|domain| domain == NOBODYS) {
        let says = format!("nobody new can be handed a case: only people at {NOBODYS} may take one over");
        let remedy = "set notify.sender_address, or name your domain in notify.hand_over_domains";
        found.push(Finding::warn("hand-overs", says, remedy));
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, wanted: &[&str]) {
        let found = super::check(&Config::parse(text).unwrap());
        let about: Vec<&str> = found.iter().map(|finding| finding.about.as_str()).collect();
        assert_eq!(about, wanted, "{text}");
    }

    #[test]
    fn each_address_of_nobody_is_named() {
        let all = ["notify.default_recipient", "notify.administrator", "notify.sender_address", "hand-overs"];
        check("", &all);
        check("[notify]\nhand_over_domains = [\"us.example\"]\n", &all[..3]);
        check("[notify]\nsender_address = \"baton@us.example\"\n", &all[..2]);
        let own =
            ["default_recipient", "administrator", "sender_address"].map(|key| format!("{key} = \"b@us.example\"\n"));
        check(&format!("[notify]\n{}", own.concat()), &[]);
    }
}
