package rights

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// day reads a civil date.
func day(t testing.TB, s string) Date {
	t.Helper()
	var d Date
	require.NoError(t, d.UnmarshalText([]byte(s)))
	return d
}

// noon is the middle of a day in a zone.
func noon(t testing.TB, date, zone string) time.Time {
	t.Helper()
	end, err := EndOfDay(day(t, date), zone)
	require.NoError(t, err)
	return end.Add(-12 * time.Hour)
}

const (
	pacific = "America/Los_Angeles"
	warsaw  = "Europe/Warsaw"
	london  = "Europe/London"
	zurich  = "Europe/Zurich"
)

// example is one worked example of the law: received on a day, due on a day. An
// empty safe date is not stated by the example.
type example struct {
	name      string
	id        ID
	where     Jurisdiction
	elsewhere bool // it did not come to the designated address
	received  string
	zone      string
	duty      Duty
	due, safe string
}

var examples = []example{
	// California, 45 and 90 calendar days: no roll-forward, leap years, year ends.
	{"45 days to a Sunday", "ccpa_delete", California, false, "2026-01-15", pacific, DutyRespond, "2026-03-01", "2026-02-28"},
	{"90 days", "ccpa_delete", California, false, "2026-01-15", pacific, DutyRespondExtended, "2026-04-15", "2026-04-14"},
	{"45 days in a leap year", "ccpa_delete", California, false, "2028-01-15", pacific, DutyRespond, "2028-02-29", "2028-02-28"},
	{"90 days in a leap year", "ccpa_delete", California, false, "2028-01-15", pacific, DutyRespondExtended, "2028-04-14", "2028-04-13"},
	{"45 days over the year", "ccpa_know_specific", California, false, "2026-12-01", pacific, DutyRespond, "2027-01-15", "2027-01-14"},
	{"90 days over the year", "ccpa_know_specific", California, false, "2026-12-01", pacific, DutyRespondExtended, "2027-03-01", "2027-02-28"},
	{"45 days to a Saturday stay there", "ccpa_correct", California, false, "2026-06-03", pacific, DutyRespond, "2026-07-18", "2026-07-17"},
	{"notice of extension within the first 45", "ccpa_correct", California, false, "2026-06-03", pacific, DutyExtensionNotice, "2026-07-18", "2026-07-17"},

	// Nevada, 60 and 30 more.
	{"60 days", "nv_sale_opt_out", Nevada, true, "2026-03-02", pacific, DutyRespond, "2026-05-01", "2026-05-01"},
	{"60 and 30 days", "nv_sale_opt_out", Nevada, true, "2026-03-02", pacific, DutyRespondExtended, "2026-05-31", "2026-05-31"},
	{"60 days over the year", "nv_sale_opt_out", Nevada, false, "2026-12-18", pacific, DutyRespond, "2027-02-16", "2027-02-16"},
	{"60 and 30 days over the year", "nv_sale_opt_out", Nevada, false, "2026-12-18", pacific, DutyRespondExtended, "2027-03-18", "2027-03-18"},
	{"60 days in a leap year", "nv_notify_me", Nevada, false, "2028-01-01", pacific, DutyRespond, "2028-03-01", "2028-03-01"},
	{"60 days in a common year", "nv_notify_me", Nevada, false, "2027-01-01", pacific, DutyRespond, "2027-03-02", "2027-03-02"},

	// Shine the Light: 30 days at the designated address, elsewhere 150.
	{"30 days", "stl_disclosure", California, false, "2026-01-15", pacific, DutyRespond, "2026-02-14", "2026-02-14"},
	{"150 days", "stl_disclosure", California, true, "2026-01-15", pacific, DutyRespond, "2026-06-14", "2026-06-14"},
	{"150 days over the year", "stl_disclosure", California, true, "2026-10-01", pacific, DutyRespond, "2027-02-28", "2027-02-28"},
	{"150 days in a leap year", "stl_disclosure", California, true, "2027-11-01", pacific, DutyRespond, "2028-03-30", "2028-03-30"},

	// Complaints: 45 days under the framework, 30 with the first in the UK.
	{"framework complaint", "dpf_complaint", EU, false, "2026-01-16", warsaw, DutyRespond, "2026-03-02", "2026-03-01"},
	{"UK complaint, receipt is day one", "uk_dp_complaint", UK, false, "2026-07-01", london, DutyAcknowledge, "2026-07-30", "2026-07-30"},

	// Switzerland: 30 days are not a month.
	{"Swiss 30 days", "gdpr_access", Switzerland, false, "2026-03-10", zurich, DutyRespond, "2026-04-09", "2026-04-09"},
	{"Swiss 30 days over February", "gdpr_access", Switzerland, false, "2026-01-31", zurich, DutyRespond, "2026-03-02", "2026-03-02"},

	// Business days in California.
	{"10 business days", "ccpa_delete", California, false, "2026-03-02", pacific, DutyAcknowledge, "2026-03-16", "2026-03-13"},
	{"15 business days", "ccpa_opt_out_sale_share", California, false, "2026-03-02", pacific, DutyRespond, "2026-03-23", ""},
	{"received on a Saturday", "ccpa_delete", California, false, "2026-03-07", pacific, DutyAcknowledge, "2026-03-20", "2026-03-19"},
	{"Juneteenth is no business day", "ccpa_delete", California, false, "2026-06-12", pacific, DutyAcknowledge, "2026-06-29", ""},
	{"nor is Thanksgiving", "ccpa_delete", California, false, "2026-11-20", pacific, DutyAcknowledge, "2026-12-07", ""},
	{"nor Christmas and New Year", "ccpa_delete", California, false, "2026-12-18", pacific, DutyAcknowledge, "2027-01-05", ""},
	{"nor Presidents' Day in a leap year", "ccpa_delete", California, false, "2028-02-18", pacific, DutyAcknowledge, "2028-03-06", ""},

	// The European month.
	{"month to Easter", "gdpr_access", EU, false, "2026-03-05", warsaw, DutyRespond, "2026-04-07", "2026-04-03"},
	{"31 August to 30 September", "gdpr_access", EU, false, "2026-08-31", warsaw, DutyRespond, "2026-09-30", "2026-09-30"},
	{"29 January clips and rolls", "gdpr_access", EU, false, "2026-01-29", warsaw, DutyRespond, "2026-03-02", "2026-02-27"},
	{"30 January clips and rolls", "gdpr_access", EU, false, "2026-01-30", warsaw, DutyRespond, "2026-03-02", "2026-02-27"},
	{"31 January clips and rolls", "gdpr_access", EU, false, "2026-01-31", warsaw, DutyRespond, "2026-03-02", "2026-02-27"},
	{"31 January in a leap year", "gdpr_erasure", EU, false, "2028-01-31", warsaw, DutyRespond, "2028-02-29", "2028-02-29"},
	{"29 February to 29 March", "gdpr_erasure", EU, false, "2028-02-29", warsaw, DutyRespond, "2028-03-29", "2028-03-29"},
	{"over the May holidays", "gdpr_access", EU, false, "2026-04-01", warsaw, DutyRespond, "2026-05-04", "2026-04-30"},
	{"over Christmas", "gdpr_access", EU, false, "2026-11-25", warsaw, DutyRespond, "2026-12-28", "2026-12-23"},
	{"three months by both ways", "gdpr_access", EU, false, "2026-01-31", warsaw, DutyRespondExtended, "2026-04-30", "2026-04-28"},
	{"three months to a Sunday", "gdpr_access", EU, false, "2026-11-30", warsaw, DutyRespondExtended, "2027-03-01", "2027-02-26"},
	{"a refusal keeps the first month", "gdpr_access", EU, false, "2026-01-31", warsaw, DutyRefuse, "2026-03-02", "2026-02-27"},
	{"so does the word of an extension", "gdpr_access", EU, false, "2026-01-31", warsaw, DutyExtensionNotice, "2026-03-02", "2026-02-27"},

	// The UK month: corresponding date by guidance, a day less read strictly.
	{"3 September to 3 October, a Saturday", "gdpr_access", UK, false, "2026-09-03", london, DutyRespond, "2026-10-05", "2026-10-02"},
	{"a plain month before February 2026", "gdpr_access", UK, false, "2025-09-03", london, DutyRespond, "2025-10-03", "2025-10-03"},
	{"UK three months by both ways", "gdpr_access", UK, false, "2027-01-31", london, DutyRespondExtended, "2027-04-30", "2027-04-27"},
}

