//! HTTP/1.1 as far as these tests need it. A server of our own, because every ready one answers in the end, and a fault
//! here is to hang up without a word.

use std::io::{BufRead, BufReader, Error, ErrorKind, Read, Result, Write};
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;

/// Header names as they came; they are compared in any case.
pub(crate) type Headers = Vec<(String, String)>;

/// One request with its exact body.
#[derive(Clone, Debug)]
pub(crate) struct Request {
    pub method: String,
    /// Path and query.
    pub target: String,
    pub headers: Headers,
    pub body: Vec<u8>,
}

/// One answer with its exact body.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Answer {
    pub status: u16,
    pub headers: Headers,
    pub body: Vec<u8>,
}

impl Request {
    pub(crate) fn new(method: &str, target: &str, body: impl Into<Vec<u8>>) -> Self {
        Self { method: method.to_owned(), target: target.to_owned(), headers: Vec::new(), body: body.into() }
    }

    pub(crate) fn with(mut self, name: &str, value: impl Into<String>) -> Self {
        self.headers.push((name.to_owned(), value.into()));
        self
    }

    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        header(&self.headers, name)
    }

    pub(crate) fn path(&self) -> &str {
        self.target.split('?').next().unwrap_or_default()
    }

    pub(crate) fn query(&self) -> &str {
        self.target.split_once('?').map_or("", |(_, query)| query)
    }
}

impl Answer {
    pub(crate) fn new(status: u16, content_type: &str, body: impl Into<Vec<u8>>) -> Self {
        Self { status, headers: Vec::new(), body: body.into() }.with("Content-Type", content_type)
    }

    pub(crate) fn json(status: u16, body: &serde_json::Value) -> Self {
        Self::new(status, "application/json", body.to_string())
    }

    pub(crate) fn with(mut self, name: &str, value: impl Into<String>) -> Self {
        self.headers.push((name.to_owned(), value.into()));
        self
    }
}

/// A server on a free port of this machine, a thread for each connection, until it is dropped.
pub(crate) struct Server {
    port: u16,
    open: Arc<AtomicBool>,
}

impl Server {
    /// `handle` returns nothing to hang up.
    pub(crate) fn start(handle: impl Fn(Request) -> Option<Answer> + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        let server = Self { port: listener.local_addr().unwrap().port(), open: Arc::new(AtomicBool::new(true)) };
        let (handle, open) = (Arc::new(handle), Arc::clone(&server.open));
        thread::spawn(move || {
            for stream in listener.incoming().map_while(Result::ok) {
                if !open.load(Ordering::SeqCst) {
                    break;
                }
                let (handle, open) = (Arc::clone(&handle), Arc::clone(&open));
                // Whoever is killed amid a request breaks off its connection, and that is no news here.
                thread::spawn(move || serve(stream, &*handle, &open).ok());
            }
        });
        server
    }

    pub(crate) fn port(&self) -> u16 {
        self.port
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.open.store(false, Ordering::SeqCst);
        // Wakes the thread that waits for the next connection.
        TcpStream::connect((Ipv4Addr::LOCALHOST, self.port)).ok();
    }
}

/// Sends one request to a port of this machine and reads the whole answer.
pub(crate) fn send(port: u16, request: &Request) -> Result<Answer> {
    let mut stream = TcpStream::connect((Ipv4Addr::LOCALHOST, port))?;
    stream.set_nodelay(true)?;
    let first = format!("{} {} HTTP/1.1\r\nHost: 127.0.0.1:{port}", request.method, request.target);
    // One request a connection: none can meet one that the other side has just given up.
    write(&mut stream, &format!("{first}\r\nConnection: close"), &request.headers, &request.body)?;
    let mut reader = BufReader::new(stream);
    let first = line(&mut reader)?.ok_or(ErrorKind::UnexpectedEof)?;
    let status = first.split(' ').nth(1).and_then(|status| status.parse().ok()).ok_or(ErrorKind::InvalidData)?;
    let headers = headers(&mut reader)?;
    let mut body = Vec::new();
    if request.method != "HEAD" && !read_body(&mut reader, &headers, &mut body)? {
        reader.read_to_end(&mut body)?;
    }
    Ok(Answer { status, headers, body })
}

