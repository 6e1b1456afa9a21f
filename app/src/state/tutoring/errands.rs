//! What is on its way to the server: questions, and voices said to all, with the photos and clips that go before them (ADR 47).
//! What has photos or clips waits in the storage of this device and outlives the page.

use std::collections::BTreeMap;

use leptos::prelude::*;
use leptos::task::spawn_local;
use serde::{Deserialize, Serialize};
use shared::api::{AskQuestion, ClipCard, MediaCard, QuestionCard, SayClip};
use shared::tutoring::{Answered, MediaKind, Next, write_peaks};
use shared::words::{MediaId, TutoringId};

use super::again::wait;
use super::queue::Queue;
use super::said::Said;
use crate::browser::fetch::{self, Failure, Verb};
use crate::browser::locks::{self, Claim};
use crate::browser::media::{Address, MediaFile};
use crate::browser::storage::{self, Outbox};
use crate::browser::{page, upload};
use crate::state::session::Session;

/// How long the device gets to keep something, in milliseconds, before it is sent all the same.
const PATIENCE: u32 = 3_000;
/// So long it is seen that something has arrived, in milliseconds.
const SEEN: u32 = 4_000;
/// Whether the line is back is looked at so often, in milliseconds.
const GLANCE: u32 = 250;

/// A photo or clip that goes before what it is part of.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Parcel {
    pub id: MediaId,
    pub kind: MediaKind,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub peaks: Vec<u8>,
    /// Of a clip.
    #[serde(default)]
    pub millis: Option<u32>,
    /// The server has it.
    #[serde(default)]
    pub is_there: bool,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Deed {
    Ask(AskQuestion),
    Say(SayClip),
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Errand {
    pub deed: Deed,
    pub parcels: Vec<Parcel>,
    /// The server had forgotten what was sent first, and it was sent anew.
    #[serde(default)]
    was_anew: bool,
}

impl Errand {
    pub fn new(deed: Deed, parcels: Vec<Parcel>) -> Self {
        Self { deed, parcels, was_anew: false }
    }

    /// That of the question, or of the clip.
    pub fn id(&self) -> &str {
        match &self.deed {
            Deed::Ask(wish) => wish.id.as_str(),
            Deed::Say(wish) => wish.clip.as_str(),
        }
    }

    fn media(&self) -> Vec<MediaId> {
        self.parcels.iter().map(|parcel| parcel.id.clone()).collect()
    }

    fn has_moment(&self) -> bool {
        matches!(&self.deed, Deed::Say(SayClip { moment: Some(_), .. }))
    }
}

#[derive(Debug, Clone, PartialEq)]
pub enum Standing {
    /// It waits for its turn, or for the line.
    Waits,
    /// So many of a hundred parts are sent.
    Sends(u32),
    Arrived,
    Refused(Failure),
    /// The device has lost the photo or clip.
    Lost,
}

#[derive(Debug, Clone, PartialEq)]
pub struct OnItsWay {
    pub errand: Errand,
    pub standing: Standing,
    /// It lies in the storage of this device: nothing is lost with the page.
    pub is_kept: bool,
}

enum Trouble {
    Failed(Failure),
    Lost,
}

impl From<Failure> for Trouble {
    fn from(failure: Failure) -> Self {
        Trouble::Failed(failure)
    }
}

#[derive(Clone, Copy)]
pub struct Errands {
    session: Session,
    queue: Queue,
    said: Said,
    address: StoredValue<String>,
    /// Nothing for who is not known.
    outbox: StoredValue<Option<Outbox>, LocalStorage>,
    /// What the session is called where somebody is asked about what waits.
    title: StoredValue<String>,
    pub rows: RwSignal<Vec<OnItsWay>>,
    files: StoredValue<BTreeMap<MediaId, MediaFile>, LocalStorage>,
    /// Other pages of this browser leave alone what this one sends.
    claims: StoredValue<BTreeMap<String, Claim>, LocalStorage>,
    is_busy: StoredValue<bool>,
    /// The line is back.
    hurries: StoredValue<bool>,
}

impl Errands {
    pub fn open(session: Session, id: &TutoringId, queue: Queue, said: Said) -> Self {
        let outbox = session.person().map(|person| Outbox::of(&person, id));
        let errands = Self {
            session,
            queue,
            said,
            address: StoredValue::new(format!("/api/tutoring/{id}")),
            outbox: StoredValue::new_local(outbox),
            title: StoredValue::new(String::new()),
            rows: RwSignal::new(Vec::new()),
            files: StoredValue::new_local(BTreeMap::new()),
            claims: StoredValue::new_local(BTreeMap::new()),
            is_busy: StoredValue::new(false),
            hurries: StoredValue::new(false),
        };
        spawn_local(errands.go_on_with_kept());
        page::on_network(move |online| errands.hurries.set_value(online));
        session.on_return(move || errands.after_return());
        errands
    }

    pub fn name(self, title: &str) {
        self.title.set_value(title.to_owned());
    }

    /// What earlier pages have left.
    async fn go_on_with_kept(self) {
        // What guests left is of nobody's use; where it can't be taken away now, it is another time.
        let _ = storage::forget_guests().await;
        let Some(Some(outbox)) = self.outbox.try_get_value() else { return };
        for errand in outbox.kept::<Errand>().await.unwrap_or_default() {
            let claim = locks::claim(&lock_of(&errand)).await;
            let is_known = self.rows.try_with_untracked(|rows| rows.iter().any(|row| row.errand.id() == errand.id()));
            if matches!(claim, Claim::Taken) || is_known != Some(false) {
                continue;
            }
            let id = errand.id().to_owned();
            let _ = self.claims.try_update_value(|claims| claims.insert(id.clone(), claim));
            let _ = self.rows.try_update(|rows| {
                rows.push(OnItsWay { errand, standing: Standing::Waits, is_kept: true });
            });
            self.go(id);
        }
    }

    // ── files ───────────────────────────────────────────────────────────────────────────────────────────────────

    /// Takes in a photo or clip; it is sent with what it becomes part of.
    pub fn take_in(self, media: &MediaId, file: MediaFile) {
        let _ = self.files.try_update_value(|files| files.insert(media.clone(), file));
    }

    pub fn drop_file(self, media: &MediaId) {
        let _ = self.files.try_update_value(|files| files.remove(media));
    }

    /// Where the page sees or hears it.
    pub async fn show(self, media: MediaId) -> Option<Address> {
        self.file(&media).await?.address()
    }

    /// From memory, or from the storage of this device.
    async fn file(self, media: &MediaId) -> Option<MediaFile> {
        if let Some(file) = self.files.try_with_value(|files| files.get(media).cloned()).flatten() {
            return Some(file);
        }
        let file = self.outbox.try_get_value()??.file(media).await?;
        self.take_in(media, file.clone());
        Some(file)
    }

    // ── on the way ──────────────────────────────────────────────────────────────────────────────────────────────

    /// Keeps it on this device, and sends it.
    pub fn begin(self, errand: Errand) {
        let id = errand.id().to_owned();
        self.rows.update(|rows| {
            rows.push(OnItsWay { errand: errand.clone(), standing: Standing::Waits, is_kept: false });
        });
        spawn_local(async move {
            if !errand.parcels.is_empty() {
                let claim = locks::claim(&lock_of(&errand)).await;
                let _ = self.claims.try_update_value(|claims| claims.insert(id.clone(), claim));
                self.keep(&errand, true).await;
            }
            self.go(id);
        });
    }

    async fn keep(self, errand: &Errand, with_files: bool) {
        let Some(Some(outbox)) = self.outbox.try_get_value() else { return };
        let files = match with_files {
            true => self.files.try_with_value(|files| {
                errand.media().into_iter().filter_map(|id| Some((id.clone(), files.get(&id)?.clone()))).collect()
            }),
            false => Some(Vec::new()),
        };
        let (title, files) = (self.title.try_get_value().unwrap_or_default(), files.unwrap_or_default());
        let kept = outbox.keep(errand.id(), &title, errand, &files);
        if let Some(Ok(())) = page::within(PATIENCE, kept).await {
            self.change(errand.id(), |row| row.is_kept = true);
            storage::ask_to_stay();
        }
    }

    /// Words go at once; of photos and clips only one goes at a time, so that the first arrives soon on a weak line.
    fn go(self, id: String) {
        let has_parcels = self.find(&id).is_some_and(|row| !row.errand.parcels.is_empty());
        if !has_parcels {
            return spawn_local(self.bring(id));
        }
        if self.is_busy.try_update_value(|busy| std::mem::replace(busy, true)) != Some(false) {
            return;
        }
        spawn_local(async move {
            while let Some(next) = self.next() {
                self.bring(next).await;
            }
            let _ = self.is_busy.try_set_value(false);
        });
    }

    fn next(self) -> Option<String> {
        let next = |rows: &Vec<OnItsWay>| {
            let mut waiting = rows.iter().filter(|row| row.standing == Standing::Waits);
            waiting.find(|row| !row.errand.parcels.is_empty()).map(|row| row.errand.id().to_owned())
        };
        self.rows.try_with_untracked(next).flatten()
    }

    /// Under the same ids each time, until there is an answer: a cut line neither loses nor doubles it.
    async fn bring(self, id: String) {
        let mut tried = 0;
        while let Some(OnItsWay { errand, standing: Standing::Waits, .. }) = self.find(&id) {
            let failure = match self.attempt(&errand).await {
                Ok(()) => return self.arrived(&errand).await,
                Err(Trouble::Lost) => return self.stand(&id, Standing::Lost),
                Err(Trouble::Failed(failure)) => failure,
            };
            self.stand(&id, Standing::Waits);
            match next(&errand, &failure) {
                Next::Again => {
                    tried += 1;
                    self.patience(wait(tried)).await;
                }
                Next::Anew => self.change(&id, |row| {
                    row.errand.was_anew = true;
                    row.errand.parcels.iter_mut().for_each(|parcel| parcel.is_there = false);
                }),
                Next::WithoutMoment => self.change(&id, |row| {
                    if let Deed::Say(wish) = &mut row.errand.deed {
                        wish.moment = None;
                    }
                }),
                Next::Refused => {
                    let failure = self.session.heed(failure);
                    return self.stand(&id, Standing::Refused(failure));
                }
            }
        }
    }

    /// Sends what is not there yet, and then does what it is for.
    async fn attempt(self, errand: &Errand) -> Result<(), Trouble> {
        let base = self.address.try_get_value().ok_or(Trouble::Lost)?;
        for parcel in errand.parcels.iter().filter(|parcel| !parcel.is_there) {
            let file = self.file(&parcel.id).await.ok_or(Trouble::Lost)?;
            let id = errand.id().to_owned();
            self.stand(&id, Standing::Sends(0));
            let so_far = move |percent| self.stand(&id, Standing::Sends(percent));
            let _: MediaCard = upload::send_media(&address_of(&base, parcel), &file, so_far).await?;
            self.change(errand.id(), |row| {
                row.errand
                    .parcels
                    .iter_mut()
                    .filter(|known| known.id == parcel.id)
                    .for_each(|known| known.is_there = true);
            });
            if let Some(row) = self.find(errand.id()).filter(|row| row.is_kept) {
                self.keep(&row.errand, false).await;
            }
        }
        match &errand.deed {
            Deed::Ask(wish) => {
                let begun = self.queue.told_of(&wish.id);
                let card: QuestionCard = fetch::send(Verb::POST, &format!("{base}/questions"), wish).await?;
                self.queue.answered(card, begun);
            }
            Deed::Say(wish) => {
                let card: ClipCard = fetch::send(Verb::POST, &format!("{base}/clips"), wish).await?;
                self.said.hear(card);
            }
        }
        Ok(())
    }

    /// Waits, but not longer than the line is away.
    async fn patience(self, millis: u32) {
        let _ = self.hurries.try_set_value(false);
        for _ in 0..millis.div_ceil(GLANCE) {
            page::pause(GLANCE).await;
            if self.hurries.try_get_value() != Some(false) {
                return;
            }
        }
    }

    async fn arrived(self, errand: &Errand) {
        let id = errand.id().to_owned();
        self.stand(&id, Standing::Arrived);
        self.forget_kept(errand).await;
        let seen = if errand.parcels.is_empty() { 0 } else { SEEN };
        page::later(seen, move || self.remove(&id));
    }

    async fn forget_kept(self, errand: &Errand) {
        if let (Some(Some(outbox)), false) = (self.outbox.try_get_value(), errand.parcels.is_empty()) {
            // What stays is sent again by the next page under the same ids, which changes nothing.
            let _ = outbox.forget(errand.id(), &errand.media()).await;
        }
        let _ = self.claims.try_update_value(|claims| claims.remove(errand.id()));
    }

    // ── what the person does ────────────────────────────────────────────────────────────────────────────────────

    /// What was refused is sent once more.
    pub fn again(self, id: &str) {
        self.stand(id, Standing::Waits);
        self.go(id.to_owned());
    }

    /// It is not sent any more, and gone from this device; what it had is given back, the files stay with the page.
    pub fn take_out(self, id: &str) -> Option<Errand> {
        let row = self.find(id)?;
        self.remove(id);
        let errand = row.errand.clone();
        spawn_local(async move {
            for media in errand.media() {
                // In memory from now on.
                let _ = self.file(&media).await;
            }
            self.forget_kept(&errand).await;
        });
        Some(row.errand)
    }

    pub fn discard(self, id: &str) {
        let Some(row) = self.find(id) else { return };
        self.remove(id);
        spawn_local(async move {
            self.forget_kept(&row.errand).await;
            row.errand.media().iter().for_each(|media| self.drop_file(media));
        });
    }

    /// What was refused because the person was signed out is sent again.
    fn after_return(self) {
        let signed_out =
            |row: &&OnItsWay| matches!(&row.standing, Standing::Refused(failure) if failure.status() == Some(401));
        let refused: Vec<String> = self
            .rows
            .with_untracked(|rows| rows.iter().filter(signed_out).map(|row| row.errand.id().to_owned()).collect());
        refused.iter().for_each(|id| self.again(id));
    }

    /// Closing the page would lose something that was sent off.
    pub fn would_lose(self) -> bool {
        let at_risk = |row: &OnItsWay| !row.is_kept && row.standing != Standing::Arrived;
        self.rows.try_with_untracked(|rows| rows.iter().any(at_risk)) == Some(true)
    }

    // ── rows ────────────────────────────────────────────────────────────────────────────────────────────────────

    fn find(self, id: &str) -> Option<OnItsWay> {
        self.rows.try_with_untracked(|rows| rows.iter().find(|row| row.errand.id() == id).cloned()).flatten()
    }

    fn change(self, id: &str, change: impl FnOnce(&mut OnItsWay)) {
        let _ = self.rows.try_update(|rows| rows.iter_mut().find(|row| row.errand.id() == id).map(change));
    }

    fn stand(self, id: &str, standing: Standing) {
        self.change(id, |row| row.standing = standing);
    }

    fn remove(self, id: &str) {
        let _ = self.rows.try_update(|rows| rows.retain(|row| row.errand.id() != id));
    }
}

fn next(errand: &Errand, failure: &Failure) -> Next {
    let (status, problem) = match failure {
        Failure::Unreachable => (None, ""),
        Failure::Problem(problem) => (Some(problem.status), problem.kind.as_str()),
        Failure::Unreadable => return Next::Refused,
    };
    Answered { status, problem, was_anew: errand.was_anew, has_moment: errand.has_moment() }.next()
}

fn address_of(base: &str, parcel: &Parcel) -> String {
    let Parcel { id, kind, peaks, millis, .. } = parcel;
    match (kind, millis) {
        (MediaKind::Clip, Some(millis)) => {
            format!("{base}/media/{id}?kind=clip&peaks={}&millis={millis}", write_peaks(peaks))
        }
        (MediaKind::Clip, None) => format!("{base}/media/{id}?kind=clip"),
        (MediaKind::Photo, _) => format!("{base}/media/{id}?kind=photo"),
    }
}

fn lock_of(errand: &Errand) -> String {
    format!("gongbei-errand-{}", errand.id())
}
