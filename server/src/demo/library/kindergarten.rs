//! 学前: the five domains.

use shared::api::Deed;
use shared::library::Licence;

use super::idea::{Drill, Form, Idea, Place, case, micro, plan, record, result, room, sheet, slides, template, thing};
use super::picture::Sketch;

pub fn ideas() -> Vec<Idea> {
    vec![snack(), lanterns(), blocks(), story(), feelings(), body(), paint(), leaf(), bridge(), corner()]
}

fn snack() -> Idea {
    Idea {
        slug: "dianxin",
        place: Place::Free("学前", "科学", "大班"),
        theme: "点心怎么分才公平",
        goals: &["在分点心中感知等分，愿意用多种办法分", "能说出自己分的办法，学会商量"],
        asks: &["一块饼两个人吃，怎样分谁都不吃亏？", "怎样知道两边一样大？"],
        steps: &[
            ("真的点心", "两人一块方饼干，先商量再动手，分完互换检查。"),
            ("折纸代替", "用纸当饼，对折再打开，两边重合就一样大。"),
            ("四个人怎么办", "对折再对折，孩子发现可以分了又分。"),
        ],
        watch: "大班孩子说的“一样”常常是“看起来差不多”。给他重叠比较的办法，不出现分数的写法。",
        drill: Drill::None,
        sketch: Sketch::Round(4, 1),
        tags: &["幼小衔接", "等分", "公平"],
        pieces: vec![
            slides(
                "大班：点心怎么分才公平",
                "幼小衔接科学活动，真分、真吃、真商量，为三年级认识分数埋下经验。",
                "sun",
                34,
            )
            .said("lin", "原来三年级之前孩子们已经这样分过，开学第一问可以直接问点心。", 14)
            .said("zhou", "建议把对折重合那一步拍一张照片放进来。", 9)
            .from("zhezhi-kejian")
            .used("lin", Deed::Cited, 15)
            .used("zhou", Deed::Cited, 10),
            plan("点心怎么分才公平（大班科学活动）", "教师用语全部写出，附材料清单和三种孩子的分法预设。", "sun", 35),
            record("分饼干 活动实录", "两个孩子为一粒芝麻争执的五分钟。", "tang", 32).own(&[
                "乐乐：你那边芝麻多！",
                "朵朵：那我们数芝麻。",
                "教师没有说话，递过去一个小盘子。",
            ]),
        ],
    }
}

fn lanterns() -> Idea {
    Idea {
        slug: "denglong",
        place: Place::Free("学前", "科学", "大班"),
        theme: "给灯笼排队",
        goals: &["发现并延续 AB、AAB、ABC 的排列规律", "能自己创造规律并介绍"],
        asks: &["下一个该挂什么颜色的灯笼？你怎么知道？"],
        steps: &[
            ("看一看", "红、黄、红、黄，下一个是什么，藏起来猜。"),
            ("排一排", "用卡片给灯笼排队，请同伴接着排。"),
        ],
        watch: "孩子会把“好看”当成规律。问：从哪里又开始重复了？",
        drill: Drill::None,
        sketch: Sketch::Dots(2, 6),
        tags: &["规律", "元宵"],
        pieces: vec![
            plan("给灯笼排队：大班规律活动", "与一年级找规律衔接，灯笼可换成本地物件。", "tang", 70).used(
                "qian",
                Deed::Cited,
                20,
            ),
            sheet("灯笼卡片（可剪）", "红黄蓝三色，每色十六枚。", "tang", 69).form(Form::Png),
            micro("规律在哪里重新开始", "给家长看的三分钟。", "tang", 68).on("team:kindergarten-maths"),
        ],
    }
}

fn blocks() -> Idea {
    Idea {
        slug: "jimu",
        place: Place::Free("学前", "科学", "中班"),
        theme: "积木里的形状",
        goals: &["在搭建中认识长方体、正方体、圆柱", "感知平衡与对称"],
        asks: &["圆柱可以站着，也可以怎样？", "怎样搭得高又不倒？"],
        steps: &[
            ("滚一滚", "哪些会滚，哪些不会，用斜坡试一试。"),
            ("搭高楼", "十分钟内搭一座高楼，量一量和谁一样高。"),
        ],
        watch: "比谁高容易变成推倒别人的。给每组一块自己的地垫。",
        drill: Drill::None,
        sketch: Sketch::Squares(3, 3, 6),
        tags: &["建构区"],
        pieces: vec![
            plan("会滚的和不会滚的（中班科学）", "斜坡实验，孩子自己记录打勾。", "tang", 93),
            case("倒了三次的高楼", "建构区观察记录，教师等了十一分钟。", "tang", 92)
                .on("school:qinghe-youeryuan")
                .own(&["第三次倒下来时，浩浩把最大的一块换到了底下。我在记录本上写：他没有看任何人。"]),
            thing("大型木质积木一套（240 块）", "可借给集团内小学一年级做衔接活动，运输请用面包车。", "sun", 220)
                .tags(&["可借"]),
        ],
    }
}

