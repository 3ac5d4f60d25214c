//! Enrichment: pulls the account of a case together, as it stood, at most once per request.

use std::collections::{HashMap, HashSet};

use domain::audit::Note;
use domain::case::{Case, State};
use domain::config::Config;
use domain::context::{Context, Fact, Gaining, Health, Stakeholder};
use domain::coverage::Coverage;
use domain::crm::{AccountPerson, AccountRecord, Role, User};
use domain::finding::Verdict;
use domain::handler::{HandlerError, Outbox, Outcome};
use domain::judge::titles::Title;
use domain::messages::{Body, CaseRef, Message};
use domain::ports::{Clock, Consistency, Crm, Expect, Index, Key, Query};
use domain::records::{self, Change};
use domain::snapshot::Snapshot;
use domain::{AccountId, ContactId, MessageId, successors};
use envelope::{Handled, HasTime, Record, one_by_one_then_send};
use jiff::Timestamp;
use jiff::civil::Date;

/// What enrichment works with.
pub struct Deps<'a> {
    /// The CRM that knows the account.
    pub crm: &'a dyn Crm,
    /// Where results are committed and messages leave.
    pub outbox: Outbox<'a>,
    /// The configuration in force.
    pub config: &'a Config,
    /// The time of day.
    pub clock: &'a dyn Clock,
    /// Whether there is time for another message.
    pub has_time: HasTime<'a>,
}

/// Handles a batch: the accounts of its cases are read from the CRM together, as many as it gives at once, and each case is handled
/// alone. What there is no time for comes again.
pub async fn handle_batch(mut records: Vec<Record>, deps: &Deps<'_>) -> Vec<Handled> {
    let mut handled = Vec::with_capacity(records.len());
    while !records.is_empty() {
        let rest = records.split_off(records.len().min(deps.crm.accounts_at_once().max(1)));
        handled.extend(handle_some(std::mem::replace(&mut records, rest), deps).await);
    }
    handled
}

async fn handle_some(records: Vec<Record>, deps: &Deps<'_>) -> Vec<Handled> {
    let accounts = if (deps.has_time)() { accounts_of(&records, deps).await } else { Ok(Accounts::new()) };
    let handler = async |message: Message| match &accounts {
        Ok(accounts) => handle(message, accounts, deps).await,
        Err(error) => Err(error.clone()),
    };
    one_by_one_then_send(records, deps.has_time, &deps.outbox, deps.clock, handler).await
}

type Accounts = HashMap<AccountId, AccountRecord>;

/// The accounts that the cases of a batch are about, and those that gain somebody.
async fn accounts_of(records: &[Record], deps: &Deps<'_>) -> Result<Accounts, HandlerError> {
    let messages = records.iter().filter_map(|record| record.message.as_ref().ok());
    let about = |message: &Message| match &message.body {
        Body::Enrich(about) => Some(records::case_key(&about.account, &about.case)),
        _ => None,
    };
    let keys: Vec<Key> = messages.filter_map(about).collect();
    let cases = records::cases(deps.outbox.store, &keys).await?.into_iter().map(|case| case.value);
    let mut wanted: Vec<AccountId> =
        cases.flat_map(|case| std::iter::once(case.account).chain(case.gained_by)).collect();
    if wanted.is_empty() {
        return Ok(Accounts::new());
    }
    wanted.sort();
    wanted.dedup();
    let accounts = deps.crm.accounts(&wanted).await?;
    Ok(accounts.into_iter().map(|account| (account.id.clone(), account)).collect())
}

