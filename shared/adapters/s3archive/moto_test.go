package s3archive_test

import (
	"crypto/rand"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"rightsmail/shared/adapters/s3archive"
	"rightsmail/shared/cases"
	"rightsmail/shared/cases/casestest"
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

// bucket makes a bucket that nobody else has.
func bucket(t *testing.T, cfg aws.Config) string {
	t.Helper()
	name := aws.String("raw-" + strings.ToLower(rand.Text()))
	client := s3.NewFromConfig(cfg, func(o *s3.Options) { o.UsePathStyle = true })
	_, err := client.CreateBucket(t.Context(), &s3.CreateBucketInput{Bucket: name})
	require.NoError(t, err)
	return *name
}

func TestBucketKeepsEveryPromiseOfAnArchive(t *testing.T) {
	cfg := emulator(t)
	casestest.RunArchive(t, func(t *testing.T) cases.Archive { return s3archive.Open(cfg, bucket(t, cfg), "raw/") })
}

func TestListingOfABucketGivesMailsAndNothingElse(t *testing.T) {
	cfg := emulator(t)
	name := bucket(t, cfg)
	a, elsewhere := s3archive.Open(cfg, name, "raw/"), s3archive.Open(cfg, name, "other/")
	for _, id := range []cases.MailID{"b2", "a1", "c3", "AMAZON_SES_SETUP_NOTIFICATION"} {
		require.NoError(t, a.Put(t.Context(), id, []byte("mail")))
	}
	require.NoError(t, elsewhere.Put(t.Context(), "d4", []byte("mail")))

	assert.Equal(t, []cases.MailID{"a1", "b2", "c3"}, ids(t, a.List(t.Context(), time.Time{}, time.Time{}, "")))
	assert.Equal(t, []cases.MailID{"c3"}, ids(t, a.List(t.Context(), time.Time{}, time.Time{}, "b2")))
	assert.Empty(t, ids(t, a.List(t.Context(), time.Now().Add(time.Hour), time.Time{}, "")))
}

func TestBucketThatIsNotThereIsNoMissingMail(t *testing.T) {
	a := s3archive.Open(emulator(t), "nobody-made-this", "raw/")
	_, err := a.Get(t.Context(), "one")
	require.ErrorContains(t, err, "RIGHTSMAIL_BUCKET")
	assert.NotErrorIs(t, err, cases.ErrNotFound)
}
