//! To look where the host looks.

use leptos::prelude::*;
use shared::board::Board;

use crate::browser::page;
use crate::i18n::*;
use crate::state::open_document::{OpenDocument, Stage};
use crate::state::tutoring::room::Room;

/// On from the start. Whoever moves the paper by hand looks for themselves from then on, until they follow again; a host
/// who comes back is followed as before.
#[component]
pub fn FollowHost(room: Room, document: OpenDocument<Board>) -> impl IntoView {
    let i18n = use_i18n();
    let own = document.own;
    let walks = RwSignal::new(true);
    let host = Memo::new(move |_| {
        room.view.with(|view| {
            let view = view.as_ref()?;
            let host = view.card.host.id.clone();
            (host != view.me).then_some(host)
        })
    });
    let at = Memo::new(move |_| {
        let host = host.get()?;
        document.people.with(|people| {
            people.iter().find(|colleague| colleague.person.id == host)?.caret.as_ref()?.parse::<u64>().ok()
        })
    });
    Effect::new(move || {
        let ready = document.stage.get() == Stage::Ready;
        let (true, true, Some(client)) = (ready, walks.get(), at.get()) else { return };
        // The view is there after this turn.
        page::later(0, move || {
            if own.follows.get_untracked() != Some(client) {
                own.follows.set(Some(client));
                document.with_view(|view| view.look_with(client));
            }
        });
    });
    Effect::new(move |before: Option<Option<u64>>| {
        let now = own.follows.get();
        let by_hand = now.is_none() && before.flatten().is_some_and(|client| at.get_untracked() == Some(client));
        if by_hand {
            walks.set(false);
        }
        now
    });
    let choose = move |event: leptos::ev::Event| {
        let wants = event_target_checked(&event);
        walks.set(wants);
        if !wants {
            own.follows.set(None);
        }
    };
    view! {
        <Show when=move || at.with(Option::is_some)>
            <label class="check small">
                <input type="checkbox" prop:checked=move || walks.get() on:change=choose/>
                <span>{t!(i18n, room.follow_host)}</span>
            </label>
        </Show>
    }
}
