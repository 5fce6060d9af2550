package email

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
)

// nested is a mail of n multiparts inside each other.
func nested(n int) []byte {
	var b strings.Builder
	b.WriteString("From: a@example.org\n")
	for i := range n {
		fmt.Fprintf(&b, "Content-Type: multipart/mixed; boundary=b%d\n\n--b%d\n", i, i)
	}
	b.WriteString("\nPlease delete my data.\n")
	return []byte(b.String())
}

func many(part string, n int) []byte {
	return []byte("From: a@example.org\nContent-Type: multipart/mixed; boundary=b\n\n" + strings.Repeat("--b\n"+part+"\n", n) + "--b--\n")
}

func plain(body string) []byte { return []byte("From: a@example.org\n\n" + body) }

func page(body string) []byte {
	return []byte("From: a@example.org\nContent-Type: text/html\n\n" + body)
}

// hostile are mails built to cost their reader more than they cost their sender,
// each of size n bytes or so.
var hostile = map[string]func(n int) []byte{
	"nested multiparts":     func(n int) []byte { return nested(n / 70) },
	"many parts":            func(n int) []byte { return many("\nx", n/7) },
	"many boundaries alike": func(n int) []byte { return many("--bb\n--b-", n/14) },
	"giant field": func(n int) []byte {
		return []byte("Subject: " + strings.Repeat("x ", n/2) + "\nFrom: a@example.org\n\nhi")
	},
	"folded field": func(n int) []byte {
		return []byte("References:" + strings.Repeat("\n <a@x>", n/7) + "\nFrom: a@example.org\n\nhi")
	},
	"blank continuations": func(n int) []byte {
		return []byte("X-A: b\n" + strings.Repeat(" \n", n/2) + "From: a@example.org\n\nhi")
	},
	"many fields": func(n int) []byte { return []byte(strings.Repeat("X-A: b\n", n/7) + "From: a@example.org\n\nhi") },
	"stray lines": func(n int) []byte {
		return []byte("From: a@example.org\n" + strings.Repeat("junk\nX-A: b\n", n/12) + "\nhi")
	},
	"addresses": func(n int) []byte {
		return []byte("From: a@example.org\nTo: " + strings.Repeat("a@x,", n/4) + "\n\nhi")
	},
	"broken addresses": func(n int) []byte { return []byte("From: " + strings.Repeat("a..b@x.example;", n/15) + "\n\nhi") },
	"nested comments": func(n int) []byte {
		return []byte("From: " + strings.Repeat("(", n/2) + strings.Repeat(")", n/2) + "a@x\n\nhi")
	},
	"encoded words": func(n int) []byte {
		return []byte("Subject: " + strings.Repeat("=?utf-8?q?a?= ", n/14) + "\nFrom: a@x\n\nhi")
	},
	"parameter segments": func(n int) []byte {
		var b strings.Builder
		b.WriteString("From: a@example.org\nContent-Type: text/plain")
		for i := range n / 12 {
			fmt.Fprintf(&b, "; name*%d=x", i)
		}
		return []byte(b.String() + "\n\nhi")
	},
	"wrote-lines": func(n int) []byte { return plain(strings.Repeat("On 1 x wrote:\n> q\n", n/18)) },
	"long wrote-lines": func(n int) []byte {
		return plain(strings.Repeat("On 1 wrote wrote a@x "+strings.Repeat("wrote ", 30)+"x:\n", n/204))
	},
	"header labels": func(n int) []byte { return plain(strings.Repeat("To: x\n", n/6)) },
	"quote marks":   func(n int) []byte { return plain(strings.Repeat(">", n)) },
	"forwards in forwards": func(n int) []byte {
		return plain(strings.Repeat("---- Forwarded message ----\nFrom: a@x\nDate: b\nSubject: c\n\n", n/56))
	},
	"open tags":  func(n int) []byte { return page(strings.Repeat("<div><b>", n/8)) },
	"end tags":   func(n int) []byte { return page(strings.Repeat("<x>", 500) + strings.Repeat("</y>", n/4)) },
	"attributes": func(n int) []byte { return page("<p " + strings.Repeat("a=b ", n/4) + ">x") },
	"styles":     func(n int) []byte { return page(strings.Repeat(`<p style="color:red;a:b;/*">x`, n/29)) },
	"class rules": func(n int) []byte {
		return page("<style>" + strings.Repeat(".a{b:c}", n/14) + "</style>" + strings.Repeat("<p class='a a a'>x", n/36))
	},
	"at-rules":         func(n int) []byte { return page("<style>" + strings.Repeat("@a", n/2) + "</style>x") },
	"unclosed comment": func(n int) []byte { return page("<!--" + strings.Repeat("<!--", n/4)) },
	"meta tags":        func(n int) []byte { return page(strings.Repeat("<meta ", n/6)) },
	"replacement noise": func(n int) []byte {
		return []byte("From: a@x\nContent-Type: text/plain; charset=iso-2022-jp\n\n" + strings.Repeat("\x1b$B\xff", n/4))
	},
	"attached mails": func(n int) []byte {
		return []byte("From: a@x\n" + strings.Repeat("Content-Type: message/rfc822\n\nFrom: a@x\n", n/40) + "\nhi")
	},
	"findings": func(n int) []byte {
		return []byte("Authentication-Results: amazonses.com; " + strings.Repeat("(", n) + "\nFrom: a@x\n\nhi")
	},
	"binary": func(n int) []byte { return []byte(strings.Repeat("\x00\xff\x1b:", n/4)) },
}

