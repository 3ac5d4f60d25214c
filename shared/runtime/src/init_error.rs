//! Tells Lambda why a function cannot start, so that whoever invokes it reads the reason and not just that it ended.

use std::error::Error;
use std::io::{Read, Write};
use std::net::TcpStream;
use std::time::Duration;

use serde_json::json;

/// Lambda answers at once; nobody else is waited for.
const PATIENCE: Duration = Duration::from_secs(1);

/// Tells it to the Runtime API at this address. The library does this only for its own part of the start.
pub(crate) fn report(error: &dyn Error, runtime_api: &str) -> std::io::Result<()> {
    let body = json!({ "errorType": "CannotStart", "errorMessage": error.to_string(), "stackTrace": [] }).to_string();
    let mut stream = TcpStream::connect(runtime_api)?;
    stream.set_read_timeout(Some(PATIENCE))?;
    write!(
        stream,
        "POST /2018-06-01/runtime/init/error HTTP/1.1\r\nHost: {runtime_api}\r\nContent-Type: application/json\r\n\
         Lambda-Runtime-Function-Error-Type: CannotStart\r\nContent-Length: {}\r\nConnection: close\r\n\r\n{body}",
        body.len()
    )?;
    stream.read(&mut [0; 12]).map(drop)
}
