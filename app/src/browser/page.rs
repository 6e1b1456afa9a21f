//! The page as a whole: leaving it, its network, its visibility.

use std::cell::RefCell;
use std::ops::ControlFlow;
use std::rc::Rc;
use std::task::Poll;

use leptos::ev::{self, EventDescriptor};
use leptos::prelude::*;
use wasm_bindgen::JsCast;
use wasm_bindgen::prelude::*;
use web_sys::{Element, Event, HtmlAnchorElement, MouseEvent};

use super::dom;

#[wasm_bindgen]
extern "C" {
    #[wasm_bindgen(js_namespace = console)]
    fn error(text: &str);
}

/// Writes to the browser's console, for whoever looks into a fault. Never content.
pub fn log(text: &str) {
    error(text);
}

pub fn report_panics() {
    std::panic::set_hook(Box::new(|panic| error(&panic.to_string())));
}

/// Hears an event of the window until the owner goes.
pub fn hear<E>(event: E, call: impl Fn(E::EventType) + 'static)
where
    E: EventDescriptor + 'static,
    E::EventType: JsCast,
{
    let handle = window_event_listener(event, call);
    on_cleanup(move || handle.remove());
}

/// Asks before the tab is closed while `at_risk` is true. The browser uses its own words.
pub fn warn_before_leaving(at_risk: impl Fn() -> bool + 'static) {
    hear(ev::beforeunload, move |event| {
        if at_risk() {
            event.prevent_default();
            event.set_return_value("unsaved");
        }
    });
}

/// Holds whoever goes from the page at the address `here` to another page of the app, by a link or by the browser's own
/// arrows, while `holds` says so; `ask` gets the address they wanted. Of several that hold, the last to come is asked.
pub fn hold_inside(here: String, holds: impl Fn() -> bool + 'static, ask: impl Fn(String) + 'static) {
    let (holds, ask) = (Rc::new(holds), Rc::new(ask));
    let clicked = {
        let (holds, ask, here) = (holds.clone(), ask.clone(), here.clone());
        window_capture(move |click| {
            let Some(to) = link_inside(click) else { return };
            if path_of(&to) != path_of(&here) && holds() {
                // The router lets alone what somebody else has dealt with.
                click.prevent_default();
                ask(to);
            }
        })
    };
    let moved: Moved = Rc::new(move |event| {
        let to = address();
        if path_of(&to) == path_of(&here) || !holds() {
            return ControlFlow::Continue(());
        }
        // The browser has gone already: the router is not told, and the address comes back.
        event.stop_immediate_propagation();
        if let Ok(history) = dom::window().history() {
            let _ = history.push_state_with_url(&JsValue::NULL, "", Some(&here));
        }
        ask(to);
        ControlFlow::Break(())
    });
    MOVED.with_borrow_mut(|listening| listening.push(moved.clone()));
    // Both listen until the owner goes.
    StoredValue::new_local((clicked, Listening(moved)));
}

/// Breaks off when nobody else is to hear of it.
type Moved = Rc<dyn Fn(&Event) -> ControlFlow<()>>;

thread_local! {
    /// Who wants to hear of the browser's own arrows before the router does.
    static MOVED: RefCell<Vec<Moved>> = const { RefCell::new(Vec::new()) };
}

/// To be called before there is a router: a window's listeners hear `popstate` in the order they came, capturing or not.
pub fn hear_of_arrows_first() {
    let handle = window_event_listener(ev::popstate, |event| {
        let listening = MOVED.with_borrow(Clone::clone);
        let _ = listening.iter().rev().try_for_each(|moved| moved(&event));
    });
    // It stays as long as the page.
    std::mem::forget(handle);
}

/// Dropped, it does not hear any more.
struct Listening(Moved);

impl Drop for Listening {
    fn drop(&mut self) {
        MOVED.with_borrow_mut(|listening| listening.retain(|moved| !Rc::ptr_eq(moved, &self.0)));
    }
}

/// Hears clicks before anything on the page does; dropped, it stops.
struct Clicks(Closure<dyn Fn(MouseEvent)>);

fn window_capture(call: impl Fn(&MouseEvent) + 'static) -> Clicks {
    let call = Closure::<dyn Fn(MouseEvent)>::new(move |click: MouseEvent| call(&click));
    let _ = dom::window().add_event_listener_with_callback_and_bool("click", call.as_ref().unchecked_ref(), true);
    Clicks(call)
}

impl Drop for Clicks {
    fn drop(&mut self) {
        let listener = self.0.as_ref().unchecked_ref();
        let _ = dom::window().remove_event_listener_with_callback_and_bool("click", listener, true);
    }
}

/// The address on this site that a click leads to, in this tab; the router follows the same ones.
fn link_inside(click: &MouseEvent) -> Option<String> {
    let apart = click.ctrl_key() || click.meta_key() || click.shift_key() || click.alt_key() || click.button() != 0;
    let link = click.target()?.dyn_ref::<Element>()?.closest("a[href]").ok()??;
    let link = link.dyn_into::<HtmlAnchorElement>().ok()?;
    let elsewhere = !link.target().is_empty() || link.has_attribute("download");
    let inside = link.href().strip_prefix(&dom::window().location().origin().ok()?)?.to_owned();
    (!apart && !elsewhere && inside.starts_with('/')).then_some(inside)
}

/// Path, query and fragment of this page.
pub fn address() -> String {
    let location = dom::window().location();
    [location.pathname(), location.search(), location.hash()].map(Result::unwrap_or_default).concat()
}

fn path_of(address: &str) -> &str {
    address.split(['?', '#']).next().unwrap_or(address)
}

/// How the browser leaves a page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Leaving {
    ForGood,
    /// It keeps the page, frozen, for its "back" arrow (back/forward cache). Sockets and locks stay with it.
    Kept,
}

