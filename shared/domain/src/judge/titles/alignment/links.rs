//! The links between words of two titles: one by one, each pairs what it can of the words still left.

use super::super::reading::Word;
use super::super::{initials, rank, resemblance};

/// Tries to pair words of the `short` side with words of the `long` one, and gives back the last it did pair.
pub(super) type Link = fn(short: &mut Side<'_>, long: &mut Side<'_>) -> Option<(String, String)>;

/// One side of the pairing.
pub(super) struct Side<'a> {
    pub(super) words: &'a [Word],
    pub(super) left: &'a mut Vec<usize>,
}

impl Side<'_> {
    fn word(&self, nth_left: usize) -> Option<&Word> {
        self.words.get(*self.left.get(nth_left)?)
    }
}

/// "cyber security" is written in one word, too.
pub(super) fn link_joined(short: &mut Side<'_>, long: &mut Side<'_>) -> Option<(String, String)> {
    for one in 0..short.left.len() {
        for two in 1..long.left.len() {
            let (Some(whole), Some(first), Some(second)) = (short.word(one), long.word(two - 1), long.word(two)) else {
                continue;
            };
            let joins = whole.text.len() == first.text.len() + second.text.len()
                && whole.text.starts_with(&*first.text)
                && whole.text.ends_with(&*second.text);
            if joins {
                let paired = (whole.text.to_string(), format!("{} {}", first.text, second.text));
                short.left.remove(one);
                long.left.drain(two - 1..=two);
                return Some(paired);
            }
        }
    }
    None
}

pub(super) fn link_readings(short: &mut Side<'_>, long: &mut Side<'_>) -> Option<(String, String)> {
    let mut linked = None;
    let mut one = 0;
    while one < short.left.len() {
        let reading = short.word(one).and_then(|word| word.entry).and_then(|entry| {
            entry.readings.iter().find(|reading| {
                reading.iter().all(|text| long.left.iter().any(|at| stands_for(short, one, long, *at, text)))
            })
        });
        match reading {
            Some(reading) => {
                linked = short.word(one).map(|word| (word.text.to_string(), reading.join(" ")));
                let words = long.words;
                long.left.retain(|at| !reading.iter().any(|text| is_text(words, *at, text)));
                short.left.remove(one);
            }
            None => one += 1,
        }
    }
    linked
}

/// True if the long side's word is the `text`. Two ranks of one language are two ranks: a `jefe` is a manager to an
/// English reader, yet no `gerente`.
fn stands_for(short: &Side<'_>, nth_left: usize, long: &Side<'_>, at: usize, text: &str) -> bool {
    is_text(long.words, at, text)
        && !short.word(nth_left).zip(long.words.get(at)).is_some_and(|(one, two)| {
            let is_rank = rank::is_rank_word(text) && rank::is_rank_word(&one.text);
            (is_rank || two.is_doer(false)) && one.languages.share_one(two.languages)
        })
}

fn is_text(words: &[Word], at: usize, text: &str) -> bool {
    words.get(at).is_some_and(|word| word.text == text)
}

/// The chief officer of a function is called its director in most languages: `Økonomidirektør` is a CFO.
pub(super) fn link_chiefs(short: &mut Side<'_>, long: &mut Side<'_>) -> Option<(String, String)> {
    let place = |side: &Side<'_>, text: &str| side.left.iter().copied().find(|at| is_text(side.words, *at, text));
    let director = place(short, "director").filter(|_| short.words.iter().any(|word| !word.languages.is_none()))?;
    let (chief, officer) = (place(long, "chief")?, place(long, "officer")?);
    short.left.retain(|at| *at != director);
    long.left.retain(|at| *at != chief && *at != officer);
    for (own, chiefs) in CHIEF_FUNCTIONS {
        if let Some(theirs) = place(long, chiefs)
            && own.split(' ').all(|text| place(short, text).is_some())
        {
            let words = short.words;
            short.left.retain(|at| !own.split(' ').any(|text| is_text(words, *at, text)));
            long.left.retain(|at| *at != theirs);
        }
    }
    // What was equal on both sides is not left; "administrative and financial director" is a CFO as well.
    let words = short.words;
    if long.left.is_empty() && place(short, "admin").is_some() {
        short.left.retain(|at| !is_text(words, *at, "admin"));
    }
    if long.words.iter().any(|word| word.text == "information") {
        short.left.retain(|at| !is_text(words, *at, "system") && !is_text(words, *at, "technology"));
    }
    Some(("director".to_owned(), "chief officer".to_owned()))
}

