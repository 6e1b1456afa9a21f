use super::{NodeType, Progress, schema};

/// All points that the content of a node of this type can have reached.
fn reached(kind: &NodeType) -> Vec<Progress> {
    let mut found = vec![Progress::default()];
    let mut next = 0;
    while let Some(&progress) = found.get(next) {
        next += 1;
        for child in schema().nodes() {
            // Two of a kind are as good as more.
            if let Some(after) = kind.accept(progress, child).filter(|after| after.count < 3 && !found.contains(after))
            {
                found.push(after);
            }
        }
    }
    found
}

#[test]
fn every_block_can_stand_in_every_container_when_wrapped() {
    for container in schema().nodes().filter(|kind| !kind.is_leaf() && !kind.is_text_block()) {
        for progress in reached(container) {
            for block in schema().nodes().filter(|kind| !kind.inline && !matches!(kind.name.as_str(), "doc" | "text")) {
                let fits = container.step(progress, block).is_some();
                let wrapper = schema().wrapper(container, progress, block);
                assert!(fits || wrapper.is_some(), "{} in {} at {progress:?}", block.name, container.name);
            }
        }
    }
}

#[test]
fn wrappers_are_the_nearest_ones() {
    let wrapper = |container: &str, block: &str| {
        let (container, block) = (schema().known(container), schema().known(block));
        schema().wrapper(container, Progress::default(), block).map(|kind| kind.name.as_str())
    };
    for (container, block, expected) in [
        ("doc", "listItem", "bulletList"),
        ("doc", "taskItem", "taskList"),
        ("doc", "tableRow", "table"),
        ("doc", "tableCell", "table"),
        ("bulletList", "paragraph", "listItem"),
        ("taskList", "listItem", "taskItem"),
        ("table", "paragraph", "tableRow"),
        ("tableRow", "unknownBlock", "tableCell"),
        ("tableCell", "tableHeader", "table"),
    ] {
        assert_eq!(wrapper(container, block), Some(expected), "{block} in {container}");
    }
}

#[test]
fn content_expressions_are_read_as_prosemirror_reads_them() {
    let takes = |container: &str, children: &[&str]| {
        let kind = schema().known(container);
        let progress = children
            .iter()
            .try_fold(Progress::default(), |progress, child| kind.accept(progress, schema().known(child)));
        progress.is_some_and(|progress| kind.is_complete(progress))
    };
    for (container, children, expected) in [
        ("doc", &[][..], false),
        ("doc", &["paragraph", "table", "unknownBlock"], true),
        ("doc", &["text"], false),
        ("listItem", &["paragraph"], true),
        ("listItem", &["paragraph", "bulletList", "paragraph"], true),
        ("listItem", &["heading"], false),
        ("tableRow", &[], true),
        ("tableRow", &["tableHeader", "tableCell"], true),
        ("codeBlock", &["text"], true),
        ("codeBlock", &["hardBreak"], false),
        ("paragraph", &["text", "image", "hardBreak", "unknownInline"], true),
        ("horizontalRule", &[], true),
    ] {
        assert_eq!(takes(container, children), expected, "{children:?} in {container}");
    }
}
