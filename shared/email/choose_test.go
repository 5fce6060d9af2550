package email

import (
	"testing"

	"github.com/stretchr/testify/assert"
)

func TestTextIsFoundWhateverKindItIsDeclaredAs(t *testing.T) {
	const want = "Please delete my data."
	for name, tt := range map[string]struct {
		raw  []byte
		want string
		html bool
		warn WarningKind
	}{
		"HTML declared as plain text": {
			lines(from, "", "<html><body><p>Please delete <b>my</b> data.</p></body></html>"), want, true, ""},
		"plain text that shows a tag": {
			lines(from, "", "<Ann> Please delete my data.</Ann>"), "<Ann> Please delete my data.</Ann>", false, ""},
		"enriched": {
			lines(from, "Content-Type: text/enriched", "", "<bold>Please</bold> delete", "my <color><param>red</param>data</color>.", "", "", "A << B"), want + "\n\nA < B", false, ""},
		"enriched that begins like a page": {
			lines(from, "Content-Type: text/enriched", "", "<center>Please</center> delete", "", "my data."), "Please delete\nmy data.", false, ""},
		"enriched with lines that count": {
			lines(from, "Content-Type: text/enriched", "", "<nofill>a", "b</nofill>"), "a\nb", false, ""},
		"richtext": {
			lines(from, "Content-Type: text/richtext", "", "Please <italic>delete</italic>", "my data.<nl><comment>no</comment>A <lt> B"), want + "\nA < B", false, ""},
		"unknown kind of text": {
			lines(from, `Content-Type: multipart/mixed; boundary="b"`, "", "--b", "Content-Type: text/letter", "", want, "--b--"), want, false, ""},
		"root of a related set": {
			lines(from, `Content-Type: multipart/related; boundary="b"; start="<root@x>"`, "",
				"--b", "Content-Type: text/plain", "", "not this", "--b", "Content-Type: text/html", "Content-ID: <root@x>", "", "<p>Please delete my data.</p>", "--b--"), want, true, ""},
		"root of a related set is empty": {
			lines(from, `Content-Type: multipart/related; boundary="b"; start="<root@x>"`, "",
				"--b", "Content-Type: text/html", "Content-ID: <root@x>", "", "<p hidden>x</p>", "--b", "Content-Type: text/plain", "", want, "--b--"), want, false, HiddenText},
		"nothing but an invitation": {
			lines(from, "Content-Type: text/calendar; method=REQUEST", "", "BEGIN:VCALENDAR", "BEGIN:VEVENT", `SUMMARY;LANGUAGE="en:US":Please delete`, `DESCRIPTION:my data\, all`, `  of it\nAnn`, "COMMENT:", "END:VEVENT", "END:VCALENDAR"),
			"Please delete\nmy data, all of it\nAnn", false, Calendar},
		"invitation with a text": {
			lines(from, `Content-Type: multipart/alternative; boundary="b"`, "", "--b", "Content-Type: text/plain", "", want, "--b", "Content-Type: text/calendar; method=REPLY", "", "BEGIN:VCALENDAR", "SUMMARY:x", "END:VCALENDAR", "--b--"),
			want, false, Calendar},
	} {
		t.Run(name, func(t *testing.T) {
			m := Parse(tt.raw, Options{})
			assert.Equal(t, tt.want, m.Text)
			assert.Equal(t, tt.html, m.HTMLOnly)
			if tt.warn == "" {
				assert.Empty(t, m.Warnings)
			} else {
				assert.True(t, m.Has(tt.warn), "%v", m.Warnings)
			}
		})
	}
	once := Parse(lines(from, `Content-Type: multipart/related; boundary="b"; start="<root@x>"`, "",
		"--b", "Content-Type: text/html", "Content-ID: <root@x>", "", "<p hidden>x</p>", "--b", "Content-Type: text/plain", "", want, "--b--"), Options{})
	assert.Equal(t, "x", once.Hidden, "no part is read twice")
}

func TestFlowedLinesAreJoined(t *testing.T) {
	for name, tt := range map[string]struct {
		params string
		lines  []string
		want   string
	}{
		"paragraph":           {"", []string{"Please ", "delete ", "my data.", "", "Ann"}, "Please delete my data.\n\nAnn"},
		"stuffed":             {"", []string{" From here ", " >to there"}, "From here >to there"},
		"quotes":              {"", []string{">Which ", ">data?", ">>Mine ", "All."}, "> Which data?\n>> Mine \nAll."},
		"signature":           {"", []string{"Please delete ", "-- ", "Ann"}, "Please delete \n-- \nAnn"},
		"blanks were put in":  {"; delsp=yes", []string{"Lösch ", "ung  ", "bitte"}, "Löschung bitte"},
		"last line goes on":   {"", []string{"Please ", "delete "}, "Please delete"},
		"not flowed":          {"; format=fixed", []string{"Please ", "delete"}, "Please \ndelete"},
		"depth of the quotes": {"", []string{"> a ", "> b"}, "> a b"},
	} {
		t.Run(name, func(t *testing.T) {
			kind := "Content-Type: text/plain; charset=utf-8; format=flowed" + tt.params
			if tt.params == "; format=fixed" {
				kind = "Content-Type: text/plain; charset=utf-8"
			}
			m := Parse(lines(append([]string{from, kind, ""}, tt.lines...)...), Options{})
			assert.Equal(t, tt.want, m.Text)
		})
	}
}

func TestWordsOfTwoVersionsAreCompared(t *testing.T) {
	for name, tt := range map[string]struct {
		a, b        string
		shared, all int
	}{
		"alike":          {"Please delete MY data", "please, delete (my) data!", 4, 4},
		"other letters":  {"Bitte LÖSCHEN", "bitte „löschen“", 2, 2},
		"addresses":      {"see https://example.org/x here", "see here", 2, 2},
		"in the middle":  {"a b c d e", "a d x b e", 4, 5},
		"nothing shared": {"a b", "c d e", 0, 3},
		"repeated":       {"a a a", "a", 1, 3},
		"signs only":     {"-- ***", "", 0, 0},
	} {
		t.Run(name, func(t *testing.T) {
			a, b := wordHashes(tt.a), wordHashes(tt.b)
			assert.Equal(t, tt.all, max(len(a), len(b)))
			assert.Equal(t, tt.shared, sharedWords(a, b))
			assert.Equal(t, len(wordHashes(tt.a)) > 0, anyWord(tt.a))
		})
	}
}
