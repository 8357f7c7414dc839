//! The account goes on with the new device: its entry in the log, and its way back into each group.

use super::{RESTORING, Restoring, does_not_hold};
use crate::backup::{KEYS, public_keys};
use crate::groups::{REJOIN, Wish};
use crate::net::Purpose;
use crate::notice::Notice;
use crate::step::Step;
use crate::{EngineError, Result};
use parlor_crypto::Secret;
use parlor_crypto::recovery::RecoveryKeys;
use parlor_crypto::sign::SigningKey;
use parlor_identity::{DeviceLog, add_by_recovery, revoke_by_recovery};
use parlor_store::groups::Status;
use parlor_view::{Answer, Code, Event, Failure};
use parlor_wire::limits::MAX_DEVICES;
use parlor_wire::relay::{
    self, BackupState, LogAppend, client_frame::Request, reply::Result as Outcome,
};
use parlor_wire::{DeviceId, Message};

impl Step<'_, '_> {
    /// Everything is here: the new device comes into the log.
    pub(super) fn join_account(
        &mut self,
        state: &Restoring,
        keys: &RecoveryKeys,
        log: &DeviceLog,
        entries: &[Vec<u8>],
    ) -> Result<()> {
        let device = DeviceId::try_from(&state.device_id)?;
        if log.user_id() != self.me()? {
            return self.restore_fails(false, does_not_hold());
        }
        match log.device(&device) {
            Some(known) if known.revoked_seq.is_none() => {
                return self.restored(state, keys, log, entries);
            }
            Some(_) => {
                let text = "Another device has taken the account up in the meantime.";
                return self.restore_fails(false, Failure::new(Code::Revoked, text));
            }
            None => {}
        }
        let full = log.active().count() >= MAX_DEVICES;
        let entry = match log.active().next().filter(|_| full) {
            Some(oldest) => revoke_by_recovery(log, &keys.signing, oldest.id, self.now),
            None => {
                let seed = Secret::try_from(state.device_seed.as_slice())
                    .map_err(|_| EngineError::Damaged("a restore"))?;
                let new = (device, &SigningKey::from_seed(&seed));
                let name = self.seal_device_name(&device, &state.name)?;
                add_by_recovery(log, &keys.signing, new, name, self.now)
            }
        };
        let append = LogAppend { entry: entry.encode_to_vec() };
        self.request(Request::LogAppend(append), Purpose::RestoreJoin);
        Ok(())
    }

    /// The relay's word on the entry; what counts is the log.
    pub fn restore_joined(&mut self, result: Result<Outcome, relay::Failure>) -> Result<()> {
        let Some(state) = self.restoring()? else { return Ok(()) };
        match result {
            Err(failure) if failure.code() != relay::Code::LogConflict => {
                let failure = self.relay_failure(&failure);
                self.restore_fails(false, failure)
            }
            _ => self.read_on(&state),
        }
    }

    /// From here on this is a device like any other.
    fn restored(
        &mut self,
        state: &Restoring,
        keys: &RecoveryKeys,
        log: &DeviceLog,
        entries: &[Vec<u8>],
    ) -> Result<()> {
        let (user, device) = (log.user_id(), DeviceId::try_from(&state.device_id)?);
        let added = log.device(&device).map_or(0, |device| device.added_seq);
        let known = self.tx.log_entries(&user)?;
        if !entries.starts_with(&known) {
            return self.restore_fails(false, does_not_hold());
        }
        for (seq, entry) in (0u32..).zip(entries).skip(known.len()) {
            self.tx.add_log_entry(&user, seq, entry)?;
        }
        self.tx.set_number("device_log_seq", u64::from(added))?;
        self.tx.set_number("own_log_seq", u64::from(log.head_seq()))?;
        self.tx.set_meta("device_name", state.name.as_bytes())?;
        self.tx.set_meta(KEYS, &public_keys(keys).encode_to_vec())?;
        self.tx.set_number("registered", 1)?;
        let others = log.active().map(|other| other.id).filter(|id| *id != device);
        self.want_removed(others.collect())?;
        // What the backup has came out of it just now; what changes from here on is noted.
        self.set_backup_state(&BackupState {
            locator: keys.locator.to_vec(),
            count: state.count,
            bytes: state.bytes,
            limit: 0,
            updated: state.updated,
            last_hash: state.newest.clone(),
            ..BackupState::default()
        })?;
        self.tx.set_writes_backup(true)?;
        // What the lost devices were about to erase is in it still.
        self.erase_later()?;
        self.come_back(state)?;
        self.tx.delete_meta(RESTORING)?;
        self.engine.identity = crate::account::identity(self.tx)?.map(std::rc::Rc::new);
        let total = u64::from(state.count);
        self.out.events.push(Event::RestoreProgress { done: total, total, ended: true });
        let address = self.tx.person(&user)?.address();
        let answer = Answer::Created { user_id: user.text(), address, device_id: device.text() };
        self.restore_answered(&Ok(answer));
        self.out.disconnect = true;
        Ok(())
    }

    /// Every group that the account was in is joined again, and each chat says what may be missing.
    fn come_back(&mut self, state: &Restoring) -> Result<()> {
        for mut row in self.tx.groups()? {
            let Some(mut chat) = self.tx.chat(&row.chat_id)? else {
                row.status = Status::Gone;
                self.tx.set_group(&row)?;
                continue;
            };
            if row.status != Status::Stale {
                continue;
            }
            chat.group.get_or_insert(row.group_id);
            self.tx.set_chat(&chat)?;
            self.heard_nobody(&row.group_id, &row.chat_id, state.made_at)?;
            self.add_intent(row.chat_id, row.group_id, REJOIN, &Wish::default(), 0)?;
        }
        let me = self.me()?;
        let text = crate::devices::moment(state.made_at);
        for chat in self.tx.chats()?.into_iter().filter(|chat| !chat.left) {
            let Some(group) = chat.group else { continue };
            let notice = Notice::new("restored_here", me, None, &text);
            self.add_notice(&chat.chat_id, &group, 0, self.now, notice)?;
        }
        self.untouch();
        Ok(())
    }
}
