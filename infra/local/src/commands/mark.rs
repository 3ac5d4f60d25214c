//! `baton mark`: a person says of a case that it was right, or wrong, and why.

use std::sync::Arc;

use baton::adapters::{Database, SqliteStore};
use domain::audit::Note;
use domain::marks::{self, Mark, Says};
use domain::ports::{Expect, Store};
use domain::records::{self, Change, account_partition};
use jiff::Timestamp;

use super::{Deployed, Failure, clock, on_aws, show};
use crate::terminal::{cell, say};
use crate::{Ended, Whose};

pub(super) async fn run(whose: &Whose, case: &str, says: Says, because: &str, by: &str) -> Result<Ended, Failure> {
    if because.trim().is_empty() {
        return Err(Failure::new(format!("say why the case is {says}: --because TEXT")));
    }
    let store = open(whose).await?;
    let found = show::find(&*store, case).await?;
    let now = Timestamp::now();
    let mark = Mark::new(&found, says, because.trim(), by, now);
    let earlier = marks::of(&*store, &found.id).await?;

    let trail = records::trail(&*store, &account_partition(&found.account)).await?;
    let mut change = Change::new(None, trail, now);
    let expect = earlier.as_ref().map_or(Expect::Absent, |earlier| Expect::Version(earlier.version));
    let earlier = earlier.map(|earlier| earlier.value);
    change.put(marks::key(&found.id), &mark, expect).note(Note {
        actor: by.to_owned(),
        action: format!("marked {says}"),
        case: Some(found.id.clone()),
        grounds: grounds(&mark, earlier.as_ref()),
    });
    // A mark sends nothing.
    store.commit(change.finish().0).await?;
    say(&format!("{} is marked {says}{}", found.id, earlier.map(|earlier| replaced(&earlier)).unwrap_or_default()));
    Ok(Ended::Done)
}

async fn open(whose: &Whose) -> Result<Box<dyn Store>, Failure> {
    if let Some(stack) = &whose.stack {
        return on_aws::store(Deployed::Stack(stack)).await;
    }
    Database::read(&whose.dir)?;
    Ok(Box::new(SqliteStore::new(Arc::new(Database::open(&whose.dir)?), clock(None))))
}

/// What was judged stands in the chain as well: it explains the mark when the case is gone.
fn grounds(mark: &Mark, earlier: Option<&Mark>) -> String {
    let judged = &mark.judged;
    let before = earlier.map(|earlier| format!("; before it was marked {}", earlier.says)).unwrap_or_default();
    format!(
        "{} at {:.0} % by rules {}, configuration {}: {}{before}",
        judged.verdict,
        judged.confidence * 100.0,
        judged.rules,
        judged.config,
        mark.because.reveal()
    )
}

fn replaced(earlier: &Mark) -> String {
    let by = earlier.by.as_ref().map(|by| format!(" by {}", cell(by.reveal()))).unwrap_or_default();
    let (says, day) = (earlier.says, earlier.at.strftime("%Y-%m-%d"));
    format!("; this replaces the mark {says} of {day}{by}: {}", cell(earlier.because.reveal()))
}

impl From<crate::Says> for Says {
    fn from(says: crate::Says) -> Self {
        match says {
            crate::Says::Right => Self::Right,
            crate::Says::Wrong => Self::Wrong,
        }
    }
}
