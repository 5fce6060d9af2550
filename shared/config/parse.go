package config

import (
	"errors"
	"fmt"
	"iter"
	"net/mail"
	"net/url"
	"reflect"
	"slices"
	"strconv"
	"strings"
)

// Read reads the settings of T, a struct of settings or of groups of them, through
// get, which looks up one name and tells whether it is set; os.LookupEnv is one. It
// returns either settings that can be used as they are, or all problems at once. No
// secret and no other value appears in an error, only the name of the setting and what
// it has to look like.
func Read[T any](get func(name string) (value string, ok bool)) (T, error) {
	var s T
	var errs []error
	for field, v := range fields(reflect.ValueOf(&s).Elem()) {
		text := field.Tag.Get("default")
		if set, ok := get(field.Tag.Get("env")); ok && strings.TrimSpace(set) != "" {
			text = set
		}
		if err := assign(v, field.Tag, strings.TrimSpace(text)); err != nil {
			errs = append(errs, fmt.Errorf("%s: %w", field.Tag.Get("env"), err))
		}
	}
	if err := errors.Join(errs...); err != nil {
		var none T
		return none, fmt.Errorf("settings cannot be used:\n%w", err)
	}
	return s, nil
}

// fields walks over the settings of a struct, through its groups.
func fields(v reflect.Value) iter.Seq2[reflect.StructField, reflect.Value] {
	return func(yield func(reflect.StructField, reflect.Value) bool) {
		for field, value := range v.Fields() {
			if !field.Anonymous {
				if !yield(field, value) {
					return
				}
				continue
			}
			for inner, value := range fields(value) {
				if !yield(inner, value) {
					return
				}
			}
		}
	}
}

func assign(field reflect.Value, tag reflect.StructTag, text string) error {
	if text == "" && tag.Get("required") != "" {
		return errors.New("is missing; it is the " + tag.Get("help"))
	}
	value, err := convert(tag.Get("kind"), text)
	if err != nil {
		return err
	}
	field.Set(reflect.ValueOf(value))
	return nil
}

func convert(kind, text string) (any, error) {
	switch kind {
	case "address":
		return address(text)
	case "addresses":
		return addresses(text)
	case "channels":
		return channels(text)
	case "domain":
		if text == "" {
			return "", nil
		}
		return domain(text)
	case "servers":
		return servers(text)
	case "url":
		if text == "" {
			return "", nil
		}
		return webAddress(text)
	case "urls":
		return urls(text)
	case "name":
		if strings.ContainsFunc(text, func(r rune) bool { return r <= ' ' || r >= 0x7f }) {
			return nil, errors.New("must be one word of plain characters")
		}
		return text, nil
	case "count":
		return whole(text, 1, 1000)
	case "tokens":
		return whole(text, 20_000, 1_000_000_000)
	case "cents":
		return whole(text, 1, 1_000_000)
	case "price":
		return whole(text, 0, 1_000_000)
	case "format":
		if text != "json_schema" && text != "json_object" {
			return nil, errors.New("must be json_schema or json_object")
		}
		return text, nil
	case "key":
		if strings.ContainsFunc(text, func(r rune) bool { return r <= ' ' || r >= 0x7f }) {
			return nil, errors.New("must be one word of plain characters")
		}
		return Secret(text), nil
	case "secret":
		if text != "" && len(text) < 32 {
			return nil, errors.New("must have at least 32 characters: a short key can be guessed")
		}
		return Secret(text), nil
	}
	if strings.ContainsFunc(text, func(r rune) bool { return r < ' ' || r == 0x7f }) {
		return nil, errors.New("must be one line without control characters")
	}
	return text, nil
}

func whole(text string, least, most int) (any, error) {
	n, err := strconv.Atoi(text)
	if err != nil || n < least || n > most {
		return nil, fmt.Errorf("must be a whole number from %d to %d", least, most)
	}
	return n, nil
}

func address(text string) (string, error) {
	a, err := mail.ParseAddress("<" + text + ">")
	if err != nil || a.Address != text {
		return "", errors.New("must be one plain address such as privacy@example.com")
	}
	if _, err := domain(text[strings.LastIndexByte(text, '@')+1:]); err != nil {
		return "", err
	}
	return strings.ToLower(text), nil
}

func addresses(text string) ([]string, error) {
	var out []string
	for part := range strings.SplitSeq(text, ",") {
		a, err := address(strings.TrimSpace(part))
		if err != nil {
			return nil, errors.New("must be plain addresses separated by commas, such as support@example.com, privacy@example.com")
		}
		if !slices.Contains(out, a) {
			out = append(out, a)
		}
	}
	return out, nil
}

func channels(text string) (map[string]string, error) {
	out := make(map[string]string, len(Channels))
	for part := range strings.SplitSeq(text, ",") {
		name, to, ok := strings.Cut(strings.TrimSpace(part), "=")
		if !ok || !slices.Contains(Channels, name) {
			return nil, fmt.Errorf("must be channel=address, separated by commas; channels are %s", strings.Join(Channels, ", "))
		}
		if _, twice := out[name]; twice {
			return nil, fmt.Errorf("names the channel %s twice", name)
		}
		a, err := address(to)
		if err != nil {
			return nil, fmt.Errorf("channel %s: %w", name, err)
		}
		out[name] = a
	}
	return out, nil
}

func servers(text string) ([]string, error) {
	out := []string{}
	if text == "none" {
		return out, nil
	}
	for part := range strings.SplitSeq(text, ",") {
		d, err := domain(strings.TrimSpace(part))
		if err != nil {
			return nil, errors.New("must be names of mail servers separated by commas, such as amazonses.com, or the word none")
		}
		out = append(out, d)
	}
	return out, nil
}

// webAddress accepts https, and http for what runs on the same machine or in a test.
func webAddress(text string) (string, error) {
	u, err := url.Parse(text)
	if err != nil || u.Scheme != "https" && u.Scheme != "http" || u.Host == "" || u.User != nil {
		return "", errors.New("must be an address that begins with https://")
	}
	return strings.TrimSuffix(text, "/"), nil
}

func urls(text string) (map[string]string, error) {
	out := map[string]string{}
	for part := range strings.SplitSeq(text, ",") {
		name, to, ok := strings.Cut(strings.TrimSpace(part), "=")
		address, err := webAddress(to)
		if _, twice := out[name]; !ok || err != nil || twice || name == "" {
			return nil, errors.New("must be name=address, separated by commas, each name once")
		}
		out[name] = address
	}
	return out, nil
}

// domain accepts host names of RFC 1123, at least two labels.
func domain(text string) (string, error) {
	text = strings.ToLower(text)
	labels := strings.Split(text, ".")
	ok := len(text) <= 253 && len(labels) > 1
	for _, l := range labels {
		ok = ok && l != "" && len(l) <= 63 && !strings.HasPrefix(l, "-") && !strings.HasSuffix(l, "-") &&
			!strings.ContainsFunc(l, func(r rune) bool {
				return r != '-' && (r < '0' || r > '9') && (r < 'a' || r > 'z')
			})
	}
	if !ok {
		return "", errors.New("must hold a domain such as example.com, an international one in its xn-- form")
	}
	return text, nil
}
