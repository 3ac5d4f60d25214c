//! HTTP as far as the stand-in needs it.

use std::io::{BufRead, BufReader, Read};
use std::net::TcpStream;

pub(super) struct Request {
    pub(super) line: String,
    headers: Vec<(String, String)>,
    pub(super) body: Vec<u8>,
}

impl Request {
    pub(super) fn read(stream: &TcpStream) -> Option<Self> {
        let mut reader = BufReader::new(stream);
        let mut lines = std::iter::from_fn(|| {
            let mut line = String::new();
            let end = reader.read_line(&mut line).ok()?;
            let line = line.trim_end().to_owned();
            (end > 0 && !line.is_empty()).then_some(line)
        });
        let line = lines.next()?;
        let headers: Vec<(String, String)> = lines
            .filter_map(|line| line.split_once(':').map(|(name, value)| (name.to_lowercase(), value.trim().to_owned())))
            .collect();
        let mut request = Self { line, headers, body: Vec::new() };
        let length = request.header("content-length").and_then(|length| length.parse().ok()).unwrap_or(0);
        request.body.resize(length, 0);
        reader.read_exact(&mut request.body).ok()?;
        Some(request)
    }

    pub(super) fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }
}

pub(super) fn response(status: u16, headers: &str, kind: &str, body: &str) -> String {
    format!(
        "HTTP/1.1 {status} x\r\nDate: Mon, 02 Nov 2026 07:00:00 GMT\r\nContent-Type: {kind}\r\nContent-Length: {}\r\n{headers}\
         Connection: close\r\n\r\n{body}",
        body.len()
    )
}
