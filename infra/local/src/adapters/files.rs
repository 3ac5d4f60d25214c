//! Files that appear whole or not at all, whenever the process ends.

use std::io::Write;
use std::path::Path;

/// Writes a file beside its place and moves it there. The same content again changes nothing.
pub(super) fn write_whole(path: &Path, content: &[u8]) -> std::io::Result<()> {
    let dir = path.parent().unwrap_or(Path::new("."));
    std::fs::create_dir_all(dir)?;
    let mut file = tempfile::NamedTempFile::new_in(dir)?;
    file.write_all(content)?;
    file.persist(path).map_err(|e| e.error)?;
    Ok(())
}
