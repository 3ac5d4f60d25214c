//! Somebody with the database open in an editor: every change to the audit chain is found, and named.

use domain::audit::{self, Broken, Head, Note, Pointer};
use domain::records;
use futures_executor::block_on;

use crate::app::TestApp;
use crate::binary::baton;
use crate::world::World;

const CHAIN: &str = "ACCOUNT#001A000001";

/// One case from its finding to the notices: a chain of nine entries.
fn a_story() -> TestApp {
    let mut world = World::default();
    world.account("Northwind Traders", "Maya");
    world.person("Dana Fox", "VP Operations", "Northwind Traders").role("Champion");
    world.person("Lee Park", "Operations Manager", "Northwind Traders");
    let mut app = TestApp::new(world);
    app.scan("2026-09-01");
    app.world.person_mut("Dana Fox").left = true;
    app.scan("2026-10-01");
    app
}

fn verify(app: &TestApp) -> Result<u64, Broken> {
    let (entries, head) = block_on(records::audit(&app.store(), CHAIN)).unwrap();
    audit::verify(&entries, &head)
}

/// Tampers with the chain by SQL in which `{n}` is the entry with sequence number n, and undoes it afterwards.
#[track_caller]
fn check(sql: &str, expected: &Broken) {
    let app = a_story();
    let entries = verify(&app).unwrap();
    assert_eq!(entries, 9, "the chain as it was written");
    let before = app.copy();
    let mut sql = sql.to_owned();
    for n in 1..=entries + 1 {
        sql = sql.replace(&format!("{{{n}}}"), &format!("partition = '{CHAIN}' AND sort = 'AUDIT#{n:012}'"));
    }
    let changed = app.sqlite().execute_batch(&format!("BEGIN; {sql}; COMMIT;"));
    changed.unwrap();
    assert_eq!(verify(&app), Err(expected.clone()), "{sql}");
    assert_eq!(verify(&before), Ok(entries));
    let told = baton().args(["audit", "verify", "all", "--state"]).arg(app.state()).output().unwrap();
    let said = String::from_utf8_lossy(&told.stderr).into_owned();
    assert!(!told.status.success() && said.contains(CHAIN) && said.contains(&expected.to_string()), "{said}");
    app.abandon();
}

/// Replaces text in an entry's body.
fn edit(n: u32, from: &str, to: &str) -> String {
    format!("UPDATE item SET body = CAST(REPLACE(CAST(body AS TEXT), '{from}', '{to}') AS BLOB) WHERE {{{n}}}")
}

/// Moves an entry from one place to another.
fn shift(from: u32, to: u32) -> String {
    format!("UPDATE item SET sort = 'AUDIT#{to:012}' WHERE {{{from}}}")
}

#[test]
fn an_edited_entry_is_named_whichever_of_its_fields_was_edited() {
    for (from, to) in [
        ("planning", "somebody"),
        ("\"planned\"", "\"closed\""),
        ("because", "although"),
        ("2026-10-01T07:00:00Z", "2026-10-02T07:00:00Z"),
        ("\"case\":\"C-", "\"case\":\"C-X"),
        (CHAIN, "ACCOUNT#001A000002"),
        ("\"hash\":\"", "\"hash\":\"0"),
    ] {
        check(&edit(3, from, to), &Broken::Edited { seq: 3 });
    }
}

#[test]
fn an_entry_that_was_forged_with_a_fitting_hash_breaks_the_link_to_the_next_one() {
    let app = a_story();
    let (entries, _) = block_on(records::audit(&app.store(), CHAIN)).unwrap();
    let (before, real) = (&entries[3], &entries[4]);
    let note = Note {
        actor: "notify".into(),
        action: real.action.clone(),
        case: real.case.clone(),
        grounds: "to Noah".into(),
    };
    let forged = Head { seq: before.seq, hash: before.hash.clone() }.append(CHAIN, real.at, note);
    assert_ne!(&forged, real);
    let body: String = serde_json::to_vec(&forged).unwrap().iter().map(|byte| format!("{byte:02x}")).collect();
    check(&format!("UPDATE item SET body = x'{body}' WHERE {{5}}"), &Broken::Displaced { seq: 6 });
}

