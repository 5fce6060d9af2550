package email

import (
	"strings"
)

// uuFile is a file that stood in a text.
type uuFile struct {
	name    string // as written
	content []byte
}

// withoutUU takes the files out of a text that stand there between "begin 644 name" and
// "end", as mail programs sent them before there were attachments. What only looks like
// one stays in the text: a line that is too short or too long, or no end.
func withoutUU(text string) (rest string, files []uuFile) {
	if !strings.Contains(text, "begin ") {
		return text, nil
	}
	var out strings.Builder
	kept := 0 // where what is still to be copied begins
	for at := 0; at < len(text); {
		line, next := lineAt(text, at)
		name, ok := uuBegin(line)
		if !ok {
			at = next
			continue
		}
		// A line that does not belong ends the search, and every start of a file is such
		// a line, so that no line is looked at twice.
		end, found := uuEnd(text, next)
		if !found {
			at = end
			continue
		}
		content, _ := decodeUU([]byte(text[at:end]))
		files = append(files, uuFile{name, content})
		out.WriteString(text[kept:at])
		at, kept = end, end
	}
	if files == nil {
		return text, nil
	}
	out.WriteString(text[kept:])
	return out.String(), files
}

// lineAt returns the line that starts there, without its end, and where the next starts.
func lineAt(text string, at int) (line string, next int) {
	i := strings.IndexByte(text[at:], '\n')
	if i < 0 {
		return text[at:], len(text)
	}
	return strings.TrimSuffix(text[at:at+i], "\r"), at + i + 1
}

// uuBegin reads the first line of a file: "begin", three or four octal digits, a name.
func uuBegin(line string) (name string, ok bool) {
	s, found := strings.CutPrefix(line, "begin ")
	if !found {
		return "", false
	}
	mode, name, _ := strings.Cut(s, " ")
	name = strings.TrimSpace(name)
	return name, (len(mode) == 3 || len(mode) == 4) && strings.Trim(mode, "01234567") == "" && name != ""
}

// uuEnd returns where the text goes on behind the file that begins there, or behind the
// lines that were looked at in vain.
func uuEnd(text string, at int) (end int, found bool) {
	for at < len(text) {
		line, next := lineAt(text, at)
		switch {
		case line == "end":
			return next, true
		case !uuLine(line):
			return at, false
		}
		at = next
	}
	return at, false
}

// uuLine reports whether a line holds as many characters as its first one says; blanks at
// its end get lost on the way, and some programs add a check sum.
func uuLine(line string) bool {
	if line == "" {
		return true
	}
	for i := range len(line) {
		if line[i] < ' ' || line[i] > '`' {
			return false
		}
	}
	n := int(line[0]-' ') & 63
	full := (n + 2) / 3 * 4
	return len(line)-1 <= full+2 && (n == 0 || len(line) > 1)
}

// bare takes out of a plain text what is no text: files in it, and the armour of PGP.
func (r *reader) bare(text string) string {
	text, files := withoutUU(text)
	for _, f := range files {
		r.warn(Uuencoded, "a file stood in the text as uuencode")
		r.keep(f)
	}
	return r.unarmoured(text)
}

// keep lists a file that stood in the text, once if the text is read twice.
func (r *reader) keep(f uuFile) {
	m := r.m
	a := Attachment{
		Original: cutText(cleanLine(f.name), 1000), ContentType: "application/octet-stream",
		Size: len(f.content), SHA256: hexHash(f.content), Content: f.content,
	}
	a.Name = safeName(a.Original, a.ContentType, len(m.Attachments)+1)
	for i := range m.Attachments {
		if m.Attachments[i].SHA256 == a.SHA256 && m.Attachments[i].Original == a.Original {
			return
		}
	}
	if len(m.Attachments) >= r.o.MaxAttachments {
		r.limit("the mail has too many attachments")
		return
	}
	m.Attachments = append(m.Attachments, a)
}
