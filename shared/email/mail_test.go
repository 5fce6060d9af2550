package email

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
)

// lines joins lines with CR LF, as mail travels.
func lines(s ...string) []byte { return []byte(strings.Join(s, "\r\n") + "\r\n") }

// letter is a mail with this header and a one-line body.
func letter(fields ...string) []byte {
	return lines(append(fields, "", "Please delete my data.")...)
}

const from = "From: Ann <ann@example.org>"

// oddMail is a mail that is broken in one way, what is still read of it, and what is
// said about it.
type oddMail struct {
	raw  []byte
	want string
	warn WarningKind // "" for none
}

// oddMails are one mail for each way of being broken that public mailboxes meet. They
// are the seeds of the fuzzing too.
func oddMails() map[string]oddMail {
	const want = "Please delete my data."
	mixed := `Content-Type: multipart/mixed; boundary="b"`
	return map[string]oddMail{
		"plain":                              {letter(from), want, ""},
		"line ends LF":                       {[]byte("From: a@example.org\n\nPlease delete my data.\n"), want, ""},
		"line ends CR":                       {[]byte("From: a@example.org\r\rPlease delete my data.\r"), want, LineEnds},
		"line ends CR CR LF":                 {[]byte("From: a@example.org\r\r\n\r\r\nPlease delete my data.\r\r\n"), want, LineEnds},
		"byte order mark":                    {append([]byte("\xef\xbb\xbf"), letter(from)...), want, LeadingJunk},
		"leading blank lines":                {append([]byte("\r\n\r\n"), letter(from)...), want, LeadingJunk},
		"mbox line on top":                   {append([]byte("From ann@example.org Mon Jan  1 00:00:00 2026\r\n"), letter(from)...), want, LeadingJunk},
		"quoted mbox line inside the header": {letter(from, ">From ann Mon Jan 1 2026", "To: b@example.com"), want, HeaderRepaired},
		"stray line in the header":           {letter(from, "no colon here", "Subject: x"), want, HeaderRepaired},
		"8-bit field name":                   {letter(from, "Betr\xe9f: x", "Subject: x"), want, HeaderRepaired},
		"blank line missing":                 {lines(from, "Please delete my data."), want, HeaderRepaired},
		"unknown charset":                    {letter(from, "Content-Type: text/plain; charset=x-unknown"), want, CharsetGuessed},
		"empty charset":                      {letter(from, "Content-Type: text/plain; charset="), want, TypeUnreadable},
		"type without slash":                 {letter(from, "Content-Type: text"), want, TypeUnreadable},
		"type is junk":                       {letter(from, "Content-Type: ;; format"), want, TypeUnreadable},
		"unknown encoding":                   {letter(from, "Content-Transfer-Encoding: rot13"), want, EncodingDamaged},
		"encoding misspelt":                  {letter(from, "Content-Transfer-Encoding: 7-bit"), want, EncodingDamaged},
		"quoted printable with a blank": {
			lines(from, "Content-Transfer-Encoding: quoted printable", "", "Please delete=20my=", " data."), want, EncodingDamaged},
		"quoted-printable with NUL": {
			lines(from, "Content-Transfer-Encoding: quoted-printable", "", "Please\x00 delete my data."), want, EncodingDamaged},
		"base64 without padding": {
			lines(from, "Content-Transfer-Encoding: base64", "", "UGxlYXNlIGRlbGV0ZSBteSBkYXRhLg"), want, ""},
		"base64 with junk in it": {
			lines(from, "Content-Transfer-Encoding: base64", "", "UGxlYXNlIGRl!bGV0ZSBteSBkYXRhLg=="), want, EncodingDamaged},
		"base64 with a footer": {
			lines(from, "Content-Transfer-Encoding: base64", "", "UGxlYXNlIGRlbGV0ZSBteSBkYXRhLg==", "_____", "list footer"), want, EncodingDamaged},
		"uuencode": {
			lines(from, "Content-Transfer-Encoding: x-uuencode", "", "begin 644 x.txt", "64&QE87-E(&1E;&5T92!M>2!D871A+@", "`", "end"), want, ""},
		"closing boundary missing": {lines(from, mixed, "", "--b", "", want), want, BoundaryMissing},
		"boundary never occurs":    {lines(from, mixed, "", want), want, BoundaryMissing},
		"boundary not named": {
			lines(from, "Content-Type: multipart/mixed", "", "--xyz", "", want, "--xyz", "Content-Type: image/png", "", "x", "--xyz--"), want, BoundaryMissing},
		"boundary in a type that does not parse": {
			lines(from, "Content-Type: multipart/mixed;; charset=; boundary=b", "", "--b", "", want, "--b--"), want, ""},
		"multipart misspelt": {
			lines(from, `Content-Type: mulitpart/mixed; boundary="b"`, "", "--b", "", want, "--b--"), want, TypeUnreadable},
		"part without Content-Type": {
			lines(from, mixed, "", "preamble", "--b", "Content-Disposition: inline", "", want, "--b--", "epilogue"), want, ""},
		"stray line in a part's header": {
			lines(from, mixed, "", "--b", "junk line", "Content-Type: text/plain", "", want, "--b--"), want, HeaderRepaired},
		"boundary that begins another": {
			lines(from, mixed, "", "--b", `Content-Type: multipart/alternative; boundary="bb"`, "", "--bb", "", want, "--bb--", "--b--"), want, ""},
		"only text has a file name": {
			lines(from, mixed, "", "--b", `Content-Type: text/plain; name="letter.txt"`, "Content-Disposition: attachment", "", want, "--b--"), want, ""},
		"signed": {
			lines(from, `Content-Type: multipart/signed; boundary="b"`, "", "--b", "", want, "--b", "Content-Type: application/pgp-signature", "", "x", "--b--"), want, ""},
		"related with start": {
			lines(from, `Content-Type: multipart/related; boundary="b"; start="<two>"`, "", "--b", "", "not this", "--b", "Content-ID: <two>", "", want, "--b--"), want, ""},
		"flowed": {
			lines(from, "Content-Type: text/plain; format=flowed", "", "Please ", "delete my ", "data."), want, ""},
		"flowed with DelSp": {
			lines(from, "Content-Type: text/plain; format=flowed; delsp=yes", "", "Please  ", "delete my dat ", "a."), want, ""},
		"latin-1 that is Windows": {
			append(lines(from, "Content-Type: text/plain; charset=iso-8859-1", ""), "Delete \x93my\x94 data"...), "Delete “my” data", ""},
		"no charset, not UTF-8": {append(lines(from, ""), "L\xf6schung"...), "Löschung", CharsetGuessed},
		"iso-2022-kr is a trap": {letter(from, "Content-Type: text/plain; charset=iso-2022-kr"), want, CharsetGuessed},
		"utf-16 without NUL":    {letter(from, "Content-Type: text/plain; charset=utf-16"), want, CharsetGuessed},
		"utf-7":                 {lines(from, "Content-Type: text/plain; charset=utf-7", "", "L+APY-schung 2 +- 2, +2D3cSw- +XXXXX! +"), "Löschung 2 + 2, 👋 +XXXXX! +", CharsetGuessed},
		"utf-16 little-endian without a mark": {
			append(lines(from, "Content-Type: text/plain; charset=utf-16", ""), "D\x00e\x00l\x00e\x00t\x00e\x00 \x00m\x00e\x00"...), "Delete me", NulBytes},
		"utf-32": {
			append(lines(from, "Content-Type: text/plain; charset=utf-32", ""), "\x00\x00\x00D\x00\x00\x00e\x00\x00\x00l\x00\x00\x00\xf6"...), "Delö", NulBytes},
		"whole mail saved as UTF-16":                  {[]byte("\xff\xfe" + wide("From: a@example.org\r\n\r\nPlease delete my data.")), want, LeadingJunk},
		"NUL in the text":                             {letter(from, "X-A: \x00"), want, NulBytes},
		"type behind a comment":                       {lines(from, "Content-Type: text/plain (plain) ; charset=utf-8", "", want), want, ""},
		"parameters without a semicolon between them": {lines(from, `Content-Type: multipart/mixed; type="x" boundary="b"`, "", "--b", "", want, "--b--"), want, ""},
		"zero-width characters":                       {append(lines(from, ""), "Please de\u200blete m\u00ady da\U000e0041ta."...), want, InvisibleText},
		"direction controls":                          {append(lines(from, ""), "Please \u202edelete my data\u202c."...), want, ""},
		"not a mail at all":                           {[]byte("Please delete my data."), want, NotMail},
		"words before a colon":                        {[]byte("Note: this is\n\nPlease delete my data."), want, NotMail},
	}
}

