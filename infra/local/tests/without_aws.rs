//! A build without AWS knows the commands that need it, and says how to get one that has it.

#![cfg(not(feature = "aws"))]

use std::process::Command;

#[test]
fn every_command_on_a_deployment_says_which_build_has_aws() {
    let file = concat!(env!("CARGO_MANIFEST_DIR"), "/../../shared/domain/src/config/default.toml");
    for words in [
        "doctor --aws",
        "doctor --aws --stack baton",
        "dead-letters --stack baton",
        "redrive --stack baton",
        "redrive deliveries --stack baton",
        "cases --stack baton",
        "cases --table baton",
        "show C1 --table baton",
        "answer C1 got-it --stack baton",
        "mark C1 right --because so --stack baton",
        "brake release scan-1 --stack baton",
        "accuracy --table baton",
        "audit verify all --table baton",
        "config show --stack baton",
        &format!("config push {file} --table baton"),
    ] {
        let output = Command::new(env!("CARGO_BIN_EXE_baton")).args(words.split(' ')).output().unwrap();
        let said = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(1), "{words}: {said}");
        assert!(said.contains("no AWS in it: cargo install --path infra/local --features aws"), "{words}: {said}");
    }
}

#[test]
fn a_state_and_a_deployment_are_not_named_together() {
    for words in [
        "cases --state s --table t",
        "cases --table t --stack s",
        "redrive --state s --stack t",
        "answer C1 got-it --state s --stack t",
        "answer C1 got-it --crm hubspot --stack t",
        "brake release scan-1 --config c.toml --stack t",
        "mark C1 right --because so --state s --stack t",
    ] {
        let output = Command::new(env!("CARGO_BIN_EXE_baton")).args(words.split(' ')).output().unwrap();
        let said = String::from_utf8(output.stderr).unwrap();
        assert!(output.status.code() == Some(2) && said.contains("cannot be used with"), "{words}: {said}");
    }
}
