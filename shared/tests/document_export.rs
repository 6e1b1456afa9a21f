//! Exports keep what was written, and nothing that was written becomes markup.

use serde_json::{Map, Value, json};
use shared::document::build::*;
use shared::document::change::{Mark, Node};
use shared::document::export::{html, html_page, json, markdown, safe_colour, safe_image, safe_link};
use shared::document::text::{count, image_sources, outline, plain_text};
use shared::words::Title;

fn title(text: &str) -> Title {
    Title::new(text).unwrap()
}

fn with(mut node: Node, attrs: Value) -> Node {
    let Value::Object(attrs) = attrs else { panic!("attributes are an object") };
    node.attrs.extend(attrs);
    node
}

fn marked(words: &str, marks: &[(&str, Value)]) -> Node {
    let marks = marks
        .iter()
        .map(|(kind, attrs)| Mark { kind: (*kind).to_owned(), attrs: attrs.as_object().cloned().unwrap_or_default() });
    Node { marks: marks.collect(), ..text(words) }
}

fn bare(kind: &str, attrs: Value) -> Node {
    with(Node { kind: kind.into(), attrs: Map::new(), content: Vec::new(), text: None, marks: Vec::new() }, attrs)
}

/// A plan with one of everything.
fn plan() -> Node {
    let merged = table([
        tr([th("时段"), spanning(th("活动"), 2, 1)]),
        tr([spanning(th("上午"), 1, 2), td("说课"), td("评课\n记录")]),
        tr([td(ul(["甲", "乙"])), td(ol(["一", "二"]))]),
    ]);
    doc([
        h2("教学目标"),
        p([
            bold("重点："),
            text("会读、会写 "),
            marked("1/2", &[("code", json!({}))]),
            text("。"),
            br(),
            text("第二行"),
        ]),
        p([underline("画线"), highlight("荧光", "#efe8db"), link("课程标准", "https://example.org/a(b)?x=1&y=2")]),
        with(p("居中"), json!({ "textAlign": "center" })),
        h3("活动"),
        ul([vec![p("折一折"), ul(["对折", "再对折"])], vec![p("说一说")]]),
        ol(["先写横线", "再写分母"]),
        tasks([done("印学具单"), open("借圆片")]),
        quote("半个，该用什么数来写呢？\n想一想。"),
        rule(),
        facts([("课题", "认识几分之一"), ("课时", "1"), ("年级", "三年级")]),
        widths(columns(["环节", "时间"], [["导入", "5 分钟"], ["新授", "15 分钟"]]), &[96, 0]),
        merged,
        Node { content: vec![text("let a = 1;\n```\n  <b>")], ..bare("codeBlock", json!({ "language": "js" })) },
        p(bare("image", json!({ "src": "/api/documents/d1/images/ab12", "alt": "折纸", "width": 320, "height": 200 }))),
        p(""),
    ])
}

#[test]
fn a_plan_as_markdown() {
    insta::assert_snapshot!(markdown(&title("分数的初步认识（一）"), &plan()));
}

#[test]
fn a_plan_as_html() {
    insta::assert_snapshot!(html(&plan()));
}

#[test]
fn a_page_stands_for_itself() {
    let images = |src: &str| (src == "/api/documents/d1/images/ab12").then(|| "data:image/png;base64,AAAA".to_owned());
    let page = html_page(&title("分数 <script>"), &plan(), images);
    assert!(page.starts_with("<!doctype html>\n<html lang=\"zh-CN\">"));
    assert!(page.contains("<title>分数 &lt;script&gt;</title>"));
    assert!(page.contains("<h1 class=\"title\">分数 &lt;script&gt;</h1>"));
    assert!(page.contains("src=\"data:image/png;base64,AAAA\""));
    assert!(!page.contains("/api/documents"));
}

#[test]
fn json_is_what_the_editor_has() {
    let plan = plan();
    let read: Node = serde_json::from_str(&json(&plan)).unwrap();
    assert_eq!(read, plan);
    assert_eq!(json(&plan), serde_json::to_string(&plan).unwrap());
}

#[test]
fn plain_text_outline_and_length() {
    let plan = plan();
    insta::assert_snapshot!(plain_text(&plan));
    let headings: Vec<(u8, String)> = outline(&plan).into_iter().map(|h| (h.level, h.text)).collect();
    assert_eq!(headings, [(2, "教学目标".to_owned()), (3, "活动".to_owned())]);
    assert_eq!(image_sources(&plan), ["/api/documents/d1/images/ab12"]);
    // A word that is half bold is one word; one that ends a paragraph is not one with the next.
    let words = doc([p([bold("Hel"), text("lo")]), p("world 你好。")]);
    assert_eq!(count(&words), 5);
}

