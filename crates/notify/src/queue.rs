//! Putting a message into the outbox.

use crate::model::NewMessage;
use crate::store;
use db::Tx;
use kernel::{MessageId, Result};

/// Queues a message in the caller's transaction: it goes out if and only if the act it tells of
/// is written. Queueing the same id again changes nothing.
pub fn queue(tx: &mut dyn Tx, message: &NewMessage<'_>) -> Result<MessageId> {
    store::insert(tx, message)?;
    Ok(message.id)
}
