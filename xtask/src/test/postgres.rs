//! A PostgreSQL server of our own for one run of the tests: made, used, stopped, thrown away.

use crate::run::{self, Background};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

/// A running server; it is stopped and its files are removed when this value goes.
pub struct Server {
    process: Background,
    folder: PathBuf,
    /// How clients reach it.
    pub url: String,
}

/// The folder that holds both `initdb` and `postgres`, the newest version first.
pub fn programs() -> Option<PathBuf> {
    let mut folders: Vec<PathBuf> = Vec::new();
    for (parent, prefix) in
        [("/usr/lib/postgresql", ""), ("/usr", "pgsql-"), ("/opt/homebrew/opt", "postgresql@")]
    {
        let mut versions: Vec<(u32, PathBuf)> = std::fs::read_dir(parent)
            .into_iter()
            .flatten()
            .flatten()
            .filter_map(|entry| {
                let version = entry.file_name().to_str()?.strip_prefix(prefix)?.parse().ok()?;
                Some((version, entry.path().join("bin")))
            })
            .collect();
        versions.sort();
        folders.extend(versions.into_iter().rev().map(|(_, folder)| folder));
    }
    // A link in the path must be followed: the server looks for its files beside the real program.
    let linked = run::in_path("postgres").and_then(|found| found.canonicalize().ok());
    folders.extend(linked.and_then(|found| found.parent().map(Path::to_path_buf)));
    folders.into_iter().find(|folder| folder.join("initdb").is_file() && folder.join("postgres").is_file())
}

impl Server {
    /// Starts a server on a free loopback port. `target` is where its files go, unless this is
    /// root, as whom PostgreSQL refuses to run: then it runs as another user, in a folder of that
    /// user's under the system's folder for temporary files.
    pub fn start(target: &Path) -> Result<Self, String> {
        let programs = programs().ok_or("PostgreSQL is not installed")?;
        let user = other_user()?;
        let parent = if user.is_some() { std::env::temp_dir() } else { target.to_path_buf() };
        sweep(&parent);
        let folder = parent.join(format!("{PREFIX}{}", std::process::id()));
        std::fs::create_dir_all(&folder).map_err(|e| format!("{}: {e}", folder.display()))?;
        let started = Self::start_in(&programs, &folder, user);
        if started.is_err() {
            let _ = std::fs::remove_dir_all(&folder);
        }
        started
    }

    fn start_in(programs: &Path, folder: &Path, user: Option<(u32, u32)>) -> Result<Self, String> {
        #[cfg(unix)]
        if let Some((uid, gid)) = user {
            std::os::unix::fs::chown(folder, Some(uid), Some(gid)).map_err(|e| format!("chown: {e}"))?;
        }
        let data = folder.join("data");
        let mut init = run::guarded(&programs.join("initdb"), "TERM", user);
        init.args(["--username=postgres", "--auth=trust", "--encoding=UTF8", "--locale=C", "--no-sync"]);
        init.arg("--pgdata").arg(&data).current_dir(folder).stdin(std::process::Stdio::null());
        let output = init.output().map_err(|e| format!("initdb: {e}"))?;
        if !output.status.success() {
            return Err(format!("initdb failed: {}", String::from_utf8_lossy(&output.stderr).trim()));
        }
        // Between looking for a free port and listening on it somebody else may take it.
        let mut why = String::new();
        for _ in 0..3 {
            match Self::listen(programs, folder, &data, user) {
                Ok(server) => return Ok(server),
                Err(e) => why = e,
            }
        }
        Err(why)
    }

