//! The store keeps its contract on DynamoDB Local and on moto, and leaves nothing behind.

use std::collections::BTreeSet;
use std::sync::Arc;

use aws::DynamoStore;
use aws_sdk_dynamodb::primitives::Blob;
use aws_sdk_dynamodb::types::{
    AttributeDefinition, AttributeValue, BillingMode, GlobalSecondaryIndex, KeySchemaElement, KeyType, Projection,
    ProjectionType, ScalarAttributeType,
};
use contracts::{HandClock, bytes, is_written};
use domain::MessageId;
use domain::ports::{Clock, Commit, Expect, Item, Key, Store, StoreError, Write};

use crate::emulator::{Emulator, clients, dynamodb_local, moto_server, raw};

/// Makes the table as the template does.
pub(crate) async fn table(endpoint: &str, name: &str) -> aws_sdk_dynamodb::Client {
    let client = aws_sdk_dynamodb::Client::new(&raw(endpoint));
    let key =
        |name: &str, kind: KeyType| KeySchemaElement::builder().attribute_name(name).key_type(kind).build().unwrap();
    let attribute = |name: &str| {
        let attribute = AttributeDefinition::builder().attribute_name(name);
        attribute.attribute_type(ScalarAttributeType::S).build().unwrap()
    };
    let index = GlobalSecondaryIndex::builder()
        .index_name("by-index")
        .key_schema(key("ix", KeyType::Hash))
        .key_schema(key("sk", KeyType::Range))
        .projection(Projection::builder().projection_type(ProjectionType::KeysOnly).build())
        .build()
        .unwrap();
    let create = client.create_table().table_name(name).billing_mode(BillingMode::PayPerRequest);
    let create = create.key_schema(key("pk", KeyType::Hash)).key_schema(key("sk", KeyType::Range));
    let create = ["pk", "sk", "ix"].iter().fold(create, |create, name| create.attribute_definitions(attribute(name)));
    create.global_secondary_indexes(index).send().await.unwrap();
    client
}

async fn keeps_the_contract(emulator: &Emulator, sizes: &[usize]) {
    let client = table(&emulator.endpoint, "contract").await;
    let clock = Arc::new(HandClock::default());
    let store = clients(&emulator.endpoint).store("contract", Arc::clone(&clock) as Arc<dyn Clock>);
    store.warm().await.unwrap();
    contracts::store_contract(&store, &clock).await;
    contracts::a_run_of_megabytes_is_read_to_its_end(&store).await;
    contracts::a_body_of_any_size_is_kept_whole(&store, sizes).await;
    assert_eq!(partitions(&client, "contract", "PIECES#").await, BTreeSet::new(), "every piece went with its item");
}

/// The partitions that begin so.
async fn partitions(client: &aws_sdk_dynamodb::Client, table: &str, prefix: &str) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    let mut from = None;
    loop {
        let page = client.scan().table_name(table).set_exclusive_start_key(from).send().await.unwrap();
        let items = page.items.unwrap_or_default();
        let names = items.into_iter().map(|item| item["pk"].as_s().unwrap().clone());
        found.extend(names.filter(|name| name.starts_with(prefix)));
        from = page.last_evaluated_key;
        if from.is_none() {
            return found;
        }
    }
}

