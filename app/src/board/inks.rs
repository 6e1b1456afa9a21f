//! The colours and letters of the board, as the theme of the page has them.

use shared::board::Colour;

use super::figure::Ink;
use crate::browser::dom;

#[derive(Debug, Clone, PartialEq)]
pub struct Inks {
    pub paper: String,
    pub paper_ink: String,
    /// Lines of ruled pages.
    pub rule: String,
    /// What stands for something that is not here yet.
    pub tray: String,
    pub accent: String,
    pens: [String; 6],
    brights: [String; 6],
    tones: [String; 10],
    pub on_tone: String,
    family: String,
}

impl Inks {
    /// Those of the page as it is now.
    pub fn read() -> Self {
        let token = dom::token;
        Self {
            paper: token("--paper"),
            paper_ink: token("--ink"),
            rule: token("--line"),
            tray: token("--sunken"),
            accent: token("--accent"),
            pens: ["red", "blue", "green", "orange", "violet", "white"].map(|name| token(&format!("--pen-{name}"))),
            brights: ["ink", "red", "blue", "green", "orange", "violet"].map(|name| token(&format!("--bright-{name}"))),
            tones: std::array::from_fn(|at| token(&format!("--tone-{}", at + 1))),
            on_tone: token("--on-tone"),
            family: token("--font"),
        }
    }

    /// Those of the light theme: what is kept or printed is for white paper.
    pub fn by_day() -> Self {
        dom::by_day(Self::read)
    }

    pub fn of(&self, ink: Ink) -> &str {
        let [red, blue, green, orange, violet, white] = &self.pens;
        match ink {
            Ink::Paper => &self.paper,
            Ink::Of(Colour::Ink) => &self.paper_ink,
            Ink::Of(Colour::Red) => red,
            Ink::Of(Colour::Blue) => blue,
            Ink::Of(Colour::Green) => green,
            Ink::Of(Colour::Orange) => orange,
            Ink::Of(Colour::Violet) => violet,
            Ink::Of(Colour::White) => white,
            Ink::Of(Colour::Tone(tone)) | Ink::Bright(Colour::Tone(tone)) => self.tone(tone),
            Ink::Bright(Colour::Ink | Colour::White) => &self.brights[0],
            Ink::Bright(Colour::Red) => &self.brights[1],
            Ink::Bright(Colour::Blue) => &self.brights[2],
            Ink::Bright(Colour::Green) => &self.brights[3],
            Ink::Bright(Colour::Orange) => &self.brights[4],
            Ink::Bright(Colour::Violet) => &self.brights[5],
        }
    }

    pub fn tone(&self, tone: u8) -> &str {
        &self.tones[usize::from(tone.clamp(1, 10) - 1)]
    }

    /// As in CSS; `size` in the units of the transform.
    pub fn font(&self, size: f32) -> String {
        format!("{size}px {}", self.family)
    }

    pub fn family(&self) -> &str {
        &self.family
    }
}
