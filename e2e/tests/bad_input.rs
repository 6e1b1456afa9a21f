//! What can't be taken is refused with a sentence, and nothing else is lost.
#![cfg(feature = "browsers")]

use anyhow::{Result, ensure};
use e2e::{Stage, Teacher, until};
use serde_json::{Value, json};

#[tokio::test(flavor = "multi_thread")]
async fn images_that_cant_be_taken_are_refused_with_a_reason() -> Result<()> {
    Stage::play("bad_images", async |stage| {
        let document = stage.shared_document("page", "插图").await?;
        let zhou = stage.teacher("zhou").await?;
        zhou.open(&document).await?;
        zhou.put_caret(-1, 0).await?;
        zhou.type_text("Text. ").await?;
        zhou.saved().await?;

        for (what, make, words) in [
            (
                "an oversized image",
                "new File([png(), new Uint8Array(21 << 20)], 'big.png', {type: 'image/png'})",
                "20 MB",
            ),
            ("a text named .png", "new File(['no picture at all'], 'fake.png', {type: 'image/png'})", "fake.png"),
            ("a program", "new File(['MZ…'], 'setup.exe', {type: 'application/x-msdownload'})", "setup.exe"),
        ] {
            paste(&zhou, make).await?;
            zhou.reads("body", |text| text.contains(words)).await.map_err(|problem| problem.context(what))?;
            ensure!(zhou.count(".ProseMirror img[src]").await? == 0, "{what} came in");
            zhou.go("/documents").await?;
            zhou.open(&document).await?;
            zhou.put_caret_at_end(-1).await?;
        }

        paste(&zhou, "new File([png()], 'small.png', {type: 'image/png'})").await?;
        zhou.find(".ProseMirror img[src^='/api/documents/']").await?;
        let shown = async || {
            zhou.script("return document.querySelector('.ProseMirror img[src^=\"/api/\"]').naturalWidth", Value::Null)
                .await
        };
        until("the picture is shown", shown, |width| *width == json!(1)).await?;
        zhou.saved().await?;
        let xml = stage.witness(&document).await?.xml();
        ensure!(xml.contains("Text. ") && xml.contains("<image"), "{xml}");
        Ok(())
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_title_of_ten_thousand_characters_changes_nothing() -> Result<()> {
    Stage::play("bad_title", async |stage| {
        let api = stage.group.api("zhou").await?;
        let document = api.create("page", "好好的标题").await?;
        let zhou = stage.teacher("zhou").await?;
        zhou.open(&document).await?;
        let title = zhou.find("header input, [data-testid=title]").await?;
        title.click().await?;
        zhou.press("Control+a").await?;
        zhou.cdp("Input.insertText", json!({ "text": "长".repeat(10_000) })).await?;
        zhou.press("Enter").await?;
        zhou.reads("body", |text| text.contains("最多 200")).await?;
        let card = api.get(&format!("/api/documents/{document}")).await?;
        ensure!(card["title"] == "好好的标题", "the title became {}", card["title"]);
        let by_api = api
            .send(
                reqwest::Method::PATCH,
                &format!("/api/documents/{document}"),
                Some(json!({ "title": "长".repeat(10_000) })),
            )
            .await?;
        ensure!(by_api.status().is_client_error(), "by the API: {}", by_api.status());
        Ok(())
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_document_in_the_bin_is_told_of_and_what_was_typed_is_kept() -> Result<()> {
    Stage::play("bad_deleted", async |stage| {
        let api = stage.group.api("zhou").await?;
        let document = stage.shared_document("page", "要进回收站").await?;
        let lin = stage.teacher("lin").await?;
        lin.open(&document).await?;
        lin.put_caret(-1, 0).await?;
        lin.type_text("kept text").await?;
        lin.saved().await?;
        api.delete(&format!("/api/documents/{document}")).await?;
        lin.find("[role=alert]").await?;
        until("no longer editable", async || lin.count(".ProseMirror[contenteditable=true]").await, |n| *n == 0)
            .await?;
        ensure!(lin.lines().await?.concat().contains("kept text"), "what lin was reading is gone");

        api.post(&format!("/api/documents/{document}/restore"), json!({})).await?;
        lin.open(&document).await?;
        lin.sees_line("kept text").await?;
        Ok(())
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn x3_an_open_page_comes_back_by_itself_with_its_document() -> Result<()> {
    Stage::play("bad_restored", async |stage| {
        let api = stage.group.api("zhou").await?;
        let document = stage.shared_document("page", "进了回收站又放回来").await?;
        let lin = stage.teacher("lin").await?;
        lin.open(&document).await?;
        lin.put_caret(-1, 0).await?;
        lin.type_text("before").await?;
        lin.saved().await?;
        api.delete(&format!("/api/documents/{document}")).await?;
        lin.reads("[role=alert]", |text| text.contains("不能再看") && !text.contains("草稿")).await?;

        // Still in the bin: being asked for, it leaves the text where it is.
        lin.click("重新载入").await?;
        lin.reads(".toasts", |text| text.contains("现在还不能看")).await?;
        lin.sees_line("before").await?;

        api.post(&format!("/api/documents/{document}/restore"), json!({})).await?;
        until("it opens by itself", async || lin.count(".ProseMirror[contenteditable=true]").await, |n| *n == 1)
            .await?;
        ensure!(lin.count("[role=alert]").await? == 0, "it is said to be gone");
        lin.put_caret_at_end(-1).await?;
        lin.type_text(" and after").await?;
        lin.saved().await?;
        lin.sees_line("before and after").await?;
        Ok(())
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_malformed_frame_closes_its_own_socket_and_no_other() -> Result<()> {
    Stage::play("bad_frame", async |stage| {
        let (zhou, lin, document) = stage.two_in("page").await?;
        zhou.put_caret(-1, 0).await?;
        zhou.type_text("Calm").await?;
        zhou.saved().await?;
        let frames: [&[u8]; 6] = [
            &[0xff; 40],
            &[0, 2, 0xff, 0xff, 0xff, 0xff, 0x7f],
            &[0, 2, 3, 9, 9, 9],
            &[0, 0, 5, 0xff, 0xff, 0xff, 0xff, 0x0f],
            &[0, 9],
            &[0, 2, 200, 1],
        ];
        for frame in frames {
            let attacker = stage.witness(&document).await?;
            attacker.send_raw(frame)?;
            until(&format!("closed after {frame:02x?}"), async || Ok(attacker.is_closed()), |closed| *closed).await?;
        }
        tokio::try_join!(zhou.type_text(" and"), async {
            lin.put_caret(-1, 0).await?;
            lin.type_text("Still ").await
        })?;
        zhou.sees_line("Still Calm and").await?;
        lin.sees_line("Still Calm and").await?;
        tokio::try_join!(zhou.saved(), lin.saved())?;
        Ok(())
    })
    .await
}

/// Pastes a file as if it had been copied; `make` is a script that makes it.
async fn paste(teacher: &Teacher, make: &str) -> Result<()> {
    const PNG: &str = "const png = () => Uint8Array.from(atob('iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=='), (c) => c.charCodeAt(0));";
    let script = format!(
        "{PNG} const files = new DataTransfer(); files.items.add({make});
         document.querySelector('.ProseMirror').dispatchEvent(new ClipboardEvent('paste', {{ clipboardData: files, bubbles: true, cancelable: true }}));"
    );
    teacher.script(&script, Value::Null).await?;
    Ok(())
}
