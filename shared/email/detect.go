package email

import (
	"bytes"
	"encoding/binary"
	"strings"
)

// family is what kinds of file have in common when one says it is another.
type family uint8

const (
	familyUnknown family = iota
	familyText
	familyPage // HTML
	familyPDF
	familyOffice
	familyImage
	familyMedia // sound and film
	familyArchive
	familyProgram
	familyMail
	familySealed // S/MIME and PGP
)

var familyNames = [...]string{
	"something", "a text", "a web page", "a PDF", "an Office file", "an image", "sound or film",
	"an archive", "a program", "a mail", "a sealed message",
}

// kind is one kind of file. Kinds are few and shared, so telling one costs no memory.
type kind struct {
	media  string
	family family
	letter bool // people write letters in it
}

var (
	kindPlain    = &kind{"text/plain", familyText, true}
	kindHTML     = &kind{"text/html", familyPage, true}
	kindXML      = &kind{"text/xml", familyText, false}
	kindSVG      = &kind{"image/svg+xml", familyImage, false}
	kindRTF      = &kind{"application/rtf", familyOffice, true}
	kindCalendar = &kind{"text/calendar", familyText, false}
	kindCard     = &kind{"text/vcard", familyText, false}
	kindMail     = &kind{"message/rfc822", familyMail, true}
	kindTNEF     = &kind{"application/ms-tnef", familyMail, false}
	kindOutlook  = &kind{"application/vnd.ms-outlook", familyMail, true}

	kindPDF  = &kind{"application/pdf", familyPDF, true}
	kindDOCX = &kind{"application/vnd.openxmlformats-officedocument.wordprocessingml.document", familyOffice, true}
	kindXLSX = &kind{"application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", familyOffice, false}
	kindPPTX = &kind{"application/vnd.openxmlformats-officedocument.presentationml.presentation", familyOffice, false}
	kindODT  = &kind{"application/vnd.oasis.opendocument.text", familyOffice, true}
	kindODF  = &kind{"application/vnd.oasis.opendocument", familyOffice, false}
	kindEPUB = &kind{"application/epub+zip", familyOffice, false}
	// Pages, Numbers and Keynote look alike inside; a name tells them apart.
	kindApple  = &kind{"application/vnd.apple.iwork", familyOffice, false}
	kindPages  = &kind{"application/vnd.apple.pages", familyOffice, true}
	kindDOC    = &kind{"application/msword", familyOffice, true}
	kindXLS    = &kind{"application/vnd.ms-excel", familyOffice, false}
	kindPPT    = &kind{"application/vnd.ms-powerpoint", familyOffice, false}
	kindOLE    = &kind{"application/x-ole-storage", familyOffice, false}
	kindLocked = &kind{"application/x-ole-storage", familyOffice, true} // an Office file with a password

	kindPNG  = &kind{"image/png", familyImage, false}
	kindJPEG = &kind{"image/jpeg", familyImage, false}
	kindGIF  = &kind{"image/gif", familyImage, false}
	kindWebP = &kind{"image/webp", familyImage, false}
	kindTIFF = &kind{"image/tiff", familyImage, false}
	kindBMP  = &kind{"image/bmp", familyImage, false}
	kindHEIC = &kind{"image/heic", familyImage, false}
	kindAVIF = &kind{"image/avif", familyImage, false}
	kindMP4  = &kind{"video/mp4", familyMedia, false}
	kindMP3  = &kind{"audio/mpeg", familyMedia, false}
	kindOgg  = &kind{"application/ogg", familyMedia, false}
	kindWAV  = &kind{"audio/wav", familyMedia, false}
	kindAVI  = &kind{"video/x-msvideo", familyMedia, false}

	kindZip   = &kind{"application/zip", familyArchive, false}
	kindRAR   = &kind{"application/vnd.rar", familyArchive, false}
	kind7z    = &kind{"application/x-7z-compressed", familyArchive, false}
	kindGzip  = &kind{"application/gzip", familyArchive, false}
	kindBzip2 = &kind{"application/x-bzip2", familyArchive, false}
	kindXZ    = &kind{"application/x-xz", familyArchive, false}
	kindZstd  = &kind{"application/zstd", familyArchive, false}
	kindTar   = &kind{"application/x-tar", familyArchive, false}
	kindCab   = &kind{"application/vnd.ms-cab-compressed", familyArchive, false}

	kindEXE   = &kind{"application/vnd.microsoft.portable-executable", familyProgram, false}
	kindELF   = &kind{"application/x-elf", familyProgram, false}
	kindMachO = &kind{"application/x-mach-binary", familyProgram, false}
	kindJava  = &kind{"application/java-archive", familyProgram, false}
	kindLink  = &kind{"application/x-ms-shortcut", familyProgram, false}

	kindPGP          = &kind{"application/pgp-encrypted", familySealed, true}
	kindPGPSignature = &kind{"application/pgp-signature", familySealed, false}
	kindPGPKeys      = &kind{"application/pgp-keys", familySealed, false}
	kindSMIME        = &kind{"application/pkcs7-mime", familySealed, true}
	kindPKCS7        = &kind{"application/pkcs7-signature", familySealed, false}
)

