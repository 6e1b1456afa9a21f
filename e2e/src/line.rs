//! The line between a school and the server: a TCP proxy that can be cut and mended.

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
}

/// One campus's line. Dropped, it breaks for good.
pub struct Line {
    port: u16,
    state: Arc<watch::Sender<State>>,
    accepting: tokio::task::JoinHandle<()>,
}

impl Line {
    /// A line to the server that listens on `server` of this machine.
    pub async fn to(server: u16) -> Result<Self> {
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

async fn accept(listener: TcpListener, server: u16, state: Arc<watch::Sender<State>>) {
    while let Ok((near, _)) = listener.accept().await {
        tokio::spawn(carry(near, server, state.subscribe()));
    }
}

async fn carry(mut near: TcpStream, server: u16, mut state: watch::Receiver<State>) {
    let before = *state.borrow_and_update();
    if before == State::Cut {
        return;
    }
    if before == State::Whole
        && let Ok(mut far) = TcpStream::connect(("127.0.0.1", server)).await
    {
        near.set_nodelay(true).ok();
        far.set_nodelay(true).ok();
        tokio::select! {
            _ = copy_bidirectional(&mut near, &mut far) => return,
            changed = state.changed() => if changed.is_err() { return },
        }
    }
    // In silence both ends stay open and wait; anything else ends the connection.
    while *state.borrow_and_update() == State::Silent {
        if state.changed().await.is_err() {
            return;
        }
    }
}
