//! Who else is in a document, with name and school, and the way to them, on a phone as on a wide screen.
#![cfg(feature = "browsers")]

use anyhow::Result;
use e2e::{Stage, Window, until};
use serde_json::{Value, json};

#[tokio::test(flavor = "multi_thread")]
async fn a_colleague_is_found_by_name_on_every_screen() -> Result<()> {
    Stage::play("who_is_here", async |stage| {
        let document = stage.shared_document("lesson-plan", "两位数乘两位数").await?;
        let phone = Window::new(&stage.group.address());
        let (zhou, lin) = tokio::try_join!(stage.enter("zhou", phone), stage.teacher("lin"))?;
        tokio::try_join!(zhou.open(&document), lin.open(&document))?;
        lin.put_caret_at_end(-1).await?;
        lin.press("End").await?;

        const IN_SIGHT: &str =
            "const caret = document.querySelector('.carets .caret:not([hidden])')?.getBoundingClientRect();
            return !!caret && caret.top > 60 && caret.bottom < innerHeight - 60";
        for (width, height) in [(360, 740), (1366, 768)] {
            zhou.look_through(width, height, "light").await?;
            zhou.script("document.querySelector('.doc-desk').scrollTo(0, 0)", Value::Null).await?;
            until(
                "lin's caret is far below",
                async || zhou.script(IN_SIGHT, Value::Null).await,
                |seen| *seen == json!(false),
            )
            .await?;
            // By keyboard alone: Enter opens the list with its first entry, Enter goes there.
            let button = zhou.find(".people-here").await?;
            button.focus().await?;
            zhou.press("Enter").await?;
            let entry = |text: &str| ["林秀兰", "柳溪小学", "教学反思"].iter().all(|word| text.contains(word));
            zhou.reads(".person-here:focus", entry).await?;
            zhou.press("Enter").await?;
            until(
                "lin's caret is in sight",
                async || zhou.script(IN_SIGHT, Value::Null).await,
                |seen| *seen == json!(true),
            )
            .await?;
        }

        // Gone with her.
        lin.go("/documents").await?;
        until("nobody else is here", async || zhou.count(".people-here").await, |count| *count == 0).await?;
        Ok(())
    })
    .await
}
