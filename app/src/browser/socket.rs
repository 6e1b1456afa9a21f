//! The websocket to a document's room.

use bytes::Bytes;
use js_sys::{ArrayBuffer, Uint8Array};
use shared::words::{DocumentId, UserId};
use wasm_bindgen::prelude::*;
use web_sys::{BinaryType, CloseEvent, MessageEvent, WebSocket};

use super::dom;

/// What a socket tells.
pub enum Told {
    Opened,
    Frame(Bytes),
    /// 1006 if the browser knows no code.
    Closed {
        code: u16,
    },
}

/// An open or opening socket. Dropping it closes it; nothing is told after that.
pub struct Socket {
    socket: WebSocket,
    _opened: Closure<dyn Fn()>,
    _frame: Closure<dyn Fn(MessageEvent)>,
    _closed: Closure<dyn Fn(CloseEvent)>,
}

impl Socket {
    /// Starts to connect with our own subprotocol; `None` if the browser forbids it.
    ///
    /// The browser sends whatever session it has by now, which another tab may have changed: the server turns the
    /// socket away if that is not `person`'s, so that nobody's edits come under another's name.
    pub fn connect(document: &DocumentId, person: &UserId, tell: impl Fn(Told) + Clone + 'static) -> Option<Self> {
        let place = dom::window().location();
        let scheme = if place.protocol().ok()? == "https:" { "wss" } else { "ws" };
        let address = format!("{scheme}://{}/sync/{document}?person={person}", place.host().ok()?);
        let socket = WebSocket::new_with_str(&address, shared::wire::SUBPROTOCOL).ok()?;
        socket.set_binary_type(BinaryType::Arraybuffer);
        let opened = Closure::<dyn Fn()>::new({
            let tell = tell.clone();
            move || tell(Told::Opened)
        });
        let frame = Closure::<dyn Fn(MessageEvent)>::new({
            let tell = tell.clone();
            move |event: MessageEvent| {
                if let Ok(buffer) = event.data().dyn_into::<ArrayBuffer>() {
                    tell(Told::Frame(Bytes::from(Uint8Array::new(&buffer).to_vec())));
                }
            }
        });
        // `error` says nothing that `close` does not.
        let closed =
            Closure::<dyn Fn(CloseEvent)>::new(move |event: CloseEvent| tell(Told::Closed { code: event.code() }));
        socket.set_onopen(Some(opened.as_ref().unchecked_ref()));
        socket.set_onmessage(Some(frame.as_ref().unchecked_ref()));
        socket.set_onclose(Some(closed.as_ref().unchecked_ref()));
        Some(Self { socket, _opened: opened, _frame: frame, _closed: closed })
    }

    /// Hands a frame to the browser. A socket that closed meanwhile drops it: `Closed` follows.
    pub fn send(&self, frame: &[u8]) {
        let _ = self.socket.send_with_u8_array(frame);
    }

    /// Bytes that the browser has not sent yet.
    pub fn waiting(&self) -> usize {
        self.socket.buffered_amount() as usize
    }
}

impl Drop for Socket {
    fn drop(&mut self) {
        self.socket.set_onopen(None);
        self.socket.set_onmessage(None);
        self.socket.set_onclose(None);
        let _ = self.socket.close();
    }
}
