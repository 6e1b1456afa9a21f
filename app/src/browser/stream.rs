//! Answers that are used while they come.

use gloo::net::http::Method;
use js_sys::{Reflect, Uint8Array};
use leptos::leptos_dom::helpers::TimeoutHandle;
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;
use web_sys::{AbortController, ReadableStream, ReadableStreamDefaultReader};

use super::fetch::{Failure, answer, started};
use super::page;

/// How long a line may be silent, in milliseconds.
const SILENCE: u32 = 30_000;

/// Lets go of an answer on which nothing comes any more, or whose reader has gone.
struct Watch {
    controller: AbortController,
    alarm: Option<TimeoutHandle>,
}

impl Watch {
    fn begin() -> Self {
        let controller = AbortController::new().expect("the browser can let go of what it asks for");
        let mut watch = Self { controller, alarm: None };
        watch.wind();
        watch
    }

    /// Something came.
    fn wind(&mut self) {
        let controller = self.controller.clone();
        let alarm = page::later(SILENCE, move || controller.abort());
        if let Some(before) = self.alarm.replace(alarm) {
            before.clear();
        }
    }
}

impl Drop for Watch {
    fn drop(&mut self) {
        self.controller.abort();
        if let Some(alarm) = self.alarm.take() {
            alarm.clear();
        }
    }
}

/// Hands on what comes of an answer, piece by piece. `take` says whether it wants more.
pub async fn stream(path: &str, mut take: impl FnMut(&[u8]) -> bool) -> Result<(), Failure> {
    let mut watch = Watch::begin();
    let request = started(Method::GET, path).abort_signal(Some(&watch.controller.signal())).build();
    let Some(body) = answer(request).await?.body() else { return Ok(()) };
    let reader = reader(&body)?;
    loop {
        let read = JsFuture::from(reader.read()).await.map_err(|_| Failure::Unreachable)?;
        watch.wind();
        let field = |name: &str| Reflect::get(&read, &name.into()).map_err(|_| Failure::Unreadable);
        if field("done")?.is_truthy() {
            return Ok(());
        }
        let bytes: Uint8Array = field("value")?.dyn_into().map_err(|_| Failure::Unreadable)?;
        if !take(&bytes.to_vec()) {
            return Ok(());
        }
    }
}

fn reader(body: &ReadableStream) -> Result<ReadableStreamDefaultReader, Failure> {
    ReadableStreamDefaultReader::new(body).map_err(|_| Failure::Unreadable)
}
