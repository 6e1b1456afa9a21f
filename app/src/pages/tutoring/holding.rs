//! Over the board: what one has been given, and who speaks.

use leptos::prelude::*;
use shared::tutoring::Sign;

use crate::components::icon::small_icon;
use crate::i18n::*;
use crate::state::toasts::Toasts;
use crate::state::tutoring::room::Room;

#[component]
pub fn Holding(room: Room) -> impl IntoView {
    let i18n = use_i18n();
    let toasts: Toasts = expect_context();
    let give_back = move |sign: Sign| {
        let Some(me) = room.me() else { return };
        leptos::task::spawn_local(async move {
            if let Err(failure) = room.take(sign, me).await {
                toasts.say_refused(failure);
            }
        });
    };
    let pen = Memo::new(move |_| room.i_have(Sign::Pen));
    let floor = Memo::new(move |_| room.i_have(Sign::Floor));
    let speakers = Memo::new(move |_| {
        let me = room.me();
        let others = room.with_sign(Sign::Floor).into_iter().filter(|who| Some(&who.person.id) != me.as_ref());
        others.map(|who| who.person.name).collect::<Vec<_>>().join("、")
    });
    view! {
        <div class="holding" role="status">
            {move || (!speakers.with(String::is_empty)).then(|| view! {
                <p>{small_icon("mic")}{t_string!(i18n, room.speaks, names = speakers.get()).to_string()}</p>
            })}
            {move || floor.get().then(|| view! {
                <p data-own="">{small_icon("mic")}{t!(i18n, room.you_speak)}<button class="button" data-kind="quiet" data-size="small" type="button" on:click=move |_| give_back(Sign::Floor)>{t!(i18n, room.give_back)}</button></p>
            })}
            {move || pen.get().then(|| view! {
                <p data-own="">{small_icon("pen")}{t!(i18n, room.you_draw)}<button class="button" data-kind="quiet" data-size="small" type="button" on:click=move |_| give_back(Sign::Pen)>{t!(i18n, room.give_back)}</button></p>
            })}
        </div>
    }
}
