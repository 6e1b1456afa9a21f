use leptos::prelude::*;
use leptos_router::hooks::use_query_map;
use shared::api::{AuditLine, Found, ImportDetails, ImportedLine};
use shared::organisation::{Body, Record};

use super::words::{begin_of, end_of, word};
use crate::browser::{clock, dom, fetch};
use crate::components::banner::{Banner, Tone};
use crate::components::combobox::{Choice, Combobox};
use crate::components::dialog::Dialog;
use crate::components::form::{Deed, DeedForm, SelectField, TextField};
use crate::components::icon::{icon, small_icon};
use crate::components::pager::Pager;
use crate::components::person::{avatar, who};
use crate::components::skeleton::Skeleton;
use crate::components::time::spoken;
use crate::i18n::*;
use crate::pages::words::failure_words;
use crate::state::audit::{AuditLog, AuditWish, IMPORTED, TAKEN_BACK};
use crate::state::organisation::{Look, Organisation};
use crate::state::preferences::tag;
use crate::state::session::Session;

type I18n = leptos_i18n::I18nContext<Locale>;

/// What was done to people, schools and teams, by whom, and a way back where there is one.
#[component]
pub fn AuditPage() -> impl IntoView {
    let i18n = use_i18n();
    let session: Session = expect_context();
    let organisation = Organisation::new(session, expect_context());
    let query = use_query_map();
    Effect::new(move || dom::set_title(t_string!(i18n, audit.tab)));
    let subject = query.with_untracked(|query| query.get("subject"));
    let log = AuditLog::new(session, AuditWish { subject, ..AuditWish::default() }, organisation.changes);
    view! {
        <main class="main audit" id="main" tabindex="-1">
            <div class="lead">
                <div><h1>{t!(i18n, audit.title)}</h1><p>{t!(i18n, audit.words)}</p></div>
                <div class="actions">
                    <a class="button" href="/people">{t!(i18n, people.back)}</a>
                    <a class="button" rel="external" download="" href=move || format!("/api/audit/export?{}{}", log.wish.with(AuditWish::query), asked_for(i18n))>{icon("doc")}{t!(i18n, audit.export)}</a>
                </div>
            </div>
            {move || organisation.failure.get().map(|failure| view! { <Banner tone=Tone::Warn picture="warn">{failure_words(&failure)}</Banner> })}
            <Filters log/>
            <AuditLines organisation log/>
        </main>
    }
}

/// In whose language and time the table is.
fn asked_for(i18n: I18n) -> String {
    format!("&language={}&offset={}", tag(i18n.get_locale()), clock::offset_minutes(clock::wall()))
}

#[component]
fn Filters(log: AuditLog) -> impl IntoView {
    let i18n = use_i18n();
    let act = RwSignal::new(String::new());
    let (since, until) = (RwSignal::new(String::new()), RwSignal::new(String::new()));
    let acts = Signal::derive(move || {
        [
            ("", t_string!(i18n, audit.all).to_string()),
            ("seat.", t_string!(i18n, audit.seats).to_string()),
            ("roster.", t_string!(i18n, audit.imports).to_string()),
            ("person.", t_string!(i18n, audit.accounts).to_string()),
            ("membership.", t_string!(i18n, audit.memberships).to_string()),
            ("school.", t_string!(i18n, audit.schools).to_string()),
            ("team.", t_string!(i18n, audit.teams).to_string()),
            ("document.", t_string!(i18n, audit.documents).to_string()),
        ]
        .map(|(key, words)| (key.to_owned(), words))
        .to_vec()
    });
    Effect::new(move |before: Option<()>| {
        let (act, since, until) = (act.get(), begin_of(&since.get()), end_of(&until.get()));
        if before.is_some() {
            log.wish.update(|wish| *wish = AuditWish { act, since, until, ..wish.clone() });
        }
    });
    let choices = RwSignal::new(Vec::<Choice>::new());
    let actor = RwSignal::new(None::<String>);
    let ask = Callback::new(move |text: String| {
        leptos::task::spawn_local(async move {
            let found: Result<Found, _> = fetch::get(&format!("/api/people?q={}", dom::encode(&text))).await;
            let people = found.map(|found| found.people).unwrap_or_default();
            let choice = |person: &shared::api::PersonCard| {
                let card = person.clone();
                Choice {
                    key: format!("{}|{}", person.id, person.name),
                    name: person.name.clone(),
                    view: ViewFn::from(move || view! { {avatar(&card, None)}<span>{card.name.clone()}</span> }),
                }
            };
            let _ = choices.try_set(people.iter().map(choice).collect());
        });
    });
    let take = Callback::new(move |key: String| {
        if let Some((id, name)) = key.split_once('|') {
            actor.set(Some(name.to_owned()));
            log.wish.update(|wish| wish.actor = Some(id.to_owned()));
        }
    });
    let anybody = move |_| {
        actor.set(None);
        log.wish.update(|wish| wish.actor = None);
    };
    view! {
        <div class="audit-filters">
            <SelectField id="audit-act" label=Signal::derive(move || t_string!(i18n, audit.what).to_string()) value=act options=acts/>
            <div class="stack tight">
                <Combobox id="audit-who" label=Signal::derive(move || t_string!(i18n, audit.by).to_string()) choices ask take
                    nothing=Signal::derive(move || t_string!(i18n, people.nobody).to_string())/>
                {move || actor.get().map(|name| view! { <button class="chip" type="button" aria-pressed="true" on:click=anybody>{name}{icon("close")}</button> })}
            </div>
            <TextField id="audit-since" kind="date" label=Signal::derive(move || t_string!(i18n, audit.since).to_string()) value=since/>
            <TextField id="audit-until" kind="date" label=Signal::derive(move || t_string!(i18n, audit.until).to_string()) value=until/>
        </div>
    }
}

