package email

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestSenderIsFoundInMalformedFrom(t *testing.T) {
	tests := map[string]struct {
		field, name, address string
		recovered            bool
	}{
		"as it should be":           {"Ann <ann@Example.ORG>", "Ann", "ann@example.org", false},
		"address as name":           {"a@x.example <a@x.example>", "a@x.example", "a@x.example", true},
		"comma in the name":         {"Doe, John <j@x.example>", "Doe, John", "j@x.example", true},
		"square brackets":           {"John [j@x.example]", "John", "j@x.example", true},
		"bracket not closed":        {"John <j@x.example", "John", "j@x.example", true},
		"two dots":                  {"a..b@x.example", "", "a..b@x.example", true},
		"dot before the at":         {"<a.@x.example>", "", "a.@x.example", true},
		"mailto":                    {"<mailto:a@x.example>", "", "a@x.example", true},
		"raw 8-bit name":            {"M\xfcller <m@x.example>", "Müller", "m@x.example", true},
		"unknown charset in name":   {"=?x-odd?q?Ann?= <a@x.example>", "Ann", "a@x.example", true},
		"encoded name":              {"=?utf-8?q?M=C3=BCller?= <m@x.example>", "Müller", "m@x.example", false},
		"umlaut domain":             {"a@M\u00fcller.example", "", "a@xn--mller-kva.example", false},
		"name that looks like mail": {`"ceo@bank.example" <x@evil.example>`, "ceo@bank.example", "x@evil.example", false},
		"quoted local part":         {`"odd, one"@x.example`, "", `"odd, one"@x.example`, false},
		"trailing semicolon":        {"a@x.example;", "", "a@x.example", true},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			m := Parse(letter("From: "+tt.field), Options{})
			a, ok := m.Sender()
			require.True(t, ok, "%+v", m.From)
			assert.Equal(t, tt.address, a.Address)
			assert.Equal(t, tt.name, a.Name)
			if !tt.recovered {
				assert.False(t, m.Has(SenderRecovered))
			}
		})
	}
}

func TestSenderIsNobodyWhenFromIsUnclear(t *testing.T) {
	tests := map[string]struct {
		fields []string
		warn   WarningKind
		kept   int
	}{
		"missing":           {[]string{"Subject: x"}, SenderUnreadable, 0},
		"empty":             {[]string{"From:", "Subject: x"}, SenderUnreadable, 0},
		"no address":        {[]string{"From: MAILER-DAEMON"}, SenderUnreadable, 1},
		"empty group":       {[]string{"From: undisclosed-recipients:;"}, SenderUnreadable, 0},
		"two authors":       {[]string{"From: a@x.example, b@x.example"}, SeveralAuthors, 2},
		"two fields":        {[]string{"From: a@x.example", "From: b@x.example"}, SeveralAuthors, 2},
		"two in one member": {[]string{"From: a@x.example b@x.example"}, SenderUnreadable, 1},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			m := Parse(letter(tt.fields...), Options{})
			_, ok := m.Sender()
			assert.False(t, ok)
			assert.True(t, m.Has(tt.warn), "%v", m.Warnings)
			assert.Len(t, m.From, tt.kept, "what stood there is kept for a person to see")
		})
	}
}

func TestOneBadRecipientDoesNotHideTheOthers(t *testing.T) {
	m := Parse(letter(from, "To: privacy@example.com; <broken, Jane <jane@x.example>, a@x.example <a@x.example>", "Reply-To: other@x.example"), Options{})
	var got []string
	for _, a := range m.To {
		got = append(got, a.Address)
	}
	assert.Contains(t, got, "privacy@example.com")
	assert.Contains(t, got, "a@x.example")
	assert.True(t, m.Has(ReplyToElsewhere))
	assert.Equal(t, "other@x.example", m.ReplyTo[0].Address)
}

func TestKeyFoldsWhatIsTheSameMailboxAndNothingElse(t *testing.T) {
	same := [][2]string{
		{"Ann@Example.org", "ann@example.org"},
		{"ann@müller.example", "ANN@xn--mller-kva.example"},
		{"re\u0301ne@example.org", "r\u00e9ne@example.org"},
		{"stra\u00dfe@example.org", "strasse@example.org"},
		{" ann@example.org. ", "ann@example.org"},
	}
	for _, p := range same {
		assert.Equal(t, Key(p[0]), Key(p[1]), "%v", p)
	}
	different := [][2]string{
		{"a.nn@example.org", "ann@example.org"},
		{"ann+x@example.org", "ann@example.org"},
		{"ann@example.org", "ann@example.com"},
	}
	for _, p := range different {
		assert.NotEqual(t, Key(p[0]), Key(p[1]), "%v", p)
	}
	assert.Equal(t, "no address", Key("No Address"))
}