#[test]
fn a_removed_entry_is_named() {
    check("DELETE FROM item WHERE {1}", &Broken::Removed { seq: 1 });
    check("DELETE FROM item WHERE {5}", &Broken::Removed { seq: 5 });
}

#[test]
fn a_removed_entry_is_found_when_those_behind_it_close_ranks() {
    let close_ranks = (6..=9).map(|n| {
        format!("{}; {}", shift(n, n - 1), edit(n - 1, &format!("\"seq\":{n}"), &format!("\"seq\":{}", n - 1)))
    });
    let sql = format!("DELETE FROM item WHERE {{5}}; {}", close_ranks.collect::<Vec<_>>().join("; "));
    check(&sql, &Broken::Edited { seq: 5 });
}

#[test]
fn an_inserted_entry_is_named() {
    let copy =
        "INSERT INTO item SELECT partition, 'AUDIT#000000000004-', version, second, body, expires FROM item WHERE {4}";
    check(copy, &Broken::Displaced { seq: 5 });
}

#[test]
fn an_entry_behind_the_end_is_named() {
    let copy =
        "INSERT INTO item SELECT partition, 'AUDIT#000000000010', version, second, body, expires FROM item WHERE {9}";
    check(copy, &Broken::Displaced { seq: 10 });
}

#[test]
fn entries_that_changed_places_are_named() {
    check(
        &format!("{}; {}; {}", shift(4, 99), shift(5, 4), shift(99, 5).replace("{99}", "sort = 'AUDIT#000000000099'")),
        &Broken::Removed { seq: 4 },
    );
}

#[test]
fn a_tail_that_was_cut_off_is_named_with_both_lengths() {
    check("DELETE FROM item WHERE {8} OR {9}", &Broken::Truncated { found: 7, expected: 9 });
    let all = format!("DELETE FROM item WHERE partition = '{CHAIN}' AND sort LIKE 'AUDIT#%'");
    check(&all, &Broken::Truncated { found: 0, expected: 9 });
}

/// `baton audit verify` of a story after this was done to it: whether it passed, and what it said.
fn verified_after(sql: &str, words: &str) -> (bool, String) {
    let app = a_story();
    let changed = app.sqlite().execute_batch(sql);
    changed.unwrap();
    let ran = baton().args(["audit", "verify", words, "--state"]).arg(app.state()).output().unwrap();
    app.abandon();
    (ran.status.success(), String::from_utf8([ran.stdout, ran.stderr].concat()).unwrap())
}

#[test]
fn a_chain_that_was_removed_as_a_whole_is_missed_by_whatever_points_to_it() {
    for (chain, account, pointer) in
        [(CHAIN, "001A000001", Pointer::Case), ("SCAN#salesforce", "SCAN#salesforce", Pointer::Scan)]
    {
        let whole = format!("DELETE FROM item WHERE partition = '{chain}' AND sort LIKE 'AUDIT%'");
        for words in ["all", account] {
            let (passed, said) = verified_after(&whole, words);
            let expected = format!("{chain}: {}", Broken::Missing { pointer });
            assert!(!passed && said.contains(&expected), "{said}");
        }
    }
}

#[test]
fn an_account_that_nothing_is_known_about_is_no_whole_chain() {
    let (passed, said) = verified_after("", "001TYPO");
    assert!(!passed && said.contains("there is nothing about account 001TYPO"), "{said}");
    let (passed, said) = verified_after("", "001A000001");
    assert!(passed && said.contains("whole, 9 entries"), "{said}");
}

#[test]
fn a_recorded_end_that_was_edited_does_not_pass() {
    let end = format!("WHERE partition = '{CHAIN}' AND sort = 'AUDIT-HEAD'");
    let replace = |from: &str, to: &str| {
        format!("UPDATE item SET body = CAST(REPLACE(CAST(body AS TEXT), '{from}', '{to}') AS BLOB) {end}")
    };
    check(&replace("\"seq\":9", "\"seq\":7"), &Broken::Appended { seq: 8 });
    check(&replace("\"hash\":\"", "\"hash\":\"0"), &Broken::Edited { seq: 9 });
}
