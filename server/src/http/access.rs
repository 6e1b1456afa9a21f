//! What each route asks of who comes, before it asks anything of its own. The table is `routes!`; the extractor of the
//! caller asks it, so that no route can forget.

use shared::api::Scope;

use super::refusal::Refusal;
use crate::accounts::{Caller, May};
use crate::app::App;

/// What a route asks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Need {
    /// Nothing.
    Open,
    /// To be signed in, with no token, even if one-time passwords are still to be set up.
    Account,
    /// To be signed in, with no token.
    InPerson,
    /// To be signed in, or a token with this scope.
    Scope(Scope),
}

impl Need {
    /// Whether this caller may knock at the route.
    pub async fn check(self, app: &App, caller: &Caller) -> Result<(), Refusal> {
        match (self, &caller.may) {
            (Need::Open, _) => return Ok(()),
            (Need::Account | Need::InPerson, May::Only(_)) => return Err(Refusal::OnlyInPerson),
            (Need::Account, May::Everything { .. }) => return Ok(()),
            (Need::Scope(scope), May::Only(scopes)) if !scopes.contains(&scope) => return Err(Refusal::ScopeMissing),
            (Need::Scope(_), May::Only(_)) | (Need::InPerson | Need::Scope(_), May::Everything { .. }) => {}
        }
        if app.accounts.must_set_up_one_time(&caller.person).await? {
            return Err(Refusal::OneTimeNeeded);
        }
        Ok(())
    }
}
