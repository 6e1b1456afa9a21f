//! Which row names the columns, and what they mean.

use super::{Column, MAX_COLUMNS, MAX_ROWS, Problem, cells};

/// A table whose columns are known.
pub(super) struct Table<'a> {
    pub headings: Vec<Heading>,
    pub ignored: Vec<String>,
    /// With the number each has in the table program.
    pub rows: Vec<(usize, &'a [String])>,
}

pub(super) struct Heading {
    /// From 0.
    pub place: usize,
    pub text: String,
    pub column: Column,
}

/// Above the headings there may be a title and remarks.
const HEADINGS_WITHIN: usize = 20;

/// Finds the headings among the first rows.
pub(super) fn find(table: &[Vec<String>]) -> Result<Table<'_>, Problem> {
    if table.len() > MAX_ROWS {
        return Err(Problem::TooManyRows { most: MAX_ROWS });
    }
    if table.iter().any(|row| row.len() > MAX_COLUMNS) {
        return Err(Problem::TooManyColumns { most: MAX_COLUMNS });
    }
    let candidates = table.iter().take(HEADINGS_WITHIN).map(|row| headings(row)).enumerate();
    let named = candidates.filter(|(_, (headings, _))| {
        headings.len() >= 2 && headings.iter().any(|heading| heading.column == Column::Name)
    });
    let (at, (headings, ignored)) = named
        .reduce(|best, next| if next.1.0.len() > best.1.0.len() { next } else { best })
        .ok_or(Problem::NoHeadings)?;
    let rows = table.iter().enumerate().skip(at + 1).map(|(at, row)| (at + 1, row.as_slice()));
    let rows: Vec<_> = rows.filter(|(_, row)| row.iter().any(|cell| !cells::clean(cell).is_empty())).collect();
    if rows.is_empty() { Err(Problem::Empty) } else { Ok(Table { headings, ignored, rows }) }
}

fn headings(row: &[String]) -> (Vec<Heading>, Vec<String>) {
    let mut headings: Vec<Heading> = Vec::new();
    let mut ignored = Vec::new();
    for (place, cell) in row.iter().enumerate() {
        let text: String = cells::clean(cell).chars().take(40).collect();
        if text.is_empty() {
            continue;
        }
        match meaning(&text) {
            // 教研组 and 备课组 stand side by side; of anything else the first one counts.
            Some(column) if column == Column::Team || headings.iter().all(|known| known.column != column) => {
                headings.push(Heading { place, text, column });
            }
            Some(_) | None => ignored.push(text),
        }
    }
    (headings, ignored)
}

fn meaning(text: &str) -> Option<Column> {
    let bare = text.split(['(', '（', '[', '【']).next().unwrap_or_default();
    let bare: String = bare.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect();
    let column = match bare.as_str() {
        "姓名" | "名字" | "教师姓名" | "老师姓名" | "人员姓名" | "name" | "fullname" | "teacher" => {
            Column::Name
        }
        "学校" | "单位" | "校区" | "所在学校" | "所在单位" | "工作单位" | "任教学校" | "学校名称" | "园所"
        | "幼儿园" | "school" | "campus" | "kindergarten" => Column::School,
        "身份" | "职务" | "岗位" | "职位" | "角色" | "担任职务" | "post" | "posts" | "role" | "position" => {
            Column::Post
        }
        "任教" | "学科" | "任教学科" | "科目" | "任教科目" | "领域" | "subject" | "subjects" | "teaches" => {
            Column::Subject
        }
        "年级" | "任教年级" | "班级" | "年段" | "grade" | "grades" => Column::Grade,
        "组" | "教研组" | "备课组" | "所在组" | "工作室" | "名师工作室" | "团队" | "小组" | "team" | "teams" => {
            Column::Team
        }
        "手机" | "电话" | "联系电话" | "手机号" | "手机号码" | "电话号码" | "联系方式" | "phone" | "mobile"
        | "telephone" | "phonenumber" => Column::Phone,
        "邮箱" | "电子邮箱" | "邮件" | "电子邮件" | "email" | "mail" | "emailaddress" => Column::Email,
        "账号" | "帐号" | "登录名" | "工号" | "用户名" | "登录账号" | "login" | "account" | "username" | "userid" => {
            Column::Login
        }
        "从" | "起始" | "开始" | "自" | "任职时间" | "起始日期" | "开始日期" | "入职时间" | "入职日期" | "since"
        | "from" | "start" | "startdate" => Column::Since,
        "到" | "截止" | "至" | "结束" | "截止日期" | "结束日期" | "until" | "to" | "end" | "enddate" => {
            Column::Until
        }
        _ => return None,
    };
    Some(column)
}
