//! The world: virtual time, the events to come, the relay and the devices.
//!
//! Events run in the order of their time; equal times in the order they were planned in. Whatever is random
//! is drawn from the seed: one stream for what happens, one for keys.

mod files;
mod relay;
mod step;

use crate::device::Device;
use crate::network::{Connection, Event, Faults, below, chance};
use anyhow::{Context, Result, bail};
use parlor_crypto::Secret;
use parlor_engine::{Engine, Input};
use parlor_relay_core::{Ctx, Limits, MemoryStore, Read, Relay, ServerKey, Settings};
use parlor_view::{Answer, Command, Failure};
use parlor_wire::content::GroupState;
use parlor_wire::relay::{ClientFrame, ServerFrame, client_frame::Request};
use parlor_wire::{BlobId, GroupId, Hash, MailboxId, UserId};
use rand_chacha::ChaCha20Rng;
use rand_core::SeedableRng;
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

const START: u64 = 1_800_000_000_000;
const DAY: usize = 24 * 3600 * 1000;

/// What [`World::watch`] is told.
#[derive(Debug)]
pub enum Moment<'a> {
    /// A step of a device begins.
    Begins(usize),
    /// The step was committed, or lost.
    Ends(usize),
    /// A device sends a frame.
    Up(usize, &'a ClientFrame),
    /// A device gets a frame.
    Down(usize, &'a ServerFrame),
}

/// Somebody who looks on.
pub type Watch = Box<dyn FnMut(Moment<'_>)>;

/// A frame on its way.
#[derive(Debug, Clone)]
pub enum Frame {
    /// From a device to the relay.
    Up(ClientFrame),
    /// From the relay to a device.
    Down(ServerFrame),
}

/// Somebody between a device and the relay: what it returns goes on instead of the frame, in this order.
pub type Intercept = Box<dyn FnMut(usize, Frame) -> Vec<Frame>>;

/// A death to come.
#[derive(Debug, Clone, Copy)]
pub struct Crash {
    /// Who dies.
    pub device: usize,
    /// How many of its steps go well before.
    pub after: u32,
    /// Whether the step is committed; nothing else of it is done either way.
    pub committed: bool,
}

/// A world at rest: what its devices and its relay have stored.
pub(crate) struct Frozen {
    now: u64,
    relay_store: MemoryStore,
    devices: Vec<Vec<u8>>,
    commits: BTreeMap<(Vec<u8>, u64), Hash>,
}

/// See the module.
pub struct World {
    pub(crate) now: u64,
    pub(crate) rng: ChaCha20Rng,
    keys: ChaCha20Rng,
    pub(crate) relay_store: MemoryStore,
    relay_key: ServerKey,
    relay: Relay,
    settings: Settings,
    pub(crate) devices: Vec<Device>,
    connections: BTreeMap<u64, Connection>,
    mailboxes: BTreeMap<MailboxId, u64>,
    events: BTreeMap<(u64, u64), Event>,
    planned: u64,
    /// What goes wrong, and how often.
    pub faults: Faults,
    /// Happens once, besides what the faults do.
    pub crash: Option<Crash>,
    ticket: u64,
    /// Answers that came, by device and ticket.
    pub(crate) answers: BTreeMap<(usize, u64), Result<Answer, Failure>>,
    /// Which commit made each epoch of each group.
    commits: BTreeMap<(Vec<u8>, u64), Hash>,
    watch: Option<Watch>,
    /// Whose device each is.
    users: BTreeMap<usize, UserId>,
    intercept: Option<Intercept>,
    /// Devices that the relay shows another world, and what is stored there.
    fork: Option<(BTreeSet<usize>, MemoryStore)>,
    /// What devices told about being linked: device and event.
    pub told: Vec<(usize, parlor_view::Event)>,
    /// Bytes of blobs at the relay.
    blobs: BTreeMap<BlobId, Vec<u8>>,
    /// Files that devices wrote for their people, by device and path.
    pub saved: BTreeMap<(usize, String), Vec<u8>>,
    /// Groups that were joined anew from outside.
    pub rejoins: u32,
    /// Steps that found a disk full.
    pub full: u64,
    /// Steps taken, for whoever wants to know how much happened.
    pub steps: u64,
}

impl World {
    /// What it takes to go on from here in another world, once nothing is on its way.
    pub(crate) fn freeze(&mut self) -> Result<Frozen> {
        let devices = self.devices.iter_mut().map(Device::snapshot).collect::<Result<_>>()?;
        Ok(Frozen {
            now: self.now,
            relay_store: self.relay_store.copy(),
            devices,
            commits: self.commits.clone(),
        })
    }

    /// Goes on from there, with everything random drawn from another seed.
    pub(crate) fn thaw(seed: u64, frozen: &Frozen) -> Result<Self> {
        let mut world = Self::new(seed, 0)?;
        world.now = frozen.now;
        world.relay_store = frozen.relay_store.copy();
        world.commits = frozen.commits.clone();
        for snapshot in &frozen.devices {
            world.devices.push(Device::from_snapshot(snapshot)?);
        }
        for device in 0..world.devices.len() {
            world.go_online(device)?;
        }
        Ok(world)
    }

    /// A world with so many devices, none of which has an account.
    pub fn new(seed: u64, devices: usize) -> Result<Self> {
        let relay_key = ServerKey::new(&Secret::new([7; 32]));
        Ok(Self {
            now: START,
            rng: ChaCha20Rng::seed_from_u64(seed),
            keys: ChaCha20Rng::seed_from_u64(!seed),
            relay_store: MemoryStore::new(relay_key.clone()),
            relay: Relay::new(Settings::default(), relay_key.clone()),
            settings: Settings::default(),
            relay_key,
            devices: (0..devices).map(|_| Device::new()).collect::<Result<_>>()?,
            connections: BTreeMap::new(),
            mailboxes: BTreeMap::new(),
            events: BTreeMap::new(),
            planned: 0,
            faults: Faults::default(),
            crash: None,
            ticket: 0,
            answers: BTreeMap::new(),
            commits: BTreeMap::new(),
            watch: None,
            users: BTreeMap::new(),
            intercept: None,
            fork: None,
            told: Vec::new(),
            blobs: BTreeMap::new(),
            saved: BTreeMap::new(),
            rejoins: 0,
            full: 0,
            steps: 0,
        })
    }

    pub(crate) fn plan(&mut self, at: u64, event: Event) {
        self.planned += 1;
        self.events.insert((at, self.planned), event);
    }

    /// Lets somebody look on, to measure.
    pub fn watch(&mut self, watch: Watch) {
        self.watch = Some(watch);
    }

    /// Puts somebody between all devices and the relay.
    pub fn intercept(&mut self, intercept: Intercept) {
        self.intercept = Some(intercept);
    }

    /// From now on the relay is honest.
    pub fn be_honest(&mut self) {
        self.intercept = None;
        self.fork = None;
        self.restart_relay();
    }

    fn tell(&mut self, moment: Moment<'_>) {
        if let Some(watch) = &mut self.watch {
            watch(moment);
        }
    }

    /// From now on the device's clock is so many milliseconds ahead; what it waits for, it looks at at once.
    pub fn set_clock_wrong(&mut self, device: usize, by: i64) -> Result<()> {
        self.device(device)?.skew = by;
        self.device(device)?.wake_at = Some(self.now);
        self.plan(self.now, Event::Wake(device));
        Ok(())
    }

    /// A device of this world.
    pub fn device(&mut self, device: usize) -> Result<&mut Device> {
        self.devices.get_mut(device).context("no such device")
    }

    /// From now on the relay takes no more than this.
    pub fn limit(&mut self, limits: Limits) {
        self.settings.limits = limits;
        self.restart_relay();
    }

    /// From now on the backup of an account may have so many bytes.
    pub fn limit_backups(&mut self, bytes: u64) {
        self.settings.backup_bytes = bytes;
        self.restart_relay();
    }

    fn restart_relay(&mut self) {
        self.relay = Relay::new(self.settings.clone(), self.relay_key.clone());
        let all: Vec<u64> = self.connections.keys().copied().collect();
        all.into_iter().for_each(|connection| self.break_connection(connection));
    }

    /// A device more, without an account.
    pub fn add_device(&mut self) -> Result<usize> {
        self.devices.push(Device::new()?);
        Ok(self.devices.len() - 1)
    }

    /// Runs the next event of the coming minute, if there is one.
    pub fn go_on(&mut self) -> Result<bool> {
        self.next(self.now + 60_000)
    }

    /// Gives a command to a device. Its answer comes in its time.
    pub fn command(&mut self, device: usize, command: Command) -> Result<u64> {
        self.ticket += 1;
        let ticket = self.ticket;
        self.step(device, Input::Command(ticket, command))?;
        Ok(ticket)
    }

    /// Gives a command and lets the world go on until it is answered.
    pub fn ask(&mut self, device: usize, command: Command) -> Result<Result<Answer, Failure>> {
        self.ask_in_vain(device, command)?.context("a command was never answered")
    }

    /// The same for a command that may get no answer for a minute.
    pub fn ask_in_vain(
        &mut self,
        device: usize,
        command: Command,
    ) -> Result<Option<Result<Answer, Failure>>> {
        let ticket = self.command(device, command)?;
        let end = self.now + 60_000;
        while !self.answers.contains_key(&(device, ticket)) {
            if !self.next(end)? {
                return Ok(None);
            }
        }
        Ok(self.answers.remove(&(device, ticket)))
    }

    /// Lets everything happen that happens up to a time.
    pub fn run_until(&mut self, end: u64) -> Result<()> {
        while self.next(end)? {}
        Ok(())
    }

    /// Everything works again; runs until nothing moves any more.
    pub fn settle(&mut self) -> Result<()> {
        self.faults = Faults::default();
        for device in 0..self.devices.len() {
            self.set_clock_wrong(device, 0)?;
            self.go_online(device)?;
        }
        let end = self.now + 6 * 3600 * 1000;
        self.run_until(end)
    }

    /// Runs the next event, if there is one before `end`.
    fn next(&mut self, end: u64) -> Result<bool> {
        const MOST_STEPS: u64 = 200_000;
        let Some(entry) = self.events.first_entry().filter(|entry| entry.key().0 <= end) else {
            return Ok(false);
        };
        self.now = self.now.max(entry.key().0);
        self.steps += 1;
        if self.steps > MOST_STEPS {
            bail!("the world never comes to rest");
        }
        match entry.remove() {
            Event::ToRelay(connection, frame) => self.at_relay(connection, *frame)?,
            Event::ToDevice(connection, frame) => {
                if let Some(device) = self.connections.get(&connection).map(|c| c.device)
                    && self.device(device)?.connection == Some(connection)
                {
                    self.tell(Moment::Down(device, &frame));
                    self.step(device, Input::Frame(frame))?;
                }
            }
            Event::Broken(device, connection) => {
                if self.device(device)?.connection == Some(connection) {
                    self.device(device)?.connection = None;
                    self.reconnect(device);
                    self.step(device, Input::Disconnected)?;
                }
            }
            Event::Connect(device) => self.connect(device)?,
            Event::Wake(device) => {
                if self.device(device)?.wake_at.is_some_and(|at| at <= self.now) {
                    self.device(device)?.wake_at = None;
                    self.step(device, Input::Tick)?;
                }
            }
            Event::Online(device) => self.go_online(device)?,
            Event::Moves(device, life, moving) => self.moves(device, life, moving)?,
        }
        Ok(true)
    }

    // ---- devices ----

    /// The device starts anew, and its end of the connection is gone. With `lost`, what it sent and has not arrived is gone as well.
    fn disconnect(&mut self, device: usize, lost: bool) -> Result<()> {
        let one = self.device(device)?;
        one.lives += 1;
        one.moving.clear();
        one.stopping.clear();
        if let Some(connection) = self.device(device)?.connection.take() {
            if lost {
                self.events.retain(
                    |_, event| !matches!(event, Event::ToRelay(of, _) if *of == connection),
                );
            }
            self.events
                .retain(|_, event| !matches!(event, Event::ToDevice(of, _) if *of == connection));
        }
        self.reconnect(device);
        Ok(())
    }

    fn reconnect(&mut self, device: usize) {
        let at = self.now + 50 + below(&mut self.rng, 3000) as u64;
        self.plan(at, Event::Connect(device));
    }

    fn connect(&mut self, device: usize) -> Result<()> {
        let one = self.devices.get_mut(device).context("no such device")?;
        if one.connection.is_some() || !one.online {
            return Ok(());
        }
        if one.read(|tx| Ok(Engine::server(tx)?))?.is_none() {
            return Ok(());
        }
        if let Some(user) = one.user()? {
            self.users.insert(device, user);
        }
        let mut ctx = Ctx { now: self.now, rng: &mut self.keys };
        let (session, challenge) = self.relay.open(&mut ctx, device as u64);
        self.planned += 1;
        let connection = self.planned;
        one.connection = Some(connection);
        self.connections.insert(connection, Connection::new(device, session));
        self.send_down(connection, challenge);
        Ok(())
    }

    /// The device may not use the network for a while.
    pub fn go_offline(&mut self, device: usize, until: Option<u64>) -> Result<()> {
        self.device(device)?.online = false;
        if let Some(connection) = self.device(device)?.connection {
            self.break_connection(connection);
        }
        if let Some(until) = until {
            self.plan(until, Event::Online(device));
        }
        Ok(())
    }

    /// The device is gone for good, with all that it has.
    pub fn lose_device(&mut self, device: usize) -> Result<()> {
        *self.device(device)? = Device::new()?;
        self.device(device)?.online = false;
        Ok(())
    }

    /// The device may use the network again.
    pub fn go_online(&mut self, device: usize) -> Result<()> {
        self.device(device)?.online = true;
        self.connect(device)
    }

    /// The device loses the library's state of a group, and is started anew.
    pub fn lose_group(&mut self, device: usize, group: &GroupId) -> Result<()> {
        let one = self.devices.get_mut(device).context("no such device")?;
        one.lose_group(&mut self.keys, group)?;
        self.disconnect(device, true)
    }

    /// The device sends a commit that it made without asking the rules; returns when the relay has taken it.
    /// With `believes`, its engine takes the commit for its own.
    pub fn forge(
        &mut self,
        device: usize,
        group: &GroupId,
        remove: &[UserId],
        change: impl FnOnce(&mut GroupState),
        believes: bool,
    ) -> Result<()> {
        let one = self.devices.get_mut(device).context("no such device")?;
        let bundle = one.forge(&mut self.keys, group, remove, change, believes)?;
        let taken = bundle.base_epoch + 1;
        self.disconnect(device, true)?;
        self.run_until(self.now + 10_000)?;
        let connection = self.device(device)?.connection.context("a connection")?;
        let frame = ClientFrame { id: u64::MAX, request: Some(Request::Bundle(bundle)) };
        self.send_up(connection, frame);
        let end = self.now + 1000;
        while self.epoch(group)? != taken {
            if !self.next(end)? {
                bail!("the relay did not take the commit");
            }
        }
        Ok(())
    }

    /// A copy of what the relay has stored, and the key that it is stored under.
    pub fn relay_at_rest(&self) -> (MemoryStore, ServerKey) {
        (self.relay_store.copy(), self.relay_key.clone())
    }

    /// The relay's operator puts an old copy of everything back; every connection breaks.
    pub fn set_relay_back(&mut self, stored: MemoryStore) {
        self.relay_store = stored;
        self.commits.clear();
        self.restart_relay();
    }

    /// What time it is, Unix milliseconds.
    pub fn now(&self) -> u64 {
        self.now
    }

    /// The epoch of a group at the relay.
    pub fn epoch(&self, group: &GroupId) -> Result<u64> {
        Ok(self.relay_store.group(group)?.context("a group unknown to the relay")?.epoch)
    }

    /// The device's database is a file from now on.
    pub fn move_to_disk(&mut self, device: usize, path: &Path) -> Result<()> {
        self.device(device)?.move_to_disk(path)?;
        self.disconnect(device, true)
    }

    /// The device is set back to an old copy of its database.
    pub fn restore(&mut self, device: usize, snapshot: &[u8]) -> Result<()> {
        self.device(device)?.restore(snapshot)?;
        self.disconnect(device, true)
    }

    // ---- network ----

    fn delay(&mut self) -> u64 {
        let slow = chance(&mut self.rng, self.faults.slow);
        1 + below(&mut self.rng, if slow { 20_000 } else { 120 }) as u64
    }

    fn send_up(&mut self, connection: u64, frame: ClientFrame) {
        self.pass(connection, Frame::Up(frame));
    }

    fn send_down(&mut self, connection: u64, frame: ServerFrame) {
        self.pass(connection, Frame::Down(frame));
    }

    fn pass(&mut self, connection: u64, frame: Frame) {
        let device = self.connections.get(&connection).map(|open| open.device);
        let frames = match (&mut self.intercept, device) {
            (Some(intercept), Some(device)) => intercept(device, frame),
            _ => vec![frame],
        };
        for frame in frames {
            let (up, event) = match frame {
                Frame::Up(frame) => (true, Event::ToRelay(connection, Box::new(frame))),
                Frame::Down(frame) => (false, Event::ToDevice(connection, frame)),
            };
            self.send(connection, up, event);
        }
    }

    fn send(&mut self, connection: u64, up: bool, event: Event) {
        if chance(&mut self.rng, self.faults.breaks) {
            return self.break_connection(connection);
        }
        let (now, delay) = (self.now, self.delay());
        if let Some(open) = self.connections.get_mut(&connection) {
            let at = open.arrival(up, now, delay);
            self.plan(at, event);
        }
    }

    /// Both ends lose the connection and all that is on its way; the device learns of it.
    fn break_connection(&mut self, connection: u64) {
        let Some(open) = self.connections.remove(&connection) else { return };
        self.mailboxes.retain(|_, of| *of != connection);
        self.events.retain(|_, event| {
            !matches!(event, Event::ToRelay(of, _) | Event::ToDevice(of, _) if *of == connection)
        });
        let at = self.now + 1 + below(&mut self.rng, 500) as u64;
        self.plan(at, Event::Broken(open.device, connection));
    }
}
