//! Who could take over from a person who left: everyone who is left, ranked, with the reasons.

use jiff::civil::Date;

use crate::Personal;
use crate::case::Subject;
use crate::context::{Candidate, Stakeholder};
use crate::crm::Role;
use crate::judge::names;
use crate::judge::text::{fold, words};
use crate::judge::titles::Title;
use crate::observation::Named;

/// At most so many are named; a longer list is no advice.
const MOST: usize = 3;

/// Shorter words are particles, ranks and abbreviations.
const MEANS_SOMETHING: usize = 5;
/// Words that say how high a title stands or how wide it reaches, and not what the work is about.
const RANKS: [&str; 12] = [
    "senior",
    "junior",
    "deputy",
    "assistant",
    "associate",
    "principal",
    "global",
    "regional",
    "group",
    "acting",
    "interim",
    "general",
];

/// A person with fewer points has nothing in their favour but being there.
const ENOUGH: i32 = 10;

/// Ranks the people who are left; those with nothing in their favour are not named at all. Whom the person has named as
/// successor comes first, in the CRM or not.
pub fn rank(subject: &Subject, named: Option<&Named>, people: &[Stakeholder], today: Date) -> Vec<Candidate> {
    let lost = Title::parse(&subject.title);
    let others = people.iter().filter(|person| person.contact != subject.contact);
    let is_named = |person: &Stakeholder| named.is_some_and(|named| is_meant(named, person));
    let known = others.clone().any(is_named);
    let mut candidates: Vec<Candidate> = others
        .map(|person| assess(subject, &lost, person, is_named(person), today))
        .filter(|candidate| candidate.score >= ENOUGH)
        .collect();
    candidates.extend(named.filter(|_| !known).map(newcomer));
    candidates.sort_by(|a, b| b.score.cmp(&a.score).then_with(|| a.contact.cmp(&b.contact)));
    candidates.truncate(MOST);
    candidates
}

/// The word of the one who leaves outweighs everything else.
const NAMED: i32 = 200;

/// Whether a stakeholder is the one who is named: by address, else by name.
fn is_meant(named: &Named, person: &Stakeholder) -> bool {
    let address = named.email.reveal().trim();
    if !address.is_empty() && address.eq_ignore_ascii_case(person.email.reveal().trim()) {
        return true;
    }
    let name = named.name.reveal().trim();
    !name.is_empty() && names::compare(name, person.name.reveal()).person == names::Person::Same
}

/// Somebody who is named and whom the CRM does not have yet.
fn newcomer(named: &Named) -> Candidate {
    let reasons = vec!["was named in the person's stead".to_owned(), "is not in the CRM yet".to_owned()];
    Candidate { contact: None, name: Personal::new(named.in_words()), title: String::new(), score: NAMED, reasons }
}

fn assess(subject: &Subject, lost: &Title, person: &Stakeholder, is_named: bool, today: Date) -> Candidate {
    let title = Title::parse(&person.title);
    let mut reasons: Vec<(i32, String)> = Vec::new();
    if is_named {
        reasons.push((NAMED, "was named in the person's stead".to_owned()));
    }
    for role in person.roles.iter().filter(|role| subject.roles.contains(role) && Role::KEY.contains(role)) {
        reasons.push((40, format!("is {role} as well")));
    }
    if let Some(role) = person.roles.iter().find(|role| Role::KEY.contains(role) && !subject.roles.contains(role)) {
        reasons.push((12, format!("is already involved as {role}")));
    } else if let Some(role) = person.roles.iter().find(|role| !Role::KEY.contains(role)) {
        reasons.push((8, format!("is already involved as {role}")));
    }
    match (lost.department(), title.department()) {
        (Some(a), Some(b)) if a == b => reasons.push((25, format!("works in {b} too"))),
        _ => {
            reasons
                .extend(shared_field(&subject.title, &person.title).map(|word| (20, format!("works in {word} too"))));
        }
    }
    if let (Some(a), Some(b)) = (lost.level(), title.level()) {
        if a == b {
            reasons.push((15, format!("has the same level, {b}")));
        } else if b > a {
            reasons.push((10, format!("stands above, as {b}")));
        } else {
            reasons.push((3, format!("stands below, as {b}")));
        }
    }
    if let Some(last) = person.last_contact {
        let days = (today - last).get_days();
        if (0..=60).contains(&days) {
            reasons.push((10, format!("was in touch with us {days} days ago")));
        }
    }
    reasons.sort_by_key(|(points, _)| -points);
    Candidate {
        contact: Some(person.contact.clone()),
        name: person.name.clone(),
        title: person.title.clone(),
        score: reasons.iter().map(|(points, _)| points).sum(),
        reasons: reasons.into_iter().map(|(_, reason)| reason).collect(),
    }
}

/// A word of both titles that says what the work is about and not how high it stands.
fn shared_field(lost: &str, title: &str) -> Option<String> {
    let (lost, title) = (fold(lost), fold(title));
    let mut theirs = words(&title);
    let found = theirs.find(|word| {
        word.len() >= MEANS_SOMETHING
            && !RANKS.contains(word)
            && Title::parse(word).level().is_none()
            && words(&lost).any(|own| own == *word)
    });
    found.map(str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ContactId;
    use jiff::Timestamp;
    use jiff::civil::date;

    fn person(id: &str, title: &str, roles: &[Role], last_contact: Option<Date>) -> Stakeholder {
        Stakeholder {
            contact: ContactId::parse(id).unwrap(),
            name: Personal::new(id),
            email: Personal::new(format!("{id}@northwind.example")),
            title: title.to_owned(),
            roles: roles.to_vec(),
            last_contact,
            source: "test".to_owned(),
            as_of: Timestamp::UNIX_EPOCH,
        }
    }

    #[test]
    fn a_shared_field_counts_and_a_shared_rank_does_not() {
        for (lost, title, shared) in [
            ("VP Operations", "Director of Warehouse Operations", Some("operations")),
            ("Senior Manager", "Senior Director", None),
        ] {
            assert_eq!(shared_field(lost, title).as_deref(), shared, "{lost} / {title}");
        }
    }

    #[test]
    fn the_best_successor_shares_role_and_department_and_a_stranger_is_not_named() {
        let subject = Subject {
            contact: ContactId::parse("dana").unwrap(),
            name: Personal::new("Dana"),
            title: "VP Operations".to_owned(),
            email: Personal::default(),
            roles: vec![Role::Champion],
        };
        let people = [
            person("tom", "Engineering Intern", &[], None),
            person("lee", "Operations Manager", &[Role::Champion], Some(date(2026, 11, 1))),
            person("priya", "CFO", &[Role::DecisionMaker], None),
            person("dana", "VP Operations", &[Role::Champion], None),
        ];
        let today = date(2026, 11, 22);
        let names = |named: Option<&Named>| {
            let ranked = rank(&subject, named, &people, today);
            ranked.iter().map(|c| c.name.reveal().to_owned()).collect::<Vec<_>>()
        };
        assert_eq!(names(None), ["lee", "priya"]);
        assert_eq!(rank(&subject, None, &people, today)[0].reasons[0], "is champion as well");

        let by_address = Named { email: Personal::new("Priya@Northwind.example"), ..Named::default() };
        assert_eq!(names(Some(&by_address)), ["priya", "lee"], "whom the person has named comes first");
        let stranger = Named { name: Personal::new("Kim Sørensen"), ..Named::default() };
        assert_eq!(names(Some(&stranger)), ["Kim Sørensen", "lee", "priya"], "whoever the CRM does not have yet too");
    }
}
