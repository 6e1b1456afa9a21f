//! A question before it is on its way: what is being typed survives a reload, what was spoken or photographed stays with the page
//! until it is sent.

use leptos::prelude::*;
use serde::{Deserialize, Serialize};
use shared::api::{AskQuestion, BoardPlace, SayClip};
use shared::tutoring::MediaKind;
use shared::words::{MediaId, QuestionId, TutoringId, UnixMillis};

use super::errands::{Deed, Errand, Errands, OnItsWay, Parcel, Standing};
use super::voice::{For, Spoken, Voice};
use crate::browser::media::MediaFile;
use crate::browser::{clock, page, settings};
use crate::state::session::Session;

/// What the session is told of what the form holds.
const ASKING: &str = "asking";

/// What somebody is writing.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Draft {
    pub text: String,
    pub anonymous: bool,
    pub place: Option<BoardPlace>,
    pub follows: Option<QuestionId>,
}

impl Draft {
    pub fn is_empty(&self) -> bool {
        self.text.trim().is_empty()
    }
}

#[derive(Serialize, Deserialize)]
struct Kept {
    draft: Draft,
    unsent: Vec<AskQuestion>,
}

#[derive(Clone, Copy)]
pub struct Asking {
    /// The name under which this tab keeps it: of the session and the person.
    place: StoredValue<String>,
    pub draft: RwSignal<Draft>,
    pub photo: RwSignal<Option<Parcel>>,
    pub voice: Voice,
    pub errands: Errands,
    /// A place on the board is being chosen.
    pub picking: RwSignal<bool>,
    /// The tab refuses to keep anything.
    in_memory: StoredValue<bool>,
}

impl Asking {
    /// Goes on with what this tab had kept.
    pub fn open(session: Session, id: TutoringId, errands: Errands) -> Self {
        let person = session.person().map(|person| person.to_string()).unwrap_or_default();
        let place = format!("ask.{person}.{id}");
        let kept = settings::read_in_tab(&place).and_then(|kept| serde_json::from_str::<Kept>(&kept).ok());
        let (draft, unsent) = kept.map(|kept| (kept.draft, kept.unsent)).unwrap_or_default();
        let asking = Self {
            place: StoredValue::new(place),
            draft: RwSignal::new(draft),
            photo: RwSignal::new(None),
            voice: Voice::new(errands),
            errands,
            picking: RwSignal::new(false),
            in_memory: StoredValue::new(false),
        };
        for wish in unsent {
            errands.begin(Errand::new(Deed::Ask(wish), Vec::new()));
        }
        Effect::new(move || asking.keep());
        page::warn_before_leaving(move || asking.would_lose());
        // Whoever signs out, here or in another tab, is told of it, too.
        let in_memory = Memo::new(move |_| asking.is_in_memory());
        Effect::new(move || session.note_risk(ASKING, in_memory.get()));
        on_cleanup(move || session.note_risk(ASKING, false));
        asking
    }

    /// The tab keeps words; what has photos or clips lies in the storage of this device.
    fn keep(self) {
        let draft = self.draft.get();
        let words_alone = |row: &OnItsWay| match &row.errand.deed {
            Deed::Ask(wish) if row.errand.parcels.is_empty() && row.standing != Standing::Arrived => Some(wish.clone()),
            Deed::Ask(_) | Deed::Say(_) => None,
        };
        let unsent: Vec<AskQuestion> = self.errands.rows.with(|rows| rows.iter().filter_map(words_alone).collect());
        let empty = draft == Draft::default() && unsent.is_empty();
        let kept = serde_json::to_string(&Kept { draft, unsent }).ok().filter(|_| !empty);
        let took = self.place.with_value(|place| settings::write_in_tab(place, kept.as_deref()));
        self.in_memory.set_value(!took && !empty);
    }

    /// What was sent is not with the server yet and goes with the tab, or nothing keeps what was typed, spoken or photographed.
    fn would_lose(self) -> bool {
        self.errands.would_lose()
            || self.voice.would_lose()
            || self.photo.try_with_untracked(Option::is_some) == Some(true)
            || self.in_memory.try_get_value() == Some(true)
    }

