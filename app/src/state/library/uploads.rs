//! Files on their way to the server: three at a time, each from where it stopped.

use leptos::prelude::*;
use leptos::task::spawn_local;
use shared::api::{AnswerKnown, AskKnown, KnownChallenge, Problem, UploadCard, UploadList, UploadState};
use shared::library::{FileFacts, Unfit};
use shared::words::UploadId;

use crate::browser::fetch::{self, Failure, Verb};
use crate::browser::files::{Dropped, LocalFile};
use crate::browser::page;
use crate::browser::sending::{Sender, Sending, Sent};
use crate::state::session::Session;

/// More would only share the same line.
const AT_A_TIME: usize = 3;
/// Bytes that are read and hashed at once: few enough that the page stays quick.
const PIECE: u64 = 2 << 20;
/// Milliseconds to the next question whether a file is checked, when the line did not give an answer.
const ASK_AGAIN: u32 = 3_000;

/// How far a file has come.
#[derive(Debug, Clone, PartialEq)]
pub enum Stage {
    /// Others are sent first.
    Waiting,
    /// Its hash is made, to see whether the server has it; so many bytes are read.
    Comparing(u64),
    Sending,
    Paused,
    /// The line is cut. It goes on by itself.
    Cut,
    /// All of it is there and is looked at.
    Checking,
    Ready(FileFacts),
    Unfit(Unfit),
    Failed(Failure),
    /// This device does not give the file any more.
    Unreadable,
    /// It was begun earlier: the file has to be chosen again.
    Wanted,
}

impl Stage {
    fn is_under_way(&self) -> bool {
        matches!(self, Stage::Comparing(_) | Stage::Sending | Stage::Cut)
    }

    /// Whether closing the page would interrupt it.
    fn is_unfinished(&self) -> bool {
        self.is_under_way() || matches!(self, Stage::Waiting | Stage::Paused)
    }
}

/// A file on its way, as its line shows it.
#[derive(Debug, Clone, Copy)]
pub struct UploadRow {
    pub key: u32,
    pub name: StoredValue<String>,
    /// Of the whole file.
    pub bytes: u64,
    pub sent: RwSignal<u64>,
    pub stage: RwSignal<Stage>,
    pub id: RwSignal<Option<UploadId>>,
    /// It is for an item that is there: no draft begins with it.
    pub has_item: StoredValue<bool>,
    file: StoredValue<Option<LocalFile>, LocalStorage>,
    sending: StoredValue<Option<Sending>, LocalStorage>,
    /// Counts the starts, so that what an earlier one says is not heard.
    turn: StoredValue<u32>,
}

impl PartialEq for UploadRow {
    fn eq(&self, other: &Self) -> bool {
        self.key == other.key
    }
}

impl UploadRow {
    pub fn is_ready(self) -> bool {
        self.stage.with(|stage| matches!(stage, Stage::Ready(_)))
    }

    pub fn path(self) -> String {
        let path = self.file.with_value(|file| file.as_ref().map(|file| file.path().to_owned()));
        path.unwrap_or_else(|| self.name.get_value())
    }
}

#[derive(Debug, Clone, Copy)]
pub struct Uploads {
    session: Session,
    pub rows: RwSignal<Vec<UploadRow>>,
    sender: StoredValue<Option<Sender>, LocalStorage>,
    next: StoredValue<u32>,
    /// Rows are made when files are chosen, and live as long as the program.
    owner: StoredValue<Owner>,
}

impl Uploads {
    pub fn new(session: Session) -> Self {
        let uploads = Self {
            session,
            rows: RwSignal::new(Vec::new()),
            sender: StoredValue::new_local(None),
            next: StoredValue::new(0),
            owner: StoredValue::new(Owner::current().expect("a program has an owner")),
        };
        session.on_return(move || uploads.all_again());
        uploads
    }

