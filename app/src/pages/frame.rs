//! What stands around every page inside: rail, bar, and the door when the session is over.

use leptos::prelude::*;
use leptos_router::NavigateOptions;
use leptos_router::hooks::{use_location, use_navigate};
use shared::api::GuestView;
use shared::pages::session_address;

use crate::browser::{dom, page};
use crate::components::banner::{Banner, Tone};
use crate::components::shell::{Bar, Rail};
use crate::components::skeleton::Skeleton;
use crate::i18n::*;
use crate::pages::leaving::LeavingDialog;
use crate::pages::signin::SignInAgain;
use crate::pages::tutoring::guest::GuestWaits;
use crate::state::session::{Session, Who, goes_in};

/// Shows its content to somebody who is signed in, and to a guest who was let into a tutoring session while they are
/// there; sends everybody else to the door, and back afterwards.
#[component]
pub fn Frame(session: Session, place: &'static str, children: ChildrenFn) -> impl IntoView {
    let i18n = use_i18n();
    let location = use_location();
    let navigate = use_navigate();
    // The content is made once for a person: their `Me` may be told anew while they work.
    let inside = Memo::new(move |_| {
        session.who.with(|who| match who {
            Who::Somebody(_) => true,
            Who::Guest(guest) => goes_in(guest) && is_page_of(guest, &location.pathname.get()),
            Who::Asking | Who::Nobody | Who::Gone | Who::Unreachable => false,
        })
    });
    let guest = Memo::new(move |_| session.who.with(|who| matches!(who, Who::Guest(_))));
    let to_door = navigate.clone();
    Effect::new(move || {
        if session.who.with(|who| *who == Who::Nobody) {
            let here = format!(
                "{}{}",
                location.pathname.get_untracked(),
                location.search.with_untracked(|search| if search.is_empty() {
                    String::new()
                } else {
                    format!("?{search}")
                })
            );
            let door = if here == "/" { "/signin".to_owned() } else { format!("/signin?to={}", dom::encode(&here)) };
            // Both programs have the door: signing out goes on to its end behind it.
            to_door(&door, NavigateOptions { replace: true, ..NavigateOptions::default() });
        }
    });
    Effect::new({
        let navigate = navigate.clone();
        move || {
            // A guest has one page.
            if let Some(guest) = session.guest().filter(|guest| !is_page_of(guest, &location.pathname.get())) {
                navigate(
                    &session_address(&guest.session.id),
                    NavigateOptions { replace: true, ..NavigateOptions::default() },
                );
            }
        }
    });
    Effect::new(move || {
        // This server demands one-time passwords of them: nothing else goes before.
        let must = session.me().is_some_and(|me| me.must_set_up_one_time);
        if must && !location.pathname.get_untracked().starts_with("/account") {
            page::load_instead("/account");
        }
    });
    let unreachable = move || {
        let retry = move || {
            session.who.set(Who::Asking);
            leptos::task::spawn_local(session.ask());
        };
        view! {
            <Banner tone=Tone::Warn picture="offline" deed=move || view! { <button class="button" data-size="small" type="button" on:click=move |_| retry()>{t!(i18n, common.try_again)}</button> }>
                {t!(i18n, failure.unreachable)}
            </Banner>
        }
    };
    // One thing has the window, and a head of its own.
    let document = matches!(place, "document" | "board" | "class");
    let rail = move || match (guest.get(), document) {
        (true, _) => Some("none"),
        (false, true) => Some("narrow"),
        (false, false) => None,
    };
    let children = StoredValue::new(children);
    let shell = move || {
        view! {
            <div class="app" data-page=document.then_some("document") data-rail=rail>
                <a class="skip" href="#main" on:click=|event| { event.prevent_default(); dom::focus_id("main"); }>{t!(i18n, common.skip)}</a>
                <Show when=move || !guest.get()><Rail place/></Show>
                <Show
                    when=move || inside.get()
                    fallback=move || view! {
                        <main class="main" id="main" tabindex="-1">
                            {move || if session.who.with(|who| *who == Who::Unreachable) { unreachable().into_any() } else { view! { <Skeleton label=Signal::derive(move || t_string!(i18n, common.opening).to_string())/> }.into_any() }}
                        </main>
                    }
                >
                    {(!document).then(|| view! { <Bar/> })}
                    {children.with_value(|children| children())}
                    <SignInAgain/>
                    <LeavingDialog/>
                </Show>
            </div>
        }
    };
    // Whoever waits at the door of a session sees nothing of the house.
    view! { <Show when=move || guest.get() && !inside.get() fallback=shell><GuestWaits/></Show> }
}

fn is_page_of(guest: &GuestView, path: &str) -> bool {
    path.trim_end_matches('/') == session_address(&guest.session.id)
}
