//! Making a document: its first content is written in the transaction that creates it, and never again.

use shared::access::may_put;
use shared::api::PersonCard;
use shared::document::build::doc;
use shared::document::change::Node;
use shared::document::seed::seed;
use shared::document::template::template;
use shared::organisation::Shelf;
use shared::words::{DocumentId, DocumentKind, Title, UnixMillis, UserId};

use crate::clock;
use crate::secret;
use crate::store::{Documents, NewDocument, Organisation, StoreError};
use crate::wish::Wish;

#[derive(Debug, thiserror::Error)]
pub enum NewDocumentError {
    #[error("the document is for a shelf that its author may not put anything on")]
    NotYourShelf,
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// What a new document holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Start {
    /// The template of its kind.
    Template,
    /// Nothing: its content comes from elsewhere.
    Empty,
}

/// Creates a document.
pub async fn create<S: Documents + Organisation + ?Sized>(
    store: &S,
    author: &UserId,
    kind: DocumentKind,
    title: Title,
    shelf: Shelf,
    start: Start,
) -> Result<DocumentId, NewDocumentError> {
    let (directory, now) = (store.directory(), clock::now());
    may_put(&directory, author, &shelf, now).map_err(|_| NewDocumentError::NotYourShelf)?;
    let content = match start {
        Start::Template => {
            let preparer = PersonCard::of(&directory, author, now).map(|card| with_school(&card)).unwrap_or_default();
            template(kind, &title, &preparer)
        }
        Start::Empty => doc([]),
    };
    Ok(create_with(store, author.clone(), kind, title, shelf, &content, now).await?)
}

fn with_school(PersonCard { name, school, .. }: &PersonCard) -> String {
    match school {
        Some(school) => format!("{name}（{}）", school.name),
        None => name.clone(),
    }
}

/// Creates a document with this content, dated `at`.
pub async fn create_with<S: Documents + ?Sized>(
    store: &S,
    author: UserId,
    kind: DocumentKind,
    title: Title,
    shelf: Shelf,
    content: &Node,
    at: UnixMillis,
) -> Result<DocumentId, StoreError> {
    let id: DocumentId = secret::random_id().parse().expect("random ids have the form of ids");
    create_as(store, id.clone(), None, author, kind, title, shelf, content, at).await?;
    Ok(id)
}

/// The same under an id that is known before: its content may name it. With what was asked for, if it may be asked for again.
#[allow(clippy::too_many_arguments, reason = "they are the columns of a new document")]
pub async fn create_as<S: Documents + ?Sized>(
    store: &S,
    id: DocumentId,
    wish: Option<Wish>,
    author: UserId,
    kind: DocumentKind,
    title: Title,
    shelf: Shelf,
    content: &Node,
    at: UnixMillis,
) -> Result<(), StoreError> {
    let epoch = secret::random_id().parse().expect("random ids have the form of epochs");
    let client = secret::random_client_id();
    let seed = (!content.content.is_empty()).then(|| (client, seed(content, client).into()));
    store.create(NewDocument { id, kind, title, author, shelf, epoch, at, wish, seed }).await
}
