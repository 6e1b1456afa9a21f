//! Pictures made small, and how large they are. Only the kinds that browsers show are decoded.

use std::io::{BufReader, Cursor, Seek};

use image::codecs::jpeg::JpegEncoder;
use image::codecs::webp::WebPEncoder;
use image::{DynamicImage, ImageDecoder, ImageFormat, ImageReader, Limits, RgbImage};
use shared::library::{FileKind, Unfit};

use super::MAX_THUMBNAIL_BYTES;
use super::source::Source;

/// Width of a thumbnail in pixels, at most; it may be higher than wide up to twice that.
const THUMBNAIL_WIDTH: u32 = 480;
/// More is not decoded: 32 megapixels take 96 MiB.
const MAX_DECODED: u64 = 96 << 20;
/// A picture of fewer pixels is no bomb, however well it packs.
const BOMB_FROM: u64 = 50_000_000;
/// Pixels a byte; photos have ten, white paper a hundred.
const BOMB_RATIO: u64 = 400;
/// No camera for people takes more.
const MAX_PIXELS: u64 = 1_000_000_000;

pub(super) struct Looked {
    /// As shown.
    pub size: Option<(u32, u32)>,
    pub unread: Option<Unfit>,
    pub thumbnail: Option<Vec<u8>>,
}

/// Size and thumbnail.
///
/// # Errors
/// [`Unfit::Bomb`] for a small file that claims to be a huge picture.
pub(super) fn look(source: &Source, kind: FileKind) -> Result<Looked, Unfit> {
    let damaged = Looked { size: None, unread: Some(Unfit::Damaged), thumbnail: None };
    let Some(format) = format(kind) else { return Ok(damaged) };
    let mut file = BufReader::new(Seeking { source, at: 0 });
    let (width, height) = match ImageReader::with_format(&mut file, format).into_dimensions() {
        Ok((0, _) | (_, 0)) | Err(_) => return Ok(damaged),
        Ok(size) => size,
    };
    let pixels = u64::from(width) * u64::from(height);
    if pixels > MAX_PIXELS || (pixels > BOMB_FROM && pixels / BOMB_RATIO > source.length()) {
        return Err(Unfit::Bomb);
    }
    if pixels * 3 > MAX_DECODED {
        return Ok(Looked { size: Some((width, height)), unread: Some(Unfit::TooMuch), thumbnail: None });
    }
    if file.rewind().is_err() {
        return Ok(damaged);
    }
    Ok(match decoded(ImageReader::with_format(file, format)) {
        Ok(picture) => {
            let size = Some((picture.width(), picture.height()));
            Looked { size, unread: None, thumbnail: thumbnail(&picture) }
        }
        Err(why) => Looked { size: Some((width, height)), unread: Some(why), thumbnail: None },
    })
}

/// A thumbnail of a picture that a file brings along.
pub(super) fn thumbnail_of(bytes: &[u8]) -> Option<Vec<u8>> {
    let format = image::guess_format(bytes).ok()?;
    let known = matches!(format, ImageFormat::Jpeg | ImageFormat::Png);
    let picture = decoded(ImageReader::with_format(Cursor::new(bytes), format)).ok().filter(|_| known)?;
    thumbnail(&picture)
}

/// The smallest way to send a picture that looks as it should: pages of text as WebP without loss, photos as JPEG. `None`
/// if it can't be that small.
pub(super) fn packed(picture: &RgbImage, quality: u8, most: usize) -> Option<Vec<u8>> {
    let (mut webp, mut jpeg) = (Vec::new(), Vec::new());
    let (width, height) = picture.dimensions();
    let colour = image::ExtendedColorType::Rgb8;
    WebPEncoder::new_lossless(&mut webp).encode(picture, width, height, colour).ok()?;
    JpegEncoder::new_with_quality(&mut jpeg, quality).encode(picture, width, height, colour).ok()?;
    let smaller = if webp.len() <= jpeg.len() { webp } else { jpeg };
    (smaller.len() <= most).then_some(smaller)
}

/// No wider than a thumbnail is, on white, and small enough.
pub(super) fn thumbnail(picture: &DynamicImage) -> Option<Vec<u8>> {
    let fits = picture.width() <= THUMBNAIL_WIDTH && picture.height() <= 2 * THUMBNAIL_WIDTH;
    let small = match fits {
        true => on_white(picture),
        false => on_white(&picture.thumbnail(THUMBNAIL_WIDTH, 2 * THUMBNAIL_WIDTH)),
    };
    [80, 60, 40, 20].into_iter().find_map(|quality| packed(&small, quality, MAX_THUMBNAIL_BYTES))
}

fn on_white(picture: &DynamicImage) -> RgbImage {
    if !picture.color().has_alpha() {
        return picture.to_rgb8();
    }
    let picture = picture.to_rgba8();
    RgbImage::from_fn(picture.width(), picture.height(), |x, y| {
        let [red, green, blue, alpha] = picture.get_pixel(x, y).0.map(u32::from);
        let over = |colour: u32| ((colour * alpha + 255 * (255 - alpha)) / 255) as u8;
        image::Rgb([over(red), over(green), over(blue)])
    })
}

/// Turned as the camera was held.
fn decoded<R: std::io::BufRead + Seek>(mut reader: ImageReader<R>) -> Result<DynamicImage, Unfit> {
    let mut limits = Limits::default();
    limits.max_alloc = Some(MAX_DECODED);
    reader.limits(limits);
    let why = |error| match error {
        image::ImageError::Limits(_) => Unfit::TooMuch,
        _ => Unfit::Damaged,
    };
    let mut decoder = reader.into_decoder().map_err(why)?;
    let orientation = decoder.orientation().unwrap_or(image::metadata::Orientation::NoTransforms);
    let mut picture = DynamicImage::from_decoder(decoder).map_err(why)?;
    // Turning makes a second picture, so it is made small before.
    if orientation != image::metadata::Orientation::NoTransforms {
        picture.apply_orientation(orientation);
    }
    Ok(picture)
}

fn format(kind: FileKind) -> Option<ImageFormat> {
    match kind {
        FileKind::Png => Some(ImageFormat::Png),
        FileKind::Jpeg => Some(ImageFormat::Jpeg),
        FileKind::Gif => Some(ImageFormat::Gif),
        FileKind::Webp => Some(ImageFormat::WebP),
        FileKind::Bmp => Some(ImageFormat::Bmp),
        _ => None,
    }
}

/// The file as decoders want it.
struct Seeking<'a> {
    source: &'a Source,
    at: u64,
}

impl std::io::Read for Seeking<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        let count = self.source.stretch(self.at, buffer.len() as u64).read(buffer)?;
        self.at += count as u64;
        Ok(count)
    }
}

impl Seek for Seeking<'_> {
    fn seek(&mut self, to: std::io::SeekFrom) -> std::io::Result<u64> {
        let at = match to {
            std::io::SeekFrom::Start(at) => Some(at),
            std::io::SeekFrom::End(by) => self.source.length().checked_add_signed(by),
            std::io::SeekFrom::Current(by) => self.at.checked_add_signed(by),
        };
        self.at = at.ok_or(std::io::ErrorKind::InvalidInput)?;
        Ok(self.at)
    }
}
