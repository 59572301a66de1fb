//! Listening, and stopping well: no new connections, those under way answered, the outbox's round
//! ended, the database closed.

use super::here::Here;
use super::{Guards, Metrics, app};
use crate::jobs::Jobs;
use crate::open::Opened;
use kernel::{Error, Result};
use std::future::Future;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;
use tokio::net::TcpListener;

/// A server that listens and has not begun to answer.
pub struct Running {
    listener: TcpListener,
    address: SocketAddr,
    opened: Opened,
}

/// Binds `listen`; connections wait until [`Running::until`].
///
/// Errors: refused (`address`) where it cannot be listened on.
pub async fn run(opened: Opened, listen: &str) -> Result<Running> {
    let refused = |e: std::io::Error| {
        Error::refused(
            "address",
            format!("不能在 {listen} 上监听：{e}"),
            format!("cannot listen on {listen}: {e}"),
        )
    };
    let listener = TcpListener::bind(listen).await.map_err(refused)?;
    let address = listener.local_addr().map_err(refused)?;
    Ok(Running { listener, address, opened })
}

impl Running {
    /// The address, with the real port.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Answers until `stop` is ready, then ends what is under way and closes the database.
    ///
    /// Errors: the site's units cannot be read, delivery is set up wrongly.
    pub async fn until(self, stop: impl Future<Output = ()> + Send + 'static) -> Result<()> {
        let Opened { site, config } = self.opened;
        register::load(&site).await?;
        site.kept.get::<Here>().start(site.now());
        let jobs = Jobs::start(&site, &config)?;
        let metrics = Arc::new(Metrics::default());
        let service = app(site.clone(), &Guards::of(&config), metrics)
            .into_make_service_with_connect_info::<SocketAddr>();
        let (told, mut heard) = tokio::sync::watch::channel(false);
        let server = axum::serve(self.listener, service).with_graceful_shutdown(async move {
            stop.await;
            tracing::info!("told to stop: answering what is under way");
            told.send_replace(true);
        });
        let mut server = tokio::spawn(server.into_future());
        let patience = Duration::from_secs(config.limits.stop_seconds);
        let late = async {
            if heard.wait_for(|stopped| *stopped).await.is_ok() {
                tokio::time::sleep(patience).await;
            }
        };
        tokio::select! {
            ended = &mut server => match ended {
                Ok(Ok(())) => {}
                Ok(Err(e)) => tracing::error!(error = %e, "the server ended"),
                Err(e) => tracing::error!(error = %e, "the server broke off"),
            },
            () = late => {
                tracing::warn!("some requests were not answered in time and are cut off");
                server.abort();
            }
        }
        jobs.stop().await;
        let db = site.db.clone();
        tokio::task::spawn_blocking(move || db.close()).await.map_err(Error::internal)?;
        tracing::info!("stopped");
        Ok(())
    }
}

/// Ready when the process is told to stop: ctrl-c, or SIGTERM where there is one.
pub(crate) async fn told_to_stop() {
    let ctrl_c = async {
        if tokio::signal::ctrl_c().await.is_err() {
            // Without the signal only SIGTERM or the end of the process remains.
            std::future::pending::<()>().await;
        }
    };
    #[cfg(unix)]
    {
        use tokio::signal::unix::{SignalKind, signal};
        match signal(SignalKind::terminate()) {
            Ok(mut term) => tokio::select! { () = ctrl_c => {}, _ = term.recv() => {} },
            Err(_) => ctrl_c.await,
        }
    }
    #[cfg(not(unix))]
    ctrl_c.await;
}
