//! Whole-system behaviour: real handlers over real adapters, driven as a person or a schedule drives them.

#![cfg(test)]

mod fixtures;
mod bad_input;
mod mail;
mod inert;
mod privacy;
mod events;
mod architecture;
mod world;
mod binary;
mod app;
mod journeys;
mod journeys_brake;
mod responsible;
mod afterwards;
mod evidence;
mod scenarios;
mod stories;
mod faults;
mod long_scan;
mod deliveries;
mod broken;
mod follow_up;
mod follow_up_digest;
mod quiet_hours;
mod feedback;
mod smtp;
mod steward;
mod backtest;
mod slack_api;
mod slack_stand_in;
mod slack_vendor;
mod respond;
mod contracts;
mod tamper;
mod score;
mod accuracy;
mod answers;
mod approval;
