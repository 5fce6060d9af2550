package console

import (
	"errors"
	"mime"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"rightsmail/shared/cases"
	"rightsmail/shared/rights"
)

// maxForm is far above the longest reason anybody writes.
const maxForm = 64 << 10

// form reads what a human sent: one value per field, and no field that is not asked
// for.
func form(w http.ResponseWriter, r *http.Request, fields ...string) (map[string]string, error) {
	if kind, _, err := mime.ParseMediaType(r.Header.Get("Content-Type")); err != nil || kind != "application/x-www-form-urlencoded" {
		return nil, wrong("Send the form of the page.")
	}
	if err := expect(r); err != nil {
		return nil, err
	}
	r.Body = http.MaxBytesReader(w, r.Body, maxForm)
	if err := r.ParseForm(); err != nil {
		return nil, wrong("The form is too long or damaged: shorten the reason and send it again.")
	}
	values := map[string]string{}
	for name, given := range r.PostForm {
		if !slices.Contains(fields, name) || len(given) != 1 {
			return nil, wrong("Send the form of the page, each field once.")
		}
		values[name] = strings.TrimSpace(given[0])
	}
	return values, nil
}

// version reads which state of the case the human saw.
func version(values map[string]string) (int64, error) {
	v, err := strconv.ParseInt(values["version"], 10, 64)
	if err != nil || v < 1 {
		return 0, wrong("The form does not say which state of the case you saw: open the case and use its form.")
	}
	return v, nil
}

// act does one thing to a case for a human, and shows the case again. If somebody
// else was faster it shows what they did, and the words that would be lost.
func (c *console) act(w http.ResponseWriter, r *http.Request, done string, fields []string, do func(id cases.ID, version int64, who cases.Actor, values map[string]string) error) error {
	values, err := form(w, r, append(fields, "version")...)
	if err != nil {
		return err
	}
	v, err := version(values)
	if err != nil {
		return err
	}
	id := cases.ID(r.PathValue("id"))
	err = do(id, v, c.user(r), values)
	if errors.Is(err, cases.ErrConflict) {
		return c.conflict(w, r, id, values["reason"])
	}
	if err != nil {
		return err
	}
	http.Redirect(w, r, casePath(id)+"?done="+done, http.StatusSeeOther) // #nosec G710 -- /cases/ and one escaped segment: never another site
	return nil
}

// conflict explains who changed the case.
func (c *console) conflict(w http.ResponseWriter, r *http.Request, id cases.ID, typed string) error {
	one, err := c.Store.Case(r.Context(), id)
	if err != nil {
		return err
	}
	trail, err := c.Store.Trail(r.Context(), id)
	if err != nil {
		return err
	}
	view := errorView{
		Status: http.StatusConflict, Heading: "This case has changed",
		Text:  "Somebody else, or the machine, changed it since you opened it, so nothing was done. Look at it again and decide again.",
		Back:  casePath(id),
		Typed: typed,
	}
	if len(trail) > 0 {
		latest := trailOf(trail[len(trail)-1], one.Clock.Zone)
		view.Latest = &latest
	}
	c.render(w, r, http.StatusConflict, "error", view.Heading, view)
	return nil
}

func (c *console) closeCase(w http.ResponseWriter, r *http.Request) error {
	return c.act(w, r, "closed", []string{"outcome", "reason"}, func(id cases.ID, v int64, who cases.Actor, values map[string]string) error {
		outcome := cases.Outcome(values["outcome"])
		if !slices.Contains(cases.Outcomes(), outcome) {
			return wrong("Choose how the case ended.")
		}
		if outcome.NeedsReason() && values["reason"] == "" {
			return wrong("A denial, whole or in part, needs a reason in your words. Go back and write it.")
		}
		return c.Desk.Close(r.Context(), id, v, who, outcome, values["reason"], c.Now())
	})
}

func (c *console) waive(w http.ResponseWriter, r *http.Request) error {
	return c.act(w, r, "waived", []string{"reason"}, func(id cases.ID, v int64, who cases.Actor, values map[string]string) error {
		if values["reason"] == "" {
			return wrong("Waiving the limit needs a reason in your words. Go back and write it.")
		}
		one, err := c.Store.Case(r.Context(), id)
		if err == nil && one.Version == v && one.Status != cases.Held {
			return problem{http.StatusConflict, "This case is not held by a limit, so there is nothing to waive."}
		}
		return c.Desk.Waive(r.Context(), id, v, who, values["reason"], c.Now())
	})
}

// split opens a case for each person that the mail asks for.
func (c *console) split(w http.ResponseWriter, r *http.Request) error {
	return c.act(w, r, "split", nil, func(id cases.ID, v int64, who cases.Actor, _ map[string]string) error {
		return c.Desk.Split(r.Context(), id, v, who, c.Now())
	})
}

func (c *console) releaseAck(w http.ResponseWriter, r *http.Request) error {
	return c.act(w, r, "acknowledged", nil, func(id cases.ID, v int64, who cases.Actor, _ map[string]string) error {
		return c.Desk.ReleaseAck(r.Context(), id, v, who, c.Now())
	})
}

func (c *console) reclassify(w http.ResponseWriter, r *http.Request) error {
	return c.act(w, r, "reclassified", []string{"right", "jurisdiction", "reason"}, func(id cases.ID, v int64, who cases.Actor, values map[string]string) error {
		one, err := c.Store.Case(r.Context(), id)
		if err != nil {
			return err
		}
		right, err := c.Book.Right(rights.ID(values["right"]), one.Clock.ReceivedOn)
		if err != nil || !right.IsRequest() {
			return wrong("Choose one of the rights of the list.")
		}
		place := rights.Jurisdiction(values["jurisdiction"])
		if !slices.Contains(jurisdictionOrder, place) {
			return wrong("Choose one of the places of the list.")
		}
		if values["reason"] == "" {
			return wrong("Correcting the class needs a reason in your words. Go back and write it.")
		}
		return c.Desk.Reclassify(r.Context(), id, v, who, right.ID, place, values["reason"], c.Now())
	})
}

func (c *console) sendDraft(w http.ResponseWriter, r *http.Request) error {
	return c.decide(w, r, "sent", func(id string, who cases.Actor) error {
		return c.Desk.SendDraft(r.Context(), id, who, c.Now())
	})
}

func (c *console) dropDraft(w http.ResponseWriter, r *http.Request) error {
	return c.decide(w, r, "dropped", func(id string, who cases.Actor) error {
		return c.Desk.DropDraft(r.Context(), id, who, c.Now())
	})
}

// decide sends or drops a letter, and shows its case again; the letter if it has none.
func (c *console) decide(w http.ResponseWriter, r *http.Request, done string, do func(id string, who cases.Actor) error) error {
	if _, err := form(w, r); err != nil {
		return err
	}
	id := r.PathValue("id")
	effect, err := c.letterEffect(r.Context(), id)
	if err != nil {
		return err
	}
	if err := do(id, c.user(r)); err != nil {
		return err
	}
	back := casePath(effect.Case)
	if effect.Case == "" {
		back = letterOf(effect).Path
	}
	http.Redirect(w, r, back+"?done="+done, http.StatusSeeOther)
	return nil
}
