package desk

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"slices"
	"time"

	"rightsmail/shared/cases"
	"rightsmail/shared/metrics"
	"rightsmail/shared/replies"
)

// HoldReturned: the acknowledgement left, and the transport says that it did not
// arrive.
const HoldReturned = "returned"

// news says how each kind of feedback stands in a trail.
var news = map[replies.FeedbackKind]struct{ kind, text string }{
	replies.FeedbackDelivered:  {"letter-delivered", "The mail server of the person accepted our letter."},
	replies.FeedbackDelayed:    {"letter-delayed", "Our letter is still on its way; the transport keeps trying."},
	replies.FeedbackBounced:    {"letter-returned", "Our letter was sent back."},
	replies.FeedbackRejected:   {"letter-returned", "The transport refused our letter."},
	replies.FeedbackComplained: {"letter-complained", "The person's mail service reports our letter as unwanted."},
}

// Feedback notes what the transport says about a letter that it took. It settles a
// delivery whose end nobody noted. A letter that came back for good is a letter that
// failed: a human may send it again, and an acknowledgement counts as not sent. The
// same news twice changes nothing, and news of a letter that is not ours is passed
// over.
func (d *Desk) Feedback(ctx context.Context, f replies.Feedback, now time.Time) error {
	var told []metrics.Point
	err := cases.Retry(ctx, d.Store, func(ctx context.Context) (cases.Batch, error) {
		var b cases.Batch
		told = nil
		e, err := d.Store.Effect(ctx, f.Effect)
		if errors.Is(err, cases.ErrNotFound) {
			d.Log.WarnContext(ctx, "news of an unknown letter", slog.String("kind", string(f.Kind)))
			return b, nil
		}
		if err != nil {
			return b, err
		}
		before := e
		lost := f.Kind == replies.FeedbackRejected || f.Kind == replies.FeedbackBounced && f.Final
		took := f.Kind != replies.FeedbackRejected
		if e.State == cases.EffectPending && e.Attempts > 0 && took { // its answer, or our note of it, got lost
			attempted(&e, "", nil, f.At)
			if told, err = d.consequences(ctx, &b, e, now); err != nil {
				return b, err
			}
		}
		if lost && (e.State == cases.EffectDone || e.State == cases.EffectPending) {
			e.State, e.Note = cases.EffectFailed, "returned: "+f.Status
			told = append(told, bounced(e, f.Status, now))
		}
		if e.State != before.State {
			b.Effects = append(b.Effects, e)
		}
		return b, d.tellCases(ctx, &b, e, f, lost, nil, now)
	})
	if err != nil {
		return fmt.Errorf("note news of %s: %w", f.Effect, err)
	}
	d.emit(told...)
	return nil
}

// tellCases adds the news to the trail of every case that the letter speaks for; source
// says whose news they are, where it is not the transport.
func (d *Desk) tellCases(ctx context.Context, b *cases.Batch, e cases.Effect, f replies.Feedback, lost bool, source map[string]string, now time.Time) error {
	word, worth := news[f.Kind]
	ids, isAck, err := d.casesOf(ctx, e)
	if err != nil || !worth {
		return err
	}
	for _, id := range ids {
		c, trail, i, err := d.loadInto(ctx, b, id)
		if err != nil {
			return err
		}
		if slices.ContainsFunc(trail, func(old cases.Entry) bool {
			return old.Kind == word.kind && old.Data["letter"] == e.ID && old.Data["at"] == f.At.UTC().Format(time.RFC3339)
		}) {
			continue
		}
		data := map[string]string{"letter": e.ID, "status": f.Status, "at": f.At.UTC().Format(time.RFC3339)}
		maps.Copy(data, source)
		entries := []cases.Entry{{At: now, Actor: cases.Machine, Kind: word.kind, Text: word.text, Data: data}}
		if isAck && lost && c.Status != cases.Closed {
			var entry cases.Entry
			c, entry = cases.Returned(c, HoldReturned, now)
			entries = append(entries, entry)
		}
		ch := change(cases.Reschedule(c), trail, entries...)
		if i < 0 {
			b.Cases = append(b.Cases, ch)
			continue
		}
		ch.Entries = append(b.Cases[i].Entries, ch.Entries...)
		b.Cases[i] = ch
	}
	return nil
}

// loadInto reads a case as the batch has it already, with the place of its change, or
// from the store, with -1.
func (d *Desk) loadInto(ctx context.Context, b *cases.Batch, id cases.ID) (cases.Case, []cases.Entry, int, error) {
	c, trail, err := d.load(ctx, id)
	i := slices.IndexFunc(b.Cases, func(ch cases.Change) bool { return ch.Case.ID == id })
	if err == nil && i >= 0 {
		c, trail = b.Cases[i].Case, append(trail, b.Cases[i].Entries...)
	}
	return c, trail, i, err
}