/// The lines, each a sentence.
#[component]
pub fn AuditLines(organisation: Organisation, log: AuditLog) -> impl IntoView {
    let i18n = use_i18n();
    let more = Signal::derive(move || log.list.with(|list| list.as_ref().is_some_and(|list| list.next.is_some())));
    view! {
        {move || log.failure.get().map(|failure| view! { <Banner tone=Tone::Warn picture="warn">{failure_words(&failure)}</Banner> })}
        {move || match log.list.get() {
            None if log.failure.with(Option::is_some) => ().into_any(),
            None => view! { <Skeleton label=Signal::derive(move || t_string!(i18n, common.opening).to_string())/> }.into_any(),
            Some(list) if list.lines.is_empty() => view! { <p class="quiet card" role="status">{t!(i18n, audit.none)}</p> }.into_any(),
            Some(list) => view! { <ul class="rows">{list.lines.into_iter().map(|line| view! { <AuditRow organisation line/> }).collect_view()}</ul> }.into_any(),
        }}
        <Pager label=Signal::derive(move || t_string!(i18n, people.more).to_string()) more busy=log.busy go_on=move |()| log.go_on()/>
    }
}

#[component]
fn AuditRow(organisation: Organisation, line: AuditLine) -> impl IntoView {
    let i18n = use_i18n();
    let (at, undo, actor) = (line.at, line.undo, line.actor.clone());
    let import = is_import(&line).then(|| serde_json::from_value::<ImportedLine>(line.details.clone()).ok()).flatten();
    // So much at once is not taken back by one press.
    let asked = undo.filter(|_| line.act == IMPORTED).zip(import.as_ref().map(|line| line.did.clone()));
    let (asks, asking) = (asked.is_some(), RwSignal::new(false));
    let import = import.map(|line| line.import);
    let opened = RwSignal::new(false);
    let sentence = Memo::new(move |_| sentence(i18n, organisation, &line));
    let label = move || t_string!(i18n, audit.undo_named, what = sentence.get()).to_string();
    view! {
        <li class="row">
            {match &actor { Some(actor) => who(actor), None => view! { <span class="who"><span class="name">{t!(i18n, audit.server)}</span></span> }.into_any() }}
            <p class="grow">{sentence}</p>
            {import.is_some().then(|| view! {
                <button class="button" data-size="small" data-kind="quiet" type="button" aria-expanded=move || opened.get().to_string() on:click=move |_| opened.update(|opened| *opened = !*opened)>
                    {t!(i18n, audit.import_lines)}{small_icon("down")}
                </button>
            })}
            <span class="facts">{move || spoken(at)}</span>
            {undo.map(|number| view! {
                <button class="button" data-size="small" type="button" aria-label=label on:click=move |_| if asks { asking.set(true) } else { organisation.undo(number, t_string!(i18n, audit.undone).to_string()) }>{t!(i18n, common.undo)}</button>
            })}
            {asked.map(|(number, did)| view! { <UndoImport organisation number did open=asking/> })}
        </li>
        {move || import.clone().filter(|_| opened.get()).map(|import| view! { <li class="import-lines"><ImportLines organisation import/></li> })}
    }
}

