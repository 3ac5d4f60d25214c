//! What a `Store` promises.

use std::collections::BTreeSet;
use std::pin::Pin;

use domain::MessageId;
use domain::ports::{
    Clock, Commit, Committed, Consistency, Expect, Index, Item, Key, Query, Row, Store, StoreError, Write,
};
use domain::records::CLAIM_DAYS;

use crate::HandClock;

/// A commit under way.
pub type Pending<'a> = Pin<Box<dyn Future<Output = Result<Committed, StoreError>> + Send + 'a>>;

/// What a `Store` promises. `clock` is the one by which its items expire; the store is empty.
pub async fn store_contract(store: &dyn Store, clock: &HandClock) {
    a_written_item_is_read_back_with_another_version_each_time(store).await;
    a_write_with_another_version_than_expected_conflicts(store).await;
    a_commit_is_all_or_nothing(store).await;
    two_writes_of_a_commit_to_one_item_end_as_the_last(store).await;
    a_claim_is_taken_once_and_until_it_expires(store, clock).await;
    an_item_is_gone_once_it_has_expired(store, clock).await;
    a_query_gives_a_run_of_one_partition_in_the_order_of_bytes(store).await;
    an_index_finds_items_of_all_partitions_until_they_leave_it(store).await;
    an_index_finds_items_of_several_partitions_under_one_sort_key(store).await;
    an_index_of_many_items_is_read_page_by_page_without_loss(store).await;
    many_items_are_read_at_once_and_each_of_them_once(store, clock).await;
    what_is_saved_stands_there_whatever_stood_there(store, clock).await;
}

/// An item without index and end.
pub(crate) fn item(partition: &str, sort: &str, body: impl Into<Vec<u8>>) -> Item {
    Item { key: Key::new(partition, sort), index: None, body: body.into(), expires: None }
}

/// A commit of one item.
pub(crate) fn put(item: Item, expect: Expect) -> Commit {
    Commit { claim: None, writes: vec![Write::Put(item, expect)] }
}

/// A run of up to 100 items.
pub(crate) fn all<'a>(index: Index, partition: &'a str) -> Query<'a> {
    Query { index, consistency: Consistency::Strong, partition, after: None, through: None, limit: 100 }
}

/// The sort keys that a query gives.
pub(crate) async fn sorts(store: &dyn Store, query: &Query<'_>) -> Vec<String> {
    store.query(query).await.unwrap().into_iter().map(|row: Row| row.sort).collect()
}

async fn get(store: &dyn Store, partition: &str, sort: &str) -> Option<(u64, String)> {
    let row = store.get(&Key::new(partition, sort)).await.unwrap();
    row.map(|row| (row.version, String::from_utf8(row.body).unwrap()))
}

async fn body(store: &dyn Store, partition: &str, sort: &str) -> Option<String> {
    get(store, partition, sort).await.map(|(_, body)| body)
}

async fn version(store: &dyn Store, partition: &str, sort: &str) -> u64 {
    get(store, partition, sort).await.unwrap().0
}

/// Whether a commit was written now, and not before.
pub fn is_written(committed: Committed) -> bool {
    matches!(committed, Committed::Written { .. })
}

#[track_caller]
fn assert_conflict(result: &Result<Committed, StoreError>) {
    assert!(matches!(result, Err(StoreError::Conflict(_))), "{result:?}");
}

async fn a_written_item_is_read_back_with_another_version_each_time(store: &dyn Store) {
    assert_eq!(get(store, "plain", "a").await, None);
    let mut versions = BTreeSet::new();
    for n in 1..=5 {
        let expect = match versions.last() {
            None => Expect::Absent,
            Some(_) if n == 3 => Expect::Anything,
            Some(_) => Expect::Version(version(store, "plain", "a").await),
        };
        let text = format!("{n} ä\n\"");
        let committed = store.commit(put(item("plain", "a", text.as_str()), expect)).await.unwrap();
        let (version, read) = get(store, "plain", "a").await.unwrap();
        assert_eq!((committed, read), (Committed::Written { version }, text));
        assert!(versions.insert(version), "{version} was there before: {versions:?}");
    }
    let delete = || Commit { claim: None, writes: vec![Write::Delete(Key::new("plain", "a"))] };
    store.commit(delete()).await.unwrap();
    assert_eq!(get(store, "plain", "a").await, None);
    store.commit(delete()).await.unwrap();
    store.commit(put(item("plain", "a", ""), Expect::Absent)).await.unwrap();
    assert_eq!(body(store, "plain", "a").await.as_deref(), Some(""));
    store.commit(Commit::default()).await.unwrap();
}

