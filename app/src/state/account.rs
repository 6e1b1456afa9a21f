//! My own account, as the server has it.

use leptos::prelude::*;
use leptos::task::spawn_local;
use serde::Serialize;
use serde::de::DeserializeOwned;
use shared::api::{
    Account, ChangePassword, ConfirmOneTime, EndOneTime, KeptLine, OneTimeSecret, RecoveryCodes, SessionLine,
    SetProfile, SetUpOneTime,
};

use super::session::Session;
use crate::browser::fetch::{self, Failure, Verb};

#[derive(Debug, Clone, Copy)]
pub struct MyAccount {
    session: Session,
    /// Nothing until the server has answered.
    pub account: RwSignal<Option<Account>>,
    pub sessions: RwSignal<Option<Vec<SessionLine>>>,
    pub kept: RwSignal<Option<Vec<KeptLine>>>,
    pub failure: RwSignal<Option<Failure>>,
}

impl MyAccount {
    /// Begins to read it.
    pub fn new(session: Session) -> Self {
        let mine = Self {
            session,
            account: RwSignal::new(None),
            sessions: RwSignal::new(None),
            kept: RwSignal::new(None),
            failure: RwSignal::new(None),
        };
        mine.again();
        session.on_return(move || mine.again());
        mine
    }

    /// Reads it anew.
    pub fn again(self) {
        let _ = self.failure.try_set(None);
        spawn_local(self.read("/api/account", self.account));
        spawn_local(self.read("/api/account/sessions", self.sessions));
        spawn_local(self.read("/api/account/kept", self.kept));
    }

    async fn read<T: DeserializeOwned + Send + Sync + 'static>(self, address: &'static str, into: RwSignal<Option<T>>) {
        // The page may have been left when the answer comes.
        match fetch::get(address).await {
            Ok(answer) => drop(into.try_set(Some(answer))),
            Err(failure) => drop(self.failure.try_set(Some(self.session.heed(failure)))),
        }
    }

    pub async fn set_profile(self, profile: SetProfile) -> Result<(), Failure> {
        let account: Account = fetch::send(Verb::PUT, "/api/account/profile", &profile).await?;
        let _ = self.account.try_set(Some(account));
        Ok(())
    }

    /// Every other session ends.
    pub async fn change_password(self, old: String, new: String) -> Result<(), Failure> {
        self.tell("/api/account/password", &ChangePassword { old, new }).await
    }

    pub async fn end_session(self, id: &str) -> Result<(), Failure> {
        match fetch::bid(Verb::DELETE, &format!("/api/account/sessions/{id}")).await {
            Err(failure) if failure.status() != Some(404) => return Err(self.session.heed(failure)),
            Ok(()) | Err(_) => {}
        }
        self.again();
        Ok(())
    }

    /// Begins to set up one-time passwords.
    pub async fn begin_one_time(self, password: String) -> Result<OneTimeSecret, Failure> {
        fetch::send(Verb::POST, "/api/account/one-time", &SetUpOneTime { password }).await
    }

    /// From now on they are asked for.
    pub async fn confirm_one_time(self, code: String) -> Result<Vec<String>, Failure> {
        let RecoveryCodes { codes } =
            fetch::send(Verb::POST, "/api/account/one-time/confirm", &ConfirmOneTime { code }).await?;
        self.again();
        spawn_local(self.session.ask());
        Ok(codes)
    }

    pub async fn end_one_time(self, password: String, code: String) -> Result<(), Failure> {
        self.tell("/api/account/one-time/end", &EndOneTime { password, code }).await
    }

    /// From now on nobody comes in here by the single sign-on.
    pub async fn part_from_sign_on(self) -> Result<(), Failure> {
        let parted = fetch::bid(Verb::DELETE, "/api/account/sign-on").await;
        parted.map_err(|failure| self.session.heed(failure))?;
        self.again();
        Ok(())
    }

    async fn tell<B: Serialize>(self, address: &str, wish: &B) -> Result<(), Failure> {
        fetch::tell(Verb::POST, address, wish).await?;
        self.again();
        Ok(())
    }
}
