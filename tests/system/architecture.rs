//! The invariants of the design that a compiler does not hold: what depends on what, and what is deliberately absent.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::Command;

use toml::{Table, Value};

use crate::fixtures::root;

#[test]
fn the_local_build_compiles_no_aws_sdk() {
    let mut cargo = Command::new(env!("CARGO"));
    cargo.args(["tree", "--package", "baton", "--edges", "normal,build", "--prefix", "none", "--locked", "--offline"]);
    let tree = cargo.current_dir(root()).output().expect("cargo");
    assert!(tree.status.success(), "{}", String::from_utf8_lossy(&tree.stderr));
    let tree = String::from_utf8(tree.stdout).expect("UTF-8");
    let crates: BTreeSet<&str> = tree.lines().filter_map(|line| line.split(' ').next()).collect();
    assert!(crates.contains("rusqlite") && crates.contains("domain"), "the graph was read: {crates:?}");
    let is_sdk = |name: &&&str| {
        ["aws-sdk-", "aws-config", "aws-smithy", "aws-runtime", "lambda_runtime"].iter().any(|p| name.starts_with(p))
    };
    assert_eq!(crates.iter().find(is_sdk), None);
}

#[test]
fn only_the_aws_adapters_name_the_aws_sdk() {
    let needle = ["aws", "sdk", ""].join("_");
    let allowed = [root().join("shared/aws"), root().join("tests/system/architecture.rs")];
    for (path, text) in sources() {
        let named = text.contains(&needle) && !allowed.iter().any(|place| path.starts_with(place));
        assert!(!named, "{} names the AWS SDK", path.display());
    }
}

#[test]
fn the_domain_does_no_io_and_reads_no_clock_environment_or_randomness() {
    let manifest = toml_of(&root().join("shared/domain/Cargo.toml"));
    let allowed = [
        "async-trait",
        "csv",
        "data-encoding",
        "deunicode",
        "jiff",
        "serde",
        "serde_json",
        "sha2",
        "strsim",
        "thiserror",
        "toml",
        "unicode-normalization",
        "unicode-segmentation",
    ];
    for name in manifest["dependencies"].as_table().expect("dependencies").keys() {
        assert!(allowed.contains(&name.as_str()), "the domain needs {name}; is it free of I/O?");
    }
    let impure = [
        "std::fs",
        "std::net",
        "std::env",
        "std::process",
        "std::io",
        "std::thread",
        "SystemTime",
        "Instant",
        "Timestamp::now",
        "Zoned::now",
        "TimeZone::system",
        "rand::",
        "getrandom",
        "thread_rng",
        "RandomState",
        "println!",
        "eprintln!",
        "print!(",
        "tokio",
        "option_env!",
        "unsafe {",
    ];
    let mut files = 0;
    for (path, text) in sources().into_iter().filter(|(path, _)| path.starts_with(root().join("shared/domain/src"))) {
        files += 1;
        for (number, line) in text.lines().enumerate().filter(|(_, line)| !line.trim_start().starts_with("//")) {
            let found = impure.iter().find(|needle| line.contains(*needle));
            assert_eq!(found, None, "{}:{}: {line}", path.display(), number + 1);
        }
    }
    assert!(files > 40, "{files} files of the domain were read");
}

#[test]
fn the_dependencies_between_our_crates_point_one_way() {
    let order = [
        "domain",
        "https",
        "envelope",
        "crm",
        "inbox",
        "people",
        "channels",
        "signatures",
        "links",
        "aws",
        "contracts",
        "runtime",
        "scanner",
        "enrichment",
        "planning",
        "notify",
        "steward",
        "respond",
        "baton",
        "tests",
    ];
    let level = |name: &str| match name {
        "domain" | "https" | "signatures" => 0,
        "envelope" | "crm" | "inbox" | "people" | "channels" | "links" | "aws" | "contracts" => 1,
        "runtime" => 2,
        "baton" => 4,
        "tests" => 5,
        _ => 3,
    };
    let mut crates = 0;
    for manifest in manifests() {
        let table = toml_of(&manifest);
        let name = table["package"]["name"].as_str().expect("a name").to_owned();
        assert!(order.contains(&name.as_str()), "{name} has no place in the order of crates");
        let needs = table.get("dependencies").and_then(Value::as_table).cloned().unwrap_or_default();
        for needed in needs.keys().filter(|needed| order.contains(&needed.as_str())) {
            let points_down = level(needed) < level(&name) || (needed == "envelope" && name == "crm");
            assert!(points_down, "{name} depends on {needed}");
        }
        crates += 1;
    }
    assert!(crates >= 10, "{crates} crates were read");
}

#[test]
fn the_top_of_the_repository_holds_only_what_the_design_names() {
    let named = ["Cargo.lock", "Cargo.toml", "README.md", "events", "functions", "infra", "shared", "tests"];
    let ignored = std::fs::read_to_string(root().join(".gitignore")).expect(".gitignore");
    let ignored: BTreeSet<String> = ignored.lines().map(|line| line.trim_matches('/').to_owned()).collect();
    let entries = std::fs::read_dir(root()).expect("the repository");
    let names = entries.map(|entry| entry.expect("an entry").file_name().to_string_lossy().into_owned());
    let found: BTreeSet<String> = names.filter(|name| !name.starts_with('.') && !ignored.contains(name)).collect();
    assert_eq!(found, named.map(str::to_owned).into());
}

