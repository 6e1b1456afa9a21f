//! With whom a document is shared.

use axum::Json;
use axum::extract::State;
use shared::access::{Circle, Grantee, may_share};
use shared::api::{SetShares, Shares};
use shared::organisation::Directory;
use shared::words::{UnixMillis, UserId};

use super::caller::{Body, Document};
use super::refusal::Refusal;
use crate::app::SharedApp;
use crate::clock;
use crate::store::SharedWith;

const MAX_SHARES: usize = 500;

pub async fn show(State(app): State<SharedApp>, document: Document) -> Result<Json<Shares>, Refusal> {
    shares(&app, &document).await
}

pub async fn replace(
    State(app): State<SharedApp>,
    document: Document,
    Body(SetShares { shares: asked, version }): Body<SetShares>,
) -> Result<Json<Shares>, Refusal> {
    let managing = document.managing()?;
    if asked.len() > MAX_SHARES {
        return Err(Refusal::TooManyShares);
    }
    let kept = app.store.shares(&document.handle).await?.lines;
    let (directory, now) = (app.store.directory(), clock::now());
    for share in &asked {
        // Whoever is on the list already may stay, even if they have moved out of reach.
        if kept.iter().any(|line| line.share.with == share.with && line.share.right >= share.right) {
            continue;
        }
        if !is_within_reach(&directory, &document.caller.person, &share.with, now) {
            return Err(Refusal::UnknownGrantee);
        }
        may_share(&directory, &document.caller.person, &document.handle.facts().access, &share.with, now)?;
    }
    if !app.store.set_shares(managing, &asked, version, now).await? {
        return Err(Refusal::SharesChanged);
    }
    app.rooms.rights_changed_in(document.handle.id());
    shares(&app, &document).await
}

/// Whether this person knows of them.
pub fn is_within_reach(directory: &Directory, person: &UserId, with: &Grantee, now: UnixMillis) -> bool {
    let circle = Circle::of(directory, person, now);
    match with {
        Grantee::Person(id) => {
            let open = directory.person(id).is_some_and(|person| person.closed.is_none());
            open && circle.has(directory, id, now)
        }
        Grantee::Team(id) => circle.teams.contains(id),
        Grantee::School(id) => circle.schools.contains(id),
        Grantee::Group(id) => circle.groups.contains(id),
    }
}

async fn shares(app: &SharedApp, document: &Document) -> Result<Json<Shares>, Refusal> {
    let card = app.store.document_card(&document.handle).await?.ok_or(Refusal::NotFound)?;
    let SharedWith { lines, version } = app.store.shares(&document.handle).await?;
    Ok(Json(Shares { owner: card.owner, team: card.team, shares: lines, version }))
}