func TestOddMailStillGivesItsText(t *testing.T) {
	for name, tt := range oddMails() {
		t.Run(name, func(t *testing.T) {
			m := Parse(tt.raw, Options{})
			assert.Equal(t, tt.want, m.Text)
			assert.Equal(t, tt.want, m.New)
			if tt.warn == "" {
				assert.Empty(t, m.Warnings)
			} else {
				assert.True(t, m.Has(tt.warn), "warnings: %v", m.Warnings)
			}
		})
	}
}

// wide is ASCII in little-endian UTF-16.
func wide(s string) string {
	var b strings.Builder
	for _, c := range []byte(s) {
		b.WriteByte(c)
		b.WriteByte(0)
	}
	return b.String()
}

func TestHeaderFieldsAreDecodedToOneSafeLine(t *testing.T) {
	tests := map[string]struct{ field, want string }{
		"raw UTF-8":                    {"Löschung", "Löschung"},
		"raw Windows":                  {"L\xf6schung", "Löschung"},
		"encoded":                      {"=?utf-8?q?L=C3=B6schung?=", "Löschung"},
		"character split over words":   {"=?utf-8?b?TMM=?= =?utf-8?b?tnNjaHVuZw==?=", "Löschung"},
		"unknown charset in one word":  {"=?x-odd?q?delete?= =?utf-8?q?_my_data?=", "delete my data"},
		"blanks inside a word":         {"=?utf-8?q?delete my data?=", "delete my data"},
		"language tag":                 {"=?utf-8*en?q?delete?=", "delete"},
		"line break hidden in a word":  {"=?utf-8?q?a=0D=0ABcc:_x@example.org?=", "a Bcc: x@example.org"},
		"NUL hidden in a word":         {"=?utf-8?q?a=00b?=", "ab"},
		"folded":                       {"delete\r\n my\r\n\tdata", "delete my data"},
		"invisible characters":         {"de\u200blete", "delete"},
		"words with text between them": {"=?utf-8?q?a?= x =?utf-8?q?b?=", "a x b"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			m := Parse(letter(from, "Subject: "+tt.field), Options{})
			assert.Equal(t, tt.want, m.Subject)
		})
	}
}

