package email

import (
	"bufio"
	"bytes"
	"errors"
	"io"
	"iter"
)

// SniffMbox reports whether a file that starts with head is an mbox: it begins,
// after blank lines, with a "From " line that shows a time or is followed by a
// header field. A few hundred bytes of head are enough.
func SniffMbox(head []byte) bool {
	head = bytes.TrimLeft(bytes.TrimPrefix(head, []byte("\xef\xbb\xbf")), "\r\n")
	if !bytes.HasPrefix(head, []byte("From ")) {
		return false
	}
	line, rest := cutLine(head)
	return fromLine().Match(line) || isMailField(fieldName(rest))
}

// Split yields the mails of an mbox one by one, without their "From " lines and
// with one level of ">From " quoting undone. A mail begins at a "From " line at
// the start or after a blank line, that shows a time or is followed by a header
// field; Content-Length is
// not believed. Each slice is the caller's. A mail longer than max bytes (0 means
// 40 MB) is cut there. A read error is yielded last, after what was read.
func Split(r io.Reader, maxBytes int) iter.Seq2[[]byte, error] {
	if maxBytes <= 0 {
		maxBytes = 40 << 20
	}
	return func(yield func([]byte, error) bool) {
		s := &mboxReader{in: bufio.NewReaderSize(r, 64<<10), max: maxBytes}
		for {
			mail, err := s.next()
			if len(bytes.TrimSpace(mail)) > 0 && !yield(mail, nil) {
				return
			}
			if errors.Is(err, io.EOF) {
				return
			}
			if err != nil {
				yield(nil, err)
				return
			}
		}
	}
}

type mboxReader struct {
	in  *bufio.Reader
	max int
}

// next reads up to the next "From " line that begins a mail, or the end.
func (s *mboxReader) next() ([]byte, error) {
	var mail []byte
	blank, whole := true, true // the line before was empty; the last read ended a line
	for {
		line, err := s.in.ReadSlice('\n')
		opens := whole && blank && bytes.HasPrefix(line, []byte("From "))
		if opens {
			line = bytes.Clone(line) // looking ahead moves the buffer
		}
		if opens && s.begins(line) {
			line = nil
			if len(bytes.TrimSpace(mail)) > 0 {
				return withoutBlank(mail), nil
			}
		} else if quotedFrom(line) && whole {
			line = line[1:]
		}
		if room := s.max - len(mail); room > 0 {
			mail = append(mail, line[:min(len(line), room)]...)
		}
		if err != nil && !errors.Is(err, bufio.ErrBufferFull) {
			return mail, err
		}
		blank = whole && len(bytes.TrimRight(line, "\r\n")) == 0
		whole = err == nil
	}
}

// withoutBlank drops the blank line that an mbox puts behind each mail.
func withoutBlank(mail []byte) []byte {
	switch {
	case bytes.HasSuffix(mail, []byte("\n\n")):
		return mail[:len(mail)-1]
	case bytes.HasSuffix(mail, []byte("\n\r\n")):
		return mail[:len(mail)-2]
	}
	return mail
}

// fromLine is a "From " line as programs write it: an address and a time.
var fromLine = onDemand(`^From \S+ .*\d\d:\d\d`)

// begins reports whether line starts a mail: it shows a time, or a header field
// of mail follows. "From now on ..." does neither.
func (s *mboxReader) begins(line []byte) bool {
	if fromLine().Match(line) {
		return true
	}
	head, _ := s.in.Peek(300) // fewer at the end
	return isMailField(fieldName(bytes.TrimLeft(head, "\r\n")))
}

// quotedFrom reports whether line is ">From ", ">>From " and so on.
func quotedFrom(line []byte) bool {
	return len(line) > 0 && line[0] == '>' && bytes.HasPrefix(bytes.TrimLeft(line, ">"), []byte("From "))
}
