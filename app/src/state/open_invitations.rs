//! Codes with which several people take a seat of their own accord, as the server has them.

use leptos::prelude::*;
use leptos::task::spawn_local;
use shared::api::{CreatedOpenInvitation, InviteOpenly, OpenInvitation};
use shared::organisation::Body;

use super::session::Session;
use crate::browser::fetch::{self, Failure, Verb};

/// Those into one body.
#[derive(Debug, Clone, Copy)]
pub struct OpenInvitations {
    session: Session,
    body: StoredValue<Body>,
    /// Nothing until the server has answered.
    pub lines: RwSignal<Option<Vec<OpenInvitation>>>,
    /// What could not be read or ended.
    pub failure: RwSignal<Option<Failure>>,
}

impl OpenInvitations {
    /// Begins to read them.
    pub fn new(session: Session, body: Body) -> Self {
        let body = StoredValue::new(body);
        let invitations = Self { session, body, lines: RwSignal::new(None), failure: RwSignal::new(None) };
        invitations.again();
        invitations
    }

    fn again(self) {
        spawn_local(async move {
            // The form may have been closed when the answer comes.
            match fetch::get::<Vec<OpenInvitation>>("/api/invitations/open").await {
                Ok(lines) => {
                    let here = self.body.try_get_value();
                    let lines = lines.into_iter().filter(|line| Some(&line.body) == here.as_ref()).collect();
                    let _ = self.lines.try_set(Some(lines));
                    let _ = self.failure.try_set(None);
                }
                Err(failure) => drop(self.failure.try_set(Some(self.session.heed(failure)))),
            }
        });
    }

    /// Makes one, and gives the code, which is shown once.
    pub async fn make(self, wish: InviteOpenly) -> Result<String, Failure> {
        let made: Result<CreatedOpenInvitation, _> = fetch::send(Verb::POST, "/api/invitations/open", &wish).await;
        Ok(made.map_err(|failure| self.session.heed(failure))?.code)
    }

    /// Nobody comes in with it from now on; one that has gone already is gone.
    pub fn end(self, id: String) {
        spawn_local(async move {
            match fetch::bid(Verb::DELETE, &format!("/api/invitations/open/{id}")).await {
                Err(failure) if failure.status() != Some(404) => {
                    drop(self.failure.try_set(Some(self.session.heed(failure))));
                }
                Ok(()) | Err(_) => self.again(),
            }
        });
    }
}
