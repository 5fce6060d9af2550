package console

import (
	"archive/zip"
	"bytes"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"time"

	"rightsmail/shared/cases"
	"rightsmail/shared/desk"
	"rightsmail/shared/expectations"
	"rightsmail/shared/rights"
)

// Bounds of one archive. A gateway passes six megabytes on, a third more than the bytes
// of an archive in base64; and each mail is read from the archive and noted in the trails
// while the browser waits.
const (
	exportMails = 100
	exportBytes = 4 << 20
)

// correctionsView is what was corrected, and the button to take it out.
type correctionsView struct {
	From, To   string // 2026-01-31, for the forms
	Span       string
	N, Waiting int
	Ready      bool // there is something to export
	Rows       []correctionRow
}

// correctionRow is one correction of one case.
type correctionRow struct {
	Case, Path    string
	Before, After string
	At            instant
	Waiting       bool
}

func (c *console) corrections(w http.ResponseWriter, r *http.Request) error {
	if err := expect(r, "from", "to"); err != nil {
		return err
	}
	from, to, list, err := c.corrected(r, r.URL.Query().Get("from"), r.URL.Query().Get("to"))
	if err != nil {
		return err
	}
	view := correctionsView{From: from.String(), To: to.String(), Span: dateWords(from) + " to " + dateWords(to), N: len(list)}
	for _, one := range list {
		if one.Unsettled {
			view.Waiting++
		}
		view.Ready = view.Ready || !one.Unsettled
		for _, change := range one.Changes {
			view.Rows = append(view.Rows, correctionRow{
				Case: string(change.Case), Path: casePath(change.Case), At: moment(change.At, "UTC"), Waiting: one.Unsettled,
				Before: c.rightTitle(change.Before, one), After: c.rightTitle(change.After, one),
			})
		}
	}
	c.render(w, r, http.StatusOK, "corrections", "Corrections", view)
	return nil
}

// rightTitle is a right of a corrected mail in words.
func (c *console) rightTitle(id rights.ID, one desk.Correction) string {
	if id == "" {
		return "Not a request"
	}
	like := one.Cases[0]
	like.Right = id
	return c.right(like).Title
}

// corrected lists the corrections of mails received in a span of days in UTC; without one
// the last thirty days.
func (c *console) corrected(r *http.Request, from, to string) (first, last rights.Date, list []desk.Correction, err error) {
	today, err := rights.DateIn(c.Now(), "UTC")
	if err != nil {
		return first, last, nil, err
	}
	if first, last, err = between(from, to, today.AddDays(-29), today, "today"); err != nil {
		return first, last, nil, err
	}
	if first.AddDays(366).Before(last) {
		return first, last, nil, wrong("from and to may be a year apart at most.")
	}
	list, err = c.Desk.Corrections(r.Context(), first.In(time.UTC), last.AddDays(1).In(time.UTC))
	return first, last, list, err
}

// exportCorrections gives the archive to whoever pressed the button.
func (c *console) exportCorrections(w http.ResponseWriter, r *http.Request) error {
	values, err := form(w, r, "from", "to")
	if err != nil {
		return err
	}
	return c.export(w, r, values["from"], values["to"])
}

// apiCorrections gives it to a program.
func (c *console) apiCorrections(w http.ResponseWriter, r *http.Request) error {
	if err := expect(r, "from", "to"); err != nil {
		return err
	}
	if r.Method == http.MethodHead { // nothing leaves, so nothing is noted
		w.Header().Set("Content-Type", "application/zip")
		return nil
	}
	return c.export(w, r, r.URL.Query().Get("from"), r.URL.Query().Get("to"))
}

// export answers with the archive.
func (c *console) export(w http.ResponseWriter, r *http.Request, from, to string) error {
	first, last, list, err := c.corrected(r, from, to)
	if err != nil {
		return err
	}
	raw, err := c.archive(r, list)
	if err != nil {
		return err
	}
	w.Header().Set("Content-Type", "application/zip")
	w.Header().Set("Content-Disposition", fmt.Sprintf(`attachment; filename="corrections-%s-%s.zip"`, first, last))
	_, _ = w.Write(raw) // #nosec G705 -- a ZIP, nosniff, as a download: nothing renders it
	return nil
}

// archive packs the settled corrections, oldest first: the raw mails, what they ask for,
// and what had to be left out and why. Each mail that goes in is noted in its trails.
func (c *console) archive(r *http.Request, list []desk.Correction) ([]byte, error) {
	var out bytes.Buffer
	pack := zip.NewWriter(&out)
	add := func(name string, at time.Time, content []byte) error {
		file, err := pack.CreateHeader(&zip.FileHeader{Name: name, Method: zip.Deflate, Modified: at.UTC()})
		if err == nil {
			_, err = file.Write(content)
		}
		return err
	}
	var expected []expectations.Mail
	var left strings.Builder
	size := 0
	for _, one := range list {
		day := one.Received.UTC().Format(time.DateOnly)
		leave := func(why string) { fmt.Fprintf(&left, "%s: %s\n", one.Reference, why) }
		if one.Unsettled {
			leave("a case of this mail is not settled yet")
			continue
		}
		if len(expected) == exportMails {
			leave("the archive is full: export again from " + day + ", the day this mail was received")
			continue
		}
		raw, err := c.Desk.Export(r.Context(), one, exportBytes-size, c.user(r), c.Now())
		switch {
		case errors.Is(err, cases.ErrNotFound):
			leave("the mail is no longer kept")
			continue
		case errors.Is(err, desk.ErrNoRoom):
			leave("the archive has no room for it: export again from " + day + ", the day this mail was received, or take the mail from its case")
			continue
		case err != nil:
			return nil, err
		}
		size += len(raw)
		name := fileName(cases.ID(one.Reference)) + ".eml"
		if err := add(name, one.Received, raw); err != nil {
			return nil, err
		}
		expected = append(expected, expectationOf(name, one))
	}
	var yaml bytes.Buffer
	if err := expectations.Write(&yaml, expected); err != nil {
		return nil, err
	}
	if err := add(expectations.FileName, c.Now(), yaml.Bytes()); err != nil {
		return nil, err
	}
	if left.Len() > 0 {
		if err := add("left-out.txt", c.Now(), []byte(left.String())); err != nil {
			return nil, err
		}
	}
	if err := pack.Close(); err != nil {
		return nil, err
	}
	return out.Bytes(), nil
}

// expectationOf is what a corrected mail should have come out as. Only what the human
// settled stands in it: who asks, and in which language, nobody has said.
func expectationOf(file string, one desk.Correction) expectations.Mail {
	m := expectations.Mail{File: file, Rights: one.Rights, Queues: one.Queues, Jurisdiction: one.Jurisdiction}
	var notes []string
	if len(m.Rights) == 0 {
		m.Rights, m.Queues = []rights.ID{expectations.Support}, []rights.Queue{rights.QueueSupport}
		notes = append(notes, "closed as no request: if it is spam or a machine's mail, say so here")
	}
	for _, change := range one.Changes {
		after := string(change.After)
		if after == "" {
			after = "not a request"
		}
		notes = append(notes, strings.TrimSuffix(fmt.Sprintf("was read as %s, corrected to %s: %s", change.Before, after, change.Reason), ": "))
	}
	m.Note = strings.Join(notes, "; ")
	return m
}
