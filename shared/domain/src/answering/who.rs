//! Who may do what with a case: hand it to whom, and approve what is written into the CRM. Asked by mail address, which Slack,
//! a signed link and a recipient's record have in common.

use crate::Personal;
use crate::case::Case;
use crate::compose::administrator;
use crate::config::Config;
use crate::judge::emails::is_free_mail;
use crate::notice::{Delivery, Progress, Purpose, Recipient};
use crate::recipients::{Responsible, default_recipient, is_same_address};

/// Whoever answers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct By {
    /// The name to be shown.
    pub name: Personal,
    /// The mail address, where it is certain who it is: the Slack user's, the recipient's of a signed link.
    pub address: Option<Personal>,
}

impl By {
    /// Somebody of whom only the name is known, or what was given as one.
    pub fn named(name: impl Into<String>) -> Self {
        Self { name: Personal::new(name), address: None }
    }

    /// Somebody with this address.
    pub fn known(name: impl Into<String>, address: impl Into<String>) -> Self {
        Self { name: Personal::new(name), address: Some(Personal::new(address)) }
    }
}

/// Why a case cannot be handed to somebody. The text is for whoever wants to.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NotTheirs {
    /// It is not one address of one mailbox.
    #[error("that is no mail address: write one, such as name@company.com")]
    NoAddress,
    /// The case is about that person.
    #[error("the case is about that person")]
    Subject,
    /// Nothing would change.
    #[error("that person has the case already")]
    HasIt,
    /// Nobody knows that person as one of us.
    #[error(
        "nobody here is known under that address: a case is handed to somebody at {0}, or to a person Baton has told of this \
         account before (notify.hand_over_domains names further domains)"
    )]
    Stranger(String),
}

/// The people around a case.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Circle {
    /// Who has to do with this case.
    of_case: Vec<Recipient>,
    /// Who decides about the CRM: those whom the CRM or the configuration names, and nobody to whom a case was only handed, which
    /// whoever holds a forwarded mail can do.
    deciding: Vec<Recipient>,
    /// Who else is known: told of other cases of the account, or configured.
    others: Vec<Recipient>,
    /// Whoever has the case now: who has taken it over, else who was told first.
    holder: Recipient,
    /// Whoever has an address there is one of us.
    domains: Vec<String>,
}

impl Circle {
    /// The people around `case`, of whom `told` holds the notices of its account.
    pub fn of(case: &Case, told: &[Delivery], config: &Config) -> Self {
        let responsible = Responsible::of(case);
        let users = responsible.owner.iter().chain(&responsible.manager);
        let named: Vec<Recipient> =
            users.filter_map(|user| Recipient::of(user, "")).chain([default_recipient(config, "")]).collect();
        let asked = || told.iter().filter(|delivery| is_asked(delivery, case));
        let reader = |delivery: &Delivery| delivery.notice.recipient.clone();
        let mut of_case: Vec<Recipient> = case.assigned.iter().chain(&named).cloned().collect();
        of_case.extend(asked().map(reader));
        let handed = asked().filter(|delivery| delivery.notice.purpose == Purpose::HandedOver).map(reader);
        let handed: Vec<Recipient> = handed.chain(case.assigned.clone()).collect();
        let is_handed = |person: &&Recipient| handed.iter().any(|one| is_same_address(&one.email, &person.email));
        let mut deciding: Vec<Recipient> = of_case.iter().filter(|person| !is_handed(person)).cloned().collect();
        deciding.extend(named.iter().cloned());
        let mut others: Vec<Recipient> = told.iter().map(reader).chain([administrator(config)]).collect();
        for people in [&mut of_case, &mut deciding, &mut others] {
            people.retain(|person| !is_same_address(&person.email, &case.subject.email));
        }
        let first = asked().filter(|delivery| delivery.notice.purpose == Purpose::Alert && may_have_arrived(delivery));
        let first = first.map(reader).next().unwrap_or_else(|| responsible.acts_on(case, config));
        let holder = case.assigned.clone().unwrap_or(first);
        Self { of_case, deciding, others, holder, domains: domains(config, &named) }
    }

    /// Whether this is one of those who decide about the account: the reader of its alert, the owner, the manager, or the default
    /// recipient. Only they approve what is written into the CRM.
    pub fn may_approve(&self, by: &By) -> bool {
        by.address.as_ref().is_some_and(|address| self.deciding.iter().any(|p| is_same_address(&p.email, address)))
    }

    /// Somebody known by this address.
    pub fn find(&self, address: &Personal) -> Option<&Recipient> {
        self.of_case.iter().chain(&self.others).find(|person| is_same_address(&person.email, address))
    }