    fn listen(programs: &Path, folder: &Path, data: &Path, user: Option<(u32, u32)>) -> Result<Self, String> {
        let port = free_port()?;
        let mut command = run::guarded(&programs.join("postgres"), "INT", user);
        command.arg("-D").arg(data).current_dir(folder);
        let port_setting = format!("port={port}");
        // The data is thrown away, so nothing waits for the disk.
        for setting in [
            port_setting.as_str(),
            "listen_addresses=127.0.0.1",
            "unix_socket_directories=",
            "fsync=off",
            "synchronous_commit=off",
            "full_page_writes=off",
            "max_connections=300",
            "shared_buffers=128MB",
            "log_min_messages=fatal",
        ] {
            command.arg("-c").arg(setting);
        }
        let mut process = Background::start(command, false)?;
        let client = |program: &str| {
            let mut client = run::command(programs.join(program));
            client.args(["--host=127.0.0.1", "--username=postgres"]).arg(format!("--port={port}"));
            client
        };
        let deadline = Instant::now() + Duration::from_secs(60);
        while run::quiet(&mut client("pg_isready")).is_none() {
            if !process.alive() || Instant::now() > deadline {
                return Err(format!("PostgreSQL did not start: {}", process.lines().join(" | ")));
            }
            std::thread::sleep(Duration::from_millis(50));
        }
        if run::quiet(client("createdb").arg("lianxin")).is_none() || !process.alive() {
            return Err(format!("PostgreSQL made no database: {}", process.lines().join(" | ")));
        }
        let url = format!("postgres://postgres@127.0.0.1:{port}/lianxin");
        Ok(Self { process, folder: folder.to_path_buf(), url })
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // To PostgreSQL an interrupt means: roll back, close and go, without waiting for clients.
        self.process.stop("INT");
        let _ = std::fs::remove_dir_all(&self.folder);
    }
}

const PREFIX: &str = "lianxin-pg-test-";

fn free_port() -> Result<u16, String> {
    let listener = std::net::TcpListener::bind(("127.0.0.1", 0)).map_err(|e| format!("no free port: {e}"))?;
    listener.local_addr().map(|address| address.port()).map_err(|e| e.to_string())
}

/// The user and group to become, if this is root.
fn other_user() -> Result<Option<(u32, u32)>, String> {
    let id =
        |arguments: &[&str]| -> Option<u32> { run::quiet(run::command("id").args(arguments))?.parse().ok() };
    if id(&["-u"]) != Some(0) {
        return Ok(None);
    }
    ["postgres", "nobody"]
        .iter()
        .find_map(|name| Some((id(&["-u", name])?, id(&["-g", name])?)))
        .map(Some)
        .ok_or_else(|| "PostgreSQL does not run as root, and there is no user postgres or nobody".to_owned())
}

/// Removes what runs that were killed have left, if neither they nor their server still live.
fn sweep(parent: &Path) {
    if !Path::new("/proc/self").exists() {
        return;
    }
    let alive = |pid: &str| Path::new("/proc").join(pid.trim()).exists();
    for entry in std::fs::read_dir(parent).into_iter().flatten().flatten() {
        let name = entry.file_name();
        let Some(pid) = name.to_str().and_then(|name| name.strip_prefix(PREFIX)) else { continue };
        let server = std::fs::read_to_string(entry.path().join("data/postmaster.pid")).unwrap_or_default();
        if !alive(pid) && !server.lines().next().is_some_and(alive) {
            let _ = std::fs::remove_dir_all(entry.path());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_server_answers_and_leaves_nothing_behind() {
        if programs().is_none() {
            crate::test::skips::tell("postgres", "a_server_answers", "PostgreSQL is not installed");
            return;
        }
        let place = std::env::temp_dir().join(format!("xtask-pg-{}", std::process::id()));
        let server = Server::start(&place).unwrap();
        let address = server.url.split(['@', '/']).nth(3).unwrap().to_owned();
        let folder = server.folder.clone();
        assert!(std::net::TcpStream::connect(&address).is_ok() && folder.is_dir());
        drop(server);
        assert!(std::net::TcpStream::connect(&address).is_err() && !folder.exists());
        let _ = std::fs::remove_dir_all(place);
    }
}
