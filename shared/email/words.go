package email

import (
	"encoding/base64"
	"strings"
)

// encodedWord is =?charset?kind?text?=.
type encodedWord struct {
	start, end        int // in the value
	label, kind, text string
}

// nextWord finds the first encoded word of s at or behind from; ok is false if there is
// none. It allows the blanks in the text that the standard forbids and mail programs
// write.
func nextWord(s string, from int) (w encodedWord, ok bool) {
	for {
		i := strings.Index(s[from:], "=?")
		if i < 0 {
			return w, false
		}
		w.start = from + i
		from = w.start + 2
		label, rest, found := strings.Cut(s[from:min(len(s), from+61)], "?")
		if !found || label == "" || strings.ContainsAny(label, " \t\n") || len(rest) < 2 || rest[1] != '?' || !strings.Contains("bBqQ", rest[:1]) {
			continue
		}
		text := from + len(label) + 3
		end := strings.IndexByte(s[text:], '?')
		if end < 0 || text+end+1 >= len(s) || s[text+end+1] != '=' {
			continue
		}
		w.label, _, _ = strings.Cut(label, "*") // RFC 2231 section 5: charset*language
		w.kind, w.text, w.end = rest[:1], s[text:text+end], text+end+2
		return w, true
	}
}

// decodeWords decodes the encoded words of RFC 2047 in a header value, word by
// word: one unknown charset leaves one word readable as far as it goes, where
// go-message gives the whole value back as it was. Neighbours of one charset are
// joined before decoding because programs split characters between them.
func decodeWords(s string) string {
	if !strings.Contains(s, "=?") {
		return guessHeader(s)
	}
	var out strings.Builder
	var pending []byte // decoded bytes of neighbouring words of one charset
	label := ""
	flush := func() {
		if len(pending) > 0 {
			text, _ := decodeCharset(label, pending)
			out.WriteString(text)
			pending = pending[:0]
		}
	}
	last := 0
	for {
		w, ok := nextWord(s, last)
		if !ok {
			break
		}
		between := s[last:w.start]
		joined := last > 0 && strings.TrimSpace(between) == ""
		if !joined || !strings.EqualFold(w.label, label) {
			flush()
			label = w.label
		}
		if !joined {
			out.WriteString(guessHeader(between))
		}
		pending = append(pending, decodeWord(w.kind, w.text)...)
		last = w.end
	}
	flush()
	out.WriteString(guessHeader(s[last:]))
	return out.String()
}

func decodeWord(kind, text string) []byte {
	if kind == "b" || kind == "B" {
		if out, err := base64.StdEncoding.DecodeString(text); err == nil {
			return out
		}
		out, _ := decodeBase64([]byte(text))
		return out
	}
	out := make([]byte, 0, len(text))
	for i := 0; i < len(text); i++ {
		c := text[i]
		switch {
		case c == '_':
			out = append(out, ' ')
		case c == '=' && i+2 < len(text) && unhex(text[i+1]) < 16 && unhex(text[i+2]) < 16:
			out = append(out, unhex(text[i+1])<<4|unhex(text[i+2]))
			i += 2
		default:
			out = append(out, c)
		}
	}
	return out
}

// guessHeader reads raw 8-bit header text, which has no label.
func guessHeader(s string) string {
	if plainASCII(s, true) {
		return s
	}
	return guessCharset([]byte(s))
}

// line returns the first field of that name, decoded, as one safe line.
func (h *header) line(name string) string {
	return cleanLine(decodeWords(h.get(name)))
}
