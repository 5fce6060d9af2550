package email

import "bytes"

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

var namedColors = map[string]rgb{
	"white": {true, 255, 255, 255}, "black": {true, 0, 0, 0}, "red": {true, 255, 0, 0}, "blue": {true, 0, 0, 255},
	"green": {true, 0, 128, 0}, "yellow": {true, 255, 255, 0}, "gray": {true, 128, 128, 128}, "grey": {true, 128, 128, 128},
	"silver": {true, 192, 192, 192}, "navy": {true, 0, 0, 128}, "whitesmoke": {true, 245, 245, 245}, "snow": {true, 255, 250, 250},
	"ivory": {true, 255, 255, 240}, "orange": {true, 255, 165, 0}, "purple": {true, 128, 0, 128}, "maroon": {true, 128, 0, 0},
	"ghostwhite": {true, 248, 248, 255}, "lightgray": {true, 211, 211, 211}, "lightgrey": {true, 211, 211, 211}, "darkgray": {true, 169, 169, 169},
	"teal": {true, 0, 128, 128}, "lime": {true, 0, 255, 0}, "aqua": {true, 0, 255, 255}, "fuchsia": {true, 255, 0, 255}, "olive": {true, 128, 128, 0},
	"windowtext": {true, 0, 0, 0}, "window": {true, 255, 255, 255},
}

// attributeColor reads the colour of an HTML attribute, where "#" may be missing.
func attributeColor(value []byte) (c rgb, ok bool) {
	if len(value) == 0 || len(value) > 40 {
		return rgb{}, false
	}
	var buf [41]byte
	buf[0] = '#'
	low := bytes.TrimSpace(lowered(value, buf[1:]))
	if c, ok := parseColor(low); ok {
		return c, true
	}
	return parseColor(append(buf[:1], low...))
}

// parseColor reads #fff, #ffffff, both with opacity, rgb(...) and common names, in
// lower case. A colour that cannot be seen is none.
func parseColor(s []byte) (c rgb, ok bool) {
	if len(s) < 3 || isTransparent(s) {
		return rgb{}, false
	}
	if s[0] == '#' {
		return hexColor(s[1:])
	}
	if bytes.HasPrefix(s, []byte("rgb")) {
		v, n := colorNumbers(s)
		if n < 3 {
			return rgb{}, false
		}
		return rgb{true, v[0], v[1], v[2]}, true
	}
	if len(s) > 12 {
		return rgb{}, false
	}
	c, ok = namedColors[string(s)]
	return c, ok
}

func hexColor(digits []byte) (c rgb, ok bool) {
	for _, d := range digits {
		if unhex(d) > 15 {
			return rgb{}, false
		}
	}
	switch len(digits) {
	case 3, 4:
		return rgb{true, unhex(digits[0]) * 17, unhex(digits[1]) * 17, unhex(digits[2]) * 17}, true
	case 6, 8:
		at := func(i int) uint8 { return unhex(digits[i])<<4 | unhex(digits[i+1]) }
		return rgb{true, at(0), at(2), at(4)}, true
	}
	return rgb{}, false
}

// colorNumbers reads the numbers in "rgb(1, 2, 3)" or "rgba(1 2 3 / 50%)", what is
// in percent scaled to 255, and how many there are, at most three.
func colorNumbers(s []byte) (v [3]uint8, n int) {
	_, s, ok := bytes.Cut(s, []byte("("))
	if !ok {
		return v, 0
	}
	for n < 3 {
		s = bytes.TrimLeft(s, " \t,")
		x, unit, ok := cssLength(s)
		if !ok || x < 0 {
			break
		}
		if len(unit) > 0 && unit[0] == '%' {
			x *= 2.55
		}
		v[n] = uint8(min(x+0.5, 255))
		n++
		for len(s) > 0 && s[0] != ' ' && s[0] != ',' && s[0] != ')' {
			s = s[1:]
		}
	}
	return v, n
}

// isTransparent reports a colour of no opacity: transparent, #rrggbb00, and
// rgba(...) or hsla(...) whose fourth number is next to nothing.
func isTransparent(s []byte) bool {
	if string(s) == "transparent" {
		return true
	}
	if len(s) > 0 && s[0] == '#' {
		return len(s) == 5 && s[4] == '0' || len(s) == 9 && s[7] == '0'
	}
	if !bytes.HasPrefix(s, []byte("rgb")) && !bytes.HasPrefix(s, []byte("hsl")) {
		return false
	}
	_, list, _ := bytes.Cut(s, []byte("("))
	list, _, closed := bytes.Cut(list, []byte(")"))
	if _, after, slash := bytes.Cut(list, []byte("/")); slash {
		list = after
	} else {
		for range 3 {
			var more bool
			if _, list, more = bytes.Cut(list, []byte(",")); !more {
				return false
			}
		}
	}
	n, unit, ok := cssLength(bytes.TrimSpace(list))
	return closed && ok && (len(unit) == 0 && n < 0.05 || string(unit) == "%" && n < 5)
}
