//! `baton mark`: a person says of a case that it was right, or wrong, and why.

use std::path::Path;
use std::sync::Arc;

use baton::adapters::Database;
use baton::plant::Plant;
use domain::audit::Note;
use domain::config::Config;
use domain::marks::{self, Mark, Says};
use domain::ports::{Clock, Expect};
use domain::records::{self, Change, account_partition};

use super::{Failure, clock, show};
use crate::Ended;
use crate::terminal::{cell, say};

pub(super) async fn run(state: &Path, case: &str, says: Says, because: &str, by: &str) -> Result<Ended, Failure> {
    if because.trim().is_empty() {
        return Err(Failure::new(format!("say why the case is {says}: --because TEXT")));
    }
    let clock: Arc<dyn Clock> = clock(None);
    Database::read(state)?;
    let plant = Plant::open(state, &state.join("outbox"), Config::shipped(), Arc::clone(&clock))?;
    let found = show::find(&plant.store, case).await?;
    let now = clock.now();
    let mark = Mark::new(&found, says, because.trim(), by, now);
    let earlier = marks::of(&plant.store, &found.id).await?;

    let trail = records::trail(&plant.store, &account_partition(&found.account)).await?;
    let mut change = Change::new(None, trail, now);
    let expect = earlier.as_ref().map_or(Expect::Absent, |earlier| Expect::Version(earlier.version));
    let earlier = earlier.map(|earlier| earlier.value);
    change.put(marks::key(&found.id), &mark, expect).note(Note {
        actor: by.to_owned(),
        action: format!("marked {says}"),
        case: Some(found.id.clone()),
        grounds: grounds(&mark, earlier.as_ref()),
    });
    plant.outbox().commit(change, now).await?;
    say(&format!("{} is marked {says}{}", found.id, earlier.map(|earlier| replaced(&earlier)).unwrap_or_default()));
    Ok(Ended::Done)
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
