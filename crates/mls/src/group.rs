//! A group as one device holds it.
//!
//! Invariants: the value holds no borrow and may be kept between transactions, but not past a rolled-back one
//! or an error; every leaf and the state were readable when the group was stored.
//!
//! | state | commit | encrypt | receive | merge_pending | clear_pending |
//! | --- | --- | --- | --- | --- | --- |
//! | idle | to own commit pending | yes | yes | error | nothing to do |
//! | own commit pending | error | yes, in the old epoch | yes | to idle, next epoch | to idle |
//! | rejoin pending | error | error | its own echo only | to idle | the group is gone |
//! | removed | error | error | nothing readable | error | nothing to do |

use crate::authorise::Authorised;
use crate::changes::StagedCommit;
use crate::context::{self, Mls};
use crate::crypto::Crypto;
use crate::error::library;
use crate::identity::{self, GROUP_STATE_EXTENSION, Member, REQUIRED};
use crate::storage::Label;
use crate::{MlsError, Suite};
use openmls::prelude::{
    CredentialType, Extension, Extensions, GroupContext, LeafNodeIndex, MlsGroup,
    MlsGroupJoinConfig, OpenMlsProvider, PURE_CIPHERTEXT_WIRE_FORMAT_POLICY,
    RequiredCapabilitiesExtension, SenderRatchetConfiguration, UnknownExtension,
};
use parlor_crypto::Secret;
use parlor_crypto::sign::SigningKey;
use parlor_wire::content::GroupState;
use parlor_wire::{GroupId, Hash, Message, QueueId};
use serde::{Deserialize, Serialize};

/// Messages of one sender may arrive this many places late.
const OUT_OF_ORDER: u32 = 20;
/// This many messages of one sender may be missing before one that can be read.
const FORWARD: u32 = 5_000;

const SEND_LABEL: &str = "parlor-send";
const EPHEMERAL_LABEL: &str = "parlor-ephemeral";
const EPOCH_LABEL: &str = "parlor-epoch";

/// A commit of ours that the relay has not confirmed.
#[derive(Clone, Serialize, Deserialize)]
pub(crate) struct Pending {
    pub(crate) hash: [u8; 32],
    /// It is an external commit: the state stored is already that of its epoch.
    pub(crate) rejoin: bool,
}

/// One group. See the module for its states.
pub struct Group {
    pub(crate) inner: MlsGroup,
    pub(crate) pending: Option<Pending>,
    /// The value in memory is ahead of what is stored by a handshake that was looked at and not merged.
    pub(crate) stale: bool,
    crypto: Crypto,
}

/// What the rules of a group are judged against.
#[derive(Debug, Clone, PartialEq)]
pub struct GroupView {
    /// Which group.
    pub id: GroupId,
    /// The epoch before the change.
    pub epoch: u64,
    /// The state before the change.
    pub state: GroupState,
    /// The members before the change, by index.
    pub members: Vec<Member>,
}

impl Group {
    pub(crate) fn wrap(inner: MlsGroup, pending: Option<Pending>) -> Self {
        Self { inner, pending, stale: false, crypto: Crypto::default() }
    }

    /// A new group of this device alone, in epoch 0. Refused by the library when the id is in use.
    pub fn create(
        mls: &mut Mls<'_>,
        id: GroupId,
        queue: QueueId,
        state: &GroupState,
    ) -> Result<Self, MlsError> {
        let suite = mls.suite.ciphersuite();
        let join = join_config();
        let inner = MlsGroup::builder()
            .with_group_id(library_id(&id))
            .ciphersuite(suite)
            .with_wire_format_policy(join.wire_format_policy())
            .max_past_epochs(0)
            .padding_size(0)
            .use_ratchet_tree_extension(true)
            .sender_ratchet_configuration(*join.sender_ratchet_configuration())
            .lifetime(context::forever())
            .with_capabilities(identity::capabilities(suite))
            .with_leaf_node_extensions(
                identity::leaf_extensions(queue).ok_or(MlsError::ForeignGroup)?,
            )
            .map_err(library("creating a group"))?
            .with_group_context_extensions(context_extensions(state)?)
            .build(&mls.provider, mls.identity, mls.identity.credential())
            .map_err(library("creating a group"))?;
        Ok(Self::wrap(inner, None))
    }

    /// A stored group; `None` when there is none.
    pub fn load(mls: &Mls<'_>, id: &GroupId) -> Result<Option<Self>, MlsError> {
        let storage = &mls.provider.storage;
        let library_id = library_id(id);
        let Some(inner) = MlsGroup::load(storage, &library_id)? else { return Ok(None) };
        Ok(Some(Self::wrap(inner, storage.read(Label::PENDING, &library_id)?)))
    }

    /// Deletes all that is stored of the group.
    pub fn delete(self, mls: &mut Mls<'_>) -> Result<(), MlsError> {
        Ok(mls.provider.storage.delete_group(self.inner.group_id())?)
    }

