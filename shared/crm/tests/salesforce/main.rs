//! Salesforce behind its port, over a stand-in that jsforce passes against (`jsforce.mjs`).

#![cfg(test)]
#![expect(clippy::print_stdout, reason = "figures that are held are told too")]

mod stand;
mod scanning;
mod first_load;
mod accounts;
mod logging;
mod updating;
mod signing_in;
mod disturbed;
mod schema;
