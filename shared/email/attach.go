package email

import (
	"mime"
	"path"
	"strconv"
	"strings"
	"unicode"
)

// attachments lists every part that is not the text of the mail, in order.
func (r *reader) attachments(root *part) {
	if root.multipart() && len(root.kids) > 0 {
		for _, kid := range root.kids {
			r.attachments(kid)
		}
		return
	}
	if root.text || root.multipart() {
		return
	}
	if root.top && len(root.body) == 0 {
		return
	}
	m := r.m
	if len(m.Attachments) >= r.o.MaxAttachments {
		r.limit("the mail has too many attachments")
		return
	}
	content := r.content(root)
	a := Attachment{
		Original:    cutText(cleanLine(root.name), 1000),
		ContentType: cutText(root.media, 200),
		Size:        len(content),
		SHA256:      hexHash(content),
		Inline:      root.disp == "inline" || root.disp == "" && root.h.has("Content-Id"),
		Content:     content,
	}
	a.Name = safeName(a.Original, root.media, len(m.Attachments)+1)
	switch {
	case root.media == "text/plain" || root.media == "text/html":
		a.Text = cutText(r.leafText(root).text, r.o.MaxText)
	case root.media == "application/ms-tnef" || strings.EqualFold(a.Name, "winmail.dat"):
		r.warn(TNEF, "a winmail.dat part is kept unopened")
	case strings.HasSuffix(root.media, "pkcs7-mime"):
		r.warn(Encrypted, "the mail is encrypted or sealed with S/MIME")
	}
	m.Attachments = append(m.Attachments, a)
}

// safeName is a name that may be shown and offered for saving: no path, no
// control or direction characters, no leading dot, at most 255 bytes. A part
// without a usable name gets one from its place and declared type; the content
// is never looked at for that.
func safeName(original, media string, n int) string {
	name := path.Base(strings.ReplaceAll(original, `\`, "/"))
	name = strings.Map(func(c rune) rune {
		if invisible(c) || unicode.IsControl(c) || strings.ContainsRune(`<>:"|?*`+"\uFFFD", c) {
			return -1
		}
		return c
	}, name)
	name = strings.TrimSpace(strings.TrimLeft(strings.TrimSpace(name), ". "))
	if name == "" || name == "/" {
		ext := ".bin"
		switch known, err := mime.ExtensionsByType(media); {
		case media == "message/rfc822":
			ext = ".eml"
		case media == "text/plain":
			ext = ".txt"
		case media == "text/html":
			ext = ".html"
		case media == "image/jpeg":
			ext = ".jpg"
		case media == "text/calendar":
			ext = ".ics"
		case err == nil && len(known) > 0:
			ext = known[0]
		}
		return "part-" + strconv.Itoa(n) + ext
	}
	if len(name) > 255 {
		ext := path.Ext(name)
		if len(ext) > 20 {
			ext = ""
		}
		name = strings.TrimSpace(cutText(name, 255-len(ext))) + ext
	}
	return name
}
