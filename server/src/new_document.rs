//! Making a document: its first content is written in the transaction that creates it, and never again.

use shared::access::Person;
use shared::api::PersonCard;
use shared::document::build::doc;
use shared::document::change::Node;
use shared::document::seed::seed;
use shared::document::template::template;
use shared::words::{DocumentId, DocumentKind, TeamId, Title, UnixMillis, UserId};

use crate::clock;
use crate::secret;
use crate::store::{Accounts, Documents, NewDocument, StoreError};

#[derive(Debug, thiserror::Error)]
pub enum NewDocumentError {
    #[error("the document is for a team that its owner is not in")]
    NotYourTeam,
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
pub async fn create<S: Accounts + Documents + ?Sized>(
    store: &S,
    owner: &Person,
    kind: DocumentKind,
    title: Title,
    team: Option<TeamId>,
    start: Start,
) -> Result<DocumentId, NewDocumentError> {
    if team.as_ref().is_some_and(|team| !owner.teams.contains(team)) {
        return Err(NewDocumentError::NotYourTeam);
    }
    let content = match start {
        Start::Template => {
            let preparer = store.card(&owner.id).await?.map(|card| with_school(&card)).unwrap_or_default();
            template(kind, &title, &preparer)
        }
        Start::Empty => doc([]),
    };
    Ok(create_with(store, owner.id.clone(), kind, title, team, &content, clock::now()).await?)
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
    owner: UserId,
    kind: DocumentKind,
    title: Title,
    team: Option<TeamId>,
    content: &Node,
    at: UnixMillis,
) -> Result<DocumentId, StoreError> {
    let id: DocumentId = secret::random_id().parse().expect("random ids have the form of ids");
    let epoch = secret::random_id().parse().expect("random ids have the form of epochs");
    let client = secret::random_client_id();
    let seed = (!content.content.is_empty()).then(|| (client, seed(content, client).into()));
    store.create(NewDocument { id: id.clone(), kind, title, owner, team, epoch, at, seed }).await?;
    Ok(id)
}
