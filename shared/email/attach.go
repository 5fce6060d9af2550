package email

import (
	"path"
	"strconv"
	"strings"
	"unicode"
)

const (
	maxExamined = 10 << 20 // bytes of an attachment that is looked into
	maxRead     = 4 << 20  // bytes of all letters of a mail that are read, before they are unpacked
)

// attachments lists every part that is not the text of the mail, in order. The files
// that stood in the text itself are there already.
func (r *reader) attachments(root *part) {
	b := budget{text: r.o.MaxText, unpacked: maxUnpacked, read: maxRead}
	for i := range r.m.Attachments {
		r.examine(&r.m.Attachments[i], nil, &b)
	}
	r.attach(root, &b)
}

// budget is what reading the letters of one mail may still cost, all together.
type budget struct {
	text     int // bytes of words
	unpacked int // bytes out of word processor's files
	read     int // bytes of text, HTML and RTF
}

func (r *reader) attach(p *part, b *budget) {
	if p.multipart() && len(p.kids) > 0 {
		for _, kid := range p.kids {
			r.attach(kid, b)
		}
		return
	}
	if p.text || p.multipart() || p.top && len(p.body) == 0 {
		return
	}
	m := r.m
	if len(m.Attachments) >= r.o.MaxAttachments {
		r.limit("the mail has too many attachments")
		return
	}
	content := r.exact(p)
	a := Attachment{
		Original:    cutText(cleanLine(p.name), 1000),
		ContentType: cutText(p.media, 200),
		Size:        len(content),
		SHA256:      hexHash(content),
		Inline:      p.disp == "inline" || p.disp == "" && p.h.has("Content-Id"),
		Content:     content,
	}
	a.Name = safeName(a.Original, p.media, len(m.Attachments)+1)
	r.examine(&a, p, b)
	m.Attachments = append(m.Attachments, a)
}

// examine looks at what an attachment holds. p is the part it came in, or nil.
func (r *reader) examine(a *Attachment, p *part, b *budget) {
	k := detect(a.Content)
	if k == kindApple && extOf(a.Name) == "pages" {
		k = kindPages
	}
	if k != nil {
		a.Detected = k.media
		for _, said := range claims(a.ContentType, a.Name) {
			if disguise(said, k.family) {
				r.warn(TypeMismatch, "an attachment says it is "+familyNames[said]+" and is "+familyNames[k.family])
			}
		}
	}
	switch {
	case a.ContentType == "application/ms-tnef" || k == kindTNEF || strings.EqualFold(a.Name, "winmail.dat"):
		r.warn(TNEF, "a winmail.dat part is kept unopened")
	case strings.HasSuffix(a.ContentType, "pkcs7-mime"), k == kindSMIME && extOf(a.Name) == "p7m":
		r.warn(Encrypted, "the mail is encrypted or sealed with S/MIME")
	}
	if k != nil && k.family == familyArchive {
		a.Archive = true
		r.warn(ArchiveAttached, "an archive is kept unopened")
	}
	if len(a.Content) > maxExamined {
		r.warn(AttachmentLarge, "an attachment is larger than 10 MB and is not looked into")
	} else if k != nil && locked(k, a.Content) {
		a.Encrypted = true
		r.warn(AttachmentLocked, "an attachment is encrypted")
	}
	a.Letter = k != nil && k.letter && !isData(a, k) || (k == nil || k == kindPlain) && saysLetter(a) || r.scanned(a, k)
	read := r.readLetter(a, p, k, b)
	if a.Letter && !read && a.Text == "" && a.Size > 0 {
		r.warn(LetterUnread, "a letter is attached whose words cannot be read here")
	}
}

// saysLetter reports a file that says it is a letter, though its bytes do not show it.
func saysLetter(a *Attachment) bool {
	switch a.ContentType {
	case "application/pdf", "application/msword", "application/rtf", kindDOCX.media, kindODT.media:
		return true
	}
	switch extOf(a.Name) {
	case "pdf", "doc", "docx", "docm", "odt", "rtf", "pages", "wpd", "wps":
		return true
	}
	return false
}

