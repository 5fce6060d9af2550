package main

import (
	"archive/zip"
	"cmp"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"rightsmail/shared/adapters/mailfiles"
	"rightsmail/shared/expectations"
	"rightsmail/shared/rights"
)

// sample is a mail and what it should come out as.
type sample struct {
	want expectations.Mail
	raw  []byte
}

// load reads a folder or a ZIP, sorted by file. A mail without an entry and an entry
// without a mail are errors, all named at once: figures over half a folder are no figures.
func load(dir string, known func(rights.ID) bool) ([]sample, error) {
	if strings.EqualFold(filepath.Ext(dir), ".zip") {
		folder, err := unpack(dir)
		if err != nil {
			return nil, err
		}
		defer os.RemoveAll(folder)
		dir = folder
	}
	raw, err := os.ReadFile(filepath.Join(dir, expectations.FileName)) // #nosec G304 -- the user names the folder
	if err != nil {
		return nil, fmt.Errorf("read what is expected: %w", err)
	}
	list, err := expectations.Read(raw, known)
	if err != nil {
		return nil, err
	}
	wants := map[string]expectations.Mail{}
	for _, want := range list {
		wants[want.File] = want
	}
	var all []sample
	var wrong []error
	for f := range mailfiles.Read(dir) {
		name, err := filepath.Rel(dir, f.Name)
		if err != nil {
			name = f.Name
		}
		name = filepath.ToSlash(name)
		want, ok := wants[name]
		delete(wants, name)
		switch {
		case f.Err != nil:
			wrong = append(wrong, f.Err)
		case !ok:
			wrong = append(wrong, fmt.Errorf("%q has no entry in %s", name, expectations.FileName))
		}
		all = append(all, sample{want, f.Raw})
	}
	for _, want := range list {
		if _, left := wants[want.File]; left {
			wrong = append(wrong, fmt.Errorf("%q of %s is no mail of the folder", want.File, expectations.FileName))
		}
	}
	if err := errors.Join(wrong...); err != nil {
		return nil, err
	}
	if len(all) == 0 {
		return nil, errors.New("there is no mail to measure by")
	}
	slices.SortFunc(all, func(a, b sample) int { return cmp.Compare(a.want.File, b.want.File) })
	return all, nil
}

// most is what a ZIP may unpack to: an archive of the console has a few megabytes, and
// one that was made to fill a disk stops here.
const most = 256 << 20

// unpack unpacks a ZIP into a folder that the caller removes. os.Root keeps names that
// lead out of the folder in it.
func unpack(name string) (folder string, err error) {
	pack, err := zip.OpenReader(name)
	if err != nil {
		return "", fmt.Errorf("read %s: %w", name, err)
	}
	defer pack.Close()
	if folder, err = os.MkdirTemp("", "evaluate-"); err != nil {
		return "", err
	}
	defer func() {
		if err != nil {
			err = errors.Join(fmt.Errorf("unpack %s: %w", name, err), os.RemoveAll(folder))
		}
	}()
	root, err := os.OpenRoot(folder)
	if err != nil {
		return "", err
	}
	defer root.Close()
	room := int64(most)
	for _, f := range pack.File {
		if f.FileInfo().IsDir() {
			continue
		}
		n, err := unpackFile(root, f, room)
		if err != nil {
			return "", err
		}
		if room -= n; room <= 0 {
			return "", fmt.Errorf("it holds more than %d MB", most>>20)
		}
	}
	return folder, nil
}

func unpackFile(root *os.Root, f *zip.File, room int64) (int64, error) {
	in, err := f.Open()
	if err != nil {
		return 0, err
	}
	defer in.Close()
	name := filepath.FromSlash(f.Name)
	if err := root.MkdirAll(filepath.Dir(name), 0o700); err != nil {
		return 0, err
	}
	out, err := root.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return 0, err
	}
	n, err := io.Copy(out, io.LimitReader(in, room))
	return n, errors.Join(err, out.Close())
}