    /// Which group.
    pub fn id(&self) -> GroupId {
        // A group whose id is not 16 bytes long is refused when it is joined.
        GroupId::try_from(self.inner.group_id().as_slice()).unwrap_or(GroupId([0; 16]))
    }

    /// The current epoch.
    pub fn epoch(&self) -> u64 {
        self.inner.epoch().as_u64()
    }

    /// The suite, when it is one of ours.
    pub fn suite(&self) -> Option<Suite> {
        let suite = self.inner.ciphersuite();
        [Suite::XWing, Suite::Classic].into_iter().find(|known| known.ciphersuite() == suite)
    }

    /// False once a commit removed this device.
    pub fn is_active(&self) -> bool {
        self.inner.is_active()
    }

    /// The members by index.
    pub fn members(&self) -> Result<Vec<Member>, MlsError> {
        self.inner.members().map(|member| self.member(member.index.u32())).collect()
    }

    /// The member at an index.
    pub fn member(&self, index: u32) -> Result<Member, MlsError> {
        self.member_at(index).ok_or(MlsError::ForeignGroup)
    }

    pub(crate) fn member_at(&self, index: u32) -> Option<Member> {
        let node = self.inner.public_group().leaf(LeafNodeIndex::new(index))?;
        identity::member(index, node)
    }

    /// The index of this device.
    pub fn own_index(&self) -> u32 {
        self.inner.own_leaf_index().u32()
    }

    /// This device's leaf.
    pub fn me(&self) -> Result<Member, MlsError> {
        self.member(self.own_index())
    }

    /// The shared state of the group.
    pub fn state(&self) -> Result<GroupState, MlsError> {
        state_of(self.inner.extensions()).ok_or(MlsError::ForeignGroup)
    }

    /// The group as rules see it.
    pub fn view(&self) -> Result<GroupView, MlsError> {
        Ok(GroupView {
            id: self.id(),
            epoch: self.epoch(),
            state: self.state()?,
            members: self.members()?,
        })
    }

    /// The key that authorises posts of this epoch at the relay; all members have it.
    pub fn send_key(&self) -> Result<SigningKey, MlsError> {
        Ok(SigningKey::from_seed(&self.export(SEND_LABEL, b"")?))
    }

    /// The key that encrypts ephemeral posts of this epoch.
    pub fn ephemeral_key(&self) -> Result<Secret, MlsError> {
        self.export(EPHEMERAL_LABEL, b"")
    }

    /// Names the epoch: equal for all members that hold the same state.
    pub fn epoch_tag(&self) -> Result<[u8; 32], MlsError> {
        Ok(*self.export(EPOCH_LABEL, b"")?.expose())
    }

    /// A secret of this epoch (RFC 9420 section 8.5).
    pub fn export(&self, label: &str, context: &[u8]) -> Result<Secret, MlsError> {
        let secret = self
            .inner
            .export_secret(&self.crypto, label, context, 32)
            .map_err(library("exporting a secret"))?;
        secret_of(secret)
    }

    /// The same of the epoch that the pending commit makes; `NothingPending` when there is none.
    pub fn next_export(&self, label: &str, context: &[u8]) -> Result<Secret, MlsError> {
        if self.is_rejoin_pending() {
            return self.export(label, context);
        }
        let staged = self.inner.pending_commit().ok_or(MlsError::NothingPending)?;
        let secret = staged
            .export_secret(&self.crypto, label, context, 32)
            .map_err(library("exporting a secret"))?;
        secret_of(secret)
    }

    /// [`Self::send_key`] of the epoch that the pending commit makes.
    pub fn next_send_key(&self) -> Result<SigningKey, MlsError> {
        Ok(SigningKey::from_seed(&self.next_export(SEND_LABEL, b"")?))
    }

    pub(crate) fn next_epoch_tag(&self) -> Result<[u8; 32], MlsError> {
        Ok(*self.next_export(EPOCH_LABEL, b"")?.expose())
    }

    /// Encrypts one application message (an encoded MLSMessage with a PrivateMessage). Padding is the caller's.
    pub fn encrypt(&mut self, mls: &mut Mls<'_>, content: &[u8]) -> Result<Vec<u8>, MlsError> {
        self.usable(mls)?;
        let message = self
            .inner
            .create_message(&mls.provider, mls.identity, content)
            .map_err(library("encrypting"))?;
        message.to_bytes().map_err(library("encoding a message"))
    }

    /// Whether a commit or a rejoin of ours waits for the relay.
    pub fn has_pending(&self) -> bool {
        self.pending.is_some() || self.inner.pending_commit().is_some()
    }

    /// Whether what waits is a rejoin.
    pub fn is_rejoin_pending(&self) -> bool {
        self.pending.as_ref().is_some_and(|pending| pending.rejoin)
    }

    /// BLAKE3 of the commit that waits.
    pub fn pending_hash(&self) -> Option<Hash> {
        self.pending.as_ref().map(|pending| Hash(pending.hash))
    }

