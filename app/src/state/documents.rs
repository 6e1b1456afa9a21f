//! Lists of documents, asked for by what the person narrows them to.

use leptos::prelude::*;
use shared::api::{CreateDocument, CreatedDocument, DocumentCard, DocumentList, Which};
use shared::words::{DocumentId, DocumentKind};

use super::pages::{Paged, Pages};
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
pub type Documents = Pages<DocumentList>;

impl Paged for DocumentList {
    type Line = DocumentCard;
    type Beside = ();

    const CURSOR: &'static str = "before";

    fn apart(self) -> (Vec<DocumentCard>, Option<String>, ()) {
        (self.documents, self.next, ())
    }
}

impl Documents {
    /// Shows the first lines of this list.
    pub fn show(self, narrow: &Narrow) {
        self.show_at(path(narrow));
    }

    /// Takes a line out at once, before the server has answered.
    pub fn take_out(self, id: &DocumentId) {
        self.lines.update(|lines| {
            if let Some(lines) = lines {
                lines.retain(|line| line.id != *id);
            }
        });
    }
}

fn path(narrow: &Narrow) -> String {
    let mut path = format!("/api/documents?which={}", which_name(narrow.which));
    if let Some(kind) = narrow.kind {
        path += &format!("&kind={}", kind.as_str());
    }
    if !narrow.words.is_empty() {
        path += &format!("&q={}", dom::encode(&narrow.words));
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
