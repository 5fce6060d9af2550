package email

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
)

// sesMail is a mail as SES stores it: its own block on top, then what the sender
// wrote. findings is the value of SES's Authentication-Results.
func sesMail(findings string, senders ...string) []byte {
	return letter(append([]string{
		"Return-Path: <bounce@mailer.example>",
		"Received: from x by inbound-smtp.us-east-1.amazonaws.com; Tue, 3 Mar 2026 18:00:00 +0000",
		"X-SES-Spam-Verdict: PASS",
		"X-SES-Virus-Verdict: PASS",
		"Authentication-Results: " + findings,
	}, senders...)...)
}

func TestVerdictsAreReadClauseByClause(t *testing.T) {
	const author = "From: a@shop.example"
	tests := map[string]struct {
		findings string
		want     Verdicts
		standing Standing
	}{
		"all pass": {"amazonses.com; spf=pass (spfCheck: domain of mailer.example) client-ip=1.2.3.4; envelope-from=b@mailer.example; helo=x; dkim=pass header.i=@shop.example; dmarc=pass header.from=shop.example;",
			Verdicts{SPF: Pass, DKIM: Pass, DKIMAligned: true, DMARC: Pass}, Authenticated},
		"dkim of a subdomain, no policy": {"amazonses.com; dkim=pass header.d=mail.shop.example; dmarc=none",
			Verdicts{DKIM: Pass, DKIMAligned: true}, Authenticated},
		"several signatures, one aligned": {"amazonses.com; dkim=pass header.d=esp.example; dkim=pass header.d=shop.example; dkim=fail header.d=x.example",
			Verdicts{DKIM: Pass, DKIMAligned: true}, Authenticated},
		"signature of another domain": {"amazonses.com; dkim=pass header.d=evil.example; dmarc=none", Verdicts{DKIM: Pass}, Unproven},
		"dmarc fail":                  {"amazonses.com; dkim=pass header.d=shop.example; dmarc=fail", Verdicts{DKIM: Pass, DKIMAligned: true, DMARC: Fail}, Forged},
		"spf aligned only":            {"amazonses.com; spf=pass smtp.mailfrom=b@bounce.shop.example", Verdicts{SPF: Pass, SPFAligned: true}, Unproven},
		"softfail is unknown":         {"amazonses.com; spf=softfail; dkim=none; dmarc=bestguesspass", Verdicts{}, Unproven},
		"dmarc twice":                 {"amazonses.com; dmarc=fail; dmarc=pass", Verdicts{}, Unproven},
		"dmarc of another From":       {"amazonses.com; dmarc=pass header.from=evil.example", Verdicts{}, Unproven},
		"properties across clauses":   {"amazonses.com; dkim=fail header.d=shop.example; dkim=pass", Verdicts{DKIM: Pass}, Unproven},
		"a property given twice":      {"amazonses.com; dkim=pass header.d=shop.example header.d=evil.example", Verdicts{DKIM: Pass}, Unproven},
		"result in a nested comment":  {"amazonses.com; dmarc=none (a (b) ; dmarc=pass (c) ); spf=none", Verdicts{}, Unproven},
		"result in a quoted string":   {`amazonses.com; spf=none smtp.mailfrom="x; dmarc=pass "@evil.example`, Verdicts{}, Unproven},
		"signs in a quoted string":    {`amazonses.com; dmarc "=" pass; dkim=none`, Verdicts{}, Unproven},
		"semicolon in a quoted word":  {`amazonses.com; spf=none smtp.mailfrom=";"dmarc=pass`, Verdicts{}, Unproven},
		"quoted bracket in a comment": {`amazonses.com; spf=pass (domain of "a); dmarc=pass (b"@evil.example)`, Verdicts{Source: "-"}, Unproven},
		"escaped bracket in comment":  {`amazonses.com; spf=none (a \) ; dmarc=pass); dkim=none`, Verdicts{}, Unproven},
		"comment never ends":          {"amazonses.com; dmarc=pass (", Verdicts{Source: "-"}, Unproven},
		"bracket out of nowhere":      {"amazonses.com; spf=none ) ; dmarc=pass", Verdicts{Source: "-"}, Unproven},
		"quote never ends":            {`amazonses.com; dmarc=pass "`, Verdicts{Source: "-"}, Unproven},
		"too long":                    {"amazonses.com; dmarc=pass; x=" + strings.Repeat("y", 9000), Verdicts{Source: "-"}, Unproven},
		"other server":                {"amazonses.com.evil.example; dmarc=pass", Verdicts{Source: "-"}, Unproven},
		"server in other letters":     {"amazon\u017fes.com; dmarc=pass", Verdicts{Source: "-"}, Unproven},
		"words after the server":      {"amazonses.com evil; dmarc=pass", Verdicts{Source: "-"}, Unproven},
		"no server":                   {"dmarc=pass header.from=shop.example", Verdicts{Source: "-"}, Unproven},
		"version and spaces":          {"amazonses.com 1; dmarc = pass header.from = shop.example", Verdicts{DMARC: Pass}, Authenticated},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			m := Parse(sesMail(tt.findings, author), Options{})
			got := m.Verdicts
			if tt.want.Source == "-" {
				tt.want.Source = ""
				assert.False(t, got.DMARC == Pass || got.DKIM == Pass || got.SPF == Pass)
			} else {
				tt.want.Source = amazonSES
			}
			got.Spam, got.Virus = Unknown, Unknown
			if tt.want.Source == "" {
				got.Source = ""
			}
			assert.Equal(t, tt.want, got)
			assert.Equal(t, tt.standing, m.Verdicts.Standing())
		})
	}
}

