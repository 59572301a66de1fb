//! What the suites need beyond the Rust toolchain: looked for, and on Debian or Ubuntu installed.

use crate::run;
use crate::workspace::Workspace;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

/// The accessibility checker that the browser suite puts into each page.
const AXE: &str = "axe-core@4.14.1";
/// The identity provider by which the outside suite signs in.
const PROVIDER: &str = "oidc-provider@9.13.3";
/// The checker of other people's crates, in the version that is built where none is in the path.
const DENY: &str = "0.20.2";

/// The tools that were found. What is missing is `Err` with the reason, in words for the reader.
pub struct Tools {
    /// The folder with PostgreSQL's programs.
    pub postgres: Result<PathBuf, String>,
    /// Chromium and its driver.
    pub browser: Result<(PathBuf, PathBuf), String>,
    /// The accessibility checker's one file.
    pub axe: Result<PathBuf, String>,
    /// The Python of the environment that holds the outside clients.
    pub python: Result<PathBuf, String>,
    /// The identity provider's one file, to be run by Node.js.
    pub provider: Result<PathBuf, String>,
    /// cargo-deny.
    pub deny: Result<PathBuf, String>,
    /// Whether `cargo nextest` is there.
    pub nextest: bool,
}

/// One thing the suites need: how to see it, and the packages that bring it.
struct Need {
    name: &'static str,
    packages: &'static [&'static str],
    found: fn() -> bool,
}

const POSTGRES: Need =
    Need { name: "PostgreSQL", packages: &["postgresql"], found: || super::postgres::programs().is_some() };
const BROWSER: Need = Need {
    name: "Chromium with its driver",
    packages: &["chromium", "chromium-driver"],
    found: || chromium().is_some(),
};
const FONTS: Need = Need {
    name: "a Chinese font",
    packages: &["fontconfig", "fonts-noto-cjk"],
    found: || run::quiet(Command::new("fc-list").arg(":lang=zh")).is_some_and(|list| !list.is_empty()),
};
const NPM: Need = Need {
    name: "npm",
    packages: &["npm"],
    found: || run::quiet(Command::new("npm").arg("--version")).is_some(),
};
const PYTHON: Need = Need {
    name: "Python 3.10 or later with venv",
    packages: &["python3", "python3-venv"],
    found: || python().is_some(),
};

fn chromium() -> Option<(PathBuf, PathBuf)> {
    let browser =
        ["chromium", "chromium-browser", "google-chrome"].iter().find_map(|name| run::in_path(name))?;
    Some((browser, run::in_path("chromedriver")?))
}

/// A Python that can make environments: the first in the path may be one that cannot.
fn python() -> Option<PathBuf> {
    let able = "import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 10))";
    [run::in_path("python3"), Some(PathBuf::from("/usr/bin/python3"))]
        .into_iter()
        .flatten()
        .find(|python| run::quiet(Command::new(python).args(["-c", able])).is_some())
}

impl Tools {
    /// Looks for what `suites` need, and installs what is missing if it may and can.
    pub fn ready(workspace: &Workspace, suites: &[&str], install: bool) -> Self {
        let wanted = |suite: &str| suites.contains(&suite);
        let mut needs: Vec<&Need> = Vec::new();
        if wanted("tests") {
            needs.push(&POSTGRES);
        }
        if wanted("browser") {
            needs.extend([&BROWSER, &FONTS, &NPM]);
        }
        if wanted("outside") {
            needs.extend([&PYTHON, &NPM]);
        }
        provide(&needs, install);
        let missing =
            |need: &Need| format!("{} is missing (packages: {})", need.name, need.packages.join(" "));
        let not_asked = || Err("not asked for".to_owned());
        Self {
            postgres: super::postgres::programs().ok_or_else(|| missing(&POSTGRES)),
            browser: match chromium() {
                _ if wanted("browser") && !(FONTS.found)() => Err(missing(&FONTS)),
                found => found.ok_or_else(|| missing(&BROWSER)),
            },
            axe: if wanted("browser") {
                package(workspace, "axe", AXE, "axe-core/axe.min.js", install)
            } else {
                not_asked()
            },
            provider: if wanted("outside") {
                package(workspace, "oidc-provider", PROVIDER, "oidc-provider/lib/index.js", install)
            } else {
                not_asked()
            },
            python: if wanted("outside") {
                python()
                    .ok_or_else(|| missing(&PYTHON))
                    .and_then(|python| environment(workspace, &python, install))
            } else {
                not_asked()
            },
            deny: if wanted("deny") { deny(workspace, install) } else { not_asked() },
            nextest: run::quiet(run::command("cargo").args(["nextest", "--version"])).is_some(),
        }
    }
}

/// Installs the packages of the needs that are not met, where that is possible.
fn provide(needs: &[&Need], install: bool) {
    let missing: Vec<_> = needs.iter().filter(|need| !(need.found)()).collect();
    if missing.is_empty() {
        return;
    }
    let names: Vec<_> = missing.iter().map(|need| need.name).collect();
    println!("missing: {}", names.join(", "));
    if !install || !may_install() {
        let packages: Vec<_> = missing.iter().flat_map(|need| need.packages).copied().collect();
        println!("install these and run again: {}", packages.join(" "));
        return;
    }
    apt_get(&["update", "-q"]);
    // One call for each need, so that one unknown package does not keep the others away.
    for need in missing {
        let mut arguments = vec!["install", "-q", "-y", "--no-install-recommends"];
        arguments.extend(need.packages);
        apt_get(&arguments);
    }
}

