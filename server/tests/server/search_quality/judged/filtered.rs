//! Words together with what is chosen beside the results, and choices alone.

use shared::library::Facet;
use shared::library::FileKind::{Pptx, Wav, Xlsx};
use shared::library::ItemKind::{
    Courseware, Equipment, LessonDesign, MicroLesson, QuestionSet, TeachingCase, Template, Venue,
};

use super::Expect::{All, Any, Ids};
use super::Rule::{At, File, From, Grade, Kind, Stage, Subject, Tag, Text, Title};
use super::{Judged, ask};

pub const FAMILIES: &[(&str, &[Judged])] = &[("filtered", FILTERED)];

const FILTERED: &[Judged] = &[
    ask("分数", All(&[At("rj-math-3a-8"), Kind(Courseware)]))
        .only(&[(Facet::Kind, "courseware"), (Facet::Unit, "rj-math-3a-8")]),
    ask("分数", All(&[Text("分数"), From("beiguan"), Subject("数学")])).only(&[(Facet::School, "beiguan")]),
    ask("分数", All(&[Text("分数"), Grade("五年级")])).only(&[(Facet::Grade, "五年级")]),
    ask("", All(&[At("rj-math-3a-8"), Kind(Courseware)]))
        .only(&[(Facet::Unit, "rj-math-3a-8"), (Facet::Kind, "courseware")]),
    ask("", All(&[At("rj-math-3a-7"), Kind(LessonDesign)]))
        .only(&[(Facet::Unit, "rj-math-3a-7"), (Facet::Kind, "lesson-design")]),
    ask("", All(&[Stage("学前"), Kind(TeachingCase)]))
        .by("tang")
        .only(&[(Facet::Stage, "学前"), (Facet::Kind, "teaching-case")]),
    ask("", All(&[Kind(Venue)])).only(&[(Facet::Kind, "venue")]),
    ask("", All(&[Subject("音乐"), File(Wav)])).only(&[(Facet::Subject, "音乐"), (Facet::File, "wav")]),
    ask("观察", All(&[Text("观察"), File(Xlsx)])).only(&[(Facet::File, "xlsx")]),
    ask("电路", All(&[At("jk-kexue-4b-2"), Kind(Equipment)])).only(&[(Facet::Kind, "equipment")]),
    ask("记录表", All(&[Title("记录表"), Kind(Template)])).only(&[(Facet::Kind, "template")]),
    ask("Unit", All(&[At("pep-en-4a"), Text("Unit")])).only(&[(Facet::Volume, "pep-en-4a")]),
    ask("实验", All(&[Subject("科学"), Text("实验"), Kind(LessonDesign)]))
        .only(&[(Facet::Subject, "科学"), (Facet::Kind, "lesson-design")]),
    ask("", All(&[Tag("防溺水")])).only(&[(Facet::Tag, "防溺水")]),
    ask("", All(&[At("pep-en-3a"), File(Pptx)])).only(&[(Facet::Volume, "pep-en-3a"), (Facet::File, "pptx")]),
    ask("练习", All(&[Kind(QuestionSet), Grade("六年级")]))
        .only(&[(Facet::Kind, "question-set"), (Facet::Grade, "六年级")]),
    ask("", All(&[From("qinghe-youeryuan"), Kind(MicroLesson)]))
        .by("sun")
        .only(&[(Facet::School, "qinghe-youeryuan"), (Facet::Kind, "micro-lesson")]),
    ask("折纸", Ids(&["zhezhi-kejian"])).only(&[(Facet::School, "beiguan"), (Facet::Kind, "courseware")]),
    ask("fenshu", All(&[At("rj-math-3a-8"), Kind(MicroLesson)]))
        .only(&[(Facet::Kind, "micro-lesson"), (Facet::Unit, "rj-math-3a-8")]),
    ask(
        "种植",
        Any(&[
            Title("种一畦白菜"),
            Title("种一棵凤仙花"),
            Title("百草园"),
            Title("凤仙花成长档案"),
            Title("不肯拔苗"),
            Title("红墨水"),
        ]),
    )
    .only(&[(Facet::Stage, "小学")]),
];
