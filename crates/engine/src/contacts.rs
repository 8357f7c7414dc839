//! People: finding them, their device logs, blocking, safety numbers.

use crate::net::{Purpose, Waiting};
use crate::step::Step;
use crate::{EngineError, Result, Ticket};
use parlor_identity::DeviceLog;
use parlor_mls::LeafClaim;
use parlor_view::{Answer, Code, Command, ContactView, Failure, SafetyView};
use parlor_wire::relay::{
    self, LogFetch, Resolve, client_frame::Request, reply::Result as Outcome,
};
use parlor_wire::{UserId, username};
use std::collections::BTreeSet;
use std::rc::Rc;

/// Checked logs kept in memory.
const MOST_LOGS: usize = 1024;

/// An address that was typed.
pub enum Found {
    User(UserId),
    /// Has to be asked of the relay.
    Name(String),
    /// Cannot be an address.
    Nobody,
}

impl Step<'_, '_> {
    /// Who an address names, as far as this profile knows.
    pub fn find(&self, address: &str) -> Result<Found> {
        let address = address.trim();
        if let Ok(user) = UserId::parse(address) {
            return Ok(Found::User(user));
        }
        let Ok(name) = username::normalise(address) else { return Ok(Found::Nobody) };
        match self.tx.person_by_username(&name)? {
            Some(person) => Ok(Found::User(person.user_id)),
            None => Ok(Found::Name(name)),
        }
    }

    /// Finds everybody, or puts the command aside until the relay has said who they are. `None`: put aside or
    /// failed; nothing more is to be done.
    pub fn find_all(
        &mut self,
        ticket: Ticket,
        addresses: &[String],
        command: &Command,
    ) -> Result<Option<Vec<UserId>>> {
        let (mut users, mut names) = (Vec::new(), BTreeSet::new());
        for address in addresses {
            match self.find(address)? {
                Found::User(user) if !users.contains(&user) => users.push(user),
                Found::User(_) => {}
                Found::Name(name) => {
                    names.insert(name);
                }
                Found::Nobody => {
                    self.fail(ticket, Code::NotFound, "That is not an address.");
                    return Ok(None);
                }
            }
        }
        if names.is_empty() {
            return Ok(Some(users));
        }
        if self.wait_for_connection(ticket, command) {
            return Ok(None);
        }
        for name in &names {
            let asked =
                |p: &Purpose| matches!(p, Purpose::Resolve { username } if username == name);
            if !self.engine.net.asked(asked) {
                let request = Request::Resolve(Resolve { username: name.clone() });
                self.request(request, Purpose::Resolve { username: name.clone() });
            }
        }
        let waiting = Waiting::Names { ticket, command: command.clone(), names };
        self.engine.net.waiting.push(waiting);
        Ok(None)
    }

    pub fn resolved(&mut self, name: &str, result: Result<Outcome, relay::Failure>) -> Result<()> {
        let failure = match result {
            Ok(Outcome::Resolved(resolved)) => {
                let mut person = self.tx.person(&UserId::try_from(&resolved.user_id)?)?;
                person.username = Some(name.to_string());
                self.tx.set_person(&person)?;
                None
            }
            Ok(_) => Some(Failure::new(Code::Internal, "The server answered something else.")),
            Err(failure) => Some(self.relay_failure(&failure)),
        };
        let mut ready = Vec::new();
        let waiting = std::mem::take(&mut self.engine.net.waiting);
        for mut entry in waiting {
            if let Waiting::Names { ticket, command, names } = &mut entry
                && names.remove(name)
            {
                match &failure {
                    Some(failure) => {
                        self.out.answers.push((*ticket, Err(failure.clone())));
                        continue;
                    }
                    None if names.is_empty() => {
                        ready.push((*ticket, command.clone()));
                        continue;
                    }
                    None => {}
                }
            }
            self.engine.net.waiting.push(entry);
        }
        for (ticket, command) in ready {
            self.command(ticket, command)?;
        }
        Ok(())
    }

    /// A person's checked device log, if it is here.
    pub fn log(&self, user: &UserId) -> Result<Option<Rc<DeviceLog>>> {
        let entries = self.tx.log_entries(user)?;
        if entries.is_empty() {
            return Ok(None);
        }
        let mut checked = self.engine.logs.borrow_mut();
        if let Some((of, log)) = checked.get(user)
            && *of == entries
        {
            return Ok(Some(log.clone()));
        }
        let log =
            DeviceLog::verify(user, &entries).map_err(|_| EngineError::Damaged("a device log"))?;
        let log = Rc::new(log);
        if checked.len() >= MOST_LOGS {
            checked.clear();
        }
        checked.insert(*user, (entries, log.clone()));
        Ok(Some(log))
    }

    /// Asks for what is missing of a person's device log. False: it was asked for before, or there is no
    /// connection.
    pub fn fetch_log(&mut self, user: &UserId) -> Result<bool> {
        let asked = |p: &Purpose| matches!(p, Purpose::Log { user: of } if of == user);
        if !self.engine.net.online() || self.engine.net.asked(asked) {
            return Ok(false);
        }
        let from_seq = self.tx.log_entries(user)?.len() as u32;
        let request = Request::LogFetch(LogFetch { user_id: user.to_vec(), from_seq });
        self.request(request, Purpose::Log { user: *user });
        Ok(true)
    }

