//! The one table, on Amazon's DynamoDB Local. Expiry is not switched on: an expired item that is still there is what AWS
//! allows, and what the functions must cope with.

use data_encoding::BASE64;
use serde_json::{Value, json};

use super::json as call;

/// A table of one deployment.
#[derive(Clone, Debug)]
pub(crate) struct Table {
    pub name: String,
    port: u16,
}

/// An item as the service tells it.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Item(pub Value);

impl Table {
    pub(crate) fn create(port: u16, name: &str) -> Self {
        let table = Self { name: name.to_owned(), port };
        let text = |name: &str| json!({ "AttributeName": name, "AttributeType": "S" });
        let key = |name: &str, kind: &str| json!({ "AttributeName": name, "KeyType": kind });
        table.call(
            "CreateTable",
            &json!({
                "TableName": name,
                "BillingMode": "PAY_PER_REQUEST",
                "AttributeDefinitions": [text("pk"), text("sk"), text("ix")],
                "KeySchema": [key("pk", "HASH"), key("sk", "RANGE")],
                "GlobalSecondaryIndexes": [{
                    "IndexName": "by-index",
                    "KeySchema": [key("ix", "HASH"), key("sk", "RANGE")],
                    "Projection": { "ProjectionType": "KEYS_ONLY" },
                }],
            }),
        );
        table
    }

    /// Every item there is, by its key.
    pub(crate) fn items(&self) -> Vec<Item> {
        let mut items = Vec::new();
        let mut request = json!({ "TableName": self.name, "ConsistentRead": true });
        loop {
            let mut page = self.call("Scan", &request);
            items.extend(page["Items"].as_array_mut().unwrap().drain(..).map(Item));
            match page.get("LastEvaluatedKey") {
                Some(key) => request["ExclusiveStartKey"] = key.clone(),
                None => break,
            }
        }
        items.sort_by(|a, b| (a.partition(), a.sort()).cmp(&(b.partition(), b.sort())));
        items
    }

    /// Puts items as they were read, from this table or from another.
    pub(crate) fn put(&self, items: &[Item]) {
        for few in items.chunks(25) {
            let puts: Vec<Value> = few.iter().map(|item| json!({ "PutRequest": { "Item": item.0 } })).collect();
            self.call("BatchWriteItem", &json!({ "RequestItems": { &self.name: puts } }));
        }
    }

    /// An action on it beyond those.
    #[track_caller]
    pub(crate) fn call(&self, action: &str, body: &Value) -> Value {
        call(self.port, "dynamodb", &format!("DynamoDB_20120810.{action}"), body)
    }
}

impl Item {
    pub(crate) fn partition(&self) -> &str {
        self.0["pk"]["S"].as_str().unwrap()
    }

    pub(crate) fn sort(&self) -> &str {
        self.0["sk"]["S"].as_str().unwrap()
    }

    /// Its content; empty where it has none.
    pub(crate) fn body(&self) -> Vec<u8> {
        let bytes = |name: &str| self.0[name]["B"].as_str().map(|text| BASE64.decode(text.as_bytes()).unwrap());
        let deflated = bytes("z").map(|body| miniz_oxide::inflate::decompress_to_vec(&body).unwrap());
        deflated.or_else(|| bytes("b")).unwrap_or_default()
    }

    /// Its content, which is JSON.
    #[track_caller]
    pub(crate) fn json(&self) -> Value {
        serde_json::from_slice(&self.body()).unwrap_or_else(|e| panic!("{} {}: {e}", self.partition(), self.sort()))
    }
}
