//! The way out to one peer.
//!
//! Whoever has frames for a socket writes them at once, without waking the socket's own task: with a hundred readers
//! that halves what a letter costs. What the peer does not take yet waits here, in order, and the socket's task goes on
//! with it as the peer takes more. Under TLS all of it goes through the session (ADR 18).

use std::collections::VecDeque;
use std::io::{self, ErrorKind, IoSlice};
use std::net::Shutdown;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, ready};

use bytes::{BufMut, Bytes, BytesMut};
use shared::sync::room::{REPORT_BYTES, REPORT_FRAMES};
use shared::wire::CloseCode;
use socket2::SockRef;
use tokio::io::ReadBuf;
use tokio::net::tcp::{OwnedReadHalf, OwnedWriteHalf};
use tokio::sync::Notify;

use crate::tls::Session;

/// Pieces given to the system in one call.
const AT_ONCE: usize = 32;
/// A payload up to this size is put behind its header once; a larger one goes as a piece of its own.
const COPIED: usize = 16 << 10;
/// A queue that had to hold more gives its memory back.
const KEPT_CAPACITY: usize = 64;

/// A binary websocket message as it goes over the line (RFC 6455, 5.2, unmasked), made once for all who get it.
#[derive(Debug, Clone)]
pub struct Framed {
    head: Bytes,
    rest: Bytes,
    payload: usize,
}

impl Framed {
    pub fn new(payload: Bytes) -> Self {
        let len = payload.len();
        let copied = len <= COPIED;
        let mut head = BytesMut::with_capacity(10 + if copied { len } else { 0 });
        head.put_u8(0x82);
        match (u8::try_from(len), u16::try_from(len)) {
            (Ok(short @ ..126), _) => head.put_u8(short),
            (_, Ok(len)) => {
                head.put_u8(126);
                head.put_u16(len);
            }
            (_, Err(_)) => {
                head.put_u8(127);
                head.put_u64(len as u64);
            }
        }
        if copied {
            head.extend_from_slice(&payload);
        }
        Self { head: head.freeze(), rest: if copied { Bytes::new() } else { payload }, payload: len }
    }
}

/// Frames that have left since this was last asked, and their bytes.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Gone {
    pub frames: u32,
    pub bytes: usize,
}

/// Why the socket is to be closed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Goodbye {
    pub code: CloseCode,
    pub reason: &'static str,
}

impl Goodbye {
    pub fn new(code: CloseCode, reason: &'static str) -> Self {
        Self { code, reason }
    }
}

#[derive(Debug, Clone)]
pub struct Outbox(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    tcp: OwnedWriteHalf,
    is_encrypted: bool,
    out: Mutex<Out>,
    /// Something waits, or is to be said, that the socket's own task has to see to.
    calls: Notify,
}

#[derive(Debug, Default)]
struct Out {
    /// Only whole websocket frames go out from now on. Before, the connection speaks HTTP, and whoever writes waits.
    speaks_frames: bool,
    waiting: VecDeque<Piece>,
    /// What of the first piece is written.
    written: usize,
    gone: Gone,
    goodbye: Option<Goodbye>,
    is_broken: bool,
    /// What is said is encrypted by this; without it the line is plain.
    tls: Option<Session>,
}

#[derive(Debug)]
struct Piece {
    bytes: Bytes,
    /// The payload of the frame that has left with this piece.
    ends: Option<usize>,
}

impl Outbox {
    pub fn new(tcp: OwnedWriteHalf) -> Self {
        Self(Arc::new(Inner { tcp, is_encrypted: false, out: Mutex::default(), calls: Notify::new() }))
    }

    /// A way out on which nothing is ever said in plain.
    pub fn encrypted(tcp: OwnedWriteHalf, session: Session) -> Self {
        let out = Out { tls: Some(session), ..Out::default() };
        Self(Arc::new(Inner { tcp, is_encrypted: true, out: Mutex::new(out), calls: Notify::new() }))
    }

    pub fn is_encrypted(&self) -> bool {
        self.0.is_encrypted
    }

    /// From now on the connection is a websocket.
    pub fn speak_frames(&self) {
        self.out().speaks_frames = true;
    }

    /// Puts a frame into the queue; [`Outbox::flush`] sends it on its way. Whose peer is gone is told nothing.
    pub fn put(&self, frame: &Framed) {
        let mut out = self.out();
        if out.is_broken {
            return;
        }
        let Framed { head, rest, payload } = frame;
        let whole = rest.is_empty();
        out.waiting.push_back(Piece { bytes: head.clone(), ends: whole.then_some(*payload) });
        if !whole {
            out.waiting.push_back(Piece { bytes: rest.clone(), ends: Some(*payload) });
        }
    }

