//! What an operator can set, from flags, environment and file; the first of them that says something wins.

use crate::door::ConnectionLimits;
use crate::space::{Space, USUAL_RESERVE};
use parlor_relay_core::{BlobLimits, DEFAULT_BACKUP_BYTES, Limits, Rate, Settings};
use parlor_wire::relay::Registration;
use serde::Deserialize;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::path::{Path, PathBuf};
use std::time::Duration;

/// A client that does not read is disconnected after this.
const WRITE_TIMEOUT: Duration = Duration::from_secs(30);

/// Connections at once, in all, and from one address that speaks TLS with the server itself.
const CONNECTIONS: usize = 100_000;
const CONNECTIONS_PER_ADDRESS: usize = 1_024;

/// Options of one source; `None` where it says nothing.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Options {
    /// Address and port; default 127.0.0.1:8650.
    pub listen: Option<SocketAddr>,
    /// Data folder; default `parlor-data`.
    pub data: Option<PathBuf>,
    /// `open`, `invite` or `closed`; default open on a loopback address, else invite.
    pub registration: Option<String>,
    /// Name shown to clients.
    pub name: Option<String>,
    /// Certificate chain, PEM.
    pub tls_cert: Option<PathBuf>,
    /// Private key, PEM.
    pub tls_key: Option<PathBuf>,
    /// Allow plain HTTP on other than loopback addresses, for use behind a proxy that does TLS.
    pub insecure_http: Option<bool>,
    /// Log filter, for example `info`.
    pub log: Option<String>,
    /// Rate limits.
    pub limits: Option<RateOptions>,
    /// Limits of files.
    pub files: Option<FileOptions>,
}

/// Limits of files as they are written in the file; what is left out keeps its default.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FileOptions {
    /// Largest file, in MiB; at most 4096.
    pub max_file_mib: Option<u64>,
    /// Days that a file is kept.
    pub blob_days: Option<u32>,
    /// What an account may upload in a day, in MiB; 0 for no limit.
    pub daily_upload_mib: Option<u64>,
    /// All files together, in MiB; 0 for no limit.
    pub blob_mib: Option<u64>,
}

/// Rate limits as they are written in the file; what is left out keeps its default.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RateOptions {
    /// `false` switches all limits off.
    pub enabled: Option<bool>,
    /// Registrations per remote address.
    pub register: Option<RateOption>,
    /// Key packages taken per person.
    pub take: Option<RateOption>,
    /// Posts and commits per connection.
    pub post: Option<RateOption>,
    /// Bytes of them per connection.
    pub bytes: Option<RateOption>,
    /// Look-ups per connection or account.
    pub lookup: Option<RateOption>,
    /// Other writes per connection.
    pub write: Option<RateOption>,
    /// What the backup of one account may have, in MiB.
    pub backup_mib: Option<u64>,
    /// Connections at once; 0 for no limit.
    pub connections: Option<usize>,
    /// Connections at once from one address; 0 for no limit.
    pub connections_per_address: Option<usize>,
    /// Free space on the disk that is left alone, in MiB.
    pub min_free_mib: Option<u64>,
}

/// One rate limit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RateOption {
    /// At once.
    pub burst: u64,
    /// In the long run.
    pub per_hour: u64,
}

/// Options that make no sense.
#[derive(Debug, thiserror::Error)]
pub enum InvalidOptions {
    /// The file cannot be read.
    #[error("cannot read {0}: {1}")]
    Unreadable(PathBuf, #[source] std::io::Error),
    /// The file says something unknown.
    #[error("{0}: {1}")]
    File(PathBuf, #[source] toml::de::Error),
    /// Not one of the three.
    #[error("registration is open, invite or closed, not {0:?}")]
    Registration(String),
    /// Half of what TLS needs.
    #[error("tls_cert and tls_key are needed together")]
    HalfTls,
    /// Everybody could read along.
    #[error(
        "{0} is not a loopback address: give tls_cert and tls_key, or insecure_http if a proxy in front does TLS"
    )]
    PlainHttp(SocketAddr),
}

/// Options that were checked, with the defaults filled in.
#[derive(Clone)]
pub struct Checked {
    /// Where to listen.
    pub listen: SocketAddr,
    /// Data folder.
    pub data: PathBuf,
    /// Certificate and key.
    pub tls: Option<(PathBuf, PathBuf)>,
    /// For the brain.
    pub settings: Settings,
    /// Connections at once.
    pub connections: ConnectionLimits,
    /// Room on the disk, and how much of it is left alone.
    pub space: Space,
    /// A write to a client that takes longer ends its connection.
    pub write_timeout: Duration,
}

impl Options {
    /// Reads a TOML file; an unknown key is an error that names it.
    pub fn from_file(path: &Path) -> Result<Self, InvalidOptions> {
        let text = std::fs::read_to_string(path)
            .map_err(|error| InvalidOptions::Unreadable(path.to_owned(), error))?;
        toml::from_str(&text).map_err(|error| InvalidOptions::File(path.to_owned(), error))
    }

    /// These options, and where they say nothing, others.
    pub fn or(self, other: Self) -> Self {
        Self {
            listen: self.listen.or(other.listen),
            data: self.data.or(other.data),
            registration: self.registration.or(other.registration),
            name: self.name.or(other.name),
            tls_cert: self.tls_cert.or(other.tls_cert),
            tls_key: self.tls_key.or(other.tls_key),
            insecure_http: self.insecure_http.or(other.insecure_http),
            log: self.log.or(other.log),
            limits: self.limits.or(other.limits),
            files: self.files.or(other.files),
        }
    }

