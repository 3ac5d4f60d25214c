//! Cuts a folded title into its bare words: brackets, dots, apostrophes, `&` and gender marks are gone afterwards.

use std::borrow::Cow;

/// One word of a title as written, and how it stands in the line.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Token<'a> {
    pub text: Cow<'a, str>,
    /// True after a comma, dash, slash or bracket, and for the first word.
    pub opens_part: bool,
    /// True after "to" or "reporting to": the word names somebody else's job.
    pub of_another: bool,
}

/// The words of a folded title in order, linking words left out.
pub(super) fn tokens(folded: &str) -> Vec<Token<'_>> {
    let mut pieces = pieces(without_label(folded));
    drop_gender_marks(&mut pieces);
    drop_gendered_endings(&mut pieces);
    drop_degrees(&mut pieces);
    join_lettered_pairs(&mut pieces);
    drop_post_nominals(&mut pieces);
    drop_places_of_work(&mut pieces);
    linked_words_dropped(pieces)
}

/// "Title: Payroll Manager" was pasted with the name of its field.
fn without_label(folded: &str) -> &str {
    const LABELS: [&str; 10] =
        ["title:", "job title:", "position:", "role:", "funktion:", "stelle:", "poste:", "puesto:", "cargo:", "ruolo:"];
    LABELS.iter().find_map(|label| folded.strip_prefix(label)).unwrap_or(folded)
}

/// A word and the strongest separator before it: a space, a comma, a slash, a hyphen or an ampersand.
struct Piece<'a> {
    text: Cow<'a, str>,
    before: char,
    /// True if no space stands before it.
    joins: bool,
}

fn pieces(folded: &str) -> Vec<Piece<'_>> {
    let mut pieces = Vec::with_capacity(12);
    let mut before = ',';
    let mut joins = false;
    let mut start = None;
    for (at, c) in folded.char_indices() {
        if c.is_alphanumeric() || matches!(c, '.' | '\'') {
            start.get_or_insert(at);
            continue;
        }
        if let Some(from) = start.take() {
            push_pieces(folded.get(from..at).unwrap_or_default(), before, joins, &mut pieces);
            before = ' ';
            joins = true;
        }
        joins &= c != ' ';
        before = stronger(before, c);
    }
    if let Some(from) = start {
        push_pieces(folded.get(from..).unwrap_or_default(), before, joins, &mut pieces);
    }
    pieces
}

fn stronger(before: char, c: char) -> char {
    match (before, c) {
        (',', _) | (_, ',' | ';' | ':' | '(' | ')' | '[' | ']' | '|' | '"') => ',',
        ('&', _) | (_, '&' | '+') => '&',
        ('·', _) | (_, '·' | '•' | '*' | '_') => '·',
        ('/', _) | (_, '/') => '/',
        (' ', '-') => '-',
        ('-', ' ') => ',',
        (before, _) => before,
    }
}

/// Opens `v.p.` to `vp`, `d'exploitation` to `exploitation`, `children's` to `children`, `b.sales` to two words.
fn push_pieces<'a>(run: &'a str, before: char, joins: bool, pieces: &mut Vec<Piece<'a>>) {
    let run = run.trim_matches(|c| c == '.' || c == '\'');
    let run = run.strip_suffix("'s").unwrap_or(run);
    let run = match run.split_once('\'') {
        Some(("d" | "l" | "dell" | "all" | "nell" | "dall", rest)) => rest,
        _ => run,
    };
    if run.is_empty() {
        return;
    }
    if !run.contains('.') {
        pieces.push(Piece { text: Cow::Borrowed(run), before, joins });
        return;
    }
    if run.split('.').all(|part| part.len() <= 2) {
        pieces.push(Piece { text: Cow::Owned(run.replace('.', "")), before, joins });
        return;
    }
    for (nth, part) in run.split('.').filter(|part| !part.is_empty()).enumerate() {
        let before = if nth == 0 { before } else { ' ' };
        pieces.push(Piece { text: Cow::Borrowed(part), before, joins: joins || nth > 0 });
    }
}

