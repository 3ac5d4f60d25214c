//! Who is told: the person responsible, else that person's manager, else the configured recipient. Nobody twice.

use domain::Personal;
use domain::config::Config;
use domain::crm::User;
use domain::notice::Recipient;

/// The one person who is told about an account.
pub(crate) fn responsible(owner: Option<&User>, manager: Option<&User>, config: &Config) -> Recipient {
    let instead = |owner: Option<&User>| match owner {
        None => "the account has no owner",
        Some(owner) if !owner.active => "the account's owner is no longer active",
        Some(_) => "the account's owner has no mail address",
    };
    if let Some(recipient) = owner.and_then(|owner| Recipient::of(owner, "you own the account")) {
        return recipient;
    }
    let because = format!("you manage the account's owner, and {}", instead(owner));
    if let Some(recipient) = manager.and_then(|manager| Recipient::of(manager, &because)) {
        return recipient;
    }
    Recipient {
        user: None,
        name: Personal::new("Customer success"),
        email: config.notify.default_recipient.clone(),
        because: format!("you are the default recipient: {}, and no manager can be told", instead(owner)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::UserId;

    fn user(id: &str, active: bool, email: Option<&str>) -> User {
        User { id: UserId::parse(id).unwrap(), name: Personal::new(id), email: email.map(Personal::new), active }
    }

    #[test]
    fn the_notice_goes_to_the_owner_else_the_manager_else_the_default() {
        let config = Config::shipped();
        let (owner, gone) = (user("o", true, Some("o@x.example")), user("o", false, Some("o@x.example")));
        let (mute, boss) = (user("o", true, None), user("m", true, Some("m@x.example")));
        for (owner, manager, told) in [
            (Some(&owner), Some(&boss), "o@x.example"),
            (Some(&gone), Some(&boss), "m@x.example"),
            (Some(&mute), Some(&boss), "m@x.example"),
            (Some(&gone), None, "csm@localhost"),
            (None, None, "csm@localhost"),
        ] {
            assert_eq!(responsible(owner, manager, &config).email.reveal(), told);
        }
    }
}
