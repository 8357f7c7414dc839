//! Messages of groups as the MLS library takes them, over the keys and groups of a real device.

use crate::Target;
use crate::prepared::{self, ALICE, BOB, Prepared};
use anyhow::{Context, Result};
use parlor_mls::{
    Change, Changes, Group, GroupView, Judge, LeafClaim, Received, Refusal, join, rejoin,
};
use parlor_wire::{GroupId, QueueId};
use rand_chacha::ChaCha20Rng;
use rand_core::SeedableRng;

/// A judge who lets everything pass, so that what is behind it is reached.
struct Everyone;

impl Judge for Everyone {
    fn leaf(&self, _: &LeafClaim) -> Result<(), Refusal> {
        Ok(())
    }
    fn changes(&self, _: &GroupView, _: &Changes) -> Result<(), Refusal> {
        Ok(())
    }
}

/// A group that Bob founds for the sake of its welcome.
const NEW: GroupId = GroupId([0xf5; 16]);
const QUEUE: QueueId = QueueId([0xf6; 16]);

pub const MLS: Target = Target {
    name: "mls",
    reads: "an MLS message, to be received, joined by, rejoined by, or read as a key package",
    seeds: || prepared::with(seeds),
    run: |bytes| prepared::with(|world| offer(world, bytes)),
    cases: 2000,
    memory: 8 << 20,
};

fn rng() -> ChaCha20Rng {
    ChaCha20Rng::seed_from_u64(7)
}

fn offer(world: &mut Prepared, bytes: &[u8]) -> Result<()> {
    let groups = world.groups;
    let mut rng = rng();
    world.story.world.device(ALICE)?.library(&mut rng, false, |mls| {
        let _ = mls.parse_key_package(bytes);
        let named = parlor_mls::group_of(bytes);
        let group = named.filter(|id| groups.contains(id)).unwrap_or(groups[0]);
        let mut group = Group::load(mls, &group)?.context("a group")?;
        if let Received::Commit(staged) = group.receive(mls, bytes)?
            && let Ok(authorised) = group.authorise(*staged, &Everyone)
        {
            group.merge(mls, authorised)?;
        }
        let _ = join(mls, bytes, &NEW, &Everyone);
        let _ = rejoin(mls, bytes, &groups[0], QUEUE, &Everyone);
        Ok(())
    })
}

fn seeds(world: &mut Prepared) -> Result<Vec<Vec<u8>>> {
    let mut rng = rng();
    let [all, ..] = world.groups;
    let world = &mut world.story.world;
    // The key package has to be there when the welcome comes.
    let package =
        world.device(ALICE)?.library(&mut rng, true, |mls| Ok(mls.key_package(false, QUEUE)?))?;
    let add = vec![package.clone()];
    world.device(BOB)?.library(&mut rng, false, |mls| {
        let mut group = Group::load(mls, &all)?.context("a group")?;
        let application = group.encrypt(mls, b"content")?;
        let state = Some(group.state()?);
        let outgoing = group.commit(mls, Change { state, ..Change::default() })?;
        let founded = Group::create(mls, NEW, QueueId([0xf7; 16]), &group.state()?);
        let founding = founded?.commit(mls, Change { add, ..Change::default() })?;
        let welcome = founding.welcome.context("a welcome")?;
        Ok(vec![package, application, outgoing.commit, outgoing.group_info, welcome])
    })
}
