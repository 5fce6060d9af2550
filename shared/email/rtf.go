package email

import (
	"bytes"
	"strconv"
	"strings"
	"unicode/utf16"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/japanese"
	"golang.org/x/text/encoding/korean"
	"golang.org/x/text/encoding/simplifiedchinese"
	"golang.org/x/text/encoding/traditionalchinese"
)

const (
	maxGroups = 200 // RTF groups inside each other that are told apart; nothing deeper counts
	maxFonts  = 256 // fonts whose charset is remembered
)

// rtfText reads the words of an RTF letter: text, characters in its code pages or by
// number, and line ends. It takes the place of no word processor: what it does not know
// it leaves out. more reports that the text was cut at most bytes.
func rtfText(b []byte, most int) (text string, more bool) {
	r := rtf{most: most, group: rtfGroup{fallback: 1}, ansi: 1252}
	r.read(b)
	r.flush()
	return r.out.String(), r.out.Len() >= most
}

// rtfGroup is what holds inside one pair of braces.
type rtfGroup struct {
	hidden   bool // a table or a picture, no text
	unseen   bool // text that nobody sees
	fonts    bool // the table of fonts
	font     int
	fallback int // characters that stand behind one given by number, for old readers
}

type rtf struct {
	out     strings.Builder
	most    int
	group   rtfGroup
	outer   []rtfGroup
	deep    int // groups open beyond maxGroups
	ansi    int // code page of the file
	pages   map[int]int
	decoder map[int]*encoding.Decoder
	bytes   []byte // characters of a code page not decoded yet
	page    int    // theirs
	high    rune   // first half of a character given in two numbers
	pass    int    // fallback characters still to pass over
}

func (r *rtf) read(b []byte) {
	for i := 0; i < len(b) && r.out.Len() < r.most; {
		switch c := b[i]; c {
		case '{':
			i++
			r.push()
			if bytes.HasPrefix(b[i:], []byte(`\*`)) { // for programs that know what it is
				r.group.hidden = true
			}
		case '}':
			i++
			r.pop()
		case '\\':
			i = r.control(b, i+1)
		case '\r', '\n', 0:
			i++
		default:
			i++
			r.char(c)
		}
	}
}

// silent reports whether what comes is no text of the letter.
func (r *rtf) silent() bool { return r.group.hidden || r.group.unseen || r.deep > 0 }

func (r *rtf) push() {
	r.pass = 0
	if len(r.outer) >= maxGroups {
		r.deep++
		return
	}
	r.outer = append(r.outer, r.group)
}

func (r *rtf) pop() {
	r.pass = 0
	switch {
	case r.deep > 0:
		r.deep--
	case len(r.outer) > 0:
		r.group = r.outer[len(r.outer)-1]
		r.outer = r.outer[:len(r.outer)-1]
	}
}

// control reads what follows a backslash and returns where reading goes on.
func (r *rtf) control(b []byte, i int) int {
	if i >= len(b) {
		return i
	}
	if !isLetterByte(b[i]) {
		return r.symbol(b, i)
	}
	start := i
	for i < len(b) && isLetterByte(b[i]) && i-start < 32 {
		i++
	}
	word := b[start:i]
	numStart := i
	if i < len(b) && b[i] == '-' {
		i++
	}
	for i < len(b) && b[i] >= '0' && b[i] <= '9' && i-numStart < 11 {
		i++
	}
	n, err := strconv.Atoi(string(b[numStart:i]))
	if err != nil {
		n = -1
	}
	if i < len(b) && b[i] == ' ' {
		i++
	}
	if string(word) == "bin" { // raw bytes follow
		return i + min(max(n, 0), len(b)-i)
	}
	r.word(word, n, err == nil)
	return i
}

