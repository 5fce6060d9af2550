package s3archive_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"iter"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/aws/retry"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"rightsmail/shared/adapters/s3archive"
	"rightsmail/shared/cases"
)

// settings are those of a test: no account, and no pauses between attempts.
func settings(address string) aws.Config {
	return aws.Config{
		Region: "us-east-1", BaseEndpoint: &address,
		Credentials: aws.CredentialsProviderFunc(func(context.Context) (aws.Credentials, error) {
			return aws.Credentials{AccessKeyID: "test", SecretAccessKey: "test"}, nil
		}),
		Retryer: func() aws.Retryer {
			return retry.NewStandard(func(o *retry.StandardOptions) { o.MaxBackoff = time.Millisecond })
		},
	}
}

// answering opens an archive whose S3 is a function.
func answering(t *testing.T, s3 http.HandlerFunc) *s3archive.Archive {
	t.Helper()
	server := httptest.NewServer(s3)
	t.Cleanup(server.Close)
	return s3archive.Open(settings(server.URL), "bucket", "raw/")
}

// fault is an error as S3 writes it.
func fault(w http.ResponseWriter, status int, code string) {
	w.Header().Set("Content-Type", "application/xml")
	w.WriteHeader(status)
	_, _ = fmt.Fprintf(w, `<?xml version="1.0"?><Error><Code>%s</Code><Message>no</Message></Error>`, code)
}

func ids(t *testing.T, all iter.Seq2[s3archive.Object, error]) []cases.MailID {
	t.Helper()
	var out []cases.MailID
	for o, err := range all {
		require.NoError(t, err)
		out = append(out, o.ID)
	}
	return out
}

func TestMailIsReadAtPrefixAndID(t *testing.T) {
	a := answering(t, func(w http.ResponseWriter, r *http.Request) {
		assert.Equal(t, "/bucket/raw/ep8bsludl0sb", r.URL.Path)
		_, _ = io.WriteString(w, "Subject: hello\r\n\r\n")
	})
	raw, err := a.Get(t.Context(), "ep8bsludl0sb")
	require.NoError(t, err)
	assert.Equal(t, "Subject: hello\r\n\r\n", string(raw))
}

func TestOnlyMissingMailIsNotFound(t *testing.T) {
	for name, c := range map[string]struct {
		status  int
		code    string
		missing bool
		says    string
	}{
		"no such key":    {http.StatusNotFound, "NoSuchKey", true, "read mail one"},
		"no such bucket": {http.StatusNotFound, "NoSuchBucket", false, "RIGHTSMAIL_BUCKET"},
		"denied":         {http.StatusForbidden, "AccessDenied", false, "s3:ListBucket"},
		"fault":          {http.StatusInternalServerError, "InternalError", false, "InternalError"},
	} {
		t.Run(name, func(t *testing.T) {
			a := answering(t, func(w http.ResponseWriter, _ *http.Request) { fault(w, c.status, c.code) })
			_, err := a.Get(t.Context(), "one")
			require.ErrorContains(t, err, c.says)
			assert.Equal(t, c.missing, errors.Is(err, cases.ErrNotFound), "%v", err)
		})
	}
}

// endless is a network that answers every request with a mail without an end.
type endless struct{ announced int64 }

func (e endless) Do(r *http.Request) (*http.Response, error) {
	response := &http.Response{StatusCode: http.StatusOK, Header: http.Header{}, Request: r, Body: io.NopCloser(noise{e}), ContentLength: -1}
	if e.announced > 0 {
		response.Header.Set("Content-Length", strconv.FormatInt(e.announced, 10))
	}
	return response, nil
}

type noise struct{ endless }

func (n noise) Read(p []byte) (int, error) {
	if n.announced > s3archive.MaxMail {
		return 0, errors.New("what is too large by its own word need not be read")
	}
	return len(p), nil
}

func TestMailThatIsTooLargeIsAnErrorAndNotHalfAMail(t *testing.T) {
	for name, announced := range map[string]int64{"announced": s3archive.MaxMail + 1, "not announced": 0} {
		t.Run(name, func(t *testing.T) {
			cfg := settings("http://s3.example")
			cfg.HTTPClient = endless{announced}
			_, err := s3archive.Open(cfg, "bucket", "raw/").Get(t.Context(), "one")
			require.ErrorContains(t, err, "read it in the bucket")
		})
	}
}

func TestMailThatBreaksOffIsAnError(t *testing.T) {
	a := answering(t, func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Length", "1000")
		_, _ = io.WriteString(w, "half")
	})
	_, err := a.Get(t.Context(), "one")
	require.ErrorIs(t, err, io.ErrUnexpectedEOF)
}

