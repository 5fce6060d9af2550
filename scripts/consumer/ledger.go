package main

import (
	"bufio"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
)

// ledger is the file of the ids that were handled, one a line. It only grows; a real
// consumer keeps the id in the transaction that does the work.
type ledger struct {
	file *os.File
	ids  map[string]bool
}

// openLedger reads the file, and makes it if there is none.
func openLedger(path string) (*ledger, error) {
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return nil, fmt.Errorf("make the folder of the handled ids: %w", err)
	}
	file, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE|os.O_APPEND, 0o600) // #nosec G304 -- the user names the file
	if err != nil {
		return nil, fmt.Errorf("open the handled ids: %w", err)
	}
	l := &ledger{file: file, ids: map[string]bool{}}
	lines := bufio.NewScanner(file)
	for lines.Scan() {
		if id, err := strconv.Unquote(lines.Text()); err == nil { // half a line is no mark
			l.ids[id] = true
		}
	}
	if err := lines.Err(); err != nil {
		_ = file.Close() // nothing was written
		return nil, fmt.Errorf("read the handled ids: %w", err)
	}
	return l, nil
}

func (l *ledger) has(id string) bool { return l.ids[id] }

// add returns when the id is on the disk: only then may the message leave the queue. The
// line break in front ends what a crash may have left of a line.
func (l *ledger) add(id string) error {
	_, err := l.file.WriteString("\n" + strconv.Quote(id) + "\n")
	if err == nil {
		err = l.file.Sync()
	}
	if err != nil {
		return fmt.Errorf("note a handled id: %w", err)
	}
	l.ids[id] = true
	return nil
}

func (l *ledger) close() error {
	if err := l.file.Close(); err != nil {
		return fmt.Errorf("close the handled ids: %w", err)
	}
	return nil
}
