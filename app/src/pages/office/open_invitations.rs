use leptos::prelude::*;
use shared::api::{InviteOpenly, OpenInvitation};
use shared::organisation::{Body, Post};
use shared::words::UnixMillis;

use super::reachable::{FIELD, Reachable, ReachableField};
use super::seat_end::{SeatEnd, SeatEndField, Until};
use super::words::{end_of, last_day, word};
use crate::browser::{clock, dom, page};
use crate::components::banner::{Banner, Tone};
use crate::components::copy_field::CopyField;
use crate::components::form::{Deed, DeedForm, SelectField, TextField};
use crate::i18n::*;
use crate::pages::words::failure_words;
use crate::state::open_invitations::OpenInvitations;
use crate::state::organisation::{Look, Organisation};
use crate::state::session::Session;
use crate::wording::day;

type I18n = leptos_i18n::I18nContext<Locale>;

/// As the server has it.
const MOST_USES: u32 = 500;
const USUAL_USES: u32 = 30;
const USUAL_DAYS: i64 = 14;
const MOST_DAYS: i64 = 90;

/// One link for many: whoever has it takes a seat in the body of their own accord.
#[component]
pub fn InviteMany(organisation: Organisation, body: Body, close: Callback<()>) -> impl IntoView {
    let session: Session = expect_context();
    let invitations = OpenInvitations::new(session, body.clone());
    let made = RwSignal::new(None::<String>);
    move || match made.get() {
        None => view! { <Wish organisation invitations body=body.clone() made close/> }.into_any(),
        Some(code) => view! { <Made code close/> }.into_any(),
    }
}

/// As what they come, how many, and until when; below it, what is open already.
#[component]
fn Wish(
    organisation: Organisation,
    invitations: OpenInvitations,
    body: Body,
    made: RwSignal<Option<String>>,
    close: Callback<()>,
) -> impl IntoView {
    let i18n = use_i18n();
    let fields = Fields::new(organisation, &body);
    let posts = Signal::derive(move || {
        fields.posts.with_value(|posts| {
            posts.iter().map(|post| (post.id.to_string(), word(i18n, &post.name))).collect::<Vec<_>>()
        })
    });
    let words = {
        let place = organisation.look(|view| view.name_of(&body)).unwrap_or_default();
        move || t_string!(i18n, people.open_words, place = place.clone()).to_string()
    };
    let deed = Callback::new(move |()| -> Option<Deed> {
        let wish = fields.read(i18n, body.clone())?;
        Some(Box::pin(async move {
            let code = invitations.make(wish).await?;
            let _ = made.try_set(Some(code));
            Ok(())
        }))
    });
    // The code is shown in the same dialog, so the deed does not close it.
    let done = Callback::new(move |()| {
        if made.with_untracked(Option::is_none) {
            close.run(());
        }
    });
    view! {
        <DeedForm submit=Signal::derive(move || t_string!(i18n, people.open_make).to_string()) words=failure_words deed close=done>
            <p>{words}</p>
            <SelectField id="open-post" label=Signal::derive(move || t_string!(i18n, people.seat_post).to_string()) value=fields.post options=posts/>
            <TextField id="open-uses" kind="number" label=Signal::derive(move || t_string!(i18n, people.open_uses).to_string()) value=fields.uses wrong=fields.wrong_uses/>
            <TextField id="open-ends" kind="date" label=Signal::derive(move || t_string!(i18n, people.open_ends).to_string()) value=fields.ends wrong=fields.wrong_ends/>
            <SeatEndField id="open-seats" label=Signal::derive(move || t_string!(i18n, people.open_seats).to_string()) end=fields.seats for_a_time=Signal::derive(move || fields.is_for_a_time())/>
            <Known invitations/>
        </DeedForm>
    }
}

#[derive(Clone, Copy)]
struct Fields {
    /// Those one can take of one's own accord.
    posts: StoredValue<Vec<Post>>,
    post: RwSignal<String>,
    uses: RwSignal<String>,
    ends: RwSignal<String>,
    seats: SeatEnd,
    wrong_uses: RwSignal<Option<String>>,
    wrong_ends: RwSignal<Option<String>>,
}

