//! The own account: keys, registration, profile, settings, key packages.

use crate::net::{Link, Waiting};
use crate::own::one;
use crate::step::Step;
use crate::{EngineError, Result, Ticket, net::Purpose};
use parlor_crypto::Secret;
use parlor_crypto::sign::SigningKey;
use parlor_mls::DeviceIdentity;
use parlor_store::Tx;
use parlor_view::{
    AccountCreate, AccountUpdate, AccountView, Answer, Code, Command, Failure, SettingsChange,
    SettingsView,
};
use parlor_wire::device::{ProfileNow, Switches, own_change::Change};
use parlor_wire::limits::{MAX_ABOUT_BYTES, MAX_AVATAR_BYTES, MAX_NAME_BYTES};
use parlor_wire::relay::{
    self, GetAccountRecord, KeyPackage, KeyPackageUpload, client_frame::Request,
    reply::Result as Outcome,
};
use parlor_wire::{DeviceId, Message, QueueId, UserId, username};

const ONE_TIME_WANTED: u32 = 30;
const ONE_TIME_LOW: u32 = 15;

/// How far the account is.
pub enum Registration {
    /// Keys are there; the relay has not confirmed.
    Pending { genesis: Vec<u8>, username: Option<String>, invite: Option<String> },
    /// The relay knows it.
    Done,
}

/// The own keys, if there is an account.
pub fn identity(tx: &Tx<'_>) -> Result<Option<DeviceIdentity>> {
    let (Some(user), Some(device), Some(seed)) =
        (tx.meta("user_id")?, tx.meta("device_id")?, tx.meta("device_seed")?)
    else {
        return Ok(None);
    };
    let seed = Secret::try_from(seed.as_slice()).map_err(|_| EngineError::Damaged("device key"))?;
    Ok(Some(DeviceIdentity::new(
        UserId::try_from(&user)?,
        DeviceId::try_from(&device)?,
        u32::try_from(tx.number("device_log_seq")?).unwrap_or(0),
        SigningKey::from_seed(&seed),
    )))
}

/// Whether the relay knows the account of this profile.
pub fn is_registered(tx: &Tx<'_>) -> Result<bool> {
    Ok(tx.number("registered")? == 1)
}

pub fn server(tx: &Tx<'_>) -> Result<Option<String>> {
    text(tx, "server")
}

pub fn text(tx: &Tx<'_>, key: &str) -> Result<Option<String>> {
    Ok(tx.meta(key)?.map(|bytes| String::from_utf8_lossy(&bytes).into_owned()))
}

fn name_problem(name: &str) -> Option<Failure> {
    if name.trim().is_empty() {
        return Some(Failure::new(Code::InvalidName, "A name cannot be empty."));
    }
    (name.len() > MAX_NAME_BYTES).then(|| Failure::new(Code::TooLarge, "That name is too long."))
}

impl Step<'_, '_> {
    pub fn registration(&self) -> Result<Option<Registration>> {
        if self.has_account()? {
            return Ok(Some(Registration::Done));
        }
        let Some(genesis) = self.tx.meta("genesis")? else { return Ok(None) };
        Ok(Some(Registration::Pending {
            genesis,
            username: text(self.tx, "username")?,
            invite: text(self.tx, "invite")?,
        }))
    }

    pub fn has_account(&self) -> Result<bool> {
        is_registered(self.tx)
    }

    pub fn create_account(&mut self, ticket: Ticket, wish: AccountCreate) -> Result<()> {
        if self.has_account()? || self.restore_is_wanted()? {
            self.fail(ticket, Code::Refused, "This profile has an account already.");
            return Ok(());
        }
        if let Some(problem) = name_problem(&wish.display_name)
            .or_else(|| wish.device_name.as_deref().and_then(name_problem))
        {
            self.answer(ticket, Err(problem));
            return Ok(());
        }
        let username = match wish.username.as_deref().map(username::normalise).transpose() {
            Ok(username) => username,
            Err(error) => {
                self.fail(ticket, Code::InvalidName, &error.to_string());
                return Ok(());
            }
        };
        if !wish.server.starts_with("http://") && !wish.server.starts_with("https://") {
            self.fail(
                ticket,
                Code::NotFound,
                "The server's address begins with http:// or https://.",
            );
            return Ok(());
        }
        // Keys from an earlier try that the relay may know are kept; names may differ this time.
        if self.tx.meta("genesis")?.is_none() {
            self.make_keys()?;
        }
        let server = wish.server.trim_end_matches('/');
        self.tx.set_meta("server", server.as_bytes())?;
        self.tx.set_meta("display_name", wish.display_name.trim().as_bytes())?;
        self.tx.set_number("profile_version", 1)?;
        let device_name = wish.device_name.as_deref().unwrap_or("Parlor");
        self.tx.set_meta("device_name", device_name.as_bytes())?;
        for (key, value) in [("username", &username), ("invite", &wish.invite)] {
            match value {
                Some(value) => self.tx.set_meta(key, value.as_bytes())?,
                None => self.tx.delete_meta(key)?,
            }
        }
        // A device that waits to be linked is connected, as a guest.
        let leaves = self.engine.net.link != Link::Offline;
        self.engine.net.waiting.push(Waiting::Create { ticket, leaves });
        self.out.disconnect = true;
        Ok(())
    }

