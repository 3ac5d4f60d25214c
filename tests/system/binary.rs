//! The real `baton`, as `cargo build -p baton` left it beside the test executable.

use std::path::PathBuf;
use std::process::{Command, Output};

/// A command of `baton`; its output is in no colour.
pub(crate) fn baton() -> Command {
    let mut command = Command::new(path());
    command.env("NO_COLOR", "1");
    command
}

/// Runs a command to its end, which must be a good one.
#[track_caller]
pub(crate) fn succeed(command: &mut Command) -> String {
    let Output { status, stdout, stderr } = command.output().unwrap();
    let (out, err) = (String::from_utf8_lossy(&stdout), String::from_utf8_lossy(&stderr));
    assert!(status.success(), "{command:?}: {status}\n{out}\n{err}");
    out.into_owned()
}

fn path() -> PathBuf {
    let test = std::env::current_exe().unwrap();
    let profile = test.parent().and_then(|deps| deps.parent()).unwrap();
    let baton = profile.join(format!("baton{}", std::env::consts::EXE_SUFFIX));
    assert!(baton.is_file(), "there is no {}: build it first with `cargo build -p baton`", baton.display());
    baton
}