impl Fields {
    fn new(organisation: Organisation, body: &Body) -> Self {
        let mut posts = organisation.look(|view| view.posts_for(body));
        posts.retain(|post| !post.decides());
        // The one that may most, without an end, is the usual one.
        let usual = posts.iter().max_by_key(|post| (!post.for_a_time, post.right));
        let now = clock::wall();
        let in_two_weeks = day::write_day(days_after(now, USUAL_DAYS), clock::offset_minutes(now));
        Self {
            post: RwSignal::new(usual.map(|post| post.id.to_string()).unwrap_or_default()),
            posts: StoredValue::new(posts),
            uses: RwSignal::new(USUAL_USES.to_string()),
            ends: RwSignal::new(in_two_weeks),
            seats: SeatEnd::new(),
            wrong_uses: RwSignal::new(None),
            wrong_ends: RwSignal::new(None),
        }
    }

    fn chosen(self) -> Option<Post> {
        let chosen = self.post.get();
        self.posts.with_value(|posts| posts.iter().find(|post| post.id.as_str() == chosen).cloned())
    }

    fn is_for_a_time(self) -> bool {
        self.chosen().is_some_and(|post| post.for_a_time)
    }

    /// What is wished for; nothing if a field is wrong, which says so.
    fn read(self, i18n: I18n, body: Body) -> Option<InviteOpenly> {
        let uses = self.uses.get_untracked().trim().parse().ok().filter(|uses| (1..=MOST_USES).contains(uses));
        let now = clock::wall();
        let ends = end_of(&self.ends.get_untracked());
        let ends = ends.filter(|ends| now < *ends && *ends <= days_after(now, MOST_DAYS));
        let seats = self.seats.read(now, untrack(|| self.is_for_a_time()));
        self.wrong_uses
            .set(uses.is_none().then(|| t_string!(i18n, people.open_uses_wrong, most = MOST_USES).to_string()));
        self.wrong_ends
            .set(ends.is_none().then(|| t_string!(i18n, people.open_ends_wrong, most = MOST_DAYS).to_string()));
        let Until(seats_until) = seats?;
        let post = self.post.get_untracked().parse().ok()?;
        Some(InviteOpenly { body, post, uses: uses?, ends: ends?, seats_until })
    }
}

fn days_after(at: UnixMillis, days: i64) -> UnixMillis {
    UnixMillis(at.0 + days * UnixMillis::DAY)
}

/// What is open already, and can be ended.
#[component]
fn Known(invitations: OpenInvitations) -> impl IntoView {
    let i18n = use_i18n();
    let line = move |open: OpenInvitation| {
        let id = StoredValue::new(open.id.clone());
        let said = move || {
            let (post, day) = (word(i18n, &open.post_name), last_day(i18n, open.ends));
            t_string!(i18n, people.open_line, post = post, used = open.used, uses = open.uses, day = day).to_string()
        };
        let said = StoredValue::new(said);
        view! {
            <li class="split">
                <span>{move || said.with_value(|said| said())}</span>
                <button class="button" data-size="small" type="button" aria-label=move || t_string!(i18n, people.open_end_this, what = said.with_value(|said| said())).to_string()
                    on:click=move |_| invitations.end(id.get_value())>{t!(i18n, people.open_end)}</button>
            </li>
        }
    };
    view! {
        {move || invitations.failure.get().map(|failure| view! { <Banner tone=Tone::Warn picture="warn">{failure_words(&failure)}</Banner> })}
        {move || invitations.lines.get().filter(|lines| !lines.is_empty()).map(|lines| view! {
            <h3>{t!(i18n, people.open_known)}</h3>
            <ul class="share-lines">{lines.into_iter().map(line).collect_view()}</ul>
        })}
    }
}

/// The link and the code, to pass on.
#[component]
fn Made(code: String, close: Callback<()>) -> impl IntoView {
    let i18n = use_i18n();
    let reachable = Reachable::new();
    let path = StoredValue::new(format!("/join/{code}"));
    // What would lead nowhere is not passed on.
    let link = move || reachable.address.get().map(|address| path.with_value(|path| format!("{address}{path}")));
    let label = Signal::derive(move || t_string!(i18n, people.invitation_link).to_string());
    // The button that had the focus has gone with the form.
    let first = if untrack(link).is_some() { "open-copy" } else { FIELD };
    page::later(0, move || dom::focus_id(first));
    view! {
        <div class="body">
            <Banner tone=Tone::Calm><strong>{t!(i18n, people.open_once)}</strong>{t!(i18n, people.open_once_words)}</Banner>
            <ReachableField reachable/>
            {move || link().map(|text| view! { <CopyField id="open-link" button="open-copy" label text/> })}
            <p class="small quiet">{move || t_string!(i18n, people.open_code, code = code.clone()).to_string()}</p>
        </div>
        <footer><button class="button" data-kind="primary" type="button" on:click=move |_| close.run(())>{t!(i18n, common.close)}</button></footer>
    }
}
