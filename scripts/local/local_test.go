package main

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/mail"
	"net/smtp"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

const samples = "../../events/mails"

// asChild makes the test binary behave like the program, so that it can be killed.
const asChild = "RIGHTSMAIL_TEST_CHILD"

func TestMain(m *testing.M) {
	if args := os.Getenv(asChild); args != "" {
		if err := run(context.Background(), strings.Split(args, "\n"), thisMachine(os.Stdout)); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		return
	}
	os.Exit(m.Run())
}

func thisMachine(stdout io.Writer) machine {
	return machine{
		now: time.Now, random: rand.Reader, stdout: stdout, stderr: io.Discard,
		env: func(string) (string, bool) { return "", false },
	}
}

// once runs the program to its end and returns what it printed.
func once(t *testing.T, args ...string) (string, error) {
	t.Helper()
	var out bytes.Buffer
	err := run(t.Context(), args, thisMachine(&out))
	return out.String(), err
}

// running is the program with its doors open.
type running struct {
	smtp, http string
	cancel     context.CancelFunc
	ended      chan struct{} // closed when the program has ended
	err        error         // what it ended with
}

// stop is Ctrl-C: it returns what the program ended with.
func (r *running) stop() error {
	r.cancel()
	<-r.ended
	return r.err
}

// start runs the program on free ports until the test ends.
func start(t *testing.T, data string, args ...string) *running {
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	r := &running{cancel: cancel, ended: make(chan struct{})}
	open := make(chan struct{})
	m := thisMachine(io.Discard)
	m.ready = func(s, h string) { r.smtp, r.http = s, h; close(open) }
	go func() {
		r.err = run(ctx, append([]string{"-data", data, "-smtp", "127.0.0.1:0", "-http", "127.0.0.1:0"}, args...), m)
		close(r.ended)
	}()
	t.Cleanup(func() { _ = r.stop() }) // what it ended with is for the test to ask
	select {
	case <-open:
	case <-r.ended:
		t.Fatalf("did not start: %v", r.err)
	}
	return r
}

// get reads JSON from the console.
func (r *running) get(t *testing.T, path string, into any) {
	t.Helper()
	res, err := http.Get("http://" + r.http + path)
	require.NoError(t, err)
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	require.NoError(t, err)
	require.Equal(t, http.StatusOK, res.StatusCode, "%s: %s", path, body)
	require.NoError(t, json.Unmarshal(body, into))
}

// cases lists the ids of the cases in a queue.
func (r *running) cases(t *testing.T, query string) []string {
	t.Helper()
	var page struct {
		Cases []struct {
			ID string `json:"id"`
		} `json:"cases"`
	}
	r.get(t, "/api/cases?"+query, &page)
	ids := []string{}
	for _, c := range page.Cases {
		ids = append(ids, c.ID)
	}
	return ids
}

func letters(t *testing.T, data string) []string {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(data, "outbox", "*.eml"))
	require.NoError(t, err)
	return files
}

func deletion(n int) string {
	return strings.ReplaceAll(fmt.Sprintf(`From: Ana Ruiz <ana@example.net>
To: privacy@example.com
Subject: my data
Message-ID: <%d@example.net>

I live in Fresno, California. Please delete all personal information you have
collected about me.

Ana Ruiz
`, n), "\n", "\r\n")
}

func TestSamplesAreHandledAndSummedUp(t *testing.T) {
	data := t.TempDir()
	out, err := once(t, "-data", data, "-ingest", samples, "-exit")
	require.NoError(t, err)
	for _, word := range []string{"mails", "cases", "acknowledged", "held", "forwarded", "ignored", "unreadable"} {
		assert.Contains(t, out, word)
	}
	sent := letters(t, data)
	assert.NotEmpty(t, sent)
	for _, name := range sent {
		answersNoMachine(t, name)
	}

	out, err = once(t, "-data", data, "-ingest", samples, "-exit")
	require.NoError(t, err)
	assert.Equal(t, sent, letters(t, data), "the same mails again send nothing again")
	assert.Regexp(t, `cases\s+0`, out)
}

// answersNoMachine reads a letter: bounces, auto-replies and list mail get none.
func answersNoMachine(t *testing.T, name string) {
	t.Helper()
	raw, err := os.ReadFile(name)
	require.NoError(t, err)
	m, err := mail.ReadMessage(bytes.NewReader(raw))
	require.NoError(t, err)
	to := strings.ToLower(m.Header.Get("To"))
	for _, robot := range []string{"mailer-daemon", "postmaster", "noreply", "no-reply", "-bounces", "listserv"} {
		assert.NotContains(t, to, robot, name)
	}
	assert.Equal(t, "auto-replied", m.Header.Get("Auto-Submitted"), name)
}

