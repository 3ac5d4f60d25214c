//! Credentials and addresses: from the environment, or from a file that nobody but its owner can read.

use std::collections::BTreeMap;
use std::path::Path;

use super::Failure;

/// Looks variables up, those of the environment first.
pub(crate) struct Variables {
    environment: fn(&str) -> Option<String>,
    file: BTreeMap<String, String>,
}

impl Variables {
    /// Those of the environment and, where one is named, of a file of `NAME=value` lines.
    pub(crate) fn read(environment: fn(&str) -> Option<String>, file: Option<&Path>) -> Result<Self, Failure> {
        let file = file.map_or(Ok(BTreeMap::new()), |path| {
            only_its_owner_reads(path)?;
            parse(&super::read(path)?).map_err(|e| Failure::new(format!("{}: {e}", path.display())))
        });
        Ok(Self { environment, file: file? })
    }

    /// A variable that is set and not blank.
    pub(crate) fn get(&self, name: &str) -> Option<String> {
        let set = |value: &String| !value.trim().is_empty();
        (self.environment)(name).filter(set).or_else(|| self.file.get(name).cloned().filter(set))
    }
}

#[cfg(unix)]
fn only_its_owner_reads(path: &Path) -> Result<(), Failure> {
    use std::os::unix::fs::PermissionsExt;
    let about = |e| Failure::new(format!("{} cannot be read: {e}", path.display()));
    let mode = std::fs::metadata(path).map_err(about)?.permissions().mode() & 0o777;
    if mode & 0o077 == 0 {
        return Ok(());
    }
    let path = path.display();
    Err(Failure::new(format!("{path} holds credentials and others can read it (mode {mode:o}): chmod 600 {path}")))
}

#[cfg(not(unix))]
fn only_its_owner_reads(_: &Path) -> Result<(), Failure> {
    Ok(())
}

/// Lines of `NAME=value`; a value may stand between quotation marks, and `\n` in them begins a new line, as a private key needs.
/// What is wrong with a line is told without repeating it.
fn parse(text: &str) -> Result<BTreeMap<String, String>, String> {
    let mut values = BTreeMap::new();
    for (number, line) in (1..).zip(text.lines()) {
        let line = line.trim();
        if line.is_empty() || line.starts_with('#') {
            continue;
        }
        let line = line.strip_prefix("export ").unwrap_or(line);
        let (name, value) = line.split_once('=').ok_or_else(|| format!("line {number} is not NAME=value"))?;
        let name = name.trim();
        if name.is_empty() || !name.chars().all(|c| c.is_ascii_uppercase() || c.is_ascii_digit() || c == '_') {
            return Err(format!("line {number} begins with no name; names are capitals, digits and _"));
        }
        let value = value.trim();
        let quoted = value.strip_prefix('"').and_then(|value| value.strip_suffix('"'));
        let plain = value.strip_prefix('\'').and_then(|value| value.strip_suffix('\'')).unwrap_or(value);
        let value = quoted.map_or_else(|| plain.to_owned(), |value| value.replace("\\n", "\n"));
        values.insert(name.to_owned(), value);
    }
    Ok(values)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_of_credentials_is_read_behind_the_environment() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("credentials");
        std::fs::write(&path, "# HubSpot\nHUBSPOT_TOKEN=from-file\nexport KEY=\"a\\nb\"\n\nODOO_LOGIN = x@y \n")
            .unwrap();
        chmod(&path, 0o600);
        let environment = |name: &str| (name == "ODOO_LOGIN").then(|| "from-environment".to_owned());
        let variables = Variables::read(environment, Some(&path)).unwrap();
        assert_eq!(variables.get("HUBSPOT_TOKEN").as_deref(), Some("from-file"));
        assert_eq!(variables.get("KEY").as_deref(), Some("a\nb"));
        assert_eq!(variables.get("ODOO_LOGIN").as_deref(), Some("from-environment"));
        assert_eq!(variables.get("ODOO_PASSWORD"), None);
    }

    #[test]
    fn a_file_that_others_can_read_is_refused_with_the_remedy() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("credentials");
        std::fs::write(&path, "HUBSPOT_TOKEN=x").unwrap();
        for mode in [0o644, 0o640, 0o604] {
            chmod(&path, mode);
            let refused = Variables::read(|_| None, Some(&path)).err().unwrap().to_string();
            assert!(refused.contains("chmod 600"), "{refused}");
        }
    }

    #[test]
    fn a_line_that_cannot_be_read_is_named_and_not_repeated() {
        for text in ["HUBSPOT_TOKEN secret", "A=1\nhubspot token=secret"] {
            let why = parse(text).unwrap_err();
            assert!(why.starts_with("line ") && !why.contains("secret"), "{why}");
        }
    }

    fn chmod(path: &Path, mode: u32) {
        use std::os::unix::fs::PermissionsExt;
        std::fs::set_permissions(path, std::fs::Permissions::from_mode(mode)).unwrap();
    }
}
