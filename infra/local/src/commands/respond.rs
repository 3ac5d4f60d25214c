//! `baton respond`: the function that takes answers, on this machine, over the same state as `baton scan`.
//!
//! The state is opened for each request and let go of after it, and scans run beside it.

use std::convert::Infallible;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

use baton::adapters::{Database, DatabaseError};
use baton::plant::{Plant, Pumped};
use channels::slack::SlackMessenger;
use domain::config::Config;
use domain::ports::{Clock, FixedClock, Messenger};
use http_body_util::{BodyExt, Full, Limited};
use hyper::body::{Bytes, Incoming};
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use jiff::Timestamp;
use links::Signer;
use respond::dialogs::{Dialogs, NoDialogs};
use respond::http::{MOST_BYTES, Request, Response};
use respond::{Counted, Deps, Guesses, Verifier};
use signatures::Secrets;
use signatures::slack::SigningSecret;
use tokio::net::{TcpListener, TcpStream};

use super::connections::{Sending, Source, messenger};
use super::{Failure, Variables, link_signer};
use crate::terminal::{say, whisper};
use crate::{Dirs, Ended};

/// A run that holds the state for longer sees through itself what follows from an answer.
const PATIENCE: Duration = Duration::from_millis(2_500);
/// Whoever has not said by then what they want is not waited for.
const SLOWEST: Duration = Duration::from_secs(10);

/// Where answers are taken, and what is done with them.
pub(super) struct Respond {
    pub listen: SocketAddr,
    pub dirs: Dirs,
    pub config: Config,
    pub source: Option<String>,
    pub now: Option<Timestamp>,
}

/// What every request is answered with.
struct Site {
    state: PathBuf,
    outbox: PathBuf,
    config: Config,
    source: Option<String>,
    now: Option<Timestamp>,
    slack: Option<Secrets<SigningSecret>>,
    links: Option<Signer>,
    messenger: Option<SlackMessenger>,
    guesses: Guesses,
    variables: Variables,
}

/// Takes answers until it is stopped; it may be stopped at any moment.
pub(super) async fn run(asked: Respond, variables: Variables) -> Result<Ended, Failure> {
    let Respond { listen, dirs, config, source, now } = asked;
    Database::read(dirs.state())?;
    let (slack, links) = (slack_secrets(&variables)?, link_signer(&config, &variables)?);
    if slack.is_none() && links.is_none() {
        return Err(Failure::new(
            "there is nothing to take answers with: put Slack's signing secret into SLACK_SIGNING_SECRET, or set \
             notify.answer_url in the configuration and a key in BATON_LINK_KEY (openssl rand -base64 32)",
        ));
    }
    let messenger = messenger(&variables)?;
    let (state, outbox, guesses) = (dirs.state().to_owned(), dirs.outbox(), Guesses::default());
    let site = Arc::new(Site { state, outbox, config, source, now, slack, links, messenger, guesses, variables });
    let listener = TcpListener::bind(listen).await;
    let listener = listener.map_err(|e| Failure::new(format!("nothing can be taken at {listen}: {e}")))?;
    let address = listener.local_addr().map_err(|e| Failure::new(e.to_string()))?;
    let taken = |is: bool| if is { "taken" } else { "not taken" };
    say(&format!(
        "Answers at http://{address}: Slack's at /slack are {}, those of mails at /answer are {}",
        taken(site.slack.is_some()),
        taken(site.links.is_some())
    ));
    tokio::task::LocalSet::new().run_until(accept(listener, site)).await
}

pub(super) fn slack_secrets(variables: &Variables) -> Result<Option<Secrets<SigningSecret>>, Failure> {
    let read = |name: &str| {
        let secret = variables.get(name).map(|text| SigningSecret::parse(&text)).transpose();
        secret.map_err(|e| Failure::new(format!("{name}: {e}")))
    };
    let previous = read("SLACK_SIGNING_SECRET_PREVIOUS")?;
    Ok(read("SLACK_SIGNING_SECRET")?.map(|current| Secrets::new(current, previous)))
}

async fn accept(listener: TcpListener, site: Arc<Site>) -> Result<Ended, Failure> {
    loop {
        match listener.accept().await {
            Ok((stream, peer)) => drop(tokio::task::spawn_local(converse(stream, peer, Arc::clone(&site)))),
            // The connection is gone, or there are too many; the next one may do.
            Err(error) => {
                tracing::warn!(%error, "a connection could not be taken");
                tokio::time::sleep(Duration::from_millis(50)).await;
            }
        }
    }
}

async fn converse(stream: TcpStream, peer: SocketAddr, site: Arc<Site>) {
    let service = service_fn(move |request| {
        let site = Arc::clone(&site);
        async move { Ok::<_, Infallible>(outgoing(respond_to(request, peer, &site).await)) }
    });
    let mut server = hyper::server::conn::http1::Builder::new();
    server.timer(TokioTimer::new()).header_read_timeout(SLOWEST);
    if let Err(error) = server.serve_connection(TokioIo::new(stream), service).await {
        tracing::debug!(%error, "a connection broke");
    }
}

