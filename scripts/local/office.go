package main

import (
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"time"

	"rightsmail/shared/adapters/folder"
	"rightsmail/shared/adapters/openai"
	"rightsmail/shared/adapters/sqlite"
	"rightsmail/shared/config"
	"rightsmail/shared/console"
	"rightsmail/shared/desk"
	"rightsmail/shared/replies"
)

// database is the name of the store in the data folder.
const database = "rightsmail.db"

// office is everything that lives in one data folder.
type office struct {
	db      *sqlite.DB
	inbox   sqlite.Inbox
	desk    *desk.Desk
	log     *slog.Logger
	now     func() time.Time
	stderr  io.Writer
	bell    chan struct{} // rung when mail was put into the inbox
	summary *summary
}

// open opens the folder, or makes it.
func open(ctx context.Context, o options, m machine) (*office, error) {
	if err := os.MkdirAll(o.data, 0o700); err != nil {
		return nil, unwritable(o.data, err)
	}
	settings, err := config.Read[config.OneMachine](m.env)
	if err != nil {
		return nil, err
	}
	key := []byte(settings.IdentityKey)
	if len(key) == 0 {
		if key, err = identityKey(filepath.Join(o.data, "identity.key"), m.random); err != nil {
			return nil, unwritable(o.data, err)
		}
	}
	company := desk.From(settings.Settings, key)
	company.Consult, company.Allowance = settings.ModelName != "", desk.AllowanceOf(settings.Model)
	judge, err := desk.NewJudge(company)
	if err != nil {
		return nil, err
	}
	letters, err := replies.Builtin()
	if err != nil {
		return nil, err
	}
	db, err := sqlite.Open(ctx, filepath.Join(o.data, database))
	if err != nil {
		return nil, err
	}
	out, err := folder.Open(filepath.Join(o.data, "outbox"), filepath.Join(o.data, "forwarded"))
	if err != nil {
		return nil, errors.Join(err, db.Close())
	}
	log := slog.New(slog.NewTextHandler(m.stderr, &slog.HandlerOptions{Level: slog.LevelWarn}))
	d := &desk.Desk{
		Judge:   *judge,
		Replies: letters, Store: db, Archive: db, Sender: out, Queue: db, Forwarder: out, Log: log,
	}
	if company.Consult {
		d.Model = openai.Open(openai.Options{
			URL: settings.ModelURL, Model: settings.ModelName, Key: string(settings.ModelKey), Format: settings.ModelFormat,
		})
	}
	return &office{
		db: db, inbox: db.Inbox(), log: log, now: m.now, stderr: m.stderr,
		bell: make(chan struct{}, 1), summary: newSummary(), desk: d,
	}, nil
}

func (f *office) close() {
	if err := f.db.Close(); err != nil {
		f.log.Error("close database", slog.String("error", err.Error()))
	}
}

// localUser is the one user of a local run, who may do everything. There is no sign-in
// on one machine: the name says in every trail that nobody was asked for theirs.
var localUser = console.Person{Name: "local user", Roles: console.Roles()}

// webServer serves the console to this machine. On a loopback address a page of
// another site must not reach it through a name that it made point here.
func (f *office) webServer(addr net.Addr) *http.Server {
	handler := console.New(console.Parts{
		Store: f.db, Desk: f.desk, Book: f.desk.Book, Now: f.now, Log: f.log,
		Who:  func(*http.Request) (console.Person, bool) { return localUser, true },
		Mark: "Local run: one user, this machine only. Mail is written to files, nothing is sent.",
	})
	if tcp, ok := addr.(*net.TCPAddr); ok && tcp.IP.IsLoopback() {
		handler = console.LoopbackOnly(handler)
	}
	return &http.Server{Handler: handler, ReadHeaderTimeout: 5 * time.Second, ReadTimeout: 30 * time.Second, WriteTimeout: 30 * time.Second}
}

// identityKey reads the secret of the keyed hashes, or makes it once. Without it the
// ledgers of limits would not find their people again, so it stays with the data.
func identityKey(path string, random io.Reader) ([]byte, error) {
	text, err := os.ReadFile(path) // #nosec G304 -- in the folder the user named
	if errors.Is(err, fs.ErrNotExist) {
		if _, err := os.Stat(filepath.Join(filepath.Dir(path), database)); err == nil {
			return nil, fmt.Errorf("%s is missing beside its database: without it the limits do not find their people again; restore it from a backup, or start on another folder", path)
		}
		key := make([]byte, 32)
		if _, err := io.ReadFull(random, key); err != nil {
			return nil, fmt.Errorf("make a key: %w", err)
		}
		if err := writeNew(path, []byte(hex.EncodeToString(key)+"\n")); err != nil {
			return nil, err
		}
		text, err = os.ReadFile(path) // #nosec G304 -- of two first starts at once, one key counts for both
	}
	if err != nil {
		return nil, err
	}
	key, err := hex.DecodeString(strings.TrimSpace(string(text)))
	if err != nil || len(key) != 32 {
		return nil, fmt.Errorf("%s is damaged: it must hold 64 hexadecimal digits; restore it from a backup, or start on another folder", path)
	}
	return key, nil
}

// writeNew writes a file whole or not at all, for a kill must not leave half a key.
// A file that is there already stays.
func writeNew(path string, content []byte) error {
	temp, err := os.CreateTemp(filepath.Dir(path), "identity.*.new")
	if err != nil {
		return err
	}
	defer os.Remove(temp.Name()) // its other name stays
	_, err = temp.Write(content)
	if err := errors.Join(err, temp.Sync(), temp.Close()); err != nil {
		return err
	}
	if err := os.Link(temp.Name(), path); !errors.Is(err, fs.ErrExist) {
		return err
	}
	return nil
}

func unwritable(dir string, err error) error {
	var pe *fs.PathError
	if errors.As(err, &pe) {
		err = pe.Err
		return fmt.Errorf("cannot write to the folder %s (%w); choose another with -data", dir, err)
	}
	return err
}
