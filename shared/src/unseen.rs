//! Characters that deceive whoever reads: those that turn the direction of writing and those that are not seen
//! (Unicode Standard Annex 9; Unicode Technical Report 36).

/// It turns the direction of writing: behind one `exe.docx` is shown for `xcod.exe`.
pub fn turns_round(c: char) -> bool {
    matches!(c, '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

/// Nothing is drawn for it. Joiners, which some scripts need, are not among them.
pub fn is_unseen(c: char) -> bool {
    matches!(c, '\u{200b}' | '\u{2060}'..='\u{2065}' | '\u{feff}')
}
