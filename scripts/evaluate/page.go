package main

import (
	_ "embed"
	"fmt"
	"html/template"
	"io"

	"rightsmail/shared/rights"
)

// The page needs no chart library. Each bar is one rectangle in the row whose figures it
// shows, and the heat map is the table of confusions itself, so that the picture and what
// a screen reader says of it cannot part. What was looked at (go-analyze/charts)
// writes SVG without titles or roles, with its colours in every shape, a white ground
// among them, so that a dark page would need a second copy of each picture.
//
//go:embed report.html
var layout string

var pageTemplate = template.Must(template.New("report").Funcs(template.FuncMap{
	"percent": percent,
	"bar":     bar,
	"stack":   stack,
	"heat":    heat,
	"rights":  join[rights.ID],
	"queues":  join[rights.Queue],
}).Parse(layout))

// page writes the report as one page that needs nothing else.
func (r Report) page(w io.Writer) error { return pageTemplate.Execute(w, r) }

// bar is the length of a rate in a picture a hundred wide.
func bar(r *float64) string {
	if r == nil {
		return "0"
	}
	return fmt.Sprintf("%.2f", *r*100)
}

// part is a stretch of a stacked bar.
type part struct{ Class, X, Width string }

// stack is what was found, missed and found in vain of one queue, on one scale for all.
func stack(f Figure, all []Figure) []part {
	longest := 1
	for _, one := range all {
		longest = max(longest, one.Support+one.Extra)
	}
	var parts []part
	x := 0
	for _, s := range []struct {
		class string
		n     int
	}{{"hit", f.Hit}, {"missed", f.Missed}, {"extra", f.Extra}} {
		if s.n > 0 {
			parts = append(parts, part{s.class, scaled(x, longest), scaled(s.n, longest)})
		}
		x += s.n
	}
	return parts
}

func scaled(n, of int) string { return fmt.Sprintf("%.2f", float64(n)/float64(of)*100) }

// heat is how warm a cell is, 0 to 5, by its share of its row.
func heat(n int, row []int) int {
	sum := 0
	for _, c := range row {
		sum += c
	}
	if n == 0 || sum == 0 {
		return 0
	}
	return 1 + n*4/sum
}
