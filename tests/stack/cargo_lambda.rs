//! The shipped events by way of `cargo lambda invoke`, as a developer sends them, to the same release binaries. Where
//! cargo-lambda is not on the path this is skipped.

use std::process::{Child, Command, Output, Stdio};
use std::time::{Duration, Instant};

use crate::deployment::Deployment;
use crate::events::{EVENTS, Ends, file};
use crate::function::Function;
use crate::services::free_port;

#[test]
fn every_shipped_event_ends_by_cargo_lambda_invoke_as_it_should() {
    if Command::new("cargo-lambda").args(["lambda", "--version"]).output().is_err() {
        crate::services::say("skipped: cargo lambda invoke, because cargo-lambda is not on the path");
        return;
    }
    let Some(stack) = Deployment::named("baton-by-hand", &[]) else { return };
    stack.upload_export("2026-11-02", &crate::equality::sample("2026-11-02"));
    let emulator = Emulator::start();
    let functions: Vec<Running> = stack.functions().map(|function| emulator.run(function)).collect();
    assert_eq!(functions.len(), 6);
    for (function, name, ends) in EVENTS {
        let output = emulator.invoke(function, name);
        let said = format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
        let expected = match ends {
            Ends::Handled | Ends::Buried(..) => r#""batchItemFailures""#,
            Ends::Ticked(said) | Ends::Refused(said) => said,
        };
        assert!(said.contains(expected), "{function}/{name}: {said}");
        assert_eq!(output.status.success(), !matches!(ends, Ends::Refused(_)), "{function}/{name}: {said}");
    }
}

/// `cargo lambda watch` without anything to watch: its Runtime API alone, until it is dropped.
struct Emulator {
    child: Child,
    port: u16,
}

/// A function's process, until it is dropped.
struct Running(Child);

impl Emulator {
    fn start() -> Self {
        let port = free_port();
        let mut command = Command::new("cargo-lambda");
        command.args(["lambda", "watch", "--only-lambda-apis", "--invoke-address", "127.0.0.1", "--invoke-port"]);
        // It reads the package where it stands.
        command.arg(port.to_string()).current_dir(env!("CARGO_MANIFEST_DIR")).stdin(Stdio::null());
        let child = command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
        let emulator = Self { child, port };
        let patience = Instant::now() + Duration::from_secs(30);
        while std::net::TcpStream::connect(("127.0.0.1", port)).is_err() {
            assert!(Instant::now() < patience, "cargo lambda watch does not listen");
            std::thread::park_timeout(Duration::from_millis(20));
        }
        emulator
    }

    fn run(&self, function: &Function) -> Running {
        let mut command = function.command(&format!("http://127.0.0.1:{}/.rt/{}", self.port, function.name));
        Running(command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap())
    }

    fn invoke(&self, function: &str, name: &str) -> Output {
        let mut command = Command::new("cargo-lambda");
        command.args([
            "lambda",
            "invoke",
            function,
            "--output-format",
            "json",
            "--invoke-address",
            "127.0.0.1",
            "--invoke-port",
        ]);
        command.arg(self.port.to_string()).arg("--data-file").arg(file(function, name));
        command.output().unwrap()
    }
}

impl Drop for Emulator {
    fn drop(&mut self) {
        self.child.kill().and_then(|()| self.child.wait()).ok();
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        self.0.kill().and_then(|()| self.0.wait()).ok();
    }
}
