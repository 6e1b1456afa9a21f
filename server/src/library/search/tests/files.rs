//! What is left of an index when the process, or a file of it, is gone.

use std::fs;
use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Command, Stdio};

use super::super::{Search, Text};
use super::{Entry, Stage, entry, numbers};

/// In the environment of the process that is killed: where it writes.
const FOLDER: &str = "GONGBEI_SEARCH_KILLED";

fn put(search: &Search, number: u32) {
    let body = format!("第{number}课的正文，{}", "分数的初步认识。".repeat(50));
    search
        .put_text(number, &Text { title: &format!("练习{number}"), also: &["数学"], body: &body, parts: &[] })
        .unwrap();
}

fn reopened(stage: Stage) -> Stage {
    let Stage { search, directory, folder } = stage;
    drop(search);
    let search = Search::open(&folder.path().join("index")).unwrap();
    Stage { search, directory, folder }
}

#[test]
fn a_start_goes_on_from_the_last_commit() {
    let mut stage = Stage::new();
    assert_eq!(stage.search.stamp(), 0);
    for number in 0..20 {
        put(&stage.search, number);
        if number == 9 {
            stage.search.commit(10).unwrap();
        }
    }
    stage = reopened(stage);
    assert_eq!(stage.search.stamp(), 10);
    stage.search.put_rows((0..20).map(entry));
    assert_eq!(stage.find("正文").total, 10, "what was not committed is not there");
    put(&stage.search, 3);
    stage.search.remove_text(4).unwrap();
    stage.search.commit(12).unwrap();
    assert_eq!(stage.find("正文").total, 9, "the same text again is no second one");
    stage = reopened(stage);
    stage.search.put_rows((0..20).map(entry));
    assert_eq!((stage.search.stamp(), stage.find("正文").total), (12, 9));
}

#[test]
fn a_broken_folder_is_begun_anew() {
    let stage = Stage::new();
    (0..5).for_each(|number| put(&stage.search, number));
    stage.search.commit(7).unwrap();
    let Stage { search, directory, folder } = stage;
    drop(search);
    let whole = folder.path().join("index");
    let files: Vec<_> = fs::read_dir(&whole).unwrap().map(|file| file.unwrap().file_name()).collect();
    assert!(files.len() > 5, "{files:?}");
    for file in &files {
        for (what, damage) in [
            ("gone", (|path| fs::remove_file(path).unwrap()) as fn(&Path)),
            ("empty", |path| fs::write(path, "").unwrap()),
            ("cut", |path| {
                let bytes = fs::read(path).unwrap();
                fs::write(path, &bytes[..bytes.len() / 2]).unwrap();
            }),
            ("changed", |path| {
                let mut bytes = fs::read(path).unwrap();
                let middle = bytes.len() / 2;
                bytes.iter_mut().skip(middle).take(1).for_each(|byte| *byte ^= 0xff);
                fs::write(path, bytes).unwrap();
            }),
        ] {
            let broken = tempfile::tempdir().unwrap();
            for file in &files {
                fs::copy(whole.join(file), broken.path().join(file)).unwrap();
            }
            damage(&broken.path().join(file));
            let search = Search::open(broken.path()).unwrap();
            if search.stamp() == 0 {
                (0..5).for_each(|number| put(&search, number));
                search.commit(1).unwrap();
            }
            search.put_rows((0..5).map(entry));
            let stage = Stage { search, directory: directory.clone(), folder: broken };
            let mut found = stage.found("初步认识");
            found.sort_unstable();
            assert_eq!(found, [0, 1, 2, 3, 4], "{file:?} is {what}");
        }
    }
}

#[test]
fn another_form_of_index_is_begun_anew() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("meta.json"), "{}").unwrap();
    assert_eq!(Search::open(folder.path()).unwrap().stamp(), 0);
    fs::write(folder.path().join("meta.json"), "no JSON at all").unwrap();
    assert_eq!(Search::open(folder.path()).unwrap().stamp(), 0);
}

#[test]
fn a_text_of_a_mebibyte_is_found_by_its_last_words() {
    let stage = Stage::new();
    let body = "这是很长的一份文字材料，".repeat((1 << 20) / 36) + "最后是鹭鸶";
    stage.search.put_text(0, &Text { title: "长", body: &body, ..Text::default() }).unwrap();
    stage.search.put_row(Entry { ..entry(0) });
    stage.search.commit(1).unwrap();
    assert_eq!(numbers(&stage.find("鹭鸶")), [0]);
    assert_eq!(numbers(&stage.find("是鹭鸶")), [0]);
}

/// Not a test by itself: the process that is killed. It says each stamp after it was committed.
#[test]
fn writes_until_it_is_killed() {
    let Some(folder) = std::env::var_os(FOLDER) else { return };
    let search = Search::open(Path::new(&folder)).unwrap();
    for stamp in search.stamp() + 1.. {
        put(&search, stamp as u32);
        search.commit(stamp).unwrap();
        println!("\ncommitted {stamp}");
        std::io::stdout().flush().unwrap();
    }
}

#[test]
fn nothing_committed_is_lost_when_the_process_is_killed() {
    let stage = Stage::new();
    let folder = stage.folder.path().join("killed");
    let mut committed = 0;
    for commits in [1, 3, 6, 11] {
        let mut writer = Command::new(std::env::current_exe().unwrap())
            .args(["--exact", "library::search::tests::files::writes_until_it_is_killed", "--nocapture"])
            .env(FOLDER, &folder)
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let lines = BufReader::new(writer.stdout.take().unwrap()).lines();
        let said = lines.map_while(Result::ok).filter_map(|line| line.strip_prefix("committed ")?.parse::<u64>().ok());
        committed = said.take(commits).last().unwrap_or(committed);
        writer.kill().unwrap();
        writer.wait().unwrap();

        let search = Search::open(&folder).unwrap();
        assert!(search.stamp() >= committed && committed > 0, "{committed} was said, {} is there", search.stamp());
        committed = search.stamp();
        search.put_rows((0..100).map(entry));
        let killed = Stage { search, directory: stage.directory.clone(), folder: tempfile::tempdir().unwrap() };
        assert_eq!(u64::from(killed.find("正文").total), committed.min(99), "after {committed}");
    }
}
