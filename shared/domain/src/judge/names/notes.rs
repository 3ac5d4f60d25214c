//! What people write beside a name: that somebody has left, is away or was succeeded, pronouns, employers, birth names.

use super::super::text::{fold, words};

/// What a note beside a name says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in super::super) enum Note {
    /// The person is no longer there.
    Left,
    /// The person is away for a time.
    Away,
    /// Somebody stands in, or has taken over.
    Successor,
}

/// The weightiest note beside a name, in brackets or behind a dash.
pub(in super::super) fn note(raw: &str) -> Option<Note> {
    if !raw.contains(['(', '[', '-', '–', '—', '|', ',', '*', '/', '†']) {
        return None;
    }
    if raw.contains('†') {
        return Some(Note::Left);
    }
    pieces(raw).find_map(|piece| said(&fold(piece)))
}

/// The name without what stands behind a spaced dash or bar and is no surname.
pub(super) fn without_notes(raw: &str) -> &str {
    let cut = [" - ", " – ", " — ", " | ", " // "].iter().filter_map(|mark| {
        let at = raw.find(mark)?;
        let (name, behind) = (&raw[..at], &raw[at + mark.len()..]);
        let more_than_a_surname = behind.split_whitespace().count() > 1 || behind.contains('/') || mark.contains('|');
        (name.split_whitespace().count() > 1 && (more_than_a_surname || said(&fold(behind)).is_some())).then_some(at)
    });
    cut.min().map_or(raw, |at| &raw[..at])
}

/// Whether an entry names two people: “Ann and Bob Lee”, “Ann Lee / Bob Ray”, “Mr. and Mrs. Lee”.
pub(in super::super) fn names_two(raw: &str) -> bool {
    let folded = fold(raw);
    let joined =
        [" / ", " & ", " + ", " and ", " und ", " et ", " for ", " c/o ", " on behalf of ", "; ", " oder ", " or "];
    joined.iter().any(|mark| {
        folded.split_once(mark).is_some_and(|(one, other)| {
            let is_name = |part: &str| words(part).any(|word| word.chars().count() > 1);
            is_name(one) && is_name(other)
        })
    })
}

/// Words that mean that what follows is another surname of the person: a birth name or a married one.
pub(super) fn is_other_surname_mark(word: &str) -> bool {
    OTHER_SURNAME.contains(&word)
}

/// “she/her”, with or without brackets.
pub(super) fn are_pronouns(chunk: &str) -> bool {
    let folded = fold(chunk);
    folded.contains('/') && words(&folded).all(is_pronoun)
}

/// Pronouns, folded.
pub(super) fn is_pronoun(word: &str) -> bool {
    PRONOUNS.contains(&word)
}

fn pieces(raw: &str) -> impl Iterator<Item = &str> {
    let marks = |c: char| matches!(c, '(' | ')' | '[' | ']' | '|' | '*' | ',' | '/' | '–' | '—');
    raw.split(marks).flat_map(|piece| piece.split(" - ")).skip(1)
}

fn said(folded: &str) -> Option<Note> {
    let folded = folded.trim();
    let begins = |list: &[&str]| {
        list.iter()
            .any(|phrase| folded.strip_prefix(phrase).is_some_and(|rest| !rest.starts_with(char::is_alphanumeric)))
    };
    if begins(SUCCESSOR) {
        Some(Note::Successor)
    } else if begins(AWAY) {
        Some(Note::Away)
    } else if begins(LEFT) || FORMER.contains(&folded) {
        Some(Note::Left)
    } else {
        None
    }
}

/// With a word behind them these name an earlier employer or post.
const FORMER: &[&str] =
    &["ex", "former", "formerly", "ehemalig", "ehemals", "ancien", "ancienne", "antiguo", "бывший", "бывшая"];

const LEFT: &[&str] = &[
    "left",
    "has left",
    "gone",
    "departed",
    "former",
    "formerly here",
    "ex employee",
    "ex-employee",
    "no longer",
    "not here",
    "not there",
    "quit",
    "resigned",
    "retired",
    "fired",
    "laid off",
    "terminated",
    "deceased",
    "dead",
    "rip",
    "moved on",
    "moved away",
    "not with",
    "ausgeschieden",
    "nicht mehr",
    "weg",
    "ehemalig",
    "ehemals",
    "im ruhestand",
    "in rente",
    "pensioniert",
    "verstorben",
    "parti",
    "partie",
    "a quitte",
    "n'est plus",
    "retraite",
    "retraitee",
    "decede",
    "ya no",
    "se fue",
    "jubilado",
    "jubilada",
    "fallecido",
    "no trabaja",
    "saiu",
    "nao trabalha",
    "desligado",
    "desligada",
    "aposentado",
    "aposentada",
    "falecido",
    "non lavora",
    "non piu",
    "andato via",
    "in pensione",
    "deceduto",
    "vertrokken",
    "uit dienst",
    "niet meer",
    "gepensioneerd",
    "overleden",
    "odszedl",
    "odeszla",
    "nie pracuje",
    "odesel",
    "odesla",
    "jiz nepracuje",
    "slutat",
    "har slutat",
    "fratradt",
    "fratradte",
    "sluttet",
    "har sluttet",
    "pensionerad",
    "lahtenyt",
    "kilepett",
    "mar nem",
    "ayrildi",
    "isten ayrildi",
    "emekli",
    "уволен",
    "уволена",
    "уволился",
    "уволилась",
    "ушел",
    "ушла",
    "не работает",
    "больше не",
    "звільнений",
    "звільнена",
    "не працює",
    "退職",
    "退社",
    "离职",
    "離職",
    "已离职",
    "퇴사",
];

