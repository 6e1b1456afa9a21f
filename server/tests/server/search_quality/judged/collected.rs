//! What teachers type who look for one of the demo's collections: by its title, its description, and what stands in it.

/// A query with the collections that are meant, or with one that may not be found.
pub struct Judged {
    pub asker: &'static str,
    pub query: &'static str,
    pub expects: Expect,
}

pub enum Expect {
    /// By id.
    Finds(&'static [&'static str]),
    Hidden(&'static str),
}

use Expect::{Finds, Hidden};

const fn ask(asker: &'static str, query: &'static str, expects: Expect) -> Judged {
    Judged { asker, query, expects }
}

pub const JUDGED: &[Judged] = &[
    ask("lin", "共享菜单", Finds(&["qinghe-caidan"])),
    ask("lin", "集團共享菜單", Finds(&["qinghe-caidan"])),
    ask("sun", "清河集团秋季", Finds(&["qinghe-caidan"])),
    ask("zhou", "gongxiangcaidan", Finds(&["qinghe-caidan"])),
    ask("zhou", "gxcd", Finds(&["qinghe-caidan"])),
    ask("lin", "这学期可以直接拿去用的", Finds(&["qinghe-caidan"])),
    ask("lin", "不缺器材也能上", Finds(&["qinghe-caidan"])),
    ask("ma", "黑板和一块湿布", Finds(&["qinghe-caidan"])),
    ask("lin", "六套 提前一周", Finds(&["qinghe-caidan"])),
    ask("sun", "大班做过，一年级第一周也能用", Finds(&["qinghe-caidan"])),
    ask("lin", "吴敏 菜单", Finds(&["qinghe-caidan"])),
    ask("lin", "一个单元怎么走完", Finds(&["fenshu-danyuan"])),
    ask("zhou", "分数的初步认识 集子", Finds(&["fenshu-danyuan"])),
    ask("zhou", "fenshudechuburenshi yigedanyuan", Finds(&["fenshu-danyuan"])),
    ask("lin", "按课时排", Finds(&["fenshu-danyuan"])),
    ask("lin", "学生为什么总想先写分子", Finds(&["fenshu-danyuan"])),
    ask("zhou", "第三课时：简单的计算与应用", Finds(&["fenshu-danyuan"])),
    ask("ma", "柳溪可以借的", Finds(&["liuxi-keyijie"])),
    ask("lin", "还的时候请数一下卷尺", Finds(&["liuxi-keyijie"])),
    ask("qian", "每月换一所学校", Finds(&["liuxi-keyijie"])),
    ask("zhou", "怎样把一次备课开好", Finds(&["wenke-beike"])),
    ask("lin", "何校长推荐", Finds(&["wenke-beike"])),
    ask("zhao", "备课开好", Finds(&["wenke-beike"])),
    ask("lin", "从这张表开始", Finds(&["wenke-beike"])),
    ask("lin", "想试的课", Finds(&["lin-xiangshi"])),
    ask("lin", "六周太长怎么缩", Finds(&["lin-xiangshi"])),
    ask("lin", "带指南针", Finds(&["lin-xiangshi"])),
    ask("zhou", "想试的课", Hidden("lin-xiangshi")),
    ask("head", "这学期想试的课", Hidden("lin-xiangshi")),
    ask("zhou", "六周太长怎么缩", Hidden("lin-xiangshi")),
    ask("zhou", "柳溪可以借的和可以去的", Hidden("liuxi-keyijie")),
    ask("sun", "一个单元怎么走完", Hidden("fenshu-danyuan")),
    ask("sun", "学生为什么总想先写分子", Hidden("fenshu-danyuan")),
    ask("peng", "清河集团秋季共享菜单", Hidden("qinghe-caidan")),
    ask("peng", "gongxiangcaidan", Hidden("qinghe-caidan")),
];
