//! Is it still the same person? A record that now names somebody else is a departure and an arrival at once.

use super::Facts;
use super::company::phones;
use super::names::{self, NameJudgement, Note, Person};
use super::odds::{Weighed, log_odds};
use crate::finding::Verdict;

/// Weighs `replaced`. Names that have nothing in common are enough; with a part in common another address or telephone
/// number has to say so too.
pub(super) fn weigh(facts: &Facts<'_>) -> Weighed {
    let (before, after) = (facts.before.name.reveal(), facts.after.name.reveal());
    if before == after || before.trim().is_empty() || after.trim().is_empty() {
        return Weighed::nothing(Verdict::Replaced);
    }
    if let Some(weighed) = no_single_person(facts) {
        return weighed;
    }
    let names = names::compare(before, after);
    let mut replaced = Weighed::prior(Verdict::Replaced, 0.0);
    let weight = match names.person {
        Person::Same => -log_odds(names.confidence),
        Person::Different => log_odds(names.confidence),
        Person::Unclear => 0.0,
    };
    replaced.add("Contact.Name", format!("“{before}” is now “{after}”: {}", names.reason), weight);
    weigh_address(facts, &names, &mut replaced);
    weigh_phone(facts, &names, &mut replaced);
    if names.person != Person::Same {
        replaced.settles = SETTLES;
    }
    replaced
}

/// What would settle whether two names are one person's.
const SETTLES: &str =
    "the names alone cannot tell; another address or telephone number would, or somebody who knows the person";

/// The name field says nothing about who it is now, or names more than one person.
fn no_single_person(facts: &Facts<'_>) -> Option<Weighed> {
    let (before, after) = (facts.before.name.reveal(), facts.after.name.reveal());
    let company = |name: &str| {
        [&facts.before.company, &facts.after.company]
            .iter()
            .any(|company| !company.trim().is_empty() && company.trim().eq_ignore_ascii_case(name.trim()))
    };
    let nobody = |name: &str| names::no_person(name).or(company(name).then_some("the company and not a person"));
    let text = match (nobody(before), nobody(after)) {
        (Some(_), Some(_)) => return Some(Weighed::nothing(Verdict::Replaced)),
        (None, Some(what)) => format!("where “{before}” stood there is now “{after}”, {what}"),
        (Some(what), None) => format!("“{after}” stands where “{before}” was, {what}"),
        (None, None) => match (names::note(before), names::note(after)) {
            (old, Some(note @ (Note::Away | Note::Successor))) if old != Some(note) => {
                let says = if note == Note::Away { "is away" } else { "has a successor or stands in for somebody" };
                format!("the name now reads “{after}”, which says that the person {says}")
            }
            _ if names_two(after) && !names_two(before) => {
                format!("where “{before}” stood two people are named: “{after}”")
            }
            _ if names_two(before) && !names_two(after) => {
                format!("of two people, “{before}”, the record now names “{after}”")
            }
            _ => return None,
        },
    };
    let mut unclear = Weighed::prior(Verdict::Unclear, 0.0);
    unclear.add("Contact.Name", text, 0.0);
    unclear.settles = "the name field does not say who it is; somebody who knows the account would";
    Some(unclear)
}

/// With “and” or a slash, or one full name behind the other and a comma between.
fn names_two(name: &str) -> bool {
    names::names_two(name) || names::lists_two(name)
}

/// An address that stayed speaks for the same person (a married name), another one for another person. Where the names
/// have nothing in common an address that stayed may only not have been edited yet, and one that belongs to a task and
/// not to a person says nothing.
fn weigh_address(facts: &Facts<'_>, names: &NameJudgement, replaced: &mut Weighed) {
    let (before, after) = (facts.before.email.reveal().trim(), facts.after.email.reveal().trim());
    if before.is_empty() || after.is_empty() || SHARED.contains(&local_part(before).as_str()) {
        return;
    }
    if before.eq_ignore_ascii_case(after) {
        let weight = if are_strangers(names) { -2.0 } else { -3.5 };
        replaced.add("Contact.Email", "the address has stayed the same", weight);
    } else if names.person != Person::Same && local_part(before) != local_part(after) {
        let weight = if names.person == Person::Different { 1.5 } else { 0.9 };
        replaced.add("Contact.Email", "the address names somebody else now", weight);
    }
}

fn weigh_phone(facts: &Facts<'_>, names: &NameJudgement, replaced: &mut Weighed) {
    match phones(facts.before, facts.after) {
        Some(true) => {
            let weight = if are_strangers(names) { -0.5 } else { -1.2 };
            replaced.add("Contact.Phone", "the telephone number has stayed the same", weight);
        }
        Some(false) if names.person != Person::Same => {
            replaced.add("Contact.Phone", "the telephone number is another one too", 0.7);
        }
        Some(false) | None => {}
    }
}

/// A desk, an address and a number are handed on; nobody's name changes altogether.
fn are_strangers(names: &NameJudgement) -> bool {
    names.person == Person::Different && names.confidence >= names::CLEARLY
}

/// Mailboxes of a task (RFC 2142, and those that companies have in many languages).
const SHARED: &[&str] = &[
    "info",
    "information",
    "hello",
    "hi",
    "mail",
    "email",
    "post",
    "contact",
    "contacts",
    "kontakt",
    "contacto",
    "contato",
    "contatti",
    "sales",
    "verkauf",
    "vertrieb",
    "ventas",
    "vendas",
    "vendite",
    "commercial",
    "comercial",
    "support",
    "help",
    "helpdesk",
    "service",
    "services",
    "kundenservice",
    "office",
    "buero",
    "biuro",
    "admin",
    "administration",
    "administracion",
    "administrativo",
    "administrativa",
    "secretariat",
    "sekretariat",
    "secretaria",
    "segreteria",
    "reception",
    "empfang",
    "accueil",
    "recepcion",
    "recepcao",
    "purchasing",
    "procurement",
    "einkauf",
    "compras",
    "achats",
    "acquisti",
    "inkoop",
    "zakupy",
    "nakup",
    "inkop",
    "satinalma",
    "billing",
    "invoice",
    "invoices",
    "rechnung",
    "facturas",
    "accounts",
    "accounting",
    "accountspayable",
    "ap",
    "ar",
    "buchhaltung",
    "contabilidad",
    "contabilidade",
    "comptabilite",
    "contabilita",
    "finance",
    "financeiro",
    "finanzas",
    "hr",
    "rh",
    "jobs",
    "careers",
    "personal",
    "marketing",
    "press",
    "presse",
    "media",
    "it",
    "ti",
    "webmaster",
    "postmaster",
    "hostmaster",
    "abuse",
    "noc",
    "security",
    "orders",
    "order",
    "bestellung",
    "pedidos",
    "logistics",
    "logistik",
    "logistica",
    "operations",
    "ops",
    "legal",
    "compliance",
    "team",
    "direction",
    "direccion",
    "diretoria",
    "gerencia",
    "management",
    "ceo",
    "cfo",
    "cto",
    "coo",
    "director",
    "manager",
    "enquiries",
    "inquiries",
    "noreply",
    "no-reply",
    "general",
    "everyone",
    "all",
    "staff",
    "board",
    "quality",
    "qualitaet",
    "calidad",
    "qualidade",
    "qualita",
    "technik",
    "warehouse",
    "lager",
    "shipping",
    "versand",
];

fn local_part(address: &str) -> String {
    address.split('@').next().unwrap_or_default().to_lowercase()
}
