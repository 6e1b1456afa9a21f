//! Lists of documents, asked for by what the person narrows them to.

use leptos::prelude::*;
use leptos::task::spawn_local;
use shared::api::{CreateDocument, CreatedDocument, DocumentCard, DocumentList, Which};
use shared::words::{DocumentId, DocumentKind};

use super::session::Session;
use crate::browser::dom;
use crate::browser::fetch::{self, Failure, Verb};

/// What a list is narrowed to.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Narrow {
    pub which: Which,
    pub kind: Option<DocumentKind>,
    pub words: String,
}

/// One list on a page.
#[derive(Debug, Clone, Copy)]
pub struct Documents {
    session: Session,
    /// `None` until the first answer.
    pub lines: RwSignal<Option<Vec<DocumentCard>>>,
    pub failure: RwSignal<Option<Failure>>,
    pub busy: RwSignal<bool>,
    next: RwSignal<Option<String>>,
    narrow: StoredValue<Narrow>,
    /// Counts the questions, so that a late answer to an earlier one is not shown.
    asked: StoredValue<u32>,
}

impl Documents {
    pub fn new(session: Session) -> Self {
        Self {
            session,
            lines: RwSignal::new(None),
            failure: RwSignal::new(None),
            busy: RwSignal::new(false),
            next: RwSignal::new(None),
            narrow: StoredValue::new(Narrow::default()),
            asked: StoredValue::new(0),
        }
    }

    /// Shows the first lines of this list.
    pub fn show(self, narrow: Narrow) {
        self.narrow.set_value(narrow);
        self.ask(None);
    }

    /// Asks again for what is shown.
    pub fn again(self) {
        self.ask(None);
    }

    pub fn has_more(self) -> bool {
        self.next.with(Option::is_some)
    }

    pub fn more(self) {
        if let Some(next) = self.next.get_untracked() {
            self.ask(Some(next));
        }
    }

    /// Takes a line out at once, before the server has answered.
    pub fn take_out(self, id: &DocumentId) {
        self.lines.update(|lines| {
            if let Some(lines) = lines {
                lines.retain(|line| line.id != *id);
            }
        });
    }

    fn ask(self, before: Option<String>) {
        let question = self.asked.get_value() + 1;
        self.asked.set_value(question);
        self.busy.set(true);
        let path = self.narrow.with_value(|narrow| path(narrow, before.as_deref()));
        spawn_local(async move {
            let answer = fetch::get::<DocumentList>(&path).await;
            if self.asked.try_get_value() != Some(question) {
                return;
            }
            self.busy.set(false);
            match answer {
                Ok(list) => {
                    self.failure.set(None);
                    self.next.set(list.next);
                    self.lines.update(|lines| match (lines, before) {
                        (Some(lines), Some(_)) => lines.extend(list.documents),
                        (lines, _) => *lines = Some(list.documents),
                    });
                }
                Err(failure) => self.failure.set(Some(self.session.heed(failure))),
            }
        });
    }
}

fn path(narrow: &Narrow, before: Option<&str>) -> String {
    let mut path = format!("/api/documents?which={}", which_name(narrow.which));
    if let Some(kind) = narrow.kind {
        path += &format!("&kind={}", kind.as_str());
    }
    if !narrow.words.is_empty() {
        path += &format!("&q={}", dom::encode(&narrow.words));
    }
    if let Some(before) = before {
        path += &format!("&before={}", dom::encode(before));
    }
    path
}

/// The name of a choice in addresses.
pub fn which_name(which: Which) -> &'static str {
    match which {
        Which::All => "all",
        Which::Recent => "recent",
        Which::Mine => "mine",
        Which::Shared => "shared",
        Which::Bin => "bin",
    }
}

/// The choice of that name; all if there is none.
pub fn which_named(name: &str) -> Which {
    [Which::Recent, Which::Mine, Which::Shared, Which::Bin]
        .into_iter()
        .find(|which| which_name(*which) == name)
        .unwrap_or_default()
}

pub async fn create(session: Session, wish: CreateDocument) -> Result<DocumentId, Failure> {
    fetch::send::<_, CreatedDocument>(Verb::POST, "/api/documents", &wish)
        .await
        .map(|created| created.id)
        .map_err(|failure| session.heed(failure))
}

pub async fn move_to_bin(session: Session, id: &DocumentId) -> Result<(), Failure> {
    fetch::bid(Verb::DELETE, &format!("/api/documents/{id}")).await.map_err(|failure| session.heed(failure))
}

pub async fn restore(session: Session, id: &DocumentId) -> Result<(), Failure> {
    fetch::bid(Verb::POST, &format!("/api/documents/{id}/restore")).await.map_err(|failure| session.heed(failure))
}
