//! Words of titles in other languages, folded, with the English words they stand for.
//! Feminine and masculine forms come to the same word.

pub(super) mod compounds;
mod dutch;
pub(super) mod endings;
mod finnish;
mod french;
mod german;
mod italian;
mod nordic;
mod polish;
mod portuguese;
mod spanish;

/// A table: English words, or a word of `readings` where English has several → the foreign words and phrases.
type Table = &'static [(&'static str, &'static str)];

/// One table a language, with its bit in [`Languages`]. Where two give one word two meanings, the earlier table wins.
pub(super) const TABLES: [(Languages, Table); 9] = [
    (Languages(1), german::WORDS),
    (Languages(1 << 1), french::WORDS),
    (Languages(1 << 2), spanish::WORDS),
    (Languages(1 << 3), portuguese::WORDS),
    (Languages(1 << 4), italian::WORDS),
    (Languages(1 << 5), dutch::WORDS),
    (Languages(1 << 6), nordic::WORDS),
    (Languages(1 << 7), finnish::WORDS),
    (Languages(1 << 8), polish::WORDS),
];

/// The languages a word is a word of, English not among them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Languages(u16);

impl Languages {
    /// German, Dutch, Nordic and Finnish write compounds in one word.
    const COMPOUNDING: Self = Self(1 | 1 << 5 | 1 << 6 | 1 << 7);

