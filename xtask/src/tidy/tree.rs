//! The text files of the project, read once for all rules.
//!
//! Absent on purpose: what tools make (`target`, caches, data of a local server) and binary files.

use anyhow::{Context, Result};
use std::path::Path;

/// A text file.
#[derive(Debug)]
pub struct File {
    /// Relative to the root, with `/` between the parts.
    pub path: String,
    pub text: String,
}

#[cfg(test)]
impl File {
    pub fn new(path: &str, text: &str) -> Self {
        Self { path: path.into(), text: text.into() }
    }
}

const SKIPPED: [&str; 6] =
    [".git", "target", "node_modules", ".parlor-data", "__pycache__", ".venv"];

/// All text files below the root, in the order of their paths.
pub fn text_files(root: &Path) -> Result<Vec<File>> {
    let mut files = Vec::new();
    walk(root, "", &mut files)?;
    files.sort_by(|a, b| a.path.cmp(&b.path));
    Ok(files)
}

fn walk(dir: &Path, prefix: &str, files: &mut Vec<File>) -> Result<()> {
    for entry in
        std::fs::read_dir(dir).with_context(|| format!("{} cannot be read", dir.display()))?
    {
        let entry = entry?;
        let name = entry.file_name().to_string_lossy().into_owned();
        let kind = entry.file_type()?;
        // In a work tree `.git` is a file.
        if SKIPPED.contains(&name.as_str()) {
            continue;
        }
        if kind.is_dir() {
            walk(&entry.path(), &format!("{prefix}{name}/"), files)?;
        } else if kind.is_file() {
            let bytes = std::fs::read(entry.path())
                .with_context(|| format!("{prefix}{name} cannot be read"))?;
            if let Ok(text) = String::from_utf8(bytes)
                && !text.contains('\0')
            {
                files.push(File { path: format!("{prefix}{name}"), text });
            }
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn this_project_is_read_without_what_tools_made() {
        let files = text_files(&crate::shell::root()).unwrap();
        assert!(files.iter().any(|file| file.path == "xtask/src/tidy/tree.rs"));
        assert!(
            !files
                .iter()
                .any(|file| file.path.starts_with("target/") || file.path.starts_with(".git/"))
        );
    }
}
