//! Where the workspace lies and which files belong to it.

use std::path::{Path, PathBuf};
use std::process::Command;

/// The checkout that this program was built in.
pub struct Workspace {
    /// The folder of the root `Cargo.toml`.
    pub root: PathBuf,
    /// Cargo's target folder.
    pub target: PathBuf,
}

impl Workspace {
    /// Finds root and target folder. Cargo is asked for the latter, as configuration can move it.
    pub fn find() -> Result<Self, String> {
        let here = Path::new(env!("CARGO_MANIFEST_DIR"));
        let root = here.parent().ok_or("the xtask folder has no parent")?.to_path_buf();
        let output = crate::run::command("cargo")
            .args(["metadata", "--no-deps", "--format-version", "1", "--offline"])
            .current_dir(&root)
            .output()
            .map_err(|e| format!("cargo metadata: {e}"))?;
        let target = serde_json::from_slice::<serde_json::Value>(&output.stdout)
            .ok()
            .and_then(|meta| meta["target_directory"].as_str().map(PathBuf::from))
            .unwrap_or_else(|| root.join("target"));
        Ok(Self { root, target })
    }

    /// Paths, relative to the root and with `/`, of every file that is committed or would be.
    pub fn files(&self) -> Result<Vec<String>, String> {
        let listed = Command::new("git")
            .args(["ls-files", "-z", "--cached", "--others", "--exclude-standard"])
            .current_dir(&self.root)
            .output();
        let mut files = match listed {
            Ok(output) if output.status.success() => String::from_utf8_lossy(&output.stdout)
                .split('\0')
                .filter(|path| !path.is_empty() && self.root.join(path).is_file())
                .map(str::to_owned)
                .collect(),
            // An unpacked archive has no git: then everything there is belongs to it.
            _ => {
                let mut found = Vec::new();
                walk(&self.root, "", &mut found).map_err(|e| format!("reading the folders: {e}"))?;
                found
            }
        };
        files.sort();
        files.dedup();
        Ok(files)
    }
}

fn walk(root: &Path, under: &str, found: &mut Vec<String>) -> std::io::Result<()> {
    for entry in std::fs::read_dir(root.join(under))? {
        let entry = entry?;
        let name = entry.file_name().to_string_lossy().into_owned();
        let path = if under.is_empty() { name.clone() } else { format!("{under}/{name}") };
        if entry.file_type()?.is_dir() {
            if name != ".git" && name != "target" {
                walk(root, &path, found)?;
            }
        } else {
            found.push(path);
        }
    }
    Ok(())
}
