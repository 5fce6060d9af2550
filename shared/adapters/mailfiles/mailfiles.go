package mailfiles

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"iter"
	"os"
	"path/filepath"
	"strings"

	"rightsmail/shared/email"
)

// File is one mail, or why there is none.
type File struct {
	Name string // path as found; a mail of an mbox has "#" and its number behind it
	Raw  []byte
	Err  error
}

// Read yields every mail under the paths, in the order of the paths and by name
// within a folder. In a folder it takes .eml, .mbox and .mbx files and what lies in
// the cur and new of a Maildir, and leaves the rest; a file that is named is read
// whatever its name. A path or a file that cannot be read yields a File with Err, and
// the reading goes on.
func Read(paths ...string) iter.Seq[File] {
	return func(yield func(File) bool) {
		for _, path := range paths {
			for name, err := range names(path) {
				if !readFile(name, err, yield) {
					return
				}
			}
		}
	}
}

// Count says how many files Read will open: what a progress bar counts by.
func Count(paths ...string) int {
	n := 0
	for _, path := range paths {
		for range names(path) {
			n++
		}
	}
	return n
}

// names yields the files under one path.
func names(path string) iter.Seq2[string, error] {
	return func(yield func(string, error) bool) {
		err := filepath.WalkDir(path, func(name string, entry fs.DirEntry, err error) error {
			switch {
			case err != nil:
				if !yield(name, err) {
					return fs.SkipAll
				}
				return nil
			case entry.IsDir(), name != path && (!isMail(name) || !entry.Type().IsRegular()):
				return nil
			case !yield(name, nil):
				return fs.SkipAll
			}
			return nil
		})
		if err != nil {
			yield(path, err)
		}
	}
}

// isMail judges a file in a folder by its name. In a Maildir names say nothing and
// the folder does.
func isMail(name string) bool {
	switch strings.ToLower(filepath.Ext(name)) {
	case ".eml", ".mbox", ".mbx":
		return true
	}
	folder := filepath.Base(filepath.Dir(name))
	return folder == "cur" || folder == "new"
}

// readFile yields the mails of one file; it returns false when the caller has enough.
func readFile(name string, err error, yield func(File) bool) bool {
	if err != nil {
		return yield(File{Name: name, Err: plain(name, err)})
	}
	file, err := os.Open(name) // #nosec G304 -- the user named the path
	if err != nil {
		return yield(File{Name: name, Err: plain(name, err)})
	}
	defer file.Close() // only read from: nothing can be lost
	r := bufio.NewReaderSize(file, 64<<10)
	head, err := r.Peek(4 << 10)
	if err != nil && !errors.Is(err, io.EOF) {
		return yield(File{Name: name, Err: plain(name, err)})
	}
	if email.SniffMbox(head) {
		return readMbox(name, r, yield)
	}
	raw, err := io.ReadAll(io.LimitReader(r, maxMail))
	if err != nil {
		return yield(File{Name: name, Err: plain(name, err)})
	}
	return yield(File{Name: name, Raw: raw})
}

// maxMail is where a mail is cut: past it no mail server takes one, and what lies
// there is some other file.
const maxMail = 64 << 20

// readMbox yields the mails of an mbox one by one; an archive of years need not fit
// into memory.
func readMbox(name string, r io.Reader, yield func(File) bool) bool {
	n := 0
	for mail, err := range email.Split(r, maxMail) {
		n++
		f := File{Name: fmt.Sprintf("%s#%d", name, n), Raw: mail}
		if err != nil {
			f.Raw, f.Err = nil, plain(name, err)
		}
		if !yield(f) {
			return false
		}
	}
	return true
}

// plain says in one sentence what a user can do about it.
func plain(name string, err error) error {
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return fmt.Errorf("%s: there is no such file or folder", name)
	case errors.Is(err, fs.ErrPermission):
		return fmt.Errorf("%s: you may not read this; check its permissions", name)
	}
	return fmt.Errorf("%s: %w", name, err)
}