/// Whether this is root on Debian or Ubuntu.
fn may_install() -> bool {
    let system = std::fs::read_to_string("/etc/os-release").unwrap_or_default();
    debian(&system)
        && run::in_path("apt-get").is_some()
        && run::quiet(Command::new("id").arg("-u")).is_some_and(|id| id == "0")
}

fn debian(os_release: &str) -> bool {
    os_release
        .lines()
        .filter_map(|line| line.strip_prefix("ID=").or_else(|| line.strip_prefix("ID_LIKE=")))
        .flat_map(|value| value.trim_matches('"').split(' '))
        .any(|id| id == "debian" || id == "ubuntu")
}

fn apt_get(arguments: &[&str]) -> bool {
    let mut command = run::command("apt-get");
    command.env("DEBIAN_FRONTEND", "noninteractive").args(arguments);
    finished(command, "apt-get")
}

/// Runs an installer, at most a quarter of an hour; says so if it fails.
fn finished(command: Command, name: &str) -> bool {
    match run::stream(command, Duration::from_secs(900)) {
        Ok(ran) if ran.ok() => true,
        Ok(ran) => {
            println!("{name} {}", ran.ending());
            false
        }
        Err(why) => {
            println!("{why}");
            false
        }
    }
}

/// Makes the Python environment of the outside clients, or finds it made from the same list.
fn environment(workspace: &Workspace, python: &Path, install: bool) -> Result<PathBuf, String> {
    let list = workspace.root.join("xtask/outside/requirements.txt");
    let wanted = std::fs::read_to_string(&list).map_err(|e| format!("{}: {e}", list.display()))?;
    let folder = workspace.target.join("outside-venv");
    let inside = folder.join("bin/python");
    let marker = folder.join("made-from.txt");
    if std::fs::read_to_string(&marker).is_ok_and(|made| made == wanted) && inside.is_file() {
        return Ok(inside);
    }
    if !install {
        return Err("the outside clients are not installed, and --no-install was given".to_owned());
    }
    let _ = std::fs::remove_dir_all(&folder);
    let mut make = run::command(python);
    make.args(["-m", "venv"]).arg(&folder);
    if !finished(make, "python -m venv") {
        return Err("the Python environment could not be made".to_owned());
    }
    let installed = twice(|| {
        let mut pip = run::command(&inside);
        pip.args(["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--requirement"])
            .arg(&list);
        finished(pip, "pip install")
    });
    if !installed {
        return Err("the outside clients could not be installed with pip".to_owned());
    }
    std::fs::write(&marker, wanted).map_err(|e| format!("{}: {e}", marker.display()))?;
    Ok(inside)
}

/// Fetches a package of npm into a folder of its own, or finds it fetched; the file that is wanted of it.
fn package(
    workspace: &Workspace,
    folder: &str,
    wanted: &str,
    file: &str,
    install: bool,
) -> Result<PathBuf, String> {
    let folder = workspace.target.join(folder);
    let file = folder.join("node_modules").join(file);
    let marker = folder.join("made-from.txt");
    if std::fs::read_to_string(&marker).is_ok_and(|made| made == wanted) && file.is_file() {
        return Ok(file);
    }
    if !install {
        return Err(format!("{wanted} is not installed, and --no-install was given"));
    }
    std::fs::create_dir_all(&folder).map_err(|e| format!("{}: {e}", folder.display()))?;
    let installed = twice(|| {
        let mut npm = run::command("npm");
        npm.args(["install", "--no-audit", "--no-fund", "--loglevel=error", "--prefix"])
            .arg(&folder)
            .arg(wanted);
        finished(npm, "npm install")
    });
    if !installed || !file.is_file() {
        return Err(format!("{wanted} could not be installed with npm"));
    }
    std::fs::write(&marker, wanted).map_err(|e| format!("{}: {e}", marker.display()))?;
    Ok(file)
}

/// Finds cargo-deny, or builds it: some minutes, once.
fn deny(workspace: &Workspace, install: bool) -> Result<PathBuf, String> {
    let folder = workspace.target.join("tools");
    let own = folder.join("bin/cargo-deny");
    if let Some(found) = run::in_path("cargo-deny").or_else(|| own.is_file().then(|| own.clone())) {
        return Ok(found);
    }
    if !install {
        return Err("cargo-deny is not installed, and --no-install was given".to_owned());
    }
    let build = folder.join("build");
    let built = twice(|| {
        let mut cargo = run::command("cargo");
        cargo.args(["install", "cargo-deny", "--version", DENY, "--locked", "--debug", "--quiet", "--root"]);
        cargo.arg(&folder).arg("--target-dir").arg(&build).env("CARGO_PROFILE_DEV_DEBUG", "0");
        finished(cargo, "cargo install cargo-deny")
    });
    let _ = std::fs::remove_dir_all(&build);
    if built { Ok(own) } else { Err("cargo-deny could not be built".to_owned()) }
}

/// A network has bad moments; a second try is cheap.
fn twice(attempt: impl Fn() -> bool) -> bool {
    attempt() || attempt()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn debian_and_its_children_are_known() {
        assert!(debian("NAME=x\nID=debian\n"));
        assert!(debian("ID=linuxmint\nID_LIKE=\"ubuntu debian\"\n"));
        assert!(!debian("ID=alpine\n") && !debian(""));
    }
}
