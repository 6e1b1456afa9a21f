//! Small Word, PowerPoint and Excel files: only the parts without which the programs do not open them.

use std::fmt::Write as _;
use std::io::{Cursor, Write as _};

use zip::result::ZipResult;
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipWriter};

/// A piece of a page.
pub enum Block {
    Title(String),
    Heading(String),
    Line(String),
    Table(Vec<Vec<String>>),
}

/// A slide; the picture is a PNG.
pub struct Slide {
    pub title: String,
    pub lines: Vec<String>,
    pub picture: Option<Vec<u8>>,
}

const HEAD: &str = r#"<?xml version="1.0" encoding="UTF-8" standalone="yes"?>"#;
const RELATIONS: &str = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
const PACKAGE: &str = "http://schemas.openxmlformats.org/package/2006";
const TYPES: &str = "application/vnd.openxmlformats-officedocument";

/// A Word document.
pub fn docx(blocks: &[Block]) -> Vec<u8> {
    let mut body = String::new();
    for block in blocks {
        match block {
            Block::Title(text) => paragraph(&mut body, text, Some((0, 36))),
            Block::Heading(text) => paragraph(&mut body, text, Some((1, 28))),
            Block::Line(text) => paragraph(&mut body, text, None),
            Block::Table(rows) => table(&mut body, rows),
        }
    }
    let document = format!(
        r#"{HEAD}<w:document xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"><w:body>{body}<w:sectPr><w:pgSz w:w="11906" w:h="16838"/><w:pgMar w:top="1440" w:right="1440" w:bottom="1440" w:left="1440" w:header="720" w:footer="720" w:gutter="0"/></w:sectPr></w:body></w:document>"#
    );
    let types = content_types(&[("/word/document.xml", "wordprocessingml.document.main")]);
    package(&[
        ("[Content_Types].xml", types.into_bytes()),
        ("_rels/.rels", relations(&[("officeDocument", "word/document.xml")]).into_bytes()),
        ("word/document.xml", document.into_bytes()),
    ])
}

