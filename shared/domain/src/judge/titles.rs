//! Job titles: whether a new title is a new job, a step up or down, or the old job written another way.

mod abbreviations;
mod alignment;
mod departments;
mod initials;
mod ladder;
mod languages;
mod lexicon;
mod rank;
mod reading;
mod reasons;
mod resemblance;
mod roles;
mod scope;
mod spelling;
mod status;
mod tokens;
mod verdict;

pub use departments::Department;
pub use ladder::Level;
use reading::{Reading, Word};
use verdict::judged;

/// What became of a title.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TitleChange {
    Same,
    Promoted,
    Demoted,
    /// The same level with another task or department.
    Reassigned,
    /// The new title says that the person has left or retired.
    Former,
    /// Another title, but its place against the old one is not known.
    Unclear,
}

/// What became of a title, how sure that is, and why.
#[derive(Clone, Debug, PartialEq)]
pub struct TitleJudgement {
    pub change: TitleChange,
    /// The chance, 0 to 1, that `change` is right.
    pub confidence: f64,
    /// One clause of plain English.
    pub reason: String,
}

/// Judges what the change from one raw title to another means.
pub fn compare(before: &str, after: &str) -> TitleJudgement {
    if before == after {
        return judged(TitleChange::Same, 1.0, "nothing changed");
    }
    let (old, new) = (Title::parse(before), Title::parse(after));
    match (old.is_blank(), new.is_blank()) {
        (true, true) => judged(TitleChange::Same, 1.0, "no title before or after"),
        (true, false) if new.is_former() => verdict::judge(&old, &new),
        (true, false) => judged(TitleChange::Same, 0.6, "a missing title was filled in"),
        (false, true) => judged(TitleChange::Same, 0.6, "the title was emptied"),
        (false, false) => verdict::judge(&old, &new),
    }
}

/// A job title, read once.
pub struct Title {
    reading: Reading,
    level: Option<Level>,
    department: Option<Department>,
}

impl Title {
    /// Reads a title as it stands in a CRM. Any text can be read; one without letters is blank.
    pub fn parse(raw: &str) -> Self {
        let reading = reading::read(raw);
        let level = rank::level(&reading.words);
        let department = department(&reading.words);
        Self { reading, level, department }
    }

    /// The level of responsibility, if the title says.
    pub fn level(&self) -> Option<Level> {
        self.level
    }

    /// The department, if the title says.
    pub fn department(&self) -> Option<Department> {
        self.department.or_else(|| self.level.filter(|level| *level >= Level::Chief).map(|_| Department::Executive))
    }

    /// True if the title says nothing at all.
    pub fn is_blank(&self) -> bool {
        self.reading.words.is_empty() && !self.is_former() && !self.is_on_leave()
    }

    /// True for "former", "ex-", "retired", "no longer with".
    pub fn is_former(&self) -> bool {
        self.reading.status.is_former
    }

    /// True for a job held for the time being: "interim", "acting".
    pub fn is_interim(&self) -> bool {
        self.reading.status.is_interim
    }

    /// True if the title mentions a leave of absence.
    pub fn is_on_leave(&self) -> bool {
        self.reading.status.is_on_leave
    }

    /// The numbered grade, as in "Engineer III".
    pub fn grade(&self) -> Option<u8> {
        self.reading.grade
    }

    fn words(&self) -> &[Word] {
        &self.reading.words
    }

    fn department_differs(&self, other: &Self) -> bool {
        matches!((self.department(), other.department()), (Some(one), Some(two)) if one != two)
    }
}

/// The first pair of words that names a department, or else the first word that does.
fn department(words: &[Word]) -> Option<Department> {
    let own = || words.iter().filter(|word| !word.of_another);
    let by_pair = own().zip(own().skip(1)).find_map(|(first, second)| {
        let pairs = &first.entry?.paired_departments;
        pairs.iter().find(|(name, _)| *name == second.text).map(|(_, department)| *department)
    });
    by_pair.or_else(|| own().find_map(|word| word.entry?.department))
}
