//! One device: the real engine over the real database.

use anyhow::{Context, Result};
use parlor_crypto::sign::SigningKey;
use parlor_crypto::{Secret, aead};
use parlor_engine::{Ctx, Effects, Engine, Input};
use parlor_mls::{Change, DeviceIdentity, Group, KeyValue, KvError, Mls, Suite};
use parlor_store::intents::BundleRow;
use parlor_store::{Store, Tx};
use parlor_wire::content::GroupState;
use parlor_wire::relay::Bundle;
use parlor_wire::{DeviceId, FileId, GroupId, Message, UserId, statement};
use rand_core::CryptoRng;
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

/// A device of one person.
pub struct Device {
    pub(crate) store: Store,
    pub(crate) engine: Engine,
    pub(crate) connection: Option<u64>,
    /// Whether it may use the network.
    pub(crate) online: bool,
    /// How far its clock is from the time, milliseconds.
    pub(crate) skew: i64,
    /// When it is woken next, by the time of the world.
    pub(crate) wake_at: Option<u64>,
    /// Its folder of files: ciphertext that is whole, and what came of others. Both outlive it.
    pub(crate) media: BTreeMap<FileId, Vec<u8>>,
    pub(crate) parts: BTreeMap<FileId, Vec<u8>>,
    /// Files that move, and those of them that are to stop.
    pub(crate) moving: BTreeSet<FileId>,
    pub(crate) stopping: BTreeSet<FileId>,
    /// How often it was started.
    pub(crate) lives: u64,
}

impl Device {
    pub(crate) fn new() -> Result<Self> {
        Ok(Self::over(Store::in_memory()?))
    }

    fn over(store: Store) -> Self {
        Self {
            store,
            engine: Engine::new(),
            connection: None,
            online: true,
            skew: 0,
            wake_at: None,
            media: BTreeMap::new(),
            parts: BTreeMap::new(),
            moving: BTreeSet::new(),
            stopping: BTreeSet::new(),
            lives: 0,
        }
    }

    /// A device over a copy of a database.
    pub(crate) fn from_snapshot(snapshot: &[u8]) -> Result<Self> {
        Ok(Self::over(Store::from_snapshot(snapshot)?))
    }

    /// One step of the engine; `committed` says whether the device lives long enough to commit it. `None` when the
    /// disk is full; then nothing is changed.
    pub(crate) fn step(
        &mut self,
        now: u64,
        rng: &mut dyn CryptoRng,
        input: Input,
        committed: bool,
    ) -> Result<Option<Effects>> {
        let tx = self.store.begin()?;
        let effects = match self.engine.handle(&tx, &mut Ctx { now, rng }, input) {
            Err(error) if error.is_full() => return Ok(None),
            handled => handled.context("the engine failed on honest input")?,
        };
        if committed {
            tx.commit()?;
        }
        Ok(Some(effects))
    }

