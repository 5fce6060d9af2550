package sqlite

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"strings"

	"rightsmail/shared/cases"
)

// A cursor is the place of the last row of a page, tied to the list and the filter
// it came from: with another filter it would silently skip rows. It is opaque, not
// secret: whoever may see the list may start it anywhere.

const cursorMark = 12 // bytes of the digest that ties it

func newCursor(list string, filter any, place string) (string, error) {
	mark, err := filterMark(list, filter)
	if err != nil {
		return "", err
	}
	return base64.RawURLEncoding.EncodeToString(append(mark, place...)), nil
}

// readCursor returns the place, empty for the first page.
func readCursor(list string, filter any, cursor string) (place string, err error) {
	if cursor == "" {
		return "", nil
	}
	mark, err := filterMark(list, filter)
	if err != nil {
		return "", err
	}
	raw, err := base64.RawURLEncoding.Strict().DecodeString(cursor)
	if err != nil {
		return "", cases.ErrBadCursor
	}
	place, ok := strings.CutPrefix(string(raw), string(mark))
	if !ok || place == "" {
		return "", cases.ErrBadCursor
	}
	return place, nil
}

func filterMark(list string, filter any) ([]byte, error) {
	text, err := json.Marshal(filter)
	if err != nil {
		return nil, err
	}
	sum := sha256.Sum256(append([]byte(list+"\x00"), text...))
	return sum[:cursorMark], nil
}

// pageSize is what a Query's limit means.
func pageSize(limit int) int {
	if limit <= 0 {
		return 50
	}
	return min(limit, 500)
}