// Where a kind shows in the first bytes. The longest come first where two begin alike.
var magics = []struct {
	start string
	kind  *kind
}{
	{"%PDF-", kindPDF},
	{"\x89PNG\r\n\x1a\n", kindPNG},
	{"\x89PNG\n\x1a\n", kindPNG}, // sent as 8bit, whose line ends are LF here
	{"\xff\xd8\xff", kindJPEG},
	{"GIF87a", kindGIF},
	{"GIF89a", kindGIF},
	{"II*\x00", kindTIFF},
	{"MM\x00*", kindTIFF},
	{"Rar!\x1a\x07", kindRAR},
	{"7z\xbc\xaf\x27\x1c", kind7z},
	{"\x1f\x8b", kindGzip},
	{"\xfd7zXZ\x00", kindXZ},
	{"\x28\xb5\x2f\xfd", kindZstd},
	{"MSCF\x00\x00\x00\x00", kindCab},
	{"{\\rtf", kindRTF},
	{"\x78\x9f\x3e\x22", kindTNEF},
	{"\x7fELF", kindELF},
	{"\xfe\xed\xfa\xce", kindMachO},
	{"\xfe\xed\xfa\xcf", kindMachO},
	{"\xce\xfa\xed\xfe", kindMachO},
	{"\xcf\xfa\xed\xfe", kindMachO},
	{"\xca\xfe\xba\xbe", kindMachO},
	{"L\x00\x00\x00\x01\x14\x02\x00", kindLink},
	{"ID3", kindMP3},
	{"OggS\x00", kindOgg},
}

const sniffed = 4096 // bytes from which a kind is told

// detect tells what a file is by what it holds, or nil where the bytes do not show
// it. It looks at the first few kB, and at the directory where a file has one.
func detect(b []byte) *kind {
	head := b[:min(len(b), sniffed)]
	switch {
	case len(head) == 0:
		return nil
	case bytes.HasPrefix(head, zipLocal), bytes.HasPrefix(head, zipEnd):
		return zipKind(b)
	case bytes.HasPrefix(head, oleStart):
		return oleKind(b)
	}
	for i := range magics {
		if len(head) >= len(magics[i].start) && string(head[:len(magics[i].start)]) == magics[i].start {
			return magics[i].kind
		}
	}
	if k := boxKind(head); k != nil {
		return k
	}
	if k := derKind(b); k != nil {
		return k
	}
	// Printers and web servers put a few bytes before the start of a PDF.
	if bytes.Contains(head[:min(len(head), 1024)], []byte("%PDF-")) && !looksText(head[:min(len(head), 64)]) {
		return kindPDF
	}
	if !looksText(head) {
		if bytes.HasPrefix(head, []byte("MZ")) && len(head) >= 64 {
			return kindEXE
		}
		if bytes.HasPrefix(head, []byte("BM")) && len(head) >= 54 && head[6]|head[7]|head[8]|head[9] == 0 {
			return kindBMP
		}
		return nil
	}
	return textKind(head)
}