/// `r & d`, `r and d` and `fp&a` are one acronym; `e-commerce` is electronic commerce.
fn join_lettered_pairs(pieces: &mut Vec<Piece<'_>>) {
    let mut at = 0;
    while at < pieces.len() {
        let spelled_and = matches!(pieces.get(at + 1), Some(next) if next.text == "and");
        let partner = at + if spelled_and { 2 } else { 1 };
        let joined = match (pieces.get(at), pieces.get(partner)) {
            (Some(one), Some(two))
                if is_letters(&one.text, 2)
                    && is_letters(&two.text, 1)
                    && (spelled_and || matches!(two.before, '&' | '/')) =>
            {
                Some(format!("{}{}", one.text, two.text))
            }
            _ => None,
        };
        let is_electronic = matches!((pieces.get(at), pieces.get(at + 1)),
            (Some(one), Some(two)) if one.text == "e" && two.before == '-');
        if let Some(piece) = pieces.get_mut(at) {
            if let Some(joined) = joined {
                piece.text = Cow::Owned(joined);
                pieces.drain(at + 1..=partner);
            } else if is_electronic {
                piece.text = Cow::Borrowed("electronic");
            }
        }
        at += 1;
    }
}

fn is_letters(text: &str, at_most: usize) -> bool {
    text.len() <= at_most && text.bytes().all(|b| b.is_ascii_lowercase())
}

/// `(m/w/d)`, `(f/m/x)`, `h/f` and pronouns say nothing about the job.
fn drop_gender_marks(pieces: &mut Vec<Piece<'_>>) {
    let is_mark = |piece: &Piece<'_>| {
        matches!(&*piece.text, "m" | "w" | "d" | "f" | "h" | "x" | "v" | "k")
            || matches!(&*piece.text, "she" | "her" | "hers" | "he" | "him" | "his" | "they" | "them" | "theirs")
    };
    let marked: Vec<bool> = (0..pieces.len())
        .map(|at| {
            let here = pieces.get(at).is_some_and(is_mark);
            let joined = |at: usize| pieces.get(at).is_some_and(|piece| is_mark(piece) && piece.before == '/');
            let follows = at > 0 && joined(at) && pieces.get(at - 1).is_some_and(is_mark);
            here && (follows || joined(at + 1))
        })
        .collect();
    let mut marked = marked.into_iter();
    pieces.retain(|_| !marked.next().unwrap_or(false));
}

/// `Leiter:in`, `Directeur·rice`, `Chargé(e)`, `Kierownik/czka`: the second form's ending says nothing about the job.
fn drop_gendered_endings(pieces: &mut Vec<Piece<'_>>) {
    let mut at = 1;
    while at < pieces.len() {
        let is_ending = match (pieces.get(at - 1), pieces.get(at)) {
            (Some(word), Some(ending)) => {
                word.text.len() > 3
                    && match ending.before {
                        '·' => ending.text.len() <= 6 && ending.text.len() < word.text.len(),
                        _ => GENDERED_ENDINGS.contains(&&*ending.text),
                    }
                    && ending.joins
            }
            _ => false,
        };
        match (is_ending, pieces.get(at).map(|piece| piece.before)) {
            (true, _) => drop(pieces.remove(at)),
            (false, Some('·')) => {
                if let Some(piece) = pieces.get_mut(at) {
                    piece.before = '/';
                }
                at += 1;
            }
            _ => at += 1,
        }
    }
}

const GENDERED_ENDINGS: &[&str] = &[
    "in", "innen", "e", "es", "ne", "nes", "rice", "rices", "trice", "trices", "euse", "euses", "ere", "eres", "iere",
    "se", "a", "as", "o", "os", "ora", "oras", "ka", "czka", "ska", "ster", "n", "r", "frau", "woman",
];

/// "Dipl.-Ing. (FH), Werksleiter", "mgr inż. …", "Dr. …", "Lic. en ADE - …": what somebody studied before the job.
fn drop_degrees(pieces: &mut Vec<Piece<'_>>) {
    while let Some(first) = pieces.first() {
        let second = pieces.get(1).map_or("", |piece| &*piece.text);
        let next_part = (1..pieces.len()).find(|at| pieces.get(*at).is_some_and(|piece| piece.before == ','));
        let dropped = match &*first.text {
            "dipl" if DIPLOMAS.contains(&second) => 2,
            "mgr" if second == "inz" => 2,
            "dr" | "drs" | "prof" if second == "dr" || DOCTORATES.contains(&second) => 2,
            "dr" | "drs" if pieces.len() > 1 => 1,
            "inz" | "dipl" | "mag" | "ir" if pieces.len() > 2 => 1,
            "fh" | "tu" | "th" | "lic" | "licenciado" | "licenciada" | "licdo" | "licda" | "ing" | "inz" | "mba"
            | "msc" | "bsc" | "ma" | "ba" | "phd" | "bacharel" | "dott" | "dottssa" | "civ" | "cand" | "ktm"
            | "dipl" => next_part.unwrap_or(0),
            _ => 0,
        };
        if dropped == 0 || dropped >= pieces.len() {
            break;
        }
        pieces.drain(..dropped);
    }
    pieces.retain(|piece| piece.text != "ppa" || piece.before != ',' && piece.before != ' ');
}

