package limits_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"rightsmail/shared/limits"
	"rightsmail/shared/rights"
)

var (
	know = rights.Limit{Max: 2, Window: rights.RollingYear}
	once = rights.Limit{Max: 1, Window: rights.RollingYear}
	year = rights.Limit{Max: 1, Window: rights.CalendarYear} // Shine the Light
)

func date(t testing.TB, s string) rights.Date {
	t.Helper()
	var d rights.Date
	require.NoError(t, d.UnmarshalText([]byte(s)))
	return d
}

func dates(t testing.TB, all ...string) []rights.Date {
	var out []rights.Date
	for _, s := range all {
		out = append(out, date(t, s))
	}
	return out
}

// used is a ledger with a firm use on each date, the cases named by their date, a
// second one of that day with a mark.
func used(t testing.TB, all ...string) limits.Ledger {
	var l limits.Ledger
	for i, s := range all {
		name := s
		if slices.Contains(all[:i], s) {
			name += " again"
		}
		l = l.Confirm(name, date(t, s)) // Confirm asks for no permission
	}
	return l
}

func TestVerdictCountsWholeCalendarMonthsAndClips(t *testing.T) {
	for _, tc := range []struct {
		name      string
		limit     rights.Limit
		uses      []string
		on        string
		free      bool
		earlier   []string
		firstFree string
	}{
		{"nothing used", know, nil, "2026-03-02", true, nil, "2026-03-02"},
		{"one used", know, []string{"2026-03-01"}, "2026-03-02", true, nil, "2026-03-02"},
		{"two used", know, []string{"2026-03-01", "2026-05-01"}, "2026-06-01", false,
			[]string{"2026-03-01", "2026-05-01"}, "2027-03-01"},
		{"two on one day", know, []string{"2026-03-01", "2026-03-01"}, "2026-03-01", false,
			[]string{"2026-03-01", "2026-03-01"}, "2027-03-01"},
		{"the day before a year is up", once, []string{"2026-03-02"}, "2027-03-01", false, []string{"2026-03-02"}, "2027-03-02"},
		{"the same calendar day one year later", once, []string{"2026-03-02"}, "2027-03-02", true, nil, "2027-03-02"},
		{"28 February frees on 28 February of a leap year", once, []string{"2027-02-28"}, "2028-02-28", true, nil, "2028-02-28"},
		{"and not the day before", once, []string{"2027-02-28"}, "2028-02-27", false, []string{"2027-02-28"}, "2028-02-28"},
		{"29 February frees on 28 February", once, []string{"2028-02-29"}, "2029-02-28", true, nil, "2029-02-28"},
		{"and not the day before", once, []string{"2028-02-29"}, "2029-02-27", false, []string{"2028-02-29"}, "2029-02-28"},
		{"29 February blocks nothing of the 29 February four years on", once, []string{"2028-02-29"}, "2032-02-29", true, nil, "2032-02-29"},
		{"the older use frees first", know, []string{"2026-03-01", "2026-05-01"}, "2027-03-01", true, nil, "2027-03-01"},
		{"older uses are not in the way", know, []string{"2024-01-01", "2026-03-01", "2026-05-01"}, "2026-06-01", false,
			[]string{"2026-03-01", "2026-05-01"}, "2027-03-01"},
		{"beyond the limit already: the last two are in the way", know,
			[]string{"2026-01-01", "2026-02-01", "2026-03-01"}, "2026-04-01", false,
			[]string{"2026-02-01", "2026-03-01"}, "2027-02-01"},

		{"processed late, before two uses", know, []string{"2026-03-02", "2026-04-01"}, "2026-02-01", false,
			[]string{"2026-03-02", "2026-04-01"}, "2027-03-02"},
		{"processed late, between two uses", know, []string{"2026-03-01", "2026-05-01"}, "2026-04-01", false,
			[]string{"2026-03-01", "2026-05-01"}, "2027-03-01"},
		{"processed late, a year before the second use", know, []string{"2026-03-02", "2027-02-01"}, "2026-02-01", true, nil, "2026-02-01"},
		{"processed late, uses of both sides but of no one window", know, []string{"2025-12-01", "2026-12-15"}, "2026-06-01", true, nil, "2026-06-01"},
		{"processed late, free only after the later uses", know, []string{"2026-01-10", "2026-06-01", "2027-05-01"}, "2026-09-01", false,
			[]string{"2026-01-10", "2026-06-01", "2027-05-01"}, "2027-06-01"},

		{"calendar year: the last day", year, []string{"2026-01-01"}, "2026-12-31", false, []string{"2026-01-01"}, "2027-01-01"},
		{"calendar year: 31 December and 1 January are two years", year, []string{"2026-12-31"}, "2027-01-01", true, nil, "2027-01-01"},
		{"calendar year: processed late", year, []string{"2027-01-01"}, "2026-12-31", true, nil, "2026-12-31"},
		{"calendar year: this and the next are used", year, []string{"2026-06-01", "2027-02-01"}, "2026-07-01", false,
			[]string{"2026-06-01"}, "2028-01-01"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			want := limits.Verdict{Free: tc.free, Earlier: dates(t, tc.earlier...), FirstFree: date(t, tc.firstFree)}
			require.Equal(t, want, used(t, tc.uses...).Ask(tc.limit, date(t, tc.on)))
		})
	}
}