// A mail twice as large may cost about twice as much; the bound on the absolute
// time is generous, because machines differ, and still far below what a reader
// of quadratic cost takes.
func TestHostileMailCostsTimeInProportionToItsSize(t *testing.T) {
	for name, build := range hostile {
		t.Run(name, func(t *testing.T) {
			raw := build(700_000)
			start := time.Now()
			m := Parse(raw, Options{})
			assert.Less(t, time.Since(start), 10*time.Second)
			checkMessage(t, m)
		})
	}
}

func TestLimitsKeepWhatWasReadAndSaySo(t *testing.T) {
	deep := Parse(nested(60), Options{})
	assert.True(t, deep.Truncated)
	assert.True(t, deep.Has(LimitReached))
	assert.Contains(t, deep.Text, "Please delete my data.", "an excerpt")

	shallow := Parse(nested(5), Options{})
	assert.False(t, shallow.Truncated)
	assert.Equal(t, "Please delete my data.", shallow.Text)

	parts := Parse(many("\nword", 50), Options{MaxParts: 10})
	assert.True(t, parts.Truncated)
	assert.Equal(t, 9, strings.Count(parts.Text, "word"))

	files := Parse(many("Content-Type: image/png\n\nx", 50), Options{MaxAttachments: 3})
	assert.True(t, files.Truncated)
	assert.Len(t, files.Attachments, 3)

	long := Parse(plain(strings.Repeat("ö", 1000)), Options{MaxText: 101})
	assert.True(t, long.Truncated)
	assert.Equal(t, strings.Repeat("ö", 50), long.Text)

	big := Parse(plain(strings.Repeat("x", 1000)), Options{MaxSize: 100})
	assert.True(t, big.Truncated)
	assert.Less(t, len(big.Text), 100)
	assert.Equal(t, 1021, big.Size)

	subject := Parse([]byte("Subject: "+strings.Repeat("x", 700_000)+"\nFrom: a@example.org\n\nhi"), Options{})
	assert.True(t, subject.Truncated)
	assert.Equal(t, strings.Repeat("x", 2000), subject.Subject)

	head := Parse([]byte(strings.Repeat("X-A: b\n", 3000)+"From: a@example.org\n\nhi"), Options{})
	assert.True(t, head.Truncated)
	assert.Equal(t, "hi", head.Text, "the body is found behind a header that is too large")
}
