package desk_test

import (
	"context"
	"errors"
	"iter"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"rightsmail/shared/cases"
	"rightsmail/shared/desk"
)

// march is the span that the mails of these tests come in.
var march = desk.Span{From: at.AddDate(0, 0, -1), To: at.AddDate(0, 0, 1)}

// bucket lists what was stored.
func bucket(list ...desk.Stored) iter.Seq2[desk.Stored, error] {
	return func(yield func(desk.Stored, error) bool) {
		for _, s := range list {
			if !yield(s, nil) {
				return
			}
		}
	}
}

// month is an office with a mail of every handling, all of it settled.
type month struct {
	*office
	stored []desk.Stored
	opened desk.Received
	passed desk.Received
}

func newMonth(t *testing.T) *month {
	m := &month{office: newOffice(t)}
	m.opened = m.takes(t, both, at)
	m.deliver(t, at)
	m.takes(t, answer(m.office, t, "ana@example.net", "My customer number is 4711."), at.Add(time.Minute))
	m.takes(t, "X-Copy: 1\n"+both, at.Add(2*time.Minute))
	m.passed = m.takes(t, support, at.Add(3*time.Minute))
	m.takes(t, "From: robot@example.net\nTo: support@example.com\nSubject: Out of office\nAuto-Submitted: auto-replied\nMessage-ID: <ooo@example.net>\n\nI am away until Monday.\n", at.Add(4*time.Minute))
	m.deliver(t, at.Add(5*time.Minute))
	return m
}

func (m *month) takes(t *testing.T, raw string, received time.Time) desk.Received {
	in := trusted(raw, received)
	m.stored = append(m.stored, desk.Stored{ID: in.ID, At: received.Add(2 * time.Second)})
	return m.receive(t, in)
}

// account reconciles some hours later, as the store is seen through.
func (m *month) account(t *testing.T, through func(cases.Store) cases.Store) desk.Account {
	t.Helper()
	store := m.Store
	if through != nil {
		store = through(store)
	}
	a, err := desk.Reconcile(ctx, store, bucket(m.stored...), march, at.Add(8*time.Hour))
	require.NoError(t, err)
	return a
}

// only holds an account to one problem.
func only(t *testing.T, a desk.Account, kind desk.ProblemKind) desk.Problem {
	t.Helper()
	require.Len(t, a.Problems, 1)
	assert.Equal(t, kind, a.Problems[0].Kind)
	assert.False(t, a.Even(-1))
	return a.Problems[0]
}

func TestEveryHandlingIsCountedAndTheSumIsEven(t *testing.T) {
	a := newMonth(t).account(t, nil)
	assert.Equal(t, desk.Account{Span: march, Stored: 5, Opened: 1, Joined: 1, Merged: 1, Forwarded: 1, Ignored: 1, Cases: 2}, a)
	assert.True(t, a.Even(5))
	assert.True(t, a.Even(-1), "where nobody knows what was received")
	assert.False(t, a.Even(6), "one was received and never stored")
	assert.False(t, a.Even(4))
}

func TestMailThatWasStoredAndNeverDecidedIsNamed(t *testing.T) {
	m := newMonth(t)
	m.stored = append(m.stored, desk.Stored{ID: "lost1", At: at})
	a := m.account(t, nil)
	assert.Equal(t, 6, a.Stored)
	assert.Equal(t, 1, a.Undecided)
	p := only(t, a, desk.Undecided)
	assert.Equal(t, cases.MailID("lost1"), p.Mail)
	assert.Equal(t, at, p.Since)
}

func TestMailOfThisHourIsOnItsWay(t *testing.T) {
	m := newMonth(t)
	m.stored = append(m.stored, desk.Stored{ID: "fresh", At: at.Add(7*time.Hour + 30*time.Minute)})
	a := m.account(t, nil)
	assert.Equal(t, 1, a.Underway)
	assert.True(t, a.Even(6))
}

func TestMailOfAnotherDayIsNotCounted(t *testing.T) {
	m := newMonth(t)
	m.stored = append(m.stored, desk.Stored{ID: "next-day", At: march.To})
	m.takes(t, deletion, march.To.Add(-time.Second)) // stored on the day after
	assert.Equal(t, 6, func() int {
		m.deliver(t, march.To)
		a, err := desk.Reconcile(ctx, m.Store, bucket(m.stored...), march, march.To.Add(time.Hour))
		require.NoError(t, err)
		return a.Stored
	}())
}

func TestDecidedMailWhoseRawMailIsGoneIsNamed(t *testing.T) {
	for name, which := range map[string]func(*month) cases.MailID{
		"with cases": func(m *month) cases.MailID { return m.opened.Mail.ID },
		"forwarded":  func(m *month) cases.MailID { return m.passed.Mail.ID },
	} {
		t.Run(name, func(t *testing.T) {
			m := newMonth(t)
			id := which(m)
			m.stored = slices.DeleteFunc(m.stored, func(s desk.Stored) bool { return s.ID == id })
			a := m.account(t, nil)
			assert.Equal(t, 1, a.Gone)
			assert.Equal(t, id, only(t, a, desk.RawGone).Mail)
		})
	}
}