/// Calls when the tab is closed or goes to another site. What it starts then may not come to its end.
pub fn on_leaving(call: impl Fn(Leaving) + 'static) {
    hear(ev::pagehide, move |event| call(if event.persisted() { Leaving::Kept } else { Leaving::ForGood }));
}

/// Covers the page while the browser keeps it frozen, and opens it anew when it comes back, unless it `stays`: who is
/// at this browser by then need not be who was.
pub fn reopen_on_return(stays: impl Fn() -> bool + 'static) {
    let show = |visibility| {
        if let Some(body) = dom::document().body() {
            let _ = body.style().set_property("visibility", visibility);
        }
    };
    on_leaving(move |leaving| {
        if leaving == Leaving::Kept {
            show("hidden");
        }
    });
    hear(ev::pageshow, move |event| match (event.persisted(), stays()) {
        (true, false) => reload(),
        (true, true) => show("visible"),
        (false, _) => {}
    });
}

/// Calls when the window gets the focus.
pub fn on_focus(call: impl Fn() + 'static) {
    hear(ev::focus, move |_| call());
}

/// Whether this tab is the one that is looked at in its window.
pub fn is_shown() -> bool {
    !dom::document().hidden()
}

/// Calls when this tab is looked at again, until the owner goes.
pub fn on_shown(call: impl Fn() + 'static) {
    hear(ev::Custom::<Event>::new("visibilitychange"), move |_| {
        if is_shown() {
            call();
        }
    });
}

/// Calls when the browser says that the network came or went.
pub fn on_network(say: impl Fn(bool) + Clone + 'static) {
    hear(ev::online, {
        let say = say.clone();
        move |_| say(true)
    });
    hear(ev::offline, move |_| say(false));
}

pub fn is_online() -> bool {
    dom::window().navigator().on_line()
}

/// Whether this machine's keyboard has ⌘ where others have Ctrl.
pub fn has_command_key() -> bool {
    dom::window().navigator().platform().is_ok_and(|platform| platform.starts_with("Mac") || platform.starts_with("iP"))
}

/// Loads another page of this site.
pub fn load(address: &str) {
    let _ = dom::window().location().assign(address);
}

/// Loads another page of this site in the place of this one: "back" does not lead here again.
pub fn load_instead(address: &str) {
    let _ = dom::window().location().replace(address);
}

/// Scheme, host and port of this site, without a slash at the end.
pub fn origin() -> String {
    dom::window().location().origin().unwrap_or_default()
}

pub fn reload() {
    let _ = dom::window().location().reload();
}

/// Waits so many milliseconds.
pub async fn pause(millis: u32) {
    let waited = js_sys::Promise::new(&mut |resolve, _| {
        let millis = i32::try_from(millis).unwrap_or(i32::MAX);
        dom::window()
            .set_timeout_with_callback_and_timeout_and_arguments_0(&resolve, millis)
            .expect("a page can set a timeout");
    });
    // It is never rejected.
    let _ = wasm_bindgen_futures::JsFuture::from(waited).await;
}

/// What comes of `work`, if it comes within so many milliseconds.
pub async fn within<T>(millis: u32, work: impl Future<Output = T>) -> Option<T> {
    let (mut work, mut over) = (std::pin::pin!(work), std::pin::pin!(pause(millis)));
    std::future::poll_fn(|context| match work.as_mut().poll(context) {
        Poll::Ready(result) => Poll::Ready(Some(result)),
        Poll::Pending => over.as_mut().poll(context).map(|()| None),
    })
    .await
}

pub fn print() {
    let _ = dom::window().print();
}

/// Calls when the page was printed, or at least shown for that, until the owner goes.
pub fn on_print(call: impl Fn() + 'static) {
    hear(ev::afterprint, move |_| call());
}

/// Calls with what comes after the # whenever it becomes another, until the owner goes.
pub fn on_fragment(call: impl Fn(String) + 'static) {
    hear(ev::hashchange, move |_| {
        call(dom::window().location().hash().unwrap_or_default().trim_start_matches('#').to_owned());
    });
}

/// Runs after `millis` unless the owner is gone by then.
pub fn later(millis: u32, call: impl FnOnce() + 'static) -> leptos::leptos_dom::helpers::TimeoutHandle {
    set_timeout_with_handle(call, std::time::Duration::from_millis(u64::from(millis)))
        .expect("a page can set a timeout")
}

/// Calls again and again until the owner goes.
pub fn every(millis: u32, call: impl Fn() + 'static) {
    let again = set_interval_with_handle(call, std::time::Duration::from_millis(millis.into()));
    on_cleanup(move || {
        if let Ok(again) = again {
            again.clear();
        }
    });
}
