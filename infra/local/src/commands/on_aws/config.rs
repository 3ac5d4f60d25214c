//! The configuration of a deployment: which one is in force, and another in its place.

use std::io::Write;
use std::path::Path;

use aws::{ConfigRecord, StackOutputs};
use domain::config::{Config, DEFAULT};
use domain::notice::Channel;
use jiff::Timestamp;

use super::super::config::parsed;
use super::super::{Deployed, Failure};
use super::{Site, needed, open};
use crate::Ended;
use crate::terminal::say;

/// Puts a configuration in force, with the table of companies it names within its text, if it is without mistakes and this deployment can live with it.
pub(in super::super) async fn push(deployed: Option<Deployed<'_>>, file: &Path) -> Result<Ended, Failure> {
    let (config, text) = parsed(file)?;
    let site = Site::of(needed(deployed)?).await?;
    if let Some(wrong) = site.outputs.as_ref().and_then(|outputs| wrong_sender(&config, outputs)) {
        return Err(Failure::new(format!("{}: {wrong}", file.display())));
    }
    let store = open(&site).await?;
    let before = aws::pushed(&store).await?;
    say(&format!("in force: {}", told(before.as_ref())));
    if before.is_some_and(|before| before.text == text) {
        say(&format!("{} is the same; nothing was changed", file.display()));
        return Ok(Ended::Done);
    }
    let pushed = aws::push(&store, &text, Timestamp::now()).await?;
    say(&format!("from now on: {}; a running function reads it within five minutes", told(Some(&pushed))));
    Ok(Ended::Done)
}

/// Prints the configuration in force as it was pushed; what is known of it stands apart, so that the text can be pushed again.
pub(in super::super) async fn show_config(deployed: Option<Deployed<'_>>) -> Result<Ended, Failure> {
    let site = Site::of(needed(deployed)?).await?;
    let pushed = aws::pushed(&open(&site).await?).await?;
    let _ = writeln!(anstream::stderr(), "{}", told(pushed.as_ref()));
    say(pushed.as_ref().map_or(DEFAULT, |record| &record.text).trim_end());
    Ok(Ended::Done)
}

/// Why the functions may not send mail as this configuration wants it.
pub(super) fn wrong_sender(config: &Config, outputs: &StackOutputs) -> Option<String> {
    let allowed = outputs.get("MailFromAddress").ok()?;
    let sender = &config.notify.sender_address;
    let sends = config.notify.channels.contains(&Channel::Mail);
    (sends && !sender.eq_ignore_ascii_case(allowed)).then(|| {
        format!(
            "notify.sender_address is {sender}, and this deployment may send from {allowed} only: write that address, or \
             deploy with another MailFrom first"
        )
    })
}

/// Which configuration it is, and since when.
pub(super) fn told(pushed: Option<&ConfigRecord>) -> String {
    match pushed {
        Some(record) => format!("version {}, pushed {}", record.version, record.at.strftime("%Y-%m-%d %H:%M UTC")),
        None => format!("the shipped configuration, version {}", Config::shipped().version),
    }
}
