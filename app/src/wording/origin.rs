//! What stands in a document of something that was taken from the library: the passage, and whose it is.

/// Whose it is, and where it can be looked at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Origin {
    /// The whole address of the item's page.
    pub address: String,
    pub title: String,
    pub by: String,
    pub school: String,
    /// In words: 第 2 版.
    pub version: String,
}

impl Origin {
    /// 《折纸认分数》 赵晓雯，北关小学，第 2 版: a link and its words.
    fn html(&self) -> String {
        let about: Vec<_> =
            [&self.by, &self.school, &self.version].into_iter().filter(|word| !word.is_empty()).collect();
        let about = about.into_iter().map(|word| escaped(word)).collect::<Vec<_>>().join("，");
        format!("<a href=\"{}\">《{}》</a> {about}", escaped(&self.address), escaped(&self.title))
    }
}

/// Says to the editor that what it stands in comes whole: nothing of it joins the line that the caret is in.
const WHOLE: &str = "data-pm-slice=\"0 0 []\"";

/// A passage in quotes with its origin under it. A table stays a table. `passage` is HTML of text that was selected.
pub fn quote_html(passage: &str, origin: &Origin) -> String {
    match passage.contains("<table") {
        true => format!("{passage}{}", under(origin)),
        false => format!("<blockquote>{}{}</blockquote>", in_blocks(passage), under(origin)),
    }
}

/// A picture of this server with its origin under it.
pub fn picture_html(address: &str, origin: &Origin) -> String {
    format!("<p><img src=\"{}\" alt=\"{}\"></p>{}", escaped(address), escaped(&origin.title), under(origin))
}

/// A line that leads to the item.
pub fn card_html(origin: &Origin) -> String {
    format!("<p {WHOLE}>{}</p>", origin.html())
}

/// Rows of text as a table; short ones end in empty cells.
pub fn table_html(rows: &[Vec<&str>]) -> String {
    let width = rows.iter().map(Vec::len).max().unwrap_or_default();
    let cells = |row: &Vec<&str>| {
        let filled = row.iter().copied().chain(std::iter::repeat("")).take(width);
        filled.map(|cell| format!("<td>{}</td>", escaped(cell))).collect::<String>()
    };
    let rows: String = rows.iter().map(|row| format!("<tr>{}</tr>", cells(row))).collect();
    format!("<table><tbody>{rows}</tbody></table>")
}

fn under(origin: &Origin) -> String {
    format!("<p {WHOLE}>——{}</p>", origin.html())
}

/// A part of one line comes without a block around it.
fn in_blocks(passage: &str) -> String {
    const BLOCKS: [&str; 8] = ["<p", "<h", "<ul", "<ol", "<li", "<pre", "<blockquote", "<div"];
    match BLOCKS.iter().any(|block| passage.trim_start().starts_with(block)) {
        true => passage.to_owned(),
        false => format!("<p>{passage}</p>"),
    }
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn origin(title: &str) -> Origin {
        Origin {
            address: "http://gongbei.test/library/items/a1".to_owned(),
            title: title.to_owned(),
            by: "赵晓雯".to_owned(),
            school: String::new(),
            version: "第 2 版".to_owned(),
        }
    }

    #[test]
    fn a_passage_stands_with_its_origin() {
        let link = "<a href=\"http://gongbei.test/library/items/a1\">《折纸》</a> 赵晓雯，第 2 版";
        for (passage, expected) in [
            ("横折", format!("<blockquote><p>横折</p><p {WHOLE}>——{link}</p></blockquote>")),
            ("<p>横折</p>", format!("<blockquote><p>横折</p><p {WHOLE}>——{link}</p></blockquote>")),
            (
                "<table><tr><td>1</td></tr></table>",
                format!("<table><tr><td>1</td></tr></table><p {WHOLE}>——{link}</p>"),
            ),
        ] {
            assert_eq!(quote_html(passage, &origin("折纸")), expected);
        }
        assert_eq!(card_html(&origin("折纸")), format!("<p {WHOLE}>{link}</p>"));
    }

    #[test]
    fn rows_of_a_table_are_of_one_width() {
        let html = table_html(&[vec!["题目", "得数"], vec!["<1/2>"]]);
        let rows = "<tr><td>题目</td><td>得数</td></tr><tr><td>&lt;1/2&gt;</td><td></td></tr>";
        assert_eq!(html, format!("<table><tbody>{rows}</tbody></table>"));
    }

    #[test]
    fn a_title_is_no_markup() {
        assert!(
            card_html(&origin("<img src=x onerror=\"a\">&"))
                .contains("《&lt;img src=x onerror=&quot;a&quot;&gt;&amp;》")
        );
    }
}
