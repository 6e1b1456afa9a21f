//! Every page passes axe (WCAG 2.2 AA), wide and at 360 px, light and dark.
#![cfg(feature = "browsers")]

use anyhow::{Context, Result, ensure};
use e2e::{Stage, Teacher, axe};
use serde_json::{Value, json};

/// Width, height and theme. At 360 px in a tall window, or a row half under the bottom bar counts as a small target.
const SCREENS: [(u32, u32, &str); 4] =
    [(1366, 900, "light"), (1366, 900, "dark"), (360, 2400, "light"), (360, 2400, "dark")];

#[tokio::test(flavor = "multi_thread")]
async fn every_page_passes_axe() -> Result<()> {
    Stage::play("every_page_passes_axe", async |stage| {
        let document = stage.shared_document("lesson-plan", "两位数乘两位数").await?;
        let window = e2e::Window::new(&stage.group.address());
        let zhou = stage.look_in("zhou", window).await?;
        let mut found = Vec::new();

        zhou.go("/signin").await?;
        zhou.find("input[name=login]").await?;
        examine(&zhou, "/signin", &mut found).await?;

        zhou.sign_in("zhou").await?;
        for (path, ready) in [
            ("/".to_owned(), "main a[href^='/documents/']"),
            ("/documents".to_owned(), "main a[href^='/documents/']"),
            (format!("/documents/{document}"), ".ProseMirror[contenteditable=true]"),
            ("/documents/no-such-document".to_owned(), "main h1"),
            ("/library".to_owned(), "main .lib-search"),
            ("/library/new".to_owned(), "main.put-in .empty"),
            ("/library/collections".to_owned(), "#collections"),
            ("/library/collections/qinghe-caidan".to_owned(), ".collection-uses"),
            ("/people".to_owned(), "main.people h1"),
            ("/account".to_owned(), "main.account h1"),
        ] {
            zhou.go(&path).await?;
            zhou.find(ready).await?;
            examine(&zhou, &path, &mut found).await?;
        }

        zhou.go("/library/collections/fenshu-danyuan").await?;
        zhou.click("编辑").await?;
        zhou.find(".edit-lines").await?;
        examine(&zhou, "a collection while it is edited", &mut found).await?;

        zhou.go("/library").await?;
        zhou.find("main .lib-search").await?;
        zhou.press("Control+k").await?;
        zhou.find(".palette[open] [role=option]").await?;
        zhou.type_text("fenshu").await?;
        zhou.reads(".palette [role=option] .name", |text| text.contains("分数")).await?;
        examine(&zhou, "the box over everything", &mut found).await?;

        // What only those see who look after others.
        let wu = stage.look_in("wu", e2e::Window::new(&stage.group.address())).await?;
        wu.go("/join").await?;
        wu.find("#join-code").await?;
        examine(&wu, "/join", &mut found).await?;
        wu.sign_in("wu").await?;
        wu.go("/people").await?;
        let person = wu.reads_attribute("table.table tbody a", "href").await?;
        for (path, ready) in [
            ("/people", "table.table tbody input"),
            ("/people?body=school:liuxi", ".body-bar button"),
            (person.as_str(), "main.person .rows"),
            ("/people/import", ".drop-file"),
            ("/people/codes", "main.codes h1"),
            ("/people/audit", "main.audit h1"),
            ("/account", "#h-kept"),
            ("/library/exchange", "main.exchange #room"),
            ("/library/waiting", "main.waiting h1"),
            ("/library/loans", "main.waiting h1"),
            ("/library/items/fenshu-chubu-kejian", "main .talk"),
        ] {
            wu.go(path).await?;
            wu.find(ready).await?;
            examine(&wu, path, &mut found).await?;
        }

        // Around the room of a tutoring session.
        let chen = stage.teacher("chen").await?;
        for (path, ready) in [
            ("/tutoring", ".session-line"),
            ("/tutoring/new", "#session-title"),
            ("/tutoring/wishes", "main.sessions .empty"),
            ("/tutoring/wishes/new", "#wish-shelf"),
            ("/tutoring/demo-zhouchang", ".around-grid"),
            ("/tutoring/demo-fenshu", ".asked-lines"),
            ("/tutoring/join", "#session-code"),
        ] {
            chen.go(path).await?;
            chen.find(ready).await?;
            examine(&chen, path, &mut found).await?;
        }

        // What only the operator sees.
        let admin = stage.teacher("admin").await?;
        admin.go("/people/words").await?;
        admin.click("学科：加一项").await?;
        admin.click("存好").await?;
        admin.find(".word-wrong").await?;
        examine(&admin, "/people/words", &mut found).await?;
        admin.go("/library/textbooks").await?;
        admin.find("main h1").await?;
        examine(&admin, "/library/textbooks", &mut found).await?;
        ensure!(found.is_empty(), "axe found:\n{}", found.join("\n"));
        Ok(())
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn the_room_of_a_tutoring_session_passes_axe() -> Result<()> {
    Stage::play("session_room_axe", async |stage| {
        let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH)?.as_millis();
        let host = stage.group.api("chen").await?;
        let plan = json!({
            "id": "room-axe", "kind": "questions", "title": "分数怎么起头", "host": "chen",
            "begins": u64::try_from(now)? + 60_000, "minutes": 40, "shelf": { "type": "team", "id": "chen-studio" },
            "invited": [{ "with": { "type": "person", "id": "lin" }, "role": "participant" }],
        });
        host.post("/api/tutoring", plan).await?;
        let open = Some(json!({ "state": "open" }));
        let opened = host.send(reqwest::Method::PUT, "/api/tutoring/room-axe/state", open).await?;
        ensure!(opened.status().is_success(), "the session opens: {}", opened.status());
        let question =
            json!({ "id": "room-axe-1", "text": "这里为什么要对折？", "place": { "page": 1, "x": 320, "y": 260 } });
        stage.group.api("lin").await?.post("/api/tutoring/room-axe/questions", question).await?;

        let mut found = Vec::new();
        for (login, role) in [("chen", "the host"), ("lin", "a participant")] {
            let teacher = stage.teacher(login).await?;
            teacher.go("/tutoring/room-axe").await?;
            teacher.find(".pin").await?;
            for (tab, ready) in
                [("questions", ".queue li"), ("notes", ".notes-text .ProseMirror"), ("people", "#people-here")]
            {
                teacher.find(&format!("#side-tab-{tab}")).await?.click().await?;
                teacher.find(ready).await?;
                examine(&teacher, &format!("the room of {role}, {tab}"), &mut found).await?;
            }
        }
        ensure!(found.is_empty(), "axe found:\n{}", found.join("\n"));
        Ok(())
    })
    .await
}

/// Runs axe on what is shown, on every screen, and checks that nothing is wider than the screen.
async fn examine(teacher: &Teacher, page: &str, found: &mut Vec<String>) -> Result<()> {
    // Colours settle first. Left out: a rule that axe itself calls experimental (an avatar's glyph is a picture, not
    // its name).
    const RUN: &str = "
        const done = arguments[1];
        const standards = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'];
        const why = (n) => n.target.join(' ') + ' (' + (n.any[0] ?? n.all[0] ?? n.none[0])?.message + ')';
        const settled = () => new Promise((then) => requestAnimationFrame(() =>
            then(Promise.allSettled(document.getAnimations().map((animation) => animation.finished)))));
        settled().then(settled).then(() => axe.run(document, {
            runOnly: { type: 'tag', values: standards }, rules: { 'label-content-name-mismatch': { enabled: false } },
        })).then((result) => done(result.violations
            .map((v) => v.id + ': ' + v.help + ' — ' + v.nodes.slice(0, 4).map(why).join('; '))))
            .catch((problem) => done([String(problem)]));";
    const OVERFLOW: &str = "return document.documentElement.scrollWidth - document.documentElement.clientWidth";
    teacher.script(&axe()?, Value::Null).await?;
    for (width, height, theme) in SCREENS {
        teacher.look_through(width, height, theme).await?;
        // A window as tall as the page: what only scrolls under a bar is no target that is too small.
        let whole = teacher.script("return document.documentElement.scrollHeight", Value::Null).await?;
        let whole = whole.as_u64().and_then(|whole| whole.try_into().ok()).unwrap_or(height);
        teacher.look_through(width, whole.max(height), theme).await?;
        let violations = teacher.script_async(RUN, json!(null)).await?;
        let violations: Vec<String> = serde_json::from_value(violations).context("axe gave no list")?;
        found.extend(violations.into_iter().map(|violation| format!("{page} at {width} px, {theme}: {violation}")));
        let over = teacher.script(OVERFLOW, Value::Null).await?;
        if over != json!(0) {
            found.push(format!("{page} at {width} px, {theme}: the page is {over} px wider than the screen"));
        }
    }
    Ok(())
}
