//! Export folders and the dates in their names.

use std::path::{Path, PathBuf};

use jiff::{Timestamp, ToSpan};

use super::Failure;

/// One export folder.
pub(super) struct Dated {
    /// Where it is.
    pub dir: PathBuf,
    /// Its name.
    pub name: String,
    /// The time it is taken for.
    pub at: Timestamp,
    /// Whether the name told it.
    pub dated: bool,
}

/// The folders with their times: the date in the name; without one, a week after the export before.
pub(super) fn all(exports: &[PathBuf]) -> Result<Vec<Dated>, Failure> {
    exports.iter().enumerate().map(|(place, dir)| one(dir, place)).collect()
}

/// Fails where an export is not later than the one before it.
pub(super) fn in_order(exports: &[Dated]) -> Result<(), Failure> {
    for two in exports.windows(2) {
        if two[1].at > two[0].at {
            continue;
        }
        let (before, after) = (&two[0], &two[1]);
        let undated = [before, after].into_iter().find(|export| !export.dated);
        return Err(Failure::new(match undated {
            Some(undated) => format!(
                "the name of {} begins with no date, and others do; name every export folder such as 2026-11-02",
                undated.dir.display()
            ),
            None => format!(
                "{} is not later than {}, which stands before it; name the exports oldest first, each day once",
                after.dir.display(),
                before.dir.display()
            ),
        }));
    }
    Ok(())
}

fn one(dir: &Path, place: usize) -> Result<Dated, Failure> {
    let name = dir.file_name().map_or_else(|| dir.display().to_string(), |n| n.to_string_lossy().into_owned());
    let told = format!("{}T07:00:00Z", name.get(..10).unwrap_or_default()).parse();
    let weeks = i64::try_from(place).unwrap_or_default();
    let counted = || Timestamp::UNIX_EPOCH.checked_add((weeks * 168).hours());
    let (at, dated) = match told {
        Ok(at) => (at, true),
        Err(_) => (counted().map_err(|e| Failure::new(e.to_string()))?, false),
    };
    Ok(Dated { dir: dir.to_owned(), name, at, dated })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(folders: &[&str], said: Option<&str>) {
        let folders: Vec<PathBuf> = folders.iter().map(PathBuf::from).collect();
        let told = in_order(&all(&folders).unwrap()).err().map(|failure| failure.to_string());
        assert!(
            match (said, &told) {
                (Some(said), Some(told)) => told.contains(said),
                (said, told) => said.is_none() && told.is_none(),
            },
            "{folders:?}: {told:?}"
        );
    }

    #[test]
    fn exports_that_go_back_in_time_are_refused_with_the_remedy() {
        check(&["2026-09-07", "2026-10-05"], None);
        check(&["2026-09-07-full", "a/2026-10-05"], None);
        check(&["first", "second", "third"], None);
        check(&["2026-10-05", "2026-09-07"], Some("oldest first"));
        check(&["2026-10-05a", "2026-10-05b"], Some("each day once"));
        check(&["2026-10-05", "later"], Some("name every export folder such as"));
    }
}