    /// Lists what was begun and not finished, here or elsewhere.
    pub async fn list_earlier(self) {
        let Ok(UploadList { uploads }) = fetch::get("/api/uploads").await else { return };
        for card in uploads {
            let known = self
                .rows
                .with_untracked(|rows| rows.iter().any(|row| row.id.get_untracked().as_ref() == Some(&card.id)));
            if !known {
                self.add_earlier(card);
            }
        }
    }

    fn add_earlier(self, card: UploadCard) {
        let row = self.new_row(card.name.clone(), card.bytes);
        row.sent.set(card.received);
        row.id.set(Some(card.id.clone()));
        row.stage.set(match card.state {
            UploadState::Receiving => Stage::Wanted,
            UploadState::Checking => Stage::Checking,
            UploadState::Ready { facts, .. } => Stage::Ready(facts),
            UploadState::Refused { why } => Stage::Unfit(why),
        });
        self.rows.update(|rows| rows.push(row));
        if row.stage.get_untracked() == Stage::Checking {
            self.wait_for_check(row);
        }
    }

    /// Takes files in. One that was begun earlier goes on where it stopped.
    pub fn add(self, files: Vec<LocalFile>) -> Vec<UploadRow> {
        let mut added = Vec::new();
        for file in files {
            let (name, bytes) = (file.name(), file.bytes());
            let earlier = self.rows.with_untracked(|rows| {
                let mut rows = rows.iter();
                rows.find(|row| {
                    row.bytes == bytes
                        && row.name.with_value(|known| *known == name)
                        && row.stage.with_untracked(|stage| *stage == Stage::Wanted)
                })
                .copied()
            });
            let row = earlier.unwrap_or_else(|| self.new_row(name, bytes));
            row.file.set_value(Some(file));
            row.stage.set(Stage::Waiting);
            if earlier.is_none() {
                self.rows.update(|rows| rows.push(row));
            }
            added.push(row);
        }
        self.go_on_with_next();
        added
    }

    /// The files of what was dropped; none if the line does not give what unfolds folders.
    pub async fn unfold(self, dropped: Dropped) -> Vec<LocalFile> {
        match self.sender().await {
            Some(sender) => sender.walk(dropped).await,
            None => Vec::new(),
        }
    }

    pub fn pause(self, row: UploadRow) {
        row.turn.update_value(|turn| *turn += 1);
        row.sending.set_value(None);
        row.stage.set(Stage::Paused);
        self.go_on_with_next();
    }

    /// Goes on, or tries again at once.
    pub fn go_on(self, row: UploadRow) {
        let handed_on = row.stage.with_untracked(|stage| *stage == Stage::Cut)
            && row.sending.with_value(|sending| sending.as_ref().map(Sending::go_on).is_some());
        if !handed_on {
            row.stage.set(Stage::Waiting);
            self.go_on_with_next();
        }
    }

    /// Stops a file for good. Nothing of it stays on the server.
    pub fn drop_row(self, row: UploadRow) {
        row.turn.update_value(|turn| *turn += 1);
        row.sending.set_value(None);
        self.forget(row);
        if let Some(id) = row.id.get_untracked() {
            spawn_local(async move {
                // It ends by itself if the server does not hear of it.
                let _ = fetch::bid(Verb::DELETE, &format!("/api/uploads/{id}")).await;
            });
        }
        self.go_on_with_next();
    }

    /// Takes a line away of which something was made.
    pub fn forget(self, row: UploadRow) {
        self.rows.update(|rows| rows.retain(|known| *known != row));
    }

    /// Something would be interrupted if the page were closed. What is on the server already stays there.
    pub fn is_unfinished(self) -> bool {
        self.rows.with(|rows| rows.iter().any(|row| row.stage.with(Stage::is_unfinished)))
    }

    fn all_again(self) {
        let failed = |row: &UploadRow| matches!(row.stage.get_untracked(), Stage::Failed(_));
        let failed: Vec<_> = self.rows.with_untracked(|rows| rows.iter().copied().filter(failed).collect());
        for row in failed {
            self.go_on(row);
        }
    }

