use leptos::prelude::*;

/// A picture of the sprite in index.html (`app/icons.svg`), 20 px. It never stands without a name beside it.
pub fn icon(name: &'static str) -> AnyView {
    view! { <svg class="icon" aria-hidden="true"><use_ href=format!("#i-{name}")/></svg> }.into_any()
}

/// The same in 16 px.
pub fn small_icon(name: &'static str) -> AnyView {
    view! { <svg class="icon" data-size="small" aria-hidden="true"><use_ href=format!("#i-{name}")/></svg> }.into_any()
}

/// 共备's mark: two sheets, one on the other.
pub fn mark(size: u32) -> AnyView {
    view! {
        <svg width=size height=size viewBox="0 0 26 26" aria-hidden="true">
            <rect x="3" y="3" width="14" height="17" rx="2" fill="none" stroke="currentColor" stroke-width="2"/>
            <rect x="9" y="7" width="14" height="17" rx="2" fill="currentColor"/>
            <path class="mark-lines" d="M13 13h6M13 17h6" stroke-width="1.6" stroke-linecap="round"/>
        </svg>
    }
    .into_any()
}

/// The picture of a kind of document.
pub fn kind_icon(kind: shared::words::DocumentKind) -> AnyView {
    use shared::words::DocumentKind as Kind;
    icon(match kind {
        Kind::LessonPlan | Kind::UnitPlan => "prepare",
        Kind::Resource => "library",
        Kind::Agenda => "agenda",
        Kind::Page => "doc",
        Kind::Board => "slides",
    })
}
