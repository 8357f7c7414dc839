//! A step of a device, what goes wrong with it, and what follows from it.

use super::{Crash, DAY, Moment, World};
use crate::network::{Event, below, chance};
use anyhow::{Context, Result, bail};
use parlor_engine::{Effects, Input};
use parlor_view::{Code, Failure};

impl World {
    pub(super) fn step(&mut self, device: usize, input: Input) -> Result<()> {
        let faults = self.faults;
        let dies = self.dies_now(device);
        let lost =
            chance(&mut self.rng, faults.crash_before) || dies.is_some_and(|it| !it.committed);
        let silent = chance(&mut self.rng, faults.crash_after) || dies.is_some();
        let restart = chance(&mut self.rng, faults.restart);
        if chance(&mut self.rng, faults.clock) {
            let by = below(&mut self.rng, 2 * DAY) as i64 - DAY as i64;
            self.set_clock_wrong(device, by)?;
        }
        let now = self.now.saturating_add_signed(self.device(device)?.skew);
        self.tell(Moment::Begins(device));
        let ticket = match &input {
            Input::Command(ticket, _) | Input::Prepared(ticket, ..) => Some(*ticket),
            _ => None,
        };
        // Drawn only where it can happen, so that a seed without it tells the story that it always told.
        let full = faults.full > 0 && chance(&mut self.rng, faults.full);
        let pages = full.then(|| below(&mut self.rng, 2) as u32);
        let one = self.devices.get_mut(device).context("no such device")?;
        if full {
            one.store.leave_room(pages)?;
        }
        let effects = one.step(now, &mut self.keys, input, !lost)?;
        if full {
            one.store.leave_room(None)?;
        }
        self.tell(Moment::Ends(device));
        let Some(effects) = effects else { return self.found_no_room(device, ticket) };
        if lost || silent {
            self.device(device)?.engine.reset();
            return self.disconnect(device, true);
        }
        self.carry_out(device, effects)?;
        if chance(&mut self.rng, faults.reload) {
            self.device(device)?.engine.forget_copies();
        }
        if restart {
            self.device(device)?.engine.reset();
            self.disconnect(device, false)?;
        }
        Ok(())
    }

    /// What the driver does when a step finds the disk full: the engine forgets what is not stored, whoever asked is
    /// told, and the connection is made anew.
    fn found_no_room(&mut self, device: usize, ticket: Option<u64>) -> Result<()> {
        self.full += 1;
        self.device(device)?.engine.reset();
        if let Some(ticket) = ticket {
            let failure = Failure::new(Code::NoRoom, "The disk is full.");
            self.answers.insert((device, ticket), Err(failure));
        }
        self.disconnect(device, false)
    }

    fn dies_now(&mut self, device: usize) -> Option<Crash> {
        let crash = self.crash.as_mut().filter(|crash| crash.device == device)?;
        if crash.after == 0 {
            return self.crash.take();
        }
        crash.after -= 1;
        None
    }

    fn carry_out(&mut self, device: usize, effects: Effects) -> Result<()> {
        for (ticket, answer) in effects.answers {
            if self.answers.insert((device, ticket), answer).is_some() {
                bail!("a command was answered twice");
            }
        }
        use parlor_view::Event as Told;
        self.told.extend(effects.events.into_iter().filter_map(|event| {
            let of_devices = matches!(
                event,
                Told::LinkCode { .. }
                    | Told::LinkDone { .. }
                    | Told::LinkProgress { .. }
                    | Told::LinkFailed { .. }
                    | Told::RestoreProgress { .. }
                    | Told::DeviceLinked { .. }
                    | Told::DeviceRemoved { .. }
                    | Told::AccountDeleted { .. }
            );
            of_devices.then_some((device, event))
        }));
        for order in effects.files {
            self.file_order(device, order)?;
        }
        let connection = self.device(device)?.connection;
        for frame in effects.frames {
            if let Some(connection) = connection {
                self.tell(Moment::Up(device, &frame));
                self.send_up(connection, frame);
            }
        }
        if let Some(at) = effects.wake_at {
            let at = at.saturating_add_signed(-self.device(device)?.skew);
            if at <= self.now {
                bail!("a device wants to be woken in the past");
            }
            if self.device(device)?.wake_at.is_none_or(|old| at < old) {
                self.device(device)?.wake_at = Some(at);
                self.plan(at, Event::Wake(device));
            }
        }
        if effects.disconnect {
            match connection {
                Some(connection) => self.break_connection(connection),
                None => self.reconnect(device),
            }
        }
        Ok(())
    }
}
