//! The server key: what keeps the database alone from telling which mailbox is whose, and whose packages were
//! taken.
//!
//! Invariants: the key is never stored with the data; a queue's mailbox is sealed and bound to the queue id.

use crate::recent::Recent;
use parlor_crypto::{Secret, aead};
use parlor_wire::{BlobId, DeviceId, Hash, MailboxId, QueueId, RequestId, UserId};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// Seals queue rows and remembered answers, derives ids of mailboxes and blobs.
#[derive(Clone)]
pub struct ServerKey {
    queues: Secret,
    mailboxes: Secret,
    answers: Secret,
    blobs: Secret,
    /// Queues opened lately, with what was opened: the same again costs no decryption.
    opened: Arc<Mutex<Opened>>,
}

type Opened = Recent<QueueId, (Vec<u8>, MailboxId)>;

/// Queues of which the mailbox is remembered, twice this at most: about 10 MB.
const MAX_OPENED: usize = 32_768;

impl ServerKey {
    /// Derives the parts from the secret that the server keeps in a file of its own.
    pub fn new(secret: &Secret) -> Self {
        Self {
            queues: secret.derive("parlor 2026 relay queue rows"),
            mailboxes: secret.derive("parlor 2026 relay mailbox ids"),
            answers: secret.derive("parlor 2026 relay answers"),
            blobs: secret.derive("parlor 2026 relay blob ids and tokens"),
            opened: Arc::new(Mutex::new(Recent::new(MAX_OPENED))),
        }
    }

    /// The mailbox of a device.
    pub fn mailbox(&self, user: &UserId, device: &DeviceId) -> MailboxId {
        let mut hasher = blake3::Hasher::new_keyed(self.mailboxes.expose());
        hasher.update(&user.0).update(&device.0);
        let mut id = [0; 16];
        hasher.finalize_xof().fill(&mut id);
        MailboxId(id)
    }

    /// The mailbox of a guest with this key. Its input is shorter than a device's, so that they never meet.
    pub fn guest_mailbox(&self, key: &[u8; 32]) -> MailboxId {
        let mut id = [0; 16];
        blake3::Hasher::new_keyed(self.mailboxes.expose()).update(key).finalize_xof().fill(&mut id);
        MailboxId(id)
    }

    /// The blob that a device asked for with a request; random to everybody else.
    pub fn blob(&self, user: &UserId, device: &DeviceId, request: &RequestId) -> BlobId {
        let mut hasher = blake3::Hasher::new_keyed(self.blobs.expose());
        hasher.update(&user.0).update(&device.0).update(&request.0);
        let mut id = [0; 16];
        hasher.finalize_xof().fill(&mut id);
        BlobId(id)
    }

    /// What whoever uploads a blob has to show. Its input is shorter than an id's, so that they never meet.
    pub fn blob_token(&self, blob: &BlobId) -> [u8; 32] {
        *blake3::keyed_hash(self.blobs.expose(), &blob.0).as_bytes()
    }

    /// Whether this is the token of a blob; takes the same time for all wrong ones.
    pub fn is_blob_token(&self, blob: &BlobId, token: &[u8]) -> bool {
        let right = blake3::keyed_hash(self.blobs.expose(), &blob.0);
        <[u8; 32]>::try_from(token).is_ok_and(|token| right == token)
    }

    /// Seals a mailbox for a queue's row.
    pub fn seal(
        &self,
        queue: &QueueId,
        mailbox: &MailboxId,
        rng: &mut dyn rand_core::CryptoRng,
    ) -> Vec<u8> {
        aead::seal(&self.queues, &queue.0, &mailbox.0, rng)
    }

    /// Opens what [`Self::seal`] made; `None` when it was made with another key or for another queue.
    pub fn open(&self, queue: &QueueId, sealed: &[u8]) -> Option<MailboxId> {
        if let Some((same, mailbox)) = self.opened().get(queue)
            && same == sealed
        {
            return Some(*mailbox);
        }
        let bytes = aead::open(&self.queues, &queue.0, sealed).ok()?;
        let mailbox = MailboxId::try_from(bytes.as_slice()).ok()?;
        self.opened().put(*queue, (sealed.to_vec(), mailbox), 1);
        Some(mailbox)
    }

    fn opened(&self) -> MutexGuard<'_, Opened> {
        // Each change is one call: a panic elsewhere leaves nothing half done.
        self.opened.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Seals the answer to a request. The nonce follows from both: only the same answer to the same request
    /// ever gets the same.
    pub fn seal_answer(&self, request: &Hash, answer: &[u8]) -> Vec<u8> {
        let mut hasher = blake3::Hasher::new_keyed(self.answers.expose());
        hasher.update(&request.0).update(answer);
        aead::seal(&self.answers, &request.0, answer, &mut Derived(hasher.finalize_xof()))
    }

    /// Opens what [`Self::seal_answer`] made; `None` when it was made with another key or for another request.
    pub fn open_answer(&self, request: &Hash, sealed: &[u8]) -> Option<Vec<u8>> {
        aead::open(&self.answers, &request.0, sealed).ok()
    }
}

/// Bytes that follow from a keyed hash.
struct Derived(blake3::OutputReader);

impl rand_core::RngCore for Derived {
    fn next_u32(&mut self) -> u32 {
        let mut bytes = [0; 4];
        self.0.fill(&mut bytes);
        u32::from_le_bytes(bytes)
    }

    fn next_u64(&mut self) -> u64 {
        let mut bytes = [0; 8];
        self.0.fill(&mut bytes);
        u64::from_le_bytes(bytes)
    }

    fn fill_bytes(&mut self, bytes: &mut [u8]) {
        self.0.fill(bytes);
    }
}

impl rand_core::CryptoRng for Derived {}