/// What people and programs might put into a document to get at whoever opens its export.
fn hostile() -> Node {
    const EVIL: &str = "\"><script>alert(1)</script>' onload=x [x](javascript:alert(1)) `<img src=x onerror=y>`\u{0}";
    let link =
        |href: &str| marked("链接", &[("link", json!({ "href": href, "title": EVIL, "class": EVIL, "target": EVIL }))]);
    let image =
        |src: &str| bare("image", json!({ "src": src, "alt": EVIL, "title": EVIL, "width": EVIL, "height": -1 }));
    doc([
        p(EVIL),
        with(h2(EVIL), json!({ "level": 99, "textAlign": "left;}</style><script>" })),
        p([
            link("javascript:alert(1)"),
            link(" JaVaScRiPt:alert(1)"),
            link("java\tscript:alert(1)"),
            link("data:text/html,<script>"),
            link("//evil.example"),
            link("https://a.example/\" onmouseover=\"x"),
            link("mailto:a@b.example"),
        ]),
        p([
            image("javascript:alert(1)"),
            image("data:image/svg+xml,<svg onload=x>"),
            image("http://a.example/track.png"),
            image("/api/documents/../session"),
            image("/api/documents/d1/images/a\"onerror=x"),
            image("https://a.example/a.png\"onerror=\"x"),
        ]),
        p([
            marked("颜色", &[("textStyle", json!({ "color": "red;background:url(https://e)" }))]),
            marked("荧光", &[("highlight", json!({ "color": "#fff\"><script>" }))]),
            marked("好", &[("textStyle", json!({ "color": "#A63a17" }))]),
            marked("怪", &[("<script>", json!({ "x": EVIL }))]),
        ]),
        Node {
            content: vec![text("</code></pre><script>x</script>\n````")],
            ..bare("codeBlock", json!({ "language": EVIL }))
        },
        Node { content: vec![p(EVIL)], ..bare("<script>", json!({ "onload": EVIL })) },
        bare(
            "unknownBlock",
            json!({ "key": EVIL, "json": "{\"tag\":\"video\",\"children\":[{\"text\":[{\"insert\":\"<script>里面的字\"}]}]}" }),
        ),
        table([tr([with(td("a | b"), json!({ "colspan": EVIL, "rowspan": -3, "colwidth": ["1;x"] }))]), tr([])]),
        with(ol([EVIL]), json!({ "start": EVIL })),
    ])
}

#[test]
fn hostile_content_as_html_stays_text() {
    let written = html(&hostile());
    for tag in ["<script", "<img src=x", "<svg", "<style", "</style"] {
        assert!(!written.contains(tag), "{tag} in {written}");
    }
    insta::assert_snapshot!(written);
}

#[test]
fn hostile_content_as_markdown_stays_text() {
    let written = markdown(&title("# <script>"), &hostile());
    let outside_code: Vec<&str> = written.split("`````").step_by(2).collect();
    assert_eq!(outside_code.len(), 2, "one code block");
    assert!(!outside_code.concat().contains("<script"));
    insta::assert_snapshot!(written);
}

#[test]
fn only_safe_addresses_and_colours_pass() {
    for (href, passes) in [
        ("https://example.org", true),
        ("HTTP://example.org", true),
        ("mailto:zhou@example.org", true),
        ("tel:+8610", true),
        ("  https://example.org ", true),
        ("javascript:alert(1)", false),
        ("vbscript:x", false),
        ("data:text/html,x", false),
        ("file:///etc/passwd", false),
        ("//example.org", false),
        ("/library/items/a1", true),
        ("/\\example.org", false),
        ("https:", false),
        ("https://a\nb", false),
        ("", false),
    ] {
        assert_eq!(safe_link(href).is_some(), passes, "{href:?}");
    }
    for (src, passes) in [
        ("/api/documents/d-1/images/0a1b", true),
        ("https://example.org/a.png", true),
        ("HTTPS://example.org/a.png", true),
        ("http://example.org/a.png", false),
        ("/api/documents/../session", false),
        ("/api/documents//x", false),
        ("/api/documents/", false),
        ("/api/session", false),
        ("https://", false),
        ("https://a b", false),
        ("data:image/png;base64,AAAA", false),
        ("图", false),
    ] {
        assert_eq!(safe_image(src).is_some(), passes, "{src:?}");
    }
    for (colour, passes) in
        [("#a63a17", true), ("#A63A17", true), ("#fff", false), ("red", false), ("#a63a1", false), ("#a63a1g", false)]
    {
        assert_eq!(safe_colour(colour).is_some(), passes, "{colour:?}");
    }
}

