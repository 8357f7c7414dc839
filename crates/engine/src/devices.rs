//! The devices of this account: listing, naming and removing them.
//!
//! A removal is wanted until the own log says that the device is revoked; then every group is looked at, and
//! whoever is in and connected commits the leaf out of it.

use crate::net::{Purpose, Waiting};
use crate::own::one;
use crate::removed::Why;
use crate::step::Step;
use crate::{EngineError, Result, Ticket};
use parlor_crypto::{Secret, aead};
use parlor_identity::{DeviceLog, revoke_device};
use parlor_view::{Answer, Code, Command, DeviceView, Event};
use parlor_wire::device::{DeviceName, own_change::Change};
use parlor_wire::relay::{
    self, DeviceSeen, LogAppend, LogEntries, client_frame::Request, reply::Result as Outcome,
};
use parlor_wire::{DeviceId, Message};
use std::rc::Rc;

/// Devices that are to be removed, as long as the log does not say so.
#[derive(Clone, PartialEq, Message)]
struct Removing {
    #[prost(bytes = "vec", repeated, tag = "1")]
    devices: Vec<Vec<u8>>,
}

/// Names of devices that the log does not have.
#[derive(Clone, PartialEq, Message)]
struct Names {
    #[prost(message, repeated, tag = "1")]
    names: Vec<DeviceName>,
}

const REMOVING: &str = "removing";
const NAMES: &str = "device_names";
const SEEN: &str = "devices_seen";

impl Step<'_, '_> {
    /// The own log, as far as it is here.
    pub fn own_log(&self) -> Result<Rc<DeviceLog>> {
        self.log(&self.me()?)?.ok_or(EngineError::Damaged("own device log"))
    }

    /// A key that all devices of the account have, made when it is needed first.
    pub fn account_key(&mut self) -> Result<Secret> {
        match self.tx.meta("account_key")? {
            Some(bytes) => crate::linking::secret(&bytes),
            None => {
                let key = Secret::generate(&mut *self.rng);
                self.tx.set_meta("account_key", key.expose())?;
                Ok(key)
            }
        }
    }

    fn names_key(&mut self) -> Result<Secret> {
        Ok(self.account_key()?.derive("parlor device names v1"))
    }

    pub fn seal_device_name(&mut self, device: &DeviceId, name: &str) -> Result<Vec<u8>> {
        let key = self.names_key()?;
        Ok(aead::seal(&key, &device.0, name.as_bytes(), &mut *self.rng))
    }

    fn told_names(&self) -> Result<Vec<DeviceName>> {
        let names = self.tx.meta(NAMES)?.unwrap_or_default();
        Ok(Names::decode(names.as_slice()).map_err(|_| EngineError::Damaged("names"))?.names)
    }

    pub fn set_device_names(&mut self, names: &[DeviceName]) -> Result<()> {
        let names = Names { names: names.to_vec() };
        Ok(self.tx.set_meta(NAMES, &names.encode_to_vec())?)
    }

    /// Names that a new device does not find in the log: the first device's.
    pub fn device_names_to_tell(&self) -> Result<Vec<DeviceName>> {
        let mut names = self.told_names()?;
        let name = crate::account::text(self.tx, "device_name")?.unwrap_or_default();
        names.push(DeviceName { device_id: self.identity()?.device.to_vec(), name });
        Ok(names)
    }

