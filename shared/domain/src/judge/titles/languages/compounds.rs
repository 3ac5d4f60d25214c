//! Compound words of the Germanic languages and of Finnish: `Vertriebsleiter` is `Vertrieb` and `Leiter`.

use super::super::lexicon::{self, Entry};
use super::Languages;

/// A compound in English words.
pub(in super::super) struct Compound {
    /// The words, such as sales and `leiter`, each with its entry.
    pub(in super::super) words: Vec<(&'static str, &'static Entry)>,
    /// The languages its parts were written in.
    pub(in super::super) languages: Languages,
}

/// Opens a compound; nothing if the word is no compound of words we know.
pub(in super::super) fn opened(word: &str) -> Option<Compound> {
    if word.len() < SHORTEST || !word.is_ascii() {
        return None;
    }
    split(word, 2)
}

/// The shortest compounds are words such as `itchef`.
const SHORTEST: usize = 6;

/// The longest second part first: `Innendienst|leiter` before `dienst|leiter`.
fn split(word: &str, depth: u8) -> Option<Compound> {
    (2..word.len().saturating_sub(2)).find_map(|at| {
        let (first, second) = word.split_at(at);
        let head = second_part(second)?;
        let mut whole = first_part(first, depth)?;
        whole.words.extend(head.words);
        whole.languages = whole.languages.and(head.languages);
        Some(whole)
    })
}

fn second_part(word: &str) -> Option<Compound> {
    if let Some((_, meaning)) = ONLY_SECOND.iter().find(|(written, _)| *written == word) {
        return Some(known(meaning));
    }
    let is_long = word.len() > 3;
    let (key, entry) = lexicon::exactly(word).or_else(|| lexicon::exactly(word.strip_suffix("in")?))?;
    (is_long && entry.forms_compounds()).then(|| part(key, entry))
}

/// A first part may carry a linking letter, and may itself be a compound.
fn first_part(word: &str, depth: u8) -> Option<Compound> {
    if let Some((_, meaning)) = ONLY_FIRST.iter().find(|(written, _)| *written == word) {
        return Some(known(meaning));
    }
    let bare = LINKS.iter().filter_map(|link| word.strip_suffix(link)).filter(|bare| bare.len() > 2);
    bare.clone().find_map(first_word).or_else(|| {
        let may_split = depth > 0 && word.len() >= 2 * SHORTEST - 4;
        bare.filter(|_| may_split).find_map(|bare| split(bare, depth - 1))
    })
}

const LINKS: [&str; 6] = ["", "s", "n", "en", "es", "e"];

fn first_word(word: &str) -> Option<Compound> {
    let (key, entry) = lexicon::exactly(word)?;
    (entry.forms_compounds() || entry.is_word && key.len() > 3).then(|| part(key, entry))
}

fn part(key: &'static str, entry: &'static Entry) -> Compound {
    let words = match &entry.opened {
        Some(words) => words.iter().filter_map(|word| lexicon::exactly(word)).collect(),
        None => vec![(key, entry)],
    };
    Compound { words, languages: entry.languages }
}

fn known(meaning: &'static str) -> Compound {
    Compound { words: meaning.split(' ').filter_map(lexicon::exactly).collect(), languages: Languages::default() }
}

/// Second parts that mean something else where they stand alone, or are English words.
pub(in super::super) const ONLY_SECOND: &[(&str, &str)] = &[
    ("chef", "boss"),
    ("ass", "assistant"),
    ("boss", "boss"),
    ("manager", "manager"),
    ("manageren", "manager"),
    ("director", "director"),
    ("specialist", "specialist"),
    ("consultant", "consultant"),
    ("engineer", "engineer"),
    ("developer", "developer"),
    ("analyst", "analyst"),
    ("controller", "controller"),
    ("assistant", "assistant"),
    ("trainer", "trainer"),
    ("planner", "planner"),
    ("designer", "designer"),
    ("tester", "tester"),
    ("marketing", "marketing"),
    ("management", "management"),
    ("support", "support"),
    ("service", "service"),
    ("leader", "lead"),
    ("lead", "lead"),
    ("owner", "owner"),
    ("master", "master"),
    ("personal", "human resource"),
    ("medlem", "member"),
    ("mitglied", "member"),
    ("vorstand", "vorstand"),
    ("agent", "agent"),
    ("inspektor", "inspector"),
    ("inspekteur", "inspector"),
    ("inspector", "inspector"),
    ("strateg", "strategist"),
    ("stratege", "strategist"),
    ("redaktor", "editor"),
    ("bitrade", "assistant"),
    ("ansvarig", "responsable"),
    ("ansvarlig", "responsable"),
    ("elev", "apprentice"),
    ("lehre", "apprentice"),
];

/// First parts that mean something else where they stand alone.
pub(in super::super) const ONLY_FIRST: &[(&str, &str)] = &[
    ("personal", "human resource"),
    ("hr", "human resource"),
    ("it", "information technology"),
    ("vice", "vice"),
    ("vize", "vice"),
    ("vise", "vice"),
    ("wice", "vice"),
    ("vara", "deputy"),
    ("apulais", "deputy"),
    ("sub", "deputy"),
    ("sous", "deputy"),
    ("adjunct", "deputy"),
    ("onder", "deputy"),
    ("assistenz", "assistant"),
    ("ober", "senior"),
    ("over", "senior"),
    ("yli", "senior"),
    ("chef", "chief"),
    ("chefs", "chief"),
    ("chief", "chief"),
    ("haupt", "chief"),
    ("hoofd", "chief"),
    ("hovud", "chief"),
    ("huvud", "chief"),
    ("paa", "chief"),
    ("general", "general"),
    ("senior", "senior"),
    ("junior", "junior"),
    ("marketing", "marketing"),
    ("marknads", "marketing"),
    ("markeds", "marketing"),
    ("verkaufs", "sales"),
    ("absatz", "sales"),
    ("kunden", "customer"),
    ("kunde", "customer"),
    ("kund", "customer"),
    ("asiakas", "customer"),
    ("klanten", "customer"),
    ("klant", "customer"),
    ("gruppen", "group"),
    ("team", "team"),
    ("tiimi", "team"),
    ("sektions", "department"),
    ("enhets", "department"),
    ("enheds", "department"),
    ("werks", "plant"),
    ("bereichs", "division"),
    ("referats", "department"),
    ("dezernats", "department"),
    ("schul", "school"),
    ("bau", "construction"),
    ("unternehmens", "corporate"),
    ("bedrijfs", "business"),
    ("foretags", "business"),
    ("virksomheds", "business"),
    ("software", "software"),
    ("hardware", "hardware"),
    ("web", "web"),
    ("online", "online"),
    ("key", "key"),
    ("account", "account"),
    ("export", "export"),
    ("import", "import"),
    ("service", "service"),
    ("support", "support"),
    ("content", "content"),
    ("event", "event"),
    ("brand", "brand"),
    ("sales", "sales"),
    ("regional", "regional"),
    ("national", "national"),
    ("lands", "national"),
    ("stations", "station"),
    ("orts", "local"),
    ("kreis", "district"),
    ("bezirks", "district"),
    ("system", "system"),
    ("produkt", "product"),
    ("product", "product"),
    ("projekt", "project"),
    ("project", "project"),
];
