//! Canvases: what one draws on. All of it is in device pixels, unless a transform says otherwise.

use js_sys::{Function, Object, Reflect};
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;
use web_sys::{Blob, CanvasRenderingContext2d, HtmlCanvasElement, HtmlImageElement, Path2d};

use super::dom;

/// An outline that the browser has read once, to be filled or drawn many times.
#[derive(Clone)]
pub struct Path(Path2d);

impl Path {
    /// `data` as in the attribute `d` of an SVG path.
    pub fn read(data: &str) -> Option<Self> {
        Path2d::new_with_path_string(data).ok().map(Self)
    }
}

/// A picture of this site, on its way or here.
#[derive(Clone)]
pub struct Picture(HtmlImageElement);

impl Picture {
    /// Asks for the picture at `address`; calls when it has come, and when it has not.
    pub fn load(address: &str, call: impl Fn() + 'static) -> Option<Self> {
        let image = HtmlImageElement::new().ok()?;
        let call = Closure::<dyn Fn()>::new(call);
        let call: &Function = &call.into_js_value().unchecked_into();
        image.set_onload(Some(call));
        image.set_onerror(Some(call));
        image.set_src(address);
        Some(Self(image))
    }

    pub fn is_here(&self) -> bool {
        self.0.complete() && self.0.natural_width() > 0
    }

    /// The picture itself as an address, for a file that stands alone.
    pub fn as_data(&self) -> Option<String> {
        let canvas = Canvas::apart(self.0.natural_width(), self.0.natural_height())?;
        canvas.context.draw_image_with_html_image_element(&self.0, 0.0, 0.0).ok()?;
        canvas.element.to_data_url().ok()
    }
}

/// A canvas with its pencil box.
#[derive(Clone)]
pub struct Canvas {
    element: HtmlCanvasElement,
    context: CanvasRenderingContext2d,
}

impl Canvas {
    /// The one that stands on the page. With `quick`, the browser may show it without waiting for the rest of the page.
    pub fn of(element: HtmlCanvasElement, quick: bool) -> Option<Self> {
        let options = Object::new();
        Reflect::set(&options, &"desynchronized".into(), &quick.into()).ok()?;
        let context = element.get_context_with_context_options("2d", &options).ok()??;
        Some(Self { element, context: context.unchecked_into() })
    }

    /// One that nobody sees.
    pub fn apart(width: u32, height: u32) -> Option<Self> {
        let element: HtmlCanvasElement = dom::document().create_element("canvas").ok()?.unchecked_into();
        element.set_width(width);
        element.set_height(height);
        Self::of(element, false)
    }

    /// It is empty afterwards if its size has changed.
    pub fn resize(&self, width: u32, height: u32) {
        if (self.element.width(), self.element.height()) != (width, height) {
            self.element.set_width(width);
            self.element.set_height(height);
        }
    }

    pub fn size(&self) -> (u32, u32) {
        (self.element.width(), self.element.height())
    }

    /// Makes all of it transparent, and lets go of the transform.
    pub fn clear(&self) {
        let (width, height) = self.size();
        self.transform([1.0, 0.0, 0.0, 1.0, 0.0, 0.0]);
        self.opacity(1.0);
        self.context.clear_rect(0.0, 0.0, width.into(), height.into());
    }

    /// a, b, c, d, e, f as in `setTransform`.
    pub fn transform(&self, [a, b, c, d, e, f]: [f64; 6]) {
        // It fails for what is no number only.
        let _ = self.context.set_transform(a, b, c, d, e, f);
    }

    pub fn opacity(&self, opacity: f64) {
        self.context.set_global_alpha(opacity);
    }

    pub fn fill(&self, path: &Path, colour: &str) {
        self.context.set_fill_style_str(colour);
        self.context.fill_with_path_2d(&path.0);
    }

    /// Draws along a path with round ends and corners.
    pub fn line(&self, path: &Path, colour: &str, width: f64) {
        self.context.set_stroke_style_str(colour);
        self.context.set_line_width(width);
        self.context.set_line_cap("round");
        self.context.set_line_join("round");
        self.context.stroke_with_path(&path.0);
    }

    pub fn rectangle(&self, colour: &str, x: f64, y: f64, width: f64, height: f64) {
        self.context.set_fill_style_str(colour);
        self.context.fill_rect(x, y, width, height);
    }

    /// `font` as in CSS; `y` is the base line.
    pub fn text(&self, text: &str, font: &str, colour: &str, x: f64, y: f64) {
        self.context.set_font(font);
        self.context.set_fill_style_str(colour);
        let _ = self.context.fill_text(text, x, y);
    }

    /// How wide a line of text is.
    pub fn measure(&self, text: &str, font: &str) -> f64 {
        self.context.set_font(font);
        self.context.measure_text(text).map_or(0.0, |measured| measured.width())
    }

    pub fn picture(&self, picture: &Picture, x: f64, y: f64, width: f64, height: f64) {
        let _ = self.context.draw_image_with_html_image_element_and_dw_and_dh(&picture.0, x, y, width, height);
    }

    pub(super) fn image(&self, image: &HtmlImageElement, width: f64, height: f64) {
        let _ = self.context.draw_image_with_html_image_element_and_dw_and_dh(image, 0.0, 0.0, width, height);
    }

    pub(super) fn element(&self) -> &HtmlCanvasElement {
        &self.element
    }

    /// Lays another canvas over this one, scaled to that size.
    pub fn lay(&self, other: &Canvas, x: f64, y: f64, width: f64, height: f64) {
        let _ = self.context.draw_image_with_html_canvas_element_and_dw_and_dh(&other.element, x, y, width, height);
    }

    /// What is on it, as a PNG.
    pub async fn png(&self) -> Option<Blob> {
        let made = js_sys::Promise::new(&mut |resolve, reject| {
            let done = Closure::once_into_js(move |blob: JsValue| resolve.call1(&JsValue::UNDEFINED, &blob));
            if self.element.to_blob(done.unchecked_ref()).is_err() {
                let _ = reject.call0(&JsValue::UNDEFINED);
            }
        });
        JsFuture::from(made).await.ok()?.dyn_into().ok()
    }
}

/// Asks for a call before the browser shows its next picture.
pub fn next_frame(call: impl FnOnce() + 'static) {
    let call = Closure::once_into_js(call);
    let _ = dom::window().request_animation_frame(call.unchecked_ref());
}

/// Device pixels for a CSS pixel.
pub fn pixel_ratio() -> f64 {
    dom::window().device_pixel_ratio().clamp(0.5, 4.0)
}
