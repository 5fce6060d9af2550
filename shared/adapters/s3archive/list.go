package s3archive

import (
	"context"
	"fmt"
	"iter"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"

	"rightsmail/shared/cases"
)

// setup is the object that SES writes when a receipt rule is made. It is no mail.
const setup = "AMAZON_SES_SETUP_NOTIFICATION"

// Object is one mail of the archive, unread.
type Object struct {
	ID     cases.MailID
	Stored time.Time // UTC, to the second: when S3 took it
	Size   int64     // bytes
}

// List goes through the mails that were stored from from on and before to, in the order
// of their ids; a zero time sets no bound. It begins behind the id after, or at the
// start if that is empty: whoever was interrupted goes on from the last id it saw. S3
// keeps no order by time, so that every List passes over the whole prefix, a thousand
// keys per request. What could not be Get, a folder or another program's object, is
// passed over. An error ends the sequence.
func (a *Archive) List(ctx context.Context, from, to time.Time, after cases.MailID) iter.Seq2[Object, error] {
	return func(yield func(Object, error) bool) {
		in := &s3.ListObjectsV2Input{Bucket: &a.bucket, Prefix: &a.prefix}
		if after != "" {
			in.StartAfter = a.key(after)
		}
		for pages := s3.NewListObjectsV2Paginator(a.client, in); pages.HasMorePages(); {
			page, err := pages.NextPage(ctx)
			if err != nil {
				yield(Object{}, fmt.Errorf("list mails: %w", explain(err)))
				return
			}
			for _, found := range page.Contents {
				if o, ok := a.object(found, from, to); ok && !yield(o, nil) {
					return
				}
			}
		}
	}
}

// object reads one line of a listing; ok is false if it is not wanted.
func (a *Archive) object(found types.Object, from, to time.Time) (o Object, ok bool) {
	id := strings.TrimPrefix(aws.ToString(found.Key), a.prefix)
	o = Object{ID: cases.MailID(id), Stored: aws.ToTime(found.LastModified).UTC(), Size: aws.ToInt64(found.Size)}
	switch {
	case id == setup, !usable(id):
		return o, false
	case !from.IsZero() && o.Stored.Before(from), !to.IsZero() && !o.Stored.Before(to):
		return o, false
	}
	return o, true
}
