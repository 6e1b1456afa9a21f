//! The routes of the library: finding, looking, putting in. It has no editor; a link to a document loads the program
//! that does.

use leptos::prelude::*;
use leptos_router::components::{Route, Router, Routes};
use leptos_router::path;
use shared::pages::Program;

use crate::components::toasts::ToastList;
use crate::contexts;
use crate::i18n::I18nContextProvider;
use crate::pages::frame::Frame;
use crate::pages::library::collection::CollectionPage;
use crate::pages::library::collections::CollectionsPage;
use crate::pages::library::exchange::ExchangePage;
use crate::pages::library::find::FindPage;
use crate::pages::library::item::ItemPage;
use crate::pages::library::own_loans::OwnLoansPage;
use crate::pages::library::publish::PublishPage;
use crate::pages::library::put_in::PutInPage;
use crate::pages::library::textbooks::TextbooksPage;
use crate::pages::library::waiting::WaitingPage;
use crate::pages::missing::MissingPage;
use crate::pages::signin::SignInPage;
use crate::pages::words::failure_words;
use crate::state::library::news::Subscriptions;
use crate::state::library::put_in::PutIn;
use crate::state::library::talk::TalkDrafts;
use crate::state::library::vocabulary::LibraryVocabulary;

#[component]
pub fn LibraryApp() -> impl IntoView {
    view! {
        <I18nContextProvider set_lang_attr_on_html=false set_dir_attr_on_html=false>
            <Contexts/>
        </I18nContextProvider>
    }
}

#[component]
fn Contexts() -> impl IntoView {
    let session = contexts::provide(Program::Library);
    let vocabulary = LibraryVocabulary::provide(session);
    Subscriptions::provide(session);
    TalkDrafts::provide();
    // Files go on to the server while one looks for something.
    PutIn::provide(session, vocabulary);
    view! {
        <Router>
            <Routes fallback=move || view! { <Frame session place="" ><MissingPage/></Frame> }>
                <Route path=path!("/signin") view=SignInPage/>
                <Route path=path!("/library") view=move || view! { <Frame session place="library"><FindPage/></Frame> }/>
                <Route path=path!("/library/new") view=move || view! { <Frame session place="library"><PutInPage/></Frame> }/>
                <Route path=path!("/library/exchange") view=move || view! { <Frame session place="library"><ExchangePage/></Frame> }/>
                <Route path=path!("/library/textbooks") view=move || view! { <Frame session place="library"><TextbooksPage/></Frame> }/>
                <Route path=path!("/library/publish/:id") view=move || view! { <Frame session place="library"><PublishPage/></Frame> }/>
                <Route path=path!("/library/loans") view=move || view! { <Frame session place="library"><OwnLoansPage/></Frame> }/>
                <Route path=path!("/library/waiting") view=move || view! { <Frame session place="library"><WaitingPage/></Frame> }/>
                <Route path=path!("/library/collections") view=move || view! { <Frame session place="library"><CollectionsPage/></Frame> }/>
                <Route path=path!("/library/collections/:id") view=move || view! { <Frame session place="library"><CollectionPage/></Frame> }/>
                <Route path=path!("/library/items/:id") view=move || view! { <Frame session place="library"><ItemPage/></Frame> }/>
            </Routes>
        </Router>
        <ToastList words=failure_words/>
    }
}
