//! 英语.

use shared::api::Deed;
use shared::library::Licence;

use super::idea::{Drill, Form, Idea, Place, case, micro, plan, record, sheet, slides};
use super::picture::Sketch;

pub fn ideas() -> Vec<Idea> {
    vec![look(), colours(), animals(), birthday(), classroom(), friends(), dinner(), phonics()]
}

fn look() -> Idea {
    Idea {
        slug: "pep-lookatme",
        place: Place::Book("pep-en-3a-3"),
        theme: "Look at me!",
        goals: &[
            "能听说认读 face, ear, eye, nose, mouth, arm, hand, head 等身体部位词",
            "能听懂 Clap your hands. Touch your head. 等指令并做动作",
            "乐于用英语介绍自己",
        ],
        asks: &["Where is your nose?", "机器人少了哪个部位？用英语告诉它。"],
        steps: &[
            ("Warm-up", "Simon says 热身：Touch your nose. Close your eyes. 老师不说 Simon says 就不能动。"),
            ("Draw a monster", "听指令画怪兽：It has three eyes and one big mouth. 画完互相介绍。"),
            ("Make a puppet", "用纸袋做手偶，一边做一边说 This is the face. These are the ears."),
        ],
        watch: "ear 与 year、mouth 与 mouse 容易听错；单复数 eye/eyes 常漏 s。",
        drill: Drill::Say(&[
            ("Touch your ____（头）.", "head"),
            ("I have two ____（眼睛）.", "eyes"),
            ("选择：This is my (arm / arms).", "arm"),
        ]),
        sketch: Sketch::Talk,
        tags: &["PEP", "Unit 3", "TPR"],
        pieces: vec![
            plan("PEP 三上 Unit 3 Look at me! 第一课时", "以 Simon says 和画怪兽贯穿，零基础班可用。", "shan", 38)
                .said("ma", "我不是英语专业，按您的指令词一句一句来，孩子们很开心。", 19)
                .said("liu", "手偶那一步费时，放到下一课时更合适。", 17)
                .used("ma", Deed::Template, 20)
                .used("liu", Deed::Copied, 18),
            slides("Unit 3 Look at me! 课件", "身体部位图片卡加指令动画图，十五页。", "shan", 37),
            sheet("Draw a monster 听画单", "听六句话画怪兽，背面有录音稿。", "shan", 36).form(Form::Pdf),
            plan("Look at me! 给没有英语专职教师的学校", "每一步配中文说明和读音提示，兼课老师拿来就能上。", "ma", 33)
                .from("pep-lookatme-jiaoan")
                .on("school:liuxi"),
            micro("mouth 和 mouse 听得出来吗", "易混音辨听，附节拍提示。", "shan", 30),
        ],
    }
}

fn colours() -> Idea {
    Idea {
        slug: "pep-colours",
        place: Place::Book("pep-en-3a-2"),
        theme: "Colours",
        goals: &["能听说 red, green, yellow, blue, black, white, orange, brown", "能用 I see … 描述看到的颜色"],
        asks: &["What colour do you see?", "red 和 yellow 混在一起变成什么？"],
        steps: &[
            ("Colour hunt", "在教室里找颜色，找到就说 I see blue!"),
            ("Mix it", "两种颜料一混，猜 What colour is it now?"),
        ],
        watch: "只会读单词，不会放进句子。",
        drill: Drill::Say(&[("I see ____（绿色）.", "green"), ("red + yellow =", "orange")]),
        sketch: Sketch::Columns(&[8, 6, 9, 5]),
        tags: &["PEP", "跨学科"],
        pieces: vec![
            plan("Colours：颜色大搜索", "与美术课混色实验联动。", "shan", 57),
            sheet("颜色单词转盘", "打印剪下，转到哪里说到哪里。", "shan", 56).form(Form::Png).licence(Licence::By),
            slides("Unit 2 Colours 歌谣与练习", "自编 chant，四拍一句，节奏见附页。", "liu", 53),
        ],
    }
}

fn animals() -> Idea {
    Idea {
        slug: "pep-animals",
        place: Place::Book("pep-en-3a-4"),
        theme: "We love animals",
        goals: &["能听说 cat, dog, duck, pig, bear, bird, panda, elephant", "能用 What's this? It's a … 问答"],
        asks: &["What's this? 只看影子能猜出来吗？"],
        steps: &[
            ("Guess the shadow", "遮住一半猜动物，It's a duck! No, it's a bird!"),
            ("Farm visit", "柳溪的孩子带来小鸭子，真问真答。"),
        ],
        watch: "a 与 an 不分，an elephant 要连起来读。",
        drill: Drill::Say(&[("What's this? It's ____ elephant.", "an"), ("把 duck 放进句子里：", "It's a duck.")]),
        sketch: Sketch::Shapes,
        tags: &["PEP"],
        pieces: vec![
            plan("We love animals：影子猜猜看", "遮一半、露一点，逼着学生开口问。", "shan", 51),
            case("一只小鸭子来上英语课", "真实的东西比图片管用。", "ma", 49)
                .own(&["鸭子一叫，平时不开口的阿强喊出了全班第一句 It's a duck。下课他又追着问 goat 怎么说。"]),
        ],
    }
}

