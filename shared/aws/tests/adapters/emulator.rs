//! Starts the emulators, once for all tests that run at the same time, and ends them with the last.

use std::net::TcpListener;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Mutex, Weak};
use std::time::Duration;

use aws::{Clients, Settings};
use aws_credential_types::Credentials;
use aws_credential_types::provider::SharedCredentialsProvider;
use aws_smithy_async::rt::sleep::TokioSleep;
use aws_smithy_async::time::SystemTimeSource;
use aws_smithy_runtime_api::client::behavior_version::BehaviorVersion;
use aws_types::SdkConfig;
use aws_types::region::Region;

/// A server that speaks as AWS does.
pub(crate) struct Emulator {
    child: Child,
    /// Where it listens.
    pub(crate) endpoint: String,
}

impl Drop for Emulator {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Amazon's DynamoDB Local, from the directory in `BATON_DYNAMODB_LOCAL`; nothing, and a line that says so, without.
pub(crate) async fn dynamodb_local() -> Option<Arc<Emulator>> {
    static RUNNING: Mutex<Weak<Emulator>> = Mutex::new(Weak::new());
    let dir = installed("BATON_DYNAMODB_LOCAL", "the directory of DynamoDBLocal.jar")?;
    let command = |port: u16| {
        let mut java = Command::new("java");
        java.arg("-Djava.library.path=DynamoDBLocal_lib").args(["-jar", "DynamoDBLocal.jar", "-inMemory", "-sharedDb"]);
        java.args(["-port", &port.to_string()]).current_dir(&dir);
        java
    };
    Some(running(&RUNNING, command).await)
}

/// moto's server, the program in `BATON_MOTO`; nothing, and a line that says so, without.
pub(crate) async fn moto_server() -> Option<Arc<Emulator>> {
    static RUNNING: Mutex<Weak<Emulator>> = Mutex::new(Weak::new());
    let program = installed("BATON_MOTO", "the path of moto_server")?;
    let command = |port: u16| {
        let mut moto = Command::new(&program);
        moto.args(["-H", "127.0.0.1", "-p", &port.to_string()]);
        moto
    };
    Some(running(&RUNNING, command).await)
}

/// Clients that call this endpoint.
pub(crate) fn clients(endpoint: &str) -> Clients {
    Clients::new(settings(endpoint)).unwrap()
}

/// Settings for this endpoint.
pub(crate) fn settings(endpoint: &str) -> Settings {
    let variables = |name: &str| match name {
        "AWS_REGION" => Some("eu-central-1".to_owned()),
        "AWS_ACCESS_KEY_ID" | "AWS_SECRET_ACCESS_KEY" => Some("testing".to_owned()),
        "AWS_ENDPOINT_URL" => Some(endpoint.to_owned()),
        _ => None,
    };
    Settings::from_variables(variables).unwrap()
}

/// What the SDK needs to make and look at things that the adapters only use.
pub(crate) fn raw(endpoint: &str) -> SdkConfig {
    let credentials = Credentials::new("testing", "testing", None, None, "test");
    SdkConfig::builder()
        .behavior_version(BehaviorVersion::v2026_01_12())
        .region(Region::new("eu-central-1"))
        .credentials_provider(SharedCredentialsProvider::new(credentials))
        .http_client(aws_smithy_http_client::Builder::new().build_http())
        .sleep_impl(TokioSleep::new())
        .time_source(SystemTimeSource::new())
        .endpoint_url(endpoint)
        .build()
}

#[expect(clippy::print_stderr, reason = "a test that proves nothing must say so")]
fn installed(variable: &str, what: &str) -> Option<PathBuf> {
    let found = std::env::var_os(variable).map(PathBuf::from);
    if found.is_none() {
        eprintln!("skipped: {variable} is not set to {what}");
    }
    found
}

async fn running(shared: &Mutex<Weak<Emulator>>, command: impl Fn(u16) -> Command) -> Arc<Emulator> {
    let emulator = {
        let mut shared = shared.lock().unwrap();
        shared.upgrade().unwrap_or_else(|| {
            let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
            let child = command(port).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
            let started = Arc::new(Emulator { child, endpoint: format!("http://127.0.0.1:{port}") });
            *shared = Arc::downgrade(&started);
            started
        })
    };
    let address = emulator.endpoint.trim_start_matches("http://").to_owned();
    let mut every = tokio::time::interval(Duration::from_millis(50));
    let listening = async {
        while tokio::net::TcpStream::connect(&address).await.is_err() {
            every.tick().await;
        }
    };
    tokio::time::timeout(Duration::from_secs(60), listening).await.unwrap();
    emulator
}
