//! The line between a school and the server: a TCP proxy that can be cut and mended.

use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::task::{Context, Poll, ready};
use std::time::Duration;

use anyhow::Result;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf, copy_bidirectional};
use tokio::net::{TcpListener, TcpSocket, TcpStream};
use tokio::sync::watch;
use tokio::time::{Interval, MissedTickBehavior, interval};

/// What the line does with bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    Whole,
    /// So many bytes a second come from the server, and all that go there: a thin line, or with 0 a reader who does not
    /// read.
    Thin(u32),
    /// Connections break at once and new ones are turned away.
    Cut,
    /// Nothing arrives and nobody is told: what a pulled plug or a dead router does.
    Silent,
    /// Silent for the connections that were there, whole for new ones: what a router does that was started again.
    Forgotten,
}

/// One campus's line. Dropped, it breaks for good.
pub struct Line {
    port: u16,
    state: Arc<watch::Sender<State>>,
    /// Bytes that went to the server.
    carried: Arc<AtomicU64>,
    accepting: tokio::task::JoinHandle<()>,
}

impl Line {
    /// A line to the server that listens there.
    pub async fn to(server: SocketAddr) -> Result<Self> {
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let port = listener.local_addr()?.port();
        let (state, _) = watch::channel(State::Whole);
        let state = Arc::new(state);
        let carried = Arc::default();
        let accepting = tokio::spawn(accept(listener, server, Arc::clone(&state), Arc::clone(&carried)));
        Ok(Self { port, state, carried, accepting })
    }

    /// `http://127.0.0.1:PORT` of the line's near end.
    pub fn address(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    /// Where its near end listens.
    pub fn near(&self) -> SocketAddr {
        (Ipv4Addr::LOCALHOST, self.port).into()
    }

    /// How many bytes have gone to the server over it so far.
    pub fn carried(&self) -> u64 {
        self.carried.load(Ordering::Relaxed)
    }

    /// From the server come no more than so many bytes a second; [`Line::mend`] ends that, and no connection with it.
    pub fn thin_out(&self, bytes_per_second: u32) {
        self.state.send_replace(State::Thin(bytes_per_second));
    }

    pub fn cut(&self) {
        self.state.send_replace(State::Cut);
    }

    /// Nothing arrives any more, and nobody is told: both ends of every connection stay open.
    pub fn fall_silent(&self) {
        self.state.send_replace(State::Silent);
    }

    /// As [`Line::fall_silent`] for the connections of now; new ones get through.
    pub fn forget(&self) {
        self.state.send_replace(State::Forgotten);
    }

    /// New connections get through; those that were there before the trouble are gone.
    pub fn mend(&self) {
        self.state.send_replace(State::Whole);
    }
}

impl Drop for Line {
    fn drop(&mut self) {
        self.accepting.abort();
        self.cut();
    }
}

async fn accept(listener: TcpListener, server: SocketAddr, state: Arc<watch::Sender<State>>, carried: Arc<AtomicU64>) {
    while let Ok((near, _)) = listener.accept().await {
        tokio::spawn(carry(near, server, state.subscribe(), Arc::clone(&carried)));
    }
}

/// Little waits in a line: what does not get through waits at the server.
const HOLDS: u32 = 16 << 10;

async fn carry(mut near: TcpStream, server: SocketAddr, mut state: watch::Receiver<State>, carried: Arc<AtomicU64>) {
    let before = *state.borrow_and_update();
    if before == State::Cut {
        return;
    }
    // It is there for as long as this connection is, also when nothing is carried any more.
    let mut far = None;
    if before != State::Silent
        && let Ok(reached) = reach(server).await
    {
        near.set_nodelay(true).ok();
        let far = far.insert(Thinned::new(reached, state.clone(), carried));
        tokio::select! {
            _ = copy_bidirectional(&mut near, far) => return,
            changed = state.wait_for(|now| *now != before && !(before.carries() && now.carries())) => {
                if changed.is_err() { return }
            }
        }
    }
    // In silence both ends stay open and wait; anything else ends the connection.
    while matches!(*state.borrow_and_update(), State::Silent | State::Forgotten) {
        if state.changed().await.is_err() {
            return;
        }
    }
}

async fn reach(server: SocketAddr) -> io::Result<TcpStream> {
    let socket = TcpSocket::new_v4()?;
    socket.set_recv_buffer_size(HOLDS)?;
    let far = socket.connect(server).await?;
    far.set_nodelay(true)?;
    Ok(far)
}

impl State {
    /// Whether connections go on when the line becomes so from another such state.
    fn carries(self) -> bool {
        match self {
            State::Whole | State::Thin(_) => true,
            State::Cut | State::Silent | State::Forgotten => false,
        }
    }
}

const TICK: Duration = Duration::from_millis(50);
const TICKS_PER_SECOND: u32 = 20;

/// The server's end of a line, read no faster than the line allows.
struct Thinned {
    stream: TcpStream,
    state: watch::Receiver<State>,
    ticks: Interval,
    carried: Arc<AtomicU64>,
}

impl Thinned {
    fn new(stream: TcpStream, state: watch::Receiver<State>, carried: Arc<AtomicU64>) -> Self {
        let mut ticks = interval(TICK);
        // Time in which the line was whole is not made up for.
        ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        Self { stream, state, ticks, carried }
    }
}

impl AsyncRead for Thinned {
    fn poll_read(self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        let me = self.get_mut();
        loop {
            let State::Thin(rate) = *me.state.borrow() else { return Pin::new(&mut me.stream).poll_read(cx, buf) };
            ready!(me.ticks.poll_tick(cx));
            let mut portion = [0; 1024];
            let most = ((rate / TICKS_PER_SECOND) as usize).min(portion.len()).min(buf.remaining());
            if most > 0 {
                let mut portion = ReadBuf::new(&mut portion[..most]);
                ready!(Pin::new(&mut me.stream).poll_read(cx, &mut portion))?;
                buf.put_slice(portion.filled());
                return Poll::Ready(Ok(()));
            }
        }
    }
}

impl AsyncWrite for Thinned {
    fn poll_write(self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        let me = self.get_mut();
        let written = ready!(Pin::new(&mut me.stream).poll_write(cx, bytes))?;
        me.carried.fetch_add(written as u64, Ordering::Relaxed);
        Poll::Ready(Ok(written))
    }

