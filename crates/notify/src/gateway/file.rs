//! The gateway for trying out: messages become lines of a file that anyone on the machine's
//! account can read. They count as delivered. Of an address only the last two characters are written.

use super::{Delivery, Gateway, Outgoing};
use kernel::Zone;
use serde_json::json;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::Mutex;

/// Appends JSON lines to `DIR/outbox/YYYY-MM-DD.jsonl`.
pub struct FileGateway {
    name: String,
    dir: PathBuf,
    zone: Zone,
    writing: Mutex<()>,
}

impl FileGateway {
    /// Into `dir/outbox`, a file a day as counted in `zone`.
    pub fn new(name: impl Into<String>, dir: &Path, zone: Zone) -> Self {
        Self { name: name.into(), dir: dir.join("outbox"), zone, writing: Mutex::new(()) }
    }

    fn append(&self, m: &Outgoing) -> std::io::Result<String> {
        let name = format!("{}.jsonl", self.zone.date(m.at));
        let mut line = json!({
            "id": m.id, "at": m.at, "channel": m.channel.key(), "to": hinted(&m.to), "purpose": m.purpose,
            "template": m.template, "locale": m.locale, "subject": m.subject, "body": m.body, "about": m.about,
        })
        .to_string();
        line.push('\n');
        let _one_at_a_time = self.writing.lock().unwrap_or_else(|e| e.into_inner());
        std::fs::create_dir_all(&self.dir)?;
        let mut options = std::fs::OpenOptions::new();
        options.create(true).append(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        // Not synced: a gateway for trying out must not slow the site's disk.
        options.open(self.dir.join(&name))?.write_all(line.as_bytes())?;
        Ok(name)
    }
}

/// An address as far as a file may hold it: enough to tell two apart while trying out.
fn hinted(to: &str) -> String {
    let n = to.chars().count();
    format!("…{}", to.chars().skip(n.saturating_sub(2).max(n.div_ceil(2))).collect::<String>())
}

impl Gateway for FileGateway {
    fn name(&self) -> &str {
        &self.name
    }
    fn send(&self, message: &Outgoing) -> Delivery {
        match self.append(message) {
            Ok(file) => Delivery::Delivered(file),
            Err(e) => Delivery::Down(e.to_string()),
        }
    }
}
