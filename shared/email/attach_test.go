package email

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestAttachmentsAreListedWithSafeNamesAndHashes(t *testing.T) {
	m := Parse(lines(from, `Content-Type: multipart/mixed; boundary="b"`, "",
		"--b", "", "See the letter.",
		"--b", `Content-Type: application/pdf; name="x.pdf"`, `Content-Disposition: attachment; filename="..\..\letter.pdf"`, "Content-Transfer-Encoding: base64", "", "aGVsbG8=",
		"--b", "Content-Type: image/png", "Content-ID: <logo>", "Content-Disposition: inline", "", "png",
		"--b", "Content-Type: text/plain; charset=iso-8859-1", "Content-Disposition: attachment; filename*=utf-8''L%C3%B6schung.txt", "Content-Transfer-Encoding: quoted-printable", "", "L=F6schen",
		"--b", "Content-Type: text/html", "Content-Disposition: attachment; filename=a.html", "", "<p>Delete</p>",
		"--b", "Content-Type: application/ms-tnef", "", "x",
		"--b--"), Options{})
	require.Len(t, m.Attachments, 5)
	pdf, logo, note, page := m.Attachments[0], m.Attachments[1], m.Attachments[2], m.Attachments[3]

	assert.Equal(t, "letter.pdf", pdf.Name)
	assert.Equal(t, `..\..\letter.pdf`, pdf.Original)
	assert.Equal(t, "application/pdf", pdf.ContentType)
	assert.Equal(t, 5, pdf.Size)
	assert.Equal(t, "hello", string(pdf.Content))
	assert.Equal(t, "2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824", pdf.SHA256)
	assert.False(t, pdf.Inline)
	assert.Empty(t, pdf.Text)

	assert.True(t, logo.Inline)
	assert.Equal(t, "part-2.png", logo.Name)
	assert.Equal(t, "Löschung.txt", note.Name)
	assert.Equal(t, "Löschen", note.Text)
	assert.Equal(t, "Delete", page.Text)
	assert.True(t, m.Has(TNEF))
	assert.Equal(t, "See the letter.", m.Text)
}

func TestNamesCannotLeaveTheirFolderOrDisguiseThemselves(t *testing.T) {
	tests := map[string]string{
		"../../etc/passwd":                "passwd",
		`C:\Windows\win.ini`:              "win.ini",
		"a\u202efdp.exe":                  "afdp.exe",
		".htaccess":                       "htaccess",
		"...":                             "part-1.bin",
		"":                                "part-1.bin",
		"/":                               "part-1.bin",
		"a\x00b\r\nc.txt":                 "ab c.txt",
		`x"<y>.txt`:                       "xy.txt",
		strings.Repeat("ö", 300) + ".pdf": strings.Repeat("ö", 125) + ".pdf",
	}
	for original, want := range tests {
		got := safeName(cleanLine(original), "application/x-unknown", 1)
		assert.Equal(t, want, got, "%q", original)
		assert.LessOrEqual(t, len(got), 255)
	}
}

func TestMailWithoutReadableTextSaysSo(t *testing.T) {
	pdf := Parse(lines(from, "Content-Type: application/pdf", "Content-Transfer-Encoding: base64", "", "JVBERi0AAAAAAAAAAAAAAA=="), Options{})
	assert.Empty(t, pdf.Text)
	assert.True(t, pdf.Has(BodyUnreadable))
	assert.Len(t, pdf.Attachments, 1)

	sealed := Parse(lines(from, `Content-Type: multipart/encrypted; boundary="b"`, "", "--b", "Content-Type: application/pgp-encrypted", "", "Version: 1", "--b", "Content-Type: application/octet-stream", "", "x", "--b--"), Options{})
	assert.Empty(t, sealed.Text)
	assert.True(t, sealed.Has(Encrypted))

	odd := Parse(lines(from, "Content-Type: application/x-letter", "", "Please delete my data."), Options{})
	assert.Equal(t, "Please delete my data.", odd.New, "an excerpt of a body that is text")
	assert.True(t, odd.Has(BodyUnreadable))

	empty := Parse(lines(from, ""), Options{})
	assert.Empty(t, empty.Text)
	assert.Empty(t, empty.Attachments)
	assert.False(t, empty.Has(BodyUnreadable))
}

func TestFilesKeepTheirBytesWhateverTheirLineEnds(t *testing.T) {
	head := "From: a@example.org\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n\r\nSee the file.\r\n--b\r\n"
	part := func(encoding, body string) []byte {
		return []byte(head + "Content-Type: application/octet-stream; name=x.bin\r\nContent-Transfer-Encoding: " + encoding + "\r\n\r\n" + body + "\r\n--b--\r\n")
	}
	for name, tt := range map[string]struct {
		raw  []byte
		want string
	}{
		"8bit":               {part("8bit", "a,b\r\nc,d\r\n"), "a,b\r\nc,d\r\n"},
		"binary":             {part("binary", "\x89PNG\r\n\x1a\n\r\r\n\r\x00\xff\n"), "\x89PNG\r\n\x1a\n\r\r\n\r\x00\xff\n"},
		"binary, CR first":   {part("binary", "\r\rx\r"), "\r\rx"}, // the CR before the line end of the boundary cannot be told from it
		"quoted-printable":   {part("quoted-printable", "a=3D=\r\nb\r\nc"), "a=b\r\nc"},
		"base64":             {part("base64", "YQ0KYg0K"), "a\r\nb\r\n"},
		"LF all along":       {[]byte(strings.ReplaceAll(string(part("8bit", "a\nb\n")), "\r", "")), "a\nb\n"},
		"inside a multipart": {[]byte(head + "Content-Type: multipart/mixed; boundary=c\r\n\r\n--c\r\nContent-Type: image/png\r\n\r\n\r\nx\r\n\r\n--c--\r\n--b--\r\n"), "\r\nx\r\n"},
	} {
		t.Run(name, func(t *testing.T) {
			m := Parse(tt.raw, Options{})
			require.Len(t, m.Attachments, 1)
			assert.Equal(t, tt.want, string(m.Attachments[0].Content))
			assert.Equal(t, len(tt.want), m.Attachments[0].Size)
			assert.Equal(t, hexHash([]byte(tt.want)), m.Attachments[0].SHA256)
			assert.Equal(t, "See the file.", m.Text)
		})
	}
}
