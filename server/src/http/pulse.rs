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
use tokio::net::{TcpListener, TcpStream};

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
}

/// Takes connections and feels their pulse.
pub struct Attentive(pub TcpListener);

impl Listener for Attentive {
    type Io = Felt<TcpStream>;
    type Addr = SocketAddr;

    async fn accept(&mut self) -> (Self::Io, SocketAddr) {
        let (stream, address) = Listener::accept(&mut self.0).await;
        // A letter must not wait for the next one.
        if let Err(error) = stream.set_nodelay(true) {
            tracing::debug!("cannot set TCP_NODELAY: {error}");
        }
        (Felt { stream, pulse: Pulse::default() }, address)
    }

    fn local_addr(&self) -> io::Result<SocketAddr> {
        self.0.local_addr()
    }
}

impl Connected<IncomingStream<'_, Attentive>> for Peer {
    fn connect_info(stream: IncomingStream<'_, Attentive>) -> Self {
        Self { address: *stream.remote_addr(), pulse: stream.io().pulse.clone() }
    }
}

/// A connection whose arriving bytes count as signs of life.
pub struct Felt<S> {
    stream: S,
    pulse: Pulse,
}

impl<S: AsyncRead + Unpin> AsyncRead for Felt<S> {
    fn poll_read(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buffer: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        let before = buffer.filled().len();
        let read = Pin::new(&mut self.stream).poll_read(cx, buffer);
        if buffer.filled().len() > before {
            self.pulse.hear();
        }
        read
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for Felt<S> {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write(cx, bytes)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        pieces: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write_vectored(cx, pieces)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(cx)
    }
}

#[cfg(test)]
mod tests {
    use tokio::io::{AsyncReadExt, AsyncWriteExt, duplex};

    use super::*;

    #[tokio::test]
    async fn l6_a_byte_of_a_frame_that_is_not_whole_is_a_sign_of_life() {
        let (mut school, stream) = duplex(64);
        let pulse = Pulse::default();
        let mut felt = Felt { stream, pulse: pulse.clone() };
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
