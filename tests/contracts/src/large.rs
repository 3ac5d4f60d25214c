//! What a `Store` promises of bodies and partitions that are larger than any request of DynamoDB.

use domain::ports::{Commit, Consistency, Expect, Index, Key, Query, Store, Write};

use crate::store::{all, item, put, sorts};

const KB: usize = 1024;

/// A body comes back as it was, however large, and whatever stood there before.
pub async fn a_body_of_any_size_is_kept_whole(store: &dyn Store) {
    for kilobytes in [399, 400, 401, 1_536] {
        let sort = format!("{kilobytes} KB");
        let key = Key::new("large", sort.as_str());
        let (first, second) = (bytes(kilobytes * KB, 1), bytes(kilobytes * KB, 2));
        store.commit(put(item("large", &sort, first.clone()), Expect::Absent)).await.unwrap();
        let row = store.get(&key).await.unwrap().unwrap();
        assert!(row.body == first, "{sort} of a commit");
        assert!(store.commit(put(item("large", &sort, second.clone()), Expect::Absent)).await.is_err(), "{sort}");
        store.commit(put(item("large", &sort, second.clone()), Expect::Version(row.version))).await.unwrap();
        assert!(store.get(&key).await.unwrap().unwrap().body == second, "{sort} over {sort}");
        assert!(store.commit(put(item("large", &sort, ""), Expect::Version(row.version))).await.is_err(), "{sort}");
        store.commit(put(item("large", &sort, first.clone()), Expect::Anything)).await.unwrap();
        let found = store.get_all(std::slice::from_ref(&key), Consistency::Eventual).await.unwrap();
        assert!(found.len() == 1 && found[0].body == first, "{sort} of several");
    }
    let found = store.query(&all(Index::Table, "large")).await.unwrap();
    let sizes: Vec<usize> = found.iter().map(|row| row.body.len() / KB).collect();
    assert_eq!(sizes, [1_536, 399, 400, 401]);

    store.commit(put(item("large", "1536 KB", "small now"), Expect::Anything)).await.unwrap();
    assert_eq!(store.get(&Key::new("large", "1536 KB")).await.unwrap().unwrap().body, b"small now");
    let saved = bytes(450 * KB, 3);
    store.save(vec![item("large", "saved", saved.clone()), item("large", "beside", "x")], Vec::new()).await.unwrap();
    assert!(store.get(&Key::new("large", "saved")).await.unwrap().unwrap().body == saved);
    let gone = ["399 KB", "400 KB", "401 KB", "1536 KB", "saved", "beside"];
    let writes = gone.map(|sort| Write::Delete(Key::new("large", sort))).into();
    store.commit(Commit { claim: None, writes }).await.unwrap();
    assert!(sorts(store, &all(Index::Table, "large")).await.is_empty());
}

/// A partition of 3 MB is read to its end in one query, and as far as is asked for.
pub async fn a_run_of_megabytes_is_read_to_its_end(store: &dyn Store) {
    let names: Vec<String> = (0..30).map(|n| format!("M{n:02}")).collect();
    let items = names.iter().map(|name| item("megabytes", name, bytes(100 * KB, 4)));
    store.save(items.collect(), Vec::new()).await.unwrap();
    assert_eq!(sorts(store, &all(Index::Table, "megabytes")).await, names);
    let some = Query { after: Some("M02"), through: Some("M27"), limit: 24, ..all(Index::Table, "megabytes") };
    assert_eq!(sorts(store, &some).await, &names[3..27]);
}

/// So many bytes that no compression makes less of.
fn bytes(count: usize, seed: u64) -> Vec<u8> {
    let mut state = seed;
    let next = || {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 56) as u8
    };
    std::iter::repeat_with(next).take(count).collect()
}
