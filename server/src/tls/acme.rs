//! A certificate from an authority by ACME (RFC 8555). The authority looks at our own port, by TLS-ALPN-01 (RFC 8737),
//! so that nothing else has to listen.

use std::fs::{self, File};
use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use anyhow::{Context, bail, ensure};
use instant_acme::{
    Account, AuthorizationStatus, ChallengeType, Identifier, NewAccount, NewOrder, OrderStatus, RetryPolicy,
};
use rcgen::{CertificateParams, CustomExtension, KeyPair};
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer, PrivatePkcs8KeyDer};
use rustls::sign::CertifiedKey;
use x509_cert::der::Decode;

use super::pair::{Pair, certified};
use super::{Certificates, provider};
use crate::data_folder;

/// The authority that is asked unless another is named.
pub const USUAL_AUTHORITY: &str = "https://acme-v02.api.letsencrypt.org/directory";
/// How often it is looked whether the certificate is due.
const LOOK_EVERY: Duration = Duration::from_secs(3600);
/// Let's Encrypt lets nobody ask in vain more often than five times an hour.
const AGAIN_AFTER: Duration = Duration::from_secs(15 * 60);
/// An authority has this long to look at us, and to sign.
const WITHIN: Duration = Duration::from_secs(120);

/// Whom to ask, for which names.
#[derive(Debug, Clone)]
pub struct Acme {
    /// At least one.
    pub names: Vec<String>,
    /// Whom the authority writes to: an e-mail address.
    pub contact: Option<String>,
    /// The authority's directory, an https address.
    pub directory: String,
    /// The certificate (PEM) of an authority that the machine does not know: one of the district's own.
    pub root: Option<PathBuf>,
}

/// Gets the certificate, keeps it in its folder, and renews it in time.
pub struct Keeper {
    acme: Acme,
    folder: PathBuf,
    shown: Arc<Certificates>,
}

impl Keeper {
    /// Shows what an earlier run has left.
    pub fn new(acme: Acme, folder: PathBuf, shown: Arc<Certificates>) -> anyhow::Result<Self> {
        ensure!(!acme.names.is_empty(), "ACME needs a name to ask a certificate for");
        data_folder::make_private(&folder).with_context(|| format!("cannot create {}", folder.display()))?;
        let keeper = Self { acme, folder, shown };
        if keeper.pair().certificate.is_file() {
            match keeper.pair().read() {
                Ok(certificate) => keeper.shown.show(certificate),
                Err(error) => tracing::warn!("asking for a new certificate: {error:#}"),
            }
        }
        Ok(keeper)
    }

    pub async fn run(self) {
        loop {
            let next = match self.look().await {
                Ok(()) => LOOK_EVERY,
                Err(error) => {
                    tracing::error!("got no certificate, trying again in a quarter of an hour: {error:#}");
                    AGAIN_AFTER
                }
            };
            self.shown.end_proofs();
            tokio::time::sleep(next).await;
        }
    }

    async fn look(&self) -> anyhow::Result<()> {
        if self.is_due(SystemTime::now())? {
            self.renew().await?;
            tracing::info!("got a certificate for {}", self.acme.names.join(", "));
        }
        Ok(())
    }

    /// No usable certificate, other names, or less than a third of its time is left.
    fn is_due(&self, now: SystemTime) -> anyhow::Result<bool> {
        let names = fs::read_to_string(self.names_file()).unwrap_or_default();
        if names != self.acme.names.join("\n") || self.pair().read().is_err() {
            return Ok(true);
        }
        let (from, until) = validity(&fs::read(self.pair().certificate)?)?;
        let whole = until.duration_since(from).unwrap_or_default();
        Ok(until.duration_since(now).unwrap_or_default() < whole / 3)
    }

    async fn renew(&self) -> anyhow::Result<()> {
        let account = self.account().await?;
        let names: Vec<_> = self.acme.names.iter().cloned().map(Identifier::Dns).collect();
        let mut order = account.new_order(&NewOrder::new(&names)).await.context("the authority takes no order")?;
        let mut authorizations = order.authorizations();
        while let Some(authorization) = authorizations.next().await {
            let mut authorization = authorization?;
            match authorization.status {
                AuthorizationStatus::Pending => {}
                AuthorizationStatus::Valid => continue,
                status => bail!("the authority does not look: {status:?}"),
            }
            let mut challenge = authorization
                .challenge(ChallengeType::TlsAlpn01)
                .context("the authority does not look by TLS-ALPN-01")?;
            let name = challenge.identifier().to_string();
            self.shown.prove(&name, proof(&name, challenge.key_authorization().digest().as_ref())?);
            challenge.set_ready().await?;
        }
        let patience = RetryPolicy::default().timeout(WITHIN);
        let status = order.poll_ready(&patience).await?;
        if status != OrderStatus::Ready {
            bail!("the authority could not see us under {} on port 443: {status:?}", self.acme.names.join(", "));
        }
        let key = order.finalize().await?;
        let chain = order.poll_certificate(&patience).await?;
        let certificate = certified(chain.as_bytes(), key.as_bytes())?;
        let pair = self.pair();
        write_private(&pair.key, key.as_bytes())?;
        write_private(&pair.certificate, chain.as_bytes())?;
        write_private(&self.names_file(), self.acme.names.join("\n").as_bytes())?;
        self.shown.show(certificate);
        Ok(())
    }