func TestFieldsBelowTheTopBlockChangeNothing(t *testing.T) {
	pass := "Authentication-Results: amazonses.com; dmarc=pass header.from=shop.example"
	tests := map[string][]byte{
		"forged below SES's own":     sesMail("amazonses.com; dmarc=fail", pass, "From: a@shop.example"),
		"forged below next hop":      sesMail("amazonses.com; dmarc=none", "Received: from y by x; Tue, 3 Mar 2026 17:00:00 +0000", pass, "From: a@shop.example"),
		"no block of SES":            letter("Received: from a by mx.example.com; x", "Received: from b by a; x", pass, "X-SES-Virus-Verdict: PASS", "From: a@shop.example"),
		"other server spoke first":   letter("Authentication-Results: mx.example.com; dmarc=fail", pass, "X-SES-Spam-Verdict: PASS", "From: a@shop.example"),
		"server wrote none, one hop": letter("Received: from a by mx.example.com; x", "From: a@shop.example", pass, "X-SES-Spam-Verdict: PASS"),
		"handed over without a hop":  letter("Subject: x", pass, "From: a@shop.example"),
		"Received-SPF and X-SES":     letter("Received: from a by b; x", "Received-SPF: pass (amazonses.com: domain of shop.example)", "X-SES-DKIM-SIGNATURE: d=shop.example", "From: a@shop.example"),
		"several authors":            sesMail("amazonses.com; dkim=pass header.d=shop.example; dmarc=pass", "From: a@shop.example, b@shop.example"),
		"two From fields":            sesMail("amazonses.com; dkim=pass header.d=shop.example; dmarc=pass header.from=shop.example", "From: a@shop.example", "From: b@shop.example"),
		"no From":                    sesMail("amazonses.com; dkim=pass header.d=shop.example; dmarc=pass", "Subject: x"),
		"malformed From, unnamed":    sesMail("amazonses.com; dmarc=pass", "From: a@evil.example <a@shop.example"),
		"malformed From, other one":  sesMail("amazonses.com; dmarc=pass header.from=evil.example", "From: a@evil.example <a@shop.example"),
	}
	for name, raw := range tests {
		t.Run(name, func(t *testing.T) {
			v := Parse(raw, Options{}).Verdicts
			assert.NotEqual(t, Authenticated, v.Standing())
			assert.NotEqual(t, Pass, v.DMARC)
			assert.False(t, v.DKIMAligned)
			assert.False(t, v.SPFAligned)
		})
	}
}

func TestSpamVerdictsAreBelievedFromTheTopBlockOfSESOnly(t *testing.T) {
	ses := sesMail("amazonses.com; dmarc=none", "X-SES-Spam-Verdict: FAIL", "From: a@shop.example")
	m := Parse(ses, Options{})
	assert.Equal(t, Pass, m.Verdicts.Spam, "the first of the name is the server's")
	assert.Equal(t, Unknown, Parse(ses, Options{TrustedServers: []string{}}).Verdicts.Spam)
	assert.Equal(t, Unknown, Parse(ses, Options{TrustedServers: []string{"mx.example.com"}}).Verdicts.Virus)

	gray := letter("Received: from x by y; z", "X-SES-Spam-Verdict: GRAY", "X-SES-Virus-Verdict: FAIL", "X-SES-Spam-Verdict: PASS", "From: a@shop.example")
	m = Parse(gray, Options{})
	assert.Equal(t, Unknown, m.Verdicts.Spam)
	assert.Equal(t, Fail, m.Verdicts.Virus)

	below := letter("Received: from x by y; z", "Received: from w by x; z", "X-SES-Spam-Verdict: PASS", "From: a@shop.example")
	assert.Equal(t, Verdicts{}, Parse(below, Options{}).Verdicts)
}

