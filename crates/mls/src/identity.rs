//! Who a leaf says it is, and the own device that signs.
//!
//! Invariants: a [`LeafClaim`] is well formed and its key is the leaf's signature key, but whether the user's
//! device log agrees is for a [`Judge`](crate::Judge) to say. Absent on purpose: device logs.

use openmls::prelude::{
    BasicCredential, Capabilities, Ciphersuite, CredentialType, CredentialWithKey, Extension,
    ExtensionType, Extensions, LeafNode, SignatureScheme, UnknownExtension,
};
use openmls_traits::signatures::{Signer, SignerError};
use parlor_crypto::sign::{PublicKey, SigningKey};
use parlor_wire::content::LeafIdentity;
use parlor_wire::{DeviceId, Message, QueueId, UserId};

/// Group context extension that carries the encoded group state (private-use range, RFC 9420 section 17.3).
pub const GROUP_STATE_EXTENSION: u16 = 0xF0A1;
/// Leaf node extension that carries the 16-byte queue id (private-use range).
pub const QUEUE_EXTENSION: u16 = 0xF0A2;

/// The extensions that every member has to know.
pub(crate) const REQUIRED: [ExtensionType; 2] =
    [ExtensionType::Unknown(GROUP_STATE_EXTENSION), ExtensionType::Unknown(QUEUE_EXTENSION)];

/// Format version of the credential.
const VERSION: u32 = 1;

/// The own device, able to sign as a leaf. Has no `Debug`.
pub struct DeviceIdentity {
    /// Whose device it is.
    pub user: UserId,
    /// Which device.
    pub device: DeviceId,
    /// The device log entry that added the device, or a later one.
    pub log_seq: u32,
    key: SigningKey,
}

impl DeviceIdentity {
    /// The identity of a device; `key` is the device key of its log.
    pub fn new(user: UserId, device: DeviceId, log_seq: u32, key: SigningKey) -> Self {
        Self { user, device, log_seq, key }
    }

    /// Signs with the device key; what is signed is one of `parlor_wire::statement`'s.
    pub fn sign(&self, statement: &[u8]) -> [u8; 64] {
        self.key.sign(statement)
    }

    /// What the leaves of this device say.
    pub fn claim(&self) -> LeafClaim {
        LeafClaim {
            user: self.user,
            device: self.device,
            log_seq: self.log_seq,
            key: self.key.public(),
        }
    }

    pub(crate) fn credential(&self) -> CredentialWithKey {
        let identity = LeafIdentity {
            version: VERSION,
            user_id: self.user.to_vec(),
            device_id: self.device.to_vec(),
            log_seq: self.log_seq,
        };
        CredentialWithKey {
            credential: BasicCredential::new(identity.encode_to_vec()).into(),
            signature_key: self.key.public().0.to_vec().into(),
        }
    }
}

impl Signer for DeviceIdentity {
    fn sign(&self, payload: &[u8]) -> Result<Vec<u8>, SignerError> {
        Ok(self.key.sign(payload).to_vec())
    }

    fn signature_scheme(&self) -> SignatureScheme {
        SignatureScheme::ED25519
    }
}

/// What a leaf says about itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LeafClaim {
    /// Whose device it is.
    pub user: UserId,
    /// Which device.
    pub device: DeviceId,
    /// The device log entry that added the device, or a later one.
    pub log_seq: u32,
    /// The key the leaf signs with.
    pub key: PublicKey,
}

impl LeafClaim {
    /// Whether both are leaves of the same device with the same key.
    pub fn same_device(&self, other: &LeafClaim) -> bool {
        (self.user, self.device, self.key) == (other.user, other.device, other.key)
    }
}

/// A leaf that has no place in a tree yet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Joiner {
    /// Who it says it is.
    pub leaf: LeafClaim,
    /// The queue the device chose for this group.
    pub queue: QueueId,
}

/// A leaf in a group's tree.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Member {
    /// Its place in the tree; given to somebody else after a removal.
    pub index: u32,
    /// Who it says it is.
    pub leaf: LeafClaim,
    /// The queue the device chose for this group.
    pub queue: QueueId,
}

/// Reads what a leaf says; `None` when it is not one of ours.
pub(crate) fn joiner(node: &LeafNode) -> Option<Joiner> {
    let credential = BasicCredential::try_from(node.credential().clone()).ok()?;
    let identity = LeafIdentity::decode(credential.identity()).ok()?;
    if identity.version != VERSION || identity.encode_to_vec() != credential.identity() {
        return None;
    }
    let queue = node.extensions().unknown(QUEUE_EXTENSION)?;
    Some(Joiner {
        leaf: LeafClaim {
            user: UserId::try_from(&identity.user_id).ok()?,
            device: DeviceId::try_from(&identity.device_id).ok()?,
            log_seq: identity.log_seq,
            key: PublicKey::from_slice(node.signature_key().as_slice()).ok()?,
        },
        queue: QueueId::try_from(&queue.0).ok()?,
    })
}

pub(crate) fn member(index: u32, node: &LeafNode) -> Option<Member> {
    joiner(node).map(|Joiner { leaf, queue }| Member { index, leaf, queue })
}

/// What every leaf of ours can do. The library's default list lacks the post-quantum suites.
pub(crate) fn capabilities(suite: Ciphersuite) -> Capabilities {
    Capabilities::new(
        None,
        Some(&[suite]),
        Some(&[REQUIRED[0], REQUIRED[1], ExtensionType::LastResort]),
        None,
        Some(&[CredentialType::Basic]),
    )
}

/// The leaf extensions of a device in a group.
pub(crate) fn leaf_extensions(queue: QueueId) -> Option<Extensions<LeafNode>> {
    let queue = Extension::Unknown(QUEUE_EXTENSION, UnknownExtension(queue.to_vec()));
    Extensions::single(queue).ok()
}
