//! The key-value area of the MLS library.

use crate::{Result, Tx};

impl Tx<'_> {
    /// The value of a key.
    pub fn mls_get(&self, key: &[u8]) -> Result<Option<Vec<u8>>> {
        self.one("SELECT value FROM mls WHERE key = ?1", [key], |row| row.get(0))
    }

    /// Sets a value.
    pub fn mls_put(&self, key: &[u8], value: &[u8]) -> Result<()> {
        self.execute(
            "INSERT INTO mls (key, value) VALUES (?1, ?2)
             ON CONFLICT (key) DO UPDATE SET value = excluded.value",
            (key, value),
        )?;
        Ok(())
    }

    /// Deletes a key.
    pub fn mls_delete(&self, key: &[u8]) -> Result<()> {
        self.execute("DELETE FROM mls WHERE key = ?1", [key])?;
        Ok(())
    }
}
