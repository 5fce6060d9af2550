package config

import (
	"fmt"
	"io"
	"maps"
	"reflect"
	"slices"
	"strings"
	"text/tabwriter"
)

// Describe prints every setting of a struct that Read gave as a table: its name, its
// value, its default, and what it means. A secret prints as "(set)" or "(not set)".
func Describe(w io.Writer, settings any) error {
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	if _, err := fmt.Fprintln(t, "SETTING\tVALUE\tDEFAULT\tMEANING"); err != nil {
		return err
	}
	for field, value := range fields(reflect.ValueOf(settings)) {
		tag := field.Tag
		if _, err := fmt.Fprintf(t, "%s\t%s\t%s\t%s\n", tag.Get("env"), show(value.Interface()), orDash(tag.Get("default")), tag.Get("help")); err != nil {
			return err
		}
	}
	return t.Flush()
}

// show writes a value the way it is set, so that it can be copied.
func show(value any) string {
	switch v := value.(type) {
	case []string:
		if len(v) == 0 {
			return "none"
		}
		return strings.Join(v, ", ")
	case map[string]string:
		var parts []string
		for _, name := range inOrder(v) {
			parts = append(parts, name+"="+v[name])
		}
		return strings.Join(parts, ", ")
	}
	return orDash(fmt.Sprint(value))
}

func orDash(s string) string {
	if s == "" {
		return "-"
	}
	return s
}

// inOrder lists channels in the order of the house, and other names by the alphabet.
func inOrder(m map[string]string) []string {
	names := slices.Sorted(maps.Keys(m))
	slices.SortStableFunc(names, func(a, b string) int {
		return slices.Index(Channels, a) - slices.Index(Channels, b)
	})
	return names
}
