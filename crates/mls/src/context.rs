//! One piece of work inside one transaction: storage, randomness, identity; and key packages.
//!
//! Randomness comes from the source handed in, apart from what the library draws inside HPKE encapsulation
//! (its own generator, seeded by the system). Time: key packages are valid for all of time as far as MLS is
//! concerned, because the library reads the system clock; their expiry is the relay's and the engine's business.

use crate::MlsError;
use crate::crypto::Crypto;
use crate::error::library;
use crate::identity::{self, DeviceIdentity, Joiner};
use crate::kv::KeyValue;
use crate::storage::Storage;
use openmls::prelude::tls_codec::Deserialize as _;
use openmls::prelude::{
    Ciphersuite, KeyPackage, Lifetime, MlsMessageBodyIn, MlsMessageIn, MlsMessageOut,
    OpenMlsProvider, OpenMlsRand, ProtocolVersion,
};
use parlor_crypto::Rng;
use parlor_wire::QueueId;
use std::cell::RefCell;
use std::convert::Infallible;

/// Last second of the year 9999: key packages do not expire by MLS's own rules.
const FOREVER: u64 = 253_402_300_799;

/// A cipher suite.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Suite {
    /// 0x004F, ML-KEM-768 with X25519: the only one the product uses.
    XWing,
    /// 0x0001, X25519: for tests with other implementations.
    Classic,
}

impl Suite {
    pub(crate) fn ciphersuite(self) -> Ciphersuite {
        match self {
            Self::XWing => Ciphersuite::MLS_128_MLKEM768X25519_AES128GCM_SHA256_Ed25519,
            Self::Classic => Ciphersuite::MLS_128_DHKEMX25519_AES128GCM_SHA256_Ed25519,
        }
    }
}

/// The source of randomness as the library wants it.
pub(crate) struct Rand<'a>(RefCell<Rng<'a>>);

impl OpenMlsRand for Rand<'_> {
    type Error = Infallible;

    fn random_array<const N: usize>(&self) -> Result<[u8; N], Infallible> {
        Ok(parlor_crypto::random(&mut **self.0.borrow_mut()))
    }

    fn random_vec(&self, len: usize) -> Result<Vec<u8>, Infallible> {
        let mut bytes = vec![0; len];
        self.0.borrow_mut().fill_bytes(&mut bytes);
        Ok(bytes)
    }
}

pub(crate) struct Provider<'a> {
    pub(crate) storage: Storage<'a>,
    rand: Rand<'a>,
    crypto: Crypto,
}

impl<'a> OpenMlsProvider for Provider<'a> {
    type CryptoProvider = Crypto;
    type RandProvider = Rand<'a>;
    type StorageProvider = Storage<'a>;

    fn storage(&self) -> &Storage<'a> {
        &self.storage
    }

    fn crypto(&self) -> &Crypto {
        &self.crypto
    }

    fn rand(&self) -> &Rand<'a> {
        &self.rand
    }
}

/// What one piece of work needs. Made for a transaction, flushed before the transaction commits.
pub struct Mls<'a> {
    pub(crate) provider: Provider<'a>,
    pub(crate) identity: &'a DeviceIdentity,
    pub(crate) suite: Suite,
}

impl<'a> Mls<'a> {
    /// Work over `kv` as `identity`. `suite` is that of new groups and key packages, and the only one that is
    /// accepted when joining.
    pub fn new(
        kv: &'a dyn KeyValue,
        rng: Rng<'a>,
        identity: &'a DeviceIdentity,
        suite: Suite,
    ) -> Self {
        let provider = Provider {
            storage: Storage::new(kv),
            rand: Rand(RefCell::new(rng)),
            crypto: Crypto::default(),
        };
        Self { provider, identity, suite }
    }

    /// Writes what is buffered into the key-value area. Without it nothing of the work is stored.
    pub fn flush(&mut self) -> Result<(), MlsError> {
        Ok(self.provider.storage.buffer.flush()?)
    }

    /// A new key package (an encoded MLSMessage); its private parts are stored until a welcome uses them,
    /// those of a last resort for good. `queue` rides in the leaf.
    pub fn key_package(&mut self, last_resort: bool, queue: QueueId) -> Result<Vec<u8>, MlsError> {
        let suite = self.suite.ciphersuite();
        let mut builder = KeyPackage::builder()
            .key_package_lifetime(forever())
            .leaf_node_capabilities(identity::capabilities(suite))
            .leaf_node_extensions(identity::leaf_extensions(queue).ok_or(MlsError::ForeignGroup)?);
        if last_resort {
            builder = builder.mark_as_last_resort();
        }
        let bundle = builder
            .build(suite, &self.provider, self.identity, self.identity.credential())
            .map_err(library("making a key package"))?;
        MlsMessageOut::from(bundle.into_key_package())
            .to_bytes()
            .map_err(library("encoding a key package"))
    }

    /// Reads somebody's key package: signatures, suite and capabilities hold, who it says it is has not been
    /// judged.
    pub fn parse_key_package(&self, bytes: &[u8]) -> Result<KeyPackageClaim, MlsError> {
        let (key_package, joiner) = self.verified_key_package(bytes, self.suite.ciphersuite())?;
        Ok(KeyPackageClaim { joiner, last_resort: key_package.last_resort() })
    }

    pub(crate) fn verified_key_package(
        &self,
        bytes: &[u8],
        suite: Ciphersuite,
    ) -> Result<(KeyPackage, Joiner), MlsError> {
        let message =
            MlsMessageIn::tls_deserialize_exact(bytes).map_err(|_| MlsError::KeyPackage)?;
        let MlsMessageBodyIn::KeyPackage(unverified) = message.extract() else {
            return Err(MlsError::KeyPackage);
        };
        let key_package = unverified
            .validate(&self.provider.crypto, ProtocolVersion::Mls10)
            .map_err(|_| MlsError::KeyPackage)?;
        let has = key_package.leaf_node().capabilities();
        let able = has.ciphersuites().contains(&suite.into())
            && identity::REQUIRED.iter().all(|kind| has.extensions().contains(kind));
        if key_package.ciphersuite() != suite || !able {
            return Err(MlsError::KeyPackage);
        }
        let joiner = identity::joiner(key_package.leaf_node()).ok_or(MlsError::KeyPackage)?;
        Ok((key_package, joiner))
    }
}

/// What a key package says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeyPackageClaim {
    /// The device and the queue it chose.
    pub joiner: Joiner,
    /// Whether it may be handed out more than once.
    pub last_resort: bool,
}

pub(crate) fn forever() -> Lifetime {
    Lifetime::init(0, FOREVER)
}
