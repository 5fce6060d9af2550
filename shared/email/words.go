package email

import (
	"encoding/base64"
	"regexp"
	"strings"
)

// encodedWord is =?charset?B or Q?text?=, tolerant of blanks in the text, which
// the standard forbids and mail programs write.
var encodedWord = regexp.MustCompile(`=\?([^?\s]{1,60})\?([bBqQ])\?([^?]*)\?=`)

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
	for _, w := range encodedWord.FindAllStringSubmatchIndex(s, -1) {
		between := s[last:w[0]]
		word, _, _ := strings.Cut(s[w[2]:w[3]], "*") // RFC 2231 section 5: charset*language
		joined := last > 0 && strings.TrimSpace(between) == ""
		if !joined || !strings.EqualFold(word, label) {
			flush()
			label = word
		}
		if !joined {
			out.WriteString(guessHeader(between))
		}
		pending = append(pending, decodeWord(s[w[4]:w[5]], s[w[6]:w[7]])...)
		last = w[1]
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
