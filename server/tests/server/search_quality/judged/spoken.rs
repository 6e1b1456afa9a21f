//! What is typed otherwise than it is written: by sound, half, wide, in other characters, with mistakes, as a question.

use shared::library::ItemKind::{Courseware, QuestionSet, RecordedLesson};

use super::Expect::{All, Any, Ids};
use super::Rule::{At, By, Kind, Subject, Tag, Text, Title};
use super::{Judged, ask};

pub const FAMILIES: &[(&str, &[Judged])] = &[
    ("pinyin", PINYIN),
    ("initials", INITIALS),
    ("mixed and half typed", MIXED),
    ("traditional", TRADITIONAL),
    ("wide and latin", LATIN),
    ("mistakes", MISTAKES),
    ("questions", QUESTIONS),
];

const PINYIN: &[Judged] = &[
    ask("fenshu", Any(&[Title("分数"), Title("分數")])),
    ask("zhezhi", Any(&[Title("折纸"), Tag("折纸")])),
    ask("zhouchang", Any(&[Title("周长")])),
    ask("pingjunfen", Any(&[Title("平均分"), Text("平均分")])),
    ask("jitutonglong", Any(&[Title("鸡兔同笼")])),
    ask("zhishuwenti", Any(&[Title("植树问题")])),
    ask("renminbi", Any(&[Title("人民币")])),
    ask("jiezou", Any(&[Title("节奏"), Tag("节奏")])),
    ask("yinyue", Any(&[Title("音乐"), Subject("音乐"), Tag("音乐")])),
    ask("kuaile", Any(&[Title("快乐"), Text("快乐")])),
    ask("changdu", Any(&[Title("长度"), At("rj-math-2a-1")])),
    ask("shuyishu", Any(&[Title("数一数")])),
    ask("koujue", Any(&[Title("口诀"), Tag("口诀")])),
    ask("zhaoxiaowen", All(&[By("zhao")])),
    ask("jitibeike", Any(&[Title("集体备课"), Title("集體備課"), Tag("集体备课")])),
    ask("fang ni shui", Any(&[Title("防溺水"), Tag("防溺水")])),
];

const INITIALS: &[Judged] = &[
    ask("fs", Any(&[Title("分数"), Title("分數"), Title("负数"), Title("方式")])),
    ask("fsq", Any(&[Title("分数墙")])),
    ask("jttl", Any(&[Title("鸡兔同笼")])),
    ask("zc", Any(&[Title("周长"), Title("职称"), Title("早操"), Title("支持")])),
    ask("zzrfs", Any(&[Title("折纸认分数")])),
    ask("czf", Any(&[Title("凑十法"), Title("乘法"), Title("除法")])),
    ask("jtbk", Any(&[Title("集体备课"), Title("集體備課")])),
    ask("lxl", All(&[By("lin")])),
];

const MIXED: &[Judged] = &[
    ask("fenshu 课件", All(&[Kind(Courseware), At("rj-math-3a-8")])),
    ask("分shu", Any(&[Title("分数"), Title("分數")])),
    ask("折zhi", Any(&[Title("折纸")])),
    ask("三年级 fenshu", All(&[At("rj-math-3a-8")])),
    ask("fens", Any(&[Title("分数"), Title("分數")])),
    ask("zhez", Any(&[Title("折纸")])),
    ask("折纸认", Any(&[Title("折纸认分数")])),
    ask("鸡兔", Any(&[Title("鸡兔同笼")])),
    ask("平行四边", Any(&[Title("平行四边形")])),
    ask("一半可以", Ids(&["yiban-weike"])),
    ask("分数的初", Any(&[At("rj-math-3a-8")])),
    ask("植树wenti", Any(&[Title("植树问题")])),
    ask("look at m", Any(&[Title("Look at me")])),
];

const TRADITIONAL: &[Judged] = &[
    ask("集體備課", Any(&[Title("集体备课"), Title("集體備課"), Tag("集体备课"), Tag("集體備課")])),
    ask("分數", Any(&[Title("分数"), Title("分數")])),
    ask("觀課紀錄表", Ids(&["jiaoliu-beike-moban"])),
    ask("观课", Any(&[Title("觀課"), Text("觀課")])),
    ask("學習單", Any(&[Title("學習單"), Text("學習單")])),
    ask("学习单要不要留白", Ids(&["jiaoliu-beike-anli"])),
    ask("周長", Any(&[Title("周长")])),
    ask("認識鐘表", Any(&[At("rj-math-1a-7")])),
    ask("教學案例 烙餅", Ids(&["youhua-anli"])),
    ask("披萨怎么平分", Ids(&["jiaoliu-fenshu-jiaoan"])),
    ask("數學廣角", Any(&[At("rj-math-3a-9"), At("rj-math-4a-8"), At("rj-math-4b-9"), At("rj-math-5a-7")])),
];

