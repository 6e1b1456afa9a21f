//! The other tabs of this browser that show Gongbei: what one has to tell the others.

use serde::{Deserialize, Serialize};
use shared::words::UserId;
use wasm_bindgen::prelude::*;
use web_sys::MessageEvent;

const NAME: &str = "gongbei";

#[wasm_bindgen]
extern "C" {
    type BroadcastChannel;
    #[wasm_bindgen(constructor, catch)]
    fn new(name: &str) -> Result<BroadcastChannel, JsValue>;
    #[wasm_bindgen(method, js_name = postMessage, catch)]
    fn post_message(this: &BroadcastChannel, message: &str) -> Result<(), JsValue>;
    #[wasm_bindgen(method, setter)]
    fn set_onmessage(this: &BroadcastChannel, listener: &JsValue);
}

/// What a tab tells all others.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Word {
    /// This person has signed in.
    In(UserId),
    /// This person has signed out.
    Out(UserId),
    /// Does anybody hold letters of this person that no storage has?
    WhoHolds(UserId),
    /// I do.
    IHold(UserId),
}

thread_local! {
    // A tab has one for as long as it lives: a channel does not hear itself, but would hear a second one.
    static CHANNEL: Option<BroadcastChannel> = BroadcastChannel::new(NAME).ok();
}

/// Hears what other tabs say from now on. A word that is not known, of a newer build, is passed over.
pub fn hear(listen: impl Fn(Word) + 'static) {
    let listen = Closure::<dyn Fn(MessageEvent)>::new(move |event: MessageEvent| {
        let word = event.data().as_string().and_then(|word| serde_json::from_str(&word).ok());
        if let Some(word) = word {
            listen(word);
        }
    });
    CHANNEL.with(|channel| {
        if let Some(channel) = channel {
            channel.set_onmessage(&listen.into_js_value());
        }
    });
}

/// Says it to all other tabs. In a browser without a way to do so they notice by themselves, at their next request.
pub fn say(word: &Word) {
    let word = serde_json::to_string(word).expect("a word is plain JSON");
    CHANNEL.with(|channel| {
        if let Some(channel) = channel {
            let _ = channel.post_message(&word);
        }
    });
}
