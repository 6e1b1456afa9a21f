//! My access tokens, as the server has them.

use leptos::prelude::*;
use leptos::task::spawn_local;
use shared::api::{CreateToken, CreatedToken, TokenLine};

use super::session::Session;
use crate::browser::fetch::{self, Failure, Verb};

#[derive(Debug, Clone, Copy)]
pub struct Tokens {
    session: Session,
    /// Nothing until the server has answered.
    pub lines: RwSignal<Option<Vec<TokenLine>>>,
    /// Why the list could not be read.
    pub failure: RwSignal<Option<Failure>>,
}

impl Tokens {
    /// Begins to read the list.
    pub fn new(session: Session) -> Self {
        let tokens = Self { session, lines: RwSignal::new(None), failure: RwSignal::new(None) };
        tokens.again();
        session.on_return(move || tokens.again());
        tokens
    }

    /// Reads the list anew.
    pub fn again(self) {
        spawn_local(async move {
            // The page may have been left when the answer comes.
            match fetch::get("/api/tokens").await {
                Ok(lines) => {
                    let _ = self.lines.try_set(Some(lines));
                    let _ = self.failure.try_set(None);
                }
                Err(failure) => drop(self.failure.try_set(Some(self.session.heed(failure)))),
            }
        });
    }

    /// Makes a token that lasts so many days, and gives what is shown once.
    pub async fn create(self, name: String, days: u32) -> Result<String, Failure> {
        let wish = CreateToken { name, days: Some(days), scopes: None };
        let made: Result<CreatedToken, Failure> = fetch::send(Verb::POST, "/api/tokens", &wish).await;
        let made = made.map_err(|failure| self.session.heed(failure))?;
        self.again();
        Ok(made.token)
    }

    /// From now on it is good for nothing; one that has gone already is gone.
    pub async fn end(self, id: &str) -> Result<(), Failure> {
        match fetch::bid(Verb::DELETE, &format!("/api/tokens/{id}")).await {
            Err(failure) if failure.status() != Some(404) => return Err(self.session.heed(failure)),
            Ok(()) | Err(_) => {}
        }
        let _ = self.lines.try_update(|lines| {
            if let Some(lines) = lines {
                lines.retain(|line| line.id != id);
            }
        });
        Ok(())
    }
}
