package email

import (
	"bytes"
	"strings"
)

// part is one node of the tree of parts. Its body aliases the raw mail until
// content decodes it.
type part struct {
	h       header
	media   string // what it is read as; lower-case, never empty
	said    string // what its header says it is
	params  map[string]string
	disp    string // "inline", "attachment", "" or another word
	name    string // file name as written, decoded
	body    []byte // as transferred, LF line ends
	kids    []*part
	top     bool   // the mail itself, or the mail in a message/rfc822 part
	text    bool   // its words are in the text of the mail, or in the version not chosen
	decoded []byte // set by content
}

func (p *part) multipart() bool { return strings.HasPrefix(p.media, "multipart/") }

// walk reads one part and all below it. It bounds depth and number of parts
// itself: go-message's own walk takes seconds for ten thousand nested parts,
// and gives the same error for ever for a broken one.
func (r *reader) walk(h header, body []byte, byDefault string, depth int) *part {
	p := &part{h: h, body: body, top: depth == 0}
	var odd, cut, cutToo bool
	p.media, p.params, odd, cut = p.h.mediaType(byDefault, r.o.MaxParams)
	p.said = p.media
	p.disp, p.name, cutToo = p.h.disposition(p.params, r.o.MaxParams)
	r.parts++
	if odd {
		r.warn(TypeUnreadable, "a Content-Type does not follow the grammar; what it means was guessed")
	}
	if cut || cutToo {
		r.limit("a field has too many parameters")
	}
	if h.repaired && depth > 0 {
		r.warn(HeaderRepaired, "lines of a part's header that are no fields were left out")
	}
	if h.cut {
		r.limit("a header block is too large")
	}
	if r.unseal(p, depth) || !p.multipart() && !r.disguised(p) {
		return p
	}
	if depth >= r.o.MaxDepth {
		r.limit("parts are nested too deep")
		return p
	}
	boundary := p.params["boundary"]
	pieces := r.pieces(body, boundary)
	if len(pieces) == 0 {
		boundary = sniffBoundary(body)
		pieces = r.pieces(body, boundary)
		r.warn(BoundaryMissing, "a multipart does not use the boundary it names")
	}
	if len(pieces) == 0 { // no part anywhere: the body is the text
		p.media = "text/plain"
		return p
	}
	childDefault := "text/plain"
	if p.media == "multipart/digest" {
		childDefault = "message/rfc822"
	}
	for _, piece := range pieces {
		if r.parts >= r.o.MaxParts {
			r.limit("the mail has too many parts")
			break
		}
		kh, kb := splitHeader(piece, r.o.headerLimits())
		p.kids = append(p.kids, r.walk(kh, kb, childDefault, depth+1))
	}
	return p
}

// disguised turns a part that is a multipart in all but name into one: the type
// is junk, but the body opens with a boundary that comes again.
func (r *reader) disguised(p *part) bool {
	if !p.top || strings.HasPrefix(p.media, "text/") && p.params["boundary"] == "" {
		return false
	}
	if strings.HasPrefix(p.media, "message/") || !bytes.HasPrefix(p.body, []byte("--")) {
		return false
	}
	b := p.params["boundary"]
	if b == "" {
		b = sniffBoundary(p.body)
	}
	if b == "" {
		return false
	}
	p.media = "multipart/mixed"
	if p.params == nil {
		p.params = map[string]string{}
	}
	p.params["boundary"] = b
	r.warn(BoundaryMissing, "the mail has parts but does not say so")
	return true
}

// pieces cuts a multipart body at its boundary lines. A missing closing line
// costs nothing: the last part goes to the end. Preamble and epilogue are left
// out. At most as many pieces come back as may still be read, and one more.
func (r *reader) pieces(body []byte, boundary string) [][]byte {
	boundary = strings.TrimRight(boundary, " \t\n")
	if boundary == "" {
		return nil
	}
	delim := []byte("--" + boundary)
	var found [][]byte
	open := -1 // start of the piece being read
	for at := 0; at < len(body); {
		i, next, closing := findBoundary(body, at, delim)
		if i < 0 {
			break
		}
		if open >= 0 {
			found = append(found, body[open:max(open, i-1)])
		}
		open = next
		if closing {
			return found
		}
		if len(found)+r.parts > r.o.MaxParts {
			return found
		}
		at = next
	}
	if open >= 0 && open <= len(body) {
		r.warn(BoundaryMissing, "a multipart has no closing boundary")
		found = append(found, body[open:])
	}
	return found
}

// findBoundary looks for delim at the start of a line at or after from. It
// returns where that line starts and where the next one does, or -1.
func findBoundary(body []byte, from int, delim []byte) (start, next int, closing bool) {
	for from < len(body) {
		i := bytes.Index(body[from:], delim)
		if i < 0 {
			return -1, 0, false
		}
		i += from
		from = i + len(delim)
		if i > 0 && body[i-1] != '\n' {
			continue
		}
		line, _ := cutLine(body[from:])
		tail := bytes.TrimRight(line, " \t")
		closing = bytes.Equal(tail, []byte("--")) || bytes.HasPrefix(tail, []byte("-- "))
		if len(tail) > 0 && !closing {
			continue // another boundary that begins with this one
		}
		return i, min(from+len(line)+1, len(body)), closing
	}
	return -1, 0, false
}

// content returns the decoded bytes of a leaf and remembers them.
func (r *reader) content(p *part) []byte {
	if p.decoded != nil {
		return p.decoded
	}
	out, ok := decodeTransfer(p.h.get("Content-Transfer-Encoding"), p.body)
	if !ok {
		r.warn(EncodingDamaged, "a part's transfer encoding is unknown or damaged")
	}
	if out == nil {
		out = []byte{}
	}
	p.decoded = out
	return out
}

// exact returns the decoded bytes of an attachment as its sender had them, line ends
// included: text is read with LF, but a file is a file, and its hash is compared.
func (r *reader) exact(p *part) []byte {
	switch enc, _ := transferEncoding(p.h.get("Content-Transfer-Encoding")); enc {
	case "":
		if at, n, ok := r.origin(p.body); ok {
			return at.raw[rawOffset(at.raw, n):rawOffset(at.raw, n+len(p.body))]
		}
	case "quoted-printable":
		if _, _, ok := r.origin(p.body); ok {
			r.content(p) // warns
			out, _ := decodeQuotedPrintable(p.body, "\r\n")
			return out
		}
	}
	return r.content(p)
}

// words returns the content of a text part as clean text, without markup being
// taken out.
func (r *reader) words(p *part) string {
	b := r.content(p)
	if len(b) > r.o.MaxText*4 {
		b = b[:r.o.MaxText*4]
		r.limit("a text is too long")
	}
	label := p.params["charset"]
	if p.media == "text/html" && label == "" {
		label = metaCharset(b)
	}
	s, ok := decodeCharset(label, b)
	if !ok {
		r.warn(CharsetGuessed, "a text names no charset we know, or not the one it is in")
	}
	return s
}
