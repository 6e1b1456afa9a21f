//! Pictures made small, and how large they are. Only the kinds that browsers show are decoded.

use std::io::{BufReader, Cursor, Seek};

use image::codecs::jpeg::JpegEncoder;
use image::codecs::webp::WebPEncoder;
use image::metadata::Orientation;
use image::{DynamicImage, ImageDecoder, ImageError, ImageFormat, ImageReader, Limits, RgbImage};
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

/// Width and height as shown, by the header alone.
///
/// # Errors
/// [`Unfit::Bomb`] for a small file that claims to be a huge picture, [`Unfit::Damaged`] for what is none.
pub(super) fn size(source: &Source, kind: FileKind) -> Result<(u32, u32), Unfit> {
    let mut decoder = reader(source, kind)?.into_decoder().map_err(|error| match why(error) {
        // A header that asks for more memory than a picture takes.
        Unfit::TooMuch => Unfit::Bomb,
        why => why,
    })?;
    let (width, height) = decoder.dimensions();
    let pixels = u64::from(width) * u64::from(height);
    if pixels > MAX_PIXELS || (pixels > BOMB_FROM && pixels / BOMB_RATIO > source.length()) {
        return Err(Unfit::Bomb);
    }
    if pixels == 0 {
        return Err(Unfit::Damaged);
    }
    Ok(if lies_on_its_side(orientation(&mut decoder)) { (height, width) } else { (width, height) })
}

/// # Errors
/// [`Unfit::TooMuch`] for a picture that is larger than what is decoded, [`Unfit::Damaged`] for one that is broken.
pub(super) fn thumbnail_of_file(source: &Source, kind: FileKind) -> Result<Option<Vec<u8>>, Unfit> {
    Ok(thumbnail(&decoded(reader(source, kind)?)?))
}

fn reader(source: &Source, kind: FileKind) -> Result<ImageReader<BufReader<Seeking<'_>>>, Unfit> {
    let format = format(kind).ok_or(Unfit::Damaged)?;
    Ok(limited(ImageReader::with_format(BufReader::new(Seeking { source, at: 0 }), format)))
}

/// A thumbnail of a picture that a file brings along.
pub(super) fn thumbnail_of(bytes: &[u8]) -> Option<Vec<u8>> {
    let format = image::guess_format(bytes).ok()?;
    let known = matches!(format, ImageFormat::Jpeg | ImageFormat::Png);
    if !known {
        return None;
    }
    let picture = decoded(limited(ImageReader::with_format(Cursor::new(bytes), format))).ok()?;
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

/// No wider than a thumbnail is, on white, and small enough. `None` also if it is all of one colour.
pub(super) fn thumbnail(picture: &DynamicImage) -> Option<Vec<u8>> {
    let fits = picture.width() <= THUMBNAIL_WIDTH && picture.height() <= 2 * THUMBNAIL_WIDTH;
    let small = match fits {
        true => on_white(picture),
        false => on_white(&picture.thumbnail(THUMBNAIL_WIDTH, 2 * THUMBNAIL_WIDTH)),
    };
    // Templates bring along a picture of an empty page, which says nothing.
    let first = small.pixels().next()?;
    if small.pixels().all(|pixel| pixel == first) {
        return None;
    }
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

/// Made small and turned as the camera was held.
fn decoded<R: std::io::BufRead + Seek>(reader: ImageReader<R>) -> Result<DynamicImage, Unfit> {
    let mut decoder = reader.into_decoder().map_err(why)?;
    if decoder.total_bytes() > MAX_DECODED {
        return Err(Unfit::TooMuch);
    }
    let orientation = orientation(&mut decoder);
    let whole = DynamicImage::from_decoder(decoder).map_err(why)?;
    // Turning makes a second picture, so it comes last.
    let most = 2 * THUMBNAIL_WIDTH;
    let mut small = if whole.width().max(whole.height()) > most { whole.thumbnail(most, most) } else { whole };
    small.apply_orientation(orientation);
    Ok(small)
}

fn limited<R: std::io::BufRead + Seek>(mut reader: ImageReader<R>) -> ImageReader<R> {
    let mut limits = Limits::default();
    limits.max_alloc = Some(MAX_DECODED);
    reader.limits(limits);
    reader
}

fn why(error: ImageError) -> Unfit {
    match error {
        ImageError::Limits(_) => Unfit::TooMuch,
        _ => Unfit::Damaged,
    }
}

fn orientation(decoder: &mut impl ImageDecoder) -> Orientation {
    decoder.orientation().unwrap_or(Orientation::NoTransforms)
}

fn lies_on_its_side(orientation: Orientation) -> bool {
    use Orientation::{Rotate90, Rotate90FlipH, Rotate270, Rotate270FlipH};
    [Rotate90, Rotate270, Rotate90FlipH, Rotate270FlipH].contains(&orientation)
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
