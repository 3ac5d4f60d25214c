//! The judgement: what really changed between two sights of a contact, and how sure that is.
//!
//! Every fact adds or takes log-odds; the sum decides. Where the sum is undecided the verdict is `unclear`.

pub mod companies;
pub mod emails;
pub mod names;
pub mod text;
pub mod titles;

mod company;
mod gone;
mod mend;
mod odds;
mod person;
mod position;
mod sentence;
mod told;

use std::cell::OnceCell;

use crate::Personal;
use crate::crm::Seen;
use crate::finding::{Evidence, Finding, Question, Verdict};
use crate::observation::Observation;
use companies::KnownCompanies;
use titles::TitleJudgement;

pub use company::{Colleagues, address_moved};
pub use gone::{Absence, shows_absence};
use odds::Weighed;
pub(crate) use sentence::with_one_stop;

/// Version of the rules; recorded with every finding.
pub const VERSION: &str = "2026.11";

/// What a judgement knows beside the record itself.
#[derive(Clone, Debug)]
pub struct Around<'a> {
    /// Companies that a person has told us are one.
    pub known: Option<&'a KnownCompanies>,
    /// Mail domains of the people of the account before and of the account now.
    pub colleagues: Option<&'a Colleagues>,
    /// What became of the record, where it is no longer in the CRM.
    pub absence: Option<Absence>,
    /// What others have told of the person and was judged before: it supports, and begins nothing.
    pub known_before: &'a [Observation],
    /// What others have told since.
    pub told: &'a [Observation],
    /// The account's owner made the change by hand.
    pub by_owner: bool,
    /// From this confidence on a finding is worth telling; below it, it is `unclear`.
    pub threshold: f64,
}

impl Default for Around<'_> {
    fn default() -> Self {
        Self {
            known: None,
            colleagues: None,
            absence: None,
            known_before: &[],
            told: &[],
            by_owner: false,
            threshold: THRESHOLD,
        }
    }
}

/// The confidence from which on a person is told, where nothing else is configured.
pub const THRESHOLD: f64 = 0.75;

/// Nothing that names a person, a title or a company is longer, in bytes; of what is, the beginning is judged.
const LONGEST: usize = 2_000;

/// Judges one contact seen twice.
pub fn contact(before: &Seen, after: &Seen, around: &Around<'_>) -> Finding {
    if is_absurd(before) || is_absurd(after) {
        return contact(&clipped(before), &clipped(after), around);
    }
    let facts = Facts { before, after, around, titles: OnceCell::new() };
    let person = person::weigh(&facts);
    let company = company::weigh(&facts);
    let gone = gone::weigh(&facts);
    let position = position::weigh(&facts);
    let heard = told::weigh(&facts);

    let weighed = [person, company, gone, heard, position];
    let likely = weighed.iter().position(|w| w.likely(around.threshold));
    let possible = (0..weighed.len()).filter(|i| weighed[*i].possible());
    let doubtful = possible.max_by(|a, b| weighed[*a].log_odds.total_cmp(&weighed[*b].log_odds));
    let decided = likely.or(doubtful);
    let (verdict, confidence) = match (likely, doubtful) {
        (Some(i), _) => (weighed[i].verdict, weighed[i].confidence()),
        (None, Some(i)) => (Verdict::Unclear, weighed[i].confidence()),
        (None, None) => (Verdict::Cosmetic, weighed.iter().map(|w| 1.0 - w.confidence()).fold(MOST_CERTAIN, f64::min)),
    };
    finish(&facts, verdict, confidence, decided, weighed)
}

fn is_absurd(seen: &Seen) -> bool {
    let texts =
        [seen.name.reveal(), &seen.title, &seen.company, &seen.department, seen.email.reveal(), seen.phone.reveal()];
    texts.iter().any(|text| text.len() > LONGEST)
}

fn clipped(seen: &Seen) -> Seen {
    let clip = |text: &str| text[..text.floor_char_boundary(LONGEST)].to_owned();
    Seen {
        name: Personal::new(clip(seen.name.reveal())),
        title: clip(&seen.title),
        company: clip(&seen.company),
        department: clip(&seen.department),
        email: Personal::new(clip(seen.email.reveal())),
        phone: Personal::new(clip(seen.phone.reveal())),
        ..seen.clone()
    }
}

/// What each of the weighed possibilities is about.
const ABOUT: [Question; 5] =
    [Question::Person, Question::Company, Question::Presence, Question::Presence, Question::Position];

/// Nothing is certain.
const MOST_CERTAIN: f64 = 0.99;

/// Why nothing has happened: the fact that speaks against it most clearly.
fn quiet_reason(weighed: &[Weighed]) -> String {
    let facts = weighed.iter().flat_map(|w| &w.evidence);
    let first = facts.min_by(|a, b| a.weight.total_cmp(&b.weight));
    first.map(|e| e.text.reveal().to_owned()).unwrap_or_default()
}

/// A contact nobody has seen before, in an account that is known: new, or back.
pub fn arrival(after: &Seen, returned: bool) -> Finding {
    let how = if returned { "the person is back" } else { "the record is new in an account that is known" };
    let weight = if returned { 2.2 } else { 2.6 };
    let facts = Facts { before: after, after, around: &Around::default(), titles: OnceCell::new() };
    let evidence = vec![Evidence::new("Contact", how, weight)];
    Finding {
        verdict: Verdict::Arrived,
        confidence: odds::probability(weight),
        sentence: Personal::new(sentence::arrival(after, returned)),
        from: Personal::default(),
        to: Personal::new(facts.place(after)),
        about: Question::Presence,
        prior: 0.0,
        evidence,
        settles: String::new(),
        named: None,
        until: None,
        rules: VERSION.to_owned(),
    }
}