/// Asks before a whole import is taken back.
#[component]
fn UndoImport(organisation: Organisation, number: u64, did: ImportDetails, open: RwSignal<bool>) -> impl IntoView {
    let i18n = use_i18n();
    let close = Callback::new(move |()| open.set(false));
    let ImportDetails { people, new_people, schools, teams } = did;
    let schools = schools.len();
    let title = Signal::derive(move || t_string!(i18n, audit.undo_import).to_string());
    let deed = Callback::new(move |()| -> Option<Deed> {
        Some(Box::pin(organisation.take_back(number, t_string!(i18n, audit.undone).to_string())))
    });
    view! {
        <Dialog open title>
            <DeedForm submit=title words=failure_words deed close grave=true>
                <p>{move || t_string!(i18n, audit.undo_import_words, people = people, new_people = new_people).to_string()}</p>
                {(schools + teams > 0).then(|| view! { <p>{move || t_string!(i18n, audit.undo_import_made, schools = schools, teams = teams).to_string()}</p> })}
                <p>{t!(i18n, audit.undo_import_whole)}</p>
            </DeedForm>
        </Dialog>
    }
}

/// What an import did, line by line.
#[component]
fn ImportLines(organisation: Organisation, import: String) -> impl IntoView {
    let session: Session = expect_context();
    let wish = AuditWish { import: Some(import), ..AuditWish::default() };
    let log = AuditLog::new(session, wish, RwSignal::new(0));
    // A row has rows in it: without its type they would be endless.
    view! { <AuditLines organisation log/> }.into_any()
}

fn is_import(line: &AuditLine) -> bool {
    line.act == IMPORTED || line.act == TAKEN_BACK
}

/// What an import did as a whole; nothing of another line.
pub fn imported_words(i18n: I18n, line: &AuditLine) -> Option<String> {
    let ImportDetails { people, new_people: _, schools, teams } = serde_json::from_value(line.details.clone()).ok()?;
    let mut words = match line.act.as_str() {
        IMPORTED => t_string!(i18n, audit.imported, people = people).to_string(),
        TAKEN_BACK => t_string!(i18n, audit.taken_back, people = people).to_string(),
        _ => return None,
    };
    if !schools.is_empty() {
        words += &t_string!(i18n, audit.made_schools, count = schools.len());
    }
    if teams > 0 {
        words += &t_string!(i18n, audit.made_teams, count = teams);
    }
    Some(words)
}

/// What was done, without who did it: that stands before it.
fn sentence(i18n: I18n, organisation: Organisation, line: &AuditLine) -> String {
    if let Some(words) = imported_words(i18n, line) {
        return words;
    }
    let record = |when: &str| serde_json::from_value::<Record>(line.details.get(when)?.clone()).ok();
    let record = record("after").or_else(|| record("before"));
    let place_name = |body: &Body| organisation.look(|view| view.name_of(body)).unwrap_or_default();
    let (place, post) = match &record {
        Some(Record::Seat(seat)) => {
            let post = organisation.look(|view| view.vocabulary_of(&seat.body)?.post(&seat.post).cloned());
            (place_name(&seat.body), post.map(|post| word(i18n, &post.name)).unwrap_or_default())
        }
        Some(Record::Membership(place)) => (place_name(&Body::Group(place.group.clone())), String::new()),
        Some(Record::Team(team)) => (place_name(&team.home), String::new()),
        Some(Record::Region(_) | Record::Group(_) | Record::School(_) | Record::Person(_)) | None => Default::default(),
    };
    let own_name = match &record {
        Some(Record::Region(region)) => Some(region.name.clone()),
        Some(Record::Group(group)) => Some(group.name.clone()),
        Some(Record::School(school)) => Some(school.name.clone()),
        Some(Record::Team(team)) => Some(team.name.clone()),
        Some(Record::Person(person)) => Some(person.name.clone()),
        Some(Record::Membership(_) | Record::Seat(_)) | None => None,
    };
    // Nobody knows any more what was taken back with an import.
    let or_gone = |known: String| match known.is_empty() {
        true => t_string!(i18n, audit.gone).to_string(),
        false => known,
    };
    let name = Some(line.name.clone()).filter(|name| !name.is_empty()).or(own_name).unwrap_or_default();
    let (name, place, post) = (or_gone(name), or_gone(place), or_gone(post));
    let dissolved = matches!(&record, Some(Record::Team(team)) if team.ended.is_some());
    match line.act.as_str() {
        "seat.added" => t_string!(i18n, audit.seat_added, name = name, place = place, post = post).to_string(),
        "seat.ended" => t_string!(i18n, audit.seat_ended, name = name, place = place, post = post).to_string(),
        "seat.changed" => t_string!(i18n, audit.seat_changed, name = name, place = place, post = post).to_string(),
        "seat.removed" => t_string!(i18n, audit.seat_removed, name = name, place = place, post = post).to_string(),
        "membership.added" => t_string!(i18n, audit.school_joined, name = name, place = place).to_string(),
        "membership.ended" => t_string!(i18n, audit.school_left, name = name, place = place).to_string(),
        "membership.changed" => t_string!(i18n, audit.membership_changed, name = name, place = place).to_string(),
        "membership.removed" => t_string!(i18n, audit.membership_removed, name = name, place = place).to_string(),
        "person.added" => t_string!(i18n, audit.person_added, name = name).to_string(),
        "person.suspended" => t_string!(i18n, audit.person_suspended, name = name).to_string(),
        "person.resumed" => t_string!(i18n, audit.person_resumed, name = name).to_string(),
        "person.closed" => t_string!(i18n, audit.person_closed, name = name).to_string(),
        "team.added" => t_string!(i18n, audit.team_added, name = name, place = place).to_string(),
        "team.changed" if dissolved => t_string!(i18n, audit.team_dissolved, name = name).to_string(),
        "document.moved" => t_string!(i18n, audit.document_moved).to_string(),
        "item.added" => t_string!(i18n, audit.item_added).to_string(),
        "item.changed" | "item.version-added" | "item.moved" => t_string!(i18n, audit.item_changed).to_string(),
        act => match act.rsplit_once('.') {
            Some((_, "added")) => t_string!(i18n, audit.added, name = name).to_string(),
            Some((_, "changed")) => t_string!(i18n, audit.changed, name = name).to_string(),
            Some((_, "removed")) => t_string!(i18n, audit.removed, name = name).to_string(),
            Some(_) | None => other_act(i18n, act, name),
        },
    }
}

