//! Messages of the group as they come from the relay.
//!
//! Invariants: no bytes cause a panic; what cannot be read is an outcome; only an application message that was
//! read changes the group, a commit does so when it is merged.

use crate::MlsError;
use crate::changes::StagedCommit;
use crate::context::Mls;
use crate::group::Group;
use crate::identity::Member;
use openmls::framing::errors::MessageDecryptionError;
use openmls::group::StageCommitError;
use openmls::prelude::tls_codec::Deserialize as _;
use openmls::prelude::{
    ContentType, MlsMessageIn, ProcessMessageError, ProcessedMessageContent, ProtocolMessage,
    Sender, ValidationError,
};
use parlor_wire::GroupId;

/// What a message turned out to be.
pub enum Received {
    /// Content of a member. The group has changed: flush.
    Application {
        /// Who sent it.
        from: Member,
        /// What was encrypted.
        content: Vec<u8>,
    },
    /// A commit, to be authorised and merged; dropping it leaves the group as it was.
    Commit(Box<StagedCommit>),
    /// A commit of this device came back.
    OwnCommit {
        /// True: it is the one that waits, merge it. False: it was forgotten, and only a rejoin helps.
        pending: bool,
    },
    /// An application message of this device came back; it cannot be read.
    OwnMessage,
    /// A message that was read before.
    Duplicate,
    /// A message of another epoch.
    WrongEpoch {
        /// The epoch it says it is of.
        message: u64,
    },
    /// Cannot be read, now or later.
    Unreadable(Reason),
}

/// Why a message cannot be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reason {
    /// Not an encoded message of a group.
    Malformed,
    /// A message of another group.
    OtherGroup,
    /// A proposal by itself; they are not used.
    Proposal,
    /// Too many messages of the sender are missing before it, or it is older than the ratchet keeps.
    OutOfWindow,
    /// It does not decrypt or its signature does not hold.
    Inauthentic,
    /// A commit that no member can apply.
    InvalidCommit,
    /// This device was removed.
    Removed,
    /// A rejoin of ours waits for the relay.
    RejoinPending,
}

/// The group that a message (an encoded MLSMessage) says it is of.
pub fn group_of(message: &[u8]) -> Option<GroupId> {
    let message = MlsMessageIn::tls_deserialize_exact(message).ok()?;
    let message = message.try_into_protocol_message().ok()?;
    GroupId::try_from(message.group_id().as_slice()).ok()
}

impl Group {
    /// Reads a message as it came from the relay (an encoded MLSMessage).
    pub fn receive(&mut self, mls: &mut Mls<'_>, message: &[u8]) -> Result<Received, MlsError> {
        let hash = parlor_wire::hash(message);
        if self.pending_hash() == Some(hash) {
            return Ok(Received::OwnCommit { pending: true });
        }
        if self.is_rejoin_pending() {
            return Ok(Received::Unreadable(Reason::RejoinPending));
        }
        if !self.is_active() {
            return Ok(Received::Unreadable(Reason::Removed));
        }
        let parsed = MlsMessageIn::tls_deserialize_exact(message)
            .ok()
            .and_then(|message| message.try_into_protocol_message().ok());
        let Some(message) = parsed else { return Ok(Received::Unreadable(Reason::Malformed)) };
        if message.group_id() != self.inner.group_id() {
            return Ok(Received::Unreadable(Reason::OtherGroup));
        }
        if message.epoch() != self.inner.epoch() {
            return Ok(Received::WrongEpoch { message: message.epoch().as_u64() });
        }
        self.fresh(mls)?;
        self.process(mls, message)
    }

    fn process(
        &mut self,
        mls: &mut Mls<'_>,
        message: ProtocolMessage,
    ) -> Result<Received, MlsError> {
        let kind = message.content_type();
        let buffer = &mls.provider.storage.buffer;
        buffer.open();
        let processed = self.inner.process_message(&mls.provider, message);
        if kind == ContentType::Application && processed.is_ok() {
            buffer.keep();
        } else {
            // The library has moved the sender's ratchet for a handshake that may never be merged.
            buffer.forget();
            self.stale |= processed.is_ok();
        }
        let processed = match processed {
            Ok(processed) => processed,
            Err(error) => return outcome(error, kind),
        };
        let sender = processed.sender().clone();
        Ok(match processed.into_content() {
            ProcessedMessageContent::ApplicationMessage(message) => {
                let from = match sender {
                    Sender::Member(index) => self.member(index.u32())?,
                    _ => return Ok(Received::Unreadable(Reason::Inauthentic)),
                };
                Received::Application { from, content: message.into_bytes() }
            }
            ProcessedMessageContent::StagedCommitMessage(staged) => {
                match StagedCommit::read(self, &sender, staged) {
                    Some(staged) => Received::Commit(Box::new(staged)),
                    None => Received::Unreadable(Reason::InvalidCommit),
                }
            }
            ProcessedMessageContent::OwnPrivateMessage if kind == ContentType::Commit => {
                Received::OwnCommit { pending: false }
            }
            ProcessedMessageContent::OwnPrivateMessage => Received::OwnMessage,
            ProcessedMessageContent::OwnPendingCommit => Received::OwnCommit { pending: true },
            ProcessedMessageContent::ProposalMessage(_)
            | ProcessedMessageContent::ExternalJoinProposalMessage(_) => {
                Received::Unreadable(Reason::Proposal)
            }
        })
    }
}

/// Tells outcomes from failures.
fn outcome(
    error: ProcessMessageError<crate::storage::StorageError>,
    kind: ContentType,
) -> Result<Received, MlsError> {
    use openmls::framing::errors::SecretTreeError as Tree;
    let reason = match error {
        ProcessMessageError::StorageError(error) => return Err(error.into()),
        ProcessMessageError::ValidationError(ValidationError::UnableToDecrypt(
            MessageDecryptionError::SecretTreeError(tree),
        )) => match tree {
            Tree::SecretReuseError => return Ok(Received::Duplicate),
            Tree::TooDistantInThePast | Tree::TooDistantInTheFuture => Reason::OutOfWindow,
            _ => Reason::Inauthentic,
        },
        ProcessMessageError::InvalidCommit(StageCommitError::OwnCommitMismatch) => {
            return Ok(Received::OwnCommit { pending: false });
        }
        ProcessMessageError::InvalidCommit(_) => Reason::InvalidCommit,
        _ if kind == ContentType::Commit => Reason::InvalidCommit,
        _ => Reason::Inauthentic,
    };
    Ok(Received::Unreadable(reason))
}
