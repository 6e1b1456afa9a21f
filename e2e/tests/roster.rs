//! From a spreadsheet to teachers who sign in.
#![cfg(feature = "browsers")]

use anyhow::{Context, Result, ensure};
use e2e::{Stage, Teacher, Window, until};
use serde_json::json;

#[tokio::test(flavor = "multi_thread")]
async fn forty_teachers_come_from_a_sheet_and_one_of_them_signs_in() -> Result<()> {
    Stage::play("roster_of_forty", async |stage| {
        let wu = stage.teacher("wu").await?;
        wu.go("/people/import").await?;
        // Two rows are wrong: a post that nobody has, and one without a name.
        choose(stage, &wu, "first.csv", &sheet(&[(7, "校监"), (12, "")])).await?;
        let wrong = wu.reads(".import-rows", |text| text.contains("校监")).await?;
        ensure!(wu.count(".import-rows > .row").await? == 2, "only what is wrong is shown at first, not {wrong}");
        ensure!(wu.count("button[disabled]").await? == 1, "a sheet with something wrong can be imported");

        // Mended, and chosen again.
        wu.click("换一个文件").await?;
        choose(stage, &wu, "mended.csv", &sheet(&[])).await?;
        wu.reads("#h-plan", |text| text.contains("mended")).await?;
        wu.reads("main", |text| text.contains("新建 40 个账号")).await?;
        wu.click("导入").await?;
        wu.reads("#h-done", |text| text.contains("40")).await?;

        wu.click("发起始码并打印").await?;
        wu.find(".code-card").await?;
        ensure!(wu.count(".code-card").await? == 40, "not a card for each teacher");
        let code = wu.find(".code-card b").await?.text().await?;
        // On paper the address of this computer is of no use to anybody: hers is typed once, and every card has it.
        ensure!(wu.count(".code-card svg.qr").await? == 0, "a telephone is sent to this computer");
        let address = wu.find("#codes-address").await?;
        address.clear().await?;
        address.send_keys("gongbei.example:8080").await?;
        wu.reads(".code-card", |text| text.contains(&format!("http://gongbei.example:8080/join/{code}"))).await?;
        until(
            "a code for the camera on each card",
            async || wu.count(".code-card svg.qr path").await,
            |all| *all == 40,
        )
        .await?;

        let new = stage.look_in("new", Window::new(&stage.group.address())).await?;
        new.go(&format!("/join/{code}")).await?;
        new.find("#join-password").await?.send_keys("a long winded river").await?;
        new.find("form button[type=submit]").await?.click().await?;
        until("the new teacher is inside", async || new.path().await, |path| path == "/").await?;
        new.reads("main h1", |text| !text.is_empty()).await?;

        // The code is good once.
        let late = stage.look_in("late", Window::new(&stage.group.address())).await?;
        late.go(&format!("/join/{code}")).await?;
        late.find("[role=alert]").await?;
        ensure!(late.count("#join-password").await? == 0, "a used code still sets a password");
        Ok(())
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn an_import_is_taken_back_as_a_whole() -> Result<()> {
    Stage::play("roster_taken_back", async |stage| {
        let (office, wu) = tokio::try_join!(stage.group.api("wu"), stage.teacher("wu"))?;
        let all = async || {
            let found = office.get("/api/organisation/people?limit=1").await?;
            found["all"].as_u64().context("no number of people")
        };
        let before = all().await?;
        wu.go("/people/import").await?;
        choose(stage, &wu, "sheet.csv", &sheet(&[])).await?;
        wu.reads("main", |text| text.contains("新建 40 个账号")).await?;
        wu.click("导入").await?;
        wu.find("#h-done").await?;
        ensure!(all().await? == before + 40, "forty people are more by then");
        wu.click("撤销这次导入").await?;
        until("everybody new is gone", all, |now| *now == before).await?;
        Ok(())
    })
    .await
}

/// From a group without a school: the sheet of its secretary names four, one of them mistyped once, and a team of one name
/// in two of them. Nothing has to be read before: all of it is answered on the page, and taken back from the log.
#[tokio::test(flavor = "multi_thread")]
async fn an_empty_group_is_filled_by_answering_and_emptied_from_the_log() -> Result<()> {
    Stage::play("roster_first", async |stage| {
        let office = stage.group.api("admin").await?;
        let known = office.get("/api/organisation").await?;
        let region = known["regions"][0]["id"].as_str().context("a region")?;
        let group =
            json!({"record": "group", "id": "a-new", "region": region, "name": "新桥教育集团", "kind": "cooperative"});
        office.post("/api/organisation/changes", json!({"records": [group]})).await?;
        let all = async || {
            let view = office.get("/api/organisation").await?;
            let people = office.get("/api/organisation/people?limit=1").await?;
            let many = |list: &str| view[list].as_array().map_or(0, Vec::len) as u64;
            Ok((people["all"].as_u64().context("people")?, many("schools"), many("teams")))
        };
        let before: (u64, u64, u64) = all().await?;
        let admin = stage.teacher("admin").await?;
        admin.go("/people/import").await?;
        let choice = admin.find("#roster-group option[value=a-new]").await?;
        choice.click().await?;
        choose(stage, &admin, "first.csv", &first_sheet()).await?;

        // Each unknown name is one question; nothing is wrong, and nothing is made of itself.
        admin.reads("#h-asks", |text| !text.is_empty()).await?;
        admin.reads(".import-asks", |text| text.contains("“河湾小学”（9 行）")).await?;
        ensure!(admin.count(".import-asks .asked").await? == 5, "four schools and one mistyped name");
        ensure!(admin.count(".import-rows .troubles").await? == 0, "a first sheet has nothing wrong");
        ensure!(admin.count("#import-now[disabled]").await? == 1, "it can be imported with questions open");
        admin.click("您是说“河湾小学”？就是它").await?;
        admin.click("和北关实验小学合为一个组（两校合一）").await?;
        admin.reads(".import-asks", |text| text.contains("几校合为一个组")).await?;
        admin.click("没有疑问的").await?;
        admin.reads(".import-asks", |text| text.contains("都决定好了")).await?;
        admin.reads("main", |text| text.contains("新建 40 个账号") && text.contains("13800000001")).await?;
        ensure!(all().await? == before, "answers alone change something");
        until("it can be imported", async || admin.count("#import-now:not([disabled])").await, |now| *now == 1).await?;
        admin.click("导入").await?;
        admin.reads("#h-done", |text| text.contains("40")).await?;
        ensure!(all().await? == (before.0 + 40, before.1 + 4, before.2 + 2), "forty people, four schools, two teams");

        // Whoever loads the page anew still finds the way back; the log has one line, with all that was done in it.
        admin.go("/people/import").await?;
        admin.reads(".banner", |text| text.contains("40 人") && text.contains("4 所学校")).await?;
        admin.go("/people/audit").await?;
        admin.reads(".audit .row", |text| text.contains("从表格导入了 40 人，新建 4 所学校，新建 2 个组")).await?;
        admin.click("做了什么").await?;
        admin.reads(".import-lines", |text| text.contains("河湾小学")).await?;
        admin.click("撤销：从表格导入了 40 人").await?;
        let asked = admin.reads("dialog[open]", |text| text.contains("起始码马上作废")).await?;
        ensure!(
            asked.contains("40 个新账号") && asked.contains("4 所学校、2 个组"),
            "what would go is not said: {asked}"
        );
        admin.click("撤销这次导入").await?;
        until("all of it is gone", all, |now| *now == before).await?;
        admin.reads(".audit .row", |text| text.contains("撤销了从表格导入的 40 人")).await?;
        Ok(())
    })
    .await
}

/// Forty teachers of four schools that nobody knows, one of them at a school whose name is mistyped.
fn first_sheet() -> String {
    let schools = ["河湾小学", "北关实验小学", "清溪中学", "新桥镇中心幼儿园"];
    let mut text = String::from("姓名,学校,岗位,教研组,学科,年级,手机\n");
    for row in 0..40 {
        let school = if row == 4 { "河弯小学" } else { schools[row % 4] };
        let team = match row % 4 {
            0 | 1 if row > 4 => "数学教研组",
            2 if row > 4 => "语文教研组",
            _ => "",
        };
        let name = format!(
            "{}{}",
            ["赵", "钱", "孙", "李"][row % 4],
            ["一", "二", "三", "四", "五", "六", "七", "八", "九", "十"][row / 4]
        );
        text += &format!("{name},{school},教师,{team},数学,三年级,138000000{row:02}\n");
    }
    text
}

/// A sheet of forty teachers of 清河实验小学, whose staff Wu is; in these rows the post is another, or with an empty one the name is missing.
fn sheet(wrong: &[(usize, &str)]) -> String {
    let mut text = String::from("姓名,学校,职务,学科,年级\n");
    for row in 1..=40 {
        let known = wrong.iter().find(|(at, _)| *at == row);
        let post = known.map(|(_, post)| *post).filter(|post| !post.is_empty()).unwrap_or("教师");
        let name = match known {
            Some((_, "")) => String::new(),
            Some(_) | None => format!(
                "丁{}{}",
                ["一", "二", "三", "四"][row % 4],
                ["甲", "乙", "丙", "戊", "己", "庚", "辛", "壬", "癸", "子"][row / 4 % 10]
            ),
        };
        text += &format!("{name},清河实验小学,{post},数学,三年级\n");
    }
    text
}

/// Chooses a file of this content on the page of the import.
async fn choose(stage: &Stage, teacher: &Teacher, name: &str, content: &str) -> Result<()> {
    let path = stage.folder().join(name);
    std::fs::write(&path, content)?;
    let path = path.to_str().context("the path of a sheet is text")?;
    teacher.find(".drop-file input").await?.send_keys(path).await?;
    teacher.find("#h-plan").await?;
    Ok(())
}