const DIPLOMAS: &[&str] = &[
    "ing",
    "kfm",
    "kffr",
    "kaufmann",
    "kauffrau",
    "vw",
    "inf",
    "inform",
    "informatiker",
    "wirt",
    "oec",
    "phys",
    "chem",
    "biol",
    "math",
    "jur",
    "betriebswirt",
    "psych",
    "pad",
    "inz",
];

const DOCTORATES: &[&str] = &["med", "jur", "ing", "rer", "nat", "phil", "pol", "oec", "hc", "habil", "iur", "techn"];

/// Degrees and certificates listed after a comma: "Director of Sales, MBA, PMP".
fn drop_post_nominals(pieces: &mut Vec<Piece<'_>>) {
    let mut kept = pieces.len();
    while kept > 1 {
        let is_post_nominal = pieces.get(kept - 1).is_some_and(|piece| match piece.before {
            ',' => POST_NOMINALS.contains(&&*piece.text),
            _ => kept > 2 && UNMISTAKABLE.contains(&&*piece.text),
        });
        if !is_post_nominal {
            break;
        }
        kept -= 1;
    }
    pieces.truncate(kept);
}

/// "(Remote)", "(part-time)", "- Vollzeit" at the end say where and how long somebody works, not at what.
fn drop_places_of_work(pieces: &mut Vec<Piece<'_>>) {
    let Some(start) = (1..pieces.len()).rev().find(|at| pieces.get(*at).is_some_and(|piece| piece.before == ','))
    else {
        return;
    };
    let is_about_work = |piece: &Piece<'_>| PLACES_OF_WORK.contains(&&*piece.text);
    let is_honour = |part: &[Piece<'_>]| {
        part.iter().any(|piece| matches!(&*piece.text, "belt" | "fellow"))
            && part.iter().all(|piece| HONOURS.contains(&&*piece.text))
    };
    if pieces.get(start..).is_some_and(|part| part.iter().all(is_about_work) || is_honour(part)) {
        pieces.truncate(start);
    }
}

/// Words of "Lean Six Sigma Black Belt" and of "IEEE Fellow".
const HONOURS: &[&str] = &[
    "lss",
    "lean",
    "six",
    "sigma",
    "master",
    "black",
    "green",
    "yellow",
    "belt",
    "certified",
    "ieee",
    "acm",
    "fellow",
    "rics",
    "aia",
    "iet",
];

const PLACES_OF_WORK: &[&str] = &[
    "remote",
    "hybrid",
    "onsite",
    "homeoffice",
    "home",
    "office",
    "wfh",
    "full",
    "part",
    "time",
    "fulltime",
    "parttime",
    "vollzeit",
    "teilzeit",
    "teletravail",
    "temps",
    "plein",
    "partiel",
    "deltid",
    "heltid",
    "voltijds",
    "deeltijds",
    "fte",
    "cdi",
    "cdd",
    "remoto",
    "presencial",
];

/// Those that are nothing else even without a comma: "Portfolio Manager CFA".
const UNMISTAKABLE: &[&str] = &["mba", "emba", "phd", "cfa", "pmp", "cissp", "msc", "acca", "llm", "esq", "sphr"];

const POST_NOMINALS: &[&str] = &[
    "lssbb", "lssgb", "lssmbb", "cipp", "ccna", "cgma", "acma", "fcca", "fcma", "mcips", "gphr", "cams", "cfe",
    "crisc", "mba", "emba", "phd", "dphil", "msc", "bsc", "ma", "ba", "bs", "ms", "mph", "mha", "msn", "bsn", "rn",
    "md", "do", "jd", "llm", "llb", "esq", "cpa", "cfa", "cma", "cia", "acca", "aca", "fca", "ca", "pmp", "prince2",
    "csm", "cspo", "cissp", "cism", "cisa", "ceh", "shrm", "sphr", "phr", "cipd", "pe", "peng", "ceng", "aia", "leed",
    "cpsm", "cscp", "cpim", "edd", "dba", "frm", "cfp",
];

