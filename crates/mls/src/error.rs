//! What can go wrong that is not an outcome.

use crate::codec::CodecError;
use crate::kv::KvError;
use crate::storage::StorageError;
use thiserror::Error;

/// An operation could not be done. The transaction must be rolled back and a [`Group`](crate::Group) kept in
/// memory dropped: it may be ahead of what is stored.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum MlsError {
    /// The database failed; trying again may help.
    #[error(transparent)]
    Kv(#[from] KvError),
    /// Stored state cannot be coded; a bug or a damaged database.
    #[error(transparent)]
    Codec(#[from] CodecError),
    /// A commit of ours waits for the relay: merge or clear it first.
    #[error("a commit is pending")]
    CommitPending,
    /// There is no commit of ours that waits.
    #[error("no commit is pending")]
    NothingPending,
    /// Our rejoin waits for the relay; the group cannot be used before.
    #[error("a rejoin is pending")]
    RejoinPending,
    /// We are no longer a member of this group.
    #[error("no longer a member of the group")]
    Removed,
    /// A key package is not valid, of another suite, or not one of ours; give up on it.
    #[error("the key package cannot be used")]
    KeyPackage,
    /// The change asked for would break a rule that every member checks; our bug.
    #[error("the change is against the rules: {0}")]
    Change(crate::authorise::Rule),
    /// A leaf or the group state of a stored group is not one of ours.
    #[error("the group is not one of ours")]
    ForeignGroup,
    /// A commit that was authorised in another epoch or group cannot be merged.
    #[error("the commit was authorised for another state of the group")]
    OutOfDate,
    /// The library refused; `doing` names the step, `why` is its sentence and holds no content.
    #[error("{doing}: {why}")]
    Library {
        /// The step.
        doing: &'static str,
        /// The library's own words.
        why: Box<str>,
    },
}

impl From<StorageError> for MlsError {
    fn from(error: StorageError) -> Self {
        match error {
            StorageError::Kv(error) => Self::Kv(error),
            StorageError::Codec(error) => Self::Codec(error),
        }
    }
}

/// Turns an error of the library into ours.
pub(crate) fn library<E: std::fmt::Display>(doing: &'static str) -> impl FnOnce(E) -> MlsError {
    move |error| MlsError::Library { doing, why: error.to_string().into() }
}
