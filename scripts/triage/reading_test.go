package main

import (
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"rightsmail/shared/email"
)

const passedOn = `Return-Path: <dana@example.com>
Delivered-To: privacy@example.com
From: Dana <dana@example.com>
To: privacy@example.com
Cc: lee@example.com
Reply-To: dana@example.net
Subject: Fwd: my data
In-Reply-To: <1@example.net>
References: <0@example.net> <1@example.net>
Date: Mon, 2 Mar 2026 10:00:00 -0800
X-Auto-Response-Suppress: All
MIME-Version: 1.0
Content-Type: multipart/mixed; boundary=b

--b
Content-Type: text/html

<p>See below.</p><p style="display:none">not seen</p>
<p>---------- Forwarded message ---------<br>From: Ana Ruiz &lt;ana@example.net&gt;<br>Date: Sun, 1 Mar 2026<br>Subject: my data</p>
<p>Please delete my data.</p>
--b
Content-Type: text/plain; name="letter.txt"
Content-Disposition: attachment; filename="../letter.txt"

I ask again.
--b--
`

func TestReadingIsShownWithText(t *testing.T) {
	lines, err := triage(t, "-text", write(t, "a.eml", passedOn))
	require.NoError(t, err)
	r, ok := lines[0]["reading"].(map[string]any)
	require.True(t, ok)
	assert.Contains(t, r["whole"], "See below.")
	assert.Equal(t, true, r["html_only"])
	assert.Equal(t, "2026-03-02T18:00:00Z", r["date"])
	assert.Empty(t, r["received"])
	assert.Equal(t, "dana@example.com", r["return_path"])
	assert.Equal(t, []any{map[string]any{"name": "", "address": "dana@example.net"}}, r["reply_to"])
	assert.Equal(t, []any{"privacy@example.com"}, r["envelope_to"])
	assert.Equal(t, []any{"1@example.net"}, r["in_reply_to"])
	assert.Equal(t, []any{"0@example.net", "1@example.net"}, r["references"])
	assert.Equal(t, true, r["suppress"])
	assert.Equal(t, "unknown", r["standing"])
	assert.Equal(t, map[string]any{
		"from":    map[string]any{"name": "Ana Ruiz", "address": "ana@example.net"},
		"subject": "my data", "text": "Please delete my data.", "how": "inline",
	}, r["forwarded"])
	require.Len(t, r["attachments"], 1)
	assert.Subset(t, r["attachments"].([]any)[0], map[string]any{"name": "letter.txt", "original": "../letter.txt", "text": "I ask again."})
	assert.Nil(t, r["report"])
	assert.Equal(t, []any{}, r["signals"], "lists are never null")
}

// A field that the reader gains has to be shown, here or in the line itself.
func TestNothingThatTheReaderFindsIsLeftOut(t *testing.T) {
	inLine := []string{"ID", "Subject", "New", "Quoted", "Warnings", "Automation"}
	renamed := map[string]string{"Text": "Whole", "From": "Authors", "EnvelopeToAll": "EnvelopeTo", "NullReturn": "ReturnPath"}
	reading := reflect.TypeFor[Reading]()
	for i := range reflect.TypeFor[email.Message]().NumField() {
		name := reflect.TypeFor[email.Message]().Field(i).Name
		if other, ok := renamed[name]; ok {
			name = other
		}
		_, shown := reading.FieldByName(name)
		assert.True(t, shown || slices.Contains(inLine, name), "%s is not shown by -text", name)
	}
	attachment := reflect.TypeFor[Attachment]()
	for i := range reflect.TypeFor[email.Attachment]().NumField() {
		f := reflect.TypeFor[email.Attachment]().Field(i)
		_, shown := attachment.FieldByName(f.Name)
		assert.True(t, shown || f.Tag.Get("json") == "-", "%s of an attachment is not shown by -text", f.Name)
	}
}

func TestTextInTheTableHasAHeadingForEachPart(t *testing.T) {
	var out, errs strings.Builder
	require.NoError(t, run([]string{"-text", write(t, "a.eml", passedOn)}, noEnv, noon, &out, &errs))
	for _, want := range []string{"-- new", "-- forwarded (inline), from ana@example.net", "-- letter attached: letter.txt"} {
		assert.Contains(t, out.String(), want)
	}
}
