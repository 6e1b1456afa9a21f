//! What a dropped folder is as a list: its files in their order, subfolders as headings.

use std::cmp::Ordering;

/// A line of the list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum FolderLine {
    /// A subfolder, with those that it lies in but the topmost: 第一课 / 学具.
    Heading(String),
    /// The place of the file in what was given.
    File(usize),
}

/// The topmost folder, if all of these paths lie in the same one. Paths have `/` between their parts.
pub fn common_folder<'a>(paths: &[&'a str]) -> Option<&'a str> {
    let top = |path: &'a str| path.trim_start_matches('/').split_once('/').map(|(folder, _)| folder);
    let first = top(paths.first()?).filter(|folder| !folder.is_empty())?;
    paths.iter().all(|path| top(path) == Some(first)).then_some(first)
}

/// Files of one folder come before its subfolders; names in the order in which people count, 2 before 10.
pub fn in_folder_order(paths: &[&str]) -> Vec<FolderLine> {
    let split = |path: &str| {
        let mut parts: Vec<String> = path.trim_start_matches('/').split('/').map(str::to_owned).collect();
        let name = parts.pop().unwrap_or_default();
        (parts, name)
    };
    let mut files: Vec<(Vec<String>, String, usize)> = paths
        .iter()
        .enumerate()
        .map(|(place, path)| {
            let (folders, name) = split(path);
            (folders, name, place)
        })
        .collect();
    files.sort_by(|one, other| {
        let folders = one.0.iter().zip(&other.0).map(|(one, other)| counted(one, other));
        let folders = folders.fold(Ordering::Equal, Ordering::then);
        folders.then(one.0.len().cmp(&other.0.len())).then_with(|| counted(&one.1, &other.1)).then(one.2.cmp(&other.2))
    });
    let mut lines = Vec::with_capacity(files.len());
    let mut inside: Vec<String> = Vec::new();
    for (folders, _, place) in files {
        let below = folders.get(1..).unwrap_or_default().to_vec();
        if below != inside && !below.is_empty() {
            lines.push(FolderLine::Heading(below.join(" / ")));
        }
        inside = below;
        lines.push(FolderLine::File(place));
    }
    lines
}

/// Names with their numbers taken as numbers.
fn counted(one: &str, other: &str) -> Ordering {
    let (mut a, mut b) = (one.chars().peekable(), other.chars().peekable());
    loop {
        match (a.peek().copied(), b.peek().copied()) {
            (Some(x), Some(y)) if x.is_ascii_digit() && y.is_ascii_digit() => match number(&mut a).cmp(&number(&mut b))
            {
                Ordering::Equal => {}
                order => return order,
            },
            (Some(x), Some(y)) if x == y => {
                a.next();
                b.next();
            }
            (x, y) => return x.cmp(&y).then_with(|| one.cmp(other)),
        }
    }
}

/// Takes the digits off the front; longer than any number counts as the greatest.
fn number(chars: &mut std::iter::Peekable<std::str::Chars<'_>>) -> u64 {
    let mut value = 0_u64;
    while let Some(digit) = chars.peek().and_then(|c| c.to_digit(10)) {
        value = value.saturating_mul(10).saturating_add(u64::from(digit));
        chars.next();
    }
    value
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_is_a_list_in_the_order_in_which_people_count() {
        let paths = [
            "分数/第10课/课件.pptx",
            "分数/第2课/学具/折纸.pdf",
            "分数/目录.docx",
            "分数/第2课/2 练习.docx",
            "分数/第2课/10 小测.docx",
        ];
        assert_eq!(common_folder(&paths), Some("分数"));
        let lines = in_folder_order(&paths).into_iter().map(|line| match line {
            FolderLine::Heading(text) => format!("[{text}]"),
            FolderLine::File(place) => paths[place].rsplit('/').next().unwrap().to_owned(),
        });
        let expected = [
            "目录.docx",
            "[第2课]",
            "2 练习.docx",
            "10 小测.docx",
            "[第2课 / 学具]",
            "折纸.pdf",
            "[第10课]",
            "课件.pptx",
        ];
        assert_eq!(lines.collect::<Vec<_>>(), expected);
    }

    #[test]
    fn files_that_lie_in_no_common_folder_are_none() {
        for paths in [&[][..], &["a.docx"], &["x/a.docx", "b.docx"], &["x/a.docx", "y/a.docx"], &["/a.docx"]] {
            assert_eq!(common_folder(paths), None, "{paths:?}");
        }
        assert_eq!(common_folder(&["/x/a.docx", "x/y/b.docx"]), Some("x"));
        assert_eq!(counted("9", "99999999999999999999999"), Ordering::Less);
    }
}
