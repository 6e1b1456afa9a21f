//! Where a request comes from: the address, and the browser by a cookie that outlives its sessions.

use std::convert::Infallible;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};

use axum::extract::{ConnectInfo, FromRequestParts};
use axum::http::request::Parts;
use axum::http::{Extensions, HeaderMap, header};

use super::caller::{CookieName, cookie};
use super::pulse::Peer;
use crate::accounts::{Agent, Source};
use crate::app::{App, SharedApp};
use crate::secret::Secret;

/// As long as browsers keep a cookie.
pub const DEVICE_DAYS: u64 = 400;

impl FromRequestParts<SharedApp> for Source {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, app: &SharedApp) -> Result<Self, Infallible> {
        let address = address(app, &parts.headers, &parts.extensions);
        let known = cookie(&parts.headers, CookieName::DEVICE.on(app)).filter(|id| id.reveal().len() == 64);
        let agent = parts.headers.get(header::USER_AGENT).and_then(|agent| agent.to_str().ok()).unwrap_or("");
        Ok(Self { address, device: known.unwrap_or_else(Secret::random), agent: Agent::read(agent) })
    }
}

/// The visitor's address, as far as it can be known.
pub fn address(app: &App, headers: &HeaderMap, extensions: &Extensions) -> IpAddr {
    let peer = extensions.get::<ConnectInfo<Peer>>().map(|ConnectInfo(peer)| peer.address.ip());
    let peer = peer.unwrap_or(Ipv4Addr::UNSPECIFIED.into());
    if app.trust_proxy { forwarded_for(headers).unwrap_or(peer) } else { peer }
}

/// Whom our proxy had before it: the last entry is its own, those before it are what anybody may have written.
fn forwarded_for(headers: &HeaderMap) -> Option<IpAddr> {
    let last = headers.get_all("x-forwarded-for").iter().next_back()?.to_str().ok()?.rsplit(',').next()?.trim();
    last.parse().ok().or_else(|| last.parse::<SocketAddr>().ok().map(|peer| peer.ip()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn r13_only_the_last_entry_is_the_proxys_word() {
        let cases: [(&[&str], Option<&str>); 7] = [
            (&["203.0.113.7"], Some("203.0.113.7")),
            (&["10.0.0.1, 203.0.113.7"], Some("203.0.113.7")),
            (&["10.0.0.1", "203.0.113.7"], Some("203.0.113.7")),
            (&["2001:db8::1"], Some("2001:db8::1")),
            (&["203.0.113.7:4711"], Some("203.0.113.7")),
            (&["unknown"], None),
            (&[], None),
        ];
        for (lines, expected) in cases {
            let mut headers = HeaderMap::new();
            for line in lines {
                headers.append("x-forwarded-for", line.parse().unwrap());
            }
            assert_eq!(forwarded_for(&headers), expected.map(|address| address.parse().unwrap()), "{lines:?}");
        }
    }
}
