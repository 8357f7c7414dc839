//! Commits of this device.
//!
//! Invariants: a commit is stored as pending before its bytes are returned; it is checked against the rules
//! that every member will check.

use crate::MlsError;
use crate::authorise::{Rule, unique};
use crate::context::Mls;
use crate::error::library;
use crate::group::{Group, Pending, context_extensions};
use crate::identity::{self, Joiner};
use openmls::prelude::{CommitMessageBundle, LeafNodeIndex, LeafNodeParameters, OpenMlsProvider};
use parlor_crypto::sign::PublicKey;
use parlor_wire::QueueId;
use parlor_wire::content::GroupState;

/// From this many additions on, a commit that only adds goes without a path: it would be encrypted to each of
/// the new leaves. Whoever commits next heals the tree.
const ADDS_WITHOUT_PATH: usize = 8;

/// What a commit does.
#[derive(Default)]
pub struct Change {
    /// Key packages of devices to add (encoded MLSMessages), at most 128.
    pub add: Vec<Vec<u8>>,
    /// Indexes of members to remove.
    pub remove: Vec<u32>,
    /// The new shared state.
    pub state: Option<GroupState>,
    /// Renews the own leaf, also when nothing else needs it.
    pub refresh: bool,
    /// A new queue for the own leaf; renews it.
    pub queue: Option<QueueId>,
}

/// A commit to hand to the relay.
#[derive(Clone)]
pub struct Outgoing {
    /// The commit, an encoded MLSMessage.
    pub commit: Vec<u8>,
    /// For the devices added, an encoded MLSMessage.
    pub welcome: Option<Vec<u8>>,
    /// Group info of the new epoch with the tree, an encoded MLSMessage: what a rejoin needs. Not encrypted.
    pub group_info: Vec<u8>,
    /// Public send key of the new epoch.
    pub send_key: PublicKey,
    /// Tag of the new epoch.
    pub epoch_tag: [u8; 32],
    /// The epoch the commit was made in.
    pub base_epoch: u64,
}

impl Group {
    /// Makes a commit and stores it as pending.
    pub fn commit(&mut self, mls: &mut Mls<'_>, change: Change) -> Result<Outgoing, MlsError> {
        self.usable(mls)?;
        if self.has_pending() {
            return Err(MlsError::CommitPending);
        }
        let base_epoch = self.epoch();
        let suite = self.inner.ciphersuite();
        let (packages, joiners): (Vec<_>, Vec<_>) = change
            .add
            .iter()
            .map(|bytes| mls.verified_key_package(bytes, suite))
            .collect::<Result<Vec<_>, _>>()?
            .into_iter()
            .unzip();
        self.check(&change, &joiners)?;

        let adds_only = change.remove.is_empty() && change.state.is_none();
        let path = change.refresh
            || change.queue.is_some()
            || !adds_only
            || packages.len() < ADDS_WITHOUT_PATH;
        let extensions = change.state.as_ref().map(context_extensions).transpose()?;
        let leaf = if path { self.leaf_changes(mls, change.queue)? } else { None };

        let mut builder = self
            .inner
            .commit_builder()
            .consume_proposal_store(false)
            .force_self_update(path)
            .propose_adds(packages)
            .propose_removals(change.remove.iter().map(|index| LeafNodeIndex::new(*index)));
        if let Some(extensions) = extensions {
            builder = builder
                .propose_group_context_extensions(extensions)
                .map_err(library("changing the group state"))?;
        }
        if let Some(leaf) = leaf {
            builder = builder.leaf_node_parameters(leaf);
        }
        let provider = &mls.provider;
        let bundle = builder
            .load_psks(provider.storage())
            .map_err(library("making a commit"))?
            .create_group_info(true)
            .use_ratchet_tree_extension(true)
            .build(provider.rand(), provider.crypto(), mls.identity, |_| true)
            .map_err(library("making a commit"))?
            .stage_commit(provider)
            .map_err(library("staging a commit"))?;
        self.outgoing(mls, bundle, base_epoch, false)
    }

    /// Notes the commit as pending and puts together what the relay needs.
    pub(crate) fn outgoing(
        &mut self,
        mls: &Mls<'_>,
        bundle: CommitMessageBundle,
        base_epoch: u64,
        rejoin: bool,
    ) -> Result<Outgoing, MlsError> {
        let (commit, welcome, group_info) = bundle.into_messages();
        let encoding = || library("encoding a commit");
        let commit = commit.to_bytes().map_err(encoding())?;
        let welcome = welcome.map(|welcome| welcome.to_bytes().map_err(encoding())).transpose()?;
        let group_info =
            group_info.ok_or(MlsError::NothingPending)?.to_bytes().map_err(encoding())?;
        self.set_pending(mls, Pending { hash: parlor_wire::hash(&commit).0, rejoin })?;
        Ok(Outgoing {
            commit,
            welcome,
            group_info,
            send_key: self.next_send_key()?.public(),
            epoch_tag: self.next_epoch_tag()?,
            base_epoch,
        })
    }

    /// What changes in the own leaf besides its keys; the library keeps the rest.
    fn leaf_changes(
        &self,
        mls: &Mls<'_>,
        queue: Option<QueueId>,
    ) -> Result<Option<LeafNodeParameters>, MlsError> {
        let me = self.me()?;
        let claim = mls.identity.claim();
        if !claim.same_device(&me.leaf) {
            return Err(MlsError::Change(Rule::IdentityChanged));
        }
        let mut parameters = LeafNodeParameters::builder();
        if let Some(queue) = queue {
            let extensions = identity::leaf_extensions(queue).ok_or(MlsError::ForeignGroup)?;
            parameters = parameters.with_extensions(extensions);
        }
        if claim.log_seq > me.leaf.log_seq {
            parameters = parameters.with_credential_with_key(mls.identity.credential());
        }
        let changed = queue.is_some() || claim.log_seq > me.leaf.log_seq;
        Ok(changed.then(|| parameters.build()))
    }

    fn check(&self, change: &Change, joiners: &[Joiner]) -> Result<(), MlsError> {
        let mut leaves: Vec<Joiner> = Vec::new();
        for member in self.members()? {
            if change.remove.contains(&member.index) {
                continue;
            }
            let mine = member.index == self.own_index();
            let queue = change.queue.filter(|_| mine).unwrap_or(member.queue);
            leaves.push(Joiner { leaf: member.leaf, queue });
        }
        leaves.extend_from_slice(joiners);
        unique(leaves.iter()).map_err(MlsError::Change)
    }
}
