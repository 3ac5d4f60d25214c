//! Who is told: the person responsible, else that person's manager, else the configured recipient. Nobody twice.

use crate::Personal;
use crate::case::Case;
use crate::config::{Calendar, Config};
use crate::crm::{AccountRecord, User};
use crate::notice::Recipient;

/// Who is responsible for an account, and who is that person's manager, as the CRM has them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Responsible {
    /// Our person responsible.
    pub owner: Option<User>,
    /// The manager of that person.
    pub manager: Option<User>,
}

impl From<AccountRecord> for Responsible {
    fn from(account: AccountRecord) -> Self {
        Self { owner: account.owner, manager: account.manager }
    }
}

impl Responsible {
    /// As they were when the account of a case was pulled together.
    pub fn of(case: &Case) -> Self {
        let context = case.context.as_ref();
        let value = |fact: &crate::context::Fact<User>| fact.value.clone();
        Self {
            owner: context.and_then(|context| context.owner.as_ref()).map(value),
            manager: context.and_then(|context| context.manager.as_ref()).map(value),
        }
    }

    /// Who acts on a case: whoever has taken it over, else the person responsible.
    pub fn acts_on(&self, case: &Case, config: &Config) -> Recipient {
        match case.assigned.clone().filter(|to| !self.has_gone(to) && !to.email.is_blank()) {
            Some(assigned) => assigned,
            None => responsible(self.owner.as_ref(), self.manager.as_ref(), &case.subject.email, config),
        }
    }

    /// The manager, to whom what `reader` leaves lying is told; nobody where that would be the reader, or the person who has left.
    pub fn stands_above(&self, reader: &Recipient, case: &Case) -> Option<Recipient> {
        let manager = self.manager.as_ref()?;
        let above = Recipient::of(manager, "you manage the account's owner")?;
        let is = |address| is_same_address(&above.email, address);
        (!is(&reader.email) && !is(&case.subject.email)).then_some(above)
    }

    /// Whether the CRM says of somebody that they work here no longer.
    fn has_gone(&self, recipient: &Recipient) -> bool {
        let mut known = self.owner.iter().chain(&self.manager);
        recipient.user.as_ref().is_some_and(|id| known.any(|user| user.id == *id && !user.active))
    }
}

/// The calendar of whoever acts on a case, in their time zone.
pub fn calendar(case: &Case, config: &Config) -> Calendar {
    config.calendar.of_reader(Responsible::of(case).acts_on(case, config).zone.as_deref())
}

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
    let because = format!("you are the default recipient: {}, and no manager can be told", instead(owner));
    default_recipient(config, because)
}

/// Whoever is told where nobody else can be.
pub fn default_recipient(config: &Config, because: impl Into<String>) -> Recipient {
    let (name, email) = (Personal::new("Customer success"), config.notify.default_recipient.clone());
    Recipient { user: None, name, email, because: because.into(), zone: None }
}

/// Whether two addresses are one mailbox; an absent address is nobody's.
pub fn is_same_address(a: &Personal, b: &Personal) -> bool {
    !a.is_blank() && a.reveal().trim().eq_ignore_ascii_case(b.reveal().trim())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::UserId;

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
