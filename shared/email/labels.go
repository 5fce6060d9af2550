package email

import (
	"strings"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/japanese"
	"golang.org/x/text/encoding/korean"
	"golang.org/x/text/encoding/simplifiedchinese"
	"golang.org/x/text/encoding/traditionalchinese"
)

// encodingOf finds the encoding that a label means, or nil. Labels are compared without
// the signs that people put between letters and numbers differently: "ISO-8859-2",
// "iso8859_2", "csISOLatin2". go-message's index of labels does the same and brings the
// tables of all languages of the world with it, which would make a function too large.
func encodingOf(label string) encoding.Encoding {
	label, _, _ = strings.Cut(label, ":") // "iso_8859-2:1987"
	name := strings.Map(func(c rune) rune {
		if c >= 'a' && c <= 'z' || c >= '0' && c <= '9' {
			return c
		}
		return -1
	}, label[:min(len(label), 60)])
	name = strings.TrimPrefix(strings.TrimPrefix(name, "cs"), "x")
	switch name {
	case "gbk", "gb2312", "gb231280", "cp936", "ms936", "windows936", "chinese", "isoir58", "iso58gb231280", "euccn":
		return simplifiedchinese.GBK
	case "gb18030", "gb180302000", "gb180302005":
		return simplifiedchinese.GB18030
	case "hzgb2312", "hz":
		return simplifiedchinese.HZGB2312
	case "big5", "big5hkscs", "cnbig5", "xbig5", "cp950", "windows950", "ms950", "big5eten":
		return traditionalchinese.Big5
	case "eucjp", "eucpkdfmtjapanese", "ujis":
		return japanese.EUCJP
	case "iso2022jp", "iso2022jp1", "iso2022jp2", "iso2022jpms":
		return japanese.ISO2022JP
	case "shiftjis", "sjis", "mskanji", "ms932", "cp932", "mscp932", "windows31j", "windows932":
		return japanese.ShiftJIS
	case "euckr", "ksc56011987", "ksc56011989", "ksc5601", "korean", "isoir149", "cp949", "windows949", "ms949", "uhc":
		return korean.EUCKR
	}
	return oneByte(name)
}

// oneByte finds an encoding with a byte a letter, or nil.
func oneByte(name string) encoding.Encoding {
	switch name {
	case "iso88592", "latin2", "isolatin2", "l2", "isoir101":
		return charmap.ISO8859_2
	case "iso88593", "latin3", "isolatin3", "l3", "isoir109":
		return charmap.ISO8859_3
	case "iso88594", "latin4", "isolatin4", "l4", "isoir110":
		return charmap.ISO8859_4
	case "iso88595", "cyrillic", "isolatincyrillic", "isoir144":
		return charmap.ISO8859_5
	case "iso88596", "arabic", "isolatinarabic", "isoir127", "asmo708", "ecma114":
		return charmap.ISO8859_6
	case "iso88596e":
		return charmap.ISO8859_6E
	case "iso88596i":
		return charmap.ISO8859_6I
	case "iso88597", "greek", "greek8", "isolatingreek", "isoir126", "ecma118", "elot928", "suneugreek":
		return charmap.ISO8859_7
	case "iso88598", "hebrew", "isolatinhebrew", "isoir138", "visual":
		return charmap.ISO8859_8
	case "iso88598e":
		return charmap.ISO8859_8E
	case "iso88598i", "logical":
		return charmap.ISO8859_8I
	case "iso88599", "latin5", "isolatin5", "l5", "isoir148", "windows1254", "cp1254", "ms1254":
		return charmap.Windows1254
	case "iso885910", "latin6", "isolatin6", "l6", "isoir157":
		return charmap.ISO8859_10
	case "iso885911", "tis620", "windows874", "dos874", "cp874", "ms874":
		return charmap.Windows874
	case "iso885913", "latin7":
		return charmap.ISO8859_13
	case "iso885914", "latin8":
		return charmap.ISO8859_14
	case "iso885915", "latin9", "isolatin9", "l9":
		return charmap.ISO8859_15
	case "iso885916", "latin10":
		return charmap.ISO8859_16
	case "koi8r", "koi8", "koi":
		return charmap.KOI8R
	case "koi8u", "koi8ru":
		return charmap.KOI8U
	case "windows1250", "cp1250", "ms1250":
		return charmap.Windows1250
	case "windows1251", "cp1251", "ms1251":
		return charmap.Windows1251
	case "windows1253", "cp1253", "ms1253":
		return charmap.Windows1253
	case "windows1255", "cp1255", "ms1255":
		return charmap.Windows1255
	case "windows1256", "cp1256", "ms1256":
		return charmap.Windows1256
	case "windows1257", "cp1257", "ms1257":
		return charmap.Windows1257
	case "windows1258", "cp1258", "ms1258":
		return charmap.Windows1258
	case "macintosh", "mac", "macroman":
		return charmap.Macintosh
	case "maccyrillic", "macukrainian":
		return charmap.MacintoshCyrillic
	case "ibm437", "cp437", "437", "pc8codepage437":
		return charmap.CodePage437
	case "ibm850", "cp850", "850", "pc850multilingual":
		return charmap.CodePage850
	case "ibm852", "cp852", "852", "pcp852":
		return charmap.CodePage852
	case "ibm855", "cp855", "855":
		return charmap.CodePage855
	case "ibm858", "cp858", "ibm00858", "cp00858", "pcmultilingual850euro":
		return charmap.CodePage858
	case "ibm860", "cp860", "860":
		return charmap.CodePage860
	case "ibm862", "cp862", "862", "pc862latinhebrew":
		return charmap.CodePage862
	case "ibm863", "cp863", "863":
		return charmap.CodePage863
	case "ibm865", "cp865", "865":
		return charmap.CodePage865
	case "ibm866", "cp866", "866":
		return charmap.CodePage866
	case "iso88591", "latin1", "isolatin1", "l1", "isoir100", "cp819", "ibm819", "windows1252", "cp1252", "ms1252", "ansix341968", "ansix311983", "iso646us":
		return charmap.Windows1252
	}
	return nil
}
