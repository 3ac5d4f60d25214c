//! One HTTPS request on a connection of its own, and the one distinction that matters: whether it can have been received.
//!
//! No redirect is followed and no proxy is read from the environment. Connections are not kept: one that was closed while a
//! function slept would break in the middle of a request, and nobody could tell whether it had been received.

use std::sync::Arc;
use std::time::Duration;

use http_body_util::{BodyExt, Full, Limited};
use hyper::body::Bytes;
use hyper::client::conn::http1;
use hyper::header::{AUTHORIZATION, CONNECTION, CONTENT_TYPE, HOST, HeaderValue, RETRY_AFTER, USER_AGENT};
use hyper::http::uri::{Authority, Scheme, Uri};
use hyper::rt::{Read, Write};
use hyper::{Method, Request};
use hyper_util::rt::TokioIo;
use rustls::pki_types::ServerName;
use rustls::{ClientConfig, RootCertStore};
use serde_json::Value;
use tokio::net::TcpStream;
use tokio::time::timeout;
use tokio_rustls::TlsConnector;

/// For the way there; a function has 60 seconds for all of its messages.
const CONNECT: Duration = Duration::from_secs(5);
/// For an answer, unless it is said otherwise.
const ANSWER: Duration = Duration::from_secs(15);
/// The longest answer that is read; Slack repeats the message in it.
const LONGEST: usize = 1 << 20;

/// Why an address is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BadAddress {
    /// Not of the form.
    #[error("the address of Slack's API is none: write it like https://slack.com/api")]
    Form,
    /// Messages and the token would be readable on the way.
    #[error("the address of Slack's API has to begin with https:// unless it is at 127.0.0.1")]
    NotHttps,
    /// The TLS library refuses its own defaults.
    #[error("TLS cannot be set up")]
    Tls,
}

/// The API at one address.
pub(super) struct Api {
    authority: Authority,
    /// `/api`, without a slash at its end.
    path: String,
    tls: Option<(TlsConnector, ServerName<'static>)>,
    answer: Duration,
}

/// What a request carries.
pub(super) struct Content {
    kind: &'static str,
    body: Bytes,
}

/// An answer as it came.
#[derive(Debug)]
pub(super) struct Answered {
    pub(super) status: u16,
    pub(super) retry_after: Option<String>,
    pub(super) body: Bytes,
}

/// Why there is no answer.
#[derive(Debug)]
pub(super) enum Broken {
    /// The request was never sent.
    Before(String),
    /// It was sent, or a part of it.
    After(String),
}

impl Content {
    pub(super) fn json(value: &Value) -> Self {
        Self { kind: "application/json; charset=utf-8", body: value.to_string().into() }
    }

    /// One field of a form; Slack's methods that read take no JSON.
    pub(super) fn form(field: &str, value: &str) -> Self {
        let mut body = format!("{field}=");
        for byte in value.bytes() {
            match byte {
                b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => body.push(char::from(byte)),
                _ => body.push_str(&format!("%{byte:02X}")),
            }
        }
        Self { kind: "application/x-www-form-urlencoded", body: body.into() }
    }
}

impl Api {
    pub(super) fn at(address: &str) -> Result<Self, BadAddress> {
        let address: Uri = address.parse().map_err(|_| BadAddress::Form)?;
        let authority = address.authority().cloned().ok_or(BadAddress::Form)?;
        if authority.as_str().contains('@') || address.query().is_some() {
            return Err(BadAddress::Form);
        }
        let tls = match address.scheme() {
            Some(scheme) if *scheme == Scheme::HTTPS => Some(tls(authority.host())?),
            Some(scheme) if *scheme == Scheme::HTTP && authority.host() == "127.0.0.1" => None,
            _ => return Err(BadAddress::NotHttps),
        };
        Ok(Self { authority, path: address.path().trim_end_matches('/').to_owned(), tls, answer: ANSWER })
    }

    pub(super) fn patient_for(self, answer: Duration) -> Self {
        Self { answer, ..self }
    }

