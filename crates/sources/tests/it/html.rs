use proptest::prelude::*;
use sources::html_to_text;

#[test]
fn fragments_become_text() {
    let table = [
        ("<p>One</p>\n\n<p>two  \n words</p>", "One\n\ntwo words"),
        ("a &amp; b &lt;c&gt; &auml;", "a & b <c> ä"),
        ("<ul>\n<li>one</li>\n<li><p>two</p></li>\n</ul>", "- one\n\n- two"),
        ("line<br>next<br/>last", "line\nnext\nlast"),
        (
            "<pre><code>fn main() {\n    run();\n}\n</code></pre><p>after</p>",
            "fn main() {\n    run();\n}\n\nafter",
        ),
        ("use <code>x + y</code> here", "use x + y here"),
        ("<blockquote>\n<p>said</p>\n</blockquote>\n<p>answer</p>", "> said\n\nanswer"),
        (r#"see <a href="https://example.org/q/1">this</a>."#, "see this."),
        (
            r#"ask <a href="https://example.org/users/12/sam">Sam</a>!"#,
            "ask Sam (https://example.org/users/12/sam)!",
        ),
        ("let $a < b$ and $$\\int_0^1 x$$", "let $a < b$ and $$\\int_0^1 x$$"),
        ("before<script>alert(1)</script><style>p{}</style> after", "before after"),
        ("<b>bold</b><i>italic</i>", "bolditalic"),
        ("<table><tr><td>a</td><td>b</td></tr><tr><td>c</td></tr></table>", "a b\nc"),
        ("", ""),
        ("   \n ", ""),
    ];
    for (fragment, expected) in table {
        assert_eq!(html_to_text(fragment), expected, "{fragment}");
    }
}

proptest! {
    #[test]
    fn any_text_becomes_tidy_text(fragment in r#"(<[a-z/]{0,6}( href="[^"]{0,9}")?>|\PC|\s|&[a-z]{1,5};?){0,60}"#) {
        let text = html_to_text(&fragment);
        prop_assert_eq!(text.trim(), text.as_str());
    }

    #[test]
    fn words_without_markup_are_kept(words in proptest::collection::vec("[a-zA-Zäöü0-9.,$]{1,8}", 1..20)) {
        let text = words.join("  ");
        prop_assert_eq!(html_to_text(&text), words.join(" "));
    }
}
