//! The colours of app/style/tokens.css: every pair that may meet is legible, light and dark.

use std::collections::BTreeMap;
use std::fs;

use anyhow::{Context, Result, bail};

use crate::place;
use crate::steps::Done;

type Scheme = BTreeMap<String, String>;

const GROUNDS: [&str; 6] = ["desk", "paper", "sunken", "hover", "accent-soft", "warn-soft"];
const INKS: [(&str, f64); 7] = [
    ("ink", 4.5),
    ("ink-2", 7.0),
    ("ink-3", 4.5),
    ("accent", 4.5),
    ("accent-strong", 4.5),
    ("warn", 4.5),
    ("warn-strong", 4.5),
];
const FILLED: [(&str, &str); 5] = [
    ("on-accent", "accent"),
    ("on-accent", "accent-strong"),
    ("on-warn", "warn"),
    ("paper", "ink"),
    ("paper", "ink-2"),
];
const TONES: usize = 10;

pub fn check() -> Result<Done> {
    let css =
        fs::read_to_string(place::root().join("app/style/tokens.css")).context("cannot read app/style/tokens.css")?;
    let misses = misses(&css)?;
    if !misses.is_empty() {
        bail!("colours that can't be read:\n  {}", misses.join("\n  "));
    }
    Ok(Done::Measured(format!("{} pairs in two themes", pairs().len())))
}

/// What is wrong with a tokens.css, a sentence each.
fn misses(css: &str) -> Result<Vec<String>> {
    let light = block(css, ":root {").context("tokens.css has no `:root {`")?;
    let wished = block(css, ":root:not([data-theme=\"light\"]) {").context("tokens.css has no dark theme by wish")?;
    let chosen = block(css, ":root[data-theme=\"dark\"] {").context("tokens.css has no dark theme by choice")?;
    let mut misses = Vec::new();
    if wished != chosen {
        misses.push("the two dark lists differ".to_owned());
    }
    let mut dark = light.clone();
    dark.extend(chosen);
    for (theme, scheme) in [("light", &light), ("dark", &dark)] {
        for (text, ground, least) in pairs() {
            let colour = |name: &str| scheme.get(name).with_context(|| format!("tokens.css has no --{name}"));
            let ratio = contrast(colour(&text)?, colour(&ground)?)?;
            if ratio < least {
                misses.push(format!("{theme}: {text} on {ground} is {ratio:.2}, must be {least}"));
            }
        }
    }
    Ok(misses)
}

fn pairs() -> Vec<(String, String, f64)> {
    let pair = |text: &str, ground: &str, least: f64| (text.to_owned(), ground.to_owned(), least);
    let mut pairs = Vec::new();
    for (ink, least) in INKS {
        pairs.extend(GROUNDS.map(|ground| pair(ink, ground, least)));
    }
    pairs.extend(FILLED.map(|(text, ground)| pair(text, ground, 4.5)));
    pairs.extend(["desk", "paper", "sunken"].map(|ground| pair("edge", ground, 3.0)));
    for tone in (1..=TONES).map(|number| format!("tone-{number}")) {
        let soft = format!("{tone}-soft");
        pairs.push(pair(&tone, &soft, 4.5));
        pairs.push(pair(&tone, "paper", 4.5));
        pairs.push(pair("on-tone", &tone, 4.5));
        pairs.push(pair("ink", &soft, 4.5));
        pairs.push(pair("ink-3", &soft, 4.5));
    }
    pairs
}

/// The `--name: #rrggbb` lines of the first block that opens so.
fn block(css: &str, opening: &str) -> Option<Scheme> {
    let body = css.split_once(opening)?.1.split_once('}')?.0;
    let colours = body.split(';').filter_map(|line| {
        let (name, value) = line.rsplit_once("--")?.1.split_once(':')?;
        let hex = value.trim().strip_prefix('#')?;
        (hex.len() == 6).then(|| (name.trim().to_owned(), hex.to_owned()))
    });
    Some(colours.collect())
}

/// WCAG 2's contrast ratio, 1 to 21.
fn contrast(one: &str, other: &str) -> Result<f64> {
    let (one, other) = (luminance(one)?, luminance(other)?);
    Ok((one.max(other) + 0.05) / (one.min(other) + 0.05))
}

fn luminance(hex: &str) -> Result<f64> {
    let channel = |at: usize| -> Result<f64> {
        let value = u8::from_str_radix(&hex[at..at + 2], 16).with_context(|| format!("#{hex} is no colour"))?;
        let share = f64::from(value) / 255.0;
        Ok(if share <= 0.04045 { share / 12.92 } else { ((share + 0.055) / 1.055).powf(2.4) })
    };
    Ok(0.2126 * channel(0)? + 0.7152 * channel(2)? + 0.0722 * channel(4)?)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A scheme with black text on white grounds everywhere.
    fn legible() -> String {
        let mut lines = String::new();
        for (text, ground, _) in pairs() {
            for (name, colour) in [(text, "#000000"), (ground, "#ffffff")] {
                if !lines.contains(&format!("--{name}:")) {
                    lines += &format!("--{name}: {colour};\n");
                }
            }
        }
        // These serve as text and as ground.
        for (name, colour) in
            [("paper", "#ffffff"), ("on-accent", "#ffffff"), ("on-warn", "#ffffff"), ("on-tone", "#ffffff")]
        {
            lines = lines.replace(&format!("--{name}: #000000"), &format!("--{name}: {colour}"));
        }
        lines
    }

    fn css(light: &str, wished: &str, chosen: &str) -> String {
        format!(
            ":root {{ {light} }}\n@media dark {{ :root:not([data-theme=\"light\"]) {{ {wished} }} }}\n\
             :root[data-theme=\"dark\"] {{ {chosen} }}"
        )
    }

    #[test]
    fn contrast_is_as_wcag_says() {
        assert!((contrast("000000", "ffffff").unwrap() - 21.0).abs() < 0.001);
        assert!((contrast("777777", "ffffff").unwrap() - 4.48).abs() < 0.01);
    }

    #[test]
    fn bad_samples_are_found() {
        let good = legible();
        assert_eq!(misses(&css(&good, "", "")).unwrap(), Vec::<String>::new());
        let pale = good.replace("--ink-3: #000000", "--ink-3: #999999");
        assert!(
            misses(&css(&pale, "", "")).unwrap().iter().any(|miss| miss.starts_with("light: ink-3 on desk is 2.85"))
        );
        assert_eq!(misses(&css(&good, "--ink: #000000;", "")).unwrap(), ["the two dark lists differ"]);
        assert!(misses(&css("--ink: #000000;", "", "")).is_err());
    }
}