fn story() -> Idea {
    Idea {
        slug: "gushi",
        place: Place::Free("学前", "语言", "中班"),
        theme: "听故事讲故事",
        goals: &["能安静倾听，理解故事的先后", "愿意用自己的话讲述"],
        asks: &["后来怎么样了？", "小刺猬为什么把苹果给了别人？"],
        steps: &[("听一半", "讲到关键处停下，请孩子猜后来。"), ("排图片", "四张图打乱，排好再讲。")],
        watch: "纠正语法会让孩子不再开口。用正确的话重复一遍即可。",
        drill: Drill::None,
        sketch: Sketch::Talk,
        tags: &["倾听", "讲述"],
        pieces: vec![
            plan("小刺猬搬苹果（中班语言活动）", "自编故事，附四幅排序图说明。", "tang", 77).licence(Licence::By),
            sheet("故事排序图", "四幅一组，共六组，线条画可涂色。", "tang", 76).form(Form::Zip),
            slides("绘本共读怎么问", "三类问题：看得见的、想得到的、和我有关的。", "sun", 74),
        ],
    }
}

fn feelings() -> Idea {
    Idea {
        slug: "qingxu",
        place: Place::Free("学前", "社会", "小班"),
        theme: "我的心情",
        goals: &["认识高兴、生气、难过、害怕", "知道生气时可以怎样做"],
        asks: &["生气的时候，身体哪里不舒服？", "怎样让自己平静下来？"],
        steps: &[("照镜子", "做一做四种表情。"), ("心情角", "布置一个安静的角落，软垫、毛绒玩具、深呼吸小风车。")],
        watch: "不要急着讲道理，先说出他的感受：“你很生气，是吗？”",
        drill: Drill::None,
        sketch: Sketch::Round(4, 2),
        tags: &["情绪", "入园适应"],
        pieces: vec![
            plan("生气的小狮子（小班社会活动）", "吹风车、数到五、抱一抱，三个办法。", "tang", 62),
            sheet("心情签到表", "每天入园时贴一个脸谱，教师一眼看见。", "tang", 61)
                .form(Form::Xlsx)
                .table(&[&["姓名", "周一", "周二", "周三", "周四", "周五"], &["", "高兴", "", "", "", ""]]),
            case("哭了九天的毛毛", "入园适应个案，一张全家照起了作用。", "sun", 60)
                .on("school:qinghe-youeryuan")
                .own(&["第四天起，毛毛每天把照片放进口袋。第十天，他把照片贴到了自己的柜子里。"]),
        ],
    }
}

fn body() -> Idea {
    Idea {
        slug: "jiankang",
        place: Place::Free("学前", "健康", "大班"),
        theme: "换牙与作息",
        goals: &["知道换牙是长大的标志，会正确刷牙", "逐步适应小学作息"],
        asks: &["牙掉了怎么办？", "小学一节课有多长？"],
        steps: &[
            ("牙齿档案", "画一画自己的牙，掉的涂颜色。"),
            ("小学的一天", "模拟四十分钟课堂，中间喝水上厕所自己安排。"),
        ],
        watch: "家长比孩子焦虑。先开家长会。",
        drill: Drill::None,
        sketch: Sketch::Clock(8, 30),
        tags: &["幼小衔接", "作息"],
        pieces: vec![
            plan("我换牙了（大班健康活动）", "刷牙模型可向园里借。", "sun", 46),
            plan("小学的一天：幼小衔接体验周", "五天安排，去清河实验小学走两次。", "sun", 45).with(&["liu"]),
            template("作息时间过渡表（幼升小）", "从三月到八月，每月提早十五分钟。", "sun", 43).table(&[
                &["月份", "起床", "午睡", "晚上睡觉"],
                &["三月", "7:45", "12:30–14:30", "21:00"],
                &["六月", "7:15", "12:30–13:45", "20:45"],
                &["八月", "6:50", "12:40–13:20", "20:30"],
            ]),
        ],
    }
}

