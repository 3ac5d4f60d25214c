//! `Mailer` over SMTP: one connection, one mail, one recipient. A server has no means by which it would know a repetition, so
//! nothing is ever sent twice by itself: what was refused is told apart from what may have been sent.
//!
//! It blocks the thread it is called on, which suits the local binary and nothing else.

mod refused;
mod server;

use std::io;
use std::net::{SocketAddr, ToSocketAddrs};
use std::time::Duration;

use async_trait::async_trait;
use domain::address::{Mailbox, mailbox};
use domain::ports::{Mailer, MailerError, OutgoingMail};
use https::Reach;
use lettre::Address;
use lettre::transport::smtp::Error;
use lettre::transport::smtp::authentication::Mechanism;
use lettre::transport::smtp::client::{SmtpConnection, TlsParameters};
use lettre::transport::smtp::commands::{Data, Mail, Rcpt};
use lettre::transport::smtp::extension::{ClientId, Extension, MailBodyParameter, MailParameter};

use refused::{Said, Step, never_taken, unavailable};
use server::Security;

pub use server::{BadServer, Server};

/// For so long an answer is waited for. After the content a server may scan it first, and giving up there leaves a mail of
/// which nobody knows whether it was taken; RFC 5321 asks for ten minutes.
const PATIENCE: Duration = Duration::from_secs(30);
const PATIENCE_AFTER_CONTENT: Duration = Duration::from_secs(600);

/// A mail server that takes mails.
#[derive(Debug)]
pub struct SmtpMailer {
    server: Server,
    sender: Mailbox,
    reach: Reach,
    patience: Option<Duration>,
}

impl SmtpMailer {
    /// Hands mails of `sender` to `server`, if it is among what may be reached. Returned mail goes to the sender.
    pub fn new(server: Server, sender: Mailbox, reach: Reach) -> Self {
        Self { server, sender, reach, patience: None }
    }

    /// The same, and no answer is waited for any longer than this.
    #[must_use]
    pub fn with_patience(self, patience: Duration) -> Self {
        Self { patience: Some(patience), ..self }
    }

    /// Whether the server can be reached and takes the login; it is given no mail.
    pub fn greet(&self) -> Result<(), MailerError> {
        let mut connection = self.connect()?;
        drop(connection.quit());
        Ok(())
    }
}

#[async_trait]
impl Mailer for SmtpMailer {
    fn repeats_safely(&self) -> bool {
        false
    }

    async fn send(&self, mail: &OutgoingMail) -> Result<Option<String>, MailerError> {
        let to = mailbox(mail.to.reveal()).map_err(|why| {
            MailerError::Refused(format!(
                "the recipient's address is refused: {why}; correct it in the CRM or in the configuration"
            ))
        })?;
        let (from, to) = (address(&self.sender)?, address(&to)?);
        let mut connection = self.connect()?;
        let taken = hand_over(&mut connection, from, to, &mail.mime, self.patience);
        // The mail is taken or not by now, whatever becomes of the farewell.
        drop(connection.quit());
        taken.map(|()| None)
    }
}

impl SmtpMailer {
    /// A connection that is encrypted and logged in as the server's address asks for.
    fn connect(&self) -> Result<SmtpConnection, MailerError> {
        let Server { host, credentials, security, .. } = &self.server;
        let never_taken = |step: Step| move |error: Error| never_taken(step, &error);
        let hello = ClientId::Domain(self.sender.domain().to_owned());
        let tls = TlsParameters::new(host.clone()).map_err(never_taken(Step::Encryption))?;
        let at_once = matches!(security, Security::FromTheFirstByte).then_some(&tls);
        let addresses = self.addresses()?;
        let patience = Some(self.patience.unwrap_or(PATIENCE));
        let connected = SmtpConnection::connect(&addresses[..], patience, &hello, at_once, None);
        let mut connection = connected.map_err(never_taken(Step::Greeting))?;
        if matches!(security, Security::StartTls) {
            connection.starttls(&tls, &hello).map_err(never_taken(Step::Encryption))?;
        }
        if let Some(credentials) = credentials {
            let known = [Mechanism::Plain, Mechanism::Login];
            connection.auth(&known, credentials).map_err(never_taken(Step::Login))?;
        }
        Ok(connection)
    }

    /// Where the server is now, if that may be reached: a name may have come to mean this machine since it was configured.
    fn addresses(&self) -> Result<Vec<SocketAddr>, MailerError> {
        let Server { host, port, .. } = &self.server;
        let resolved = (host.trim_matches(['[', ']']), *port).to_socket_addrs();
        let addresses: Vec<SocketAddr> = resolved.map_err(|error| unavailable(&error))?.collect();
        for address in &addresses {
            self.reach.admit(host, *port, address.ip()).map_err(|blocked| {
                MailerError::Unusable(format!("the mail server of SMTP_URL may not be reached: {blocked}"))
            })?;
        }
        if addresses.is_empty() {
            return Err(unavailable(&io::Error::other("the mail server's name has no address")));
        }
        Ok(addresses)
    }
}

/// One mail. Until its whole content was written the server cannot have taken it, and says so by a code; after that, silence
/// means that nobody knows.
fn hand_over(
    connection: &mut SmtpConnection,
    from: Address,
    to: Address,
    mime: &[u8],
    patience: Option<Duration>,
) -> Result<(), MailerError> {
    let eight_bit = MailParameter::Body(MailBodyParameter::EightBitMime);
    let may = connection.server_info().supports_feature(Extension::EightBitMime);
    let parameters = if may && !mime.is_ascii() { vec![eight_bit] } else { Vec::new() };
    let sender = connection.command(Mail::new(Some(from), parameters));
    sender.map_err(|error| never_taken(Step::Sender, &error))?;
    connection.command(Rcpt::new(to, Vec::new())).map_err(|error| never_taken(Step::Recipient, &error))?;
    connection.command(Data).map_err(|error| never_taken(Step::Content, &error))?;
    let patience = patience.unwrap_or(PATIENCE_AFTER_CONTENT);
    connection.set_timeout(Some(patience)).map_err(|error| unavailable(&error))?;
    // The line end before the dot that ends a mail is written by the connection.
    let content = mime.strip_suffix(b"\r\n").unwrap_or(mime);
    match connection.message(content) {
        Ok(_) => Ok(()),
        Err(error) if error.status().is_some() => Err(never_taken(Step::Content, &error)),
        Err(error) => Err(MailerError::Unknown(Box::new(Said::of(&error)))),
    }
}

fn address(mailbox: &Mailbox) -> Result<Address, MailerError> {
    mailbox.as_str().parse().map_err(|_| MailerError::Refused("an address is none that SMTP can carry".to_owned()))
}
