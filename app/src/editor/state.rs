//! What the view tells its toolbar (app/js/src/state.ts, `ToolbarState`).

use serde::Deserialize;

#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct ToolbarState {
    pub marks: Marks,
    pub color: Option<String>,
    pub highlight: Option<String>,
    pub link: Option<String>,
    pub block: String,
    pub level: Option<u8>,
    pub align: String,
    pub list: Option<String>,
    pub quote: bool,
    pub in_table: bool,
    pub can_merge: bool,
    pub can_split: bool,
    /// Images on their way to the server.
    pub uploads: u32,
    /// 汉字 each and other words each.
    pub words: u32,
    pub outline: Vec<Heading>,
    /// The heading that the caret stands under; -1 above the first.
    pub section: i32,
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct Marks {
    pub bold: bool,
    pub italic: bool,
    pub underline: bool,
    pub strike: bool,
    pub code: bool,
}

#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
pub struct Heading {
    pub level: u8,
    pub text: String,
}

impl ToolbarState {
    /// The value of the style chooser: `paragraph`, `heading-2`, `code`, or nothing it knows.
    pub fn style(&self) -> String {
        match (self.block.as_str(), self.level) {
            ("heading", Some(level)) => format!("heading-{level}"),
            ("codeBlock", _) => "code".to_owned(),
            ("paragraph", _) => "paragraph".to_owned(),
            _ => "other".to_owned(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_views_words_are_understood() {
        let said = r##"{"editable":true,"focused":false,"empty":false,"marks":{"bold":true,"italic":false,"underline":false,
            "strike":false,"code":false},"color":"#a63a17","highlight":null,"link":null,"block":"heading","level":2,
            "align":"left","list":null,"quote":false,"inTable":true,"canMerge":false,"canSplit":true,"canIndent":false,
            "canOutdent":false,"image":null,"uploads":1,"words":3286,"outline":[{"level":2,"text":"教学目标"}],"section":-1}"##;
        let state: ToolbarState = serde_json::from_str(said).unwrap();
        assert_eq!(state.style(), "heading-2");
        assert!(state.marks.bold && state.in_table && state.can_split && !state.can_merge);
        assert_eq!((state.words, state.uploads, state.section), (3286, 1, -1));
        assert_eq!(state.outline, [Heading { level: 2, text: "教学目标".into() }]);
    }
}
