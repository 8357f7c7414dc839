//! What is taken out of the segments of a backup, and what becomes of it when the account goes on.

use super::Restoring;
use crate::Result;
use crate::groups::{REJOIN, Wish};
use crate::notice::Notice;
use crate::step::Step;
use parlor_store::chats::ChatId;
use parlor_store::groups::{GroupRow, MemberRow, Status};
use parlor_store::people::Person;
use parlor_view::SettingsChange;
use parlor_wire::device::{BackupBody, BackupGroup};
use parlor_wire::{GroupId, QueueId, UserId};

impl Step<'_, '_> {
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

    /// Every group that the account was in is joined again, and each chat says what may be missing.
    pub(super) fn come_back(&mut self, state: &Restoring) -> Result<()> {
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
