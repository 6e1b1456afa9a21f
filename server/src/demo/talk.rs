//! What the demo's teachers say of its library: from the remarks that its items bring, and what was asked, answered,
//! corrected and found in use besides.

use std::time::Duration;

use shared::api::Deed;
use shared::library::{CorrectionState, RemarkKind, Verdict};
use shared::words::{ItemId, RemarkId, UnixMillis, UserId};

use super::library::DemoItem;
use crate::clock;
use crate::store::{Decision, Deposited, DepositedTalk, NewCorrection, NewRemark};

/// All of it, the oldest first.
pub fn talk(items: &[DemoItem], now: UnixMillis) -> anyhow::Result<Vec<DepositedTalk>> {
    let mut all = Vec::new();
    for item in items {
        remarks(item, now, &mut all)?;
        ratings(item, now, &mut all)?;
    }
    asked(now, &mut all)?;
    all.sort_by_key(|(at, _)| *at);
    Ok(all.into_iter().map(|(_, talk)| talk).collect())
}

type Dated = (UnixMillis, DepositedTalk);

fn ago(now: UnixMillis, days: u32, minutes: u64) -> UnixMillis {
    clock::before(now, Duration::from_secs(u64::from(days) * 24 * 3_600 - minutes * 60))
}

/// A remark that asks is a question, and one that only thanks is thanks.
fn remarks(item: &DemoItem, now: UnixMillis, all: &mut Vec<Dated>) -> anyhow::Result<()> {
    for (place, (by, text, days_ago)) in item.remarks.iter().enumerate() {
        let kind = match text {
            text if text.ends_with('？') => RemarkKind::Question,
            text if text.contains("谢谢") => RemarkKind::Thanks,
            _ => RemarkKind::Remark,
        };
        let at = ago(now, *days_ago, 0);
        let id = format!("{}-shuo-{}", item.id, place + 1);
        all.push(dated(&item.id, by, new_remark(&id, None, kind, text, at)?)?);
    }
    Ok(())
}

fn new_remark(id: &str, root: Option<&str>, kind: RemarkKind, text: &str, at: UnixMillis) -> anyhow::Result<NewRemark> {
    let root = root.map(str::parse::<RemarkId>).transpose()?;
    // Those who reply below speak for the item.
    let for_item = root.is_some();
    Ok(NewRemark { id: id.parse()?, root, kind, text: text.to_owned(), at, for_item, correction: None })
}

fn dated(item: &str, by: &str, remark: NewRemark) -> anyhow::Result<Dated> {
    let at = remark.at;
    Ok((at, DepositedTalk { item: item.parse()?, by: by.parse()?, what: Deposited::Remark(remark) }))
}

/// Who took something into their own work says how it was; what, and with which words, goes by the item and the person.
fn ratings(item: &DemoItem, now: UnixMillis, all: &mut Vec<Dated>) -> anyhow::Result<()> {
    const SENTENCES: [(Verdict, &str); 8] = [
        (Verdict::Ready, "直接上了一节课，正好四十分钟。"),
        (Verdict::Adapted, "删了最后一个环节，换成我们班的例子。"),
        (Verdict::Idea, "没有照搬，但导入的想法用在了另一课。"),
        (Verdict::Ready, ""),
        (Verdict::Adapted, "人少，四人一组改成了两人一组。"),
        (Verdict::Adapted, ""),
        (Verdict::Unfit, "我们班还没学到这里，下学期再看。"),
        (Verdict::Ready, "步骤写得清楚，代课老师也能上。"),
    ];
    let mut rated = Vec::new();
    for one in item.uses.iter().filter(|one| one.deed.adopts() && one.deed != Deed::Adapted) {
        if rated.contains(&one.by) || one.by == item.by {
            continue;
        }
        rated.push(one.by);
        let seed =
            item.id.bytes().chain(one.by.bytes()).fold(11_usize, |sum, byte| (sum * 31 + usize::from(byte)) % 9_973);
        // Not everybody says something.
        let Some((verdict, words)) = SENTENCES.get(seed % 12) else { continue };
        let at = ago(now, one.days_ago.saturating_sub(1).max(1), 0);
        let what = Deposited::Rating { verdict: *verdict, words: (*words).to_owned(), at };
        all.push((at, DepositedTalk { item: item.id.parse::<ItemId>()?, by: one.by.parse::<UserId>()?, what }));
    }
    Ok(())
}

