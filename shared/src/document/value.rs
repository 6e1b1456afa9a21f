//! Values of attributes: JSON in the view, lib0 `Any` in the CRDT.

use std::collections::HashMap;
use std::sync::Arc;

use serde_json::{Map, Value};
use yrs::any::Any;
use yrs::any::Number;

/// Deeper values than this come from no editor; what lies below is dropped.
const MAX_DEPTH: usize = 32;

pub(super) fn json_of(any: &Any) -> Value {
    json_within(any, MAX_DEPTH)
}

fn json_within(any: &Any, depth: usize) -> Value {
    match any {
        Any::Null | Any::Undefined | Any::Buffer(_) => Value::Null,
        Any::Bool(value) => Value::Bool(*value),
        Any::Number(number) => json_number(*number),
        Any::String(text) => Value::String(text.to_string()),
        Any::Array(_) | Any::Map(_) if depth == 0 => Value::Null,
        Any::Array(items) => Value::Array(items.iter().map(|item| json_within(item, depth - 1)).collect()),
        Any::Map(entries) => {
            let mut sorted: Vec<_> = entries.iter().collect();
            sorted.sort_by_key(|(key, _)| *key);
            sorted.into_iter().map(|(key, value)| (key.clone(), json_within(value, depth - 1))).collect()
        }
    }
}

/// JavaScript knows one kind of number: 1.0 and 1 must be equal here too.
fn json_number(number: Number) -> Value {
    match number {
        Number::Int(value) => Value::from(value),
        Number::Float(value) => match Number::try_i64(value) {
            Number::Int(value) => Value::from(value),
            Number::Float(value) => Value::from(value),
        },
    }
}

pub(super) fn any_of(value: &Value) -> Any {
    match value {
        Value::Null => Any::Null,
        Value::Bool(value) => Any::Bool(*value),
        Value::Number(number) => match (number.as_i64(), number.as_f64()) {
            (Some(value), _) => Any::Number(Number::Int(value)),
            (None, Some(value)) => Any::Number(Number::try_i64(value)),
            (None, None) => Any::Null,
        },
        Value::String(text) => Any::String(text.as_str().into()),
        Value::Array(items) => Any::Array(items.iter().map(any_of).collect()),
        Value::Object(entries) => {
            let entries: HashMap<_, _> = entries.iter().map(|(key, value)| (key.clone(), any_of(value))).collect();
            Any::Map(Arc::new(entries))
        }
    }
}

/// The same number written as 1.0 and as 1 is one value.
pub(super) fn normal(value: &Value) -> Value {
    json_of(&any_of(value))
}

/// A JSON object as text, its keys in order, so that equal objects are equal texts.
pub(super) fn canonical(object: &Map<String, Value>) -> String {
    let sorted: std::collections::BTreeMap<_, _> = object.iter().collect();
    serde_json::to_string(&sorted).expect("a map with string keys is always JSON")
}

/// Reads back what `canonical` wrote. Anything else is an empty object.
pub(super) fn object_of(json: Option<&Value>) -> Map<String, Value> {
    json.and_then(Value::as_str).and_then(|json| serde_json::from_str(json).ok()).unwrap_or_default()
}