fn birthday() -> Idea {
    Idea {
        slug: "pep-birthday",
        place: Place::Book("pep-en-3a-6"),
        theme: "Happy birthday!",
        goals: &["能听说认读数字 one 到 ten", "能用 How old are you? I'm … years old. 交流"],
        asks: &["How many candles? 为什么是九根？"],
        steps: &[
            ("Count the candles", "蛋糕上的蜡烛越插越多，边插边数。"),
            ("Ask ten friends", "拿着表格问十个同学的年龄并记录。"),
        ],
        watch: "three 与 tree 发音，th 咬舌。",
        drill: Drill::Say(&[("How old are you? I'm nine ____ old.", "years"), ("three + four =", "seven")]),
        sketch: Sketch::Columns(&[5, 5, 5, 5, 5]),
        tags: &["PEP", "数字"],
        pieces: vec![
            plan("Happy birthday! 数数蜡烛", "数字与年龄问答结合，带一张调查表。", "shan", 20),
            sheet("Ask ten friends 调查表", "姓名、年龄两栏，最后用英语报告一句。", "shan", 19)
                .form(Form::Xlsx)
                .table(&[&["Name", "How old", "Birthday"], &["Lily", "9", "May"], &["", "", ""]]),
        ],
    }
}

fn classroom() -> Idea {
    Idea {
        slug: "pep-classroom",
        place: Place::Book("pep-en-4a-1"),
        theme: "My classroom",
        goals: &["能听说 classroom, window, blackboard, light, picture, door 等词", "能用 Where is it? It's near the window. 描述位置"],
        asks: &["Where is my schoolbag?"],
        steps: &[("Hide and seek", "藏一支笔，全班用 Is it in/on/under …? 来找。"), ("Clean up", "分配打扫任务：Let me clean the window.")],
        watch: "in、on、under、near 混用，用手势固定。",
        drill: Drill::Say(&[("The book is ____（在……上） the desk.", "on"), ("Let me ____（打扫） the door.", "clean")]),
        sketch: Sketch::Squares(3, 4, 6),
        tags: &["PEP", "方位"],
        pieces: vec![
            plan("PEP 四上 Unit 1 My classroom 单元设计", "六课时，以布置英语角为大任务。", "shan", 100).notes(&["第一稿", "第二课时改成捉迷藏"]),
            slides("Where is it? 捉迷藏", "教室图十二处藏物点，点哪翻哪。", "shan", 98),
            record("My classroom 送教录课稿", "县级展示课文字稿，课堂用语可直接借用。", "shan", 97).on("school:beiguan").own(&["T: Where is the pen? S1: Is it in the desk? T: No, it isn't. S2: Is it under the chair? T: Yes, it is!"]),
        ],
    }
}

fn friends() -> Idea {
    Idea {
        slug: "pep-friends",
        place: Place::Book("pep-en-4a-3"),
        theme: "My friends",
        goals: &["能描述朋友的外貌和性格：tall, strong, friendly, quiet", "能用 He has … / She is … 介绍"],
        asks: &["Who is he? 不说名字能让大家猜到吗？"],
        steps: &[("Guess who", "描述一位同学，不说名字，让大家猜。"), ("Friendship card", "写一张介绍朋友的卡片。")],
        watch: "He 与 She、has 与 is 混用：has 后面跟东西，is 后面跟样子。",
        drill: Drill::Say(&[("He ____ (has / is) tall.", "is"), ("She ____ (has / is) long hair.", "has")]),
        sketch: Sketch::Talk,
        tags: &["PEP", "写作"],
        pieces: vec![
            plan("PEP 四上 Unit 3 My friends 读写课", "从猜人到写人，支架式写作。", "shan", 66).on("team:chen-studio"),
            sheet("My friend 写作支架", "四个句型框，写完连成一段。", "shan", 65),
        ],
    }
}

fn dinner() -> Idea {
    Idea {
        slug: "pep-dinner",
        place: Place::Book("pep-en-4a-5"),
        theme: "Dinner's ready",
        goals: &["能点餐：What would you like? I'd like some …, please.", "了解中西餐具的不同"],
        asks: &["What would you like for dinner?"],
        steps: &[("Menu", "小组设计家乡菜单，菜名用拼音加英文解释。"), ("Restaurant", "角色扮演，服务员与顾客。")],
        watch: "I'd like 与 I like 混淆。",
        drill: Drill::Say(&[
            ("____ would you like? — I'd like some soup.", "What"),
            ("请礼貌地要一碗米饭。", "I'd like some rice, please."),
        ]),
        sketch: Sketch::Round(6, 3),
        tags: &["PEP", "角色扮演"],
        pieces: vec![
            plan("Dinner's ready：清河小饭馆开张", "用家乡菜开一家英语小饭馆。", "shan", 44),
            slides("Chinese food, English menu", "十道家乡菜的英文介绍。", "shan", 43).on("group:beiguan-lianmeng"),
        ],
    }
}

fn phonics() -> Idea {
    Idea {
        slug: "phonics",
        place: Place::Free("小学", "英语", "四年级"),
        theme: "自然拼读",
        goals: &["掌握 a-e, i-e, o-e 的发音规律", "能见词读音"],
        asks: &["为什么 cake 里的 a 读它自己的名字？"],
        steps: &[
            ("Magic e", "不发音的 e 跳到词尾，前面的元音就喊自己的名字：cap 变 cape。"),
            ("Blend", "三张字母卡滑到一起，读出新词。"),
        ],
        watch: "见词就猜，不拼。遮住后半段逼他一个音一个音来。",
        drill: Drill::Say(&[("读一读：cap – cape、kit – kite、not – note", "e 不发音，前面的元音读字母音")]),
        sketch: Sketch::Lines,
        tags: &["phonics", "拼读"],
        pieces: vec![
            micro("Magic e：会变魔法的字母", "五分钟一条规律，附节拍。", "shan", 29),
            sheet("CVCe 单词卡", "三十六个单词，正面词、背面图。", "shan", 28).form(Form::Csv),
            plan("自然拼读社团课安排（一学期）", "十六次活动，乡村校可以减半。", "shan", 27).lesson("社团课"),
        ],
    }
}
