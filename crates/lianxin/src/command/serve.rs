//! `serve`: run a site until told to stop.

use super::{runtime, say};
use crate::cli::Serve;
use crate::open::{self, Opened};
use crate::outcome::Outcome;
use crate::server;
use kernel::Result;
use std::net::SocketAddr;
use tracing_subscriber::EnvFilter;

/// Opens and serves.
pub(super) fn run(args: &Serve) -> Outcome {
    log();
    let opened = open::open(&args.place)?;
    // Said now, and not when the first person needs it.
    let keys = opened.site.keyring.clone();
    opened.site.db.read_now(move |tx| keys.check(tx))?;
    let listen = args.listen.clone().unwrap_or_else(|| opened.config.listen.clone());
    serve(opened, &listen, |address| say(&format!("连心已启动 Lianxin serves http://{address}\n")))?;
    Ok(())
}

/// Serves; `ready` is told the real address once connections are taken.
pub(super) fn serve(
    opened: Opened,
    listen: &str,
    ready: impl FnOnce(SocketAddr) -> Result<()>,
) -> Result<()> {
    let runtime = runtime()?;
    runtime.block_on(async {
        let running = server::run(opened, listen).await?;
        ready(running.address())?;
        running.until(server::told_to_stop()).await
    })
}

/// Log lines go to standard error; `LIANXIN_LOG` says which.
pub(super) fn log() {
    let filter =
        EnvFilter::try_from_env("LIANXIN_LOG").unwrap_or_else(|_| EnvFilter::new("warn,lianxin=info"));
    let made =
        tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr).with_target(false);
    // A second call in one process keeps the first one's way.
    let _ = made.try_init();
}
