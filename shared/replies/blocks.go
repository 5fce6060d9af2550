package replies

import (
	"html"
	"strings"
	"unicode/utf8"
)

// The body of a letter is written in a markup of four rules, from which both the
// plain text and the HTML are made, so that they cannot say different things:
//
//   - a line that begins with "# " is a heading;
//   - a line that begins with "- " begins an item of a list;
//   - a line that begins with two spaces is one more line of that item;
//   - all other lines up to an empty one are a paragraph.

type blockKind int

const (
	paragraph blockKind = iota
	heading
	list
)

type block struct {
	kind  blockKind
	text  string     // of a heading or paragraph
	items [][]string // of a list: the lines of each item
}

// parseBlocks never fails: what is no heading and no item is a paragraph.
func parseBlocks(markup string) []block {
	var blocks []block
	open := false // whether the last block is a paragraph that the next line continues
	for line := range strings.Lines(markup) {
		line = strings.TrimRight(line, " \r\n\t")
		last := len(blocks) - 1
		switch {
		case line == "":
			open = false
		case strings.HasPrefix(line, "# "):
			blocks, open = append(blocks, block{kind: heading, text: line[2:]}), false
		case strings.HasPrefix(line, "- "):
			if last < 0 || blocks[last].kind != list {
				blocks = append(blocks, block{kind: list})
				last++
			}
			blocks[last].items, open = append(blocks[last].items, []string{line[2:]}), false
		case strings.HasPrefix(line, "  ") && last >= 0 && blocks[last].kind == list:
			i := len(blocks[last].items) - 1
			blocks[last].items[i] = append(blocks[last].items[i], line[2:])
		case open:
			blocks[last].text += " " + strings.TrimSpace(line)
		default:
			blocks, open = append(blocks, block{kind: paragraph, text: strings.TrimSpace(line)}), true
		}
	}
	return blocks
}

// lineWidth keeps plain text readable in every mail program and printable.
const lineWidth = 72

// plainText sets blocks as plain text, LF line ends.
func plainText(blocks []block) string {
	var b strings.Builder
	for i, bl := range blocks {
		if i > 0 {
			b.WriteString("\n")
		}
		switch bl.kind {
		case heading:
			b.WriteString("\n" + bl.text + "\n" + strings.Repeat("-", utf8.RuneCountInString(bl.text)) + "\n")
		case paragraph:
			wrap(&b, bl.text, "", "")
		case list:
			for j, item := range bl.items {
				if j > 0 && len(item) > 1 {
					b.WriteString("\n")
				}
				for k, line := range item {
					first := "  "
					if k == 0 {
						first = "* "
					}
					wrap(&b, line, first, "  ")
				}
			}
		}
	}
	return b.String()
}

// wrap breaks at spaces only: an address or a link stays whole.
func wrap(b *strings.Builder, text, first, rest string) {
	b.WriteString(first)
	column := len(first)
	start := true
	for word := range strings.FieldsSeq(text) {
		n := utf8.RuneCountInString(word)
		if !start && column+1+n > lineWidth {
			b.WriteString("\n" + rest)
			column, start = len(rest), true
		}
		if !start {
			b.WriteByte(' ')
			column++
		}
		b.WriteString(word)
		column, start = column+n, false
	}
	b.WriteByte('\n')
}

// writeHTML sets blocks as HTML. Every word is escaped; there is no link, no
// picture and no style that would be fetched from anywhere.
func writeHTML(b *strings.Builder, blocks []block) {
	for _, bl := range blocks {
		switch bl.kind {
		case heading:
			b.WriteString("<h2>" + html.EscapeString(bl.text) + "</h2>\n")
		case paragraph:
			b.WriteString("<p>" + html.EscapeString(bl.text) + "</p>\n")
		case list:
			b.WriteString("<ul>\n")
			for _, item := range bl.items {
				b.WriteString("<li>")
				for i, line := range item {
					if i > 0 {
						b.WriteString("<br>\n")
					}
					b.WriteString(html.EscapeString(line))
				}
				b.WriteString("</li>\n")
			}
			b.WriteString("</ul>\n")
		}
	}
}

// style is large enough to read, dark on light, and one narrow column.
const style = `body{font:16px/1.5 system-ui,"Segoe UI",Roboto,Helvetica,Arial,sans-serif;color:#1b1b1b;background:#fff;max-width:40em;margin:0 auto;padding:1em}
h2{font-size:1.15em;line-height:1.3;margin:1.5em 0 .5em}
li{margin:.5em 0}
hr{border:0;border-top:1px solid #767676;margin:2em 0}`

// htmlPage sets a whole letter: own language first, then the English below.
func htmlPage(title string, own, below version) string {
	var b strings.Builder
	b.WriteString("<!DOCTYPE html>\n<html lang=\"" + html.EscapeString(own.tag) + "\">\n<head>\n<meta charset=\"utf-8\">\n" +
		"<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n" +
		"<title>" + html.EscapeString(title) + "</title>\n<style>\n" + style + "\n</style>\n</head>\n<body>\n")
	writeHTML(&b, own.blocks)
	if len(below.blocks) > 0 {
		b.WriteString("<hr>\n<div lang=\"" + html.EscapeString(below.tag) + "\">\n")
		writeHTML(&b, below.blocks)
		b.WriteString("</div>\n")
	}
	b.WriteString("</body>\n</html>\n")
	return b.String()
}

// version is a letter in one language.
type version struct {
	tag    string
	blocks []block
}

// textPage is htmlPage in plain text.
func textPage(own, below version) string {
	text := plainText(own.blocks)
	if len(below.blocks) > 0 {
		text += "\n" + strings.Repeat("=", lineWidth) + "\n\n" + plainText(below.blocks)
	}
	return text
}