async fn respond_to(request: hyper::Request<Incoming>, peer: SocketAddr, site: &Arc<Site>) -> Response {
    let began = Instant::now();
    let request = match tokio::time::timeout(SLOWEST, incoming(request, peer)).await {
        Ok(Some(request)) => request,
        Ok(None) => return Response::text(413, "the request is too large"),
        Err(_) => return Response::text(408, "the request takes too long"),
    };
    let clock: Arc<dyn Clock> = match site.now {
        Some(now) => Arc::new(FixedClock(now)),
        None => Arc::new(FixedClock(Timestamp::now())),
    };
    let plant = match open(site, &request, clock) {
        Ok(plant) => plant,
        Err(error) => {
            tracing::error!(%error, "the state cannot be opened");
            return Response::text(503, "the state cannot be opened; try again").retried_after(5);
        }
    };
    let counted = |what: Counted| {
        let (method, path) = (&request.method, &request.path);
        whisper(&format!("{method} {path}: {what:?}, {:.1} ms", began.elapsed().as_secs_f64() * 1_000.0));
        if what == Counted::Answered && site.source.is_some() {
            follow(Arc::clone(site));
        }
    };
    let deps = Deps {
        outbox: plant.outbox(),
        slack: Verifier::chosen(site.slack.as_ref()),
        dialogs: site.messenger.as_ref().map_or(&NoDialogs as &dyn Dialogs, |slack| slack),
        messenger: site.messenger.as_ref().map(|slack| slack as &dyn Messenger),
        links: Verifier::chosen(site.links.as_ref()),
        config: &plant.config,
        clock: &*plant.clock,
        guesses: &site.guesses,
        counted: &counted,
    };
    respond::handle(&request, &deps).await
}

/// For looking the state is only read; an answer is one commit, which no scan is in the way of.
fn open(site: &Site, request: &Request, clock: Arc<dyn Clock>) -> Result<Plant, DatabaseError> {
    let database = if request.method == "POST" { Database::beside(&site.state) } else { Database::read(&site.state) };
    Ok(Plant::over(database?, &site.outbox, site.config.clone(), clock))
}

/// Sees through what follows from an answer on a thread of its own, because reading an export takes as long as it is large.
fn follow(site: Arc<Site>) {
    let runtime = tokio::runtime::Handle::current();
    drop(tokio::task::spawn_blocking(move || match runtime.block_on(see_through(&site)) {
        Ok(pumped) => {
            let left = pumped.waiting.iter().chain(&pumped.buried);
            left.for_each(|reason| say(&format!("Not done yet: {reason}")));
        }
        Err(error) => say(&format!("What follows from the answer waits for the next scan: {error}")),
    }));
}

async fn see_through(site: &Site) -> Result<Pumped, Failure> {
    let clock: Arc<dyn Clock> = Arc::new(FixedClock(site.now.unwrap_or_else(Timestamp::now)));
    let named = site.source.as_deref().unwrap_or_default();
    let source = Source::open(named, &site.variables, &site.config, &clock, &site.outbox)?;
    let sending = Sending::open(&site.config, &site.variables)?;
    let plant = Plant::over(working(&site.state).await?, &site.outbox, site.config.clone(), clock);
    Ok(sending.over(plant).pump(source.as_crm()).await?)
}

/// The state for a run that works its queues, as soon as no other one does.
async fn working(state: &Path) -> Result<Database, DatabaseError> {
    let until = Instant::now() + PATIENCE;
    loop {
        match Database::open(state) {
            Err(DatabaseError::InUse(_)) if Instant::now() < until => {
                tokio::time::sleep(Duration::from_millis(20)).await;
            }
            opened => return opened,
        }
    }
}

/// Reads a request; nothing where its body is too large.
async fn incoming(request: hyper::Request<Incoming>, peer: SocketAddr) -> Option<Request> {
    let (head, body) = request.into_parts();
    let body = Limited::new(body, MOST_BYTES).collect().await.ok()?.to_bytes().to_vec();
    let text = |value: &hyper::header::HeaderValue| String::from_utf8_lossy(value.as_bytes()).into_owned();
    Some(Request {
        method: head.method.as_str().to_owned(),
        path: head.uri.path().to_owned(),
        query: head.uri.query().unwrap_or_default().to_owned(),
        headers: head.headers.iter().map(|(name, value)| (name.as_str().to_owned(), text(value))).collect(),
        body,
        source: peer.ip().to_string(),
    })
}

fn outgoing(response: Response) -> hyper::Response<Full<Bytes>> {
    let mut builder = hyper::Response::builder().status(response.status);
    for (name, value) in &response.headers {
        builder = builder.header(*name, value);
    }
    builder.body(Full::from(response.body)).unwrap_or_default()
}
