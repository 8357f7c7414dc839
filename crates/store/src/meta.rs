//! Single values: the account, its keys, settings, cursors.

use crate::{Result, Tx};

impl Tx<'_> {
    /// The value of a key.
    pub fn meta(&self, key: &str) -> Result<Option<Vec<u8>>> {
        self.one("SELECT value FROM meta WHERE key = ?1", [key], |row| row.get(0))
    }

    /// Sets a value.
    pub fn set_meta(&self, key: &str, value: &[u8]) -> Result<()> {
        self.execute(
            "INSERT INTO meta (key, value) VALUES (?1, ?2)
             ON CONFLICT (key) DO UPDATE SET value = excluded.value",
            (key, value),
        )?;
        Ok(())
    }

    /// Forgets a value.
    pub fn delete_meta(&self, key: &str) -> Result<()> {
        self.execute("DELETE FROM meta WHERE key = ?1", [key])?;
        Ok(())
    }

    /// A value that is a number; 0 when it was never set.
    pub fn number(&self, key: &str) -> Result<u64> {
        let value = self.meta(key)?.unwrap_or_default();
        Ok(value.try_into().map(u64::from_be_bytes).unwrap_or(0))
    }

    /// Sets a value that is a number.
    pub fn set_number(&self, key: &str, value: u64) -> Result<()> {
        self.set_meta(key, &value.to_be_bytes())
    }
}