    pub fn devices(&mut self) -> Result<Vec<DeviceView>> {
        let own = self.identity()?.device;
        let (log, key, told) = (self.own_log()?, self.names_key()?, self.told_names()?);
        let seen = self.tx.meta(SEEN)?.unwrap_or_default();
        let seen = LogEntries::decode(seen.as_slice())
            .map_err(|_| EngineError::Damaged("when devices were seen"))?
            .seen;
        let own_name = crate::account::text(self.tx, "device_name")?.unwrap_or_default();
        let view = |device: &parlor_identity::Device| {
            let in_log = aead::open(&key, &device.id.0, &device.sealed_name).ok();
            let told = || told.iter().find(|name| name.device_id == device.id.0);
            let name = match in_log {
                _ if device.id == own => own_name.clone(),
                Some(name) => String::from_utf8_lossy(&name).into_owned(),
                None => told().map(|told| told.name.clone()).unwrap_or_default(),
            };
            let day = seen.iter().find(|seen| seen.device_id == device.id.0).map(|seen| seen.day);
            DeviceView {
                device_id: device.id.text(),
                name,
                added_at: device.added_at,
                last_seen_day: day.filter(|day| *day > 0).map(date),
                current: device.id == own,
            }
        };
        Ok(log.active().map(view).collect())
    }

    fn removing(&self) -> Result<Removing> {
        let bytes = self.tx.meta(REMOVING)?.unwrap_or_default();
        Removing::decode(bytes.as_slice()).map_err(|_| EngineError::Damaged("removals"))
    }

    /// `devices.remove`: answered when the own log says so.
    pub fn remove_device(&mut self, ticket: Ticket, device: &str, command: &Command) -> Result<()> {
        let log = self.own_log()?;
        let id = DeviceId::parse(device).ok().filter(|id| log.device(id).is_some());
        let Some(id) = id else {
            self.fail(ticket, Code::NotFound, "This account has no such device.");
            return Ok(());
        };
        if log.active_device(&id).is_none() {
            self.answer(ticket, Ok(Answer::Empty {}));
            return Ok(());
        }
        if log.active().count() == 1 {
            let text = "This is the only device of the account; without it nobody could come back.";
            self.fail(ticket, Code::Refused, text);
            return Ok(());
        }
        if self.wait_for_connection(ticket, command) {
            return Ok(());
        }
        let mut removing = self.removing()?;
        removing.devices.push(id.to_vec());
        self.tx.set_meta(REMOVING, &removing.encode_to_vec())?;
        let leaves = id == self.identity()?.device;
        self.engine.net.waiting.push(Waiting::Removal { ticket, device: id, leaves });
        self.revoke_next()
    }

    /// Devices that are to go as soon as there is a connection.
    pub fn want_removed(&mut self, devices: Vec<DeviceId>) -> Result<()> {
        let devices = devices.into_iter().map(DeviceId::to_vec).collect();
        Ok(self.tx.set_meta(REMOVING, &Removing { devices }.encode_to_vec())?)
    }

    /// Sends the entry for the first removal that the log does not have.
    pub fn revoke_next(&mut self) -> Result<()> {
        let Some(first) = self.removing()?.devices.first().cloned() else { return Ok(()) };
        let log = self.own_log()?;
        let identity = self.identity()?;
        let signer = parlor_crypto::sign::SigningKey::from_seed(&crate::linking::secret(
            &self.tx.meta("device_seed")?.unwrap_or_default(),
        )?);
        let by = (identity.device, &signer);
        let entry = revoke_device(&log, by, DeviceId::try_from(&first)?, self.now);
        let request = LogAppend { entry: entry.encode_to_vec() };
        self.request(Request::LogAppend(request), Purpose::LogAppend);
        Ok(())
    }

    /// The relay's word on a removal; what counts is the log, which is fetched whatever it says.
    pub fn removal_appended(&mut self, result: Result<Outcome, relay::Failure>) -> Result<()> {
        if let Err(failure) = &result
            && !matches!(
                failure.code(),
                relay::Code::LogConflict | relay::Code::RateLimited | relay::Code::Unavailable
            )
        {
            self.tx.delete_meta(REMOVING)?;
            let failure = self.relay_failure(failure);
            self.answer_waiting(&Err(failure), |of| matches!(of, Waiting::Removal { .. }));
            return Ok(());
        }
        let me = self.me()?;
        self.fetch_log(&me)?;
        Ok(())
    }

