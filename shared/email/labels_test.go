package email

import (
	"testing"
	"unicode"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"golang.org/x/text/cases"
	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/htmlindex"
	"golang.org/x/text/encoding/ianaindex"
)

// The index of the Web's labels and that of IANA know what labels mean; ours means the
// same.
func TestLabelsMeanWhatTheIndexesSay(t *testing.T) {
	for _, label := range []string{
		"iso-8859-2", "iso8859-2", "iso_8859-2:1987", "latin2", "csISOLatin2", "l2", "iso-8859-3", "iso-8859-4", "iso-8859-5", "cyrillic", "iso-8859-6", "arabic",
		"iso-8859-7", "greek", "sun_eu_greek", "iso-8859-8", "hebrew", "visual", "iso-8859-8-i", "logical", "iso-8859-9", "latin5", "iso-8859-10", "latin6",
		"iso-8859-13", "iso-8859-14", "iso-8859-15", "l9", "iso-8859-16", "koi8-r", "koi8-u", "koi8-ru", "macintosh", "x-mac-roman", "x-mac-cyrillic", "tis-620", "windows-874",
		"windows-1250", "cp1250", "x-cp1250", "windows-1251", "windows-1252", "windows-1253", "windows-1254", "windows-1255", "windows-1256", "windows-1257", "windows-1258",
		"gb2312", "gb_2312-80", "gbk", "x-gbk", "csGB2312", "csISO58GB231280", "chinese", "gb18030", "big5", "big5-hkscs", "cn-big5", "x-x-big5",
		"euc-jp", "x-euc-jp", "iso-2022-jp", "csISO2022JP", "shift_jis", "shift-jis", "sjis", "x-sjis", "ms_kanji", "windows-31j",
		"euc-kr", "ks_c_5601-1987", "ksc_5601", "korean", "windows-949", "csEUCKR", "ibm866", "cp866",
	} {
		want, err := htmlindex.Get(label)
		require.NoError(t, err, label)
		assert.Equal(t, decoded(want), decoded(encodingOf(lowerASCII(label))), label)
	}
	for _, label := range []string{"IBM437", "IBM850", "IBM852", "IBM855", "IBM860", "IBM862", "IBM863", "IBM865", "HZ-GB-2312", "ISO-8859-6-E", "ISO-8859-6-I", "ISO-8859-8-E"} {
		want, err := ianaindex.MIME.Encoding(label)
		require.NoError(t, err, label)
		assert.Equal(t, decoded(want), decoded(encodingOf(lowerASCII(label))), label)
	}
	for _, label := range []string{"", "x-unknown", "iso-2022-kr", "iso-2022-cn", "utf-9", "\xff"} {
		assert.Nil(t, encodingOf(label), label)
	}
}

// decoded is what an encoding makes of pairs of bytes.
func decoded(e encoding.Encoding) string {
	if e == nil {
		return "no encoding"
	}
	var all []byte
	for c := 0x81; c < 0xff; c += 3 {
		all = append(all, byte(c), byte(0x40+c%0x3f), byte(c), 0xa1, ' ')
	}
	out, _ := e.NewDecoder().Bytes(all)
	return string(out)
}

func TestLettersOfAddressesAreFoldedAsUnicodeDoes(t *testing.T) {
	fold := cases.Fold()
	for c := rune(' '); c < 0x3000; c++ {
		if want := fold.String(string(c)); len([]rune(want)) == 1 && !unicode.Is(unicode.Cherokee, c) && !unicode.Is(unicode.Greek, c) {
			assert.Equal(t, want, foldCase(string(c)), "%U", c)
		}
	}
	assert.Equal(t, "strasse", foldCase("STRAßE"))
	assert.Equal(t, foldCase("ΣΊΣΥΦΟΣ"), foldCase("σίσυφος"))
}
