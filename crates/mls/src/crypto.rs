//! The ciphers of the product's suites and of no other: X-Wing or X25519, AES-128-GCM, SHA-256, Ed25519.
//!
//! Invariants: every algorithm is named by a constant where it is called, so that what no suite uses (three
//! elliptic curves, other sizes of ML-KEM, ML-DSA) is not in the program; whatever else a message names is refused.

use hpke_rs::{Hpke, HpkeError, Mode};
use hpke_rs_crypto::HpkeCrypto;
use hpke_rs_crypto::error::Error as HpkeCryptoError;
use hpke_rs_crypto::types::{AeadAlgorithm, KdfAlgorithm, KemAlgorithm};
use hpke_rs_rust_crypto::{HpkeRustCrypto, HpkeRustCryptoPrng};
use openmls::prelude::tls_codec::SecretVLBytes;
use openmls_rust_crypto::RustCrypto;
use openmls_traits::crypto::OpenMlsCrypto;
use openmls_traits::types::{
    AeadType, Ciphersuite, CryptoError, ExporterSecret, HashType, HpkeAeadType, HpkeCiphertext,
    HpkeConfig, HpkeKdfType, HpkeKemType, HpkeKeyPair, KemOutput, SignatureScheme,
};

/// What the library computes with.
#[derive(Debug, Default)]
pub(crate) struct Crypto(RustCrypto);

fn sha256(hash: HashType) -> Result<(), CryptoError> {
    if hash == HashType::Sha2_256 { Ok(()) } else { Err(CryptoError::UnsupportedHashAlgorithm) }
}

fn aes128(aead: AeadType) -> Result<(), CryptoError> {
    if aead == AeadType::Aes128Gcm { Ok(()) } else { Err(CryptoError::UnsupportedAeadAlgorithm) }
}

fn ed25519(scheme: SignatureScheme) -> Result<(), CryptoError> {
    if scheme == SignatureScheme::ED25519 {
        Ok(())
    } else {
        Err(CryptoError::UnsupportedSignatureScheme)
    }
}

fn hpke(config: HpkeConfig) -> Result<Hpke<Backend>, CryptoError> {
    let kem = match config.0 {
        HpkeKemType::XWingKemDraft6 => KemAlgorithm::XWingDraft06,
        HpkeKemType::DhKem25519 => KemAlgorithm::DhKem25519,
        _ => return Err(CryptoError::UnsupportedCiphersuite),
    };
    if !matches!(config, HpkeConfig(_, HpkeKdfType::HkdfSha256, HpkeAeadType::AesGcm128)) {
        return Err(CryptoError::UnsupportedCiphersuite);
    }
    Ok(Hpke::new(Mode::Base, kem, KdfAlgorithm::HkdfSha256, AeadAlgorithm::Aes128Gcm))
}

/// A key that somebody sent is of the wrong size, or the library failed.
fn sealing(error: HpkeError) -> CryptoError {
    match error {
        HpkeError::InvalidInput => CryptoError::InvalidLength,
        _ => CryptoError::CryptoLibraryError,
    }
}

impl OpenMlsCrypto for Crypto {
    fn supports(&self, suite: Ciphersuite) -> Result<(), CryptoError> {
        let known = self.supported_ciphersuites().contains(&suite);
        if known { Ok(()) } else { Err(CryptoError::UnsupportedCiphersuite) }
    }

    fn supported_ciphersuites(&self) -> Vec<Ciphersuite> {
        vec![
            Ciphersuite::MLS_128_MLKEM768X25519_AES128GCM_SHA256_Ed25519,
            Ciphersuite::MLS_128_DHKEMX25519_AES128GCM_SHA256_Ed25519,
        ]
    }

    fn hkdf_extract(
        &self,
        hash: HashType,
        salt: &[u8],
        ikm: &[u8],
    ) -> Result<SecretVLBytes, CryptoError> {
        sha256(hash)?;
        self.0.hkdf_extract(HashType::Sha2_256, salt, ikm)
    }

    fn hmac(
        &self,
        hash: HashType,
        key: &[u8],
        message: &[u8],
    ) -> Result<SecretVLBytes, CryptoError> {
        sha256(hash)?;
        self.0.hmac(HashType::Sha2_256, key, message)
    }

    fn hkdf_expand(
        &self,
        hash: HashType,
        prk: &[u8],
        info: &[u8],
        len: usize,
    ) -> Result<SecretVLBytes, CryptoError> {
        sha256(hash)?;
        self.0.hkdf_expand(HashType::Sha2_256, prk, info, len)
    }

    fn hash(&self, hash: HashType, data: &[u8]) -> Result<Vec<u8>, CryptoError> {
        sha256(hash)?;
        self.0.hash(HashType::Sha2_256, data)
    }

