//! Frames, protobufs, padding, device logs.

use crate::Target;
use anyhow::{Context, Result, ensure};
use parlor_crypto::Secret;
use parlor_crypto::sign::SigningKey;
use parlor_identity::{DeviceLog, add_device, genesis, revoke_device, rotate_recovery};
use parlor_wire::content::LogEntry;
use parlor_wire::frame::{decode_client, decode_server};
use parlor_wire::{DeviceId, Message, content, device, padding};

pub const CLIENT_FRAME: Target = Target {
    name: "client-frame",
    reads: "a frame from a client, as the relay reads it",
    seeds: || crate::prepared::with(|world| Ok(world.client_frames.clone())),
    run: |bytes| {
        if let Ok(frame) = decode_client(bytes.to_vec().into()) {
            let again = decode_client(frame.encode_to_vec().into());
            ensure!(again.as_ref() == Ok(&frame), "a frame is not what it encodes to");
        }
        Ok(())
    },
    cases: 24000,
    memory: 0,
};

pub const SERVER_FRAME: Target = Target {
    name: "server-frame",
    reads: "a frame from a relay, as a client reads it",
    seeds: || crate::prepared::with(|world| Ok(world.server_frames.clone())),
    run: |bytes| {
        if let Ok(frame) = decode_server(bytes.to_vec().into()) {
            let again = decode_server(frame.encode_to_vec().into());
            ensure!(again.as_ref() == Ok(&frame), "a frame is not what it encodes to");
        }
        Ok(())
    },
    cases: 24000,
    memory: 0,
};

type Decoder = fn(&[u8]) -> Result<()>;

/// Reads a message; what can be read is the same when it is written and read again.
fn decode<T: Message + Default + PartialEq>(bytes: &[u8]) -> Result<()> {
    if let Ok(message) = T::decode(bytes) {
        let again = T::decode(message.encode_to_vec().as_slice()).context("what it encodes to")?;
        ensure!(again == message, "a message is not what it encodes to");
    }
    Ok(())
}

/// Every message that is read by itself, out of something that was opened or stored.
const MESSAGES: [Decoder; 16] = [
    decode::<content::Content>,
    decode::<content::GroupState>,
    decode::<content::LeafIdentity>,
    decode::<content::LogEntry>,
    decode::<content::LogBody>,
    decode::<content::EphemeralBox>,
    decode::<content::EphemeralContent>,
    decode::<device::LinkFrame>,
    decode::<device::JoinRequest>,
    decode::<device::JoinRequestBody>,
    decode::<device::GrantContent>,
    decode::<device::HistoryWant>,
    decode::<device::HistoryChunk>,
    decode::<device::OwnChanges>,
    decode::<device::BackupSegment>,
    decode::<device::BackupBody>,
];

pub const PROTOBUF: Target = Target {
    name: "protobuf",
    reads: "any message of the schema by itself; the first byte says which",
    seeds: protobufs,
    run: |bytes| match bytes.split_first() {
        Some((kind, rest)) => match MESSAGES.get(usize::from(*kind) % MESSAGES.len()) {
            Some(decode) => decode(rest),
            None => Ok(()),
        },
        None => Ok(()),
    },
    cases: 32000,
    memory: 0,
};

fn protobufs() -> Result<Vec<Vec<u8>>> {
    let mut seeds = Vec::new();
    // A content and a device log are nested deep enough to be good for every other type as well.
    for seed in (crate::content::CONTENT.seeds)()?.into_iter().chain((DEVICE_LOG.seeds)()?) {
        for kind in 0..MESSAGES.len() {
            let kind = u8::try_from(kind).unwrap_or_default();
            seeds.push([&[kind], seed.get(1..).unwrap_or_default()].concat());
        }
    }
    let frames = crate::prepared::with(|world| Ok(world.client_frames.clone()))?;
    seeds.extend(frames.into_iter().filter(|frame| frame.len() < 2000));
    Ok(seeds)
}

pub const PADDING: Target = Target {
    name: "padding",
    reads: "a padded content",
    seeds: || {
        let lengths = [0, 1, 123, 124, 125, 600, 1020, 1021, 5000];
        Ok(lengths.into_iter().map(|length| padding::pad(&vec![7; length])).collect())
    },
    run: |bytes| {
        if let Ok(content) = padding::unpad(bytes) {
            ensure!(padding::pad(content) == bytes, "two paddings of one content");
        }
        Ok(())
    },
    cases: 32000,
    memory: 0,
};

pub const DEVICE_LOG: Target = Target {
    name: "device-log",
    reads: "entries of a device log, each behind its length (u16)",
    seeds: || Ok(vec![join(&honest_log()?)]),
    run: |bytes| {
        let entries = split(bytes);
        let Some((first, rest)) = entries.split_first() else { return Ok(()) };
        let Ok(mut log) = DeviceLog::found(first) else { return Ok(()) };
        for entry in rest {
            let before = (log.head_seq(), log.head_hash());
            let taken = log.append(entry).is_ok();
            ensure!(taken == (log.head_seq() == before.0 + 1), "the number of an entry");
            ensure!(taken || log.head_hash() == before.1, "a refused entry changed the log");
            ensure!(log.active().next().is_some(), "an account without a device");
        }
        Ok(())
    },
    cases: 6000,
    memory: 0,
};

/// Parts behind their lengths.
pub fn join(parts: &[Vec<u8>]) -> Vec<u8> {
    let mut bytes = Vec::new();
    for part in parts {
        let length = u16::try_from(part.len()).unwrap_or(u16::MAX);
        bytes.extend(length.to_be_bytes());
        bytes.extend(part.iter().take(usize::from(length)));
    }
    bytes
}

/// The parts that [`join`] put together; the last is what there is.
pub fn split(mut bytes: &[u8]) -> Vec<&[u8]> {
    let mut parts = Vec::new();
    while let Some((length, rest)) = bytes.split_first_chunk::<2>() {
        let length = usize::from(u16::from_be_bytes(*length)).min(rest.len());
        let (part, behind) = rest.split_at(length);
        parts.push(part);
        bytes = behind;
    }
    parts
}

/// A log with an entry of every kind.
fn honest_log() -> Result<Vec<Vec<u8>>> {
    let key = |byte| SigningKey::from_seed(&Secret::new([byte; 32]));
    let (first, second) = (DeviceId([1; 16]), DeviceId([2; 16]));
    let (_, entry) = genesis(first, &key(1), &key(9).public(), [3; 16], 1000);
    let mut entries = vec![entry.encode_to_vec()];
    let mut log = DeviceLog::found(&entries.concat())?;
    let mut add = |log: &mut DeviceLog, entry: LogEntry| -> Result<()> {
        let entry = entry.encode_to_vec();
        log.append(&entry)?;
        entries.push(entry);
        Ok(())
    };
    let entry = add_device(&log, (first, &key(1)), (second, &key(2)), vec![5; 40], 2000);
    add(&mut log, entry)?;
    let entry = rotate_recovery(&log, &key(9), &key(8).public(), 3000);
    add(&mut log, entry)?;
    let entry = revoke_device(&log, (second, &key(2)), first, 4000);
    add(&mut log, entry)?;
    Ok(entries)
}
