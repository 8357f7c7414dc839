//! The keys under which answers are remembered: hashes of what makes two requests the same.

use parlor_wire::{DeviceId, GroupId, Hash, QueueId, RequestId, UserId, hash};

fn named(kind: &[u8], parts: &[&[u8]]) -> Hash {
    hash(&[kind, &parts.concat()].concat())
}

/// A post: the same bytes in the same group.
pub fn post(group: &GroupId, payload: &Hash) -> Hash {
    named(b"post", &[&group.0, &payload.0])
}

/// A direct post: the same bytes to the same queue.
pub fn direct(queue: &QueueId, payload: &Hash) -> Hash {
    named(b"direct", &[&queue.0, &payload.0])
}

/// A bundle: the same commit in the same group.
pub fn bundle(group: &GroupId, commit: &Hash) -> Hash {
    named(b"bundle", &[&group.0, &commit.0])
}

/// Taking key packages: the same request id of the same device for the same person.
pub fn take(user: &UserId, device: &DeviceId, request: &RequestId, target: &UserId) -> Hash {
    named(b"take", &[&user.0, &device.0, &request.0, &target.0])
}

/// Uploading key packages: the same packages of the same device.
pub fn upload(user: &UserId, device: &DeviceId, content: &Hash) -> Hash {
    named(b"upload", &[&user.0, &device.0, &content.0])
}
