package dynamo_test

import (
	"fmt"
	"time"

	"rightsmail/shared/cases"
	"rightsmail/shared/limits"
	"rightsmail/shared/rights"
)

var monday = time.Date(2026, 3, 2, 18, 0, 0, 0, time.UTC)

// mail is the batch of the nth mail, as the desk would commit it: one case with two
// entries, a ledger, a counter and an acknowledgement.
func mail(n int) cases.Batch {
	at := monday.Add(time.Duration(n) * time.Minute)
	m := cases.Mail{ID: cases.MailID(fmt.Sprintf("mail-%d", n)), Twin: fmt.Sprintf("twin-%d", n), Received: at}
	c := cases.Case{
		ID: cases.ID(fmt.Sprintf("RM-TEST-%04d-1", n)), Mail: m.ID, Right: "ccpa_delete", Queue: rights.QueueCCPA, Status: cases.Open,
		Received: at, Next: cases.Next{Duty: rights.DutyRespond, Due: at.AddDate(0, 0, 45)},
		Requester:       cases.Requester{Name: "Erika Mustermann", Address: "erika@example.org", Consumer: "c0ffee"},
		Subject:         "Please delete my account and everything you know about me",
		Evidence:        []cases.Evidence{{Rule: "delete-my-data", Text: "delete my account", Where: "new", Start: 7, End: 24}},
		Clock:           rights.Clock{Right: "ccpa_delete", Deadlines: []rights.Deadline{{Steps: []string{"a", "b"}}, {Steps: []string{"c", "d"}}}},
		Acknowledgement: cases.Acknowledgement{State: cases.AckQueued},
	}
	opened := cases.Chain(cases.Entry{}, cases.Entry{At: at, Actor: cases.Machine, Kind: "opened", Text: "Opened."})
	reserved := cases.Chain(opened, cases.Entry{At: at, Actor: cases.Machine, Kind: "reserved", Text: "Reserved."})
	letter := cases.Effect{
		ID: "ack-" + string(c.ID), Kind: cases.EffectReply, State: cases.EffectPending, Case: c.ID, Mail: m.ID,
		Payload: []byte(`{"to":"erika@example.org"}`), Created: at, NotBefore: at,
	}
	m.Cases = []cases.ID{c.ID}
	key := limits.Key{Consumer: fmt.Sprintf("consumer-%d", n), Right: c.Right}
	return cases.Batch{
		Mail: &m, Cases: []cases.Change{{Case: c, Entries: []cases.Entry{opened, reserved}}},
		Ledgers:  []limits.Ledger{{Key: key, Uses: []limits.Use{{Case: string(c.ID), State: limits.Reserved}}}},
		Counters: []cases.Counter{{Key: key.Consumer, N: 1, Expires: at.AddDate(0, 0, 1)}},
		Effects:  []cases.Effect{letter},
	}
}

// changed is the batch of a later change of the nth case.
func changed(n int) cases.Batch {
	ch := mail(n).Cases[0]
	ch.Case.Version = 1
	ch.Entries = []cases.Entry{cases.Chain(ch.Entries[1], cases.Entry{At: monday, Actor: cases.Machine, Kind: "note", Text: "Again."})}
	return cases.Batch{Cases: []cases.Change{ch}}
}
