package email

import (
	stdmail "net/mail"
	"regexp"
	"strings"
	"sync"
	"unicode"
	"unicode/utf8"

	"github.com/emersion/go-message/mail"
	"golang.org/x/net/idna"
	"golang.org/x/text/unicode/norm"
)

const maxAddresses = 500

// Key is the address by which a person is known: domain in lower-case ASCII,
// local part in NFC and case-folded. Dots and plus tags stay, since not every
// provider ignores them and folding them would merge two people. A string that
// is no address comes back folded as it is.
func Key(a string) string {
	a = strings.TrimSpace(a)
	i := strings.LastIndexByte(a, '@')
	if i < 0 {
		return foldCase(norm.NFC.String(a))
	}
	local := strings.Trim(a[:i], `"`)
	return foldCase(norm.NFC.String(local)) + "@" + asciiDomain(a[i+1:])
}

// foldCase makes letters that differ in case alike, ß and ss too. The whole of Unicode's
// folding needs the tables of every language, and knows more only of letters in which
// nobody has an address.
func foldCase(s string) string {
	if plainASCII(s, false) {
		return lowerASCII(s)
	}
	s = strings.NewReplacer("ß", "ss", "ẞ", "ss", "İ", "i\u0307").Replace(s)
	return strings.Map(func(c rune) rune {
		if c == 'ı' { // the one letter whose capital is another's
			return c
		}
		return unicode.ToLower(unicode.ToUpper(c))
	}, s)
}

// asciiDomain is a domain in lower-case ASCII, without a trailing dot. A domain
// that IDNA refuses is only lower-cased.
func asciiDomain(d string) string {
	d = strings.TrimSuffix(strings.ToLower(strings.TrimSpace(d)), ".")
	if plainASCII(d, false) && !strings.Contains(d, "xn--") {
		return d
	}
	if a, err := idna.Lookup.ToASCII(norm.NFC.String(d)); err == nil {
		return a
	}
	return d
}

// domainOf is the domain of an address as Parse writes it.
func domainOf(address string) string {
	return address[strings.LastIndexByte(address, '@')+1:]
}

// senders reads the address fields. Several From fields, or one with several
// authors, are kept as they are: they prove nobody.
func (r *reader) senders(h *header) {
	m := r.m
	recovered := false
	for _, v := range h.values("From") {
		found, odd := readAddresses(v)
		m.From = append(m.From, found...)
		recovered = recovered || odd
	}
	usable := 0
	for _, a := range m.From {
		if a.Address != "" {
			usable++
		}
	}
	switch {
	case usable == 0:
		r.warn(SenderUnreadable, "From is missing or holds no address")
	case len(m.From) > 1:
		r.warn(SeveralAuthors, "From names several authors, so none is taken as the sender")
	case recovered:
		r.warn(SenderRecovered, "From is malformed; the one address in it was taken")
	}
	for _, f := range []struct {
		name string
		into *[]Address
	}{{"Reply-To", &m.ReplyTo}, {"To", &m.To}, {"Cc", &m.Cc}} {
		for _, v := range h.values(f.name) {
			found, _ := readAddresses(v)
			*f.into = append(*f.into, found...)
		}
		*f.into = r.capped(*f.into)
	}
	m.From = r.capped(m.From)
	if a, ok := m.Sender(); ok && len(m.ReplyTo) > 0 && Key(m.ReplyTo[0].Address) != Key(a.Address) {
		r.warn(ReplyToElsewhere, "Reply-To is not the author's address")
	}
}

func (r *reader) capped(list []Address) []Address {
	if len(list) <= r.o.MaxAddresses {
		return list
	}
	r.limit("a field has too many addresses")
	return list[:r.o.MaxAddresses]
}

// readAddresses reads an address field down a ladder: the strict grammar for the
// whole field; member by member; whatever looks like an address in angle
// brackets; whatever looks like one at all. recovered tells that the grammar
// did not do. A field with words but no address gives one Address with a Name
// only, so that a person can still see what was there.
func readAddresses(v string) (list []Address, recovered bool) {
	v = strings.TrimSpace(v)
	if v == "" {
		return nil, false
	}
	if a, ok := plainAddress(v); ok {
		return []Address{a}, false
	}
	if parsed, err := mail.ParseAddressList(v); err == nil {
		for _, a := range parsed {
			list = append(list, newAddress(a.Name, a.Address))
		}
		return list, false
	}
	for _, member := range splitMembers(v) {
		if a, ok := readMember(member); ok {
			list = append(list, a)
		}
		if len(list) > maxAddresses {
			break
		}
	}
	if len(list) == 0 {
		if name := displayName(v); name != "" {
			list = append(list, Address{Name: name})
		}
	}
	return list, true
}