func TestReservingTwiceChangesNothing(t *testing.T) {
	var l limits.Ledger
	for i, on := range dates(t, "2026-03-01", "2026-04-01", "2026-05-01") {
		l, _ = l.Reserve(know, fmt.Sprint("case ", i), on)
	}
	require.Len(t, l.Uses, 2)
	require.Len(t, l.Waiting, 1)
	for i := range 3 {
		again, v := l.Reserve(know, fmt.Sprint("case ", i), date(t, "2026-01-01"))
		require.Equal(t, l, again, "and the date of the first time stays")
		require.Equal(t, i < 2, v.Free)
	}
}

func TestWaitingCaseThatAsksAgainAndFitsWaitsNoLonger(t *testing.T) {
	l := used(t, "2026-03-01")
	l, v := l.Reserve(once, "second", date(t, "2026-05-01"))
	require.False(t, v.Free)
	l, v = l.Reserve(know, "second", date(t, "2026-05-01")) // the law became more generous
	require.True(t, v.Free)
	require.Empty(t, l.Waiting)
	require.Len(t, l.Uses, 2)
}

func TestGivingBackMovesUpTheOldest(t *testing.T) {
	l := used(t, "2026-03-01", "2026-05-01")
	for _, on := range []string{"2026-08-01", "2026-06-01", "2026-07-01"} {
		l, _ = l.Reserve(know, on, date(t, on))
	}
	require.Equal(t, []string{"2026-06-01", "2026-07-01", "2026-08-01"}, names(l.Waiting))

	next, movedUp := l.GiveBack(know, "2026-03-01")
	require.Equal(t, []string{"2026-06-01"}, movedUp)
	require.Equal(t, []string{"2026-05-01", "2026-06-01"}, names(next.Uses))
	require.Equal(t, []string{"2026-07-01", "2026-08-01"}, names(next.Waiting))
	require.Len(t, l.Waiting, 3, "the ledger it was called on stays as it was")
}

func TestGivingBackPassesOverTheOldestWhereItDoesNotFit(t *testing.T) {
	l := used(t, "2026-01-01", "2027-02-01")
	l, _ = l.Reserve(once, "2026-06-01", date(t, "2026-06-01")) // both uses are in its way
	l, _ = l.Reserve(once, "2027-06-01", date(t, "2027-06-01")) // only the second one is
	next, movedUp := l.GiveBack(once, "2027-02-01")
	require.Equal(t, []string{"2027-06-01"}, movedUp)
	require.Equal(t, []string{"2026-06-01"}, names(next.Waiting))
}

func TestGivingBackTwoUsesAtOnceMovesUpTwo(t *testing.T) {
	l := used(t, "2026-03-01")
	l, _ = l.Reserve(once, "2026-02-15", date(t, "2026-02-15")) // processed late
	l, _ = l.Reserve(once, "2027-02-20", date(t, "2027-02-20"))
	next, movedUp := l.GiveBack(once, "2026-03-01") // it blocked a year on either side
	require.Equal(t, []string{"2026-02-15", "2027-02-20"}, movedUp)
	require.Empty(t, next.Waiting)
}

func TestGivingBackAWaitingOrUnknownCaseFreesOnlyItsPlace(t *testing.T) {
	l := used(t, "2026-03-01")
	l, _ = l.Reserve(once, "waiting", date(t, "2026-04-01"))
	next, movedUp := l.GiveBack(once, "waiting")
	require.Empty(t, movedUp)
	require.Equal(t, used(t, "2026-03-01").Uses, next.Uses)
	require.Empty(t, next.Waiting)
	same, movedUp := l.GiveBack(once, "unknown")
	require.Empty(t, movedUp)
	require.Equal(t, l, same)
}

func TestConfirmingMakesAUseFirmOnce(t *testing.T) {
	var l limits.Ledger
	l, _ = l.Reserve(once, "case", date(t, "2026-03-01"))
	l = l.Confirm("case", date(t, "2026-09-09")).Confirm("case", date(t, "2026-10-10"))
	require.Equal(t, []limits.Use{{Case: "case", On: date(t, "2026-03-01"), State: limits.Confirmed}}, l.Uses)
}

