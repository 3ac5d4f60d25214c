//! Answers over HTTP: what a link in a mail and a button in Slack do, and everything they must not be made to do.

mod hostile;
mod keys;
mod live;
mod mail;
mod slack;
mod stand;
