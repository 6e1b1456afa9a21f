//! When bytes last came over a connection: a large frame on a thin line says nothing before it is whole.

use std::io;
use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::task::{Context, Poll, ready};
use std::time::{Duration, Instant};

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;
use tokio::net::tcp::OwnedReadHalf;

use crate::outbox::Outbox;
use crate::tls::Session;

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

/// A connection whose arriving bytes count as signs of life, and whose way out may be used past it.
pub struct Felt {
    arriving: OwnedReadHalf,
    outbox: Outbox,
    pulse: Pulse,
}

impl Felt {
    pub fn plain(stream: TcpStream) -> Self {
        let (arriving, leaving) = stream.into_split();
        Self { arriving, outbox: Outbox::new(leaving), pulse: Pulse::default() }
    }

    pub fn encrypted(stream: TcpStream, session: Session) -> Self {
        let (arriving, leaving) = stream.into_split();
        Self { arriving, outbox: Outbox::encrypted(leaving, session), pulse: Pulse::default() }
    }

    pub fn peer(&self, address: SocketAddr) -> Peer {
        Peer { address, pulse: self.pulse.clone(), outbox: self.outbox.clone() }
    }
}

impl AsyncRead for Felt {
    fn poll_read(self: Pin<&mut Self>, cx: &mut Context<'_>, buffer: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        let Felt { arriving, outbox, pulse } = self.get_mut();
        let before = buffer.filled().len();
        let read = match outbox.is_encrypted() {
            // What arrives may be of a record that is not whole yet.
            true => return outbox.poll_decrypted(cx, arriving, buffer, || pulse.hear()),
            false => Pin::new(arriving).poll_read(cx, buffer),
        };
        if buffer.filled().len() > before {
            pulse.hear();
        }
        read
    }
}

impl AsyncWrite for Felt {
    fn poll_write(self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        self.outbox.poll_write(cx, bytes)
    }

    fn poll_flush(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.outbox.poll_flush(cx)
    }

    fn poll_shutdown(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        ready!(self.outbox.poll_flush(cx))?;
        Poll::Ready(self.outbox.shut_down())
    }
}

#[cfg(test)]
mod tests {
    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    use tokio::net::TcpListener;

    use super::*;

    #[tokio::test]
    async fn l6_a_byte_of_a_frame_that_is_not_whole_is_a_sign_of_life() {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let mut school = TcpStream::connect(listener.local_addr().unwrap()).await.unwrap();
        let mut felt = Felt::plain(listener.accept().await.unwrap().0);
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
