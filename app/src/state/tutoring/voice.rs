//! A voice that is being recorded: one at a time in a session, for a question or for all.

use leptos::prelude::*;
use leptos::task::spawn_local;
use shared::sync::Millis;
use shared::tutoring::{MAX_CLIP_BYTES, MAX_CLIP_MILLIS, MediaKind, Wave};
use shared::words::{MediaId, UnixMillis};

use super::errands::{Errands, Parcel};
use crate::browser::recorder::{NoVoice, Recorder};
use crate::browser::{clock, page};

/// How often it is looked at how loud it is, in milliseconds.
const BEAT: u32 = 50;
/// Bars of the wave while somebody speaks.
pub const BARS: usize = 40;
/// Shorter is a press by mistake, in milliseconds.
const SHORTEST: u64 = 300;

/// Whom it is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum For {
    Question,
    All,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Speaking {
    Still,
    /// The browser asks the person for the microphone.
    Asks,
    /// For so many seconds.
    Speaks(u32),
    Failed(NoVoice),
}

/// A recorded clip, and when it was begun.
#[derive(Debug, Clone, PartialEq)]
pub struct Spoken {
    pub parcel: Parcel,
    pub begun: UnixMillis,
}

#[derive(Clone, Copy)]
pub struct Voice {
    errands: Errands,
    pub speaking: RwSignal<Speaking>,
    /// Whom what is recorded, or could not be, is for.
    pub whom: RwSignal<For>,
    /// How loud the last moments were.
    pub wave: RwSignal<Vec<u8>>,
    /// What was recorded, to be heard before it is sent.
    pub spoken: RwSignal<Option<Spoken>>,
    /// What was thrown away last: it can be had back until another one is recorded.
    pub dropped: RwSignal<Option<Spoken>>,
    recorder: StoredValue<Option<Recorder>, LocalStorage>,
    heard: StoredValue<Wave>,
    begun: StoredValue<(Millis, UnixMillis)>,
    /// Counts what was begun: an answer about the microphone that comes too late is for nobody.
    turn: StoredValue<u32>,
}

impl Voice {
    pub fn new(errands: Errands) -> Self {
        Self {
            errands,
            speaking: RwSignal::new(Speaking::Still),
            whom: RwSignal::new(For::Question),
            wave: RwSignal::new(Vec::new()),
            spoken: RwSignal::new(None),
            dropped: RwSignal::new(None),
            recorder: StoredValue::new_local(None),
            heard: StoredValue::new(Wave::default()),
            begun: StoredValue::new((clock::now(), clock::wall())),
            turn: StoredValue::new(0),
        }
    }

    pub fn is_idle(self) -> bool {
        matches!(self.speaking.get(), Speaking::Still | Speaking::Failed(_)) && self.spoken.with(Option::is_none)
    }

    /// Asks for the microphone, and records.
    pub fn begin(self, whom: For) {
        if matches!(self.speaking.get_untracked(), Speaking::Asks | Speaking::Speaks(_)) {
            return;
        }
        self.throw_away();
        self.whom.set(whom);
        self.speaking.set(Speaking::Asks);
        let turn = self.next_turn();
        spawn_local(async move {
            let begun = Recorder::begin().await;
            if self.turn.try_get_value() != Some(turn) {
                return;
            }
            match begun {
                Ok(recorder) => {
                    self.recorder.set_value(Some(recorder));
                    self.heard.set_value(Wave::default());
                    self.begun.set_value((clock::now(), clock::wall()));
                    self.wave.set(Vec::new());
                    self.speaking.set(Speaking::Speaks(0));
                    self.beat(turn);
                }
                Err(reason) => self.speaking.set(Speaking::Failed(reason)),
            }
        });
    }

    fn next_turn(self) -> u32 {
        self.turn.try_update_value(|turn| std::mem::replace(turn, turn.wrapping_add(1)).wrapping_add(1)).unwrap_or(0)
    }

