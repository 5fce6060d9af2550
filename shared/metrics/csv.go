package metrics

import (
	"encoding/csv"
	"io"
	"strconv"
	"strings"
)

// WriteCSV writes the report as a table: one line a category and the total last.
// Days without an answer are empty, not zero. A cell that a spreadsheet would take
// for a formula is preceded by an apostrophe.
func (r Report) WriteCSV(w io.Writer) error {
	out := csv.NewWriter(w)
	head := []string{"from", "to", "category", "title"}
	for _, c := range Columns() {
		head = append(head, string(c))
	}
	lines := [][]string{append(head, "median_days", "mean_days")}
	for _, row := range append(r.Rows[:len(r.Rows):len(r.Rows)], r.Total) {
		lines = append(lines, r.line(row))
	}
	for _, line := range lines {
		for i, cell := range line {
			line[i] = inert(cell)
		}
		if err := out.Write(line); err != nil {
			return err
		}
	}
	out.Flush()
	return out.Error()
}

func (r Report) line(row Row) []string {
	category := string(row.Category)
	if category == "" {
		category = "total"
	}
	line := []string{r.From.String(), r.To.String(), category, row.Title}
	for _, c := range Columns() {
		line = append(line, strconv.Itoa(row.N(c)))
	}
	days := row.Days()
	if days.N == 0 {
		return append(line, "", "")
	}
	return append(line, strconv.FormatFloat(days.Median, 'f', 1, 64), strconv.FormatFloat(days.Mean, 'f', 1, 64))
}

// inert keeps a spreadsheet from running a cell (CSV injection, CWE-1236).
func inert(cell string) string {
	if strings.TrimLeft(cell, "=+-@\t\r") != cell {
		return "'" + cell
	}
	return cell
}
