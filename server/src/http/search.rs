//! Searching, for now in titles. Rights are part of the query.

use axum::Json;
use axum::extract::State;
use serde::Deserialize;
use shared::api::{DocumentList, Which};

use super::caller::Query;
use super::refusal::Refusal;
use crate::accounts::Caller;
use crate::app::SharedApp;
use crate::store::ListQuery;

const MOST: u32 = 50;
const MAX_QUERY_CHARS: usize = 100;

#[derive(Deserialize)]
pub struct SearchParameters {
    #[serde(default)]
    q: String,
}

pub async fn search(
    State(app): State<SharedApp>,
    caller: Caller,
    Query(SearchParameters { q }): Query<SearchParameters>,
) -> Result<Json<DocumentList>, Refusal> {
    let q: String = q.trim().chars().take(MAX_QUERY_CHARS).collect();
    if q.is_empty() {
        return Ok(Json(DocumentList { documents: Vec::new(), next: None }));
    }
    let query = ListQuery { which: Which::All, kind: None, q: Some(q), before: None, limit: MOST };
    let page = app.store.list(&caller.person, &query).await?;
    Ok(Json(DocumentList { documents: page.documents, next: None }))
}