    /// The own log is as the relay has it.
    pub fn own_log_came(&mut self, seen: &[DeviceSeen]) -> Result<()> {
        let log = self.own_log()?;
        let seen = LogEntries { seen: seen.to_vec(), ..LogEntries::default() };
        self.tx.set_meta(SEEN, &seen.encode_to_vec())?;
        let before = self.tx.number("own_log_seq")?;
        self.tx.set_number("own_log_seq", u64::from(log.head_seq()))?;
        if log.active_device(&self.identity()?.device).is_none() {
            return self.forget_everything(Why::Removed);
        }
        if u64::from(log.head_seq()) > before {
            self.devices_changed(&log, before)?;
        }
        self.remove_for_deletion(&log)?;
        let mut removing = self.removing()?;
        removing
            .devices
            .retain(|id| DeviceId::try_from(id).is_ok_and(|id| log.active_device(&id).is_some()));
        self.tx.set_meta(REMOVING, &removing.encode_to_vec())?;
        self.answer_waiting(&Ok(Answer::Empty {}), |of| {
            matches!(of, Waiting::Removal { device, .. } if log.active_device(device).is_none())
        });
        self.revoke_next()?;
        self.rotation_settles()?;
        self.kept_keys_settle()?;
        self.choose_backup_writer()?;
        self.propose_again()
    }

    /// Tells what changed in the log since an entry, here and on the other devices.
    fn devices_changed(&mut self, log: &DeviceLog, before: u64) -> Result<()> {
        let me = self.me()?;
        let devices: Vec<parlor_identity::Device> = log.devices().cloned().collect();
        for device in devices {
            let (user_id, device_id) = (me.text(), device.id.text());
            if device.revoked_seq.is_some_and(|seq| u64::from(seq) > before) {
                self.tx.delete_transfer(&device.id)?;
                self.grant_is_done(&device.id)?;
                self.out.events.push(Event::DeviceRemoved { user_id, device_id });
            } else if u64::from(device.added_seq) > before {
                self.out.events.push(Event::DeviceLinked { user_id, device_id });
            }
        }
        let shared = self.tx.chat(&crate::contacts::self_chat_id(&me))?.is_some();
        // A restored device removes devices that it never shared a chat with.
        if shared && !self.removing()?.devices.is_empty() {
            self.keep_in_step(vec![one(Change::LogSeq(log.head_seq()))])?;
        }
        Ok(())
    }
}

/// A moment as `YYYY-MM-DD HH:MM` UTC.
pub fn moment(at: u64) -> String {
    const DAY: u64 = 24 * 3_600_000;
    let minutes = at % DAY / 60_000;
    let day = u32::try_from(at / DAY).unwrap_or_default();
    format!("{} {:02}:{:02} UTC", date(day), minutes / 60, minutes % 60)
}

/// A day since 1970 as `YYYY-MM-DD` (Gregorian calendar, after Howard Hinnant's `civil_from_days`).
fn date(day: u32) -> String {
    let shifted = i64::from(day) + 719_468;
    let era = shifted / 146_097;
    let day_of_era = shifted % 146_097;
    let year_of_era =
        (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let month_index = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * month_index + 2) / 5 + 1;
    let month = if month_index < 10 { month_index + 3 } else { month_index - 9 };
    let year = year_of_era + era * 400 + i64::from(month <= 2);
    format!("{year:04}-{month:02}-{day:02}")
}

#[cfg(test)]
mod tests {
    use super::date;

    #[test]
    fn moments_have_minutes() {
        assert_eq!(super::moment(1_764_000_000_000), "2025-11-24 16:00 UTC");
    }

    #[test]
    fn days_are_dates() {
        for (day, text) in
            [(0, "1970-01-01"), (59, "1970-03-01"), (11_016, "2000-02-29"), (20_781, "2026-11-24")]
        {
            assert_eq!(date(day), text);
        }
    }
}