#[test]
fn every_crate_inherits_the_lints_and_the_dependency_table() {
    for manifest in manifests() {
        let table = toml_of(&manifest);
        let inherits =
            |value: Option<&Value>| value.and_then(|v| v.get("workspace")).and_then(Value::as_bool) == Some(true);
        assert!(inherits(table.get("lints")), "{} inherits no lints", manifest.display());
        for kind in ["dependencies", "dev-dependencies", "build-dependencies"] {
            for (name, dependency) in table.get(kind).and_then(Value::as_table).into_iter().flatten() {
                assert!(inherits(Some(dependency)), "{}: {name} is not from the one table", manifest.display());
            }
        }
    }
    let lints = toml_of(&root().join("Cargo.toml"))["workspace"]["lints"]["rust"].clone();
    assert_eq!(lints["unsafe_code"].as_str(), Some("forbid"));
}

#[test]
fn a_claim_outlives_every_stay_of_a_message_in_a_queue() {
    let template = std::fs::read_to_string(root().join("infra/template.yaml")).expect("the template");
    let stays = template.lines().filter_map(|line| line.trim().strip_prefix("MessageRetentionPeriod: "));
    let longest = stays.map(|seconds| seconds.trim().parse::<i64>().expect("seconds")).max().expect("a stay");
    assert!(domain::records::CLAIM_DAYS * 86_400 > longest, "a message may come after {longest} s");
}

#[test]
fn no_test_is_switched_off_and_none_waits_for_time_to_pass() {
    let needles = [
        ["#[", "ignore"].concat(),
        ["thread::", "sleep"].concat(),
        ["time::", "sleep"].concat(),
        ["allow(", "unused"].concat(),
    ];
    for (path, text) in sources() {
        // What is no test may have to wait before it asks a busy service again.
        let tests =
            if path.starts_with(root().join("tests")) { 0 } else { text.find("#[cfg(test)]").unwrap_or(text.len()) };
        let found = needles.iter().find(|needle| text[tests..].contains(needle.as_str()));
        assert_eq!(found, None, "{}", path.display());
    }
}

#[test]
fn no_file_names_a_machine_or_a_package_registry() {
    let slash = |name: &str| format!("/{name}/");
    let host = |parts: &[&str]| parts.join(".");
    let needles = [
        slash("work"),
        slash("root"),
        slash("home"),
        slash("tmp"),
        slash("Users"),
        host(&["registry", "npmjs", "org"]),
        host(&["index", "crates", "io"]),
        host(&["static", "crates", "io"]),
        host(&["pypi", "org"]),
        host(&["deb", "debian", "org"]),
        ["arti", "factory"].concat(),
    ];
    let mut read = 0;
    for path in files(root()) {
        let Ok(text) = std::fs::read_to_string(&path) else { continue };
        read += 1;
        // An address such as file:///…/report.html in a test is no path of a machine.
        let text = text.replace(&format!("file://{}", slash("tmp")), "");
        let found = needles.iter().find(|needle| text.contains(needle.as_str()));
        assert_eq!(found, None, "{}", path.display());
    }
    assert!(read > 150, "{read} files were read");
}

#[test]
fn every_source_file_says_in_one_sentence_what_it_is_for() {
    for (path, text) in sources() {
        assert!(text.starts_with("//! "), "{} begins with no word on what it is for", path.display());
    }
}

fn sources() -> Vec<(PathBuf, String)> {
    let sources: Vec<_> = files(root())
        .into_iter()
        .filter(|path| path.extension().is_some_and(|e| e == "rs"))
        .map(|path| (path.clone(), std::fs::read_to_string(&path).expect("UTF-8")))
        .collect();
    assert!(sources.len() > 100, "{} source files were found", sources.len());
    sources
}

fn manifests() -> Vec<PathBuf> {
    let manifest =
        |path: &PathBuf| path.file_name().is_some_and(|name| name == "Cargo.toml") && path.parent() != Some(root());
    files(root()).into_iter().filter(manifest).collect()
}

/// Every file of the project, without what Git and Cargo keep beside it.
fn files(dir: &Path) -> Vec<PathBuf> {
    let passed_over = ["target", ".git", "baton-demo", ".baton", "__pycache__"];
    let mut found = Vec::new();
    for entry in std::fs::read_dir(dir).expect("a directory of the project") {
        let path = entry.expect("an entry").path();
        let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        if passed_over.contains(&name.as_str()) {
            continue;
        }
        if path.is_dir() {
            found.extend(files(&path));
        } else {
            found.push(path);
        }
    }
    found.sort();
    found
}

fn toml_of(path: &Path) -> Table {
    let text = std::fs::read_to_string(path).unwrap_or_else(|e| panic!("{}: {e}", path.display()));
    text.parse().unwrap_or_else(|e| panic!("{}: {e}", path.display()))
}
