//! A mail server on this machine that speaks SMTP (RFC 5321) and fails where it is told to.

use std::io::{BufRead, BufReader, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};

/// How far a session is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum At {
    Greeting,
    Ehlo,
    Login,
    From,
    To,
    Data,
    Content,
}

/// What the server does there in place of what it should.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Fault {
    Says(&'static str),
    HangsUp,
    Silence,
}

/// A mail as it was taken.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Taken {
    pub from: String,
    pub to: Vec<String>,
    pub content: Vec<u8>,
}

/// The server.
pub(crate) struct Post {
    pub port: u16,
    taken: Arc<Mutex<Vec<Taken>>>,
}

impl Post {
    /// Listens, and fails once a session at the place that is named.
    pub(crate) fn start(fault: Option<(At, Fault)>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let taken = Arc::new(Mutex::new(Vec::new()));
        let all = Arc::clone(&taken);
        std::thread::spawn(move || {
            for stream in listener.incoming() {
                // A client that goes away ends its session and nothing else.
                drop(Session { stream: stream.unwrap(), fault, all: Arc::clone(&all) }.run());
            }
        });
        Self { port, taken }
    }

    /// The mails so far.
    pub(crate) fn taken(&self) -> Vec<Taken> {
        self.taken.lock().unwrap().clone()
    }
}

struct Session {
    stream: TcpStream,
    fault: Option<(At, Fault)>,
    all: Arc<Mutex<Vec<Taken>>>,
}

impl Session {
    fn run(mut self) -> std::io::Result<()> {
        let mut lines = BufReader::new(self.stream.try_clone()?);
        let mut mail = Taken { from: String::new(), to: Vec::new(), content: Vec::new() };
        if !self.answer(At::Greeting, "220 post.example ESMTP")? {
            return Ok(());
        }
        loop {
            let mut line = String::new();
            if lines.read_line(&mut line)? == 0 {
                return Ok(());
            }
            let line = line.trim_end_matches("\r\n");
            let goes_on = match line.split([' ', ':']).next().unwrap_or_default() {
                "EHLO" => self.answer(At::Ehlo, "250-post.example\r\n250-8BITMIME\r\n250 AUTH PLAIN LOGIN")?,
                // NUL robot NUL s3cret, as RFC 4616 has it.
                "AUTH" if line == "AUTH PLAIN AHJvYm90AHMzY3JldA==" => self.answer(At::Login, "235 2.7.0 welcome")?,
                "AUTH" => self.answer(At::Login, "535 5.7.8 wrong user or password")?,
                "MAIL" => {
                    mail.from = path(line);
                    self.answer(At::From, "250 2.1.0 ok")?
                }
                "RCPT" => {
                    let goes_on = self.answer(At::To, "250 2.1.5 ok")?;
                    if !matches!(self.fault, Some((At::To, _))) {
                        mail.to.push(path(line));
                    }
                    goes_on
                }
                "DATA" if mail.to.is_empty() => self.say("554 5.5.1 no valid recipients")?,
                "DATA" => {
                    if !self.answer(At::Data, "354 end with a dot")? {
                        return Ok(());
                    }
                    if !matches!(self.fault, Some((At::Data, _))) {
                        mail.content = content(&mut lines)?;
                        if !matches!(self.fault, Some((At::Content, Fault::Says(_)))) {
                            self.all.lock().unwrap().push(mail.clone());
                        }
                        if !self.answer(At::Content, "250 2.0.0 taken as 1")? {
                            return Ok(());
                        }
                    }
                    true
                }
                "QUIT" => return self.say("221 2.0.0 bye").map(drop),
                _ => self.say("500 5.5.1 what?")?,
            };
            if !goes_on {
                return Ok(());
            }
        }
    }

    /// Answers as it should or as it was told. Returns whether the session goes on.
    fn answer(&mut self, at: At, line: &str) -> std::io::Result<bool> {
        match self.fault.filter(|(place, _)| *place == at) {
            None => self.say(line),
            Some((_, Fault::Says(line))) => self.say(line),
            Some((_, Fault::HangsUp)) => Ok(false),
            Some((_, Fault::Silence)) => Ok(true),
        }
    }

    fn say(&mut self, line: &str) -> std::io::Result<bool> {
        self.stream.write_all(format!("{line}\r\n").as_bytes())?;
        Ok(true)
    }
}

fn path(line: &str) -> String {
    line.split_once('<')
        .and_then(|(_, rest)| rest.split_once('>'))
        .map_or_else(String::new, |(path, _)| path.to_owned())
}

/// What stands before the dot, with the dots taken away that were put before others.
fn content(lines: &mut impl BufRead) -> std::io::Result<Vec<u8>> {
    let mut content = Vec::new();
    loop {
        let mut line = Vec::new();
        if lines.read_until(b'\n', &mut line)? == 0 || line == b".\r\n" {
            return Ok(content);
        }
        content.extend_from_slice(line.strip_prefix(b".").unwrap_or(&line));
    }
}
