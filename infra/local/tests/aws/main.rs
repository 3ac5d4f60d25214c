//! The binary built with AWS in it, on Amazon's DynamoDB Local and moto's server where they are installed.

#![cfg(test)]

mod services;
mod http;
mod stand_in;
mod ses;
mod site;
mod reading;
mod acting;
mod configuration;
mod letters;
mod doctor;