fn paint() -> Idea {
    Idea {
        slug: "tuya",
        place: Place::Free("学前", "艺术", "小班"),
        theme: "手指点画",
        goals: &["用手指蘸颜料点、按、拖，感受色彩", "乐于介绍自己的画"],
        asks: &["一个手指印像什么？"],
        steps: &[("点一点", "红颜料点成樱桃，绿颜料拖成叶子。"), ("说一说", "把画挂起来，讲给老师听，老师记在旁边。")],
        watch: "怕脏的孩子给他一根棉签。",
        drill: Drill::None,
        sketch: Sketch::Dots(3, 5),
        tags: &["美术", "涂鸦"],
        pieces: vec![
            plan("樱桃红了：手指点画（小班艺术）", "颜料配比和收拾的办法都写上了。", "tang", 54)
                .on("school:qinghe-youeryuan"),
            sheet("身体打击乐图谱", "拍手、拍腿、跺脚的图形谱，配示范节奏。", "tang", 51)
                .form(Form::Wav)
                .sound(&[(500, 200), (0, 300), (500, 200), (0, 300), (900, 150), (0, 100), (900, 150), (0, 600)])
                .tags(&["音乐", "节奏"])
                .own(&["圆点拍手，方块拍腿，三角跺脚，空格休息。"]),
        ],
    }
}

fn leaf() -> Idea {
    Idea {
        slug: "shuye",
        place: Place::Free("学前", "科学", "中班"),
        theme: "捡树叶",
        goals: &["观察树叶的形状、颜色、叶脉，学习分类", "喜欢到户外去"],
        asks: &["这些叶子可以怎样分？还能怎样分？"],
        steps: &[
            ("捡", "每人一个小篮子，捡五片不一样的。"),
            ("分", "按颜色、按大小、按有没有锯齿，分了再合，合了再分。"),
        ],
        watch: "不要一上来就给分类标准。",
        drill: Drill::None,
        sketch: Sketch::Plant,
        tags: &["分类", "户外", "秋天"],
        pieces: vec![
            plan("树叶分家（中班科学活动）", "一次户外、一次室内，分类标准由孩子提。", "tang", 56),
            sheet("树叶拓印步骤图", "四步图示，贴在美工区墙上。", "tang", 55).form(Form::Png).licence(Licence::Free),
            slides("秋天在哪里：户外观察引导", "给家长志愿者看的，八条怎么问。", "sun", 52)
                .on("school:qinghe-youeryuan"),
        ],
    }
}

fn bridge() -> Idea {
    Idea {
        slug: "xianjie",
        place: Place::Free("学前", "社会", "大班"),
        theme: "幼小衔接",
        goals: &["园校双向衔接，教师互访、活动互通", "让孩子期待上小学"],
        asks: &["小学老师最希望孩子会什么？幼儿园老师最担心什么？"],
        steps: &[
            ("互访", "一年级教师入园半日，大班教师听一节数学课。"),
            ("书包展", "大班孩子自己整理书包，计时三分钟。"),
        ],
        watch: "衔接不是提前学拼音、学算术。",
        drill: Drill::None,
        sketch: Sketch::Hill,
        tags: &["幼小衔接"],
        pieces: vec![
            result("幼小衔接互访半日观察报告", "园校八位教师互访后的十二条建议。", "sun", 120)
                .with(&["liu", "lin"])
                .own(&["一年级教师最意外的是：大班孩子能自己商量规则。大班教师最意外的是：一年级上课时不能随时喝水。"]),
            sheet("我会整理书包", "步骤图加计时记录，家园共用。", "sun", 100)
                .form(Form::Pdf)
                .own(&["大书放后面，小书放前面，水杯放旁边，拉链拉到头。"]),
            template("园校互访记录表", "看到什么、问了什么、带回什么，三栏。", "sun", 119).table(&[
                &["看到的", "问到的", "带回去的"],
                &["一年级孩子课间自己接水", "午睡没有了，下午困不困", "大班五月起把午睡缩短二十分钟"],
                &["", "", ""],
            ]),
        ],
    }
}

fn corner() -> Idea {
    Idea {
        slug: "qujiao",
        place: Place::Free("学前", "科学", ""),
        theme: "数学区角",
        goals: &["材料有层次，孩子可以自己检查对错", "每月更换三分之一"],
        asks: &["孩子没有来玩，是材料的问题还是位置的问题？"],
        steps: &[("观察", "蹲下来看十五分钟，记下谁来、玩多久。"), ("调整", "太容易加一个限制，太难拆成两步。")],
        watch: "材料好看但不能反复玩。",
        drill: Drill::None,
        sketch: Sketch::Squares(3, 4, 5),
        tags: &["区角", "自制教具"],
        pieces: vec![
            result("自制数学玩教具二十例", "瓶盖、纸筒、豆子做的玩具，每例写清目标与玩法。", "tang", 105)
                .with(&["sun"]),
            template("区角观察记录表", "时间、孩子、玩法、教师介入四栏。", "tang", 104)
                .on("team:kindergarten-maths")
                .table(&[&["时间", "孩子", "怎么玩", "老师做了什么"], &["", "", "", ""]]),
            room("清河幼儿园感统活动室", "低年级可预约开展衔接活动，换袜子入内。", "sun", 160).tags(&["可预约"]),
        ],
    }
}
