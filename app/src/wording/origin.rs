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

/// A passage in quotes with its origin under it. A table stays a table. `passage` is HTML of text that was selected.
pub fn quote_html(passage: &str, origin: &Origin) -> String {
    let line = format!("<p>——{}</p>", origin.html());
    match passage.contains("<table") {
        true => format!("{passage}{line}"),
        false => format!("<blockquote>{}{line}</blockquote>", in_blocks(passage)),
    }
}

/// A line that leads to the item.
pub fn card_html(origin: &Origin) -> String {
    format!("<p>{}</p>", origin.html())
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
            ("横折", format!("<blockquote><p>横折</p><p>——{link}</p></blockquote>")),
            ("<p>横折</p>", format!("<blockquote><p>横折</p><p>——{link}</p></blockquote>")),
            ("<table><tr><td>1</td></tr></table>", format!("<table><tr><td>1</td></tr></table><p>——{link}</p>")),
        ] {
            assert_eq!(quote_html(passage, &origin("折纸")), expected);
        }
        assert_eq!(card_html(&origin("折纸")), format!("<p>{link}</p>"));
    }

    #[test]
    fn a_title_is_no_markup() {
        assert!(
            card_html(&origin("<img src=x onerror=\"a\">&"))
                .contains("《&lt;img src=x onerror=&quot;a&quot;&gt;&amp;》")
        );
    }
}
