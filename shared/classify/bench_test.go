package classify

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"rightsmail/shared/rights"
)

// letter4kB is a mail of four kilobytes as people write them: a story, a request with three
// rights in it, an address and a signature.
const letter4kB = `Dear Sir or Madam,

I have been a customer of your shop for about six years, and until last autumn I had no reason to complain. In October I ordered two reading lamps and a set of shelves for my study. The lamps came within three days, well packed and exactly as described, and they still do good service every evening. The shelves, however, arrived with a scratch along the left side and without the screws that the manual speaks of. I wrote to your help desk the same week, attached three photographs, and was promised a replacement within ten working days.

Nothing happened for a month. When I called, the person on the telephone was friendly but could find neither my letter nor the pictures, and asked me to tell the whole story again. I did. A week later a courier stood at my door with a parcel for somebody else, a Mr Harris in another town, whose address and order were printed on the label for everybody to read. I sent him away. The next day I received an invoice for a chair that I had never seen, let alone bought. It took two more calls to get that cancelled, and each time I had to spell my name and say where I live to people who did not seem to write anything down.

Since then your newsletter reaches me twice a day, on two addresses of which I only ever gave you one. Last Tuesday a company that sells insurance rang me on my mobile and said, when I asked, that it had my number from a partner in the furniture trade. I do not know any other furniture shop that has it. My wife, who never ordered with you, got the same call an hour later. You will understand that I am no longer sure what happens to the things I tell you, and that I would like to see it in writing before I decide whether I stay.

I live in San Diego, California. Please send me a copy of all personal information you have about me, with the names of everybody who received it, and do not sell or share it. I do not need another voucher, and I do not wish to be called about this; a letter or a mail to this address is fine. If something is unclear, ask me and do not guess. I do not send copies of my passport or driving licence, and as far as I know you may not ask for them when all I want is that you stop passing my details on. My account stays open for the time being, because there is still a guarantee on the lamps which I may need one day.

Please answer within the time that the CCPA gives you, counted from the day on which this reaches you. I have kept the invoices, the delivery notes and the photographs, and I can give you the dates of all telephone calls if that helps to find out where things went wrong. My sister, who has bought from you as well, tells me that she gets neither the calls nor the second newsletter, so it can be done. I would also be glad if somebody looked at the label with the other gentleman's address, since he probably has no idea that a stranger held his parcel. None of this should be hard to put right for a house of your size, and I would rather say something kind about you at the next dinner than what I have said at the last two.

One more thing: the search on your website has been slow since the spring, and the page with the opening hours shows those of last winter. That is of course no part of the request above, but you may want to tell whoever looks after it. Two of your colleagues deserve a word of praise, if such things are passed on where you work: the lady who took my second call in November stayed on the line until the false invoice was gone, and the driver who brought the lamps carried them up to the third floor although the lift was out of order and nobody had asked him to. It is because of people like them that I write this letter and do not simply walk away.

The shelves, by the way, are still in the hall, in their box, with the scratch to the wall. If you have no use for them, I shall give them to the school down the road, which does not mind a scratch.

Kind regards,
Jane Roe
12 Harbor View Drive, San Diego, CA 92101
Phone: +1 619 555 0142
`

// The letter tells long stories of openings, invoices, pictures and calls, and asks for three
// rights all the same.
func TestALongLetterAsksForWhatItAsksAndNoMore(t *testing.T) {
	assert.Equal(t, []rights.ID{"ccpa_know_categories", "ccpa_know_specific", "ccpa_opt_out_sale_share"}, idsOf(decide(t, mailOf(letter4kB))))
}

// BenchmarkClassify judges one mail of four kilobytes with all rules loaded.
func BenchmarkClassify(b *testing.B) {
	require.InDelta(b, 4096, len(letter4kB), 400)
	c := classifier(b)
	m := mailOf(letter4kB)
	require.Len(b, c.Classify(m, Context{On: today}).Findings, 3)
	b.SetBytes(int64(len(letter4kB)))
	b.ReportAllocs()
	for b.Loop() {
		c.Classify(m, Context{On: today})
	}
}

// BenchmarkBuiltin loads all rules.
func BenchmarkBuiltin(b *testing.B) {
	laws, err := rights.Builtin()
	require.NoError(b, err)
	b.ReportAllocs()
	for b.Loop() {
		if _, err := Builtin(laws); err != nil {
			b.Fatal(err)
		}
	}
}
