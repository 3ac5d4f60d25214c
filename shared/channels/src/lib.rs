//! What people read: one notice as a Slack message, a mail, and a part of the HTML report; and the page of a backtest.
//!
//! Rendering is pure: the same notice gives the same bytes. Text from outside is data; it is cleaned once, in [`sheet`],
//! and escaped by each channel. Only with the feature `send` is anything sent by [`slack`], and only with `smtp` by
//! `smtp`.

pub mod words;
pub mod sheet;
pub mod slack;
pub mod mail;
#[cfg(feature = "smtp")]
pub mod smtp;
mod frame;
pub mod report;
pub mod reliability;
pub mod backtest;

#[cfg(test)]
mod example;
