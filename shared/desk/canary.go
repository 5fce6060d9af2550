package desk

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"rightsmail/shared/cases"
	"rightsmail/shared/email"
	"rightsmail/shared/replies"
)

// A canary is a letter to ourselves. It goes the whole way, through the outbox, the
// transport, the mail server, the archive and the desk, so that when it comes back
// everything in between works; when it does not, somebody's request may be lost too.

// canaryReference stands where a letter has the reference of its mail. No mail is
// ever given it: a reference made from a mail is looked up before it is used.
const canaryReference = "RM-CANA-RY00"

// canaryCounter is the counter whose number is the minute, since 1970, at which the
// last canary was received.
const canaryCounter = "canary"

// Canary puts a canary into the outbox, at most one an hour.
func (d *Desk) Canary(ctx context.Context, now time.Time) error {
	name := "canary-" + now.UTC().Format("2006010215")
	id := d.messageID(canaryReference, name)
	letter := replies.Letter{
		Kind: replies.KindCanary, From: d.Settings.From, To: email.Address{Address: d.canaryMailbox()},
		Subject: "Rightsmail canary", Language: "en", Automatic: true, MessageID: id, References: []string{id},
		Text: "This letter shows that mail to this address is read. Nothing has to be done.\n",
		HTML: "<p>This letter shows that mail to this address is read. Nothing has to be done.</p>\n",
	}
	payload, err := json.Marshal(letter)
	if err != nil {
		return fmt.Errorf("encode canary: %w", err)
	}
	err = d.Store.Commit(ctx, cases.Batch{Effects: []cases.Effect{{
		ID: name, Kind: cases.EffectCanary, State: cases.EffectPending, Payload: payload, Created: now, NotBefore: now,
	}}})
	if isConflict(err) { // the canary of this hour is on its way
		return nil
	}
	if err != nil {
		return fmt.Errorf("send canary: %w", err)
	}
	return nil
}

// canaryMailbox is where the canary goes: the designated mailbox, else the first.
func (d *Desk) canaryMailbox() string {
	if d.Settings.Designated != "" || len(d.Settings.Mailboxes) == 0 {
		return d.Settings.Designated
	}
	return d.Settings.Mailboxes[0]
}

// canary notes the receipt of a canary, and reports whether the mail is one. Its ids
// carry a token that nobody else can make; the transport may have given the mail
// another id, but leaves the thread alone.
func (p *plan) canary(ctx context.Context) (bool, error) {
	m := p.judged.Message
	ours := slices.ContainsFunc(append(slices.Clone(m.References), m.ID), func(id string) bool {
		reference, ok := p.desk.readMessageID(id)
		return ok && reference == canaryReference && strings.HasPrefix(strings.ToLower(id), "canary-")
	})
	if !ours {
		return false, nil
	}
	counter, err := p.desk.Store.Counter(ctx, canaryCounter)
	if err != nil {
		return false, fmt.Errorf("read canary counter: %w", err)
	}
	counter.Key = canaryCounter
	counter.N = max(counter.N, int(p.judged.Received.Unix()/60))
	counter.Expires = p.now.AddDate(1, 0, 0)
	p.batch.Counters = append(p.batch.Counters, counter)
	p.batch.Mail.Handling = cases.Ignored
	return true, nil
}

// sinceCanary is how many minutes ago a canary was last received; unknown if none
// ever was.
func (d *Desk) sinceCanary(ctx context.Context, now time.Time) (minutes float64, known bool, err error) {
	counter, err := d.Store.Counter(ctx, canaryCounter)
	if err != nil {
		return 0, false, fmt.Errorf("read canary counter: %w", err)
	}
	return max(0, now.Sub(time.Unix(int64(counter.N)*60, 0)).Minutes()), counter.N > 0, nil
}