func TestWorkedExamplesOfTheLaw(t *testing.T) {
	b, err := Builtin()
	require.NoError(t, err)
	for _, x := range examples {
		t.Run(string(x.id)+"/"+x.name, func(t *testing.T) {
			c, err := b.Clock(x.id, Receipt{At: noon(t, x.received, x.zone), Jurisdiction: x.where, Designated: !x.elsewhere})
			require.NoError(t, err)
			assert.Equal(t, x.zone, c.Zone)
			assert.Equal(t, x.received, c.ReceivedOn.String())
			d, ok := c.Deadline(x.duty)
			require.True(t, ok, "the clock sets no such duty")
			assert.Equal(t, x.due, d.Statutory.String(), d.Explain())
			if x.safe != "" {
				assert.Equal(t, x.safe, d.Safe.String(), d.Explain())
			}
		})
	}
}

// The civil date of receipt is that of the law's own zone, and a day with a
// change of clocks is one day.
func TestZonesAndClockChanges(t *testing.T) {
	b, err := Builtin()
	require.NoError(t, err)
	for _, x := range []struct {
		name        string
		id          ID
		where       Jurisdiction
		at          string
		on, due     string
		naiveMisses bool // 45 times 24 hours ends on another day
	}{
		{"evening in Los Angeles", "ccpa_delete", California, "2026-03-03T02:00:00Z", "2026-03-02", "2026-04-16", false},
		{"the same mail in Warsaw", "gdpr_erasure", EU, "2026-03-03T02:00:00Z", "2026-03-03", "2026-04-03", false},
		{"spring forward", "ccpa_delete", California, "2026-02-22T23:30:00-08:00", "2026-02-22", "2026-04-08", true},
		{"fall back", "ccpa_delete", California, "2026-09-20T00:30:00-07:00", "2026-09-20", "2026-11-04", true},
	} {
		t.Run(x.name, func(t *testing.T) {
			at, err := time.Parse(time.RFC3339, x.at)
			require.NoError(t, err)
			c, err := b.Clock(x.id, Receipt{At: at, Jurisdiction: x.where})
			require.NoError(t, err)
			assert.Equal(t, x.on, c.ReceivedOn.String())
			assert.Equal(t, at.UTC(), c.Received)
			d, _ := c.Deadline(DutyRespond)
			assert.Equal(t, x.due, d.Statutory.String())
			if x.naiveMisses {
				naive, err := DateIn(at.Add(45*24*time.Hour), pacific)
				require.NoError(t, err)
				assert.NotEqual(t, d.Statutory, naive)
			}
		})
	}
}

func TestNewYearInUTCIsStillTheOldYearInLosAngeles(t *testing.T) {
	d, err := DateIn(time.Date(2027, 1, 1, 5, 0, 0, 0, time.UTC), pacific)
	require.NoError(t, err)
	assert.Equal(t, 2026, d.Year)
}

// Without the holiday the same count ends earlier: the naive answers that the
// examples warn of.
func TestBusinessDaysWithoutHolidays(t *testing.T) {
	for _, x := range []struct {
		received string
		want     string
	}{
		{"2026-06-12", "2026-06-26"},
		{"2026-12-18", "2027-01-01"},
		{"2028-02-18", "2028-03-03"},
	} {
		assert.Equal(t, x.want, AddBusinessDays(day(t, x.received), 10, nil).String())
	}
}
