package email

import "strings"

// enrichedText takes the commands out of text/enriched (RFC 1896) or, if rich is
// set, of the older text/richtext (RFC 1341). In the first one line break is a
// blank and n of them are n-1; in the second only <nl> is a break.
func enrichedText(s string, rich bool) string {
	var out strings.Builder
	out.Grow(len(s))
	params, asIs, breaks := 0, 0, 0
	for s != "" {
		i := strings.IndexAny(s, "<\n")
		if i < 0 {
			i = len(s)
		}
		if i > 0 {
			if params == 0 {
				writeBreaks(&out, breaks, rich)
				breaks = 0
				out.WriteString(strings.TrimSuffix(s[:i], "\r"))
			}
			s = s[i:]
			continue
		}
		switch {
		case s[0] == '\n':
			if s = s[1:]; params > 0 {
				continue
			}
			if asIs > 0 {
				out.WriteByte('\n')
			} else {
				breaks++
			}
		case strings.HasPrefix(s, "<<"):
			writeBreaks(&out, breaks, rich)
			breaks = 0
			out.WriteByte('<')
			s = s[2:]
		default:
			var command string
			end := strings.IndexByte(s[:min(len(s), 64)], '>')
			if end < 0 { // no command
				out.WriteByte('<')
				s = s[1:]
				continue
			}
			command, s = strings.ToLower(s[1:end]), s[end+1:]
			switch command {
			case "param":
				params++
			case "/param":
				params = max(params-1, 0)
			case "nofill":
				asIs++
			case "/nofill":
				asIs = max(asIs-1, 0)
			case "nl", "np", "paragraph", "/paragraph":
				out.WriteByte('\n')
			case "lt":
				out.WriteByte('<')
			case "comment": // nobody is meant to read it
				params++
			case "/comment":
				params = max(params-1, 0)
			}
		}
	}
	return out.String()
}

// writeBreaks writes what n line breaks in a row stand for.
func writeBreaks(out *strings.Builder, n int, rich bool) {
	if n == 0 {
		return
	}
	if rich || n == 1 {
		out.WriteByte(' ')
		return
	}
	out.WriteString("\n\n\n"[:min(n-1, 3)])
}
