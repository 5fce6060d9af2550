package desk

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"time"

	"rightsmail/shared/cases"
)

// Stored is one mail of the archive, unread.
type Stored struct {
	ID cases.MailID
	At time.Time // when it was stored, UTC
}

// Span is a range of receipts: from From on and before To, UTC.
type Span struct{ From, To time.Time }

// Has reports whether an instant is in the span.
func (s Span) Has(at time.Time) bool { return !at.Before(s.From) && at.Before(s.To) }

// Late is how much later than its receipt a mail may come to be stored: SES tries for
// four hours, and we allow a day. Whoever lists an archive for a Span lists as much more.
const Late = 24 * time.Hour

// patience is how long a mail may be on its way to a decision, or a thing of the outbox
// on its way out, before somebody should look.
const patience = time.Hour

// Account holds what was stored against what became of it.
type Account struct {
	Span   Span
	Stored int // mails of the archive that were received in the span

	Opened    int // with one or more cases
	Joined    int
	Merged    int
	Forwarded int
	Ignored   int
	Underway  int // stored within the last hour and not decided yet
	Undecided int // stored earlier, and nobody has decided them

	Again int // of those forwarded or ignored: read again by newer rules, and opened then
	Cases int // of all mails
	Gone  int // decided, and their raw mail is no more; only mails with cases and forwarded ones are known to the store by date

	Problems []Problem
}

// ProblemKind says what is wrong.
type ProblemKind string

// The kinds of problems.
const (
	Undecided       ProblemKind = "undecided"        // stored, never decided
	RawGone         ProblemKind = "raw-gone"         // decided, raw mail is no more
	CaseMissing     ProblemKind = "case-missing"     // the mail names it, the store does not have it
	TrailBroken     ProblemKind = "trail-broken"     // somebody changed it
	OutboxStuck     ProblemKind = "outbox-stuck"     // pending for more than an hour
	OutboxFailed    ProblemKind = "outbox-failed"    // given up, and nobody has settled it
	UnknownHandling ProblemKind = "unknown-handling" // written by a newer version
)

// Problem is one thing that somebody should look at. Text is in our own words.
type Problem struct {
	Kind   ProblemKind
	Mail   cases.MailID
	Case   cases.ID  // empty if it concerns the mail
	Effect string    // of the outbox; empty if it concerns none
	Since  time.Time // UTC; zero if nobody knows
	Text   string
}

// Reconcile goes through what the archive holds of a span and what the store made of it.
// stored must give every mail that was stored in the span and Late after it; others are
// passed over. It writes nothing. A missing thing is a Problem and no error.
func Reconcile(ctx context.Context, store cases.Store, stored iter.Seq2[Stored, error], span Span, now time.Time) (Account, error) {
	r := &reconciling{store: store, now: now, Account: Account{Span: span}, seen: map[cases.MailID]bool{}}
	for s, err := range stored {
		if err != nil {
			return Account{}, err
		}
		if err := r.one(ctx, s); err != nil {
			return Account{}, err
		}
	}
	for _, step := range []func(context.Context) error{r.goneWithCases, r.goneForwarded, r.outbox} {
		if err := step(ctx); err != nil {
			return Account{}, err
		}
	}
	return r.Account, nil
}

// Even reports whether everything stored was decided, is whole and has left, and was
// all that was received; received below zero is not known.
func (a Account) Even(received int) bool {
	return len(a.Problems) == 0 && (received < 0 || received == a.Stored)
}

// reconciling is an Account in the making.
type reconciling struct {
	Account
	store cases.Store
	now   time.Time
	seen  map[cases.MailID]bool // mails of the span that the archive has, and their second readings
}

func (r *reconciling) problem(p Problem) { r.Problems = append(r.Problems, p) }

func (r *reconciling) one(ctx context.Context, s Stored) error {
	mail, err := r.store.Mail(ctx, s.ID)
	if errors.Is(err, cases.ErrNotFound) {
		r.undecided(s)
		return nil
	}
	if err != nil {
		return fmt.Errorf("read mail %s: %w", s.ID, err)
	}
	if !r.Span.Has(mail.Received) {
		return nil
	}
	r.Stored++
	r.seen[s.ID] = true
	switch mail.Handling {
	case cases.Opened:
		r.Opened++
		return r.whole(ctx, mail)
	case cases.Joined:
		r.Joined++
	case cases.Merged:
		r.Merged++
	case cases.Forwarded:
		r.Forwarded++
		return r.again(ctx, s.ID)
	case cases.Ignored:
		r.Ignored++
		return r.again(ctx, s.ID)
	default:
		r.problem(Problem{Kind: UnknownHandling, Mail: s.ID, Since: mail.Received, Text: "decided in a way this version does not know: run the version that is deployed"})
	}
	return nil
}

func (r *reconciling) undecided(s Stored) {
	if !r.Span.Has(s.At) {
		return
	}
	r.Stored++
	if r.now.Sub(s.At) < patience {
		r.Underway++
		return
	}
	r.Undecided++
	r.problem(Problem{Kind: Undecided, Mail: s.ID, Since: s.At, Text: "stored, and never decided: look for it among the dead letters of intake, else replay takes it in"})
}

// again looks for the second reading of a mail that was passed over.
func (r *reconciling) again(ctx context.Context, id cases.MailID) error {
	mail, err := r.store.Mail(ctx, rereadID(id))
	if errors.Is(err, cases.ErrNotFound) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("read mail %s: %w", rereadID(id), err)
	}
	r.Again++
	r.seen[mail.ID] = true
	return r.whole(ctx, mail)
}

