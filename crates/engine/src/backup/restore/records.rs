//! What is taken out of the segments of a backup.

use super::Restoring;
use crate::Result;
use crate::backup::segment::additional;
use crate::step::Step;
use parlor_crypto::recovery::RecoveryKeys;
use parlor_store::chats::ChatId;
use parlor_store::groups::{GroupRow, MemberRow, Status};
use parlor_store::people::Person;
use parlor_view::SettingsChange;
use parlor_wire::device::{BackupBody, BackupGroup, BackupSegment};
use parlor_wire::{DeviceId, GroupId, Message, QueueId, UserId, hash, padding, statement};

impl Step<'_, '_> {
    /// The next segment to read, if it is what the one behind it says and was made by a device of the account.
    pub(super) fn open_segment(
        &self,
        state: &Restoring,
        keys: &RecoveryKeys,
        sealed: &[u8],
    ) -> Result<Option<BackupBody>> {
        let Some(log) = self.log(&self.me()?)? else { return Ok(None) };
        let opened = || -> Option<BackupBody> {
            let index = state.left.checked_sub(1)?;
            let newest = state.left == state.count;
            (newest || state.expected == hash(sealed).0).then_some(())?;
            let segment = keys.opening.open(&additional(&keys.locator, index), sealed).ok()?;
            let segment = BackupSegment::decode(padding::unpad(&segment).ok()?).ok()?;
            let body = BackupBody::decode(segment.body.as_slice()).ok()?;
            let device = log.device(&DeviceId::try_from(&body.device_id).ok()?)?;
            let signed = statement::backup_segment(&keys.locator, &segment.body);
            device.key.verify(&signed, &segment.signature).ok()?;
            let fits = body.version == 1
                && body.index == index
                && body.user_id == log.user_id().0
                && body.previous.is_empty() == (index == 0)
                && (!newest || body.rewrite.is_empty() || body.complete);
            fits.then_some(body)
        };
        Ok(opened())
    }

    /// What the newest segment says counts for the account itself.
    pub(super) fn newest_segment(&mut self, state: &Restoring, body: &BackupBody) -> Result<()> {
        let me = self.me()?;
        let profile = body.profile.clone().unwrap_or_default();
        let mut person = Person::unknown(me);
        person.username = Some(state.username.clone()).filter(|name| !name.is_empty());
        person.display_name = Some(profile.display_name.clone());
        person.about = Some(profile.about).filter(|about| !about.is_empty());
        person.avatar = Some(profile.avatar).filter(|avatar| !avatar.is_empty());
        person.profile_version = profile.version;
        person.accepted = true;
        self.tx.set_person(&person)?;
        self.tx.set_meta("display_name", profile.display_name.as_bytes())?;
        self.tx.set_number("profile_version", profile.version)?;
        if let Some(username) = &person.username {
            self.tx.set_meta("username", username.as_bytes())?;
        }
        if crate::linking::secret(&body.account_key).is_ok() {
            self.tx.set_meta("account_key", &body.account_key)?;
        }
        let switches = body.switches.unwrap_or_default();
        self.set_switches(&SettingsChange {
            read_receipts: switches.read_receipts,
            delivered_receipts: switches.delivered_receipts,
            typing: switches.typing,
        })
    }

    /// Takes over what no later segment has.
    pub(super) fn segment_comes(&mut self, state: &mut Restoring, body: BackupBody) -> Result<()> {
        for record in &body.people {
            let Ok(user) = UserId::try_from(&record.user_id) else { continue };
            if self.tx.person(&user)? == Person::unknown(user) {
                self.person_comes(record)?;
            }
        }
        for record in &body.chats {
            let Some(id) = self.named_chat(record.name.as_ref())? else { continue };
            if self.tx.chat(&id)?.is_none() && !state.gone.iter().any(|gone| *gone == id.0) {
                self.chat_comes(record)?;
            }
        }
        for id in body.gone_chats {
            let known = ChatId::try_from(&id).map(|id| self.tx.chat(&id));
            if let Ok(known) = known
                && known?.is_none()
            {
                state.gone.push(id);
            }
        }
        for record in body.groups {
            self.group_comes(&record)?;
        }
        for record in body.messages {
            self.message_comes(record)?;
        }
        Ok(())
    }

    fn group_comes(&mut self, record: &BackupGroup) -> Result<()> {
        let Ok(group_id) = GroupId::try_from(&record.group_id) else { return Ok(()) };
        let Some(chat_id) = self.named_chat(record.chat.as_ref())? else { return Ok(()) };
        if self.tx.group(&group_id)?.is_some() {
            return Ok(());
        }
        let inside = crate::linking::secret(&record.info_key).is_ok();
        self.tx.set_group(&GroupRow {
            group_id,
            chat_id,
            // Nothing leads to it: the leaf that comes in has another.
            queue_id: QueueId(self.random()),
            status: if inside { Status::Stale } else { Status::Gone },
            epoch: 0,
            info_key: record.info_key.clone(),
            created_at: 0,
            last_seq: 0,
            wait_epoch: 0,
            refused: None,
            profile_sent: -1,
            refreshed_at: 0,
        })?;
        for user_id in record.members.iter().filter_map(|id| UserId::try_from(id).ok()) {
            let member =
                MemberRow { user_id, devices: 1, joined: 0, leaving: false, delivered: 0, read: 0 };
            self.tx.set_member(&group_id, &member)?;
        }
        Ok(())
    }
}