/// Enriches one case.
pub async fn handle(message: Message, accounts: &Accounts, deps: &Deps<'_>) -> Result<Outcome, HandlerError> {
    let Body::Enrich(about) = message.body else {
        return Err(HandlerError::Poison("enrichment was sent a message that is not for it".to_owned()));
    };
    let gone = known_to_have_left(&about.account, deps).await?;
    let Some((case, trail)) = records::case_and_trail(deps.outbox.store, &about).await? else {
        return Ok(Outcome::Skipped("the case was erased after the request".to_owned()));
    };
    if case.value.state != State::Detected {
        return Ok(Outcome::Skipped(format!("the case is {} already", case.value.state)));
    }
    let now = deps.clock.now();
    let account = accounts.get(&about.account).cloned().unwrap_or_else(|| taken_away(&case.value, now));
    let gaining = case.value.gained_by.as_ref().and_then(|id| accounts.get(id));
    let context = context(&case.value, &account, gaining, &gone, deps.config.calendar.day(now));
    let because = format!(
        "{} people, {} open opportunities, {} open cases, from {}",
        context.stakeholders.len(),
        context.opportunities.len(),
        context.tickets.len(),
        account.source
    );
    let enriched = Case { context: Some(context), ..case.value }.become_state(State::Enriched, because, now)?;

    let mut change = Change::new(Some(message.id), trail, now);
    change.case(&enriched, Expect::Version(case.version)).note(note(&enriched)).send(request_plan(about));
    deps.outbox.commit_in_batch(change).await
}

/// An account that the CRM no longer has, as when it was merged or deleted together with the move of its people. Nothing is
/// known of it but its name, and the loss is told all the same, to the default recipient.
fn taken_away(case: &Case, now: Timestamp) -> AccountRecord {
    AccountRecord {
        id: case.account.clone(),
        name: case.account_name.clone(),
        status: String::new(),
        health: None,
        health_before: None,
        renewal: None,
        value: None,
        owner: None,
        manager: None,
        people: Vec::new(),
        opportunities: Vec::new(),
        tickets: Vec::new(),
        source: "the case, because the CRM no longer has the account".to_owned(),
        as_of: now,
    }
}

/// Those of the account whom an earlier case reported as gone; the CRM may list them for a long time yet.
async fn known_to_have_left(account: &AccountId, deps: &Deps<'_>) -> Result<HashSet<ContactId>, HandlerError> {
    let partition = records::people_of(account);
    let mut gone = HashSet::new();
    let mut after: Option<String> = None;
    loop {
        let (index, limit) = (Index::Secondary, 1_000);
        let consistency = Consistency::Eventual;
        let query = Query { index, consistency, partition: &partition, after: after.as_deref(), through: None, limit };
        let rows = deps.outbox.store.query(&query).await?;
        let full = rows.len() == limit;
        after = rows.last().map(|row| row.sort.clone());
        for row in rows {
            let standing = Snapshot::decode(&row.body).map(|snapshot| snapshot.standing).unwrap_or_default();
            gone.extend(ContactId::of_order_key(&row.sort).ok().filter(|_| standing.gone));
        }
        if !full {
            return Ok(gone);
        }
    }
}

fn request_plan(about: CaseRef) -> Message {
    Message::new(MessageId::of(&["plan", about.case.as_str()]), Body::Plan(about))
}

fn note(case: &Case) -> Note {
    Note {
        actor: "enrichment".to_owned(),
        action: "enriched".to_owned(),
        case: Some(case.id.clone()),
        grounds: case.because.clone(),
    }
}

/// The account as it stands on `today`, and what the case has changed about it.
pub fn context(
    case: &Case,
    account: &AccountRecord,
    gaining: Option<&AccountRecord>,
    gone: &HashSet<ContactId>,
    today: Date,
) -> Context {
    let source = |field: &str| format!("{}, {field}", account.source);
    let fact = |field: &str| Source { source: source(field), as_of: account.as_of };
    let stakeholders = stakeholders(case, account, gone);
    let (coverage_before, coverage_after) = coverage(case, &stakeholders);
    let needs_successor = case.finding.verdict.is_loss()
        || case.finding.named.is_some()
        || (matches!(case.finding.verdict, Verdict::Reassigned | Verdict::Away) && !case.subject.roles.is_empty());
    let named = case.finding.named.as_ref();
    let candidates =
        if needs_successor { successors::rank(&case.subject, named, &stakeholders, today) } else { Vec::new() };
    Context {
        account: fact("Account.Name").of(account.name.clone()),
        status: (!account.status.is_empty()).then(|| fact("Account status").of(account.status.clone())),
        health: account.health.map(|now| fact("Account health").of(Health { now, month_ago: account.health_before })),
        renewal: account.renewal.map(|day| fact("Account renewal").of(day)),
        value: account.value.clone().map(|value| fact("Account value").of(value)),
        opportunities: account.opportunities.iter().map(|o| fact("Opportunity").of(o.clone())).collect(),
        tickets: account.tickets.iter().map(|t| fact("Case").of(t.clone())).collect(),
        stakeholders,
        owner: owner(account),
        manager: manager(account),
        coverage_before,
        coverage_after,
        candidates,
        gaining: gaining.map(|gaining| Gaining { owner: owner(gaining), manager: manager(gaining) }),
    }
}

