//! Time, chance, and the browser's own way of writing dates and numbers.

use std::cell::RefCell;
use std::cmp::Ordering;

use js_sys::{Array, Date, Function, Intl, JsString, Math, Object, Reflect};
use shared::sync::Millis;
use shared::words::UnixMillis;
use wasm_bindgen::JsValue;

use super::dom;

/// Wall time, as shown to people.
pub fn wall() -> UnixMillis {
    UnixMillis(Date::now() as i64)
}

/// Milliseconds since the page was loaded; never goes back.
pub fn now() -> Millis {
    let elapsed = dom::window().performance().map_or_else(Date::now, |clock| clock.now());
    Millis(elapsed as u64)
}

/// Minutes to add to UTC for local time at `at`.
pub fn offset_minutes(at: UnixMillis) -> i64 {
    -(Date::new(&JsValue::from_f64(at.0 as f64)).get_timezone_offset() as i64)
}

/// 0 up to 1.
pub fn chance() -> f64 {
    Math::random()
}

/// A yrs client id: 1 to 2^53 - 1, by the browser's cryptographic chance where it can.
pub fn fresh_client_id() -> u64 {
    let mut bytes = [0u8; 8];
    let drawn = dom::window().crypto().and_then(|crypto| crypto.get_random_values_with_u8_array(&mut bytes));
    let id = match drawn {
        Ok(_) => u64::from_le_bytes(bytes) >> 11,
        Err(_) => (Math::random() * 9_007_199_254_740_991.0) as u64,
    };
    id.max(1)
}

/// 64 bits by chance, for the name of something that nobody names again.
pub fn fresh_number() -> u64 {
    let mut bytes = [0u8; 8];
    let drawn = dom::window().crypto().and_then(|crypto| crypto.get_random_values_with_u8_array(&mut bytes));
    if drawn.is_err() {
        bytes.fill_with(|| (Math::random() * 256.0) as u8);
    }
    u64::from_le_bytes(bytes)
}

/// An id for something new: 26 letters and digits, which nobody guesses or draws twice.
pub fn fresh_id() -> String {
    const ALPHABET: &[u8; 32] = b"abcdefghijklmnopqrstuvwxyz234567";
    let mut bytes = [0u8; 26];
    let drawn = dom::window().crypto().and_then(|crypto| crypto.get_random_values_with_u8_array(&mut bytes));
    if drawn.is_err() {
        bytes.fill_with(|| (Math::random() * 256.0) as u8);
    }
    bytes.iter().map(|byte| char::from(ALPHABET[usize::from(byte % 32)])).collect()
}

/// Parts of a date to write.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shape {
    /// 17:20
    Time,
    /// 11月24日
    Day,
    /// 2025年11月24日
    DayAndYear,
    /// 11月24日 星期二
    DayAndWeekday,
    /// 周二
    Weekday,
    /// 2025年11月
    Month,
    /// 2025年
    Year,
}

thread_local! {
    /// To make a formatter takes the browser longer than a keystroke takes us.
    static FORMATS: RefCell<Vec<(Shape, String, Function)>> = const { RefCell::new(Vec::new()) };
}

/// Writes `at` in local time as people of this language do.
pub fn write_date(at: UnixMillis, shape: Shape, language: &str) -> String {
    let format = FORMATS.with_borrow_mut(|formats| {
        let known = formats.iter().find(|(known, of, _)| *known == shape && of == language);
        if let Some((_, _, format)) = known {
            return format.clone();
        }
        let format = date_format(shape, language);
        formats.push((shape, language.to_owned(), format.clone()));
        format
    });
    let date = Date::new(&JsValue::from_f64(at.0 as f64));
    format.call1(&JsValue::NULL, &date).ok().and_then(|text| text.as_string()).unwrap_or_default()
}

fn date_format(shape: Shape, language: &str) -> Function {
    let parts: &[(&str, &str)] = match shape {
        Shape::Time => &[("hour", "numeric"), ("minute", "2-digit"), ("hourCycle", "h23")],
        Shape::Day => &[("month", "long"), ("day", "numeric")],
        Shape::DayAndYear => &[("year", "numeric"), ("month", "long"), ("day", "numeric")],
        Shape::DayAndWeekday => &[("month", "long"), ("day", "numeric"), ("weekday", "long")],
        Shape::Weekday => &[("weekday", "short")],
        Shape::Month => &[("year", "numeric"), ("month", "long")],
        Shape::Year => &[("year", "numeric")],
    };
    let options = Object::new();
    for (part, form) in parts {
        // Setting a string on a fresh object cannot fail.
        let _ = Reflect::set(&options, &JsValue::from_str(part), &JsValue::from_str(form));
    }
    Intl::DateTimeFormat::new(&Array::of1(&JsValue::from_str(language)), &options).format()
}

/// Which of two names comes first, as people of this page's language sort: Chinese by pinyin.
pub fn collate(one: &str, other: &str) -> Ordering {
    let language = super::dom::language();
    JsString::from(one).locale_compare(other, &Array::of1(&JsValue::from_str(&language)), &Object::new()).cmp(&0)
}

/// 3,286
pub fn write_number(number: u32, language: &str) -> String {
    let format = Intl::NumberFormat::new(&Array::of1(&JsValue::from_str(language)), &Object::new()).format();
    format
        .call1(&JsValue::NULL, &JsValue::from_f64(f64::from(number)))
        .ok()
        .and_then(|text| text.as_string())
        .unwrap_or_else(|| number.to_string())
}
