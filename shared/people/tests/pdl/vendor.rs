//! The vendor's own Python client against the stand-in: that the stand-in is called as the real provider is, and that what
//! the adapter sends passes the vendor's own checks unchanged.

use std::io::Write;
use std::process::Command;

use domain::ports::People;
use futures_executor::block_on;
use serde_json::{Value, json};

use crate::stand_in::StandIn;
use crate::{KEY, dana, nobody, provider, question};

/// Reads the adapter's request, passes it through the vendor's client, and prints what came of it.
const SCRIPT: &str = r#"
import json, sys
from peopledatalabs import PDLPY
from peopledatalabs.models.person import BulkModel

address, key, wrong = sys.argv[1:4]
body = json.load(sys.stdin)
answers = {"checked": BulkModel(**body).dict(exclude_none=True)}
for name, used in (("right", key), ("wrong", wrong)):
    response = PDLPY(api_key=used, base_path=address).person.bulk(**body)
    answers[name] = {"status": response.status_code, "body": response.json()}
print(json.dumps(answers))
"#;

#[test]
fn the_vendors_client_and_the_adapter_see_the_same_provider() {
    if !has_client() {
        // Past the capture of output, so that whoever runs the tests sees it.
        let why = "skipped: the client of People Data Labs, because python3 cannot import peopledatalabs\n";
        drop(std::io::stderr().write_all(why.as_bytes()));
        return;
    }
    let stand_in = StandIn::start();
    let questions = [dana(), nobody(), question("c3", "Erik Lund", "", "Fabrikam")];
    let answers = block_on(provider(&stand_in).look_up(&questions)).unwrap();
    let sent = stand_in.state().bodies.remove(0);

    let seen = client(&stand_in.address(), &sent);
    assert_eq!(seen["checked"], sent, "the vendor's own model takes what the adapter sends, and drops nothing of it");
    assert_eq!(stand_in.state().bodies, [sent], "and sends it as it is");

    assert_eq!(seen["right"]["status"], json!(200));
    let entries = seen["right"]["body"].as_array().unwrap();
    let statuses: Vec<&Value> = entries.iter().map(|entry| &entry["status"]).collect();
    assert_eq!(statuses, [&json!(200), &json!(404), &json!(200)]);
    for (entry, answer) in entries.iter().zip(&answers).filter(|(entry, _)| entry["status"] == json!(200)) {
        assert_eq!(entry["data"]["job_company_name"].as_str(), Some(crate::company(answer)));
    }
    assert_eq!(seen["wrong"]["status"], json!(401));
    assert_eq!(seen["wrong"]["body"]["error"]["type"], json!("authentication_error"));
}

fn has_client() -> bool {
    let import = Command::new("python3").args(["-c", "import peopledatalabs"]).output();
    import.is_ok_and(|done| done.status.success())
}

fn client(address: &str, body: &Value) -> Value {
    let dir = tempfile::tempdir().unwrap();
    let input = dir.path().join("body.json");
    std::fs::write(&input, body.to_string()).unwrap();
    let mut python = Command::new("python3");
    python.args(["-c", SCRIPT, address, KEY, "another-key-0123456789"]).stdin(std::fs::File::open(input).unwrap());
    let done = python.output().unwrap();
    assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
    serde_json::from_slice(&done.stdout).unwrap()
}
