package rights

import "slices"

// Earliest merges clocks of one request into one: per duty the earliest
// statutory and the earliest strict date, whichever clock gave them, in the zone
// where that day ends first. With one clock it returns that clock, with none the
// zero Clock.
func Earliest(clocks ...Clock) Clock {
	return merge("More than one clock may run here, so each was worked out and the earliest date counts.", clocks)
}

func merge(why string, clocks []Clock) Clock {
	if len(clocks) == 0 {
		return Clock{}
	}
	out := clocks[0]
	if len(clocks) == 1 {
		return out
	}
	out.Deadlines = nil
	for _, d := range duties {
		var same []Deadline
		for _, c := range clocks {
			if dl, ok := c.Deadline(d); ok {
				same = append(same, dl)
			}
		}
		if len(same) > 0 {
			out.Deadlines = append(out.Deadlines, shortest(why, same))
		}
	}
	for _, c := range clocks[1:] {
		if c.Target.DueSafe().Before(out.Target.DueSafe()) {
			out.Target = c.Target
		}
	}
	// The clock as a whole is told in the zone in which its answer falls due.
	if respond, ok := out.Deadline(DutyRespond); ok {
		i := slices.IndexFunc(clocks, func(c Clock) bool { return c.Zone == respond.Zone })
		out.Zone, out.ReceivedOn = clocks[i].Zone, clocks[i].ReceivedOn
	}
	return out
}

// shortest merges deadlines for one duty. The two dates may come from two laws:
// the strict one stays the earlier, because each law's strict date is.
func shortest(why string, all []Deadline) Deadline {
	if len(all) == 1 {
		return all[0]
	}
	out, safe := all[0], all[0]
	for _, d := range all[1:] {
		if d.Statutory.Before(out.Statutory) {
			out = d
		}
		if d.Safe.Before(safe.Safe) {
			safe = d
		}
	}
	out.Safe = safe.Safe
	if out.Citation != safe.Citation {
		out.Citation += "; " + safe.Citation
	}
	out.Internal = !slices.ContainsFunc(all, func(d Deadline) bool { return !d.Internal })
	out.Zone = firstZone(all, out.Safe)
	out.Steps = mergedSteps(why, all, out)
	return out
}

// firstZone is the zone of the deadlines in which a day ends first.
func firstZone(all []Deadline, on Date) string {
	first := slices.MinFunc(all, func(a, b Deadline) int { return a.due(on).Compare(b.due(on)) })
	return first.Zone
}
