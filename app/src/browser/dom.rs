//! Elements: focus, dialogs, one Tab stop for many controls.

use leptos::ev;
use leptos::html;
use leptos::prelude::*;
use wasm_bindgen::JsCast;
use wasm_bindgen::prelude::*;
use web_sys::{Element, HtmlElement};

/// An element of the page that something is shown in.
pub type Place = HtmlElement;

pub fn window() -> web_sys::Window {
    web_sys::window().expect("the client runs in a page")
}

pub fn document() -> web_sys::Document {
    window().document().expect("a page has a document")
}

/// Sets or takes away an attribute of `<html>`.
pub fn set_root(name: &str, value: Option<&str>) {
    let Some(root) = document().document_element() else { return };
    let _ = match value {
        Some(value) => root.set_attribute(name, value),
        None => root.remove_attribute(name),
    };
}

/// Reads something of the page as the light theme has it. Nothing of that is seen.
pub fn by_day<T>(read: impl FnOnce() -> T) -> T {
    const THEME: &str = "data-theme";
    let chosen = document().document_element().and_then(|root| root.get_attribute(THEME));
    set_root(THEME, Some("light"));
    let read = read();
    set_root(THEME, chosen.as_deref());
    read
}

/// Shows an SVG inside an element. It is read as XML, in which nothing of it is run.
pub fn show_svg(place: &Element, svg: &str) {
    let Ok(parser) = web_sys::DomParser::new() else { return };
    let read = parser.parse_from_string(svg, web_sys::SupportedType::ImageSvgXml);
    let Some(root) = read.ok().and_then(|read| read.document_element()) else { return };
    if let Ok(root) = document().import_node_with_deep(&root, true) {
        place.replace_children_with_node_1(&root);
    }
}

/// Prints an SVG alone.
pub fn print_svg(svg: &str) {
    const SHEET: &str = "print-sheet";
    let document = document();
    let (Some(body), Ok(sheet)) = (document.body(), document.create_element("div")) else { return };
    sheet.set_class_name(SHEET);
    show_svg(&sheet, svg);
    if body.append_child(&sheet).is_ok() {
        // It comes back when the person has printed, or has let it be.
        let _ = window().print();
        sheet.remove();
    }
}

/// The language of the page, as first.js or the person set it.
pub fn language() -> String {
    document().document_element().and_then(|root| root.get_attribute("lang")).unwrap_or_else(|| "zh-CN".to_owned())
}

/// The value of a custom property of the page, as the theme has it.
pub fn token(name: &str) -> String {
    let root = document().document_element();
    let style = root.and_then(|root| window().get_computed_style(&root).ok().flatten());
    style.and_then(|style| style.get_property_value(name).ok()).unwrap_or_default().trim().to_owned()
}

/// The two canvases inside an element, the lower one first; the upper one is shown as soon as it is drawn.
pub fn canvases(place: &Element) -> Option<[super::canvas::Canvas; 2]> {
    let found = place.query_selector_all("canvas").ok()?;
    let canvas = |at, quick| super::canvas::Canvas::of(found.get(at)?.unchecked_into(), quick);
    Some([canvas(0, false)?, canvas(1, true)?])
}

/// Calls when the size of an element becomes another one; dropped, it stops.
pub struct SizeWatch {
    observer: web_sys::ResizeObserver,
    _call: Closure<dyn Fn()>,
}

impl SizeWatch {
    pub fn of(element: &Element, call: impl Fn() + 'static) -> Self {
        let call = Closure::<dyn Fn()>::new(call);
        let observer = web_sys::ResizeObserver::new(call.as_ref().unchecked_ref()).expect("its argument is a function");
        observer.observe(element);
        Self { observer, _call: call }
    }
}

impl Drop for SizeWatch {
    fn drop(&mut self) {
        self.observer.disconnect();
    }
}

pub fn set_title(title: &str) {
    document().set_title(title);
}

