package emailtest

import (
	"encoding/base64"
	"fmt"
	"strings"

	"rightsmail/shared/email"
)

// Oversize is a mail far beyond what people send.
type Oversize struct {
	Name  string
	Flag  email.WarningKind // what its reader has to say about it
	Build func() []byte
}

// Oversizes are the mails, every one of them from Author. Each costs its reader more
// than its sender, unless the reader takes care.
func Oversizes() []Oversize {
	return []Oversize{
		{"multipart 10,000 deep", email.LimitReached, func() []byte {
			return nested(10_000)
		}},
		{"100,000 parts", email.LimitReached, func() []byte {
			return many("Content-Type: text/plain\n\nhi", 100_000)
		}},
		{"1,000,000 one-byte parts", email.LimitReached, func() []byte {
			return many("\nx", 1_000_000)
		}},
		{"30,000 fields", email.LimitReached, func() []byte {
			return head(strings.Repeat("X-A: b\n", 30_000))
		}},
		{"2 MB header", email.LimitReached, func() []byte {
			return head("X-A: " + strings.Repeat("b c ", 500_000) + "\n")
		}},
		{"2 MB of folded lines", email.LimitReached, func() []byte {
			return head("X-A: b\n" + strings.Repeat(" c\n", 700_000))
		}},
		{"36,000 addresses", email.LimitReached, func() []byte {
			return head(fields("To: ", "b@example.com, ", 36_000, 1000))
		}},
		{"36,000 addresses in one field", email.LimitReached, func() []byte {
			return head(fields("To: ", "b@example.com, ", 36_000, 36_000))
		}},
		{"50,000 RFC 2231 segments", email.LimitReached, func() []byte {
			return many("Content-Type: text/plain"+segments(50_000)+"\n\nhi", 1)
		}},
		{"10 MB of nested tables", email.LimitReached, func() []byte {
			return page(strings.Repeat("<table><tr><td>x", 10<<20/16))
		}},
		{"200,000 nested divs", email.LimitReached, func() []byte {
			return page(strings.Repeat("<div>", 200_000) + "Please delete my data.")
		}},
		{"HTML quotes 100,000 deep", email.LimitReached, func() []byte {
			return page(strings.Repeat("<blockquote>", 100_000) + "hi")
		}},
		{"quotes 100,000 deep", email.LimitReached, func() []byte {
			return letter(strings.Repeat(">", 100_000) + " x\n" + strings.Repeat("> > > x\n", 300_000))
		}},
		{"100,000 quotes one by one", email.LimitReached, func() []byte {
			return letter(strings.Repeat("On Mon, 3 Mar 2025 at 10:00 a@x wrote:\n> q\n", 100_000))
		}},
		{"50,000 forwards in forwards", email.LimitReached, func() []byte {
			return letter(strings.Repeat("---------- Forwarded message ---------\nFrom: b@x\nDate: c\nSubject: d\n\n", 50_000))
		}},
		{"100,000 references", email.LimitReached, func() []byte {
			return head("References:" + strings.Repeat(" <a@x>", 100_000) + "\n")
		}},
		{"40 MB of = as a subject", email.LimitReached, func() []byte {
			return head("Subject: " + strings.Repeat("=?", 20<<20-50) + "\n")
		}},
		{"25 MB attachment", email.AttachmentLarge, func() []byte {
			return attached(25 << 20)
		}},
		{"40 MB of =", email.EncodingDamaged, func() []byte {
			return []byte("From: a@example.org\nContent-Transfer-Encoding: quoted-printable\n\n" + strings.Repeat("=", 40<<20-100))
		}},
		{"1,000,000 lines of = in base64", email.EncodingDamaged, func() []byte {
			return []byte("From: a@example.org\nContent-Transfer-Encoding: base64\n\naGk=\n" + strings.Repeat("=\n", 1_000_000) + "x")
		}},
	}
}

// Author is the sender of every mail here.
const Author = "a@example.org"

// letter is a mail of one plain text.
func letter(body string) []byte { return []byte("From: a@example.org\n\n" + body) }

// head is a mail with more header fields.
func head(fields string) []byte { return []byte("From: a@example.org\n" + fields + "\nhi") }

// page is a mail of one HTML text.
func page(body string) []byte {
	return []byte("From: a@example.org\nContent-Type: text/html\n\n" + body)
}

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

// many is a mail of the same part n times.
func many(part string, n int) []byte {
	return []byte("From: a@example.org\nContent-Type: multipart/mixed; boundary=b\n\n" + strings.Repeat("--b\n"+part+"\n", n) + "--b--\n")
}

// fields writes n values into fields of at most each values.
func fields(name, value string, n, each int) string {
	return strings.Repeat(name+strings.Repeat(value, each)+"\n", n/each)
}

func segments(n int) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, "; name*%d=x", i)
	}
	return b.String()
}

// attached is a letter with an attachment of so many bytes.
func attached(size int) []byte {
	line := base64.StdEncoding.EncodeToString(make([]byte, 57)) + "\r\n"
	return []byte("From: a@example.org\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n\r\nhi\r\n--b\r\n" +
		"Content-Type: image/png; name=x.png\r\nContent-Transfer-Encoding: base64\r\n\r\n" + strings.Repeat(line, size/57) + "--b--\r\n")
}
