package replies

import (
	"cmp"
	"maps"
	"slices"
	"strings"

	"rightsmail/shared/rights"
)

// OwnTexts lists everything that the letters of all languages can say, so that a mail
// which quotes them asks for nothing. all are the rights that they speak of; the order is
// the same every time.
func (b *Book) OwnTexts(all []rights.Right) []string {
	var list []string
	for _, tag := range slices.Sorted(maps.Keys(b.languages)) {
		l := b.languages[tag]
		for _, k := range kinds {
			page := l.letters[k]
			list = appendSaid(appendSaid(list, page.subject.parts), page.body.parts)
		}
		for _, right := range all {
			title := cmp.Or(l.titles[right.ID], right.Title)
			words := strings.Fields(title + " (" + l.words.law(right.Law) + ")")
			list = append(list, strings.Join(words[max(0, len(words)-10):], " ")+" Case: RM")
			list = append(list, introOf(l.letters[KindAcknowledgement].body.parts)+" "+strings.Join(words[:min(len(words), 11)], " "))
		}
		list = append(list, l.words.Child, l.words.CorrectUs)
		list = append(list, slices.Sorted(maps.Values(l.words.Checks))...)
	}
	return list
}

// appendSaid adds the words of a letter, piece by piece between its gaps.
func appendSaid(list []string, parts []part) []string {
	for _, p := range parts {
		if p.kind == saysWords && strings.TrimSpace(p.words) != "" {
			list = append(list, p.words)
		}
		list = appendSaid(appendSaid(list, p.then), p.otherwise)
	}
	return list
}

// introOf are the lines above the list of requests. A title is what people write when they
// ask, so alone it is never ours; with these lines above it, or a case below, it is.
func introOf(parts []part) string {
	var before strings.Builder
	for _, p := range parts {
		if p.kind == goesThrough && p.name == "Requests" {
			break
		}
		before.WriteString(p.words)
	}
	lines := strings.Split(strings.TrimSpace(before.String()), "\n")
	return strings.Join(lines[max(0, len(lines)-3):], " ")
}
