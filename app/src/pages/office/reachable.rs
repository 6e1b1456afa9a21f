//! The address that others reach this server at, for what is printed and passed on.

use leptos::prelude::*;

use crate::browser::{page, settings};
use crate::components::form::TextField;
use crate::i18n::*;

/// The name under which the browser keeps the address that people reach this server at.
const ADDRESS: &str = "address";

#[derive(Clone, Copy)]
pub struct Reachable {
    typed: RwSignal<String>,
    /// Without a slash at the end; nothing if it is none that others can open.
    pub address: Signal<Option<String>>,
}

impl Reachable {
    /// The one that was said last, or that of this page.
    pub fn new() -> Self {
        let typed = RwSignal::new(settings::read(ADDRESS).unwrap_or_else(page::origin));
        let address = Signal::derive(move || typed.with(|typed| address_of(typed)));
        Effect::new(move |before: Option<String>| {
            let typed = typed.get();
            if before.is_some_and(|before| before != typed) {
                settings::write(ADDRESS, address_of(&typed).as_deref());
            }
            typed
        });
        Self { typed, address }
    }
}

/// The id of the field.
pub const FIELD: &str = "codes-address";

/// Where people open Gongbei.
#[component]
pub fn ReachableField(reachable: Reachable) -> impl IntoView {
    let i18n = use_i18n();
    let wrong = Signal::derive(move || {
        reachable.address.with(Option::is_none).then(|| t_string!(i18n, people.codes_address_wrong).to_string())
    });
    view! {
        <TextField id=FIELD kind="url" label=Signal::derive(move || t_string!(i18n, people.codes_address).to_string()) value=reachable.typed wrong
            hint=Signal::derive(move || Some(t_string!(i18n, people.codes_address_hint).to_string()))/>
    }
}

/// An address that others can open, without a slash at the end; nothing if it leads to this computer only.
fn address_of(typed: &str) -> Option<String> {
    let typed = typed.trim().trim_end_matches('/');
    let address = if typed.contains("://") { typed.to_owned() } else { format!("http://{typed}") };
    let rest = address.strip_prefix("https://").or_else(|| address.strip_prefix("http://"))?;
    let host = rest.split('/').next()?.to_ascii_lowercase();
    let name = host.rsplit_once(':').filter(|(_, port)| port.bytes().all(|byte| byte.is_ascii_digit()));
    let name = name.map_or(host.as_str(), |(name, _)| name);
    let only_here = name == "localhost" || name.ends_with(".localhost") || name.starts_with("127.") || name == "[::1]";
    let is_one =
        !name.is_empty() && !rest.contains(|letter: char| letter.is_whitespace() || "@?#\\\"<>".contains(letter));
    (is_one && !only_here).then_some(address)
}

#[cfg(test)]
mod tests {
    use super::address_of;

    #[test]
    fn an_address_of_this_computer_is_none_for_others() {
        for here in
            ["http://localhost:8080", "http://127.0.0.1:8080", "localhost", "http://[::1]:80/", "", "ftp://a.cn", "a b"]
        {
            assert_eq!(address_of(here), None, "{here:?}");
        }
        for (typed, address) in [
            ("gongbei.wxjt.cn", "http://gongbei.wxjt.cn"),
            ("https://gongbei.wxjt.cn/", "https://gongbei.wxjt.cn"),
            (" 192.168.1.20:8080 ", "http://192.168.1.20:8080"),
            ("http://[fd00::1]:8080", "http://[fd00::1]:8080"),
        ] {
            assert_eq!(address_of(typed).as_deref(), Some(address), "{typed:?}");
        }
    }
}
