//! Makes requests. What may be made again goes out on a connection that is kept; what may not has one of its own, because one
//! that was closed while a function slept would break in the middle, and nobody could tell what had become of the request.

use std::collections::HashMap;
use std::net::SocketAddr;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant, SystemTime};

use http_body_util::{BodyExt, Full, Limited};
use hyper::Request;
use hyper::body::Bytes;
use hyper::client::conn::http1::{self, SendRequest};
use hyper::header::{CONNECTION, HOST, HeaderValue, USER_AGENT};
use hyper::rt::{Read, Write};
use hyper_util::rt::TokioIo;
use rustls::pki_types::ServerName;
use tokio::net::TcpStream;
use tokio::time::timeout;
use tokio_rustls::TlsConnector;
use url::Url;

use crate::{Answer, Broken, Call, Reach, tls};

/// For so long a connection is kept on which nothing happens.
const KEPT: Duration = Duration::from_secs(30);
/// For each step on the way there.
const CONNECT: Duration = Duration::from_secs(5);

/// A connection that is kept, and since when nothing happens on it.
struct Idle {
    connection: SendRequest<Full<Bytes>>,
    since: SystemTime,
}

/// How an answer was lost.
enum Lost {
    /// None came in time.
    TooSlow(Broken),
    /// The connection broke.
    Broken(Broken),
}

impl From<Lost> for Broken {
    fn from(lost: Lost) -> Self {
        match lost {
            Lost::TooSlow(broken) | Lost::Broken(broken) => broken,
        }
    }
}

/// Makes requests, and counts them.
pub struct Https {
    tls: TlsConnector,
    reach: Reach,
    /// Connections on which nothing is under way, by scheme, host and port.
    idle: Mutex<HashMap<String, Idle>>,
    sent: AtomicU64,
    /// Nobody waits for an answer after this.
    until: Mutex<Option<Instant>>,
}

impl Https {
    /// Requests to these addresses. Fails where the TLS library refuses its own defaults.
    pub fn new(reach: Reach) -> Result<Self, Broken> {
        let tls = tls::connector().map_err(|e| Broken::Before(format!("TLS cannot be set up: {e}")))?;
        Ok(Self { tls, reach, idle: Mutex::default(), sent: AtomicU64::new(0), until: Mutex::default() })
    }

    /// Which addresses it reaches.
    pub fn reach(&self) -> &Reach {
        &self.reach
    }

    /// How many requests were sent so far.
    pub fn sent(&self) -> u64 {
        self.sent.load(Ordering::Relaxed)
    }

    /// From now on nobody waits for an answer after `moment`, however long the call would: whoever has to end then still has the
    /// time to write down what came before.
    pub fn answer_by(&self, moment: Instant) {
        *self.until.lock().unwrap_or_else(PoisonError::into_inner) = Some(moment);
    }

    /// How long somebody waits who would wait for `most`.
    fn patience(&self, most: Duration) -> Duration {
        let until = *self.until.lock().unwrap_or_else(PoisonError::into_inner);
        until.map_or(most, |until| most.min(until.saturating_duration_since(Instant::now())))
    }

    /// Makes a request and reads its answer, whatever its status.
    pub async fn send(&self, call: &Call) -> Result<Answer, Broken> {
        self.reach.check(&call.url).map_err(|e| Broken::Before(e.to_string()))?;
        if self.patience(call.within).is_zero() {
            return Err(Broken::Before("there is no time left for another request".to_owned()));
        }
        let origin = call.url.origin().ascii_serialization();
        if call.repeatable
            && let Some(mut kept) = self.kept(&origin)
            && kept.ready().await.is_ok()
        {
            match self.exchange(&mut kept, call).await {
                Ok(answer) => {
                    self.keep(origin, kept);
                    return Ok(answer);
                }
                // Whoever is slow is not asked twice; a connection that was closed meanwhile is made anew.
                Err(Lost::TooSlow(broken)) => return Err(broken),
                Err(Lost::Broken(_)) => {}
            }
        }
        let mut fresh = self.connect(&call.url).await?;
        let answer = self.exchange(&mut fresh, call).await.map_err(Broken::from)?;
        if call.repeatable {
            self.keep(origin, fresh);
        }
        Ok(answer)
    }

    fn kept(&self, origin: &str) -> Option<SendRequest<Full<Bytes>>> {
        let Idle { connection, since } = self.idle.lock().unwrap_or_else(PoisonError::into_inner).remove(origin)?;
        // A function may have slept in between, and whatever stands between it and the service has forgotten the connection.
        since.elapsed().is_ok_and(|idle| idle < KEPT).then_some(connection)
    }

