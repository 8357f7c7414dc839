//! The library's storage provider over the write buffer.
//!
//! Invariants: a key is a label byte followed by the encoded key of the library; everything that belongs to a
//! group lies under that group's id alone, so that a group can be deleted without being readable; label bytes
//! never change their meaning.

use crate::codec::{self, CodecError};
use crate::kv::{Buffer, KeyValue, KvError};
use openmls_traits::storage::{CURRENT_VERSION as V, StorageProvider, traits};
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use thiserror::Error;

/// Reading or writing state failed.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum StorageError {
    /// The database failed.
    #[error(transparent)]
    Kv(#[from] KvError),
    /// A value could not be coded.
    #[error(transparent)]
    Codec(#[from] CodecError),
}

/// First byte of a key.
#[derive(Clone, Copy)]
pub(crate) struct Label(u8);

impl Label {
    const CONFIG: Self = Self(1);
    const TREE: Self = Self(2);
    const INTERIM_HASH: Self = Self(3);
    const CONTEXT: Self = Self(4);
    const CONFIRMATION_TAG: Self = Self(5);
    const MESSAGE_SECRETS: Self = Self(6);
    const RESUMPTION_PSKS: Self = Self(7);
    const OWN_LEAF_INDEX: Self = Self(8);
    const EPOCH_SECRETS: Self = Self(9);
    const GROUP_STATE: Self = Self(10);
    const OWN_LEAVES: Self = Self(11);
    const PROPOSALS: Self = Self(12);
    const EPOCH_KEYS: Self = Self(13);
    /// This crate's own record of a commit that waits for the relay.
    pub(crate) const PENDING: Self = Self(14);
    const SIGNATURE_KEY: Self = Self(32);
    const ENCRYPTION_KEY: Self = Self(33);
    const KEY_PACKAGE: Self = Self(34);
    const PSK: Self = Self(35);

    /// All that is kept under a group's id.
    const OF_A_GROUP: std::ops::RangeInclusive<u8> = Self::CONFIG.0..=Self::PENDING.0;
}

/// An encoded value inside a list.
type Item = Vec<u8>;

/// Private keys of one epoch's path, as one entry of the group's list.
#[derive(Serialize, Deserialize)]
struct EpochKeys {
    epoch: Item,
    leaf: u32,
    pairs: Vec<Item>,
}

/// One device's state of the library.
pub(crate) struct Storage<'a> {
    pub(crate) buffer: Buffer<'a>,
}

impl<'a> Storage<'a> {
    pub(crate) fn new(kv: &'a dyn KeyValue) -> Self {
        Self { buffer: Buffer::new(kv) }
    }

    pub(crate) fn write<K: Serialize, T: Serialize>(
        &self,
        label: Label,
        key: &K,
        value: &T,
    ) -> Result<(), StorageError> {
        self.buffer.put(full_key(label, key)?, codec::encode(value)?);
        Ok(())
    }

    pub(crate) fn read<K: Serialize, T: DeserializeOwned>(
        &self,
        label: Label,
        key: &K,
    ) -> Result<Option<T>, StorageError> {
        let value = self.buffer.get(&full_key(label, key)?)?;
        Ok(value.map(|bytes| codec::decode(&bytes)).transpose()?)
    }

    pub(crate) fn remove<K: Serialize>(&self, label: Label, key: &K) -> Result<(), StorageError> {
        let key = full_key(label, key)?;
        if self.buffer.get(&key)?.is_some() {
            self.buffer.delete(key);
        }
        Ok(())
    }

    /// Deletes all that is kept for a group, readable or not.
    pub(crate) fn delete_group<K: Serialize>(&self, id: &K) -> Result<(), StorageError> {
        Label::OF_A_GROUP.map(Label).try_for_each(|label| self.remove(label, id))
    }

    fn list<K: Serialize, T: DeserializeOwned>(
        &self,
        label: Label,
        key: &K,
    ) -> Result<Vec<T>, StorageError> {
        Ok(self.read(label, key)?.unwrap_or_default())
    }

