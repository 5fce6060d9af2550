package email

import "strings"

const maxAuthResults = 8 << 10

// authResults is one Authentication-Results field (RFC 8601).
type authResults struct {
	server  string // authserv-id
	clauses []authClause
}

// authClause is one method with its result. Properties belong to their clause:
// code that gathers them across clauses believes "dkim=fail header.d=victim;
// dkim=pass header.d=mine".
type authClause struct {
	method, result string
	props          map[string]string // "header.d"; a property given twice with different values is ""
}

// parseAuthResults reads a field value. Half of it is the sender's text (the
// envelope sender, the greeting, the comment of SPF), so anything whose end is
// open to doubt makes ok false and nothing of it is believed: an unbalanced
// quote or comment, a quote inside a comment, more than 8 kB.
func parseAuthResults(v string) (a authResults, ok bool) {
	if len(v) > maxAuthResults {
		return authResults{}, false
	}
	clauses, ok := authTokens(v)
	if !ok || len(clauses) == 0 || len(clauses[0]) == 0 {
		return authResults{}, false
	}
	// The id may be followed by a version number and nothing else.
	id := clauses[0]
	if len(id) > 2 || id[0] == "=" || len(id) == 2 && id[1] != "1" {
		return authResults{}, false
	}
	a.server = id[0]
	for _, tokens := range clauses[1:] {
		if c, found := readClause(tokens); found {
			a.clauses = append(a.clauses, c)
		}
	}
	return a, true
}

// authTokens splits a value into clauses at ";" and those into words and "=".
// Comments are dropped, quotes taken off; a quoted string that touches a word is
// part of it ("odd local"@example.com).
func authTokens(v string) (clauses [][]string, ok bool) {
	var tokens []string
	var word strings.Builder
	inWord := false
	end := func() {
		if inWord {
			tokens = append(tokens, word.String())
			word.Reset()
			inWord = false
		}
	}
	for i := 0; i < len(v); {
		switch c := v[i]; c {
		case ' ', '\t', '\r', '\n':
			end()
			i++
		case ';':
			end()
			clauses = append(clauses, tokens)
			tokens = nil
			i++
		case '=':
			end()
			tokens = append(tokens, "=")
			i++
		case '(':
			end()
			n := commentLen(v[i:])
			if n < 0 {
				return nil, false
			}
			i += n
		case ')':
			return nil, false
		case '"':
			n, text := quotedString(v[i:])
			if n < 0 {
				return nil, false
			}
			word.WriteString(text)
			inWord = true
			i += n
		default:
			word.WriteByte(c)
			inWord = true
			i++
		}
	}
	end()
	return append(clauses, tokens), true
}

// commentLen is the length of the comment that starts v, nested ones included,
// or -1 if it does not end or holds a quote: a quoted local part with a bracket
// in it, copied into a comment, could end the comment early.
func commentLen(v string) int {
	depth := 0
	for i := 0; i < len(v); i++ {
		switch v[i] {
		case '\\':
			i++
		case '"':
			return -1
		case '(':
			depth++
		case ')':
			if depth--; depth == 0 {
				return i + 1
			}
		}
	}
	return -1
}

// quotedString is the length and the text of the quoted string that starts v,
// or -1 if it does not end.
func quotedString(v string) (n int, text string) {
	var b strings.Builder
	for i := 1; i < len(v); i++ {
		switch {
		case v[i] == '\\' && i+1 < len(v):
			i++
			b.WriteByte(v[i])
		case v[i] == '"':
			return i + 1, b.String()
		default:
			b.WriteByte(v[i])
		}
	}
	return -1, ""
}

// readClause reads "method = result" with its "property = value" pairs. Words
// that are no pair (SES writes client addresses between) are skipped.
func readClause(t []string) (c authClause, ok bool) {
	if len(t) < 3 || t[1] != "=" || t[0] == "=" || t[2] == "=" {
		return c, false
	}
	method, _, _ := strings.Cut(t[0], "/") // "dkim/1"
	c = authClause{method: strings.ToLower(method), result: strings.ToLower(t[2]), props: map[string]string{}}
	for i := 3; i+2 < len(t); {
		if t[i+1] != "=" || t[i] == "=" || t[i+2] == "=" {
			i++
			continue
		}
		name, value := strings.ToLower(t[i]), t[i+2]
		if old, twice := c.props[name]; twice && old != value {
			value = ""
		}
		c.props[name] = value
		i += 3
	}
	return c, true
}
