//! The textbooks of the demo's schools: editions, volumes and units, of some units the lessons.

use shared::library::{Taxon, TaxonSort};
use shared::words::TaxonId;

/// Id and name.
const EDITIONS: [(&str, &str); 4] = [("rj", "人教版"), ("tb", "统编版"), ("pep", "人教PEP版"), ("jk", "教科版")];

/// A volume: what it is for and its units, apart by `；`.
struct Volume {
    id: &'static str,
    edition: &'static str,
    subject: &'static str,
    grade: &'static str,
    name: &'static str,
    units: &'static str,
}

const fn volume(
    id: &'static str,
    edition: &'static str,
    subject: &'static str,
    grade: &'static str,
    name: &'static str,
    units: &'static str,
) -> Volume {
    Volume { id, edition, subject, grade, name, units }
}

const VOLUMES: [Volume; 24] = [
    volume(
        "rj-math-1a",
        "rj",
        "数学",
        "一年级",
        "一年级上册",
        "准备课；位置；1～5的认识和加减法；认识图形（一）；6～10的认识和加减法；11～20各数的认识；认识钟表；20以内的进位加法；总复习",
    ),
    volume(
        "rj-math-1b",
        "rj",
        "数学",
        "一年级",
        "一年级下册",
        "认识图形（二）；20以内的退位减法；分类与整理；100以内数的认识；认识人民币；100以内的加法和减法（一）；找规律；总复习",
    ),
    volume(
        "rj-math-2a",
        "rj",
        "数学",
        "二年级",
        "二年级上册",
        "长度单位；100以内的加法和减法（二）；角的初步认识；表内乘法（一）；观察物体（一）；表内乘法（二）；认识时间；数学广角——搭配（一）；总复习",
    ),
    volume(
        "rj-math-2b",
        "rj",
        "数学",
        "二年级",
        "二年级下册",
        "数据收集整理；表内除法（一）；图形的运动（一）；表内除法（二）；混合运算；有余数的除法；万以内数的认识；克和千克；数学广角——推理；总复习",
    ),
    volume(
        "rj-math-3a",
        "rj",
        "数学",
        "三年级",
        "三年级上册",
        "时、分、秒；万以内的加法和减法（一）；测量；万以内的加法和减法（二）；倍的认识；多位数乘一位数；长方形和正方形；分数的初步认识；数学广角——集合；总复习",
    ),
    volume(
        "rj-math-3b",
        "rj",
        "数学",
        "三年级",
        "三年级下册",
        "位置与方向（一）；除数是一位数的除法；复式统计表；两位数乘两位数；面积；年、月、日；小数的初步认识；数学广角——搭配（二）；总复习",
    ),
    volume(
        "rj-math-4a",
        "rj",
        "数学",
        "四年级",
        "四年级上册",
        "大数的认识；公顷和平方千米；角的度量；三位数乘两位数；平行四边形和梯形；除数是两位数的除法；条形统计图；数学广角——优化；总复习",
    ),
    volume(
        "rj-math-4b",
        "rj",
        "数学",
        "四年级",
        "四年级下册",
        "四则运算；观察物体（二）；运算定律；小数的意义和性质；三角形；小数的加法和减法；图形的运动（二）；平均数与条形统计图；数学广角——鸡兔同笼；总复习",
    ),
    volume(
        "rj-math-5a",
        "rj",
        "数学",
        "五年级",
        "五年级上册",
        "小数乘法；位置；小数除法；可能性；简易方程；多边形的面积；数学广角——植树问题；总复习",
    ),
    volume(
        "rj-math-5b",
        "rj",
        "数学",
        "五年级",
        "五年级下册",
        "观察物体（三）；因数与倍数；长方体和正方体；分数的意义和性质；图形的运动（三）；分数的加法和减法；折线统计图；数学广角——找次品；总复习",
    ),
    volume(
        "rj-math-6a",
        "rj",
        "数学",
        "六年级",
        "六年级上册",
        "分数乘法；位置与方向（二）；分数除法；比；圆；百分数（一）；扇形统计图；数学广角——数与形；总复习",
    ),
    volume(
        "rj-math-6b",
        "rj",
        "数学",
        "六年级",
        "六年级下册",
        "负数；百分数（二）；圆柱与圆锥；比例；数学广角——鸽巢问题；整理和复习",
    ),
    volume(
        "tb-yuwen-1a",
        "tb",
        "语文",
        "一年级",
        "一年级上册",
        "识字（一）；汉语拼音（一）；汉语拼音（二）；阅读（一）；识字（二）；阅读（二）；阅读（三）；阅读（四）",
    ),
    volume(
        "tb-yuwen-2a",
        "tb",
        "语文",
        "二年级",
        "二年级上册",
        "第一单元 大自然的秘密；第二单元 识字；第三单元 儿童生活；第四单元 家乡；第五单元 思维方法；第六单元 伟人；第七单元 想象；第八单元 相处",
    ),
    volume(
        "tb-yuwen-3a",
        "tb",
        "语文",
        "三年级",
        "三年级上册",
        "第一单元 学校生活；第二单元 金秋时节；第三单元 童话世界；第四单元 预测；第五单元 留心观察；第六单元 祖国河山；第七单元 我与自然；第八单元 美好品质",
    ),
    volume(
        "tb-yuwen-6a",
        "tb",
        "语文",
        "六年级",
        "六年级上册",
        "第一单元 触摸自然；第二单元 革命岁月；第三单元 有目的地阅读；第四单元 小说；第五单元 围绕中心意思写；第六单元 保护环境；第七单元 艺术之美；第八单元 走近鲁迅",
    ),
    volume(
        "pep-en-3a",
        "pep",
        "英语",
        "三年级",
        "三年级上册",
        "Unit 1 Hello!；Unit 2 Colours；Unit 3 Look at me!；Unit 4 We love animals；Unit 5 Let's eat!；Unit 6 Happy birthday!",
    ),
    volume(
        "pep-en-4a",
        "pep",
        "英语",
        "四年级",
        "四年级上册",
        "Unit 1 My classroom；Unit 2 My schoolbag；Unit 3 My friends；Unit 4 My home；Unit 5 Dinner's ready；Unit 6 Meet my family!",
    ),
    volume("jk-kexue-3a", "jk", "科学", "三年级", "三年级上册", "水；空气；天气"),
    volume("jk-kexue-4a", "jk", "科学", "四年级", "四年级上册", "声音；呼吸与消化；运动和力"),
    volume("jk-kexue-4b", "jk", "科学", "四年级", "四年级下册", "植物的生长变化；电路；岩石与土壤"),
    volume("jk-kexue-5a", "jk", "科学", "五年级", "五年级上册", "光；地球表面的变化；计量时间；健康生活"),
    volume(
        "tb-daofa-3a",
        "tb",
        "道德与法治",
        "三年级",
        "三年级上册",
        "快乐学习；我们的学校；安全护我成长；家是最温暖的地方",
    ),
    volume(
        "tb-daofa-4a",
        "tb",
        "道德与法治",
        "四年级",
        "四年级上册",
        "与班级共成长；为父母分担；信息万花筒；让生活多一些绿色",
    ),
];

