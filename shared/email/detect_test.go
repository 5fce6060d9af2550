package email

import (
	"bytes"
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func tarball() []byte {
	b := make([]byte, 512)
	copy(b, "a.txt")
	copy(b[257:], "ustar\x0000")
	return b
}

func TestKindOfAFileIsToldByWhatItHolds(t *testing.T) {
	samples := map[string][]byte{
		"application/pdf": []byte("%PDF-1.7\n"), "image/png": []byte("\x89PNG\r\n\x1a\n\x00"), "image/jpeg": []byte("\xff\xd8\xff\xe0"),
		"image/gif": []byte("GIF89a\x01"), "image/webp": []byte("RIFF\x01\x00\x00\x00WEBPVP8 "), "image/tiff": []byte("II*\x00\x08"),
		"image/heic": []byte("\x00\x00\x00\x18ftypheic"), "image/avif": []byte("\x00\x00\x00\x18ftypavif"), "video/mp4": []byte("\x00\x00\x00\x18ftypisom"),
		"image/svg+xml":   []byte(`<?xml version="1.0"?><svg>`),
		"application/zip": zipped(t, "a.txt", "x"), "application/vnd.rar": []byte("Rar!\x1a\x07\x00"), "application/x-7z-compressed": []byte("7z\xbc\xaf\x27\x1c"),
		"application/gzip": []byte("\x1f\x8b\x08"), "application/x-bzip2": []byte("BZh91AY&SY"), "application/x-xz": []byte("\xfd7zXZ\x00"), "application/x-tar": tarball(),
		"application/vnd.openxmlformats-officedocument.wordprocessingml.document":   docx(t, ""),
		"application/vnd.openxmlformats-officedocument.spreadsheetml.sheet":         zipped(t, "[Content_Types].xml", "", "xl/workbook.xml", ""),
		"application/vnd.openxmlformats-officedocument.presentationml.presentation": zipped(t, "[Content_Types].xml", "", "ppt/presentation.xml", ""),
		"application/vnd.oasis.opendocument.text":                                   odt(t, ""),
		"application/java-archive":                                                  zipped(t, "META-INF/MANIFEST.MF", ""),
		"application/msword":                                                        ole("WordDocument"), "application/vnd.ms-excel": ole("Workbook"), "application/vnd.ms-powerpoint": ole("PowerPoint Document"),
		"application/vnd.ms-outlook": ole("__properties_version1.0"), "application/x-ole-storage": ole("EncryptedPackage"),
		"application/rtf": []byte(sampleRTF), "text/html": []byte("\n<!-- x --> <!DOCTYPE HTML><p>"), "text/xml": []byte("<?xml version='1.0'?><a/>"),
		"text/plain": []byte("L\xf6schen Sie meine Daten."), "message/rfc822": []byte("Subject: x\nReceived: from a\n\nhi"),
		"text/calendar": []byte("BEGIN:VCALENDAR\n"), "text/vcard": []byte("begin:vcard\n"),
		"application/pgp-encrypted": []byte(pgpMessage + "\n\nhQ"), "application/pgp-signature": []byte(pgpSignature),
		"application/pkcs7-mime":                        der(0x30, pkcs7(3), der(0xa0, []byte("xxxxxxxxxx"))),
		"application/pkcs7-signature":                   der(0x30, pkcs7(2), der(0xa0, der(0x30, []byte{2, 1, 1}, der(0x31), der(0x30, pkcs7(1))))),
		"application/vnd.microsoft.portable-executable": append([]byte("MZ\x90\x00\x03"), make([]byte, 80)...), "application/x-elf": []byte("\x7fELF\x02"),
		"application/ms-tnef": []byte("\x78\x9f\x3e\x22\x01"),
		"":                    []byte("\x00\x01\x02\x03"),
	}
	for want, b := range samples {
		got := ""
		if k := detect(b); k != nil {
			got = k.media
		}
		assert.Equal(t, want, got, "%.20q", b)
	}
	assert.Nil(t, detect(nil))
}

func TestLetterThatBeginsLikeAHeaderOrATagIsNoMailAndNoPage(t *testing.T) {
	for _, s := range []string{
		"From: Jane Roe\nTo: Example Widgets\nSubject: My data\n\nPlease delete it.", "<jane@example.org> asks you", "MZ is how my name begins",
		"begin:", "0 is a number", "Note: Received: from nobody",
	} {
		require.NotNil(t, detect([]byte(s)), s)
		assert.Equal(t, "text/plain", detect([]byte(s)).media, s)
	}
	assert.Equal(t, "text/plain", detect([]byte("\xff\xfeH\x00i\x00")).media, "UTF-16")
}

func TestZipCutOnItsWayIsStillToldByItsStart(t *testing.T) {
	b := docx(t, strings.Repeat("x", 200))
	cut := b[:bytes.Index(b, zipCentral)]
	require.NotNil(t, detect(cut))
	assert.Equal(t, familyArchive, detect(cut).family, "the writer of the standard library puts the lengths behind the bytes")
	assert.Equal(t, kindDOCX, detect(append([]byte("PK\x03\x04junk"), b...)), "junk before the archive")
}

func TestDetectionTakesNoMemory(t *testing.T) {
	for name, b := range fileSamples(t) {
		assert.Zero(t, testing.AllocsPerRun(10, func() {
			if k := detect(b); k != nil {
				locked(k, b)
			}
		}), name)
	}
}

func TestFileThatNeedsAPasswordIsSeen(t *testing.T) {
	rar4 := []byte("Rar!\x1a\x07\x00\xcf\x90s\x80\x00\x0d\x00\x00\x00\x00\x00\x00\x00")
	sevenZip := append([]byte("7z\xbc\xaf\x27\x1c\x00\x04crc.\x02\x00\x00\x00\x00\x00\x00\x00\x10\x00\x00\x00\x00\x00\x00\x00hdr."), "..\x17\x06\x24\x06\xf1\x07\x01......"...)
	word := ole("WordDocument")
	word = append(append(word[:512:512], append([]byte("\xec\xa5\xc1\x00\x00\x00\x00\x00\x00\x00\x00\x01"), make([]byte, 500)...)...), word[512:]...)
	word[48] = 1
	for name, b := range map[string][]byte{
		"zip": lockedZip(zipped(t, "a.txt", "x")), "docx": lockedZip(docx(t, "x")), "office": ole("EncryptedPackage"), "word": word,
		"odt":                             zipped(t, "mimetype", "application/vnd.oasis.opendocument.text", "content.xml", "<a/>"), // stored as noise below
		"pdf":                             []byte("%PDF-1.4\ntrailer << /Root 1 0 R /Encrypt 5 0 R >>\nstartxref\n9\n%%EOF"),
		"pdf with a stream of references": []byte("%PDF-1.5\n" + strings.Repeat(" ", 9000) + "<</Encrypt 5 0 R>>stream" + strings.Repeat(" ", 9000) + "\nstartxref\n9009\n%%EOF"),
		"rar 4":                           rar4, "rar 5": fileSamples(t)["a.rar"], "7z": sevenZip, "pgp": []byte(pgpMessage + "\n"), "s/mime": der(0x30, pkcs7(3), der(0xa0, []byte("xxxxxxxxxx"))),
	} {
		if name == "odt" {
			b = bytes.Replace(b, []byte("\x08\x00"), []byte("\x00\x00"), 1)
			b = bytes.ReplaceAll(b, []byte("\x14\x00\x08\x00\x08\x00"), []byte("\x14\x00\x08\x00\x00\x00"))
		}
		k := detect(b)
		require.NotNil(t, k, name)
		assert.True(t, locked(k, b), name)
	}
	for _, b := range [][]byte{
		zipped(t, "a.txt", "x"), docx(t, "x"), odt(t, "x"), ole("WordDocument"), []byte("%PDF-1.4\n(/EncryptMetadata)\nstartxref\n999999999999999999999\n%%EOF"),
		[]byte("Rar!\x1a\x07\x00\xcf\x90s\x00\x00\x0d\x00\x00\x00\x00\x00\x00\x00abt\x00\x80xxxx"), signedMail("x", der),
	} {
		assert.False(t, locked(detect(b), b), "%.20q", b)
	}
	for _, b := range [][]byte{rar4, sevenZip, word, []byte("Rar!\x1a\x07\x01\x00" + strings.Repeat("\xff", 20)), lockedZip(docx(t, "x"))} {
		for n := range len(b) { // a file may be cut anywhere
			if k := detect(b[:n]); k != nil {
				locked(k, b[:n])
			}
		}
	}
}

func TestFileThatLiesAboutItselfIsNoted(t *testing.T) {
	exe := append([]byte("MZ\x90\x00\x03"), make([]byte, 80)...)
	page := []byte("<html><script>x</script>")
	zip := zipped(t, "a.exe", "x")
	for _, tc := range []struct {
		name, media string
		content     []byte
		lies        bool
	}{
		{"invoice.pdf", "application/octet-stream", exe, true},
		{"invoice.pdf", "application/pdf", page, true},
		{"invoice.pdf.html", "application/pdf", page, true},
		{"photo.jpg", "image/jpeg", zip, true},
		{"letter.docx", "application/octet-stream", exe, true},
		{"note.txt", "text/plain", zip, true},
		{"setup.exe", "application/octet-stream", exe, false},
		{"files.zip", "application/zip", zip, false},
		{"page.html", "application/octet-stream", page, false},
		{"table.xls", "application/vnd.ms-excel", page, false},
		{"photo.png", "image/png", []byte("\xff\xd8\xff\xe0"), false},
		{"letter.doc", "application/msword", []byte(sampleRTF), false},
		{"letter.pdf", "text/plain", []byte("%PDF-1.4"), false},
		{"letter", "application/octet-stream", []byte("%PDF-1.4"), false},
		{"logo.svg", "image/svg+xml", []byte("<svg>"), false},
	} {
		m := Parse(withFile(tc.name, tc.media, tc.content), Options{})
		assert.Equal(t, tc.lies, m.Has(TypeMismatch), "%s %s: %v", tc.name, tc.media, m.Warnings)
	}
}

func TestArchiveAndLockedFileAreFlaggedAndLeftClosed(t *testing.T) {
	m := Parse(withFile("a.zip", "application/zip", lockedZip(zipped(t, "a.txt", "Please delete my data."))), Options{})
	a := m.Attachments[0]
	assert.True(t, a.Archive && a.Encrypted)
	assert.Empty(t, a.Text)
	assert.True(t, m.Has(ArchiveAttached))
	assert.True(t, m.Has(AttachmentLocked))
	assert.False(t, m.Has(LetterUnread), "an archive is no letter")

	m = Parse(withFile("letter.docx", "application/octet-stream", ole("EncryptedPackage")), Options{})
	assert.True(t, m.Attachments[0].Encrypted && m.Attachments[0].Letter)
	assert.True(t, m.Has(LetterUnread))

	big := append([]byte("%PDF-1.4\n/Encrypt "), make([]byte, maxExamined)...)
	m = Parse(withFile("big.pdf", "application/pdf", big), Options{})
	assert.True(t, m.Has(AttachmentLarge))
	assert.Equal(t, "application/pdf", m.Attachments[0].Detected)
	assert.False(t, m.Attachments[0].Encrypted)
	assert.Len(t, m.Attachments[0].Content, len(big))
}

func TestLetterIsAFileThatPeopleWriteLettersIn(t *testing.T) {
	jpeg := []byte("\xff\xd8\xff\xe0")
	for _, tc := range []struct {
		name, media string
		content     []byte
		letter      bool
		unread      bool
	}{
		{"letter.pdf", "application/pdf", []byte("%PDF-1.4"), true, true},
		{"letter.pdf", "application/pdf", []byte("\x00\x01"), true, true},
		{"letter.doc", "application/msword", ole("WordDocument"), true, true},
		{"letter.docx", "application/octet-stream", docx(t, "<w:p><w:r><w:t>Hi</w:t></w:r></w:p>"), true, false},
		{"picture.docx", "application/octet-stream", docx(t, "<w:drawing/>"), true, true},
		{"note.txt", "text/plain", []byte("Hi"), true, false},
		{"empty.txt", "text/plain", []byte("\n"), true, false},
		{"note.txt", "application/octet-stream", []byte("Hi"), true, false},
		{"mail.eml", "application/octet-stream", []byte("Received: from a\n\nhi"), true, true},
		{"mail.msg", "application/vnd.ms-outlook", ole("__nameid_version1.0"), true, true},
		{"my-text.pages", "application/octet-stream", zipped(t, "Index/Document.iwa", "x"), true, true},
		{"Scan_0001.jpg", "image/jpeg", jpeg, true, true},
		{"Mein Brief.jpg", "image/jpeg", jpeg, true, true},
		{"IMG_0001.jpg", "image/jpeg", jpeg, false, false},
		{"scandal.jpg", "image/jpeg", jpeg, false, false},
		{"table.csv", "text/csv", []byte("a,b"), false, false},
		{"server.log", "application/octet-stream", []byte("a b"), false, false},
		{"table.xlsx", "application/octet-stream", zipped(t, "xl/workbook.xml", ""), false, false},
	} {
		m := Parse(withFile(tc.name, tc.media, tc.content), Options{})
		assert.Equal(t, tc.letter, m.Attachments[0].Letter, "%s %s", tc.name, tc.media)
		assert.Equal(t, tc.unread, m.Has(LetterUnread), "%s %s", tc.name, tc.media)
	}
	only := Parse(lines(from, "Content-Type: image/png", "Content-Transfer-Encoding: base64", "", "iVBORw0KGgo="), Options{})
	assert.True(t, only.Attachments[0].Letter, "nothing else is in the mail")
}

func BenchmarkDetect(b *testing.B) {
	for name, file := range fileSamples(b) {
		b.Run(fmt.Sprintf("%s-%d", name, len(file)), func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				detect(file)
			}
		})
	}
}
