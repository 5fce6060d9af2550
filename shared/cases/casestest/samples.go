package casestest

import (
	"encoding/json"
	"fmt"
	"reflect"
	"time"

	"github.com/stretchr/testify/require"

	"rightsmail/shared/cases"
	"rightsmail/shared/limits"
	"rightsmail/shared/rights"
)

// noon is the instant from which the samples count. It is no UTC time on purpose.
var noon = time.Date(2026, 3, 2, 12, 0, 0, 123456000, time.FixedZone("UTC-8", -8*3600))

// twice is the limit of the samples.
var twice = rights.Limit{Max: 2, Window: rights.RollingYear, Zone: "America/Los_Angeles"}

// opened is a new case with its first entry.
func opened(c cases.Case) cases.Change {
	e := cases.Entry{At: noon, Actor: cases.Machine, Kind: "opened", Text: "Opened.", Data: map[string]string{"queue": string(c.Queue)}}
	return cases.Change{Case: c, Entries: []cases.Entry{cases.Chain(cases.Entry{}, e)}}
}

// sample is the nth case of a plain kind: open, in the queue ccpa, due n hours after
// noon.
func sample(n int) cases.Case {
	return cases.Case{
		Kind:   "request",
		People: []cases.Person{{Name: "Amy Holt", Email: "amy@example.net", Sender: true}, {Name: "Barry Cho", Case: "RM-8F3K-2Q7D-9"}},
		ID:     cases.ID(fmt.Sprintf("RM-TEST-%04d-1", n)), Mail: cases.MailID(fmt.Sprintf("mail-%d", n)),
		Right: "ccpa_know_specific", Queue: rights.QueueCCPA, Status: cases.Open,
		Received: noon.Add(time.Duration(n) * time.Minute),
		Next:     cases.Next{Duty: rights.DutyRespond, Due: noon.Add(time.Duration(n) * time.Hour).UTC()},
	}
}

// effect is the nth outbox entry, created n minutes after noon.
func effect(n int) cases.Effect {
	at := noon.Add(time.Duration(n) * time.Minute)
	return cases.Effect{
		ID: fmt.Sprintf("effect-%04d", n), Kind: cases.EffectReply, State: cases.EffectPending,
		Case: sample(n).ID, Mail: sample(n).Mail, Payload: []byte(`{"n":1}`), Created: at, NotBefore: at,
	}
}

// put commits a batch that has to succeed.
func put(t require.TestingT, s cases.Store, b cases.Batch) {
	require.NoError(t, s.Commit(ctx, b))
}

// next is a stored case that changes: it continues the trail.
func next(t require.TestingT, s cases.Store, c cases.Case, e cases.Entry) cases.Change {
	trail, err := s.Trail(ctx, c.ID)
	require.NoError(t, err)
	require.NotEmpty(t, trail)
	return cases.Change{Case: c, Entries: []cases.Entry{cases.Chain(trail[len(trail)-1], e)}}
}

// filled returns a T of which no field is zero, so that a field a store forgets
// shows, also one that somebody adds to T next year.
func filled[T any]() T {
	var v T
	n := 0
	fill(reflect.ValueOf(&v).Elem(), &n)
	return v
}

func fill(v reflect.Value, n *int) {
	*n++
	switch v.Interface().(type) {
	case time.Time:
		v.Set(reflect.ValueOf(noon.Add(time.Duration(*n) * time.Hour)))
		return
	case rights.Date:
		v.Set(reflect.ValueOf(rights.AddDays(rights.Date{Year: 2026, Month: 3, Day: 2}, *n)))
		return
	case []byte:
		v.Set(reflect.ValueOf(json.RawMessage(fmt.Sprintf(`{"n":%d}`, *n))).Convert(v.Type()))
		return
	}
	switch v.Kind() {
	case reflect.String:
		v.SetString(fmt.Sprintf("text %d", *n))
	case reflect.Int, reflect.Int64:
		v.SetInt(int64(*n))
	case reflect.Float64:
		v.SetFloat(float64(*n) + 0.25)
	case reflect.Bool:
		v.SetBool(true)
	case reflect.Pointer:
		v.Set(reflect.New(v.Type().Elem()))
		fill(v.Elem(), n)
	case reflect.Slice:
		v.Set(reflect.MakeSlice(v.Type(), 2, 2))
		fill(v.Index(0), n)
		fill(v.Index(1), n)
	case reflect.Map:
		v.Set(reflect.ValueOf(map[string]string{"key": fmt.Sprintf("value %d", *n)}))
	case reflect.Struct:
		for i := range v.NumField() {
			fill(v.Field(i), n)
		}
	default:
		panic(fmt.Sprintf("casestest cannot fill a %s yet: teach it", v.Type()))
	}
}

// same requires that two values are equal, where times need not be in one zone and
// an empty list may be none. What a store returned must be in UTC besides.
func same[T any](t require.TestingT, want, got T) {
	walk(reflect.ValueOf(&got).Elem(), func(at time.Time) time.Time {
		require.Equal(t, time.UTC, at.Location(), "times come back in UTC")
		return at
	})
	walk(reflect.ValueOf(&want).Elem(), time.Time.UTC)
	require.Equal(t, want, got)
}

// walk replaces every time by what f makes of it, and empty lists by none.
func walk(v reflect.Value, f func(time.Time) time.Time) {
	if at, ok := v.Interface().(time.Time); ok {
		v.Set(reflect.ValueOf(f(at)))
		return
	}
	switch v.Kind() {
	case reflect.Pointer:
		if !v.IsNil() {
			copied := reflect.New(v.Type().Elem())
			copied.Elem().Set(v.Elem())
			walk(copied.Elem(), f)
			v.Set(copied)
		}
	case reflect.Slice:
		if v.Len() == 0 {
			v.SetZero()
			return
		}
		copied := reflect.MakeSlice(v.Type(), v.Len(), v.Len())
		reflect.Copy(copied, v)
		for i := range copied.Len() {
			walk(copied.Index(i), f)
		}
		v.Set(copied)
	case reflect.Map:
		if v.Len() == 0 {
			v.SetZero()
		}
	case reflect.Struct:
		for i := range v.NumField() {
			walk(v.Field(i), f)
		}
	}
}

// key is the ledger the samples share.
func key() limits.Key { return limits.Key{Consumer: "c0ffee", Right: "ccpa_know_specific"} }