    fn aead_encrypt(
        &self,
        aead: AeadType,
        key: &[u8],
        data: &[u8],
        nonce: &[u8],
        aad: &[u8],
    ) -> Result<Vec<u8>, CryptoError> {
        aes128(aead)?;
        self.0.aead_encrypt(AeadType::Aes128Gcm, key, data, nonce, aad)
    }

    fn aead_decrypt(
        &self,
        aead: AeadType,
        key: &[u8],
        sealed: &[u8],
        nonce: &[u8],
        aad: &[u8],
    ) -> Result<Vec<u8>, CryptoError> {
        aes128(aead)?;
        self.0.aead_decrypt(AeadType::Aes128Gcm, key, sealed, nonce, aad)
    }

    fn signature_key_gen(
        &self,
        scheme: SignatureScheme,
    ) -> Result<(Vec<u8>, Vec<u8>), CryptoError> {
        ed25519(scheme)?;
        self.0.signature_key_gen(SignatureScheme::ED25519)
    }

    fn verify_signature(
        &self,
        scheme: SignatureScheme,
        data: &[u8],
        key: &[u8],
        signature: &[u8],
    ) -> Result<(), CryptoError> {
        ed25519(scheme)?;
        self.0.verify_signature(SignatureScheme::ED25519, data, key, signature)
    }

    fn sign(
        &self,
        scheme: SignatureScheme,
        data: &[u8],
        key: &[u8],
    ) -> Result<Vec<u8>, CryptoError> {
        ed25519(scheme)?;
        self.0.sign(SignatureScheme::ED25519, data, key)
    }

    fn hpke_seal(
        &self,
        config: HpkeConfig,
        key: &[u8],
        info: &[u8],
        aad: &[u8],
        text: &[u8],
    ) -> Result<HpkeCiphertext, CryptoError> {
        let sealed = hpke(config)?.seal(&key.into(), info, aad, text, None, None, None);
        let (kem_output, ciphertext) = sealed.map_err(sealing)?;
        Ok(HpkeCiphertext { kem_output: kem_output.into(), ciphertext: ciphertext.into() })
    }

    fn hpke_open(
        &self,
        config: HpkeConfig,
        input: &HpkeCiphertext,
        key: &[u8],
        info: &[u8],
        aad: &[u8],
    ) -> Result<Vec<u8>, CryptoError> {
        let (kem_output, sealed) = (input.kem_output.as_slice(), input.ciphertext.as_slice());
        hpke(config)?
            .open(kem_output, &key.into(), info, aad, sealed, None, None, None)
            .map_err(|_| CryptoError::HpkeDecryptionError)
    }

    fn hpke_setup_sender_and_export(
        &self,
        config: HpkeConfig,
        key: &[u8],
        info: &[u8],
        context: &[u8],
        len: usize,
    ) -> Result<(KemOutput, ExporterSecret), CryptoError> {
        let (kem_output, sender) = hpke(config)?
            .setup_sender(&key.into(), info, None, None, None)
            .map_err(|_| CryptoError::SenderSetupError)?;
        let secret = sender.export(context, len).map_err(|_| CryptoError::ExporterError)?;
        Ok((kem_output, secret.into()))
    }

    fn hpke_setup_receiver_and_export(
        &self,
        config: HpkeConfig,
        enc: &[u8],
        key: &[u8],
        info: &[u8],
        context: &[u8],
        len: usize,
    ) -> Result<ExporterSecret, CryptoError> {
        let receiver = hpke(config)?
            .setup_receiver(enc, &key.into(), info, None, None, None)
            .map_err(|_| CryptoError::ReceiverSetupError)?;
        let secret = receiver.export(context, len).map_err(|_| CryptoError::ExporterError)?;
        Ok(secret.into())
    }

    fn derive_hpke_keypair(
        &self,
        config: HpkeConfig,
        ikm: &[u8],
    ) -> Result<HpkeKeyPair, CryptoError> {
        let (private, public) = hpke(config)?.derive_key_pair(ikm).map_err(sealing)?.into_keys();
        Ok(HpkeKeyPair { private: private.as_slice().into(), public: public.as_slice().to_vec() })
    }
}

/// HPKE's primitives, each for the algorithms of [`hpke`] alone.
#[derive(Debug)]
struct Backend;

/// Asks the library for one of the two key encapsulations.
macro_rules! of_kem {
    ($kem:expr, $call:ident($($argument:expr),*)) => {
        match $kem {
            KemAlgorithm::XWingDraft06 => {
                HpkeRustCrypto::$call(KemAlgorithm::XWingDraft06, $($argument),*)
            }
            KemAlgorithm::DhKem25519 => {
                HpkeRustCrypto::$call(KemAlgorithm::DhKem25519, $($argument),*)
            }
            _ => Err(HpkeCryptoError::UnknownKemAlgorithm),
        }
    };
}

