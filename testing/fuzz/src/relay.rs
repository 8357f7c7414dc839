//! Frames of clients that say what they like, to the relay's brain over a store with accounts and groups.

use crate::Target;
use crate::prepared::{self, ALICE, BOB, Prepared};
use crate::wire::{join, split};
use anyhow::{Context, Result, ensure};
use parlor_crypto::Secret;
use parlor_crypto::sign::SigningKey;
use parlor_mls::Group;
use parlor_relay_core::{Ctx, MemoryStore, Relay, ServerKey, Session, Settings, dump};
use parlor_wire::content::{LogEntry, LogSignature};
use parlor_wire::frame::decode_client;
use parlor_wire::relay::{
    Authenticate, BundleKind, ClientFrame, client_frame::Request, reply, server_frame::Body,
};
use parlor_wire::{DeviceId, GroupId, Message, UserId, statement};
use rand_chacha::ChaCha20Rng;
use rand_core::SeedableRng;
use std::cell::RefCell;

pub const FRAMES: Target = Target {
    name: "relay-frames",
    reads: "frames of clients, each behind its length (u16) and a byte that says who sends it and whether it is signed rightly",
    seeds: || prepared::with(seeds),
    run,
    cases: 4800,
    memory: 16 << 20,
};

/// The bit of the first byte that asks for signatures that hold.
const SIGNED: u8 = 0x80;

/// A device that can sign.
struct Signer {
    user: UserId,
    device: DeviceId,
    key: SigningKey,
}

struct World {
    store: MemoryStore,
    server_key: ServerKey,
    now: u64,
    people: Vec<Signer>,
    send_keys: Vec<(GroupId, SigningKey)>,
}

/// A connection and the nonce of its challenge.
struct Client {
    session: Session,
    nonce: Vec<u8>,
}

thread_local! {
    static WORLD: RefCell<Option<World>> = const { RefCell::new(None) };
}

fn world(prepared: &mut Prepared) -> Result<World> {
    let (groups, mut rng) = (prepared.groups, ChaCha20Rng::seed_from_u64(17));
    let world = &mut prepared.story.world;
    let mut people = Vec::new();
    for device in [ALICE, BOB] {
        people.push(world.device(device)?.read(|tx| {
            let meta = |key: &str| tx.meta(key)?.context("an account");
            let seed = Secret::try_from(meta("device_seed")?.as_slice()).ok().context("a key")?;
            let (user, device) = (meta("user_id")?, meta("device_id")?);
            let (user, device) = (UserId::try_from(&user)?, DeviceId::try_from(&device)?);
            Ok(Signer { user, device, key: SigningKey::from_seed(&seed) })
        })?);
    }
    let send_keys = world.device(ALICE)?.library(&mut rng, false, |mls| {
        let key = |id: GroupId| -> Result<_> {
            Ok((id, Group::load(mls, &id)?.context("a group")?.send_key()?))
        };
        groups.into_iter().map(key).collect::<Result<Vec<_>>>()
    })?;
    let (store, server_key) = world.relay_at_rest();
    Ok(World { store, server_key, now: world.now(), people, send_keys })
}

fn run(bytes: &[u8]) -> Result<()> {
    WORLD.with_borrow_mut(|kept| {
        if kept.is_none() {
            *kept = Some(prepared::with(world)?);
        }
        let world = kept.as_ref().context("a world")?;
        let store = world.store.copy();
        let relay = Relay::new(Settings::default(), world.server_key.clone());
        let mut rng = ChaCha20Rng::seed_from_u64(19);
        // A stranger, Alice and Bob.
        let mut clients = vec![open(&relay, world, &mut rng)?];
        for person in &world.people {
            let mut client = open(&relay, world, &mut rng)?;
            let mut ctx = Ctx { now: world.now, rng: &mut rng };
            let output =
                relay.handle(&store, &mut client.session, hello(person, &client.nonce), &mut ctx);
            ensure!(output.attached.is_some(), "a device was not let in");
            clients.push(client);
        }
        for part in split(bytes) {
            let Some((who, frame)) = part.split_first() else { continue };
            let at = usize::from(who & !SIGNED) % clients.len();
            let Some(client) = clients.get_mut(at) else { continue };
            let Ok(mut frame) = decode_client(frame.to_vec().into()) else { continue };
            if who & SIGNED != 0 {
                sign(world, at.checked_sub(1), &client.nonce, &mut frame);
            }
            one(&relay, &store, world, client, frame, &mut rng)?;
        }
        for person in &world.people {
            dump(&store, &world.server_key, &person.user)?;
        }
        Ok(())
    })
}