async fn a_write_with_another_version_than_expected_conflicts(store: &dyn Store) {
    store.commit(put(item("expect", "a", "one"), Expect::Absent)).await.unwrap();
    let now = version(store, "expect", "a").await;
    for (sort, expect) in
        [("a", Expect::Absent), ("a", Expect::Version(now + 1)), ("a", Expect::Version(0)), ("b", Expect::Version(1))]
    {
        let conflict = store.commit(put(item("expect", sort, "two"), expect)).await;
        assert_conflict(&conflict);
        assert!(conflict.unwrap_err().to_string().contains(sort), "it names the item");
    }
    assert_eq!(get(store, "expect", "a").await, Some((now, "one".to_owned())));
    assert_eq!(get(store, "expect", "b").await, None);
}

async fn a_commit_is_all_or_nothing(store: &dyn Store) {
    store.commit(put(item("whole", "kept", "x"), Expect::Absent)).await.unwrap();
    let claim = MessageId::of(&["whole"]);
    let writes = |last: Expect| {
        vec![
            Write::Put(item("whole", "new", "x"), Expect::Absent),
            Write::Delete(Key::new("whole", "kept")),
            Write::Put(item("whole", "last", "x"), last),
        ]
    };
    let failing = Commit { claim: Some(claim.clone()), writes: writes(Expect::Version(7)) };
    assert_conflict(&store.commit(failing).await);
    assert_eq!(sorts(store, &all(Index::Table, "whole")).await, ["kept"]);
    let good = Commit { claim: Some(claim), writes: writes(Expect::Absent) };
    assert!(is_written(store.commit(good).await.unwrap()), "a commit that failed has claimed nothing");
    assert_eq!(sorts(store, &all(Index::Table, "whole")).await, ["last", "new"]);
}

async fn two_writes_of_a_commit_to_one_item_end_as_the_last(store: &dyn Store) {
    let writes = vec![
        Write::Put(item("twice", "a", "one"), Expect::Absent),
        Write::Put(item("twice", "b", "one"), Expect::Absent),
        Write::Put(item("twice", "a", "two"), Expect::Anything),
        Write::Delete(Key::new("twice", "b")),
    ];
    store.commit(Commit { claim: None, writes }).await.unwrap();
    assert_eq!(body(store, "twice", "a").await.as_deref(), Some("two"));
    assert_eq!(sorts(store, &all(Index::Table, "twice")).await, ["a"]);
    let writes = ["three", "four"].map(|text| Write::Put(item("twice", "c", text), Expect::Absent));
    assert_conflict(&store.commit(Commit { claim: None, writes: writes.into() }).await);
    assert_eq!(sorts(store, &all(Index::Table, "twice")).await, ["a"]);
}

async fn a_claim_is_taken_once_and_until_it_expires(store: &dyn Store, clock: &HandClock) {
    let commit = |body: &str| Commit {
        claim: Some(MessageId::of(&["once"])),
        writes: vec![Write::Put(item("claim", "a", body), Expect::Anything)],
    };
    assert!(is_written(store.commit(commit("first")).await.unwrap()));
    assert_eq!(store.commit(commit("second")).await.unwrap(), Committed::Already);
    let claimed_but_stale =
        Commit { writes: vec![Write::Put(item("claim", "a", "stale"), Expect::Version(0))], ..commit("") };
    assert_eq!(store.commit(claimed_but_stale).await.unwrap(), Committed::Already, "the claim is looked at first");
    assert_eq!(body(store, "claim", "a").await.as_deref(), Some("first"));
    clock.pass(CLAIM_DAYS * 86_400 - 1);
    assert_eq!(store.commit(commit("third")).await.unwrap(), Committed::Already);
    clock.pass(2);
    assert!(is_written(store.commit(commit("fourth")).await.unwrap()));
    assert_eq!(body(store, "claim", "a").await.as_deref(), Some("fourth"));
    let nothing = || Commit { claim: Some(MessageId::of(&["nothing"])), writes: Vec::new() };
    assert!(is_written(store.commit(nothing()).await.unwrap()));
    assert_eq!(store.commit(nothing()).await.unwrap(), Committed::Already);
}

async fn an_item_is_gone_once_it_has_expired(store: &dyn Store, clock: &HandClock) {
    let expiring = |body: &str| Item {
        index: Some("expiry-index".to_owned()),
        expires: Some(clock.now() + jiff::SignedDuration::from_secs(60)),
        ..item("expiry", "a", body)
    };
    store.commit(put(expiring("one"), Expect::Absent)).await.unwrap();
    clock.pass(59);
    let (version, text) = get(store, "expiry", "a").await.unwrap();
    assert_eq!(text, "one");
    clock.pass(2);
    assert_eq!(get(store, "expiry", "a").await, None);
    assert!(sorts(store, &all(Index::Table, "expiry")).await.is_empty());
    assert!(sorts(store, &all(Index::Secondary, "expiry-index")).await.is_empty());
    assert_conflict(&store.commit(put(expiring("two"), Expect::Version(version))).await);
    store.commit(put(expiring("two"), Expect::Absent)).await.unwrap();
    assert_eq!(body(store, "expiry", "a").await.as_deref(), Some("two"), "its place was free");
}

