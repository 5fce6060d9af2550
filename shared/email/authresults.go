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
	props          []authProp // "header.d"; each name once
}

type authProp struct{ name, value string }

// prop is the value of a property; given is false if the clause has none of that name.
// One that stands there twice with different values has the value "".
func (c *authClause) prop(name string) (value string, given bool) {
	for _, p := range c.props {
		if p.name == name {
			return p.value, true
		}
	}
	return "", false
}

// parseAuthResults reads a field value. Half of it is the sender's text (the
// envelope sender, the greeting, the comment of SPF), so anything whose end is
// open to doubt makes ok false and nothing of it is believed: an unbalanced
// quote or comment, a quote inside a comment, more than 8 kB.
func parseAuthResults(v string) (a authResults, ok bool) {
	if len(v) > maxAuthResults {
		return authResults{}, false
	}
	var room [96]authToken // more than SES writes, so this stays off the heap
	tokens, ok := authTokens(v, room[:0])
	if !ok {
		return authResults{}, false
	}
	id, rest := cutClause(tokens)
	// The id may be followed by a version number and nothing else.
	if len(id) == 0 || len(id) > 2 || id[0].sign != 0 || len(id) == 2 && id[1].text != "1" {
		return authResults{}, false
	}
	a.server = id[0].text
	for len(rest) > 0 {
		var clause []authToken
		clause, rest = cutClause(rest)
		if c, found := readClause(clause); found {
			a.clauses = append(a.clauses, c)
		}
	}
	return a, true
}

// authToken is a word, or one of the signs "=" and ";". What stood in quotes is no
// sign.
type authToken struct {
	sign byte // 0 for a word
	text string
}

// cutClause splits tokens at the first ";".
func cutClause(tokens []authToken) (clause, rest []authToken) {
	for i, t := range tokens {
		if t.sign == ';' {
			return tokens[:i], tokens[i+1:]
		}
	}
	return tokens, nil
}

// authTokens splits a value into words and signs, which it adds to tokens. Comments
// are dropped, quotes taken off; a quoted string that touches a word is part of it
// ("odd local"@example.com).
func authTokens(v string, tokens []authToken) (_ []authToken, ok bool) {
	for i := 0; i < len(v); {
		switch c := v[i]; c {
		case ' ', '\t', '\r', '\n':
			i++
		case ';', '=':
			tokens = append(tokens, authToken{sign: c})
			i++
		case '(':
			n := commentLen(v[i:])
			if n < 0 {
				return nil, false
			}
			i += n
		case ')':
			return nil, false
		default:
			n, text := authWord(v[i:])
			if n < 0 {
				return nil, false
			}
			tokens = append(tokens, authToken{text: text})
			i += n
		}
	}
	return tokens, true
}

// authWord is the length and the text of the word that starts v, or -1 if a quote in
// it does not end.
func authWord(v string) (n int, text string) {
	for n < len(v) && v[n] != '"' && !endsWord(v[n]) {
		n++
	}
	if n == len(v) || v[n] != '"' {
		return n, v[:n]
	}
	var b strings.Builder
	b.WriteString(v[:n])
	for n < len(v) && !endsWord(v[n]) {
		if v[n] != '"' {
			b.WriteByte(v[n])
			n++
			continue
		}
		length, inside := quotedString(v[n:])
		if length < 0 {
			return -1, ""
		}
		b.WriteString(inside)
		n += length
	}
	return n, b.String()
}

func endsWord(c byte) bool {
	switch c {
	case ' ', '\t', '\r', '\n', ';', '=', '(', ')':
		return true
	}
	return false
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
func readClause(t []authToken) (c authClause, ok bool) {
	if len(t) < 3 || t[0].sign != 0 || t[1].sign != '=' || t[2].sign != 0 {
		return c, false
	}
	method, _, _ := strings.Cut(t[0].text, "/") // "dkim/1"
	c = authClause{method: lowerASCII(method), result: lowerASCII(t[2].text)}
	for i := 3; i+2 < len(t); {
		if t[i].sign != 0 || t[i+1].sign != '=' || t[i+2].sign != 0 {
			i++
			continue
		}
		c.addProp(lowerASCII(t[i].text), t[i+2].text)
		i += 3
	}
	return c, true
}

// addProp notes a property; doubt about it leaves its name without a value.
func (c *authClause) addProp(name, value string) {
	for i := range c.props {
		if c.props[i].name == name {
			if c.props[i].value != value {
				c.props[i].value = ""
			}
			return
		}
	}
	c.props = append(c.props, authProp{name, value})
}