fn linked_words_dropped(pieces: Vec<Piece<'_>>) -> Vec<Token<'_>> {
    let mut of_another = false;
    let mut opens_part = true;
    let mut tokens: Vec<Token<'_>> = Vec::with_capacity(pieces.len());
    for (at, piece) in pieces.into_iter().enumerate() {
        opens_part |= matches!(piece.before, ',' | '/' | '&');
        of_another &= piece.before != ',';
        match &*piece.text {
            "to" => of_another = at > 0,
            "and" | "und" | "et" | "och" | "og" | "oraz" | "ja" | "y" => opens_part = true,
            "of" | "de" | "du" | "der" | "des" | "del" | "di" | "da" | "do" | "al" | "alla" | "au" | "a" | "zum"
            | "van" | "til" | "till" | "for" | "fur" | "d" | "della" | "dell"
                if tokens.last().is_some_and(is_assistant) =>
            {
                of_another = true;
            }
            text if LINKING.contains(&text) => {}
            _ => {
                tokens.push(Token { text: piece.text, opens_part, of_another });
                opens_part = false;
            }
        }
    }
    tokens
}

/// Of whom somebody is the assistant is another: "Assistentin der Geschäftsführung".
fn is_assistant(token: &Token<'_>) -> bool {
    const STARTS: [&str; 11] = [
        "assisten",
        "assistan",
        "asistent",
        "asystent",
        "avustaj",
        "sekret",
        "secretari",
        "secretair",
        "segretari",
        "adjunt",
        "adjoint",
    ];
    STARTS.iter().any(|start| token.text.starts_with(start))
}

const LINKING: &[&str] = &[
    "of", "the", "a", "an", "for", "in", "at", "with", "by", "on", "as", "our", "de", "des", "du", "la", "le", "les",
    "del", "della", "delle", "dei", "di", "da", "do", "dos", "das", "der", "die", "dem", "den", "und", "et", "y", "e",
    "en", "och", "og", "van", "von", "voor", "fur", "fuer", "zur", "zum", "im", "am", "pour", "con", "au", "aux", "el",
    "los", "las", "al", "ds", "ja", "het", "innen", "l", "d", "oraz", "alla", "alle", "agli", "allo", "degli", "dello",
    "nella", "nel", "sul", "per", "por", "para", "em", "na", "nas", "nos", "com", "ao", "aos", "avec", "sur", "dans",
    "chez", "een", "bij", "met", "aan", "til", "till", "av", "af", "med", "vid", "ved", "hos", "det", "bei", "beim",
    "mit", "vom", "sowie", "z", "w", "ze", "spraw", "seka", "inom", "innenfor",
];

#[cfg(test)]
mod tests {
    use super::*;

    fn check(folded: &str, words: &[&str]) {
        let tokens = tokens(folded);
        let texts: Vec<&str> = tokens.iter().map(|token| &*token.text).collect();
        assert_eq!(texts, words, "{folded}");
    }

    #[test]
    fn linking_words_and_punctuation_fall_away() {
        check("director, product management", &["director", "product", "management"]);
        check("head of sales & marketing", &["head", "sales", "marketing"]);
        check("directeur d'exploitation", &["directeur", "exploitation"]);
    }

    #[test]
    fn letters_that_belong_together_are_joined() {
        check("r & d manager", &["rd", "manager"]);
        check("r and d manager", &["rd", "manager"]);
        check("v.p. fp&a", &["vp", "fpa"]);
        check("e-commerce lead", &["electronic", "commerce", "lead"]);
    }

    #[test]
    fn gender_marks_pronouns_and_degrees_fall_away() {
        check("entwickler (m/w/d)", &["entwickler"]);
        check("cfo (she/her), mba", &["cfo"]);
        check("cpa", &["cpa"]);
    }

    #[test]
    fn what_follows_to_belongs_to_another() {
        let tokens = tokens("executive assistant to the ceo");
        assert_eq!(tokens.iter().map(|token| token.of_another).collect::<Vec<_>>(), [false, false, true]);
    }
}
