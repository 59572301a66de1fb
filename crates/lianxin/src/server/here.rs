//! What this process knows of itself.

use kernel::Timestamp;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicBool, Ordering};

/// Kept in [`access::Kept`] for the life of the process.
#[derive(Debug, Default)]
pub(crate) struct Here {
    leads: AtomicBool,
    reaches_nobody: AtomicBool,
    since: OnceLock<Timestamp>,
}

impl Here {
    /// Whether this process runs the jobs.
    pub(crate) fn leads(&self) -> bool {
        self.leads.load(Ordering::Relaxed)
    }

    /// It does so from now on, or no longer.
    pub(crate) fn lead(&self, leads: bool) {
        self.leads.store(leads, Ordering::Relaxed);
    }

    /// Whether messages go into a file only.
    pub(crate) fn reaches_nobody(&self) -> bool {
        self.reaches_nobody.load(Ordering::Relaxed)
    }

    /// No gateway is set up.
    pub(crate) fn reach_nobody(&self) {
        self.reaches_nobody.store(true, Ordering::Relaxed);
    }

    /// Since when it serves; nothing before it does.
    pub(crate) fn since(&self) -> Option<Timestamp> {
        self.since.get().copied()
    }

    /// It serves from now on.
    pub(crate) fn start(&self, at: Timestamp) {
        // The first word counts.
        let _ = self.since.set(at);
    }
}