    /// Asks the relay for all that it holds about this account.
    pub fn ask_for_record(&mut self, ticket: Ticket, command: &Command) {
        if !self.wait_for_connection(ticket, command) {
            let request = Request::GetAccountRecord(GetAccountRecord {});
            self.request(request, Purpose::Record { ticket });
        }
    }

    pub fn record_came(&mut self, ticket: Ticket, result: Result<Outcome, relay::Failure>) {
        let answer = match result {
            Ok(Outcome::AccountRecord(record)) => serde_json::from_slice(&record.json)
                .map(|record| Answer::Record { record })
                .map_err(|_| Failure::new(Code::Internal, "The server's record cannot be read.")),
            // A server of an earlier version does not know the question.
            Ok(_) => Err(Failure::new(Code::NotSupported, "The server cannot say.")),
            Err(failure) if failure.code() == relay::Code::Malformed => {
                Err(Failure::new(Code::NotSupported, "The server cannot say."))
            }
            Err(failure) => Err(self.relay_failure(&failure)),
        };
        self.answer(ticket, answer);
    }

    fn make_keys(&mut self) -> Result<()> {
        let device_seed = Secret::generate(&mut *self.rng);
        let recovery = self.make_recovery()?;
        let device = DeviceId(self.random());
        let salt = self.random();
        let (user, entry) = parlor_identity::genesis(
            device,
            &SigningKey::from_seed(&device_seed),
            &recovery,
            salt,
            self.now,
        );
        let genesis = entry.encode_to_vec();
        self.tx.set_meta("user_id", user.as_bytes())?;
        self.tx.set_meta("device_id", device.as_bytes())?;
        self.tx.set_meta("device_seed", device_seed.expose())?;
        self.tx.set_meta("genesis", &genesis)?;
        self.tx.add_log_entry(&user, 0, &genesis)?;
        self.engine.identity = None;
        Ok(())
    }

    pub fn registered(&mut self, result: Result<Outcome, relay::Failure>) -> Result<()> {
        match result {
            Ok(_) => {
                self.tx.set_number("registered", 1)?;
                self.tx.delete_meta("invite")?;
                let identity = crate::account::identity(self.tx)?;
                self.engine.identity = identity.map(std::rc::Rc::new);
                let mut person = self.tx.person(&self.me()?)?;
                person.username = text(self.tx, "username")?;
                person.display_name = text(self.tx, "display_name")?;
                person.accepted = true;
                self.tx.set_person(&person)?;
                self.authenticate()
            }
            Err(failure) => {
                let failure = self.relay_failure(&failure);
                // Nothing was made: the profile is as empty as before.
                for key in ["user_id", "device_id", "device_seed", "genesis", "server"] {
                    self.tx.delete_meta(key)?;
                }
                self.forget_recovery()?;
                self.engine.identity = None;
                self.answer_waiting(&Err(failure), |of| matches!(of, Waiting::Create { .. }));
                self.out.disconnect = true;
                Ok(())
            }
        }
    }

    /// Answers `account.create` once others can reach the new device.
    pub fn created(&mut self) -> Result<()> {
        if !std::mem::replace(&mut self.engine.net.reachable, true) {
            self.want_history()?;
        }
        for entry in self.engine.net.take_waiting(|of| matches!(of, Waiting::Create { .. })) {
            let identity = self.identity()?;
            let answer = Answer::Created {
                user_id: identity.user.text(),
                address: self.tx.person(&identity.user)?.address(),
                device_id: identity.device.text(),
            };
            self.answer(entry.ticket(), Ok(answer));
        }
        Ok(())
    }

    pub fn refill_key_packages(&mut self, one_time: u32, last_resort: bool) -> Result<()> {
        if self.engine.net.asked(|purpose| matches!(purpose, Purpose::KeyPackages)) {
            return Ok(());
        }
        if one_time >= ONE_TIME_LOW && last_resort {
            return self.created();
        }
        let mut packages = Vec::new();
        for _ in one_time..ONE_TIME_WANTED {
            packages.push(self.key_package(false)?);
        }
        let last_resort = if last_resort { None } else { Some(self.key_package(true)?) };
        let upload = KeyPackageUpload { packages, last_resort };
        self.request(Request::KeyPackageUpload(upload), Purpose::KeyPackages);
        Ok(())
    }

    fn key_package(&mut self, last_resort: bool) -> Result<KeyPackage> {
        let queue = QueueId(self.random());
        let key_package = self.mls(|mls| mls.key_package(last_resort, queue))??;
        match last_resort {
            true => self.tx.set_last_resort(&queue)?,
            false => self.tx.set_queue(&queue, None)?,
        }
        Ok(KeyPackage { key_package, queue_id: queue.to_vec() })
    }