/// Of a unit its lessons, apart by `；`.
const LESSONS: [(&str, &str); 14] = [
    ("rj-math-1a-7", "整时；快到几时和几时刚过"),
    ("rj-math-2a-1", "认识厘米；认识米；认识线段"),
    ("rj-math-2b-6", "有余数的除法；竖式；解决问题"),
    ("rj-math-3a-1", "秒的认识；时间的计算"),
    ("rj-math-3a-3", "毫米、分米的认识；千米的认识；吨的认识"),
    ("rj-math-3a-7", "四边形；周长；长方形和正方形的周长；解决问题"),
    ("rj-math-3a-8", "认识几分之一；认识几分之几；分数的简单计算；分数的简单应用"),
    ("rj-math-3b-5", "面积和面积单位；长方形、正方形面积的计算；面积单位间的进率"),
    ("rj-math-5a-6", "平行四边形的面积；三角形的面积；梯形的面积；组合图形的面积"),
    ("tb-yuwen-3a-2", "古诗三首；铺满金色巴掌的水泥道；秋天的雨；听听，秋的声音"),
    ("tb-yuwen-3a-3", "卖火柴的小女孩；那一定会很好；在牛肚子里旅行；一块奶酪"),
    (
        "jk-kexue-3a-1",
        "水到哪里去了；水沸腾了；水结冰了；冰融化了；水能溶解多少物质；加快溶解；混合与分离；它们发生了什么变化",
    ),
    (
        "jk-kexue-4b-2",
        "电和我们的生活；点亮小灯泡；简易电路；电路出故障了；里面是怎样连接的；导体和绝缘体；电路中的开关；模拟安装照明电路",
    ),
    ("tb-daofa-3a-2", "说说我们的学校；走近我们的老师；让我们的学校更美好"),
];

const NUMERALS: [&str; 10] = ["一", "二", "三", "四", "五", "六", "七", "八", "九", "十"];

/// All nodes, each after what it lies under.
pub fn taxonomy() -> Vec<Taxon> {
    let mut all: Vec<Taxon> = Vec::new();
    for (position, (id, name)) in (1..).zip(EDITIONS) {
        all.push(node(id, None, TaxonSort::Edition, name.to_owned(), position));
    }
    for (position, volume) in (1..).zip(&VOLUMES) {
        let (subject, grade) = (volume.subject.to_owned(), volume.grade.to_owned());
        let name = volume.name.to_owned();
        all.push(Taxon { subject, grade, ..node(volume.id, Some(volume.edition), TaxonSort::Volume, name, position) });
        for (number, unit) in (1..).zip(volume.units.split('；')) {
            let named = match volume.edition {
                // These books count their units in the name itself.
                "pep" => unit.to_owned(),
                _ if unit.starts_with('第') || volume.id == "tb-yuwen-1a" || unit.ends_with("复习") => {
                    unit.to_owned()
                }
                _ => format!("{} {unit}", NUMERALS[number - 1]),
            };
            let id = format!("{}-{number}", volume.id);
            all.push(node(&id, Some(volume.id), TaxonSort::Unit, named, position_of(number)));
            let lessons = LESSONS.iter().find(|(of, _)| *of == id);
            for (at, lesson) in (1..).zip(lessons.into_iter().flat_map(|(_, lessons)| lessons.split('；'))) {
                let lesson_id = format!("{id}-{at}");
                all.push(node(&lesson_id, Some(&id), TaxonSort::Lesson, lesson.to_owned(), position_of(at)));
            }
        }
    }
    all
}

fn position_of(number: usize) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}

fn node(id: &str, parent: Option<&str>, sort: TaxonSort, name: String, position: u32) -> Taxon {
    let fixed = |id: &str| -> TaxonId { id.parse().expect("a fixed id") };
    let (subject, grade) = (String::new(), String::new());
    Taxon { id: fixed(id), parent: parent.map(fixed), sort, name, subject, grade, position, ended: false }
}

/// Subject and grade of the volume that a place lies in, and the volume's name.
pub fn of_volume(taxon: &str) -> Option<(&'static str, &'static str, &'static str)> {
    let volume = VOLUMES.iter().find(|volume| taxon == volume.id || taxon.starts_with(&format!("{}-", volume.id)))?;
    Some((volume.subject, volume.grade, volume.name))
}
