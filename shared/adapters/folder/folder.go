package folder

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"time"

	"rightsmail/shared/replies"
)

// Folder writes mail to two folders. It is safe for concurrent use.
type Folder struct {
	letters, forwards string
	mu                sync.Mutex // makes "is it there, else write it" one step
}

var _ replies.Sender = (*Folder)(nil)

// Open returns a Folder that writes letters and forwarded mail to two folders. It
// makes them if they are missing, for their owner alone, and fails now rather than
// at the first letter if it cannot write there.
func Open(letters, forwards string) (*Folder, error) {
	for _, dir := range []string{letters, forwards} {
		if err := os.MkdirAll(dir, 0o700); err != nil {
			return nil, fmt.Errorf("open mail folder: %w", err)
		}
		f, err := os.CreateTemp(dir, tempPattern)
		if err != nil {
			return nil, fmt.Errorf("open mail folder %s: cannot write there, choose another folder or change its rights: %w", dir, err)
		}
		if err := errors.Join(f.Close(), os.Remove(f.Name())); err != nil {
			return nil, fmt.Errorf("open mail folder %s: %w", dir, err)
		}
	}
	return &Folder{letters: letters, forwards: forwards}, nil
}

// Send writes the letter and returns the path of its file. If the file of that id
// is there already, it stays as it is: the letter has left. An error that is not
// ErrRefused is worth a retry.
func (f *Folder) Send(ctx context.Context, id string, l replies.Letter, at time.Time) (receipt string, err error) {
	raw, err := l.Bytes(at)
	if err != nil {
		return "", err
	}
	return f.write(ctx, f.letters, id, raw)
}

// Forward writes a raw mail, untouched. A second Forward with one id changes nothing.
func (f *Folder) Forward(ctx context.Context, id string, raw []byte) error {
	_, err := f.write(ctx, f.forwards, id, raw)
	return err
}

func (f *Folder) write(ctx context.Context, dir, id string, raw []byte) (path string, err error) {
	if err := ctx.Err(); err != nil {
		return "", err
	}
	name, err := fileName(id)
	if err != nil {
		return "", err
	}
	path = filepath.Join(dir, name)

	f.mu.Lock()
	defer f.mu.Unlock()
	switch _, err := os.Lstat(path); {
	case err == nil:
		return path, nil
	case !errors.Is(err, fs.ErrNotExist):
		return "", fmt.Errorf("write mail: %w", err)
	}
	if err := writeWhole(dir, path, raw); err != nil {
		return "", fmt.Errorf("write mail: %w", err)
	}
	return path, nil
}

// tempPattern begins with a dot: a mail program that watches the folder does not
// see half a mail.
const tempPattern = ".rightsmail-*.tmp"

// writeWhole writes beside the target and renames: whoever looks finds the whole
// file or none. Both syncs are needed for that to be true after a power cut.
func writeWhole(dir, path string, raw []byte) (err error) {
	tmp, err := os.CreateTemp(dir, tempPattern)
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, tmp.Close(), os.Remove(tmp.Name()))
		}
	}()
	if _, err := tmp.Write(raw); err != nil {
		return err
	}
	if err := tmp.Sync(); err != nil {
		return err
	}
	if err := tmp.Close(); err != nil {
		return err
	}
	if err := os.Rename(tmp.Name(), path); err != nil {
		return err
	}
	return syncDir(dir)
}

func syncDir(dir string) error {
	if runtime.GOOS == "windows" {
		return nil
	}
	d, err := os.Open(dir) // #nosec G304 -- the folder the operator chose
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}

// maxName leaves room for the ending on every file system in use.
const maxName = 120

// fileName makes a file name of an id. An id of letters, digits, "-", "_" and "."
// is its own name; any other keeps what is safe and gets a hash of the whole, so
// that two ids never share a file and none leaves the folder.
func fileName(id string) (string, error) {
	if id == "" {
		return "", fmt.Errorf("%w: a mail needs an id to be filed under", replies.ErrRefused)
	}
	safe := strings.Map(func(r rune) rune {
		switch {
		case r >= 'a' && r <= 'z', r >= 'A' && r <= 'Z', r >= '0' && r <= '9', r == '-', r == '_', r == '.':
			return r
		}
		return '_'
	}, id)
	safe = strings.TrimLeft(safe, ".") // no hidden file, no way up
	if len(safe) > maxName {
		safe = safe[:maxName]
	}
	if safe != id {
		sum := sha256.Sum256([]byte(id))
		safe += "~" + hex.EncodeToString(sum[:8])
	}
	return safe + ".eml", nil
}
