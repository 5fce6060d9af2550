package record

import (
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"
	"encoding/json"

	"rightsmail/shared/cases"
)

// A cursor is the place of the last row of a page after a digest that ties it to the
// list and the filter it came from: with another filter it would silently skip rows.
// It is opaque, not secret: whoever may see the list may start it anywhere.

const digestSize = 12 // bytes

// NewCursor makes a cursor: where the next page of a list with this filter begins.
func NewCursor(list string, filter any, place string) (string, error) {
	digest, err := cursorDigest(list, filter, place)
	if err != nil {
		return "", err
	}
	return base64.RawURLEncoding.EncodeToString(append(digest, place...)), nil
}

// ReadCursor returns the place, empty for the first page.
func ReadCursor(list string, filter any, cursor string) (place string, err error) {
	if cursor == "" {
		return "", nil
	}
	raw, err := base64.RawURLEncoding.Strict().DecodeString(cursor)
	if err != nil || len(raw) <= digestSize {
		return "", cases.ErrBadCursor
	}
	place = string(raw[digestSize:])
	digest, err := cursorDigest(list, filter, place)
	if err != nil {
		return "", err
	}
	if subtle.ConstantTimeCompare(digest, raw[:digestSize]) == 0 {
		return "", cases.ErrBadCursor
	}
	return place, nil
}

func cursorDigest(list string, filter any, place string) ([]byte, error) {
	text, err := json.Marshal([]any{list, filter, place})
	if err != nil {
		return nil, err
	}
	sum := sha256.Sum256(text)
	return sum[:digestSize], nil
}

// PageSize is what the limit of a query means.
func PageSize(limit int) int {
	if limit <= 0 {
		return 50
	}
	return min(limit, 500)
}
