//! The microphone: one voice clip at a time, with how loud it is while somebody speaks.

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use js_sys::{Array, Function, Object, Promise, Reflect};
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;
use web_sys::Blob;

use super::dom;
use super::media::MediaFile;

/// Speech is good at this; a minute of it is 180 KB, in bits a second.
const BIT_RATE: u32 = 24_000;
/// What browsers record and the server takes, the best first.
const KINDS: [&str; 4] = ["audio/webm;codecs=opus", "audio/ogg;codecs=opus", "audio/mp4;codecs=opus", "audio/mp4"];
/// Samples of sound that are looked at at once: 43 ms of them.
const SAMPLES: u32 = 2_048;

#[wasm_bindgen]
extern "C" {
    type MediaDevices;
    #[wasm_bindgen(method, js_name = getUserMedia, catch)]
    fn get_user_media(this: &MediaDevices, wanted: &Object) -> Result<Promise, JsValue>;

    type MediaStream;
    #[wasm_bindgen(method, js_name = getTracks)]
    fn tracks(this: &MediaStream) -> Array;

    type MediaStreamTrack;
    #[wasm_bindgen(method)]
    fn stop(this: &MediaStreamTrack);

    type MediaRecorder;
    #[wasm_bindgen(constructor, catch)]
    fn new(stream: &MediaStream, options: &Object) -> Result<MediaRecorder, JsValue>;
    #[wasm_bindgen(static_method_of = MediaRecorder, js_name = isTypeSupported)]
    fn is_type_supported(kind: &str) -> bool;
    #[wasm_bindgen(method, catch)]
    fn start(this: &MediaRecorder) -> Result<(), JsValue>;
    #[wasm_bindgen(method, js_name = stop, catch)]
    fn end(this: &MediaRecorder) -> Result<(), JsValue>;
    #[wasm_bindgen(method, getter)]
    fn state(this: &MediaRecorder) -> String;
    #[wasm_bindgen(method, setter)]
    fn set_ondataavailable(this: &MediaRecorder, call: &JsValue);
    #[wasm_bindgen(method, setter)]
    fn set_onstop(this: &MediaRecorder, call: &JsValue);

    type AudioContext;
    #[wasm_bindgen(constructor, catch)]
    fn new() -> Result<AudioContext, JsValue>;
    #[wasm_bindgen(method, js_name = createMediaStreamSource, catch)]
    fn source(this: &AudioContext, stream: &MediaStream) -> Result<AudioNode, JsValue>;
    #[wasm_bindgen(method, js_name = createAnalyser, catch)]
    fn analyser(this: &AudioContext) -> Result<Analyser, JsValue>;
    #[wasm_bindgen(method, catch)]
    fn close(this: &AudioContext) -> Result<Promise, JsValue>;

    type AudioNode;
    #[wasm_bindgen(method, catch)]
    fn connect(this: &AudioNode, to: &Analyser) -> Result<JsValue, JsValue>;

    type Analyser;
    #[wasm_bindgen(method, setter, js_name = fftSize)]
    fn set_fft_size(this: &Analyser, size: u32);
    #[wasm_bindgen(method, js_name = getByteTimeDomainData)]
    fn swings(this: &Analyser, into: &mut [u8]);
}

/// Why nothing is recorded.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NoVoice {
    /// The person, or who set up the browser, does not let the page hear.
    NotAllowed,
    NoMicrophone,
    /// Another program has it.
    InUse,
    /// Browsers let pages hear from https and from this computer only.
    NotSecure,
    /// The browser can't record what the server takes.
    Unable,
    /// It recorded nothing.
    Empty,
}

impl NoVoice {
    fn of(reason: &JsValue) -> Self {
        let name = Reflect::get(reason, &"name".into()).ok().and_then(|name| name.as_string());
        match name.as_deref() {
            Some("NotAllowedError" | "SecurityError") => NoVoice::NotAllowed,
            Some("NotFoundError" | "OverconstrainedError") => NoVoice::NoMicrophone,
            Some("NotReadableError" | "AbortError") => NoVoice::InUse,
            _ => NoVoice::Unable,
        }
    }
}

/// A clip that is being recorded. Dropped, it lets go of the microphone, and what was said is gone.
pub struct Recorder {
    recorder: MediaRecorder,
    _hearing: Hearing,
    loudness: Option<(AudioContext, Analyser)>,
    kind: &'static str,
    recorded: Rc<RefCell<Option<Blob>>>,
    stopped: Promise,
    _calls: [Closure<dyn Fn(JsValue)>; 2],
}

/// The microphone, until it is dropped.
struct Hearing(MediaStream);

impl Drop for Hearing {
    fn drop(&mut self) {
        for track in self.0.tracks().iter() {
            track.unchecked_into::<MediaStreamTrack>().stop();
        }
    }
}

