//! How people say it, one language a file: that they have left, are away until when, do something else now, and whom to
//! turn to. The wordings are general ones of each language; `patterns` says how they are written.

mod english;
mod german;
mod french;
mod spanish;
mod portuguese;
mod italian;
mod dutch;
mod swedish;
mod norwegian;
mod danish;
mod finnish;
mod polish;

use std::ops::Range;
use std::sync::LazyLock;

use crate::patterns::Pattern;
use crate::words::{Sentence, Word};

/// What a sentence may say of the person.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum Saying {
    /// Works there no longer.
    Left,
    /// Works elsewhere now.
    Elsewhere,
    /// On a leave of the kind that is long.
    LongLeave,
    /// On a leave, ill: long or short.
    Leave,
    /// Not there at the moment.
    Away,
    /// Does something else at the same place.
    Role,
    /// Is reached under another address.
    Address,
    /// The mailbox was closed.
    Closed,
}

impl Saying {
    /// Every one.
    pub(crate) const ALL: [Self; 8] = [
        Self::Left,
        Self::Elsewhere,
        Self::LongLeave,
        Self::Leave,
        Self::Away,
        Self::Role,
        Self::Address,
        Self::Closed,
    ];
}

/// What a language file holds. A wording of the first eight that begins with `!` makes its sentence say no such thing.
struct Table {
    name: &'static str,
    /// Small words by which the language is known.
    common: &'static str,
    left: &'static [&'static str],
    elsewhere: &'static [&'static str],
    long_leave: &'static [&'static str],
    leave: &'static [&'static str],
    away: &'static [&'static str],
    role: &'static [&'static str],
    address: &'static [&'static str],
    closed: &'static [&'static str],
    /// Behind these stands whom to turn to.
    contact: &'static [&'static str],
    /// Around these stands who takes over.
    takes_over: &'static [&'static str],
    /// Right before a last day, and right behind one.
    until: &'static [&'static str],
    until_behind: &'static [&'static str],
    /// Right before a first day, and right behind one.
    since: &'static [&'static str],
    since_behind: &'static [&'static str],
    /// In a sentence that tells the day of the return.
    back: &'static [&'static str],
    months: [&'static str; 12],
    /// From Monday on.
    weekdays: [&'static str; 7],
    tomorrow: &'static [&'static str],
    end_of: &'static [&'static str],
    beginning_of: &'static [&'static str],
    middle_of: &'static [&'static str],
    end_of_year: &'static [&'static str],
    /// Between a day and what it belongs to, and without meaning.
    fillers: &'static str,
    /// Words before a name that are none of it.
    titles: &'static str,
    /// Words that are written with a capital and are no names.
    not_names: &'static str,
    greetings: &'static [&'static str],
    footers: &'static [&'static str],
    wrote: &'static [&'static str],
    original: &'static [&'static str],
    from_field: &'static [&'static str],
    other_fields: &'static [&'static str],
    /// What the subject of an automatic reply begins with, or holds.
    subjects: &'static [&'static str],
}

/// A language, ready for use.
pub(crate) struct Language {
    /// Its English name.
    pub name: &'static str,
    common: Vec<String>,
    sayings: Vec<(Saying, Wordings)>,
    pub contact: Vec<Pattern>,
    pub takes_over: Vec<Pattern>,
    pub until: Vec<Pattern>,
    pub until_behind: Vec<Pattern>,
    pub since: Vec<Pattern>,
    pub since_behind: Vec<Pattern>,
    pub back: Vec<Pattern>,
    pub months: Vec<Pattern>,
    pub weekdays: Vec<Pattern>,
    pub tomorrow: Vec<Pattern>,
    pub end_of: Vec<Pattern>,
    pub beginning_of: Vec<Pattern>,
    pub middle_of: Vec<Pattern>,
    pub end_of_year: Vec<Pattern>,
    pub fillers: Vec<String>,
    pub titles: Vec<String>,
    /// In lower case, with their accents: `março` is a month, and Marco a man.
    pub not_names: Vec<String>,
    pub greetings: Vec<Pattern>,
    pub footers: Vec<Pattern>,
    pub wrote: Vec<Pattern>,
    pub original: Vec<Pattern>,
    pub from_field: Vec<Pattern>,
    pub other_fields: Vec<Pattern>,
    pub subjects: Vec<Pattern>,
}