const AWAY: &[&str] = &[
    "on leave",
    "maternity",
    "paternity",
    "parental leave",
    "on maternity",
    "on parental",
    "on paternity",
    "sabbatical",
    "on sabbatical",
    "sick",
    "on holiday",
    "on vacation",
    "away",
    "out of office",
    "ooo",
    "loa",
    "elternzeit",
    "in elternzeit",
    "mutterschutz",
    "beurlaubt",
    "krank",
    "urlaub",
    "im urlaub",
    "conge",
    "en conge",
    "baja",
    "de baja",
    "de permiso",
    "licenca",
    "de licenca",
    "em licenca",
    "ferias",
    "in maternita",
    "maternita",
    "aspettativa",
    "in aspettativa",
    "met verlof",
    "zwangerschapsverlof",
    "urlop",
    "na urlopie",
    "macierzynski",
    "materska",
    "na materske",
    "rodicovska",
    "na rodicovske",
    "foraldraledig",
    "tjanstledig",
    "barsel",
    "pa barsel",
    "permisjon",
    "i permisjon",
    "orlov",
    "pa orlov",
    "aitiyslomalla",
    "gyes",
    "gyeden",
    "izinde",
    "dogum izninde",
    "в декрете",
    "декрет",
    "в отпуске",
    "у відпустці",
    "育休",
    "産休",
    "休假",
    "产假",
    "휴직",
];

const SUCCESSOR: &[&str] = &[
    "replaced by",
    "replaces",
    "replacing",
    "succeeded by",
    "successor",
    "now",
    "see",
    "contact",
    "use",
    "covered by",
    "cover for",
    "covering for",
    "stand in for",
    "acting for",
    "interim for",
    "instead of",
    "nachfolger",
    "nachfolgerin",
    "nachfolge",
    "jetzt",
    "vertretung",
    "vertreten durch",
    "remplace par",
    "remplacee par",
    "remplace",
    "remplacante",
    "remplacant",
    "sustituido por",
    "sustituida por",
    "sustituye a",
    "sustituto",
    "sustituta",
    "substituido por",
    "substituida por",
    "substitui",
    "sostituito da",
    "sostituita da",
    "sostituisce",
    "sostituto",
    "opgevolgd door",
    "opvolger",
    "vervangen door",
    "vervanger",
    "zastapiony przez",
    "zastapiona przez",
    "nastepca",
    "nahrazen",
    "nastupce",
    "ersatts av",
    "eftertradare",
    "ersattare",
    "erstattet av",
    "erstattes af",
    "etterfolger",
    "efterfolger",
    "utod",
    "helyettes",
    "yerine",
    "вместо",
    "замещает",
    "замена",
    "後任",
    "后任",
    "후임",
];

const OTHER_SURNAME: &[&str] = &[
    "nee",
    "ne",
    "born",
    "geb",
    "geborene",
    "geborener",
    "vh",
    "verh",
    "verheiratete",
    "verw",
    "ep",
    "epouse",
    "vve",
    "veuve",
    "nacida",
    "nascida",
    "nata",
    "nato",
    "gehuwd",
    "geboren",
    "urodzona",
    "roz",
    "rozena",
    "rod",
    "f",
    "fodd",
    "fodt",
    "fd",
    "os",
    "szul",
    "sz",
    "урожденная",
    "урожд",
    "народжена",
    "formerly",
    "fka",
    "aka",
    "alias",
    "previously",
    "maiden",
];

const PRONOUNS: &[&str] = &[
    "he", "him", "his", "she", "her", "hers", "they", "them", "theirs", "ze", "zir", "xe", "xem", "er", "ihm", "ihn",
    "sie", "ihr", "il", "lui", "elle", "iel", "el", "ella", "elle", "ele", "ela", "elu", "hij", "hem", "zij", "haar",
    "hen", "hun", "han", "honom", "hon", "henne", "ham", "hun", "hende", "any", "all", "pronouns", "ask",
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn notes_beside_a_name_are_read() {
        let check = |raw: &str, expected| assert_eq!(note(raw), expected, "{raw}");
        check("Ann Lee (no longer with us)", Some(Note::Left));
        check("Ann Lee - ausgeschieden", Some(Note::Left));
        check("Ann Lee (maternity leave)", Some(Note::Away));
        check("Ann Lee (replaced by Bob Ray)", Some(Note::Successor));
        check("Ann Lee (Acme)", None);
        check("Ann Lee - VP Sales", None);
        check("Ann Leftwich-Gonera", None);
        check("Capt. Ann Lee (Ret.)", None);
    }

    #[test]
    fn notes_are_taken_off_and_surnames_are_kept() {
        let check = |raw, expected| assert_eq!(without_notes(raw), expected);
        check("Ann Lee - VP Sales", "Ann Lee");
        check("Ann Lee | she/her", "Ann Lee");
        check("Ann Lee - Ray", "Ann Lee - Ray");
        check("Ann Lee - left", "Ann Lee");
    }

    #[test]
    fn two_people_in_one_entry_are_seen() {
        let check = |raw, expected| assert_eq!(names_two(raw), expected, "{raw}");
        check("Ann Lee / Bob Ray", true);
        check("Mr. and Mrs. Lee", true);
        check("Ann & Bob Lee", true);
        check("Bob Ray for Ann Lee", true);
        check("Anders Anderson", false);
        check("José Ortega y Gasset", false);
    }
}