    /// There is something spoken or shown that no storage has.
    fn is_in_memory(self) -> bool {
        let unkept = |row: &OnItsWay| {
            !row.is_kept && !row.errand.parcels.is_empty() && !matches!(row.standing, Standing::Arrived)
        };
        self.voice.spoken.with(Option::is_some)
            || self.photo.with(Option::is_some)
            || self.errands.rows.with(|rows| rows.iter().any(unkept))
    }

    fn has_clip(self) -> bool {
        self.voice.whom.get() == For::Question && self.voice.spoken.with(Option::is_some)
    }

    /// Whether there is anything to be asked.
    pub fn is_empty(self) -> bool {
        self.draft.with(Draft::is_empty) && self.photo.with(Option::is_none) && !self.has_clip()
    }

    /// Sends what was typed, spoken and photographed, and empties the form.
    pub fn ask(self) {
        let Ok(id) = clock::fresh_id().parse::<QuestionId>() else { return };
        if untrack(|| self.is_empty()) {
            return;
        }
        let Draft { text, anonymous, place, follows } = self.draft.get_untracked();
        let clip = untrack(|| self.has_clip()).then(|| self.voice.take()).flatten().map(|spoken| spoken.parcel);
        let photo = self.photo.try_update(Option::take).flatten();
        let wish = AskQuestion {
            id,
            text: text.trim().to_owned(),
            anonymous,
            place,
            quote: String::new(),
            follows,
            photo: photo.as_ref().map(|photo| photo.id.clone()),
            clip: clip.as_ref().map(|clip| clip.id.clone()),
        };
        // The voice is the shorter one, and says what the photo is about.
        self.errands.begin(Errand::new(Deed::Ask(wish), clip.into_iter().chain(photo).collect()));
        // Who asked without a name goes on so.
        self.draft.set(Draft { anonymous, ..Draft::default() });
    }

    /// Says to all what was spoken, in a session that opened then.
    pub fn say(self, opened: Option<UnixMillis>) {
        let Some(Spoken { parcel, begun }) = self.voice.take() else { return };
        let moment = opened.map(|opened| (begun.0 - opened.0).max(0));
        let wish = SayClip { clip: parcel.id.clone(), moment };
        self.errands.begin(Errand::new(Deed::Say(wish), vec![parcel]));
    }

    /// Takes a photo into the form, in the place of one that is there.
    pub fn show(self, file: MediaFile) {
        let Ok(id) = clock::fresh_id().parse::<MediaId>() else { return };
        self.errands.take_in(&id, file);
        let photo = Parcel { id, kind: MediaKind::Photo, peaks: Vec::new(), millis: None, is_there: false };
        let before = self.photo.try_update(|known| known.replace(photo)).flatten();
        before.iter().for_each(|before| self.errands.drop_file(&before.id));
    }

    pub fn hide(self) {
        let before = self.photo.try_update(Option::take).flatten();
        before.iter().for_each(|before| self.errands.drop_file(&before.id));
    }

    /// It goes back into the form, where it can be changed; what stands there comes after it.
    pub fn take_back(self, id: &str) {
        let Some(Errand { deed, parcels, .. }) = self.errands.take_out(id) else { return };
        let whom = match deed {
            Deed::Say(_) => For::All,
            Deed::Ask(wish) => {
                self.draft.update(|draft| {
                    let rest = std::mem::take(&mut draft.text);
                    draft.text = if rest.trim().is_empty() { wish.text } else { format!("{}\n{rest}", wish.text) };
                    draft.anonymous |= wish.anonymous;
                    draft.place = draft.place.or(wish.place);
                    draft.follows = draft.follows.take().or(wish.follows);
                });
                For::Question
            }
        };
        for parcel in parcels {
            match parcel.kind {
                MediaKind::Photo => self.photo.set(Some(parcel)),
                MediaKind::Clip => self.voice.put_back(whom, parcel),
            }
        }
    }
}