async fn of_many_writers_one_wins(emulator: &Emulator, name: &str) {
    table(&emulator.endpoint, name).await;
    let store = clients(&emulator.endpoint).store(name, Arc::new(HandClock::default()));
    let runtime = tokio::runtime::Handle::current();
    tokio::task::spawn_blocking(move || {
        let version_of = |key: &Key| runtime.block_on(store.get(key)).unwrap().unwrap().version;
        contracts::of_many_writers_one_wins(&store, &|pending| runtime.block_on(pending), &version_of);
    })
    .await
    .unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn the_store_keeps_the_contract_on_dynamodb_local() {
    let Some(emulator) = dynamodb_local().await else { return };
    keeps_the_contract(&emulator, &contracts::SIZES).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_store_keeps_the_contract_on_moto() {
    let Some(emulator) = moto_server().await else { return };
    // moto counts bytes by their base 64, a third more, and so refuses items that DynamoDB takes.
    keeps_the_contract(&emulator, &[290, 401, 1_536]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn of_many_writers_one_wins_on_dynamodb_local() {
    let Some(emulator) = dynamodb_local().await else { return };
    of_many_writers_one_wins(&emulator, "race").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn of_many_commits_of_one_message_one_is_written() {
    let Some(emulator) = dynamodb_local().await else { return };
    table(&emulator.endpoint, "claims").await;
    let store = Arc::new(clients(&emulator.endpoint).store("claims", Arc::new(HandClock::default())));
    let commit = |n: usize| {
        let store: Arc<DynamoStore> = Arc::clone(&store);
        let writes = vec![Write::Put(item("a", n.to_string().into_bytes()), Expect::Anything)];
        tokio::spawn(async move { store.commit(Commit { claim: Some(MessageId::of(&["m"])), writes }).await })
    };
    let mut written = 0;
    for running in (0..8).map(commit).collect::<Vec<_>>() {
        written += usize::from(is_written(running.await.unwrap().unwrap()));
    }
    assert_eq!(written, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_commit_that_dynamodb_never_takes_says_so_and_writes_nothing() {
    let Some(emulator) = dynamodb_local().await else { return };
    table(&emulator.endpoint, "limits").await;
    let store = clients(&emulator.endpoint).store("limits", Arc::new(HandClock::default()));
    let many = |count: usize| Commit {
        claim: None,
        writes: (0..count).map(|n| Write::Put(item(&format!("{n:03}"), vec![]), Expect::Absent)).collect(),
    };
    store.commit(many(100)).await.unwrap();
    let too_many = store.commit(many(101)).await.unwrap_err().to_string();
    assert!(too_many.contains("101 items"), "{too_many}");
    let large = Commit { claim: None, writes: vec![Write::Put(item("large", bytes(4_500_000, 1)), Expect::Absent)] };
    let too_large = store.commit(large).await.unwrap_err();
    assert!(matches!(&too_large, StoreError::Refused(why) if why.contains("too large")), "{too_large}");
    assert_eq!(store.get(&item("large", vec![]).key).await.unwrap(), None);
}

#[tokio::test]
async fn what_is_larger_than_a_kilobyte_is_deflated_and_what_cannot_be_inflated_is_named() {
    let Some(emulator) = dynamodb_local().await else { return };
    let raw = table(&emulator.endpoint, "deflated").await;
    let store = clients(&emulator.endpoint).store("deflated", Arc::new(HandClock::default()));
    let words = b"renewal in 47 days, no champion left; ".repeat(100);
    for (sort, body) in [("large", words.clone()), ("small", b"a few words".to_vec())] {
        let commit = Commit { claim: None, writes: vec![Write::Put(item(sort, body.clone()), Expect::Absent)] };
        store.commit(commit).await.unwrap();
        assert_eq!(store.get(&item(sort, vec![]).key).await.unwrap().unwrap().body, body);
    }
    let stored = async |sort: &str| {
        let key = [("pk", "p"), ("sk", sort)].map(|(name, text)| (name.to_owned(), AttributeValue::S(text.to_owned())));
        let call = raw.get_item().table_name("deflated").set_key(Some(key.into()));
        call.send().await.unwrap().item.unwrap()
    };
    assert!(stored("large").await["z"].as_b().unwrap().as_ref().len() < words.len() / 10);
    assert!(stored("small").await.contains_key("b") && !stored("small").await.contains_key("z"));

    let mut broken = stored("large").await;
    broken.insert("z".to_owned(), AttributeValue::B(Blob::new("no deflated bytes")));
    raw.put_item().table_name("deflated").set_item(Some(broken)).send().await.unwrap();
    let unreadable = store.get(&item("large", vec![]).key).await.unwrap_err();
    assert!(matches!(&unreadable, StoreError::Unreadable { key, .. } if key == "p large"), "{unreadable}");
}

fn item(sort: &str, body: Vec<u8>) -> Item {
    Item { key: Key::new("p", sort), index: None, body, expires: None }
}
