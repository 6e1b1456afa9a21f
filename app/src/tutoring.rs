//! The routes of the program in which one draws: boards, alone and in tutoring sessions.

use leptos::prelude::*;
use leptos_router::components::{Route, Router, Routes};
use leptos_router::path;
use shared::pages::Program;

use crate::components::toasts::ToastList;
use crate::contexts;
use crate::i18n::I18nContextProvider;
use crate::pages::board::BoardPage;
use crate::pages::frame::Frame;
use crate::pages::missing::MissingPage;
use crate::pages::replay::{BoardReplayPage, SessionReplayPage};
use crate::pages::signin::SignInPage;
use crate::pages::tutoring::join::JoinSessionPage;
use crate::pages::tutoring::list::SessionsPage;
use crate::pages::tutoring::plan::{EditSessionPage, NewSessionPage};
use crate::pages::tutoring::session::SessionPage;
use crate::pages::tutoring::wish_form::NewWishPage;
use crate::pages::tutoring::wishes::WishesPage;
use crate::pages::words::failure_words;

#[component]
pub fn Tutoring() -> impl IntoView {
    view! {
        <I18nContextProvider set_lang_attr_on_html=false set_dir_attr_on_html=false>
            <Contexts/>
        </I18nContextProvider>
    }
}

#[component]
fn Contexts() -> impl IntoView {
    let session = contexts::provide(Program::Tutoring);
    view! {
        <Router>
            <Routes fallback=move || view! { <Frame session place="" ><MissingPage/></Frame> }>
                <Route path=path!("/signin") view=SignInPage/>
                <Route path=path!("/tutoring") view=move || view! { <Frame session place="tutoring"><SessionsPage/></Frame> }/>
                <Route path=path!("/tutoring/new") view=move || view! { <Frame session place="tutoring"><NewSessionPage/></Frame> }/>
                <Route path=path!("/tutoring/wishes") view=move || view! { <Frame session place="tutoring"><WishesPage/></Frame> }/>
                <Route path=path!("/tutoring/wishes/new") view=move || view! { <Frame session place="tutoring"><NewWishPage/></Frame> }/>
                <Route path=path!("/tutoring/:id/edit") view=move || view! { <Frame session place="tutoring"><EditSessionPage/></Frame> }/>
                <Route path=path!("/tutoring/join") view=JoinSessionPage/>
                <Route path=path!("/tutoring/join/:code") view=JoinSessionPage/>
                <Route path=path!("/boards/:id") view=move || view! { <Frame session place="board"><BoardPage/></Frame> }/>
                <Route path=path!("/boards/:id/replay") view=move || view! { <Frame session place="board"><BoardReplayPage/></Frame> }/>
                <Route path=path!("/tutoring/:id/replay") view=move || view! { <Frame session place="board"><SessionReplayPage/></Frame> }/>
                <Route path=path!("/tutoring/:id") view=move || view! { <Frame session place="class"><SessionPage/></Frame> }/>
            </Routes>
        </Router>
        <ToastList words=failure_words/>
    }
}