    fn keep(&self, origin: String, connection: SendRequest<Full<Bytes>>) {
        let mut idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner);
        idle.insert(origin, Idle { connection, since: SystemTime::now() });
    }

    async fn connect(&self, url: &Url) -> Result<SendRequest<Full<Bytes>>, Broken> {
        let (host, port) = (url.host_str().unwrap_or_default(), url.port_or_known_default().unwrap_or(443));
        let addresses = self.resolve(host, port).await?;
        let stream = self.before(host, "no connection", TcpStream::connect(&addresses[..])).await?;
        if url.scheme() == "http" {
            return open(host, TokioIo::new(stream)).await;
        }
        let name = ServerName::try_from(host.trim_matches(['[', ']']).to_owned())
            .map_err(|_| Broken::Before(format!("{host} is no name of a server")))?;
        let stream = self.before(host, "no TLS", self.tls.connect(name, stream)).await?;
        open(host, TokioIo::new(stream)).await
    }

    /// The addresses of a host. Of a name that also leads to this machine or network none is used.
    async fn resolve(&self, host: &str, port: u16) -> Result<Vec<SocketAddr>, Broken> {
        let found = tokio::net::lookup_host((host.trim_matches(['[', ']']), port));
        let found: Vec<SocketAddr> = self.before(host, "no address is known", found).await?.collect();
        for address in &found {
            self.reach.admit(host, port, address.ip()).map_err(|e| Broken::Before(e.to_string()))?;
        }
        Ok(found)
    }

    /// A step on the way there.
    async fn before<T>(
        &self,
        host: &str,
        what: &str,
        step: impl Future<Output = std::io::Result<T>>,
    ) -> Result<T, Broken> {
        let within = self.patience(CONNECT);
        match timeout(within, step).await {
            Ok(Ok(done)) => Ok(done),
            Ok(Err(error)) => Err(Broken::Before(format!("{what}: {host}: {error}"))),
            Err(_) => Err(Broken::Before(format!("{what}: {host} within {within:?}"))),
        }
    }

    /// Sends the request and reads the answer. From the first byte on nobody can tell what has become of a failed one.
    async fn exchange(&self, connection: &mut SendRequest<Full<Bytes>>, call: &Call) -> Result<Answer, Lost> {
        let request = request(call).map_err(|e| Lost::Broken(Broken::Before(e.to_string())))?;
        let host = call.url.host_str().unwrap_or_default();
        self.sent.fetch_add(1, Ordering::Relaxed);
        let within = self.patience(call.within);
        let answered = timeout(within, async {
            let answer = connection.send_request(request).await.map_err(|e| lost(host, &e))?;
            let (head, body) = answer.into_parts();
            let body = Limited::new(body, call.at_most).collect().await.map_err(|e| lost(host, &*e))?.to_bytes();
            Ok(Answer { status: head.status.as_u16(), headers: head.headers, body })
        })
        .await;
        let too_slow = || Broken::After(format!("{host} did not answer within {within:?}"));
        answered.unwrap_or_else(|_| Err(Lost::TooSlow(too_slow())))
    }
}

fn request(call: &Call) -> hyper::http::Result<Request<Full<Bytes>>> {
    let url = &call.url;
    let path = url.query().map_or_else(|| url.path().to_owned(), |query| format!("{}?{query}", url.path()));
    let host = url.host_str().unwrap_or_default();
    let host = url.port().map_or_else(|| host.to_owned(), |port| format!("{host}:{port}"));
    let mut request = Request::builder().method(call.method.clone()).uri(path).body(Full::new(call.body.clone()))?;
    let headers = request.headers_mut();
    headers.extend(call.headers.clone());
    headers.insert(HOST, HeaderValue::try_from(host)?);
    headers.insert(USER_AGENT, HeaderValue::from_static(concat!("baton/", env!("CARGO_PKG_VERSION"))));
    if !call.repeatable {
        headers.insert(CONNECTION, HeaderValue::from_static("close"));
    }
    Ok(request)
}

/// A connection that is driven until nobody holds it any more.
async fn open<S>(host: &str, stream: S) -> Result<SendRequest<Full<Bytes>>, Broken>
where
    S: Read + Write + Unpin + Send + 'static,
{
    let (sender, connection) =
        http1::handshake(stream).await.map_err(|e| Broken::Before(format!("no connection to {host}: {e}")))?;
    tokio::spawn(connection);
    Ok(sender)
}

fn lost(host: &str, error: &dyn std::error::Error) -> Lost {
    let mut text = format!("the answer of {host} was lost: {error}");
    let mut cause = error.source();
    while let Some(error) = cause {
        text.push_str(&format!(": {error}"));
        cause = error.source();
    }
    Lost::Broken(Broken::After(text))
}
