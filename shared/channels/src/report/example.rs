//! One case with everything a report can show, for the tests of its parts.

use domain::audit::{Head, Note};
use domain::case::{Answered, Case, Kind, Proposal, ProposalState, State, Subject};
use domain::context::{Candidate, Context, Fact, Health, Stakeholder};
use domain::coverage::Coverage;
use domain::crm::{Opportunity, Role, Ticket, User};
use domain::finding::{Evidence, Finding, Question, Verdict};
use domain::notice::{Channel, Delivery, Progress, Recipient};
use domain::plan::{Assignee, Plan, Step};
use domain::ports::UpdatedRecord;
use domain::{AccountId, CaseId, ContactId, DeliveryId, Money, Personal, ScanId, UserId};
use jiff::Timestamp;
use jiff::civil::date;

use super::{CaseView, Report, Silenced};
use domain::records::ScanRecord;

/// 22 November 2026, six in the morning.
pub(super) fn made() -> Timestamp {
    "2026-11-22T06:00:00Z".parse().unwrap()
}

/// A report of one case, one silent change and one scan; every text from outside is `text`.
pub(super) fn report(text: &str) -> Report {
    let person = || Personal::new(text);
    let silenced = Silenced {
        at: made(),
        account: text.to_owned(),
        contact: person(),
        verdict: text.to_owned(),
        confidence: 0.97,
        from: person(),
        to: person(),
        reason: person(),
    };
    let scan = ScanRecord {
        at: made(),
        system: text.to_owned(),
        contacts: 340,
        touched: Some(7),
        first_seen: 1,
        changed: 3,
        alerted: 1,
        held: 1,
        silenced: 1,
        brake: Some(text.to_owned()),
        scan: domain::ScanId::parse("scan-1").unwrap(),
        shadow: false,
        watermark: Some(made()),
        config: text.to_owned(),
        heard: domain::records::Heard::default(),
    };
    let aside = domain::ports::SetAside {
        file: text.to_owned(),
        row: 7,
        column: Some(text.to_owned()),
        reason: text.to_owned(),
    };
    Report {
        made: made(),
        title: text.to_owned(),
        scans: vec![scan],
        cases: vec![view(case(text), text)],
        silenced: vec![silenced],
        set_aside: vec![aside],
    }
}

/// The case with its audit entry and a notice on every channel.
pub(super) fn view(case: Case, text: &str) -> CaseView {
    let note =
        Note { actor: text.to_owned(), action: text.to_owned(), case: Some(case.id.clone()), grounds: text.to_owned() };
    let deliveries = [Channel::Mail, Channel::Slack, Channel::Crm].map(|channel| {
        let mut delivery = Delivery { channel, id: DeliveryId::of(&[text]), ..crate::example::northwind() };
        delivery.notice.headline = Personal::new(text);
        delivery.notice.recipient.name = Personal::new(text);
        delivery.notice.links = vec![(text.to_owned(), text.to_owned())];
        if channel == Channel::Mail {
            delivery.progress = Progress::Unknown { at: made(), reason: text.to_owned() };
        }
        delivery
    });
    CaseView { case, timeline: vec![Head::default().append(text, made(), note)], deliveries: deliveries.into() }
}

