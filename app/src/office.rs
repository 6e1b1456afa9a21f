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
use crate::pages::office::people::PeoplePage;
use crate::pages::signin::SignInPage;

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
    view! {
        <Router>
            <Routes fallback=move || view! { <Frame session place="" ><MissingPage/></Frame> }>
                <Route path=path!("/signin") view=SignInPage/>
                <Route path=path!("/people") view=move || view! { <Frame session place="people"><PeoplePage/></Frame> }/>
                <Route path=path!("/account") view=move || view! { <Frame session place="account"><AccountPage/></Frame> }/>
            </Routes>
        </Router>
        <ToastList/>
    }
}
