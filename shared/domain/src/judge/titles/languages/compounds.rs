//! German, Dutch and Nordic compounds: `Vertriebsleiter` is `Vertrieb` and `Leiter`.

/// The two halves of a compound in English, such as sales and `leiter`.
pub(in super::super) fn halves(word: &str) -> Option<(&'static str, &'static str)> {
    if word.len() < 8 {
        return None;
    }
    let word = word.strip_suffix("in").unwrap_or(word);
    HEADS.iter().find_map(|(head, second)| {
        let tail = word.strip_suffix(head)?;
        let bare = tail.strip_suffix('s').unwrap_or(tail);
        let (_, first) = TAILS.iter().find(|(name, _)| *name == tail || *name == bare)?;
        Some((*first, *second))
    })
}

/// Second halves of German, Dutch and Nordic compounds: `Vertriebs|leiter`.
const HEADS: &[(&str, &str)] = &[
    ("leiter", "leiter"),
    ("leitung", "leiter"),
    ("leider", "leiter"),
    ("ledare", "leiter"),
    ("leder", "leiter"),
    ("direktor", "director"),
    ("directeur", "director"),
    ("chef", "leiter"),
    ("sjef", "leiter"),
    ("manager", "manager"),
    ("ingenieur", "engineer"),
    ("ingenior", "engineer"),
    ("ingenjor", "engineer"),
    ("entwickler", "developer"),
    ("ontwikkelaar", "developer"),
    ("berater", "berater"),
    ("adviseur", "berater"),
    ("konsulent", "consultant"),
    ("mitarbeiter", "mitarbeiter"),
    ("medewerker", "mitarbeiter"),
    ("assistent", "assistant"),
    ("assistenz", "assistant"),
    ("referent", "referent"),
    ("techniker", "technician"),
    ("spezialist", "specialist"),
    ("paallikko", "manager"),
    ("johtaja", "director"),
    ("entwicklung", "development"),
];

/// First halves of such compounds, without the linking letters.
const TAILS: &[(&str, &str)] = &[
    ("vertrieb", "sales"),
    ("verkauf", "sales"),
    ("verkoop", "sales"),
    ("salg", "sales"),
    ("salj", "sales"),
    ("forsaljning", "sales"),
    ("myynti", "sales"),
    ("einkauf", "purchasing"),
    ("inkoop", "purchasing"),
    ("inkop", "purchasing"),
    ("innkjop", "purchasing"),
    ("indkob", "purchasing"),
    ("personal", "human resource"),
    ("personeel", "human resource"),
    ("henkilosto", "human resource"),
    ("finanz", "finance"),
    ("okonomi", "finance"),
    ("ekonomi", "finance"),
    ("talous", "finance"),
    ("marketing", "marketing"),
    ("markkinointi", "marketing"),
    ("marked", "marketing"),
    ("marknad", "marketing"),
    ("produktion", "production"),
    ("produksjon", "production"),
    ("productie", "production"),
    ("fertigung", "manufacturing"),
    ("projekt", "project"),
    ("project", "project"),
    ("prosjekt", "project"),
    ("produkt", "product"),
    ("product", "product"),
    ("abteilung", "department"),
    ("afdeling", "department"),
    ("avdeling", "department"),
    ("avdelning", "department"),
    ("bereich", "division"),
    ("gruppen", "group"),
    ("team", "team"),
    ("teamet", "team"),
    ("werk", "plant"),
    ("betrieb", "operation"),
    ("filial", "branch"),
    ("niederlassung", "branch"),
    ("region", "regional"),
    ("regional", "regional"),
    ("gebiet", "area"),
    ("entwicklung", "development"),
    ("utvikling", "development"),
    ("utvecklings", "development"),
    ("utveckling", "development"),
    ("software", "software"),
    ("system", "system"),
    ("qualitat", "quality"),
    ("service", "service"),
    ("kunden", "customer"),
    ("kunde", "customer"),
    ("logistik", "logistic"),
    ("lager", "warehouse"),
    ("technik", "technology"),
    ("schul", "school"),
    ("bau", "construction"),
    ("unternehmen", "management"),
    ("kommunikation", "communication"),
    ("teknologia", "technology"),
];
