//! Pictures for the README: builds the program and lets `testkit`'s photographer go through its pages.

use crate::workspace::Workspace;
use std::process::Command;

/// Takes the pictures; `false` where a step failed, which has said why.
pub fn run(workspace: &Workspace) -> Result<bool, String> {
    let program = workspace.root.join("target/release/lianxin");
    let pictures = workspace.root.join("docs/screenshots");
    let steps = [
        vec!["build", "--release", "--locked", "-p", "lianxin"],
        vec!["run", "--locked", "-p", "testkit", "--bin", "shots", "--"],
    ];
    for (n, arguments) in steps.iter().enumerate() {
        let mut cargo = Command::new("cargo");
        cargo.args(arguments).current_dir(&workspace.root);
        if n == 1 {
            cargo.arg(&program).arg(&pictures);
        }
        let status = cargo.status().map_err(|e| format!("cargo does not start: {e}"))?;
        if !status.success() {
            return Ok(false);
        }
    }
    println!("pictures: {}", pictures.display());
    Ok(true)
}