    /// Whoever `to` is, as somebody who may be handed the case; `by` hands it over.
    pub fn taker(&self, case: &Case, to: &Recipient, by: &By) -> Result<Recipient, NotTheirs> {
        let domain = domain_of(&to.email).ok_or(NotTheirs::NoAddress)?;
        if is_same_address(&to.email, &case.subject.email) {
            return Err(NotTheirs::Subject);
        }
        if is_same_address(&self.holder.email, &to.email) {
            return Err(NotTheirs::HasIt);
        }
        let because = format!("{} handed it to you", by.name.reveal().trim());
        if let Some(known) = self.find(&to.email) {
            return Ok(Recipient { because, ..known.clone() });
        }
        if !self.domains.contains(&domain) {
            return Err(NotTheirs::Stranger(self.domains.join(" or ")));
        }
        let email = Personal::new(to.email.reveal().trim());
        let name = if to.name.is_blank() { email.clone() } else { Personal::new(to.name.reveal().trim()) };
        Ok(Recipient { user: None, name, email, because, zone: to.zone.clone() })
    }
}

/// Whether a notice has asked its reader for something about the case.
fn is_asked(delivery: &Delivery, case: &Case) -> bool {
    let asks = match delivery.notice.purpose {
        Purpose::Alert | Purpose::HandedOver | Purpose::Reminder | Purpose::Escalation | Purpose::Woken => true,
        Purpose::Gained | Purpose::Cleared | Purpose::Continued | Purpose::Step | Purpose::Digest | Purpose::Brake => {
            false
        }
    };
    asks && delivery.notice.case.as_ref() == Some(&case.id)
}

fn may_have_arrived(delivery: &Delivery) -> bool {
    matches!(delivery.progress, Progress::Sent { .. } | Progress::Unknown { .. })
}

/// The domains whose people may be handed any case, the sender's own first.
pub fn hand_over_domains(config: &Config) -> Vec<String> {
    let sender = domain_of(&Personal::new(config.notify.sender_address.as_str()));
    sender.into_iter().chain(config.notify.hand_over_domains.iter().cloned()).collect()
}

/// The same, and those of our people at the account. A domain at which anybody can have an address is nobody's.
fn domains(config: &Config, named: &[Recipient]) -> Vec<String> {
    let ours = named.iter().filter_map(|person| domain_of(&person.email));
    let ours = ours.filter(|domain| domain.contains('.') && !is_free_mail(domain));
    let mut domains: Vec<String> = Vec::new();
    for domain in hand_over_domains(config).into_iter().chain(ours) {
        if !domains.contains(&domain) {
            domains.push(domain);
        }
    }
    domains
}

