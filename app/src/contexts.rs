//! The few contexts that every page has, in the order of need.

use shared::pages::Program;

use crate::state::leaving::Leaving;
use crate::state::preferences::Preferences;
use crate::state::session::Session;
use crate::state::toasts::Toasts;
use crate::state::way::Way;

/// Needs the language context.
pub fn provide(program: Program) -> Session {
    Preferences::provide();
    Way::provide(program);
    let session = Session::provide();
    Leaving::provide(session);
    Toasts::provide();
    session
}