// whole looks whether a mail has its cases, and they their trails.
func (r *reconciling) whole(ctx context.Context, mail cases.Mail) error {
	for _, id := range mail.Cases {
		r.Cases++
		_, err := r.store.Case(ctx, id)
		var trail []cases.Entry
		if err == nil {
			trail, err = r.store.Trail(ctx, id)
		}
		switch broken := cases.Verify(trail); {
		case errors.Is(err, cases.ErrNotFound):
			r.problem(Problem{Kind: CaseMissing, Mail: mail.ID, Case: id, Since: mail.Received, Text: "the mail opened it, and it is not in the store: restore the table"})
		case err != nil:
			return fmt.Errorf("read case %s: %w", id, err)
		case broken != nil:
			r.problem(Problem{Kind: TrailBroken, Mail: mail.ID, Case: id, Since: mail.Received, Text: "its trail is not as it was written: " + broken.Error()})
		case len(trail) == 0:
			r.problem(Problem{Kind: TrailBroken, Mail: mail.ID, Case: id, Since: mail.Received, Text: "its trail is empty, and the first entry is written with the case"})
		}
	}
	return nil
}

// goneWithCases looks for mails that have cases and are not in the archive.
func (r *reconciling) goneWithCases(ctx context.Context) error {
	q := cases.Query{ReceivedFrom: r.Span.From, ReceivedTo: r.Span.To, Limit: 500}
	for {
		page, err := r.store.Cases(ctx, q)
		if err != nil {
			return fmt.Errorf("read cases of the span: %w", err)
		}
		for _, c := range page.Cases {
			if err := r.gone(ctx, archived(c.Mail)); err != nil {
				return err
			}
		}
		if q.Cursor = page.Next; q.Cursor == "" {
			return nil
		}
	}
}

// goneForwarded does the same for mails that went to the help desk.
func (r *reconciling) goneForwarded(ctx context.Context) error {
	return r.effects(ctx, cases.EffectQuery{Kind: cases.EffectForward}, func(e cases.Effect) error { return r.gone(ctx, e.Mail) })
}

// gone notes, once, a mail of the span that the archive did not give.
func (r *reconciling) gone(ctx context.Context, id cases.MailID) error {
	if r.seen[id] {
		return nil
	}
	mail, err := r.store.Mail(ctx, id)
	if err != nil && !errors.Is(err, cases.ErrNotFound) {
		return fmt.Errorf("read mail %s: %w", id, err)
	}
	if err == nil && (!r.Span.Has(mail.Received) || r.now.Sub(mail.Received) < patience) {
		return nil // its cases count from an earlier copy, or it came while the archive was listed
	}
	r.seen[id] = true
	r.Gone++
	text := "decided as " + string(mail.Handling) + ", and its raw mail is no longer there, or was stored at another time"
	if err != nil {
		text = "a case or the outbox names it, and neither the archive nor the store has it: restore the table"
	}
	r.problem(Problem{Kind: RawGone, Mail: id, Since: mail.Received, Text: text})
	return nil
}

// outbox looks for what the mails of the span wait for. What the model did not answer is
// settled: a human decides without it.
func (r *reconciling) outbox(ctx context.Context) error {
	for _, state := range []cases.EffectState{cases.EffectPending, cases.EffectFailed} {
		err := r.effects(ctx, cases.EffectQuery{State: state}, func(e cases.Effect) error {
			p := Problem{Kind: OutboxStuck, Mail: e.Mail, Case: e.Case, Effect: e.ID, Since: e.Created}
			switch {
			case !r.seen[e.Mail]:
				return nil
			case state == cases.EffectPending && r.now.Sub(e.Created) <= patience:
				return nil
			case state == cases.EffectPending:
				p.Text = fmt.Sprintf("%s waits since more than an hour, after %d attempts", e.Kind, e.Attempts)
			case e.Kind == cases.EffectConsult:
				return nil
			default:
				p.Kind, p.Text = OutboxFailed, string(e.Kind)+" was given up: a human sends it again from the console, or closes the case"
			}
			if p.Kind == OutboxFailed {
				if done, err := r.closed(ctx, e.Case); err != nil || done {
					return err
				}
			}
			r.problem(p)
			return nil
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// closed reports whether a human has ended the case.
func (r *reconciling) closed(ctx context.Context, id cases.ID) (bool, error) {
	if id == "" {
		return false, nil
	}
	c, err := r.store.Case(ctx, id)
	if errors.Is(err, cases.ErrNotFound) { // is a problem of its own
		return false, nil
	}
	if err != nil {
		return false, fmt.Errorf("read case %s: %w", id, err)
	}
	return c.Status == cases.Closed, nil
}

// effects walks the outbox, newest first, as far back as the span begins.
func (r *reconciling) effects(ctx context.Context, q cases.EffectQuery, do func(cases.Effect) error) error {
	q.Limit = 500
	for {
		page, err := r.store.Effects(ctx, q)
		if err != nil {
			return fmt.Errorf("read outbox: %w", err)
		}
		for _, e := range page.Effects {
			if e.Created.Before(r.Span.From) { // nothing leaves before its mail came
				return nil
			}
			if err := do(e); err != nil {
				return err
			}
		}
		if q.Cursor = page.Next; q.Cursor == "" {
			return nil
		}
	}
}