async fn a_query_gives_a_run_of_one_partition_in_the_order_of_bytes(store: &dyn Store) {
    let names = ["Z", "a", "a#1", "a#2", "b", "é", "\u{10000}"];
    let writes = names.iter().rev().map(|name| Write::Put(item("run", name, ""), Expect::Absent)).collect();
    store.commit(Commit { claim: None, writes }).await.unwrap();
    store.commit(put(item("run2", "other", ""), Expect::Absent)).await.unwrap();

    let none = &names[..0];
    for (after, through, limit, run, why) in [
        (None, None, 100, &names[..], "all of it"),
        (Some(""), None, 100, &names[..], "above nothing"),
        (None, None, 0, none, "none are asked for"),
        (Some("a"), None, 100, &names[2..], "behind the first bound"),
        (Some("aa"), None, 100, &names[4..], "the bound need not stand there"),
        (None, Some("a#2"), 100, &names[..4], "up to and with the second one"),
        (Some("a#"), Some("a#\u{10ffff}"), 100, &names[2..4], "a prefix"),
        (Some("a"), Some("b"), 2, &names[2..4], "some of those between"),
        (Some("a"), Some("b"), 3, &names[2..5], "all of those between"),
        (Some("a"), Some("b"), 100, &names[2..5], "no more than those between"),
        (Some("é"), Some("é"), 100, none, "nothing is above and at once not"),
        (Some("é"), Some("a"), 100, none, "bounds the wrong way round"),
        (None, Some(""), 100, none, "up to nothing"),
    ] {
        for consistency in [Consistency::Strong, Consistency::Eventual] {
            let query = Query { index: Index::Table, consistency, partition: "run", after, through, limit };
            assert_eq!(sorts(store, &query).await, run, "{why}");
        }
    }
}

async fn an_index_finds_items_of_all_partitions_until_they_leave_it(store: &dyn Store) {
    let indexed = |partition: &str, sort: &str, index: Option<&str>| {
        put(Item { index: index.map(str::to_owned), ..item(partition, sort, sort) }, Expect::Anything)
    };
    for (partition, sort) in [("one", "b"), ("two", "a"), ("two", "c")] {
        store.commit(indexed(partition, sort, Some("both"))).await.unwrap();
    }
    store.commit(indexed("one", "x", None)).await.unwrap();
    let found = store.query(&all(Index::Secondary, "both")).await.unwrap();
    let found: Vec<_> = found.iter().map(|row| (&*row.partition, row.sort.as_str(), row.body.as_slice())).collect();
    assert_eq!(found, [("two", "a", &b"a"[..]), ("one", "b", b"b"), ("two", "c", b"c")]);
    let behind = Query { after: Some("a"), limit: 1, ..all(Index::Secondary, "both") };
    assert_eq!(sorts(store, &behind).await, ["b"]);
    let between = Query { after: Some("a"), through: Some("b"), ..all(Index::Secondary, "both") };
    assert_eq!(sorts(store, &between).await, ["b"]);
    store.commit(indexed("two", "a", None)).await.unwrap();
    store.commit(indexed("two", "c", Some("elsewhere"))).await.unwrap();
    assert_eq!(sorts(store, &all(Index::Secondary, "both")).await, ["b"]);
    assert_eq!(sorts(store, &all(Index::Secondary, "elsewhere")).await, ["c"]);
    assert_eq!(sorts(store, &all(Index::Table, "both")).await, Vec::<String>::new());
}

async fn an_index_finds_items_of_several_partitions_under_one_sort_key(store: &dyn Store) {
    let writes = ["one", "two", "three"].map(|partition| {
        Write::Put(Item { index: Some("same".to_owned()), ..item(partition, "DELIVERY", "") }, Expect::Absent)
    });
    store.commit(Commit { claim: None, writes: writes.into() }).await.unwrap();
    assert_eq!(store.query(&all(Index::Secondary, "same")).await.unwrap().len(), 3);
}

async fn an_index_of_many_items_is_read_page_by_page_without_loss(store: &dyn Store) {
    let names: Vec<String> = (0..1_250).map(|n| format!("I{n:04}")).collect();
    let indexed = |name: &String| Item { index: Some("many".to_owned()), ..item(&format!("of {name}"), name, "x") };
    store.save(names.iter().map(indexed).collect(), Vec::new()).await.unwrap();
    let whole = Query { limit: 5_000, ..all(Index::Secondary, "many") };
    assert_eq!(sorts(store, &whole).await, names);
    let (mut read, mut pages) = (Vec::new(), 0);
    loop {
        let after = read.last().cloned();
        let page = Query { after: after.as_deref(), limit: 333, ..all(Index::Secondary, "many") };
        let page = sorts(store, &page).await;
        pages += 1;
        let last = page.len() < 333;
        read.extend(page);
        if last {
            break;
        }
    }
    assert_eq!((read, pages), (names, 4));
}

