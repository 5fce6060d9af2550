package email

import (
	"archive/zip"
	"bytes"
	"encoding/base64"
	"encoding/binary"
	"path/filepath"
	"strings"
	"testing"
	"time"
	"unicode"
	"unicode/utf16"
	"unicode/utf8"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// zipped is a zip of the files given as name, content, name, content. What is named
// "mimetype" is stored as it is.
func zipped(t testing.TB, files ...string) []byte {
	t.Helper()
	var b bytes.Buffer
	w := zip.NewWriter(&b)
	for i := 0; i < len(files); i += 2 {
		method := zip.Deflate
		if files[i] == "mimetype" {
			method = zip.Store
		}
		f, err := w.CreateHeader(&zip.FileHeader{Name: files[i], Method: method})
		require.NoError(t, err)
		_, err = f.Write([]byte(files[i+1]))
		require.NoError(t, err)
	}
	require.NoError(t, w.Close())
	return b.Bytes()
}

func docx(t testing.TB, body string) []byte {
	return zipped(t, "[Content_Types].xml", "<Types/>", "word/document.xml",
		`<?xml version="1.0"?><w:document xmlns:w="w"><w:body>`+body+`</w:body></w:document>`, "word/styles.xml", "<w:styles/>")
}

func odt(t testing.TB, body string) []byte {
	return zipped(t, "mimetype", "application/vnd.oasis.opendocument.text", "content.xml",
		`<office:document-content><office:body><office:text>`+body+`</office:text></office:body></office:document-content>`)
}

// lockedZip says of every entry that it needs a password.
func lockedZip(b []byte) []byte {
	b = bytes.Clone(b)
	for at := 0; ; {
		i := bytes.Index(b[at:], zipCentral)
		if i < 0 {
			return b
		}
		b[at+i+8] |= 1
		at += i + 4
	}
}

// ole is an Office file of the old kind with one stream of that name.
func ole(stream string) []byte {
	b := make([]byte, 1024)
	copy(b, oleStart)
	binary.LittleEndian.PutUint16(b[30:], 9)
	for i, c := range utf16.Encode([]rune(stream)) {
		binary.LittleEndian.PutUint16(b[512+2*i:], c)
	}
	return b
}

// der is one element of ASN.1.
func der(tag byte, parts ...[]byte) []byte {
	body := bytes.Join(parts, nil)
	head := []byte{tag, 0x82, byte(len(body) >> 8), byte(len(body))}
	return append(head, body...)
}

// open is an element without a length.
func open(tag byte, parts ...[]byte) []byte {
	return append(append([]byte{tag, 0x80}, bytes.Join(parts, nil)...), 0, 0)
}

func pkcs7(n byte) []byte { return append(bytes.Clone(oidPKCS7), n) }

// signedMail is a mail inside of its signature.
func signedMail(inner string, element func(byte, ...[]byte) []byte) []byte {
	text := der(0x04, []byte(inner))
	if element(0x30)[1] == 0x80 {
		half := len(inner) / 2
		text = open(0x24, der(0x04, []byte(inner[:half])), der(0x04, []byte(inner[half:])))
	}
	data := element(0x30, []byte{0x06, 0x09, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x07, 0x01}, element(0xa0, text))
	return element(0x30, pkcs7(2), element(0xa0, element(0x30, []byte{0x02, 1, 1}, der(0x31, der(0x30)), data, der(0x31))))
}

// withFile is a mail with one attachment.
func withFile(name, media string, content []byte) []byte {
	return lines(from, `Content-Type: multipart/mixed; boundary="b"`, "", "--b", "", "Hello,", "--b",
		"Content-Type: "+media, `Content-Disposition: attachment; filename="`+name+`"`, "Content-Transfer-Encoding: base64", "",
		base64.StdEncoding.EncodeToString(content), "--b--")
}

const (
	sampleRTF = `{\rtf1\ansi\ansicpg1252{\fonttbl{\f0 Arial;}}\f0 Please delete my data.\par}`
	sampleUU  = "Hello\nbegin 644 letter.txt\n#0V%T\n`\nend\nBye"
	samplePGP = pgpSigned + "\nHash: SHA256\n\nPlease delete my data.\n- - all\n" + pgpSignature + "\n\niQEz\n=ab\n" + pgpSigEnd + "\n"
)

// fileSamples is a file of each kind that is told, small enough to be changed byte by byte.
func fileSamples(t testing.TB) map[string][]byte {
	return map[string][]byte{
		"letter.docx":  docx(t, "<w:p><w:r><w:t>Please delete my data.</w:t></w:r></w:p>"),
		"letter.odt":   odt(t, "<text:p>Please delete my data.</text:p>"),
		"locked.zip":   lockedZip(zipped(t, "a.txt", "x")),
		"in.zip":       zipped(t, "b.zip", string(zipped(t, "a.txt", "x"))),
		"letter.rtf":   []byte(sampleRTF),
		"letter.doc":   ole("WordDocument"),
		"locked.docx":  ole("EncryptedPackage"),
		"letter.pdf":   []byte("%PDF-1.4\n1 0 obj\n<<>>\nendobj\ntrailer\n<< /Encrypt 5 0 R >>\nstartxref\n9\n%%EOF\n"),
		"a.rar":        []byte("Rar!\x1a\x07\x01\x00\x01\x02\x03\x04\x0d\x04\x00\x00\x00\x00"),
		"a.7z":         append([]byte("7z\xbc\xaf\x27\x1c\x00\x04"), make([]byte, 30)...),
		"sealed.p7m":   signedMail("Content-Type: text/plain\r\n\r\nHi", der),
		"streamed.p7m": signedMail("Content-Type: text/plain\r\n\r\nHi", open),
		"page.html":    []byte("<html><p>Please delete my data.</p>"),
		"note.txt":     []byte("Please delete my data."),
		"wide.txt":     []byte("\xff\xfeH\x00i\x00"),
		"winmail.dat":  []byte("\x78\x9f\x3e\x22\x00\x00"),
		"uu.txt":       []byte(sampleUU),
		"signed.txt":   []byte(samplePGP),
	}
}

// FuzzAttachments hands every reader of files the same bytes, however they are called.
func FuzzAttachments(f *testing.F) {
	for name, b := range fileSamples(f) {
		f.Add(name, b)
	}
	f.Fuzz(func(t *testing.T, name string, b []byte) {
		for try := 0; ; try++ {
			start := time.Now()
			readFiles(t, name, b)
			if time.Since(start) < time.Second {
				break
			}
			require.Less(t, try, 3, "slow each time, so not for a busy machine")
		}
	})
}

// readFiles holds every reader of files to its promises.
func readFiles(t *testing.T, name string, b []byte) {
	t.Helper()
	name = strings.NewReplacer("\r", "", "\n", "", `"`, "").Replace(name)
	for _, media := range []string{"application/octet-stream", "text/plain", "application/pkcs7-mime"} {
		m := Parse(withFile(name, media, b), Options{})
		checkMessage(t, m)
		checkFiles(t, m, 1<<20)
		checkFiles(t, Parse(withFile(name, media, b), Options{MaxText: 50}), 50)
	}
	m := Parse(append([]byte("From: a@example.org\n\n"), b...), Options{})
	checkMessage(t, m)
	checkFiles(t, m, 1<<20)
	for _, k := range []*kind{kindDOCX, kindODT} {
		text, spent, _ := officeText(b, k, 1<<16, 1000)
		assert.LessOrEqual(t, len(text), 1000)
		assert.LessOrEqual(t, spent, 1<<16)
		w := xmlWords{odt: k == kindODT, most: 1000}
		w.read(b)
		assert.LessOrEqual(t, w.out.Len(), 1000)
	}
	text, _ := rtfText(b, 1000)
	assert.LessOrEqual(t, len(text), 1000)
	rest, files := withoutUU(string(b))
	assert.LessOrEqual(t, len(rest), len(b))
	assert.Equal(t, files == nil, rest == string(b))
	locked(kindRAR, b)
	locked(kind7z, b)
	locked(kindPDF, b)
}

// checkFiles holds attachments to what is promised of every one.
func checkFiles(t *testing.T, m *Message, text int) {
	t.Helper()
	sum := 0
	for _, a := range m.Attachments {
		sum += len(a.Text)
		assert.Len(t, a.SHA256, 64)
		assert.Equal(t, a.Size, len(a.Content))
		assert.True(t, utf8.ValidString(a.Name))
		assert.NotEmpty(t, a.Name)
		assert.LessOrEqual(t, len(a.Name), maxName)
		assert.Equal(t, a.Name, filepath.Base(a.Name))
		assert.False(t, strings.ContainsAny(a.Name, "/\\:*?\"<>|"), "%q", a.Name)
		assert.False(t, strings.ContainsFunc(a.Name, func(c rune) bool { return unicode.IsControl(c) || invisible(c) }), "%q", a.Name)
		assert.Equal(t, a.Name, trimName(a.Name))
		assert.NotContains(t, a.Text, "\r")
		if a.Encrypted {
			assert.Empty(t, a.Text)
		}
	}
	assert.LessOrEqual(t, sum, text)
}