func TestPutWritesOnlyWhereNothingIs(t *testing.T) {
	for name, c := range map[string]struct {
		answers []int // one per request
		wrong   bool
	}{
		"first":                   {[]int{200}, false},
		"it is there":             {[]int{412}, false},
		"another writes just now": {[]int{409, 409, 412}, false},
		"throttled":               {[]int{503, 200}, false},
		"denied":                  {[]int{403}, true},
	} {
		t.Run(name, func(t *testing.T) {
			var n atomic.Int32
			a := answering(t, func(w http.ResponseWriter, r *http.Request) {
				assert.Equal(t, "*", r.Header.Get("If-None-Match"))
				body, err := io.ReadAll(r.Body)
				assert.NoError(t, err)
				assert.Equal(t, "mail", string(body))
				codes := map[int]string{403: "AccessDenied", 409: "ConditionalRequestConflict", 412: "PreconditionFailed", 503: "SlowDown"}
				if status := c.answers[n.Add(1)-1]; status != http.StatusOK {
					fault(w, status, codes[status])
				}
			})
			err := a.Put(t.Context(), "one", []byte("mail"))
			assert.Equal(t, c.wrong, err != nil, "%v", err)
			assert.Len(t, c.answers, int(n.Load()))
		})
	}
}

func TestIDThatIsNoKeyNeverReachesS3(t *testing.T) {
	a := answering(t, func(http.ResponseWriter, *http.Request) { t.Error("S3 was asked") })
	for _, id := range []cases.MailID{"", ".", "..", "../other/x", "a/b", `a\b`, "a b", "a\nb", "ä", ".hidden", "a?b", "a%2fb", cases.MailID(strings.Repeat("x", 201))} {
		_, err := a.Get(t.Context(), id)
		require.ErrorContains(t, err, "the id of a mail", "%q", id)
		require.NotErrorIs(t, err, cases.ErrNotFound, "%q", id)
		require.ErrorContains(t, a.Put(t.Context(), id, nil), "the id of a mail", "%q", id)
	}
}

// listing is two pages as S3 writes them.
func listing(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Content-Type", "application/xml")
	key := func(name, day string) string {
		return `<Contents><Key>raw/` + name + `</Key><LastModified>2026-03-` + day + `T12:00:00.000Z</LastModified><Size>7</Size></Contents>`
	}
	body := `<IsTruncated>true</IsTruncated><NextContinuationToken>next</NextContinuationToken>` +
		key("", "01") + key("AMAZON_SES_SETUP_NOTIFICATION", "01") + key("a1", "01") + key("b2", "02")
	if r.URL.Query().Get("continuation-token") == "next" {
		body = key("c3", "03") + key("deeper/d4", "03") + key("e5", "04")
	}
	_, _ = io.WriteString(w, `<ListBucketResult>`+body+`</ListBucketResult>`)
}

func TestListGoesThroughEveryPageAndKeepsToItsTimes(t *testing.T) {
	a := answering(t, listing)
	day := func(d int) time.Time { return time.Date(2026, 3, d, 12, 0, 0, 0, time.UTC) }
	for name, c := range map[string]struct {
		from, to time.Time
		want     []cases.MailID
	}{
		"all":                          {time.Time{}, time.Time{}, []cases.MailID{"a1", "b2", "c3", "e5"}},
		"from is in, to is not":        {day(2), day(4), []cases.MailID{"b2", "c3"}},
		"from alone":                   {day(3), time.Time{}, []cases.MailID{"c3", "e5"}},
		"nothing was stored back then": {time.Time{}, day(1), nil},
	} {
		t.Run(name, func(t *testing.T) {
			assert.Equal(t, c.want, ids(t, a.List(t.Context(), c.from, c.to, "")))
		})
	}
	for o, err := range a.List(t.Context(), time.Time{}, time.Time{}, "") {
		require.NoError(t, err)
		assert.Equal(t, s3archive.Object{ID: "a1", Stored: day(1), Size: 7}, o)
		break
	}
}

func TestListGoesOnBehindTheLastIDSeen(t *testing.T) {
	a := answering(t, func(w http.ResponseWriter, r *http.Request) {
		assert.Equal(t, "raw/b2", r.URL.Query().Get("start-after"))
		_, _ = io.WriteString(w, `<ListBucketResult></ListBucketResult>`)
	})
	assert.Empty(t, ids(t, a.List(t.Context(), time.Time{}, time.Time{}, "b2")))
}

func TestListThatFailsSaysSoAndEnds(t *testing.T) {
	a := answering(t, func(w http.ResponseWriter, _ *http.Request) { fault(w, http.StatusForbidden, "AccessDenied") })
	n := 0
	for _, err := range a.List(t.Context(), time.Time{}, time.Time{}, "") {
		n++
		require.ErrorContains(t, err, "list mails")
	}
	assert.Equal(t, 1, n)
}
