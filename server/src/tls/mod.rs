//! TLS of our own: whose certificate is shown, and where it comes from.

use std::collections::HashMap;
use std::path::PathBuf;
use std::sync::{Arc, PoisonError, RwLock};

use rustls::ServerConfig;
use rustls::crypto::CryptoProvider;
use rustls::crypto::ring::{self, Ticketer};
use rustls::server::{ClientHello, ResolvesServerCert};
use rustls::sign::CertifiedKey;

pub mod acme;
pub mod pair;
mod session;

pub use acme::Acme;
pub use pair::Pair;
pub use session::Session;

/// The name of the protocol by which a certificate authority looks at who answers (RFC 8737).
const PROOF: &[u8] = b"acme-tls/1";

/// Where the certificate comes from.
#[derive(Debug, Clone)]
pub enum Certificate {
    /// From two files, read again when they change.
    Files(Pair),
    /// From an authority, by ACME.
    Authority(Acme),
}

/// What is shown to whoever connects. It may change while the server runs.
#[derive(Debug, Default)]
pub struct Certificates {
    shown: RwLock<Option<Arc<CertifiedKey>>>,
    /// What an authority that looks us up is shown, by the name it asks for.
    proofs: RwLock<HashMap<String, Arc<CertifiedKey>>>,
}

impl Certificates {
    pub fn show(&self, certificate: CertifiedKey) {
        *self.shown.write().unwrap_or_else(PoisonError::into_inner) = Some(Arc::new(certificate));
    }

    fn prove(&self, name: &str, proof: CertifiedKey) {
        self.proofs.write().unwrap_or_else(PoisonError::into_inner).insert(name.to_owned(), Arc::new(proof));
    }

    fn end_proofs(&self) {
        self.proofs.write().unwrap_or_else(PoisonError::into_inner).clear();
    }
}

impl ResolvesServerCert for Certificates {
    fn resolve(&self, hello: ClientHello<'_>) -> Option<Arc<CertifiedKey>> {
        if hello.alpn().is_some_and(|mut names| names.any(|name| name == PROOF)) {
            let name = hello.server_name()?;
            return self.proofs.read().unwrap_or_else(PoisonError::into_inner).get(name).cloned();
        }
        self.shown.read().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

/// TLS 1.2 and 1.3 with what rustls holds to be safe; who comes back is known by a ticket and needs no new handshake.
pub fn server_config(certificates: Arc<Certificates>) -> Result<Arc<ServerConfig>, rustls::Error> {
    let builder = ServerConfig::builder_with_provider(provider()).with_safe_default_protocol_versions()?;
    let mut config = builder.with_no_client_auth().with_cert_resolver(certificates);
    config.alpn_protocols = vec![b"http/1.1".to_vec(), PROOF.to_vec()];
    config.ticketer = Ticketer::new()?;
    Ok(Arc::new(config))
}

fn provider() -> Arc<CryptoProvider> {
    Arc::new(ring::default_provider())
}

/// Shows the certificate; `folder` keeps what an authority gives.
///
/// # Errors
/// Files were given and can't be used. Later, and with an authority, what fails is logged and tried again.
pub fn begin(certificate: Certificate, folder: PathBuf, shown: Arc<Certificates>) -> anyhow::Result<Upkeep> {
    match certificate {
        Certificate::Files(pair) => {
            shown.show(pair.read()?);
            Ok(Upkeep::Files(pair::Watch::over(pair), shown))
        }
        Certificate::Authority(acme) => Ok(Upkeep::Authority(acme::Keeper::new(acme, folder, shown)?)),
    }
}

/// What is left to do while the server runs.
pub enum Upkeep {
    Files(pair::Watch, Arc<Certificates>),
    Authority(acme::Keeper),
}

impl Upkeep {
    pub async fn run(self) {
        match self {
            Upkeep::Files(watch, shown) => watch.run(&shown).await,
            Upkeep::Authority(keeper) => keeper.run().await,
        }
    }
}
