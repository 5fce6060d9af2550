package cases

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base32"
	"encoding/hex"
	"strconv"
	"strings"
)

// References, tokens and consumers are keyed hashes: the same input gives the same
// name on every delivery, and without the key nobody can compute or guess one. Each
// use of the key has a label of its own, so that what is shown for one purpose can
// never serve another.

// crockford is an alphabet for people: no I, L, O or U, which are misread or make
// words.
const crockfordAlphabet = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"

var crockford = base32.NewEncoding(crockfordAlphabet).WithPadding(base32.NoPadding)

// NewReference names a mail to the person who wrote it: "RM-8F3K-2Q7D", 40 bits of
// an HMAC-SHA256 of the mail's id, short enough for the telephone. Among 36,000 mails
// the chance that any two share one is about one in two thousand. Nothing is mixed up
// then, for the case id is taken and Commit says ErrConflict; who opens cases looks
// first, and names the second mail by its id and a suffix.
func NewReference(key []byte, mail MailID) string {
	s := crockford.EncodeToString(mac(key, "reference", string(mail))[:5])
	return "RM-" + s[:4] + "-" + s[4:]
}

// CaseID names the nth case of a mail, from 1: "RM-8F3K-2Q7D-1".
func CaseID(reference string, n int) ID {
	return ID(reference + "-" + strconv.Itoa(n))
}

// Reference is the part of an id that all cases of one mail share. An id that has
// none is returned whole.
func (id ID) Reference() string {
	reference, number, ok := cutLast(string(id), "-")
	if _, err := strconv.Atoi(number); !ok || err != nil || !isReference(reference) {
		return string(id)
	}
	return reference
}

// Consumer is the keyed hash of a normalised address, in hex. It stands for the
// person wherever the address must not be: keys, ledgers, messages.
func Consumer(key []byte, addressKey string) string {
	return hex.EncodeToString(mac(key, "consumer", addressKey))
}

// Token is a reference that we signed, "rm-8f3k-2q7d.<mac>", for the local part of a
// Message-ID or of a plus address. It is lower-case, because mail servers change the
// case as they like, and 33 characters long of the 64 that a local part may have.
func Token(key []byte, reference string) string {
	return strings.ToLower(reference + "." + tokenMAC(key, reference))
}

// ReadToken returns the reference of a token we made, whatever its case. A token
// proves that the reference was in a mail we wrote, not who wrote back.
func ReadToken(key []byte, s string) (reference string, ok bool) {
	if len(s) != TokenLength { // with the length right, no letter outside ASCII can fold into one of ours
		return "", false
	}
	reference, sum, ok := strings.Cut(strings.ToUpper(s), ".")
	if !ok || !isReference(reference) {
		return "", false
	}
	if !hmac.Equal([]byte(sum), []byte(tokenMAC(key, reference))) { // constant time
		return "", false
	}
	return reference, true
}

// maxFound is how many tokens of one text are looked for: a letter of ours has one.
const maxFound = 20

// FindTokens returns the words of a text that end in a token of ours, with what stands
// in front of it in the same word ("ack.rm-8f3k-2q7d.<mac>"). Mail servers that send a
// mail back put it into their own text as they like.
func FindTokens(key []byte, text string) (words []string) {
	for i := 0; i+TokenLength <= len(text) && len(words) < maxFound; i++ {
		if text[i]|' ' != 'r' || text[i+1]|' ' != 'm' || text[i+2] != '-' || i > 0 && isAlnum(text[i-1]) {
			continue
		}
		end := i + TokenLength
		if end < len(text) && isAlnum(text[end]) {
			continue
		}
		if _, ok := ReadToken(key, text[i:end]); !ok {
			continue
		}
		start := i
		if i > 0 && text[i-1] != '.' && text[i-1] != '+' { // what stands before it is no part of an id
			words = append(words, text[i:end])
			i = end - 1
			continue
		}
		for start > 0 && i-start < 64 && (isAlnum(text[start-1]) || strings.IndexByte(".+-_", text[start-1]) >= 0) {
			start--
		}
		words = append(words, text[start:end])
		i = end - 1
	}
	return words
}

func isAlnum(c byte) bool {
	return c >= '0' && c <= '9' || c|' ' >= 'a' && c|' ' <= 'z'
}

// TokenLength is how long every token is.
const TokenLength = len("rm-xxxx-xxxx.") + macLength

const macLength = 20

// tokenMAC is 100 bits in 20 characters: more than anybody can try by mail.
func tokenMAC(key []byte, reference string) string {
	return crockford.EncodeToString(mac(key, "token", reference))[:macLength]
}

// mac separates the label from the input by a byte that no label contains.
func mac(key []byte, label, input string) []byte {
	h := hmac.New(sha256.New, key)
	_, _ = h.Write([]byte(label + "\x00" + input)) // a hash never returns an error
	return h.Sum(nil)
}

// isReference reports whether s has the shape RM-XXXX-XXXX.
func isReference(s string) bool {
	if len(s) != len("RM-XXXX-XXXX") || s[:3] != "RM-" || s[7] != '-' {
		return false
	}
	// Not by decoding: the decoder passes over line breaks.
	return strings.Trim(s[3:7]+s[8:], crockfordAlphabet) == ""
}

func cutLast(s, sep string) (before, after string, ok bool) {
	i := strings.LastIndex(s, sep)
	if i < 0 {
		return s, "", false
	}
	return s[:i], s[i+len(sep):], true
}
