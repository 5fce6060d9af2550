package rights

import (
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

var jurisdictions = []Jurisdiction{California, Nevada, OtherUS, EU, UK, Switzerland, Unspecified}

// Every rule of every clock, received on every day of six years.
func TestStrictDateIsNeverAfterTheStatutoryOne(t *testing.T) {
	b := builtinBook(t)
	for _, rows := range b.rows {
		for _, row := range rows {
			for _, named := range row.clocks {
				for _, v := range named {
					for _, r := range v.rules {
						for on, end := day(t, "2026-01-01"), day(t, "2032-01-01"); on.Before(end); on = AddDays(on, 1) {
							statutory, safe := r.statutory(on, v.calendar), r.strictest(on, v.calendar)
							if safe.After(statutory) || !safe.After(on) {
								t.Fatalf("%s received %s: safe %s, statutory %s", row.ID, on, safe, statutory)
							}
						}
					}
				}
			}
		}
	}
}

func TestEveryRightHasAClockThatExplainsItself(t *testing.T) {
	b := builtinBook(t)
	at := time.Date(2026, 1, 1, 7, 30, 0, 0, time.UTC)
	for ; at.Year() < 2032; at = at.Add(89*24*time.Hour + 13*time.Hour) {
		for _, id := range b.IDs() {
			for i, j := range jurisdictions {
				c, err := b.Clock(id, Receipt{At: at, Jurisdiction: j, Designated: i%2 == 0})
				if err != nil {
					// The rules on automated decisions begin with 2026, which came later in California.
					require.ErrorIs(t, err, ErrNotInForce)
					require.True(t, strings.HasPrefix(string(id), "ccpa_admt_") && at.Before(noon(t, "2026-01-01", pacific)), "%s: %v", id, err)
					continue
				}
				holds(t, c)
				require.Equal(t, b.Version(), c.Book)
				require.Equal(t, id, c.Right)
				require.Equal(t, j, c.Jurisdiction)
			}
		}
		holds(t, b.ReviewClock(Receipt{At: at}))
	}
}

// holds checks what is true of every clock.
func holds(t *testing.T, c Clock) {
	t.Helper()
	respond, ok := c.Deadline(DutyRespond)
	require.True(t, ok, "%s has no date for an answer", c.Right)
	require.False(t, c.Target.Safe.After(respond.Safe), "%s: the goal is later than the law", c.Right)
	for i, d := range c.Deadlines {
		text := d.Explain()
		require.False(t, d.Safe.After(d.Statutory), text)
		require.False(t, d.DueSafe().After(d.DueStatutory()), text)
		require.True(t, d.DueSafe().After(c.Received), text)
		require.NotEmpty(t, d.Period)
		require.Contains(t, text, Format(d.Statutory))
		if d.Safe != d.Statutory {
			require.Contains(t, text, Format(d.Safe))
		}
		require.True(t, strings.HasSuffix(text, d.Citation+"."), text)
		require.Equal(t, d.Internal, strings.Contains(text, internalStep), text)
		if i > 0 {
			require.Positive(t, byDuty(d, c.Deadlines[i-1]), "duties in order, each once")
		}
	}
}

func TestUnknownCountryTakesTheEarliestDateOfEveryRegime(t *testing.T) {
	b := builtinBook(t)
	for on, end := day(t, "2026-02-06"), day(t, "2027-03-01"); on.Before(end); on = AddDays(on, 1) {
		at := noon(t, on.String(), warsaw)
		for _, j := range []Jurisdiction{Unspecified, California, OtherUS} {
			merged, err := b.Clock("gdpr_access", Receipt{At: at, Jurisdiction: j})
			require.NoError(t, err)
			for _, duty := range []Duty{DutyRespond, DutyRefuse, DutyExtensionNotice, DutyRespondExtended} {
				got, ok := merged.Deadline(duty)
				require.True(t, ok)
				var statutory, safe []Date
				for _, regime := range []Jurisdiction{EU, UK, Switzerland} {
					c, err := b.Clock("gdpr_access", Receipt{At: at, Jurisdiction: regime})
					require.NoError(t, err)
					if d, ok := c.Deadline(duty); ok {
						statutory, safe = append(statutory, d.Statutory), append(safe, d.Safe)
						require.False(t, got.DueSafe().After(d.DueSafe()), "%s %s is later than %s", on, duty, regime)
						require.False(t, got.DueStatutory().After(d.DueStatutory()))
					}
				}
				require.Contains(t, statutory, got.Statutory)
				require.Contains(t, safe, got.Safe)
				require.Contains(t, got.Explain(), "The country is not known")
			}
		}
	}
}

func TestUnconditionalRightsKnowNoExtension(t *testing.T) {
	b := builtinBook(t)
	for _, id := range []ID{"gdpr_object_direct_marketing", "gdpr_withdraw_consent", "ccpa_opt_out_sale_share", "ccpa_limit_spi", "dpf_complaint", "stl_disclosure"} {
		c, err := b.Clock(id, Receipt{At: noon(t, "2026-03-02", warsaw), Jurisdiction: EU})
		require.NoError(t, err)
		_, notice := c.Deadline(DutyExtensionNotice)
		_, extended := c.Deadline(DutyRespondExtended)
		assert.False(t, notice || extended, id)
	}
}

func TestUrgentMailIsDueTheNextBusinessDay(t *testing.T) {
	b := builtinBook(t)
	for id, want := range vocabulary {
		if want.priority != 0 {
			continue
		}
		c, err := b.Clock(id, Receipt{At: noon(t, "2026-03-06", pacific)}) // a Friday
		require.NoError(t, err)
		d, _ := c.Deadline(DutyRespond)
		assert.Equal(t, "2026-03-09", d.Safe.String(), id)
		assert.True(t, d.Internal, id)
	}
}

func TestReviewClockIsThirtyDays(t *testing.T) {
	c := builtinBook(t).ReviewClock(Receipt{At: noon(t, "2026-03-02", warsaw), Jurisdiction: Unspecified})
	d, ok := c.Deadline(DutyRespond)
	require.True(t, ok)
	assert.Equal(t, "2026-04-01", d.Statutory.String())
	assert.Equal(t, "2026-04-01", d.Safe.String())
	assert.Equal(t, "2026-03-04", c.Target.Safe.String())
	assert.Empty(t, c.Right)
}

func TestEarliestOfOneClockIsThatClockAndOfNoneIsNothing(t *testing.T) {
	c := builtinBook(t).ReviewClock(Receipt{At: noon(t, "2026-03-02", warsaw)})
	assert.Equal(t, c, Earliest(c))
	assert.Equal(t, Clock{}, Earliest())
}

// An end of day is the last second there is: a second later is the next day.
func TestDueIsTheLastSecondOfTheDayInTheZoneOfTheLaw(t *testing.T) {
	d := Deadline{Statutory: day(t, "2026-04-16"), Safe: day(t, "2026-04-15"), Zone: pacific}
	assert.Equal(t, "2026-04-17T06:59:59Z", d.DueStatutory().Format(time.RFC3339))
	assert.Equal(t, "2026-04-16T06:59:59Z", d.DueSafe().Format(time.RFC3339))
	d.Zone = "Mars/Olympus"
	assert.Equal(t, "2026-04-15T23:59:59Z", d.DueSafe().Format(time.RFC3339))
}

var update = flag.Bool("update", false, "write the golden files anew")

func TestExplanationsReadWell(t *testing.T) {
	b := builtinBook(t)
	for _, x := range []struct {
		golden     string
		id         ID
		where      Jurisdiction
		designated bool
		at         string
	}{
		{"ccpa-delete", "ccpa_delete", California, true, "2026-03-04T00:10:00Z"},
		{"ccpa-opt-out-over-holiday", "ccpa_opt_out_sale_share", California, true, "2026-03-20T18:00:00Z"},
		{"gdpr-access-easter", "gdpr_access", EU, true, "2026-03-05T09:30:00Z"},
		{"gdpr-access-clipped", "gdpr_access", EU, true, "2026-01-31T12:00:00Z"},
		{"gdpr-access-unspecified", "gdpr_access", Unspecified, true, "2026-03-05T09:30:00Z"},
		{"uk-complaint", "uk_dp_complaint", UK, true, "2026-07-01T12:00:00Z"},
		{"stl-elsewhere", "stl_disclosure", California, false, "2026-01-15T20:00:00Z"},
		{"child-report", "coppa_child_data_report", Unspecified, true, "2026-03-06T20:00:00Z"},
		{"dpf-access", "dpf_access", EU, true, "2026-03-05T09:30:00Z"},
	} {
		t.Run(x.golden, func(t *testing.T) {
			at, err := time.Parse(time.RFC3339, x.at)
			require.NoError(t, err)
			c, err := b.Clock(x.id, Receipt{At: at, Jurisdiction: x.where, Designated: x.designated})
			require.NoError(t, err)
			var s strings.Builder
			write := func(head string, d Deadline) {
				s.WriteString(head + "\n" + strings.Join(append(d.Steps, d.Citation+"."), "\n") + "\n\n")
			}
			for _, d := range c.Deadlines {
				write(string(d.Duty), d)
			}
			write("goal", c.Target)
			file := filepath.Join("testdata", "explain", x.golden+".txt")
			if *update {
				require.NoError(t, os.WriteFile(file, []byte(s.String()), 0o600))
			}
			want, err := os.ReadFile(file)
			require.NoError(t, err)
			assert.Equal(t, string(want), s.String())
		})
	}
}

func BenchmarkClock(b *testing.B) {
	book := builtinBook(b)
	at := noon(b, "2026-03-05", warsaw)
	for _, x := range []struct {
		name string
		id   ID
		j    Jurisdiction
	}{{"one-law", "ccpa_delete", California}, {"three-laws", "gdpr_access", Unspecified}} {
		b.Run(x.name, func(b *testing.B) {
			for b.Loop() {
				if _, err := book.Clock(x.id, Receipt{At: at, Jurisdiction: x.j}); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