#[test]
fn what_would_be_a_sign_at_the_start_of_a_line_is_escaped() {
    let cases = [
        ("# 井号", "\\# 井号"),
        ("- 减号", "\\- 减号"),
        ("+ 加号", "\\+ 加号"),
        ("1. 序号", "1\\. 序号"),
        ("12) 序号", "12\\) 序号"),
        ("2026 年", "2026 年"),
        ("> 引用", "&gt; 引用"),
        ("---", "\\---"),
        ("===", "\\==="),
        ("    四格", "&#32;&#32;&#32;&#32;四格"),
        ("　　全角空格", "　　全角空格"),
        ("a*b_c~d`e", "a\\*b\\_c\\~d\\`e"),
        ("| a | b |", "\\| a \\| b \\|"),
        ("a\\b &amp; <c>", "a\\\\b &amp;amp; &lt;c&gt;"),
    ];
    for (typed, expected) in cases {
        assert_eq!(markdown(&title("题"), &doc([p(typed)])), format!("# 题\n\n{expected}\n"), "{typed:?}");
    }
}

#[test]
fn marks_use_signs_only_where_readers_see_them() {
    let italic = |words| marked(words, &[("italic", json!({}))]);
    let strike = |words| marked(words, &[("strike", json!({}))]);
    let code = |words| marked(words, &[("code", json!({}))]);
    let both = |words| marked(words, &[("bold", json!({})), ("italic", json!({}))]);
    let cases = [
        (vec![text("一"), bold("二"), text("三")], "一**二**三"),
        (vec![bold("重点："), text("理解")], "<b>重点：</b>理解"),
        (vec![bold("重点："), text(" 理解")], "**重点：** 理解"),
        (vec![text("读"), bold("“一半”"), text("吧")], "读<b>“一半”</b>吧"),
        (vec![bold("前 "), text("后")], "<b>前 </b>后"),
        (vec![bold("粗"), both("粗斜"), italic("斜")], "<b>粗<i>粗斜</i></b><i>斜</i>"),
        (vec![text("a"), strike("b"), text("c")], "a~~b~~c"),
        (vec![text("一"), br(), br()], "一"),
        (vec![code("a`b"), text("c")], "``a`b``c"),
        (vec![code("`a"), text("c")], "`` `a ``c"),
        (vec![code(" "), text("c")], "` `c"),
        (vec![code("a"), marked("b", &[("code", json!({})), ("underline", json!({}))])], "`a`<u>`b`</u>"),
        (vec![code("a"), marked("b", &[("code", json!({})), ("textStyle", json!({}))])], "`a`<code>b</code>"),
        (
            vec![marked("]:", &[("link", json!({ "href": "tel:1" })), ("code", json!({}))])],
            "[<code>\\]:</code>](tel:1)",
        ),
    ];
    for (runs, expected) in cases {
        let paragraph = Node { content: runs, ..p("") };
        assert_eq!(markdown(&title("题"), &doc([paragraph])), format!("# 题\n\n{expected}\n"));
    }
}

#[test]
fn lists_that_follow_each_other_stay_apart() {
    let written = markdown(&title("题"), &doc([ul(["甲"]), tasks([open("乙")]), ol(["丙"]), p("丁"), ol(["戊"])]));
    assert_eq!(written, "# 题\n\n- 甲\n\n<!-- -->\n\n- [ ] 乙\n\n1. 丙\n\n丁\n\n1. 戊\n");
}

#[test]
fn trees_deeper_than_any_stack_are_exported() {
    let mut deep = p("最里面");
    for depth in 0..50_000 {
        let kind = ["blockquote", "bulletList", "listItem", "table", "tableRow", "tableHeader"][depth % 6];
        deep = Node { content: vec![deep], ..bare(kind, json!({})) };
    }
    let deep = doc([deep]);
    let title = title("深");
    for written in [html(&deep), markdown(&title, &deep), json(&deep), plain_text(&deep)] {
        assert!(written.contains("最里面"));
    }
    assert_eq!(count(&deep), 3);
    assert!(outline(&deep).is_empty());
    take_apart(deep);
}

/// Drops a tree without recursion, which `drop` would need.
fn take_apart(root: Node) {
    let mut todo = vec![root];
    while let Some(mut node) = todo.pop() {
        todo.append(&mut node.content);
    }
}
