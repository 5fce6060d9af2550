package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"net"
	"net/http"
	"os"
	"syscall"
	"time"

	"github.com/emersion/go-smtp"
)

// run does everything main does.
func run(ctx context.Context, args []string, m machine) error {
	o, err := parse(args, m.stderr)
	if err != nil {
		return err
	}
	for _, path := range o.ingest {
		if _, err := os.Stat(path); err != nil {
			return fmt.Errorf("-ingest %s: there is no such file or folder", path)
		}
	}
	office, err := open(ctx, o, m)
	if err != nil {
		return err
	}
	defer office.close()
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)

	var mail, web net.Listener
	if !o.exit || o.smtpSet {
		if mail, err = listen(ctx, "-smtp", o.smtp); err != nil {
			return err
		}
		server := office.smtpServer(o)
		defer server.Close()
		go func() { cancel(serving("take mail", server.Serve(mail))) }()
	}
	if !o.exit || o.httpSet {
		if web, err = listen(ctx, "-http", o.http); err != nil {
			return err
		}
		server := office.webServer(web.Addr())
		defer shutDown(server)
		go func() { cancel(serving("serve the console", server.Serve(web))) }()
	}
	welcome(m.stdout, o, mail, web)
	if m.ready != nil {
		m.ready(address(mail), address(web))
	}

	err = office.work(ctx, o)
	if o.exit && err == nil {
		return office.summary.print(m.stdout)
	}
	if cause := context.Cause(ctx); cause != nil && !errors.Is(cause, context.Canceled) {
		return cause
	}
	if errors.Is(err, context.Canceled) { // Ctrl-C: everything taken in is on disk
		fmt.Fprintln(m.stdout, "\nStopped. Nothing is lost: start again on the same folder to go on.")
		return nil
	}
	return err
}

// listen opens a port, and says in one sentence what to do when it cannot.
func listen(ctx context.Context, flag, addr string) (net.Listener, error) {
	l, err := (&net.ListenConfig{}).Listen(ctx, "tcp", addr)
	switch {
	case err == nil:
		return l, nil
	case errors.Is(err, syscall.EADDRINUSE):
		return nil, fmt.Errorf("%s is in use by another program; stop it, or choose another address with %s", addr, flag)
	case errors.Is(err, fs.ErrPermission):
		return nil, fmt.Errorf("%s may not be opened by this user; choose a port above 1023 with %s", addr, flag)
	}
	return nil, fmt.Errorf("%s cannot be opened: %w; choose another address with %s", addr, err, flag)
}

// serving turns the end of a server into a cause, or nil when it was asked to end.
func serving(what string, err error) error {
	if err == nil || errors.Is(err, http.ErrServerClosed) || errors.Is(err, smtp.ErrServerClosed) {
		return nil
	}
	return fmt.Errorf("%s: %w", what, err)
}

// shutDown lets pages that are being served finish.
func shutDown(s *http.Server) {
	ctx, cancel := context.WithTimeout(context.Background(), 2*time.Second)
	defer cancel()
	if err := s.Shutdown(ctx); err != nil {
		_ = s.Close() // a page took too long; the store is transactional, nothing is half done
	}
}

func address(l net.Listener) string {
	if l == nil {
		return ""
	}
	return l.Addr().String()
}
