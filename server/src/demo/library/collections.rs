//! The demo's collections, the menu of its group, and what a few of its people subscribe to.

use shared::library::Topic;
use shared::words::{CollectionId, SchoolId, TaxonId};

/// A collection of the demo, apart from any store.
pub struct DemoCollection {
    /// The same in every run.
    pub id: &'static str,
    pub title: &'static str,
    pub description: &'static str,
    pub by: &'static str,
    /// `school:liuxi`, as of items.
    pub shelf: &'static str,
    pub days_ago: u64,
    pub lines: &'static [DemoLine],
    /// What somebody put in later: item, by whom, days ago.
    pub added: &'static [(&'static str, &'static str, u64)],
    /// Published as the menu of the term: by whom, and how many days ago.
    pub menu: Option<(&'static str, u64)>,
}

pub enum DemoLine {
    Heading(&'static str),
    /// Item and note.
    Item(&'static str, &'static str),
}

use DemoLine::{Heading, Item};

pub const COLLECTIONS: [DemoCollection; 5] = [
    DemoCollection {
        id: "qinghe-caidan",
        title: "清河集团秋季共享菜单",
        description: "各校这学期可以直接拿去用的课、器材和模板。每件都有人用过，用过的学校在资源页里看得到。",
        by: "wu",
        shelf: "group:qinghe",
        days_ago: 20,
        lines: &[
            Heading("三年级数学"),
            Item("fenshu-chubu-shilu", "陈老师送教到柳溪的那一节，备课前先看。"),
            Item("zhezhi-kejian", "同一张纸，三种折法；四所学校都改过。"),
            Item("zhezhi-xiti", "一张纸就够，不用另外准备学具。"),
            Item("fenshuqiang-xiti", "A4 打印，建议过塑，四个班轮着用。"),
            Item("nianyueri-jiaoan", ""),
            Heading("科学：不缺器材也能上"),
            Item("shui-jiaoan", "只要一块黑板和一块湿布。"),
            Item("dianlu-jiaoan", ""),
            Item("dianlu-qicai2", "六套，在集团办公室，提前一周和吴老师说。"),
            Item("zhiwu-changdi", "柳溪的百草园四月和十月最好看。"),
            Heading("幼小衔接"),
            Item("jiankang-jiaoan2", ""),
            Item("dianxin-kejian", "大班做过，一年级第一周也能用。"),
            Heading("教研与管理"),
            Item("jibei-moban", "这学期统一用这一张，记录直接存进议程。"),
            Item("tingke-moban2", ""),
        ],
        added: &[("songjiao-chengguo", "wu", 4), ("xianjie-moban", "wu", 4)],
        menu: Some(("wu", 18)),
    },
    DemoCollection {
        id: "fenshu-danyuan",
        title: "分数的初步认识：一个单元怎么走完",
        description: "三年级备课组集体备课用。按课时排，每课一份教案、一份学生用的、一个看学生怎么想的案例。",
        by: "zhou",
        shelf: "team:maths-3",
        days_ago: 33,
        lines: &[
            Heading("第一课时：几分之一"),
            Item("fenshu-chubu-shilu", ""),
            Item("zhezhi-xiti", "先折，再说，最后才写。"),
            Item("fenshu-chubu-anli", "学生为什么总想先写分子。"),
            Heading("第二课时：几分之几"),
            Item("fenshu-bijiao-jiaoan", ""),
            Item("fenshu-bijiao-weike", "课前看，三分钟。"),
            Heading("第三课时：简单的计算与应用"),
            Item("fenshu-jiajian-kejian", ""),
            Item("fenshu-jiajian-xiti", ""),
            Item("fenshu-yingyong-kejian", ""),
            Item("fenshu-yingyong-anli", "练习前先读，别急着讲规则。"),
        ],
        added: &[("fenshuqiang-chengguo", "zhao", 9)],
        menu: None,
    },
    DemoCollection {
        id: "liuxi-keyijie",
        title: "柳溪可以借的和可以去的",
        description: "别的学校来借，柳溪自己也照着登记。",
        by: "ma",
        shelf: "school:liuxi",
        days_ago: 41,
        lines: &[
            Heading("可以借"),
            Item("fangxiang-qicai", "三十个，一个班够用。"),
            Item("changdu-qicai", "还的时候请数一下卷尺。"),
            Item("gongxiang-qicai3", "十箱，每月换一所学校。"),
            Heading("可以去"),
            Item("zhiwu-changdi", ""),
        ],
        added: &[],
        menu: None,
    },
    DemoCollection {
        id: "wenke-beike",
        title: "怎样把一次备课开好",
        description: "何校长推荐各校教研组长看的几件：从记录表到三年的小结，短的在前。",
        by: "head",
        shelf: "group:qinghe",
        days_ago: 12,
        lines: &[
            Item("jibei-moban", "从这张表开始。"),
            Item("jiaoliu-beike-chengguo", "说课、观课、议课，许老师讲得最清楚。"),
            Item("tingke-chengguo", ""),
            Item("zuoye-chengguo", ""),
            Item("xiangcun-chengguo", "一个班十来个人怎么备课，林老师写的。"),
        ],
        added: &[],
        menu: None,
    },
    DemoCollection {
        id: "lin-xiangshi",
        title: "这学期想试的课",
        description: "",
        by: "lin",
        shelf: "person:lin",
        days_ago: 6,
        lines: &[
            Item("fangxiang-jiaoan", "操场上先试一次，带指南针。"),
            Item("bei-jiaoan", ""),
            Item("waisource-jiaoan", "问问赵老师六周太长怎么缩。"),
        ],
        added: &[],
        menu: None,
    },
];

/// Who subscribes to what.
pub fn subscriptions() -> anyhow::Result<Vec<(&'static str, Topic)>> {
    let collection = |id: &str| anyhow::Ok(Topic::Collection(id.parse::<CollectionId>()?));
    let school = |id: &str| anyhow::Ok(Topic::School(id.parse::<SchoolId>()?));
    let subject = |name: &str| Topic::Subject(name.to_owned());
    Ok(vec![
        ("lin", Topic::Taxon("rj-math-3a".parse::<TaxonId>()?)),
        ("lin", collection("qinghe-caidan")?),
        ("lin", school("beiguan")?),
        ("zhou", subject("数学")),
        ("zhou", school("liuxi")?),
        ("ma", collection("qinghe-caidan")?),
        ("sun", subject("科学")),
    ])
}
