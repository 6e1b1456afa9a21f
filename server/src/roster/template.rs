//! A workbook to begin a roster with: headings, examples, and a sheet that explains them.

use rust_xlsxwriter::{Format, FormatAlign, Workbook, Worksheet, XlsxError};
use shared::organisation::{BodyKind, Vocabulary};

/// Heading, width in characters, and what belongs below it.
const COLUMNS: [(&str, f64, &str); 11] = [
    ("姓名", 12.0, "必填。"),
    (
        "学校",
        22.0,
        "必填，写全称。一人在两个校区任教，用顿号隔开，第一个是主要任教学校。集团办公室的人写集团名称。还没有的学校，导入时会逐个问您。",
    ),
    ("岗位", 16.0, "见下面的岗位表，可以写几个，用顿号隔开。不填就是教师；有组的，在组里就是组员。"),
    ("学科", 12.0, "任教学科；幼儿园写领域。"),
    ("年级", 12.0, "任教年级。"),
    (
        "教研组",
        20.0,
        "所在的教研组，可以写几个，用顿号隔开。几所学校写了同名的新组，导入时会问：各校一个，还是合为一个。",
    ),
    ("备课组", 22.0, "所在的备课组，写法相同。"),
    ("手机", 16.0, "可以用来登录，一人一个号码。手机 11 位，座机带区号。"),
    ("邮箱", 24.0, "可以用来登录。"),
    ("起始", 14.0, "从哪天起，如 2026-09-01。不填就是从导入时起。"),
    ("截止", 14.0, "到哪天为止，当天算在内。不填就是一直有效。"),
];

const EXAMPLES: [[&str; 11]; 3] = [
    ["示例：王芳", "清河实验小学", "教师", "数学", "三年级", "数学教研组", "三年级数学备课组", "", "", "", ""],
    [
        "示例：李强",
        "清河实验小学、柳溪小学",
        "教师、备课组长",
        "语文",
        "五年级",
        "",
        "五年级语文备课组",
        "",
        "",
        "",
        "",
    ],
    ["示例：孙梅", "第一幼儿园", "园长", "语言", "大班", "", "", "", "", "2026-09-01", "2027-07-15"],
];

/// The workbook as a file, with the posts of this vocabulary.
pub fn template(vocabulary: &Vocabulary) -> Result<Vec<u8>, XlsxError> {
    let mut book = Workbook::new();
    let heading = Format::new().set_bold().set_background_color("#E8ECF5").set_align(FormatAlign::VerticalCenter);
    // As text: a spreadsheet would make a number of a phone number, and a day of a date.
    let text = Format::new().set_num_format("@");
    let sheet = book.add_worksheet().set_name("花名册")?;
    for (column, (name, width, _)) in (0_u16..).zip(COLUMNS) {
        sheet.set_column_width(column, width)?.set_column_format(column, &text)?;
        sheet.write_with_format(0, column, name, &heading)?;
    }
    for (row, example) in (1_u32..).zip(EXAMPLES) {
        for (column, cell) in (0_u16..).zip(example) {
            sheet.write_with_format(row, column, cell, &text)?;
        }
    }
    sheet.set_freeze_panes(1, 0)?;
    explain(book.add_worksheet().set_name("说明")?, vocabulary, &heading)?;
    book.save_to_buffer()
}

fn explain(sheet: &mut Worksheet, vocabulary: &Vocabulary, heading: &Format) -> Result<(), XlsxError> {
    let wrapped = Format::new().set_text_wrap().set_align(FormatAlign::Top);
    sheet.set_column_width(0, 20)?.set_column_width(1, 16)?.set_column_width(2, 70)?;
    let mut row = 0;
    sheet.write(row, 0, "请把“花名册”里的示例行换成您的老师。导入前会先看到每一行要做什么；没写进来的人不受影响。")?;
    row += 2;
    for (column, name) in (0_u16..).zip(["列", "", "怎么填"]) {
        sheet.write_with_format(row, column, name, heading)?;
    }
    for (name, _, how) in COLUMNS {
        row += 1;
        sheet.write_with_format(row, 0, name, &wrapped)?;
        sheet.write_with_format(row, 2, how, &wrapped)?;
    }
    row += 2;
    for (column, name) in (0_u16..).zip(["岗位", "在哪里", "英文"]) {
        sheet.write_with_format(row, column, name, heading)?;
    }
    for post in &vocabulary.posts {
        row += 1;
        let place = match post.at {
            BodyKind::Group => "集团",
            BodyKind::School => "学校",
            BodyKind::Team => "组",
        };
        sheet.write(row, 0, &post.name.zh)?;
        sheet.write(row, 1, place)?;
        sheet.write(row, 2, &post.name.en)?;
    }
    Ok(())
}
