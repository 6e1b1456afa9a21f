//! With whom a document is shared.

use axum::Json;
use axum::extract::State;
use shared::access::{Grantee, Share};
use shared::api::{SetShares, Shares};

use super::caller::{Body, Document};
use super::refusal::Refusal;
use crate::app::SharedApp;
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
    for share in &asked {
        // Whoever is on the list already may stay, even if they have moved out of reach.
        let known =
            kept.iter().any(|line| line.share.with == share.with) || is_within_reach(&app, &document, share).await?;
        if !known {
            return Err(Refusal::UnknownGrantee);
        }
    }
    if !app.store.set_shares(managing, &asked, version).await? {
        return Err(Refusal::SharesChanged);
    }
    app.rooms.rights_changed_in(document.handle.id());
    shares(&app, &document).await
}

async fn is_within_reach(app: &SharedApp, document: &Document, share: &Share) -> Result<bool, Refusal> {
    let person = &document.caller.person.id;
    Ok(match &share.with {
        Grantee::Person(id) => app.store.may_find_person(person, id).await?,
        Grantee::Team(id) => app.store.may_find_team(person, id).await?,
    })
}

async fn shares(app: &SharedApp, document: &Document) -> Result<Json<Shares>, Refusal> {
    let card = app.store.document_card(&document.handle).await?.ok_or(Refusal::NotFound)?;
    let SharedWith { lines, version } = app.store.shares(&document.handle).await?;
    Ok(Json(Shares { owner: card.owner, team: card.team, shares: lines, version }))
}