    /// Writes a list, or removes it when it is empty.
    fn write_list<K: Serialize, T: Serialize>(
        &self,
        label: Label,
        key: &K,
        list: &Vec<T>,
    ) -> Result<(), StorageError> {
        if list.is_empty() { self.remove(label, key) } else { self.write(label, key, list) }
    }
}

fn full_key<K: Serialize>(label: Label, key: &K) -> Result<Vec<u8>, StorageError> {
    let mut bytes = vec![label.0];
    bytes.extend_from_slice(&codec::encode(key)?);
    Ok(bytes)
}

fn item<T: Serialize>(value: &T) -> Result<Item, CodecError> {
    Ok(codec::encode(value)?.to_vec())
}

impl StorageProvider<V> for Storage<'_> {
    type Error = StorageError;

    fn write_mls_join_config<Id: traits::GroupId<V>, T: traits::MlsGroupJoinConfig<V>>(
        &self,
        id: &Id,
        value: &T,
    ) -> Result<(), StorageError> {
        self.write(Label::CONFIG, id, value)
    }
    fn mls_group_join_config<Id: traits::GroupId<V>, T: traits::MlsGroupJoinConfig<V>>(
        &self,
        id: &Id,
    ) -> Result<Option<T>, StorageError> {
        self.read(Label::CONFIG, id)
    }
    fn delete_group_config<Id: traits::GroupId<V>>(&self, id: &Id) -> Result<(), StorageError> {
        self.remove(Label::CONFIG, id)
    }

    fn write_tree<Id: traits::GroupId<V>, T: traits::TreeSync<V>>(
        &self,
        id: &Id,
        value: &T,
    ) -> Result<(), StorageError> {
        self.write(Label::TREE, id, value)
    }
    fn tree<Id: traits::GroupId<V>, T: traits::TreeSync<V>>(
        &self,
        id: &Id,
    ) -> Result<Option<T>, StorageError> {
        self.read(Label::TREE, id)
    }
    fn delete_tree<Id: traits::GroupId<V>>(&self, id: &Id) -> Result<(), StorageError> {
        self.remove(Label::TREE, id)
    }

    fn write_interim_transcript_hash<
        Id: traits::GroupId<V>,
        T: traits::InterimTranscriptHash<V>,
    >(
        &self,
        id: &Id,
        value: &T,
    ) -> Result<(), StorageError> {
        self.write(Label::INTERIM_HASH, id, value)
    }
    fn interim_transcript_hash<Id: traits::GroupId<V>, T: traits::InterimTranscriptHash<V>>(
        &self,
        id: &Id,
    ) -> Result<Option<T>, StorageError> {
        self.read(Label::INTERIM_HASH, id)
    }
    fn delete_interim_transcript_hash<Id: traits::GroupId<V>>(
        &self,
        id: &Id,
    ) -> Result<(), StorageError> {
        self.remove(Label::INTERIM_HASH, id)
    }

    fn write_context<Id: traits::GroupId<V>, T: traits::GroupContext<V>>(
        &self,
        id: &Id,
        value: &T,
    ) -> Result<(), StorageError> {
        self.write(Label::CONTEXT, id, value)
    }
    fn group_context<Id: traits::GroupId<V>, T: traits::GroupContext<V>>(
        &self,
        id: &Id,
    ) -> Result<Option<T>, StorageError> {
        self.read(Label::CONTEXT, id)
    }
    fn delete_context<Id: traits::GroupId<V>>(&self, id: &Id) -> Result<(), StorageError> {
        self.remove(Label::CONTEXT, id)
    }

    fn write_confirmation_tag<Id: traits::GroupId<V>, T: traits::ConfirmationTag<V>>(
        &self,
        id: &Id,
        value: &T,
    ) -> Result<(), StorageError> {
        self.write(Label::CONFIRMATION_TAG, id, value)
    }
    fn confirmation_tag<Id: traits::GroupId<V>, T: traits::ConfirmationTag<V>>(
        &self,
        id: &Id,
    ) -> Result<Option<T>, StorageError> {
        self.read(Label::CONFIRMATION_TAG, id)
    }
    fn delete_confirmation_tag<Id: traits::GroupId<V>>(&self, id: &Id) -> Result<(), StorageError> {
        self.remove(Label::CONFIRMATION_TAG, id)
    }

    fn write_message_secrets<Id: traits::GroupId<V>, T: traits::MessageSecrets<V>>(
        &self,
        id: &Id,
        value: &T,
    ) -> Result<(), StorageError> {
        self.write(Label::MESSAGE_SECRETS, id, value)
    }
    fn message_secrets<Id: traits::GroupId<V>, T: traits::MessageSecrets<V>>(
        &self,
        id: &Id,
    ) -> Result<Option<T>, StorageError> {
        self.read(Label::MESSAGE_SECRETS, id)
    }
    fn delete_message_secrets<Id: traits::GroupId<V>>(&self, id: &Id) -> Result<(), StorageError> {
        self.remove(Label::MESSAGE_SECRETS, id)
    }

    fn write_resumption_psk_store<Id: traits::GroupId<V>, T: traits::ResumptionPskStore<V>>(
        &self,
        id: &Id,
        value: &T,
    ) -> Result<(), StorageError> {
        self.write(Label::RESUMPTION_PSKS, id, value)
    }
    fn resumption_psk_store<Id: traits::GroupId<V>, T: traits::ResumptionPskStore<V>>(
        &self,
        id: &Id,
    ) -> Result<Option<T>, StorageError> {
        self.read(Label::RESUMPTION_PSKS, id)
    }
    fn delete_all_resumption_psk_secrets<Id: traits::GroupId<V>>(
        &self,
        id: &Id,
    ) -> Result<(), StorageError> {
        self.remove(Label::RESUMPTION_PSKS, id)
    }

    fn write_own_leaf_index<Id: traits::GroupId<V>, T: traits::LeafNodeIndex<V>>(
        &self,
        id: &Id,
        value: &T,
    ) -> Result<(), StorageError> {
        self.write(Label::OWN_LEAF_INDEX, id, value)
    }
    fn own_leaf_index<Id: traits::GroupId<V>, T: traits::LeafNodeIndex<V>>(
        &self,
        id: &Id,
    ) -> Result<Option<T>, StorageError> {
        self.read(Label::OWN_LEAF_INDEX, id)
    }
    fn delete_own_leaf_index<Id: traits::GroupId<V>>(&self, id: &Id) -> Result<(), StorageError> {
        self.remove(Label::OWN_LEAF_INDEX, id)
    }

    fn write_group_epoch_secrets<Id: traits::GroupId<V>, T: traits::GroupEpochSecrets<V>>(
        &self,
        id: &Id,
        value: &T,
    ) -> Result<(), StorageError> {
        self.write(Label::EPOCH_SECRETS, id, value)
    }
    fn group_epoch_secrets<Id: traits::GroupId<V>, T: traits::GroupEpochSecrets<V>>(
        &self,
        id: &Id,
    ) -> Result<Option<T>, StorageError> {
        self.read(Label::EPOCH_SECRETS, id)
    }
    fn delete_group_epoch_secrets<Id: traits::GroupId<V>>(
        &self,
        id: &Id,
    ) -> Result<(), StorageError> {
        self.remove(Label::EPOCH_SECRETS, id)
    }

    fn write_group_state<T: traits::GroupState<V>, Id: traits::GroupId<V>>(
        &self,
        id: &Id,
        value: &T,
    ) -> Result<(), StorageError> {
        self.write(Label::GROUP_STATE, id, value)
    }
    fn group_state<T: traits::GroupState<V>, Id: traits::GroupId<V>>(
        &self,
        id: &Id,
    ) -> Result<Option<T>, StorageError> {
        self.read(Label::GROUP_STATE, id)
    }
    fn delete_group_state<Id: traits::GroupId<V>>(&self, id: &Id) -> Result<(), StorageError> {
        self.remove(Label::GROUP_STATE, id)
    }

    fn write_signature_key_pair<
        K: traits::SignaturePublicKey<V>,
        T: traits::SignatureKeyPair<V>,
    >(
        &self,
        key: &K,
        value: &T,
    ) -> Result<(), StorageError> {
        self.write(Label::SIGNATURE_KEY, key, value)
    }
    fn signature_key_pair<K: traits::SignaturePublicKey<V>, T: traits::SignatureKeyPair<V>>(
        &self,
        key: &K,
    ) -> Result<Option<T>, StorageError> {
        self.read(Label::SIGNATURE_KEY, key)
    }
    fn delete_signature_key_pair<K: traits::SignaturePublicKey<V>>(
        &self,
        key: &K,
    ) -> Result<(), StorageError> {
        self.remove(Label::SIGNATURE_KEY, key)
    }

    fn write_encryption_key_pair<K: traits::EncryptionKey<V>, T: traits::HpkeKeyPair<V>>(
        &self,
        key: &K,
        value: &T,
    ) -> Result<(), StorageError> {
        self.write(Label::ENCRYPTION_KEY, key, value)
    }
    fn encryption_key_pair<T: traits::HpkeKeyPair<V>, K: traits::EncryptionKey<V>>(
        &self,
        key: &K,
    ) -> Result<Option<T>, StorageError> {
        self.read(Label::ENCRYPTION_KEY, key)
    }
    fn delete_encryption_key_pair<K: traits::EncryptionKey<V>>(
        &self,
        key: &K,
    ) -> Result<(), StorageError> {
        self.remove(Label::ENCRYPTION_KEY, key)
    }

    fn write_key_package<K: traits::HashReference<V>, T: traits::KeyPackage<V>>(
        &self,
        key: &K,
        value: &T,
    ) -> Result<(), StorageError> {
        self.write(Label::KEY_PACKAGE, key, value)
    }
    fn key_package<K: traits::HashReference<V>, T: traits::KeyPackage<V>>(
        &self,
        key: &K,
    ) -> Result<Option<T>, StorageError> {
        self.read(Label::KEY_PACKAGE, key)
    }
    fn delete_key_package<K: traits::HashReference<V>>(&self, key: &K) -> Result<(), StorageError> {
        self.remove(Label::KEY_PACKAGE, key)
    }

    fn write_psk<K: traits::PskId<V>, T: traits::PskBundle<V>>(
        &self,
        key: &K,
        value: &T,
    ) -> Result<(), StorageError> {
        self.write(Label::PSK, key, value)
    }
    fn psk<T: traits::PskBundle<V>, K: traits::PskId<V>>(
        &self,
        key: &K,
    ) -> Result<Option<T>, StorageError> {
        self.read(Label::PSK, key)
    }
    fn delete_psk<K: traits::PskId<V>>(&self, key: &K) -> Result<(), StorageError> {
        self.remove(Label::PSK, key)
    }

    fn append_own_leaf_node<Id: traits::GroupId<V>, T: traits::LeafNode<V>>(
        &self,
        id: &Id,
        leaf: &T,
    ) -> Result<(), StorageError> {
        let mut leaves: Vec<Item> = self.list(Label::OWN_LEAVES, id)?;
        leaves.push(item(leaf)?);
        self.write_list(Label::OWN_LEAVES, id, &leaves)
    }
    fn own_leaf_nodes<Id: traits::GroupId<V>, T: traits::LeafNode<V>>(
        &self,
        id: &Id,
    ) -> Result<Vec<T>, StorageError> {
        let leaves: Vec<Item> = self.list(Label::OWN_LEAVES, id)?;
        leaves.iter().map(|leaf| Ok(codec::decode(leaf)?)).collect()
    }
    fn delete_own_leaf_nodes<Id: traits::GroupId<V>>(&self, id: &Id) -> Result<(), StorageError> {
        self.remove(Label::OWN_LEAVES, id)
    }

    fn queue_proposal<
        Id: traits::GroupId<V>,
        R: traits::ProposalRef<V>,
        T: traits::QueuedProposal<V>,
    >(
        &self,
        id: &Id,
        reference: &R,
        proposal: &T,
    ) -> Result<(), StorageError> {
        let mut proposals: Vec<(Item, Item)> = self.list(Label::PROPOSALS, id)?;
        proposals.push((item(reference)?, item(proposal)?));
        self.write_list(Label::PROPOSALS, id, &proposals)
    }
    fn queued_proposal_refs<Id: traits::GroupId<V>, R: traits::ProposalRef<V>>(
        &self,
        id: &Id,
    ) -> Result<Vec<R>, StorageError> {
        let proposals: Vec<(Item, Item)> = self.list(Label::PROPOSALS, id)?;
        proposals.iter().map(|(reference, _)| Ok(codec::decode(reference)?)).collect()
    }
    fn queued_proposals<
        Id: traits::GroupId<V>,
        R: traits::ProposalRef<V>,
        T: traits::QueuedProposal<V>,
    >(
        &self,
        id: &Id,
    ) -> Result<Vec<(R, T)>, StorageError> {
        let proposals: Vec<(Item, Item)> = self.list(Label::PROPOSALS, id)?;
        let decoded = |(reference, proposal): &(Item, Item)| {
            Ok((codec::decode(reference)?, codec::decode(proposal)?))
        };
        proposals.iter().map(decoded).collect()
    }
    fn remove_proposal<Id: traits::GroupId<V>, R: traits::ProposalRef<V>>(
        &self,
        id: &Id,
        reference: &R,
    ) -> Result<(), StorageError> {
        let mut proposals: Vec<(Item, Item)> = self.list(Label::PROPOSALS, id)?;
        let reference = item(reference)?;
        proposals.retain(|(other, _)| *other != reference);
        self.write_list(Label::PROPOSALS, id, &proposals)
    }
    fn clear_proposal_queue<Id: traits::GroupId<V>, R: traits::ProposalRef<V>>(
        &self,
        id: &Id,
    ) -> Result<(), StorageError> {
        self.remove(Label::PROPOSALS, id)
    }

    fn write_encryption_epoch_key_pairs<
        Id: traits::GroupId<V>,
        E: traits::EpochKey<V>,
        T: traits::HpkeKeyPair<V>,
    >(
        &self,
        id: &Id,
        epoch: &E,
        leaf: u32,
        pairs: &[T],
    ) -> Result<(), StorageError> {
        let epoch = item(epoch)?;
        let mut epochs: Vec<EpochKeys> = self.list(Label::EPOCH_KEYS, id)?;
        epochs.retain(|keys| keys.epoch != epoch || keys.leaf != leaf);
        let pairs = pairs.iter().map(item).collect::<Result<_, _>>()?;
        epochs.push(EpochKeys { epoch, leaf, pairs });
        self.write_list(Label::EPOCH_KEYS, id, &epochs)
    }
    fn encryption_epoch_key_pairs<
        Id: traits::GroupId<V>,
        E: traits::EpochKey<V>,
        T: traits::HpkeKeyPair<V>,
    >(
        &self,
        id: &Id,
        epoch: &E,
        leaf: u32,
    ) -> Result<Vec<T>, StorageError> {
        let epoch = item(epoch)?;
        let epochs: Vec<EpochKeys> = self.list(Label::EPOCH_KEYS, id)?;
        let found = epochs.iter().find(|keys| keys.epoch == epoch && keys.leaf == leaf);
        found
            .into_iter()
            .flat_map(|keys| &keys.pairs)
            .map(|pair| Ok(codec::decode(pair)?))
            .collect()
    }
    fn delete_encryption_epoch_key_pairs<Id: traits::GroupId<V>, E: traits::EpochKey<V>>(
        &self,
        id: &Id,
        epoch: &E,
        leaf: u32,
    ) -> Result<(), StorageError> {
        let epoch = item(epoch)?;
        let mut epochs: Vec<EpochKeys> = self.list(Label::EPOCH_KEYS, id)?;
        epochs.retain(|keys| keys.epoch != epoch || keys.leaf != leaf);
        self.write_list(Label::EPOCH_KEYS, id, &epochs)
    }
}
