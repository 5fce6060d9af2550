package record

import (
	"encoding/json"
	"fmt"
	"time"

	"rightsmail/shared/cases"
	"rightsmail/shared/limits"
	"rightsmail/shared/rights"
)

// The records are the domain's own values as JSON. They differ in two things only:
// times are in UTC, and a zero civil date is "" (the library writes it as
// "0000-00-00" and then refuses to read that).

// Stamp is a time as a key: fixed width, so that text order is time order.
func Stamp(t time.Time) string { return t.UTC().Format(StampLayout) }

// StampLayout is the layout of a Stamp.
const StampLayout = "2006-01-02T15:04:05.000000000Z"

// day is a civil date that may be zero.
type day rights.Date

// MarshalText writes 2026-03-02, or nothing for the zero date.
func (d day) MarshalText() ([]byte, error) {
	if rights.Date(d).IsZero() {
		return nil, nil
	}
	return rights.Date(d).MarshalText()
}

// UnmarshalText reads what MarshalText wrote.
func (d *day) UnmarshalText(text []byte) error {
	if len(text) == 0 {
		*d = day{}
		return nil
	}
	return (*rights.Date)(d).UnmarshalText(text)
}

// An embedded value brings all its fields; a field beside it takes the place of the
// one with the same name.
type (
	caseRecord struct {
		cases.Case
		Clock clockRecord
		Limit *limitRecord
	}
	clockRecord struct {
		rights.Clock
		ReceivedOn day
		Deadlines  []deadlineRecord
		Target     deadlineRecord
	}
	deadlineRecord struct {
		rights.Deadline
		Statutory, Safe day
	}
	limitRecord struct {
		cases.Limit
		On, FirstFree day
		Earlier       []day
	}
	useRecord struct {
		limits.Use
		On day
	}
	ledgerRecord struct{ Uses, Waiting []useRecord } // key and version stand beside it
)

// each returns what f makes of every element, nil for none.
func each[A, B any](all []A, f func(A) B) []B {
	var out []B
	for _, one := range all {
		out = append(out, f(one))
	}
	return out
}

func asDay(d rights.Date) day   { return day(d) }
func (d day) date() rights.Date { return rights.Date(d) }

// EncodeCase writes a case, its times in UTC. The version is not part of it: a store
// compares it.
func EncodeCase(c cases.Case) ([]byte, error) {
	c.Received, c.Clock.Received = c.Received.UTC(), c.Clock.Received.UTC()
	c.Next.Due, c.Acknowledgement.At, c.ClosedAt = c.Next.Due.UTC(), c.Acknowledgement.At.UTC(), c.ClosedAt.UTC()
	r := caseRecord{Case: c, Clock: clockRecord{
		Clock:      c.Clock,
		ReceivedOn: day(c.Clock.ReceivedOn),
		Deadlines:  each(c.Clock.Deadlines, deadlineRecordOf),
		Target:     deadlineRecordOf(c.Clock.Target),
	}}
	if l := c.Limit; l != nil {
		r.Limit = &limitRecord{Limit: *l, On: day(l.On), FirstFree: day(l.FirstFree), Earlier: each(l.Earlier, asDay)}
	}
	return json.Marshal(r)
}

// DecodeCase reads what EncodeCase wrote.
func DecodeCase(body []byte, version int64) (cases.Case, error) {
	var r caseRecord
	if err := json.Unmarshal(body, &r); err != nil {
		return cases.Case{}, fmt.Errorf("read case: %w", err)
	}
	c := r.Case
	c.Version = version
	c.Clock = r.Clock.Clock
	c.Clock.ReceivedOn = r.Clock.ReceivedOn.date()
	c.Clock.Deadlines = each(r.Clock.Deadlines, deadlineRecord.deadline)
	c.Clock.Target = r.Clock.Target.deadline()
	if l := r.Limit; l != nil {
		limit := l.Limit
		limit.On, limit.FirstFree, limit.Earlier = l.On.date(), l.FirstFree.date(), each(l.Earlier, day.date)
		c.Limit = &limit
	}
	return c, nil
}

func deadlineRecordOf(d rights.Deadline) deadlineRecord {
	return deadlineRecord{Deadline: d, Statutory: day(d.Statutory), Safe: day(d.Safe)}
}

func (r deadlineRecord) deadline() rights.Deadline {
	d := r.Deadline
	d.Statutory, d.Safe = r.Statutory.date(), r.Safe.date()
	return d
}

// EncodeMail writes a mail; encoding/json reads it.
func EncodeMail(m cases.Mail) ([]byte, error) {
	m.Received = m.Received.UTC()
	return json.Marshal(m)
}

// EncodeEntry writes an entry of a trail; encoding/json reads it.
func EncodeEntry(e cases.Entry) ([]byte, error) {
	e.At = e.At.UTC()
	return json.Marshal(e)
}

// EncodeEntries writes the entries of one change as a list.
func EncodeEntries(entries []cases.Entry) ([]byte, error) {
	utc := make([]cases.Entry, len(entries))
	for i, e := range entries {
		e.At = e.At.UTC()
		utc[i] = e
	}
	return json.Marshal(utc)
}

// EncodeEffect leaves out the payload, which stands beside it: bytes, as they came.
func EncodeEffect(e cases.Effect) ([]byte, error) {
	e.Payload = nil
	e.Created, e.NotBefore, e.Done = e.Created.UTC(), e.NotBefore.UTC(), e.Done.UTC()
	return json.Marshal(e)
}

// DecodeEffect reads what EncodeEffect wrote.
func DecodeEffect(body, payload []byte, version int64) (cases.Effect, error) {
	var e cases.Effect
	if err := json.Unmarshal(body, &e); err != nil {
		return e, fmt.Errorf("read effect: %w", err)
	}
	e.Version, e.Payload = version, payload
	return e, nil
}

// EncodeLedger writes the uses of a ledger: its key and version stand beside it.
func EncodeLedger(l limits.Ledger) ([]byte, error) {
	return json.Marshal(ledgerRecord{Uses: each(l.Uses, useRecordOf), Waiting: each(l.Waiting, useRecordOf)})
}

// DecodeLedger reads what EncodeLedger wrote.
func DecodeLedger(body []byte, key limits.Key, version int64) (limits.Ledger, error) {
	var r ledgerRecord
	if err := json.Unmarshal(body, &r); err != nil {
		return limits.Ledger{}, fmt.Errorf("read ledger: %w", err)
	}
	return limits.Ledger{
		Key: key, Uses: each(r.Uses, useRecord.use), Waiting: each(r.Waiting, useRecord.use), Version: version,
	}, nil
}

func useRecordOf(u limits.Use) useRecord { return useRecord{Use: u, On: day(u.On)} }

func (r useRecord) use() limits.Use {
	u := r.Use
	u.On = r.On.date()
	return u
}

// Place is where a case stands in every list: "0" with a duty, "1" open without one, "2"
// closed; then the time; then the id.
func Place(c cases.Case) string {
	switch {
	case c.Status == cases.Closed:
		return "2 " + Stamp(c.ClosedAt) + " " + string(c.ID)
	case c.Next.Due.IsZero():
		return "1 " + Stamp(c.Received) + " " + string(c.ID)
	}
	return "0 " + Stamp(c.Next.Due) + " " + string(c.ID)
}

// EffectPlace is where an outbox entry stands in every list, which is read from its end.
func EffectPlace(e cases.Effect) string { return Stamp(e.Created) + " " + e.ID }