fn owner(account: &AccountRecord) -> Option<Fact<User>> {
    let source = Source { source: format!("{}, Account owner", account.source), as_of: account.as_of };
    account.owner.clone().map(|user| source.of(user))
}

fn manager(account: &AccountRecord) -> Option<Fact<User>> {
    let source = Source { source: format!("{}, User.ManagerId", account.source), as_of: account.as_of };
    account.manager.clone().map(|user| source.of(user))
}

struct Source {
    source: String,
    as_of: jiff::Timestamp,
}

impl Source {
    fn of<T>(self, value: T) -> Fact<T> {
        Fact { value, source: self.source, as_of: self.as_of }
    }
}

/// The people who are there now, without those known to have left; key roles first, then by level.
fn stakeholders(case: &Case, account: &AccountRecord, gone: &HashSet<ContactId>) -> Vec<Stakeholder> {
    let is_subject = |person: &AccountPerson| person.contact == case.subject.contact;
    let has_left = |person: &AccountPerson| match case.finding.verdict {
        Verdict::Departed if is_subject(person) => true,
        // A provider knows where to, and the CRM does not yet.
        Verdict::Moved if is_subject(person) && case.gained_by.is_none() => true,
        _ if is_subject(person) => person.seen.left,
        _ => person.seen.left || person.seen.inactive || gone.contains(&person.contact),
    };
    let mut people: Vec<Stakeholder> = account
        .people
        .iter()
        .filter(|person| !has_left(person))
        .filter(|person| !person.seen.title.trim().is_empty() || !person.seen.roles.is_empty())
        .map(|person| Stakeholder {
            contact: person.contact.clone(),
            name: person.seen.name.clone(),
            email: person.seen.email.clone(),
            title: person.seen.title.clone(),
            roles: person.seen.roles.clone(),
            last_contact: person.last_contact,
            source: format!("{}, Contact", account.source),
            as_of: account.as_of,
        })
        .collect();
    people.sort_by_cached_key(|person| {
        let role = Role::KEY.iter().position(|role| person.roles.contains(role)).unwrap_or(Role::KEY.len());
        (role, std::cmp::Reverse(Title::parse(&person.title).level()), person.contact.clone())
    });
    people
}

/// Which key roles were filled before the change and which are now.
fn coverage(case: &Case, now: &[Stakeholder]) -> (Coverage, Coverage) {
    let subject = &case.subject;
    let is_subject = |person: &&Stakeholder| person.contact == subject.contact;
    let lost = case.finding.verdict.is_loss();
    // Somebody else in the same record has taken none of the roles over yet.
    let after: Vec<_> =
        now.iter().map(|p| (&p.name, if lost && is_subject(&p) { &[][..] } else { p.roles.as_slice() })).collect();
    let mut before: Vec<_> = now.iter().filter(|p| !is_subject(p)).map(|p| (&p.name, p.roles.as_slice())).collect();
    if case.finding.verdict != Verdict::Arrived {
        before.push((&subject.name, subject.roles.as_slice()));
    }
    let before = Coverage::of(before, &[]);
    let expected: Vec<Role> = before.filled.iter().map(|(role, _)| *role).collect();
    (before, Coverage::of(after, &expected))
}
