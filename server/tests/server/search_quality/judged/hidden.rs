//! What may not be found: on shelves that the asker may not look at, and words that nothing answers to.

use super::Expect::{Any, Hidden, Ids, Nothing};
use super::Rule::Title;
use super::{Judged, ask};

pub const FAMILIES: &[(&str, &[Judged])] =
    &[("hidden", HIDDEN), ("nonsense", NONSENSE), ("seen by those who may", SEEN)];

const HIDDEN: &[Judged] = &[
    ask("谁看到的", Hidden(&["guancha-kejian"])),
    ask("三角形的内角和", Hidden(&["sanjiaoxing-jiaoan"])),
    ask("我们的班规我们定", Hidden(&["banji-jiaoan"])),
    ask("体育器材车", Hidden(&["tiaosheng-qicai"])),
    ask("走教教师课时统计", Hidden(&["songjiao-moban2"])),
    ask("教学常规检查表", Hidden(&["guanli-moban3"])),
    ask("借走的十去哪里了", Hidden(&["tuiwei-weike"])),
    ask("资料运用能力观察报告", Hidden(&["luxun-chengguo"])),
    ask("东河小学四年级期中质量分析", Hidden(&["donghe-siji-xiti"])),
    ask("donghe", Hidden(&["donghe-siji-jiaoan", "donghe-siji-xiti", "chushu-jiaoan", "dashu-jiaoan"])),
    ask("彭小满", Hidden(&["dashu-jiaoan", "jitu-xiti", "chushu-jiaoan", "donghe-siji-jiaoan", "donghe-siji-xiti2"])),
    ask("四年级口算擂台", Hidden(&["donghe-siji-xiti2"])),
    ask("鸡兔同笼变式十二题", Hidden(&["jitu-xiti"])),
    ask("北关联盟月度简报", Hidden(&["guanli-moban5"])),
    ask("哭了九天的毛毛", Hidden(&["qingxu-anli"])),
    ask("区角观察记录表", Hidden(&["qujiao-moban"])),
    ask("留守儿童谈心记录", Hidden(&["xiangcun-moban"])).by("zhou"),
    ask("谈心记录", Hidden(&["xiangcun-moban"])).by("head"),
    ask("折纸认分数", Hidden(&["zhezhi-kejian", "zhezhi-jiaoan", "zhezhi-shilu"])).by("peng"),
    ask("分数的初步认识 二次备课 走教班", Hidden(&["fenshu-chubu-jiaoan2"])).by("sun"),
    ask("值周安排与交接单", Hidden(&["guanli-moban6"])).by("zhao"),
];

const NONSENSE: &[Judged] = &[
    ask("量子纠缠拓扑序", Nothing),
    ask("zzqqxxvvkk", Nothing),
    ask("齉龘靐齾", Nothing),
    ask("火星殖民地供暖规程", Nothing),
];

const SEEN: &[Judged] = &[
    ask("鸡兔同笼变式", Ids(&["jitu-xiti"])).by("peng"),
    ask("四年级口算擂台", Ids(&["donghe-siji-xiti2"])).by("zhao"),
    ask("期中质量分析", Ids(&["donghe-siji-xiti"])).by("peng"),
    ask("留守儿童谈心记录", Ids(&["xiangcun-moban"])),
    ask("我们的班规我们定", Ids(&["banji-jiaoan"])).by("zhou"),
    ask("哭了九天的毛毛", Ids(&["qingxu-anli"])).by("tang"),
    ask("圆锥的体积", Any(&[Title("圆锥的体积")])).by("liu"),
];