/// `heading`: its level in the outline and its size in half points.
fn paragraph(out: &mut String, text: &str, heading: Option<(u8, u8)>) {
    let fonts = r#"<w:rFonts w:eastAsia="宋体"/>"#;
    let (place, run) = match heading {
        Some((level, size)) => (
            format!(r#"<w:pPr><w:spacing w:before="160" w:after="80"/><w:outlineLvl w:val="{level}"/></w:pPr>"#),
            format!(r#"{fonts}<w:b/><w:sz w:val="{size}"/>"#),
        ),
        None => (r#"<w:pPr><w:spacing w:line="400" w:lineRule="auto"/></w:pPr>"#.to_owned(), fonts.to_owned()),
    };
    let text = escaped(text);
    let _ = write!(out, r#"<w:p>{place}<w:r><w:rPr>{run}</w:rPr><w:t xml:space="preserve">{text}</w:t></w:r></w:p>"#);
}

fn table(out: &mut String, rows: &[Vec<String>]) {
    let sides = ["top", "left", "bottom", "right", "insideH", "insideV"];
    out.push_str("<w:tbl><w:tblPr><w:tblW w:w=\"5000\" w:type=\"pct\"/><w:tblBorders>");
    for side in sides {
        let _ = write!(out, r#"<w:{side} w:val="single" w:sz="4" w:space="0" w:color="888888"/>"#);
    }
    out.push_str("</w:tblBorders></w:tblPr><w:tblGrid>");
    let columns = rows.iter().map(Vec::len).max().unwrap_or(0);
    out.push_str(&"<w:gridCol/>".repeat(columns));
    out.push_str("</w:tblGrid>");
    for row in rows {
        out.push_str("<w:tr>");
        for cell in row {
            out.push_str("<w:tc>");
            paragraph(out, cell, None);
            out.push_str("</w:tc>");
        }
        out.push_str("</w:tr>");
    }
    out.push_str("</w:tbl>");
    // Word wants a paragraph after a table that ends the page.
    paragraph(out, "", None);
}

/// An Excel workbook of one sheet. Whole numbers become numbers.
pub fn xlsx(sheet: &str, rows: &[Vec<String>]) -> Vec<u8> {
    let mut data = String::new();
    for row in rows {
        data.push_str("<row>");
        for cell in row {
            let _ = match cell.parse::<i64>() {
                Ok(number) => write!(data, "<c><v>{number}</v></c>"),
                Err(_) => write!(data, r#"<c t="inlineStr"><is><t>{}</t></is></c>"#, escaped(cell)),
            };
        }
        data.push_str("</row>");
    }
    let space = "http://schemas.openxmlformats.org/spreadsheetml/2006/main";
    let sheet_xml = format!(
        r#"{HEAD}<worksheet xmlns="{space}"><cols><col min="1" max="12" width="18" customWidth="1"/></cols><sheetData>{data}</sheetData></worksheet>"#
    );
    let book = format!(
        r#"{HEAD}<workbook xmlns="{space}" xmlns:r="{RELATIONS}"><sheets><sheet name="{}" sheetId="1" r:id="rId1"/></sheets></workbook>"#,
        escaped(sheet)
    );
    let types = content_types(&[
        ("/xl/workbook.xml", "spreadsheetml.sheet.main"),
        ("/xl/worksheets/sheet1.xml", "spreadsheetml.worksheet"),
    ]);
    package(&[
        ("[Content_Types].xml", types.into_bytes()),
        ("_rels/.rels", relations(&[("officeDocument", "xl/workbook.xml")]).into_bytes()),
        ("xl/workbook.xml", book.into_bytes()),
        ("xl/_rels/workbook.xml.rels", relations(&[("worksheet", "worksheets/sheet1.xml")]).into_bytes()),
        ("xl/worksheets/sheet1.xml", sheet_xml.into_bytes()),
    ])
}

const DRAWING: &str = "http://schemas.openxmlformats.org/drawingml/2006/main";
const PRESENTATION: &str = "http://schemas.openxmlformats.org/presentationml/2006/main";

/// A PowerPoint presentation. `accent` is a colour as six hexadecimal digits.
pub fn pptx(slides: &[Slide], accent: &str) -> Vec<u8> {
    let mut parts: Vec<(String, Vec<u8>)> = Vec::new();
    let mut overrides = vec![
        ("/ppt/presentation.xml".to_owned(), "presentationml.presentation.main"),
        ("/ppt/slideMasters/slideMaster1.xml".to_owned(), "presentationml.slideMaster"),
        ("/ppt/slideLayouts/slideLayout1.xml".to_owned(), "presentationml.slideLayout"),
        ("/ppt/theme/theme1.xml".to_owned(), "theme"),
    ];
    let mut shown = vec![("slideMaster", "slideMasters/slideMaster1.xml".to_owned())];
    let mut list = String::new();
    for (at, slide) in slides.iter().enumerate() {
        let number = at + 1;
        let mut beside = vec![("slideLayout", "../slideLayouts/slideLayout1.xml".to_owned())];
        if let Some(picture) = &slide.picture {
            beside.push(("image", format!("../media/image{number}.png")));
            parts.push((format!("ppt/media/image{number}.png"), picture.clone()));
        }
        parts.push((format!("ppt/slides/slide{number}.xml"), slide_xml(slide, accent).into_bytes()));
        parts.push((format!("ppt/slides/_rels/slide{number}.xml.rels"), relations(&beside).into_bytes()));
        overrides.push((format!("/ppt/slides/slide{number}.xml"), "presentationml.slide"));
        shown.push(("slide", format!("slides/slide{number}.xml")));
        let _ = write!(list, r#"<p:sldId id="{}" r:id="rId{}"/>"#, 256 + at, number + 1);
    }
    let spaces = format!(r#"xmlns:a="{DRAWING}" xmlns:r="{RELATIONS}" xmlns:p="{PRESENTATION}""#);
    let presentation = format!(
        r#"{HEAD}<p:presentation {spaces}><p:sldMasterIdLst><p:sldMasterId id="2147483648" r:id="rId1"/></p:sldMasterIdLst><p:sldIdLst>{list}</p:sldIdLst><p:sldSz cx="12192000" cy="6858000"/><p:notesSz cx="6858000" cy="9144000"/></p:presentation>"#
    );
    let tree = tree_of("");
    let master = format!(
        r#"{HEAD}<p:sldMaster {spaces}><p:cSld><p:bg><p:bgRef idx="1001"><a:schemeClr val="bg1"/></p:bgRef></p:bg>{tree}</p:cSld><p:clrMap bg1="lt1" tx1="dk1" bg2="lt2" tx2="dk2" accent1="accent1" accent2="accent2" accent3="accent3" accent4="accent4" accent5="accent5" accent6="accent6" hlink="hlink" folHlink="folHlink"/><p:sldLayoutIdLst><p:sldLayoutId id="2147483649" r:id="rId1"/></p:sldLayoutIdLst></p:sldMaster>"#
    );
    let layout = format!(
        r#"{HEAD}<p:sldLayout {spaces} type="blank"><p:cSld name="空白">{tree}</p:cSld><p:clrMapOvr><a:masterClrMapping/></p:clrMapOvr></p:sldLayout>"#
    );
    let of_master = [("slideLayout", "../slideLayouts/slideLayout1.xml"), ("theme", "../theme/theme1.xml")];
    let of_layout = [("slideMaster", "../slideMasters/slideMaster1.xml")];
    for (name, text) in [
        ("_rels/.rels", relations(&[("officeDocument", "ppt/presentation.xml")])),
        ("ppt/presentation.xml", presentation),
        ("ppt/_rels/presentation.xml.rels", relations(&shown)),
        ("ppt/slideMasters/slideMaster1.xml", master),
        ("ppt/slideMasters/_rels/slideMaster1.xml.rels", relations(&of_master)),
        ("ppt/slideLayouts/slideLayout1.xml", layout),
        ("ppt/slideLayouts/_rels/slideLayout1.xml.rels", relations(&of_layout)),
        ("ppt/theme/theme1.xml", theme(accent)),
    ] {
        parts.push((name.to_owned(), text.into_bytes()));
    }
    // Programs that guess a type by the first entry look for this one there.
    parts.insert(0, ("[Content_Types].xml".to_owned(), content_types(&overrides).into_bytes()));
    package(&parts)
}

fn tree_of(shapes: &str) -> String {
    format!(
        r#"<p:spTree><p:nvGrpSpPr><p:cNvPr id="1" name=""/><p:cNvGrpSpPr/><p:nvPr/></p:nvGrpSpPr><p:grpSpPr/>{shapes}</p:spTree>"#
    )
}

fn slide_xml(slide: &Slide, accent: &str) -> String {
    let title = format!(
        r#"<a:p><a:r><a:rPr lang="zh-CN" sz="3600" b="1"><a:solidFill><a:srgbClr val="{accent}"/></a:solidFill></a:rPr><a:t>{}</a:t></a:r></a:p>"#,
        escaped(&slide.title)
    );
    let mut lines = String::new();
    for line in &slide.lines {
        let line = escaped(line);
        let _ = write!(lines, r#"<a:p><a:r><a:rPr lang="zh-CN" sz="2400"/><a:t>{line}</a:t></a:r></a:p>"#);
    }
    if lines.is_empty() {
        lines.push_str("<a:p/>");
    }
    let width = if slide.picture.is_some() { 6_800_000 } else { 10_900_000 };
    let mut shapes = shape(2, "标题", [640_000, 480_000, 10_900_000, 900_000], &title);
    shapes.push_str(&shape(3, "内容", [640_000, 1_600_000, width, 4_600_000], &lines));
    if slide.picture.is_some() {
        shapes.push_str(r#"<p:pic><p:nvPicPr><p:cNvPr id="4" name="图"/><p:cNvPicPr/><p:nvPr/></p:nvPicPr><p:blipFill><a:blip r:embed="rId2"/><a:stretch><a:fillRect/></a:stretch></p:blipFill><p:spPr><a:xfrm><a:off x="7700000" y="1800000"/><a:ext cx="3840000" cy="2880000"/></a:xfrm><a:prstGeom prst="rect"><a:avLst/></a:prstGeom></p:spPr></p:pic>"#);
    }
    let tree = tree_of(&shapes);
    format!(
        r#"{HEAD}<p:sld xmlns:a="{DRAWING}" xmlns:r="{RELATIONS}" xmlns:p="{PRESENTATION}"><p:cSld>{tree}</p:cSld><p:clrMapOvr><a:masterClrMapping/></p:clrMapOvr></p:sld>"#
    )
}

/// `place`: left, top, width and height in EMU, 914,400 to the inch.
fn shape(id: u32, name: &str, place: [u32; 4], paragraphs: &str) -> String {
    let [x, y, width, height] = place;
    format!(
        r#"<p:sp><p:nvSpPr><p:cNvPr id="{id}" name="{name}"/><p:cNvSpPr txBox="1"/><p:nvPr/></p:nvSpPr><p:spPr><a:xfrm><a:off x="{x}" y="{y}"/><a:ext cx="{width}" cy="{height}"/></a:xfrm><a:prstGeom prst="rect"><a:avLst/></a:prstGeom><a:noFill/></p:spPr><p:txBody><a:bodyPr wrap="square"><a:normAutofit/></a:bodyPr><a:lstStyle/>{paragraphs}</p:txBody></p:sp>"#
    )
}

fn theme(accent: &str) -> String {
    let solid = r#"<a:solidFill><a:schemeClr val="phClr"/></a:solidFill>"#;
    let (fills, line) = (solid.repeat(3), format!(r#"<a:ln w="9525">{solid}</a:ln>"#));
    let (lines, effects) = (line.repeat(3), "<a:effectStyle><a:effectLst/></a:effectStyle>".repeat(3));
    let fonts = r#"<a:latin typeface="Calibri"/><a:ea typeface="Microsoft YaHei"/><a:cs typeface=""/>"#;
    let mut colours = String::new();
    for (name, colour) in [
        ("dk1", "1F2328"),
        ("lt1", "FFFFFF"),
        ("dk2", "3B4248"),
        ("lt2", "F4F1EA"),
        ("accent1", accent),
        ("accent2", "C9772E"),
        ("accent3", "5B8C5A"),
        ("accent4", "8A6FB0"),
        ("accent5", "3C7FA6"),
        ("accent6", "B5524B"),
        ("hlink", "2F6F9F"),
        ("folHlink", "6B5B8C"),
    ] {
        let _ = write!(colours, r#"<a:{name}><a:srgbClr val="{colour}"/></a:{name}>"#);
    }
    format!(
        r#"{HEAD}<a:theme xmlns:a="{DRAWING}" name="共备"><a:themeElements><a:clrScheme name="共备">{colours}</a:clrScheme><a:fontScheme name="共备"><a:majorFont>{fonts}</a:majorFont><a:minorFont>{fonts}</a:minorFont></a:fontScheme><a:fmtScheme name="共备"><a:fillStyleLst>{fills}</a:fillStyleLst><a:lnStyleLst>{lines}</a:lnStyleLst><a:effectStyleLst>{effects}</a:effectStyleLst><a:bgFillStyleLst>{fills}</a:bgFillStyleLst></a:fmtScheme></a:themeElements></a:theme>"#
    )
}

fn content_types(overrides: &[(impl AsRef<str>, &str)]) -> String {
    let mut types = format!(
        r#"{HEAD}<Types xmlns="{PACKAGE}/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" ContentType="application/xml"/><Default Extension="png" ContentType="image/png"/>"#
    );
    for (part, sort) in overrides {
        let part = part.as_ref();
        let _ = write!(types, r#"<Override PartName="{part}" ContentType="{TYPES}.{sort}+xml"/>"#);
    }
    types + "</Types>"
}

fn relations(targets: &[(&str, impl AsRef<str>)]) -> String {
    let mut list = format!(r#"{HEAD}<Relationships xmlns="{PACKAGE}/relationships">"#);
    for (at, (sort, target)) in targets.iter().enumerate() {
        let (number, target) = (at + 1, target.as_ref());
        let _ = write!(list, r#"<Relationship Id="rId{number}" Type="{RELATIONS}/{sort}" Target="{target}"/>"#);
    }
    list + "</Relationships>"
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

/// A zip with these entries and no dates, so that the same content is the same file. Nothing is packed: the parts are
/// small, and a demo has to be there at once.
pub fn package(parts: &[(impl AsRef<str>, Vec<u8>)]) -> Vec<u8> {
    zipped(parts).expect("writing to memory does not fail, and names are short")
}

fn zipped(parts: &[(impl AsRef<str>, Vec<u8>)]) -> ZipResult<Vec<u8>> {
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    let options = SimpleFileOptions::default().compression_method(CompressionMethod::Stored);
    let options = options.last_modified_time(zip::DateTime::DEFAULT);
    for (name, bytes) in parts {
        zip.start_file(name.as_ref(), options)?;
        zip.write_all(bytes)?;
    }
    Ok(zip.finish()?.into_inner())
}