func isLetterByte(c byte) bool { return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' }

func (r *rtf) symbol(b []byte, i int) int {
	switch c := b[i]; c {
	case '\'':
		if i+2 < len(b) && unhex(b[i+1]) < 16 && unhex(b[i+2]) < 16 {
			r.char(unhex(b[i+1])<<4 | unhex(b[i+2]))
			return i + 3
		}
	case '\\', '{', '}':
		r.char(c)
	case '~':
		r.char(' ')
	case '_':
		r.char('-')
	case '\r', '\n':
		r.text("\n")
	}
	return i + 1
}

// word acts on a control word.
func (r *rtf) word(word []byte, n int, numbered bool) {
	if r.deep > 0 {
		return
	}
	switch string(word) {
	case "par", "line", "sect", "page", "row":
		r.text("\n")
	case "tab", "cell":
		r.text("\t")
	case "emdash":
		r.text("—")
	case "endash":
		r.text("–")
	case "lquote":
		r.text("‘")
	case "rquote":
		r.text("’")
	case "ldblquote":
		r.text("“")
	case "rdblquote":
		r.text("”")
	case "bullet":
		r.text("•")
	case "emspace", "enspace", "qmspace":
		r.text(" ")
	case "u":
		if numbered {
			r.number(n)
		}
	case "uc":
		r.group.fallback = min(max(n, 0), 10)
	case "ansicpg":
		if n > 0 {
			r.ansi = n
		}
	case "mac":
		r.ansi = 10000
	case "pc":
		r.ansi = 437
	case "pca":
		r.ansi = 850
	case "f":
		r.group.font = n
	case "plain":
		r.group.font, r.group.unseen = 0, false
	case "fcharset":
		r.fontPage(n)
	case "v":
		r.group.unseen = !numbered || n != 0
	case "fonttbl":
		r.group.hidden, r.group.fonts = true, true
	case "colortbl", "stylesheet", "info", "pict", "object", "fldinst", "header", "headerl", "headerr", "headerf",
		"footer", "footerl", "footerr", "footerf", "themedata", "listtable", "listoverridetable", "rsidtbl", "generator",
		"xmlnstbl", "datastore", "latentstyles", "datafield", "template", "filetbl", "revtbl", "deleted", "xe", "tc":
		r.group.hidden = true
	}
}

// number adds a character given by number: signed 16 bits, large ones in two halves.
func (r *rtf) number(n int) {
	if n < 0 {
		n += 1 << 16
	}
	r.pass = r.group.fallback
	c := rune(n) // #nosec G115 -- eleven digits at most, and checked by the encoder of runes
	switch {
	case n < 0 || n > 0x10ffff:
	case c >= 0xd800 && c < 0xdc00:
		r.high = c
	case utf16.IsSurrogate(c):
		if c = utf16.DecodeRune(r.high, c); r.high != 0 {
			r.add(string(c))
		}
		r.high = 0
	default:
		r.add(string(c))
	}
}

// char adds one byte of the text in the code page that holds.
func (r *rtf) char(c byte) {
	if r.pass > 0 {
		r.pass--
		return
	}
	if r.silent() {
		return
	}
	page := r.ansi
	if p, ok := r.pages[r.group.font]; ok {
		page = p
	}
	if page != r.page {
		r.flush()
		r.page = page
	}
	r.bytes = append(r.bytes, c)
	if len(r.bytes) >= 4096 && c < 0x80 { // no half of a character stands at the end
		r.flush()
	}
}

// text adds what a control word stands for.
func (r *rtf) text(s string) {
	if r.pass > 0 {
		r.pass--
		return
	}
	r.add(s)
}

func (r *rtf) add(s string) {
	if r.silent() {
		return
	}
	r.flush()
	if r.out.Len()+len(s) <= r.most {
		r.out.WriteString(s)
	} else {
		r.most = r.out.Len() // full
	}
}

// flush decodes the bytes that wait.
func (r *rtf) flush() {
	if len(r.bytes) == 0 {
		return
	}
	defer func() { r.bytes = r.bytes[:0] }()
	var s string
	if plainBytes(r.bytes) {
		s = string(r.bytes)
	} else if table := singleByte(r.page); table != nil {
		var b strings.Builder
		for _, c := range r.bytes {
			b.WriteRune(table.DecodeByte(c))
		}
		s = b.String()
	} else {
		s = r.decode()
	}
	if room := r.most - r.out.Len(); len(s) > room {
		s = cutText(s, max(room, 0))
		r.most = r.out.Len() + len(s)
	}
	r.out.WriteString(s)
}

// decode reads the scripts whose characters take two bytes.
func (r *rtf) decode() string {
	d := r.decoder[r.page]
	if d == nil {
		switch r.page {
		case 932:
			d = japanese.ShiftJIS.NewDecoder()
		case 936:
			d = simplifiedchinese.GBK.NewDecoder()
		case 949:
			d = korean.EUCKR.NewDecoder()
		case 950:
			d = traditionalchinese.Big5.NewDecoder()
		default: // 65001 is UTF-8
			return guessCharset(r.bytes)
		}
		if r.decoder == nil {
			r.decoder = map[int]*encoding.Decoder{}
		}
		r.decoder[r.page] = d
	}
	out, err := d.Bytes(r.bytes)
	if err != nil {
		return guessCharset(r.bytes)
	}
	return string(out)
}

func plainBytes(b []byte) bool {
	for _, c := range b {
		if c >= 0x80 {
			return false
		}
	}
	return true
}

// fontPage remembers the code page of a font's charset.
func (r *rtf) fontPage(charset int) {
	if !r.group.fonts || len(r.pages) >= maxFonts {
		return
	}
	page, known := map[int]int{
		77: 10000, 128: 932, 129: 949, 134: 936, 136: 950, 161: 1253, 162: 1254, 163: 1258,
		177: 1255, 178: 1256, 186: 1257, 204: 1251, 222: 874, 238: 1250, 255: 850,
	}[charset]
	if !known {
		return
	}
	if r.pages == nil {
		r.pages = map[int]int{}
	}
	r.pages[r.group.font] = page
}

func singleByte(page int) *charmap.Charmap {
	switch page {
	case 437:
		return charmap.CodePage437
	case 850:
		return charmap.CodePage850
	case 852:
		return charmap.CodePage852
	case 866:
		return charmap.CodePage866
	case 874:
		return charmap.Windows874
	case 1250:
		return charmap.Windows1250
	case 1251:
		return charmap.Windows1251
	case 1253:
		return charmap.Windows1253
	case 1254:
		return charmap.Windows1254
	case 1255:
		return charmap.Windows1255
	case 1256:
		return charmap.Windows1256
	case 1257:
		return charmap.Windows1257
	case 1258:
		return charmap.Windows1258
	case 10000:
		return charmap.Macintosh
	case 932, 936, 949, 950, 65001:
		return nil
	}
	return charmap.Windows1252
}