// boxKind tells the kinds whose sign does not stand first.
func boxKind(head []byte) *kind {
	at := func(i int, s string) bool { return len(head) >= i+len(s) && string(head[i:i+len(s)]) == s }
	switch {
	case at(0, "RIFF") && at(8, "WEBP"):
		return kindWebP
	case at(0, "RIFF") && at(8, "WAVE"):
		return kindWAV
	case at(0, "RIFF") && at(8, "AVI "):
		return kindAVI
	case at(4, "ftypavif"), at(4, "ftypavis"):
		return kindAVIF
	case at(4, "ftyphei"), at(4, "ftyphev"), at(4, "ftypmif1"), at(4, "ftypmsf1"):
		return kindHEIC
	case at(4, "ftyp"):
		return kindMP4
	case at(257, "ustar"):
		return kindTar
	case at(0, "BZh") && at(4, "1AY&SY"):
		return kindBzip2
	}
	return nil
}

// looksText reports whether bytes can be a text in some charset: UTF-16 with its
// mark, or no control characters at all.
func looksText(b []byte) bool {
	if wideText(b) {
		return true
	}
	for _, c := range b {
		if c < ' ' && c != '\n' && c != '\r' && c != '\t' && c != '\f' && c != 0x1b || c == 0x7f {
			return false
		}
	}
	return true
}

// wideText reports the byte order mark of UTF-16.
func wideText(b []byte) bool {
	return len(b) >= 4 && (b[0] == 0xff && b[1] == 0xfe && b[3] == 0 || b[0] == 0xfe && b[1] == 0xff && b[2] == 0)
}

// textKind tells texts apart by how they begin.
func textKind(head []byte) *kind {
	s := bytes.TrimLeft(bytes.TrimPrefix(head, []byte("\xef\xbb\xbf")), " \t\r\n\f")
	switch {
	case len(s) == 0:
		return kindPlain
	case hasPrefixFold(s, "begin:vcalendar"):
		return kindCalendar
	case hasPrefixFold(s, "begin:vcard"):
		return kindCard
	case bytes.HasPrefix(s, []byte("-----BEGIN PGP MESSAGE")):
		return kindPGP
	case bytes.HasPrefix(s, []byte("-----BEGIN PGP SIGNATURE")):
		return kindPGPSignature
	case bytes.HasPrefix(s, []byte("-----BEGIN PGP PUBLIC KEY")):
		return kindPGPKeys
	case s[0] == '<':
		return markupKind(s)
	case isMailStart(s):
		return kindMail
	}
	return kindPlain
}

// htmlStarts are the tags that a page begins with. A text may begin with "<a@b.example>".
var htmlStarts = []string{
	"<!doctype html", "<html", "<head", "<body", "<script", "<iframe", "<table", "<title", "<style", "<div", "<span", "<font",
	"<meta", "<center", "<form", "<h1", "<h2", "<p>", "<p ", "<br", "<img", "<a href",
}

// markupKind tells a page from other markup.
func markupKind(s []byte) *kind {
	for range 8 { // comments before the first tag
		if !bytes.HasPrefix(s, []byte("<!--")) {
			break
		}
		i := bytes.Index(s, []byte("-->"))
		if i < 0 {
			return kindHTML
		}
		if s = bytes.TrimLeft(s[i+3:], " \t\r\n\f"); len(s) == 0 {
			return kindHTML
		}
	}
	for _, tag := range htmlStarts {
		if hasPrefixFold(s, tag) {
			return kindHTML
		}
	}
	switch {
	case hasPrefixFold(s, "<svg"), hasPrefixFold(s, "<?xml") && bytes.Contains(s, []byte("<svg")):
		return kindSVG
	case hasPrefixFold(s, "<?xml") && bytes.Contains(s, []byte("<html")):
		return kindHTML
	case hasPrefixFold(s, "<?xml"):
		return kindXML
	}
	return kindPlain
}

// isMailStart reports a header that no letter begins with: people write "From:" and
// "Subject:" too, but no Received and no Message-ID.
func isMailStart(s []byte) bool {
	for range 10 {
		line, rest := cutLine(s)
		switch {
		case hasPrefixFold(line, "received: from"), hasPrefixFold(line, "return-path:"), hasPrefixFold(line, "message-id:"),
			hasPrefixFold(line, "mime-version:"), hasPrefixFold(line, "dkim-signature:"), hasPrefixFold(line, "delivered-to:"):
			return true
		case len(line) == 0 || line[0] != ' ' && line[0] != '\t' && !isFieldLine(line):
			return false
		}
		s = rest
	}
	return false
}

