package lambdaevents_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"rightsmail/shared/adapters/lambdaevents"
	"rightsmail/shared/queue"
)

func TestJobIsReadStrictly(t *testing.T) {
	for name, c := range map[string]struct{ body, want string }{
		"nothing":          {``, "no JSON"},
		"text":             {`secret`, "no JSON"},
		"a list":           {`["secret"]`, "not a JSON object"},
		"another schema":   {`{"schema":"secret.v2","kind":"reply","effect":"e"}`, "schema: must be"},
		"another kind":     {`{"schema":"rightsmail.job.v1","kind":"secret","effect":"e"}`, "kind: must be one of"},
		"no effect":        {`{"schema":"rightsmail.job.v1","kind":"reply"}`, "effect: must match"},
		"a path":           {`{"schema":"rightsmail.job.v1","kind":"reply","effect":"../secret"}`, "effect: must match"},
		"a field too much": {`{"schema":"rightsmail.job.v1","kind":"reply","effect":"e","secret":1}`, "not in the schema"},
		"a second value":   {`{"schema":"rightsmail.job.v1","kind":"reply","effect":"e"}{"secret":1}`, "more than one"},
		"another type":     {`{"schema":"rightsmail.job.v1","kind":"reply","effect":["secret"]}`, "effect is of another type"},
	} {
		t.Run(name, func(t *testing.T) {
			got, err := lambdaevents.ReadJob([]byte(c.body))
			require.ErrorContains(t, err, "read job: ")
			require.ErrorContains(t, err, c.want)
			assert.NotContains(t, err.Error(), "secret")
			assert.Equal(t, queue.Job{}, got)
		})
	}
}

func TestTaskIsOneOfTwo(t *testing.T) {
	for _, body := range []string{``, `{}`, `{"task":"secret"}`, `{"task":"sweep","secret":1}`, `{"task":"sweep"} {}`} {
		got, err := lambdaevents.ReadTask([]byte(body))
		require.ErrorContains(t, err, "read task: ", body)
		assert.NotContains(t, err.Error(), "secret")
		assert.Empty(t, got)
	}
}
