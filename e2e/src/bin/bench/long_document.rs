//! A document of a given length, as a lesson plan looks: headings, paragraphs, one long table.

use anyhow::Result;
use e2e::Witness;
use yrs::{TransactionMut, Xml, XmlElementPrelim, XmlElementRef, XmlFragment, XmlFragmentRef, XmlTextPrelim};

const SENTENCE: &str = "学生先独立思考再与同伴交流，教师巡视并收集不同的算法，请有代表性的学生上台说明理由。";
const PARAGRAPH: usize = 300;
const COLUMNS: usize = 5;
const CELL: usize = 30;

/// Where to type in it.
pub struct Places {
    /// Numbers of top-level blocks that are paragraphs.
    pub paragraphs: Vec<u32>,
    /// The last line, counted from the end as [`e2e::Teacher::put_caret`] does.
    pub last_paragraph: isize,
}

/// Appends about `characters` characters, with a table of `rows` rows if it fits.
pub fn fill(author: &Witness, characters: usize, rows: usize) -> Result<Places> {
    let mut paragraphs = Vec::new();
    author.edit(|content, change| {
        let table = rows * COLUMNS * CELL;
        let with_table = table * 2 <= characters;
        let mut left = if with_table { characters - table } else { characters };
        while left > 0 {
            if paragraphs.len() % 12 == 0 {
                let heading = append(content, change, "heading", &text(12));
                heading.insert_attribute(change, "level", 2_i64);
            }
            paragraphs.push(content.len(change));
            append(content, change, "paragraph", &text(left.min(PARAGRAPH)));
            left = left.saturating_sub(PARAGRAPH);
            if with_table && paragraphs.len() == 10 {
                let table = content.push_back(change, XmlElementPrelim::empty("table"));
                for _ in 0..rows {
                    row(&table, change);
                }
            }
        }
        paragraphs.push(content.len(change));
        append(content, change, "paragraph", "最后一行：");
    })?;
    Ok(Places { paragraphs, last_paragraph: -1 })
}

fn append(content: &XmlFragmentRef, change: &mut TransactionMut, name: &str, text: &str) -> XmlElementRef {
    let element = content.push_back(change, XmlElementPrelim::empty(name));
    element.push_back(change, XmlTextPrelim::new(text));
    element
}

fn row(table: &XmlElementRef, change: &mut TransactionMut) {
    let row = table.push_back(change, XmlElementPrelim::empty("tableRow"));
    for _ in 0..COLUMNS {
        let cell = row.push_back(change, XmlElementPrelim::empty("tableCell"));
        let paragraph = cell.push_back(change, XmlElementPrelim::empty("paragraph"));
        paragraph.push_back(change, XmlTextPrelim::new(text(CELL)));
    }
}

fn text(characters: usize) -> String {
    SENTENCE.chars().cycle().take(characters).collect()
}
