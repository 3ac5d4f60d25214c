//! The deployment on AWS, on the real parts that run here: the release binaries of the functions, driven through the Lambda
//! Runtime API, over Amazon's DynamoDB Local and moto's server.
//!
//! Five variables say where they are, as `tests/run` sets them: `BATON_DYNAMODB_LOCAL`, the directory of
//! `DynamoDBLocal.jar`; `BATON_MOTO`, the program `moto_server`; `BATON_LAMBDAS`, the directory in which cargo-lambda
//! leaves `<function>/bootstrap`; `BATON_FAKETIME`, the library `libfaketime.so.1`; `BATON_TEMPLATE_PYTHON`, a Python with
//! `tests/template/requirements.txt`. Where one is missing the tests that need it say that they are skipped.

#![cfg(test)]

mod http;
mod services;
mod aws;
mod calls;
mod dice;
mod faults;
mod refusals;
mod partial;
mod proxy;
mod slack;
mod intakes;
mod answers;
mod runtime;
mod bootstrap;
mod process;
mod function;
mod mapping;
mod deployment;
mod stand;
mod parts;
mod driving;
#[path = "../system/world.rs"]
#[expect(dead_code, reason = "the other test program uses the rest")]
mod world;
#[path = "../system/app.rs"]
#[expect(dead_code, reason = "the other test program uses the rest")]
mod app;
#[path = "../system/stories.rs"]
mod stories;
mod ending;
mod equality;
mod sample;
mod events;
mod cargo_lambda;
mod batches;
mod starts;
mod outcome;
mod disturbed;
mod privilege;
