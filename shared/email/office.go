package email

import (
	"bytes"
	"strconv"
	"strings"
	"unicode/utf8"
)

// maxUnpacked is how much of all word processor's files of a mail is unpacked.
const maxUnpacked = 4 << 20

// officeText reads the words of a .docx or .odt file: at most limit bytes are
// unpacked. spent is how many were; more reports that there was more to read.
func officeText(b []byte, k *kind, limit, most int) (text string, spent int, more bool) {
	e, ok := letterEntry(b, k)
	if !ok {
		return "", 0, false
	}
	page, more := e.unpack(b, limit)
	spent = len(page)
	if wideText(page) {
		s, _ := decodeCharset("utf-16", page)
		page = []byte(s)
	}
	w := xmlWords{odt: k == kindODT, most: most}
	w.read(page)
	return w.out.String(), spent, more || w.full
}

// xmlWords takes the words out of the XML of a letter. It is a scan for tags and no
// parser: a file cut on its way gives what came before the cut, no depth can exhaust
// anything, and no entity is known but those of every XML.
type xmlWords struct {
	out  strings.Builder
	odt  bool
	most int  // bytes of text
	full bool // there was more

	in     int    // elements open in which text counts
	vanish bool   // the run says that nobody sees it
	skip   string // element whose content does not count, until it ends
	nested int    // elements of that name open inside of it
}

func (w *xmlWords) read(b []byte) {
	for len(b) > 0 && !w.full {
		i := bytes.IndexByte(b, '<')
		if i < 0 {
			i = len(b)
		}
		w.text(b[:i])
		b = b[i:]
		switch {
		case len(b) == 0:
		case bytes.HasPrefix(b, []byte("<!--")):
			b = after(b, "-->")
		case bytes.HasPrefix(b, []byte("<![CDATA[")):
			end := bytes.Index(b, []byte("]]>"))
			if end < 0 {
				return
			}
			w.write(b[len("<![CDATA["):end])
			b = b[end+3:]
		case bytes.HasPrefix(b, []byte("<?")):
			b = after(b, "?>")
		default:
			tag := tagEnd(b)
			w.tag(b[1:tag])
			b = b[min(tag+1, len(b)):]
		}
	}
}

// after returns what follows the mark, or nothing.
func after(b []byte, mark string) []byte {
	i := bytes.Index(b, []byte(mark))
	if i < 0 {
		return nil
	}
	return b[i+len(mark):]
}

// tagEnd finds the end of the tag that b begins with. A ">" in quotes ends none.
func tagEnd(b []byte) int {
	for i := 1; i < len(b); i++ {
		switch b[i] {
		case '>':
			return i
		case '"', '\'':
			n := bytes.IndexByte(b[i+1:], b[i])
			if n < 0 {
				return len(b)
			}
			i += n + 1
		}
	}
	return len(b)
}

// tag acts on what stands between "<" and ">". Prefixes differ from program to program,
// so only what follows the colon counts.
func (w *xmlWords) tag(t []byte) {
	closing := bytes.HasPrefix(t, []byte("/"))
	empty := bytes.HasSuffix(t, []byte("/"))
	t = bytes.Trim(t, "/")
	name, attrs := t, []byte(nil)
	if i := bytes.IndexAny(t, " \t\r\n"); i >= 0 {
		name, attrs = t[:i], bytes.TrimRight(t[i:], " \t\r\n")
	}
	if i := bytes.IndexByte(name, ':'); i >= 0 {
		name = name[i+1:]
	}
	if w.skip != "" {
		switch {
		case string(name) != w.skip || empty:
		case !closing:
			w.nested++
		case w.nested > 0:
			w.nested--
		default:
			w.skip = ""
		}
		return
	}
	if w.odt {
		w.odtTag(name, attrs, closing, empty)
	} else {
		w.docxTag(name, attrs, closing, empty)
	}
}

