//! The finished piece of work: a goal and dated steps, each with the person who takes it and the reason for it.

use std::fmt;

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::Personal;
use crate::context::Candidate;

/// The playbook applied to a case.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Plan {
    /// What the steps are to reach.
    pub goal: String,
    /// Name of the playbook that was applied.
    pub playbook: String,
    /// Why this playbook: the conditions that held.
    pub because: Vec<String>,
    /// Who could take over, the best first.
    pub candidates: Vec<Candidate>,
    /// What to do, in order.
    pub steps: Vec<Step>,
}

/// One step of a plan.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Step {
    /// What to do, one imperative sentence.
    pub what: Personal,
    /// Why it is there.
    pub why: String,
    /// Who does it.
    pub who: Assignee,
    /// The working day it is due.
    pub due: Date,
}

/// Who takes a step.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Assignee {
    /// The CSM or account owner.
    Owner,
    /// That person's manager.
    Manager,
    /// The support team.
    Support,
    /// The sales team.
    Sales,
}

impl Assignee {
    /// Reads the word a playbook uses.
    pub fn parse(text: &str) -> Option<Self> {
        [Self::Owner, Self::Manager, Self::Support, Self::Sales].into_iter().find(|who| who.to_string() == text)
    }
}

impl fmt::Display for Assignee {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Owner => "owner",
            Self::Manager => "manager",
            Self::Support => "support",
            Self::Sales => "sales",
        })
    }
}
