package rights

import (
	"crypto/sha256"
	"os"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestMonthsClipToTheEndOfTheMonth(t *testing.T) {
	for _, x := range []struct {
		from string
		n    int
		want string
	}{
		{"2026-01-31", 1, "2026-02-28"}, // time.AddDate says 3 March
		{"2026-08-31", 1, "2026-09-30"},
		{"2026-11-30", 3, "2027-02-28"},
		{"2026-12-01", 1, "2027-01-01"},
		{"2026-01-15", 0, "2026-01-15"},
		{"2026-01-15", -1, "2025-12-15"},
		{"2026-03-31", -1, "2026-02-28"},
		// The twelve months that an answer looks back over.
		{"2028-02-29", -12, "2027-02-28"}, // 365 days would say 1 March
		{"2026-03-02", -12, "2025-03-02"},
		// The first day on which a use no longer counts.
		{"2027-02-28", 12, "2028-02-28"},
		{"2028-02-29", 12, "2029-02-28"}, // time.AddDate says 1 March
	} {
		assert.Equal(t, x.want, AddMonthsClip(day(t, x.from), x.n).String(), "%s %+d months", x.from, x.n)
	}
}

func TestMonthsAgreeWithTheStandardLibraryWhereNothingIsClipped(t *testing.T) {
	for d, end := day(t, "2023-01-01"), day(t, "2029-01-01"); d.Before(end); d = AddDays(d, 1) {
		for n := -14; n <= 14; n++ {
			got, naive := AddMonthsClip(d, n), d.In(time.UTC).AddDate(0, n, 0)
			require.True(t, got.IsValid())
			if naive.Day() == d.Day {
				require.Equal(t, naive.Format(time.DateOnly), got.String())
			} else {
				require.Equal(t, 1, AddDays(got, 1).Day, "a clipped date is the last of its month")
			}
		}
	}
}

func TestEndOfDayFollowsTheClocksOfTheZone(t *testing.T) {
	for _, x := range []struct{ date, zone, want string }{
		{"2026-01-15", pacific, "2026-01-16T07:59:59Z"},
		{"2026-07-15", pacific, "2026-07-16T06:59:59Z"},
		{"2026-03-29", warsaw, "2026-03-29T21:59:59Z"}, // clocks went forward that morning
	} {
		got, err := EndOfDay(day(t, x.date), x.zone)
		require.NoError(t, err)
		assert.Equal(t, x.want, got.Format(time.RFC3339))
	}
	for _, zone := range []string{"", "Local", "Mars/Olympus"} {
		_, err := EndOfDay(day(t, "2026-01-15"), zone)
		assert.Error(t, err, zone)
		_, err = DateIn(time.Time{}, zone)
		assert.Error(t, err, zone)
	}
}

func TestFormatNamesTheWeekday(t *testing.T) {
	assert.Equal(t, "Tuesday 14 April 2026", Format(day(t, "2026-04-14")))
}

func TestHolidays(t *testing.T) {
	calendars := map[string]*Calendar{}
	l := &loader{calendars: calendars, sum: sha256.New()}
	l.each(os.DirFS("."), "calendars/*.yaml", l.calendarFile)
	require.Empty(t, l.problems)
	for _, x := range []struct{ calendar, date, name string }{
		{"california", "2026-03-31", "César Chávez Day"},
		{"california", "2026-02-17", "Lunar New Year"},
		{"california", "2026-11-26", "Thanksgiving Day"},
		{"california", "2026-11-27", ""},
		{"california", "2022-06-20", ""}, // Juneteenth joined the list in 2023
		{"california", "2027-07-05", "Independence Day (observed)"},
		{"california", "2028-11-10", "Veterans Day (observed)"},
		{"california", "2026-07-03", ""}, // a Saturday holiday is not made up for
		{"poland", "2026-04-05", "Easter Sunday"},
		{"poland", "2026-04-06", "Easter Monday"},
		{"poland", "2026-06-04", "Corpus Christi"},
		{"poland", "2024-12-24", ""},
		{"poland", "2025-12-24", "Christmas Eve"},
		{"poland", "2027-05-03", "Constitution Day"},
		{"england-wales", "2026-04-03", "Good Friday"},
		{"england-wales", "2026-12-28", "Boxing Day (observed)"},
		{"england-wales", "2027-12-27", "Christmas Day (observed)"},
		{"england-wales", "2027-12-28", "Boxing Day (observed)"},
		{"england-wales", "2022-12-27", "Christmas Day (observed)"},
		{"england-wales", "2028-01-03", "New Year's Day (observed)"},
		{"england-wales", "2022-05-30", ""}, // moved to June for the jubilee
		{"england-wales", "2022-06-03", "Platinum Jubilee"},
		{"england-wales", "2023-05-08", "Coronation of King Charles III"},
	} {
		name, ok := calendars[x.calendar].Holiday(day(t, x.date))
		assert.Equal(t, x.name, name, "%s %s", x.calendar, x.date)
		assert.Equal(t, x.name != "", ok)
	}
}
