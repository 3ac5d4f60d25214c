//! TLS with the roots that are compiled in: a function needs none of its machine.

use std::sync::Arc;

use rustls::{ClientConfig, RootCertStore};
use tokio_rustls::TlsConnector;

#[cfg(feature = "aws-lc")]
pub(crate) use rustls::crypto::aws_lc_rs as provider;
#[cfg(all(feature = "ring", not(feature = "aws-lc")))]
pub(crate) use rustls::crypto::ring as provider;

#[cfg(any(feature = "aws-lc", feature = "ring"))]
pub(crate) fn connector() -> Result<TlsConnector, rustls::Error> {
    let roots = RootCertStore { roots: webpki_roots::TLS_SERVER_ROOTS.to_vec() };
    let config = ClientConfig::builder_with_provider(Arc::new(provider::default_provider()))
        .with_safe_default_protocol_versions()?
        .with_root_certificates(roots)
        .with_no_client_auth();
    Ok(TlsConnector::from(Arc::new(config)))
}

#[cfg(not(any(feature = "aws-lc", feature = "ring")))]
compile_error!("https needs one of its features `aws-lc` and `ring`");
