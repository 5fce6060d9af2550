package console_test

import (
	"archive/zip"
	"context"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"rightsmail/shared/cases"
	"rightsmail/shared/desk"
	"rightsmail/shared/expectations"
	"rightsmail/shared/rights"
)

// unzip gives the files of an archive by name.
func unzip(t *testing.T, res *http.Response) map[string]string {
	t.Helper()
	raw := body(t, res)
	require.Equal(t, http.StatusOK, res.StatusCode, raw)
	require.Equal(t, "application/zip", res.Header.Get("Content-Type"))
	pack, err := zip.NewReader(strings.NewReader(raw), int64(len(raw)))
	require.NoError(t, err)
	files := map[string]string{}
	for _, f := range pack.File {
		r, err := f.Open()
		require.NoError(t, err)
		content, err := io.ReadAll(r)
		require.NoError(t, err)
		files[f.Name] = string(content)
	}
	return files
}

// corrected receives a mail and corrects its first case.
func (o *office) corrected(raw string) cases.ID {
	o.t.Helper()
	id := o.receive(raw)[0]
	res := o.form(id, "reclassify", url.Values{"right": {"gdpr_erasure"}, "jurisdiction": {"eu"}, "reason": {"She lives in \"Vienna\":\n# now"}})
	require.Equal(o.t, http.StatusSeeOther, res.StatusCode)
	return id
}

func TestCorrectedMailIsExportedAsAnExampleAndTheRestStays(t *testing.T) {
	o := open(t)
	mail := letter(1, "zanzibar", deletion)
	id := o.corrected(mail)
	o.receive(letter(2, "nobody touches it", deletion))
	joke := o.receive(letter(3, "a joke", deletion))[0]
	require.Equal(t, http.StatusSeeOther, o.form(joke, "close", url.Values{"outcome": {"not_a_request"}, "reason": {""}}).StatusCode)

	page := o.page("/corrections")
	assert.Contains(t, text(t, page), "2 mails received from")
	assert.Contains(t, text(t, page), "Your name goes into the trail of every case of it.")
	assert.Equal(t, []string{"corrections"}, buttons(t, page))
	assert.NotContains(t, page, "zanzibar", "the list needs no word of a mail")

	for name, res := range map[string]*http.Response{"program": o.get("/api/corrections"), "page": o.post("/corrections", url.Values{"from": {"2026-02-01"}, "to": {"2026-03-31"}})} {
		assert.Equal(t, "no-store", res.Header.Get("Cache-Control"), name)
		assert.Contains(t, res.Header.Get("Content-Disposition"), `attachment; filename="corrections-2026-0`, name)
		files := unzip(t, res)
		require.Len(t, files, 3, name)
		file := id.Reference() + ".eml"
		assert.Equal(t, mail, files[file], name)
		list, err := expectations.Read([]byte(files["expectations.yaml"]), o.desk.Book.Has)
		require.NoError(t, err)
		require.Len(t, list, 2)
		byFile := map[string]expectations.Mail{list[0].File: list[0], list[1].File: list[1]}
		assert.Equal(t, expectations.Mail{
			File: file, Rights: []rights.ID{"gdpr_erasure"}, Queues: []rights.Queue{"gdpr"}, Jurisdiction: "eu",
			Note: "was read as ccpa_delete, corrected to gdpr_erasure: She lives in \"Vienna\":\n# now",
		}, byFile[file])
		no := byFile[joke.Reference()+".eml"]
		assert.Equal(t, []rights.ID{expectations.Support}, no.Rights)
		assert.Contains(t, no.Note, "if it is spam or a machine's mail, say so here")
	}
	trail, err := o.db.Trail(ctx, id)
	require.NoError(t, err)
	require.NoError(t, cases.Verify(trail))
	last := trail[len(trail)-1]
	assert.Equal(t, "exported", last.Kind)
	assert.Equal(t, cases.Actor("Maria Keller"), last.Actor)
	assert.Equal(t, "exported", trail[len(trail)-2].Kind, "each export is noted")
}

