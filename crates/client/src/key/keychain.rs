//! The keychain of the operating system: on Linux the Secret Service of the session bus; elsewhere none yet.
//!
//! Invariants: it is never unlocked from here, so nobody is asked anything; without a session bus nothing is
//! tried; all of it together takes [`PATIENCE`] at most.

use parlor_crypto::Secret;
use std::time::Duration;

/// How long a keychain may take.
pub const PATIENCE: Duration = Duration::from_secs(2);

/// Stores a key under a name. False: there is no keychain that can.
pub async fn put(entry: &str, key: &Secret) -> bool {
    system::is_there()
        && matches!(tokio::time::timeout(PATIENCE, system::put(entry, key)).await, Ok(Some(())))
}

/// The key of a name.
pub async fn get(entry: &str) -> Option<Secret> {
    if !system::is_there() {
        return None;
    }
    tokio::time::timeout(PATIENCE, system::get(entry)).await.ok().flatten()
}

#[cfg(target_os = "linux")]
mod system {
    use parlor_crypto::Secret;
    use secret_service::{EncryptionType, SecretService};
    use std::collections::HashMap;
    use std::path::Path;
    use zeroize::Zeroizing;

    const LABEL: &str = "Parlor profile";

    pub fn is_there() -> bool {
        std::env::var_os("DBUS_SESSION_BUS_ADDRESS").is_some()
            || std::env::var_os("XDG_RUNTIME_DIR")
                .is_some_and(|folder| Path::new(&folder).join("bus").exists())
    }

    fn attributes(entry: &str) -> HashMap<&str, &str> {
        HashMap::from([("application", "parlor"), ("profile", entry)])
    }

    pub async fn put(entry: &str, key: &Secret) -> Option<()> {
        let service = SecretService::connect(EncryptionType::Dh).await.ok()?;
        let collection = service.get_default_collection().await.ok()?;
        if collection.is_locked().await.ok()? {
            return None;
        }
        let kind = "application/octet-stream";
        let (attributes, secret) = (attributes(entry), key.expose());
        collection.create_item(LABEL, attributes, secret, true, kind).await.ok()?;
        Some(())
    }

    pub async fn get(entry: &str) -> Option<Secret> {
        let service = SecretService::connect(EncryptionType::Dh).await.ok()?;
        let found = service.search_items(attributes(entry)).await.ok()?;
        let secret = Zeroizing::new(found.unlocked.first()?.get_secret().await.ok()?);
        Secret::try_from(secret.as_slice()).ok()
    }
}

#[cfg(not(target_os = "linux"))]
mod system {
    use parlor_crypto::Secret;

    pub fn is_there() -> bool {
        false
    }

    pub async fn put(_: &str, _: &Secret) -> Option<()> {
        None
    }

    pub async fn get(_: &str) -> Option<Secret> {
        None
    }
}
