//! The line between a school and the server: a TCP proxy that can be cut and mended.

use std::net::SocketAddr;
use std::sync::Arc;

use anyhow::Result;
use tokio::io::copy_bidirectional;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;

/// What the line does with bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    Whole,
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
    accepting: tokio::task::JoinHandle<()>,
}

impl Line {
    /// A line to the server that listens there.
    pub async fn to(server: SocketAddr) -> Result<Self> {
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let port = listener.local_addr()?.port();
        let (state, _) = watch::channel(State::Whole);
        let state = Arc::new(state);
        let accepting = tokio::spawn(accept(listener, server, Arc::clone(&state)));
        Ok(Self { port, state, accepting })
    }

    /// `http://127.0.0.1:PORT` of the line's near end.
    pub fn address(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    pub fn cut(&self) {
        self.state.send_replace(State::Cut);
    }

    pub fn fall_silent(&self) {
        self.state.send_replace(State::Silent);
    }

    /// Nothing more arrives by the connections of now, and nobody is told; new ones get through.
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

async fn accept(listener: TcpListener, server: SocketAddr, state: Arc<watch::Sender<State>>) {
    while let Ok((near, _)) = listener.accept().await {
        tokio::spawn(carry(near, server, state.subscribe()));
    }
}

async fn carry(mut near: TcpStream, server: SocketAddr, mut state: watch::Receiver<State>) {
    let before = *state.borrow_and_update();
    if before == State::Cut {
        return;
    }
    if matches!(before, State::Whole | State::Forgotten)
        && let Ok(mut far) = TcpStream::connect(server).await
    {
        near.set_nodelay(true).ok();
        far.set_nodelay(true).ok();
        tokio::select! {
            _ = copy_bidirectional(&mut near, &mut far) => return,
            changed = state.changed() => if changed.is_err() { return },
        }
    }
    // In silence both ends stay open and wait; anything else ends the connection.
    while matches!(*state.borrow_and_update(), State::Silent | State::Forgotten) {
        if state.changed().await.is_err() {
            return;
        }
    }
}