async fn many_items_are_read_at_once_and_each_of_them_once(store: &dyn Store, clock: &HandClock) {
    let key = |n: usize| Key::new(format!("read {}", n % 7), format!("R{n:03}"));
    let item = |n: usize| Item { key: key(n), index: None, body: n.to_string().into_bytes(), expires: None };
    let gone = Item { expires: Some(clock.now() - jiff::SignedDuration::from_secs(1)), ..item(0) };
    store.save((1..=210).map(item).chain([gone]).collect(), Vec::new()).await.unwrap();
    let keys: Vec<Key> = (0..230).chain([5, 6]).map(key).collect();
    for consistency in [Consistency::Strong, Consistency::Eventual] {
        let mut found = store.get_all(&keys, consistency).await.unwrap();
        found.sort_by(|a, b| a.sort.cmp(&b.sort));
        found.dedup();
        let found: Vec<_> = found.into_iter().map(|row| (row.partition.to_string(), row.sort, row.body)).collect();
        let wanted = (1..=210).map(|n| (key(n).partition, key(n).sort, n.to_string().into_bytes()));
        assert_eq!(found, wanted.collect::<Vec<_>>());
    }
    assert_eq!(store.get_all(&[], Consistency::Strong).await.unwrap(), []);
}

async fn what_is_saved_stands_there_whatever_stood_there(store: &dyn Store, clock: &HandClock) {
    let body_of = |n: usize, text: &str| item("saved", &format!("S{n:02}"), format!("{text} {n}"));
    store.commit(put(body_of(1, "committed"), Expect::Absent)).await.unwrap();
    let before = version(store, "saved", "S01").await;
    store.save((1..=60).map(|n| body_of(n, "saved")).collect(), Vec::new()).await.unwrap();
    assert_eq!(sorts(store, &all(Index::Table, "saved")).await.len(), 60);
    let (first, text) = get(store, "saved", "S01").await.unwrap();
    assert_eq!(text, "saved 1");
    assert_ne!(first, before);
    assert_conflict(&store.commit(put(body_of(1, "late"), Expect::Version(before))).await);
    store
        .save(vec![body_of(1, "saved again")], vec![Key::new("saved", "S02"), Key::new("saved", "none")])
        .await
        .unwrap();
    let (second, text) = get(store, "saved", "S01").await.unwrap();
    assert_eq!(text, "saved again 1");
    assert!(second != first && second != before);
    assert_conflict(&store.commit(put(body_of(1, "late"), Expect::Version(first))).await);
    store.commit(put(body_of(1, "in time"), Expect::Version(second))).await.unwrap();
    assert_eq!(get(store, "saved", "S02").await, None);
    let indexed = Item {
        index: Some("saved-index".to_owned()),
        expires: Some(clock.now() + jiff::SignedDuration::from_secs(60)),
        ..body_of(3, "indexed")
    };
    store.save(vec![indexed], Vec::new()).await.unwrap();
    assert_eq!(sorts(store, &all(Index::Secondary, "saved-index")).await, ["S03"]);
    clock.pass(61);
    assert!(sorts(store, &all(Index::Secondary, "saved-index")).await.is_empty());
    store.save(Vec::new(), Vec::new()).await.unwrap();
}

/// Of many who write the same version at once, one wins and the others are told. `wait` waits for a commit, on any thread.
pub fn of_many_writers_one_wins(
    store: &dyn Store,
    wait: &(dyn Fn(Pending<'_>) -> Result<Committed, StoreError> + Sync),
    version_of: &dyn Fn(&Key) -> u64,
) {
    let key = Key::new("race", "a");
    wait(store.commit(put(item("race", "a", "0"), Expect::Absent))).unwrap();
    let before = version_of(&key);
    let write = |i: usize| wait(store.commit(put(item("race", "a", i.to_string()), Expect::Version(before))));
    let results: Vec<_> = std::thread::scope(|scope| {
        let threads: Vec<_> = (1..9).map(|i| scope.spawn(move || write(i))).collect();
        threads.into_iter().map(|thread| thread.join().unwrap()).collect()
    });
    assert_eq!(results.iter().filter(|result| result.is_ok()).count(), 1, "{results:?}");
    results.iter().filter(|result| result.is_err()).for_each(assert_conflict);
    assert_ne!(version_of(&key), before);
}