    fn new_row(self, name: String, bytes: u64) -> UploadRow {
        let key = self.next.get_value();
        self.next.set_value(key + 1);
        self.owner.get_value().with(|| UploadRow {
            key,
            name: StoredValue::new(name),
            bytes,
            sent: RwSignal::new(0),
            stage: RwSignal::new(Stage::Waiting),
            id: RwSignal::new(None),
            has_item: StoredValue::new(false),
            file: StoredValue::new_local(None),
            sending: StoredValue::new_local(None),
            turn: StoredValue::new(0),
        })
    }

    fn go_on_with_next(self) {
        let rows = self.rows.get_untracked();
        let under_way = rows.iter().filter(|row| row.stage.with_untracked(Stage::is_under_way)).count();
        let waiting = rows.into_iter().filter(|row| row.stage.with_untracked(|stage| *stage == Stage::Waiting));
        for row in waiting.take(AT_A_TIME.saturating_sub(under_way)) {
            let turn = row.turn.get_value() + 1;
            row.turn.set_value(turn);
            row.stage.set(Stage::Comparing(0));
            spawn_local(self.bring(row, turn));
        }
    }

    /// Brings one file to the server.
    async fn bring(self, row: UploadRow, turn: u32) {
        let Some(file) = row.file.get_value() else { return self.end(row, turn, Stage::Wanted) };
        let begun = row.id.get_untracked().is_some();
        if !begun && file.bytes() > 0 {
            match self.is_known(row, turn, &file).await {
                Ok(true) => {
                    row.sent.set(row.bytes);
                    return self.all_there(row, turn);
                }
                Ok(false) => {}
                Err(stage) => return self.end(row, turn, stage),
            }
        }
        let Some(sender) = self.sender().await else {
            return self.end(row, turn, Stage::Failed(Failure::Unreachable));
        };
        if row.turn.try_get_value() != Some(turn) {
            return;
        }
        row.stage.set(Stage::Sending);
        let address = row.id.get_untracked().map(|id| format!("/api/uploads/{id}"));
        let sending = sender.send(&file, address.as_deref(), move |sent| {
            if row.turn.try_get_value() == Some(turn) {
                self.hear(row, turn, sent);
            }
        });
        row.sending.set_value(sending);
    }

    fn hear(self, row: UploadRow, turn: u32, sent: Sent) {
        match sent {
            Sent::Begun(address) => {
                row.id.set(address.rsplit('/').next().and_then(|id| id.parse().ok()));
            }
            Sent::Bytes(bytes) => {
                row.sent.set(bytes);
                if row.stage.with_untracked(|stage| *stage != Stage::Sending) {
                    row.stage.set(Stage::Sending);
                }
            }
            Sent::Cut => row.stage.set(Stage::Cut),
            Sent::Refused(status, body) => {
                let failure = match serde_json::from_str::<Problem>(&body) {
                    Ok(problem) => Failure::Problem(Problem { status, ..problem }),
                    Err(_) => Failure::Unreadable,
                };
                self.end(row, turn, Stage::Failed(self.session.heed(failure)));
            }
            Sent::Done => {
                row.sent.set(row.bytes);
                self.all_there(row, turn);
            }
        }
    }

    fn all_there(self, row: UploadRow, turn: u32) {
        self.end(row, turn, Stage::Checking);
        self.wait_for_check(row);
    }

    fn end(self, row: UploadRow, turn: u32, stage: Stage) {
        if row.turn.try_get_value() == Some(turn) {
            row.stage.set(stage);
            self.go_on_with_next();
        }
    }

