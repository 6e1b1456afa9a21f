//! An image gets a description and a size, without a mouse, and a colleague's screen has them too.
#![cfg(feature = "browsers")]

use anyhow::{Result, ensure};
use e2e::{Stage, Teacher, until};
use serde_json::{Value, json};

const IMAGE: &str = ".ProseMirror img[src^='/api/documents/']";

#[tokio::test(flavor = "multi_thread")]
async fn an_image_is_described_and_sized_by_keyboard() -> Result<()> {
    Stage::play("image_description", async |stage| {
        let (zhou, lin, document) = stage.two_in("page").await?;
        zhou.put_caret(-1, 0).await?;
        paste_picture(&zhou).await?;
        lin.find(IMAGE).await?;

        // Back over the picture, which selects it; nobody has said yet what it shows.
        zhou.press("ArrowLeft").await?;
        zhou.reads(".image-bar", |text| text.contains("还没有说明")).await?;
        zhou.press("Enter").await?;
        zhou.find("dialog[open] textarea:focus").await?;
        zhou.type_text("24 × 12 的竖式").await?;
        // Past the box "decorative", to the sizes: own size is chosen, the one before it is the whole line.
        for key in ["Tab", "Tab", "ArrowLeft"] {
            zhou.press(key).await?;
        }
        zhou.press("Enter").await?;
        until("the dialog is gone", async || zhou.count("dialog[open]").await, |open| *open == 0).await?;
        let told = json!(["24 × 12 的竖式", "672", "504"]);
        until("lin has the description and the size", async || look(&lin).await, |seen| *seen == told).await?;
        ensure!(look(&zhou).await? == told, "zhou sees {}", look(&zhou).await?);

        zhou.saved().await?;
        let xml = stage.witness(&document).await?.xml();
        ensure!(xml.contains("24 × 12 的竖式"), "{xml}");

        // Only decoration: an empty description, which is not none.
        zhou.press("Enter").await?;
        zhou.find("dialog[open] textarea:focus").await?;
        zhou.press("Tab").await?;
        zhou.press(" ").await?;
        zhou.press("Enter").await?;
        until("decorative for lin", async || look(&lin).await, |seen| seen[0] == "").await?;
        zhou.reads(".image-bar", |text| text.contains("只作装饰")).await?;

        // Undone like every other change; what was done in quick succession goes back as one.
        zhou.press("Control+z").await?;
        until("no longer decorative", async || look(&lin).await, |seen| seen[0] != "").await?;
        Ok(())
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn who_only_reads_gets_no_form() -> Result<()> {
    Stage::play("image_read_only", async |stage| {
        let (zhou, lins) = tokio::try_join!(stage.group.api("zhou"), stage.group.api("lin"))?;
        let document = zhou.create("page", "看图").await?;
        zhou.share(&document, &[&lins], "view").await?;
        let (zhou, lin) = tokio::try_join!(stage.teacher("zhou"), stage.teacher("lin"))?;
        zhou.open(&document).await?;
        zhou.put_caret(-1, 0).await?;
        paste_picture(&zhou).await?;
        zhou.saved().await?;
        lin.go(&format!("/documents/{document}")).await?;
        let image = lin.find(IMAGE).await?;
        image.click().await?;
        lin.press("Enter").await?;
        const DOUBLE: &str =
            "document.querySelector(arguments[0]).dispatchEvent(new MouseEvent('dblclick', { bubbles: true }))";
        lin.script(DOUBLE, json!(IMAGE)).await?;
        ensure!(lin.count("dialog[open], .image-bar").await? == 0, "a reader was asked to describe");
        Ok(())
    })
    .await
}

/// Description, width and height of the image on this screen.
async fn look(teacher: &Teacher) -> Result<Value> {
    const LOOK: &str = "const image = document.querySelector(arguments[0]);
        return ['alt', 'width', 'height'].map((name) => image?.getAttribute(name) ?? null)";
    teacher.script(LOOK, json!(IMAGE)).await
}

/// Pastes a picture of 400 × 300 at the caret, and waits until it is stored and shown.
async fn paste_picture(teacher: &Teacher) -> Result<()> {
    const PASTE: &str = "
        const done = arguments[1];
        const canvas = Object.assign(document.createElement('canvas'), { width: 400, height: 300 });
        canvas.toBlob((blob) => {
            const clipboardData = new DataTransfer();
            clipboardData.items.add(new File([blob], '竖式.png', { type: 'image/png' }));
            const paste = new ClipboardEvent('paste', { clipboardData, bubbles: true, cancelable: true });
            document.querySelector('.ProseMirror').dispatchEvent(paste);
            done(null);
        }, 'image/png');";
    teacher.script_async(PASTE, Value::Null).await?;
    teacher.find(IMAGE).await?;
    let shown = async || teacher.script("return document.querySelector(arguments[0]).naturalWidth", json!(IMAGE)).await;
    until("the picture is shown", shown, |width| *width == json!(400)).await?;
    Ok(())
}
