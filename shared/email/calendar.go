package email

import "strings"

// invitation reads what a mail says that is nothing but a calendar entry: its
// summary, place, description and comment.
func (r *reader) invitation(p *part) piece {
	for _, kid := range p.kids {
		if found := r.invitation(kid); found.text != "" {
			return found
		}
	}
	if p.media != "text/calendar" && p.media != "application/ics" {
		return piece{}
	}
	r.warn(Calendar, "the mail is an invitation or the answer to one")
	return piece{text: strings.TrimSpace(r.clean(calendarText(r.words(p))))}
}

// calendarText takes the words out of an iCalendar object (RFC 5545).
func calendarText(s string) string {
	var out strings.Builder
	seen := map[string]bool{}
	for s != "" {
		line := ""
		line, s = unfolded(s)
		name, value, found := strings.Cut(line, ":")
		if !found {
			continue
		}
		name, params, _ := strings.Cut(name, ";")
		if strings.Contains(params, `="`) { // a quoted parameter may hold a colon
			if i := strings.Index(line, `":`); i >= 0 {
				value = line[i+2:]
			}
		}
		switch strings.ToUpper(name) {
		case "SUMMARY", "DESCRIPTION", "COMMENT", "LOCATION":
			if value = calendarEscapes.Replace(value); value != "" && !seen[value] && len(seen) < 100 {
				seen[value] = true
				out.WriteString(value)
				out.WriteByte('\n')
			}
		}
	}
	return out.String()
}

var calendarEscapes = strings.NewReplacer(`\n`, "\n", `\N`, "\n", `\,`, ",", `\;`, ";", `\\`, `\`)

// unfolded cuts the first line off, joined with those that continue it: they begin
// with a blank.
func unfolded(s string) (line, rest string) {
	line, rest, _ = strings.Cut(s, "\n")
	line = strings.TrimSuffix(line, "\r")
	if rest == "" || rest[0] != ' ' && rest[0] != '\t' {
		return line, rest
	}
	var out strings.Builder
	out.WriteString(line)
	for rest != "" && (rest[0] == ' ' || rest[0] == '\t') {
		line, rest, _ = strings.Cut(rest[1:], "\n")
		out.WriteString(strings.TrimSuffix(line, "\r"))
	}
	return out.String(), rest
}
