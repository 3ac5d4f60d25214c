//! What the functions stand on, made and read back without any SDK: the AWS JSON protocols, spoken straight to the
//! services. These calls go past the proxies, so nobody takes them for calls of a function.

pub(crate) mod table;
pub(crate) mod queue;
pub(crate) mod bus;
pub(crate) mod bucket;
pub(crate) mod mail;
pub(crate) mod secret;

use std::sync::{Mutex, PoisonError};

use serde_json::Value;

use crate::http::{self, Answer, Request};

/// The account and the region in which moto puts everything.
pub(crate) const ACCOUNT: &str = "123456789012";
pub(crate) const REGION: &str = "us-east-1";

/// One action of a service that tells its actions apart by a header: `AmazonSQS.SendMessage`.
#[track_caller]
fn json(port: u16, service: &str, target: &str, body: &Value) -> Value {
    let request = Request::new("POST", "/", body.to_string())
        .with("Content-Type", "application/x-amz-json-1.0")
        .with("X-Amz-Target", target);
    let answer = signed(port, service, request);
    serde_json::from_slice(&answer.body).unwrap_or(Value::Null)
}

/// One request that must end well.
#[track_caller]
fn signed(port: u16, service: &str, request: Request) -> Answer {
    let request = request.with("Authorization", authorization(service));
    let what = format!("{service} {} {} {:?}", request.method, request.target, request.header("X-Amz-Target"));
    let answer = {
        // moto fails if what it goes through grows meanwhile, as its queues do when two deployments begin at once.
        static ONE_AT_A_TIME: Mutex<()> = Mutex::new(());
        let _alone = ONE_AT_A_TIME.lock().unwrap_or_else(PoisonError::into_inner);
        http::send(port, &request)
    };
    let answer = answer.unwrap_or_else(|error| panic!("{what}: {error}"));
    let said = String::from_utf8_lossy(&answer.body);
    assert!(answer.status < 300, "{what}: {} {said}", answer.status);
    answer
}

/// Nobody here checks a signature; which service is meant is read from its scope.
pub(crate) fn authorization(service: &str) -> String {
    let scope = format!("AKIAEXAMPLE/20261122/{REGION}/{service}/aws4_request");
    format!("AWS4-HMAC-SHA256 Credential={scope}, SignedHeaders=host, Signature=0")
}