fn open(relay: &Relay, world: &World, rng: &mut ChaCha20Rng) -> Result<Client> {
    let (session, frame) = relay.open(&mut Ctx { now: world.now, rng }, 1);
    let Some(Body::Challenge(challenge)) = frame.body else { anyhow::bail!("no challenge") };
    Ok(Client { session, nonce: challenge.nonce })
}

fn hello(person: &Signer, nonce: &[u8]) -> ClientFrame {
    let signed = statement::authenticate(nonce, &person.user, &person.device);
    let request = Authenticate {
        user_id: person.user.to_vec(),
        device_id: person.device.to_vec(),
        signature: person.key.sign(&signed).to_vec(),
    };
    ClientFrame { id: 1, request: Some(Request::Authenticate(request)) }
}

/// One frame: whoever is refused has changed nothing, and what is delivered after it can be read.
fn one(
    relay: &Relay,
    store: &MemoryStore,
    world: &World,
    client: &mut Client,
    frame: ClientFrame,
    rng: &mut ChaCha20Rng,
) -> Result<()> {
    let before = store.copy();
    let id = frame.id;
    let output = relay.handle(store, &mut client.session, frame, &mut Ctx { now: world.now, rng });
    let reply = output.reply.context("no reply")?;
    ensure!(reply.id == id, "a reply to another request");
    if matches!(reply.result, Some(reply::Result::Failure(_))) {
        ensure!(store.same_as(&before), "a refused request changed what is stored");
    }
    relay.deliver(store, &mut client.session, world.now)?;
    Ok(())
}

/// Puts signatures that hold where the keys are known.
fn sign(world: &World, person: Option<usize>, nonce: &[u8], frame: &mut ClientFrame) {
    let person = person.and_then(|person| world.people.get(person));
    let send_key = |group: &[u8]| {
        let known = |(id, _): &&(GroupId, SigningKey)| id.0 == group;
        world.send_keys.iter().find(known).or(world.send_keys.first())
    };
    match (&mut frame.request, person) {
        (Some(Request::Post(post)), _) => {
            if let Some((id, key)) = send_key(&post.group_id) {
                post.group_id = id.to_vec();
                let signed = statement::post(id, post.epoch, post.ephemeral, &post.payload);
                post.signature = key.sign(&signed).to_vec();
            }
        }
        (Some(Request::Bundle(bundle)), _) => {
            let Some((id, key)) = send_key(&bundle.group_id) else { return };
            if bundle.kind() == BundleKind::Create {
                bundle.send_key = key.public().0.to_vec();
            } else {
                bundle.group_id = id.to_vec();
            }
            bundle.signature = key.sign(&statement::bundle(bundle)).to_vec();
        }
        (Some(Request::AccountDelete(delete)), Some(person)) => {
            let signed = statement::delete_account(nonce, &person.user);
            delete.signature = person.key.sign(&signed).to_vec();
        }
        (Some(Request::LogAppend(append)), Some(person)) => {
            let Ok(entry) = LogEntry::decode(append.entry.as_slice()) else { return };
            let signature = person.key.sign(&statement::log_signature(&entry.body)).to_vec();
            let signatures = vec![LogSignature { device_id: person.device.to_vec(), signature }];
            append.entry = LogEntry { signatures, ..entry }.encode_to_vec();
        }
        _ => {}
    }
}

/// Frames as clients sent them, by everybody, one by one and one after the other.
fn seeds(world: &mut Prepared) -> Result<Vec<Vec<u8>>> {
    let mut all = Vec::new();
    for frame in world.client_frames.iter().filter(|frame| frame.len() < 8 * 1024) {
        for who in [0, 1, 2, SIGNED, SIGNED | 1, SIGNED | 2] {
            all.push([&[who], frame.as_slice()].concat());
        }
    }
    let mut seeds: Vec<Vec<u8>> = all.chunks(1).map(join).collect();
    seeds.extend(all.chunks(7).map(join));
    Ok(seeds)
}
