//! Where the server may be reached, and that nobody's password goes over a line in plain unless that is wanted.

use std::net::SocketAddr;

use anyhow::{bail, ensure};

use crate::tls::{Certificate, Pair};

/// Whether people may come without TLS from other machines.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Plain {
    Refused,
    /// In a network whose every member is trusted.
    Allowed,
}

/// What was asked for at the start.
#[derive(Debug, Clone)]
pub struct Listening {
    pub address: SocketAddr,
    pub plain: Plain,
    /// The address people type.
    pub origin: Option<String>,
    pub trust_proxy: bool,
    pub encrypted: bool,
}

impl Listening {
    /// What whoever starts the server should know about it.
    ///
    /// # Errors
    /// Passwords would go over the network in plain; says what to do.
    pub fn check(&self) -> anyhow::Result<Option<&'static str>> {
        let proxy = self.origin.as_deref().is_some_and(|origin| origin.starts_with("https://"));
        if let Some(origin) = &self.origin {
            let (scheme, host) = origin.trim_end_matches('/').split_once("://").unwrap_or_default();
            let is_origin = ["http", "https"].contains(&scheme) && !host.is_empty() && !host.contains('/');
            ensure!(is_origin, "--origin {origin} is no address like https://gongbei.example.org");
            ensure!(proxy || !self.encrypted, "--origin {origin} must begin with https://, because TLS is on");
        }
        if self.encrypted {
            return Ok(None);
        }
        match (proxy, self.address.ip().is_loopback(), self.plain) {
            (true, true, Plain::Refused | Plain::Allowed) => Ok(None),
            (true, false, Plain::Refused | Plain::Allowed) if self.trust_proxy => Ok(None),
            (true, false, Plain::Refused | Plain::Allowed) => Ok(Some(
                "other machines can reach this address past the proxy, without TLS: let it listen on 127.0.0.1, or keep \
                 others away by a firewall. With --trust-proxy each visitor's own address counts, not the proxy's",
            )),
            (false, true, Plain::Refused | Plain::Allowed) => Ok(None),
            (false, false, Plain::Allowed) => {
                Ok(Some("passwords and documents go over the network in plain: whoever is on it can read them"))
            }
            (false, false, Plain::Refused) => bail!(
                "on {} passwords and documents would go over the network in plain. Give a certificate (--tls-cert FILE \
                 --tls-key FILE, or --acme-domain NAME), or put a proxy that speaks TLS in front and say so (--origin \
                 https://your.address --trust-proxy). In a network whose every member you trust: --allow-plain-http",
                self.address
            ),
        }
    }
}

/// The certificate that was asked for, if one was.
///
/// # Errors
/// What was asked for does not go together; says what to do.
pub fn certificate(
    chain: Option<std::path::PathBuf>,
    key: Option<std::path::PathBuf>,
    acme: crate::tls::Acme,
) -> anyhow::Result<Option<Certificate>> {
    match (chain, key, acme.names.is_empty()) {
        (None, None, true) => Ok(None),
        (None, None, false) => Ok(Some(Certificate::Authority(acme))),
        (Some(certificate), Some(key), true) => Ok(Some(Certificate::Files(Pair { certificate, key }))),
        (Some(_), Some(_), false) => bail!("give either --tls-cert and --tls-key, or --acme-domain"),
        (Some(_), None, true | false) => bail!("--tls-cert needs its key: --tls-key FILE"),
        (None, Some(_), true | false) => bail!("--tls-key needs its certificate: --tls-cert FILE"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn r12_nobodys_password_goes_in_plain_to_other_machines_unless_that_is_wanted() {
        use Plain::{Allowed, Refused};
        let (here, there) = ("127.0.0.1:8080", "0.0.0.0:8080");
        let public = Some("https://gongbei.test");
        // address, plain, origin, trust_proxy, encrypted: starts, with a warning
        let cases = [
            ((here, Refused, None, false, false), Some(false)),
            (("[::1]:8080", Refused, None, false, false), Some(false)),
            ((there, Refused, None, false, false), None),
            ((there, Refused, Some("http://gongbei.test"), true, false), None),
            ((there, Allowed, None, false, false), Some(true)),
            ((there, Refused, public, true, false), Some(false)),
            ((there, Refused, public, false, false), Some(true)),
            ((here, Refused, public, false, false), Some(false)),
            ((there, Refused, None, false, true), Some(false)),
            ((there, Refused, Some("http://gongbei.test"), false, true), None),
            ((here, Refused, Some("gongbei.test"), false, false), None),
            ((here, Refused, Some("https://gongbei.test/path"), false, false), None),
            ((here, Refused, Some("https://gongbei.test/"), false, false), Some(false)),
        ];
        for ((address, plain, origin, trust_proxy, encrypted), expected) in cases {
            let origin = origin.map(str::to_owned);
            let asked = Listening { address: address.parse().unwrap(), plain, origin, trust_proxy, encrypted };
            let found = asked.check().ok().map(|warning| warning.is_some());
            assert_eq!(found, expected, "{asked:?}");
        }
    }
}
