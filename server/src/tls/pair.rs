//! A certificate and its key in two PEM files.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use anyhow::{Context, ensure};
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::sign::CertifiedKey;

use super::{Certificates, provider};

/// Who renews a certificate writes two files, one after the other: both are read again a moment after the last change.
const LOOK_EVERY: Duration = Duration::from_secs(2);

/// The chain, its own certificate first, and the private key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pair {
    pub certificate: PathBuf,
    pub key: PathBuf,
}

impl Pair {
    /// # Errors
    /// A file can't be read, is no PEM, or the key is not the certificate's.
    pub fn read(&self) -> anyhow::Result<CertifiedKey> {
        let chain = fs::read(&self.certificate).with_context(|| cannot_read("certificate", &self.certificate))?;
        let key = fs::read(&self.key).with_context(|| cannot_read("key", &self.key))?;
        certified(&chain, &key)
            .with_context(|| format!("cannot use {} with {}", self.certificate.display(), self.key.display()))
    }

    /// When the two were last changed; nothing while one of them is missing.
    fn changed(&self) -> Option<(SystemTime, SystemTime)> {
        let changed = |path: &Path| fs::metadata(path).ok()?.modified().ok();
        Some((changed(&self.certificate)?, changed(&self.key)?))
    }
}

fn cannot_read(what: &str, path: &Path) -> String {
    format!("cannot read the {what} {}", path.display())
}

/// A chain and a key, both as PEM, that belong together.
pub fn certified(chain: &[u8], key: &[u8]) -> anyhow::Result<CertifiedKey> {
    let chain: Vec<_> =
        CertificateDer::pem_slice_iter(chain).collect::<Result<_, _>>().context("the certificate is no PEM")?;
    ensure!(!chain.is_empty(), "the certificate's file has none in it");
    let key = PrivateKeyDer::from_pem_slice(key).context("the key is no PEM")?;
    CertifiedKey::from_der(chain, key, &provider()).context("the key does not fit the certificate")
}

/// Looks whether the files have changed.
pub struct Watch {
    pair: Pair,
    seen: Option<(SystemTime, SystemTime)>,
}

impl Watch {
    pub fn over(pair: Pair) -> Self {
        Self { seen: pair.changed(), pair }
    }

    pub async fn run(mut self, shown: &Certificates) {
        loop {
            tokio::time::sleep(LOOK_EVERY).await;
            self.look(shown);
        }
    }

    /// What can't be used leaves the old certificate shown, and is looked at again at its next change.
    fn look(&mut self, shown: &Certificates) {
        let now = self.pair.changed();
        if now.is_none() || now == self.seen {
            return;
        }
        self.seen = now;
        match self.pair.read() {
            Ok(certificate) => {
                shown.show(certificate);
                tracing::info!("the certificate has changed and is shown from now on");
            }
            Err(error) => tracing::warn!("the certificate has changed, the old one is shown on: {error:#}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::PoisonError;

    use super::*;

    fn write(pair: &Pair, certificate: &rcgen::CertifiedKey<rcgen::KeyPair>) {
        fs::write(&pair.certificate, certificate.cert.pem()).unwrap();
        fs::write(&pair.key, certificate.signing_key.serialize_pem()).unwrap();
    }

    fn own() -> rcgen::CertifiedKey<rcgen::KeyPair> {
        rcgen::generate_simple_self_signed(["gongbei.test".to_owned()]).unwrap()
    }

    fn leaf(shown: &Certificates) -> Vec<u8> {
        shown.shown.read().unwrap_or_else(PoisonError::into_inner).as_ref().unwrap().cert[0].to_vec()
    }

    #[test]
    fn a_new_pair_is_shown_and_one_that_does_not_fit_is_not() {
        let folder = tempfile::tempdir().unwrap();
        let pair = Pair { certificate: folder.path().join("chain.pem"), key: folder.path().join("key.pem") };
        assert!(pair.read().is_err());
        let (first, second, third) = (own(), own(), own());
        write(&pair, &first);
        let shown = Certificates::default();
        shown.show(pair.read().unwrap());
        let mut watch = Watch { pair: pair.clone(), seen: None };
        watch.look(&shown);
        assert_eq!(leaf(&shown), first.cert.der().to_vec());

        // The certificate is there, its key not yet.
        fs::write(&pair.certificate, second.cert.pem()).unwrap();
        watch.seen = None;
        watch.look(&shown);
        assert_eq!(leaf(&shown), first.cert.der().to_vec());

        fs::write(&pair.key, second.signing_key.serialize_pem()).unwrap();
        watch.seen = None;
        watch.look(&shown);
        assert_eq!(leaf(&shown), second.cert.der().to_vec());

        // What has not changed is not read again.
        let seen = watch.seen;
        write(&pair, &third);
        watch.seen = pair.changed();
        watch.look(&shown);
        assert_eq!(leaf(&shown), second.cert.der().to_vec());
        assert!(seen.is_some());
    }
}
