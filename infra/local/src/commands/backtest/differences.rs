//! In which settings two configurations differ; what a file leaves out has the shipped value.

use std::collections::BTreeMap;

use channels::backtest::Difference;
use domain::config::DEFAULT;
use toml::{Table, Value};

/// The settings that differ, by key. Playbooks are counted, not compared line by line.
pub(super) fn between(first: &str, second: &str) -> Vec<Difference> {
    let (first, second) = (settings(first), settings(second));
    let keys: std::collections::BTreeSet<&String> = first.keys().chain(second.keys()).collect();
    let text = |settings: &BTreeMap<String, String>, key: &str| settings.get(key).cloned().unwrap_or_default();
    keys.into_iter()
        .filter(|key| first.get(*key) != second.get(*key))
        .map(|key| Difference { key: key.clone(), first: text(&first, key), second: text(&second, key) })
        .map(shortened)
        .collect()
}

/// Every setting in force by its key, whatever the file leaves out as it is shipped.
fn settings(text: &str) -> BTreeMap<String, String> {
    let mut settings = flat(DEFAULT);
    settings.extend(flat(text));
    settings
}

fn flat(text: &str) -> BTreeMap<String, String> {
    let mut settings = BTreeMap::new();
    // It was read as a configuration before, so it is TOML.
    for (name, value) in text.parse::<Table>().unwrap_or_default() {
        match value {
            Value::Table(part) => {
                settings.extend(part.into_iter().map(|(key, value)| (format!("{name}.{key}"), value.to_string())));
            }
            other => drop(settings.insert(name, other.to_string())),
        }
    }
    settings
}

/// A playbook is too long to be shown, and a long list is cut.
fn shortened(difference: Difference) -> Difference {
    let say = |text: &str| {
        if difference.key == "playbook" {
            format!("{} playbooks", text.matches("goal =").count())
        } else {
            channels::words::cut(text, 160)
        }
    };
    Difference { first: say(&difference.first), second: say(&difference.second), key: difference.key.clone() }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(first: &str, second: &str, differences: &[(&str, &str, &str)]) {
        let found = between(first, second);
        let found: Vec<(&str, &str, &str)> =
            found.iter().map(|d| (d.key.as_str(), d.first.as_str(), d.second.as_str())).collect();
        assert_eq!(found, differences);
    }

    #[test]
    fn a_setting_that_one_file_leaves_out_is_laid_beside_the_shipped_one() {
        check(DEFAULT, "", &[]);
        check("[alert]\nthreshold = 0.75\n", DEFAULT, &[]);
        check(DEFAULT, "[alert]\nthreshold = 0.9\n", &[("alert.threshold", "0.75", "0.9")]);
        check(
            "[watch]\ntitled = false\n",
            "[companies]\nsame = [[\"HP\", \"HPE\"]]\n",
            &[("companies.same", "[]", "[[\"HP\", \"HPE\"]]"), ("watch.titled", "false", "true")],
        );
    }

    #[test]
    fn playbooks_are_counted() {
        let one = "[[playbook]]\nname = \"A\"\ngoal = \"B\"\n[[playbook.step]]\ndo = \"C\"\nwhy = \"D\"\nwho = \"owner\"\ndue = 1\n";
        check(DEFAULT, one, &[("playbook", "10 playbooks", "1 playbooks")]);
    }
}
