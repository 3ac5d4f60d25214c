//! Names of people within sentences.

use std::ops::Range;

use crate::addresses;
use crate::mime::Mailbox;
use crate::wording::{self, Language};
use crate::words::{ADDRESS, Sentence, Word, fold};

/// A name has no more words.
const MOST_WORDS: usize = 5;
/// Small words within surnames.
const PARTICLES: [&str; 27] = [
    "van", "von", "der", "den", "de", "del", "della", "di", "da", "do", "dos", "das", "du", "la", "le", "el", "al",
    "bin", "ter", "ten", "zu", "zur", "af", "av", "y", "e", "st",
];
/// Words that belong to groups and not to people, in any of the languages.
const GROUPS: [&str; 39] = [
    "team",
    "support",
    "desk",
    "helpdesk",
    "service",
    "services",
    "sales",
    "office",
    "department",
    "hotline",
    "group",
    "center",
    "centre",
    "customer",
    "success",
    "accounts",
    "account",
    "kundenservice",
    "kundenbetreuung",
    "vertrieb",
    "equipe",
    "equipo",
    "equipa",
    "ufficio",
    "reparto",
    "servicio",
    "servizio",
    "atencion",
    "atendimento",
    "klantenservice",
    "kundservice",
    "kundeservice",
    "asiakaspalvelu",
    "dzial",
    "zespol",
    "biuro",
    "avdeling",
    "afdeling",
    "abteilung",
];

/// A run of words that may be a name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Candidate {
    /// Its words.
    pub words: Range<usize>,
    /// A title stood before it.
    pub titled: bool,
}

/// The runs of words of a sentence that may be names of people.
pub(super) fn candidates(sentence: &Sentence, sender: &Mailbox) -> Vec<Candidate> {
    let mut found = Vec::new();
    let mut at = 0;
    while at < sentence.words.len() {
        let end = run(sentence, at, sender);
        if end > at {
            let titled = at > 0 && is_title(&sentence.words[at - 1]);
            found.push(Candidate { words: at..end, titled });
        }
        at = end.max(at + 1);
    }
    found
}

/// A candidate as it was written.
pub(super) fn written(sentence: &Sentence, words: &Range<usize>) -> String {
    sentence.text.get(sentence.bytes(words)).unwrap_or_default().trim_matches(['"', '\'', '*']).to_owned()
}

/// Whether the word before which a sentence tells of a departure belongs to the name of somebody else than the sender.
pub(super) fn speaks_of_another(sentence: &Sentence, at: usize, language: &Language, sender: &Mailbox) -> bool {
    if speaks_of_colleague(&sentence.words[..at.min(sentence.words.len())]) {
        return true;
    }
    let own = own_words(sender);
    let before = &sentence.words[..at.min(sentence.words.len())];
    let first_person =
        ["i", "ich", "je", "j", "jag", "jeg", "ik", "me", "io", "eu", "yo", "my", "mein", "mon", "mi", "min", "mijn"];
    let is_own = before.iter().any(|word| own.contains(&word.fold) || first_person.contains(&word.fold.as_str()));
    // A mailbox that does not show whose it is may be anybody's of whom its replies speak.
    let shows_name = sender.name.split_whitespace().count() >= 2 && !sender.name.contains('@');
    if !shows_name || is_own || language.name == "German" && sentence.words.iter().any(|word| word.fold == "ich") {
        return false;
    }
    candidates(sentence, sender)
        .iter()
        .any(|name| name.words.end <= at && name.words.len() >= 2 && at - name.words.end <= 1)
}

/// Whether `my colleague` stands there: whoever says so means somebody else.
fn speaks_of_colleague(words: &[Word]) -> bool {
    let mine = [
        "my", "mein", "meine", "meiner", "mon", "ma", "mi", "mio", "mia", "meu", "minha", "mijn", "min", "moj", "moja",
    ];
    let colleague =
        ["colleague", "kolleg", "collegue", "collab", "companer", "colega", "colleg", "kollega", "koleg", "kolez"];
    words
        .windows(2)
        .any(|pair| mine.contains(&pair[0].fold.as_str()) && colleague.iter().any(|c| pair[1].fold.starts_with(c)))
        || words.iter().any(|word| word.fold == "kollegani")
}

