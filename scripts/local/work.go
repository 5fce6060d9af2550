package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"sync"
	"time"

	"github.com/schollz/progressbar/v3"
	"golang.org/x/term"

	"rightsmail/shared/adapters/mailfiles"
	"rightsmail/shared/adapters/sqlite"
	"rightsmail/shared/desk"
)

// hands is how many mails are judged at once. The store writes one at a time;
// reading and judging is what the hands share.
const hands = 4

// work takes in what -ingest names and handles mail until ctx ends, or with -exit
// until there is nothing left to do.
func (f *office) work(ctx context.Context, o options) error {
	if err := f.ingest(ctx, o.ingest); err != nil {
		return err
	}
	tick := time.NewTicker(time.Second)
	defer tick.Stop()
	for {
		if err := f.drain(ctx); err != nil {
			return err
		}
		if o.exit {
			return nil
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-f.bell:
		case <-tick.C: // deliveries that failed come round again
		}
	}
}

// ring wakes the worker; it never waits.
func (f *office) ring() {
	select {
	case f.bell <- struct{}{}:
	default:
	}
}

// ingest puts every mail under the paths into the inbox, where a kill cannot take
// it away. What was put there by an earlier run is not put again.
func (f *office) ingest(ctx context.Context, paths []string) error {
	if len(paths) == 0 {
		return nil
	}
	bar := progress(f.stderr, mailfiles.Count(paths...))
	for file := range mailfiles.Read(paths...) {
		_ = bar.Add(1) // a bar that cannot draw is no reason to stop
		if file.Err != nil {
			f.summary.unreadable++
			fmt.Fprintln(f.stderr, "ingest:", file.Err)
			continue
		}
		fresh, err := f.inbox.Put(ctx, sqlite.Arrival{
			Raw: file.Raw, Received: f.now(), NoVerdicts: true, Source: file.Name,
		})
		if err != nil {
			return fmt.Errorf("keep %s: %w", file.Name, err)
		}
		f.summary.mails++
		if !fresh {
			f.summary.seen++
		}
		if err := f.drainWhenFull(ctx); err != nil {
			return err
		}
	}
	_ = bar.Finish()
	return nil
}

// progress draws on a terminal and stays silent elsewhere.
func progress(w io.Writer, n int) *progressbar.ProgressBar {
	file, ok := w.(*os.File)
	visible := ok && term.IsTerminal(int(file.Fd())) // #nosec G115 -- a file descriptor fits
	return progressbar.NewOptions(n, progressbar.OptionSetWriter(w), progressbar.OptionSetVisibility(visible),
		progressbar.OptionSetDescription("ingest"), progressbar.OptionShowCount(), progressbar.OptionClearOnFinish())
}

// drainWhenFull keeps the inbox short while a large archive is read, so that the
// console shows the first cases long before the last file is read.
func (f *office) drainWhenFull(ctx context.Context) error {
	if f.summary.mails%200 != 0 {
		return nil
	}
	return f.drain(ctx)
}

// drain handles everything in the inbox, then everything due in the outbox.
func (f *office) drain(ctx context.Context) error {
	for {
		arrivals, err := f.inbox.Next(ctx, 64)
		if err != nil {
			return fmt.Errorf("read inbox: %w", err)
		}
		if len(arrivals) == 0 {
			break
		}
		if err := f.handleAll(ctx, arrivals); err != nil {
			return err
		}
	}
	for {
		done, err := f.desk.Deliver(ctx, f.now(), 64)
		if err != nil {
			return err
		}
		f.summary.delivered(done)
		if done.Done+done.Failed+done.Later == 0 {
			return nil
		}
	}
}

// handleAll judges a batch with several hands. The first error stops the program:
// a store that cannot write must not go on saying yes to mail.
func (f *office) handleAll(ctx context.Context, arrivals []sqlite.Arrival) error {
	work := make(chan sqlite.Arrival)
	failures := make([]error, hands)
	var wg sync.WaitGroup
	for i := range hands {
		wg.Go(func() {
			for a := range work {
				if failures[i] == nil {
					failures[i] = f.handle(ctx, a)
				}
			}
		})
	}
	for _, a := range arrivals {
		work <- a
	}
	close(work)
	wg.Wait()
	return errors.Join(failures...)
}

// handle takes one mail to the desk and marks it as handled. A kill in between
// makes the desk see the mail again, which changes nothing.
func (f *office) handle(ctx context.Context, a sqlite.Arrival) error {
	got, err := f.desk.Receive(ctx, desk.Incoming{
		ID: a.ID, Raw: a.Raw, Received: a.Received, Mailbox: a.Mailbox,
		FromFile: a.Source != bySMTP, Unguarded: a.Source == bySMTP, Trusted: a.Trusted, NoVerdicts: a.NoVerdicts,
	}, f.now())
	if err != nil {
		return err
	}
	f.summary.received(got)
	f.log.Info("handled", slog.String("mail", string(a.ID)), slog.String("as", string(got.Mail.Handling)))
	return f.inbox.Done(ctx, a.ID, string(got.Mail.Handling))
}