    pub fn account_view(&self) -> Result<AccountView> {
        let identity = self.identity()?;
        let person = self.tx.person(&identity.user)?;
        Ok(AccountView {
            user_id: identity.user.text(),
            address: person.address(),
            display_name: person.name().to_string(),
            avatar: crate::project::picture(person.avatar.as_deref()),
            about: person.about.unwrap_or_default(),
            device_id: identity.device.text(),
            server: text(self.tx, "server")?.unwrap_or_default(),
            connected: self.engine.net.online(),
        })
    }

    pub fn update_account(&mut self, ticket: Ticket, wish: AccountUpdate) -> Result<()> {
        let avatar = self.take_prepared(ticket).and_then(|prepared| prepared.avatar);
        if wish.avatar_path.is_some() && avatar.is_none() {
            self.fail(ticket, Code::NotSupported, "This device cannot read pictures.");
            return Ok(());
        }
        let mut person = self.tx.person(&self.me()?)?;
        if let Some(name) = wish.display_name {
            if let Some(problem) = name_problem(&name) {
                self.answer(ticket, Err(problem));
                return Ok(());
            }
            person.display_name = Some(name.trim().to_string());
        }
        if let Some(about) = wish.about {
            if about.len() > MAX_ABOUT_BYTES {
                self.fail(ticket, Code::TooLarge, "That text is too long.");
                return Ok(());
            }
            person.about = Some(about);
        }
        if let Some(avatar) = avatar {
            if avatar.len() > MAX_AVATAR_BYTES {
                self.fail(ticket, Code::TooLarge, "That picture is too large.");
                return Ok(());
            }
            person.avatar = Some(avatar).filter(|avatar| !avatar.is_empty());
        }
        let profile = ProfileNow {
            display_name: person.display_name.clone().unwrap_or_default(),
            about: person.about.clone().unwrap_or_default(),
            avatar: person.avatar.clone().unwrap_or_default(),
            version: self.tx.number("profile_version")? + 1,
        };
        person.profile_version = profile.version;
        self.tx.set_person(&person)?;
        self.tx.set_number("profile_version", profile.version)?;
        self.answer(ticket, Ok(Answer::Empty {}));
        self.keep_in_step(vec![one(Change::Profile(profile))])?;
        self.tell_profile()
    }

    /// A switch; all are on until they are switched off.
    pub fn setting(&self, name: &str) -> Result<bool> {
        Ok(self.tx.number(name)? == 0)
    }

    pub fn settings(&self) -> Result<SettingsView> {
        Ok(SettingsView {
            read_receipts: self.setting("no_read_receipts")?,
            delivered_receipts: self.setting("no_delivered_receipts")?,
            typing: self.setting("no_typing")?,
        })
    }

    /// Sets switches and tells the other devices.
    pub fn set_settings(&mut self, change: SettingsChange) -> Result<()> {
        self.set_switches(&change)?;
        let SettingsChange { read_receipts, delivered_receipts, typing } = change;
        let switches = Switches { read_receipts, delivered_receipts, typing };
        self.keep_in_step(vec![one(Change::Switches(switches))])
    }

    pub fn set_switches(&mut self, change: &SettingsChange) -> Result<()> {
        for (key, value) in [
            ("no_read_receipts", change.read_receipts),
            ("no_delivered_receipts", change.delivered_receipts),
            ("no_typing", change.typing),
        ] {
            if let Some(on) = value {
                self.tx.set_number(key, u64::from(!on))?;
            }
        }
        Ok(())
    }

    /// What a relay's refusal means to a person.
    pub fn relay_failure(&self, failure: &relay::Failure) -> Failure {
        use relay::Code as R;
        let (code, message) = match failure.code() {
            R::NameTaken => (Code::NameTaken, "That username belongs to somebody else."),
            R::InvalidInvite => (
                Code::InvalidInvite,
                "This server needs an invite, and that is none, or it is used up.",
            ),
            R::RegistrationClosed => {
                (Code::RegistrationClosed, "This server takes no new accounts.")
            }
            R::NotFound => (Code::NotFound, "The server knows nobody of that address."),
            R::RateLimited => {
                (Code::RateLimited, "That was too much at once. Try again in a moment.")
            }
            R::TooLarge => (Code::TooLarge, "That is larger than the server takes."),
            R::Quota => (Code::Quota, "The server keeps no more for this account."),
            R::Unavailable => (Code::Unavailable, "The server cannot store anything right now."),
            R::Revoked => (Code::Revoked, "This device was removed from its account."),
            R::Malformed => (Code::Internal, "The server did not understand the request."),
            _ => (Code::Refused, "The server refused."),
        };
        let retry_after = (failure.retry_after > 0).then_some(failure.retry_after);
        Failure { code, message: message.to_string(), retry_after }
    }
}