func TestMailSentBySMTPShowsInTheConsoleAndItsAcknowledgementInTheOutbox(t *testing.T) {
	data := t.TempDir()
	r := start(t, data)
	long := deletion(1) + "X" + strings.Repeat("x", 200_000) + "\r\n" // HTML mail has lines like this
	require.NoError(t, smtp.SendMail(r.smtp, nil, "ana@example.net", []string{"privacy@example.com"}, []byte(long)))
	require.Eventually(t, func() bool { return len(letters(t, data)) == 1 }, 2*time.Second, 5*time.Millisecond)
	assert.Len(t, r.cases(t, "queue=ccpa"), 1)

	require.NoError(t, smtp.SendMail(r.smtp, nil, "ana@example.net", []string{"privacy@example.com"}, []byte(long)))
	require.NoError(t, smtp.SendMail(r.smtp, nil, "ana@example.net", []string{"privacy@example.com"}, []byte(deletion(2))))
	require.Eventually(t, func() bool { return len(letters(t, data)) == 2 }, 2*time.Second, 5*time.Millisecond)
	assert.Len(t, r.cases(t, "queue=ccpa"), 2, "the same mail again opens nothing, another one does")

	assert.NoError(t, r.stop(), "Ctrl-C ends cleanly")
}

func TestBytesThatAreNoMailWaitForAHuman(t *testing.T) {
	data := t.TempDir()
	r := start(t, data)
	require.NoError(t, smtp.SendMail(r.smtp, nil, "b@example.net", []string{"support@example.com"}, []byte("\x01\x02 nothing of a mail\r\n")))
	require.Eventually(t, func() bool { return len(r.cases(t, "queue=review")) == 1 }, 2*time.Second, 5*time.Millisecond)
	assert.Empty(t, letters(t, data))
}

func TestOfThreeKnowRequestsInAnArchiveTheLastReceivedIsHeld(t *testing.T) {
	data, archive := t.TempDir(), t.TempDir()
	for n, month := range []string{"Sep", "Feb", "May"} { // by name the latest comes first
		top := "Return-Path: <ana@example.net>\r\nReceived: from x by inbound-smtp.us-east-1.amazonaws.com; Tue, 10 " + month + " 2026 18:00:00 +0000\r\n" +
			"Authentication-Results: amazonses.com; dkim=pass header.i=@example.net; dmarc=pass header.from=example.net;\r\n"
		know := strings.Replace(deletion(n), "delete all personal information", "send me a copy of all personal information", 1)
		require.NoError(t, os.WriteFile(filepath.Join(archive, fmt.Sprintf("%d.eml", n)), []byte(top+know), 0o600))
	}
	r := start(t, data, "-ingest", archive)
	require.Eventually(t, func() bool { return len(letters(t, data)) == 3 }, 5*time.Second, 5*time.Millisecond)
	held := r.cases(t, "status=held")
	require.Len(t, held, 1)
	var c struct {
		ReceivedOn string `json:"received_on"`
	}
	r.get(t, "/api/cases/"+held[0], &c)
	assert.Equal(t, "2026-09-10", c.ReceivedOn)
}

func TestThirdKnowRequestOfTrustedSendersIsHeld(t *testing.T) {
	data := t.TempDir()
	r := start(t, data, "-trust-smtp")
	for n := range 3 {
		know := strings.Replace(deletion(n), "delete all personal information", "send me a copy of all personal information", 1)
		require.NoError(t, smtp.SendMail(r.smtp, nil, "ana@example.net", []string{"privacy@example.com"}, []byte(know)))
	}
	require.Eventually(t, func() bool { return len(letters(t, data)) == 3 }, 2*time.Second, 5*time.Millisecond)
	assert.Len(t, r.cases(t, "queue=ccpa"), 2)
	assert.Len(t, r.cases(t, "status=held"), 1)
}

func TestKillAtAnyMomentAndARestartLoseAndDoubleNothing(t *testing.T) {
	archive := some(t, 40)
	undisturbed := t.TempDir()
	_, err := once(t, "-data", undisturbed, "-ingest", archive, "-exit")
	require.NoError(t, err)
	want := snapshot(t, undisturbed)

	for _, sent := range []int{0, 1, 12} {
		t.Run(fmt.Sprintf("after %d letters", sent), func(t *testing.T) {
			data := t.TempDir()
			args := []string{"-data", data, "-ingest", archive, "-exit"}
			killAfter(t, data, sent, args)
			_, err := once(t, args...)
			require.NoError(t, err)
			assert.Equal(t, want, snapshot(t, data))
		})
	}
}

// some copies the first n samples into a folder of their own.
func some(t *testing.T, n int) string {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(samples, "*.eml"))
	require.NoError(t, err)
	require.Greater(t, len(files), n)
	archive := t.TempDir()
	for _, name := range files[:n] {
		raw, err := os.ReadFile(name)
		require.NoError(t, err)
		require.NoError(t, os.WriteFile(filepath.Join(archive, filepath.Base(name)), raw, 0o600))
	}
	return archive
}

