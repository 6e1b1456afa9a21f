//! A browser and its system in words, so that people know their devices again. No more is read from it.

/// What the `User-Agent` header says.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Agent {
    /// E.g. `Chrome 131`.
    pub browser: Option<String>,
    /// E.g. `Windows`.
    pub system: Option<&'static str>,
}

/// The mark of each browser before its version; those that also carry another's mark come first.
const BROWSERS: [(&str, &str); 13] = [
    ("MicroMessenger/", "WeChat"),
    ("QQBrowser/", "QQ Browser"),
    ("UCBrowser/", "UC Browser"),
    ("HuaweiBrowser/", "Huawei Browser"),
    ("MiuiBrowser/", "Mi Browser"),
    ("Edg/", "Edge"),
    ("EdgA/", "Edge"),
    ("OPR/", "Opera"),
    ("Firefox/", "Firefox"),
    ("CriOS/", "Chrome"),
    ("Chrome/", "Chrome"),
    ("Version/", "Safari"),
    ("curl/", "curl"),
];

const SYSTEMS: [(&str, &str); 8] = [
    ("HarmonyOS", "HarmonyOS"),
    ("OpenHarmony", "HarmonyOS"),
    ("Windows", "Windows"),
    ("Android", "Android"),
    ("iPad", "iPad"),
    ("iPhone", "iPhone"),
    ("Macintosh", "macOS"),
    ("Linux", "Linux"),
];

impl Agent {
    pub fn read(header: &str) -> Self {
        let browser = BROWSERS.into_iter().find_map(|(mark, name)| {
            let (_, version) = header.split_once(mark)?;
            let digits: String = version.chars().take_while(char::is_ascii_digit).take(4).collect();
            Some(if digits.is_empty() { name.to_owned() } else { format!("{name} {digits}") })
        });
        let system = SYSTEMS.into_iter().find(|(mark, _)| header.contains(mark)).map(|(_, name)| name);
        Self { browser, system }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn people_know_their_devices_again() {
        let webkit = "AppleWebKit/537.36 (KHTML, like Gecko)";
        let cases = [
            (
                format!(
                    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) {webkit} Chrome/131.0.0.0 Safari/537.36 Edg/131.0.1"
                ),
                (Some("Edge 131"), Some("Windows")),
            ),
            (
                format!(
                    "Mozilla/5.0 (Linux; Android 14) {webkit} Chrome/120.0 Mobile Safari/537.36 MicroMessenger/8.0.5"
                ),
                (Some("WeChat 8"), Some("Android")),
            ),
            (
                "Mozilla/5.0 (iPhone; CPU iPhone OS 17_1 like Mac OS X) AppleWebKit/605 Version/17.1 Safari/604".into(),
                (Some("Safari 17"), Some("iPhone")),
            ),
            (
                "Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0".into(),
                (Some("Firefox 128"), Some("Linux")),
            ),
            ("<script>alert(1)</script>".into(), (None, None)),
            ("Chrome/<b>".into(), (Some("Chrome"), None)),
            (String::new(), (None, None)),
        ];
        for (header, (browser, system)) in cases {
            let read = Agent::read(&header);
            assert_eq!((read.browser.as_deref(), read.system), (browser, system), "{header}");
        }
    }
}