func (w *xmlWords) docxTag(name, attrs []byte, closing, empty bool) {
	switch string(name) {
	case "t":
		w.open(closing, empty)
	case "p":
		if closing || empty {
			w.add("\n")
		}
	case "r":
		w.vanish = false
	case "vanish":
		v := attribute(attrs, "val")
		w.vanish = v != "0" && v != "false" && v != "off"
	case "br", "cr":
		w.add("\n")
	case "tab":
		// In the properties of a paragraph a tab is a place on the ruler.
		if len(attrs) == 0 {
			w.add("\t")
		}
	case "noBreakHyphen":
		w.add("-")
	case "Fallback": // says again what Choice said
		w.leave("Fallback", closing, empty)
	}
}

func (w *xmlWords) odtTag(name, attrs []byte, closing, empty bool) {
	switch string(name) {
	case "p", "h":
		if w.open(closing, empty); closing || empty {
			w.add("\n")
		}
	case "s":
		n, _ := strconv.Atoi(attribute(attrs, "c"))
		w.add(strings.Repeat(" ", min(max(n, 1), 80)))
	case "tab":
		w.add("\t")
	case "line-break":
		w.add("\n")
	case "tracked-changes", "annotation", "scripts":
		w.leave(string(name), closing, empty)
	}
}

// open counts the elements in which text counts.
func (w *xmlWords) open(closing, empty bool) {
	switch {
	case empty:
	case !closing:
		w.in++
	case w.in > 0:
		w.in--
	}
}

func (w *xmlWords) leave(name string, closing, empty bool) {
	if !closing && !empty {
		w.skip, w.nested = name, 0
	}
}

// attribute finds the value of an attribute by the end of its name.
func attribute(attrs []byte, name string) string {
	for rest := attrs; ; {
		i := bytes.Index(rest, []byte(name+"="))
		if i < 0 || i+len(name)+2 > len(rest) {
			return ""
		}
		before := i == 0 || rest[i-1] == ':' || rest[i-1] == ' '
		rest = rest[i+len(name)+1:]
		if !before || rest[0] != '"' && rest[0] != '\'' {
			continue
		}
		v, _, _ := bytes.Cut(rest[1:], rest[:1])
		return string(v[:min(len(v), 40)])
	}
}

// text adds what stands between tags, with its entities read.
func (w *xmlWords) text(b []byte) {
	for len(b) > 0 && w.in > 0 && w.skip == "" && !w.full {
		i := bytes.IndexByte(b, '&')
		if i < 0 {
			w.write(b)
			return
		}
		w.write(b[:i])
		b = b[i+1:]
		end := bytes.IndexByte(b[:min(len(b), 12)], ';')
		if end < 0 {
			w.add("&")
			continue
		}
		w.entity(string(b[:end]))
		b = b[end+1:]
	}
}

func (w *xmlWords) entity(name string) {
	switch name {
	case "amp":
		w.write([]byte("&"))
	case "lt":
		w.write([]byte("<"))
	case "gt":
		w.write([]byte(">"))
	case "quot":
		w.write([]byte(`"`))
	case "apos":
		w.write([]byte("'"))
	default:
		digits, base := strings.TrimPrefix(name, "#"), 10
		if strings.HasPrefix(digits, "x") {
			digits, base = digits[1:], 16
		}
		if n, err := strconv.ParseUint(digits, base, 21); err == nil && len(name) > len(digits) {
			w.write(utf8.AppendRune(nil, rune(n))) // #nosec G115 -- 21 bits
		}
	}
}

// write adds words of the letter, if they are to be seen.
func (w *xmlWords) write(b []byte) {
	if w.in > 0 && !w.vanish && w.skip == "" {
		w.room(len(b))
		w.out.Write(b[:min(len(b), w.most-w.out.Len())])
	}
}

// add writes what a tag stands for.
func (w *xmlWords) add(s string) {
	if w.room(len(s)); !w.full {
		w.out.WriteString(s)
	}
}

func (w *xmlWords) room(n int) {
	w.full = w.full || w.out.Len()+n > w.most
}