// killAfter runs the program as a process of its own and kills it as soon as that
// many letters have left.
func killAfter(t *testing.T, data string, sent int, args []string) {
	t.Helper()
	child := exec.Command(os.Args[0]) // #nosec G204 -- the test binary itself
	child.Env = append(os.Environ(), asChild+"="+strings.Join(args, "\n"))
	require.NoError(t, child.Start())
	ended := make(chan error, 1)
	go func() { ended <- child.Wait() }()
	for deadline := time.Now().Add(time.Minute); time.Now().Before(deadline); {
		select {
		case err := <-ended:
			require.NoError(t, err, "the program ended before it could be killed; it must have ended well")
			return
		default:
		}
		if _, err := os.Stat(filepath.Join(data, "rightsmail.db")); err == nil && len(letters(t, data)) >= sent {
			require.NoError(t, child.Process.Kill())
			<-ended
			return
		}
	}
	t.Fatal("the program neither ended nor sent its letters")
}

// snapshot counts what a data folder holds. Ids differ from folder to folder,
// because every folder has a key of its own.
func snapshot(t *testing.T, data string) map[string]int {
	t.Helper()
	r := start(t, data)
	defer func() { require.NoError(t, r.stop()) }()
	got := map[string]int{"letters": len(letters(t, data))}
	forwarded, err := filepath.Glob(filepath.Join(data, "forwarded", "*.eml"))
	require.NoError(t, err)
	got["forwarded"] = len(forwarded)
	var queues struct {
		Queues []struct {
			Queue string `json:"queue"`
			Open  int    `json:"open"`
			Held  int    `json:"held"`
		} `json:"queues"`
	}
	r.get(t, "/api/queues", &queues)
	require.NotEmpty(t, queues.Queues)
	for _, q := range queues.Queues {
		got[q.Queue+" open"], got[q.Queue+" held"] = q.Open, q.Held
	}
	return got
}

func TestPortInUseIsOneClearSentence(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	defer l.Close()
	_, err = once(t, "-data", t.TempDir(), "-smtp", l.Addr().String(), "-http", "127.0.0.1:0")
	assert.EqualError(t, err, l.Addr().String()+" is in use by another program; stop it, or choose another address with -smtp")
}

func TestFolderThatCannotBeWrittenIsOneClearSentence(t *testing.T) {
	file := filepath.Join(t.TempDir(), "file")
	require.NoError(t, os.WriteFile(file, nil, 0o600))
	_, err := once(t, "-data", filepath.Join(file, "data"), "-exit")
	require.ErrorContains(t, err, "cannot write to the folder")
	assert.ErrorContains(t, err, "choose another with -data")
}

func TestPathThatIsNotThereIsOneClearSentence(t *testing.T) {
	missing := filepath.Join(t.TempDir(), "typo.mbox")
	_, err := once(t, "-data", t.TempDir(), "-ingest", missing, "-exit")
	assert.EqualError(t, err, "-ingest "+missing+": there is no such file or folder")
}

func TestDamagedKeyIsNotReplacedBySilence(t *testing.T) {
	data := t.TempDir()
	require.NoError(t, os.WriteFile(filepath.Join(data, "identity.key"), []byte("short"), 0o600))
	_, err := once(t, "-data", data, "-exit")
	assert.ErrorContains(t, err, "is damaged")
}

func TestMissingKeyBesideADatabaseIsNotReplacedBySilence(t *testing.T) {
	data := t.TempDir()
	_, err := once(t, "-data", data, "-exit")
	require.NoError(t, err)
	require.NoError(t, os.Remove(filepath.Join(data, "identity.key")))
	_, err = once(t, "-data", data, "-exit")
	assert.ErrorContains(t, err, "identity.key is missing")
}

func TestConsoleOnLoopbackRefusesNamesOfOthers(t *testing.T) {
	r := start(t, t.TempDir())
	req, err := http.NewRequest(http.MethodGet, "http://"+r.http+"/", nil)
	require.NoError(t, err)
	req.Host = "rebound.example.org"
	res, err := http.DefaultClient.Do(req)
	require.NoError(t, err)
	defer res.Body.Close()
	assert.GreaterOrEqual(t, res.StatusCode, 400)
}

func TestEnvelopeSenderCannotAddHeaders(t *testing.T) {
	got := string(withReturnPath("a@example.net>\r\nX-Evil: 1", []byte("\r\nSubject: x\r\n\r\ny")))
	assert.Equal(t, "Return-Path: <a@example.netX-Evil: 1>\r\nSubject: x\r\n\r\ny", got)
}