    /// Writes as much as the peer takes now, and leaves the rest to the socket's task. Says what has gone, if that is
    /// enough to be reported.
    pub fn flush(&self) -> Option<Gone> {
        let mut out = self.out();
        self.write(&mut out);
        if out.waits() || out.is_broken {
            self.0.calls.notify_one();
        }
        out.report()
    }

    /// The socket is to be closed once everything before is written. Only the first reason counts.
    pub fn close(&self, code: CloseCode, reason: &'static str) {
        self.out().goodbye.get_or_insert(Goodbye::new(code, reason));
        self.0.calls.notify_one();
    }

    /// Asks the peer for a sign of life.
    pub fn ping(&self) {
        self.out().waiting.push_back(Piece { bytes: Bytes::from_static(&[0x89, 0]), ends: None });
        self.flush();
    }

    /// Waits until the socket's task is needed.
    pub async fn called(&self) {
        self.0.calls.notified().await;
    }

    pub fn waits(&self) -> bool {
        self.out().waits()
    }

    /// The peer takes nothing more.
    pub fn is_broken(&self) -> bool {
        self.out().is_broken
    }

    pub fn goodbye(&self) -> Option<Goodbye> {
        self.out().goodbye
    }

    /// Waits until the peer takes more and writes that much; as [`Outbox::flush`].
    ///
    /// # Errors
    /// The connection is broken.
    pub async fn write_on(&self) -> io::Result<Option<Gone>> {
        self.0.tcp.writable().await?;
        let mut out = self.out();
        self.write(&mut out);
        if out.is_broken { Err(ErrorKind::BrokenPipe.into()) } else { Ok(out.report()) }
    }

    /// Takes bytes of the HTTP connection, or whole frames of the websocket's own: pongs, the goodbye.
    pub fn poll_write(&self, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        loop {
            {
                let mut out = self.out();
                if out.is_broken {
                    return Poll::Ready(Err(ErrorKind::BrokenPipe.into()));
                }
                if out.speaks_frames {
                    out.waiting.push_back(Piece { bytes: Bytes::copy_from_slice(bytes), ends: None });
                    self.write(&mut out);
                    if out.waits() {
                        self.0.calls.notify_one();
                    }
                    return Poll::Ready(Ok(bytes.len()));
                }
                if let Some(session) = &mut out.tls {
                    match session.write(&self.0.tcp, &[IoSlice::new(bytes)]) {
                        Err(error) if error.kind() == ErrorKind::WouldBlock => {}
                        taken => return Poll::Ready(taken),
                    }
                    drop(out);
                    ready!(self.0.tcp.as_ref().poll_write_ready(cx))?;
                    continue;
                }
            }
            ready!(self.0.tcp.as_ref().poll_write_ready(cx))?;
            match self.0.tcp.try_write(bytes) {
                Err(error) if error.kind() == ErrorKind::WouldBlock => {}
                written => return Poll::Ready(written),
            }
        }
    }

    /// Waits until what [`Outbox::poll_write`] took of the HTTP connection is with the system. Of frames the socket's own
    /// task takes care.
    pub fn poll_flush(&self, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        loop {
            {
                let mut out = self.out();
                if out.speaks_frames {
                    return Poll::Ready(Ok(()));
                }
                match out.tls.as_mut().map_or(Ok(()), |session| session.send(&self.0.tcp)) {
                    Err(error) if error.kind() == ErrorKind::WouldBlock => {}
                    sent => return Poll::Ready(sent),
                }
            }
            ready!(self.0.tcp.as_ref().poll_write_ready(cx))?;
        }
    }

    /// Reads what the peer says on an encrypted line; `heard` is called whenever bytes have come, also of what can't be read
    /// yet.
    pub fn poll_decrypted(
        &self,
        cx: &mut Context<'_>,
        arriving: &OwnedReadHalf,
        into: &mut ReadBuf<'_>,
        heard: impl Fn(),
    ) -> Poll<io::Result<()>> {
        loop {
            {
                let mut out = self.out();
                let Some(session) = &mut out.tls else { return Poll::Ready(Err(ErrorKind::Unsupported.into())) };
                match session.read(into.initialize_unfilled()) {
                    Err(error) if error.kind() == ErrorKind::WouldBlock => {}
                    read => {
                        into.advance(read?);
                        return Poll::Ready(Ok(()));
                    }
                }
                match session.take(arriving, &self.0.tcp) {
                    Err(error) if error.kind() == ErrorKind::WouldBlock => {}
                    arrived => {
                        if arrived? > 0 {
                            heard();
                        }
                        self.answer(&mut out, cx)?;
                        continue;
                    }
                }
            }
            ready!(arriving.as_ref().poll_read_ready(cx))?;
        }
    }

