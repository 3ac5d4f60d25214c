//! Baton over temporary directories and a real Odoo, in real time.

use std::sync::Arc;

use baton::adapters::{Database, SqliteStore};
use baton::plant::{Plant, Pumped};
use baton::review;
use crm::{LiveCrm, OdooCrm};
use domain::ScanId;
use domain::case::Case;
use domain::config::Config;
use domain::ports::{Clock, FixedClock};
use domain::records::{ScanRecord, Silenced};
use envelope::{Pass, ScanRequested};
use jiff::Timestamp;

use crate::office::Office;

/// Odoo stamps what is changed with its own time, so Baton has the real one too.
pub(crate) struct RealClock;

impl Clock for RealClock {
    fn now(&self) -> Timestamp {
        Timestamp::now()
    }
}

/// Baton and its state.
pub(crate) struct App {
    dir: tempfile::TempDir,
    config: Config,
    scans: u32,
}

/// What one scan and all that followed came to.
pub(crate) struct Scanned {
    pub record: ScanRecord,
    /// Requests that the scan alone made, in a process of its own.
    pub requests: u64,
}

impl App {
    pub(crate) fn new(config: &str) -> Self {
        Self { dir: tempfile::tempdir().unwrap(), config: Config::parse(config).unwrap(), scans: 0 }
    }

    /// One scan in a process of its own, seen through to its end.
    pub(crate) async fn scan(&mut self, office: &Office, pass: Pass) -> Scanned {
        let crm = self.crm(office);
        let state = self.dir.path().join("state");
        let plant = Plant::open(&state, &state.join("outbox"), self.config.clone(), Arc::new(RealClock)).unwrap();
        self.scans += 1;
        let scan = ScanId::parse(&format!("scan-{}", self.scans)).unwrap();
        let request = ScanRequested { scan, at: plant.clock.now(), shadow: false, pass };
        settled(plant.pump(&crm).await.unwrap());
        let before = crm.requests();
        let record = plant.scan(&crm, request, &|_| {}).await.unwrap();
        let requests = crm.requests() - before;
        settled(plant.pump(&crm).await.unwrap());
        Scanned { record, requests }
    }

    pub(crate) fn crm(&self, office: &Office) -> OdooCrm {
        OdooCrm::new(office.batons(), Arc::clone(&office.https), &self.config, Arc::new(RealClock))
    }

    /// Everything nobody was told of.
    pub(crate) async fn silenced(&self) -> Vec<Silenced> {
        review::silenced(&self.store()).await.unwrap()
    }

    /// All cases, the first made first.
    pub(crate) async fn cases(&self) -> Vec<Case> {
        review::cases(&self.store()).await.unwrap()
    }

    fn store(&self) -> SqliteStore {
        let database = Database::read(&self.dir.path().join("state")).unwrap();
        SqliteStore::new(Arc::new(database), Arc::new(FixedClock(Timestamp::now())))
    }
}

fn settled(pumped: Pumped) {
    assert_eq!((pumped.waiting, pumped.buried), (Vec::new(), Vec::new()));
}
