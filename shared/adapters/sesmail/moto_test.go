package sesmail_test

import (
	"os"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/sesv2"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"rightsmail/shared/adapters/sesmail"
	"rightsmail/shared/replies"
)

// emulator returns the settings of moto, which ./scripts/check starts. At home, without
// one, the test is skipped; where one is promised that is a failure.
func emulator(t *testing.T) aws.Config {
	t.Helper()
	address := os.Getenv("RIGHTSMAIL_MOTO")
	if address == "" && os.Getenv("RIGHTSMAIL_EMULATORS") == "1" {
		t.Fatal("RIGHTSMAIL_MOTO is not set: start moto_server and set it to its address")
	}
	if address == "" {
		t.Skip("needs moto: RIGHTSMAIL_MOTO=http://127.0.0.1:port")
	}
	return settings(address)
}

func TestServiceTakesLettersAndForwardsOfAVerifiedAddress(t *testing.T) {
	cfg := emulator(t)
	_, err := sesv2.NewFromConfig(cfg).CreateEmailIdentity(t.Context(), &sesv2.CreateEmailIdentityInput{EmailIdentity: aws.String("privacy@example.com")})
	require.NoError(t, err)

	receipt, err := sesmail.Open(cfg, "rightsmail").Send(t.Context(), "ack-1", letter(), now)
	require.NoError(t, err)
	assert.NotEmpty(t, receipt)

	f, err := sesmail.OpenForwarder(cfg, "rightsmail", "privacy@example.com", "help@desk.example.com", clock)
	require.NoError(t, err)
	require.NoError(t, f.Forward(t.Context(), "forward-1", []byte(plain)))

	l := letter()
	l.From.Address = "privacy@nobody-verified.example"
	_, err = sesmail.Open(cfg, "rightsmail").Send(t.Context(), "ack-1", l, now)
	require.ErrorIs(t, err, replies.ErrRefused, "SES rejects mail from an address that is not ours")
}
