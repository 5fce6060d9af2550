package email

import (
	"bytes"
	"compress/flate"
	"encoding/binary"
	"io"
	"strings"
)

// A zip is read by its directory only: no entry but the one with the words of a letter
// is ever unpacked. Our own walk takes no memory however many entries there are, where
// the standard reader lists them all before it can be asked for one.

var (
	zipLocal   = []byte("PK\x03\x04")
	zipCentral = []byte("PK\x01\x02")
	zipEnd     = []byte("PK\x05\x06")
)

const maxEntries = 1000 // of a directory that are looked at

// zipEntry is one line of the directory of a zip.
type zipEntry struct {
	name   []byte
	method uint16
	locked bool
	packed uint64 // bytes
	at     uint64 // of the local header
}

// zipEntries yields the entries of the directory. Of a zip without one, which was cut
// on its way, it yields those at the start.
func zipEntries(b []byte, yield func(zipEntry) bool) {
	at := zipDirectory(b)
	if at < 0 {
		localEntries(b, yield)
		return
	}
	rest := b[at:]
	for range maxEntries {
		if len(rest) < 46 || !bytes.HasPrefix(rest, zipCentral) {
			return
		}
		n := int(binary.LittleEndian.Uint16(rest[28:]))
		size := 46 + n + int(binary.LittleEndian.Uint16(rest[30:])) + int(binary.LittleEndian.Uint16(rest[32:]))
		if len(rest) < size {
			return
		}
		e := zipEntry{
			name: rest[46 : 46+n], method: binary.LittleEndian.Uint16(rest[10:]), locked: rest[8]&1 != 0,
			packed: uint64(binary.LittleEndian.Uint32(rest[20:])), at: uint64(binary.LittleEndian.Uint32(rest[42:])),
		}
		if !yield(e) {
			return
		}
		rest = rest[size:]
	}
}

// zipDirectory finds where the directory starts, by the record at the end; -1 if there
// is none.
func zipDirectory(b []byte) int {
	tail := max(0, len(b)-(22+1<<16)) // a comment may follow
	i := bytes.LastIndex(b[tail:], zipEnd)
	if i < 0 || len(b)-tail-i < 22 {
		return -1
	}
	end := b[tail+i:]
	size, at := binary.LittleEndian.Uint32(end[12:]), binary.LittleEndian.Uint32(end[16:])
	// What stands before the archive moves everything; the size still counts from the end.
	if start := tail + i - int(size); start >= 0 && bytes.HasPrefix(b[start:], zipCentral) {
		return start
	}
	if int64(at) < int64(len(b)) && bytes.HasPrefix(b[at:], zipCentral) {
		return int(at)
	}
	return -1
}

// localEntries walks the headers before the packed bytes, as far as they say how long
// those are.
func localEntries(b []byte, yield func(zipEntry) bool) {
	at := uint64(0)
	for range 20 {
		if at+30 > uint64(len(b)) || !bytes.HasPrefix(b[at:], zipLocal) {
			return
		}
		h := b[at:]
		n := int(binary.LittleEndian.Uint16(h[26:]))
		if len(h) < 30+n {
			return
		}
		e := zipEntry{
			name: h[30 : 30+n], method: binary.LittleEndian.Uint16(h[8:]), locked: h[6]&1 != 0,
			packed: uint64(binary.LittleEndian.Uint32(h[18:])), at: at,
		}
		if !yield(e) || h[6]&8 != 0 { // the length stands behind the bytes
			return
		}
		// #nosec G115 -- a length of two bytes
		at += 30 + uint64(n) + uint64(binary.LittleEndian.Uint16(h[28:])) + e.packed
	}
}

// bytesOf returns the packed bytes of an entry.
func (e zipEntry) bytesOf(b []byte) []byte {
	if e.at+30 > uint64(len(b)) || !bytes.HasPrefix(b[e.at:], zipLocal) {
		return nil
	}
	start := e.at + 30 + uint64(binary.LittleEndian.Uint16(b[e.at+26:])) + uint64(binary.LittleEndian.Uint16(b[e.at+28:]))
	if start > uint64(len(b)) {
		return nil
	}
	packed := b[start:]
	if e.packed > 0 && e.packed < uint64(len(packed)) {
		packed = packed[:e.packed]
	}
	return packed
}