// isData tells the texts that are no letters, and the mails that are read as forwards.
func isData(a *Attachment, k *kind) bool {
	switch k {
	case kindMail:
		return strings.HasPrefix(a.ContentType, "message/")
	case kindPlain:
		switch a.ContentType {
		case "text/csv", "text/css", "text/javascript", "text/calendar", "text/x-vcard", "text/vcard", "text/rfc822-headers",
			"application/json", "application/pgp-encrypted", "application/pgp-signature":
			return true
		}
		switch extOf(a.Name) {
		case "csv", "log", "json", "xml", "css", "js", "ts", "ics", "vcf", "diff", "patch", "sql", "yaml", "yml", "ini", "conf":
			return true
		}
		return strings.HasPrefix(a.ContentType, "message/")
	}
	return false
}

// scanned reports an image that is most likely a letter on paper: its name says so, or
// nothing else is in the mail.
func (r *reader) scanned(a *Attachment, k *kind) bool {
	switch k {
	case kindTIFF, kindJPEG, kindPNG, kindHEIC:
		return namesLetter(a.Name) || !hasWords(r.m.Text)
	}
	return false
}

// letterWords are what people and machines call a letter on paper.
var letterWords = []string{
	"scan", "scanned", "scanner", "camscanner", "letter", "request", "document", "gdpr", "ccpa", "dsgvo", "rgpd", "avg", "rodo", "lgpd",
	"brief", "schreiben", "antrag", "anfrage", "dokument", "lettre", "courrier", "demande", "carta", "solicitud", "documento",
	"lettera", "richiesta", "pedido", "requerimento", "verzoek", "pismo", "wniosek", "skan",
}

// namesLetter reports whether a word of the name is one of those. Digits end a word:
// machines number their scans.
func namesLetter(name string) bool {
	for word := range strings.FieldsFuncSeq(name, func(c rune) bool { return !unicode.IsLetter(c) }) {
		for _, w := range letterWords {
			if strings.EqualFold(word, w) {
				return true
			}
		}
	}
	return false
}

// readLetter fills the words of a letter, where they can be read. It reports whether
// the attachment is a text, which holds no other words than those.
func (r *reader) readLetter(a *Attachment, p *part, k *kind, b *budget) (isText bool) {
	if k == nil || a.Encrypted || len(a.Content) > maxExamined {
		return false
	}
	text, cut := "", false
	switch k {
	case kindDOCX, kindODT:
		if cut = b.unpacked <= 0 || b.text <= 0; !cut {
			var spent int
			text, spent, cut = officeText(a.Content, k, b.unpacked, b.text)
			b.unpacked -= spent
		}
	case kindRTF:
		if cut = b.read <= 0 || b.text <= 0; !cut {
			text, cut = rtfText(a.Content[:min(len(a.Content), b.read)], b.text)
			cut = cut || len(a.Content) > b.read
			b.read -= len(a.Content)
		}
	default:
		media := textOf(a, p, k)
		if media == "" {
			return false
		}
		isText = true
		if cut = b.read <= 0 || b.text <= 0; !cut {
			text = r.attachedText(a, p, media)
			b.read -= len(a.Content)
		}
	}
	if cut {
		r.limit("an attached letter is too long to be read whole")
	}
	a.Text = cutText(strings.TrimSpace(cleanText(text)), max(b.text, 0))
	b.text -= len(a.Text)
	return isText
}

// textOf says as what an attachment is read as text: as what it is declared, unless it
// holds something else, and a text sent as mere bytes by what it is.
func textOf(a *Attachment, p *part, k *kind) string {
	switch {
	case k.family != familyText && k.family != familyPage && k.family != familyMail:
		return ""
	case p != nil && (p.media == "text/plain" || p.media == "text/html"):
		return p.media
	case k != kindPlain && k != kindHTML || !a.Letter:
		return ""
	}
	for _, said := range claims(a.ContentType, a.Name) {
		if said != familyUnknown && said != familyText && said != familyPage {
			return ""
		}
	}
	return k.media
}

// attachedText decodes a text with the means of the text of the mail.
func (r *reader) attachedText(a *Attachment, p *part, media string) string {
	q := &part{media: media, decoded: a.Content}
	if p != nil {
		*q = *p
		q.media = media
	}
	if wideText(a.Content) {
		q.params = map[string]string{"charset": "utf-16"}
	}
	return r.leafText(q).text
}

