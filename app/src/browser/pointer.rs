//! Fingers, pens and mice over an element, as the browser tells them.

use js_sys::{Array, Function, Reflect};
use wasm_bindgen::prelude::*;
use web_sys::{AddEventListenerOptions, Element, EventTarget, PointerEvent, WheelEvent};

/// What points.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Pointer {
    Mouse,
    Finger,
    Pen,
}

/// Which button of it, or which end of a pen, is down.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Press {
    First,
    Middle,
    Second,
    /// The other end of a pen.
    Eraser,
}

/// Where a pointer is or was.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Spot {
    /// CSS pixels from the upper left corner of the element.
    pub x: f32,
    pub y: f32,
    /// 0 to 1, from pens that tell it.
    pub pressure: Option<f32>,
    /// Milliseconds since the page began.
    pub millis: f64,
}

#[derive(Debug, Clone, PartialEq)]
pub enum Told {
    Down {
        id: i32,
        pointer: Pointer,
        press: Press,
        spot: Spot,
        many: bool,
    },
    /// All places since the last time, the oldest first; `shift` is held.
    Move {
        id: i32,
        pointer: Pointer,
        spots: Vec<Spot>,
        shift: bool,
    },
    Up {
        id: i32,
        spot: Spot,
    },
    /// The browser took it for something else, or it has gone.
    Lost {
        id: i32,
    },
    /// A pointer that is not down has left.
    Left,
}

type Call = Closure<dyn FnMut(PointerEvent)>;

/// Hears pointers over an element for as long as it lives, and keeps those that are down.
pub struct Pointers {
    target: EventTarget,
    calls: Vec<(&'static str, Call)>,
}

impl Pointers {
    pub fn over(element: &Element, say: impl Fn(Told) + Clone + 'static) -> Self {
        let mut pointers = Self { target: element.clone().into(), calls: Vec::new() };
        let on = element.clone();
        let told = say.clone();
        pointers.hear("pointerdown", move |event| {
            // The browser would select text, or scroll by the middle button.
            event.prevent_default();
            let _ = on.set_pointer_capture(event.pointer_id());
            let press = match event.button() {
                _ if event.buttons() & 32 != 0 => Press::Eraser,
                1 => Press::Middle,
                2 => Press::Second,
                _ => Press::First,
            };
            let many = event.shift_key() || event.ctrl_key() || event.meta_key();
            let (id, spot) = (event.pointer_id(), spot(&on, &event));
            told(Told::Down { id, pointer: pointer(&event), press, spot, many });
        });
        let (on, told) = (element.clone(), say.clone());
        pointers.hear("pointermove", move |event| {
            let spots: Vec<Spot> = coalesced(&event).iter().map(|event| spot(&on, event)).collect();
            told(Told::Move { id: event.pointer_id(), pointer: pointer(&event), spots, shift: event.shift_key() });
        });
        let (on, told) = (element.clone(), say.clone());
        pointers.hear("pointerup", move |event| told(Told::Up { id: event.pointer_id(), spot: spot(&on, &event) }));
        let told = say.clone();
        pointers.hear("pointercancel", move |event| told(Told::Lost { id: event.pointer_id() }));
        pointers.hear("pointerleave", move |_| say(Told::Left));
        pointers
    }

    fn hear(&mut self, name: &'static str, call: impl FnMut(PointerEvent) + 'static) {
        let call = Closure::<dyn FnMut(PointerEvent)>::new(call);
        let _ = self.target.add_event_listener_with_callback(name, call.as_ref().unchecked_ref());
        self.calls.push((name, call));
    }
}

impl Drop for Pointers {
    fn drop(&mut self) {
        for (name, call) in &self.calls {
            let _ = self.target.remove_event_listener_with_callback(name, call.as_ref().unchecked_ref());
        }
    }
}

/// Places between two pictures that a pen tells and the browser gathers.
fn coalesced(event: &PointerEvent) -> Vec<PointerEvent> {
    let gathered = Reflect::get(event, &"getCoalescedEvents".into()).ok();
    let gathered = gathered.and_then(|call| call.dyn_into::<Function>().ok()?.call0(event).ok());
    let gathered: Vec<PointerEvent> = gathered
        .and_then(|list| list.dyn_into::<Array>().ok())
        .map(|list| list.iter().map(JsCast::unchecked_into).collect())
        .unwrap_or_default();
    if gathered.is_empty() { vec![event.clone()] } else { gathered }
}

fn pointer(event: &PointerEvent) -> Pointer {
    match event.pointer_type().as_str() {
        "pen" => Pointer::Pen,
        "touch" => Pointer::Finger,
        _ => Pointer::Mouse,
    }
}

fn spot(element: &Element, event: &PointerEvent) -> Spot {
    let edge = element.get_bounding_client_rect();
    let pressure = (event.pointer_type() == "pen" && event.pressure() > 0.0).then(|| event.pressure());
    Spot {
        x: event.client_x() as f32 - edge.left() as f32,
        y: event.client_y() as f32 - edge.top() as f32,
        pressure,
        millis: event.time_stamp(),
    }
}

/// A turn of the wheel, or two fingers on a pad.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Turn {
    pub x: f32,
    pub y: f32,
    /// CSS pixels, to the right and down.
    pub by: (f32, f32),
    /// Ctrl is held: a pinch on a pad says so, too.
    pub zooms: bool,
    /// Shift is held: the wheel goes sideways.
    pub sideways: bool,
}

/// Hears the wheel over an element; dropped, it stops.
pub struct Wheel {
    target: EventTarget,
    call: Closure<dyn Fn(WheelEvent)>,
}

impl Wheel {
    pub fn over(element: &Element, say: impl Fn(Turn) + 'static) -> Self {
        let on = element.clone();
        let call = Closure::<dyn Fn(WheelEvent)>::new(move |event: WheelEvent| {
            // The browser would enlarge the whole page.
            event.prevent_default();
            let edge = on.get_bounding_client_rect();
            let line = match event.delta_mode() {
                WheelEvent::DOM_DELTA_LINE => 32.0,
                WheelEvent::DOM_DELTA_PAGE => 400.0,
                _ => 1.0,
            };
            say(Turn {
                x: event.client_x() as f32 - edge.left() as f32,
                y: event.client_y() as f32 - edge.top() as f32,
                by: ((event.delta_x() * line) as f32, (event.delta_y() * line) as f32),
                zooms: event.ctrl_key() || event.meta_key(),
                sideways: event.shift_key(),
            });
        });
        let options = AddEventListenerOptions::new();
        options.set_passive(false);
        let listener = call.as_ref().unchecked_ref();
        let _ = element.add_event_listener_with_callback_and_add_event_listener_options("wheel", listener, &options);
        Self { target: element.clone().into(), call }
    }
}

impl Drop for Wheel {
    fn drop(&mut self) {
        let _ = self.target.remove_event_listener_with_callback("wheel", self.call.as_ref().unchecked_ref());
    }
}