    pub fn log_came(
        &mut self,
        user: &UserId,
        result: Result<Outcome, relay::Failure>,
    ) -> Result<()> {
        let entries = match result {
            Ok(Outcome::LogEntries(entries)) => entries,
            Ok(_) => return Ok(()),
            Err(failure) => {
                let failure = self.relay_failure(&failure);
                return self.log_missing(user, &failure);
            }
        };
        let known = self.tx.log_entries(user)?;
        let all: Vec<&[u8]> =
            known.iter().chain(&entries.entries).map(|entry| entry.as_slice()).collect();
        if DeviceLog::verify(user, &all).is_err() {
            let failure =
                Failure::new(Code::VerificationFailed, "Somebody's device log does not hold.");
            return self.log_missing(user, &failure);
        }
        for (at, entry) in entries.entries.iter().enumerate() {
            self.tx.add_log_entry(user, (known.len() + at) as u32, entry)?;
        }
        if !known.is_empty() && !entries.entries.is_empty() {
            self.log_grew(user)?;
        }
        if *user == self.me()? {
            self.own_log_came(&entries.seen)?;
            if self.out.emptied {
                return Ok(());
            }
        }
        if entries.username.is_some() {
            let mut person = self.tx.person(user)?;
            person.username = entries.username;
            self.tx.set_person(&person)?;
        }
        self.engine.net.logs_fetched.insert(*user);
        self.check_joins(Some(user))?;
        for (_, came) in
            self.engine.net.logs_fetched_for.iter_mut().filter(|((_, of), _)| of == user)
        {
            *came = true;
        }
        self.advance = true;
        Ok(())
    }

    /// People whose log has to be fetched before these leaves of a mailbox item can be judged. What was
    /// fetched for the item's sake is as new as the item.
    pub fn logs_missing<'l>(
        &self,
        sequence: u64,
        leaves: impl IntoIterator<Item = &'l LeafClaim>,
    ) -> Result<BTreeSet<UserId>> {
        let mut missing = BTreeSet::new();
        for leaf in leaves {
            let known = self.log(&leaf.user)?.is_some_and(|log| log.device(&leaf.device).is_some());
            if !known && !self.engine.net.log_is_fresh_for(sequence, &leaf.user) {
                missing.insert(leaf.user);
            }
        }
        Ok(missing)
    }

    /// A person's log is longer than it was: their groups are looked at.
    fn log_grew(&mut self, user: &UserId) -> Result<()> {
        if *user == self.me()? {
            return Ok(self.tx.tend_all()?);
        }
        for group in self.tx.groups_with(user)? {
            self.tx.tend(&group)?;
        }
        Ok(())
    }

    /// A message says how long its sender's log is.
    pub fn log_hinted(&mut self, user: &UserId, seq: u32) -> Result<()> {
        if seq > 0 && seq as usize >= self.tx.log_entries(user)?.len() {
            self.fetch_log(user)?;
        }
        Ok(())
    }

    pub fn safety(&self, user: &UserId) -> Result<SafetyView> {
        let me = self.me()?;
        Ok(SafetyView {
            number: parlor_crypto::safety::number(&me, user),
            words: String::new(),
            qr: parlor_crypto::safety::qr(&me, user),
            verified: self.tx.person(user)?.verified,
            transparency: "not_available".into(),
        })
    }

    pub fn contacts(&self) -> Result<Vec<ContactView>> {
        let me = self.me()?;
        let mut contacts = Vec::new();
        for person in self.tx.people()?.into_iter().filter(|person| person.user_id != me) {
            let chat = self.tx.chat(&direct_chat_id(&me, &person.user_id))?;
            contacts.push(ContactView {
                user_id: person.user_id.text(),
                address: person.address(),
                display_name: person.name().to_string(),
                verified: person.verified,
                blocked: person.blocked,
                avatar: crate::project::picture(person.avatar.as_deref()),
                chat_id: chat.map(|chat| chat.chat_id.text()),
            });
        }
        Ok(contacts)
    }

    /// For commands about one person that may not be known by name yet.
    pub fn with_person(
        &mut self,
        ticket: Ticket,
        address: &str,
        command: &Command,
        work: impl FnOnce(&mut Self, UserId) -> Result<Answer>,
    ) -> Result<()> {
        let found = self.find_all(ticket, &[address.to_string()], command)?;
        if let Some(user) = found.and_then(|users| users.first().copied()) {
            let answer = work(self, user)?;
            self.answer(ticket, Ok(answer));
        }
        Ok(())
    }
}

/// The chat of two people, the same on both sides.
pub fn direct_chat_id(a: &UserId, b: &UserId) -> parlor_store::chats::ChatId {
    let (first, second) = if a <= b { (a, b) } else { (b, a) };
    short_hash(&[b"parlor-direct-v1".as_slice(), &first.0, &second.0])
}

/// The chat that a group carries, unless it is one of two people or notes to self.
pub fn group_chat_id(group: &parlor_wire::GroupId) -> parlor_store::chats::ChatId {
    short_hash(&[b"parlor-group-chat-v1", &group.0])
}

/// Notes to self.
pub fn self_chat_id(me: &UserId) -> parlor_store::chats::ChatId {
    short_hash(&[b"parlor-self-chat-v1", &me.0])
}

/// The first 16 bytes of the hash of some parts.
pub fn short_hash(parts: &[&[u8]]) -> parlor_wire::MessageId {
    let hash = parlor_wire::hash(&parts.concat());
    parlor_wire::MessageId(std::array::from_fn(|at| hash.0[at]))
}
