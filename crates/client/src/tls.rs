//! Whom a connection trusts: the usual certificate authorities, and those of a file that `PARLOR_CA_FILE` names.

use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject;
use rustls::{ClientConfig, RootCertStore};
use std::sync::Arc;
use thiserror::Error;

const CA_FILE: &str = "PARLOR_CA_FILE";

/// Why there is no TLS.
#[derive(Debug, Error)]
pub enum TlsError {
    /// The file cannot be read, or holds no certificate.
    #[error("the file that PARLOR_CA_FILE names holds no usable certificates")]
    CaFile,
    /// The TLS library refuses its own defaults.
    #[error("TLS cannot be set up")]
    Library(#[from] rustls::Error),
}

/// The settings of every connection of this process.
pub fn config() -> Result<Arc<ClientConfig>, TlsError> {
    let mut roots = RootCertStore { roots: webpki_roots::TLS_SERVER_ROOTS.to_vec() };
    if let Some(path) = std::env::var_os(CA_FILE) {
        let found = CertificateDer::pem_file_iter(path).map_err(|_| TlsError::CaFile)?;
        let before = roots.len();
        for certificate in found {
            let certificate = certificate.map_err(|_| TlsError::CaFile)?;
            roots.add(certificate).map_err(|_| TlsError::CaFile)?;
        }
        if roots.len() == before {
            return Err(TlsError::CaFile);
        }
    }
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()?
        .with_root_certificates(roots)
        .with_no_client_auth();
    Ok(Arc::new(config))
}
