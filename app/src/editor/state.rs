//! What the view tells its toolbar (app/js/src/state.ts, `ToolbarState`).

use serde::Deserialize;

use super::shortcuts::Shortcut;

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
    /// The selected image.
    pub image: Option<Image>,
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

#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
pub struct Image {
    pub src: String,
    /// What it shows; empty if it only decorates, nothing if nobody has said.
    pub alt: Option<String>,
    /// In CSS pixels; without it the file's own.
    pub width: Option<f64>,
    /// The file's own width, once it is loaded.
    pub natural: Option<f64>,
}

#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
pub struct Heading {
    pub level: u8,
    pub text: String,
}

impl ToolbarState {
    /// What the paragraph is, if the style menu has it.
    pub fn style(&self) -> Option<Shortcut> {
        match (self.block.as_str(), self.level) {
            ("heading", Some(1)) => Some(Shortcut::Heading1),
            ("heading", Some(2)) => Some(Shortcut::Heading2),
            ("heading", Some(3)) => Some(Shortcut::Heading3),
            ("codeBlock", _) => Some(Shortcut::CodeBlock),
            ("paragraph", _) => Some(Shortcut::Paragraph),
            _ => None,
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
            "canOutdent":false,"image":{"src":"/p.png","alt":"","width":336,"natural":null},"uploads":1,"words":3286,"outline":[{"level":2,"text":"教学目标"}],"section":-1}"##;
        let state: ToolbarState = serde_json::from_str(said).unwrap();
        assert_eq!(state.style(), Some(Shortcut::Heading2));
        let image = Image { src: "/p.png".into(), alt: Some(String::new()), width: Some(336.0), natural: None };
        assert_eq!(state.image, Some(image));
        assert!(state.marks.bold && state.in_table && state.can_split && !state.can_merge);
        assert_eq!((state.words, state.uploads, state.section), (3286, 1, -1));
        assert_eq!(state.outline, [Heading { level: 2, text: "教学目标".into() }]);
    }
}
