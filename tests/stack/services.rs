//! Amazon's DynamoDB Local and moto's server, started once for all tests of this program and gone when it is.

use std::io::Write;
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::sync::OnceLock;
use std::time::{Duration, Instant};

/// Where the services listen on this machine.
#[derive(Debug)]
pub(crate) struct Services {
    pub dynamodb: u16,
    pub moto: u16,
    /// Never dropped, so that the pipes which keep them alive stay open until this program ends.
    _guards: [Child; 2],
}

/// Where they are, once they listen; nothing where the environment does not say where their programs are.
pub(crate) fn services() -> Option<&'static Services> {
    static SERVICES: OnceLock<Option<Services>> = OnceLock::new();
    let started = SERVICES.get_or_init(|| {
        let dir = named("BATON_DYNAMODB_LOCAL", "the directory of DynamoDBLocal.jar")?;
        let program = named("BATON_MOTO", "the program moto_server")?;
        let (dynamodb, moto) = (free_port(), free_port());
        let mut guards = [
            start(dynamodb_local(dynamodb).current_dir(dir)),
            start(Command::new(program).args(["-H", "127.0.0.1", "-p"]).arg(moto.to_string())),
        ];
        let ports = [dynamodb, moto];
        guards.iter_mut().zip(ports).for_each(|(guard, port)| wait_for(guard, port));
        Some(Services { dynamodb, moto, _guards: guards })
    });
    started.as_ref()
}

/// A path that the environment names; else says once that the tests which need it are skipped.
pub(crate) fn named(variable: &'static str, what: &str) -> Option<PathBuf> {
    let path = std::env::var_os(variable).map(PathBuf::from).filter(|path| path.exists());
    if path.is_none() {
        skipped(&format!("skipped: the stack on AWS, because {variable} does not name {what} (tests/run sets it)\n"));
    }
    path
}

/// Says something past the test harness, which keeps back what a passing test prints.
pub(crate) fn say(what: &str) {
    // Where nothing can be said, nothing need be.
    let _ = writeln!(std::io::stderr(), "{what}");
}

/// Once.
fn skipped(why: &str) {
    static SAID: OnceLock<()> = OnceLock::new();
    SAID.get_or_init(|| drop(std::io::stderr().write_all(why.as_bytes())));
}

fn dynamodb_local(port: u16) -> Command {
    let mut command = Command::new("java");
    command.args(["-Xmx512m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1"]);
    command.args(["-Djava.library.path=DynamoDBLocal_lib", "-jar", "DynamoDBLocal.jar"]);
    command.args(["-inMemory", "-disableTelemetry", "-port"]).arg(port.to_string());
    command
}

/// Starts a program that lives as long as this one. A shell waits at a pipe that closes when this program ends, in
/// whatever way, and then ends the other.
fn start(command: &mut Command) -> Child {
    let mut guarded = Command::new("sh");
    let script = r#"exec 3<&0; "$@" 3<&- & child=$!; { read -r _ <&3; kill -9 $child; } & wait $child"#;
    guarded.args(["-c", script, "guard"]);
    guarded.arg(command.get_program()).args(command.get_args());
    if let Some(dir) = command.get_current_dir() {
        guarded.current_dir(dir);
    }
    guarded.stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap()
}

fn wait_for(guard: &mut Child, port: u16) {
    let patience = Instant::now() + Duration::from_secs(60);
    while TcpStream::connect((Ipv4Addr::LOCALHOST, port)).is_err() {
        assert!(guard.try_wait().unwrap().is_none(), "the service for port {port} has ended");
        assert!(Instant::now() < patience, "nothing listens on port {port} after a minute");
        std::thread::park_timeout(Duration::from_millis(20));
    }
}

pub(crate) fn free_port() -> u16 {
    TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap().local_addr().unwrap().port()
}
