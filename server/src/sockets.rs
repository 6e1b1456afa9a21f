//! Open sockets by session, so that a session that ends takes its sockets with it.

use std::collections::HashMap;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use shared::words::UserId;
use tokio::sync::oneshot;

use crate::secret::SecretHash;

#[derive(Default)]
pub struct Sockets {
    open: Mutex<Open>,
    /// Sockets entered and not yet closed, those told to end among them.
    entries: AtomicUsize,
}

#[derive(Default)]
struct Open {
    next: u64,
    sockets: HashMap<u64, OpenSocket>,
}

struct OpenSocket {
    session: Option<SecretHash>,
    person: UserId,
    end: oneshot::Sender<()>,
}

/// A socket's entry; taken out when it is dropped.
pub struct Entry<'a> {
    sockets: &'a Sockets,
    number: u64,
}

impl Sockets {
    /// Enters a socket. The receiver hears of it when the session ends or the account is closed.
    pub fn enter(&self, person: UserId, session: Option<SecretHash>) -> (Entry<'_>, oneshot::Receiver<()>) {
        let (end, ended) = oneshot::channel();
        self.entries.fetch_add(1, Ordering::Relaxed);
        let mut open = self.open();
        let number = open.next;
        open.next += 1;
        open.sockets.insert(number, OpenSocket { session, person, end });
        (Entry { sockets: self, number }, ended)
    }

    pub fn end_session(&self, session: SecretHash) {
        self.end(|socket| socket.session == Some(session));
    }

    /// Sockets that came with an access token.
    pub fn end_tokens_of(&self, person: &UserId) {
        self.end(|socket| socket.session.is_none() && socket.person == *person);
    }

    pub fn end_person(&self, person: &UserId) {
        self.end(|socket| socket.person == *person);
    }

    /// Waits until every socket has closed.
    pub async fn all_closed(&self) {
        while self.entries.load(Ordering::Relaxed) > 0 {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    }

    fn end(&self, which: impl Fn(&OpenSocket) -> bool) {
        let ended: Vec<OpenSocket> =
            self.open().sockets.extract_if(|_, socket| which(socket)).map(|(_, s)| s).collect();
        for socket in ended {
            socket.end.send(()).ok();
        }
    }

    fn open(&self) -> MutexGuard<'_, Open> {
        self.open.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Entry<'_> {
    fn drop(&mut self) {
        self.sockets.open().sockets.remove(&self.number);
        self.sockets.entries.fetch_sub(1, Ordering::Relaxed);
    }
}