/// The two sights and what surrounds them.
struct Facts<'a> {
    before: &'a Seen,
    after: &'a Seen,
    around: &'a Around<'a>,
    /// What became of the title, worked out when somebody first asks.
    titles: OnceCell<TitleJudgement>,
}

impl<'a> Facts<'a> {
    /// What became of the title.
    fn titles(&self) -> &TitleJudgement {
        self.titles.get_or_init(|| titles::compare(&self.before.title, &self.after.title))
    }

    /// What others have told, the earliest first, and whether it is new. Of a provider its latest word counts.
    fn observations(&self) -> impl Iterator<Item = (&'a Observation, bool)> + use<'a> {
        let (known, told) = (self.around.known_before, self.around.told);
        let all = move || known.iter().map(|one| (one, false)).chain(told.iter().map(|one| (one, true)));
        all()
            .enumerate()
            .filter(move |(place, (one, _))| !all().skip(place + 1).any(|(later, _)| later.replaces(one)))
            .map(|(_, one)| one)
    }

    /// Where a person stands: `VP Operations, Northwind Traders`.
    fn place(&self, seen: &Seen) -> String {
        match (seen.title.trim(), seen.company.trim()) {
            ("", company) => company.to_owned(),
            (title, "") => title.to_owned(),
            (title, company) => format!("{title}, {company}"),
        }
    }
}

/// The facts that decided, with their weights. Facts about what was considered and ruled out are silent; where nothing
/// has happened, each fact that rules something out speaks for that.
fn evidence(decided: Option<usize>, weighed: [Weighed; 5]) -> Vec<Evidence> {
    let bearing = |place: usize, e: Evidence| match decided {
        Some(decided) if decided == place => e,
        Some(_) => e.weighing(0.0),
        None => {
            let weight = -e.weight;
            e.weighing(weight)
        }
    };
    let mut found = Vec::new();
    for (place, w) in weighed.into_iter().enumerate() {
        found.extend(w.evidence.into_iter().map(|e| bearing(place, e)));
    }
    if found.is_empty() {
        found.push(Evidence::new("Contact", "no watched field has changed", 0.0));
    }
    found.sort_by(|a, b| b.weight.total_cmp(&a.weight));
    found
}

/// What was looked at and is as it was.
fn unchanged(facts: &Facts<'_>) -> Option<Evidence> {
    let (before, after) = (facts.before, facts.after);
    let fields = [
        ("name", before.name.reveal(), after.name.reveal()),
        ("title", &before.title, &after.title),
        ("company", &before.company, &after.company),
        ("department", &before.department, &after.department),
        ("address", before.email.reveal(), after.email.reveal()),
        ("telephone number", before.phone.reveal(), after.phone.reveal()),
    ];
    let same = fields.into_iter().filter(|(_, before, after)| !before.trim().is_empty() && before == after);
    let same: Vec<&str> = same.map(|(field, ..)| field).collect();
    let (last, others) = same.split_last()?;
    let list = if others.is_empty() { (*last).to_owned() } else { format!("{} and {last}", others.join(", ")) };
    Some(Evidence::new("Contact", format!("{list} unchanged in the CRM"), 0.0))
}

/// What kind of change a cosmetic finding is, in words that many findings share.
pub fn kind_of_silence(finding: &Finding) -> &'static str {
    match finding.evidence.first().map_or("", |e| e.source.as_str()) {
        "Contact.Title" => "the same job, written another way",
        "Contact.Name" => "the same person, written another way",
        "Account" => "the account itself was renamed",
        "Account.Name" => "the same company under another name",
        "colleagues" => "two records of one company",
        "Contact.Email" => "another address at the same company",
        "Contact.Department" => "the same department, written another way",
        _ => "only fields that say nothing about a move",
    }
}

fn finish(
    facts: &Facts<'_>,
    verdict: Verdict,
    confidence: f64,
    decided: Option<usize>,
    weighed: [Weighed; 5],
) -> Finding {
    let by = decided.map(|i| &weighed[i]);
    let because = by.map_or_else(|| quiet_reason(&weighed), |w| w.because.clone());
    let destination = by.and_then(|w| w.destination.clone());
    let (prior, settles) = by.map_or((0.0, ""), |w| (w.prior, w.settles));
    let to_company = || destination.unwrap_or_else(|| facts.after.company.clone());
    let (from, to) = match verdict {
        Verdict::Moved => (facts.before.company.clone(), to_company()),
        Verdict::Replaced => (facts.before.name.reveal().to_owned(), facts.after.name.reveal().to_owned()),
        Verdict::Promoted | Verdict::Demoted | Verdict::Reassigned => position::from_to(facts),
        Verdict::Departed | Verdict::Away => (facts.place(facts.before), String::new()),
        Verdict::Arrived => (String::new(), facts.place(facts.after)),
        Verdict::Cosmetic | Verdict::Unclear => sentence::first_difference(facts),
    };
    let mut evidence = evidence(decided, weighed);
    evidence.extend(unchanged(facts).filter(|_| decided.is_some()));
    let until = told::until(facts).filter(|_| verdict == Verdict::Away);
    Finding {
        verdict,
        confidence: (confidence.min(MOST_CERTAIN) * 1000.0).round() / 1000.0,
        sentence: Personal::new(sentence::of(facts, verdict, &to, until, &because)),
        from: Personal::new(from),
        to: Personal::new(to),
        about: decided.map(|place| ABOUT[place]).unwrap_or_default(),
        prior,
        settles: settles.to_owned(),
        named: told::named(facts).filter(|_| !matches!(verdict, Verdict::Cosmetic)),
        until,
        evidence,
        rules: VERSION.to_owned(),
    }
}
