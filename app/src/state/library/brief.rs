//! What stands beside the text of the library's answers: a part of them, read without the rest, so that the program in
//! which one writes stays small.

use leptos::prelude::*;
use leptos::task::spawn_local;
use serde::Deserialize;
use shared::api::{AuthorCard, SchoolCard};
use shared::library::FileKind;
use shared::words::ItemId;

use crate::browser::dom;
use crate::browser::fetch::{self, Failure};
use crate::state::session::Session;

const RESULTS: u32 = 10;

/// Of an item or a document that was found, or of an item that is open.
#[derive(Debug, Clone, Deserialize)]
pub struct BriefItem {
    /// `item` or `document`, of what was found.
    #[serde(default, rename = "type")]
    sort: String,
    pub id: ItemId,
    pub title: String,
    #[serde(default)]
    pub authors: Vec<AuthorCard>,
    #[serde(default)]
    pub school: Option<SchoolCard>,
    #[serde(default)]
    pub version: u32,
    /// Newest first; of an item that is open.
    #[serde(default)]
    pub versions: Vec<BriefVersion>,
}

#[derive(Debug, Clone, Deserialize)]
pub struct BriefVersion {
    pub number: u32,
    pub written: bool,
    pub files: Vec<BriefFile>,
}

#[derive(Debug, Clone, Deserialize)]
pub struct BriefFile {
    pub place: u32,
    pub kind: FileKind,
}

#[derive(Deserialize)]
struct BriefAnswer {
    hits: Vec<BriefItem>,
}

/// Text that was read out of a file, or what was written here as HTML.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub struct Passages {
    pub text: String,
    pub html: String,
}

impl BriefItem {
    /// The names of whoever made it.
    pub fn by(&self) -> String {
        let name = |author: &AuthorCard| match author {
            AuthorCard::Person(person) => person.name.clone(),
            AuthorCard::Name(name) => name.clone(),
        };
        self.authors.iter().map(name).collect::<Vec<_>>().join("、")
    }
}

/// What is found for the words, as one types.
#[derive(Debug, Clone, Copy)]
pub struct BriefSearch {
    session: Session,
    /// Nothing until the first answer.
    pub found: RwSignal<Option<Vec<BriefItem>>>,
    pub failure: RwSignal<Option<Failure>>,
    turn: StoredValue<u32>,
    answered: StoredValue<u32>,
}

impl BriefSearch {
    pub fn new(session: Session) -> Self {
        Self {
            session,
            found: RwSignal::new(None),
            failure: RwSignal::new(None),
            turn: StoredValue::new(0),
            answered: StoredValue::new(0),
        }
    }

    /// The answer to the last question is on its way.
    pub fn is_busy(self) -> bool {
        self.turn.get_value() != self.answered.get_value()
    }

    pub fn ask(self, words: &str) {
        let turn = self.turn.get_value() + 1;
        self.turn.set_value(turn);
        let address = format!("/api/search?q={}&limit={RESULTS}", dom::encode(words));
        spawn_local(async move {
            let answer = fetch::get::<BriefAnswer>(&address).await;
            // An answer to what nobody asks any more is not shown.
            if self.turn.try_get_value() != Some(turn) {
                return;
            }
            self.answered.set_value(turn);
            match answer {
                Ok(BriefAnswer { mut hits }) => {
                    hits.retain(|hit| hit.sort == "item");
                    self.failure.set(None);
                    self.found.set(Some(hits));
                }
                Err(failure) => self.failure.set(Some(self.session.heed(failure))),
            }
        });
    }
}
