//! What stands in the files of a piece: on its pages, slides and in its tables.

use shared::library::ItemKind;

use super::idea::{Drill, Idea, Piece, Place};
use super::office::{Block, Slide};
use super::taxa;

/// The slides: of a short lecture only the first question, the first steps and what is hard.
pub fn shown(idea: &Idea, piece: &Piece, steps: usize, picture: Vec<u8>) -> Vec<Slide> {
    let slide = |title: &str, lines: Vec<String>| Slide { title: title.to_owned(), lines, picture: None };
    let mut first = vec![about_it(idea)];
    first.extend(idea.asks.first().map(|ask| (*ask).to_owned()));
    let mut slides = vec![Slide { picture: Some(picture), ..slide(piece.title, first) }];
    slides.extend(piece.own.iter().map(|own| slide("想一想", vec![(*own).to_owned()])));
    let is_short = piece.kind == ItemKind::MicroLesson;
    for (at, (name, course)) in idea.steps.iter().take(if is_short { 2 } else { steps }).enumerate() {
        let ask = idea.asks.get(at).map(|ask| (*ask).to_owned());
        slides.push(slide(name, std::iter::once((*course).to_owned()).chain(ask).collect()));
    }
    if is_short {
        slides.push(slide("容易错在哪里", vec![idea.watch.to_owned()]));
    }
    let drill = tasks(idea, piece);
    if !drill.is_empty() {
        let lines = drill.into_iter().take(4).map(|(task, _)| task).collect();
        slides.push(slide("练一练", lines));
    }
    if !is_short && !idea.goals.is_empty() {
        slides.push(slide("今天学会了什么", idea.goals.iter().map(|goal| (*goal).to_owned()).collect()));
    }
    slides
}

/// The text of a piece as a page.
pub fn written(idea: &Idea, piece: &Piece, steps: usize) -> Vec<Block> {
    let line = |text: &str| Block::Line(text.to_owned());
    let heading = |text: &str| Block::Heading(text.to_owned());
    let mut page = vec![Block::Title(piece.title.to_owned()), Block::Line(about_it(idea))];
    page.extend(piece.own.iter().map(|own| line(own)));
    if !piece.table.is_empty() {
        page.push(Block::Table(cells(piece.table)));
    }
    let numbered = |texts: &[&str]| {
        let lines = (1..).zip(texts).map(|(at, text)| Block::Line(format!("{at}. {text}")));
        lines.collect::<Vec<_>>()
    };
    match piece.kind {
        ItemKind::LessonDesign => {
            page.push(heading("教学目标"));
            page.extend(numbered(idea.goals));
            page.push(heading("关键问题"));
            page.extend(numbered(idea.asks));
            page.push(heading("教学过程"));
            page.extend(idea.steps.iter().take(steps).map(|(name, course)| Block::Line(format!("【{name}】{course}"))));
            page.push(heading("学生的难处"));
            page.push(line(idea.watch));
            page.extend(exercises(idea, piece, 3));
        }
        ItemKind::QuestionSet => page.extend(exercises(idea, piece, 8)),
        ItemKind::RecordedLesson => {
            page.extend(idea.steps.iter().take(steps).map(|(name, course)| Block::Line(format!("〔{name}〕{course}"))));
        }
        ItemKind::TeachingCase => {
            page.push(heading("当时要解决的问题"));
            page.extend(idea.asks.first().map(|ask| line(ask)));
            page.push(heading("回头看"));
            page.push(line(idea.watch));
        }
        ItemKind::MicroLesson | ItemKind::Courseware => {
            page.extend(idea.steps.iter().take(steps).map(|(name, course)| Block::Line(format!("{name}：{course}"))));
        }
        ItemKind::ResearchResult => {
            if !idea.goals.is_empty() {
                page.push(heading("我们怎么做"));
                page.extend(numbered(idea.goals));
            }
        }
        ItemKind::Template | ItemKind::Equipment | ItemKind::Venue => {}
    }
    page
}

fn exercises(idea: &Idea, piece: &Piece, at_most: usize) -> Vec<Block> {
    let tasks = tasks(idea, piece);
    if tasks.is_empty() {
        return Vec::new();
    }
    let mut page = vec![Block::Heading("练习".to_owned())];
    let numbered = |at: usize, text: &str| Block::Line(format!("{}. {text}", at + 1));
    let shown = tasks.len().min(at_most);
    page.extend(tasks[..shown].iter().enumerate().map(|(at, (task, _))| numbered(at, task)));
    page.push(Block::Heading("参考答案".to_owned()));
    page.extend(tasks[..shown].iter().enumerate().map(|(at, (_, answer))| numbered(at, answer)));
    page
}

/// Two pieces of one idea have different numbers.
fn tasks(idea: &Idea, piece: &Piece) -> Vec<(String, String)> {
    match idea.drill {
        Drill::None => Vec::new(),
        Drill::Say(tasks) => tasks.iter().map(|(task, answer)| ((*task).to_owned(), (*answer).to_owned())).collect(),
        Drill::Make(make) => make(piece.days_ago + u32::try_from(piece.title.len()).unwrap_or(0)),
    }
}

/// The rows of a table under its title; below a form stands how to fill it in.
pub fn rows(idea: &Idea, piece: &Piece) -> Vec<Vec<String>> {
    let mut rows = vec![vec![piece.title.to_owned()]];
    if piece.table.is_empty() {
        rows.push(["题号", "题目", "答案"].map(str::to_owned).to_vec());
        let tasks = (1..).zip(tasks(idea, piece));
        rows.extend(tasks.map(|(at, (task, answer))| vec![at.to_string(), task, answer]));
    } else {
        rows.extend(cells(piece.table));
    }
    if piece.kind == ItemKind::Template {
        rows.push(vec!["说明".to_owned(), piece.about.to_owned()]);
    }
    rows
}

fn cells(table: &[&[&str]]) -> Vec<Vec<String>> {
    table.iter().map(|row| row.iter().map(|cell| (*cell).to_owned()).collect()).collect()
}

pub fn text_of(page: &[Block]) -> String {
    let lines = page.iter().map(|block| match block {
        Block::Title(text) | Block::Heading(text) | Block::Line(text) => text.clone(),
        Block::Table(rows) => rows.iter().map(|row| row.join("\t")).collect::<Vec<_>>().join("\n"),
    });
    lines.collect::<Vec<_>>().join("\n")
}

pub fn markdown(page: &[Block]) -> String {
    let lines = page.iter().map(|block| match block {
        Block::Title(text) => format!("# {text}\n"),
        Block::Heading(text) => format!("\n## {text}\n"),
        Block::Line(text) => format!("{text}\n"),
        Block::Table(rows) => rows.iter().map(|row| format!("| {} |\n", row.join(" | "))).collect(),
    });
    lines.collect()
}

/// Where it belongs and what it is about, as the line under a title.
fn about_it(idea: &Idea) -> String {
    format!("{}　{}", place_in_words(&idea.place), idea.theme).trim().to_owned()
}

fn place_in_words(place: &Place) -> String {
    match place {
        Place::Book(taxon) => {
            let (subject, _, volume) = taxa::of_volume(taxon).expect("a volume of the demo");
            let unit = taxon.split('-').nth(3).map_or_else(String::new, |unit| format!(" 第{unit}单元"));
            format!("{subject} {volume}{unit}")
        }
        Place::Free(stage, subject, grade) => format!("{stage} {subject} {grade}").trim().to_owned(),
    }
}