impl Recorder {
    /// Asks for the microphone and begins. The browser may ask the person first.
    pub async fn begin() -> Result<Self, NoVoice> {
        let devices = Reflect::get(&dom::window().navigator(), &"mediaDevices".into()).unwrap_or(JsValue::UNDEFINED);
        if devices.is_undefined() {
            return Err(if dom::window().is_secure_context() { NoVoice::Unable } else { NoVoice::NotSecure });
        }
        let kind = if has("MediaRecorder") {
            KINDS.into_iter().find(|kind| MediaRecorder::is_type_supported(kind))
        } else {
            None
        };
        let kind = kind.ok_or(NoVoice::Unable)?;
        let asked = devices.unchecked_ref::<MediaDevices>().get_user_media(&wanted());
        let stream = JsFuture::from(asked.map_err(|reason| NoVoice::of(&reason))?).await;
        let hearing = Hearing(stream.map_err(|reason| NoVoice::of(&reason))?.unchecked_into());
        Self::of(hearing, kind).map_err(|reason| NoVoice::of(&reason))
    }

    fn of(hearing: Hearing, kind: &'static str) -> Result<Self, JsValue> {
        let options = object(&[("mimeType", kind.into()), ("audioBitsPerSecond", BIT_RATE.into())]);
        let recorder = MediaRecorder::new(&hearing.0, &options)?;
        let recorded: Rc<RefCell<Option<Blob>>> = Rc::default();
        let taken = recorded.clone();
        let came = Closure::<dyn Fn(JsValue)>::new(move |event: JsValue| {
            let blob = Reflect::get(&event, &"data".into()).ok().and_then(|data| data.dyn_into::<Blob>().ok());
            taken.replace(blob.filter(|blob| blob.size() > 0.0));
        });
        recorder.set_ondataavailable(came.as_ref());
        let resolve: Rc<Cell<Option<Function>>> = Rc::default();
        let stopped = Promise::new(&mut |resolved, _| resolve.set(Some(resolved)));
        let ended = Closure::<dyn Fn(JsValue)>::new(move |_| {
            if let Some(resolve) = resolve.take() {
                let _ = resolve.call0(&JsValue::NULL);
            }
        });
        recorder.set_onstop(ended.as_ref());
        recorder.start()?;
        // Without a picture of it a voice is recorded as well.
        let loudness = listen(&hearing.0).ok();
        Ok(Self { recorder, _hearing: hearing, loudness, kind, recorded, stopped, _calls: [came, ended] })
    }

    /// How far the sound swings at this moment, 0 to 1.
    pub fn swing(&self) -> f32 {
        let Some((_, analyser)) = &self.loudness else { return 0.0 };
        let mut swings = [128u8; SAMPLES as usize];
        analyser.swings(&mut swings);
        swings.iter().map(|swing| f32::from(swing.abs_diff(128)) / 128.0).fold(0.0, f32::max)
    }

    /// Whether it has ended by itself: the microphone was pulled out.
    pub fn has_ended(&self) -> bool {
        self.recorder.state() == "inactive"
    }

    /// Ends it, and gives what was recorded.
    pub async fn finish(self) -> Result<MediaFile, NoVoice> {
        if !self.has_ended() {
            self.recorder.end().map_err(|reason| NoVoice::of(&reason))?;
        }
        // It is never rejected.
        let _ = JsFuture::from(self.stopped.clone()).await;
        let blob = self.recorded.take().ok_or(NoVoice::Empty)?;
        Ok(MediaFile::of(blob, self.kind.split(';').next().unwrap_or(self.kind)))
    }
}

impl Drop for Recorder {
    fn drop(&mut self) {
        self.recorder.set_ondataavailable(&JsValue::NULL);
        self.recorder.set_onstop(&JsValue::NULL);
        if !self.has_ended() {
            let _ = self.recorder.end();
        }
        if let Some((context, _)) = &self.loudness {
            let _ = context.close();
        }
    }
}

/// One voice in a classroom, beside loudspeakers.
fn wanted() -> Object {
    let voice = object(&[
        ("channelCount", 1.into()),
        ("echoCancellation", true.into()),
        ("noiseSuppression", true.into()),
        ("autoGainControl", true.into()),
    ]);
    object(&[("audio", voice.into())])
}

fn listen(stream: &MediaStream) -> Result<(AudioContext, Analyser), JsValue> {
    let context = AudioContext::new()?;
    let analyser = context.analyser()?;
    analyser.set_fft_size(SAMPLES);
    context.source(stream)?.connect(&analyser)?;
    Ok((context, analyser))
}

fn has(name: &str) -> bool {
    Reflect::get(&dom::window(), &name.into()).is_ok_and(|known| known.is_function())
}

fn object(fields: &[(&str, JsValue)]) -> Object {
    let object = Object::new();
    for (name, value) in fields {
        // Setting a property on a fresh object cannot fail.
        let _ = Reflect::set(&object, &JsValue::from_str(name), value);
    }
    object
}
