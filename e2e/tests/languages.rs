//! Chinese and English: switched on every page, remembered by the browser, and never mixed.
#![cfg(feature = "browsers")]

use anyhow::{Result, ensure};
use e2e::{Stage, Teacher, until};
use serde_json::{Value, json};

#[tokio::test(flavor = "multi_thread")]
async fn the_language_is_switched_on_every_page_and_remembered() -> Result<()> {
    Stage::play("languages", async |stage| {
        let document = stage.shared_document("lesson-plan", "两位数乘两位数").await?;
        let zhou = stage.teacher("zhou").await?;
        let on_page = format!("/documents/{document}");
        for (path, ready, menu_zh, menu_en) in [
            ("/documents", "main a[href^='/documents/']", "我：", "Me: "),
            (on_page.as_str(), ".ProseMirror[contenteditable=true]", "更多", "More"),
        ] {
            zhou.go(path).await?;
            zhou.find(ready).await?;
            speaks(&zhou, path, "zh-CN").await?;

            zhou.click(menu_zh).await?;
            zhou.click("English").await?;
            speaks(&zhou, path, "en").await?;
            zhou.go(path).await?;
            zhou.find(ready).await?;
            speaks(&zhou, path, "en").await?;

            zhou.click(menu_en).await?;
            zhou.click("中文").await?;
            speaks(&zhou, path, "zh-CN").await?;
            zhou.go(path).await?;
            zhou.find(ready).await?;
            speaks(&zhou, path, "zh-CN").await?;
        }
        Ok(())
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_written_goes_on_in_the_other_language() -> Result<()> {
    Stage::play("languages_writing", async |stage| {
        let (zhou, lin, _) = stage.two_in("page").await?;
        zhou.put_caret(-1, 0).await?;
        zhou.type_text("before ").await?;
        zhou.click("更多").await?;
        zhou.click("English").await?;
        zhou.find(".ProseMirror[aria-label=Text]").await?;
        zhou.put_caret_at_end(-1).await?;
        zhou.type_text("and after").await?;
        lin.sees_line("before and after").await?;
        zhou.press("Control+z").await?;
        zhou.press("Control+z").await?;
        lin.sees("nothing of zhou's is left", |lines| !lines.concat().contains("before")).await?;
        Ok(())
    })
    .await
}

/// Waits until nothing around the documents is in the other language: names, and what people have written, stay as
/// they are; so do keys, and the name of the other language on its switch.
async fn speaks(teacher: &Teacher, page: &str, language: &str) -> Result<()> {
    const FOREIGN: &str = "
        const language = arguments[0];
        if (document.documentElement.lang !== language) return ['lang=' + document.documentElement.lang];
        const own = '.text .table-scroll, .ProseMirror > *, .carets, .doc-title, .title, .outline, .avatar, .seal, .by, .who, .foot, .kbd, .rows .second, script, style';
        const foreign = language === 'en' ? /\\p{Script=Han}/u : /[A-Za-z]/;
        const known = language === 'en' ? /^(中文|Me: .*|.*，.*)$/ : /^English$/;
        const said = [];
        for (const element of document.body.querySelectorAll('*')) {
            if (element.closest(own) || element.getClientRects().length === 0) continue;
            for (const name of ['aria-label', 'placeholder', 'data-tip', 'data-placeholder', 'title']) {
                // Tips end with their keys.
                const words = element.getAttribute(name)?.replace(/ ((Ctrl|Alt|Shift) )+.$| ---$/, '');
                if (words) said.push(words);
            }
            for (const node of element.childNodes) if (node.nodeType === Node.TEXT_NODE) said.push(node.data.trim());
        }
        return said.filter((words) => foreign.test(words) && !known.test(words));";
    let look = async || teacher.script(FOREIGN, json!(language)).await;
    let none = |foreign: &Value| foreign.as_array().is_some_and(Vec::is_empty);
    let result = until(&format!("{page} in {language}"), look, none).await;
    if result.is_err() {
        let left = look().await?;
        ensure!(none(&left), "{page} in {language} still says {left}");
    }
    Ok(())
}