    /// Looks at the database.
    pub fn read<T>(&mut self, look: impl FnOnce(&Tx<'_>) -> Result<T>) -> Result<T> {
        let tx = self.store.begin()?;
        look(&tx)
    }

    /// Changes the database behind the engine's back, to prepare a measurement.
    pub fn write(&mut self, change: impl FnOnce(&Tx<'_>) -> Result<()>) -> Result<()> {
        let tx = self.store.begin()?;
        change(&tx)?;
        Ok(tx.commit()?)
    }

    /// Whose device it is, once it has an account.
    pub fn user(&mut self) -> Result<Option<UserId>> {
        self.read(|tx| {
            let registered = tx.number("registered")? == 1;
            let id = tx.meta("user_id")?.filter(|_| registered);
            Ok(id.map(|id| UserId::try_from(&id)).transpose()?)
        })
    }

    /// Whether it was removed from its account and knows; then it has nothing more.
    pub fn revoked(&mut self) -> Result<bool> {
        self.read(|tx| Ok(tx.number("removed")? == 1))
    }

    /// A copy of the database, as a backup would have it.
    pub fn snapshot(&mut self) -> Result<Vec<u8>> {
        Ok(self.store.snapshot()?)
    }

    /// The library's state of a group disappears, as from a damaged disk; the engine starts anew.
    pub(crate) fn lose_group(&mut self, rng: &mut dyn CryptoRng, group: &GroupId) -> Result<()> {
        self.library(rng, true, |mls| {
            let group = Group::load(mls, group)?.context("a group to lose")?;
            Ok(group.delete(mls)?)
        })
    }

    /// Works with the MLS library over the device's keys and groups behind the engine's back, which starts anew
    /// when the work is kept.
    pub fn library<T>(
        &mut self,
        rng: &mut dyn CryptoRng,
        keep: bool,
        work: impl FnOnce(&mut Mls<'_>) -> Result<T>,
    ) -> Result<T> {
        let tx = self.store.begin()?;
        let identity = identity(&tx)?;
        let area = Area(&tx);
        let mut mls = Mls::new(&area, rng, &identity, Suite::XWing);
        let done = work(&mut mls)?;
        if keep {
            mls.flush()?;
            tx.commit()?;
            self.engine.reset();
        }
        Ok(done)
    }

    /// Makes a commit that no rule was asked about, with the keys that this device has. The engine starts anew
    /// and, when it `believes` in the commit, knows it as its own.
    pub(crate) fn forge(
        &mut self,
        rng: &mut dyn CryptoRng,
        group: &GroupId,
        remove: &[UserId],
        change: impl FnOnce(&mut GroupState),
        believes: bool,
    ) -> Result<Bundle> {
        let tx = self.store.begin()?;
        let identity = identity(&tx)?;
        let area = Area(&tx);
        let mut mls = Mls::new(&area, &mut *rng, &identity, Suite::XWing);
        let mut group = Group::load(&mls, group)?.context("a group to change")?;
        let mut members = group.members()?;
        members.retain(|member| remove.contains(&member.leaf.user));
        let mut state = group.state()?;
        change(&mut state);
        let info_key = Secret::try_from(state.info_key.as_slice()).ok().context("an info key")?;
        let signer = group.send_key()?;
        let remove = members.iter().map(|member| member.index).collect();
        let change = Change { remove, state: Some(state), ..Change::default() };
        let outgoing = group.commit(&mut mls, change)?;
        let id = group.id();
        mls.flush()?;
        drop(mls);
        let key = info_key.derive("parlor group info v1");
        let rejoin = SigningKey::from_seed(&info_key.derive("parlor rejoin key v1"));
        let mut bundle = Bundle {
            group_id: id.to_vec(),
            base_epoch: outgoing.base_epoch,
            commit: outgoing.commit.into(),
            group_info: aead::seal(&key, id.as_bytes(), &outgoing.group_info, rng).into(),
            send_key: outgoing.send_key.0.to_vec(),
            rejoin_key: rejoin.public().0.to_vec(),
            epoch_tag: outgoing.epoch_tag.to_vec(),
            queues_remove: members.iter().map(|member| member.queue.to_vec()).collect(),
            ..Bundle::default()
        };
        bundle.signature = signer.sign(&statement::bundle(&bundle)).to_vec();
        if believes {
            tx.set_bundle(&BundleRow {
                group_id: id,
                intent_id: 0,
                base_epoch: bundle.base_epoch,
                commit_hash: parlor_wire::hash(&bundle.commit),
                frame: bundle.encode_to_vec(),
            })?;
            tx.commit()?;
        }
        self.engine.reset();
        Ok(bundle)
    }

    /// Goes on in a file, which is encrypted as a real device's is.
    pub(crate) fn move_to_disk(&mut self, path: &Path) -> Result<()> {
        const KEY: [u8; 32] = [1; 32];
        self.store.copy_to(path, &KEY)?;
        self.store = Store::open(path, Some(&KEY))?;
        self.engine.reset();
        Ok(())
    }

    /// Goes on with an old copy of the database.
    pub(crate) fn restore(&mut self, snapshot: &[u8]) -> Result<()> {
        self.store = Store::from_snapshot(snapshot)?;
        self.engine.reset();
        Ok(())
    }
}

/// The device as the library knows it.
fn identity(tx: &Tx<'_>) -> Result<DeviceIdentity> {
    let meta = |key: &str| tx.meta(key)?.context("an account");
    let seed = Secret::try_from(meta("device_seed")?.as_slice()).ok().context("a device key")?;
    Ok(DeviceIdentity::new(
        UserId::try_from(&meta("user_id")?)?,
        DeviceId::try_from(&meta("device_id")?)?,
        0,
        SigningKey::from_seed(&seed),
    ))
}

/// The library's corner of the database.
struct Area<'a, 't>(&'a Tx<'t>);

impl KeyValue for Area<'_, '_> {
    fn get(&self, key: &[u8]) -> Result<Option<Vec<u8>>, KvError> {
        self.0.mls_get(key).map_err(|error| KvError::Failed(error.to_string()))
    }
    fn put(&self, key: &[u8], value: &[u8]) -> Result<(), KvError> {
        self.0.mls_put(key, value).map_err(|error| KvError::Failed(error.to_string()))
    }
    fn delete(&self, key: &[u8]) -> Result<(), KvError> {
        self.0.mls_delete(key).map_err(|error| KvError::Failed(error.to_string()))
    }
}
