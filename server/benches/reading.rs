//! What it costs to read a file in a process of its own: `cargo bench -p server --bench reading`.
//!
//! The goal: a Word document of 1 MB with all of its text within 300 ms, the start of the process included. Printed are the
//! median and the slowest of 20.

use std::io::{Cursor, Write};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use image::{DynamicImage, ImageFormat, Rgb, RgbImage};
use server::library::reading::FileReader;
use zip::ZipWriter;
use zip::write::SimpleFileOptions;

const ROUNDS: usize = 20;
const GOAL: Duration = Duration::from_millis(300);

fn main() -> anyhow::Result<()> {
    tokio::runtime::Runtime::new()?.block_on(measure())
}

async fn measure() -> anyhow::Result<()> {
    let place = tempfile::tempdir()?;
    let reader = FileReader::new(PathBuf::from(env!("CARGO_BIN_EXE_gongbei")));
    let document = docx(1_000_000)?;
    let files = [
        ("text of one line.txt", "一行".into()),
        ("1 MB.docx", document),
        ("50 pages.pdf", pdf(50)),
        ("12 megapixels.jpg", photo()?),
        ("2 GB.mp4", Vec::new()),
    ];
    let mut slowest_document = Duration::ZERO;
    for (name, bytes) in files {
        let path = place.path().join(name);
        std::fs::write(&path, &bytes)?;
        if name.starts_with("2 GB") {
            film(&path)?;
        }
        let length = std::fs::metadata(&path)?.len();
        let mut times = Vec::new();
        let mut text = 0;
        for _ in 0..ROUNDS {
            let begun = Instant::now();
            let reading = reader.read(&path, name).await.map_err(|why| anyhow::anyhow!("{name}: {why:?}"))?;
            times.push(begun.elapsed());
            text = reading.text.len();
        }
        times.sort();
        let slowest = times[ROUNDS - 1];
        if name.ends_with(".docx") {
            slowest_document = slowest;
        }
        println!(
            "{name:22} {length:>11} B, {text:>8} B of text: {:>8.1?} median, {slowest:>8.1?} slowest",
            times[ROUNDS / 2]
        );
    }
    let path = place.path().join("50 pages.pdf");
    let begun = Instant::now();
    let page = reader.page(&path, 25, 1_000).await.map_err(|why| anyhow::anyhow!("page: {why:?}"))?;
    println!("a page 1,000 wide: {:.1?}, {} B", begun.elapsed(), page.len());
    anyhow::ensure!(slowest_document <= GOAL, "1 MB of Word took {slowest_document:?}, {GOAL:?} at most");
    Ok(())
}

/// A document that packs to that many bytes: its characters come by chance, if always the same.
fn docx(bytes: usize) -> anyhow::Result<Vec<u8>> {
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    zip.start_file("[Content_Types].xml", SimpleFileOptions::default())?;
    zip.write_all(b"<Types/>")?;
    zip.start_file("word/document.xml", SimpleFileOptions::default())?;
    zip.write_all(b"<w:document><w:body>")?;
    let mut chance = 1_u32;
    // Such characters pack to about two bytes each.
    for _ in 0..bytes / 2 / 50 {
        let paragraph: String = (0..50)
            .map(|_| {
                chance = chance.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
                char::from_u32(0x4e00 + (chance >> 16) % 5_000).unwrap_or('一')
            })
            .collect();
        write!(zip, "<w:p><w:r><w:t>{paragraph}</w:t></w:r></w:p>")?;
    }
    zip.write_all(b"</w:body></w:document>")?;
    Ok(zip.finish()?.into_inner())
}

/// Pages full of Chinese in a font that is not embedded.
fn pdf(pages: usize) -> Vec<u8> {
    let line: String =
        "分数的初步认识认识几分之一折一折涂一涂".encode_utf16().map(|unit| format!("{unit:04X}")).collect();
    let lines = format!("0 -18 Td <{line}> Tj ").repeat(40);
    let content = format!("BT /F 14 Tf 40 800 Td {lines}ET");
    let kids: String = (0..pages).map(|n| format!("{} 0 R ", n + 5)).collect();
    let mut objects = vec![
        "<< /Type /Catalog /Pages 2 0 R >>".to_owned(),
        format!("<< /Type /Pages /Kids [{kids}] /Count {pages} >>"),
        format!("<< /Length {} >>\nstream\n{content}\nendstream", content.len()),
        "<< /Type /Font /Subtype /Type0 /BaseFont /SimSun /Encoding /UniGB-UCS2-H /DescendantFonts [<< /Type /Font /Subtype \
         /CIDFontType0 /BaseFont /SimSun /CIDSystemInfo << /Registry (Adobe) /Ordering (GB1) /Supplement 4 >> >>] >>"
            .to_owned(),
    ];
    let page =
        "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 3 0 R /Resources << /Font << /F 4 0 R >> >> >>";
    objects.extend(std::iter::repeat_n(page.to_owned(), pages));
    let (mut file, mut table) = ("%PDF-1.7\n".to_owned(), "0000000000 65535 f \n".to_owned());
    for (index, object) in objects.iter().enumerate() {
        table += &format!("{:010} 00000 n \n", file.len());
        file += &format!("{} 0 obj\n{object}\nendobj\n", index + 1);
    }
    let (count, place) = (objects.len() + 1, file.len());
    file += &format!("xref\n0 {count}\n{table}trailer\n<< /Size {count} /Root 1 0 R >>\nstartxref\n{place}\n%%EOF\n");
    file.into_bytes()
}

fn photo() -> anyhow::Result<Vec<u8>> {
    let picture = RgbImage::from_fn(4_000, 3_000, |x, y| Rgb([(x / 9) as u8, (y / 7) as u8, (x * y / 99) as u8]));
    let mut bytes = Cursor::new(Vec::new());
    DynamicImage::ImageRgb8(picture).write_to(&mut bytes, ImageFormat::Jpeg)?;
    Ok(bytes.into_inner())
}

/// A film whose headers lie behind two gigabytes, which take no room on the disk.
fn film(path: &Path) -> anyhow::Result<()> {
    use std::io::{Seek, SeekFrom};
    let mut file = std::fs::File::create(path)?;
    file.write_all(b"\0\0\0\x10ftypisom\0\0\0\0\0\0\0\x01mdat")?;
    file.write_all(&(2_u64 << 30).to_be_bytes())?;
    file.seek(SeekFrom::Start(16 + (2 << 30)))?;
    let mut header = vec![0; 100];
    header[12..16].copy_from_slice(&1_000_u32.to_be_bytes());
    header[16..20].copy_from_slice(&2_700_000_u32.to_be_bytes());
    file.write_all(b"\0\0\0\x74moov\0\0\0\x6cmvhd")?;
    file.write_all(&header)?;
    Ok(())
}