    fn wait_for_check(self, row: UploadRow) {
        spawn_local(async move {
            while let Some(Some(id)) = row.id.try_get_untracked() {
                if row.stage.try_with_untracked(|stage| *stage == Stage::Checking) != Some(true) {
                    return;
                }
                match fetch::get::<UploadCard>(&format!("/api/uploads/{id}?wait=1")).await {
                    Ok(UploadCard { state: UploadState::Ready { facts, .. }, .. }) => {
                        return drop(row.stage.try_set(Stage::Ready(facts)));
                    }
                    Ok(UploadCard { state: UploadState::Refused { why }, .. }) => {
                        return drop(row.stage.try_set(Stage::Unfit(why)));
                    }
                    Ok(_) => {}
                    Err(failure @ Failure::Problem(_)) => {
                        return drop(row.stage.try_set(Stage::Failed(self.session.heed(failure))));
                    }
                    Err(Failure::Unreachable | Failure::Unreadable) => page::pause(ASK_AGAIN).await,
                }
            }
        });
    }

    /// Whether the server has this file already and believes that we do; then it needs not be sent.
    async fn is_known(self, row: UploadRow, turn: u32, file: &LocalFile) -> Result<bool, Stage> {
        let mut hasher = blake3::Hasher::new();
        let mut read = 0;
        while read < file.bytes() {
            let piece = file.read(read, PIECE).await.filter(|piece| !piece.is_empty()).ok_or(Stage::Unreadable)?;
            hasher.update(&piece);
            read += piece.len() as u64;
            if row.turn.try_get_value() != Some(turn) {
                // It was paused or let go of, and what comes of this is not heard any more.
                return Ok(false);
            }
            row.stage.set(Stage::Comparing(read));
        }
        let Ok(hash) = hasher.finalize().to_hex().parse() else { return Ok(false) };
        let asked = AskKnown { name: file.name(), bytes: file.bytes(), hash };
        let challenge: KnownChallenge = match fetch::send(Verb::POST, "/api/uploads/known", &asked).await {
            Ok(challenge) => challenge,
            Err(failure @ Failure::Problem(_)) => return Err(Stage::Failed(self.session.heed(failure))),
            // Sending says what is wrong with the line.
            Err(Failure::Unreachable | Failure::Unreadable) => return Ok(false),
        };
        let Some(key) = key_of(&challenge.nonce) else { return Ok(false) };
        let mut keyed = blake3::Hasher::new_keyed(&key);
        for range in &challenge.ranges {
            let bytes = file.read(range.from, u64::from(range.length)).await.ok_or(Stage::Unreadable)?;
            keyed.update(&bytes);
        }
        let answer = AnswerKnown { answer: keyed.finalize().to_hex().to_string() };
        let known = fetch::tell(Verb::PUT, &format!("/api/uploads/known/{}", challenge.id), &answer).await.is_ok();
        if known && row.turn.try_get_value() == Some(turn) {
            row.id.set(Some(challenge.id));
        }
        Ok(known)
    }

    async fn sender(self) -> Option<Sender> {
        if let Some(known) = self.sender.try_get_value().flatten() {
            return Some(known);
        }
        let sender = Sender::load().await;
        let _ = self.sender.try_set_value(sender.clone());
        sender
    }
}

/// 32 bytes from 64 hexadecimal digits.
fn key_of(digits: &str) -> Option<[u8; 32]> {
    let mut key = [0; 32];
    if digits.len() != 64 || !digits.is_ascii() {
        return None;
    }
    for (at, byte) in key.iter_mut().enumerate() {
        *byte = u8::from_str_radix(&digits[2 * at..2 * at + 2], 16).ok()?;
    }
    Some(key)
}

#[cfg(test)]
mod tests {
    use super::key_of;

    #[test]
    fn a_key_is_thirty_two_bytes() {
        assert_eq!(key_of(&"0f".repeat(32)), Some([15; 32]));
        for wrong in ["", "0f", &"0g".repeat(32), &"0f".repeat(33), &"分".repeat(32)] {
            assert_eq!(key_of(wrong), None, "{wrong}");
        }
    }
}
