package console

import (
	"context"
	"encoding/json"
	"net/http"
	"net/url"

	"rightsmail/shared/cases"
	"rightsmail/shared/replies"
)

// letterView is one letter of ours.
type letterView struct {
	ID       string
	Path     string
	Kind     string
	Template replies.Kind
	State    string
	Waits    bool // a human has to send or drop it
	Yours    bool // the reader may
	Failed   bool
	Created  instant
	Done     instant
	To       string
	From     string
	Subject  string
	Text     string
	Language string
	Note     string
	Case     cases.ID
	Broken   bool // what was stored is no letter
}

// sentView is a page of our own letters.
type sentView struct {
	Tabs    []tab
	Letters []letterView
	Next    string
	First   string
}

func (c *console) sent(w http.ResponseWriter, r *http.Request) error {
	if err := expect(r, "state", "cursor"); err != nil {
		return err
	}
	state := cases.EffectState(r.URL.Query().Get("state"))
	if _, ok := letterStates[state]; !ok && state != "" {
		return wrong("state is one of draft, pending, done, failed, dropped; without it: all of them.")
	}
	cursor := r.URL.Query().Get("cursor")
	page, err := c.Store.Effects(r.Context(), cases.EffectQuery{Kind: cases.EffectReply, State: state, Cursor: cursor})
	if err != nil {
		return err
	}
	view := sentView{Tabs: []tab{{Title: "All letters", Path: "/sent", Here: state == ""}}}
	for _, s := range letterStateOrder {
		view.Tabs = append(view.Tabs, tab{Title: letterStates[s], Path: "/sent?state=" + string(s), Here: s == state})
	}
	for _, e := range page.Effects {
		view.Letters = append(view.Letters, letterOf(e))
	}
	filter := url.Values{}
	if state != "" {
		filter.Set("state", string(state))
	}
	if cursor != "" {
		view.First = "/sent?" + filter.Encode()
	}
	if page.Next != "" {
		filter.Set("cursor", page.Next)
		view.Next = "/sent?" + filter.Encode()
	}
	c.render(w, r, http.StatusOK, "sent", "Our letters", view)
	return nil
}

// oneLetter is a letter with the cases it speaks of.
type oneLetter struct {
	Letter letterView
	Done   string
	Cases  []caseRow
}

func (c *console) letter(w http.ResponseWriter, r *http.Request) error {
	if err := expect(r, "done"); err != nil {
		return err
	}
	effect, err := c.letterEffect(r.Context(), r.PathValue("id"))
	if err != nil {
		return err
	}
	view := oneLetter{Letter: letterOf(effect), Done: doneWords[r.URL.Query().Get("done")]}
	view.Letter.Yours = view.Letter.Waits && c.person(r).may(toWrite)
	mail, err := c.Store.Mail(r.Context(), effect.Mail)
	if err != nil {
		return err
	}
	for _, id := range mail.Cases {
		one, err := c.Store.Case(r.Context(), id)
		if err != nil {
			return err
		}
		view.Cases = append(view.Cases, c.row(one, c.Now()))
	}
	c.render(w, r, http.StatusOK, "letter", "Letter: "+view.Letter.Kind, view)
	return nil
}

// letterEffect finds a letter in the outbox; other effects are none of this page.
func (c *console) letterEffect(ctx context.Context, id string) (cases.Effect, error) {
	effect, err := c.Store.Effect(ctx, id)
	if err == nil && effect.Kind != cases.EffectReply {
		err = cases.ErrNotFound
	}
	return effect, err
}

// letterOf reads a letter out of the outbox.
func letterOf(e cases.Effect) letterView {
	var l replies.Letter
	broken := json.Unmarshal(e.Payload, &l) != nil
	kind := say(letterKinds, l.Kind)
	if kind == "" {
		kind = "Letter"
	}
	return letterView{
		ID: e.ID, Path: "/sent/" + url.PathEscape(e.ID), Kind: kind, Template: l.Kind,
		State: say(letterStates, e.State), Failed: e.State == cases.EffectFailed,
		Waits:   e.State == cases.EffectDraft || e.State == cases.EffectFailed,
		Created: moment(e.Created, "UTC"), Done: moment(e.Done, "UTC"),
		To:      visible(sender(cases.Requester{Name: l.To.Name, Address: l.To.Address})),
		From:    visible(sender(cases.Requester{Name: l.From.Name, Address: l.From.Address})),
		Subject: visible(l.Subject), Text: visible(l.Text), Language: l.Language, Note: e.Note, Case: e.Case, Broken: broken,
	}
}
