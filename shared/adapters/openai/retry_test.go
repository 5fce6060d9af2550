package openai_test

import (
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"rightsmail/shared/adapters/openai"
	"rightsmail/shared/classify"
)

func TestMomentaryFailureIsAskedAgainOnce(t *testing.T) {
	broken := func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }
	half := func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Length", "1000")
		_, _ = io.WriteString(w, `{"choices":`)
	}
	for name, failure := range map[string]http.HandlerFunc{
		"408": fails(408), "429": fails(429), "500": fails(500), "503": fails(503), "connection lost": broken, "answer lost": half,
	} {
		t.Run(name, func(t *testing.T) {
			var pauses []time.Duration
			s := playing(t, failure, says(good))
			got, err := suggest(t, s.opened(&pauses))
			require.NoError(t, err)
			assert.Len(t, got.Claims, 1)
			assert.Equal(t, []time.Duration{500 * time.Millisecond}, pauses, "a random part of a second")

			s = playing(t, failure)
			_, err = suggest(t, s.opened(nil))
			require.Error(t, err)
			assert.NotErrorIs(t, err, classify.ErrNoOpinion, "later it may work")
			assert.Equal(t, 2, s.asked(), "twice and no more")
		})
	}
}

func TestServerThatAsksForAPauseGetsIt(t *testing.T) {
	in := time.Now().Add(10 * time.Second).UTC().Format(http.TimeFormat)
	for value, c := range map[string]struct{ least, most time.Duration }{
		"3":       {3500 * time.Millisecond, 3500 * time.Millisecond},
		in:        {8 * time.Second, 11 * time.Second},
		"-1":      {500 * time.Millisecond, 500 * time.Millisecond},
		"soon":    {500 * time.Millisecond, 500 * time.Millisecond},
		"1000000": {0, 0}, // too long to wait here
	} {
		var pauses []time.Duration
		s := playing(t, fails(429, "Retry-After", value), says(good))
		_, err := suggest(t, s.opened(&pauses))
		if c.most == 0 {
			require.ErrorContains(t, err, "no time is left", value)
			require.NotErrorIs(t, err, classify.ErrNoOpinion)
			assert.Empty(t, pauses)
			continue
		}
		require.NoError(t, err, value)
		require.Len(t, pauses, 1, value)
		assert.GreaterOrEqual(t, pauses[0], c.least, value)
		assert.LessOrEqual(t, pauses[0], c.most, value)
	}
}

func TestPauseThatDoesNotFitIntoTheContextIsNotBegun(t *testing.T) {
	s := playing(t, fails(429, "Retry-After", "20"), says(good))
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
	defer cancel()
	var pauses []time.Duration
	_, err := s.opened(&pauses).Suggest(ctx, question())
	require.ErrorContains(t, err, "HTTP 429, and no time is left")
	require.NotErrorIs(t, err, classify.ErrNoOpinion)
	assert.Empty(t, pauses)
	assert.Equal(t, 1, s.asked())
}

// hanging answers nothing until whoever asked has gone.
func hanging(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() }

func TestSlowServerEndsWithTheContext(t *testing.T) {
	s := playing(t, hanging)
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Millisecond)
	defer cancel()
	_, err := s.opened(nil).Suggest(ctx, question())
	require.ErrorIs(t, err, context.DeadlineExceeded)
	require.NotErrorIs(t, err, classify.ErrNoOpinion)
	assert.NotContains(t, err.Error(), canary)
}

func TestSlowServerIsAskedAgainAfterATimeoutOfOurs(t *testing.T) {
	s := playing(t, hanging, says(good))
	m := openai.Open(openai.Options{
		URL: s.url, Model: "m", Timeout: 300 * time.Millisecond,
		Wait: func(context.Context, time.Duration) error { return nil },
	})
	_, err := m.Suggest(t.Context(), question())
	require.NoError(t, err)
	assert.Equal(t, 2, s.asked())

	_, err = openai.Open(openai.Options{
		URL: playing(t, hanging).url, Model: "m", Timeout: 20 * time.Millisecond,
		Wait: func(context.Context, time.Duration) error { return nil },
	}).Suggest(t.Context(), question())
	require.ErrorContains(t, err, "could not be reached in time, 2 times")
	assert.NotErrorIs(t, err, classify.ErrNoOpinion)
}

func TestNobodyThereIsWorthARetry(t *testing.T) {
	h := httptest.NewServer(http.NotFoundHandler())
	h.Close()
	_, err := openai.Open(openai.Options{
		URL: h.URL, Model: "m", Wait: func(context.Context, time.Duration) error { return nil },
	}).Suggest(t.Context(), question())
	require.ErrorContains(t, err, "could not be reached: dial tcp")
	assert.NotErrorIs(t, err, classify.ErrNoOpinion)
}

func TestServerThatSpeaksNoHTTPIsNotRepeated(t *testing.T) {
	s := playing(t, func(w http.ResponseWriter, _ *http.Request) {
		conn, _, err := w.(http.Hijacker).Hijack()
		assert.NoError(t, err)
		_, _ = io.WriteString(conn, canary+" says no\r\n\r\n")
		assert.NoError(t, conn.Close())
	})
	_, err := suggest(t, s.opened(nil))
	require.ErrorContains(t, err, "could not be reached")
	assert.NotErrorIs(t, err, classify.ErrNoOpinion)
}
