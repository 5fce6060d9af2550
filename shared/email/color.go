package email

import (
	"encoding/hex"
	"regexp"
	"strconv"
	"strings"
)

// rgb is a colour; the zero value is none.
type rgb struct {
	set     bool
	r, g, b uint8
}

// like reports whether the eye takes two colours for one.
func (c rgb) like(d rgb) bool {
	return near(c.r, d.r) && near(c.g, d.g) && near(c.b, d.b)
}

func near(a, b uint8) bool { return max(a, b)-min(a, b) <= 3 }

var (
	transparent = regexp.MustCompile(`^rgba\([^)]*,\s*0?\.?0*\s*\)$`)
	rgbColor    = regexp.MustCompile(`^rgba?\(\s*(\d{1,3})\s*,\s*(\d{1,3})\s*,\s*(\d{1,3})\s*(?:,[^)]*)?\)$`)
	namedColors = map[string]rgb{
		"white": {true, 255, 255, 255}, "black": {true, 0, 0, 0}, "red": {true, 255, 0, 0}, "blue": {true, 0, 0, 255},
		"green": {true, 0, 128, 0}, "yellow": {true, 255, 255, 0}, "gray": {true, 128, 128, 128}, "grey": {true, 128, 128, 128},
		"silver": {true, 192, 192, 192}, "navy": {true, 0, 0, 128}, "whitesmoke": {true, 245, 245, 245}, "snow": {true, 255, 250, 250},
		"ivory": {true, 255, 255, 240}, "orange": {true, 255, 165, 0}, "purple": {true, 128, 0, 128}, "maroon": {true, 128, 0, 0},
		"windowtext": {true, 0, 0, 0}, "window": {true, 255, 255, 255},
	}
)

// parseColor reads #fff, #ffffff, rgb(...) and common names.
func parseColor(s string) (c rgb, ok bool) {
	s = strings.ToLower(strings.TrimSpace(s))
	if s == "" || transparent.MatchString(s) {
		return rgb{}, false
	}
	if c, ok := namedColors[s]; ok {
		return c, true
	}
	if digits, found := strings.CutPrefix(s, "#"); found {
		if len(digits) == 3 {
			digits = string([]byte{digits[0], digits[0], digits[1], digits[1], digits[2], digits[2]})
		}
		v, err := hex.DecodeString(digits)
		if err != nil || len(v) != 3 {
			return rgb{}, false
		}
		return rgb{true, v[0], v[1], v[2]}, true
	}
	m := rgbColor.FindStringSubmatch(s)
	if m == nil {
		return rgb{}, false
	}
	var v [3]uint8
	for i := range v {
		n, err := strconv.ParseUint(m[i+1], 10, 8)
		if err != nil {
			return rgb{}, false
		}
		v[i] = uint8(n)
	}
	return rgb{true, v[0], v[1], v[2]}, true
}
