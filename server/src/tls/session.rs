//! One connection's TLS, on a socket that never waits.

use std::fmt;
use std::io::{self, ErrorKind, IoSlice, Read, Write};
use std::sync::Arc;

use rustls::{ServerConfig, ServerConnection};
use tokio::net::tcp::{OwnedReadHalf, OwnedWriteHalf};

/// What is encrypted and has not left yet never holds more than this of what was given.
const AT_ONCE: usize = 32 << 10;

pub struct Session(Box<ServerConnection>);

impl Session {
    pub fn new(config: Arc<ServerConfig>) -> Result<Self, rustls::Error> {
        let mut connection = ServerConnection::new(config)?;
        connection.set_buffer_limit(Some(AT_ONCE));
        Ok(Self(Box::new(connection)))
    }

    /// Takes as much as fits behind what has left, encrypts it, and sends what the peer takes of it now.
    ///
    /// # Errors
    /// `WouldBlock` and nothing taken, while something from before has not left; else the connection is broken.
    pub fn write(&mut self, tcp: &OwnedWriteHalf, pieces: &[IoSlice<'_>]) -> io::Result<usize> {
        self.send(tcp)?;
        let taken = self.0.writer().write_vectored(pieces)?;
        match self.send(tcp) {
            Err(error) if error.kind() != ErrorKind::WouldBlock => Err(error),
            Ok(()) | Err(_) => Ok(taken),
        }
    }

    /// Sends what is encrypted.
    ///
    /// # Errors
    /// As [`Session::write`].
    pub fn send(&mut self, tcp: &OwnedWriteHalf) -> io::Result<()> {
        while self.0.wants_write() {
            if self.0.write_tls(&mut Leaving(tcp))? == 0 {
                return Err(ErrorKind::WriteZero.into());
            }
        }
        Ok(())
    }

    /// Something encrypted has not left yet.
    pub fn waits(&self) -> bool {
        self.0.wants_write()
    }

    /// What is decrypted already; 0 at the end of what the peer had to say.
    ///
    /// # Errors
    /// `WouldBlock` if more has to arrive first.
    pub fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        self.0.reader().read(into)
    }

    /// Takes what has arrived on the line and decrypts it; how many bytes it was.
    ///
    /// # Errors
    /// `WouldBlock` if nothing has; `InvalidData` if it is no TLS, after an alert to whoever sent it.
    pub fn take(&mut self, tcp: &OwnedReadHalf, way_out: &OwnedWriteHalf) -> io::Result<usize> {
        let arrived = self.0.read_tls(&mut Arriving(tcp))?;
        if let Err(error) = self.0.process_new_packets() {
            self.send(way_out).ok();
            return Err(io::Error::new(ErrorKind::InvalidData, error));
        }
        Ok(arrived)
    }

    /// The peer is told that nothing more will come, so that nobody can cut the rest off unnoticed.
    pub fn say_goodbye(&mut self) {
        self.0.send_close_notify();
    }
}

impl fmt::Debug for Session {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("Session")
    }
}

struct Leaving<'a>(&'a OwnedWriteHalf);

impl Write for Leaving<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.try_write(bytes)
    }

    fn write_vectored(&mut self, pieces: &[IoSlice<'_>]) -> io::Result<usize> {
        self.0.try_write_vectored(pieces)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

struct Arriving<'a>(&'a OwnedReadHalf);

impl Read for Arriving<'_> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        self.0.try_read(into)
    }
}
