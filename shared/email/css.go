package email

import (
	"regexp"
	"strconv"
	"strings"
)

// look is what styles say about whether text can be seen, as far as it passes
// from an element to those inside it. Text hidden from people is no evidence of
// what they want, so rules and models never get it.
type look struct {
	gone       bool // display:none and the like: nothing inside can come back
	tiny       bool // font-size of at most one pixel
	unseen     bool // visibility:hidden, or a transparent colour
	picture    bool // a background picture: its colour is not known
	color      rgb
	background rgb
}

// concealed reports whether text of this look is invisible. White on white
// needs a colour that somebody chose; a page without background is white.
func (l look) concealed() bool {
	if l.gone || l.tiny || l.unseen {
		return true
	}
	if !l.color.set || l.picture {
		return false
	}
	behind := l.background
	if !behind.set {
		behind = rgb{true, 255, 255, 255}
	}
	return l.color.like(behind)
}

// under returns the look of an element with these attributes inside one of look
// l, given the declarations of simple class rules.
func (l look) under(attrs, rules map[string]string) look {
	if len(attrs) == 0 {
		return l
	}
	if _, hidden := attrs["hidden"]; hidden {
		l.gone = true
	}
	if c, ok := parseColor(attrs["bgcolor"]); ok {
		l.background, l.picture = c, false
	}
	if attrs["background"] != "" {
		l.picture = true
	}
	if c, ok := parseColor(attrs["color"]); ok { // <font color>
		l.color = c
	}
	if len(rules) > 0 {
		for _, class := range strings.Fields(attrs["class"]) {
			if d, ok := rules[strings.ToLower(class)]; ok {
				l = l.styled(d)
			}
		}
	}
	if s := attrs["style"]; s != "" {
		l = l.styled(s)
	}
	return l
}

var cssComment = regexp.MustCompile(`(?s)/\*.*?\*/`)

// styled applies declarations ("color: #fff; display:none").
func (l look) styled(declarations string) look {
	if len(declarations) > 4096 {
		declarations = declarations[:4096]
	}
	if strings.Contains(declarations, "/*") {
		declarations = cssComment.ReplaceAllString(declarations, "")
	}
	zeroBox, clipped := false, false
	for d := range strings.SplitSeq(strings.ToLower(declarations), ";") {
		name, value, _ := strings.Cut(d, ":")
		value = strings.TrimSpace(strings.Replace(value, "!important", "", 1))
		n, unit, isLength := cssLength(value)
		switch strings.TrimSpace(name) {
		case "display":
			l.gone = l.gone || value == "none"
		case "visibility":
			l.unseen = value == "hidden" || value == "collapse"
		case "opacity":
			l.gone = l.gone || isLength && unit == "" && n < 0.1 || isLength && unit == "%" && n < 10
		case "mso-hide":
			l.gone = l.gone || value == "all"
		case "font-size":
			if isLength || value != "inherit" {
				l.tiny = isLength && tinyFont(n, unit)
			}
		case "width", "height", "max-height", "max-width":
			zeroBox = zeroBox || isLength && n == 0
		case "overflow":
			clipped = value == "hidden"
		case "text-indent", "left", "top", "margin-left", "margin-top":
			l.gone = l.gone || isLength && n <= -999
		case "clip":
			l.gone = l.gone || strings.HasPrefix(strings.ReplaceAll(value, " ", ""), "rect(0")
		case "color":
			if c, ok := parseColor(value); ok {
				l.color, l.unseen = c, false
			} else if value == "transparent" || transparent.MatchString(value) {
				l.unseen = true
			}
		case "background", "background-color", "background-image":
			l = l.onBackground(value)
		}
	}
	l.gone = l.gone || zeroBox && clipped
	return l
}

func (l look) onBackground(value string) look {
	if strings.Contains(value, "url(") || strings.Contains(value, "gradient") {
		l.picture = true
		return l
	}
	words := []string{value}
	if !strings.Contains(value, "(") {
		words = strings.Fields(value)
	}
	for _, word := range words {
		if c, ok := parseColor(word); ok {
			l.background, l.picture = c, false
		}
	}
	return l
}

func tinyFont(n float64, unit string) bool {
	switch unit {
	case "", "px", "pt":
		return n <= 1
	case "em", "rem":
		return n <= 0.07
	case "%":
		return n <= 7
	}
	return n == 0
}

// cssLength splits "12.5px" into number and unit.
func cssLength(s string) (n float64, unit string, ok bool) {
	i := 0
	for i < len(s) && (s[i] >= '0' && s[i] <= '9' || s[i] == '.' || s[i] == '-' || s[i] == '+') {
		i++
	}
	if i == 0 || i > 20 {
		return 0, "", false
	}
	n, err := strconv.ParseFloat(s[:i], 64)
	return n, strings.TrimSpace(s[i:]), err == nil
}

var (
	styleBlock = regexp.MustCompile(`(?is)<style[^>]*>(.*?)</style`)
	classRule  = regexp.MustCompile(`(?:^|[},\s])\.([\w-]{1,80})\s*\{([^{}]{0,1000})\}`)
)

// styleRules collects the simple ".name{...}" rules of the style blocks of a
// page, those inside @media and other at-rules left out.
func styleRules(src string) map[string]string {
	if !strings.Contains(src, "<style") && !strings.Contains(src, "<STYLE") {
		return nil
	}
	rules := map[string]string{}
	for _, block := range styleBlock.FindAllStringSubmatch(src[:min(len(src), 256<<10)], 20) {
		css := cssComment.ReplaceAllString(withoutAtRules(block[1]), "")
		for _, m := range classRule.FindAllStringSubmatch(css, 1000) {
			rules[strings.ToLower(m[1])] += ";" + m[2]
		}
	}
	return rules
}

// withoutAtRules drops "@media ... { ... }" with everything between its braces.
func withoutAtRules(css string) string {
	var out strings.Builder
	for {
		i := strings.IndexByte(css, '@')
		if i < 0 {
			out.WriteString(css)
			return out.String()
		}
		out.WriteString(css[:i])
		css = css[i:]
		depth, end := 0, len(css)
	scan:
		for j := range len(css) {
			switch css[j] {
			case ';':
				if depth == 0 {
					end = j + 1
					break scan
				}
			case '{':
				depth++
			case '}':
				if depth--; depth <= 0 {
					end = j + 1
					break scan
				}
			}
		}
		css = css[end:]
	}
}
