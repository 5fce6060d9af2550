package email

import (
	"archive/zip"
	"bytes"
	"compress/flate"
	"hash/crc32"
	"io"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestWordsOfAWordProcessorsLetterAreRead(t *testing.T) {
	for name, tc := range map[string]struct {
		content []byte
		want    string
	}{
		"docx": {docx(t, `<w:p><w:pPr><w:tabs><w:tab w:val="left" w:pos="1"/></w:tabs></w:pPr><w:r><w:t>Dear Sir,</w:t></w:r></w:p><w:p/>`+
			`<w:p><w:r><w:t xml:space="preserve">please </w:t></w:r><w:r><w:t>de</w:t></w:r><w:r><w:t>lete my data &amp; L&#246;sch&#xF6;n &lt;all&gt;</w:t><w:tab/><w:t>now</w:t><w:br/><w:t>Jane</w:t></w:r></w:p>`),
			"Dear Sir,\n\nplease delete my data & Löschön <all>\tnow\nJane"},
		"docx with changes": {docx(t, `<w:p><w:ins><w:r><w:t>kept</w:t></w:r></w:ins><w:del><w:r><w:delText>gone</w:delText></w:r></w:del>`+
			`<w:r><w:instrText>HYPERLINK x</w:instrText></w:r><w:r><w:rPr><w:vanish/></w:rPr><w:t>unseen</w:t></w:r><w:r><w:rPr><w:vanish w:val="0"/></w:rPr><w:t> seen</w:t></w:r></w:p>`),
			"kept seen"},
		"docx with a text box": {docx(t, `<mc:AlternateContent><mc:Choice><w:p><w:r><w:t>once</w:t></w:r></w:p></mc:Choice><mc:Fallback><mc:Fallback></mc:Fallback><w:p><w:r><w:t>once</w:t></w:r></w:p></mc:Fallback></mc:AlternateContent><w:p><w:r><w:t>more</w:t></w:r></w:p>`),
			"once\nmore"},
		"docx of another program": {zipped(t, "word/document2.xml", `<!DOCTYPE a [<!ENTITY b "bomb">]><ns0:document><!-- <t>no</t> --><ns0:p a="x>y"><ns0:t>one &b; two</ns0:t></ns0:p><ns0:p><ns0:t><![CDATA[<three>]]></ns0:t></ns0:p></ns0:document>`),
			"one  two\n<three>"},
		"docx that breaks off": {docx(t, `<w:p><w:r><w:t>before</w:t></w:r></w:p><w:p a="`), "before"},
		"odt": {odt(t, `<text:tracked-changes><text:deletion><text:p>gone</text:p></text:deletion></text:tracked-changes><text:h>Title</text:h>`+
			`<text:p>please<text:s text:c="2"/><text:span>delete</text:span><text:tab/>it<text:line-break/>all<office:annotation><text:p>note</text:p></office:annotation></text:p><text:p/>`+
			`<text:list><text:list-item><text:p>one</text:p></text:list-item></text:list>`), "Title\nplease  delete\tit\nall\n\none"},
		"odt with a name only": {zipped(t, "mimetype", "application/vnd.oasis.opendocument.text", "content.xml", "<p>x</p>"), "x"},
	} {
		m := Parse(withFile("letter", "application/octet-stream", tc.content), Options{})
		assert.Equal(t, tc.want, m.Attachments[0].Text, name)
		assert.False(t, m.Has(LetterUnread), name)
		assert.False(t, m.Truncated, name)
	}
}

func TestWordsOfAnRTFLetterAreRead(t *testing.T) {
	for in, want := range map[string]string{
		sampleRTF: "Please delete my data.",
		`{\rtf1\ansi\ansicpg1252 L\'f6schen \u8364?\emdash  \{a\}\par\tab b\~c\-d\_e\line x}`:                               "Löschen €— {a}\n\tb cd-e\nx",
		`{\rtf1\ansi\ansicpg1250 \'bf\'f3\'b3w}`:                                                                            "żółw",
		`{\rtf1\ansi\ansicpg1252{\fonttbl{\f0\fcharset0 A;}{\f1\fcharset238 B;}}\f0\'bf\f1\'bf}`:                            "¿ż",
		`{\rtf1\ansi\ansicpg932 \'93\'fa\'96\'7b}`:                                                                          "日本",
		`{\rtf1\ansi\uc1\u-10179?\u-8704?x \uc0\u228 y{\uc2\u228 abz}}`:                                                     "😀x äyäz",
		`{\rtf1{\info{\author X}}{\*\generator Y;}{\stylesheet{\s0 Z;}}{\pict\bin3 {{{}a{\v hidden\v0  seen}\v x\plain  b}`: "a seen b",
		`{\rtf1 {\field{\*\fldinst HYPERLINK "x"}{\fldrslt link}}}`:                                                         "link",
		`{\rtf1 }}}} still`:               "still",
		`{\rtf1 cut \'f`:                  "cut 'f",
		`{\rtf1 cut \`:                    "cut",
		`{\rtf1 \bin99999999999 x`:        "",
		`{\rtf1 \bin-5 x\u99999999999 ?y`: "xy",
	} {
		m := Parse(withFile("letter.rtf", "application/rtf", []byte(in)), Options{})
		if want == "cut 'f" {
			want = "cut f"
		}
		assert.Equal(t, want, m.Attachments[0].Text, in)
	}
}

func TestTextSentAsMereBytesIsReadAndDataIsNot(t *testing.T) {
	for _, tc := range []struct {
		name, media, content, want string
	}{
		{"note.txt", "application/octet-stream", "Bitte l\xf6schen", "Bitte löschen"},
		{"note.txt", "text/plain", "\xff\xfeH\x00i\x00", "Hi"},
		{"page.htm", "application/octet-stream", "<html><p>Hi</p><script>x</script>", "Hi"},
		{"x.pdf", "application/pdf", "hello", ""},
		{"x.txt", "text/plain", "%PDF-1.4 binary", ""},
		{"x.log", "application/octet-stream", "hello", ""},
	} {
		m := Parse(withFile(tc.name, tc.media, []byte(tc.content)), Options{})
		assert.Equal(t, tc.want, m.Attachments[0].Text, "%s %s", tc.name, tc.media)
	}
}

func TestAllLettersTogetherAreBounded(t *testing.T) {
	file := func(name, media, content string) string {
		return "--b\nContent-Type: " + media + "\nContent-Disposition: attachment; filename=" + name + "\n\n" + content + "\n"
	}
	var b strings.Builder
	b.WriteString("From: a@example.org\nContent-Type: multipart/mixed; boundary=b\n\n--b\n\nHi\n")
	for range 5 {
		b.WriteString(file("a.txt", "text/plain", strings.Repeat("word ", 30)))
		b.WriteString(file("a.rtf", "application/rtf", `{\rtf1 `+strings.Repeat("word ", 30)+"}"))
	}
	m := Parse([]byte(b.String()+"--b--"), Options{MaxText: 400})
	checkFiles(t, m, 400)
	assert.Len(t, m.Attachments, 10)
	assert.NotEmpty(t, m.Attachments[2].Text)
	assert.Empty(t, m.Attachments[9].Text)
	assert.True(t, m.Truncated)
}

// bomb is a docx whose one part unpacks to n bytes of the pattern.
func bomb(t testing.TB, pattern string, n int) []byte {
	t.Helper()
	var packed bytes.Buffer
	w, err := flate.NewWriter(&packed, flate.BestCompression)
	require.NoError(t, err)
	block := []byte(strings.Repeat(pattern, 1<<20/len(pattern)))
	for done := 0; done < n; done += len(block) {
		_, err = w.Write(block)
		require.NoError(t, err)
	}
	require.NoError(t, w.Close())
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	f, err := z.CreateRaw(&zip.FileHeader{
		Name: "word/document.xml", Method: zip.Deflate, CRC32: crc32.ChecksumIEEE(nil), CompressedSize64: uint64(packed.Len()), UncompressedSize64: 10 << 30,
	})
	require.NoError(t, err)
	_, err = io.Copy(f, &packed)
	require.NoError(t, err)
	require.NoError(t, z.Close())
	return b.Bytes()
}

// costs runs f and returns the bytes it allocated.
func costs(t *testing.T, f func()) uint64 {
	t.Helper()
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	start := time.Now()
	f()
	assert.Less(t, time.Since(start), 5*time.Second, "machines differ; a reader without limits takes minutes")
	runtime.ReadMemStats(&after)
	return after.TotalAlloc - before.TotalAlloc
}

func TestBombStopsAtTheLimit(t *testing.T) {
	for _, pattern := range []string{"<w:p>", "</w:p>", "<w:t>a", "<t/>", "&amp;", "<!--", "<![CDATA[", "<a b='", "<mc:Fallback>"} {
		raw := withFile("letter.docx", "application/octet-stream", bomb(t, pattern, 64<<20))
		m := &Message{}
		assert.Less(t, costs(t, func() { m = Parse(raw, Options{}) }), uint64(64<<20), pattern)
		assert.True(t, m.Truncated, pattern)
		checkMessage(t, m)
	}
	file := bomb(t, "<w:t>a", 64<<20)
	var b bytes.Buffer
	b.WriteString("From: a@example.org\nContent-Type: multipart/mixed; boundary=b\n")
	for range 100 {
		b.WriteString("\n--b\nContent-Type: application/octet-stream\nContent-Transfer-Encoding: binary\n\n")
		b.Write(bytes.ReplaceAll(file, []byte("\r\n"), []byte("\n")))
	}
	b.WriteString("\n--b--\n")
	assert.Less(t, costs(t, func() { Parse(b.Bytes(), Options{}) }), uint64(128<<20), "a hundred in one mail share one limit")
}

func TestLargeAttachmentCostsLittle(t *testing.T) {
	for name, content := range map[string][]byte{
		"letter.pdf": append([]byte("%PDF-1.4\n"), make([]byte, 25<<20)...),
		"letter.rtf": []byte(`{\rtf1 ` + strings.Repeat(`{\b x\'e9\u228?}`, 9<<20/16) + "}"),
		"deep.rtf":   []byte(`{\rtf1 ` + strings.Repeat(`{`, 9<<20)),
		"words.rtf":  []byte(`{\rtf1 ` + strings.Repeat(`\pard`, 9<<20/5)),
		"many.zip":   append([]byte("PK\x03\x04"), bytes.Repeat(append([]byte("PK\x01\x02"), make([]byte, 42)...), 9<<20/46)...),
		"uu.txt":     []byte(strings.Repeat("begin 644 a\n#0V%T\n", 1<<20/18)),
		"page.html":  []byte(strings.Repeat("<b>x", 9<<20/4)),
	} {
		raw := withFile(name, "application/octet-stream", content)
		assert.Less(t, costs(t, func() { Parse(raw, Options{}) }), uint64(256<<20), name)
	}
}
