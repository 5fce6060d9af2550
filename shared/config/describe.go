package config

import (
	"fmt"
	"io"
	"reflect"
	"strings"
	"text/tabwriter"
)

// Describe prints every setting as a table: its name, its value, its default,
// and what it means. A secret prints as "(set)" or "(not set)".
func (s Settings) Describe(w io.Writer) error {
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	if _, err := fmt.Fprintln(t, "SETTING\tVALUE\tDEFAULT\tMEANING"); err != nil {
		return err
	}
	v := reflect.ValueOf(s)
	for i := range v.NumField() {
		tag := v.Type().Field(i).Tag
		if _, err := fmt.Fprintf(t, "%s\t%s\t%s\t%s\n", tag.Get("env"), show(v.Field(i).Interface()), orDash(tag.Get("default")), tag.Get("help")); err != nil {
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
		for _, name := range Channels {
			if to, ok := v[name]; ok {
				parts = append(parts, name+"="+to)
			}
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