    /// Sends what the session itself has to say: its part of a handshake, new keys. What the peer does not take now is left
    /// to the socket's task, or to the next time that this connection's is woken.
    fn answer(&self, out: &mut Out, cx: &mut Context<'_>) -> io::Result<()> {
        let Some(session) = &mut out.tls else { return Ok(()) };
        loop {
            match session.send(&self.0.tcp) {
                Err(error) if error.kind() == ErrorKind::WouldBlock => {}
                sent => return sent,
            }
            if out.speaks_frames {
                self.0.calls.notify_one();
                return Ok(());
            }
            match self.0.tcp.as_ref().poll_write_ready(cx) {
                Poll::Ready(ready) => ready?,
                Poll::Pending => return Ok(()),
            }
        }
    }

    /// Tells the peer that nothing more will come.
    pub fn shut_down(&self) -> io::Result<()> {
        if let Some(session) = &mut self.out().tls {
            session.say_goodbye();
            session.send(&self.0.tcp).ok();
        }
        SockRef::from(self.0.tcp.as_ref()).shutdown(Shutdown::Write)
    }

    fn write(&self, out: &mut Out) {
        if let Some(session) = &mut out.tls {
            match session.send(&self.0.tcp) {
                Ok(()) => {}
                Err(error) if error.kind() == ErrorKind::WouldBlock => return,
                Err(_) => return out.breaks(),
            }
        }
        while !out.waiting.is_empty() {
            let mut slices = [IoSlice::new(&[]); AT_ONCE];
            let mut count = 0;
            for (slice, piece) in slices.iter_mut().zip(&out.waiting) {
                *slice = IoSlice::new(if count == 0 { &piece.bytes[out.written..] } else { &piece.bytes });
                count += 1;
            }
            let written = match &mut out.tls {
                Some(session) => session.write(&self.0.tcp, &slices[..count]),
                None => self.0.tcp.try_write_vectored(&slices[..count]),
            };
            match written {
                Ok(written @ 1..) => out.wrote(written),
                Err(error) if error.kind() == ErrorKind::WouldBlock => return,
                Ok(0) | Err(_) => out.breaks(),
            }
        }
        if out.waiting.capacity() > KEPT_CAPACITY {
            out.waiting = VecDeque::new();
        }
    }

    fn out(&self) -> MutexGuard<'_, Out> {
        self.0.out.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Out {
    fn waits(&self) -> bool {
        !self.waiting.is_empty() || !self.is_broken && self.tls.as_ref().is_some_and(Session::waits)
    }

    fn breaks(&mut self) {
        self.is_broken = true;
        self.waiting.clear();
    }

    fn wrote(&mut self, mut written: usize) {
        while let Some(first) = self.waiting.front() {
            let left = first.bytes.len() - self.written;
            if written < left {
                self.written += written;
                return;
            }
            written -= left;
            self.written = 0;
            if let Some(payload) = first.ends {
                self.gone.frames += 1;
                self.gone.bytes += payload;
            }
            self.waiting.pop_front();
        }
    }

    fn report(&mut self) -> Option<Gone> {
        let due = self.gone.frames >= REPORT_FRAMES || self.gone.bytes >= REPORT_BYTES;
        due.then(|| std::mem::take(&mut self.gone))
    }
}

#[cfg(test)]
mod tests {
    use tokio::io::AsyncReadExt;
    use tokio::net::tcp::OwnedReadHalf;
    use tokio::net::{TcpListener, TcpStream};

    use super::*;

    /// A way out and its far end.
    async fn line() -> (Outbox, OwnedReadHalf, (OwnedReadHalf, OwnedWriteHalf)) {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let far = TcpStream::connect(listener.local_addr().unwrap()).await.unwrap();
        let (near, _) = listener.accept().await.unwrap();
        let (near_in, out) = near.into_split();
        let outbox = Outbox::new(out);
        outbox.speak_frames();
        (outbox, near_in, far.into_split())
    }

