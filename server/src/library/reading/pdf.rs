//! PDF: how many pages, their text, and pictures of them. Fonts that are not embedded are not there: their text is read,
//! as far as its encoding is a known one, and shown only where Helvetica, Times or Courier would do.

use std::io::Write;
use std::time::{Duration, Instant};

use hayro::hayro_interpret::InterpreterSettings;
use hayro::hayro_syntax::page::Page;
use hayro::hayro_syntax::{DecryptionError, LoadPdfError, Pdf};
use hayro::vello_cpu::color::palette::css::WHITE;
use hayro::{PixmapSettings, RenderCache, RenderSettings};
use image::{DynamicImage, RgbImage};
use shared::library::{FileFacts, Unfit};

use super::answer::Answering;
use super::picture;
use super::source::Source;

mod text;

/// Larger ones are kept and not read: a PDF lies in memory while it is.
pub(in crate::library) const MAX_BYTES: u64 = 128 << 20;
/// After so long no further page is begun: what was read is enough to find it by.
const TEXT_WITHIN: Duration = Duration::from_secs(4);
/// How much higher than wide a picture of a page may be.
const MAX_SLIMNESS: u32 = 4;
pub(super) const WIDTHS: std::ops::RangeInclusive<u32> = 100..=2_000;

/// A PDF in memory.
pub(super) struct Document {
    pdf: Pdf,
}

impl Document {
    /// # Errors
    /// [`Unfit::Locked`] if it wants a password, [`Unfit::TooMuch`] for its length, otherwise [`Unfit::Damaged`].
    pub fn open(source: &Source) -> Result<Self, Unfit> {
        if source.length() > MAX_BYTES {
            return Err(Unfit::TooMuch);
        }
        let mut bytes = Vec::new();
        // To the byte: a vector that grows would take twice as much.
        bytes.try_reserve_exact(source.length() as usize + 1).map_err(|_| Unfit::TooMuch)?;
        std::io::Read::read_to_end(&mut source.stretch(0, source.length()), &mut bytes).map_err(|_| Unfit::Damaged)?;
        let pdf = Pdf::new(bytes).map_err(|error| match error {
            LoadPdfError::Decryption(DecryptionError::PasswordProtected) => Unfit::Locked,
            LoadPdfError::Decryption(_) => Unfit::Locked,
            LoadPdfError::Invalid => Unfit::Damaged,
        })?;
        Ok(Self { pdf })
    }

    /// # Errors
    /// [`Unfit::Damaged`] if there is no page at all.
    pub fn facts(&self, facts: &mut FileFacts) -> Result<(), Unfit> {
        let pages = self.pdf.pages();
        let first = pages.first().ok_or(Unfit::Damaged)?;
        let (width, height) = first.render_dimensions();
        facts.pages = u32::try_from(pages.len()).ok();
        // Points, rounded: what matters is whether it lies or stands.
        (facts.width, facts.height) = (Some(width.round() as u32), Some(height.round() as u32));
        Ok(())
    }

    /// Says the text of page after page, until there is enough of it or it takes too long.
    pub fn tell<W: Write>(&self, answering: &mut Answering<W>) -> Result<(), Unfit> {
        let begun = Instant::now();
        let cache = hayro::hayro_interpret::InterpreterCache::new();
        for page in self.pdf.pages().iter() {
            let text = text::of_page(page, &cache);
            let room = answering.text(&text).map_err(|_| Unfit::TooMuch)?;
            if !room || begun.elapsed() > TEXT_WITHIN {
                break;
            }
        }
        Ok(())
    }

    pub fn thumbnail(&self) -> Option<Vec<u8>> {
        let picture = picture_of(self.pdf.pages().first()?, 480)?;
        picture::thumbnail(&DynamicImage::ImageRgb8(picture))
    }

    /// A picture of a page, the first being 1.
    ///
    /// # Errors
    /// [`Unfit::Damaged`] if there is no such page or nothing can be shown of it.
    pub fn page(&self, number: u32, width: u32, most: usize) -> Result<Vec<u8>, Unfit> {
        let index = (number as usize).checked_sub(1).ok_or(Unfit::Damaged)?;
        let page = self.pdf.pages().get(index).ok_or(Unfit::Damaged)?;
        let picture = picture_of(page, width.clamp(*WIDTHS.start(), *WIDTHS.end())).ok_or(Unfit::Damaged)?;
        picture::packed(&picture, 80, most).ok_or(Unfit::TooMuch)
    }
}

fn picture_of(page: &Page<'_>, wanted: u32) -> Option<RgbImage> {
    let (width, height) = page.render_dimensions();
    let sound = |length: f32| length.is_finite() && length >= 1.0;
    if !sound(width) || !sound(height) {
        return None;
    }
    let scale = (wanted as f32 / width).min((wanted * MAX_SLIMNESS) as f32 / height);
    // A page far wider than high would have no line of pixels.
    if height * scale < 1.0 || width * scale < 1.0 {
        return None;
    }
    let settings = PixmapSettings { x_scale: scale, y_scale: scale, bg_color: WHITE };
    let pixels = hayro::render(
        page,
        &RenderCache::new(),
        &InterpreterSettings::default(),
        &RenderSettings::default(),
        &settings,
    );
    let (width, height) = (u32::from(pixels.width()), u32::from(pixels.height()));
    let colours = pixels.data().iter().flat_map(|pixel| [pixel.r, pixel.g, pixel.b]).collect();
    RgbImage::from_raw(width, height, colours)
}
