package replies

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"rightsmail/shared/email"
	"rightsmail/shared/rights"
)

// The rights that are settled by stopping marketing to the sender's address. A
// mail that asks for nothing else gets one line.
var marketing = []rights.ID{"marketing_unsubscribe", "gdpr_object_direct_marketing"}

// shineTheLight is the one right whose limit runs over a calendar year.
const shineTheLight rights.ID = "stl_disclosure"

// Where to complain about a California business. 11 CCR 7024 and 7302; both
// offices take complaints over the web, free of charge.
const (
	agency          = "https://cppa.ca.gov/webapplications/complaint"
	attorneyGeneral = "https://oag.ca.gov/contact/consumer-complaint-against-business-or-company"
	bbbPrograms     = "https://bbbprograms.org/programs/privacy/dpf/disputes"
)

// Acknowledge writes the first answer to a mail: one letter for all its requests.
// It is the neutral letter if every request is about a child, one line if only
// marketing is to stop, and else the full acknowledgement. It never shows a count
// or an earlier date, never refuses, and reads the same whether or not we know the
// address. It fails if the Writing lacks what the letter must say.
func (b *Book) Acknowledge(w Writing) (Letter, error) {
	kind := KindAcknowledgement
	switch {
	case all(w.Requests, func(r Request) bool { return r.Children }):
		kind = KindChild
	case all(w.Requests, func(r Request) bool { return slices.Contains(marketing, r.Right) }):
		kind = KindSuppression
	}
	l, err := b.write(kind, w)
	l.Automatic = true
	if err != nil {
		return Letter{}, fmt.Errorf("write %s: %w", kind, err)
	}
	return l, nil
}

// OverLimit drafts the answer to the held requests of a mail, for a human to send:
// the earlier dates, the first free date, what can be asked all the same, and
// where to complain. Requests that are not held are left out. It fails if none is
// held, or if one lacks its dates.
func (b *Book) OverLimit(w Writing) (Letter, error) {
	w.Requests = slices.DeleteFunc(slices.Clone(w.Requests), func(r Request) bool { return !r.Held })
	for _, r := range w.Requests {
		if len(r.Earlier) == 0 || r.FirstFree == (rights.Date{}) {
			return Letter{}, fmt.Errorf("write %s: case %s: the earlier dates and the first free date are needed", KindOverLimit, oneLine(r.Case))
		}
	}
	l, err := b.write(KindOverLimit, w)
	if err != nil {
		return Letter{}, fmt.Errorf("write %s: %w", KindOverLimit, err)
	}
	return l, nil
}

func all(rs []Request, ok func(Request) bool) bool {
	return len(rs) > 0 && !slices.ContainsFunc(rs, func(r Request) bool { return !ok(r) })
}

// write fills one kind of letter in the language of the person, with the English
// below: the machine may have taken the language wrongly.
func (b *Book) write(kind Kind, w Writing) (Letter, error) {
	if err := w.check(); err != nil {
		return Letter{}, err
	}
	own := b.language(w.Language)
	subject, first, err := own.fill(kind, w)
	if err != nil {
		return Letter{}, err
	}
	var below version
	if own.tag != fallback {
		if _, below, err = b.languages[fallback].fill(kind, w); err != nil {
			return Letter{}, err
		}
	}
	return Letter{
		Kind: kind,
		From: w.From,
		// The name is the stranger's own words, so it stays out.
		To:         email.Address{Address: w.To.Address},
		Subject:    oneLine(subject),
		Language:   own.tag,
		Text:       textPage(first, below),
		HTML:       htmlPage(oneLine(subject), first, below),
		MessageID:  w.MessageID,
		InReplyTo:  w.InReplyTo,
		References: thread(w),
	}, nil
}

// thread lists the ids of the conversation, oldest first, our own last: a transport
// may give the mail another Message-ID, and then only References brings ours back.
func thread(w Writing) []string {
	var ids []string
	for _, id := range append(slices.Clone(w.References), w.InReplyTo, w.MessageID) {
		if id != "" && !slices.Contains(ids, id) {
			ids = append(ids, id)
		}
	}
	return ids
}

func (w Writing) check() error {
	var errs []error
	need := func(ok bool, what string) {
		if !ok {
			errs = append(errs, errors.New(what+" is missing"))
		}
	}
	need(oneLine(w.Company) != "", "the name of the company")
	need(oneLine(w.Reference) != "", "the reference")
	need(w.Officer.Address != "", "the address of the officer")
	need(!w.Received.IsZero(), "the time of receipt")
	need(len(w.Requests) > 0, "a request to write about")
	return errors.Join(errs...)
}

func (l *language) fill(kind Kind, w Writing) (subject string, v version, err error) {
	view, err := l.view(kind, w)
	if err != nil {
		return "", version{}, err
	}
	subject, body, err := l.letters[kind].fill(view)
	if err != nil {
		return "", version{}, fmt.Errorf("language %q: %w", l.tag, err)
	}
	return subject, version{tag: l.tag, blocks: parseBlocks(body)}, nil
}

func (l *language) title(r Request) string {
	if r.Children {
		return l.words.Child
	}
	if t := l.titles[r.Right]; t != "" {
		return t
	}
	return oneLine(r.Title)
}

func hasPrefix(rs []Request, prefix string) bool {
	return slices.ContainsFunc(rs, func(r Request) bool { return strings.HasPrefix(string(r.Right), prefix) })
}
