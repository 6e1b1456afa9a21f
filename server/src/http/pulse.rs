//! When bytes last came over a connection: a large frame on a thin line says nothing before it is whole.

use std::io;
use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::task::{Context, Poll};
use std::time::{Duration, Instant};

use axum::extract::connect_info::Connected;
use axum::serve::{IncomingStream, Listener};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::tcp::OwnedReadHalf;
use tokio::net::{TcpListener, TcpStream};

use crate::outbox::Outbox;

/// Says when the peer was last heard.
#[derive(Debug, Clone)]
pub struct Pulse {
    started: Instant,
    /// In milliseconds after the start.
    heard_at: Arc<AtomicU64>,
}

impl Default for Pulse {
    fn default() -> Self {
        Self { started: Instant::now(), heard_at: Arc::default() }
    }
}

impl Pulse {
    pub fn hear(&self) {
        let now = u64::try_from(self.started.elapsed().as_millis()).unwrap_or(u64::MAX);
        self.heard_at.store(now, Ordering::Relaxed);
    }

    pub fn silent_for(&self) -> Duration {
        self.started.elapsed().saturating_sub(self.heard_at())
    }

    fn heard_at(&self) -> Duration {
        Duration::from_millis(self.heard_at.load(Ordering::Relaxed))
    }
}

/// Whoever has connected.
#[derive(Debug, Clone)]
pub struct Peer {
    pub address: SocketAddr,
    pub pulse: Pulse,
    /// The way back to them.
    pub outbox: Outbox,
}

/// Takes connections and feels their pulse.
pub struct Attentive(pub TcpListener);

impl Listener for Attentive {
    type Io = Felt;
    type Addr = SocketAddr;

    async fn accept(&mut self) -> (Self::Io, SocketAddr) {
        let (stream, address) = Listener::accept(&mut self.0).await;
        // A letter must not wait for the next one.
        if let Err(error) = stream.set_nodelay(true) {
            tracing::debug!("cannot set TCP_NODELAY: {error}");
        }
        (Felt::of(stream), address)
    }

    fn local_addr(&self) -> io::Result<SocketAddr> {
        self.0.local_addr()
    }
}

impl Connected<IncomingStream<'_, Attentive>> for Peer {
    fn connect_info(stream: IncomingStream<'_, Attentive>) -> Self {
        let Felt { pulse, outbox, .. } = stream.io();
        Self { address: *stream.remote_addr(), pulse: pulse.clone(), outbox: outbox.clone() }
    }
}

/// A connection whose arriving bytes count as signs of life, and whose way out may be used past it.
pub struct Felt {
    arriving: OwnedReadHalf,
    outbox: Outbox,
    pulse: Pulse,
}

impl Felt {
    fn of(stream: TcpStream) -> Self {
        let (arriving, leaving) = stream.into_split();
        Self { arriving, outbox: Outbox::new(leaving), pulse: Pulse::default() }
    }
}

impl AsyncRead for Felt {
    fn poll_read(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buffer: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        let before = buffer.filled().len();
        let read = Pin::new(&mut self.arriving).poll_read(cx, buffer);
        if buffer.filled().len() > before {
            self.pulse.hear();
        }
        read
    }
}

impl AsyncWrite for Felt {
    fn poll_write(self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        self.outbox.poll_write(cx, bytes)
    }

    fn poll_flush(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }

    fn poll_shutdown(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(self.outbox.shut_down())
    }
}

#[cfg(test)]
mod tests {
    use tokio::io::{AsyncReadExt, AsyncWriteExt};

    use super::*;

    #[tokio::test]
    async fn l6_a_byte_of_a_frame_that_is_not_whole_is_a_sign_of_life() {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let mut school = TcpStream::connect(listener.local_addr().unwrap()).await.unwrap();
        let mut felt = Felt::of(listener.accept().await.unwrap().0);
        let pulse = felt.pulse.clone();
        for _ in 0..5 {
            let before = pulse.heard_at();
            tokio::time::sleep(Duration::from_millis(2)).await;
            felt.write_u8(1).await.unwrap();
            assert_eq!(pulse.heard_at(), before, "what we send says nothing of the other side");
            school.write_u8(1).await.unwrap();
            felt.read_u8().await.unwrap();
            assert!(pulse.heard_at() > before);
        }
    }
}