/// The function a director has, and what the chief officer's is called.
const CHIEF_FUNCTIONS: &[(&str, &str)] = &[
    ("operation", "operating"),
    ("technical", "technology"),
    ("technology", "technology"),
    ("sales", "revenue"),
    ("sales", "commercial"),
    ("comercial", "commercial"),
    ("comercial", "revenue"),
    ("comercial", "sales"),
];

pub(super) fn link_initials(short: &mut Side<'_>, long: &mut Side<'_>) -> Option<(String, String)> {
    link_letters(short, long, 0)
}

pub(super) fn link_loose_initials(short: &mut Side<'_>, long: &mut Side<'_>) -> Option<(String, String)> {
    link_letters(short, long, initials::LOOSEST)
}

/// Pairs an acronym with the run of left words whose initials it is, at the cost of at most `loose` other letters.
fn link_letters(short: &mut Side<'_>, long: &mut Side<'_>, loose: u32) -> Option<(String, String)> {
    let mut linked = None;
    let mut one = 0;
    while one < short.left.len() {
        let Some(letters) = acronym_at(short, one, loose > 0) else {
            one += 1;
            continue;
        };
        match covered_by(&letters, long, loose) {
            Some(covered) => {
                let texts: Vec<&str> =
                    covered.iter().filter_map(|at| long.words.get(*at)).map(|word| &*word.text).collect();
                linked = Some((letters, texts.join(" ")));
                long.left.retain(|at| !covered.contains(at));
                short.left.remove(one);
            }
            None => one += 1,
        }
    }
    linked
}

/// The positions of the words the letters stand for: two left words or more, among them perhaps some already paired,
/// as in "CDL driver" and "commercial driver license driver".
fn covered_by(letters: &str, long: &Side<'_>, loose: u32) -> Option<Vec<usize>> {
    let all: Vec<usize> = (0..long.words.len()).collect();
    let singular = letters.strip_suffix('s').unwrap_or(letters);
    [&long.left[..], &all].into_iter().find_map(|places| {
        let texts: Vec<&str> = places.iter().filter_map(|at| long.words.get(*at)).map(|word| &*word.text).collect();
        let run = initials::run(letters.as_bytes(), &texts, loose)
            .or_else(|| initials::run(singular.as_bytes(), &texts, loose))?;
        let covered = places.get(run)?.to_vec();
        let covers_two_left = covered.iter().filter(|at| long.left.contains(at)).count() >= 2;
        covers_two_left.then_some(covered)
    })
}

/// A left word that may be an acronym, with the `s` it was written with.
///
/// One whose readings we know is not bent to `loose` others.
fn acronym_at(side: &Side<'_>, nth_left: usize, loose: bool) -> Option<String> {
    let word = side.word(nth_left).filter(|word| initials::may_be_acronym(&word.text))?;
    let has_readings = word.entry.is_some_and(|entry| !entry.readings.is_empty());
    // Three words in a row spell a word we know by accident only, two do so often.
    let is_open = if loose { !word.is_known() && !has_readings } else { !word.is_known() || word.text.len() >= 3 };
    if !is_open {
        return None;
    }
    Some(if word.was_plural && !word.text.ends_with('s') { format!("{}s", word.text) } else { word.text.to_string() })
}

pub(super) fn link_beginnings(short: &mut Side<'_>, long: &mut Side<'_>) -> Option<(String, String)> {
    link_words(short, long, resemblance::is_beginning)
}

pub(super) fn link_skeletons(short: &mut Side<'_>, long: &mut Side<'_>) -> Option<(String, String)> {
    link_words(short, long, resemblance::is_skeleton)
}

pub(super) fn link_typos(short: &mut Side<'_>, long: &mut Side<'_>) -> Option<(String, String)> {
    link_words(short, long, resemblance::is_typing_error)
}

fn link_words(
    short: &mut Side<'_>,
    long: &mut Side<'_>,
    resembles: fn(&Word, &Word) -> bool,
) -> Option<(String, String)> {
    let mut linked = None;
    let mut one = 0;
    while one < short.left.len() {
        let partner = (0..long.left.len()).find(|two| match (short.word(one), long.word(*two)) {
            (Some(one), Some(two)) => resembles(one, two),
            _ => false,
        });
        match partner {
            Some(two) => {
                linked = match (short.word(one), long.word(two)) {
                    (Some(one), Some(two)) => Some((one.text.to_string(), two.text.to_string())),
                    _ => linked,
                };
                short.left.remove(one);
                long.left.remove(two);
            }
            None => one += 1,
        }
    }
    linked
}
