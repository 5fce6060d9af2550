package email

import (
	"bytes"
	"regexp"
	"strings"
)

var boundaryParam = regexp.MustCompile(`(?i)boundary\s*=\s*(?:"([^"]+)"|'([^']+)'|([^\s;"]+))`)

// mediaType reads Content-Type for what it means. A value that no parser takes
// is cut at the first semicolon; without a slash it is text/plain, as is a
// missing one. mime's own parser keeps the bad value whole, so that a text part
// looks like an attachment and a multipart has no boundary.
func (h *header) mediaType(byDefault string) (media string, params map[string]string) {
	raw := h.get("Content-Type")
	if strings.TrimSpace(raw) == "" {
		return byDefault, nil
	}
	media, params, err := h.ContentType()
	if err != nil || params == nil {
		params = map[string]string{}
	}
	if err != nil || !strings.Contains(media, "/") {
		media, _, _ = strings.Cut(raw, ";")
		if i := strings.IndexAny(media, " \t\n,"); i >= 0 {
			media = media[:i]
		}
		if m := charsetParam.FindStringSubmatch(raw); m != nil {
			params["charset"] = m[1]
		}
		for _, p := range []string{"name", "report-type"} {
			if v := looseParam(raw, p); v != "" {
				params[p] = v
			}
		}
	}
	if params["boundary"] == "" {
		if m := boundaryParam.FindStringSubmatch(raw); m != nil {
			params["boundary"] = m[1] + m[2] + m[3]
		}
	}
	media = strings.ToLower(strings.Trim(cleanLine(guessHeader(media)), " \"'"))
	switch {
	case strings.HasPrefix(media, "mutlipart/"), strings.HasPrefix(media, "mulitpart/"), strings.HasPrefix(media, "multi-part/"):
		media = "multipart/" + media[strings.IndexByte(media, '/')+1:]
	case !strings.Contains(media, "/") || strings.HasPrefix(media, "/") || strings.HasSuffix(media, "/"):
		if params["boundary"] != "" {
			return "multipart/mixed", params
		}
		return "text/plain", params
	}
	return media, params
}

var charsetParam = regexp.MustCompile(`(?i)charset\s*=\s*["']?([^\s;"']+)`)

// looseParam finds name="value" or name=value in a field that does not parse.
func looseParam(raw, name string) string {
	low := strings.ToLower(raw)
	for from := 0; ; {
		i := strings.Index(low[from:], name+"=")
		if i < 0 {
			return ""
		}
		i += from
		from = i + len(name) + 1
		if i > 0 && !strings.ContainsRune("; \t\n\"", rune(low[i-1])) {
			continue
		}
		v := raw[min(from, len(raw)):]
		if rest, quoted := strings.CutPrefix(v, `"`); quoted {
			v, _, _ = strings.Cut(rest, `"`)
			return v
		}
		if end := strings.IndexAny(v, "; \t\n"); end >= 0 {
			v = v[:end]
		}
		return v
	}
}

// disposition reads Content-Disposition: its word and the file name the part is
// given there or in Content-Type, decoded.
func (h *header) disposition(params map[string]string) (word, name string) {
	raw := h.get("Content-Disposition")
	var dp map[string]string
	if raw != "" {
		var err error
		if word, dp, err = h.ContentDisposition(); err != nil {
			word, _, _ = strings.Cut(raw, ";")
			dp = map[string]string{"filename": looseParam(raw, "filename")}
		}
	}
	name = dp["filename"]
	if name == "" {
		name = params["name"]
	}
	return strings.ToLower(strings.TrimSpace(word)), decodeWords(name)
}

// sniffBoundary finds the boundary of a multipart that does not name it: the
// first line of the body that begins with two hyphens and occurs again.
func sniffBoundary(body []byte) string {
	for i, rest := 0, body; i < 50 && len(rest) > 0; i++ {
		var line []byte
		line, rest = cutLine(rest)
		line = bytes.TrimRight(line, " \t")
		if len(line) < 5 || len(line) > 200 || !bytes.HasPrefix(line, []byte("--")) || len(bytes.Trim(line, "-")) == 0 {
			continue
		}
		if bytes.Contains(rest, append([]byte("\n"), line...)) {
			return string(line[2:])
		}
	}
	return ""
}
