//! PostgreSQL (being written).
use crate::{Config, Migration, queue::Queue};
use kernel::{Error, Result, Timestamp};
use std::sync::{Arc, atomic::AtomicU64};

pub(crate) struct Worker;
impl Worker {
    pub(crate) fn run(&mut self) {}
}
pub(crate) fn start(_: &Config, _: &Arc<Queue>, _: &Arc<Queue>, _: &Arc<AtomicU64>) -> Result<Vec<Worker>> {
    Err(Error::internal("PostgreSQL comes next"))
}
pub(crate) fn migrate(_: &Config, _: &[Migration], _: Timestamp) -> Result<usize> {
    Err(Error::internal("PostgreSQL comes next"))
}
pub(crate) fn drop_schema(_: &Config) -> Result<()> {
    Ok(())
}
