package email

import (
	"bytes"
	"strings"
)

const (
	pgpSigned    = "-----BEGIN PGP SIGNED MESSAGE-----"
	pgpSignature = "-----BEGIN PGP SIGNATURE-----"
	pgpSigEnd    = "-----END PGP SIGNATURE-----"
	pgpMessage   = "-----BEGIN PGP MESSAGE-----"
)

// unarmoured takes the armour of PGP off a text that is signed, and notes a part of it
// that is encrypted. The signature itself is not checked.
func (r *reader) unarmoured(text string) string {
	if !strings.Contains(text, "-----BEGIN PGP ") {
		return text
	}
	text, encrypted := withoutArmour(text)
	if encrypted {
		r.warn(Encrypted, "words of the text are encrypted with PGP")
	}
	return text
}

// withoutArmour undoes a cleartext signature (RFC 9580, section 7): the lines before and
// behind the text go, and the dashes put before lines that begin with one. A line that
// is no line of armour stays, so that nothing can be hidden between them.
func withoutArmour(text string) (rest string, encrypted bool) {
	const (
		outside = iota
		heading // of the signed text: "Hash: SHA256"
		inside
		signature
	)
	var out strings.Builder
	state := outside
	for at := 0; at < len(text); {
		line, next := lineAt(text, at)
		whole := text[at:next]
		at = next
		line = strings.TrimRight(line, " \t")
		switch {
		case line == pgpSigned:
			state = heading
			continue
		case line == pgpSignature && state != outside:
			state = signature
			continue
		case line == pgpMessage:
			encrypted = true
		case state == heading:
			if line == "" {
				state = inside
				continue
			}
			if isArmourField(line) {
				continue
			}
			state = inside
		case state == inside && strings.HasPrefix(line, "- "):
			whole = whole[2:]
		case state == signature:
			if line == pgpSigEnd {
				state = outside
				continue
			}
			if isArmourField(line) || line == "" || strings.IndexByte(line, ' ') < 0 && len(line) <= 100 {
				continue
			}
			state = outside
		}
		out.WriteString(whole)
	}
	return out.String(), encrypted
}

// isArmourField reports one of the lines at the head of armour.
func isArmourField(line string) bool {
	for _, name := range []string{"Hash: ", "Version: ", "Charset: ", "MessageID: ", "Comment: "} {
		if strings.HasPrefix(line, name) {
			return true
		}
	}
	return false
}

// unseal makes a mail that is signed with S/MIME and whose text stands inside of the
// signature into one whose parts can be read, as if the signature stood beside them. An
// encrypted one stays closed.
func (r *reader) unseal(p *part, depth int) bool {
	if !strings.HasSuffix(p.media, "pkcs7-mime") && !(p.media == "application/octet-stream" && extOf(p.name) == "p7m") {
		return false
	}
	if depth >= r.o.MaxDepth || r.parts >= r.o.MaxParts {
		return false
	}
	inner, ok := signedContent(r.content(p))
	if !ok {
		return false
	}
	h, body := r.open(inner)
	if !h.has("Content-Type") {
		return false
	}
	p.media = "multipart/signed"
	p.kids = []*part{r.walk(h, body, "text/plain", depth+1)}
	return true
}

// The object identifiers of what PKCS #7 holds, with their tag and length.
var (
	oidPKCS7  = []byte{0x06, 0x09, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x07}                   // and one byte more
	oidAuthed = []byte{0x06, 0x0b, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x09, 0x10, 0x01, 0x17} // encrypted, RFC 5083
)

// derKind tells PKCS #7, the envelope of S/MIME.
func derKind(b []byte) *kind {
	if len(b) < 20 || b[0] != 0x30 {
		return nil
	}
	seq, _, ok := berNext(b)
	switch {
	case !ok:
		return nil
	case bytes.HasPrefix(seq.content, oidAuthed):
		return kindSMIME
	case !bytes.HasPrefix(seq.content, oidPKCS7) || len(seq.content) <= len(oidPKCS7):
		return nil
	case seq.content[len(oidPKCS7)] != 2:
		return kindSMIME
	}
	if _, ok := signedString(b); ok {
		return kindSMIME
	}
	return kindPKCS7 // a signature beside its text
}

// isSigned reports PKCS #7 that is signed and not encrypted.
func isSigned(b []byte) bool {
	seq, _, ok := berNext(b)
	return ok && bytes.HasPrefix(seq.content, oidPKCS7) && len(seq.content) > len(oidPKCS7) && seq.content[len(oidPKCS7)] == 2
}

// signedContent returns the text inside of a signature.
func signedContent(b []byte) ([]byte, bool) {
	text, ok := signedString(b)
	switch {
	case !ok:
		return nil, false
	case text.tag == 0x04:
		return text.content, len(text.content) > 0
	}
	return joinedStrings(text.content)
}

// signedString finds the text, in one piece or in many:
//
//	SEQUENCE { signedData, [0] { SEQUENCE { version, SET, SEQUENCE { data, [0] { OCTET STRING
//
// It takes one way down and no recursion. Elements of unknown length are closed by two
// zero bytes; mail programs that sign while they read write them so.
func signedString(b []byte) (ber, bool) {
	if !isSigned(b) {
		return ber{}, false
	}
	e, _, _ := berNext(b)
	for _, way := range [...]struct {
		pass int
		tag  byte
	}{{1, 0xa0}, {0, 0x30}, {2, 0x30}, {1, 0xa0}} {
		var ok bool
		if e, ok = e.within(way.pass, way.tag); !ok {
			return ber{}, false
		}
	}
	text, _, ok := berNext(e.content)
	return text, ok && (text.tag == 0x04 || text.tag == 0x24)
}

// joinedStrings puts together a string that was written in pieces.
func joinedStrings(b []byte) ([]byte, bool) {
	var out []byte
	for len(b) > 0 {
		piece, rest, ok := berNext(b)
		if !ok || piece.tag != 0x04 {
			break
		}
		out = append(out, piece.content...)
		b = rest
	}
	return out, len(out) > 0
}

// ber is one element. Of one without a length, content goes to the end of what holds it.
type ber struct {
	tag     byte
	content []byte
	open    bool // without a length
}

// berNext reads the element that b begins with, and what follows it. Behind one without
// a length nothing is known to follow. An element longer than what there is, is cut.
func berNext(b []byte) (e ber, rest []byte, ok bool) {
	if len(b) < 2 || b[0] == 0 || b[0]&0x1f == 0x1f {
		return ber{}, nil, false
	}
	e.tag = b[0]
	n, at := int(b[1]), 2
	switch {
	case n == 0x80:
		e.open, e.content = true, b[2:]
		return e, nil, e.tag&0x20 != 0
	case n > 0x80:
		size := n & 0x7f
		if size > 4 || len(b) < 2+size {
			return ber{}, nil, false
		}
		n, at = 0, 2+size
		for _, c := range b[2:at] {
			n = n<<8 | int(c)
		}
	}
	n = min(n, len(b)-at)
	e.content = b[at : at+n]
	return e, b[at+n:], true
}

// within passes over some elements and returns the next, if it is of that tag. What is
// passed over are numbers, names and sets, which everybody writes with their length.
func (e ber) within(pass int, tag byte) (ber, bool) {
	b := e.content
	for range pass {
		one, rest, ok := berNext(b)
		if !ok || one.open {
			return ber{}, false
		}
		b = rest
	}
	next, _, ok := berNext(b)
	return next, ok && next.tag == tag
}
