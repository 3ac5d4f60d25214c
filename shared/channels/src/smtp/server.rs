//! The address of a mail server, such as `smtps://user:password@host:465` or `smtp://host:587?tls=required`.

use std::fmt;

use https::{Reach, Url};
use lettre::transport::smtp::authentication::Credentials;
use percent_encoding::percent_decode_str;

/// Where mails are handed over. It prints without user and password.
#[derive(Clone, PartialEq, Eq)]
pub struct Server {
    pub(super) host: String,
    pub(super) port: u16,
    pub(super) credentials: Option<Credentials>,
    pub(super) security: Security,
}

/// How the way to the server is kept from being read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Security {
    /// TLS from the first byte on, as port 465 has it.
    FromTheFirstByte,
    /// TLS after a first word in the clear, and nothing without it.
    StartTls,
    /// None: a server of the own network, named by a person; a password only where it is on this machine.
    None,
}

/// Why a text is no mail server to use. It repeats neither user nor password.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BadServer {
    /// Not of the form.
    #[error(
        "SMTP_URL is no address of a mail server: write smtps://user:password@host:465 or smtp://user:password@host:587, with %40 for an @ in user or password"
    )]
    Form,
    /// Something behind the port that is not known.
    #[error("SMTP_URL may end in ?tls=required or ?tls=none and nothing else")]
    Extras,
    /// One without the other.
    #[error("SMTP_URL holds a user without a password, or a password without a user")]
    HalfALogin,
    /// Mails or a password could be read on the way.
    #[error(
        "SMTP_URL asks for no TLS; that is for a server of your own network, named in BATON_PRIVATE_HOSTS as host:port, and without a password unless it is on this machine"
    )]
    Readable,
}

impl Server {
    /// Reads an address. Without TLS only what `reach` names is accepted.
    pub fn parse(text: &str, reach: &Reach) -> Result<Self, BadServer> {
        let url = Url::parse(text.trim()).map_err(|_| BadServer::Form)?;
        let (standard, mut security) = match url.scheme() {
            "smtps" => (465, Security::FromTheFirstByte),
            "smtp" => (587, Security::StartTls),
            _ => return Err(BadServer::Form),
        };
        let host = url.host_str().filter(|host| !host.is_empty()).ok_or(BadServer::Form)?.to_lowercase();
        let port = url.port().unwrap_or(standard);
        match (url.query(), url.fragment(), url.path()) {
            (None | Some("tls=required"), None, "" | "/") => {}
            (Some("tls=none"), None, "" | "/") if url.scheme() == "smtp" => security = Security::None,
            _ => return Err(BadServer::Extras),
        }
        let credentials = credentials(&url)?;
        // Nobody reads a password on its way to the same machine.
        let is_here = ["127.0.0.1", "[::1]", "localhost"].contains(&host.as_str());
        if security == Security::None && (!reach.names(&host, port) || (credentials.is_some() && !is_here)) {
            return Err(BadServer::Readable);
        }
        Ok(Self { host, port, credentials, security })
    }
}

fn credentials(url: &Url) -> Result<Option<Credentials>, BadServer> {
    let decoded = |text: &str| {
        let text = percent_decode_str(text).decode_utf8().map_err(|_| BadServer::Form)?;
        // A NUL parts user and password in the login itself.
        if text.contains(char::is_control) { Err(BadServer::Form) } else { Ok(text.into_owned()) }
    };
    match (url.username(), url.password()) {
        ("", None) => Ok(None),
        ("", Some(_)) | (_, None | Some("")) => Err(BadServer::HalfALogin),
        (user, Some(password)) => Ok(Some(Credentials::new(decoded(user)?, decoded(password)?))),
    }
}

impl fmt::Debug for Server {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let login = if self.credentials.is_some() { "•••@" } else { "" };
        write!(f, "Server({login}{}:{}, {:?})", self.host, self.port, self.security)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, expected: &str) {
        let reach = Reach::with_private("127.0.0.1:1025, mail.intern:25").unwrap();
        let read = Server::parse(text, &reach);
        let said = read.as_ref().map_or_else(ToString::to_string, |server| format!("{server:?}"));
        assert!(said.starts_with(expected), "{text}: {said}");
        for secret in ["s3cret", "robot"] {
            assert!(!said.contains(secret), "{said}");
        }
    }

    #[test]
    fn a_server_is_read_with_its_port_and_kind_of_tls() {
        check("smtps://robot:s3cret@smtp.us.example", "Server(•••@smtp.us.example:465, FromTheFirstByte)");
        check("smtps://smtp.us.example:8465", "Server(smtp.us.example:8465, FromTheFirstByte)");
        check("smtp://robot%40us.example:s3cret%2F@SMTP.us.example", "Server(•••@smtp.us.example:587, StartTls)");
        check(" smtp://smtp.us.example:2525?tls=required\n", "Server(smtp.us.example:2525, StartTls)");
        check("smtp://mail.intern:25?tls=none", "Server(mail.intern:25, None)");
        check("smtp://robot:s3cret@127.0.0.1:1025?tls=none", "Server(•••@127.0.0.1:1025, None)");
        let server = Server::parse("smtp://a%40b:p%2Fw%20@x.example", &Reach::public()).unwrap();
        assert_eq!(server.credentials, Some(Credentials::new("a@b".into(), "p/w ".into())));
    }

    #[test]
    fn what_cannot_be_used_is_refused_without_its_password() {
        for text in
            ["", "smtp.us.example:587", "https://robot:s3cret@us.example", "smtp://", "smtp://robot:s%00@x.example"]
        {
            check(text, "SMTP_URL is no address");
        }
        for text in
            ["smtp://x.example?tls=maybe", "smtps://x.example?tls=none", "smtp://x.example/path", "smtp://x.example#a"]
        {
            check(text, "SMTP_URL may end in");
        }
        for text in ["smtps://robot@x.example", "smtps://:s3cret@x.example", "smtps://robot:@x.example"] {
            check(text, "SMTP_URL holds a user without");
        }
        for text in [
            "smtp://x.example?tls=none",
            "smtp://mail.intern:26?tls=none",
            "smtp://robot:s3cret@mail.intern:25?tls=none",
        ] {
            check(text, "SMTP_URL asks for no TLS");
        }
    }
}