    fn poll_flush(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.get_mut().stream).poll_flush(cx)
    }

    fn poll_shutdown(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.get_mut().stream).poll_shutdown(cx)
    }
}

#[cfg(test)]
mod tests {
    use tokio::io::{AsyncReadExt, AsyncWriteExt};

    use super::*;

    #[tokio::test]
    async fn a_thin_line_brings_little_and_a_mended_one_the_rest() {
        let server = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let line = Line::to(server.local_addr().unwrap()).await.unwrap();
        let sent: Vec<u8> = (0..200_000_u32).map(|number| number as u8).collect();
        let (mut near, far) = tokio::join!(TcpStream::connect(line.near()), server.accept());
        let near = near.as_mut().unwrap();
        // What is under way is not held back any more.
        near.write_all(b"?").await.unwrap();
        line.thin_out(2_000);
        let (mut far, _) = far.unwrap();
        assert_eq!(far.read_u8().await.unwrap(), b'?');
        let mut got = Vec::new();
        let told = async { far.write_all(&sent).await.unwrap() };
        let heard = async {
            let _ = tokio::time::timeout(Duration::from_millis(400), near.read_buf(&mut got)).await;
            tokio::time::sleep(Duration::from_millis(400)).await;
            let mut some = vec![0; 100_000];
            let read = near.read(&mut some).await.unwrap();
            got.extend_from_slice(&some[..read]);
            assert!((1..4_000).contains(&got.len()), "{} bytes came", got.len());
            line.mend();
            while got.len() < sent.len() {
                assert!(near.read_buf(&mut got).await.unwrap() > 0);
            }
        };
        tokio::join!(told, heard);
        assert!(got == sent);
    }

    #[tokio::test]
    async fn a_silent_line_leaves_both_ends_open_until_it_is_mended() {
        for (fall_silent, name) in [(Line::fall_silent as fn(&Line), "silent"), (Line::forget, "forgotten")] {
            let server = TcpListener::bind("127.0.0.1:0").await.unwrap();
            let line = Line::to(server.local_addr().unwrap()).await.unwrap();
            let (near, far) = tokio::join!(TcpStream::connect(line.near()), server.accept());
            let (mut near, (mut far, _)) = (near.unwrap(), far.unwrap());
            near.write_all(b"?").await.unwrap();
            assert_eq!(far.read_u8().await.unwrap(), b'?');
            fall_silent(&line);
            // The line may still carry what comes in the same moment.
            tokio::time::sleep(Duration::from_millis(50)).await;
            near.write_all(b"?").await.unwrap();
            far.write_all(b"!").await.unwrap();
            for end in [&mut near, &mut far] {
                let heard = tokio::time::timeout(Duration::from_millis(100), end.read_u8()).await;
                assert!(heard.is_err(), "{name}: {heard:?}");
            }
            line.mend();
            for end in [&mut near, &mut far] {
                assert!(end.read_u8().await.is_err(), "{name}");
            }
        }
    }
}