/// The domain of one plain address, in small letters; nothing where it is no such address. Letters outside ASCII are refused:
/// what looks like our domain need not be it.
fn domain_of(address: &Personal) -> Option<String> {
    let address = address.reveal().trim();
    let (name, domain) = address.split_once('@')?;
    let is_plain = |c: char| c.is_ascii_graphic() && !matches!(c, ',' | ';' | '<' | '>' | '"' | '(' | ')' | '@' | ':');
    let is_one = crate::address::mailbox(address).is_ok();
    (is_one && name.chars().all(is_plain) && domain.chars().all(is_plain)).then(|| domain.to_ascii_lowercase())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::case::State;
    use crate::context::{Context, Fact};
    use crate::coverage::Coverage;
    use crate::crm::User;
    use crate::marks::tests::case;
    use crate::notice::{Channel, Progress};
    use crate::{DeliveryId, UserId};

    fn user(name: &str, active: bool) -> Fact<User> {
        let email = Some(Personal::new(format!("{}@us.example", name.to_lowercase())));
        let value = User { id: UserId::parse(name).unwrap(), name: Personal::new(name), email, active, zone: None };
        Fact { value, source: String::new(), as_of: jiff::Timestamp::UNIX_EPOCH }
    }

    fn told(case: &Case, purpose: Purpose, name: &str, about: bool) -> Delivery {
        let recipient = Recipient::of(&user(name, true).value, "you own the account").unwrap();
        let mut notice = crate::compose::cleared(case, recipient, &Config::shipped());
        notice.purpose = purpose;
        notice.case = about.then(|| case.id.clone());
        let id = DeliveryId::of(&[name]);
        let progress = Progress::Sent { at: jiff::Timestamp::UNIX_EPOCH, reference: name.to_owned() };
        Delivery { id, channel: Channel::Slack, notice, progress, thread: None }
    }

    /// Maya owns the account, Morgan manages her, Olga was told of it, Noah of another case of the account.
    fn circle(config: &Config) -> (Case, Circle) {
        let mut case = case("Dana Fox", &[State::Detected, State::Notified]);
        case.subject.email = Personal::new("dana@northwind.example");
        let fact = Fact { value: String::new(), source: String::new(), as_of: jiff::Timestamp::UNIX_EPOCH };
        case.context = Some(Context {
            account: fact,
            status: None,
            health: None,
            renewal: None,
            value: None,
            opportunities: Vec::new(),
            tickets: Vec::new(),
            stakeholders: Vec::new(),
            owner: Some(user("Maya", true)),
            manager: Some(user("Morgan", true)),
            coverage_before: Coverage::default(),
            coverage_after: Coverage::default(),
            candidates: Vec::new(),
            gaining: None,
        });
        let told = [
            told(&case, Purpose::Alert, "Olga", true),
            told(&case, Purpose::Gained, "Gus", true),
            told(&case, Purpose::Alert, "Noah", false),
        ];
        let circle = Circle::of(&case, &told, config);
        (case, circle)
    }

    #[test]
    fn only_those_who_have_to_do_with_the_case_approve_what_is_written_into_the_crm() {
        let (mut case, circle) = circle(&Config::shipped());
        for (address, may) in [
            ("maya@us.example", true),
            (" MAYA@US.example ", true),
            ("morgan@us.example", true),
            ("olga@us.example", true),
            ("csm@localhost", true),
            ("gus@us.example", false),
            ("noah@us.example", false),
            ("dana@northwind.example", false),
            ("", false),
        ] {
            assert_eq!(circle.may_approve(&By::known("x", address)), may, "{address}");
        }
        assert!(!circle.may_approve(&By::named("Maya")), "a name is no identity");
        case.assigned = Some(Recipient::of(&user("Nina", true).value, "").unwrap());
        let circle = Circle::of(&case, &[], &Config::shipped());
        assert!(!circle.may_approve(&By::known("Nina", "nina@us.example")), "it was only handed to her");
        assert!(circle.may_approve(&By::known("Maya", "maya@us.example")));
    }

    #[test]
    fn whoever_no_longer_works_here_approves_nothing() {
        let (mut case, _) = circle(&Config::shipped());
        case.context.as_mut().unwrap().owner = Some(user("Maya", false));
        assert!(!Circle::of(&case, &[], &Config::shipped()).may_approve(&By::known("Maya", "maya@us.example")));
    }

    fn to(address: &str) -> Recipient {
        let (name, email) = (Personal::default(), Personal::new(address));
        Recipient { user: None, name, email, because: String::new(), zone: None }
    }

    #[test]
    fn a_case_is_handed_to_people_who_are_known_or_at_a_domain_of_ours() {
        let config = Config::parse(
            "[notify]\nsender_address = \"baton@Ours.example\"\nhand_over_domains = [\"sister.example\"]\n",
        )
        .unwrap();
        let (mut case, circle) = circle(&config);
        let by = By::named("Maya");
        let check = |address: &str| circle.taker(&case, &to(address), &by).map(|r| (r.user.is_some(), r.because));
        for (address, known) in [
            ("noah@us.example", true),
            ("Morgan@us.example", true),
            ("new@ours.example", false),
            ("new@SISTER.example", false),
            ("colleague.of.maya@us.example", false),
        ] {
            assert_eq!(check(address), Ok((known, "Maya handed it to you".to_owned())), "{address}");
        }
        let stranger = Err(NotTheirs::Stranger("ours.example or sister.example or us.example".to_owned()));
        for address in ["new@them.example", "x@evil.ours.example", "x@ours.example.evil", "x@оurs.example"] {
            let refused = check(address);
            assert!(refused == stranger || refused == Err(NotTheirs::NoAddress), "{address}: {refused:?}");
        }
        for address in [
            "",
            "@",
            "x",
            "a@ours.example,b@ours.example",
            "a@b@ours.example",
            "<a@ours.example>",
            "a@ours.example\nBcc: b@x",
        ] {
            assert_eq!(check(address), Err(NotTheirs::NoAddress), "{address:?}");
        }
        assert_eq!(check("dana@northwind.example"), Err(NotTheirs::Subject));
        assert_eq!(check("olga@us.example"), Err(NotTheirs::HasIt), "she was told first");
        case.context.as_mut().unwrap().owner.as_mut().unwrap().value.email = Some(Personal::new("maya@gmail.com"));
        case.context.as_mut().unwrap().manager = None;
        let anybody = Circle::of(&case, &[], &config).taker(&case, &to("new@gmail.com"), &by);
        assert_eq!(anybody, Err(NotTheirs::Stranger("ours.example or sister.example".to_owned())));
        case.assigned = Some(to("noah@us.example"));
        let circle = Circle::of(&case, &[], &config);
        assert_eq!(circle.taker(&case, &to("Noah@us.example"), &by), Err(NotTheirs::HasIt));
    }
}
