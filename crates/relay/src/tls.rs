//! TLS from certificate and key files.

use rustls::ServerConfig;
use rustls_pki_types::pem::PemObject;
use rustls_pki_types::{CertificateDer, PrivateKeyDer};
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// Why TLS cannot be set up.
#[derive(Debug, thiserror::Error)]
pub enum TlsError {
    /// A file is not PEM of the right kind.
    #[error("{0}: {1}")]
    File(PathBuf, #[source] rustls_pki_types::pem::Error),
    /// Certificate and key do not go together.
    #[error("the certificate and the key cannot be used: {0}")]
    Unusable(#[from] rustls::Error),
}

/// Reads both files.
pub fn config(certificate: &Path, key: &Path) -> Result<Arc<ServerConfig>, TlsError> {
    let at = |path: &Path, error| TlsError::File(path.to_owned(), error);
    let chain = CertificateDer::pem_file_iter(certificate)
        .and_then(Iterator::collect::<Result<Vec<_>, _>>)
        .map_err(|error| at(certificate, error))?;
    let private = PrivateKeyDer::from_pem_file(key).map_err(|error| at(key, error))?;
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let mut config = ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()?
        .with_no_client_auth()
        .with_single_cert(chain, private)?;
    config.alpn_protocols = vec![b"http/1.1".to_vec()];
    Ok(Arc::new(config))
}