    /// Hears how loud it is, and ends what has lasted long enough.
    fn beat(self, turn: u32) {
        if self.turn.try_get_value() != Some(turn) {
            return;
        }
        let heard = self
            .recorder
            .try_with_value(|recorder| recorder.as_ref().map(|recorder| (recorder.swing(), recorder.has_ended())));
        let Some(Some((swing, has_ended))) = heard else { return };
        let lasted = clock::now().since(self.begun.get_value().0);
        self.heard.update_value(|heard| heard.hear(swing));
        self.wave.set(self.heard.with_value(|heard| heard.latest(BARS).to_vec()));
        let seconds = Speaking::Speaks(u32::try_from(lasted / 1_000).unwrap_or(u32::MAX));
        if self.speaking.get_untracked() != seconds {
            self.speaking.set(seconds);
        }
        if has_ended || lasted >= u64::from(MAX_CLIP_MILLIS) {
            return self.stop();
        }
        page::later(BEAT, move || self.beat(turn));
    }

    /// Ends it; then it can be heard.
    pub fn stop(self) {
        self.end(|voice, spoken| voice.spoken.set(Some(spoken)));
    }

    /// Throws away what is recorded, or was; it can be had back.
    pub fn discard(self) {
        if self.spoken.with_untracked(Option::is_some) {
            self.dropped.set(self.spoken.try_update(Option::take).flatten());
        } else if self.speaking.get_untracked() == Speaking::Asks {
            self.next_turn();
            self.speaking.set(Speaking::Still);
        } else {
            self.end(|voice, spoken| voice.dropped.set(Some(spoken)));
        }
    }

    pub fn have_back(self) {
        self.spoken.set(self.dropped.try_update(Option::take).flatten());
    }

    /// Takes in what was on its way already.
    pub fn put_back(self, whom: For, parcel: Parcel) {
        self.whom.set(whom);
        self.spoken.set(Some(Spoken { parcel, begun: clock::wall() }));
    }

    /// What was recorded, to be sent.
    pub fn take(self) -> Option<Spoken> {
        self.throw_away_dropped();
        self.spoken.try_update(Option::take).flatten()
    }

    fn end(self, then: impl FnOnce(Self, Spoken) + 'static) {
        let Some(recorder) = self.recorder.try_update_value(Option::take).flatten() else { return };
        let (since, begun) = self.begun.get_value();
        let lasted = clock::now().since(since);
        self.next_turn();
        spawn_local(async move {
            let file = recorder.finish().await;
            let _ = self.speaking.try_set(match &file {
                Ok(file) if file.bytes() > MAX_CLIP_BYTES as u64 => Speaking::Failed(NoVoice::Unable),
                Ok(_) if lasted < SHORTEST => Speaking::Failed(NoVoice::Empty),
                Ok(_) => Speaking::Still,
                Err(reason) => Speaking::Failed(*reason),
            });
            let id = clock::fresh_id().parse::<MediaId>();
            if let (Ok(file), Ok(id), Some(Speaking::Still)) = (file, id, self.speaking.try_get_untracked()) {
                let millis = u32::try_from(lasted).unwrap_or(MAX_CLIP_MILLIS).min(MAX_CLIP_MILLIS);
                let peaks = self.heard.with_value(Wave::peaks);
                self.errands.take_in(&id, file);
                let parcel = Parcel { id, kind: MediaKind::Clip, peaks, millis: Some(millis), is_there: false };
                then(self, Spoken { parcel, begun });
            }
        });
    }

    /// For good.
    fn throw_away(self) {
        if let Some(spoken) = self.spoken.try_update(Option::take).flatten() {
            self.errands.drop_file(&spoken.parcel.id);
        }
        self.throw_away_dropped();
    }

    fn throw_away_dropped(self) {
        if let Some(spoken) = self.dropped.try_update(Option::take).flatten() {
            self.errands.drop_file(&spoken.parcel.id);
        }
    }

    /// Something would be lost with the page.
    pub fn would_lose(self) -> bool {
        self.spoken.try_with_untracked(Option::is_some) == Some(true)
            || matches!(self.speaking.try_get_untracked(), Some(Speaking::Speaks(_)))
    }
}
