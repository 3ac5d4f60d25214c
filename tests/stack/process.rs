//! A function's process: started as Lambda starts it, killed at any moment, its logs kept.

use std::io::{BufRead, BufReader, Read};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::Sender;
use std::sync::{Arc, Mutex};
use std::thread;

use crate::runtime::Said;

/// What a process wrote, line by line; one list for all processes of a function.
pub(crate) type Log = Arc<Mutex<Vec<String>>>;

/// The process of a function that is there now, if any. Clones mean the same one.
#[derive(Clone, Debug, Default)]
pub(crate) struct Process(Arc<Mutex<Option<Running>>>);

#[derive(Debug)]
struct Running {
    child: Child,
    /// Ends when all that it wrote is in the log.
    kept: thread::JoinHandle<()>,
}

impl Process {
    /// Starts one; `said` hears of its end.
    pub(crate) fn start(&self, command: &mut Command, log: &Log, said: Sender<Said>) {
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().unwrap_or_else(|e| panic!("{:?}: {e}", command.get_program()));
        let out = keep(child.stdout.take().unwrap(), log);
        let err = keep(child.stderr.take().unwrap(), log);
        let kept = thread::spawn(move || {
            out.join().and(err.join()).ok();
            said.send(Said::Ended).ok();
        });
        *self.0.lock().unwrap() = Some(Running { child, kept });
    }

    /// Ends it at once, wherever it is. Afterwards everything that it wrote is in the log.
    pub(crate) fn kill(&self) {
        if let Some(Running { mut child, kept }) = self.0.lock().unwrap().take() {
            child.kill().unwrap();
            child.wait().unwrap();
            kept.join().unwrap();
            forget_clock(child.id());
        }
    }

    /// Its id for the system, while it is there.
    pub(crate) fn id(&self) -> Option<u32> {
        self.0.lock().unwrap().as_ref().map(|running| running.child.id())
    }
}

/// What the library that stops a clock leaves behind of a process that is killed.
fn forget_clock(process: u32) {
    for left in [format!("faketime_shm_{process}"), format!("sem.faketime_sem_{process}")] {
        std::fs::remove_file(Path::new("/dev/shm").join(left)).ok();
    }
}

/// Reads until the process closes its end, as it does when it ends.
fn keep(stream: impl Read + Send + 'static, log: &Log) -> thread::JoinHandle<()> {
    let log = Arc::clone(log);
    thread::spawn(move || {
        for line in BufReader::new(stream).lines().map_while(Result::ok) {
            log.lock().unwrap().push(line);
        }
    })
}
