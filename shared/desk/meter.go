package desk

import (
	"time"

	"rightsmail/shared/cases"
	"rightsmail/shared/metrics"
	"rightsmail/shared/rights"
)

// emit passes points on to whoever watches the machine, if anybody does.
func (d *Desk) emit(points ...metrics.Point) {
	if d.Meter == nil {
		return
	}
	for _, p := range points {
		if len(p.Values) > 0 {
			d.Meter.Emit(p)
		}
	}
}

// received is what operations should know of one mail. A copy that was seen before
// counts nothing.
func received(r Received, now time.Time) []metrics.Point {
	if r.Seen {
		return nil
	}
	mail := metrics.Point{At: now, Notes: map[string]string{"mail": string(r.Mail.ID), "handling": string(r.Mail.Handling)},
		Values: map[metrics.Name]float64{
			metrics.MailsReceived: 1, metrics.ReceiptSeconds: max(0, now.Sub(r.Mail.Received).Seconds()),
		}}
	switch r.Mail.Handling {
	case cases.Forwarded:
		mail.Values[metrics.MailsForwarded] = 1
	case cases.Ignored:
		mail.Values[metrics.MailsIgnored] = 1
	}
	if r.Unread {
		mail.Values[metrics.MailsUnread] = 1
	}
	points := []metrics.Point{mail}
	index := map[rights.Queue]int{}
	for _, c := range r.Cases {
		i, known := index[c.Queue]
		if !known {
			i = len(points)
			index[c.Queue] = i
			points = append(points, metrics.Point{At: now, Category: string(c.Queue), Values: map[metrics.Name]float64{}})
		}
		points[i].Values[metrics.CasesOpened]++
		if c.Status == cases.Held {
			points[i].Values[metrics.CasesHeld]++
		}
	}
	return points
}