/// What is done to accounts without a record of it, and what this program does not know yet.
fn other_act(i18n: I18n, act: &str, name: String) -> String {
    match act {
        "person.invited" => t_string!(i18n, audit.invited, name = name).to_string(),
        "invitation.opened" => t_string!(i18n, audit.opened, name = name).to_string(),
        "invitation.ended" => t_string!(i18n, audit.invitation_ended, name = name).to_string(),
        "document.shared" => t_string!(i18n, audit.document_shared).to_string(),
        "tutoring.planned" => t_string!(i18n, audit.tutoring_planned).to_string(),
        "tutoring.wish-accepted" | "tutoring.wish-declined" => t_string!(i18n, audit.tutoring_wish_decided).to_string(),
        "tutoring.changed" | "tutoring.code-made" | "tutoring.code-ended" => {
            t_string!(i18n, audit.tutoring_changed).to_string()
        }
        "tutoring.invited" => t_string!(i18n, audit.tutoring_invited).to_string(),
        "tutoring.opened" => t_string!(i18n, audit.tutoring_opened).to_string(),
        "tutoring.ended" => t_string!(i18n, audit.tutoring_ended).to_string(),
        "tutoring.answered" => t_string!(i18n, audit.tutoring_answered).to_string(),
        "tutoring.clip-removed" => t_string!(i18n, audit.tutoring_clip_removed).to_string(),
        "tutoring.check-opened" => t_string!(i18n, audit.tutoring_check_opened).to_string(),
        "tutoring.check-closed" => t_string!(i18n, audit.tutoring_check_closed).to_string(),
        "tutoring.cancelled" => t_string!(i18n, audit.tutoring_cancelled).to_string(),
        "tutoring.sent-away"
        | "tutoring.let-in"
        | "tutoring.let-return"
        | "tutoring.pen-given"
        | "tutoring.pen-taken" => t_string!(i18n, audit.tutoring_people).to_string(),
        "document.binned" => t_string!(i18n, audit.document_binned).to_string(),
        "document.restored" => t_string!(i18n, audit.document_restored).to_string(),
        "item.binned" => t_string!(i18n, audit.item_binned).to_string(),
        "item.restored" => t_string!(i18n, audit.item_restored).to_string(),
        "collection.added" => t_string!(i18n, audit.collection_added).to_string(),
        "collection.changed" | "collection.moved" => t_string!(i18n, audit.collection_changed).to_string(),
        "collection.binned" => t_string!(i18n, audit.collection_binned).to_string(),
        "collection.restored" => t_string!(i18n, audit.collection_restored).to_string(),
        "item.removed" => t_string!(i18n, audit.item_removed).to_string(),
        "quota.set" => t_string!(i18n, audit.quota_set).to_string(),
        "textbooks.changed" => t_string!(i18n, audit.textbooks_changed).to_string(),
        "menu.published" => t_string!(i18n, audit.menu_published).to_string(),
        "menu.ended" => t_string!(i18n, audit.menu_ended).to_string(),
        "password.set" => t_string!(i18n, audit.password_set, name = name).to_string(),
        "one-time.begun" => t_string!(i18n, audit.one_time_begun, name = name).to_string(),
        "one-time.ended" => t_string!(i18n, audit.one_time_ended, name = name).to_string(),
        "sign-on.linked" => t_string!(i18n, audit.sign_on_linked, name = name).to_string(),
        _ => t_string!(i18n, audit.other, name = name).to_string(),
    }
}
