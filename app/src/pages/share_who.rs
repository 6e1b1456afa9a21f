use leptos::prelude::*;
use leptos::task::spawn_local;
use shared::access::WhyKind;
use shared::api::{WhoLine, WhoMay};
use shared::organisation::Wording;
use shared::words::DocumentId;

use crate::browser::fetch::{self, Failure};
use crate::components::banner::{Banner, Tone};
use crate::i18n::*;
use crate::pages::words::{failure_words, right_name};

/// Who can see a document, and why: asked for when it is unfolded.
#[component]
pub fn WhoSees(document: DocumentId) -> impl IntoView {
    let i18n = use_i18n();
    let answer = RwSignal::new(None::<Result<WhoMay, Failure>>);
    let address = StoredValue::new(format!("/api/documents/{document}/who"));
    let unfold = move |_| {
        spawn_local(async move {
            let fresh = fetch::get(&address.get_value()).await;
            let _ = answer.try_set(Some(fresh));
        });
    };
    view! {
        <details class="who-sees" on:toggle=unfold>
            <summary>{t!(i18n, share.sees)}</summary>
            {move || answer.get().map(|answer| match answer {
                Ok(may) => shown(may),
                Err(failure) => view! { <Banner tone=Tone::Warn picture="warn">{failure_words(&failure)}</Banner> }.into_any(),
            })}
        </details>
    }
}

fn shown(may: WhoMay) -> AnyView {
    let i18n = use_i18n();
    let closed = may.closed_to.into_iter().map(|closed| {
        let kind = word(&closed.kind);
        view! { <li>{t_string!(i18n, share.closed_to, group = closed.group, kind = kind).to_string()}</li> }
    });
    view! {
        <p class="small">{t_string!(i18n, share.lies, shelf = may.shelf.name).to_string()}</p>
        <ul class="share-lines small">
            {may.lines.into_iter().map(|line| view! {
                <li class="split"><span><b>{reason(&line)}</b><br/>{names(&line)}</span><span class="quiet nowrap">{right_name(line.right)}</span></li>
            }).collect_view()}
        </ul>
        <ul class="small quiet">{closed.collect_view()}</ul>
    }
    .into_any()
}

fn reason(line: &WhoLine) -> String {
    let i18n = use_i18n();
    let name = line.name.clone();
    match line.why {
        WhyKind::Own => t_string!(i18n, share.why_own).to_string(),
        WhyKind::Author => t_string!(i18n, share.why_author).to_string(),
        WhyKind::Seat => {
            let post = line.post.as_ref().map(word).unwrap_or_default();
            format!("{name} {post}")
        }
        WhyKind::Above => t_string!(i18n, share.why_above, name = name).to_string(),
        WhyKind::InGroup | WhyKind::Neighbour => t_string!(i18n, share.why_group, name = name).to_string(),
        WhyKind::Leads => t_string!(i18n, share.why_leads, name = name).to_string(),
        WhyKind::Session => t_string!(i18n, share.why_session).to_string(),
        WhyKind::Shared => t_string!(i18n, share.why_shared, name = name).to_string(),
    }
}

fn names(line: &WhoLine) -> String {
    let i18n = use_i18n();
    let names: Vec<_> = line.people.iter().map(|person| person.name.as_str()).collect();
    let names = names.join("、");
    match line.count as usize {
        count if count > line.people.len() => t_string!(i18n, share.and_more, names = names, count = count).to_string(),
        _ => names,
    }
}

fn word(wording: &Wording) -> String {
    match use_i18n().get_locale() {
        Locale::zh_CN => wording.zh.clone(),
        Locale::en => wording.en.clone(),
    }
}
