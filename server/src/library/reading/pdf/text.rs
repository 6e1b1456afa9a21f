//! The text of a page, from where its letters stand.

use hayro::hayro_interpret::font::GlyphRun;
use hayro::hayro_interpret::hayro_cmap::BfString;
use hayro::hayro_interpret::hayro_syntax::page::Page;
use hayro::hayro_interpret::{
    BlendMode, ClipPath, Context, Device, DrawMode, DrawProps, Image, ImageDrawProps, InterpreterCache,
    InterpreterSettings, SoftMask, TransformExt, interpret_page,
};
use hayro::kurbo::{Affine, BezPath, Point, Rect};

/// Bytes of one page: more is no page that somebody reads.
const MAX_PAGE: usize = 256 << 10;

/// The words of a page as they come in the file, which is nearly always the order in which one reads.
pub(super) fn of_page<'a>(page: &'a Page<'a>, cache: &InterpreterCache<'a>) -> String {
    let (width, height) = page.render_dimensions();
    let area = Rect::new(0.0, 0.0, width.into(), height.into());
    let transform = page.initial_transform(true).to_kurbo();
    let mut context = Context::new(transform, area, cache, page.xref(), InterpreterSettings::default());
    let mut letters = Letters::default();
    interpret_page(page, &mut context, &mut letters);
    letters.text.push('\n');
    letters.text
}

/// Takes down letters and draws nothing.
#[derive(Default)]
struct Letters {
    text: String,
    last: Option<Stood>,
}

/// Where a letter stood, and how large.
#[derive(Clone, Copy)]
struct Stood {
    at: Point,
    size: f64,
}

impl Letters {
    fn take(&mut self, letter: &str, stood: Stood) {
        if self.text.len() > MAX_PAGE {
            return;
        }
        if let Some(gap) = self.last.and_then(|last| self.between(last, stood, letter)) {
            self.text.push(gap);
        }
        self.last = Some(stood);
        // Forms put one letter's several parts into what it stands for.
        self.text.extend(letter.chars().filter(|c| !c.is_control() && *c != '\u{fffd}'));
    }

    /// What stands between two letters: nothing, a space, or the end of a line. Chinese goes on in the next line without
    /// anything, so that a word broken there is found.
    fn between(&self, last: Stood, now: Stood, letter: &str) -> Option<char> {
        let before = self.text.chars().next_back().filter(|c| !c.is_whitespace())?;
        let size = last.size.max(now.size).max(1.0);
        let chinese = is_chinese(before) && letter.chars().next().is_some_and(is_chinese);
        let (down, along) = ((now.at.y - last.at.y).abs(), now.at.x - last.at.x);
        if down > 0.6 * size {
            let next_line = down < 2.0 * size && (last.size - now.size).abs() < 0.2 * size && along < 0.0;
            return (!(chinese && next_line)).then_some('\n');
        }
        let apart = if chinese { along > 1.9 * size } else { along > 1.3 * size || along < -1.5 * size };
        apart.then_some(' ')
    }
}

fn is_chinese(c: char) -> bool {
    matches!(c, '\u{2e80}'..='\u{9fff}' | '\u{f900}'..='\u{faff}' | '\u{ff00}'..='\u{ffef}' | '\u{20000}'..='\u{3ffff}')
}

impl<'a> Device<'a> for Letters {
    fn draw_glyph_run(&mut self, run: &GlyphRun<'_, 'a>, props: DrawProps<'a>, _: &DrawMode) {
        for glyph in run.glyphs() {
            let Some(letter) = glyph.as_unicode() else { continue };
            let place: Affine = props.transform * glyph.transform();
            let [a, b, c, d, x, y] = place.as_coeffs();
            // Glyphs are a thousand units high.
            let size = 1_000.0 * (a * d - b * c).abs().sqrt();
            let stood = Stood { at: Point::new(x, y), size };
            match letter {
                BfString::Char(letter) => {
                    self.take(letter.encode_utf8(&mut [0; 4]), stood);
                }
                BfString::String(letters) => self.take(&letters, stood),
            }
        }
    }

    fn draw_path(&mut self, _: &BezPath, _: DrawProps<'a>, _: &DrawMode) {}
    fn push_clip_path(&mut self, _: &ClipPath) {}
    fn push_transparency_group(&mut self, _: f32, _: Option<SoftMask<'a>>, _: BlendMode) {}
    fn draw_image(&mut self, _: Image<'a, '_>, _: ImageDrawProps<'a>) {}
    fn pop_clip(&mut self) {}
    fn pop_transparency_group(&mut self) {}
}
