//! Takes connections and serves each in a task of its own.

use std::convert::Infallible;
use std::net::SocketAddr;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::extract::ConnectInfo;
use axum::http::Request;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use rustls::ServerConfig;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tower_service::Service;

use super::pulse::Felt;
use crate::tls::Session;

/// The handshake and a request's head come within this time, and the next request after an answer: nobody keeps a
/// connection by saying nothing on it, or one letter at a time.
const HEAD_WITHIN: Duration = Duration::from_secs(30);
/// After an error of the system (no more files) it is tried again so much later.
const ACCEPT_AGAIN: Duration = Duration::from_millis(200);

/// Serves until `draining` turns true and what was under way has ended.
pub async fn serve(
    listener: TcpListener,
    tls: Option<Arc<ServerConfig>>,
    router: Router,
    mut draining: watch::Receiver<bool>,
) {
    // Each connection holds one end: the last to go closes it.
    let (open, all_closed) = watch::channel(());
    loop {
        let accepted = tokio::select! {
            accepted = listener.accept() => accepted,
            _ = draining.wait_for(|draining| *draining) => break,
        };
        let (stream, address) = match accepted {
            Ok(accepted) => accepted,
            Err(error) => {
                tracing::warn!("cannot take a connection: {error}");
                tokio::time::sleep(ACCEPT_AGAIN).await;
                continue;
            }
        };
        let Some(felt) = feel(stream, tls.as_ref()) else { continue };
        let (router, draining, all_closed) = (router.clone(), draining.clone(), all_closed.clone());
        tokio::spawn(async move {
            converse(felt, address, router, draining).await;
            drop(all_closed);
        });
    }
    drop((listener, all_closed));
    open.closed().await;
}

fn feel(stream: TcpStream, tls: Option<&Arc<ServerConfig>>) -> Option<Felt> {
    // A letter must not wait for the next one.
    if let Err(error) = stream.set_nodelay(true) {
        tracing::debug!("cannot set TCP_NODELAY: {error}");
    }
    let Some(config) = tls else { return Some(Felt::plain(stream)) };
    match Session::new(config.clone()) {
        Ok(session) => Some(Felt::encrypted(stream, session)),
        Err(error) => {
            tracing::error!("cannot begin a TLS session: {error}");
            None
        }
    }
}

async fn converse(felt: Felt, address: SocketAddr, router: Router, mut draining: watch::Receiver<bool>) {
    let peer = ConnectInfo(felt.peer(address));
    let service = service_fn(move |mut request: Request<Incoming>| {
        request.extensions_mut().insert(peer.clone());
        let mut router = router.clone();
        async move { Ok::<_, Infallible>(answer(&mut router, request.map(Body::new)).await) }
    });
    let mut http = http1::Builder::new();
    http.timer(TokioTimer::new()).header_read_timeout(HEAD_WITHIN);
    let mut connection = pin!(http.serve_connection(TokioIo::new(felt), service).with_upgrades());
    let stopping = async { draining.wait_for(|draining| *draining).await.is_ok() };
    let ended = tokio::select! {
        ended = connection.as_mut() => ended,
        _ = stopping => {
            connection.as_mut().graceful_shutdown();
            connection.await
        }
    };
    if let Err(error) = ended {
        tracing::debug!("a connection failed: {error}");
    }
}

async fn answer(router: &mut Router, request: Request<Body>) -> axum::response::Response {
    match Service::<Request<Body>>::call(router, request).await {
        Ok(response) => response,
        Err(never) => match never {},
    }
}