fn serve(stream: TcpStream, handle: &impl Fn(Request) -> Option<Answer>, open: &AtomicBool) -> Result<()> {
    stream.set_nodelay(true)?;
    let mut reader = BufReader::new(stream.try_clone()?);
    let mut stream = stream;
    while let Some(first) = line(&mut reader)? {
        let headers = headers(&mut reader)?;
        if header(&headers, "expect").is_some() {
            stream.write_all(b"HTTP/1.1 100 Continue\r\n\r\n")?;
        }
        let mut body = Vec::new();
        read_body(&mut reader, &headers, &mut body)?;
        let mut words = first.split(' ').map(str::to_owned);
        let (Some(method), Some(target)) = (words.next(), words.next()) else { break };
        let Some(answer) = handle(Request { method, target, headers, body }) else { break };
        if !open.load(Ordering::SeqCst) {
            break;
        }
        write(&mut stream, &format!("HTTP/1.1 {} Answer", answer.status), &answer.headers, &answer.body)?;
    }
    Ok(())
}

fn header<'a>(headers: &'a Headers, name: &str) -> Option<&'a str> {
    headers.iter().find(|(other, _)| other.eq_ignore_ascii_case(name)).map(|(_, value)| value.as_str())
}

/// How a message is framed is between the two ends of one connection.
fn is_framing(name: &str) -> bool {
    let framing = ["host", "connection", "content-length", "transfer-encoding", "expect", "keep-alive"];
    framing.iter().any(|other| name.eq_ignore_ascii_case(other))
}

fn write(stream: &mut TcpStream, first: &str, headers: &Headers, body: &[u8]) -> Result<()> {
    let mut head = format!("{first}\r\n");
    for (name, value) in headers.iter().filter(|(name, _)| !is_framing(name)) {
        head.push_str(&format!("{name}: {value}\r\n"));
    }
    head.push_str(&format!("Content-Length: {}\r\n\r\n", body.len()));
    stream.write_all(&[head.as_bytes(), body].concat())
}

/// Nothing at the end of the stream.
fn line(reader: &mut impl BufRead) -> Result<Option<String>> {
    let mut line = String::new();
    let read = reader.read_line(&mut line)?;
    Ok((read > 0).then(|| line.trim_end().to_owned()))
}

fn headers(reader: &mut impl BufRead) -> Result<Headers> {
    let mut headers = Headers::new();
    loop {
        let line = line(reader)?.ok_or(ErrorKind::UnexpectedEof)?;
        if line.is_empty() {
            return Ok(headers);
        }
        let (name, value) = line.split_once(':').ok_or(ErrorKind::InvalidData)?;
        headers.push((name.to_owned(), value.trim().to_owned()));
    }
}

/// Whether the headers say where the body ends.
fn read_body(reader: &mut impl BufRead, headers: &Headers, body: &mut Vec<u8>) -> Result<bool> {
    let invalid = |_| Error::from(ErrorKind::InvalidData);
    if header(headers, "transfer-encoding").is_some_and(|value| value.eq_ignore_ascii_case("chunked")) {
        loop {
            let size = line(reader)?.ok_or(ErrorKind::UnexpectedEof)?;
            let size = u64::from_str_radix(size.split(';').next().unwrap_or_default(), 16).map_err(invalid)?;
            reader.take(size).read_to_end(body)?;
            line(reader)?;
            if size == 0 {
                return Ok(true);
            }
        }
    }
    let Some(length) = header(headers, "content-length") else { return Ok(false) };
    let length: usize = length.parse().map_err(invalid)?;
    body.resize(length, 0);
    reader.read_exact(body)?;
    Ok(true)
}
