package desk_test

import (
	"bytes"
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"rightsmail/shared/cases"
	"rightsmail/shared/desk"
	"rightsmail/shared/email"
	"rightsmail/shared/email/emailtest"
	"rightsmail/shared/rights"
)

func TestMailBeyondAllSizeIsStoredAndSeenByAHuman(t *testing.T) {
	for _, tt := range emailtest.Oversizes() {
		t.Run(tt.Name, func(t *testing.T) {
			o := newOffice(t)
			raw := tt.Build()
			got := o.receive(t, desk.Incoming{ID: "big", Raw: raw, Received: at, Mailbox: "privacy@example.com"})
			kept, err := o.Archive.Get(ctx, got.Mail.ID)
			require.NoError(t, err)
			assert.True(t, bytes.Equal(raw, kept), "the archive has every byte")
			assert.NotZero(t, got.Mail.Warnings)
			if tt.Flag != email.LimitReached {
				return // nothing of the text was cut
			}
			require.NotEmpty(t, got.Cases)
			assert.Equal(t, cases.Opened, got.Mail.Handling)
			assert.True(t, slices.ContainsFunc(got.Cases, func(c cases.Case) bool { return c.Queue == rights.QueueReview }))
		})
	}
}
