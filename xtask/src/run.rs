//! Running other programs: shown as they speak, remembered, bounded in time, and never left behind.

use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Mutex, OnceLock};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

/// What a program said and how it ended.
pub struct Ran {
    /// Its exit code; `None` when it was killed.
    pub code: Option<i32>,
    /// What it wrote on either stream, line by line.
    pub lines: Vec<String>,
    /// Whether it was stopped because its time was over.
    pub timed_out: bool,
}

impl Ran {
    /// Whether it ended with exit code 0.
    pub fn ok(&self) -> bool {
        self.code == Some(0)
    }

    /// How it ended, in words.
    pub fn ending(&self) -> String {
        match (self.timed_out, self.code) {
            (true, _) => "was stopped because its time was over".to_owned(),
            (_, Some(code)) => format!("ended with exit code {code}"),
            (_, None) => "was killed".to_owned(),
        }
    }
}

/// A command without the variables that `cargo run` adds for this very program: build scripts of
/// dependencies watch some of them, so handing them on would build those dependencies again.
pub fn command(program: impl AsRef<std::ffi::OsStr>) -> Command {
    let mut command = Command::new(program);
    for (name, _) in std::env::vars_os() {
        let text = name.to_string_lossy();
        let of_cargo_run = ["CARGO_PKG_", "CARGO_MANIFEST_", "CARGO_BIN_", "CARGO_CFG_", "CARGO_FEATURE_"]
            .iter()
            .any(|prefix| text.starts_with(prefix))
            || ["CARGO_PRIMARY_PACKAGE", "CARGO_CRATE_NAME", "OUT_DIR"].contains(&text.as_ref());
        if of_cargo_run {
            command.env_remove(name);
        }
    }
    command
}

/// Like [`command`], for a program that must not outlive this one: where the system can, it gets
/// `signal` the moment this program dies, however it dies. With `user` it runs as that uid and gid.
pub fn guarded(program: &Path, signal: &str, user: Option<(u32, u32)>) -> Command {
    if !can_guard() {
        let mut plain = command(program);
        #[cfg(unix)]
        if let Some((uid, gid)) = user {
            use std::os::unix::process::CommandExt;
            plain.uid(uid).gid(gid);
        }
        return plain;
    }
    let mut guard = command("setpriv");
    guard.arg(format!("--pdeathsig={signal}"));
    if let Some((uid, gid)) = user {
        guard.arg(format!("--reuid={uid}")).arg(format!("--regid={gid}")).arg("--clear-groups");
    }
    guard.arg("--").arg(program);
    guard
}

fn can_guard() -> bool {
    static CAN: OnceLock<bool> = OnceLock::new();
    *CAN.get_or_init(|| quiet(Command::new("setpriv").args(["--pdeathsig=TERM", "--", "true"])).is_some())
}

/// Runs a program silently; its standard output if it ended well.
pub fn quiet(command: &mut Command) -> Option<String> {
    let output = command.stdin(Stdio::null()).output().ok()?;
    output.status.success().then(|| String::from_utf8_lossy(&output.stdout).trim().to_owned())
}

/// Whether a program of this name is in the path.
pub fn in_path(program: &str) -> Option<PathBuf> {
    std::env::split_paths(&std::env::var_os("PATH")?)
        .map(|folder| folder.join(program))
        .find(|candidate| candidate.is_file())
}

/// Runs a program to its end, or to the end of `limit`, showing its output as it comes.
pub fn stream(command: Command, limit: Duration) -> Result<Ran, String> {
    let mut running = Background::start(command, true)?;
    let deadline = Instant::now() + limit;
    let (status, timed_out) = loop {
        match running.child.try_wait().map_err(|e| e.to_string())? {
            Some(status) => break (Some(status), false),
            None if Instant::now() >= deadline => {
                running.stop("TERM");
                break (None, true);
            }
            None => std::thread::sleep(Duration::from_millis(20)),
        }
    };
    running.finish_reading();
    Ok(Ran { code: status.and_then(|s| s.code()), lines: running.lines(), timed_out })
}

/// A program that runs beside this one and is stopped, by its process id, when this value goes.
pub struct Background {
    child: Child,
    lines: Arc<Mutex<Vec<String>>>,
    reader: Option<JoinHandle<()>>,
}

