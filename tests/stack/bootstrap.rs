//! How a function is started: its release binary as cargo-lambda lays it out, in the environment that Lambda and the
//! template give it, and, where a test says so, at a time of its own.

use std::path::{Path, PathBuf};
use std::process::Command;

use jiff::Timestamp;

use crate::aws::REGION;
use crate::services::named;

/// Where the functions are, and what stops their clocks.
#[derive(Clone, Debug)]
pub(crate) struct Programs {
    lambdas: PathBuf,
    faketime: PathBuf,
}

/// One function's binary and its whole environment.
#[derive(Debug)]
pub(crate) struct Bootstrap {
    binary: PathBuf,
    faketime: PathBuf,
    variables: Vec<(String, String)>,
}

impl Programs {
    /// Nothing where the environment does not name them.
    pub(crate) fn named() -> Option<Self> {
        let lambdas = named("BATON_LAMBDAS", "the directory in which cargo-lambda leaves the functions")?;
        let faketime = named("BATON_FAKETIME", "the library libfaketime.so.1")?;
        Some(Self { lambdas, faketime })
    }

    /// The function of this name, whose every call to a service goes to this port of this machine. `scratch` stands for
    /// `/tmp`, of which Lambda gives each sandbox its own.
    pub(crate) fn bootstrap(
        &self,
        function: &str,
        proxy: u16,
        scratch: &Path,
        of_template: &[(String, String)],
    ) -> Bootstrap {
        let mut variables = of_lambda(function);
        variables.push(("TMPDIR".to_owned(), scratch.display().to_string()));
        variables.push(("AWS_ENDPOINT_URL".to_owned(), format!("http://127.0.0.1:{proxy}")));
        variables.push(("BATON_SLACK_API".to_owned(), format!("http://127.0.0.1:{proxy}/api")));
        variables.push(("BATON_PRIVATE_HOSTS".to_owned(), format!("127.0.0.1:{proxy}")));
        variables.extend_from_slice(of_template);
        Bootstrap { binary: self.lambdas.join(function).join("bootstrap"), faketime: self.faketime.clone(), variables }
    }
}

impl Bootstrap {
    /// The command that starts it, polling this interface. With a time given, that is the time for it and stays so; only
    /// what it waits for takes as long as it takes.
    pub(crate) fn command(&self, runtime_api: &str, now: Option<Timestamp>) -> Command {
        let mut command = Command::new(&self.binary);
        command.env_clear().envs(self.variables.iter().cloned()).env("AWS_LAMBDA_RUNTIME_API", runtime_api);
        if let Some(now) = now {
            command.env("LD_PRELOAD", &self.faketime);
            command.env("FAKETIME", now.strftime("%Y-%m-%d %H:%M:%S").to_string());
            command.env("FAKETIME_DONT_FAKE_MONOTONIC", "1");
        }
        command
    }
}

fn of_lambda(function: &str) -> Vec<(String, String)> {
    let path = std::env::var("PATH").unwrap_or_default();
    let variables = [
        ("AWS_LAMBDA_FUNCTION_NAME", function),
        ("AWS_LAMBDA_FUNCTION_MEMORY_SIZE", "256"),
        ("AWS_LAMBDA_FUNCTION_VERSION", "$LATEST"),
        ("AWS_LAMBDA_LOG_FORMAT", "Text"),
        ("_HANDLER", "bootstrap"),
        ("AWS_REGION", REGION),
        ("AWS_DEFAULT_REGION", REGION),
        ("AWS_ACCESS_KEY_ID", "AKIAEXAMPLE"),
        ("AWS_SECRET_ACCESS_KEY", "none"),
        ("AWS_SESSION_TOKEN", "none"),
        ("TZ", ":UTC"),
        ("LANG", "en_US.UTF-8"),
        ("PATH", &path),
    ];
    variables.map(|(name, value)| (name.to_owned(), value.to_owned())).into()
}
