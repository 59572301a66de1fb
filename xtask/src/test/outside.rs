//! Other people's programs against ours: a demo site is started, and each script of
//! `xtask/outside` aims one of them at it.

use super::count::{self, Count};
use super::{Context, Outcome};
use crate::run::{self, Background};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

/// What the demo must have said by then: its address and a key.
const PATIENCE: Duration = Duration::from_secs(300);
/// The longest that one script may take.
const LIMIT: Duration = Duration::from_secs(15 * 60);

/// Builds the binary, starts the demo, runs the scripts one after the other.
pub fn run(context: &Context<'_>) -> Result<Outcome, String> {
    let python = match &context.tools.python {
        Ok(python) => python,
        Err(why) => return Ok(Outcome::skipped(why)),
    };
    let build =
        run::stream(super::suites::cargo(context, &["build", "-p", "lianxin", "--locked"]), LIMIT * 2)?;
    if !build.ok() {
        return Ok(Outcome::of(&build, "cargo build"));
    }
    let binary = context.workspace.target.join("debug/lianxin");
    let folder = Folder::new(context.workspace.target.join(format!("tmp/outside-{}", std::process::id())))?;
    let site = folder.0.join("site");
    let mut demo = run::guarded(&binary, "TERM", None);
    demo.args(["demo", "--listen", "127.0.0.1:0", "--requests", "300", "--seed", "7", "--dir"]).arg(&site);
    let mut demo = Background::start(demo, true)?;
    let (base, key) = greeting(&mut demo)?;

    let mut outcome = Outcome::default();
    for script in scripts(&context.workspace.root.join("xtask/outside"))? {
        let name = script.file_stem().unwrap_or_default().to_string_lossy().into_owned();
        println!("-- {name}");
        let mut command = run::command(python);
        command
            .arg(&script)
            // The clients may leave notes where they stand, and must not meet a proxy on the way.
            .current_dir(&folder.0)
            .env("BASE", &base)
            .env("API_KEY", &key)
            .env("LIANXIN", &binary)
            .env("SITE", &site)
            .env("NO_PROXY", "127.0.0.1")
            .env("no_proxy", "127.0.0.1")
            .env("PYTHONUNBUFFERED", "1")
            .env("PYTHONDONTWRITEBYTECODE", "1")
            .env("PYTHONUTF8", "1");
        match &context.tools.provider {
            Ok(file) => command.env("OIDC_PROVIDER", file),
            Err(why) => command.env("OIDC_PROVIDER_MISSING", why),
        };
        let ran = run::stream(command, LIMIT)?;
        match count::script(&ran.lines) {
            Some(count) => {
                outcome.count += count;
                let told =
                    ran.lines.iter().filter(|line| line.starts_with("FAIL ") || line.starts_with("skip "));
                outcome.notes.extend(told.map(|line| format!("{name}: {line}")));
            }
            None => {
                outcome.count += Count::FAILED;
                outcome.notes.push(format!("failed: {name} {} without counts", ran.ending()));
            }
        }
        if !demo.alive() {
            outcome.count += Count::FAILED;
            outcome.notes.push(format!("failed: the site ended while {name} was at work"));
            break;
        }
    }
    demo.stop("TERM");
    Ok(outcome)
}

/// Waits until the demo has told its address and the key for Open311.
fn greeting(demo: &mut Background) -> Result<(String, String), String> {
    let deadline = Instant::now() + PATIENCE;
    loop {
        let alive = demo.alive();
        let lines = demo.lines();
        let base = lines.iter().find_map(|line| address(line));
        let key = lines.iter().find_map(|line| key(line));
        match (base, key) {
            (Some(base), Some(key)) => return Ok((base, key)),
            (None, _) if !alive => return Err("the demo ended before it told its address".to_owned()),
            (base, _) if Instant::now() > deadline || !alive => {
                let what = if base.is_none() { "http://127.0.0.1:PORT" } else { "Open311 key: KEY" };
                return Err(format!("the demo printed no line with {what}"));
            }
            _ => std::thread::sleep(Duration::from_millis(50)),
        }
    }
}

fn address(line: &str) -> Option<String> {
    const HEAD: &str = "http://127.0.0.1:";
    let rest = &line[line.find(HEAD)? + HEAD.len()..];
    let port: String = rest.chars().take_while(char::is_ascii_digit).collect();
    (!port.is_empty()).then(|| format!("{HEAD}{port}"))
}

fn key(line: &str) -> Option<String> {
    const HEAD: &str = "open311 key:";
    let at = line.to_ascii_lowercase().find(HEAD)? + HEAD.len();
    line[at..].split_whitespace().next().map(str::to_owned)
}

/// The scripts, but for those that others import (their names begin with `_`).
fn scripts(folder: &Path) -> Result<Vec<PathBuf>, String> {
    let entries = std::fs::read_dir(folder).map_err(|e| format!("{}: {e}", folder.display()))?;
    let mut found: Vec<PathBuf> = entries
        .flatten()
        .map(|entry| entry.path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "py"))
        .filter(|path| !path.file_name().is_some_and(|name| name.to_string_lossy().starts_with('_')))
        .collect();
    found.sort();
    Ok(found)
}

/// A folder that goes when this value goes.
struct Folder(PathBuf);

impl Folder {
    fn new(path: PathBuf) -> Result<Self, String> {
        let _ = std::fs::remove_dir_all(&path);
        std::fs::create_dir_all(&path).map_err(|e| format!("{}: {e}", path.display()))?;
        Ok(Self(path))
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_greeting_is_read() {
        assert_eq!(
            address("  Open http://127.0.0.1:40123/ in a browser").as_deref(),
            Some("http://127.0.0.1:40123")
        );
        assert_eq!(address("listening on 127.0.0.1:40123"), None);
        assert_eq!(key("  Open311 key: abc-1 (for trying out)").as_deref(), Some("abc-1"));
        assert_eq!(key("Open311 key:"), None);
    }

    #[test]
    fn every_script_is_run_and_helpers_are_not() {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("outside");
        let found = scripts(&folder).unwrap();
        assert!(found.iter().any(|path| path.ends_with("open311_read.py")));
        assert!(!found.iter().any(|path| path.ends_with("_checks.py")));
    }
}