// isFieldLine reports a line that begins as a header field does.
func isFieldLine(line []byte) bool {
	i := bytes.IndexByte(line, ':')
	return i > 0 && i < 60 && bytes.IndexByte(line[:i], ' ') < 0
}

func hasPrefixFold(b []byte, low string) bool {
	if len(b) < len(low) {
		return false
	}
	for i := range len(low) {
		c := b[i]
		if 'A' <= c && c <= 'Z' {
			c += 'a' - 'A'
		}
		if c != low[i] {
			return false
		}
	}
	return true
}

var oleStart = []byte("\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1")

// oleKind tells Office files of the old kind by the streams that the first sectors of
// their directory name. A new Office file with a password is kept in one, too.
func oleKind(b []byte) *kind {
	if len(b) < 512 {
		return kindOLE
	}
	shift := binary.LittleEndian.Uint16(b[30:])
	if shift != 9 && shift != 12 {
		return kindOLE
	}
	at := (uint64(binary.LittleEndian.Uint32(b[48:])) + 1) << shift
	found := kindOLE
	for range 32 {
		if at+128 > uint64(len(b)) {
			break
		}
		entry := b[at : at+128]
		at += 128
		switch {
		case oleNamed(entry, "EncryptedPackage"):
			return kindLocked
		case oleNamed(entry, "WordDocument"):
			found = kindDOC
		case oleNamed(entry, "Workbook"), oleNamed(entry, "Book"):
			found = kindXLS
		case oleNamed(entry, "PowerPoint Document"):
			found = kindPPT
		case oleNamed(entry, "__properties_version1.0"), oleNamed(entry, "__nameid_version1.0"):
			found = kindOutlook
		}
	}
	return found
}

// oleNamed reports whether a directory entry has that name, which stands in UTF-16.
func oleNamed(entry []byte, name string) bool {
	for i := range len(name) {
		if entry[2*i] != name[i] || entry[2*i+1] != 0 {
			return false
		}
	}
	return entry[2*len(name)] == 0 && entry[2*len(name)+1] == 0
}

// locked reports whether a file needs a password or key, where that is cheap to see.
func locked(k *kind, b []byte) bool {
	switch k {
	case kindLocked, kindPGP:
		return true
	case kindSMIME:
		return !isSigned(b)
	case kindPDF:
		return pdfLocked(b)
	case kindDOC: // a flag in the head of the text stream, which stands first
		return len(b) > 524 && b[512] == 0xec && b[513] == 0xa5 && b[523]&1 != 0
	case kindRAR:
		return rarLocked(b)
	case kind7z:
		return sevenZipLocked(b)
	case kindZip, kindDOCX, kindXLSX, kindPPTX, kindODT, kindODF, kindEPUB, kindApple, kindPages, kindJava:
		return zipLocked(b)
	}
	return false
}

// pdfLocked looks for the word in the three places where a trailer may stand: at the
// end, where the end says it is, and at the start.
func pdfLocked(b []byte) bool {
	tail := b[max(0, len(b)-sniffed):]
	if namesEncrypt(tail) || namesEncrypt(b[:min(len(b), sniffed)]) {
		return true
	}
	i := bytes.LastIndex(tail, []byte("startxref"))
	if i < 0 {
		return false
	}
	at := 0
	for _, c := range bytes.TrimLeft(tail[i+len("startxref"):], " \r\n") {
		if c < '0' || c > '9' || at > len(b) {
			break
		}
		at = at*10 + int(c-'0')
	}
	return at < len(b) && namesEncrypt(b[at:min(len(b), at+sniffed)])
}

func namesEncrypt(b []byte) bool {
	const word = "/Encrypt"
	i := bytes.Index(b, []byte(word))
	return i >= 0 && (i+len(word) == len(b) || b[i+len(word)] == ' ' || b[i+len(word)] == '<' || b[i+len(word)] == '\r' || b[i+len(word)] == '\n')
}

