//! Why an account's door stayed shut, as an answer: with the time to wait, or with what does not fit.

use std::time::Duration;

use axum::http::header;
use axum::response::{IntoResponse, Response};

use super::organisation::NotChanged;
use super::refusal::Refusal;
use crate::accounts::{
    CloseError, CodeError, InviteError, JoinError, OneTimeError, PasswordError, ProfileError, SetUpError, SignInError,
};
use crate::store::{ChangeError, StoreError};

pub enum Failure {
    Refused(Refusal),
    /// Too many of something; again after so long.
    Later(Duration, Refusal),
    NotChanged(NotChanged),
}

impl IntoResponse for Failure {
    fn into_response(self) -> Response {
        match self {
            Self::Refused(refusal) => refusal.into_response(),
            Self::Later(wait, refusal) => {
                let seconds = wait.as_secs() + u64::from(wait.subsec_nanos() > 0);
                ([(header::RETRY_AFTER, seconds.to_string())], refusal).into_response()
            }
            Self::NotChanged(not_changed) => not_changed.into_response(),
        }
    }
}

impl From<Refusal> for Failure {
    fn from(refusal: Refusal) -> Self {
        Self::Refused(refusal)
    }
}

impl From<StoreError> for Failure {
    fn from(error: StoreError) -> Self {
        Self::Refused(error.into())
    }
}

impl From<ChangeError> for Failure {
    fn from(error: ChangeError) -> Self {
        Self::NotChanged(NotChanged::of(error))
    }
}

impl From<SignInError> for Failure {
    fn from(error: SignInError) -> Self {
        match error {
            SignInError::Wrong => Refusal::WrongPassword.into(),
            SignInError::WrongCode => Refusal::WrongOneTime.into(),
            SignInError::TicketEnded => Refusal::SecondStepEnded.into(),
            SignInError::TooMany(wait) => Self::Later(wait, Refusal::TooManyAttempts),
            SignInError::Store(error) => error.into(),
        }
    }
}

impl From<OneTimeError> for Failure {
    fn from(error: OneTimeError) -> Self {
        match error {
            OneTimeError::WrongPassword => Refusal::OwnPasswordWrong.into(),
            OneTimeError::WrongCode => Refusal::WrongOneTime.into(),
            OneTimeError::TooMany(wait) => Self::Later(wait, Refusal::TooManyAttempts),
            OneTimeError::InUse => Refusal::OneTimeInUse.into(),
            OneTimeError::NotBegun => Refusal::OneTimeNotBegun.into(),
            OneTimeError::Store(error) => error.into(),
        }
    }
}

impl From<PasswordError> for Failure {
    fn from(error: PasswordError) -> Self {
        match error {
            PasswordError::Wrong => Refusal::OwnPasswordWrong.into(),
            PasswordError::Unfit => Refusal::PasswordUnfit.into(),
            PasswordError::TooMany(wait) => Self::Later(wait, Refusal::TooManyAttempts),
            PasswordError::Store(error) => error.into(),
        }
    }
}

impl From<ProfileError> for Failure {
    fn from(error: ProfileError) -> Self {
        match error {
            ProfileError::Gone => Refusal::NotSignedIn.into(),
            ProfileError::PasswordAsked => Refusal::PasswordAsked.into(),
            ProfileError::NoPassword => Refusal::NoPassword.into(),
            ProfileError::TooMany(wait) => Self::Later(wait, Refusal::TooManyNames),
            ProfileError::Password(error) => error.into(),
            ProfileError::Store(error) => error.into(),
            ProfileError::Change(error) => error.into(),
        }
    }
}

impl From<InviteError> for Failure {
    fn from(error: InviteError) -> Self {
        match error {
            InviteError::NoSuchPerson => Refusal::NoSuchPerson.into(),
            InviteError::NotYours => Refusal::NotYourPlace.into(),
            InviteError::PostDecides => Refusal::PostDecides.into(),
            InviteError::Limits => Refusal::InvitationLimits.into(),
            InviteError::Store(error) => error.into(),
        }
    }
}

impl From<CodeError> for Failure {
    fn from(error: CodeError) -> Self {
        match error {
            CodeError::Wrong => Refusal::NoSuchCode.into(),
            CodeError::TooMany(wait) => Self::Later(wait, Refusal::TooManyAttempts),
            CodeError::Store(error) => error.into(),
        }
    }
}

impl From<JoinError> for Failure {
    fn from(error: JoinError) -> Self {
        match error {
            JoinError::Code(error) => error.into(),
            JoinError::Password => Refusal::PasswordUnfit.into(),
            JoinError::TooManyNames(wait) => Self::Later(wait, Refusal::TooManyNames),
            JoinError::Change(error) => error.into(),
        }
    }
}

impl From<SetUpError> for Failure {
    fn from(error: SetUpError) -> Self {
        match error {
            SetUpError::Wrong => Refusal::NotToBeSetUp.into(),
            SetUpError::TooMany(wait) => Self::Later(wait, Refusal::TooManyAttempts),
            SetUpError::Password => Refusal::PasswordUnfit.into(),
            SetUpError::Change(error) => error.into(),
            SetUpError::Store(error) => error.into(),
        }
    }
}

impl From<CloseError> for Failure {
    fn from(error: CloseError) -> Self {
        match error {
            CloseError::NoSuchPerson => Refusal::NoSuchPerson.into(),
            CloseError::LastOperator => Refusal::LastOperator.into(),
            CloseError::Heir => Refusal::HeirUnfit.into(),
            CloseError::Password(error) => error.into(),
            CloseError::Change(error) => error.into(),
            CloseError::Store(error) => error.into(),
        }
    }
}