/// A champion has left; two people remain, one of whom holds every key role.
pub(super) fn case(text: &str) -> Case {
    Case {
        id: CaseId::of(&["example"]),
        kind: Kind::Contact,
        account: AccountId::parse("001A").unwrap(),
        account_name: text.to_owned(),
        subject: Subject {
            contact: ContactId::parse("003A").unwrap(),
            name: Personal::new(text),
            title: text.to_owned(),
            email: Personal::default(),
            roles: vec![Role::Champion],
        },
        occurrence: 0,
        finding: Finding {
            verdict: Verdict::Departed,
            confidence: 0.96,
            sentence: Personal::new(text),
            from: Personal::new(text),
            to: Personal::new(text),
            about: Question::Presence,
            prior: -1.5,
            settles: text.to_owned(),
            named: None,
            until: None,
            evidence: vec![
                Evidence::new(text, text, 3.2),
                Evidence::new(text, text, -1.0),
                Evidence::new(text, text, 0.0),
            ],
            rules: "2026.11".to_owned(),
        },
        gained_by: None,
        state: State::Notified,
        because: text.to_owned(),
        history: vec![(State::Detected, made()), (State::Notified, made())],
        scan: ScanId::parse("scan-1").unwrap(),
        shadow: false,
        brake: None,
        config: text.to_owned(),
        threshold: 0.75,
        raised: false,
        continued: 0,
        context: Some(context(text)),
        plan: Some(plan(text)),
        assigned: Some(Recipient {
            user: None,
            name: Personal::new(text),
            email: Personal::new(text),
            because: text.to_owned(),
            zone: None,
        }),
        snoozed: Some(date(2026, 12, 1)),
        answers: vec![Answered { by: Personal::new(text), at: made(), words: Personal::new(text) }],
        done_steps: [0].into(),
        followed: domain::case::Followed::default(),
        proposals: vec![Proposal {
            record: UpdatedRecord::Contact(ContactId::parse("003A").unwrap()),
            field: text.to_owned(),
            before: Personal::new(text),
            after: Personal::new(text),
            why: Personal::new(text),
            state: ProposalState::Outdated { now: Personal::new(text) },
        }],
    }
}

fn context(text: &str) -> Context {
    let buyer = stakeholder("003B", text, "CFO", &[Role::DecisionMaker, Role::EconomicBuyer]);
    let successor = stakeholder("003C", "Lee Park", text, &[]);
    let people = vec![buyer, successor];
    Context {
        account: fact(text.to_owned(), text),
        status: Some(fact(text.to_owned(), text)),
        health: Some(fact(Health { now: 62, month_ago: Some(71) }, text)),
        renewal: Some(fact(date(2027, 1, 8), text)),
        value: Some(fact(Money::parse("184000", "").unwrap(), text)),
        opportunities: vec![fact(
            Opportunity { name: text.to_owned(), stage: text.to_owned(), amount: None, close: Some(date(2027, 1, 1)) },
            text,
        )],
        tickets: vec![fact(
            Ticket { number: text.to_owned(), subject: text.to_owned(), priority: "High".to_owned() },
            text,
        )],
        owner: Some(fact(user(text), text)),
        manager: Some(fact(user(text), text)),
        coverage_before: Coverage::default(),
        coverage_after: Coverage::of(people.iter().map(|p| (&p.name, &p.roles[..])), &[Role::Champion]),
        candidates: vec![candidate(text)],
        gaining: None,
        stakeholders: people,
    }
}

fn plan(text: &str) -> Plan {
    let step = Step { what: Personal::new(text), why: text.to_owned(), who: Assignee::Owner, due: date(2026, 11, 23) };
    Plan {
        goal: text.to_owned(),
        playbook: text.to_owned(),
        because: vec![text.to_owned()],
        candidates: vec![candidate(text)],
        steps: vec![step],
    }
}

fn fact<T>(value: T, source: &str) -> Fact<T> {
    Fact { value, source: source.to_owned(), as_of: made() }
}

fn user(text: &str) -> User {
    User {
        id: UserId::parse("005A").unwrap(),
        name: Personal::new(text),
        email: Some(Personal::new(text)),
        active: false,
        zone: None,
    }
}

fn stakeholder(id: &str, name: &str, title: &str, roles: &[Role]) -> Stakeholder {
    Stakeholder {
        email: Personal::default(),
        contact: ContactId::parse(id).unwrap(),
        name: Personal::new(name),
        title: title.to_owned(),
        roles: roles.to_vec(),
        last_contact: Some(date(2026, 10, 19)),
        source: name.to_owned(),
        as_of: made(),
    }
}

fn candidate(text: &str) -> Candidate {
    Candidate {
        contact: Some(ContactId::parse("003C").unwrap()),
        name: Personal::new("Lee Park"),
        title: text.to_owned(),
        score: 80,
        reasons: vec![text.to_owned()],
    }
}