struct Wordings {
    are: Vec<Pattern>,
    unless: Vec<Pattern>,
}

static LANGUAGES: LazyLock<Vec<Language>> = LazyLock::new(|| {
    [
        &english::TABLE,
        &german::TABLE,
        &french::TABLE,
        &spanish::TABLE,
        &portuguese::TABLE,
        &italian::TABLE,
        &dutch::TABLE,
        &swedish::TABLE,
        &norwegian::TABLE,
        &danish::TABLE,
        &finnish::TABLE,
        &polish::TABLE,
    ]
    .into_iter()
    .map(Language::new)
    .collect()
});

/// Every language.
pub(crate) fn all() -> std::slice::Iter<'static, Language> {
    LANGUAGES.iter()
}

/// The language in which a text most likely is: the one of most of its small words, English where nothing speaks.
pub(crate) fn of<'a>(words: impl Iterator<Item = &'a Word> + Clone) -> &'static Language {
    let count = |language: &Language| words.clone().filter(|word| language.common.contains(&word.fold)).count();
    let first = &LANGUAGES[0];
    all()
        .fold((first, count(first)), |best, language| {
            let found = count(language);
            if found > best.1 { (language, found) } else { best }
        })
        .0
}

/// Where a sentence says something, in any language.
pub(crate) fn says(sentence: &Sentence, saying: Saying) -> Option<(&'static Language, Range<usize>)> {
    all().find_map(|language| {
        let (_, wordings) = language.sayings.iter().find(|(of, _)| *of == saying)?;
        if wordings.unless.iter().any(|pattern| pattern.find(&sentence.words).is_some()) {
            return None;
        }
        let found = wordings.are.iter().filter_map(|pattern| pattern.find(&sentence.words));
        found.min_by_key(|range| (range.start, std::cmp::Reverse(range.end))).map(|range| (language, range))
    })
}

impl Language {
    fn new(table: &'static Table) -> Self {
        let of = [
            (Saying::Left, table.left),
            (Saying::Elsewhere, table.elsewhere),
            (Saying::LongLeave, table.long_leave),
            (Saying::Leave, table.leave),
            (Saying::Away, table.away),
            (Saying::Role, table.role),
            (Saying::Address, table.address),
            (Saying::Closed, table.closed),
        ];
        Self {
            name: table.name,
            common: folded(table.common),
            sayings: of.into_iter().map(|(saying, wordings)| (saying, Wordings::new(wordings))).collect(),
            contact: patterns(table.contact),
            takes_over: patterns(table.takes_over),
            until: patterns(table.until),
            until_behind: patterns(table.until_behind),
            since: patterns(table.since),
            since_behind: patterns(table.since_behind),
            back: patterns(table.back),
            months: patterns(&table.months),
            weekdays: patterns(&table.weekdays),
            tomorrow: patterns(table.tomorrow),
            end_of: patterns(table.end_of),
            beginning_of: patterns(table.beginning_of),
            middle_of: patterns(table.middle_of),
            end_of_year: patterns(table.end_of_year),
            fillers: folded(table.fillers),
            titles: folded(table.titles),
            not_names: table.not_names.split(' ').filter(|word| !word.is_empty()).map(str::to_owned).collect(),
            greetings: patterns(table.greetings),
            footers: patterns(table.footers),
            wrote: patterns(table.wrote),
            original: patterns(table.original),
            from_field: patterns(table.from_field),
            other_fields: patterns(table.other_fields),
            subjects: patterns(table.subjects),
        }
    }
}

impl Wordings {
    fn new(wordings: &[&str]) -> Self {
        let (unless, are): (Vec<&str>, Vec<&str>) = wordings.iter().partition(|wording| wording.starts_with('!'));
        let unless = unless.iter().map(|wording| Pattern::new(&wording[1..])).collect();
        Self { are: patterns(&are), unless }
    }
}

fn patterns(wordings: &[&str]) -> Vec<Pattern> {
    wordings.iter().map(|wording| Pattern::new(wording)).collect()
}

fn folded(words: &str) -> Vec<String> {
    words.split(' ').filter(|word| !word.is_empty()).map(crate::words::fold).collect()
}
