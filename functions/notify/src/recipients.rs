//! Who is told: the person responsible, else that person's manager, else the configured recipient. Nobody twice.

use domain::Personal;
use domain::config::Config;
use domain::crm::User;
use domain::notice::Recipient;

/// The one person who is told about an account; never the person whose address is `left`, who has left it.
pub fn responsible(owner: Option<&User>, manager: Option<&User>, left: &Personal, config: &Config) -> Recipient {
    let stays = |user: &&User| !user.email.as_ref().is_some_and(|email| is_same_address(email, left));
    let instead = |owner: Option<&User>| match owner {
        None => "the account has no owner",
        Some(owner) if !stays(&owner) => "the account's owner is the person who left",
        Some(owner) if !owner.active => "the account's owner is no longer active",
        Some(_) => "the account's owner has no mail address",
    };
    if let Some(recipient) = owner.filter(stays).and_then(|owner| Recipient::of(owner, "you own the account")) {
        return recipient;
    }
    let because = format!("you manage the account's owner, and {}", instead(owner));
    if let Some(recipient) = manager.filter(stays).and_then(|manager| Recipient::of(manager, &because)) {
        return recipient;
    }
    Recipient {
        user: None,
        name: Personal::new("Customer success"),
        email: config.notify.default_recipient.clone(),
        because: format!("you are the default recipient: {}, and no manager can be told", instead(owner)),
        zone: None,
    }
}

/// Whether two addresses are one mailbox; an absent address is nobody's.
pub fn is_same_address(a: &Personal, b: &Personal) -> bool {
    !a.is_blank() && a.reveal().trim().eq_ignore_ascii_case(b.reveal().trim())
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::UserId;

    fn user(id: &str, active: bool, email: Option<&str>) -> User {
        User {
            id: UserId::parse(id).unwrap(),
            name: Personal::new(id),
            email: email.map(Personal::new),
            active,
            zone: None,
        }
    }

    #[test]
    fn the_notice_goes_to_the_owner_else_the_manager_else_the_default() {
        let config = Config::shipped();
        let (owner, gone) = (user("o", true, Some("o@x.example")), user("o", false, Some("o@x.example")));
        let (mute, boss) = (user("o", true, None), user("m", true, Some("m@x.example")));
        let leaver = user("o", true, Some("leaver@x.example"));
        for (owner, manager, told) in [
            (Some(&owner), Some(&boss), "o@x.example"),
            (Some(&gone), Some(&boss), "m@x.example"),
            (Some(&mute), Some(&boss), "m@x.example"),
            (Some(&gone), None, "csm@localhost"),
            (Some(&leaver), Some(&boss), "m@x.example"),
            (None, None, "csm@localhost"),
        ] {
            let left = Personal::new("Leaver@x.example");
            assert_eq!(responsible(owner, manager, &left, &config).email.reveal(), told);
        }
    }
}