/// A question with its answer, one that still waits, and corrections: one that was taken and one that is open.
fn asked(now: UnixMillis, all: &mut Vec<Dated>) -> anyhow::Result<()> {
    const QUESTIONS: [(&str, &str, &str, u32, &str, &str); 4] = [
        (
            "zhezhi-kejian",
            "lin",
            "第 3 页的正方形纸要多大的才好折？",
            9,
            "zhao",
            "边长 15 厘米左右，太小了斜折看不清。",
        ),
        ("zhezhi-kejian", "qian", "没有投影的教室，怎么让后排也看清折痕？", 3, "", ""),
        (
            "jiaoliu-beike-chengguo",
            "ma",
            "村小只有两位数学老师，议课怎么认小组？",
            30,
            "wu",
            "两位老师各看一半，课后换着说，也够了。",
        ),
        ("jiaoliu-beike-chengguo", "lin", "这份材料能打印出来发给家长看吗？", 2, "", ""),
    ];
    for (place, (item, by, text, days_ago, answerer, answer)) in QUESTIONS.iter().enumerate() {
        let id = format!("wen-{}", place + 1);
        let at = ago(now, *days_ago, 0);
        all.push(dated(item, by, new_remark(&id, None, RemarkKind::Question, text, at)?)?);
        if !answer.is_empty() {
            let reply = format!("{id}-da");
            let at = ago(now, *days_ago, 95);
            all.push(dated(item, answerer, new_remark(&reply, Some(&id), RemarkKind::Remark, answer, at)?)?);
        }
    }
    const CORRECTIONS: [(&str, &str, &str, &str, &str, u32, &str); 2] = [
        (
            "jiaoliu-beike-chengguo",
            "zhou",
            "共同備課不是把教案寫得更長",
            "共同備課不是把教案越寫越長",
            "“更长”像是在和谁比，“越写越长”才是我们常犯的。",
            20,
            "wu",
        ),
        (
            "jiaoliu-beike-chengguo",
            "chen",
            "把學生看得更清楚",
            "把每一個學生看得更清楚",
            "说的是一个一个的孩子。",
            4,
            "",
        ),
    ];
    for (place, (item, by, quote, instead, why, days_ago, taken_by)) in CORRECTIONS.iter().enumerate() {
        let id = format!("gengzheng-{}", place + 1);
        let at = ago(now, *days_ago, 0);
        let correction = NewCorrection { version: 1, quote: (*quote).to_owned(), instead: (*instead).to_owned() };
        let remark = new_remark(&id, None, RemarkKind::Correction, why, at)?;
        all.push(dated(item, by, NewRemark { correction: Some(correction), ..remark })?);
        if !taken_by.is_empty() {
            let at = ago(now, *days_ago, 180);
            let decision = Decision { state: CorrectionState::Taken, words: "改好了，谢谢。".to_owned(), at };
            let what = Deposited::Decided(id.parse()?, decision);
            all.push((at, DepositedTalk { item: item.parse()?, by: taken_by.parse()?, what }));
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::super::library::items;
    use super::*;

    #[test]
    fn what_is_said_is_of_what_is_there_and_never_before_what_it_answers() {
        let (items, now) = (items(), UnixMillis(1_800_000_000_000));
        let all = talk(&items, now).unwrap();
        let mut said = std::collections::BTreeMap::new();
        let (mut questions, mut ratings) = (0, 0);
        for DepositedTalk { item, by, what } in &all {
            let on = items.iter().find(|one| one.id == item.as_str()).unwrap_or_else(|| panic!("{item} is not there"));
            match what {
                Deposited::Remark(remark) => {
                    assert!(remark.root.as_ref().is_none_or(|root| said.contains_key(root)), "{}", remark.id);
                    let texts = || on.versions.iter().flat_map(|version| &version.files).map(|file| &file.text);
                    let stands = |quote: &str| texts().any(|text| text.contains(quote));
                    assert!(remark.correction.as_ref().is_none_or(|one| stands(&one.quote)), "{}", remark.id);
                    assert!(said.insert(remark.id.clone(), by.clone()).is_none(), "{} is said twice", remark.id);
                    questions += u32::from(remark.kind == RemarkKind::Question);
                }
                Deposited::Decided(remark, _) => assert!(said.contains_key(remark), "{remark}"),
                Deposited::Rating { words, .. } => {
                    assert!(by.as_str() != on.by && words.chars().count() < 300, "{item}");
                    ratings += 1;
                }
            }
        }
        assert!(questions >= 5 && ratings >= 40, "{questions} questions, {ratings} ratings");
    }
}