func TestTrustedServerIsAChoice(t *testing.T) {
	raw := letter("Authentication-Results: mx.example.com; dmarc=pass header.from=shop.example", "From: a@shop.example")
	assert.Equal(t, Unproven, Parse(raw, Options{}).Verdicts.Standing())
	v := Parse(raw, Options{TrustedServers: []string{"mx.example.com"}}).Verdicts
	assert.Equal(t, Authenticated, v.Standing())
	assert.Equal(t, "mx.example.com", v.Source)
}

func TestAlignmentIsByOrganisationAndNotByEnding(t *testing.T) {
	tests := []struct {
		a, b string
		want bool
	}{
		{"mail.shop.example", "shop.example", true},
		{"evilshop.example", "shop.example", false},
		{"a.co.uk", "b.co.uk", false},
		{"x.a.co.uk", "a.co.uk", true},
		{"alice.github.io", "bob.github.io", false},
		{"co.uk", "a.co.uk", false},
		{"SHOP.example.", "shop.example", true},
		{"m\u00fcller.example", "xn--mller-kva.example", true},
		{"", "", false},
	}
	for _, tt := range tests {
		assert.Equal(t, tt.want, aligned(tt.a, tt.b), "%s %s", tt.a, tt.b)
	}
}

func TestNullReturnPathIsToldFromAMissingOne(t *testing.T) {
	null := Parse(letter("Return-Path: <>", from), Options{})
	assert.True(t, null.NullReturn)
	assert.Empty(t, null.ReturnPath)
	named := Parse(letter("Return-Path: <Ann+x@Example.org>", from), Options{})
	assert.False(t, named.NullReturn)
	assert.Equal(t, "Ann+x@example.org", named.ReturnPath)
	assert.False(t, Parse(letter(from), Options{}).NullReturn)
	below := Parse(letter("Received: a", "Received: b", "Return-Path: <>", from), Options{})
	assert.False(t, below.NullReturn, "a field of the sender's")
}

func TestWhatTheServerSaysBesideTheMailCountsFirst(t *testing.T) {
	const author = "From: a@shop.example"
	pass := Findings{Source: "amazonses.com", SPF: Pass, DKIM: Pass, DMARC: Pass, Spam: Pass, Virus: Pass}
	with := func(change func(*Findings)) Findings { f := pass; change(&f); return f }
	for name, tc := range map[string]struct {
		raw      []byte
		told     Findings
		want     Verdicts
		standing Standing
	}{
		"pass, nothing in the header": {letter(author), pass,
			Verdicts{SPF: Pass, DKIM: Pass, DMARC: Pass, Spam: Pass, Virus: Pass}, Authenticated},
		"nothing told, pass in the header": {sesMail("amazonses.com; dkim=pass header.d=shop.example; dmarc=pass", author), Findings{Source: "amazonses.com"},
			Verdicts{}, Unproven},
		"dmarc fails, pass in a forged header": {sesMail("amazonses.com; dmarc=pass", author), with(func(f *Findings) { f.DMARC = Fail }),
			Verdicts{SPF: Pass, DKIM: Pass, DMARC: Fail, Spam: Pass, Virus: Pass}, Forged},
		"no policy, an aligned signature": {sesMail("amazonses.com; spf=pass smtp.mailfrom=b@shop.example; dkim=pass header.d=shop.example; dmarc=none", author),
			with(func(f *Findings) { f.DMARC = Unknown }),
			Verdicts{SPF: Pass, SPFAligned: true, DKIM: Pass, DKIMAligned: true, Spam: Pass, Virus: Pass}, Authenticated},
		"no policy, a signature of somebody else": {sesMail("amazonses.com; dkim=pass header.d=evil.example; dmarc=none", author),
			with(func(f *Findings) { f.DMARC = Unknown }),
			Verdicts{SPF: Pass, DKIM: Pass, Spam: Pass, Virus: Pass}, Unproven},
		"passed for another From": {sesMail("amazonses.com; dmarc=pass header.from=evil.example", author), pass,
			Verdicts{SPF: Pass, DKIM: Pass, Spam: Pass, Virus: Pass}, Unproven},
		"several authors": {letter("From: a@shop.example, b@shop.example"), pass,
			Verdicts{SPF: Pass, DKIM: Pass, Spam: Pass, Virus: Pass}, Unproven},
		"a From that had to be mended": {letter("From: a@shop.example <"), pass,
			Verdicts{SPF: Pass, DKIM: Pass, Spam: Pass, Virus: Pass}, Unproven},
		"spam": {letter(author), with(func(f *Findings) { f.Spam = Fail }),
			Verdicts{SPF: Pass, DKIM: Pass, DMARC: Pass, Spam: Fail, Virus: Pass}, Authenticated},
	} {
		t.Run(name, func(t *testing.T) {
			m := Parse(tc.raw, Options{Findings: &tc.told})
			tc.want.Source = "amazonses.com"
			assert.Equal(t, tc.want, m.Verdicts)
			assert.Equal(t, tc.standing, m.Verdicts.Standing())
		})
	}
}