func TestLookingAtCorrectionsExportsNothing(t *testing.T) {
	o := open(t)
	o.corrected(letter(1, "my data", deletion))
	before := o.everything()
	o.page("/corrections")
	res := o.do(httptest.NewRequest(http.MethodHead, "http://localhost:8080/api/corrections", nil))
	assert.Equal(t, http.StatusOK, res.StatusCode)
	assert.Empty(t, body(t, res))
	r := httptest.NewRequest(http.MethodPost, "http://localhost:8080/corrections", strings.NewReader(""))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	r.Header.Set("Sec-Fetch-Site", "cross-site")
	assert.Equal(t, http.StatusForbidden, o.do(r).StatusCode)
	assert.Equal(t, before, o.everything())
}

func TestCorrectionsAreThoseOfMailReceivedInTheSpan(t *testing.T) {
	o := open(t)
	o.corrected(letter(1, "old", deletion))
	o.now = o.now.AddDate(0, 0, 30)
	young := o.corrected(letter(2, "young", deletion))
	files := unzip(t, o.get("/api/corrections"))
	assert.Len(t, files, 2, "thirty days with today are the default")
	assert.Contains(t, files, young.Reference()+".eml")
	assert.Len(t, unzip(t, o.get("/api/corrections?from=2026-03-02")), 3)
	assert.Equal(t, map[string]string{"expectations.yaml": "[]\n"}, unzip(t, o.get("/api/corrections?from=2025-03-02&to=2025-03-02")))
	for path, say := range map[string]string{
		"/api/corrections?from=2024-01-01":               "a year apart at most",
		"/api/corrections?from=2027-01-01":               "from must not be after to. Without to, it is today.",
		"/api/corrections?to=soon":                       "a date like",
		"/api/corrections?day=1":                         "Known here: from, to",
		"/corrections?from=2026-01-01&to=2025-12-31":     "from must not be after to",
		"/corrections?from=2026-01-01&from=2026-01-01":   "Give from once",
		"/corrections?from=2020-01-01&to=2026-01-01":     "a year apart at most",
		"/corrections?from=2026-01-01&cursor=2026-01-01": "Known here: from, to",
	} {
		res := o.get(path)
		assert.Equal(t, http.StatusBadRequest, res.StatusCode, path)
		assert.Contains(t, body(t, res), say, path)
	}
}

// forgetful is a desk whose archive lets go of one mail.
type forgetful struct {
	*desk.Desk
	gone string
}

func (d forgetful) Export(ctx context.Context, one desk.Correction, room int, who cases.Actor, now time.Time) ([]byte, error) {
	if one.Reference == d.gone {
		return nil, fmt.Errorf("read mail: %w", cases.ErrNotFound)
	}
	return d.Desk.Export(ctx, one, room, who, now)
}

func TestWhatDoesNotGoIntoTheArchiveIsNamed(t *testing.T) {
	o := open(t)
	gone := o.corrected(letter(1, "gone", deletion))
	o.now = o.now.Add(time.Hour)
	large := o.corrected(letter(2, "large", deletion+"\n\n"+strings.Repeat("--\n"+strings.Repeat("x", 70)+"\n", 60_000)))
	o.now = o.now.Add(time.Hour)
	var small []cases.ID
	for n := range 101 {
		small = append(small, o.corrected(letter(10+n, "small", deletion)))
		o.now = o.now.Add(time.Second)
	}
	o.http = o.console(forgetful{o.desk, gone.Reference()}, o.db)
	files := unzip(t, o.get("/api/corrections"))
	assert.Len(t, files, 102)
	left := strings.Split(strings.TrimSpace(files["left-out.txt"]), "\n")
	require.Len(t, left, 3)
	assert.Equal(t, gone.Reference()+": the mail is no longer kept", left[0])
	assert.Contains(t, left[1], large.Reference()+": the archive has no room for it")
	assert.Equal(t, small[100].Reference()+": the archive is full: export again from 2026-03-02, the day this mail was received", left[2])
	trail, err := o.db.Trail(ctx, small[100])
	require.NoError(t, err)
	assert.NotEqual(t, "exported", trail[len(trail)-1].Kind, "what does not leave is not noted")
}
