//! The real program as a child process: a demonstration site of its own, stopped by process id.

use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};

/// A running demonstration site; stopped when dropped.
pub struct Demo {
    child: Child,
    /// Where it listens, such as `http://127.0.0.1:40123`.
    pub base: String,
    /// The password of every account in it.
    pub password: String,
    _dir: tempfile::TempDir,
}

impl Demo {
    /// Starts `program demo` with so many requests on a free port and waits until it listens.
    pub fn start(program: &Path, requests: u32) -> Demo {
        Demo::start_with(program, requests, &[])
    }

    /// [`Demo::start`] with further arguments.
    pub fn start_with(program: &Path, requests: u32, more: &[&str]) -> Demo {
        let dir = tempfile::tempdir().expect("a directory");
        let mut child = Command::new(program)
            .args(["demo", "--listen", "127.0.0.1:0", "--seed", "7", "--requests", &requests.to_string()])
            .arg("--dir")
            .arg(dir.path().join("site"))
            .args(more)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::inherit())
            .spawn()
            .expect("the program starts");
        let mut lines = BufReader::new(child.stdout.take().expect("its output")).lines();
        let base = lines.by_ref().map_while(Result::ok).find_map(|line| {
            let at = line.find("http://127.0.0.1:")?;
            let url: String = line[at..].chars().take_while(|c| !c.is_whitespace()).collect();
            Some(url.trim_end_matches('/').to_owned())
        });
        let Some(base) = base else {
            let _ = child.kill();
            panic!("the program ended before it listened");
        };
        const SAID: &str = "password of every account: ";
        let password = lines.by_ref().map_while(Result::ok).find_map(|line| {
            let at = line.find(SAID)? + SAID.len();
            Some(line[at..].trim().to_owned())
        });
        std::thread::spawn(move || for _ in lines {});
        Demo { child, base, password: password.unwrap_or_default(), _dir: dir }
    }
}

impl Drop for Demo {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
