//! The routes of the program for people, schools and accounts.
//!
//! It has nothing of documents but how many wait on this device; a link to one loads the other program.

use leptos::prelude::*;
use leptos_router::components::{Route, Router, Routes};
use leptos_router::path;
use shared::pages::Program;

use crate::components::toasts::ToastList;
use crate::contexts;
use crate::i18n::I18nContextProvider;
use crate::pages::frame::Frame;
use crate::pages::missing::MissingPage;
use crate::pages::office::account::AccountPage;
use crate::pages::office::audit::AuditPage;
use crate::pages::office::import::ImportPage;
use crate::pages::office::join::JoinPage;
use crate::pages::office::people::PeoplePage;
use crate::pages::office::person::PersonPage;
use crate::pages::office::setup::SetupPage;
use crate::pages::office::start_codes::{Codes, CodesPage};
use crate::pages::office::vocabulary::VocabularyPage;
use crate::pages::signin::SignInPage;
use crate::pages::words::failure_words;

#[component]
pub fn Office() -> impl IntoView {
    view! {
        <I18nContextProvider set_lang_attr_on_html=false set_dir_attr_on_html=false>
            <Contexts/>
        </I18nContextProvider>
    }
}

#[component]
fn Contexts() -> impl IntoView {
    let session = contexts::provide(Program::Office);
    Codes::provide(session);
    view! {
        <Router>
            <Routes fallback=move || view! { <Frame session place="" ><MissingPage/></Frame> }>
                <Route path=path!("/signin") view=SignInPage/>
                <Route path=path!("/setup") view=SetupPage/>
                <Route path=path!("/join") view=JoinPage/>
                <Route path=path!("/join/:code") view=JoinPage/>
                <Route path=path!("/people") view=move || view! { <Frame session place="people"><PeoplePage/></Frame> }/>
                <Route path=path!("/people/person/:person") view=move || view! { <Frame session place="people"><PersonPage/></Frame> }/>
                <Route path=path!("/people/import") view=move || view! { <Frame session place="people"><ImportPage/></Frame> }/>
                <Route path=path!("/people/codes") view=move || view! { <Frame session place="people"><CodesPage/></Frame> }/>
                <Route path=path!("/people/audit") view=move || view! { <Frame session place="people"><AuditPage/></Frame> }/>
                <Route path=path!("/people/words") view=move || view! { <Frame session place="people"><VocabularyPage/></Frame> }/>
                <Route path=path!("/account") view=move || view! { <Frame session place="account"><AccountPage/></Frame> }/>
            </Routes>
        </Router>
        <ToastList words=failure_words/>
    }
}
