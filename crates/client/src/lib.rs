//! The native driver: one device of one profile, running.
//!
//! One thread owns database and engine and takes what waits, in order ([`native`]); one task keeps the
//! connection to the relay ([`connection`]); files are moved beside both ([`transfer`]); a profile belongs to one process ([`profile`]) and its database
//! is encrypted ([`key`], [`encrypt`]). Invariants: what
//! an input changed is on disk before anything of it is sent or told; answers and events come in the order in
//! which they became true. Absent on purpose: protocol decisions, screens.

mod connection;
mod encrypt;
mod files;
mod key;
mod native;
mod profile;
mod tls;
mod transfer;

/// What reads bytes that others may have written, for the fuzz targets; nothing else has a use for it.
#[doc(hidden)]
pub mod decoders {
    pub use crate::key::header;
    pub use crate::transfer::picture;
}

pub use encrypt::EncryptError;
pub use key::{KeyError, Protection};
pub use parlor_driver::{Output, Ticket};
pub use profile::ProfileError;

use parlor_driver::{Message, Prepared};
use parlor_view::Command;
use profile::Profile;
use rand_chacha::ChaCha20Rng;
use rand_core::SeedableRng;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;
use thiserror::Error;
use tokio::sync::{mpsc, oneshot};
use transfer::Transfers;
use zeroize::Zeroizing;

/// Outputs that wait to be taken, at most; the driver waits for a slow reader after that.
const OUTPUTS: usize = 1024;

/// Outputs in order; it ends when the device has stopped.
pub type Outputs = mpsc::Receiver<Output>;

/// Why a device cannot start.
#[derive(Debug, Error)]
pub enum StartError {
    /// The folder.
    #[error(transparent)]
    Profile(#[from] ProfileError),
    /// The key of the database.
    #[error(transparent)]
    Key(#[from] KeyError),
    /// A database from before they were encrypted.
    #[error(transparent)]
    Encrypt(#[from] EncryptError),
    /// The database.
    #[error(transparent)]
    Store(#[from] parlor_store::StoreError),
    /// The certificates to trust.
    #[error(transparent)]
    Tls(#[from] tls::TlsError),
    /// The operating system gives no randomness or no thread.
    #[error("the operating system refuses what a device needs")]
    System,
}

/// A running device. Dropping it stops the device without waiting for anything.
pub struct Client {
    messages: std::sync::mpsc::Sender<Message>,
    last_ticket: AtomicU64,
}

impl Client {
    /// Opens or makes the profile and starts the device; tells what protects the profile. A passphrase file is
    /// asked for the passphrase when there is no keychain. To be called inside a tokio runtime.
    pub async fn start(
        folder: &Path,
        passphrase_file: Option<PathBuf>,
    ) -> Result<(Self, Outputs, Protection), StartError> {
        let profile = Profile::open(folder)?;
        let tls = tls::config()?;
        let mut seed = Zeroizing::new([0; 32]);
        getrandom::fill(&mut *seed).map_err(|_| StartError::System)?;
        let mut rng = ChaCha20Rng::from_seed(*seed);
        let kind = encrypt::kind(&profile.database()).map_err(ProfileError::Folder)?;
        let new = kind != encrypt::Kind::Encrypted;
        let (key, protection) =
            key::obtain(profile.folder(), new, passphrase_file, &mut rng).await?;
        let (outputs, received) = mpsc::channel(OUTPUTS);
        let (messages, inbox) = std::sync::mpsc::channel();
        let transfers = Transfers::new(profile.folder(), messages.clone(), Arc::clone(&tls))
            .map_err(ProfileError::Folder)?;
        let (orders, ordered) = mpsc::unbounded_channel();
        let (ready, started) = oneshot::channel();
        std::thread::Builder::new()
            .name("parlor-driver".into())
            .spawn(move || {
                match native::open(profile, &key, rng, inbox, (outputs, orders), transfers) {
                    Ok(driver) => {
                        if ready.send(Ok(())).is_ok() {
                            native::run(driver);
                        }
                    }
                    Err(error) => drop(ready.send(Err(error))),
                }
            })
            .map_err(|_| StartError::System)?;
        started.await.map_err(|_| StartError::System)??;
        tokio::spawn(connection::run(ordered, messages.clone(), tls));
        Ok((Self { messages, last_ticket: AtomicU64::new(0) }, received, protection))
    }

    /// Asks for something. Commands are carried out in the order of these calls, but for those that bring files:
    /// they are carried out when the files were read. The answer comes as
    /// [`Output::Answer`] with this ticket.
    pub fn command(&self, command: Command) -> Ticket {
        let ticket = self.last_ticket.fetch_add(1, Ordering::Relaxed) + 1;
        // A driver that is gone has closed the outputs, which is how a caller learns of it.
        let _ = self.messages.send(match Prepared::is_needed(&command) {
            true => Message::Prepare(ticket, command),
            false => Message::Command(ticket, command),
        });
        ticket
    }

    /// Waits until everything asked is answered and everything queued is sent, or until the time is up; then
    /// stops the device. Meanwhile somebody has to take the outputs, which end with it.
    pub async fn flush_and_stop(self, limit: Duration) {
        let (done, flushed) = oneshot::channel();
        let _ = self.messages.send(Message::Flush(call(done)));
        let _ = tokio::time::timeout(limit, flushed).await;
        let (closed, ended) = oneshot::channel();
        let _ = self.messages.send(Message::Stop(Some(call(closed))));
        let _ = tokio::time::timeout(connection::LAST_WORDS, ended).await;
    }
}

fn call(done: oneshot::Sender<()>) -> parlor_driver::Done {
    Box::new(move || {
        // Somebody may not wait any more.
        let _ = done.send(());
    })
}

impl Drop for Client {
    fn drop(&mut self) {
        let _ = self.messages.send(Message::Stop(None));
    }
}
