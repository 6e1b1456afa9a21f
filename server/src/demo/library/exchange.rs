//! What an exchange teacher brought along, in traditional characters, and what came from outside with leave to use it.

use shared::library::Licence;

use super::arithmetic;
use super::idea::{Drill, Form, Idea, Place, case, plan, result, sheet, slides, template};
use super::picture::Sketch;

const TEACHER: &str = "許雅婷";

pub fn ideas() -> Vec<Idea> {
    vec![preparing(), fractions(), reading(), donghe()]
}

fn preparing() -> Idea {
    Idea {
        slug: "jiaoliu-beike",
        place: Place::Free("小学", "", ""),
        theme: "集體備課",
        goals: &["先說學生會怎麼想，再說老師要怎麼教", "每次備課只解決一個問題", "課後一週內回來談觀察到的事"],
        asks: &["共同備課與各自備課，差別在哪裡？"],
        steps: &[
            ("說課", "授課老師用十分鐘說出這節課最擔心的一處。"),
            ("觀課", "其他老師各認一組學生，只看、不插手。"),
            ("議課", "先說看見的事實，再說自己的推想。"),
        ],
        watch: "議課容易變成打分數，請主持人把“好不好”換成“我看見”。",
        drill: Drill::None,
        sketch: Sketch::Talk,
        tags: &["集體備課", "交流"],
        pieces: vec![
            result(
                "集體備課的三個步驟：說課、觀課、議課",
                "交流教師許雅婷在清河一學期的分享，用正體字寫成，保留原貌。",
                "wu",
                74,
            )
            .said("zhou", "把“好不好”换成“我看见”，我们组已经改过来了。", 60)
            .with(&[TEACHER])
            .source("交流教師本人提供，同意在集團內使用與修改")
            .own(&["共同備課不是把教案寫得更長，而是把學生看得更清楚。"]),
            template("觀課紀錄表", "一張表只看一組學生，從開始看到結束。", "wu", 73)
                .with(&[TEACHER])
                .table(&[&["時間", "學生說了什麼", "學生做了什麼", "我的推想"], &["", "", "", ""]]),
            case("學習單要不要留白", "一張學習單改了四次，越改越空。", "wu", 71)
                .with(&[TEACHER])
                .own(&["第一版有十二個空格，孩子忙著填。最後一版只剩一個問題和一大片空白，孩子開始畫圖、寫句子。"]),
        ],
    }
}

fn fractions() -> Idea {
    Idea {
        slug: "jiaoliu-fenshu",
        place: Place::Book("rj-math-3a-8"),
        theme: "分數的認識",
        goals: &["從分披薩、分繩子認識單位分數", "能用自己的話說明分母與分子"],
        asks: &["為什麼要平分？", "四分之一張披薩和四分之一條繩子，哪一個比較多？"],
        steps: &[
            ("分披薩", "每組一張圓形紙，平分成四片，取一片貼在海報上。"),
            ("分繩子", "把繩子對摺再對摺，量出四分之一。"),
        ],
        watch: "孩子會說“四分之一就是一片”，要問是哪一張的四分之一。",
        drill: Drill::Make(arithmetic::shares),
        sketch: Sketch::Round(4, 1),
        tags: &["分數", "交流"],
        pieces: vec![
            plan("分數的認識：披薩怎麼平分", "兩地教材比較之後的合作教案，名詞兩邊並列。", "zhou", 69).with(&[TEACHER]),
            slides("單位分數（正體字版）", "與簡體版課件對照使用，十頁。", "zhou", 68).with(&[TEACHER]),
            sheet("兩岸數學用語對照表", "分數線、約分、通分、周長等四十個詞，一邊一欄。", "zhou", 67)
                .form(Form::Csv)
                .table(&[
                    &["本地用語", "对方用语", "說明"],
                    &["分数线", "分數線", "相同"],
                    &["平均分", "平分", "意思相同"],
                    &["最简分数", "最簡分數", "相同"],
                    &["列竖式", "寫直式", "意思相同"],
                    &["信息", "資訊", "意思相同"],
                ]),
        ],
    }
}

fn reading() -> Idea {
    Idea {
        slug: "waisource",
        place: Place::Free("小学", "综合实践", "五年级"),
        theme: "家乡的桥",
        goals: &["实地走访，画图记录", "用数据和故事介绍一座桥"],
        asks: &["清河上有几座桥，哪一座最老？"],
        steps: &[
            ("走访", "两人量、一人画、一人问，桥长用步测再用卷尺核对。"),
            ("展示", "做一张桥的名片：名字、年龄、长度、故事。"),
        ],
        watch: "资料抄得多，自己看得少。",
        drill: Drill::None,
        sketch: Sketch::Hill,
        tags: &["项目学习", "乡土"],
        pieces: vec![
            plan("家乡的桥：六周项目学习", "数学测量、语文写作、美术写生连在一起。", "zhao", 58)
                .lesson("综合实践课")
                .licence(Licence::BySa),
            sheet("清河老桥资料包", "县文化馆提供文字，允许在集团内使用，不得修改。", "zhao", 57)
                .licence(Licence::Elsewhere)
                .source("清河县文化馆提供，仅限集团内教学使用")
                .form(Form::Zip),
            slides("桥的名片 学生作品展示模板", "四页模板，照片位留空。", "zhao", 56).on("school:beiguan"),
            sheet("步测与卷尺对照记录", "同一座桥量两次，误差为什么不同。", "zhao", 54).form(Form::Xlsx).table(&[
                &["小组", "步测（米）", "卷尺（米）", "相差"],
                &["1", "42", "45", "3"],
                &["2", "47", "45", "2"],
            ]),
        ],
    }
}

/// What lies with the other group, where most of this one may not look.
fn donghe() -> Idea {
    Idea {
        slug: "donghe-siji",
        place: Place::Book("rj-math-4a-4"),
        theme: "三位数乘两位数",
        goals: &["掌握三位数乘两位数的笔算", "理解速度、时间、路程的关系"],
        asks: &["两次乘得的积，为什么要错开一位？"],
        steps: &[("拆开算", "145×12 拆成 145×10 和 145×2。"), ("对位写", "用方格纸写竖式，错开的一位是个零。")],
        watch: "第二个部分积没有错位。",
        drill: Drill::Make(arithmetic::two_digits),
        sketch: Sketch::Squares(4, 6, 12),
        tags: &["竖式"],
        pieces: vec![
            plan("错开的一位是什么：三位数乘两位数", "东河小学四年级组公开课教案。", "peng", 21).on("school:donghe"),
            slides("方格纸上的竖式", "联盟四年级共享课件。", "peng", 20).on("group:beiguan-lianmeng"),
            sheet("东河小学四年级期中质量分析", "仅供本校教师查看。", "peng", 18)
                .on("school:donghe")
                .form(Form::Xlsx)
                .table(&[&["题型", "得分率", "主要问题"], &["计算", "86%", "进位漏加"], &["应用", "71%", "读题不细"]]),
            sheet("四年级口算擂台", "联盟月赛用题，先别外传。", "peng", 16).on("group:beiguan-lianmeng"),
        ],
    }
}