func TestConfirmingAWaivedCaseCountsItBeyondTheLimit(t *testing.T) {
	l := used(t, "2026-03-01", "2026-04-01")
	l, _ = l.Reserve(know, "waived", date(t, "2026-05-01"))
	l = l.Confirm("waived", date(t, "2026-05-01"))
	require.Empty(t, l.Waiting)
	require.Equal(t, []string{"2026-03-01", "2026-04-01", "waived"}, names(l.Uses))
	v := l.Ask(know, date(t, "2026-06-01"))
	require.Equal(t, limits.Verdict{Earlier: dates(t, "2026-04-01", "2026-05-01"), FirstFree: date(t, "2027-04-01")}, v)
}

func names(uses []limits.Use) []string {
	var all []string
	for _, u := range uses {
		all = append(all, u.Case)
	}
	return all
}

// windowEnd, crowded and free say the rule once more, as plainly as possible.
func windowEnd(limit rights.Limit, d rights.Date) rights.Date {
	if limit.Window == rights.CalendarYear {
		return rights.Date{Year: d.Year + 1, Month: 1, Day: 1}
	}
	return rights.AddMonthsClip(d, 12)
}

// crowded reports whether a window that holds must holds more than Max.
func crowded(limit rights.Limit, all []rights.Date, must rights.Date) bool {
	for _, begin := range all {
		n, holds := 0, false
		for _, d := range all {
			if !d.Before(begin) && d.Before(windowEnd(limit, begin)) {
				n++
				holds = holds || d == must
			}
		}
		if holds && n > limit.Max {
			return true
		}
	}
	return false
}

func free(limit rights.Limit, l limits.Ledger, on rights.Date) bool {
	all := []rights.Date{on}
	for _, u := range l.Uses {
		all = append(all, u.On)
	}
	return !crowded(limit, all, on)
}

func TestRandomHistoriesNeverExceedTheLimitUnlessAHumanForcedIt(t *testing.T) {
	for seed := range uint64(300) {
		for _, limit := range []rights.Limit{know, once, year, {Max: 3, Window: rights.RollingYear}} {
			history(t, rand.New(rand.NewPCG(seed, 1)), limit)
		}
	}
}

// history lets one person and one officer do random things for some years.
func history(t *testing.T, r *rand.Rand, limit rights.Limit) {
	start := rights.Date{Year: 2027, Month: 1, Day: 1}
	var l limits.Ledger
	forced := false
	for step := range 25 {
		name := fmt.Sprintf("case %02d", r.IntN(step+1))
		switch r.IntN(10) {
		case 0, 1:
			before := l
			var movedUp []string
			l, movedUp = l.GiveBack(limit, name)
			require.Subset(t, append(names(before.Waiting), ""), append(movedUp, ""))
		case 2:
			if i := slices.Index(names(l.Uses), name); i >= 0 {
				l = l.Confirm(name, l.Uses[i].On)
			}
		case 3:
			if r.IntN(8) == 0 {
				l, forced = l.Confirm(name, rights.AddDays(start, r.IntN(1500))), true
			}
		default:
			name = fmt.Sprintf("case %02d", step)
			on := rights.AddDays(start, r.IntN(1500))
			want := free(limit, l, on)
			v := l.Ask(limit, on)
			require.Equal(t, want, v.Free, "%v on %v", names(l.Uses), on)
			require.True(t, free(limit, l, v.FirstFree), "first free %v", v.FirstFree)
			if before := rights.AddDays(v.FirstFree, -1); !v.Free {
				require.False(t, free(limit, l, before), "the day before is not free")
			}
			l, _ = l.Reserve(limit, name, on)
		}
		if !forced {
			for _, u := range l.Uses {
				all := []rights.Date{}
				for _, other := range l.Uses {
					all = append(all, other.On)
				}
				require.False(t, crowded(limit, all, u.On), "%v holds more than %d", all, limit.Max)
			}
		}
		for _, w := range l.Waiting {
			require.False(t, free(limit, l, w.On), "nobody waits who could go")
		}
	}
}

func BenchmarkReserveInALedgerOfTenYears(b *testing.B) {
	var l limits.Ledger
	for i := range 20 {
		on := rights.AddMonthsClip(rights.Date{Year: 2026, Month: 1, Day: 31}, 6*i)
		l, _ = l.Reserve(know, fmt.Sprint("case ", i), on)
	}
	on := date(b, "2035-12-01")
	for b.Loop() {
		if _, v := l.Reserve(know, "one more", on); v.Free {
			b.Fatal("it is not free")
		}
	}
}
