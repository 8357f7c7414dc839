//! Where the segments of backups and of their rewrites lie.

use crate::command::StoreError;
use crate::rows;
use crate::table::{Backend, Table, Tx, key};

/// A row of segments.
pub(crate) struct Place {
    pub table: Table,
    pub prefix: Vec<u8>,
}

impl Place {
    /// Where the segments of an account's rewrite lie. The account is part of it: a name chosen by somebody else
    /// never leads here.
    pub fn of_rewrite(user: &[u8], name: &[u8]) -> Self {
        Self { table: Table::RewriteSegment, prefix: key(&[user, name]) }
    }

    /// The key of a segment.
    pub fn key(&self, index: u32) -> Vec<u8> {
        key(&[&self.prefix, &index.to_be_bytes()])
    }

    /// Whether a segment is there.
    pub fn holds(&self, tx: &Tx<'_>, index: u32, segment: &[u8]) -> Result<bool, StoreError> {
        Ok(tx.get(self.table, &self.key(index))?.is_some_and(|held| held == segment))
    }

    /// Removes so many segments.
    pub fn empty(&self, tx: &mut Tx<'_>, count: u32) {
        for index in 0..count {
            tx.remove(self.table, self.key(index));
        }
    }
}

impl rows::Backup {
    /// Where its segments lie.
    pub(crate) fn place(&self, locator: &[u8]) -> Place {
        match self.rewrite.is_empty() {
            true => Place { table: Table::BackupSegment, prefix: locator.to_vec() },
            false => Place::of_rewrite(&self.user, &self.rewrite),
        }
    }
}
