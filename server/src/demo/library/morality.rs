//! 道德与法治.

use super::idea::{Drill, Form, Idea, Place, case, micro, plan, sheet, slides};
use super::picture::Sketch;

pub fn ideas() -> Vec<Idea> {
    vec![school(), safety(), home(), class(), green()]
}

fn school() -> Idea {
    Idea {
        slug: "xuexiao",
        place: Place::Book("tb-daofa-3a-2"),
        theme: "我们的学校",
        goals: &["了解学校的历史和为学校服务的人", "愿意为学校做一件力所能及的事"],
        asks: &["学校里谁起得最早？", "如果少了保洁阿姨，一天后学校会怎样？"],
        steps: &[
            ("采访", "分组采访门卫、厨师、图书管理员，问三个问题。"),
            ("画地图", "画一张“谁在帮助我们”的校园地图。"),
        ],
        watch: "说空话：“他们很辛苦”。请他说一件看见的事。",
        drill: Drill::None,
        sketch: Sketch::Squares(4, 5, 9),
        tags: &["采访", "校史"],
        pieces: vec![
            plan("谁在帮助我们：校园采访课", "三人一组，一张采访卡，一次感谢。", "head", 110),
            sheet("校园采访卡", "三个必问、一个自由问。", "liu", 109).form(Form::Pdf).own(&[
                "您几点到学校？",
                "您每天最忙的是什么时候？",
                "我们可以帮您做什么？",
            ]),
            case("食堂师傅走上讲台", "一堂没有教案的道法课。", "head", 107)
                .own(&["李师傅带来了一口大锅，说：每天早上五点，我先把这口锅刷三遍。孩子们第一次把饭吃得一粒不剩。"]),
        ],
    }
}

fn safety() -> Idea {
    Idea {
        slug: "anquan",
        place: Place::Book("tb-daofa-3a-3"),
        theme: "安全护我成长",
        goals: &["识别身边的危险，学会避险与求助", "树立生命宝贵的意识"],
        asks: &["同伴落水了，第一件事做什么？", "陌生人说是妈妈的同事，怎么办？"],
        steps: &[
            ("判断", "八张情境卡，危险、不危险、说不准，分三堆。"),
            ("演练", "打 110、119、120，说清地点、事情、人数。"),
        ],
        watch: "只会背口号，真遇到事说不清地点。用学校周边的路口来练。",
        drill: Drill::Say(&[
            ("火警电话是多少？", "119"),
            ("遇到同伴落水，小学生应该怎么做？", "大声呼救，找大人，不下水"),
        ]),
        sketch: Sketch::Shapes,
        tags: &["安全", "防溺水"],
        pieces: vec![
            plan("防溺水：不下水也能救人", "叫、抛、伸三招，操场上演练。", "ma", 170),
            slides("交通安全：过马路的三秒钟", "柳溪村口、北关路口实拍画成的图。", "head", 168),
            micro("求助电话怎么打", "说清三件事，三分钟。", "wu", 166),
            sheet("安全情境判断卡", "二十四张，含网络安全八张。", "liu", 164),
        ],
    }
}

fn home() -> Idea {
    Idea {
        slug: "jia",
        place: Place::Book("tb-daofa-3a-4"),
        theme: "家是最温暖的地方",
        goals: &["体会父母无私的爱，理解父母", "用行动表达对家人的爱"],
        asks: &["爸爸妈妈不在身边的同学，怎么上这一课？"],
        steps: &[("时间账", "算一算家人一天为自己花的时间。"), ("一封信", "写给想念的人，装进信封。")],
        watch: "班里有留守儿童、单亲家庭，问题要开放，不比较。",
        drill: Drill::None,
        sketch: Sketch::Talk,
        tags: &["家校", "留守儿童"],
        pieces: vec![
            plan("爱的时间账", "用算术算出看不见的爱。", "lin", 88),
            case("给留守的孩子上“家”这一课", "我把“爸爸妈妈”换成了“陪着我的人”。", "lin", 86)
                .on("school:liuxi")
                .own(&["班上十九个孩子，十一个跟着爷爷奶奶。我改了提问：今天早上是谁叫你起床的？"]),
        ],
    }
}

fn class() -> Idea {
    Idea {
        slug: "banji",
        place: Place::Book("tb-daofa-4a-1"),
        theme: "与班级共成长",
        goals: &["参与制定班规，懂得规则的意义", "为班级出主意"],
        asks: &["班规该由谁来定？", "有人违反了，怎么办才公平？"],
        steps: &[("提议", "每人写一条，合并相似的。"), ("表决", "少数服从多数，也听少数人的理由。")],
        watch: "班规全是“不许”。改写成“我们要”。",
        drill: Drill::None,
        sketch: Sketch::Dots(4, 5),
        tags: &["班规", "民主"],
        pieces: vec![
            plan("我们的班规我们定", "从二十条合并到五条的一节课。", "zhou", 82).on("school:shiyan"),
            slides("把“不许”改成“我们要”", "班规改写练习。", "liu", 81),
        ],
    }
}

fn green() -> Idea {
    Idea {
        slug: "lvse",
        place: Place::Book("tb-daofa-4a-4"),
        theme: "让生活多一些绿色",
        goals: &["认识塑料污染，学会减少和分类垃圾"],
        asks: &["我家一天扔掉几个塑料袋？"],
        steps: &[("数一数", "记录一周的塑料袋数量，画成条形图。"), ("想办法", "能少用、能重用、能回收，各写一条。")],
        watch: "知道该做，回家照旧。请家长签字不如请孩子带一个布袋。",
        drill: Drill::None,
        sketch: Sketch::Plant,
        tags: &["环保", "跨学科"],
        pieces: vec![
            plan("塑料袋去哪里了", "数学统计加环保行动。", "shan", 69),
            sheet("家庭塑料袋一周记录", "可与条形统计图单元合用。", "shan", 68).form(Form::Xlsx).table(&[
                &["星期", "用掉几个", "重复使用几个"],
                &["一", "", ""],
                &["二", "", ""],
                &["三", "", ""],
            ]),
        ],
    }
}