impl HpkeCrypto for Backend {
    type HpkePrng = HpkeRustCryptoPrng;

    fn name() -> String {
        HpkeRustCrypto::name()
    }

    fn supports_kdf(kdf: KdfAlgorithm) -> Result<(), HpkeCryptoError> {
        match kdf {
            KdfAlgorithm::HkdfSha256 => Ok(()),
            _ => Err(HpkeCryptoError::UnknownKdfAlgorithm),
        }
    }

    fn supports_kem(kem: KemAlgorithm) -> Result<(), HpkeCryptoError> {
        match kem {
            KemAlgorithm::XWingDraft06 | KemAlgorithm::DhKem25519 => Ok(()),
            _ => Err(HpkeCryptoError::UnknownKemAlgorithm),
        }
    }

    fn supports_aead(aead: AeadAlgorithm) -> Result<(), HpkeCryptoError> {
        match aead {
            AeadAlgorithm::Aes128Gcm => Ok(()),
            _ => Err(HpkeCryptoError::UnknownAeadAlgorithm),
        }
    }

    fn prng() -> HpkeRustCryptoPrng {
        HpkeRustCrypto::prng()
    }

    fn kdf_extract(kdf: KdfAlgorithm, salt: &[u8], ikm: &[u8]) -> Result<Vec<u8>, HpkeCryptoError> {
        Self::supports_kdf(kdf)?;
        HpkeRustCrypto::kdf_extract(KdfAlgorithm::HkdfSha256, salt, ikm)
    }

    fn kdf_expand(
        kdf: KdfAlgorithm,
        prk: &[u8],
        info: &[u8],
        len: usize,
    ) -> Result<Vec<u8>, HpkeCryptoError> {
        Self::supports_kdf(kdf)?;
        HpkeRustCrypto::kdf_expand(KdfAlgorithm::HkdfSha256, prk, info, len)
    }

    fn dh(kem: KemAlgorithm, public: &[u8], secret: &[u8]) -> Result<Vec<u8>, HpkeCryptoError> {
        match kem {
            KemAlgorithm::DhKem25519 => {
                HpkeRustCrypto::dh(KemAlgorithm::DhKem25519, public, secret)
            }
            _ => Err(HpkeCryptoError::UnsupportedKemOperation),
        }
    }

    fn secret_to_public(kem: KemAlgorithm, secret: &[u8]) -> Result<Vec<u8>, HpkeCryptoError> {
        match kem {
            KemAlgorithm::DhKem25519 => {
                HpkeRustCrypto::secret_to_public(KemAlgorithm::DhKem25519, secret)
            }
            _ => Err(HpkeCryptoError::UnsupportedKemOperation),
        }
    }

    fn kem_key_gen(
        kem: KemAlgorithm,
        prng: &mut HpkeRustCryptoPrng,
    ) -> Result<(Vec<u8>, Vec<u8>), HpkeCryptoError> {
        of_kem!(kem, kem_key_gen(prng))
    }

    fn kem_key_gen_derand(
        kem: KemAlgorithm,
        seed: &[u8],
    ) -> Result<(Vec<u8>, Vec<u8>), HpkeCryptoError> {
        of_kem!(kem, kem_key_gen_derand(seed))
    }

    fn kem_encaps(
        kem: KemAlgorithm,
        public: &[u8],
        prng: &mut HpkeRustCryptoPrng,
    ) -> Result<(Vec<u8>, Vec<u8>), HpkeCryptoError> {
        of_kem!(kem, kem_encaps(public, prng))
    }

    fn kem_decaps(
        kem: KemAlgorithm,
        sealed: &[u8],
        secret: &[u8],
    ) -> Result<Vec<u8>, HpkeCryptoError> {
        of_kem!(kem, kem_decaps(sealed, secret))
    }

    /// For curves whose keys can be invalid: neither of ours.
    fn dh_validate_sk(_: KemAlgorithm, _: &[u8]) -> Result<Vec<u8>, HpkeCryptoError> {
        Err(HpkeCryptoError::UnknownKemAlgorithm)
    }

    fn aead_seal(
        aead: AeadAlgorithm,
        key: &[u8],
        nonce: &[u8],
        aad: &[u8],
        text: &[u8],
    ) -> Result<Vec<u8>, HpkeCryptoError> {
        Self::supports_aead(aead)?;
        HpkeRustCrypto::aead_seal(AeadAlgorithm::Aes128Gcm, key, nonce, aad, text)
    }

    fn aead_open(
        aead: AeadAlgorithm,
        key: &[u8],
        nonce: &[u8],
        aad: &[u8],
        sealed: &[u8],
    ) -> Result<Vec<u8>, HpkeCryptoError> {
        Self::supports_aead(aead)?;
        HpkeRustCrypto::aead_open(AeadAlgorithm::Aes128Gcm, key, nonce, aad, sealed)
    }
}
