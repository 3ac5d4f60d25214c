//! The ladder of responsibility: its steps, and which steps can honestly be told apart.

use std::fmt;

/// The order of responsibility, lowest first.
///
/// The order is a convention for sorting. Whether one level is really above another is answered by
/// [`Level::is_clearly_above`], because a head of sales may stand beside a manager or beside a vice president.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Level {
    /// Interns, trainees, apprentices.
    Intern,
    /// Assistants, aides, helpers.
    Assistant,
    /// Junior and associate specialists.
    Junior,
    /// Coordinators.
    Coordinator,
    /// Those who answer for their own work.
    Individual,
    /// Senior specialists.
    Senior,
    /// Staff engineers.
    Staff,
    /// Leads of a team, head nurses.
    Lead,
    /// Principal specialists.
    Principal,
    /// Chief specialists of a civil service or a works.
    ChiefSpecialist,
    /// Supervisors, forepersons.
    Supervisor,
    /// Assistant, associate and deputy managers.
    AssistantManager,
    /// Managers.
    Manager,
    /// Senior managers.
    SeniorManager,
    /// General managers.
    GeneralManager,
    /// Deputies of a head.
    DeputyHead,
    /// Heads of one department among several, heads of office.
    DepartmentHead,
    /// Heads of a department, school principals, general counsel.
    Head,
    /// Associate, assistant and deputy directors.
    AssociateDirector,
    /// Directors.
    Director,
    /// Senior directors.
    SeniorDirector,
    /// Executive directors.
    ExecutiveDirector,
    /// Assistant and associate vice presidents.
    AssistantVicePresident,
    /// Vice presidents.
    VicePresident,
    /// Senior vice presidents.
    SeniorVicePresident,
    /// Executive vice presidents.
    ExecutiveVicePresident,
    /// Deputies of a chief officer or of a managing director.
    DeputyChief,
    /// Partners of a firm.
    Partner,
    /// Managing directors, `Geschäftsführer`.
    ManagingDirector,
    /// Chief officers.
    Chief,
    /// The chief executive or the president of the company.
    ChiefExecutive,
    /// Owners and founders.
    Owner,
    /// Substitutes of board members.
    DeputyBoardMember,
    /// Members of a board.
    BoardMember,
    /// Vice and deputy chairs.
    ViceChair,
    /// Chairs of a board.
    Chair,
}

impl Level {
    /// True if every company we know of would put `self` above `other`.
    pub fn is_clearly_above(self, other: Self) -> bool {
        self.span().0 > other.span().1
    }

    /// The lowest and the highest place the level is found at, on a scale where ten points are one full step.
    /// Levels whose spans touch are not told apart: "head" runs from manager to vice president.
    fn span(self) -> (u8, u8) {
        match self {
            Self::Intern => (0, 5),
            Self::Assistant => (10, 15),
            Self::Junior => (18, 20),
            Self::Coordinator => (20, 30),
            Self::Individual => (30, 30),
            Self::Senior => (40, 40),
            Self::Staff => (45, 48),
            Self::Lead => (40, 58),
            Self::Principal => (50, 90),
            Self::ChiefSpecialist => (50, 70),
            Self::Supervisor => (55, 60),
            Self::AssistantManager => (58, 65),
            Self::Manager => (70, 70),
            Self::SeniorManager => (80, 80),
            Self::GeneralManager => (80, 100),
            Self::DeputyHead => (62, 90),
            Self::DepartmentHead => (72, 90),
            Self::Head => (70, 110),
            Self::AssociateDirector => (82, 88),
            Self::Director => (90, 92),
            Self::SeniorDirector => (100, 100),
            Self::ExecutiveDirector => (104, 125),
            Self::AssistantVicePresident => (85, 108),
            Self::VicePresident => (110, 110),
            Self::SeniorVicePresident => (120, 120),
            Self::ExecutiveVicePresident => (130, 130),
            Self::DeputyChief => (125, 135),
            Self::Partner => (105, 150),
            Self::ManagingDirector => (112, 150),
            Self::Chief => (140, 140),
            Self::ChiefExecutive => (150, 150),
            Self::Owner => (145, 170),
            Self::DeputyBoardMember => (120, 135),
            Self::BoardMember => (90, 165),
            Self::ViceChair => (160, 160),
            Self::Chair => (170, 170),
        }
    }
}

impl fmt::Display for Level {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Intern => "intern",
            Self::Assistant => "assistant",
            Self::Junior => "junior",
            Self::Coordinator => "coordinator",
            Self::Individual => "specialist",
            Self::Senior => "senior specialist",
            Self::Staff => "staff specialist",
            Self::Lead => "lead",
            Self::Principal => "principal",
            Self::ChiefSpecialist => "chief specialist",
            Self::Supervisor => "supervisor",
            Self::AssistantManager => "assistant manager",
            Self::Manager => "manager",
            Self::SeniorManager => "senior manager",
            Self::GeneralManager => "general manager",
            Self::DeputyHead => "deputy head",
            Self::DepartmentHead => "head of a department",
            Self::Head => "head",
            Self::AssociateDirector => "associate director",
            Self::Director => "director",
            Self::SeniorDirector => "senior director",
            Self::ExecutiveDirector => "executive director",
            Self::AssistantVicePresident => "assistant vice president",
            Self::VicePresident => "vice president",
            Self::SeniorVicePresident => "senior vice president",
            Self::ExecutiveVicePresident => "executive vice president",
            Self::DeputyChief => "deputy chief officer",
            Self::Partner => "partner",
            Self::ManagingDirector => "managing director",
            Self::Chief => "chief officer",
            Self::ChiefExecutive => "chief executive",
            Self::Owner => "owner",
            Self::DeputyBoardMember => "deputy board member",
            Self::BoardMember => "board member",
            Self::ViceChair => "vice chair",
            Self::Chair => "chair",
        })
    }
}