    /// The next message: its first byte and its payload.
    async fn message(far: &mut OwnedReadHalf) -> (u8, Vec<u8>) {
        let first = far.read_u8().await.unwrap();
        let len = match far.read_u8().await.unwrap() {
            126 => far.read_u16().await.unwrap().into(),
            127 => far.read_u64().await.unwrap(),
            len => len.into(),
        };
        let mut payload = vec![0; len as usize];
        far.read_exact(&mut payload).await.unwrap();
        (first, payload)
    }

    #[tokio::test]
    async fn a_message_of_any_size_arrives_as_it_is() {
        let (outbox, _near, (mut far, _out)) = line().await;
        for len in [0, 1, 125, 126, 65_535, COPIED, COPIED + 1, 65_536, 3_000_000] {
            let payload: Vec<u8> = (0..len).map(|at| (at % 251) as u8).collect();
            outbox.put(&Framed::new(payload.clone().into()));
            let writing = async {
                outbox.flush();
                while outbox.waits() {
                    outbox.write_on().await.unwrap();
                }
            };
            let (arrived, ()) = tokio::join!(message(&mut far), writing);
            assert!(arrived == (0x82, payload), "{len}");
        }
    }

    #[tokio::test]
    async fn what_a_full_line_does_not_take_waits_in_order_and_calls_the_sockets_task() {
        let (outbox, _near, (mut far, _out)) = line().await;
        let frame = |number: u8| Framed::new(vec![number; 70_000].into());
        let mut put = 0;
        while !outbox.waits() {
            outbox.put(&frame(put));
            outbox.flush();
            put += 1;
        }
        outbox.called().await;
        outbox.ping();
        outbox.put(&frame(put));
        let mut reported = Gone::default();
        let writing = async {
            while outbox.waits() {
                if let Some(Gone { frames, bytes }) = outbox.write_on().await.unwrap() {
                    reported = Gone { frames: reported.frames + frames, bytes: reported.bytes + bytes };
                }
            }
        };
        let reading = async {
            for number in 0..put {
                assert!(message(&mut far).await == (0x82, vec![number; 70_000]), "{number}");
            }
            assert_eq!(message(&mut far).await, (0x89, vec![]));
            assert!(message(&mut far).await == (0x82, vec![put; 70_000]));
        };
        tokio::join!(writing, reading);
        assert!(reported.frames > 0 && reported.bytes == reported.frames as usize * 70_000);
    }

    #[tokio::test]
    async fn a_frame_is_put_and_written_without_an_allocation() {
        let (outbox, _near, (mut far, _out)) = line().await;
        let frame = Framed::new(Bytes::from_static(b"letter"));
        let again = || {
            outbox.put(&frame);
            outbox.flush();
        };
        // The queue gets its memory once.
        again();
        let allocated = allocation_counter::measure(|| (0..100).for_each(|_| again()));
        assert_eq!(allocated.count_total, 0);
        for _ in 0..101 {
            assert_eq!(message(&mut far).await, (0x82, b"letter".to_vec()));
        }
    }

    #[tokio::test]
    async fn what_has_gone_is_reported_once_it_is_much() {
        let (outbox, _near, _far) = line().await;
        let frame = Framed::new(Bytes::from_static(b"letter"));
        for _ in 1..REPORT_FRAMES {
            outbox.put(&frame);
            assert_eq!(outbox.flush(), None);
        }
        outbox.put(&frame);
        assert_eq!(outbox.flush(), Some(Gone { frames: REPORT_FRAMES, bytes: 6 * REPORT_FRAMES as usize }));
        assert_eq!(outbox.flush(), None);
    }

    #[tokio::test]
    async fn whose_peer_is_gone_keeps_nothing_and_calls_the_sockets_task() {
        let (outbox, near, far) = line().await;
        drop(far);
        near.as_ref().readable().await.unwrap();
        let frame = Framed::new(Bytes::from_static(b"letter"));
        let broken = async {
            loop {
                outbox.put(&frame);
                outbox.flush();
                if outbox.is_broken() {
                    break;
                }
                tokio::task::yield_now().await;
            }
        };
        tokio::time::timeout(std::time::Duration::from_secs(10), broken).await.expect("the line is broken");
        outbox.called().await;
        assert!(!outbox.waits());
        outbox.put(&frame);
        assert!(!outbox.waits());
    }

    #[tokio::test]
    async fn only_the_first_reason_to_close_counts() {
        let (outbox, _near, _far) = line().await;
        outbox.close(CloseCode::NoRight, "no right");
        outbox.close(CloseCode::RoomClosed, "come back");
        outbox.called().await;
        assert_eq!(outbox.goodbye(), Some(Goodbye { code: CloseCode::NoRight, reason: "no right" }));
    }
}
