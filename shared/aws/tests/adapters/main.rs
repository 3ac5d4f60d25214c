//! The adapters on real parts: Amazon's DynamoDB Local and moto's server where they are installed, and a server that does
//! what it is told for what those never do.

#![cfg(test)]

mod emulator;
mod dynamodb;
mod moto;
mod queues;
mod intake;
mod script;
mod ambiguous;
mod partial;
mod mails;
mod refusals;
