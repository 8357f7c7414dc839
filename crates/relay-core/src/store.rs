//! The boundary between the relay's brain and what keeps its data.

use crate::command::{Command, Outcome, StoreError};
use crate::table::Backend;

/// A store: runs commands one after the other, each atomically; what it answered `Ok` is durable and seen by
/// every later read. The outcomes are in the order of the commands.
pub trait Store: Backend {
    /// Runs commands; blocks until they are durable.
    fn execute(&self, commands: Vec<Command>, now: u64) -> Vec<Result<Outcome, StoreError>>;

    /// Runs one command.
    fn execute_one(&self, command: Command, now: u64) -> Result<Outcome, StoreError> {
        self.execute(vec![command], now).pop().unwrap_or(Err(StoreError::Unavailable))
    }
}
