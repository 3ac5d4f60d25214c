//! What a `Store` promises of bodies and partitions that are larger than any request of DynamoDB.

use std::collections::BTreeSet;

use domain::ports::{Commit, Consistency, Expect, Index, Key, Query, Store, Write};

use crate::store::{all, item, put, sorts};

const KB: usize = 1024;

/// Around the 400 KB that an item of DynamoDB may have, its keys included, and far beyond.
pub const SIZES: [usize; 4] = [399, 400, 401, 1_536];

/// A body of so many kilobytes comes back as it was, whatever stood there before.
pub async fn a_body_of_any_size_is_kept_whole(store: &dyn Store, sizes: &[usize]) {
    for &kilobytes in sizes {
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
    let read: BTreeSet<usize> = found.iter().map(|row| row.body.len() / KB).collect();
    assert_eq!(read, sizes.iter().copied().collect());

    let mut names: Vec<String> = sizes.iter().map(|size| format!("{size} KB")).collect();
    for name in &names {
        store.commit(put(item("large", name, "small now"), Expect::Anything)).await.unwrap();
        assert_eq!(store.get(&Key::new("large", name.as_str())).await.unwrap().unwrap().body, b"small now");
        store.commit(put(item("large", name, bytes(450 * KB, 5)), Expect::Anything)).await.unwrap();
    }
    let saved = bytes(450 * KB, 3);
    store.save(vec![item("large", "saved", saved.clone()), item("large", "beside", "x")], Vec::new()).await.unwrap();
    assert!(store.get(&Key::new("large", "saved")).await.unwrap().unwrap().body == saved);
    names.extend(["saved".to_owned(), "beside".to_owned()]);
    let writes = names.iter().map(|sort| Write::Delete(Key::new("large", sort.as_str()))).collect();
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
pub fn bytes(count: usize, seed: u64) -> Vec<u8> {
    let mut state = seed;
    let next = || {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 56) as u8
    };
    std::iter::repeat_with(next).take(count).collect()
}
