package classify

import (
	"io/fs"
	"os"
	"path"
	"regexp"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestMaskReplacesWhatAModelNeedNotKnow(t *testing.T) {
	for text, want := range map[string]string{
		"":                                      "",
		"Write to jane.doe+x@mail.example.org.": "Write to [email].",
		"<jane@example.org>, joe@example.org":   "<[email]>, [email]",
		"'jane@example.org' mailto:j@example.org?subject=x": "'[email]' mailto:[email]?subject=x",
		"j\u00f6rg@m\u00fcller.example":                     "[email]",
		"\u8bf7\u8054\u7cfbjane@example.org\u5220\u9664":    "\u8bf7\u8054\u7cfb[email]\u5220\u9664",
		"a@b@c@example.org":                                 "a@b@[email]",

		"see https://shop.example/o/1?t=a@b.example#x, please":         "see [url], please",
		"(http://x.example/a(b)) and WWW.Example.com!":                 "([url])) and [url]!",
		"\u770bhttps://x.example/\u5220\u9664\u6211\u7684\u6570\u636e": "\u770b[url]\u5220\u9664\u6211\u7684\u6570\u636e",

		"DE89 3704 0044 0532 0130 00 is mine":  "[iban] is mine",
		"de89370400440532013000":               "de[number]",
		"GB29NWBK60161331926819, thanks":       "[iban], thanks",
		"BE71 0961 2345 6769 than":             "[iban] than",
		"DE88 3704 0044 0532 0130 00 mistyped": "DE[number] mistyped",

		"call 415-555-0132":                          "call [number]",
		"call (415) 555-0132 now":                    "call [number] now",
		"call 1 (415) 555-0132":                      "call [number]",
		"call 415.555.0132.":                         "call [number].",
		"call +1 415 555 0132":                       "call [number]",
		"+44 (0)20 7946 0018":                        "[number]",
		"(+49) 171 2345678":                          "[number]",
		"0171/2345678":                               "[number]",
		"06 12 34 56 78":                             "[number]",
		"01.23.45.67.89":                             "[number]",
		"07700.900.123":                              "[number]",
		"612 345 678":                                "[number]",
		"tel:4155550132":                             "tel:[number]",
		"555-0132":                                   "[number]",
		"SSN 078-05-1120":                            "SSN [number]",
		"card 4111 1111 1111 1111":                   "card [number]",
		"card 3782-822463-10005":                     "card [number]",
		"4111111111111111":                           "[number]",
		"order 123456":                               "order [number]",
		"passport AB1234567":                         "passport AB[number]",
		"AHV 756.1234.5678.97":                       "AHV [number]",
		"CPF 123.456.789-09":                         "CPF [number]",
		"from 192.168.1.100":                         "from [number]",
		"ZIP 94107-1234":                             "ZIP [number]",
		"\u0660\u0661\u0662\u0663\u0664\u0665\u0666": "[number]",
		"\uff10\uff11\uff12-\uff13\uff14\uff15-\uff16\uff17": "[number]",
		strings.Repeat("7", 10_000):                          "[number]",

		"I live at 12 Main Street, Apt. 4, Springfield, IL 62704.": "I live at [address], Springfield, IL 62704.",
		"1600 N Pennsylvania Ave NW, Washington":                   "[address], Washington",
		"221B Baker Street, London NW1 6XE":                        "[address], London [address]",
		"42 W 34th St #5, New York":                                "[address], New York",
		"P.O. Box 1234, Reno, Nevada":                              "[address], Reno, Nevada",
		"wohnhaft Hauptstraße 5a, 10115 Berlin":                    "wohnhaft [address], 10115 Berlin",
		"Berliner Str. 12, 80331 München":                          "[address], 80331 München",
		"Postfach 12 34 56, 50667 Köln":                            "[address], 50667 Köln",
		"Kerkstraat 9, Amsterdam":                                  "[address], Amsterdam",
		"J'habite 12 rue de la Paix, 75002 Paris":                  "J'habite [address], 75002 Paris",
		"3 bis, avenue Foch":                                       "[address]",
		"Vivo en la Calle Mayor 3, Madrid":                         "Vivo en la [address], Madrid",
		"Via Roma, 10, 00184 Roma":                                 "[address], 00184 Roma",
		"ul. Długa 5/7 m. 3, 00-238 Warszawa":                      "[address], 00-238 Warszawa",
		"ул. Ленина, д. 5":                                         "[address]",
		"北京市中山路123号":                                               "[address]",
		"東京都千代田区3丁目2番1号":                                           "東京都千代田区[address]",

		"NINO QQ 12 34 56 C": "NINO [id]",
		"QQ123456C":          "[id]",
		"RSSMRA85T10A562S":   "[id]",
		"HEGG560427MVZRRL04": "[id]",
		"NIE X1234567L":      "NIE [id]",
		"DNI 12345678Z":      "DNI [id]",
		"Ausweis L01X00T47":  "Ausweis [id]",
		"dowód ABA 300000":   "dowód [id]",
		"a\xffb 4155550132":  "a\uFFFDb [number]",
	} {
		assert.Equal(t, want, Mask(text), "%q", text)
	}
}

func TestMaskLeavesWhatSaysWhichRightIsAskedFor(t *testing.T) {
	for _, text := range []string{
		"Under Art. 17 GDPR", "Art. 15(1)(h) and Art. 5(1)(f)", "Articles 15, 16, 17, 18, 20 and 21", "Articles 15 16 17 18 20 21 22",
		"Art. 15/16/17/18", "Art. 15-22", "\u00a7\u00a7 1798.100\u20131798.199.100", "1798.105", "1798.100-1798.199", "Sec. 1798.105 1798.110 1798.120",
		"12345 1798.105", "Cal. Civ. Code 1798.83-84", "Cal. Bus. & Prof. Code 22575-22579", "11 CCR 7020-7028", "11 CCR 7022(1)(2) 7023(1)", "7022 (1) (2)",
		"999.300-999.337", "16 CFR 312.5", "15 U.S.C. 6501-6506", "NRS 603A.300 to 603A.360", "NRS 603A.340",
		"Regulation (EU) 2016/679", "2016/679 and 2002/58/EC", "Directive 95/46/EC", "DPA 2018", "since 2019 2020 2021", "2019-2024", "from 2019 to 2024",
		"on 2026-03-02 and 03/02/2026", "02.03.2026", "born 2/3/90", "March 15 2023", "within 45 days, at most 90", "12 months",
		"CA 94107", "10115 Berlin", "Springfield, IL 62704-", "$1,000,000", "10:30", "about 100 %", "RM-8F3K-2Q7D-1",
		"delete@once", "@jane", "a @ b", "delete my data @ example.com", "http:// and www.", "e-mail", "\u8bf7\u5220\u9664\u6211\u7684\u6570\u636e\u3002",
		"I ask via Article 17 for erasure", "Under Art. 17 Main Street", "under Section 12 European Court", "the Street Act of 2018", "17 GDPR. Close my account",
		"2018 UK Data Protection Act", "Regulation 2016 EU Data", "CCPA 2018", "my account DE12",
		"DE12 said no", "at 12 noon we said it is so", "1 2 3 4 5 6 7 8 9 10 11 12",
	} {
		assert.Equal(t, text, Mask(text))
	}
}

// The same rules speak, whether the model's eyes or ours read the mail.
func TestMaskHidesNoRightOfAnyExample(t *testing.T) {
	c := classifier(t)
	sub := os.DirFS("rules")
	n := 0
	require.NoError(t, fs.WalkDir(sub, ".", func(file string, d fs.DirEntry, err error) error {
		if err != nil || d.Name() != "rule.yaml" {
			return err
		}
		ex, err := readExamples(sub, path.Dir(file))
		require.NoError(t, err)
		for _, e := range append(ex.Positive, ex.Negative...) {
			e.Text += "\n\nJane Q, jane@example.org, 415-555-0132, see https://shop.example/orders/1, at 12 Main Street\n"
			masked := e
			masked.Subject, masked.Text = Mask(e.Subject), Mask(e.Text)
			masked.Attached, masked.Forwarded = Mask(e.Attached), Mask(e.Forwarded)
			assert.Contains(t, masked.Text, "\n\nJane Q, [email], [number], see [url], at [address]\n")
			assert.Equal(t, wishesOf(c, e), wishesOf(c, masked), "%s: %q %q", path.Dir(file), masked.Subject, masked.Text)
			n++
		}
		return nil
	}))
	assert.Greater(t, n, 100, "there are examples")
}

// wishesOf names the rules that ask for something on an example.
func wishesOf(c *Classifier, e example) (ids []string) {
	r := c.read(e.mail(), Context{On: today})
	for _, n := range r.speaking(r.newVerdict()) {
		if ru := c.rules[n]; ru.Right != "" || ru.Topic != "" {
			ids = append(ids, ru.ID)
		}
	}
	return ids
}

var (
	plainAddress = regexp.MustCompile(`[a-z0-9]@[a-z0-9]+\.[a-z]{2,}`)
	plainNumber  = regexp.MustCompile(`\d{6}|\+\d{7}|\(\d{3}\) \d{3}-\d{4}|[2-9]\d{2}-\d{3}-\d{4}`)
)

func FuzzMask(f *testing.F) {
	for _, seed := range []string{
		"jane@example.org 415-555-0132 https://x.example/?a DE89 3704 0044 0532 0130 00", "1798.105-1798.199 2016/679", "+(+1(", "\xff@\xff.\xff",
		"12 Main Street 5", "Hauptstra\u00dfe 5 Street QQ123456C", "7 12 Rue De Paix Street", "0.0.0.0/0-0 (0) (00) 2020 2020-2020", "a@a@a@a.aa", "www.www.www.", "\u0660\u0661 \u0662-\uff10",
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		got := Mask(text)
		if !utf8.ValidString(got) {
			t.Fatalf("no UTF-8: %q", got)
		}
		if again := Mask(got); again != got {
			t.Fatalf("masked twice is %q, once %q", again, got)
		}
		if plainAddress.MatchString(got) {
			t.Fatalf("an address stayed: %q", got)
		}
		if plainNumber.MatchString(got) {
			t.Fatalf("a number stayed: %q", got)
		}
		if !strings.ContainsAny(text, "@:0123456789") && !strings.Contains(strings.ToLower(text), "www.") && utf8.ValidString(text) && ascii(text) && got != text {
			t.Fatalf("%q became %q", text, got)
		}
	})
}

func ascii(s string) bool {
	return strings.IndexFunc(s, func(r rune) bool { return r >= utf8.RuneSelf }) < 0
}

func BenchmarkMask(b *testing.B) {
	for name, text := range map[string]string{
		"letter":      strings.Repeat("Dear Sirs, under Art. 17 GDPR and 1798.105 please erase what you hold on jane@example.org, tel. 415-555-0132.\n", 100),
		"worst@":      strings.Repeat("a@", 5_000),
		"worst.":      strings.Repeat("a.", 5_000),
		"worst1":      strings.Repeat("1 ", 5_000),
		"worst1798":   strings.Repeat("1798.1798.", 1_000),
		"worstStreet": strings.Repeat("1 Main ", 1_500), "worstUl": strings.Repeat("Via Roma ", 1_200),
		"worstIBAN": strings.Repeat("de12 ", 2_000),
	} {
		b.Run(name, func(b *testing.B) {
			b.SetBytes(int64(len(text)))
			b.ReportAllocs()
			for b.Loop() {
				Mask(text)
			}
		})
	}
}