impl Background {
    /// Starts it; with `show`, its lines are also printed.
    pub fn start(mut command: Command, show: bool) -> Result<Self, String> {
        let name = command.get_program().to_string_lossy().into_owned();
        let failed = |e: std::io::Error| format!("cannot start {name}: {e}");
        let (reader, writer) = std::io::pipe().map_err(failed)?;
        command.stdin(Stdio::null()).stdout(writer.try_clone().map_err(failed)?).stderr(writer);
        let child = command.spawn().map_err(failed)?;
        // The command holds the writing ends; the reader sees the end only when they are gone.
        drop(command);
        let lines = Arc::new(Mutex::new(Vec::new()));
        let kept = Arc::clone(&lines);
        let reader = std::thread::spawn(move || {
            let mut reader = BufReader::new(reader);
            let mut raw = Vec::new();
            while reader.read_until(b'\n', &mut raw).is_ok_and(|n| n > 0) {
                let line = String::from_utf8_lossy(&raw).trim_end_matches(['\n', '\r']).to_owned();
                if show {
                    let mut out = std::io::stdout().lock();
                    let _ = writeln!(out, "{line}").and_then(|()| out.flush());
                }
                if let Ok(mut kept) = kept.lock() {
                    kept.push(line);
                }
                raw.clear();
            }
        });
        Ok(Self { child, lines, reader: Some(reader) })
    }

    /// What it has written so far.
    pub fn lines(&self) -> Vec<String> {
        self.lines.lock().map(|lines| lines.clone()).unwrap_or_default()
    }

    /// Whether it is still running.
    pub fn alive(&mut self) -> bool {
        matches!(self.child.try_wait(), Ok(None))
    }

    /// Asks it by `signal` to end, and insists after half a minute.
    pub fn stop(&mut self, signal: &str) {
        if !self.alive() {
            return;
        }
        // The standard library can only kill; the shell's own `kill` is there on every Unix.
        let _ = quiet(Command::new("sh").args(["-c", &format!("kill -{signal} {}", self.child.id())]));
        let deadline = Instant::now() + Duration::from_secs(30);
        while self.alive() {
            if Instant::now() >= deadline {
                let _ = self.child.kill();
                let _ = self.child.wait();
                break;
            }
            std::thread::sleep(Duration::from_millis(20));
        }
    }

    /// Waits for the last lines, but not for a grandchild that keeps the stream open.
    fn finish_reading(&mut self) {
        let deadline = Instant::now() + Duration::from_secs(5);
        while self.reader.as_ref().is_some_and(|reader| !reader.is_finished()) && Instant::now() < deadline {
            std::thread::sleep(Duration::from_millis(5));
        }
        if self.reader.as_ref().is_some_and(JoinHandle::is_finished) {
            let _ = self.reader.take().map(JoinHandle::join);
        }
    }
}

impl Drop for Background {
    fn drop(&mut self) {
        self.stop("TERM");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shell(script: &str) -> Command {
        let mut command = command("sh");
        command.args(["-c", script]);
        command
    }

    #[test]
    fn both_streams_are_remembered_in_order_with_the_exit_code() {
        let ran =
            stream(shell("echo one; echo two >&2; echo three; exit 3"), Duration::from_secs(20)).unwrap();
        assert_eq!(
            (ran.lines.join(" "), ran.code, ran.timed_out),
            ("one two three".to_owned(), Some(3), false)
        );
        assert_eq!(ran.ending(), "ended with exit code 3");
    }

    #[test]
    fn a_program_whose_time_is_over_is_stopped() {
        let ran = stream(shell("exec sleep 600"), Duration::from_millis(50)).unwrap();
        assert!(ran.timed_out && !ran.ok());
    }

    #[test]
    fn a_program_in_the_background_ends_with_its_owner() {
        let mut running = Background::start(shell("echo up; exec sleep 600"), false).unwrap();
        while running.lines().is_empty() && running.alive() {
            std::thread::yield_now();
        }
        assert!(running.alive());
        running.stop("TERM");
        assert!(!running.alive());
        running.finish_reading();
        assert_eq!(running.lines(), ["up"]);
    }

    #[test]
    fn what_is_not_there_is_said() {
        assert!(Background::start(command("no-such-program-here"), false).is_err());
        assert!(in_path("no-such-program-here").is_none() && in_path("sh").is_some());
    }
}
