//! `baton audit`: an account's story; `baton audit verify`: has anybody touched it?

use std::collections::BTreeMap;

use domain::AccountId;
use domain::audit::{self, Entry, Pointer};
use domain::ports::Store;
use domain::records::{self, Silenced, account_partition};

use super::{Failure, open};
use crate::terminal::{faint, say};
use crate::{Ended, Format, Place};

pub(super) async fn run(place: &Place, words: &[String], format: Format) -> Result<Ended, Failure> {
    let store = open(place).await?;
    match words {
        [verify, account] if verify == "verify" => check(&*store, account).await,
        [account] if account != "verify" => {
            let (entries, _) = records::audit(&*store, &chain(account)?).await?;
            let silenced = silenced(&*store, account).await?;
            if entries.is_empty() && silenced.is_empty() {
                return Err(nothing_about(account));
            }
            match format {
                Format::Json => {
                    entries.iter().for_each(|e| say(&serde_json::to_string(e).unwrap_or_default()));
                    silenced.iter().for_each(|s| say(&serde_json::to_string(s).unwrap_or_default()));
                }
                Format::Table => {
                    tell(&entries);
                    tell_silenced(&silenced);
                }
            }
            Ok(Ended::Done)
        }
        _ => Err(Failure::new("write `baton audit ACCOUNT`, `baton audit verify ACCOUNT` or `baton audit verify all`")),
    }
}

/// Changes in the account that nobody was told of; the chain of their scan tells of them.
async fn silenced(store: &dyn Store, account: &str) -> Result<Vec<Silenced>, Failure> {
    let chain = chain(account)?;
    let mut silenced = records::all_silenced(store).await?;
    silenced.retain(|one| account_partition(&one.account) == chain);
    Ok(silenced)
}

fn tell_silenced(silenced: &[Silenced]) {
    if !silenced.is_empty() {
        say("Nobody was told of (`baton audit SCAN#SYSTEM` is the chain that records it):");
    }
    for Silenced { at, contact, reason, .. } in silenced {
        let at = at.strftime("%Y-%m-%d %H:%M");
        say(&format!("        {at}  {:<10} {:<14} contact {contact}: {reason}", "scanner", "silenced"));
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
    let mut chains = pointed_to(store).await?;
    if account != "all" {
        let wanted = chain(account)?;
        let pointer = chains.remove(&wanted);
        chains = BTreeMap::from([(wanted, pointer.flatten())]);
    }
    let mut broken = Vec::new();
    let mut whole = 0;
    for (chain, pointer) in &chains {
        let (entries, head) = records::audit(store, chain).await?;
        let verified = match pointer {
            Some(pointer) => audit::verify_pointed_to(&entries, &head, *pointer),
            None => audit::verify(&entries, &head),
        };
        match verified {
            Ok(0) => return Err(nothing_about(account)),
            Ok(count) => {
                whole += 1;
                if account != "all" {
                    say(&format!("{chain}: whole, {count} entries"));
                }
            }
            Err(error) => broken.push(format!("{chain}: {error}")),
        }
    }
    if !broken.is_empty() {
        return Err(Failure::new(broken.join("\n       ")));
    }
    if account == "all" {
        say(&format!("{whole} chains, all whole"));
    }
    Ok(Ended::Done)
}

/// Every chain that a case, a scan or what was heard of mail has written to, with what says so.
async fn pointed_to(store: &dyn Store) -> Result<BTreeMap<String, Option<Pointer>>, Failure> {
    let mut chains = BTreeMap::new();
    if !records::audit(store, records::MAIL).await?.0.is_empty() {
        chains.insert(records::MAIL.to_owned(), None);
    }
    for scan in baton::review::scans(store).await? {
        chains.insert(records::scan_partition(&scan.system), Some(Pointer::Scan));
    }
    for case in baton::review::cases(store).await? {
        chains.insert(account_partition(&case.account), Some(Pointer::Case));
    }
    Ok(chains)
}

fn nothing_about(account: &str) -> Failure {
    Failure::new(format!("there is nothing about account {account}; `baton cases` lists the accounts with cases"))
}

fn chain(account: &str) -> Result<String, Failure> {
    if account.starts_with("SCAN#") || account == records::MAIL {
        return Ok(account.to_owned());
    }
    AccountId::parse(account).map(|id| account_partition(&id)).map_err(|e| Failure::new(format!("{account:?}: {e}")))
}