pub fn prefers_dark() -> bool {
    window().match_media("(prefers-color-scheme: dark)").ok().flatten().is_some_and(|query| query.matches())
}

/// Inner width of the window in CSS pixels.
pub fn width() -> f64 {
    window().inner_width().ok().and_then(|width| width.as_f64()).unwrap_or(1024.0)
}

pub fn focus_id(id: &str) {
    if let Some(element) = document().get_element_by_id(id).and_then(|element| element.dyn_into::<HtmlElement>().ok()) {
        let _ = element.focus();
    }
}

/// Puts the focus on the first field of a form that is marked as wrong.
pub fn focus_first_wrong(form: &Element) {
    if let Ok(Some(field)) = form.query_selector("[aria-invalid=true]") {
        let _ = field.unchecked_into::<HtmlElement>().focus();
    }
}

/// Puts the focus on the first field of the page that is marked as wrong.
pub fn focus_wrong_anywhere() {
    if let Some(root) = document().document_element() {
        focus_first_wrong(&root);
    }
}

/// Gives the focus to the first of these elements that is there, if what had it has gone from the page.
pub fn regain_focus(ids: &[&str]) {
    let document = document();
    let is_lost = document.active_element().is_none_or(|focused| focused.tag_name() == "BODY");
    if let Some(id) = ids.iter().find(|id| is_lost && document.get_element_by_id(id).is_some()) {
        focus_id(id);
    }
}

/// Shows a dialog over everything, or closes it.
pub fn set_open(dialog: &web_sys::HtmlDialogElement, open: bool) {
    if open && !dialog.open() {
        let _ = dialog.show_modal();
    } else if !open && dialog.open() {
        dialog.close();
    }
}

/// Whether the event happened on the element itself, not on something inside it.
pub fn on_itself(event: &web_sys::Event) -> bool {
    match (event.target(), event.current_target()) {
        (Some(target), Some(current)) => target == current,
        _ => false,
    }
}

/// Whether the event happened inside this element.
pub fn is_inside(event: &web_sys::Event, element: &Element) -> bool {
    let target = event.target().and_then(|target| target.dyn_into::<web_sys::Node>().ok());
    target.is_some_and(|target| element.contains(Some(&target)))
}

/// Alt and the key that is Z on most keyboards, also where Alt makes another letter of it.
pub fn is_alt_z(event: &ev::KeyboardEvent) -> bool {
    event.alt_key() && !event.ctrl_key() && !event.meta_key() && !event.shift_key() && event.code() == "KeyZ"
}

/// A form on the page.
pub struct Form(Element);

impl Form {
    /// The one that the event is of.
    pub fn of(event: &web_sys::Event) -> Option<Self> {
        event.target()?.dyn_into::<Element>().ok()?.closest("form").ok()?.map(Self)
    }

    pub fn is_there(&self) -> bool {
        self.0.is_connected()
    }
}

/// Where the keyboard was.
pub struct Focus(HtmlElement);

impl Focus {
    pub fn here() -> Option<Self> {
        document().active_element()?.dyn_into::<HtmlElement>().ok().map(Self)
    }

    /// Puts it there again, or to the top if that has gone.
    pub fn again(&self) {
        if self.0.is_connected() && self.0.tag_name() != "BODY" {
            let _ = self.0.focus();
        } else {
            focus_id("main");
        }
    }
}

/// Whether an input method is at work: then the text is not yet what the person means.
pub fn is_composing(event: &web_sys::Event) -> bool {
    let get = |name| js_sys::Reflect::get(event, &JsValue::from_str(name)).unwrap_or(JsValue::UNDEFINED);
    // Safari tells of the key that ends a composition after its end, and only by this code.
    get("isComposing").is_truthy() || get("keyCode").as_f64() == Some(229.0)
}

/// Follows the link of that id as a click would; with `elsewhere` in another tab.
pub fn follow(id: &str, elsewhere: bool) {
    let Some(link) = document().get_element_by_id(id).and_then(|found| found.dyn_into::<HtmlElement>().ok()) else {
        return;
    };
    match link.get_attribute("href").filter(|_| elsewhere) {
        Some(href) => drop(window().open_with_url_and_target(&href, "_blank")),
        None => link.click(),
    }
}

