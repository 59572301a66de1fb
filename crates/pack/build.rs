//! Puts the packs of the repository into the program: no place is named in code, a new directory under
//! `packs/` is a new built-in pack.

use std::fmt::Write;
use std::path::{Path, PathBuf};
use std::{env, fs};

fn main() {
    let root = Path::new(&env::var("CARGO_MANIFEST_DIR").expect("cargo sets it")).join("../../packs");
    println!("cargo:rerun-if-changed={}", root.display());
    let mut out = String::from(
        "/// Every built-in pack: its name and its files.\npub const BUILTIN: &[(&str, &[File])] = &[\n",
    );
    for dir in sorted(&root, |p| p.is_dir()) {
        println!("cargo:rerun-if-changed={}", dir.display());
        writeln!(out, "    ({:?}, &[", name(&dir)).expect("a string takes it");
        for file in sorted(&dir, |p| p.extension().is_some_and(|x| x == "toml")) {
            println!("cargo:rerun-if-changed={}", file.display());
            let path = file.canonicalize().expect("a file that was just listed");
            writeln!(out, "        ({:?}, include_str!({path:?})),", name(&file)).expect("a string takes it");
        }
        out.push_str("    ]),\n");
    }
    out.push_str("];\n");
    let to = Path::new(&env::var("OUT_DIR").expect("cargo sets it")).join("packs.rs");
    fs::write(to, out).expect("the build directory can be written");
}

fn sorted(dir: &Path, wanted: impl Fn(&Path) -> bool) -> Vec<PathBuf> {
    let entries = fs::read_dir(dir).expect("the packs' directory can be read");
    let mut paths: Vec<PathBuf> =
        entries.map(|e| e.expect("an entry").path()).filter(|p| wanted(p)).collect();
    paths.sort();
    paths
}

fn name(path: &Path) -> String {
    path.file_name().map(|n| n.to_string_lossy().into_owned()).unwrap_or_default()
}