    pub(super) fn and(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    pub(super) fn share_one(self, other: Self) -> bool {
        self.0 & other.0 != 0
    }

    pub(super) fn form_compounds(self) -> bool {
        self.share_one(Self::COMPOUNDING)
    }

    pub(super) fn is_none(self) -> bool {
        self.0 == 0
    }
}

/// Words of our own for ranks and jobs that English has several words for, or none.
pub(super) const OURS: &[&str] = &[
    "leiter",
    "boss",
    "responsable",
    "gerant",
    "geschaftsfuhrer",
    "vorstand",
    "pdg",
    "directorexecutive",
    "dirigente",
    "quadro",
    "superintendente",
    "referent",
    "mitarbeiter",
    "sachbearbeiter",
    "verkaufer",
    "cadre",
    "comercial",
    "conseiller",
    "berater",
];

/// Phrases in any of the languages, and phrases that only show once each word has been opened to English, whatever the
/// language and gender: "directrice générale" and "dyrektor generalny" are both "director general" by then.
/// Linking words were dropped.
pub(super) const PHRASES: &[(&str, &str)] = &[
    ("director general", "geschaftsfuhrer"),
    ("general director", "geschaftsfuhrer"),
    ("director manager", "geschaftsfuhrer"),
    ("director gerente", "geschaftsfuhrer"),
    ("statutory director", "geschaftsfuhrer"),
    ("president director general", "pdg"),
    ("president geschaftsfuhrer", "pdg"),
    ("president director", "pdg"),
    ("director president", "pdg"),
    ("director executive", "directorexecutive"),
    ("chair vorstand", "pdg"),
    ("vorstand chair", "pdg"),
    ("chair geschaftsfuhrer", "pdg"),
    ("geschaftsfuhrer chair", "pdg"),
    ("speaker vorstand", "pdg"),
    ("group boss", "team lead"),
    ("group geschaftsfuhrer", "pdg"),
    ("corporate boss", "pdg"),
    ("administrateur delegue", "chief executive officer"),
    ("administrador delegado", "chief executive officer"),
    ("administrador unico", "managing director"),
    ("administrador sistemas", "system admin"),
    ("administrador sistema", "system admin"),
    ("administrateur systeme", "system admin"),
    ("administrateur reseau", "network admin"),
    ("raad bestuur", "vorstand"),
    ("raad commissarissen", "board"),
    ("voorzitter raad", "chair"),
    ("ressource humaine", "human resource"),
    ("recurso humano", "human resource"),
    ("risorsa umana", "human resource"),
    ("rr hh", "human resource"),
    ("rh", "human resource"),
    ("director technical", "directeurtechnique"),
    ("director technician", "directeurtechnique"),
    ("technical leiter", "directeurtechnique"),
    ("leiter personal", "leiter human resource"),
    ("head personal", "head human resource"),
    ("boss personal", "boss human resource"),
    ("manager personal", "manager human resource"),
    ("director personal", "director human resource"),
    ("referent personal", "human resource referent"),
    ("chef cuisine", "head chef"),
    ("chef projet", "project manager"),
    ("cheffe projet", "project manager"),
    ("boss project", "project manager"),
    ("project boss", "project manager"),
    ("leiter project", "project manager"),
    ("project leiter", "project manager"),
    ("responsable project", "project manager"),
    ("product leiter", "product manager"),
    ("chef produit", "product manager"),
    ("cheffe produit", "product manager"),
    ("boss product", "product manager"),
    ("product boss", "product manager"),
    ("chef marque", "brand manager"),
    ("chef secteur", "area manager"),
    ("chef equipe", "team lead"),
    ("boss team", "team lead"),
    ("team boss", "team lead"),
    ("team leiter", "team lead"),
    ("leiter team", "team lead"),
    ("leiter group", "group leiter"),
    ("chef vente", "sales manager"),
    ("chef service", "department boss"),
    ("cheffe service", "department boss"),
    ("boss service", "department boss"),
    ("boss department", "department boss"),
    ("leiter department", "department leiter"),
    ("chef departement", "department boss"),
    ("chef cabinet", "chief staff"),
    ("chargee projet", "project manager"),
    ("charge projet", "project manager"),
    ("charge mission", "project officer"),
    ("chargee mission", "project officer"),
    ("charge affaire", "account manager"),
    ("chargee affaire", "account manager"),
    ("charge clientele", "account manager"),
    ("charge etude", "study officer"),
    ("charge recrutement", "recruiter"),
    ("chargee recrutement", "recruiter"),
    ("charge communication", "communication officer"),
    ("chargee communication", "communication officer"),
    ("charge marketing", "marketing officer"),
    ("attache commercial", "sales representative"),
    ("attachee commerciale", "sales representative"),
    ("attache presse", "press officer"),
    ("attachee presse", "press officer"),
    ("technico commercial", "technical sales"),
    ("technico commerciale", "technical sales"),
    ("ingenieur commercial", "sales engineer"),
    ("ingenieure commerciale", "sales engineer"),
    ("expert comptable", "certified public accountant"),
    ("experte comptable", "certified public accountant"),
    ("main d'oeuvre", "workforce"),
    ("comite direction", "executive committee"),
    ("assistante direction", "executive assistant"),
    ("assistant direction", "executive assistant"),
    ("secretaire direction", "executive assistant"),
    ("secretaire general", "secretary general"),
    ("secretaire generale", "secretary general"),
    ("direction commerciale", "director comercial"),
    ("direction generale", "geschaftsfuhrer"),
    ("direction technique", "directeurtechnique"),
    ("direction ressource humaine", "director human resource"),
    ("systeme information", "information technology"),
    ("system information", "information technology"),
    ("sistema informacion", "information technology"),
    ("technology information", "information technology"),
    ("ressource", "resource"),
    ("recurso", "resource"),
    ("controle gestion", "controlling"),
    ("control gestion", "controlling"),
    ("ancien eleve", "alumni"),
    ("ancien etudiant", "alumni"),
    ("service client", "customer service"),
    ("service clientele", "customer service"),
    ("relation client", "customer relation"),
    ("grand compte", "key account"),
    ("mise marche", "marketing"),
    ("ingenieur etude", "study engineer"),
    ("cadena suministro", "supply chain"),
    ("digital transformacion", "digital transformation"),
    ("account key", "key account"),
    ("data protection", "privacy"),
];
