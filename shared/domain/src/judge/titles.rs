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
mod readings;
mod reasons;
mod resemblance;
mod roles;
mod scope;
mod spelling;
mod status;
mod tokens;
mod variants;
mod verdict;
mod vocabulary;

pub use departments::Department;
pub use ladder::Level;
use reading::{Reading, Word};
use verdict::judged;

/// What became of a title.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TitleChange {
    /// The same job, perhaps written in another way.
    Same,
    /// A job clearly above the old one.
    Promoted,
    /// A job clearly below the old one.
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
    /// What became of the title.
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
    if letters(before).eq(letters(after)) && letters(after).next().is_some() {
        return judged(TitleChange::Same, 0.97, "only case, spaces or punctuation differ");
    }
    if is_address(before) != is_address(after) {
        return judged(TitleChange::Unclear, 0.5, "one of the titles is an address and no title");
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

/// A mail or web address, or one of a street: a cell that slipped into the wrong column.
fn is_address(title: &str) -> bool {
    if !title.bytes().any(|b| b.is_ascii_digit() || matches!(b, b'@' | b':' | b'.')) {
        return false;
    }
    let numbers = title.split(|c: char| !c.is_alphanumeric()).filter(|word| word.chars().all(|c| c.is_ascii_digit()));
    let postcode = |word: &str| (4..=6).contains(&word.len());
    let (mut count, mut codes) = (0, 0);
    for number in numbers.filter(|word| !word.is_empty()) {
        count += 1;
        codes += usize::from(postcode(number));
    }
    let mail = title.split_whitespace().any(|word| crate::judge::emails::domain(word).is_some());
    mail || title.contains("://") || title.starts_with("www.") || (count >= 2 && codes >= 1)
}

fn letters(title: &str) -> impl Iterator<Item = char> {
    title.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase)
}

/// A job title, read once.
pub struct Title {
    raw: String,
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
        Self { raw: raw.to_owned(), reading, level, department }
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

