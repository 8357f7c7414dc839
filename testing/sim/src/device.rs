//! One device: the real engine over the real database.

use anyhow::{Context, Result};
use parlor_engine::{Ctx, Effects, Engine, Input};
use parlor_store::{Store, Tx};
use parlor_wire::UserId;
use rand_core::CryptoRng;

/// A device of one person.
pub struct Device {
    pub(crate) store: Store,
    pub(crate) engine: Engine,
    pub(crate) connection: Option<u64>,
    /// Whether it may use the network.
    pub(crate) online: bool,
    /// When it is woken next.
    pub(crate) wake_at: Option<u64>,
}

impl Device {
    pub(crate) fn new() -> Result<Self> {
        Ok(Self {
            store: Store::in_memory()?,
            engine: Engine::new(),
            connection: None,
            online: true,
            wake_at: None,
        })
    }

    /// One step of the engine; `committed` says whether the device lives long enough to commit it.
    pub(crate) fn step(
        &mut self,
        now: u64,
        rng: &mut dyn CryptoRng,
        input: Input,
        committed: bool,
    ) -> Result<Effects> {
        let tx = self.store.begin()?;
        let effects = self
            .engine
            .handle(&tx, &mut Ctx { now, rng }, input)
            .context("the engine failed on honest input")?;
        if committed {
            tx.commit()?;
        }
        Ok(effects)
    }

    /// Looks at the database.
    pub fn read<T>(&mut self, look: impl FnOnce(&Tx<'_>) -> Result<T>) -> Result<T> {
        let tx = self.store.begin()?;
        look(&tx)
    }

    /// Whose device it is, once it has an account.
    pub fn user(&mut self) -> Result<Option<UserId>> {
        self.read(|tx| {
            let registered = tx.number("registered")? == 1;
            let id = tx.meta("user_id")?.filter(|_| registered);
            Ok(id.map(|id| UserId::try_from(&id)).transpose()?)
        })
    }

    /// A copy of the database, as a backup would have it.
    pub fn snapshot(&mut self) -> Result<Vec<u8>> {
        Ok(self.store.snapshot()?)
    }

    /// Changes the database behind the engine's back; the engine starts anew.
    pub(crate) fn tamper(&mut self, change: impl FnOnce(&Tx<'_>) -> Result<()>) -> Result<()> {
        let tx = self.store.begin()?;
        change(&tx)?;
        tx.commit()?;
        self.engine.reset();
        Ok(())
    }
}
