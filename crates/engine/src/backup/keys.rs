//! What devices know of the recovery code, and who of them writes.
//!
//! Invariant: nothing is written under keys whose recovery key the own log does not name. Keys in place of others are
//! taken only if that key has signed them: a device that is in somebody else's hands cannot slip its own opening key
//! under the backups of the time after its removal.

use super::{CODE, KEYS, public_keys};
use crate::own::one;
use crate::step::Step;
use crate::{EngineError, Result};
use parlor_crypto::recovery::RecoveryKeys;
use parlor_crypto::sign::PublicKey;
use parlor_wire::device::{BackupKeys, own_change::Change};
use parlor_wire::{Hash, Message, statement};

/// Keys that came before the log entry that names them.
const KEPT: &str = "backup_keys_kept";
/// How many are kept.
const MOST_KEPT: usize = 4;

/// See [`KEPT`].
#[derive(Clone, PartialEq, Message)]
struct Kept {
    #[prost(message, repeated, tag = "1")]
    keys: Vec<BackupKeys>,
}

/// Whether two are of one code; those from before codes could be replaced have no signature.
pub(super) fn same_code(one: &BackupKeys, other: &BackupKeys) -> bool {
    let unsigned = |keys: &BackupKeys| BackupKeys { signature: Vec::new(), ..keys.clone() };
    unsigned(one) == unsigned(other)
}

fn well_formed(keys: &BackupKeys) -> bool {
    keys.opening_key.len() == parlor_crypto::kem::PUBLIC_KEY_BYTES
        && Hash::try_from(&keys.locator).is_ok()
        && Hash::try_from(&keys.read_key).is_ok()
}

/// Whether the recovery key vouches for the others.
fn vouched(keys: &BackupKeys) -> bool {
    let signed = statement::backup_keys(&keys.locator, &keys.read_key, &keys.opening_key);
    PublicKey::from_slice(&keys.recovery_key)
        .is_ok_and(|key| key.verify(&signed, &keys.signature).is_ok())
}

impl Step<'_, '_> {
    /// The keys, if the account has a code.
    pub fn backup_keys(&self) -> Result<Option<BackupKeys>> {
        let keys = self.tx.meta(KEYS)?.map(|bytes| BackupKeys::decode(bytes.as_slice()));
        keys.transpose().map_err(|_| EngineError::Damaged("the backup's keys"))
    }

    /// Whether the account's recovery key is this one, as far as is known here.
    pub(super) fn own_log_names(&self, key: &PublicKey) -> Result<bool> {
        let log = self.log(&self.me()?)?.ok_or(EngineError::Damaged("own device log"))?;
        Ok(log.recovery_key() == *key)
    }

    fn log_fits(&self, keys: &BackupKeys) -> Result<bool> {
        match PublicKey::from_slice(&keys.recovery_key) {
            Ok(key) => self.own_log_names(&key),
            Err(_) => Ok(false),
        }
    }

    /// The device that linked this one says what the keys are.
    pub fn set_backup_keys(&mut self, keys: Option<&BackupKeys>) -> Result<()> {
        match keys {
            Some(keys) => Ok(self.tx.set_meta(KEYS, &keys.encode_to_vec())?),
            None => Ok(()),
        }
    }

    /// From here on these count: what was written under others is for nobody any more.
    pub(super) fn take_backup_keys(&mut self, keys: &BackupKeys) -> Result<()> {
        self.tx.set_meta(KEYS, &keys.encode_to_vec())?;
        self.tx.delete_meta(CODE)?;
        self.tx.delete_meta(KEPT)?;
        self.forget_backup()?;
        if self.tx.writes_backup()? {
            self.tx.back_up_everything()?;
        }
        self.engine.net.backup.asked = false;
        self.engine.net.backup.known = false;
        self.choose_backup_writer()
    }

    /// The person typed the code that the log names.
    pub(super) fn code_confirmed(&mut self, keys: &RecoveryKeys) -> Result<()> {
        let public = public_keys(keys);
        // Whoever made the code may have been lost before it could tell.
        if !self.backup_keys()?.is_some_and(|known| same_code(&known, &public)) {
            self.take_backup_keys(&public)?;
            self.tell_backup_keys()?;
        }
        Ok(self.tx.delete_meta(CODE)?)
    }

    /// Another device of the account says what the keys are.
    pub fn backup_keys_came(&mut self, keys: &BackupKeys) -> Result<()> {
        let known = self.backup_keys()?;
        let trusted = known.is_none() || vouched(keys);
        if !well_formed(keys) || !trusted {
            return Ok(());
        }
        if self.log_fits(keys)? {
            let news = known.is_none_or(|known| known.recovery_key != keys.recovery_key);
            return if news { self.take_backup_keys(keys) } else { Ok(()) };
        }
        let mut kept = self.kept_keys()?;
        kept.retain(|other| other != keys);
        kept.push(keys.clone());
        let old = kept.len().saturating_sub(MOST_KEPT);
        let kept = Kept { keys: kept.split_off(old) };
        self.tx.set_meta(KEPT, &kept.encode_to_vec())?;
        let me = self.me()?;
        self.fetch_log(&me)?;
        Ok(())
    }

    fn kept_keys(&self) -> Result<Vec<BackupKeys>> {
        let bytes = self.tx.meta(KEPT)?.unwrap_or_default();
        let kept = Kept::decode(bytes.as_slice());
        Ok(kept.map_err(|_| EngineError::Damaged("keys of a backup"))?.keys)
    }

    /// The own log came: keys that it names now are taken.
    pub fn kept_keys_settle(&mut self) -> Result<()> {
        for keys in self.kept_keys()? {
            if self.log_fits(&keys)? {
                self.tx.delete_meta(KEPT)?;
                return self.backup_keys_came(&keys);
            }
        }
        Ok(())
    }

    /// Tells the other devices, and that there is a log entry to it.
    pub(super) fn tell_backup_keys(&mut self) -> Result<()> {
        let Some(keys) = self.backup_keys()? else { return Ok(()) };
        let log = self.log(&self.me()?)?.ok_or(EngineError::Damaged("own device log"))?;
        self.keep_in_step(vec![one(Change::Backup(keys)), one(Change::LogSeq(log.head_seq()))])
    }

    /// The oldest active device writes. Called when the log or the keys may have changed.
    pub fn choose_backup_writer(&mut self) -> Result<()> {
        let identity = self.identity()?;
        let log = self.log(&identity.user)?.ok_or(EngineError::Damaged("own device log"))?;
        let oldest = log.active().min_by_key(|device| device.added_seq).map(|device| device.id);
        let keys = self.backup_keys()?;
        let current = keys.is_some_and(|keys| keys.recovery_key == log.recovery_key().0);
        let writes = oldest == Some(identity.device) && current;
        if writes != self.tx.writes_backup()? {
            self.tx.set_writes_backup(writes)?;
            self.forget_backup()?;
            if writes {
                self.tx.back_up_everything()?;
            }
        }
        if writes && !self.engine.net.backup.asked && self.engine.net.online() {
            self.ask_backup_state();
        }
        Ok(())
    }
}