/// Whether a click on a link opens it in another tab or window, and this page stays.
pub fn opens_elsewhere(event: &ev::MouseEvent) -> bool {
    event.ctrl_key() || event.meta_key() || event.shift_key() || event.button() != 0
}

/// Scrolls the element of that id into view, no further than needed.
pub fn show_nearest(id: &str) {
    if let Some(element) = document().get_element_by_id(id) {
        let options = web_sys::ScrollIntoViewOptions::new();
        options.set_block(web_sys::ScrollLogicalPosition::Nearest);
        element.scroll_into_view_with_scroll_into_view_options(&options);
    }
}

/// Keys in a group with one Tab stop. Moves the focus among the group's controls; true if the key was for that.
pub fn rove(group: &Element, event: &ev::KeyboardEvent, vertical: bool) -> bool {
    let step: i32 = match (event.key().as_str(), vertical) {
        ("ArrowRight", false) | ("ArrowDown", true) => 1,
        ("ArrowLeft", false) | ("ArrowUp", true) => -1,
        ("Home", _) => i32::MIN,
        ("End", _) => i32::MAX,
        _ => return false,
    };
    let focused = document().active_element();
    let stops = stops(group);
    if stops.is_empty() {
        return false;
    }
    let here = stops.iter().position(|stop| focused.as_ref().is_some_and(|element| element.is_same_node(Some(stop))));
    let count = stops.len() as i32;
    let next = match (step, here) {
        (i32::MIN, _) | (1, None) => 0,
        (i32::MAX, _) | (-1, None) => count - 1,
        (step, Some(here)) => (here as i32 + step).rem_euclid(count),
        (_, None) => 0,
    };
    let next = &stops[next as usize];
    for stop in &stops {
        stop.set_tab_index(if stop.is_same_node(Some(next)) { 0 } else { -1 });
    }
    let _ = next.focus();
    event.prevent_default();
    true
}

/// Whether a key is for the element of that id: it, or nothing, has the focus.
pub fn is_for(id: &str) -> bool {
    document()
        .active_element()
        .is_none_or(|focused| focused.id() == id || matches!(focused.tag_name().as_str(), "BODY" | "MAIN"))
}

/// Whether the focus is inside the element of that id.
pub fn has_focus_within(id: &str) -> bool {
    document().get_element_by_id(id).is_some_and(|element| has_focus(&element))
}

/// The focusable controls of a group that can be seen.
fn stops(group: &Element) -> Vec<HtmlElement> {
    let Ok(found) = group.query_selector_all("button:not(:disabled), a[href]") else {
        return Vec::new();
    };
    (0..found.length())
        .filter_map(|at| found.item(at)?.dyn_into::<HtmlElement>().ok())
        .filter(|element| element.offset_parent().is_some())
        .collect()
}

/// Puts the focus on the first control inside the element of that id.
pub fn focus_first_in(id: &str) {
    if let Some(group) = document().get_element_by_id(id) {
        focus_first(&group);
    }
}

/// Whether a dialog is open, which hears its keys itself.
pub fn has_dialog() -> bool {
    document().query_selector("dialog[open]").is_ok_and(|dialog| dialog.is_some())
}

/// Whether the keyboard writes into a field.
pub fn is_typing() -> bool {
    document().active_element().is_some_and(|focused| {
        matches!(focused.tag_name().as_str(), "INPUT" | "TEXTAREA" | "SELECT")
            || focused.get_attribute("contenteditable").is_some()
    })
}

pub fn focus_first(group: &Element) {
    if let Some(first) = stops(group).first() {
        let _ = first.focus();
    }
}