    /// The account of an earlier run, if there is one with this authority.
    async fn account(&self) -> anyhow::Result<Account> {
        let builder = || match &self.acme.root {
            Some(root) => Account::builder_with_root(root),
            None => Account::builder(),
        };
        let file = self.folder.join("account.json");
        if let Ok(kept) = fs::read(&file)
            && let Ok((directory, credentials)) = serde_json::from_slice::<(String, _)>(&kept)
            && directory == self.acme.directory
        {
            return builder()?.from_credentials(credentials).await.context("the authority does not know us any more");
        }
        let contact = self.acme.contact.as_deref().map(|address| format!("mailto:{address}"));
        let contact: Vec<&str> = contact.as_deref().into_iter().collect();
        let new = NewAccount { contact: &contact, terms_of_service_agreed: true, only_return_existing: false };
        let created = builder()?.create(&new, self.acme.directory.clone(), None).await;
        let (account, credentials) = created.context("the authority opens no account")?;
        write_private(&file, &serde_json::to_vec(&(&self.acme.directory, credentials))?)?;
        Ok(account)
    }

    fn pair(&self) -> Pair {
        Pair { certificate: self.folder.join("chain.pem"), key: self.folder.join("key.pem") }
    }

    fn names_file(&self) -> PathBuf {
        self.folder.join("names")
    }
}

/// What the authority wants to see under that name: its own digest, signed by nobody but us.
fn proof(name: &str, digest: &[u8]) -> anyhow::Result<CertifiedKey> {
    let mut params = CertificateParams::new([name.to_owned()])?;
    params.custom_extensions = vec![CustomExtension::new_acme_identifier(digest)];
    let key = KeyPair::generate()?;
    let chain = vec![params.self_signed(&key)?.der().clone()];
    let key = PrivateKeyDer::from(PrivatePkcs8KeyDer::from(key.serialize_der()));
    // Not `from_der`: it looks whether they fit, and does not know the extension.
    Ok(CertifiedKey::new(chain, provider().key_provider.load_private_key(key)?))
}

/// From when until when the first certificate of a PEM file is good.
fn validity(chain: &[u8]) -> anyhow::Result<(SystemTime, SystemTime)> {
    let leaf = CertificateDer::from_pem_slice(chain).context("the certificate is no PEM")?;
    let leaf = x509_cert::Certificate::from_der(&leaf).context("the certificate can't be read")?;
    let validity = leaf.tbs_certificate.validity;
    let time = |time: x509_cert::time::Time| UNIX_EPOCH + time.to_unix_duration();
    Ok((time(validity.not_before), time(validity.not_after)))
}

/// Replaces the file whole, for this account of the machine alone.
fn write_private(path: &Path, bytes: &[u8]) -> anyhow::Result<()> {
    let fresh = path.with_extension("new");
    fs::remove_file(&fresh).ok();
    let write = || {
        let mut options = File::options();
        options.write(true).create_new(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let mut file = options.open(&fresh)?;
        file.write_all(bytes)?;
        file.sync_all()?;
        fs::rename(&fresh, path)
    };
    write().with_context(|| format!("cannot write {}", path.display()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_certificate_is_due_when_a_third_of_its_time_is_left() {
        let folder = tempfile::tempdir().unwrap();
        let acme = Acme {
            names: vec!["gongbei.test".to_owned()],
            contact: None,
            directory: USUAL_AUTHORITY.to_owned(),
            root: None,
        };
        let keeper = Keeper::new(acme, folder.path().join("tls"), Arc::default()).unwrap();
        let day = Duration::from_secs(24 * 3600);
        let start = UNIX_EPOCH + day * 20_000;
        assert!(keeper.is_due(start).unwrap(), "there is none yet");

        let mut params = CertificateParams::new(["gongbei.test".to_owned()]).unwrap();
        params.not_before = start.into();
        params.not_after = (start + day * 90).into();
        let key = KeyPair::generate().unwrap();
        let pair = keeper.pair();
        write_private(&pair.key, key.serialize_pem().as_bytes()).unwrap();
        write_private(&pair.certificate, params.self_signed(&key).unwrap().pem().as_bytes()).unwrap();
        assert!(keeper.is_due(start).unwrap(), "nobody knows for which names it is");
        write_private(&keeper.names_file(), b"gongbei.test").unwrap();
        for (after, due) in [(0, false), (59, false), (61, true), (100, true)] {
            assert_eq!(keeper.is_due(start + day * after).unwrap(), due, "{after}");
        }
        #[cfg(unix)]
        for file in [pair.key, pair.certificate] {
            let mode = std::os::unix::fs::PermissionsExt::mode(&fs::metadata(&file).unwrap().permissions());
            assert_eq!(mode & 0o777, 0o600, "{}", file.display());
        }
    }
}