// unpack returns at most limit bytes of an entry; more reports that there were more.
// What can be read of a damaged entry is kept.
func (e zipEntry) unpack(b []byte, limit int) (out []byte, more bool) {
	packed := e.bytesOf(b)
	switch {
	case e.locked || len(packed) == 0:
		return nil, false
	case e.method == 0:
		return packed[:min(len(packed), limit)], len(packed) > limit
	case e.method != 8:
		return nil, false
	}
	// The size that the directory promises is the sender's word: the buffer grows with
	// what really comes.
	var buf bytes.Buffer
	buf.Grow(min(limit, 4*len(packed)) + bytes.MinRead)
	_, _ = io.Copy(&buf, io.LimitReader(flate.NewReader(bytes.NewReader(packed)), int64(limit)+1))
	out = buf.Bytes()
	return out[:min(len(out), limit)], len(out) > limit
}

// zipKind tells what a zip is by the names in it.
func zipKind(b []byte) *kind {
	found := kindZip
	first := true
	zipEntries(b, func(e zipEntry) bool {
		if first && string(e.name) == "mimetype" && e.method == 0 {
			if k := mimetypeKind(e.bytesOf(b)); k != nil {
				found = k
				return false
			}
		}
		first = false
		if k := entryKind(e.name); k != nil && (found == kindZip || k == kindJava) {
			found = k
		}
		return found == kindZip
	})
	return found
}

// mimetypeKind reads the first entry of the formats that say there what they are.
func mimetypeKind(b []byte) *kind {
	s := b[:min(len(b), 100)]
	switch {
	case bytes.HasPrefix(s, []byte("application/vnd.oasis.opendocument.text")):
		return kindODT
	case bytes.HasPrefix(s, []byte("application/vnd.oasis.opendocument.")):
		return kindODF
	case bytes.HasPrefix(s, []byte("application/epub+zip")):
		return kindEPUB
	}
	return nil
}

func entryKind(name []byte) *kind {
	switch {
	case isMainPart(name):
		return kindDOCX
	case bytes.HasPrefix(name, []byte("xl/workbook")):
		return kindXLSX
	case bytes.HasPrefix(name, []byte("ppt/presentation")):
		return kindPPTX
	case bytes.HasPrefix(name, []byte("Index/Document.iwa")), bytes.HasPrefix(name, []byte("Index.zip")):
		return kindApple
	case string(name) == "META-INF/MANIFEST.MF", string(name) == "AndroidManifest.xml":
		return kindJava
	}
	return nil
}

// isMainPart reports the part with the words: Word calls it document.xml, and Office
// on the web document2.xml.
func isMainPart(name []byte) bool {
	return bytes.HasPrefix(name, []byte("word/document")) && bytes.HasSuffix(name, []byte(".xml"))
}

// zipLocked reports whether any entry needs a password. OpenDocument files have no flag
// for it: their words are stored there as noise.
func zipLocked(b []byte) bool {
	found := false
	zipEntries(b, func(e zipEntry) bool {
		found = e.locked
		if e.method == 0 && string(e.name) == "content.xml" {
			found = found || !bytes.HasPrefix(bytes.TrimPrefix(e.bytesOf(b), []byte("\xef\xbb\xbf")), []byte("<"))
		}
		return !found
	})
	return found
}

// letterEntry finds the entry with the words of a word processor's file.
func letterEntry(b []byte, k *kind) (e zipEntry, ok bool) {
	zipEntries(b, func(one zipEntry) bool {
		if k == kindDOCX && isMainPart(one.name) || k == kindODT && strings.EqualFold(string(one.name), "content.xml") {
			e, ok = one, true
		}
		return !ok
	})
	return e, ok
}
