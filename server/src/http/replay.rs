//! What happened to a document, to be played back.

use axum::extract::State;
use axum::http::header;
use axum::response::IntoResponse;
use shared::replay::Recorder;
use shared::words::DocumentKind;

use super::caller::Document;
use super::refusal::Refusal;
use crate::app::SharedApp;

/// The log as [`shared::replay`] writes it.
///
/// It has also what was deleted since: of a board everybody may know that who looks at it, of a text who writes in it.
pub async fn download(State(app): State<SharedApp>, document: Document) -> Result<impl IntoResponse, Refusal> {
    let handle = document.handle;
    match handle.kind() {
        DocumentKind::Board => {}
        DocumentKind::LessonPlan
        | DocumentKind::UnitPlan
        | DocumentKind::Resource
        | DocumentKind::Agenda
        | DocumentKind::Page => {
            if !handle.right().may_edit() {
                return Err(Refusal::OnlyEditors);
            }
        }
    }
    let history = app.log.history(handle.id()).await?;
    let recorded = tokio::task::spawn_blocking(move || {
        let mut recorder = Recorder::default();
        // What only binds a client id to a person changes nothing.
        let changes = history.iter().filter(|update| !update.bytes.is_empty());
        changes.for_each(|update| recorder.push(update.at, &update.author, &update.bytes));
        recorder.finish()
    });
    let recorded = recorded.await.map_err(|_| Refusal::Internal)?;
    Ok(([(header::CONTENT_TYPE, "application/octet-stream")], recorded))
}
