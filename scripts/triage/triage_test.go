package main

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

var noon = time.Date(2026, 3, 2, 20, 0, 0, 0, time.UTC)

// noEnv is an environment in which nothing is set.
func noEnv(string) (string, bool) { return "", false }

const request = `From: Ana Ruiz <ana@example.net>
To: privacy@example.com
Subject: my data
Message-ID: <1@example.net>

I live in Fresno, California. Please delete all personal information you
have collected about me.

Ana Ruiz
`

func write(t *testing.T, name, content string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	require.NoError(t, os.WriteFile(path, []byte(content), 0o600))
	return path
}

// triage runs the command and decodes what it printed.
func triage(t *testing.T, args ...string) ([]map[string]any, error) {
	t.Helper()
	var out, errs bytes.Buffer
	err := run(append([]string{"-json"}, args...), noEnv, noon, &out, &errs)
	var lines []map[string]any
	for dec := json.NewDecoder(&out); dec.More(); {
		var line map[string]any
		require.NoError(t, dec.Decode(&line))
		lines = append(lines, line)
	}
	return lines, err
}

func TestObjectHasExactlyTheFieldsOfTheInterface(t *testing.T) {
	lines, err := triage(t, write(t, "a.eml", request))
	require.NoError(t, err)
	require.Len(t, lines, 1)
	fields := []string{"file", "message_id", "from", "subject", "language", "rights", "queues", "jurisdiction",
		"decided_by", "confidence", "evidence", "automated", "acknowledge", "hold_reason", "missing_fields",
		"acknowledge_by", "respond_by", "warnings", "error", "kind", "requester", "permission", "people"}
	for _, f := range fields {
		assert.Contains(t, lines[0], f)
	}
	assert.Len(t, lines[0], len(fields))
	assert.Equal(t, []any{"ccpa_delete"}, lines[0]["rights"])
	assert.Equal(t, []any{"ccpa"}, lines[0]["queues"])
	assert.Equal(t, "us-ca", lines[0]["jurisdiction"])
	assert.Equal(t, "ana@example.net", lines[0]["from"])
	assert.Equal(t, true, lines[0]["acknowledge"])
	assert.Equal(t, "request", lines[0]["kind"])
	assert.Equal(t, []any{}, lines[0]["people"])
}

func TestDatesAreTheStrictOnes(t *testing.T) {
	lines, err := triage(t, "-received", "2026-03-02T20:00:00Z", write(t, "a.eml", request))
	require.NoError(t, err)
	assert.Equal(t, "2026-03-13", lines[0]["acknowledge_by"], "ten business days, Saturdays counted, no holidays")
	assert.Equal(t, "2026-04-15", lines[0]["respond_by"], "45 days that begin on the day of receipt")
}

func TestReceiptIsWhatTheServerNotedAndNeverTheDateField(t *testing.T) {
	old := "Date: Mon, 1 Jan 2001 00:00:00 +0000\n"
	noted := "Received: from x by mx.example.com; Mon, 16 Feb 2026 09:00:00 -0800\n"
	lines, err := triage(t, write(t, "a.eml", old+request), write(t, "b.eml", noted+old+request))
	require.NoError(t, err)
	assert.Equal(t, "2026-04-15", lines[0]["respond_by"], "no server noted anything: received now")
	assert.Equal(t, "2026-04-01", lines[1]["respond_by"])
}

func TestTextAddsTheSendersOwnWordsAndTheQuotedOnes(t *testing.T) {
	lines, err := triage(t, "-text", write(t, "a.eml", request+"\nOn Mon, 2 Mar 2026 at 10:00, Support <support@example.com> wrote:\n> How can we help?\n"))
	require.NoError(t, err)
	assert.Contains(t, lines[0]["text"], "Please delete all personal information")
	assert.NotContains(t, lines[0]["text"], "How can we help")
	assert.Contains(t, lines[0]["quoted"], "How can we help")
}

func TestFileThatIsNoMailGivesAnErrorAndTheRunGoesOn(t *testing.T) {
	junk := write(t, "junk.eml", "\x7fELF\x00\x01\x02 nothing of a mail")
	lines, err := triage(t, junk, write(t, "a.eml", request), filepath.Join(t.TempDir(), "missing.eml"))
	require.NoError(t, err)
	require.Len(t, lines, 3)
	assert.NotEmpty(t, lines[0]["error"])
	assert.Empty(t, lines[1]["error"])
	assert.Contains(t, lines[2]["error"], "no such file")
	assert.Equal(t, []any{}, lines[0]["rights"], "lists are never null")
}

func TestNoFileThatCanBeReadIsAnError(t *testing.T) {
	_, err := triage(t, write(t, "junk.eml", "\x00\x01\x02"))
	assert.ErrorContains(t, err, "no file could be read")
	_, err = triage(t, t.TempDir())
	assert.ErrorContains(t, err, "no mail found")
}

func TestWrongTimeIsRefusedWithAnExample(t *testing.T) {
	_, err := triage(t, "-received", "yesterday", write(t, "a.eml", request))
	assert.ErrorContains(t, err, "2026-03-03T16:10:00Z")
}

func TestTableKeepsHostileSubjectsFromTheTerminal(t *testing.T) {
	var out, errs bytes.Buffer
	path := write(t, "a.eml", strings.Replace(request, "my data", "=?utf-8?q?=1B[31m_red_=07?=", 1))
	require.NoError(t, run([]string{path}, noEnv, noon, &out, &errs))
	assert.Contains(t, out.String(), "ccpa_delete")
	assert.NotContains(t, out.String(), "\x1b")
	assert.NotContains(t, out.String(), "\a")
}

func TestNoPathIsRefusedWithTheUsage(t *testing.T) {
	var out, errs bytes.Buffer
	assert.ErrorContains(t, run(nil, noEnv, noon, &out, &errs), "name at least one")
	assert.Contains(t, errs.String(), "usage:")
}
