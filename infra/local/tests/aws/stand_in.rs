//! A service of this machine that has one answer to each path, as far as a look at it goes.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{Ipv4Addr, TcpListener, TcpStream};

/// What it answers: a status, headers of which each ends its line, and JSON.
pub(crate) type Answer = (u16, &'static str, String);

/// Starts it and returns where it listens. It ends with this program.
pub(crate) fn start(answer: impl Fn(&str) -> Answer + Copy + Send + 'static) -> u16 {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
    let port = listener.local_addr().unwrap().port();
    std::thread::spawn(move || {
        for stream in listener.incoming().map_while(Result::ok) {
            std::thread::spawn(move || serve(&stream, answer).ok());
        }
    });
    port
}

/// Answers one request after the other, until the caller goes.
fn serve(stream: &TcpStream, answer: impl Fn(&str) -> Answer) -> std::io::Result<()> {
    let mut reader = BufReader::new(stream);
    loop {
        let mut first = String::new();
        if reader.read_line(&mut first)? == 0 {
            return Ok(());
        }
        let length = length_of_the_body(&mut reader)?;
        std::io::copy(&mut reader.by_ref().take(length), &mut std::io::sink())?;
        let path = first.split(' ').nth(1).unwrap_or_default().split('?').next().unwrap_or_default();
        let (status, headers, body) = answer(path);
        let head = format!("HTTP/1.1 {status} Answer\r\nContent-Type: application/json\r\n{headers}");
        write!(&mut &*stream, "{head}Content-Length: {}\r\n\r\n{body}", body.len())?;
    }
}

/// Reads the headers to their end.
fn length_of_the_body(reader: &mut impl BufRead) -> std::io::Result<u64> {
    let mut length = 0;
    loop {
        let mut line = String::new();
        if reader.read_line(&mut line)? <= 2 {
            return Ok(length);
        }
        if let Some(value) = line.to_ascii_lowercase().strip_prefix("content-length:") {
            length = value.trim().parse().unwrap_or_default();
        }
    }
}