    /// Calls a method of the API.
    pub(super) async fn post(&self, method: &str, token: &str, content: &Content) -> Result<Answered, Broken> {
        let request = self.request(method, token, content).map_err(|e| Broken::Before(e.to_string()))?;
        let port = self.authority.port_u16().unwrap_or(if self.tls.is_some() { 443 } else { 80 });
        let stream = TcpStream::connect((self.authority.host(), port));
        let stream = before("no connection to Slack", stream).await?;
        match &self.tls {
            Some((tls, name)) => {
                let stream = before("no TLS with Slack", tls.connect(name.clone(), stream)).await?;
                self.exchange(TokioIo::new(stream), request).await
            }
            None => self.exchange(TokioIo::new(stream), request).await,
        }
    }

    fn request(&self, method: &str, token: &str, content: &Content) -> hyper::http::Result<Request<Full<Bytes>>> {
        let mut bearer = HeaderValue::try_from(format!("Bearer {token}"))?;
        bearer.set_sensitive(true);
        Request::builder()
            .method(Method::POST)
            .uri(format!("{}/{method}", self.path))
            .header(HOST, self.authority.as_str())
            .header(AUTHORIZATION, bearer)
            .header(CONTENT_TYPE, content.kind)
            .header(USER_AGENT, concat!("baton/", env!("CARGO_PKG_VERSION")))
            .header(CONNECTION, "close")
            .body(Full::new(content.body.clone()))
    }

    /// Sends the request and reads the answer. From the first byte on nobody can tell what has become of a failed one.
    async fn exchange<S>(&self, stream: S, request: Request<Full<Bytes>>) -> Result<Answered, Broken>
    where
        S: Read + Write + Unpin + Send + 'static,
    {
        let (mut sender, connection) =
            http1::handshake(stream).await.map_err(|e| Broken::Before(format!("no connection to Slack: {e}")))?;
        let connection = tokio::spawn(connection);
        let answered = timeout(self.answer, async {
            let answer = sender.send_request(request).await.map_err(|e| lost(&e))?;
            let (status, retry_after) = (answer.status().as_u16(), answer.headers().get(RETRY_AFTER));
            let retry_after = retry_after.and_then(|value| value.to_str().ok()).map(str::to_owned);
            let body = Limited::new(answer.into_body(), LONGEST).collect().await;
            let body = body.map_err(|e| lost(&*e))?.to_bytes();
            Ok(Answered { status, retry_after, body })
        })
        .await;
        connection.abort();
        answered.unwrap_or_else(|_| Err(Broken::After(format!("Slack did not answer within {:?}", self.answer))))
    }
}

/// A step on the way there.
async fn before<T>(what: &str, step: impl Future<Output = std::io::Result<T>>) -> Result<T, Broken> {
    match timeout(CONNECT, step).await {
        Ok(Ok(done)) => Ok(done),
        Ok(Err(error)) => Err(Broken::Before(format!("{what}: {error}"))),
        Err(_) => Err(Broken::Before(format!("{what} within {CONNECT:?}"))),
    }
}

fn lost(error: &dyn std::error::Error) -> Broken {
    Broken::After(format!("the answer was lost: {}", domain::handler::told(error)))
}

/// The roots that are compiled in: a function needs none of its machine.
fn tls(host: &str) -> Result<(TlsConnector, ServerName<'static>), BadAddress> {
    let name = ServerName::try_from(host.to_owned()).map_err(|_| BadAddress::Form)?;
    let roots = RootCertStore { roots: webpki_roots::TLS_SERVER_ROOTS.to_vec() };
    let config = ClientConfig::builder_with_provider(Arc::new(rustls::crypto::aws_lc_rs::default_provider()))
        .with_safe_default_protocol_versions()
        .map_err(|_| BadAddress::Tls)?
        .with_root_certificates(roots)
        .with_no_client_auth();
    Ok((TlsConnector::from(Arc::new(config)), name))
}
