//! Words that only say that somebody asks, and for whom: 怎么, 有没有, 请问, 学生. As typed they are looked for like all
//! others; only where that finds too little they count for nothing.

use super::typed::{Part, Term, Typed};

/// The longer ones stand before those that they begin with.
const ASKING: &str = "怎么办 怎么样 怎么 怎样 如何 为什么 为何 什么样 什么 哪里 哪儿 哪些 哪个 哪种 有没有 是不是 能不能 \
                      可不可以 要不要 应不应该 可以 能否 是否 应该 请问 请教 求助 谁有 想找 想要 我想 我要 \
                      一些 一份 一下 学生 孩子 老师 总是 老是 吗 呢 吧";
/// Elsewhere they join words (秋天的作文) or begin one (了解); at the end they say nothing.
const AT_THE_END: [char; 2] = ['了', '的'];

impl Typed {
    /// What is asked for: the pieces that are left of terms without asking words. `None` if there are no such words, or
    /// nothing else.
    pub fn without_asking(&self) -> Option<Self> {
        let mut left: Vec<(Term, bool)> = Vec::new();
        for (term, goes_on) in self.each() {
            for piece in term.without_asking() {
                let is_last = term.parts.ends_with(&piece.parts);
                left.push((piece, goes_on && is_last));
            }
        }
        if left.iter().map(|(piece, _)| piece).eq(&self.terms) {
            return None;
        }
        // The 写 in 秋天的作文怎么写: a character by itself stands in nearly every text.
        if left.iter().any(|(piece, _)| piece.is_telling()) {
            left.retain(|(piece, _)| piece.is_telling());
        }
        let unfinished = left.last().is_some_and(|(_, goes_on)| *goes_on);
        let mut terms: Vec<Term> = Vec::new();
        for (piece, _) in left {
            if !terms.contains(&piece) {
                terms.push(piece);
            }
        }
        (!terms.is_empty()).then_some(Self { terms, unfinished })
    }
}

impl Term {
    /// Its pieces between asking words; none if it only asks.
    pub fn without_asking(&self) -> Vec<Term> {
        let (mut pieces, mut piece) = (Vec::new(), Vec::new());
        let mut at = 0;
        while let Some(part) = self.parts.get(at) {
            match asking(&self.parts[at..]) {
                Some(length) => {
                    pieces.push(std::mem::take(&mut piece));
                    at += length;
                }
                None => {
                    piece.push(part.clone());
                    at += 1;
                }
            }
        }
        pieces.push(piece);
        for piece in &mut pieces {
            if matches!(piece.last(), Some(Part::Han(c)) if AT_THE_END.contains(c)) {
                piece.pop();
            }
        }
        pieces.into_iter().filter(|parts| !parts.is_empty()).map(|parts| Term { parts }).collect()
    }

    fn is_telling(&self) -> bool {
        !matches!(self.parts[..], [Part::Han(_)])
    }
}

/// How long the asking word is that the parts begin with.
fn asking(parts: &[Part]) -> Option<usize> {
    ASKING.split(' ').find_map(|word| {
        let length = word.chars().count();
        let own = parts.get(..length)?.iter().zip(word.chars());
        own.into_iter().all(|(part, c)| *part == Part::Han(c)).then_some(length)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_only_asks_is_left_out() {
        for (q, expected, unfinished) in [
            ("怎么教平均分", Some("教平均分"), true),
            ("学生分不清周长和面积怎么办？", Some("分不清周长和面积"), false),
            ("網課卡住了怎麼辦", Some("网课卡住"), false),
            ("请问 有没有认识钟表的课件吗", Some("认识钟表的课件"), false),
            ("秋天的作文怎么写", Some("秋天的作文"), false),
            ("怎么了解 分数", Some("了解 分数"), true),
            ("怎么读 unit", Some("unit"), true),
            ("怎么读", Some("读"), true),
            ("平均分", None, true),
            ("花 平均分", None, true),
            ("怎么办", None, true),
            ("", None, false),
        ] {
            let left = Typed::of(q).without_asking();
            let shown = left.as_ref().map(|typed| {
                let terms = typed.terms.iter().map(|term| {
                    let part = |part: &Part| match part {
                        Part::Han(c) => c.to_string(),
                        Part::Word(word) => word.clone(),
                    };
                    term.parts.iter().map(part).collect::<String>()
                });
                terms.collect::<Vec<_>>().join(" ")
            });
            assert_eq!(shown.as_deref(), expected, "{q}");
            assert!(left.is_none_or(|left| left.unfinished == unfinished), "{q}");
        }
    }
}