/// The words of the sender's name and address.
fn own_words(sender: &Mailbox) -> Vec<String> {
    let of = |text: &str| {
        text.split(|c: char| !c.is_alphanumeric()).map(fold).filter(|word| word.len() > 1).collect::<Vec<_>>()
    };
    [of(&sender.name), of(addresses::local(&sender.address))].concat()
}

/// Whether an address is another one of the sender's: it is made of the same surname, or of the same words.
pub(super) fn is_own_address(email: &str, sender: &Mailbox) -> bool {
    let words =
        |text: &str| text.split(|c: char| !c.is_alphanumeric()).map(fold).filter(|w| w.len() > 2).collect::<Vec<_>>();
    let (spelled, own) = (words(addresses::local(email)), words(addresses::local(&sender.address)));
    let name = words(&sender.name);
    let is_person = |words: &[String]| !words.is_empty() && !words.iter().any(|word| GROUPS.contains(&word.as_str()));
    let surname = name.last().filter(|surname| surname.len() > 2);
    let initial = addresses::local(email).chars().next();
    let own_initial = name.first().and_then(|given| given.chars().next());
    let by_surname = surname.is_some_and(|surname| spelled.contains(surname)) && initial == own_initial;
    is_person(&spelled)
        && (spelled == own || by_surname || (name.len() >= 2 && name.iter().all(|word| spelled.contains(word))))
}

/// Whether these words are the sender's own name.
pub(super) fn is_sender(sentence: &Sentence, words: &Range<usize>, sender: &Mailbox) -> bool {
    let own = own_words(sender);
    let words = &sentence.words[words.clone()];
    let known = words.iter().filter(|word| own.contains(&word.fold)).count();
    known * 2 > words.len()
}

/// Where the run of name words from here on ends; here, where there is none.
fn run(sentence: &Sentence, from: usize, sender: &Mailbox) -> usize {
    let words = &sentence.words;
    let mut end = from;
    let mut at = from;
    while at < words.len() && at - from < MOST_WORDS {
        let joined = at == from || joins(sentence.between(at - 1, at));
        if !joined {
            break;
        }
        let word = &words[at];
        if is_name(sentence, word, sender) && !is_month(words, at) {
            end = at + 1;
        } else if at == from || !PARTICLES.contains(&word.fold.as_str()) {
            break;
        }
        at += 1;
    }
    end
}

/// What may stand within a name: a space, a hyphen, an apostrophe, the point of an initial.
fn joins(gap: &str) -> bool {
    matches!(gap, " " | "-" | "'" | "’" | ". " | "‑" | "." | "´")
}

fn is_name(sentence: &Sentence, word: &Word, sender: &Mailbox) -> bool {
    let lower = sentence.written(word).to_lowercase();
    let is_common = |language: &Language| language.not_names.contains(&lower) || language.titles.contains(&word.fold);
    word.capital
        && word.fold != ADDRESS
        && word.fold.chars().all(char::is_alphabetic)
        && !is_company(word, sender)
        && !GROUPS.contains(&word.fold.as_str())
        && !wording::all().any(is_common)
}

/// Months are names of people too, but not beside a number.
fn is_month(words: &[Word], at: usize) -> bool {
    let is_number = |at: Option<usize>| {
        at.and_then(|at| words.get(at)).is_some_and(|word| word.fold.starts_with(|c: char| c.is_ascii_digit()))
    };
    let is_named = |language: &Language| language.months.iter().any(|month| month.end_from(words, at).is_some());
    (is_number(at.checked_sub(1)) || is_number(Some(at + 1))) && wording::all().any(is_named)
}

/// Whether a word is the sender's organisation, as its domain shows it.
pub(super) fn is_company(word: &Word, sender: &Mailbox) -> bool {
    let domain = addresses::domain(&sender.address);
    word.fold.len() > 3 && domain.split(['.', '-']).any(|label| label == word.fold)
}

fn is_title(word: &Word) -> bool {
    wording::all().any(|language| language.titles.contains(&word.fold))
}
