//! How each service says no, in its own words.

use serde_json::{Value, json};

use crate::calls::Site;
use crate::http::{Answer, Request};

/// The service is asked too often.
pub(crate) fn throttled(site: &Site) -> Answer {
    match site.service.as_str() {
        "dynamodb" => {
            let name = "com.amazonaws.dynamodb.v20120810#ProvisionedThroughputExceededException";
            named(400, name, "The level of configured provisioned throughput for the table was exceeded.")
        }
        "sqs" => named(400, "com.amazonaws.sqs#RequestThrottled", "The request was denied due to request throttling.")
            .with("x-amzn-query-error", "RequestThrottled;Sender"),
        "ses" => rest(429, "TooManyRequestsException", "Maximum sending rate exceeded."),
        "s3" => xml(503, "SlowDown", "Please reduce your request rate."),
        "slack" => Answer::json(429, &json!({ "ok": false, "error": "ratelimited" })).with("Retry-After", "0"),
        _ => named(400, "ThrottlingException", "Rate exceeded"),
    }
}

/// The service itself fails.
pub(crate) fn failed(site: &Site, status: u16) -> Answer {
    let name = if status == 503 { "ServiceUnavailable" } else { "InternalFailure" };
    match site.service.as_str() {
        "dynamodb" if status == 500 => {
            named(status, "com.amazonaws.dynamodb.v20120810#InternalServerError", "Internal server error")
        }
        "ses" => rest(status, name, "Please try again later."),
        "s3" if status == 500 => xml(status, "InternalError", "We encountered an internal error. Please try again."),
        "s3" => xml(status, name, "Please try again later."),
        "slack" => Answer::new(status, "text/html", "<html><body>Server Error</body></html>"),
        _ => named(status, name, "Please try again later."),
    }
}

/// Somebody else is at the same item.
pub(crate) fn conflict(site: &Site, request: &Request) -> Answer {
    let said = "Transaction is ongoing for the item";
    if site.action != "TransactWriteItems" {
        return named(400, "com.amazonaws.dynamodb.v20120810#TransactionConflictException", said);
    }
    let body: Value = serde_json::from_slice(&request.body).unwrap();
    let mut reasons = vec![json!({ "Code": "None" }); body["TransactItems"].as_array().map_or(1, Vec::len)];
    reasons[0] = json!({ "Code": "TransactionConflict", "Message": said });
    let codes: Vec<&str> = reasons.iter().map(|reason| reason["Code"].as_str().unwrap()).collect();
    let said =
        format!("Transaction cancelled, please refer cancellation reasons for specific reasons [{}]", codes.join(", "));
    aws_json(
        400,
        &json!({
            "__type": "com.amazonaws.dynamodb.v20120810#TransactionCanceledException",
            "Message": said,
            "CancellationReasons": reasons,
        }),
    )
}

/// The token of a transaction stands for another content.
pub(crate) fn token_mismatch() -> Answer {
    let name = "com.amazonaws.dynamodb.v20120810#IdempotentParameterMismatchException";
    named(400, name, "The request uses the same client token as a previous, but non-identical request.")
}

fn named(status: u16, name: &str, said: &str) -> Answer {
    aws_json(status, &json!({ "__type": name, "message": said }))
}

fn aws_json(status: u16, body: &Value) -> Answer {
    let id = "00000000-0000-4000-8000-000000000000";
    Answer::new(status, "application/x-amz-json-1.0", body.to_string()).with("x-amzn-RequestId", id)
}

fn rest(status: u16, name: &str, said: &str) -> Answer {
    Answer::json(status, &json!({ "message": said })).with("x-amzn-ErrorType", name)
}

fn xml(status: u16, code: &str, said: &str) -> Answer {
    let body = format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<Error><Code>{code}</Code><Message>{said}</Message></Error>"
    );
    Answer::new(status, "application/xml", body)
}
