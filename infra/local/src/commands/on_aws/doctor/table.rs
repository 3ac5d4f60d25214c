//! Is the table as the template makes it?

use aws::{Clients, TableSeen};

use crate::commands::finding::{Finding, Grade};

/// Looks at the table. Returns whether Baton's records can be read from it.
pub(super) async fn check(clients: &Clients, name: &str, found: &mut Vec<Finding>) -> bool {
    let look = clients.look();
    let judged = match look.table(name).await {
        Ok(seen) => judge(name, &seen),
        Err(failure) => {
            found.push(Finding::failed(&format!("table {name}"), &failure));
            return false;
        }
    };
    let is_usable = judged.iter().all(|finding| finding.grade != Grade::Fail);
    found.extend(judged);
    let about = format!("expiry of {name}");
    found.push(match look.table_expiry(name).await {
        Ok(Some(attribute)) if attribute == "x" => Finding::ok(&about, "by x"),
        Ok(_) => Finding::fail(
            &about,
            "off, so that what nobody needs stays for ever",
            format!(
                "aws dynamodb update-time-to-live --table-name {name} --time-to-live-specification Enabled=true,AttributeName=x"
            ),
        ),
        Err(failure) => Finding::failed(&about, &failure),
    });
    let about = format!("backups of {name}");
    found.push(match look.table_recovery(name).await {
        Ok(true) => Finding::ok(&about, "to any second of the last weeks"),
        Ok(false) => Finding::fail(
            &about,
            "there are none",
            format!(
                "aws dynamodb update-continuous-backups --table-name {name} --point-in-time-recovery-specification \
                 PointInTimeRecoveryEnabled=true"
            ),
        ),
        Err(failure) => Finding::failed(&about, &failure),
    });
    is_usable
}

fn judge(name: &str, seen: &TableSeen) -> Vec<Finding> {
    let about = format!("table {name}");
    let mut found = Vec::new();
    if !seen.active {
        found.push(Finding::fail(&about, format!("it is {}", seen.status), "wait until it is ACTIVE"));
    }
    let foreign = "keys cannot be changed: name Baton's own table, or deploy the stack again for a new one";
    if seen.keys != "pk HASH, sk RANGE" {
        found.push(Finding::fail(&about, format!("its keys are {}, not pk HASH, sk RANGE", seen.keys), foreign));
    }
    match seen.index.as_deref() {
        Some("ix HASH, sk RANGE") => {}
        Some(keys) => {
            let says = format!("the keys of its index by-index are {keys}, not ix HASH, sk RANGE");
            found.push(Finding::fail(&about, says, foreign));
        }
        None => found.push(Finding::fail(&about, "it has no index by-index", "deploy the stack again")),
    }
    if found.is_empty() {
        found.push(Finding::ok(&about, "keys and index as they must be"));
    }
    if !seen.on_demand {
        found.push(Finding::warn(
            &about,
            "it has a fixed capacity, which a large scan runs into",
            format!("aws dynamodb update-table --table-name {name} --billing-mode PAY_PER_REQUEST"),
        ));
    }
    if !seen.protected {
        found.push(Finding::warn(
            &about,
            "it can be deleted by mistake",
            format!("aws dynamodb update-table --table-name {name} --deletion-protection-enabled"),
        ));
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_thing_that_is_not_as_the_template_makes_it_is_named() {
        let good = TableSeen {
            status: "ACTIVE".into(),
            active: true,
            keys: "pk HASH, sk RANGE".into(),
            index: Some("ix HASH, sk RANGE".into()),
            on_demand: true,
            protected: true,
        };
        let check = |seen: TableSeen, grade: Grade, words: &str| {
            let found = judge("t", &seen);
            assert!(found.iter().any(|f| f.grade == grade && f.says.contains(words)), "{words}: {found:?}");
        };
        check(good.clone(), Grade::Ok, "as they must be");
        check(TableSeen { active: false, status: "DELETING".into(), ..good.clone() }, Grade::Fail, "DELETING");
        check(TableSeen { keys: "id HASH".into(), ..good.clone() }, Grade::Fail, "id HASH");
        check(TableSeen { index: None, ..good.clone() }, Grade::Fail, "by-index");
        check(TableSeen { index: Some("ix HASH".into()), ..good.clone() }, Grade::Fail, "ix HASH, sk RANGE");
        check(TableSeen { on_demand: false, ..good.clone() }, Grade::Warn, "capacity");
        check(TableSeen { protected: false, ..good }, Grade::Warn, "by mistake");
    }
}
