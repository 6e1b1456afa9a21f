//! Open sockets by the session or access token they came with, so that one that ends takes its sockets with it.

use std::collections::{HashMap, HashSet};
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
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
    /// Grows before anything ends.
    ends: AtomicU64,
}

/// Who read a session or token at this time and has been entered since knows that it has not ended in between, if it is
/// still this time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Ends(u64);

#[derive(Default)]
struct Open {
    next: u64,
    sockets: HashMap<u64, OpenSocket>,
}

struct OpenSocket {
    ground: SecretHash,
    /// Nobody, of a guest: they have no account that could end.
    person: Option<UserId>,
    end: oneshot::Sender<()>,
}

/// A socket's entry; taken out when it is dropped.
pub struct Entry<'a> {
    sockets: &'a Sockets,
    number: u64,
}

impl Sockets {
    pub fn ends(&self) -> Ends {
        Ends(self.ends.load(Ordering::SeqCst))
    }

    /// Enters a socket of this person, or of a guest. The receiver hears of it when its session or token ends or the account is closed.
    pub fn enter(&self, person: Option<UserId>, ground: SecretHash) -> (Entry<'_>, oneshot::Receiver<()>) {
        let (end, ended) = oneshot::channel();
        self.entries.fetch_add(1, Ordering::Relaxed);
        let mut open = self.open();
        let number = open.next;
        open.next += 1;
        open.sockets.insert(number, OpenSocket { ground, person, end });
        (Entry { sockets: self, number }, ended)
    }

    /// Ends what came with this session or token.
    pub fn end(&self, ground: SecretHash) {
        self.end_all(|socket| socket.ground == ground);
    }

    /// Ends what came from these people.
    pub fn end_of(&self, whom: impl Fn(&UserId) -> bool) {
        self.end_all(|socket| socket.person.as_ref().is_some_and(&whom));
    }

    /// The sessions and tokens that this person's sockets came with.
    pub fn grounds_of(&self, person: &UserId) -> HashSet<SecretHash> {
        let open = self.open();
        open.sockets
            .values()
            .filter(|socket| socket.person.as_ref() == Some(person))
            .map(|socket| socket.ground)
            .collect()
    }

    /// Waits until every socket has closed.
    pub async fn all_closed(&self) {
        while self.entries.load(Ordering::Relaxed) > 0 {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    }

    fn end_all(&self, which: impl Fn(&OpenSocket) -> bool) {
        self.ends.fetch_add(1, Ordering::SeqCst);
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
