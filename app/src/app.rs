//! The routes of the program in which documents are written.

use leptos::prelude::*;
use leptos_router::components::{Route, Router, Routes};
use leptos_router::path;
use shared::pages::Program;

use crate::components::toasts::ToastList;
use crate::contexts;
use crate::i18n::I18nContextProvider;
use crate::pages::frame::Frame;
use crate::pages::words::failure_words;
use crate::pages::{
    document::DocumentPage, documents::DocumentsPage, home::HomePage, missing::MissingPage, signin::SignInPage,
};

#[component]
pub fn App() -> impl IntoView {
    view! {
        <I18nContextProvider set_lang_attr_on_html=false set_dir_attr_on_html=false>
            <Contexts/>
        </I18nContextProvider>
    }
}

#[component]
fn Contexts() -> impl IntoView {
    let session = contexts::provide(Program::App);
    view! {
        <Router>
            <Routes fallback=move || view! { <Frame session place="" ><MissingPage/></Frame> }>
                <Route path=path!("/signin") view=SignInPage/>
                <Route path=path!("/") view=move || view! { <Frame session place="home"><HomePage/></Frame> }/>
                <Route path=path!("/documents") view=move || view! { <Frame session place="documents"><DocumentsPage/></Frame> }/>
                <Route path=path!("/documents/:id") view=move || view! { <Frame session place="document"><DocumentPage/></Frame> }/>
            </Routes>
        </Router>
        <ToastList words=failure_words/>
    }
}