// rarLocked reads the first block: one of version 5 says that headers are encrypted,
// the older one has a flag for it in the archive's and in the first file's header.
func rarLocked(b []byte) bool {
	switch {
	case len(b) > 17 && b[6] == 1: // magic, checksum, size, type
		i := 12
		for i < len(b)-1 && i < 16 && b[i] >= 0x80 {
			i++
		}
		return b[i+1] == 4
	case len(b) > 13 && b[6] == 0:
		main := binary.LittleEndian.Uint16(b[10:])
		size := int(binary.LittleEndian.Uint16(b[12:]))
		if main&0x80 != 0 {
			return true
		}
		file := 7 + size
		return len(b) > file+5 && b[file+2] == 0x74 && b[file+3]&4 != 0
	}
	return false
}

// sevenZipLocked looks for the code of AES in the header at the end. Where that header
// is packed but not encrypted, the word cannot be seen.
func sevenZipLocked(b []byte) bool {
	if len(b) < 32 {
		return false
	}
	at, n := binary.LittleEndian.Uint64(b[12:]), binary.LittleEndian.Uint64(b[20:])
	rest := b[32:]
	if at > uint64(len(rest)) {
		return false
	}
	rest = rest[at:]
	return bytes.Contains(rest[:min(uint64(len(rest)), n, sniffed)], []byte{0x06, 0xf1, 0x07, 0x01})
}

// claims are the families that the declared type and the name of a part say it is of.
func claims(media, name string) [2]family {
	return [2]family{mediaFamily(media), extFamily(extOf(name))}
}

func mediaFamily(media string) family {
	major, minor, _ := strings.Cut(media, "/")
	switch {
	case minor == "pdf" || minor == "x-pdf":
		return familyPDF
	case major == "image":
		return familyImage
	case major == "audio", major == "video":
		return familyMedia
	case minor == "html", minor == "xhtml+xml":
		return familyPage
	case major == "text":
		return familyText
	case major == "message":
		return familyMail
	case minor == "zip", minor == "x-zip-compressed", minor == "gzip", minor == "x-gzip", minor == "x-tar",
		minor == "x-rar-compressed", minor == "vnd.rar", minor == "x-7z-compressed", minor == "x-bzip2", minor == "x-xz":
		return familyArchive
	case minor == "msword", minor == "rtf", minor == "vnd.ms-excel", minor == "vnd.ms-powerpoint",
		strings.HasPrefix(minor, "vnd.openxmlformats-"), strings.HasPrefix(minor, "vnd.oasis."):
		return familyOffice
	}
	return familyUnknown
}

func extFamily(ext string) family {
	switch ext {
	case "pdf":
		return familyPDF
	case "png", "jpg", "jpeg", "jpe", "gif", "webp", "tif", "tiff", "bmp", "heic", "heif", "avif":
		return familyImage
	case "mp3", "mp4", "m4a", "mov", "wav", "avi", "ogg", "mkv", "webm":
		return familyMedia
	case "htm", "html", "xhtml", "shtml":
		return familyPage
	case "txt", "text", "md", "csv", "log", "ics", "vcf", "json", "xml":
		return familyText
	case "doc", "docx", "docm", "dot", "dotx", "rtf", "odt", "xls", "xlsx", "xlsm", "ods", "ppt", "pptx", "odp", "pages", "numbers", "key":
		return familyOffice
	case "zip", "rar", "7z", "gz", "tgz", "bz2", "xz", "tar", "cab", "zst":
		return familyArchive
	case "eml", "msg":
		return familyMail
	}
	return familyUnknown
}

// extOf is the last extension of a safe name, in lower case, without the dot.
func extOf(name string) string {
	i := strings.LastIndexByte(name, '.')
	if i < 0 || len(name)-i > 12 {
		return ""
	}
	return strings.ToLower(name[i+1:])
}

// disguise reports whether it matters that a file says it is one thing and is another:
// a program is never harmless, and a page or an archive is opened by what it is.
// Programs that call a PNG a JPEG, or a text an Office file, are many and mean no harm.
func disguise(said, is family) bool {
	if said == familyUnknown || is == familyUnknown || said == is {
		return false
	}
	switch is {
	case familyProgram:
		return true
	case familyPage:
		return said == familyPDF || said == familyImage || said == familyArchive || said == familyMedia
	case familyArchive:
		return said != familyMail
	case familyOffice:
		return said == familyPDF || said == familyImage || said == familyMedia
	}
	return false
}
