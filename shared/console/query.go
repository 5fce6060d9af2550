package console

import (
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"rightsmail/shared/cases"
	"rightsmail/shared/rights"
)

// expect refuses query parameters that the address does not know: a misspelt filter
// must not silently show everything.
func expect(r *http.Request, known ...string) error {
	for name, values := range r.URL.Query() {
		if !slices.Contains(known, name) {
			if len(known) == 0 {
				return wrong("This address takes no query parameters.")
			}
			return wrong("Unknown query parameter. Known here: %s.", strings.Join(known, ", "))
		}
		if len(values) > 1 {
			return wrong("Give %s once.", name)
		}
	}
	return nil
}

// statuses reads the filter; empty means open, which leaves out what is held.
func statuses(word string) (filter string, list []cases.Status, err error) {
	switch word {
	case "", "open":
		return "open", []cases.Status{cases.Open}, nil
	case "held":
		return "held", []cases.Status{cases.Held}, nil
	case "closed":
		return "closed", []cases.Status{cases.Closed}, nil
	case "all":
		return "all", nil, nil
	}
	return "", nil, wrong("status is one of open, held, closed, all; without it: open.")
}

// queueNamed reads a queue.
func queueNamed(word string) (rights.Queue, error) {
	q := rights.Queue(word)
	if !slices.Contains(rights.Queues(), q) {
		names := make([]string, 0, len(rights.Queues()))
		for _, q := range rights.Queues() {
			names = append(names, string(q))
		}
		return "", wrong("queue is one of %s.", strings.Join(names, ", "))
	}
	return q, nil
}

// pageLimit reads how many a page may hold; 0 leaves it to the store.
func pageLimit(word string) (int, error) {
	if word == "" {
		return 0, nil
	}
	n, err := strconv.Atoi(word)
	if err != nil || n < 1 || n > 500 {
		return 0, wrong("limit is a whole number from 1 to 500; without it: 50.")
	}
	return n, nil
}

// span reads from and to. Without them it is the current calendar year in
// California, whose yearly statement the report follows.
func span(from, to string, now time.Time) (first, last rights.Date, err error) {
	today, err := rights.DateIn(now, "America/Los_Angeles")
	if err != nil {
		return first, last, err
	}
	return between(from, to,
		rights.Date{Year: today.Year, Month: time.January, Day: 1}, rights.Date{Year: today.Year, Month: time.December, Day: 31},
		"the last day of this year")
}

// between reads from and to, both included. Where one is not given it is first or last,
// which words says.
func between(from, to string, first, last rights.Date, words string) (rights.Date, rights.Date, error) {
	for _, given := range []struct {
		name, word string
		date       *rights.Date
	}{{"from", from, &first}, {"to", to, &last}} {
		if given.word == "" {
			continue
		}
		t, err := time.Parse(time.DateOnly, given.word)
		if err != nil || t.Year() < 1970 || t.Year() > 9998 {
			return first, last, wrong("%s is a date like 2026-01-31.", given.name)
		}
		*given.date = rights.Date{Year: t.Year(), Month: t.Month(), Day: t.Day()}
	}
	if last.Before(first) {
		return first, last, wrong("from must not be after to. Without to, it is %s.", words)
	}
	return first, last, nil
}
