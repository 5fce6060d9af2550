package s3archive

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/aws/retry"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/smithy-go"
	smithyhttp "github.com/aws/smithy-go/transport/http"

	"rightsmail/shared/cases"
)

// MaxMail is how many bytes of a mail are read: SES takes 40 MB, and adds its own
// header to them.
const MaxMail = 42 << 20

// Archive is one bucket and one prefix. It is safe for concurrent use.
type Archive struct {
	client         *s3.Client
	bucket, prefix string
}

var _ cases.Archive = (*Archive)(nil)

// Open returns the archive below a prefix such as "raw/" in a bucket. It asks S3
// nothing: the first call tells whether the bucket is there.
func Open(cfg aws.Config, bucket, prefix string) *Archive {
	client := s3.NewFromConfig(cfg, func(o *s3.Options) {
		// An emulator answers at one address, not at one per bucket.
		o.UsePathStyle = cfg.BaseEndpoint != nil
		// SES stores some mail without a checksum; a warning for each says nothing.
		o.DisableLogOutputChecksumValidationSkipped = true
		// Two writers of one key at one moment: S3 asks the slower one to try again.
		o.Retryer = retry.AddWithErrorCodes(o.Retryer, "ConditionalRequestConflict", "OperationAborted")
	})
	return &Archive{client: client, bucket: bucket, prefix: prefix}
}

// Get returns raw mail; see cases.Archive. A mail of more than MaxMail bytes is an
// error: half a mail would be judged as a whole one.
func (a *Archive) Get(ctx context.Context, id cases.MailID) ([]byte, error) {
	if err := check(id); err != nil {
		return nil, fmt.Errorf("read mail: %w", err)
	}
	out, err := a.client.GetObject(ctx, &s3.GetObjectInput{Bucket: &a.bucket, Key: a.key(id)})
	if err != nil {
		return nil, fmt.Errorf("read mail %s: %w", id, explain(err))
	}
	defer out.Body.Close() // only read from: nothing can be lost
	raw, err := whole(out.Body, aws.ToInt64(out.ContentLength))
	if err != nil {
		return nil, fmt.Errorf("read mail %s: %w", id, err)
	}
	return raw, nil
}

// whole reads all of a body that says how long it is, and believes it no further than
// MaxMail.
func whole(body io.Reader, length int64) ([]byte, error) {
	if length > MaxMail {
		return nil, tooLarge(length)
	}
	var buf bytes.Buffer
	if length > 0 {
		// One byte more than needed, or the buffer grows to see the end.
		buf.Grow(int(length) + bytes.MinRead)
	}
	n, err := buf.ReadFrom(io.LimitReader(body, MaxMail+1))
	switch {
	case err != nil:
		return nil, err
	case n > MaxMail:
		return nil, tooLarge(n)
	}
	return buf.Bytes(), nil
}

func tooLarge(n int64) error {
	return fmt.Errorf("it has %d bytes or more and %d are read: read it in the bucket", n, int64(MaxMail))
}

// Put keeps raw mail under an id; see cases.Archive.
func (a *Archive) Put(ctx context.Context, id cases.MailID, raw []byte) error {
	if err := check(id); err != nil {
		return fmt.Errorf("keep mail: %w", err)
	}
	_, err := a.client.PutObject(ctx, &s3.PutObjectInput{
		Bucket: &a.bucket, Key: a.key(id), Body: bytes.NewReader(raw), IfNoneMatch: aws.String("*"),
		ContentType: aws.String("message/rfc822"),
	})
	if err != nil && status(err) != http.StatusPreconditionFailed { // 412: it is there
		return fmt.Errorf("keep mail %s: %w", id, explain(err))
	}
	return nil
}

func (a *Archive) key(id cases.MailID) *string { return aws.String(a.prefix + string(id)) }

// maxID keeps every key far below the 1024 bytes that S3 allows.
const maxID = 200

// check refuses an id that could leave the prefix, hide, or need quoting anywhere.
func check(id cases.MailID) error {
	if !usable(string(id)) {
		return fmt.Errorf("the id of a mail has 1 to %d letters, digits, \"-\", \"_\" or \".\", and begins with no \".\"", maxID)
	}
	return nil
}

func usable(id string) bool {
	for i := range len(id) {
		switch c := id[i]; {
		case c >= 'a' && c <= 'z', c >= 'A' && c <= 'Z', c >= '0' && c <= '9', c == '-', c == '_':
		case c == '.' && i > 0:
		default:
			return false
		}
	}
	return id != "" && len(id) <= maxID
}

// explain says what an answer of S3 means for us.
func explain(err error) error {
	var api smithy.APIError
	missing := errors.As(err, &api) && api.ErrorCode() == "NoSuchBucket"
	switch {
	case missing:
		return fmt.Errorf("there is no such bucket, check RIGHTSMAIL_BUCKET: %w", err)
	case status(err) == http.StatusNotFound:
		return cases.ErrNotFound
	case status(err) == http.StatusForbidden:
		return fmt.Errorf("denied; the role needs the object, its key of KMS, and s3:ListBucket to tell a missing mail from a denied one: %w", err)
	}
	return err
}

// status is the HTTP status that S3 answered with, or 0 if it did not answer.
func status(err error) int {
	var answer *smithyhttp.ResponseError
	if errors.As(err, &answer) {
		return answer.HTTPStatusCode()
	}
	return 0
}