func TestIdsAreFoundHoweverTheyAreSeparated(t *testing.T) {
	tests := map[string]struct {
		field string
		want  []string
	}{
		"blanks":         {"<a@x> <b@x>", []string{"a@x", "b@x"}},
		"commas":         {"<a@x>,<b@x>,\r\n <c@x>", []string{"a@x", "b@x", "c@x"}},
		"no blank":       {"<a@x><b@x>", []string{"a@x", "b@x"}},
		"no brackets":    {"a@x b@x", []string{"a@x", "b@x"}},
		"words about it": {`"mail of Tuesday" <a@x> (Ann)`, []string{"a@x"}},
		"folded inside":  {"<a@\r\n x>", []string{"a@x"}},
		"unclosed":       {"<a@x> <b@x", []string{"a@x"}},
		"no id":          {"none", nil},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			m := Parse(letter(from, "References: "+tt.field), Options{})
			assert.Equal(t, tt.want, m.References)
		})
	}
	many := strings.Repeat("<a@x> ", 150) + "<last@x>"
	refs := Parse(letter(from, "References: "+many), Options{}).References
	assert.Len(t, refs, 100)
	assert.Equal(t, "last@x", refs[99], "the newest are kept")
}

func TestTimesAreReadInUTC(t *testing.T) {
	m := Parse(letter(
		"Received: from a by inbound-smtp.us-east-1.amazonaws.com; note; Tue, 3 Mar 2026 10:00:00 -0800 (PST)",
		"Received: from b by a; Tue, 3 Mar 2026 09:00:00 -0800",
		"Date: 1 Jan 2099 00:00:00", from), Options{})
	assert.Equal(t, "2026-03-03T18:00:00Z", m.Received.Format("2006-01-02T15:04:05Z07:00"))
	assert.Equal(t, 2099, m.Date.Year())
	for _, bad := range []string{"", "yesterday", "Tue, 99 Mar 2026 10:00:00 -0800", strings.Repeat("1", 5000)} {
		assert.True(t, Parse(letter(from, "Date: "+bad), Options{}).Date.IsZero(), bad)
	}
}

func TestBodyHashIsTheSameForTwoCopiesThatTookDifferentWays(t *testing.T) {
	a := Parse([]byte("Received: one\r\nFrom: a@example.org\r\n\r\nHi\r\nthere\r\n"), Options{})
	b := Parse([]byte("Received: two\nFrom: a@example.org\n\nHi\nthere\n"), Options{})
	c := Parse([]byte("From: a@example.org\n\nHi\nthere!\n"), Options{})
	assert.Equal(t, a.BodyHash, b.BodyHash)
	assert.NotEqual(t, a.BodyHash, c.BodyHash)
	assert.NotEqual(t, a.Hash, b.Hash)
}

func TestAddressesInTheEnvelopeAreCollectedOnce(t *testing.T) {
	m := Parse(letter("Delivered-To: Privacy+RW.abc@Example.com", "X-Original-To: privacy+rw.abc@example.com", "Envelope-To: b@example.com, c@example.com", from), Options{})
	assert.Equal(t, []string{"privacy+rw.abc@example.com", "b@example.com", "c@example.com"}, m.EnvelopeToAll)
}
