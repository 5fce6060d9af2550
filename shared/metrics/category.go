package metrics

import (
	"cmp"
	"slices"
	"strings"

	"rightsmail/shared/cases"
	"rightsmail/shared/rights"
)

// Category is one row of the report: the bucket that the law of the right names, or
// the family of the right if it names none.
type Category string

// statutory are the buckets of 11 CCR 7102(a)(1) as amended in 2026. They have a row
// even if it is all zeros: here a zero is a statement.
var statutory = []Category{"know", "delete", "correct", "optout", "limit", "admt_access", "admt_optout"}

// families gives rights without a bucket a row, by the start of their id.
var families = []struct {
	prefix   string
	category Category
}{
	{"ccpa_minor_", "children"},
	{"ca_minor_", "children"},
	{"coppa_", "children"},
	{"ccpa_", "ccpa_other"},
	{"stl_", "stl"},
	{"nv_", "nevada"},
	{"dpf_", "dpf"},
	{"marketing_", "marketing"},
}

var titles = map[Category]string{
	"know":         "Know",
	"delete":       "Delete",
	"correct":      "Correct",
	"optout":       "Opt out of sale or sharing",
	"limit":        "Limit use of sensitive data",
	"admt_access":  "Automated decisions: access",
	"admt_optout":  "Automated decisions: opt out",
	"ccpa_other":   "Other California requests",
	"stl":          "Shine the Light",
	"nevada":       "Nevada",
	"children":     "Children",
	"dpf":          "Data Privacy Framework",
	"marketing":    "Marketing",
	"uk_complaint": "UK complaint",
	"unclassified": "Not classified yet",
}

// categorise names the category of a case. The bucket is the one of the law in force
// when the request was received.
func categorise(c cases.Case, book *rights.Book, on rights.Date) Category {
	if right, err := book.Right(c.Right, on); err == nil && right.Metric != "" {
		return Category(right.Metric)
	}
	for _, f := range families {
		if strings.HasPrefix(string(c.Right), f.prefix) {
			return f.category
		}
	}
	if c.Right == "" {
		return "unclassified"
	}
	return Category(c.Right)
}

// title is the heading of a category. The European rights and the single ones are
// headed by their own plain words.
func title(c Category, book *rights.Book, on rights.Date) string {
	if t, ok := titles[c]; ok {
		return t
	}
	if right, err := book.Right(rights.ID(c), on); err == nil && right.Title != "" {
		return right.Title
	}
	return strings.ReplaceAll(string(c), "_", " ")
}

// kin is the order of the rows that are in no bucket, by the start of their category:
// the American laws, the European ones, then what no law groups.
var kin = []string{"ccpa", "stl", "nevada", "gdpr", "uk", "dpf", "children", "marketing"}

// order sorts rows: the statutory buckets first in the order of the rule, then the
// others by family and name, and what is not classified last.
func order(a, b Category) int {
	return cmp.Or(cmp.Compare(rank(a), rank(b)), cmp.Compare(a, b))
}

func rank(c Category) int {
	if i := slices.Index(statutory, c); i >= 0 {
		return i
	}
	after := len(statutory)
	if i := slices.IndexFunc(kin, func(prefix string) bool { return strings.HasPrefix(string(c), prefix) }); i >= 0 {
		return after + i
	}
	after += len(kin)
	if c == "unclassified" {
		after++
	}
	return after
}
