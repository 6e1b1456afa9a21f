//! A photo with a question: chosen, taken with the camera, or pasted.

use leptos::html;
use leptos::prelude::*;
use leptos::task::spawn_local;

use super::pins::FIELD;
use super::unsent::Own;
use crate::browser::upload::Picture;
use crate::browser::{dom, files, photo};
use crate::components::icon::{icon, small_icon};
use crate::i18n::*;
use crate::state::tutoring::asking::Asking;

/// How a picture comes into the form.
#[derive(Clone, Copy)]
pub struct Choosing {
    asking: Asking,
    /// It is being made small.
    busy: RwSignal<bool>,
    failed: RwSignal<bool>,
}

impl Choosing {
    pub fn new(asking: Asking) -> Self {
        Self { asking, busy: RwSignal::new(false), failed: RwSignal::new(false) }
    }

    /// A picture in the clipboard becomes the photo; words go into the field as ever.
    pub fn pasted(self, event: &photo::ClipboardEvent) {
        if let Some(picture) = photo::pasted(event) {
            event.prevent_default();
            self.take(picture);
        }
    }

    fn chosen(self, input: NodeRef<html::Input>) {
        if let Some(picture) = Picture::chosen(input).into_iter().next() {
            self.take(picture);
        }
    }

    fn take(self, picture: Picture) {
        self.busy.set(true);
        self.failed.set(false);
        spawn_local(async move {
            let made = photo::prepare(picture).await;
            let _ = self.busy.try_set(false);
            match made {
                Some(file) => self.asking.show(file),
                None => drop(self.failed.try_set(true)),
            }
        });
    }
}

/// Two ways to a photo: a file, and on phones the camera.
#[component]
pub fn PhotoButtons(photo: Choosing) -> impl IntoView {
    let i18n = use_i18n();
    let (file, camera) = (NodeRef::<html::Input>::new(), NodeRef::<html::Input>::new());
    view! {
        <button class="icon-button" data-size="small" type="button" aria-label=move || t_string!(i18n, clip.choose_photo) data-tip=move || t_string!(i18n, clip.choose_photo) data-tip-side="top"
            aria-busy=move || photo.busy.get().then_some("true") on:click=move |_| files::open(file)>{icon("image")}</button>
        <button class="icon-button touch-only" data-size="small" type="button" aria-label=move || t_string!(i18n, clip.take_photo) on:click=move |_| files::open(camera)>{icon("camera")}</button>
        <input type="file" class="ask-photo" hidden accept="image/*" node_ref=file on:change=move |_| photo.chosen(file)/>
        <input type="file" hidden accept="image/*" capture="environment" node_ref=camera on:change=move |_| photo.chosen(camera)/>
    }
}

/// The photo as it will be seen.
#[component]
pub fn PhotoDraft(asking: Asking, photo: Choosing) -> impl IntoView {
    let i18n = use_i18n();
    let name = Signal::derive(move || t_string!(i18n, clip.photo_yours).to_string());
    let hide = move |_| {
        asking.hide();
        dom::focus_id(FIELD);
    };
    view! {
        {move || asking.photo.get().map(|parcel| view! {
            <p class="ask-photo-shown"><Own errands=asking.errands parcel name/>
                <button class="icon-button" data-size="small" type="button" aria-label=move || t_string!(i18n, clip.photo_not) data-tip=move || t_string!(i18n, clip.photo_not) on:click=hide>{small_icon("close")}</button></p>
        })}
        <p class="small second" role="status" hidden=move || !photo.busy.get()>{move || photo.busy.get().then(|| t_string!(i18n, clip.photo_busy))}</p>
        {move || photo.failed.get().then(|| view! { <p class="error" role="alert">{t!(i18n, clip.photo_failed)}</p> })}
    }
}
