//! The deployment on AWS, on the real parts that run here: the release binaries of the functions, driven through the Lambda
//! Runtime API, over Amazon's DynamoDB Local and moto's server.
//!
//! Four variables say where they are, as `tests/run` sets them: `BATON_DYNAMODB_LOCAL`, the directory of
//! `DynamoDBLocal.jar`; `BATON_MOTO`, the program `moto_server`; `BATON_LAMBDAS`, the directory in which cargo-lambda
//! leaves `<function>/bootstrap`; `BATON_FAKETIME`, the library `libfaketime.so.1`. Where one is missing the tests that
//! need it say that they are skipped.

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
mod runtime;
mod bootstrap;
mod process;
mod function;
mod mapping;
mod deployment;
mod stand;
mod parts;
mod driving;
mod sample;
