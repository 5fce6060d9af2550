package classify

import "regexp"

var (
	addresses = regexp.MustCompile(`\S+@\S+`)
	numbers   = regexp.MustCompile(`\+?\d(?:[ ().\-]{0,2}\d){6,}`)
)

// Mask replaces what names a person to a machine: addresses, and runs of seven digits
// and more, however they are grouped. Years, articles of law and ZIP codes are shorter
// and stay.
func Mask(text string) string {
	return numbers.ReplaceAllString(addresses.ReplaceAllString(text, "[email]"), "[number]")
}
