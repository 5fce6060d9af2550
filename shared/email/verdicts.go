package email

import (
	"slices"
	"strings"

	"golang.org/x/net/publicsuffix"
)

// amazonSES is the authserv-id of the mail server that is believed by default.
const amazonSES = "amazonses.com"

var onlySES = []string{amazonSES}

// topBlock is what the receiving server put on top: the fields above the second
// Received. Whatever stands below was in the mail when it arrived, so its sender may
// have written it.
func topBlock(h *header) header {
	hops := 0
	for i := range h.fields {
		if h.fields[i].name == "received" {
			if hops++; hops == 2 {
				return header{fields: h.fields[:i]}
			}
		}
	}
	return header{fields: h.fields}
}

// serverFields are those of the top block that stand above the first field which a
// sender writes: a server puts its own on top. A mail handed over directly has only
// one Received, and everything below would else count as the server's.
func serverFields(block header) header {
	for i := range block.fields {
		switch block.fields[i].name {
		case "from", "to", "cc", "subject", "date", "message-id", "reply-to", "sender", "mime-version", "content-type":
			return header{fields: block.fields[:i]}
		}
	}
	return block
}

// verdicts reads what a trusted server found, from its topmost block only.
func (r *reader) verdicts(h *header) {
	m, v := r.m, &r.m.Verdicts
	block := topBlock(h)
	if block.has("return-path") {
		path := block.get("return-path")
		m.NullReturn = strings.Join(strings.Fields(path), "") == "<>"
		if list, _ := readAddresses(path); len(list) == 1 {
			m.ReturnPath = list[0].Address
		}
	}
	block = serverFields(block)
	given := block.has("authentication-results")
	results, readable := parseAuthResults(block.get("authentication-results"))
	if given && !readable {
		r.warn(VerdictsAmbiguous, "the server's findings are too long or can be read in two ways, so none is believed")
	}
	if given && readable && r.trusts(results.server) {
		v.Source = results.server
		r.authenticated(results)
	}
	if r.o.Findings != nil {
		r.told(*r.o.Findings)
		return
	}
	if r.trusts(amazonSES) && (v.Source == amazonSES || !given) {
		v.Spam = sesVerdict(block.get("x-ses-spam-verdict"))
		v.Virus = sesVerdict(block.get("x-ses-virus-verdict"))
		if v.Spam != Unknown || v.Virus != Unknown {
			v.Source = amazonSES
		}
	}
}

// told puts the server's words beside the mail before those in it. What it said there
// replaces what stands in the header; alignment, which it does not tell, is believed
// only where both agree that the method passed, and DMARC binds only the single author
// that the server's block, where it can be read, was about.
func (r *reader) told(f Findings) {
	v := &r.m.Verdicts
	_, single := r.m.Sender()
	single = single && !r.m.Has(SeveralAuthors)
	inHeader := *v
	*v = Verdicts{Source: f.Source, SPF: f.SPF, DKIM: f.DKIM, Spam: f.Spam, Virus: f.Virus}
	v.SPFAligned = f.SPF == Pass && inHeader.SPFAligned
	v.DKIMAligned = f.DKIM == Pass && inHeader.DKIMAligned
	switch {
	case f.DMARC == Fail:
		v.DMARC = Fail
	case f.DMARC == Pass && single && !r.m.Has(SenderRecovered) && (inHeader.Source == "" || inHeader.DMARC == Pass):
		v.DMARC = Pass
	}
}

// trusts compares exactly: folding letters would let a Kelvin sign pass for a k.
func (r *reader) trusts(server string) bool {
	return slices.Contains(r.o.TrustedServers, server)
}

// sesVerdict maps the five words of SES: GRAY, PROCESSING_FAILED and DISABLED
// mean that nobody knows.
func sesVerdict(s string) Verdict { return verdictOf(strings.ToLower(strings.TrimSpace(s))) }

// verdictOf takes only a plain pass or fail; softfail, neutral, none and errors
// are unknown.
func verdictOf(result string) Verdict {
	switch result {
	case "pass":
		return Pass
	case "fail":
		return Fail
	}
	return Unknown
}

// authenticated turns the clauses into verdicts. Alignment is always with the
// From address as we read it; with no or several authors nobody is proven.
func (r *reader) authenticated(results authResults) {
	v := &r.m.Verdicts
	author, single := r.m.Sender()
	single = single && !r.m.Has(SeveralAuthors)
	from := domainOf(author.Address)
	var dmarc, spf []authClause
	for _, c := range results.clauses {
		switch c.method {
		case "dmarc":
			dmarc = append(dmarc, c)
		case "spf":
			spf = append(spf, c)
		case "dkim":
			if c.result == "pass" {
				v.DKIM = Pass
				v.DKIMAligned = v.DKIMAligned || single && aligned(signer(c), from)
			} else if c.result == "fail" && v.DKIM == Unknown {
				v.DKIM = Fail
			}
		}
	}
	if len(dmarc) > 1 || len(spf) > 1 {
		r.warn(VerdictsAmbiguous, "the server's findings give one method twice, so that method is not believed")
	}
	if len(spf) == 1 {
		v.SPF = verdictOf(spf[0].result)
		path, _ := spf[0].prop("smtp.mailfrom")
		if path == "" {
			path = r.m.ReturnPath
		}
		v.SPFAligned = v.SPF == Pass && single && aligned(domainOf(path), from)
	}
	if len(dmarc) == 1 && single {
		v.DMARC = r.dmarc(dmarc[0], from)
	}
}

// dmarc believes a pass only for the author we read: where the server names
// the From domain it must be ours, and where From is malformed it must name it.
func (r *reader) dmarc(c authClause, from string) Verdict {
	found := verdictOf(c.result)
	about, named := c.prop("header.from")
	switch {
	case found != Pass:
		return found
	case named && !aligned(domainOf(about), from), !named && r.m.Has(SenderRecovered):
		r.warn(VerdictsAmbiguous, "the server passed another From domain than the one we read")
		return Unknown
	}
	return Pass
}

// signer is the domain that a DKIM clause vouches for.
func signer(c authClause) string {
	if d, ok := c.prop("header.d"); ok {
		return d
	}
	i, _ := c.prop("header.i")
	return domainOf(i)
}

// aligned is relaxed alignment (RFC 7489 section 3.1): one organisational domain.
func aligned(a, b string) bool {
	a, b = asciiDomain(a), asciiDomain(b)
	if a == "" || b == "" {
		return false
	}
	if a == b {
		return true
	}
	orgA, errA := publicsuffix.EffectiveTLDPlusOne(a)
	orgB, errB := publicsuffix.EffectiveTLDPlusOne(b)
	return errA == nil && errB == nil && orgA == orgB
}