/// Moves the focus to the next (or previous) of these areas that can take it, as F6 does in office programs.
pub fn focus_next_area(ids: &[&str], backwards: bool) {
    const STOP: &str = "[tabindex='0'], [contenteditable='true'], button:not(:disabled):not([tabindex='-1']), a[href]";
    let stops: Vec<(HtmlElement, HtmlElement)> = ids
        .iter()
        .filter_map(|id| {
            let area = document().get_element_by_id(id)?.dyn_into::<HtmlElement>().ok()?;
            let stop = area.query_selector(STOP).ok()??.dyn_into::<HtmlElement>().ok()?;
            stop.offset_parent().is_some().then_some((area, stop))
        })
        .collect();
    if stops.is_empty() {
        return;
    }
    let focused = document().active_element();
    let here = stops.iter().position(|(area, _)| focused.as_ref().is_some_and(|element| area.contains(Some(element))));
    let count = stops.len();
    let next = match (here, backwards) {
        (Some(here), false) => (here + 1) % count,
        (Some(here), true) => (here + count - 1) % count,
        (None, _) => 0,
    };
    let _ = stops[next].1.focus();
}

/// Whether the node that gets the focus next still lies inside `group`.
pub fn keeps_focus(group: &Element, event: &ev::FocusEvent) -> bool {
    event
        .related_target()
        .and_then(|target| target.dyn_into::<web_sys::Node>().ok())
        .is_some_and(|target| group.contains(Some(&target)))
}

/// Whether the focus is on this input.
pub fn has_focus_in(input: NodeRef<html::Input>) -> bool {
    input.get_untracked().is_some_and(|input| has_focus(&input))
}

/// Whether the focus lies inside `group`.
pub fn has_focus(group: &Element) -> bool {
    document().active_element().is_some_and(|focused| group.contains(Some(&focused)))
}

/// The element behind a reference of a generic tag.
///
/// An element that has the focus loses it when it is taken out of the page: listeners are still called then, when the
/// reference has already gone.
pub fn element(node: NodeRef<html::Div>) -> Option<Element> {
    node.try_get_untracked().flatten().map(|element| element.unchecked_into())
}

/// What is selected inside the element of that id, as markup and as text; `None` if that is nothing.
pub fn selected_in(id: &str) -> Option<(String, String)> {
    let group = document().get_element_by_id(id)?;
    let range = window().get_selection().ok()??.get_range_at(0).ok()?;
    let inside = group.contains(Some(&range.common_ancestor_container().ok()?));
    let text = String::from(range.to_string());
    if !inside || text.trim().is_empty() {
        return None;
    }
    let holder = document().create_element("div").ok()?;
    holder.append_child(&range.clone_contents().ok()?.into()).ok()?;
    Some((holder.inner_html(), text))
}

/// Selects all text of an input.
pub fn select_all(input: NodeRef<html::Input>) {
    if let Some(input) = input.get_untracked() {
        let _ = input.focus();
        input.select();
    }
}

/// Text of a kind (a media type), for the browser to pass on.
pub fn blob(kind: &str, text: &str) -> Option<web_sys::Blob> {
    let parts = js_sys::Array::of1(&JsValue::from_str(text));
    let options = web_sys::BlobPropertyBag::new();
    options.set_type(kind);
    web_sys::Blob::new_with_str_sequence_and_options(&parts, &options).ok()
}

/// Offers a text as a file to keep.
pub fn download(name: &str, kind: &str, text: &str) {
    if let Some(blob) = blob(kind, text) {
        download_blob(name, &blob);
    }
}

/// Gives the person a file.
pub fn download_blob(name: &str, blob: &web_sys::Blob) {
    let Ok(url) = web_sys::Url::create_object_url_with_blob(blob) else { return };
    if let Ok(link) = document().create_element("a").map(|link| link.unchecked_into::<web_sys::HtmlAnchorElement>()) {
        link.set_href(&url);
        link.set_download(name);
        link.click();
    }
    let _ = web_sys::Url::revoke_object_url(&url);
}

/// Text as part of an address.
pub fn encode(text: &str) -> String {
    js_sys::encode_uri_component(text).into()
}
