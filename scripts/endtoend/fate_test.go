package endtoend

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"rightsmail/shared/cases"
)

// letter is one mail of the sample mailbox.
type sample struct {
	file string
	arrival
}

// sampleMails reads the sample mailbox in order of receipt.
func sampleMails(t *testing.T, now time.Time) []sample {
	t.Helper()
	files, err := filepath.Glob(samples + "/*.eml")
	require.NoError(t, err)
	var list []sample
	for _, file := range files {
		raw, err := os.ReadFile(file) // #nosec G304 -- our own samples
		require.NoError(t, err)
		list = append(list, sample{filepath.Base(file), arrive(raw, now, []string{"support@example.com", "privacy@example.com"})})
	}
	require.Greater(t, len(list), 100)
	slices.SortStableFunc(list, func(a, b sample) int { return a.Received.Compare(b.Received) })
	return list
}

// fate is everything that became of a mail, by name of the fact. What only the wall
// clock decides is not in it.
type fate map[string]string

// fateOf reads it from a store.
func fateOf(t *testing.T, s cases.Store, id cases.MailID) fate {
	t.Helper()
	f := fate{}
	m, err := s.Mail(t.Context(), id)
	if errors.Is(err, cases.ErrNotFound) {
		return f
	}
	require.NoError(t, err)
	f.set("mail", map[string]any{
		"handling": m.Handling, "mailbox": m.Mailbox, "reference": m.Reference, "cases": m.Cases, "joined": m.Joined, "warnings": m.Warnings,
		"received": m.Received.UTC().Format(time.RFC3339),
	})
	for _, id := range m.Cases {
		if m.Handling != cases.Opened { // a copy: its cases are told with the first
			break
		}
		f.addCase(t, s, id)
	}
	effects(t, s, cases.EffectQuery{Mail: id}, func(e cases.Effect) {
		name := strings.NewReplacer(m.Reference, "REF", string(m.ID), "ID").Replace(e.ID)
		f.set("effect "+name, map[string]any{"kind": e.Kind, "state": e.State, "payload": string(e.Payload)})
	})
	return f
}

func (f fate) addCase(t *testing.T, s cases.Store, id cases.ID) {
	t.Helper()
	c, err := s.Case(t.Context(), id)
	require.NoError(t, err)
	trail, err := s.Trail(t.Context(), id)
	require.NoError(t, err)
	require.NoError(t, cases.Verify(trail), "the trail of %s", id)
	name := "case " + string(id[strings.LastIndex(string(id), "-")+1:]) + " "
	f.set(name+"is", map[string]any{
		"id": id, "right": c.Right, "jurisdiction": c.Jurisdiction, "queue": c.Queue, "priority": c.Priority, "status": c.Status,
		"siblings": c.Siblings, "subject": c.Subject, "mailbox": c.Mailbox, "missing": c.Missing, "replies": c.Replies, "outcome": c.Outcome,
	})
	f.set(name+"dates", map[string]any{"received": c.Received.UTC().Format(time.RFC3339), "clock": c.Clock, "next": c.Next})
	f.set(name+"requester", c.Requester)
	f.set(name+"limit", c.Limit)
	f.set(name+"review", c.Review)
	f.set(name+"signals", c.Signals)
	f.set(name+"evidence", map[string]any{"evidence": c.Evidence, "by": c.DecidedBy, "confidence": c.Confidence, "rules": c.Rules})
	f.set(name+"acknowledgement", map[string]any{"state": c.Acknowledgement.State, "hold": c.Acknowledgement.Hold})
	var kinds []string
	for _, e := range trail {
		if e.Kind != "letter-delivered" { // one machine asks nobody whether letters arrived
			kinds = append(kinds, e.Kind)
		}
	}
	slices.Sort(kinds) // when an answer of a person and a letter of ours cross, either may be first
	f.set(name+"trail", kinds)
}

func (f fate) set(name string, value any) {
	raw, err := json.Marshal(value)
	if err != nil {
		raw = []byte(err.Error())
	}
	f[name] = string(raw)
}

// differs lists the names of facts that are not equal.
func (f fate) differs(other fate) []string {
	var list []string
	for name, value := range f {
		if other[name] != value {
			list = append(list, name)
		}
	}
	for name := range other {
		if _, there := f[name]; !there {
			list = append(list, name)
		}
	}
	slices.Sort(list)
	return list
}

// effects walks the outbox.
func effects(t *testing.T, s cases.Store, q cases.EffectQuery, each func(cases.Effect)) {
	t.Helper()
	q.Limit = 500
	for {
		page, err := s.Effects(t.Context(), q)
		require.NoError(t, err)
		for _, e := range page.Effects {
			each(e)
		}
		if q.Cursor = page.Next; q.Cursor == "" {
			return
		}
	}
}

// allCases walks every case.
func allCases(t *testing.T, s cases.Store, each func(cases.Case)) {
	t.Helper()
	q := cases.Query{Limit: 500}
	for {
		page, err := s.Cases(t.Context(), q)
		require.NoError(t, err)
		for _, c := range page.Cases {
			each(c)
		}
		if q.Cursor = page.Next; q.Cursor == "" {
			return
		}
	}
}

// timePasses lets every outbox entry that waits for a later try be due at once, as if
// somebody had waited.
func timePasses(t *testing.T, s cases.Store) (moved int) {
	t.Helper()
	var waiting []cases.Effect
	effects(t, s, cases.EffectQuery{State: cases.EffectPending}, func(e cases.Effect) {
		if e.NotBefore.After(time.Now().Add(-time.Hour)) {
			waiting = append(waiting, e)
		}
	})
	for _, e := range waiting {
		e.NotBefore = time.Now().Add(-2 * time.Hour)
		err := s.Commit(context.Background(), cases.Batch{Effects: []cases.Effect{e}})
		require.NoError(t, err, fmt.Sprintf("move %s", e.ID))
		moved++
	}
	return moved
}