// plainAddress reads what stands in nearly every From: one address of plain letters,
// alone or in angle brackets behind a name of plain words or one in quotes. It takes
// nothing that the grammar would read in another way.
func plainAddress(v string) (a Address, ok bool) {
	name, spec := "", v
	if strings.HasSuffix(v, ">") {
		i := strings.IndexByte(v, '<')
		if i < 0 {
			return a, false
		}
		name, spec = strings.TrimRight(v[:i], " \t"), v[i+1:len(v)-1]
		if len(name) > 2 && name[0] == '"' && strings.IndexByte(name[1:], '"') == len(name)-2 {
			name = name[1 : len(name)-1]
			if strings.IndexByte(name, '\\') >= 0 {
				return a, false
			}
		} else if !all(name, nameBytes) {
			return a, false
		}
	}
	local, domain, at := strings.Cut(spec, "@")
	if !at || !dotted(local) || !dotted(domain) || len(spec) > 320 || strings.Contains(name, "=?") || !plainASCII(name, false) {
		return a, false
	}
	a.Name = displayName(name)
	if low := asciiDomain(domain); low == domain {
		a.Address = spec
	} else {
		a.Address = local + "@" + low
	}
	return a, true
}

// dotted reports whether s is atoms with single dots between them.
func dotted(s string) bool {
	return s != "" && s[0] != '.' && s[len(s)-1] != '.' && !strings.Contains(s, "..") && all(s, atomBytes)
}

func all(s string, set *[256]bool) bool {
	for i := range len(s) {
		if !set[s[i]] {
			return false
		}
	}
	return true
}

var (
	atomBytes = byteSet("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789!#$%&'*+-/=?^_`{|}~.")
	nameBytes = byteSet("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789!#$%&'*+-/=?^_`{|}~. ")
)

func byteSet(members string) *[256]bool {
	var set [256]bool
	for _, c := range []byte(members) {
		set[c] = true
	}
	return &set
}

// splitMembers cuts an address field at the commas and semicolons that stand
// outside quotes, brackets and comments. A piece without an @ belongs to the
// next one: "Doe, John <j@x>" is one person.
func splitMembers(v string) []string {
	var out []string
	quoted, comment, angle, start := false, 0, false, 0
	cut := func(end int) {
		if piece := strings.TrimSpace(v[start:end]); strings.ContainsRune(piece, '@') || end == len(v) && piece != "" {
			out = append(out, piece)
			start = end + 1
		}
	}
	for i := 0; i < len(v); i++ {
		switch c := v[i]; {
		case c == '\\':
			i++
		case c == '"':
			quoted = !quoted
		case quoted:
		case c == '(':
			comment++
		case c == ')':
			comment = max(0, comment-1)
		case c == '<':
			angle = true
		case c == '>':
			angle = false
		case (c == ',' || c == ';') && comment == 0 && !angle:
			cut(i)
		}
	}
	cut(len(v))
	return out
}

// addrSpec is what looks like an address, more widely than the standard: dots
// anywhere in the local part occur on Japanese phones. It is compiled for the first
// address that the standard does not know.
var addrSpec = onDemand(`(?i)(?:"[^"\\\s]{1,64}"|[^\s<>()\[\]"',;:@\\]{1,64})@[^\s<>()\[\]"',;:@\\]+`)

// onDemand compiles an expression when it is used for the first time: few mails need
// one, and every program that knows mail would wait for it when it starts.
func onDemand(expression string) func() *regexp.Regexp {
	return sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(expression) })
}

func readMember(s string) (Address, bool) {
	if len(s) > 10000 {
		s = s[:10000]
	}
	if a, err := mail.ParseAddress(s); err == nil {
		return newAddress(a.Name, a.Address), true
	}
	if i := strings.LastIndexByte(s, '<'); i >= 0 {
		inside, _, _ := strings.Cut(s[i+1:], ">")
		inside = strings.TrimPrefix(strings.TrimSpace(inside), "mailto:")
		if spec := addrSpec().FindString(inside); spec != "" {
			return newAddress(displayName(s[:i]), spec), true
		}
	}
	found := addrSpec().FindAllStringIndex(strings.ReplaceAll(s, "mailto:", "       "), 2)
	if len(found) != 1 {
		return Address{Name: displayName(s)}, displayName(s) != ""
	}
	return newAddress(displayName(s[:found[0][0]]), s[found[0][0]:found[0][1]]), true
}

// newAddress builds an Address from decoded or raw pieces; one without a usable
// address keeps its name.
func newAddress(name, spec string) Address {
	a := Address{Name: displayName(name)}
	spec = cleanLine(guessHeader(spec))
	i := strings.LastIndexByte(spec, '@')
	if i < 1 || len(spec) > 320 || strings.ContainsAny(spec, "<>") || !utf8.ValidString(spec) {
		return a
	}
	domain := asciiDomain(strings.Trim(spec[i+1:], "."))
	if domain == "" || strings.ContainsAny(domain, " \t,;()\"\\@") {
		return a
	}
	a.Address = quotedLocal(spec[:i]) + "@" + domain
	return a
}

// quotedLocal puts back the quotes that parsing took off a local part that needs
// them, because Address.Address is used for sending.
func quotedLocal(local string) string {
	if !strings.ContainsAny(local, " \t()<>[]:;@\\,\"") || strings.HasPrefix(local, `"`) && strings.HasSuffix(local, `"`) && len(local) > 1 {
		return local
	}
	s := (&stdmail.Address{Address: local + "@x"}).String()
	return strings.TrimSuffix(strings.TrimPrefix(s, "<"), "@x>")
}

func displayName(s string) string {
	s = cleanLine(decodeWords(s))
	return cutText(strings.TrimSpace(strings.Trim(s, ` "'<>[]()`)), 500)
}