// Windows opens no file of these names, whatever stands behind the first dot.
var deviceNames = []string{
	"con", "prn", "aux", "nul", "conin$", "conout$",
	"com0", "com1", "com2", "com3", "com4", "com5", "com6", "com7", "com8", "com9", "com¹", "com²", "com³",
	"lpt0", "lpt1", "lpt2", "lpt3", "lpt4", "lpt5", "lpt6", "lpt7", "lpt8", "lpt9", "lpt¹", "lpt²", "lpt³",
}

const maxName = 255 // bytes, the most that file systems take

// safeName is a name that may be shown and offered for saving: no path, no
// control or direction characters, no leading dot, no dot or blank at the end, no name
// of a device, at most 255 bytes. A part without a usable name gets one from its place
// and declared type; the content is never looked at for that.
func safeName(original, media string, n int) string {
	name := path.Base(strings.ReplaceAll(original, `\`, "/"))
	name = strings.Map(func(c rune) rune {
		switch {
		case invisible(c), unicode.IsControl(c), strings.ContainsRune("<>:\"|?*\uFFFD", c):
			return -1
		case c == '∕', c == '⁄', c == '⧸', c == '／', c == '＼', c == '﹨':
			return '-' // looks like a path
		}
		return c
	}, name)
	name = trimName(name)
	if name == "" || name == "/" {
		return "part-" + strconv.Itoa(n) + "." + extFor(media)
	}
	stem, _, _ := strings.Cut(name, ".")
	for _, device := range deviceNames {
		if strings.EqualFold(strings.TrimSpace(stem), device) {
			name = "_" + name
			break
		}
	}
	if len(name) > maxName {
		ext := path.Ext(name)
		if len(ext) > 20 {
			ext = ""
		}
		name = trimName(cutText(name, maxName-len(ext))) + ext
	}
	return name
}

// trimName cuts off what hides a file on Unix, and what Windows drops without a word:
// "a.exe." is a.exe there.
func trimName(name string) string {
	return strings.TrimRightFunc(strings.TrimLeftFunc(name, isDotOrBlank), isDotOrBlank)
}

func isDotOrBlank(c rune) bool { return c == '.' || unicode.IsSpace(c) }

// extensions are those of the types that mail carries. The table is our own because that
// of the system differs from machine to machine.
var extensions = map[string]string{
	"message/rfc822": "eml", "message/global": "eml", "text/plain": "txt", "text/html": "html", "text/calendar": "ics",
	"text/vcard": "vcf", "text/x-vcard": "vcf", "text/csv": "csv", "text/xml": "xml", "application/xml": "xml", "application/json": "json",
	"text/rtf": "rtf", "application/rtf": "rtf", "application/pdf": "pdf", "application/msword": "doc", "application/vnd.ms-excel": "xls",
	"application/vnd.ms-powerpoint": "ppt", "application/vnd.ms-outlook": "msg", "application/ms-tnef": "dat",
	"application/vnd.openxmlformats-officedocument.wordprocessingml.document":   "docx",
	"application/vnd.openxmlformats-officedocument.spreadsheetml.sheet":         "xlsx",
	"application/vnd.openxmlformats-officedocument.presentationml.presentation": "pptx",
	"application/vnd.oasis.opendocument.text":                                   "odt",
	"image/png": "png", "image/jpeg": "jpg", "image/jpg": "jpg", "image/gif": "gif", "image/webp": "webp", "image/tiff": "tif",
	"image/bmp": "bmp", "image/heic": "heic", "image/svg+xml": "svg", "audio/mpeg": "mp3", "video/mp4": "mp4",
	"application/zip": "zip", "application/gzip": "gz", "application/x-gzip": "gz", "application/pgp-signature": "asc",
	"application/pgp-keys": "asc", "application/pkcs7-mime": "p7m", "application/x-pkcs7-mime": "p7m",
	"application/pkcs7-signature": "p7s", "application/x-pkcs7-signature": "p7s",
}

func extFor(media string) string {
	if ext, known := extensions[media]; known {
		return ext
	}
	return "bin"
}
