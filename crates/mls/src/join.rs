//! Coming into a group: by welcome, or back by external commit.
//!
//! Invariants: nothing is stored unless the group is the announced one, of our suite, with our extensions, and
//! each of its leaves was accepted; a failed attempt leaves the key package and a former state as they were.

use crate::MlsError;
use crate::authorise::{Judge, Refusal, Rule, unique};
use crate::commit::Outgoing;
use crate::context::Mls;
use crate::error::library;
use crate::group::{Group, join_config, library_id};
use crate::identity::{self, Joiner, Member};
use openmls::messages::group_info::VerifiableGroupInfo;
use openmls::prelude::tls_codec::Deserialize as _;
use openmls::prelude::{
    LeafNodeParameters, MlsGroup, MlsMessageBodyIn, MlsMessageIn, OpenMlsProvider,
    ProcessedWelcome, Welcome, WelcomeError,
};
use parlor_wire::{GroupId, QueueId};
use thiserror::Error;

/// A group that was joined.
pub struct Joined {
    /// The group, stored.
    pub group: Group,
    /// Who made the welcome.
    pub inviter: Member,
}

/// Why a group was not joined. Nothing was changed.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum JoinError {
    /// Not a welcome or group info, or one that does not hold together; give up on it.
    #[error("the invitation does not hold")]
    Invalid,
    /// The welcome is for no key package we have (any more); give up on it.
    #[error("the invitation is for no key package of this device")]
    NotForUs,
    /// It leads into another group than announced; somebody misbehaves.
    #[error("the invitation leads into another group")]
    WrongGroup,
    /// We are in this group already; only a removal or [`rejoin`] replaces what we hold.
    #[error("the group is held already")]
    AlreadyHeld,
    /// A leaf or the state is not one of ours, or another suite is used.
    #[error("the group is not one of ours")]
    Foreign,
    /// The tree breaks a rule.
    #[error(transparent)]
    Rule(#[from] Rule),
    /// A leaf was refused; whether that can change is the judge's to know.
    #[error(transparent)]
    Refused(#[from] Refusal),
    /// It could not be done.
    #[error(transparent)]
    Mls(#[from] MlsError),
}

/// Joins by a welcome (an encoded MLSMessage). A state of the group from which this device was removed is
/// replaced.
pub fn join(
    mls: &mut Mls<'_>,
    welcome: &[u8],
    announced: &GroupId,
    judge: &dyn Judge,
) -> Result<Joined, JoinError> {
    let MlsMessageBodyIn::Welcome(welcome) = body(welcome)? else { return Err(JoinError::Invalid) };
    attempt(mls, |mls| join_inner(mls, welcome, announced, judge))
}

/// Comes back into a group by an external commit that replaces the own leaf, from a group info with tree (an
/// encoded MLSMessage). `queue` is the new leaf's. Whatever is stored of the group is replaced at once; the
/// result is pending until [`Group::merge_pending`], and [`Group::clear_pending`] leaves no group at all.
pub fn rejoin(
    mls: &mut Mls<'_>,
    group_info: &[u8],
    announced: &GroupId,
    queue: QueueId,
    judge: &dyn Judge,
) -> Result<(Group, Outgoing), JoinError> {
    let MlsMessageBodyIn::GroupInfo(info) = body(group_info)? else {
        return Err(JoinError::Invalid);
    };
    attempt(mls, |mls| rejoin_inner(mls, info, announced, queue, judge))
}

fn body(bytes: &[u8]) -> Result<MlsMessageBodyIn, JoinError> {
    let message = MlsMessageIn::tls_deserialize_exact(bytes).map_err(|_| JoinError::Invalid)?;
    Ok(message.extract())
}

/// Keeps what was written only on success.
fn attempt<'a, T>(
    mls: &mut Mls<'a>,
    work: impl FnOnce(&mut Mls<'a>) -> Result<T, JoinError>,
) -> Result<T, JoinError> {
    mls.provider.storage.buffer.open();
    let result = work(mls);
    match result {
        Ok(_) => mls.provider.storage.buffer.keep(),
        Err(_) => mls.provider.storage.buffer.forget(),
    }
    result
}

fn join_inner(
    mls: &mut Mls<'_>,
    welcome: Welcome,
    announced: &GroupId,
    judge: &dyn Judge,
) -> Result<Joined, JoinError> {
    if let Some(held) = Group::load(mls, announced)? {
        if held.is_active() {
            return Err(JoinError::AlreadyHeld);
        }
        held.delete(mls)?;
    }
    let provider = &mls.provider;
    let welcome =
        ProcessedWelcome::new_from_welcome(provider, &join_config(), welcome).map_err(refused)?;
    let info = welcome.unverified_group_info();
    if info.group_id() != &library_id(announced) {
        return Err(JoinError::WrongGroup);
    }
    if info.ciphersuite() != mls.suite.ciphersuite() || !welcome.psks().is_empty() {
        return Err(JoinError::Foreign);
    }
    let staged = welcome.into_staged_welcome(provider, None).map_err(refused)?;
    let inviter = staged.welcome_sender_index().u32();
    let inner = staged.into_group(provider).map_err(refused)?;
    let group = Group::wrap(inner, None);
    judge_all(mls, &group, judge)?;
    let inviter = group.member(inviter)?;
    Ok(Joined { group, inviter })
}

fn rejoin_inner(
    mls: &mut Mls<'_>,
    info: VerifiableGroupInfo,
    announced: &GroupId,
    queue: QueueId,
    judge: &dyn Judge,
) -> Result<(Group, Outgoing), JoinError> {
    let id = library_id(announced);
    if info.group_id() != &id {
        return Err(JoinError::WrongGroup);
    }
    let suite = mls.suite.ciphersuite();
    if info.ciphersuite() != suite {
        return Err(JoinError::Foreign);
    }
    let base_epoch = info.epoch().as_u64();
    mls.provider.storage.delete_group(&id).map_err(MlsError::from)?;

    let provider = &mls.provider;
    let leaf = LeafNodeParameters::builder()
        .with_capabilities(identity::capabilities(suite))
        .with_extensions(identity::leaf_extensions(queue).ok_or(MlsError::ForeignGroup)?)
        .build();
    let (inner, bundle) = MlsGroup::external_commit_builder()
        .with_config(join_config())
        .build_group(provider, info, mls.identity.credential())
        .map_err(|_| JoinError::Invalid)?
        .leaf_node_parameters(leaf)
        .load_psks(provider.storage())
        .map_err(library("rejoining"))?
        .create_group_info(true)
        .use_ratchet_tree_extension(true)
        .build(provider.rand(), provider.crypto(), mls.identity, |_| true)
        .map_err(|_| JoinError::Invalid)?
        .finalize(provider)
        .map_err(library("rejoining"))?;
    let mut group = Group::wrap(inner, None);
    judge_all(mls, &group, judge)?;
    let outgoing = group.outgoing(mls, bundle, base_epoch, true)?;
    Ok((group, outgoing))
}

/// Everything about a group we come into, before it is kept.
fn judge_all(mls: &Mls<'_>, group: &Group, judge: &dyn Judge) -> Result<(), JoinError> {
    let ours = |error| match error {
        MlsError::ForeignGroup => JoinError::Foreign,
        error => JoinError::Mls(error),
    };
    group.state().map_err(ours)?;
    let members = group.members().map_err(ours)?;
    let me = group.me().map_err(ours)?;
    if !me.leaf.same_device(&mls.identity.claim()) {
        return Err(JoinError::NotForUs);
    }
    let leaves: Vec<Joiner> =
        members.into_iter().map(|Member { leaf, queue, .. }| Joiner { leaf, queue }).collect();
    unique(leaves.iter())?;
    leaves.iter().try_for_each(|joiner| judge.leaf(&joiner.leaf))?;
    Ok(())
}

fn refused(error: WelcomeError<crate::storage::StorageError>) -> JoinError {
    match error {
        WelcomeError::StorageError(error) => JoinError::Mls(error.into()),
        WelcomeError::NoMatchingKeyPackage | WelcomeError::JoinerSecretNotFound => {
            JoinError::NotForUs
        }
        WelcomeError::GroupAlreadyExists => JoinError::WrongGroup,
        _ => JoinError::Invalid,
    }
}
