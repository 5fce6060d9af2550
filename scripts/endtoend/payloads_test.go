package endtoend

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// forNobody are payloads that none of our functions is ever handed, as their list says.
var forNobody = map[string]string{
	"intake-lambda-action.json": "the record of a Lambda action; our receipt rule has none, and intake refuses it whole",
}

// What events/ offers for sam local invoke is taken by the function whose name it has.
func TestEveryPayloadInEventsIsTakenByItsFunction(t *testing.T) {
	w := stand(t, nil)
	files, err := filepath.Glob(root + "/events/*.json")
	require.NoError(t, err)
	taken := map[string]int{}
	for _, file := range files {
		name := filepath.Base(file)
		function, _, _ := strings.Cut(strings.TrimSuffix(name, ".json"), "-")
		require.Contains(t, w.functions, function, "%s is named after no function", name)
		payload, err := os.ReadFile(file) // #nosec G304 -- our own samples
		require.NoError(t, err)
		answer, err := w.functions[function].invoke(payload, 0)
		if why, none := forNobody[name]; none {
			assert.Error(t, err, why)
			continue
		}
		assert.NoError(t, err, name)
		assert.True(t, json.Valid(answer), "%s: %q", name, answer)
		taken[function]++
	}
	for name := range w.functions {
		assert.NotZero(t, taken[name], "there is no payload for %s", name)
	}
}

// A function that is given less time than it needs takes what it can and names the rest.
func TestNearTheDeadlineABatchHandsBackWhatItHasNotBegun(t *testing.T) {
	w := stand(t, nil)
	mails := sampleMails(t, time.Now())[:3]
	for _, m := range mails {
		w.receive(t, m.arrival)
	}
	intake := w.mappingOf("intake")
	messages := w.cloud.receive(t, intake.queue, 10)
	require.Len(t, messages, 3)
	answer, err := w.functions["intake"].invoke(queueEvent(intake.source, messages), 3*time.Second)
	require.NoError(t, err)
	var out struct {
		BatchItemFailures []struct{ ItemIdentifier string }
	}
	require.NoError(t, json.Unmarshal(answer, &out))
	require.Len(t, out.BatchItemFailures, 2, "the first is always begun, the others are not: %s", answer)
	assert.Equal(t, messages[1].MessageId, out.BatchItemFailures[0].ItemIdentifier)
	assert.Equal(t, messages[2].MessageId, out.BatchItemFailures[1].ItemIdentifier)
	for _, m := range messages {
		w.cloud.putBack(t, intake.queue, m)
	}
	w.settle(t)
	for _, m := range mails {
		assert.NotEmpty(t, fateOf(t, w.store(), mailID(m.arrival)), m.file)
	}
}
