package email

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
)

func htmlMail(page string) []byte {
	return lines(from, "Content-Type: text/html; charset=utf-8", "", page)
}

func TestHTMLBecomesTextThatReadsLikeThePage(t *testing.T) {
	tests := map[string]struct{ page, want string }{
		"paragraphs":       {"<p>Please</p><p>delete <b>my</b>\n data.</p>", "Please\n\ndelete my data."},
		"Outlook divs":     {"<div>Please</div><div><br></div><div>delete</div>", "Please\n\ndelete"},
		"breaks":           {"Please<br>delete<br/>it", "Please\ndelete\nit"},
		"list":             {"<ul><li>delete</li><li>confirm</li></ul>", "- delete\n- confirm"},
		"table":            {"<table><tr><td>Name</td><td>Ann</td></tr><tr><td>Town</td><td>Oslo</td></tr></table>", "Name Ann\nTown Oslo"},
		"quote":            {"<div>Yes.</div><blockquote type=cite>Which?<br>All?</blockquote><div>Both.</div>", "Yes.\n> Which?\n> All?\nBoth."},
		"Gmail indent":     {`<blockquote style="margin:0 0 0 40px; border: none; padding:0px">Delete</blockquote>`, "Delete"},
		"entities":         {"L&ouml;schung&nbsp;&amp; mehr &#x1F44D;", "Löschung & mehr 👍"},
		"preformatted":     {"<pre>a\n  b</pre>", "a\n  b"},
		"no program":       {"<title>t</title><style>.a{b}</style><script>alert(1)</script><!-- c --><p>ok</p>", "ok"},
		"conditional":      {"<!--[if mso]><p>mso</p><![endif]--><![if !mso]><p>seen</p><![endif]>", "seen"},
		"noscript is seen": {"<noscript><p>seen</p></noscript>", "seen"},
		"link text":        {`<a href="https://evil.example/delete">click</a>`, "click"},
		"picture alone":    {`<img alt="Delete my data">`, "Delete my data"},
		"picture with text": {
			`<p>Hi</p><img alt="logo">`, "Hi"},
		"unclosed":      {"<div><p>delete<b>all", "deleteall"},
		"stray ends":    {"</div></b></p>delete</table>", "delete"},
		"nested inline": {"<div>a <span>b <i>c</i></span></b> d</div>e", "a b c d\ne"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			m := Parse(htmlMail(tt.page), Options{})
			assert.Equal(t, tt.want, m.Text)
			assert.True(t, m.HTMLOnly)
			assert.False(t, m.Has(HiddenText))
		})
	}
}

func TestTextThatNobodySeesIsLeftOutAndReported(t *testing.T) {
	for name, attrs := range map[string]string{
		"hidden":              `hidden`,
		"display":             `style="display:none"`,
		"important":           `style="DISPLAY : none !important"`,
		"comment":             `style="display:/* x */none"`,
		"visibility":          `style="visibility:hidden"`,
		"opacity":             `style="opacity:0.0"`,
		"font size":           `style="font-size:0"`,
		"one pixel":           `style="font-size:1px"`,
		"white on nothing":    `style="color:#FFF"`,
		"white by name":       `style="color:white"`,
		"nearly white":        `style="color:rgb(254, 254, 254)"`,
		"font element colour": `color="#ffffff"`,
		"same as background":  `style="background:#102030;color:#102030"`,
		"transparent":         `style="color:transparent"`,
		"no box":              `style="max-height:0;overflow:hidden"`,
		"mso":                 `style="mso-hide:all"`,
		"far left":            `style="position:absolute;left:-9999px"`,
		"indent":              `style="text-indent:-9999px"`,
		"clip":                `style="clip: rect(0 0 0 0)"`,
		"class":               `class="Pre x"`,
	} {
		t.Run(name, func(t *testing.T) {
			m := Parse(htmlMail(`<style>.pre{display:none} @media x{.x{color:red}.y{display:none}}</style><p>seen</p><div><font `+attrs+`>secret <b>words</b></font></div>`), Options{})
			assert.Equal(t, "seen", m.Text)
			assert.Contains(t, m.Warnings, Warning{HiddenText, "11 characters of HTML text cannot be seen"})
		})
	}
}

func TestTextThatIsSeenStays(t *testing.T) {
	for name, page := range map[string]string{
		"white on dark":              `<div style="background-color:#000"><span style="color:#fff">seen</span></div>`,
		"white on a picture":         `<td background="x.png"><span style="color:#fff">seen</span></td>`,
		"size zero around, not here": `<div style="font-size:0"><span style="font-size:14px">seen</span></div>`,
		"colour set again":           `<div style="color:white"><span style="color:#333">seen</span></div>`,
		"line height":                `<p style="line-height:1px">seen</p>`,
		"aria-hidden":                `<p aria-hidden="true">seen</p>`,
		"class in @media only":       `<style>@media print { .a { display:none } }</style><p class="a">seen</p>`,
		"after the hidden part":      `<span style="display:none"></span>seen`,
		"bgcolor":                    `<table bgcolor="navy"><tr><td><font color="white">seen</font></td></tr></table>`,
	} {
		t.Run(name, func(t *testing.T) {
			m := Parse(htmlMail(page), Options{})
			assert.Equal(t, "seen", m.Text)
			assert.False(t, m.Has(HiddenText))
		})
	}
}

func TestPlainVersionIsTakenUnlessItSaysNothing(t *testing.T) {
	alternative := func(plain, rich string) []byte {
		return lines(from, `Content-Type: multipart/alternative; boundary="b"`, "",
			"--b", "Content-Type: text/plain", "", plain, "--b", "Content-Type: text/html", "", rich, "--b--")
	}
	tests := map[string]struct {
		plain, rich, want string
		html, differ      bool
	}{
		"both say it":       {"Please delete my data now.", "<p>Please delete <b>my</b> data now.</p>", "Please delete my data now.", false, false},
		"plain is empty":    {" ", "<p>Please delete.</p>", "Please delete.", true, false},
		"plain is a rule":   {"-----", "<p>Please delete.</p>", "Please delete.", true, false},
		"plain is a stub":   {"Your e-mail client does not show HTML.", "<p>" + strings.Repeat("Please delete my data. ", 8) + "</p>", strings.TrimSpace(strings.Repeat("Please delete my data. ", 8)), true, true},
		"they differ":       {"Please delete my data.", "<p>Buy our widgets today, only here</p>", "Please delete my data.", false, true},
		"HTML part is void": {"Please delete.", "<p></p>", "Please delete.", false, false},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			m := Parse(alternative(tt.plain, tt.rich), Options{})
			assert.Equal(t, tt.want, m.Text)
			assert.Equal(t, tt.html, m.HTMLOnly)
			assert.Equal(t, tt.differ, m.Has(TextsDiffer))
			assert.Empty(t, m.Attachments)
		})
	}
}
