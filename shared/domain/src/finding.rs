//! The judgement over evidence: what happened, how sure we are, and what speaks for and against it.

use std::fmt;

use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::Personal;
use crate::observation::Named;

/// What happened to a contact.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Verdict {
    /// Gone, destination unknown.
    Departed,
    /// Now at another company.
    Moved,
    /// Same company, higher level.
    Promoted,
    /// Same company, lower level.
    Demoted,
    /// Same company and level, another role or department.
    Reassigned,
    /// The record now names another person.
    Replaced,
    /// New or returned key contact.
    Arrived,
    /// Spelling, abbreviation, word order, legal suffix, accents, a renamed or merged company.
    Cosmetic,
    /// Away for long and expected back: a gap with an end, and no departure.
    Away,
    /// Real, but wants a human look.
    Unclear,
}

impl Verdict {
    /// Every verdict, in the order in which people want to read of them.
    pub const ALL: [Self; 10] = [
        Self::Departed,
        Self::Moved,
        Self::Replaced,
        Self::Promoted,
        Self::Demoted,
        Self::Reassigned,
        Self::Arrived,
        Self::Away,
        Self::Unclear,
        Self::Cosmetic,
    ];

    /// Reads the name that configuration and JSON use.
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|v| v.to_string() == text)
    }

    /// Whether the account has lost the person.
    pub fn is_loss(self) -> bool {
        match self {
            Self::Departed | Self::Moved | Self::Replaced => true,
            Self::Promoted
            | Self::Demoted
            | Self::Reassigned
            | Self::Arrived
            | Self::Cosmetic
            | Self::Away
            | Self::Unclear => false,
        }
    }
}

impl fmt::Display for Verdict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Departed => "departed",
            Self::Moved => "moved",
            Self::Promoted => "promoted",
            Self::Demoted => "demoted",
            Self::Reassigned => "reassigned",
            Self::Replaced => "replaced",
            Self::Arrived => "arrived",
            Self::Cosmetic => "cosmetic",
            Self::Away => "away",
            Self::Unclear => "unclear",
        })
    }
}

/// The judgement over all evidence of one contact.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Finding {
    /// What happened.
    pub verdict: Verdict,
    /// How likely the verdict is right, 0 to 1.
    pub confidence: f64,
    /// The finding in one plain sentence.
    pub sentence: Personal,
    /// What was there before, in the words that changed.
    pub from: Personal,
    /// What is there now.
    pub to: Personal,
    /// What it is about.
    #[serde(default)]
    pub about: Question,
    /// Log-odds of the verdict before any fact was looked at; with the weights of the evidence they make the confidence of a
    /// change. Where nothing has changed, the confidence is that of the likeliest change turned round.
    #[serde(default)]
    pub prior: f64,
    /// What speaks for it, what against, and what was looked at and said nothing.
    pub evidence: Vec<Evidence>,
    /// What would settle it, where another source is wanted before anybody is told; blank where nothing is.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub settles: String,
    /// Who is named in the person's stead.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub named: Option<Named>,
    /// The last day of an absence.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<Date>,
    /// Version of the rules that judged.
    pub rules: String,
}

impl Finding {
    /// Whether a person would be told now.
    pub fn alerts(&self, threshold: f64) -> bool {
        !matches!(self.verdict, Verdict::Cosmetic | Verdict::Unclear) && self.confidence >= threshold
    }

    /// The confidence as people read it, 0 to 99: nothing is certain.
    pub fn percent(&self) -> u8 {
        (self.confidence * 100.0).round().clamp(0.0, 99.0) as u8
    }
}

/// What a finding is about: later findings about the same may tell more of one story.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Question {
    /// Whether the record still names the same person.
    Person,
    /// At which company the person is.
    Company,
    /// Whether the person is still there.
    Presence,
    /// Which position the person has.
    #[default]
    Position,
}

/// One fact with its source and its times.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Evidence {
    /// Which way it points.
    pub bearing: Bearing,
    /// Where it was read: `Contact.Title`, `Account.Name`, `colleagues`.
    pub source: String,
    /// The fact in one clause, with the old and new value where there are two.
    pub text: Personal,
    /// Log-odds it adds to the verdict (negative: takes away).
    pub weight: f64,
    /// The day it happened, if that is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub happened: Option<Date>,
    /// When the source showed it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub observed: Option<Timestamp>,
    /// When we wrote it down.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub recorded: Option<Timestamp>,
}

impl Evidence {
    /// A fact that adds `weight` log-odds to the verdict; its bearing follows from the sign.
    pub fn new(source: &str, text: impl Into<String>, weight: f64) -> Self {
        let (bearing, text) = (Bearing::of(weight), Personal::new(text));
        Self { bearing, source: source.to_owned(), text, weight, happened: None, observed: None, recorded: None }
    }

    /// The same fact with another weight.
    #[must_use]
    pub fn weighing(self, weight: f64) -> Self {
        Self { bearing: Bearing::of(weight), weight, ..self }
    }
}

/// Which way a piece of evidence points.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Bearing {
    /// Supports the verdict.
    For,
    /// Speaks against it.
    Against,
    /// Was looked at and says nothing.
    Silent,
}

impl Bearing {
    fn of(weight: f64) -> Self {
        if weight > 0.0 {
            Self::For
        } else if weight < 0.0 {
            Self::Against
        } else {
            Self::Silent
        }
    }
}

impl fmt::Display for Bearing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::For => "for",
            Self::Against => "against",
            Self::Silent => "silent",
        })
    }
}