// damaged is a store that somebody has been at.
type damaged struct {
	cases.Store
	missing, tampered, cut cases.ID
	forgotten              cases.MailID
	fails                  error
}

func (d damaged) Case(ctx context.Context, id cases.ID) (cases.Case, error) {
	if id == d.missing {
		return cases.Case{}, cases.ErrNotFound
	}
	return d.Store.Case(ctx, id)
}

func (d damaged) Mail(ctx context.Context, id cases.MailID) (cases.Mail, error) {
	if id == d.forgotten {
		return cases.Mail{}, cases.ErrNotFound
	}
	return d.Store.Mail(ctx, id)
}

func (d damaged) Trail(ctx context.Context, id cases.ID) ([]cases.Entry, error) {
	trail, err := d.Store.Trail(ctx, id)
	switch id {
	case d.tampered:
		trail[1].Text = "Nothing happened."
	case d.cut:
		trail = nil
	}
	return trail, errors.Join(err, d.fails)
}

func TestCaseThatIsMissingOrChangedIsNamed(t *testing.T) {
	m := newMonth(t)
	id := m.opened.Cases[1].ID
	for name, c := range map[string]struct {
		store damaged
		kind  desk.ProblemKind
		says  string
	}{
		"missing":  {damaged{missing: id}, desk.CaseMissing, "restore the table"},
		"tampered": {damaged{tampered: id}, desk.TrailBroken, "entry 2"},
		"cut":      {damaged{cut: id}, desk.TrailBroken, "empty"},
	} {
		t.Run(name, func(t *testing.T) {
			p := only(t, m.account(t, func(s cases.Store) cases.Store { c.store.Store = s; return c.store }), c.kind)
			assert.Equal(t, id, p.Case)
			assert.Contains(t, p.Text, c.says)
		})
	}
}

func TestCaseWhoseMailTheStoreForgotIsNamedOnce(t *testing.T) {
	m := newMonth(t)
	id := m.opened.Mail.ID
	m.stored = slices.DeleteFunc(m.stored, func(s desk.Stored) bool { return s.ID == id })
	p := only(t, m.account(t, func(s cases.Store) cases.Store { return damaged{Store: s, forgotten: id} }), desk.RawGone)
	assert.Contains(t, p.Text, "neither the archive nor the store has it")
}

func TestStoreThatCannotBeReadIsAnErrorAndNoFinding(t *testing.T) {
	m := newMonth(t)
	_, err := desk.Reconcile(ctx, damaged{Store: m.Store, fails: errors.New("throttled")}, bucket(m.stored...), march, at)
	assert.ErrorContains(t, err, "throttled")
	_, err = desk.Reconcile(ctx, m.Store, func(yield func(desk.Stored, error) bool) { yield(desk.Stored{}, errors.New("no such bucket")) }, march, at)
	assert.ErrorContains(t, err, "no such bucket")
}

func TestOutboxThatHasNotLeftWithinTheHourIsNamed(t *testing.T) {
	m := newMonth(t)
	waits := m.takes(t, strings.ReplaceAll(support, "support@example.net", "second@example.net"), at.Add(7*time.Hour+30*time.Minute))
	assert.True(t, m.account(t, nil).Even(6), "half an hour is no news")

	a, err := desk.Reconcile(ctx, m.Store, bucket(m.stored...), march, at.Add(9*time.Hour))
	require.NoError(t, err)
	assert.Equal(t, waits.Mail.ID, only(t, a, desk.OutboxStuck).Mail)
}

func TestDeliveryThatWasGivenUpIsNamedUntilAHumanSettlesIt(t *testing.T) {
	m := newMonth(t)
	id := m.opened.Cases[0].ID
	effect := "ack-" + m.opened.Mail.Reference
	e, err := m.Store.Effect(ctx, effect)
	require.NoError(t, err)
	e.State, e.Note = cases.EffectFailed, "returned: 5.1.1"
	require.NoError(t, m.Store.Commit(ctx, cases.Batch{Effects: []cases.Effect{e}}))
	assert.Equal(t, effect, only(t, m.account(t, nil), desk.OutboxFailed).Effect)

	c := m.find(t, id)
	require.NoError(t, m.Close(ctx, id, c.Version, "Dana", cases.Complied, "", at.Add(time.Hour)))
	assert.True(t, m.account(t, nil).Even(5))
}

func TestSecondReadingIsNoSecondMail(t *testing.T) {
	m := newMonth(t)
	in := trusted(bySES(deletion), at)
	m.stored = append(m.stored, desk.Stored{ID: in.ID, At: at})
	m.then(t, in, "ccpa_delete")
	_, err := m.Recheck(ctx, fromArchive(in), at)
	require.NoError(t, err)
	m.deliver(t, at)
	a := m.account(t, nil)
	assert.Equal(t, 2, a.Forwarded)
	assert.Equal(t, 1, a.Again)
	assert.Equal(t, 3, a.Cases)
	assert.True(t, a.Even(6))
}
