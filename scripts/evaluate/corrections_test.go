package main

import (
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"rightsmail/shared/adapters/sqlite"
	"rightsmail/shared/console"
	"rightsmail/shared/desk"
	"rightsmail/shared/replies"
	"rightsmail/shared/rights"
)

// TestCorrectionOfAReviewerIsACaseThatTheMachineIsMeasuredBy goes all the way round: a
// mail comes in, an officer corrects it in the console, exports it, and the file the
// console gives is what this program reads.
func TestCorrectionOfAReviewerIsACaseThatTheMachineIsMeasuredBy(t *testing.T) {
	now := time.Date(2026, 3, 2, 20, 0, 0, 0, time.UTC)
	db, err := sqlite.Open(t.Context(), filepath.Join(t.TempDir(), "office.db"))
	require.NoError(t, err)
	t.Cleanup(func() { assert.NoError(t, db.Close()) })
	judge, err := judge()
	require.NoError(t, err)
	letters, err := replies.Builtin()
	require.NoError(t, err)
	with := *judge
	with.Settings.Key = []byte("a key that only tests know, 32 b")
	d := &desk.Desk{Judge: with, Replies: letters, Store: db, Archive: db, Queue: db, Log: slog.New(slog.DiscardHandler)}
	office := console.New(console.Parts{
		Store: db, Desk: d, Book: judge.Book, Now: func() time.Time { return now }, Log: d.Log,
		Who: func(*http.Request) (console.Person, bool) {
			return console.Person{Name: "Maria Keller", Roles: []console.Role{console.Officer}}, true
		},
	})
	do := func(r *http.Request) *httptest.ResponseRecorder {
		w := httptest.NewRecorder()
		office.ServeHTTP(w, r)
		return w
	}

	raw := []byte(mail("my data", deletion))
	got, err := d.Receive(context.Background(), desk.Incoming{ID: sqlite.ArrivalID(raw), Raw: raw, Received: now, Mailbox: "privacy@example.com", Trusted: true}, now)
	require.NoError(t, err)
	require.Len(t, got.Cases, 1)
	id := got.Cases[0].ID
	one, err := db.Case(t.Context(), id)
	require.NoError(t, err)
	form := url.Values{"version": {fmt.Sprint(one.Version)}, "right": {"ccpa_correct"}, "jurisdiction": {"us-ca"}, "reason": {"She means her address."}}
	r := httptest.NewRequest(http.MethodPost, "http://localhost/cases/"+string(id)+"/reclassify", strings.NewReader(form.Encode()))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	r.Header.Set("Sec-Fetch-Site", "same-origin")
	require.Equal(t, http.StatusSeeOther, do(r).Code)

	answer := do(httptest.NewRequest(http.MethodGet, "http://localhost/api/corrections", nil))
	require.Equal(t, http.StatusOK, answer.Code, answer.Body)
	export := filepath.Join(t.TempDir(), "corrections.zip")
	require.NoError(t, os.WriteFile(export, answer.Body.Bytes(), 0o600))

	report, err := figuresOf(t, export)
	require.NoError(t, err)
	assert.Equal(t, 1, report.Mails)
	assert.Equal(t, share(0, 1), report.RightsExact)
	assert.Equal(t, share(1, 1), report.QueuesExact)
	require.Len(t, report.Wrong, 1)
	assert.Equal(t, id.Reference()+".eml", report.Wrong[0].File)
	assert.Equal(t, []Difference{{"rights", "ccpa_correct", "ccpa_delete"}}, report.Wrong[0].Differences)
	assert.Equal(t, "was read as ccpa_delete, corrected to ccpa_correct: She means her address.", report.Wrong[0].Note)
	assert.Equal(t, []rights.ID{"ccpa_correct"}, report.Results[0].Expected.Rights)
}