const LATIN: &[Judged] = &[
    ask("ＰＥＰ unit 3", All(&[Text("Unit 3"), Tag("PEP")])),
    ask("PEP Unit 3", All(&[Text("Unit 3"), Tag("PEP")])),
    ask("look at me", Any(&[At("pep-en-3a-3")])),
    ask("LOOK AT ME", Any(&[At("pep-en-3a-3")])),
    ask("my classroom", Any(&[At("pep-en-4a-1")])),
    ask("Simon says", All(&[Text("Simon says")])),
    ask("phonics", Any(&[Tag("phonics")])),
    ask("magic e", Any(&[Title("Magic e")])),
    ask("What would you like", All(&[Text("What would you like")])),
    ask("monster", Any(&[Title("monster"), Text("monster")])),
    ask("colours", Any(&[At("pep-en-3a-2")])),
    ask("ｃｏｌｏｕｒｓ", Any(&[At("pep-en-3a-2")])),
    ask("20 以内", Any(&[Title("20 以内")])),
    ask("52-27", All(&[Text("52-27")])),
];

const MISTAKES: &[Judged] = &[
    ask("份数", Any(&[Title("分数"), Text("份数")])),
    ask("认识种表", Any(&[At("rj-math-1a-7")])),
    ask("平均份", Any(&[Title("平均分"), At("rj-math-2b-2")])),
    ask("鸡兔同龙", Any(&[Title("鸡兔同笼")])),
    ask("植树闻题", Any(&[Title("植树问题")])),
    ask("三角型", Any(&[Title("三角形"), At("rj-math-4b-5")])),
    ask("凑十发", Any(&[At("rj-math-1a-8")])),
    ask("面机", Any(&[Title("面积")])),
    ask("分的初步认识", All(&[At("rj-math-3a-8")])),
    ask("折认分数", Any(&[Title("折纸认分数")])),
    ask("初步认识分数", All(&[At("rj-math-3a-8")])),
    ask("有余数除法", All(&[At("rj-math-2b-6")])),
    ask("人名币", Any(&[At("rj-math-1b-5")])),
    ask("集体被课", Any(&[Title("集体备课"), Tag("集体备课")])),
    ask("多边型的面积", Any(&[At("rj-math-5a-6")])),
    ask("赵小雯", All(&[By("zhao")])),
    ask("林秀蓝", All(&[By("lin")])),
    ask("look at mee", Any(&[At("pep-en-3a-3")])),
    ask("点心怎么分公平", Ids(&["dianxin-kejian", "dianxin-jiaoan"])),
];

const QUESTIONS: &[Judged] = &[
    ask("怎么教平均分", Any(&[At("rj-math-2b-2")])),
    ask("学生分不清周长和面积怎么办", Ids(&["mianji-xiti", "zhouchang-jiaoan", "mianji-jiaoan", "mianji-kejian"])),
    ask("有没有认识钟表的课件", Ids(&["zhongbiao-kejian"])),
    ask("一年级第一节数学课怎么上", Ids(&["shuyishu-jiaoan"])),
    ask("网课卡住了怎么办", Ids(&["zouwang-kejian", "zouwang-moban"])),
    ask("复式班怎么上课", Ids(&["xiangcun-anli"])),
    ask("为什么分数线要先写", Ids(&["fenshu-chubu-anli", "fenshu-chubu-jiaoan"])),
    ask("课件太大怎么办", Ids(&["zouwang-kejian2"])),
    ask("孩子不愿意设x", Ids(&["fangcheng-anli"])),
    ask("怎么录微课", Ids(&["zouwang-weike"])),
    ask("哪里可以借电子秤", Ids(&["keqianke-qicai"])),
    ask("秋天的作文怎么写", Ids(&["qiutian-xiti", "qiutian-jiaoan", "qiutian-kejian"])),
    ask("没有英语老师的学校怎么上英语课", Ids(&["pep-lookatme-jiaoan2"])),
    ask("分数比大小总是错", All(&[At("rj-math-3a-8-2")])),
    ask("想找一些多位数乘法的练习题", All(&[At("rj-math-3a-6"), Kind(QuestionSet)])),
    ask("同课异构的听课实录", All(&[Kind(RecordedLesson), Text("同课异构")])),
];