    fn raw(&self) -> &str {
        &self.raw
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

#[cfg(test)]
mod tests {
    use super::*;

    fn check(expected: TitleChange, pairs: &[(&str, &str)]) {
        for (before, after) in pairs {
            let judgement = compare(before, after);
            assert_eq!(judgement.change, expected, "{before} → {after}: {}", judgement.reason);
        }
    }

    #[test]
    fn spelling_order_and_abbreviations_are_no_change() {
        check(
            TitleChange::Same,
            &[
                ("SALES MANAGER", "sales manager"),
                ("Director, Product Management", "Product Management Director"),
                ("Director of Product Management", "Director, Product Management"),
                ("EVP & CFO", "Executive Vice President and Chief Financial Officer"),
                ("V.P. of Finance", "Vice-President Finance"),
                ("Mgr, Eng", "Engineering Manager"),
                ("Dir. of Mktg", "Director of Marketing"),
                ("R&D Manager", "Research and Development Manager"),
                ("Programme Manager", "Program Manager"),
                ("Facilities Manager", "Facility Manager"),
                ("Cyber Security Analyst", "Cybersecurity Analyst"),
                ("Chief Executive Officer (CEO)", "CEO"),
                ("Chairman of the Board", "Board Chair"),
                ("Chair", "Chairperson"),
                ("Marketing Manger", "Marketing Manager"),
                ("Customer Sucess Manager", "Customer Success Manager"),
                ("CFO (she/her), MBA", "CFO"),
                ("CEO", "Founder & CEO"),
                ("Product Manager, Senior", "Senior Product Manager"),
            ],
        );
    }

    #[test]
    fn acronyms_are_opened_by_the_other_title() {
        check(
            TitleChange::Same,
            &[
                ("DBA", "Database Administrator"),
                ("CISO", "Chief Information Security Officer"),
                ("HR Manager", "Human Resources Manager"),
                ("RN supervisor", "Registered Nurse Supervisor"),
                ("CPO", "Chief Product Officer"),
                ("CPO", "Chief People Officer"),
                ("LD Teacher", "Learning Disability Teacher"),
                ("HIM Analyst", "Health Information Management Analyst"),
            ],
        );
    }

    #[test]
    fn another_language_is_no_change() {
        check(
            TitleChange::Same,
            &[
                ("Geschäftsführer", "Geschäftsführerin"),
                ("Geschäftsführer", "Managing Director"),
                ("Vertriebsleiterin (m/w/d)", "Head of Sales"),
                ("Directrice des Ressources Humaines", "HR Director"),
                ("Chef de projet", "Project Manager"),
                ("Gerente de Ventas", "Sales Manager"),
                ("Diretor Financeiro", "Finance Director"),
                ("Amministratore Delegato", "CEO"),
                ("Hoofd Verkoop", "Head of Sales"),
                ("Verkställande direktör", "Managing Director"),
                ("Dyrektor Sprzedaży", "Sales Director"),
                ("Vertriebsleiter", "Leiterin des Vertriebs"),
                ("Abteilungsleiterin Qualitätssicherung", "Abteilungsleiter*in QS"),
                ("Directeur·rice Marketing", "Directrice marketing"),
                ("Personalchef", "HR-chef"),
                ("Økonomidirektør", "CFO"),
                ("Dipl.-Ing. (FH), Werksleiter", "Werkleiter"),
                ("Vorsitzende des Vorstands", "Vorstandsvorsitzende"),
                ("Inköpschef", "Purchasing Manager"),
            ],
        );
    }

    #[test]
    fn a_step_up_is_a_promotion_and_the_way_back_a_demotion() {
        let steps = [
            ("Director", "Executive Director"),
            ("Assistant Vice President", "Vice President"),
            ("VP Sales", "SVP Sales"),
            ("Vice Chairman", "Chairman"),
            ("Account Executive", "Executive Director"),
            ("Product Owner", "Owner"),
            ("Director", "Managing Director"),
            ("Assistant Manager", "Manager"),
            ("Deputy Director", "Director"),
            ("Assistant Principal", "Principal"),
            ("Associate General Counsel", "General Counsel"),
            ("Deputy CFO", "CFO"),
            ("CFO", "CEO"),
            ("Chief of Staff", "CEO"),
            ("Vice President", "President"),
            ("Software Engineer", "Senior Software Engineer"),
            ("Senior Software Engineer", "Staff Software Engineer"),
            ("Software Engineer II", "Software Engineer III"),
            ("Software Engineer", "Engineering Manager"),
            ("Marketing Intern", "Marketing Manager"),
            ("Nurse", "Head Nurse"),
            ("Security Officer", "Chief Security Officer"),
            ("District Manager", "Regional Manager"),
            ("Associate Professor", "Professor"),
            ("Trainee Accountant", "Accountant"),
            ("Associate Dean, Research", "Dean"),
            ("Assistant to the Director", "Assistant Director"),
            ("CFO", "CFO & COO"),
            ("Teamleiter Vertriebsinnendienst", "Abteilungsleiter Vertriebsinnendienst"),
            ("Salgssjef", "Salgsdirektør"),
            ("Diretor-Geral Adjunto", "Diretor-Geral"),
            ("Analista de Compras Júnior", "Analista de Compras Sênior"),
            ("Varapuheenjohtaja", "Puheenjohtaja"),
            ("HR Business Partner", "Partner"),
        ];
        let back = steps.map(|(lower, higher)| (higher, lower));
        check(TitleChange::Promoted, &steps);
        check(TitleChange::Demoted, &back);
    }

    #[test]
    fn another_task_at_one_level_is_a_reassignment() {
        check(
            TitleChange::Reassigned,
            &[
                ("Sales Manager", "Marketing Manager"),
                ("Account Manager", "Accounting Manager"),
                ("Account Director", "Accounting Director"),
                ("Project Manager", "Product Manager"),
                ("Product Manager", "Production Manager"),
                ("IT Manager", "HR Manager"),
                ("QA Manager", "QC Manager"),
                ("CFO", "COO"),
                ("CTO", "CIO"),
                ("Chief People Officer", "Chief Product Officer"),
                ("Data Analyst", "Data Scientist"),
                ("Network Engineer", "Systems Engineer"),
                ("Electrical Engineer", "Mechanical Engineer"),
                ("Civil Engineer", "Chemical Engineer"),
                ("Tax Manager", "Audit Manager"),
                ("Store Manager", "Stock Manager"),
                ("Web Developer", "Mobile Developer"),
                ("Frontend Developer", "Backend Developer"),
                ("VP Sales EMEA", "VP Sales APAC"),
                ("Customer Success Manager", "Account Manager"),
                ("Information Technology Manager", "Information Security Manager"),
                ("Nurse", "Teacher"),
                ("Chemist", "Pharmacist"),
            ],
        );
    }

    #[test]
    fn what_the_ladder_does_not_settle_is_unclear() {
        check(
            TitleChange::Unclear,
            &[
                ("Head of Sales", "VP Sales"),
                ("Head of Sales", "Director of Sales"),
                ("Marketing", "Marketing Manager"),
                ("Sales Manager", "Regional Sales Manager"),
                ("Banking Manager", "Baking Manager"),
                ("Former CEO", "CEO"),
                ("Jefe de Ventas", "Gerente de Ventas"),
                ("Sales Director", "Responsable des ventes"),
                ("Software Developer", "Software Engineer"),
                ("CEO", "Executive Assistant to the CEO"),
            ],
        );
    }

    #[test]
    fn leaving_is_told_from_being_away() {
        check(
            TitleChange::Former,
            &[
                ("CEO", "ex-CEO"),
                ("Sales Director", "Retired"),
                ("CTO", "No longer with company"),
                ("", "Left company"),
                ("Marknadschef", "f.d. marknadschef"),
                ("Driftchef", "Gått i pension"),
            ],
        );
        check(TitleChange::Unclear, &[("Marketing Manager", "Marketing Manager (on maternity leave)")]);
        check(TitleChange::Same, &[("Marketing Manager (on maternity leave)", "Marketing Manager")]);
        check(TitleChange::Promoted, &[("Leiter Kundendienst", "Geschäftsführer (ehem. Leiter Kundendienst)")]);
        check(TitleChange::Promoted, &[("Interim CEO", "CEO"), ("Acting Director of Finance", "Director of Finance")]);
    }

    #[test]
    fn a_record_filled_in_is_no_change_and_no_certainty() {
        for (before, after) in [("", "CEO"), ("CEO", " - ")] {
            let judgement = compare(before, after);
            assert_eq!(judgement.change, TitleChange::Same);
            assert!(judgement.confidence < 0.75);
        }
    }

    #[test]
    fn titles_tell_level_and_department() {
        for (raw, level, department) in [
            ("Chief Information Officer", Some(Level::Chief), Some(Department::It)),
            ("VP Customer Success", Some(Level::VicePresident), Some(Department::CustomerSuccess)),
            ("CEO", Some(Level::ChiefExecutive), Some(Department::Executive)),
            ("Leiter Einkauf", Some(Level::Head), Some(Department::Procurement)),
            ("Account Executive", Some(Level::Individual), Some(Department::Sales)),
            ("Synergies", None, None),
        ] {
            let title = Title::parse(raw);
            assert_eq!((title.level(), title.department()), (level, department), "{raw}");
        }
    }

    #[test]
    fn reasons_are_plain_english() {
        for (before, after, reason) in [
            ("VP Sales", "Vice President Sales", "“VP” is short for “vice president”"),
            ("Sales Director", "Director, Sales", "the same words in another order"),
            ("Sales Manager", "Sales Director", "director is above manager"),
            ("Sales Manager", "IT Manager", "the same level, from sales to information technology"),
        ] {
            assert_eq!(compare(before, after).reason, reason);
        }
    }
}
