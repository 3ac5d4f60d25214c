//! `baton audit`: an account's story; `baton audit verify`: has anybody touched it?

use std::path::Path;

use domain::AccountId;
use domain::audit::{self, Entry};
use domain::ports::Store;
use domain::records::{self, account_partition};

use super::{Failure, open};
use crate::terminal::{faint, say};
use crate::{Ended, Format};

pub(super) async fn run(state: &Path, words: &[String], format: Format) -> Result<Ended, Failure> {
    let store = open(state)?;
    match words {
        [verify, account] if verify == "verify" => check(&store, account).await,
        [account] if account != "verify" => {
            let (entries, _) = records::audit(&store, &chain(account)?).await?;
            if entries.is_empty() {
                return Err(Failure::new(format!("there is nothing about account {account}")));
            }
            match format {
                Format::Json => entries.iter().for_each(|e| say(&serde_json::to_string(e).unwrap_or_default())),
                Format::Table => tell(&entries),
            }
            Ok(Ended::Done)
        }
        _ => Err(Failure::new("write `baton audit ACCOUNT`, `baton audit verify ACCOUNT` or `baton audit verify all`")),
    }
}

/// Entries as a story.
pub(super) fn tell(entries: &[Entry]) {
    for entry in entries {
        say(&format!(
            "  {:>4}  {}  {:<10} {:<14} {}  {}",
            entry.seq,
            entry.at.strftime("%Y-%m-%d %H:%M"),
            entry.actor.reveal(),
            entry.action,
            channels::words::plain(entry.grounds.reveal(), 300),
            faint(entry.case.as_ref().map_or("", |case| case.as_str()))
        ));
    }
}

async fn check(store: &dyn Store, account: &str) -> Result<Ended, Failure> {
    let chains = if account == "all" { chains(store).await? } else { vec![chain(account)?] };
    let mut broken = Vec::new();
    let mut whole = 0;
    for chain in &chains {
        let (entries, head) = records::audit(store, chain).await?;
        match audit::verify(&entries, &head) {
            Ok(count) => {
                whole += 1;
                if chains.len() == 1 {
                    say(&format!("{chain}: whole, {count} entries"));
                }
            }
            Err(error) => broken.push(format!("{chain}: {error}")),
        }
    }
    if !broken.is_empty() {
        return Err(Failure::new(broken.join("\n       ")));
    }
    if chains.len() != 1 {
        say(&format!("{whole} chains, all whole"));
    }
    Ok(Ended::Done)
}

/// Every chain that a case, a silenced change or a scan has written to.
async fn chains(store: &dyn Store) -> Result<Vec<String>, Failure> {
    let mut chains: Vec<String> = Vec::new();
    for case in baton::review::cases(store).await? {
        chains.push(account_partition(&case.account));
    }
    for silenced in baton::review::silenced(store).await? {
        chains.push(account_partition(&silenced.account));
    }
    for scan in baton::review::scans(store).await? {
        chains.push(records::scan_partition(&scan.system));
    }
    chains.sort();
    chains.dedup();
    Ok(chains)
}

fn chain(account: &str) -> Result<String, Failure> {
    if account.starts_with("SCAN#") {
        return Ok(account.to_owned());
    }
    AccountId::parse(account).map(|id| account_partition(&id)).map_err(|e| Failure::new(format!("{account:?}: {e}")))
}