    /// The relay accepted our commit: moves to its epoch.
    pub fn merge_pending(&mut self, mls: &mut Mls<'_>) -> Result<(), MlsError> {
        if !self.has_pending() {
            return Err(MlsError::NothingPending);
        }
        if !self.is_rejoin_pending() {
            self.fresh(mls)?;
            self.inner
                .merge_pending_commit(&mls.provider)
                .map_err(library("merging the own commit"))?;
        }
        self.forget_pending(mls)
    }

    /// The relay refused our commit, or another won: forgets it. After a rejoin `None`: the group is gone
    /// altogether, the state before the rejoin does not come back, and another rejoin or a welcome is needed.
    pub fn clear_pending(mut self, mls: &mut Mls<'_>) -> Result<Option<Self>, MlsError> {
        if self.is_rejoin_pending() {
            self.delete(mls)?;
            return Ok(None);
        }
        self.fresh(mls)?;
        self.inner.clear_pending_commit(mls.provider.storage())?;
        self.forget_pending(mls)?;
        Ok(Some(self))
    }

    /// Applies another's commit; a commit of ours that waits is dropped with the epoch it was made in.
    pub fn merge(
        &mut self,
        mls: &mut Mls<'_>,
        commit: Authorised<StagedCommit>,
    ) -> Result<(), MlsError> {
        let StagedCommit { inner, group, base_epoch, .. } = commit.into_inner();
        if group != self.id() || base_epoch != self.epoch() {
            return Err(MlsError::OutOfDate);
        }
        self.inner
            .merge_staged_commit(&mls.provider, *inner)
            .map_err(library("merging a commit"))?;
        self.stale = false;
        self.forget_pending(mls)
    }

    pub(crate) fn set_pending(&mut self, mls: &Mls<'_>, pending: Pending) -> Result<(), MlsError> {
        mls.provider.storage.write(Label::PENDING, self.inner.group_id(), &pending)?;
        self.pending = Some(pending);
        Ok(())
    }

    fn forget_pending(&mut self, mls: &Mls<'_>) -> Result<(), MlsError> {
        mls.provider.storage.remove(Label::PENDING, self.inner.group_id())?;
        self.pending = None;
        Ok(())
    }

    /// Fails unless the group can send.
    pub(crate) fn usable(&mut self, mls: &Mls<'_>) -> Result<(), MlsError> {
        if self.is_rejoin_pending() {
            return Err(MlsError::RejoinPending);
        }
        if !self.is_active() {
            return Err(MlsError::Removed);
        }
        self.fresh(mls)
    }

    /// Makes the value in memory what is stored.
    pub(crate) fn fresh(&mut self, mls: &Mls<'_>) -> Result<(), MlsError> {
        if self.stale {
            let stored = MlsGroup::load(&mls.provider.storage, self.inner.group_id())?;
            self.inner = stored.ok_or(MlsError::OutOfDate)?;
            self.stale = false;
        }
        Ok(())
    }
}

pub(crate) fn library_id(id: &GroupId) -> openmls::prelude::GroupId {
    openmls::prelude::GroupId::from_slice(id.as_bytes())
}

/// How groups of ours behave: member handshakes are encrypted (external commits are plain by RFC 9420 and
/// accepted nevertheless), no past epochs, the tree travels in welcomes and group infos.
pub(crate) fn join_config() -> MlsGroupJoinConfig {
    MlsGroupJoinConfig::builder()
        .wire_format_policy(PURE_CIPHERTEXT_WIRE_FORMAT_POLICY)
        .max_past_epochs(0)
        .padding_size(0)
        .use_ratchet_tree_extension(true)
        .sender_ratchet_configuration(SenderRatchetConfiguration::new(OUT_OF_ORDER, FORWARD))
        .build()
}

/// The group context extensions of a group with this state.
pub(crate) fn context_extensions(state: &GroupState) -> Result<Extensions<GroupContext>, MlsError> {
    let state = UnknownExtension(state.encode_to_vec());
    Extensions::from_vec(vec![
        Extension::RequiredCapabilities(required_capabilities()),
        Extension::Unknown(GROUP_STATE_EXTENSION, state),
    ])
    .map_err(library("writing the group state"))
}

fn required_capabilities() -> RequiredCapabilitiesExtension {
    RequiredCapabilitiesExtension::new(&REQUIRED, &[], &[CredentialType::Basic])
}

/// Reads the state from group context extensions; `None` unless they are exactly those of a group of ours.
pub(crate) fn state_of(extensions: &Extensions<GroupContext>) -> Option<GroupState> {
    let state = extensions.unknown(GROUP_STATE_EXTENSION)?;
    let ours = extensions.iter().count() == 2
        && extensions.required_capabilities() == Some(&required_capabilities());
    if ours { GroupState::decode(state.0.as_slice()).ok() } else { None }
}

fn secret_of(bytes: Vec<u8>) -> Result<Secret, MlsError> {
    let bytes = zeroize::Zeroizing::new(bytes);
    Secret::try_from(bytes.as_slice()).map_err(library("exporting a secret"))
}
