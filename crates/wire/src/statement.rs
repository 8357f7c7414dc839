//! The exact bytes that are signed or hashed, each with a prefix of its own so that a signature for one
//! purpose never serves another.

use crate::device::{Offer, Reveal};
use crate::id::{DeviceId, GroupId, Hash, QueueId, UserId};
use crate::relay::Bundle;
use crate::{Message, hash};

/// Proves a device to the relay on a new connection.
pub fn authenticate(nonce: &[u8], user: &UserId, device: &DeviceId) -> Vec<u8> {
    [b"parlor-auth-v1".as_slice(), nonce, &user.0, &device.0].concat()
}

/// Proves a guest's key to the relay on a new connection.
pub fn authenticate_guest(nonce: &[u8]) -> Vec<u8> {
    [b"parlor-guest-v1".as_slice(), nonce].concat()
}

/// Authorises a direct post, with the queue's post key.
pub fn direct_post(queue: &QueueId, payload: &[u8]) -> Vec<u8> {
    [b"parlor-direct-post-v1".as_slice(), &queue.0, &hash(payload).0].concat()
}

/// Deletes an account.
pub fn delete_account(nonce: &[u8], user: &UserId) -> Vec<u8> {
    [b"parlor-delete-v1".as_slice(), nonce, &user.0].concat()
}

/// Authorises a post, with the epoch's send key.
pub fn post(group: &GroupId, epoch: u64, ephemeral: bool, payload: &[u8]) -> Vec<u8> {
    [
        b"parlor-post-v1".as_slice(),
        &group.0,
        &epoch.to_be_bytes(),
        &[u8::from(ephemeral)],
        &hash(payload).0,
    ]
    .concat()
}

/// Authorises a bundle; see `BundleKind` for the key.
pub fn bundle(bundle: &Bundle) -> Vec<u8> {
    let unsigned = Bundle { signature: Vec::new(), ..bundle.clone() };
    [b"parlor-bundle-v1".as_slice(), &hash(&unsigned.encode_to_vec()).0].concat()
}

/// Asks for a group's encrypted group info, with the group's rejoin key.
pub fn group_info(group: &GroupId, nonce: &[u8]) -> Vec<u8> {
    [b"parlor-group-info-v1".as_slice(), &group.0, nonce].concat()
}

/// Refuses a commit, with the send key of the epoch before it.
pub fn nack(group: &GroupId, commit: &Hash, queue: &QueueId) -> Vec<u8> {
    [b"parlor-nack-v1".as_slice(), &group.0, &commit.0, &queue.0].concat()
}

/// Asks to be taken out of a group, with the device key; the queue is that of the device's leaf, so that it
/// does not count once the person has come in again.
pub fn leave(group: &GroupId, queue: &QueueId) -> Vec<u8> {
    [b"parlor-leave-v1".as_slice(), &group.0, &queue.0].concat()
}

/// Asks to be let into a group, with the device key; queue and key are those of its invite link.
pub fn join(queue: &QueueId, key: &Hash, body: &[u8]) -> Vec<u8> {
    [b"parlor-join-v1".as_slice(), &queue.0, &hash(&key.0).0, body].concat()
}

/// Signs an ephemeral content, with the device key.
pub fn ephemeral(group: &GroupId, epoch: u64, content: &[u8]) -> Vec<u8> {
    [b"parlor-ephemeral-v1".as_slice(), &group.0, &epoch.to_be_bytes(), &hash(content).0].concat()
}

/// Asks for an account's backup, with the backup's read key.
pub fn backup_read(locator: &[u8], nonce: &[u8]) -> Vec<u8> {
    [b"parlor-backup-read-v1".as_slice(), locator, nonce].concat()
}

/// Vouches for what devices know of a recovery code besides its key, with that key.
pub fn backup_keys(locator: &[u8], read_key: &[u8], opening_key: &[u8]) -> Vec<u8> {
    [b"parlor-backup-keys-v1".as_slice(), locator, read_key, opening_key].concat()
}

/// Signs a segment of a backup, with the device key; the body says which one it is.
pub fn backup_segment(locator: &[u8], body: &[u8]) -> Vec<u8> {
    [b"parlor-backup-segment-v1".as_slice(), locator, &hash(body).0].concat()
}

/// Hash of a device-log body.
pub fn log_hash(body: &[u8]) -> Hash {
    hash(&[b"parlor-log-v1".as_slice(), body].concat())
}

/// The person that a genesis body founds.
pub fn user_id(genesis_body: &[u8]) -> UserId {
    UserId(hash(&[b"parlor-user-v1".as_slice(), genesis_body].concat()).0)
}

/// Signs a device-log body.
pub fn log_signature(body: &[u8]) -> Vec<u8> {
    [b"parlor-log-sig-v1".as_slice(), &log_hash(body).0].concat()
}

/// Names the keys of a device that wants to be linked; part of its link.
pub fn link_keys(offer: &Offer) -> Hash {
    let parts = [offer.device_id.as_slice(), &offer.device_key, &offer.kem_key];
    hash(&[b"parlor-link-keys-v1".as_slice(), &parts.concat()].concat())
}

/// What the approving device binds itself to before it knows the other's nonce.
pub fn link_commitment(reveal: &Reveal) -> Hash {
    let parts =
        [reveal.nonce.as_slice(), &reveal.user_id, &reveal.device_id, &reveal.device_key].concat();
    hash(&[b"parlor-link-commit-v1".as_slice(), &parts].concat())
}

/// Everything that was said up to the code that both screens show.
pub fn link_transcript(offer: &Offer, reveal: &Reveal) -> Hash {
    let parts = [
        b"parlor-link-v1".as_slice(),
        &link_keys(offer).0,
        &link_commitment(reveal).0,
        &hash(offer.name.as_bytes()).0,
        &offer.nonce,
        &reveal.nonce,
    ];
    hash(&parts.concat())
}

/// Signs what a new device is given, with the approving device's key.
pub fn link_grant(transcript: &Hash, content: &[u8]) -> Vec<u8> {
    [b"parlor-link-grant-v1".as_slice(), &transcript.0, &hash(content).0].concat()
}