    /// Checks them and fills in the defaults.
    pub fn check(self) -> Result<Checked, InvalidOptions> {
        let listen = self.listen.unwrap_or((IpAddr::from(Ipv4Addr::LOCALHOST), 8650).into());
        let loopback = listen.ip().is_loopback();
        let tls = match (self.tls_cert, self.tls_key) {
            (Some(certificate), Some(key)) => Some((certificate, key)),
            (None, None) => None,
            _ => return Err(InvalidOptions::HalfTls),
        };
        if tls.is_none() && !loopback && self.insecure_http != Some(true) {
            return Err(InvalidOptions::PlainHttp(listen));
        }
        let registration = match self.registration.as_deref() {
            Some("open") => Registration::Open,
            Some("invite") => Registration::Invite,
            Some("closed") => Registration::Closed,
            Some(other) => return Err(InvalidOptions::Registration(other.to_owned())),
            None if loopback => Registration::Open,
            None => Registration::Invite,
        };
        let limits = self.limits.unwrap_or_default();
        let connections = limits.connections(tls.is_some());
        let reserve = limits.min_free_mib.map_or(USUAL_RESERVE, |mib| mib.saturating_mul(1 << 20));
        let settings = Settings {
            name: self.name.unwrap_or_else(|| "Parlor".into()),
            registration,
            backup_bytes: limits
                .backup_mib
                .map_or(DEFAULT_BACKUP_BYTES, |mib| mib.saturating_mul(1 << 20)),
            limits: limits.limits(),
            blobs: self.files.unwrap_or_default().limits(),
        };
        let data = self.data.unwrap_or_else(|| "parlor-data".into());
        let space = Space::of_disk(&data, reserve);
        let write_timeout = WRITE_TIMEOUT;
        Ok(Checked { listen, data, tls, settings, connections, space, write_timeout })
    }
}

impl FileOptions {
    fn limits(self) -> BlobLimits {
        let usual = BlobLimits::default();
        let bytes = |mib: u64| mib.saturating_mul(1 << 20);
        let limit = |mib: Option<u64>, usual| match mib {
            None => usual,
            Some(0) => None,
            Some(mib) => Some(bytes(mib)),
        };
        BlobLimits {
            max_content: self.max_file_mib.map_or(usual.max_content, bytes),
            days: self.blob_days.unwrap_or(usual.days).max(1),
            daily: limit(self.daily_upload_mib, usual.daily),
            total: limit(self.blob_mib, usual.total),
        }
    }
}

impl RateOptions {
    /// Without TLS a proxy is in front, and all connections come from its address.
    fn connections(&self, tls: bool) -> ConnectionLimits {
        if self.enabled == Some(false) {
            return ConnectionLimits::default();
        }
        let limit = |set: Option<usize>, usual: Option<usize>| match set {
            None => usual,
            Some(0) => None,
            Some(limit) => Some(limit),
        };
        ConnectionLimits {
            all: limit(self.connections, Some(CONNECTIONS)),
            address: limit(self.connections_per_address, tls.then_some(CONNECTIONS_PER_ADDRESS)),
        }
    }

    fn limits(self) -> Limits {
        if self.enabled == Some(false) {
            return Limits::NONE;
        }
        let usual = Limits::default();
        let rate = |set: Option<RateOption>, usual| {
            set.map(|RateOption { burst, per_hour }| Rate { burst, per_hour }).or(usual)
        };
        Limits {
            register: rate(self.register, usual.register),
            take: rate(self.take, usual.take),
            post: rate(self.post, usual.post),
            bytes: rate(self.bytes, usual.bytes),
            lookup: rate(self.lookup, usual.lookup),
            write: rate(self.write, usual.write),
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
    use super::*;

    #[test]
    fn plain_http_needs_a_loopback_address_or_consent() {
        let options = |listen: &str, insecure| Options {
            listen: Some(listen.parse().unwrap()),
            insecure_http: Some(insecure),
            ..Default::default()
        };
        assert!(matches!(options("0.0.0.0:1", false).check(), Err(InvalidOptions::PlainHttp(_))));
        let consented = options("0.0.0.0:1", true).check().unwrap();
        assert_eq!(consented.settings.registration, Registration::Invite);
        let local = options("[::1]:1", false).check().unwrap();
        assert_eq!(local.settings.registration, Registration::Open);
    }

    #[test]
    fn connections_of_one_address_are_limited_where_addresses_are_of_clients() {
        let limits =
            |text: &str, tls| toml::from_str::<RateOptions>(text).unwrap().connections(tls);
        let usual = limits("", true);
        assert_eq!((usual.all, usual.address), (Some(CONNECTIONS), Some(CONNECTIONS_PER_ADDRESS)));
        assert_eq!(limits("", false).address, None);
        let set = limits("connections = 0\nconnections_per_address = 7", false);
        assert_eq!((set.all, set.address), (None, Some(7)));
        assert_eq!(limits("enabled = false", true), ConnectionLimits::default());
    }

    #[test]
    fn an_unknown_key_is_named() {
        let error = toml::from_str::<Options>("lisen = '127.0.0.1:1'").unwrap_err();
        assert!(error.to_string().contains("lisen"), "{error}");
        let file: Options = toml::from_str("[limits]\npost = {burst = 1, per_hour = 2}").unwrap();
        let limits = file.check().unwrap().settings.limits;
        assert_eq!(limits.post, Some(Rate { burst: 1, per_hour: 2 }));
        assert_eq!(limits.take, Limits::default().take);
    }
}
